## Amounts

amount-most = The agent asks for { $most } at most.
amount-not-a-number = Enter an amount with digits only, such as { $example }.
amount-too-precise =
    { $digits ->
        [one] Type at most 1 digit after the decimal point, and no sign between thousands.
       *[other] Type at most { $digits } digits after the decimal point, and no sign between thousands.
    }
amount-whole = Type a whole number of { $currency }, with no sign between thousands.
amount-zero = Enter an amount above zero.
amount-too-large = This amount is too large.
amount-above = Enter { $most } or less.

## Connected agents: limits

agents-limits = Limits
agents-limit-order = { $most } at most for one order
agents-limit-none = None. You approve each purchase yourself.
agents-limit-lowest = This agent is connected more than once. The lowest of its limits counts for all of it. To raise it, disconnect the agent and connect it again.
agents-budget = { $left } of { $most } left this month
agents-budget-meter = Spent this month
agents-spent = { $spent } spent this month
agents-paused = You have paused this agent
agents-paused-detail = It can do nothing until you resume it.
agents-held = The store has paused this agent
agents-change = Change
agents-change-label = Change what “{ $agent }” may do
agents-changed = Saved. It counts from now on.
agents-unchanged = Nothing to change.
agents-now-paused = Paused. It can do nothing until you resume it.
agents-now-resumed = Resumed. It may act again.
audit-kind-grant-narrowed = Shopper took permissions back

## Change

change-title = Change what “{ $agent }” may do
change-title-unnamed = Change what the unnamed program may do
change-lead = What you take back here stops within a second.
change-only-less = Here you can only allow less. To allow more, let the agent ask you again.
change-nothing-left = Nothing would be left. Disconnect the agent instead.
change-submit = Save
change-pause = Pause
change-paused = Paused by you
change-pause-detail = The agent stays connected and can do nothing until you resume it.
change-resume-detail = The agent can do nothing until you resume it.
change-pause-submit = Pause this agent
change-resume-submit = Resume this agent
rule-title = Buy without asking
rule-stands = It may buy for up to { $most } per order without asking you, to an address that you approved before.
rule-detail = You get an e-mail about each order. Your limits still count. You can take this back at any time, and it ends when the agent connects again.
rule-addresses = Addresses that you approved for this agent before, as { $store } told us:
rule-addresses-none = You have not approved an address for this agent yet. Until you do, it asks you.
rule-address-forgotten = An address that we no longer keep as text. Orders there can still go through without asking. You first approved it
rule-remove = Ask me every time
rule-needs-limit = It asks you before each order. To let it buy small orders by itself, first save a limit per month above.
rule-needs-proof = It asks you before each order. To let it buy small orders by itself, sign in again first.
rule-proof = Sign in again
rule-most = Up to this amount per order ({ $currency })
rule-tick = Approve orders up to this amount by yourself, to an address I approved before
rule-unticked = Tick the box if you mean it.
rule-submit = Let it buy
agents-now-ruled = Saved. It may buy small orders by itself from now on.
agents-now-unruled = It asks you before each order again.
change-back = Back to connected agents

## Approval

purchase-over = This is above the limit that you have set for this agent.
purchase-over-order = Your limit for this agent is { $most } per order. This order is above it, so it cannot be approved.
purchase-over-month = Your limit for this agent is { $most } per month, and { $left } is left. This order is above it, so it cannot be approved.
purchase-over-agents = See your limits under Connected agents
