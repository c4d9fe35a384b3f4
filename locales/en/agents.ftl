## Agents: the list

clients-policy = Policy for agents
clients-platforms = Known platforms
clients-filter-text = Name or client id
clients-filter-tier = Trust
clients-filter-state = State
clients-filter-any = Any
clients-none = No agent matches.
clients-quarantined = Quarantined
clients-merged = Merged
clients-merged-into = Merged into { $agent }

## One agent

client-about = About this agent
client-origin = Introduced itself
client-origin-registered = by registering
client-origin-pre-registered = by an id of the store
client-origin-described = by its own document
client-document-read = Document read
client-platform = Known platform
client-method = Proves itself by
client-class-own = decided by the store
client-class-by-tier = by policy
client-sessions =
    { $count ->
        [0] No session
        [one] 1 session
       *[other] { $count } sessions
    }
client-reports = Reported by shoppers
client-reports-detail = They disconnected it and said that something is wrong with it.
client-merged-here = Merged into this one
client-addresses = Redirect addresses
client-only-local = All its answers go to a program on the shopper’s computer. Nothing proves which one.
client-quarantine = Quarantine
client-quarantine-detail = Nobody can connect it anew, and its tool calls are refused. Nothing ends: releasing it undoes both.
client-quarantine-submit = Quarantine this agent
client-release = Quarantined
client-release-detail = Releasing lets shoppers connect it again, and its tool calls go on.
client-release-submit = Release this agent
client-held-by-successor = It is held with the agent that it was merged into. Release that one.
client-reason = Reason, for the trail (optional)
client-decide = Class and approval
client-decide-detail = The class is a ceiling. Lowering it narrows live sessions at once; raising it gives nothing that a shopper did not allow.
client-class-by-policy = As the policy says
client-approved = Approved by the store
client-approved-detail = Shown to shoppers, except where the answer goes to their own computer.
client-merge = Merge into its successor
client-merge-detail = For an agent that registered once and now has a document of its own. Permissions move to that one.
client-merge-into = Client id of the successor
client-merge-submit = Show what would happen
client-trail = What staff did
client-trail-empty = Nothing yet.
client-saved = Saved.
client-unchanged = Nothing to change.
client-quarantined-notice = Quarantined. Nothing was ended.
client-released-notice = Released. It may act again.
client-merged-notice = Merged.

## Merging

merge-title = Merge two agents?
merge-from = This agent
merge-into = becomes
merge-moves =
    { $count ->
        [0] No permission moves.
        [one] 1 permission moves.
       *[other] { $count } permissions move.
    }
merge-stays =
    { $count ->
        [one] 1 stays, since its shopper has connected the successor too.
       *[other] { $count } stay, since their shoppers have connected the successor too.
    }
merge-effect-scopes = None becomes wider than it is.
merge-effect-sessions = Sessions go on. Shoppers see one agent, under the successor’s name.
merge-effect-reach = Pausing, quarantining or revoking the successor reaches what was merged into it.
merge-effect-final = This cannot be undone.
merge-cancel = Keep them apart
merge-submit = Merge
merge-back = Back to the agents
merge-unknown = There is no such agent. Its client id is in the list of agents.
merge-not-registered = Only an agent that registered itself can be merged.
merge-already = It was merged already, or others were merged into it.
merge-no-document = The successor must be an agent with a document of its own.

## Policy

policy-title = Policy for agents
policy-lead = What agents may be at this store, unless you decide about one by itself.
policy-classes = Class by trust
policy-classes-detail = Browse sees products and stock. Shop can also fill carts and start checkouts. Support can read orders.
policy-links = Agents without permission to check out
policy-checkout-links = Give them a link for one purchase
policy-checkout-links-detail = Some agents cannot ask for more permission. They then get a link that shoppers open to approve that one purchase. The agent gets no new permission.
policy-approvals = Approval of purchases
policy-approval-rules = Shoppers may let agents buy without asking
policy-approval-rules-detail = Off: shoppers approve every order. On: a shopper can let an agent buy small orders, within a monthly limit, to an address that they approved before. Turning it off ends all such rules.
policy-elevation = Starting checkouts
policy-elevation-longest = The longest that a shopper can allow
policy-elevation-default = As this server is set up
policy-elevation-purchase = 15 minutes, for one purchase
policy-elevation-today = Until midnight at the store
policy-elevation-thirty-days = 30 days
policy-elevation-detail = With more than 15 minutes, shoppers choose on the page that asks them. What they have allowed already stays. Each order is approved as before.
policy-registration = Who may introduce itself
policy-mode-open = Every agent
policy-mode-open-detail = Agents register by themselves.
policy-mode-token = Registration with a token
policy-mode-token-detail = Agents register with an initial access token that you hand out.
policy-mode-hosts = Allowed hosts only
policy-mode-hosts-detail = Only agents whose host is allowed below, and those that you approved, can connect.
policy-mode-closed = No registration
policy-mode-closed-detail = Only agents with a document or an id of the store.
policy-checkout = Sign-in before checkout
policy-checkout-detail = What a shopper must do before an agent may start checkouts. Agents that may already go on, but a change ends the rules by which they buy without asking.
policy-checkout-age = Signed in
policy-checkout-any = At any time
policy-checkout-minutes = In the last 10 minutes
policy-checkout-hour = In the last hour
policy-checkout-day = In the last day
policy-checkout-passkey = With a passkey
policy-checkout-passkey-detail = A look-alike site cannot steal it. Shoppers without one add it on the way.
policy-checkout-passkey-never = This server has no host name, so there are no passkeys.
policy-checkout-purchases = For each purchase too
policy-hosts = Hosts
policy-hosts-detail = A denied host is kept out everywhere, even when it is approved. The rule that says most about a host decides.
policy-hosts-none = There is no rule yet.
policy-allows = Allowed
policy-denies = Denied
policy-remove = Remove
policy-remove-label = Remove the rule about { $host }
policy-host = Host
policy-host-password-hint = Only needed to let a host in.
policy-host-hint = agent.example, or *.agent.example for all below it.
policy-host-wrong = That is no host. Write agent.example or *.agent.example.
policy-allow = Allow
policy-deny = Deny
policy-ruled = Saved. New connections follow it from now on.
policy-ended = Ended. The next call of each is refused.
policy-denied =
    { $count ->
        [one] End 1 session too?
       *[other] End { $count } sessions too?
    }
policy-denied-detail =
    { $count ->
        [one] What 1 agent at a denied host holds goes on until you end it.
       *[other] What { $count } agents at denied hosts hold goes on until you end it.
    }
policy-denied-submit =
    { $count ->
        [one] End 1 session
       *[other] End { $count } sessions
    }

## Known platforms

platforms-title = Known platforms
platforms-lead = Names that only these hosts may use, and how each platform introduces itself. An operator adds to it in a file.
platforms-name = Platform
platforms-introduces = Introduces itself
platforms-hosts = Hosts
platforms-addresses = Documents and redirects
platforms-source = Source
platforms-read = read on { $date }
platforms-help = Privacy
platforms-document = by its document
platforms-registration = by registering
platforms-pre-registered = by an id of the store

## In the trail

audit-kind-client-classed = Class of an agent decided
audit-kind-client-approved = Agent approved
audit-kind-client-disapproved = Approval taken back
audit-kind-client-quarantined = Agent quarantined
audit-kind-client-released = Agent released
audit-kind-client-merged = Agents merged
audit-kind-policy-changed = Policy for agents changed
audit-kind-host-ruled = Rule about a host
