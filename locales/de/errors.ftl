## What went wrong, and what to do about it

error-reference = Kennung
error-reference-detail = Nennen Sie sie, wenn Sie den Shop um Hilfe bitten.
error-home = Zur Startseite

error-unknown-client = Diesen Agenten kennen wir nicht
error-unknown-client-remedy = Entfernen Sie den Shop in Ihrem Agenten und fügen Sie ihn neu hinzu. Dann stellt sich der Agent neu vor.
error-redirect-mismatch = Dieser Agent will Sie an eine Adresse schicken, die er nicht angemeldet hat
error-redirect-mismatch-remedy = Wir haben hier angehalten, und nichts wurde erlaubt. Haben Sie das selbst begonnen? Dann entfernen Sie den Shop in Ihrem Agenten und fügen ihn neu hinzu.
error-bad-request = Diese Anfrage können wir nicht lesen
error-bad-request-remedy = Beginnen Sie in Ihrem Agenten neu, oder gehen Sie zurück zur vorigen Seite.
error-other-browser = Diese Anfrage begann in einem anderen Browser
error-other-browser-remedy = Machen Sie in dem Browser weiter, in dem Ihr Agent die Seite geöffnet hat, oder beginnen Sie in Ihrem Agenten neu. Cookies müssen erlaubt sein.
error-form-expired = Dieses Formular ist veraltet
error-form-expired-remedy = Nichts wurde geändert. Laden Sie die Seite neu und wiederholen Sie, was Sie getan haben.
error-form-unreadable = Dieses Formular ist nicht so angekommen, wie es sollte
error-form-unreadable-remedy = Nichts wurde geändert. Gehen Sie zurück, laden Sie die Seite neu und wiederholen Sie, was Sie getan haben. Bleibt es so, verändert vielleicht eine Erweiterung Ihres Browsers das Formular.
error-form-too-long = Dieses Formular ist zu lang
error-form-too-long-remedy = Nichts wurde geändert. Gehen Sie zurück, schreiben Sie weniger und senden Sie es noch einmal.
error-too-many = Zu viele Versuche
error-too-many-remedy = Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.
error-not-found = Diese Seite gibt es nicht
error-not-found-remedy = Prüfen Sie die Adresse, oder gehen Sie zur Startseite.
error-forbidden = Ihre Rolle erlaubt das nicht
error-forbidden-remedy = Fragen Sie einen Administrator des Shops.
error-agents-off = Dieser Shop nimmt zurzeit keine Agenten an
error-agents-off-remedy = Mit Ihrem Agenten und Ihrem Konto ist alles in Ordnung. Versuchen Sie es später noch einmal.
error-agent-blocked = Dieser Shop arbeitet nicht mit diesem Agenten
error-agent-blocked-remedy = Kaufen Sie selbst im Shop ein, oder mit einem anderen Agenten.
error-agent-away = Wir können diesen Agenten gerade nicht prüfen
error-agent-away-remedy = Die Website, von der er kommt, gibt keine gute Antwort. Nichts wurde erlaubt. Versuchen Sie es in ein paar Minuten noch einmal.
error-agent-description = Mit der Beschreibung dieses Agenten können wir nichts anfangen
error-agent-description-remedy = Nichts wurde erlaubt. Nur der Hersteller des Agenten kann das beheben: Nennen Sie ihm die Kennung.
error-unavailable = Der Shop kann gerade nicht antworten
error-unavailable-remedy = Nichts wurde geändert. Versuchen Sie es in einer Minute noch einmal.
error-server = Bei uns ist etwas schiefgegangen
error-server-remedy = Nichts wurde geändert. Versuchen Sie es noch einmal. Bleibt es so, nennen Sie dem Shop die Kennung.
