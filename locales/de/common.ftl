## The frame of every page

language-name = Deutsch
environment-live = Echter Shop
environment-sandbox = Sandbox
environment-live-short = Live
environment-sandbox-banner = Sandbox. Das ist ein Test-Shop: Hier ist nichts echt.
layout-skip = Zum Inhalt springen
layout-signed-in = Angemeldet als
layout-sign-out = Abmelden
layout-powered = Tillgate schützt den Zugang zu diesem Shop

## An agent, wherever it is named

agent-unnamed = Programm ohne Namen
agent-unverified = Name nicht geprüft
agent-domain-verified = Domain geprüft
agent-key-verified = Mit Schlüssel geprüft
agent-confirmed = Vom Shop freigegeben
agent-on-this-computer = Eine App auf diesem Computer
agent-on-this-device = Eine App auf diesem Gerät ({ $scheme })

## Time in words

time-now = gerade eben
time-never = Noch nie
time-tenths-ago = vor { $seconds } s
time-seconds-ago = vor { $count } Sekunden
time-minutes-ago =
    { $count ->
        [one] vor 1 Minute
       *[other] vor { $count } Minuten
    }
time-hours-ago =
    { $count ->
        [one] vor 1 Stunde
       *[other] vor { $count } Stunden
    }
time-days-ago =
    { $count ->
        [one] vor 1 Tag
       *[other] vor { $count } Tagen
    }
time-in-seconds =
    { $count ->
        [one] in 1 Sekunde
       *[other] in { $count } Sekunden
    }
time-in-minutes =
    { $count ->
        [one] in 1 Minute
       *[other] in { $count } Minuten
    }
time-in-hours =
    { $count ->
        [one] in 1 Stunde
       *[other] in { $count } Stunden
    }
time-in-days =
    { $count ->
        [one] in 1 Tag
       *[other] in { $count } Tagen
    }

## The start page of an issuer

home-title = Agenten bei { $store }
home-lead = KI-Agenten können bei { $store } für Sie einkaufen: mit Ihrer Erlaubnis und nur so weit, wie Sie es erlauben.
home-agents = Verbundene Agenten
home-agents-detail = Sehen Sie, was Ihre Agenten dürfen, und stoppen Sie sie.
home-sign-up = Konto anlegen
home-sign-up-detail = Das brauchen Sie für einen Agenten.
home-console = Für das Team des Shops
home-console-detail = Agenten beobachten, anhalten oder sperren.
