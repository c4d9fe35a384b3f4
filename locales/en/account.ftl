## Signing in

sign-in-title = Sign in
sign-in-lead = Sign in to { $store }.
sign-in-for-agent = An agent wants to connect to your account at { $store }. First, sign in.
sign-in-again = An agent asks for something that needs you to sign in again.
sign-in-email = E-mail address
sign-in-password = Password
sign-in-submit = Sign in
sign-in-new = New at { $store }?
sign-in-create = Create an account
sign-in-wrong = The e-mail address or the password is not right. Check both and try again.
sign-in-throttled = Too many attempts. Wait a few minutes, then try again.

## Signing up

sign-up-title = Create an account
sign-up-lead = We send you a link. Open it to choose a password.
sign-up-email = E-mail address
sign-up-submit = Send me the link
sign-up-have = Have an account?
sign-up-invalid-email = That does not look like an e-mail address. Check it and try again.
sign-up-finish-title = Choose a password
sign-up-finish-lead = For your account { $email } at { $store }.
sign-up-finish-password = New password
sign-up-finish-hint = At least { $count } characters. A password manager can choose and keep one for you.
sign-up-finish-submit = Create the account
sign-up-password-short = This password is too short. It needs at least { $count } characters.
sign-up-password-long = This password is too long. It may have 128 characters at most.
sign-up-password-common = This password is on lists that attackers try first. Choose another one.

## Short pages with one message

message-sign-up-sent = Look in your mail
message-sign-up-sent-detail = We have sent a link to { $email }. It works for 30 minutes. Open it in this browser and you go on where you were. No mail? Look among the spam, or try again in a few minutes.
message-sign-up-elsewhere = Your account is ready
message-sign-up-elsewhere-detail = Go back to the device and the browser where you began, and sign in there.
message-start-again = Your account is ready
message-start-again-detail = The agent’s request has expired in the meantime. Start again in your agent: it will send you back here.
message-link-expired = This link does not work any more
message-link-expired-detail = Links work for 30 minutes and once. If you have chosen a password, sign in. If not, ask for a new link.
message-link-expired-action = Create an account
message-answered = You have already answered
message-answered-detail = Go back to your agent. If it is not connected, start again there.
message-expired = This request has expired
message-expired-detail = Nothing was allowed. Start again in your agent: it will send you back here.
message-agent-changed = This agent has just changed
message-agent-changed-detail = It describes itself differently than a moment ago. Nothing was allowed. Start again in your agent.
message-signed-out = You are signed out
message-signed-out-detail = Your agents stay connected. Sign in again to see or stop them.
message-signed-out-action = Sign in

## Connected agents

agents-title = Connected agents
agents-lead = These agents may act for you at { $store }. Disconnect one and it stops within a second.
agents-empty = No agent is connected
agents-empty-detail = When an agent asks to shop for you and you allow it, it appears here.
agents-returns = Returns to
agents-permissions = It may
agents-linked = Linked
agents-last-used = Last used
agents-ends = Access ends
agents-ends-unused = If nobody uses it
agents-connections =
    { $count ->
        [one] 1 connection
       *[other] { $count } connections
    }
agents-connections-older =
    { $count ->
        [one] 1 older connection, not used since
       *[other] { $count } older connections, not used since
    }
agents-connected = Connected
agents-disconnect = Disconnect
agents-disconnect-label = Disconnect “{ $agent }”
agents-disconnected = Disconnected “{ $agent }” { $when }. It can no longer act for you.
agents-disconnected-unnamed = Disconnected the unnamed program { $when }. It can no longer act for you.
agents-disconnect-all = Disconnect all agents
agents-disconnected-all = All agents are disconnected. None can act for you any more.

disconnect-title = Disconnect “{ $agent }”?
disconnect-title-unnamed = Disconnect the unnamed program?
disconnect-effect = It stops within a second, on all your devices.
disconnect-effect-again = To use it again, you connect it again from the agent.
disconnect-effect-data = What the agent has already seen stays with it. Ask its maker to delete that.
disconnect-effect-data-at = What the agent has already seen stays with it. { $company } says how to have it deleted:
disconnect-policy = Privacy page of { $company }
disconnect-report = Tell { $store } that something is wrong with this agent
disconnect-report-detail = The store sees that somebody reported it, not what you bought or who you are.
disconnect-cancel = Keep it
disconnect-confirm = Disconnect

disconnect-all-title = Disconnect all agents?
disconnect-all-effect = All of them stop within a second, on all your devices.
disconnect-all-effect-data = What they have already seen stays with them. Ask their makers to delete that.
disconnect-all-cancel = Keep them
disconnect-all-confirm = Disconnect all
