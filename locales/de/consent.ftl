## The question

consent-page-title = Agenten verbinden
consent-eyebrow = Ein KI-Agent bittet um Zugang
consent-asks = „{ $agent }“ möchte bei { $store } für Sie einkaufen
consent-asks-unnamed = Ein Programm ohne Namen möchte bei { $store } für Sie einkaufen
consent-step-up-eyebrow = Ein verbundener Agent bittet um mehr
consent-asks-more = „{ $agent }“ bittet bei { $store } um mehr
consent-asks-more-unnamed = Ein Programm ohne Namen bittet bei { $store } um mehr
consent-not-you = Sind Sie das nicht?

## Who asks

consent-who = Wer fragt
consent-name-unverified-detail = Jeder kann jeden Namen wählen. Prüfen Sie, wohin Sie zurückkehren.
consent-described-by = Beschrieben von
consent-described-detail = { $host } veröffentlicht diese Beschreibung des Agenten.
consent-changed-title = Dieser Agent hat sich geändert
consent-changed-detail = Er beschreibt sich anders als bei Ihrer letzten Erlaubnis. Bitte sehen Sie sich alles noch einmal an.
consent-reworded-title = Die Erlaubnisse sind neu beschrieben
consent-reworded-detail = Bei Ihrer letzten Erlaubnis stand es hier anders. Bitte sehen Sie sie sich noch einmal an.
consent-less = Was Sie jetzt nicht mehr erlauben, endet. Mit „Ablehnen“ bleibt alles, wie es ist.
consent-returns = Sie kehren zurück zu
consent-returns-computer = Einer App auf diesem Computer
consent-returns-app = Der App, die auf diesem Gerät { $scheme }-Links öffnet
consent-store = Shop
consent-loopback-title = Das ist eine App auf diesem Computer
consent-loopback-described-detail = { $host } beschreibt eine solche App. Aber jedes Programm auf diesem Computer kann sich dafür ausgeben. Machen Sie nur weiter, wenn Sie die App gerade selbst gestartet haben.
consent-loopback-detail = Sie ist keine Website. Niemand kann prüfen, von wem sie kommt. Machen Sie nur weiter, wenn Sie die App gerade selbst gestartet haben.

## What for

consent-able = Das darf der Agent dann
consent-able-detail = Nur was angekreuzt ist, ist erlaubt. Der Agent kommt auch mit weniger aus.
consent-new = Neue Erlaubnis
consent-new-several = Neue Erlaubnisse
consent-also = Das können Sie auch erlauben
consent-also-detail = Der Agent bittet darum und hat es bisher nicht. Er kommt auch ohne aus.
consent-kept = Er behält, was Sie schon erlaubt haben
consent-required = Ohne das geht nichts anderes
consent-fresh-sign-in = Um das zu erlauben, melden Sie sich zuerst neu an.
consent-shown-anew = Seit diese Seite gezeigt wurde, hat sich etwas geändert. Nichts wurde erlaubt. Bitte sehen Sie noch einmal hin.
consent-nothing-ticked = Ohne eine Erlaubnis kann der Agent nichts tun. Kreuzen Sie an, was er darf, oder wählen Sie „Ablehnen“.

consent-limits = Grenzen für Einkäufe
consent-limit-order = Grenze pro Bestellung ({ $currency })
consent-limit-month = Grenze pro Monat ({ $currency })
consent-limits-hint = Ein leeres Feld heißt: keine Grenze. Jede Zahlung geben Sie trotzdem selbst frei.
consent-limits-hint-asked = Bei einem leeren Feld gilt, worum der Agent bittet. Jede Zahlung geben Sie trotzdem selbst frei.
consent-window = So lange darf er Einkäufe beginnen
    .purchase = 15 Minuten, ein Einkauf
    .today = Bis Mitternacht
    .thirty-days = 30 Tage lang

## What never

consent-never = Das kann er nie
consent-never-cards = Ihre Kartennummern sehen
consent-never-pay = ohne Ihre Freigabe bezahlen
consent-never-refunds = Geld zurückfordern
consent-never-account = Ihr Konto oder Passwort ändern

## Until when

consent-until = Bis wann
consent-ends = Der Zugang endet { $when }.
consent-unused = Nutzt ihn niemand, endet der Zugang { $when }.
consent-stay = Wie lange er verbunden bleiben darf
    .day = 1 Tag
    .week = 7 Tage
    .month = 30 Tage
consent-stay-kept = Nicht länger als bisher: endet { $when }
consent-stay-longest = So lange, wie der Shop es erlaubt: endet { $when }
consent-ends-soon = Der Zugang endet in spätestens einer Stunde.
consent-checkout-lasts =
    { $minutes ->
        [one] Einkäufe beginnen darf er jeweils 1 Minute lang. Dann muss er wieder fragen.
       *[other] Einkäufe beginnen darf er jeweils { $minutes } Minuten lang. Dann muss er wieder fragen.
    }
consent-checkout-chosen = Einkäufe beginnen darf er so lange, wie Sie es oben wählen. Dann muss er wieder fragen.
consent-stop = Sie können ihn zu jeder Zeit stoppen, unter „Verbundene Agenten“. Das wirkt in einer Sekunde.

## The answer

consent-answer = Ihre Antwort
consent-deny = Ablehnen
consent-allow = Erlauben
consent-privacy = Datenschutz
consent-terms = AGB
consent-details = Technische Angaben
consent-details-client = Client-ID
consent-details-redirect = Rücksprungadresse
consent-details-resource = Ressource
consent-details-scopes = Erbetene Scopes

## One question for everything, where the merchant has chosen so

bundle-eyebrow = Konto verknüpfen
bundle-asks = Ihr Konto bei { $store } mit { $agent } verknüpfen
bundle-asks-unnamed = Ihr Konto bei { $store } mit einem Programm ohne Namen verknüpfen
bundle-able = Das darf er dann für Sie tun
bundle-able-detail = Sie stimmen allem zu, oder nichts davon.
bundle-look = Produkte, Preise und Bestand ansehen
bundle-buy = Ihren Warenkorb füllen und Einkäufe vorbereiten, die Sie bestätigen
bundle-stay = Verknüpft bleiben, damit er Sie nicht jedes Mal fragen muss
bundle-shared = Was geteilt wird
bundle-shared-detail = Er bekommt eine anonyme Nummer für Ihr Konto und sieht, was er hier für Sie tut. Er bekommt kein Passwort und keine Kartennummer.
bundle-privacy-store = So nutzt { $store } Ihre Daten
bundle-privacy-company = So nutzt { $company } Ihre Daten
bundle-unlink = Sie lösen die Verknüpfung hier unter „Verbundene Agenten“: Wählen Sie dort „Trennen“. Das wirkt in einer Sekunde.
bundle-cancel = Abbrechen
bundle-agree = Zustimmen und verknüpfen

## One purchase of an agent that may not start checkouts, where the merchant allows it

elevation-title = Dieser Agent darf keine Einkäufe beginnen
elevation-detail = Wenn Sie freigeben, erlauben Sie diese eine Bestellung und sonst nichts. Der Agent bekommt keine neue Erlaubnis.
