## Clients by hand

hand-title = Clients by hand
hand-lead = For platforms that cannot register themselves. Each has a fixed list of addresses that its answers go to.
hand-caption = Clients by hand, newest first
hand-name = Name
hand-id = Client id
hand-proof = Proves itself by
hand-hosts = Returns to
hand-made = Made
hand-none = No client was made by hand yet.
hand-open = Open
hand-open-label = Open { $agent }
hand-add = Add a client by hand
hand-add-google = Add Google account linking
hand-add-copilot = Add Copilot Studio
hand-to-registration = Tokens and addresses for registration
hand-to-agents = All agents
hand-removed-notice = Removed. Its sessions have ended.
hand-saved-notice = Saved.
proof-none = Nothing: PKCE alone protects it
proof-client-secret-basic = A secret, in the header (client_secret_basic)
proof-client-secret-post = A secret, in the body (client_secret_post)
proof-private-key-jwt = Its own key (private_key_jwt)

## One client

client-add-title = Add a client by hand
client-add-lead = Its id and its secret are shown once, on the next page.
client-title = Client by hand
client-google-lead = Google links shoppers’ accounts with one client of its own, which it cannot register. You find the project id in the address of your project’s page at Google.
client-google-project = Google project id
client-google-project-hint = Google’s production and sandbox addresses for this project are filled in for you.
client-copilot-lead = Copilot Studio connects agents with a client that you make here. It shows its own redirect address when you have saved the connection there: come back and put it in the list.
client-name = Name
client-name-hint = Shoppers read it when they are asked to consent.
client-uris = Redirect addresses
client-uris-hint = One a line, complete: they are compared character by character.
client-proof = How it proves itself
client-jwks = Address of its public keys
client-jwks-hint = Only for a client that proves itself by its own key.
client-resource = Resource, if it names none
client-resource-none = None: it has to name one
client-resource-hint = Platforms that do not know of MCP never name one.
client-pkce = It may leave out PKCE
client-pkce-hint = Leave this off unless the platform fails without it. Only a client with a secret or a key can.
client-bundled = Ask shoppers for everything at once
client-bundled-hint = Google demands one question without boxes. Shoppers then agree to all of it or to nothing. Leave this off for others.
client-wrong-pkce = A client without a secret or a key cannot leave out PKCE. Give it one, or untick that.
client-class = What it may ask for
hand-class-policy = What the policy says
client-add-submit = Add the client
client-save = Save
client-made = Made
client-overlap = Previous secret counts until
client-secret-title = Secret
client-secret-detail = Only a hash of it is kept, so it can be replaced but not shown. The previous secret goes on to count for the time that you choose.
client-secret-overlap = The previous secret counts for
client-overlap-none = No time: it ends now
client-overlap-day = 24 hours
client-overlap-week = 7 days
client-overlap-month = 30 days
client-secret-submit = Replace the secret
client-remove-title = Remove
client-remove-detail = All its sessions end, and shoppers have to connect again with another client.
client-remove-submit = Remove this client
client-wrong-name = Write a name of at most 100 characters.
client-wrong-uris = Write 1 to 20 redirect addresses, one a line.
client-wrong-uri = This is no redirect address that can be used: { $uri }
client-wrong-resource = Choose a resource of this environment.
client-wrong-keys = A client with its own key needs the https address of its public keys, and no other client has one.
client-wrong-project = Write the project id as Google shows it: letters, digits and dashes.

## What is shown once

once-client-title = The client is made
once-secret-title = The new secret
once-token-title = The token is made
once-warning = Copy it now. Only a hash of it is kept, and nobody can show it again.
once-public = This client has no secret.
once-values = What to paste where
once-id = Client id
once-secret = Client secret
once-token = Initial access token
once-authorize = Authorization URL
once-token-url = Token URL
once-refresh-url = Refresh URL
once-scopes = Scopes
once-token-use = An agent sends it when it registers, as “Authorization: Bearer” and the token.
once-until = The previous secret counts until { $when }.
once-google-1 = In Google’s account linking settings choose OAuth and the authorization code flow.
once-google-2 = Paste the client id, the client secret, the authorization URL, the token URL and the scopes from above.
once-google-3 = Tick that Google sends client id and secret by HTTP basic auth.
once-copilot-1 = In Copilot Studio add your MCP server as a tool, and choose OAuth 2.0 with manual settings.
once-copilot-2 = Paste the client id, the client secret, the three URLs and the scopes from above.
once-copilot-3 = When you have saved, it shows a redirect URL: add it to this client’s redirect addresses.
once-back = Done

## Registration

registration-title = Registration
registration-lead = What agents need to register themselves here.
registration-tokens = Initial access tokens
registration-tokens-detail = Where the policy lets agents register only with a token, each registration uses one up.
registration-tokens-none = There is no token.
registration-note = For whom
registration-uses = Registrations
registration-uses-hint = How many it allows; any number, if empty.
registration-expires = Counts for
registration-expires-day = 1 day
registration-expires-month = 30 days
registration-expires-year = 365 days
registration-expires-never = Until it is removed
registration-token-submit = Make a token
registration-token-made = Made
registration-token-ends = Ends
registration-token-never = Never
registration-token-left = Registrations left
registration-token-any = Any number
registration-token-over = Used up or over
registration-token-remove = Remove
registration-token-remove-label = Remove the token for { $note }
registration-token-unnamed = nobody named
registration-uris = Addresses of apps
registration-uris-detail = An app’s own address, such as cursor://anysphere.cursor-mcp/oauth/callback, can be registered only if it is known, complete and exact: any program on a computer can claim such a scheme.
registration-uris-known = Known by configuration
registration-uris-none = You have added none.
registration-uri = Complete address
registration-uri-submit = Add the address
registration-uri-remove = Remove
registration-uri-remove-label = Remove { $uri }
registration-uri-wrong = Write a complete address with an app’s own scheme. Schemes that a browser acts on, such as https or javascript, cannot be added.
registration-uri-full = There are 100 addresses already. Remove one first.
registration-uses-wrong = Write the number of registrations, or nothing.
registration-done-removed = Removed.
registration-done-added = Added. It counts within a few seconds.

## The trail

audit-kind-client-added = Client made by hand
audit-kind-client-removed = Client removed
audit-kind-client-secret-rotated = Client secret replaced
audit-kind-client-updated = Client changed
audit-kind-private-use-uri-added = App address added
audit-kind-private-use-uri-removed = App address removed
audit-kind-registration-token-added = Registration token made
audit-kind-registration-token-removed = Registration token removed
