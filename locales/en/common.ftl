## The frame of every page

language-name = English
environment-live = Live store
environment-sandbox = Sandbox
environment-live-short = Live
environment-sandbox-banner = Sandbox. This is a test store: nothing here is real.
layout-skip = Skip to the content
layout-signed-in = Signed in as
layout-sign-out = Sign out
layout-powered = Access to this store is guarded by Tillgate

## An agent, wherever it is named

agent-unnamed = Unnamed program
agent-unverified = Name not verified
agent-domain-verified = Verified domain
agent-key-verified = Verified by key
agent-confirmed = Approved by the store
agent-on-this-computer = An app on this computer
agent-on-this-device = An app on this device ({ $scheme })

## Time in words

time-now = just now
time-never = Not yet
time-tenths-ago = { $seconds } s ago
time-seconds-ago = { $count } seconds ago
time-minutes-ago =
    { $count ->
        [one] 1 minute ago
       *[other] { $count } minutes ago
    }
time-hours-ago =
    { $count ->
        [one] 1 hour ago
       *[other] { $count } hours ago
    }
time-days-ago =
    { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }
time-in-seconds =
    { $count ->
        [one] in 1 second
       *[other] in { $count } seconds
    }
time-in-minutes =
    { $count ->
        [one] in 1 minute
       *[other] in { $count } minutes
    }
time-in-hours =
    { $count ->
        [one] in 1 hour
       *[other] in { $count } hours
    }
time-in-days =
    { $count ->
        [one] in 1 day
       *[other] in { $count } days
    }

## The start page of an issuer

home-title = Agents at { $store }
home-lead = AI agents can shop at { $store } for you, with your permission and only as far as you allow.
home-agents = Connected agents
home-agents-detail = See what your agents may do, and stop them.
home-sign-up = Create an account
home-sign-up-detail = You need one to connect an agent.
home-console = For the store’s staff
home-console-detail = Watch agent sessions, pause or revoke them.
