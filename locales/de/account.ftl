## Signing in

sign-in-title = Anmelden
sign-in-lead = Melden Sie sich bei { $store } an.
sign-in-for-agent = Ein Agent möchte sich mit Ihrem Konto bei { $store } verbinden. Melden Sie sich zuerst an.
sign-in-again = Ein Agent bittet um etwas, wofür Sie sich noch einmal anmelden müssen.
sign-in-email = E-Mail-Adresse
sign-in-password = Passwort
sign-in-submit = Anmelden
sign-in-new = Neu bei { $store }?
sign-in-create = Konto anlegen
sign-in-wrong = Die E-Mail-Adresse oder das Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.
sign-in-throttled = Zu viele Versuche. Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.

## Signing up

sign-up-title = Konto anlegen
sign-up-lead = Wir schicken Ihnen einen Link. Öffnen Sie ihn, um ein Passwort zu wählen.
sign-up-email = E-Mail-Adresse
sign-up-submit = Link schicken
sign-up-have = Haben Sie schon ein Konto?
sign-up-invalid-email = Das sieht nicht wie eine E-Mail-Adresse aus. Prüfen Sie sie und versuchen Sie es noch einmal.
sign-up-finish-title = Passwort wählen
sign-up-finish-lead = Für Ihr Konto { $email } bei { $store }.
sign-up-finish-password = Neues Passwort
sign-up-finish-hint = Mindestens { $count } Zeichen. Ein Passwort-Manager kann es für Sie wählen und merken.
sign-up-finish-submit = Konto anlegen
sign-up-password-short = Dieses Passwort ist zu kurz. Es braucht mindestens { $count } Zeichen.
sign-up-password-long = Dieses Passwort ist zu lang. Es darf höchstens 128 Zeichen haben.
sign-up-password-common = Dieses Passwort steht auf Listen, die Angreifer zuerst probieren. Wählen Sie ein anderes.

## Short pages with one message

message-sign-up-sent = Sehen Sie in Ihre E-Mails
message-sign-up-sent-detail = Wir haben einen Link an { $email } geschickt. Er gilt 30 Minuten. Öffnen Sie ihn in diesem Browser, dann geht es hier weiter. Keine E-Mail? Sehen Sie im Spam nach, oder versuchen Sie es in ein paar Minuten noch einmal.
message-sign-up-elsewhere = Ihr Konto ist fertig
message-sign-up-elsewhere-detail = Gehen Sie zurück zu dem Gerät und Browser, wo Sie begonnen haben. Melden Sie sich dort an.
message-start-again = Ihr Konto ist fertig
message-start-again-detail = Für die Frage des Agenten war es zu spät. Fangen Sie in Ihrem Agenten neu an: Er schickt Sie wieder her.
message-link-expired = Dieser Link gilt nicht mehr
message-link-expired-detail = Links gelten 30 Minuten und nur einmal. Haben Sie schon ein Passwort gewählt? Dann melden Sie sich an. Sonst fordern Sie einen neuen Link an.
message-link-expired-action = Konto anlegen
message-answered = Sie haben schon geantwortet
message-answered-detail = Gehen Sie zurück zu Ihrem Agenten. Ist er nicht verbunden? Dann beginnen Sie dort neu.
message-expired = Diese Anfrage ist abgelaufen
message-expired-detail = Nichts wurde erlaubt. Beginnen Sie in Ihrem Agenten neu: Er schickt Sie wieder hierher.
message-agent-changed = Dieser Agent hat sich gerade geändert
message-agent-changed-detail = Er beschreibt sich anders als eben noch. Nichts wurde erlaubt. Beginnen Sie in Ihrem Agenten neu.
message-signed-out = Sie sind abgemeldet
message-signed-out-detail = Ihre Agenten bleiben verbunden. Melden Sie sich wieder an, um sie zu sehen oder zu stoppen.
message-signed-out-action = Anmelden

## Connected agents

agents-title = Verbundene Agenten
agents-lead = Diese Agenten dürfen bei { $store } für Sie handeln. Trennen Sie einen, dann stoppt er in einer Sekunde.
agents-empty = Kein Agent ist verbunden
agents-empty-detail = Wenn ein Agent für Sie einkaufen möchte und Sie es erlauben, erscheint er hier.
agents-returns = Kehrt zurück zu
agents-permissions = Er darf
agents-linked = Verbunden
agents-last-used = Zuletzt genutzt
agents-ends = Zugang endet
agents-ends-unused = Wenn niemand ihn nutzt
agents-connections =
    { $count ->
        [one] 1 Verbindung
       *[other] { $count } Verbindungen
    }
agents-connections-older =
    { $count ->
        [one] 1 ältere Verbindung, seither nicht genutzt
       *[other] { $count } ältere Verbindungen, seither nicht genutzt
    }
agents-connected = Verbunden
agents-disconnect = Trennen
agents-disconnect-label = „{ $agent }“ trennen
agents-disconnected = „{ $agent }“ wurde { $when } getrennt. Er kann nicht mehr für Sie handeln.
agents-disconnected-unnamed = Das Programm ohne Namen wurde { $when } getrennt. Es kann nicht mehr für Sie handeln.
agents-disconnect-all = Alle Agenten trennen
agents-disconnected-all = Alle Agenten sind getrennt. Keiner kann mehr für Sie handeln.

disconnect-title = „{ $agent }“ trennen?
disconnect-title-unnamed = Das Programm ohne Namen trennen?
disconnect-effect = Das wirkt in einer Sekunde, auf allen Ihren Geräten.
disconnect-effect-again = Um ihn wieder zu nutzen, verbinden Sie ihn neu im Agenten.
disconnect-effect-data = Was der Agent schon gesehen hat, bleibt bei ihm. Bitten Sie seinen Hersteller, das zu löschen.
disconnect-effect-data-at = Was der Agent schon gesehen hat, bleibt bei ihm. { $company } sagt, wie es gelöscht wird:
disconnect-policy = Datenschutzseite von { $company }
disconnect-report = { $store } melden, dass mit diesem Agenten etwas nicht stimmt
disconnect-report-detail = Der Shop sieht, dass ihn jemand gemeldet hat, nicht was Sie gekauft haben oder wer Sie sind.
disconnect-cancel = Behalten
disconnect-confirm = Trennen

disconnect-all-title = Alle Agenten trennen?
disconnect-all-effect = Das wirkt bei allen in einer Sekunde, auf allen Ihren Geräten.
disconnect-all-effect-data = Was sie schon gesehen haben, bleibt bei ihnen. Bitten Sie ihre Hersteller, das zu löschen.
disconnect-all-cancel = Behalten
disconnect-all-confirm = Alle trennen
