## The frame of the console

console-nav = Console
console-sessions = Sessions
console-agents = Agents
console-audit = Audit
console-settings = Settings
console-environment = Environment
console-paused = All agents are paused. Tool calls are refused until you resume.
console-demo-cookies = On this loopback address sign-ins are short, since other ports share its cookies.
console-newer = Newer
console-older = Older
console-paging = Pages
console-filter = Filter
console-filter-clear = Show all

## Signing in

console-sign-in-title = Sign in to the console
console-sign-in-lead = For the staff of { $store }.

## Sessions

sessions-title = Agent sessions
sessions-lead = Each row is one connection that a shopper approved.
sessions-went-back = The database is older than what agents hold
sessions-went-back-detail = An agent came with a token that the database does not know yet. Was an older copy restored? Agents with newer tokens have to connect again. Nothing was revoked. But what was revoked after the copy was made may be valid again: look through the sessions.
sessions-went-back-seen = Seen last
sessions-caption = Agent sessions, newest first
sessions-agent = Agent
sessions-shopper = Shopper
sessions-scopes = Scopes
sessions-authorized = Authorised
sessions-last-used = Last used
sessions-ends = Expires
sessions-state = State
sessions-actions = Actions
sessions-revoke = Revoke
sessions-revoke-label = Revoke this session of { $agent } for shopper { $shopper }
sessions-more = More
sessions-more-label = More for this session of { $agent }
sessions-revoke-client = Revoke all of this agent
sessions-revoke-shopper = Revoke all of this shopper
sessions-audit = Audit of this session
sessions-filter-agent = Agent or client id
sessions-filter-shopper = Shopper
sessions-filter-state = State
sessions-state-any = Any state
sessions-none = No agent has connected yet.
sessions-empty = No session matches.
sessions-replays =
    { $count ->
        [one] 1 grace replay
       *[other] { $count } grace replays
    }
sessions-folded =
    { $count ->
        [one] 1 earlier, not used since
       *[other] { $count } earlier, not used since
    }
sessions-folded-end = Each ends after 7 days without use.
sessions-folded-all = All active sessions of this shopper
sessions-folded-revoke-label = Revoke the session of { $agent } authorised { $when }
sessions-revoked-notice = Revoked. The next call is refused.
state-live = Active
state-paused = Paused
state-revoked = Revoked
state-disconnected = Disconnected
state-left = Ended by the agent
state-reused = Ended: token reused
state-expired = Expired

## Revoking many

confirm-title-client = Revoke every session of “{ $agent }”?
confirm-title-shopper = Revoke every session of shopper { $shopper }?
confirm-count =
    { $count ->
        [0] No session of theirs is live now.
        [one] 1 live session ends.
       *[other] { $count } live sessions end.
    }
confirm-effect = The next call of each is refused within a second.
confirm-effect-again = This cannot be undone: shoppers have to connect again, and may.
confirm-cancel = Keep them
confirm-revoke = Revoke all

## Agents

clients-title = Agents
clients-lead = Programs that have introduced themselves to this store.
clients-caption = Agents, newest first
clients-name = Name
clients-id = Client id
clients-class = Class
clients-hosts = Returns to
clients-registered = Registered
clients-live = Live sessions
clients-actions = Actions
clients-pause = Pause
clients-pause-label = Pause { $agent }
clients-resume = Resume
clients-resume-label = Resume { $agent }
clients-revoke = Revoke all
clients-revoke-label = Revoke all sessions of { $agent }
clients-paused = Paused
clients-paused-notice = Paused. Its tool calls are refused until you resume.
clients-resumed-notice = Resumed. It may act again.
clients-empty = No agent has introduced itself yet.
class-browse = Browse
class-shop = Shop
class-support = Support

## Audit

audit-title = Audit
audit-lead = Every authorization event and every tool call. No bodies, no tokens, no personal data.
audit-caption = Audit entries, newest first
audit-time = Time
audit-kind = Kind
audit-agent = Agent
audit-tool = Tool
audit-status = Status
audit-latency = Latency
audit-latency-value = { $count } ms
audit-risk = Risk
audit-risk-value = { $level } of 3
audit-reference = Reference
audit-none = –
audit-its-session = All of this session
audit-its-purchase = Its purchase
audit-filter-session = Session
audit-filter-reference = Reference id
audit-nothing = Nothing has happened yet.
audit-empty = No entry matches.
audit-kind-access-switched = MCP access switched
audit-kind-access-token-revoked = Access token revoked
audit-kind-client-registered = Agent introduced itself
audit-kind-code-redeemed = Agent connected
audit-kind-connection-ended = Session ended
audit-kind-consent-denied = Shopper denied
audit-kind-consent-given = Shopper allowed
audit-kind-database-went-back = Database went back in time
audit-kind-elevated = Shopper allowed more
audit-kind-grace-replay = Token used again, in grace
audit-kind-grant-revoked = Shopper disconnected the agent
audit-kind-agent-reported = Shopper reported the agent
audit-kind-keys-rotated = Signing keys rotated
audit-kind-paused = Agents paused
audit-kind-refused = Request refused
audit-kind-resumed = Agents resumed
audit-kind-revoked-many = Many sessions revoked
audit-kind-sign-in-failed = Sign-in failed
audit-kind-signed-in = Shopper signed in
audit-kind-signed-up = Shopper signed up
audit-kind-staff-signed-in = Staff signed in
audit-kind-staff-added = Staff added
audit-kind-staff-password-set = Staff password set
audit-kind-staff-removed = Staff removed
audit-kind-suspicious-replays = Suspicious use of old tokens
audit-kind-token-refreshed = Token refreshed
audit-kind-tool-call = Tool call

## Settings

settings-title = Settings
settings-pause = Pause all agents
settings-pause-detail = Every tool call is refused until you resume. Nobody has to connect again afterwards.
settings-pause-submit = Pause all agents now
settings-resume = Agents are paused
settings-resume-detail = Tool calls are refused. Resuming needs your password.
settings-resume-submit = Resume agents
settings-access = MCP access
settings-access-detail = When it is off, no agent can connect and tokens of this environment are refused.
settings-access-live = Agents may connect to the live store
settings-access-sandbox = Agents may connect to the sandbox
settings-access-submit = Save
settings-password = Your password
settings-wrong-password = The password is not right. Nothing was changed.
settings-saved = Saved.
settings-paused-notice = All agents are paused.
settings-resumed-notice = Agents may act again.
