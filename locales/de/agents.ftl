## Agents: the list

clients-policy = Regeln für Agenten
clients-platforms = Bekannte Plattformen
clients-filter-text = Name oder Client-ID
clients-filter-tier = Vertrauen
clients-filter-state = Stand
clients-filter-any = Alle
clients-none = Kein Agent passt.
clients-quarantined = In Quarantäne
clients-merged = Zusammengeführt
clients-merged-into = Zusammengeführt mit { $agent }

## One agent

client-about = Über diesen Agenten
client-origin = Vorgestellt
client-origin-registered = durch Registrierung
client-origin-pre-registered = durch eine ID des Shops
client-origin-described = durch ein eigenes Dokument
client-document-read = Dokument gelesen
client-platform = Bekannte Plattform
client-method = Weist sich aus durch
client-class-own = vom Shop entschieden
client-class-by-tier = nach den Regeln
client-sessions =
    { $count ->
        [0] Keine Sitzung
        [one] 1 Sitzung
       *[other] { $count } Sitzungen
    }
client-reports = Von Kunden gemeldet
client-reports-detail = Sie haben ihn getrennt und gemeldet, dass mit ihm etwas nicht stimmt.
client-merged-here = In diesen überführt
client-addresses = Rücksprungadressen
client-only-local = Alle seine Antworten gehen an ein Programm auf dem Computer des Kunden. Nichts beweist, an welches.
client-quarantine = Quarantäne
client-quarantine-detail = Niemand kann ihn neu verbinden, und seine Tool-Aufrufe werden abgelehnt. Nichts endet: Eine Freigabe hebt beides auf.
client-quarantine-submit = Diesen Agenten in Quarantäne setzen
client-release = In Quarantäne
client-release-detail = Nach der Freigabe können Kunden ihn wieder verbinden, und seine Tool-Aufrufe gehen weiter.
client-release-submit = Diesen Agenten freigeben
client-held-by-successor = Er wird mit dem Agenten festgehalten, in den er überführt wurde. Geben Sie jenen frei.
client-reason = Grund, für das Protokoll (freiwillig)
client-decide = Klasse und Freigabe
client-decide-detail = Die Klasse ist eine Obergrenze. Eine niedrigere verengt laufende Sitzungen sofort. Eine höhere gibt nichts, was ein Kunde nicht erlaubt hat.
client-class-by-policy = Wie die Regeln sagen
client-approved = Vom Shop freigegeben
client-approved-detail = Kunden sehen das, außer die Antwort geht an ihren eigenen Computer.
client-merge = In den Nachfolger überführen
client-merge-detail = Für einen Agenten, der sich einmal registriert hat und jetzt ein eigenes Dokument hat. Erlaubnisse gehen auf diesen über.
client-merge-into = Client-ID des Nachfolgers
client-merge-submit = Zeigen, was geschehen würde
client-trail = Was das Team getan hat
client-trail-empty = Noch nichts.
client-saved = Gespeichert.
client-unchanged = Nichts zu ändern.
client-quarantined-notice = In Quarantäne. Nichts wurde beendet.
client-released-notice = Freigegeben. Er darf wieder handeln.
client-merged-notice = Zusammengeführt.

## Merging

merge-title = Zwei Agenten zusammenführen?
merge-from = Dieser Agent
merge-into = wird zu
merge-moves =
    { $count ->
        [0] Keine Erlaubnis geht über.
        [one] 1 Erlaubnis geht über.
       *[other] { $count } Erlaubnisse gehen über.
    }
merge-stays =
    { $count ->
        [one] 1 bleibt, denn ihr Kunde hat auch den Nachfolger verbunden.
       *[other] { $count } bleiben, denn ihre Kunden haben auch den Nachfolger verbunden.
    }
merge-effect-scopes = Keine wird weiter, als sie ist.
merge-effect-sessions = Sitzungen gehen weiter. Kunden sehen einen Agenten, unter dem Namen des Nachfolgers.
merge-effect-reach = Wer den Nachfolger anhält, in Quarantäne setzt oder sperrt, erreicht auch, was in ihn überführt wurde.
merge-effect-final = Das lässt sich nicht zurücknehmen.
merge-cancel = Getrennt lassen
merge-submit = Zusammenführen
merge-back = Zurück zu den Agenten
merge-unknown = Einen solchen Agenten gibt es nicht. Seine Client-ID steht in der Liste der Agenten.
merge-not-registered = Nur ein Agent, der sich selbst registriert hat, lässt sich überführen.
merge-already = Er wurde schon überführt, oder andere wurden in ihn überführt.
merge-no-document = Der Nachfolger muss ein Agent mit eigenem Dokument sein.

## Policy

