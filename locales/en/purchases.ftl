## The mail. Lines are short and plain: there is no HTML part.

mail-purchase-subject = Approve a purchase at { $store }?
mail-purchase-body =
    Hello,

    an agent that you connected wants to buy something for you at { $store }.
    Look at it, and say yes or no, within 10 minutes:

    { $link }

    Nothing is bought if you do nothing.

## Audit

audit-kind-purchase-requested = Purchase requested
audit-kind-purchase-approved = Purchase approved
audit-kind-purchase-declined = Purchase declined
audit-kind-purchase-consumed = Purchase used
audit-kind-purchase-completed = Order placed
audit-kind-purchase-released = Purchase given back
audit-kind-purchases-allowed = Agent may ask for purchases again
