## Mail. Lines are short and plain: there is no HTML part.

mail-sign-up-subject = Ihr Konto bei { $store }
mail-sign-up-body =
    Guten Tag,

    jemand, wohl Sie, möchte mit dieser Adresse ein Konto bei { $store } anlegen.
    Öffnen Sie diesen Link innerhalb von 30 Minuten, um ein Passwort zu wählen:

    { $link }

    Waren Sie das nicht? Dann tun Sie nichts: Es wird kein Konto angelegt.
mail-known-subject = Sie haben schon ein Konto bei { $store }
mail-known-body =
    Guten Tag,

    jemand, wohl Sie, wollte mit dieser Adresse ein Konto bei { $store } anlegen.
    Es gibt schon eines. Melden Sie sich hier an:

    { $link }

    Waren Sie das nicht? Dann tun Sie nichts.