policy-title = Regeln für Agenten
policy-lead = Was Agenten in diesem Shop sein dürfen, wenn Sie nicht über einen einzelnen entscheiden.
policy-classes = Klasse nach Vertrauen
policy-classes-detail = „Ansehen“ sieht Produkte und Bestand. „Einkaufen“ kann auch Warenkörbe füllen und Einkäufe beginnen. „Kundendienst“ kann Bestellungen lesen.
policy-links = Agenten ohne Erlaubnis zum Einkaufen
policy-checkout-links = Einen Link für einen einzelnen Kauf geben
policy-checkout-links-detail = Manche Agenten können nicht um mehr Erlaubnis bitten. Sie bekommen dann einen Link, mit dem Kunden diesen einen Kauf freigeben. Der Agent bekommt keine neue Erlaubnis.
policy-approvals = Freigabe von Käufen
policy-approval-rules = Kunden dürfen Agenten ohne Nachfrage kaufen lassen
policy-approval-rules-detail = Aus: Kunden geben jede Bestellung frei. An: Ein Kunde kann einen Agenten kleine Bestellungen aufgeben lassen, innerhalb einer Grenze pro Monat, an eine Adresse, die er schon einmal freigegeben hat. Ausschalten beendet alle solchen Regeln.
policy-elevation = Einkäufe beginnen
policy-elevation-longest = So lange kann ein Kunde es höchstens erlauben
policy-elevation-default = Wie dieser Server eingerichtet ist
policy-elevation-purchase = 15 Minuten, für einen Einkauf
policy-elevation-today = Bis Mitternacht beim Shop
policy-elevation-thirty-days = 30 Tage
policy-elevation-detail = Bei mehr als 15 Minuten wählen Kunden auf der Seite, die sie fragt. Was sie schon erlaubt haben, bleibt. Jede Bestellung wird freigegeben wie bisher.
policy-registration = Wer sich vorstellen darf
policy-mode-open = Jeder Agent
policy-mode-open-detail = Agenten registrieren sich selbst.
policy-mode-token = Registrierung mit Token
policy-mode-token-detail = Agenten registrieren sich mit einem ersten Access-Token, das Sie ausgeben.
policy-mode-hosts = Nur erlaubte Hosts
policy-mode-hosts-detail = Nur Agenten, deren Host unten erlaubt ist, und die Sie freigegeben haben, können sich verbinden.
policy-mode-closed = Keine Registrierung
policy-mode-closed-detail = Nur Agenten mit einem Dokument oder einer ID des Shops.
policy-checkout = Anmeldung vor dem Einkauf
policy-checkout-detail = Was ein Kunde tun muss, bevor ein Agent Einkäufe beginnen darf. Agenten, die es schon dürfen, machen weiter; eine Änderung beendet aber die Regeln, nach denen sie ohne Nachfrage kaufen.
policy-checkout-age = Angemeldet
policy-checkout-any = Irgendwann
policy-checkout-minutes = In den letzten 10 Minuten
policy-checkout-hour = In der letzten Stunde
policy-checkout-day = Am letzten Tag
policy-checkout-passkey = Mit einem Passkey
policy-checkout-passkey-detail = Eine nachgemachte Seite kann ihn nicht stehlen. Wer keinen hat, fügt ihn unterwegs hinzu.
policy-checkout-passkey-never = Dieser Server hat keinen Hostnamen. Darum gibt es keine Passkeys.
policy-checkout-purchases = Auch für jeden Kauf
policy-hosts = Hosts
policy-hosts-detail = Ein abgelehnter Host bleibt überall draußen, auch wenn er freigegeben ist. Es gilt die Regel, die einen Host am genauesten nennt.
policy-hosts-none = Noch gibt es keine Regel.
policy-allows = Erlaubt
policy-denies = Abgelehnt
policy-remove = Entfernen
policy-remove-label = Die Regel über { $host } entfernen
policy-host = Host
policy-host-password-hint = Nur nötig, um einen Host hereinzulassen.
policy-host-hint = agent.example, oder *.agent.example für alle darunter.
policy-host-wrong = Das ist kein Host. Schreiben Sie agent.example oder *.agent.example.
policy-allow = Erlauben
policy-deny = Ablehnen
policy-ruled = Gespeichert. Neue Verbindungen folgen der Regel ab jetzt.
policy-ended = Beendet. Der nächste Aufruf jeder Sitzung wird abgelehnt.
policy-denied =
    { $count ->
        [one] Auch 1 Sitzung beenden?
       *[other] Auch { $count } Sitzungen beenden?
    }
policy-denied-detail =
    { $count ->
        [one] Was 1 Agent bei einem abgelehnten Host hat, läuft weiter, bis Sie es beenden.
       *[other] Was { $count } Agenten bei abgelehnten Hosts haben, läuft weiter, bis Sie es beenden.
    }
policy-denied-submit =
    { $count ->
        [one] 1 Sitzung beenden
       *[other] { $count } Sitzungen beenden
    }

## Known platforms

platforms-title = Bekannte Plattformen
platforms-lead = Namen, die nur diese Hosts tragen dürfen, und wie sich jede Plattform vorstellt. Der Betreiber ergänzt sie in einer Datei.
platforms-name = Plattform
platforms-introduces = Stellt sich vor
platforms-hosts = Hosts
platforms-addresses = Dokumente und Rücksprünge
platforms-source = Quelle
platforms-read = gelesen am { $date }
platforms-help = Datenschutz
platforms-document = durch ihr Dokument
platforms-registration = durch Registrierung
platforms-pre-registered = durch eine ID des Shops

## In the trail

audit-kind-client-classed = Klasse eines Agenten entschieden
audit-kind-client-approved = Agent freigegeben
audit-kind-client-disapproved = Freigabe zurückgenommen
audit-kind-client-quarantined = Agent in Quarantäne
audit-kind-client-released = Agent aus der Quarantäne entlassen
audit-kind-client-merged = Agenten zusammengeführt
audit-kind-policy-changed = Regeln für Agenten geändert
audit-kind-host-ruled = Regel über einen Host
