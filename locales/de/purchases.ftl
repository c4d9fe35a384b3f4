## The mail. Lines are short and plain: there is no HTML part.

mail-purchase-subject = Einen Kauf bei { $store } freigeben?
mail-purchase-body =
    Guten Tag,

    ein Agent, den Sie verbunden haben, möchte bei { $store } etwas für Sie kaufen.
    Sehen Sie es sich innerhalb von 10 Minuten an, und sagen Sie Ja oder Nein:

    { $link }

    Wenn Sie nichts tun, wird nichts gekauft.

mail-rule-subject = Ihr Agent kauft bei { $store }
mail-rule-body =
    Guten Tag,

    ein Agent, den Sie verbunden haben, kauft bei { $store } etwas für Sie. Er hat nicht gefragt, denn Sie lassen ihn innerhalb
    einer Grenze kaufen, an eine Adresse, die Sie schon freigegeben haben. Das kauft er:

    { $link }

    Soll er Sie wieder jedes Mal fragen? Dann öffnen Sie dort Ihre verbundenen Agenten.

## Audit

audit-kind-purchase-requested = Kauf angefragt
audit-kind-purchase-approved = Kauf freigegeben
audit-kind-purchase-declined = Kauf abgelehnt
audit-kind-purchase-consumed = Kauf benutzt
audit-kind-purchase-completed = Bestellung aufgegeben
audit-kind-purchase-released = Kauf zurückgegeben
audit-kind-purchases-allowed = Agent darf wieder nach Käufen fragen
audit-kind-approval-rule-set = Kunde lässt den Agenten allein kaufen
audit-kind-approval-rule-removed = Agent muss wieder jedes Mal fragen

## The approval page

purchase-title = Einen Kauf freigeben
purchase-eyebrow = Kauf
purchase-asks = „{ $agent }“ möchte das für Sie kaufen
purchase-asks-unnamed = Ein Programm ohne Namen möchte das für Sie kaufen
purchase-what = Von { $store }
purchase-shipping = Versand
purchase-taxes = Steuern
purchase-taxes-included = in den Preisen oben enthalten
purchase-total = Summe
purchase-where = Geht an
purchase-nowhere = Keine Lieferung. Sie holen es ab, oder es gibt nichts zu verschicken.
purchase-who = Gefragt hat
purchase-ends = Die Zeit für Ihre Antwort endet { $when }.
purchase-answer = Ihre Antwort
purchase-approve = Freigeben
purchase-decline = Ablehnen
purchase-extend = 5 Minuten mehr Zeit
purchase-held = Dieser Agent ist angehalten, von Ihnen oder vom Shop. Sie können jetzt Nein sagen, oder für ein Ja wiederkommen.
purchase-once = Über einen Kauf wird nur einmal entschieden.
purchase-ruled = Ihr Agent kauft das allein
purchase-by-rule = Sie wurden nicht gefragt: Sie lassen diesen Agenten innerhalb einer Grenze kaufen. Soll er Sie wieder jedes Mal fragen? Dann öffnen Sie Ihre verbundenen Agenten.
purchase-agents = Ihre verbundenen Agenten

purchase-approved = Sie haben Ja zu diesem Kauf gesagt
purchase-approved-detail = Gehen Sie zurück zu Ihrem Agenten. Seine Zeit zum Bestellen endet { $when }. Danach wird nichts mehr gekauft.
purchase-declined = Sie haben Nein zu diesem Kauf gesagt
purchase-declined-detail = Nichts wurde gekauft. Ihr Agent erfährt das.
purchase-silenced = Sie haben dreimal hintereinander Nein gesagt. Dieser Agent kann Sie nicht mehr fragen, bis Sie es wieder zulassen: auf der Seite Ihrer verbundenen Agenten.
purchase-expired = Die Zeit für diesen Kauf ist um
purchase-expired-detail = Nichts wurde gekauft. Möchten Sie es noch? Dann lassen Sie Ihren Agenten den Einkauf neu beginnen.
purchase-superseded = Dafür gibt es einen neueren Kauf
purchase-superseded-detail = Durch diesen wurde nichts gekauft. Den neueren finden Sie auf der Seite Ihrer verbundenen Agenten.
purchase-cancelled = Dieser Kauf wurde abgebrochen
purchase-cancelled-detail = Der Agent ist nicht mehr verbunden, oder er darf nichts mehr kaufen. Nichts wurde gekauft.
purchase-consumed = Der Shop nimmt Ihre Bestellung auf
purchase-consumed-detail = Der Shop hat begonnen. Ihr Agent sagt Ihnen, wenn es fertig ist.
purchase-completed = Das haben Sie bestellt
purchase-completed-detail = Die Bestellnummer des Shops ist { $order }.
purchase-released = Aus diesem Kauf wurde keine Bestellung
purchase-released-detail = Der Kauf war freigegeben, aber der Shop konnte die Bestellung nicht aufnehmen. Nichts wurde gekauft.

message-purchase-of-another = Darüber entscheiden nicht Sie
message-purchase-of-another-detail = Dieser Link gehört zu einem Kauf eines anderen Kontos. Davon ist hier nichts zu sehen, und nichts wurde geändert. Haben Sie ein anderes Konto? Dann melden Sie sich ab und öffnen Sie den Link noch einmal.

sign-in-for-purchase = Melden Sie sich an, um zu sehen, was Ihr Agent bei { $store } kaufen möchte.

## Connected agents

pending-title = Wartet auf Ihre Antwort
pending-asks = „{ $agent }“ möchte für { $total } einkaufen.
pending-asks-unnamed = Ein Programm ohne Namen möchte für { $total } einkaufen.
pending-look = Ansehen
agents-silenced = Sie haben dreimal hintereinander Nein zu einem Kauf gesagt. Darum kann er Sie nicht mehr fragen.
agents-allow = Wieder fragen lassen

## The console

console-approvals = Freigaben
approvals-title = Freigaben
approvals-lead = Was Agenten für Kunden kaufen wollten, was diese sagten und was daraus wurde. Suchen Sie nach einer Bestellnummer, um Kauf, Agent, Token und Sitzung zu finden.
approvals-filter-id = Bestellung, Kauf, Checkout, Grant oder Token
approvals-any = Alle
approvals-none = Noch wollte kein Agent etwas kaufen.
approvals-empty = Kein Kauf passt.
approvals-caption = Käufe, neueste zuerst
approvals-asked = Gefragt
approvals-state = Stand
approvals-agent = Agent
approvals-shopper = Kunde
approvals-order = Bestellung
approvals-purchase = Kauf und Checkout
approvals-grant = Grant, Token und Sitzung
approvals-elevation = per Link, ohne Erlaubnis zum Einkaufen
approvals-decided = beantwortet { $when }
approvals-ruled = nach Regel { $when }
approvals-awaiting = Wartet auf den Kunden
approvals-approved = Freigegeben
approvals-declined = Abgelehnt
approvals-expired = Zeit abgelaufen
approvals-superseded = Ersetzt
approvals-cancelled = Abgebrochen
approvals-consumed = Benutzt, noch keine Bestellung
approvals-completed = Bestellt
approvals-released = Zurückgegeben
