## Clients by hand

hand-title = Clients von Hand
hand-lead = Für Plattformen, die sich nicht selbst anmelden können. Jeder hat eine feste Liste von Adressen, an die seine Antworten gehen.
hand-caption = Clients von Hand, neueste zuerst
hand-name = Name
hand-id = Client-ID
hand-proof = Weist sich aus durch
hand-hosts = Kehrt zurück zu
hand-made = Angelegt
hand-none = Noch wurde kein Client von Hand angelegt.
hand-open = Öffnen
hand-open-label = { $agent } öffnen
hand-add = Client von Hand anlegen
hand-add-google = Google-Kontoverknüpfung anlegen
hand-add-copilot = Copilot Studio anlegen
hand-to-registration = Tokens und Adressen für die Registrierung
hand-to-agents = Alle Agenten
hand-removed-notice = Entfernt. Seine Sitzungen sind beendet.
hand-saved-notice = Gespeichert.
proof-none = Nichts: Nur PKCE schützt ihn
proof-client-secret-basic = Ein Secret im Header (client_secret_basic)
proof-client-secret-post = Ein Secret im Body (client_secret_post)
proof-private-key-jwt = Einen eigenen Schlüssel (private_key_jwt)

## One client

client-add-title = Client von Hand anlegen
client-add-lead = Seine ID und sein Secret werden einmal gezeigt, auf der nächsten Seite.
client-title = Client von Hand
client-google-lead = Google verknüpft die Konten der Kunden mit einem eigenen Client, den es nicht registrieren kann. Die Projekt-ID finden Sie in der Adresse Ihrer Projektseite bei Google.
client-google-project = Google-Projekt-ID
client-google-project-hint = Die Adressen von Google für Betrieb und Sandbox dieses Projekts tragen wir für Sie ein.
client-copilot-lead = Copilot Studio verbindet Agenten mit einem Client, den Sie hier anlegen. Seine Rücksprungadresse zeigt es, wenn Sie die Verbindung dort gespeichert haben: Kommen Sie dann zurück und setzen Sie sie auf die Liste.
client-name = Name
client-name-hint = Kunden lesen ihn, wenn sie um ihre Erlaubnis gebeten werden.
client-uris = Rücksprungadressen
client-uris-hint = Eine pro Zeile, vollständig: Sie werden Zeichen für Zeichen verglichen.
client-proof = Wie er sich ausweist
client-jwks = Adresse seiner öffentlichen Schlüssel
client-jwks-hint = Nur für einen Client, der sich mit einem eigenen Schlüssel ausweist.
client-resource = Ressource, wenn er keine nennt
client-resource-none = Keine: Er muss eine nennen
client-resource-hint = Plattformen, die MCP nicht kennen, nennen nie eine.
client-pkce = Er darf PKCE weglassen
client-pkce-hint = Lassen Sie das aus, außer die Plattform scheitert ohne. Nur ein Client mit Secret oder Schlüssel darf es.
client-bundled = Kunden nach allem auf einmal fragen
client-bundled-hint = Google verlangt eine einzige Frage ohne Kästchen. Kunden stimmen dann allem zu oder nichts. Lassen Sie das bei anderen aus.
client-wrong-pkce = Ein Client ohne Secret und ohne Schlüssel darf PKCE nicht weglassen. Geben Sie ihm eines davon, oder entfernen Sie den Haken.
client-class = Worum er bitten darf
hand-class-policy = Was die Regeln sagen
client-add-submit = Client anlegen
client-save = Speichern
client-made = Angelegt
client-overlap = Voriges Secret gilt bis
client-secret-title = Secret
client-secret-detail = Nur ein Hash davon wird aufbewahrt: Man kann es ersetzen, aber nicht zeigen. Das vorige Secret gilt so lange weiter, wie Sie es wählen.
client-secret-overlap = Das vorige Secret gilt noch
client-overlap-none = Gar nicht: Es endet jetzt
client-overlap-day = 24 Stunden
client-overlap-week = 7 Tage
client-overlap-month = 30 Tage
client-secret-submit = Secret ersetzen
client-remove-title = Entfernen
client-remove-detail = Alle seine Sitzungen enden. Kunden müssen sich mit einem anderen Client neu verbinden.
client-remove-submit = Diesen Client entfernen
client-wrong-name = Geben Sie einen Namen mit höchstens 100 Zeichen ein.
client-wrong-uris = Geben Sie 1 bis 20 Rücksprungadressen ein, eine pro Zeile.
client-wrong-uri = Diese Rücksprungadresse kann nicht benutzt werden: { $uri }
client-wrong-resource = Wählen Sie eine Ressource dieser Umgebung.
client-wrong-keys = Ein Client mit eigenem Schlüssel braucht die https-Adresse seiner öffentlichen Schlüssel. Kein anderer Client hat eine.
client-wrong-project = Geben Sie die Projekt-ID ein, wie Google sie zeigt: Buchstaben, Ziffern und Bindestriche.

