## The frame of the console

console-nav = Konsole
console-sessions = Sitzungen
console-agents = Agenten
console-audit = Protokoll
console-settings = Einstellungen
console-environment = Umgebung
console-paused = Alle Agenten sind angehalten. Tool-Aufrufe werden abgelehnt, bis Sie sie weitermachen lassen.
console-demo-cookies = Auf dieser Loopback-Adresse gelten Anmeldungen nur kurz, denn andere Ports teilen ihre Cookies.
console-newer = Neuere
console-older = Ältere
console-paging = Seiten
console-filter = Filtern
console-filter-clear = Alle zeigen

## Signing in

console-sign-in-title = Bei der Konsole anmelden
console-sign-in-lead = Für das Team von { $store }.

## Sessions

sessions-title = Sitzungen von Agenten
sessions-lead = Jede Zeile ist eine Verbindung, die ein Kunde erlaubt hat.
sessions-went-back = Die Datenbank ist älter als das, was Agenten haben
sessions-went-back-detail = Ein Agent kam mit einem Token, das die Datenbank noch nicht kennt. Wurde eine ältere Kopie eingespielt? Agenten mit neueren Token müssen neu verbunden werden. Widerrufen wurde nichts. Aber was nach der Kopie widerrufen wurde, kann wieder gelten: Sehen Sie die Sitzungen durch.
sessions-went-back-seen = Zuletzt gesehen
sessions-caption = Sitzungen von Agenten, neueste zuerst
sessions-agent = Agent
sessions-shopper = Kunde
sessions-scopes = Scopes
sessions-authorized = Erlaubt
sessions-last-used = Zuletzt genutzt
sessions-ends = Läuft ab
sessions-state = Stand
sessions-actions = Aktionen
sessions-revoke = Sperren
sessions-revoke-label = Diese Sitzung von { $agent } für Kunde { $shopper } sperren
sessions-more = Mehr
sessions-more-label = Mehr zu dieser Sitzung von { $agent }
sessions-revoke-client = Alle dieses Agenten sperren
sessions-revoke-shopper = Alle dieses Kunden sperren
sessions-audit = Protokoll dieser Sitzung
sessions-filter-agent = Agent oder Client-ID
sessions-filter-shopper = Kunde
sessions-filter-state = Stand
sessions-state-any = Jeder Stand
sessions-none = Noch hat sich kein Agent verbunden.
sessions-empty = Keine Sitzung passt.
sessions-replays =
    { $count ->
        [one] 1 Wiederholung in der Schonfrist
       *[other] { $count } Wiederholungen in der Schonfrist
    }
sessions-folded =
    { $count ->
        [one] 1 frühere, seither nicht genutzt
       *[other] { $count } frühere, seither nicht genutzt
    }
sessions-folded-end = Jede endet nach 7 Tagen ohne Nutzung.
sessions-folded-all = Alle aktiven Sitzungen dieses Kunden
sessions-folded-revoke-label = Die Sitzung von { $agent } sperren, erlaubt { $when }
sessions-revoked-notice = Gesperrt. Der nächste Aufruf wird abgelehnt.
state-live = Aktiv
state-paused = Angehalten
state-revoked = Gesperrt
state-disconnected = Getrennt
state-left = Vom Agenten beendet
state-reused = Beendet: Token zweimal benutzt
state-expired = Abgelaufen

## Revoking many

confirm-title-client = Alle Sitzungen von „{ $agent }“ sperren?
confirm-title-shopper = Alle Sitzungen von Kunde { $shopper } sperren?
confirm-count =
    { $count ->
        [0] Davon ist jetzt keine Sitzung aktiv.
        [one] 1 aktive Sitzung endet.
       *[other] { $count } aktive Sitzungen enden.
    }
confirm-effect = Der nächste Aufruf jeder Sitzung wird innerhalb einer Sekunde abgelehnt.
confirm-effect-again = Das lässt sich nicht zurücknehmen: Kunden müssen sich neu verbinden, und sie dürfen es.
confirm-cancel = Behalten
confirm-revoke = Alle sperren

## Agents

