## Ways to sign in

account-nav = Your account
account-nav-agents = Connected agents
account-nav-ways = Ways to sign in

sign-in-again-account = To keep your account safe, show once more that it is you.
sign-in-or = Or use an account that you have
sign-in-with = Continue with { $provider }
sign-in-silent = { $provider } cannot ask again who you are, so it does not help here. Choose another way.

ways-title = Ways to sign in
ways-lead = Each of these signs you in to { $store }. Remove what you do not use any more.
ways-password = Password
ways-password-add = Choose a password
ways-password-change = Change the password
ways-password-saved = Saved. The new password signs you in, and every other browser was signed out.
password-title = Choose a new password
password-lead = Use it here and nowhere else. Every other browser is signed out.
password-save = Save the password
ways-email = E-mail address
ways-added = Added
ways-last-used = Last used
ways-remove = Remove
ways-remove-label = Remove { $way }
ways-removed = Removed. It does not sign you in any more.
ways-last = This is your only way in, so it stays. Add another one first.
ways-add = Add another way
ways-add-lead = You go there once to show that it is yours. Nothing else is shared.
ways-link = Add { $provider }
ways-linked = Added { $provider }. From now on it signs you in.

upstream-away = { $provider } does not answer
upstream-away-detail = Nothing is wrong with your account. Sign in another way, or try again in a few minutes.
upstream-cancelled = You are not signed in
upstream-cancelled-detail = You stopped at { $provider }, or it did not let you in. Nothing was changed.
upstream-unbelievable = { $provider } answered in a way we cannot trust
upstream-unbelievable-detail = To be safe, we stopped here. Nothing was changed. Sign in another way, and tell the store if it stays like this.
upstream-expired = That took too long
upstream-expired-detail = For your safety, signing in at { $provider } must be done within ten minutes. Begin again here.
upstream-spent = This sign-in was used already
upstream-spent-detail = It works once. If you are not signed in, begin again here.
upstream-unvouched = { $provider } does not confirm your e-mail address
upstream-unvouched-detail = We need a confirmed address for a new account. Create an account here; then you can add { $provider } to it under “Ways to sign in”.
upstream-unvouched-code = Your new account here needs an e-mail address that is yours. Write it, and we send a code to it. From then on { $provider } signs you in.
upstream-unvouched-action = Create an account
upstream-taken = You already have an account here
upstream-taken-detail = To keep it safe, { $provider } does not open it by itself. Sign in as you did before; then you can add { $provider } under “Ways to sign in”.
upstream-of-another = This belongs to another account
upstream-of-another-detail = Your account at { $provider } signs in to another account of this store. Nothing was changed.
upstream-not-own = This does not sign in to your account here
upstream-not-own-detail = You are signed in, and what you used at { $provider } does not belong to this account. Nothing was changed. Use what you signed in with before.
upstream-not-fresh = { $provider } did not ask who you are
upstream-not-fresh-detail = For this step you must show again that it is you, and { $provider } does not tell us that you did. Sign in another way.
upstream-signed-out = You are signed out
upstream-signed-out-detail = Sign in first, then add { $provider }. Nothing was changed.
upstream-back = Back to sign-in
upstream-back-account = Back to your account

audit-kind-identity-linked = Way to sign in added
audit-kind-identity-removed = Way to sign in removed
audit-kind-password-set = Password chosen

why-upstream-state = What comes back from a provider was sent there by this browser, not long ago, and once
why-upstream-state-remedy = The shopper begins again at the sign-in page, in the same browser. Many of these from one network are somebody’s tries.
why-upstream-reached = The provider answers, as it is configured
why-upstream-reached-remedy = Compare issuer, client id and secret with the provider’s own page. If it is away, shoppers have the other ways to sign in.
why-upstream-answer = The provider says truly who came
why-upstream-answer-remedy = If the shopper stopped there, nothing is to do. Otherwise compare the configured issuer and client with the provider’s; its clock may be wrong too.
why-upstream-address = The provider vouches for an address that has no account here
why-upstream-address-remedy = The shopper signs in as before and adds the provider under “Ways to sign in”. Accounts are never joined by an address.

## Codes by e-mail

sign-in-code = Send me a code instead
code-title = Sign in with a code
code-lead = We send a code to your e-mail address. If you have no account at { $store } yet, the code makes one.
code-send = Send me a code
code-otherwise = Sign in another way
code-spent = This code does not work any more. Codes work once and for ten minutes, and can be mistyped a few times only. Ask for a new one.
code-enter-title = Look in your mail
code-enter-lead = We have sent a code to { $email }. Type it here, in this browser.
code-enter-code = Code
code-enter-hint = Eight digits. It works for ten minutes. No mail? Look among the spam, or try again in a few minutes.
code-wrong = This is not the code of the newest mail. Check it and try again.
code-again = Send another code
ways-code = Code by e-mail
ways-code-detail = Always works, as long as you can read mail to this address.

mail-code-subject = Your code for { $store }
mail-code-opening =
    Hello,

    this is your code to sign in to { $store }:
mail-code-body =
    Type it on the page that asked for it, which begins with
    { $link }
    It works once and for ten minutes. Nobody from the store will ever ask you for it.

    If it was not you, do nothing: without the code nobody gets in.

why-mail-code = The code of the mail is right, not old, and not used
why-mail-code-remedy = The shopper asks for a new code and types it in the same browser. Many of these for one shopper are somebody’s guesses; they get nowhere.

## Signed-in browsers

account-nav-sessions = Signed-in browsers
browsers-title = Signed-in browsers
browsers-lead = In these browsers you are signed in to { $store }. Sign out those that you do not know.
browsers-this = This browser
browsers-began = Signed in
browsers-by-password = with your password
browsers-by-code = with a code by e-mail
browsers-by-provider = with another account
browsers-proved = Last checked that it is you
browsers-ends = Signed in until
browsers-end = Sign out
browsers-end-label = Sign out { $browser }
browsers-ended = Signed out there.
browsers-all-title = Lost a phone, or not sure?
browsers-all-detail = Sign out everywhere, this browser too. Your agents stay connected: stop them under “Connected agents”.
browsers-all = Sign out everywhere
browser-on = { $browser } on { $system }
browser-chrome = Chrome
browser-edge = Edge
browser-firefox = Firefox
browser-opera = Opera
browser-safari = Safari
browser-other = A browser
system-android = Android
system-ios = iPhone or iPad
system-linux = Linux
system-macos = Mac
system-windows = Windows
message-signed-out-everywhere = You are signed out everywhere
message-signed-out-everywhere-detail = Your agents stay connected. Sign in again to see or stop them.
audit-kind-signed-out-elsewhere = Shopper signed a browser out
audit-kind-signed-out-everywhere = Shopper signed out everywhere

## Passkeys

sign-in-passkey = Sign in with a passkey
sign-in-needs-passkey = { $store } asks for your passkey here, so that it is surely you.
sign-in-passkey-first = No passkey yet? Sign in another way, then add one.
sign-in-passkey-none = You have no passkey here yet. Add one first; it takes a moment.
sign-in-passkey-elsewhere = Not on this device? Your browser can ask your phone for it. Have you lost it? Remove it. Three days later you can add a new one.
sign-in-passkey-script = A passkey needs JavaScript. Switch it on for this page.
ways-for-passkey = Add a passkey, then go on to what you were doing.
passkey-cancelled = Your browser has not used a passkey. Try again, or use another way.
ways-passkey = Passkey
ways-passkey-named = Passkey “{ $name }”
ways-passkey-add = Add a passkey
ways-passkey-lead = Your phone or computer signs you in by fingerprint, face or PIN. Nobody can guess or steal a password that way.
ways-passkey-label = A name for it, if you like
ways-passkey-waits = A passkey was removed without being used. You can add a new one { $when }.
ways-passkey-added = Added. From now on this passkey signs you in.
browsers-by-passkey = with a passkey
passkey-refused = This passkey does not sign you in here
passkey-refused-detail = It may belong to another store, or was removed. Use another one, or sign in another way.
passkey-expired = That took too long
passkey-expired-detail = A passkey must be used within ten minutes, and once. Begin again here.
passkey-known = This device has a passkey already
passkey-known-detail = Use the one that is there, or remove it first.
passkey-too-many = You have many ways to sign in
passkey-too-many-detail = Remove one that you do not use any more, then add this one.
passkey-before = Sign in with your passkey first
passkey-before-detail = Sign in with the passkey that you have, then add another one. If you have lost it, remove it. Three days later you can add a new one.
passkey-waits = Please wait before you add a new passkey
passkey-waits-detail = One was removed without being used. Three days after that you can add a new one. Your account says when that is.
passkey-not-added = The passkey was not added
passkey-not-added-detail = Nothing was changed. Go back and try again.
mail-passkey-removed-subject = A passkey was removed at { $store }
mail-passkey-removed-body =
    Hello,

    a passkey was removed from your account at { $store }. It does not sign you in any more.

    If it was not you, somebody else can sign in. Open this page and sign out every browser:

    { $link }

    Then choose a new password for your mailbox. Whoever removed it without using it can add another one after three days, not before.

mail-password-subject = A new password at { $store }
mail-password-body =
    Hello,

    a new password was chosen for your account at { $store }. From now on it signs you in, and every other browser was signed out.

    If it was not you, choose another one on this page, and remove every way to sign in that you do not know:

    { $link }

    Then choose a new password for your mailbox, too.

mail-passkey-subject = A new passkey at { $store }
mail-passkey-body =
    Hello,

    a passkey was added to your account at { $store }. From now on it signs you in.

    If it was not you, open this page, remove it, and sign out every browser:

    { $link }

why-passkey = The passkey is known here, and answers this very page
why-passkey-remedy = The shopper signs in another way, and adds the passkey anew if it was removed. A counter that has not risen can mean a copied key: look for “wrong_passkey” in the audit trail.
why-passkey-before = Whoever has a passkey signs in with it before adding another
why-passkey-before-remedy = The shopper signs in with a passkey that is there, then adds the new one. Without it, they remove it, and add the new one three days later; mails tell them of every passkey that is added or removed.
