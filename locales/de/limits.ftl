## Amounts

amount-most = Der Agent bittet um höchstens { $most }.
amount-not-a-number = Geben Sie den Betrag nur mit Ziffern ein, zum Beispiel { $example }.
amount-too-precise =
    { $digits ->
        [one] Geben Sie höchstens 1 Stelle nach dem Komma ein und keinen Punkt bei Tausendern.
       *[other] Geben Sie höchstens { $digits } Stellen nach dem Komma ein und keinen Punkt bei Tausendern.
    }
amount-whole = Geben Sie einen ganzen Betrag in { $currency } ein, ohne Punkt bei Tausendern.
amount-zero = Geben Sie einen Betrag über null ein.
amount-too-large = Dieser Betrag ist zu groß.
amount-above = Geben Sie höchstens { $most } ein.

## Connected agents: limits

agents-limits = Grenzen
agents-limit-order = Höchstens { $most } pro Bestellung
agents-limit-none = Keine. Sie geben jeden Kauf selbst frei.
agents-limit-lowest = Dieser Agent ist mehrmals verbunden. Die niedrigste seiner Grenzen gilt für alles zusammen. Um sie zu erhöhen, trennen Sie den Agenten und verbinden Sie ihn neu.
agents-budget = Noch { $left } von { $most } in diesem Monat
agents-budget-meter = In diesem Monat ausgegeben
agents-spent = { $spent } in diesem Monat ausgegeben
agents-paused = Sie haben diesen Agenten angehalten
agents-paused-detail = Er kann nichts tun, bis Sie ihn weitermachen lassen.
agents-held = Der Shop hat diesen Agenten angehalten
agents-change = Ändern
agents-change-label = Ändern, was „{ $agent }“ darf
agents-changed = Gespeichert. Das gilt ab jetzt.
agents-unchanged = Nichts zu ändern.
agents-now-paused = Angehalten. Er kann nichts tun, bis Sie ihn weitermachen lassen.
agents-now-resumed = Er macht weiter und darf wieder handeln.
audit-kind-grant-narrowed = Kunde hat Erlaubnisse zurückgenommen

## Change

change-title = Ändern, was „{ $agent }“ darf
change-title-unnamed = Ändern, was das Programm ohne Namen darf
change-lead = Was Sie hier zurücknehmen, endet in einer Sekunde.
change-only-less = Hier können Sie nur weniger erlauben. Um mehr zu erlauben, lassen Sie den Agenten neu fragen.
change-nothing-left = Es bliebe nichts übrig. Trennen Sie den Agenten stattdessen.
change-submit = Speichern
change-pause = Anhalten
change-paused = Von Ihnen angehalten
change-pause-detail = Der Agent bleibt verbunden und kann nichts tun, bis Sie ihn weitermachen lassen.
change-resume-detail = Der Agent kann nichts tun, bis Sie ihn weitermachen lassen.
change-pause-submit = Diesen Agenten anhalten
change-resume-submit = Weitermachen lassen
rule-title = Kaufen ohne Nachfrage
rule-stands = Er darf ohne Nachfrage für bis zu { $most } pro Bestellung kaufen, an eine Adresse, die Sie schon einmal freigegeben haben.
rule-detail = Sie bekommen zu jeder Bestellung eine E-Mail. Ihre Grenzen gelten weiter. Sie können das jederzeit zurücknehmen, und es endet, wenn sich der Agent neu verbindet.
rule-addresses = Adressen, die Sie für diesen Agenten schon freigegeben haben, wie { $store } sie uns genannt hat:
rule-addresses-none = Sie haben für diesen Agenten noch keine Adresse freigegeben. Bis dahin fragt er Sie.
rule-address-forgotten = Eine Adresse, deren Text wir nicht mehr aufbewahren. Bestellungen dorthin können weiter ohne Nachfrage durchgehen. Zuerst freigegeben
rule-remove = Jedes Mal fragen
rule-needs-limit = Er fragt Sie vor jeder Bestellung. Soll er kleine Bestellungen allein aufgeben? Dann speichern Sie zuerst oben eine Grenze pro Monat.
rule-needs-proof = Er fragt Sie vor jeder Bestellung. Soll er kleine Bestellungen allein aufgeben? Dann melden Sie sich zuerst neu an.
rule-proof = Neu anmelden
rule-most = Bis zu diesem Betrag pro Bestellung ({ $currency })
rule-tick = Bestellungen bis zu diesem Betrag allein freigeben, an eine Adresse, die ich schon freigegeben habe
rule-unticked = Kreuzen Sie das Kästchen an, wenn Sie das möchten.
rule-submit = Kaufen lassen
agents-now-ruled = Gespeichert. Er darf ab jetzt selbst kleine Dinge für Sie kaufen.
agents-now-unruled = Er fragt Sie wieder vor jeder Bestellung.
change-back = Zurück zu den verbundenen Agenten

## Approval

purchase-over = Das liegt über der Grenze, die Sie für diesen Agenten gesetzt haben.
purchase-over-order = Ihre Grenze für diesen Agenten ist { $most } pro Bestellung. Diese Bestellung liegt darüber. Darum können Sie sie nicht freigeben.
purchase-over-month = Ihre Grenze für diesen Agenten ist { $most } pro Monat. Davon sind noch { $left } übrig. Diese Bestellung liegt darüber. Darum können Sie sie nicht freigeben.
purchase-over-agents = Ihre Grenzen stehen unter „Verbundene Agenten“
