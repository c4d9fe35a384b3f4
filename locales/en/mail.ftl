## Mail. Lines are short and plain: there is no HTML part.

mail-sign-up-subject = Your account at { $store }
mail-sign-up-body =
    Hello,

    someone, probably you, wants to create an account with this address at { $store }.
    Open this link within 30 minutes to choose a password:

    { $link }

    If it was not you, do nothing: no account is made.
mail-known-subject = You already have an account at { $store }
mail-known-body =
    Hello,

    someone, probably you, wanted to create an account with this address at { $store }.
    There is one already. Sign in here:

    { $link }

    If it was not you, do nothing.
