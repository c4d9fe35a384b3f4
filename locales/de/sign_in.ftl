## Ways to sign in

account-nav = Ihr Konto
account-nav-agents = Verbundene Agenten
account-nav-ways = Wege zur Anmeldung

sign-in-again-account = Damit Ihr Konto sicher bleibt: Zeigen Sie noch einmal, dass Sie es sind.
sign-in-or = Oder nutzen Sie ein Konto, das Sie haben
sign-in-with = Weiter mit { $provider }
sign-in-silent = { $provider } kann Sie nicht noch einmal fragen, wer Sie sind. Das hilft hier also nicht. Wählen Sie einen anderen Weg.

ways-title = Wege zur Anmeldung
ways-lead = Mit jedem davon melden Sie sich bei { $store } an. Entfernen Sie, was Sie nicht mehr nutzen.
ways-password = Passwort
ways-password-add = Passwort wählen
ways-password-change = Passwort ändern
ways-password-saved = Das neue Passwort gilt ab jetzt. Nur hier sind Sie noch angemeldet.
password-title = Neues Passwort wählen
password-lead = Nutzen Sie es hier und nirgends sonst. Alle anderen Browser werden abgemeldet.
password-save = Passwort speichern
ways-email = E-Mail-Adresse
ways-added = Hinzugefügt
ways-last-used = Zuletzt genutzt
ways-remove = Entfernen
ways-remove-label = { $way } entfernen
ways-removed = Entfernt. Damit können Sie sich nicht mehr anmelden.
ways-last = Das ist Ihr einziger Weg zur Anmeldung. Darum bleibt er. Fügen Sie zuerst einen anderen hinzu.
ways-add = Weiteren Weg hinzufügen
ways-add-lead = Sie gehen einmal dorthin und zeigen, dass es Ihres ist. Sonst wird nichts geteilt.
ways-link = { $provider } hinzufügen
ways-linked = { $provider } ist hinzugefügt. Ab jetzt können Sie sich damit anmelden.

upstream-away = { $provider } antwortet nicht
upstream-away-detail = Mit Ihrem Konto ist alles in Ordnung. Melden Sie sich anders an, oder versuchen Sie es in ein paar Minuten noch einmal.
upstream-cancelled = Sie sind nicht angemeldet
upstream-cancelled-detail = Sie haben bei { $provider } abgebrochen, oder Sie wurden dort nicht hereingelassen. Nichts wurde geändert.
upstream-unbelievable = Der Antwort von { $provider } können wir nicht trauen
upstream-unbelievable-detail = Zur Sicherheit haben wir hier angehalten. Nichts wurde geändert. Melden Sie sich anders an. Sagen Sie dem Shop Bescheid, wenn es so bleibt.
upstream-expired = Das hat zu lange gedauert
upstream-expired-detail = Zu Ihrer Sicherheit haben Sie zehn Minuten Zeit für die Anmeldung bei { $provider }. Beginnen Sie hier neu.
upstream-spent = Diese Anmeldung wurde schon benutzt
upstream-spent-detail = Sie gilt nur einmal. Sind Sie nicht angemeldet? Dann beginnen Sie hier neu.
upstream-unvouched = { $provider } bestätigt Ihre E-Mail-Adresse nicht
upstream-unvouched-detail = Für ein neues Konto brauchen wir eine bestätigte Adresse. Legen Sie hier ein Konto an. Dann können Sie { $provider } unter „Wege zur Anmeldung“ hinzufügen.
upstream-unvouched-code = Ihr neues Konto hier braucht eine E-Mail-Adresse, die Ihnen gehört. Schreiben Sie sie hin, dann schicken wir einen Code dorthin. Danach melden Sie sich mit { $provider } an.
upstream-unvouched-action = Konto anlegen
upstream-taken = Sie haben hier schon ein Konto
upstream-taken-detail = Damit es sicher bleibt, öffnet { $provider } es nicht von allein. Melden Sie sich an wie bisher. Dann können Sie { $provider } unter „Wege zur Anmeldung“ hinzufügen.
upstream-of-another = Das gehört zu einem anderen Konto
upstream-of-another-detail = Mit Ihrem Konto bei { $provider } meldet man sich bei einem anderen Konto dieses Shops an. Nichts wurde geändert.
upstream-not-own = Das passt nicht zu Ihrem Konto hier
upstream-not-own-detail = Sie sind angemeldet. Was Sie bei { $provider } benutzt haben, gehört nicht zu diesem Konto. Nichts wurde geändert. Nehmen Sie das, womit Sie sich angemeldet haben.
upstream-not-fresh = { $provider } hat nicht gefragt, wer Sie sind
upstream-not-fresh-detail = Für diesen Schritt müssen Sie noch einmal zeigen, dass Sie es sind. { $provider } sagt uns nicht, dass Sie das getan haben. Melden Sie sich anders an.
upstream-signed-out = Sie sind abgemeldet
upstream-signed-out-detail = Melden Sie sich zuerst an und fügen Sie dann { $provider } hinzu. Nichts wurde geändert.
upstream-back = Zurück zur Anmeldung
upstream-back-account = Zurück zu Ihrem Konto

