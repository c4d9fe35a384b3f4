## The mail. Lines are short and plain: there is no HTML part.

mail-purchase-subject = Approve a purchase at { $store }?
mail-purchase-body =
    Hello,

    an agent that you connected wants to buy something for you at { $store }.
    Look at it, and say yes or no, within 10 minutes:

    { $link }

    Nothing is bought if you do nothing.

mail-rule-subject = Your agent buys at { $store }
mail-rule-body =
    Hello,

    an agent that you connected buys something for you at { $store }. It did not ask, because you let it buy within a limit,
    to an address that you approved before. This is what it buys:

    { $link }

    To be asked each time again, open your connected agents there.

## Audit

audit-kind-purchase-requested = Purchase requested
audit-kind-purchase-approved = Purchase approved
audit-kind-purchase-declined = Purchase declined
audit-kind-purchase-consumed = Purchase used
audit-kind-purchase-completed = Order placed
audit-kind-purchase-released = Purchase given back
audit-kind-purchases-allowed = Agent may ask for purchases again
audit-kind-approval-rule-set = Shopper lets the agent buy by itself
audit-kind-approval-rule-removed = Agent has to ask again each time

## The approval page

purchase-title = Approve a purchase
purchase-eyebrow = Purchase
purchase-asks = “{ $agent }” wants to buy this for you
purchase-asks-unnamed = An unnamed program wants to buy this for you
purchase-what = From { $store }
purchase-shipping = Shipping
purchase-taxes = Taxes
purchase-taxes-included = in the prices above
purchase-total = Total
purchase-where = Goes to
purchase-nowhere = No delivery. You pick it up, or there is nothing to send.
purchase-who = Asked for by
purchase-ends = The time to answer ends { $when }.
purchase-answer = Your answer
purchase-approve = Approve
purchase-decline = Decline
purchase-extend = Give me 5 more minutes
purchase-held = This agent is paused, by you or by the store. You can say no now, or come back for a yes.
purchase-once = A purchase is decided once.
purchase-ruled = Your agent buys this by itself
purchase-by-rule = You were not asked: you let this agent buy within a limit. To be asked each time again, open your connected agents.
purchase-agents = Your connected agents

purchase-approved = You said yes to this purchase
purchase-approved-detail = Go back to your agent. It has to place the order { $when } at the latest. Otherwise nothing is bought.
purchase-declined = You said no to this purchase
purchase-declined-detail = Nothing was bought. Your agent is told so.
purchase-silenced = You said no three times in a row. This agent cannot ask you again until you let it, on the page of your connected agents.
purchase-expired = Time is up for this purchase
purchase-expired-detail = Nothing was bought. If you still want it, ask your agent to check out again.
purchase-superseded = There is a newer purchase in its place
purchase-superseded-detail = Nothing was bought by this one. You find the newer one on the page of your connected agents.
purchase-cancelled = This purchase was cancelled
purchase-cancelled-detail = The agent is not connected any more, or may not buy any more. Nothing was bought.
purchase-consumed = The store is placing your order
purchase-consumed-detail = The store has begun. Your agent will tell you when it is done.
purchase-completed = You ordered this
purchase-completed-detail = The store’s order number is { $order }.
purchase-released = No order came of this purchase
purchase-released-detail = It was approved, but the store could not place the order. Nothing was bought.

message-purchase-of-another = This is not yours to answer
message-purchase-of-another-detail = This link is about a purchase of another account. Nothing of it is shown here, and nothing was changed. If you have another account, sign out and open the link again.

sign-in-for-purchase = To see what your agent wants to buy at { $store }, sign in.

## Connected agents

pending-title = Waiting for your answer
pending-asks = “{ $agent }” wants to buy for { $total }.
pending-asks-unnamed = An unnamed program wants to buy for { $total }.
pending-look = Look at it
agents-silenced = You said no to three purchases in a row, so it cannot ask you for any more.
agents-allow = Let it ask again

## The console

console-approvals = Approvals
approvals-title = Approvals
approvals-lead = What agents asked shoppers to buy, what they said, and what became of it. Search for an order’s number to find its purchase, its agent, its token and its session.
approvals-filter-id = Order, purchase, checkout, grant or token
approvals-any = All
approvals-none = No agent has asked to buy anything yet.
approvals-empty = No purchase matches.
approvals-caption = Purchases, newest first
approvals-asked = Asked
approvals-state = State
approvals-agent = Agent
approvals-shopper = Shopper
approvals-order = Order
approvals-purchase = Purchase and checkout
approvals-grant = Grant, token and session
approvals-elevation = by a link, for this purchase only
approvals-decided = answered { $when }
approvals-ruled = by rule { $when }
approvals-awaiting = Waiting for the shopper
approvals-approved = Approved
approvals-declined = Declined
approvals-expired = Time ran out
approvals-superseded = Replaced
approvals-cancelled = Cancelled
approvals-consumed = Used, no order yet
approvals-completed = Ordered
approvals-released = Given back
