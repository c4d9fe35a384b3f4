## "Your data": taking it along, and deleting the account

account-nav-data = Data
data-title = Your data
data-lead = What { $store } keeps about you here. Take a copy, or delete it all.
data-download-title = Download your data
data-download-detail = One file: your account, how you sign in, your agents and what you allowed, your purchases, and what your agents did.
data-download = Download
data-kept = The address of a purchase is forgotten after { $time }.
data-delete-title = Delete your account
data-delete-detail = Next you see what goes and what stays. Nothing is deleted before you say yes.
data-delete = Delete my account
data-again = If you signed in a while ago, we first ask you to sign in again.
data-years =
    { $count ->
        [one] 1 year
       *[other] { $count } years
    }
data-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }

delete-title = Delete your account at { $store }?
delete-goes = This goes, now and for good
delete-goes-agents = Every agent stops within a second. What waits for your answer is cancelled.
delete-goes-account = Your e-mail address, your password and your passkeys. Every browser is signed out.
delete-goes-name = The log of what happened no longer leads to you.
delete-stays = This stays
delete-stays-orders = What you bought, and what you allowed, for { $time }, because the law may ask for it. Without your name and your address.
delete-stays-placing = An order that is being placed right now is still placed.
delete-stays-elsewhere = What the store and your agents know already. Ask them to delete it.
delete-again = You can sign up again with the same address. You then start from nothing.
delete-cancel = Keep my account
delete-confirm = Delete my account for good
message-account-deleted = Your account is deleted
message-account-deleted-detail = Your agents have stopped, and you are signed out everywhere.

audit-kind-account-deleted = Account deleted
audit-kind-data-downloaded = Shopper downloaded their data

mail-farewell-subject = Your account at { $store } is deleted
mail-farewell-body =
    Hello,

    your account at { $store } is deleted, as you asked. Your agents have stopped.
    This is our last mail to you. You can sign up again at any time.

    If this was not you, somebody could sign in as you. Change the password of your e-mail.

mail-farewell-store-body =
    Hello,

    { $store } has deleted your account there. Your agents have stopped.
    This is our last mail to you. You can sign up again at any time.

    If you did not ask for this, write to the store.

## What agents did last, on their cards

agents-last-action = Last did
agents-orders = Orders through it
agents-orders-more =
    { $count ->
        [one] and 1 older order
       *[other] and { $count } older orders
    }
agents-order = { $total }, order { $order }
action-search-products = Searched the products
action-get-product = Looked at a product
action-check-inventory = Checked what is in stock
action-add-to-cart = Added to your cart
action-update-cart = Changed your cart
action-view-cart = Looked at your cart
action-initiate-checkout = Asked you to confirm a purchase
action-get-checkout-status = Asked how a purchase stands
action-get-order-status = Looked at an order
action-other = Used another tool of the store

purchase-address-forgotten = The address was forgotten, as it was long ago.