## What is shown once

once-client-title = Der Client ist angelegt
once-secret-title = Das neue Secret
once-token-title = Das Token ist angelegt
once-warning = Kopieren Sie es jetzt. Nur ein Hash davon wird aufbewahrt, und niemand kann es noch einmal zeigen.
once-public = Dieser Client hat kein Secret.
once-values = Was wohin gehört
once-id = Client-ID
once-secret = Client-Secret
once-token = Erstes Access-Token
once-authorize = Autorisierungs-URL
once-token-url = Token-URL
once-refresh-url = Refresh-URL
once-scopes = Scopes
once-token-use = Ein Agent schickt es bei der Registrierung, als „Authorization: Bearer“ und das Token.
once-until = Das vorige Secret gilt bis { $when }.
once-google-1 = Wählen Sie in Googles Einstellungen zur Kontoverknüpfung OAuth und den Authorization Code Flow.
once-google-2 = Fügen Sie Client-ID, Client-Secret, Autorisierungs-URL, Token-URL und Scopes von oben ein.
once-google-3 = Haken Sie an, dass Google Client-ID und Secret mit HTTP Basic Auth schickt.
once-copilot-1 = Fügen Sie in Copilot Studio Ihren MCP-Server als Tool hinzu und wählen Sie OAuth 2.0 mit manuellen Einstellungen.
once-copilot-2 = Fügen Sie Client-ID, Client-Secret, die drei URLs und die Scopes von oben ein.
once-copilot-3 = Nach dem Speichern zeigt es eine Rücksprungadresse: Fügen Sie sie den Rücksprungadressen dieses Clients hinzu.
once-back = Fertig

## Registration

registration-title = Registrierung
registration-lead = Was Agenten brauchen, um sich hier selbst zu registrieren.
registration-tokens = Erste Access-Tokens
registration-tokens-detail = Wo die Regeln Registrierung nur mit Token zulassen, verbraucht jede Registrierung eines.
registration-tokens-none = Es gibt kein Token.
registration-note = Für wen
registration-uses = Registrierungen
registration-uses-hint = Wie viele es erlaubt; leer: beliebig viele.
registration-expires = Gilt
registration-expires-day = 1 Tag
registration-expires-month = 30 Tage
registration-expires-year = 365 Tage
registration-expires-never = Bis es entfernt wird
registration-token-submit = Token anlegen
registration-token-made = Angelegt
registration-token-ends = Endet
registration-token-never = Nie
registration-token-left = Registrierungen übrig
registration-token-any = Beliebig viele
registration-token-over = Verbraucht oder abgelaufen
registration-token-remove = Entfernen
registration-token-remove-label = Das Token für { $note } entfernen
registration-token-unnamed = niemand genannt
registration-uris = Adressen von Apps
registration-uris-detail = Die eigene Adresse einer App, wie cursor://anysphere.cursor-mcp/oauth/callback, lässt sich nur registrieren, wenn sie bekannt, vollständig und genau ist: Jedes Programm auf einem Computer kann ein solches Schema für sich beanspruchen.
registration-uris-known = Aus der Konfiguration bekannt
registration-uris-none = Sie haben keine hinzugefügt.
registration-uri = Vollständige Adresse
registration-uri-submit = Adresse hinzufügen
registration-uri-remove = Entfernen
registration-uri-remove-label = { $uri } entfernen
registration-uri-wrong = Geben Sie eine vollständige Adresse mit dem eigenen Schema einer App ein. Schemata, auf die ein Browser reagiert, wie https oder javascript, gehen nicht.
registration-uri-full = Es gibt schon 100 Adressen. Entfernen Sie zuerst eine.
registration-uses-wrong = Geben Sie die Zahl der Registrierungen ein, oder nichts.
registration-done-removed = Entfernt.
registration-done-added = Hinzugefügt. Das gilt in wenigen Sekunden.

## The trail

audit-kind-client-added = Client von Hand angelegt
audit-kind-client-removed = Client entfernt
audit-kind-client-secret-rotated = Client-Secret ersetzt
audit-kind-client-updated = Client geändert
audit-kind-private-use-uri-added = App-Adresse hinzugefügt
audit-kind-private-use-uri-removed = App-Adresse entfernt
audit-kind-registration-token-added = Registrierungs-Token angelegt
audit-kind-registration-token-removed = Registrierungs-Token entfernt