audit-kind-identity-linked = Weg zur Anmeldung hinzugefügt
audit-kind-identity-removed = Weg zur Anmeldung entfernt
audit-kind-password-set = Passwort gewählt

why-upstream-state = Was von einem Anbieter zurückkommt, hat dieser Browser vor Kurzem dorthin geschickt, und es kommt nur einmal
why-upstream-state-remedy = Der Kunde beginnt auf der Anmeldeseite neu, im selben Browser. Viele davon aus einem Netz sind Versuche von jemandem.
why-upstream-reached = Der Anbieter antwortet, wie er eingerichtet ist
why-upstream-reached-remedy = Vergleichen Sie Issuer, Client-ID und Secret mit der Seite des Anbieters. Ist er nicht erreichbar, haben Kunden die anderen Wege zur Anmeldung.
why-upstream-answer = Der Anbieter sagt glaubhaft, wer gekommen ist
why-upstream-answer-remedy = Hat der Kunde dort abgebrochen, ist nichts zu tun. Sonst vergleichen Sie den eingerichteten Issuer und Client mit denen des Anbieters. Auch seine Uhr kann falsch gehen.
why-upstream-address = Der Anbieter steht für eine Adresse ein, die hier kein Konto hat
why-upstream-address-remedy = Der Kunde meldet sich an wie bisher und fügt den Anbieter unter „Wege zur Anmeldung“ hinzu. Konten werden nie über eine Adresse verbunden.

## Codes by e-mail

sign-in-code = Stattdessen einen Code schicken
code-title = Mit einem Code anmelden
code-lead = Wir schicken einen Code an Ihre E-Mail-Adresse. Haben Sie bei { $store } noch kein Konto? Dann legt der Code eines an.
code-send = Code schicken
code-otherwise = Anders anmelden
code-spent = Dieser Code gilt nicht mehr. Codes gelten einmal und zehn Minuten lang. Man darf sich nur ein paar Mal vertippen. Fordern Sie einen neuen an.
code-enter-title = Sehen Sie in Ihre E-Mails
code-enter-lead = Wir haben einen Code an { $email } geschickt. Geben Sie ihn hier ein, in diesem Browser.
code-enter-code = Code
code-enter-hint = Acht Ziffern. Der Code gilt zehn Minuten. Keine E-Mail? Sehen Sie im Spam nach, oder versuchen Sie es in ein paar Minuten noch einmal.
code-wrong = Das ist nicht der Code aus der neuesten E-Mail. Prüfen Sie ihn und versuchen Sie es noch einmal.
code-again = Neuen Code schicken
ways-code = Code per E-Mail
ways-code-detail = Geht immer, solange Sie E-Mails an diese Adresse lesen können.

mail-code-subject = Ihr Code für { $store }
mail-code-opening =
    Guten Tag,

    das ist Ihr Code für die Anmeldung bei { $store }:
mail-code-body =
    Geben Sie ihn auf der Seite ein, die danach gefragt hat. Ihre Adresse beginnt mit
    { $link }
    Er gilt einmal und zehn Minuten lang. Niemand vom Shop wird Sie je danach fragen.

    Waren Sie das nicht? Dann tun Sie nichts: Ohne den Code kommt niemand hinein.

why-mail-code = Der Code aus der E-Mail stimmt, ist nicht zu alt und nicht benutzt
why-mail-code-remedy = Der Kunde fordert einen neuen Code an und gibt ihn im selben Browser ein. Viele davon bei einem Kunden heißt: Jemand rät. Er kommt damit nicht weiter.

## Signed-in browsers

account-nav-sessions = Angemeldete Browser
browsers-title = Angemeldete Browser
browsers-lead = In diesen Browsern sind Sie bei { $store } angemeldet. Melden Sie die ab, die Sie nicht kennen.
browsers-this = Dieser Browser
browsers-began = Angemeldet
browsers-by-password = mit Ihrem Passwort
browsers-by-code = mit einem Code per E-Mail
browsers-by-provider = mit einem anderen Konto
browsers-proved = Zuletzt geprüft, dass Sie es sind
browsers-ends = Anmeldung endet
browsers-end = Abmelden
browsers-end-label = { $browser } abmelden
browsers-ended = Dort abgemeldet.
browsers-all-title = Handy verloren, oder nicht sicher?
browsers-all-detail = Melden Sie sich überall ab, auch hier in diesem Browser. Ihre Agenten laufen weiter. Sie stoppen sie unter „Verbundene Agenten“.
browsers-all = Überall abmelden
browser-on = { $browser } auf { $system }
browser-chrome = Chrome
browser-edge = Edge
browser-firefox = Firefox
browser-opera = Opera
browser-safari = Safari
browser-other = Ein Browser
system-android = Android
system-ios = iPhone oder iPad
system-linux = Linux
system-macos = Mac
system-windows = Windows
message-signed-out-everywhere = Sie sind überall abgemeldet
message-signed-out-everywhere-detail = Ihre Agenten bleiben verbunden. Melden Sie sich wieder an, um sie zu sehen oder zu stoppen.
audit-kind-signed-out-elsewhere = Kunde hat einen Browser abgemeldet
audit-kind-signed-out-everywhere = Kunde hat sich überall abgemeldet

## Passkeys