clients-title = Agenten
clients-lead = Programme, die sich diesem Shop vorgestellt haben.
clients-caption = Agenten, neueste zuerst
clients-name = Name
clients-id = Client-ID
clients-class = Klasse
clients-hosts = Kehrt zurück zu
clients-registered = Angemeldet
clients-live = Aktive Sitzungen
clients-actions = Aktionen
clients-pause = Anhalten
clients-pause-label = { $agent } anhalten
clients-resume = Weitermachen lassen
clients-resume-label = { $agent } weitermachen lassen
clients-revoke = Alle sperren
clients-revoke-label = Alle Sitzungen von { $agent } sperren
clients-paused = Angehalten
clients-paused-notice = Angehalten. Seine Tool-Aufrufe werden abgelehnt, bis Sie ihn weitermachen lassen.
clients-resumed-notice = Er macht weiter und darf wieder handeln.
clients-empty = Noch hat sich kein Agent vorgestellt.
class-browse = Ansehen
class-shop = Einkaufen
class-support = Kundendienst

## Audit

audit-title = Protokoll
audit-lead = Jede Erlaubnis und jeder Tool-Aufruf. Keine Inhalte, keine Tokens, keine persönlichen Daten.
audit-caption = Einträge im Protokoll, neueste zuerst
audit-time = Zeit
audit-kind = Art
audit-agent = Agent
audit-tool = Tool
audit-status = Status
audit-latency = Dauer
audit-latency-value = { $count } ms
audit-risk = Risiko
audit-risk-value = { $level } von 3
audit-reference = Kennung
audit-none = –
audit-its-session = Alles aus dieser Sitzung
audit-its-purchase = Der Kauf dazu
audit-filter-session = Sitzung
audit-filter-reference = Kennung
audit-nothing = Noch ist nichts geschehen.
audit-empty = Kein Eintrag passt.
audit-kind-access-switched = MCP-Zugang umgeschaltet
audit-kind-access-token-revoked = Access-Token gesperrt
audit-kind-client-registered = Agent hat sich vorgestellt
audit-kind-code-redeemed = Agent verbunden
audit-kind-connection-ended = Sitzung beendet
audit-kind-consent-denied = Kunde hat abgelehnt
audit-kind-consent-given = Kunde hat erlaubt
audit-kind-database-went-back = Datenbank ging in der Zeit zurück
audit-kind-elevated = Kunde hat mehr erlaubt
audit-kind-grace-replay = Token noch einmal benutzt, in der Schonfrist
audit-kind-grant-revoked = Kunde hat den Agenten getrennt
audit-kind-agent-reported = Kunde hat den Agenten gemeldet
audit-kind-keys-rotated = Signaturschlüssel gewechselt
audit-kind-paused = Agenten angehalten
audit-kind-refused = Anfrage abgelehnt
audit-kind-resumed = Agenten machen weiter
audit-kind-revoked-many = Viele Sitzungen gesperrt
audit-kind-sign-in-failed = Anmeldung misslungen
audit-kind-signed-in = Kunde hat sich angemeldet
audit-kind-signed-up = Kunde hat ein Konto angelegt
audit-kind-staff-signed-in = Teammitglied hat sich angemeldet
audit-kind-staff-added = Teammitglied hinzugefügt
audit-kind-staff-password-set = Passwort eines Teammitglieds gesetzt
audit-kind-staff-removed = Teammitglied entfernt
audit-kind-suspicious-replays = Verdächtige Nutzung alter Tokens
audit-kind-token-refreshed = Token erneuert
audit-kind-tool-call = Tool-Aufruf

## Settings

settings-title = Einstellungen
settings-pause = Alle Agenten anhalten
settings-pause-detail = Jeder Tool-Aufruf wird abgelehnt, bis Sie sie weitermachen lassen. Danach muss sich niemand neu verbinden.
settings-pause-submit = Jetzt alle Agenten anhalten
settings-resume = Die Agenten sind angehalten
settings-resume-detail = Tool-Aufrufe werden abgelehnt. Zum Weitermachen brauchen Sie Ihr Passwort.
settings-resume-submit = Agenten weitermachen lassen
settings-access = MCP-Zugang
settings-access-detail = Ist er aus, kann sich kein Agent verbinden, und Tokens dieser Umgebung werden abgelehnt.
settings-access-live = Agenten dürfen sich mit dem echten Shop verbinden
settings-access-sandbox = Agenten dürfen sich mit der Sandbox verbinden
settings-access-submit = Speichern
settings-password = Ihr Passwort
settings-wrong-password = Das Passwort stimmt nicht. Nichts wurde geändert.
settings-saved = Gespeichert.
settings-paused-notice = Alle Agenten sind angehalten.
settings-resumed-notice = Agenten dürfen wieder handeln.
