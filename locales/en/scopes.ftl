## What an agent may do: read by the shopper, part of the consent

scope-products-read = Browse products and prices
scope-products-read-detail = It can search the catalog and read product pages.
scope-inventory-read = See what is in stock
scope-inventory-read-detail = It can check whether a size or colour is available.
scope-cart-write = Add or remove items in your cart
scope-cart-write-detail = Nothing is bought: you can change the cart at any time.
scope-checkout-initiate = Start a checkout for you to confirm
scope-checkout-initiate-detail = It prepares the order. Only you can approve and pay.
scope-orders-read = See your orders and delivery address
scope-orders-read-detail = Past orders, where they were sent, and where they are now.
scope-orders-refund = Ask for refunds
scope-orders-refund-detail = Never given to an agent.
scope-admin-full = Administer the store
scope-admin-full-detail = Never given to an agent.
scope-offline-access = Stay connected
scope-offline-access-detail = It need not ask you again each time. Without this, access ends within the hour.

## How much harm it could do

risk-low = Low risk
risk-medium = Medium risk
risk-high = High risk
risk-sensitive = Sensitive
risk-forbidden = Never allowed

## What the permissions are for

task-look = Look around
task-shop = Shop for you
task-orders = Your orders
task-stay = How long
