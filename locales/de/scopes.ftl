## What an agent may do: read by the shopper, part of the consent

scope-products-read = Produkte und Preise ansehen
scope-products-read-detail = Er sucht im Katalog und sieht sich Waren an.
scope-inventory-read = Sehen, was lieferbar ist
scope-inventory-read-detail = Er kann prüfen, ob es eine Größe oder Farbe gibt.
scope-cart-write = Artikel in Ihren Warenkorb legen oder herausnehmen
scope-cart-write-detail = Nichts wird gekauft: Sie können den Warenkorb jederzeit ändern.
scope-checkout-initiate = Einen Einkauf vorbereiten, den Sie bestätigen
scope-checkout-initiate-detail = Er macht die Bestellung bereit. Nur Sie geben sie frei und zahlen.
scope-orders-read = Ihre Bestellungen und Lieferadresse sehen
scope-orders-read-detail = Frühere Bestellungen, wohin sie gingen und wo sie jetzt sind.
scope-orders-refund = Geld zurückfordern
scope-orders-refund-detail = Das bekommt kein Agent.
scope-admin-full = Den Shop verwalten
scope-admin-full-detail = Das bekommt kein Agent.
scope-offline-access = Verbunden bleiben
scope-offline-access-detail = Er muss Sie nicht jedes Mal neu fragen. Sonst endet der Zugang in spätestens einer Stunde.

## How much harm it could do

risk-low = Geringes Risiko
risk-medium = Mittleres Risiko
risk-high = Hohes Risiko
risk-sensitive = Vertraulich
risk-forbidden = Nie erlaubt

## What the permissions are for

task-look = Umsehen
task-shop = Für Sie einkaufen
task-orders = Ihre Bestellungen
task-stay = Wie lange