sign-in-passkey = Mit einem Passkey anmelden
sign-in-needs-passkey = { $store } bittet hier um Ihren Passkey, damit sicher ist, dass Sie es sind.
sign-in-passkey-first = Noch kein Passkey? Melden Sie sich anders an und fügen Sie dann einen hinzu.
sign-in-passkey-none = Sie haben hier noch keinen Passkey. Fügen Sie zuerst einen hinzu. Das geht schnell.
sign-in-passkey-elsewhere = Nicht auf diesem Gerät? Ihr Browser kann Ihr Handy danach fragen. Haben Sie ihn verloren? Entfernen Sie ihn. Drei Tage später können Sie einen neuen hinzufügen.
sign-in-passkey-script = Ein Passkey braucht JavaScript. Schalten Sie es für diese Seite ein.
ways-for-passkey = Fügen Sie einen Passkey hinzu. Dann geht es weiter mit dem, was Sie vorhatten.
passkey-cancelled = Ihr Browser hat keinen Passkey benutzt. Versuchen Sie es noch einmal, oder nehmen Sie einen anderen Weg.
ways-passkey = Passkey
ways-passkey-named = Passkey „{ $name }“
ways-passkey-add = Passkey hinzufügen
ways-passkey-lead = Ihr Handy oder Computer meldet Sie mit Fingerabdruck, Gesicht oder PIN an. So kann niemand ein Passwort erraten oder stehlen.
ways-passkey-label = Ein Name dafür, wenn Sie möchten
ways-passkey-waits = Ein Passkey wurde entfernt, ohne dass er benutzt wurde. Einen neuen können Sie { $when } hinzufügen.
ways-passkey-added = Hinzugefügt. Ab jetzt meldet dieser Passkey Sie an.
browsers-by-passkey = mit einem Passkey
passkey-refused = Mit diesem Passkey können Sie sich hier nicht anmelden
passkey-refused-detail = Vielleicht gehört er zu einem anderen Shop, oder er wurde entfernt. Nehmen Sie einen anderen, oder melden Sie sich anders an.
passkey-expired = Das hat zu lange gedauert
passkey-expired-detail = Ein Passkey gilt zehn Minuten und nur einmal. Beginnen Sie hier neu.
passkey-known = Dieses Gerät hat schon einen Passkey
passkey-known-detail = Nehmen Sie den, der da ist, oder entfernen Sie ihn zuerst.
passkey-too-many = Sie haben viele Wege zur Anmeldung
passkey-too-many-detail = Entfernen Sie einen, den Sie nicht mehr nutzen. Dann fügen Sie diesen hinzu.
passkey-before = Melden Sie sich zuerst mit Ihrem Passkey an
passkey-before-detail = Melden Sie sich mit dem Passkey an, den Sie haben, und fügen Sie dann einen weiteren hinzu. Ist er verloren? Dann entfernen Sie ihn. Drei Tage später können Sie einen neuen hinzufügen.
passkey-waits = Bitte warten Sie mit dem neuen Passkey
passkey-waits-detail = Einer wurde entfernt, ohne dass er benutzt wurde. Drei Tage danach können Sie einen neuen hinzufügen. Wann das ist, steht in Ihrem Konto.
passkey-not-added = Der Passkey wurde nicht hinzugefügt
passkey-not-added-detail = Nichts wurde geändert. Gehen Sie zurück und versuchen Sie es noch einmal.
mail-passkey-removed-subject = Ein Passkey bei { $store } wurde entfernt
mail-passkey-removed-body =
    Guten Tag,

    von Ihrem Konto bei { $store } wurde ein Passkey entfernt. Er meldet Sie nicht mehr an.

    Waren Sie das nicht? Dann kann sich noch jemand anmelden. Öffnen Sie diese Seite, und melden Sie alle Browser ab:

    { $link }

    Wählen Sie danach ein neues Passwort für Ihr Postfach. Wer ihn entfernt hat, ohne ihn zu benutzen, kann frühestens nach drei Tagen einen neuen hinzufügen.

mail-password-subject = Ein neues Passwort bei { $store }
mail-password-body =
    Guten Tag,

    für Ihr Konto bei { $store } wurde ein neues Passwort gewählt. Ab jetzt meldet es Sie an, und alle anderen Browser sind abgemeldet.

    Waren Sie das nicht? Dann wählen Sie auf dieser Seite ein anderes, und entfernen Sie jeden Weg zur Anmeldung, den Sie nicht kennen:

    { $link }

    Wählen Sie danach auch ein neues Passwort für Ihr Postfach.

mail-passkey-subject = Ein neuer Passkey bei { $store }
mail-passkey-body =
    Guten Tag,

    zu Ihrem Konto bei { $store } kam ein Passkey hinzu. Ab jetzt meldet er Sie an.

    Waren Sie das nicht? Dann öffnen Sie diese Seite, entfernen Sie ihn, und melden Sie alle Browser ab:

    { $link }

why-passkey = Der Passkey ist hier bekannt und antwortet genau dieser Seite
why-passkey-remedy = Der Kunde meldet sich anders an und fügt den Passkey neu hinzu, wenn er entfernt wurde. Ist sein Zähler nicht gestiegen, kann der Schlüssel kopiert sein: Suchen Sie im Protokoll nach „wrong_passkey“.
why-passkey-before = Wer einen Passkey hat, meldet sich damit an, bevor ein weiterer hinzukommt
why-passkey-before-remedy = Der Kunde meldet sich mit einem vorhandenen Passkey an und fügt dann den neuen hinzu. Fehlt er, entfernt er ihn und fügt drei Tage später den neuen hinzu. E-Mails melden ihm jeden Passkey, der hinzukommt oder entfernt wird.
