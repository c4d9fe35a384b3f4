## "Your data": taking it along, and deleting the account

account-nav-data = Ihre Daten
data-title = Ihre Daten
data-lead = Was { $store } hier über Sie aufbewahrt. Laden Sie eine Kopie herunter, oder löschen Sie alles.
data-download-title = Ihre Daten herunterladen
data-download-detail = Eine Datei: Ihr Konto, wie Sie sich anmelden, Ihre Agenten und was Sie erlaubt haben, Ihre Käufe und was Ihre Agenten getan haben.
data-download = Herunterladen
data-kept = Die Adresse eines Kaufs wird nach { $time } vergessen.
data-delete-title = Ihr Konto löschen
data-delete-detail = Als Nächstes sehen Sie, was gelöscht wird und was bleibt. Nichts wird gelöscht, bevor Sie Ja sagen.
data-delete = Mein Konto löschen
data-again = Liegt Ihre Anmeldung länger zurück, bitten wir Sie zuerst, sich neu anzumelden.
data-years =
    { $count ->
        [one] 1 Jahr
       *[other] { $count } Jahren
    }
data-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tagen
    }

delete-title = Ihr Konto bei { $store } löschen?
delete-goes = Das wird gelöscht, jetzt und für immer
delete-goes-agents = Jeder Agent stoppt in einer Sekunde. Was auf Ihre Antwort wartet, wird abgebrochen.
delete-goes-account = Ihre E-Mail-Adresse, Ihr Passwort und Ihre Passkeys. In keinem Browser sind Sie dann noch angemeldet.
delete-goes-name = Das Protokoll führt nicht mehr zu Ihnen.
delete-stays = Das bleibt
delete-stays-orders = Was Sie gekauft und erlaubt haben. Das Gesetz kann danach fragen, darum löschen wir es erst nach { $time }. Ihr Name und Ihre Adresse stehen nicht mehr dabei.
delete-stays-placing = Eine Bestellung, die der Shop gerade aufnimmt. Sie geht noch durch.
delete-stays-elsewhere = Was der Shop und Ihre Agenten schon wissen. Bitten Sie sie, es zu löschen.
delete-again = Sie können mit derselben Adresse wieder ein Konto anlegen. Sie fangen dann ganz neu an.
delete-cancel = Mein Konto behalten
delete-confirm = Mein Konto für immer löschen
message-account-deleted = Ihr Konto ist gelöscht
message-account-deleted-detail = Ihre Agenten stehen still. Sie sind in keinem Browser mehr angemeldet.

audit-kind-account-deleted = Konto gelöscht
audit-kind-data-downloaded = Kunde hat seine Daten heruntergeladen

mail-farewell-subject = Ihr Konto bei { $store } ist gelöscht
mail-farewell-body =
    Guten Tag,

    Ihr Konto bei { $store } ist gelöscht, wie Sie es wollten. Ihre Agenten sind gestoppt.
    Das ist unsere letzte E-Mail an Sie. Sie können jederzeit wieder ein Konto anlegen.

    Waren Sie das nicht? Dann konnte sich jemand als Sie anmelden. Ändern Sie das Passwort Ihrer E-Mail.

mail-farewell-store-body =
    Guten Tag,

    { $store } hat Ihr Konto dort gelöscht. Ihre Agenten sind gestoppt.
    Das ist unsere letzte E-Mail an Sie. Sie können jederzeit wieder ein Konto anlegen.

    Haben Sie nicht darum gebeten? Dann schreiben Sie dem Shop.

## What agents did last, on their cards

agents-last-action = Zuletzt getan
agents-orders = Bestellungen durch ihn
agents-orders-more =
    { $count ->
        [one] und 1 ältere Bestellung
       *[other] und { $count } ältere Bestellungen
    }
agents-order = { $total }, Bestellung { $order }
action-search-products = Produkte gesucht
action-get-product = Ein Produkt angesehen
action-check-inventory = Geprüft, was lieferbar ist
action-add-to-cart = Etwas in Ihren Warenkorb gelegt
action-update-cart = Ihren Warenkorb geändert
action-view-cart = Ihren Warenkorb angesehen
action-initiate-checkout = Sie um die Freigabe eines Kaufs gebeten
action-get-checkout-status = Gefragt, wie es um einen Kauf steht
action-get-order-status = Eine Bestellung angesehen
action-other = Ein anderes Tool des Shops benutzt

purchase-address-forgotten = Die Adresse wurde vergessen, denn der Kauf ist lange her.
