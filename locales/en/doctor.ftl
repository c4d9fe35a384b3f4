# What an examination of a deployment says: the command `doctor`, and the console's page "What agents see". A check's text
# says what should be; `.effect` what follows when it is not; `.remedy` what to do.

## The platforms

doctor-links = links
doctor-links-but = links, but
doctor-will-not-link = will not link
doctor-unknown = unknown
doctor-by-document = Introduces itself by its metadata document (CIMD).
doctor-by-registration = Registers itself (RFC 7591).
doctor-by-hand = Somebody has to type a client id.
doctor-by-configuration = Works with a client that you set up for it.
doctor-by-nothing = Finds no way to introduce itself.
doctor-asks = Asks for: { $scopes }.
doctor-asks-nothing = Names no scopes when it asks.
doctor-asks-configured = Asks for the scopes that it was set up with.
doctor-seen = seen
doctor-expected = expected
doctor-effect = effect
doctor-remedy = remedy
doctor-stops = stops { $platforms }
doctor-limits = limits { $platforms }
doctor-advice = stops nobody

## Why something was not checked

doctor-needs-token = not checked: needs a token (give one with --token-file)
doctor-needs-client = not checked: needs a registered client
doctor-not-found = not checked: what it would look at was not found
doctor-too-many = not checked: the server says that there were too many requests
doctor-not-asked = not checked: not asked for
doctor-does-not-apply = does not apply here

## The self-test

step-metadata = Metadata
step-registration = Registration
step-flow = Authorization flow
step-scoped-tokens = Scoped tokens
step-validation = Validation
step-unauthorised = Without a token
step-expired = Expired token
step-insufficient = Missing permission
step-burst = Burst

## How the deployment is reached

server-answers = The MCP server answers within 10 seconds
    .effect = Nobody links.
    .remedy = Check the address, the firewall, and that nothing in front of the server holds programs back.
address-https = The address is https
    .effect = Agents refuse the address.
    .remedy = Serve the MCP server by https. Only a loopback address may do without.
certificate-valid = The certificate is accepted
    .effect = Agents refuse to connect.
    .remedy = Install a certificate of a public authority for this host name, with its whole chain.
certificate-lasts = The certificate is valid for two weeks or more
    .effect = Every agent stops on the day it ends.
    .remedy = Renew the certificate, and see why it was not renewed by itself.
clock-right = The server's clock is right within a minute
    .effect = Tokens and assertions count as expired or as not valid yet.
    .remedy = Keep the time of the machine by NTP.

## What an agent hears that has no token

challenge-status = A request without a token is answered with HTTP 401
    .effect = Agents do not learn that they have to sign in.
    .remedy = Answer every request without a token with 401, before anything else of it is read.
challenge-bearer = The first challenge is Bearer
    .effect = Older agents find nothing to begin with.
    .remedy = Send WWW-Authenticate: Bearer with the 401, before any other scheme.
challenge-single = The challenge is one line of ASCII
    .effect = Some agents read only the first line, or none.
    .remedy = Send one WWW-Authenticate header without line breaks and special characters.
challenge-metadata = The challenge says where the resource's metadata are
    .effect = Agents of 2025-06-18 look nowhere else.
    .remedy = Add resource_metadata="https://…/.well-known/oauth-protected-resource/…" to the challenge.
challenge-same-origin = The challenge points to the MCP server's own origin
    .effect = Some agents ignore the pointer.
    .remedy = Serve the resource's metadata on the MCP server's own host, and point there.
challenge-no-error = The challenge names no error when no token was sent
    .effect = Codex takes it for a bad token and does not begin to sign in.
    .remedy = Leave out error and error_description unless a token was sent.
challenge-scope = The challenge says which scopes to ask for
    .effect = Agents ask for every scope of the resource at once.
    .remedy = Add scope="…" with what an agent needs to begin with.
challenge-least = The challenge asks for what is needed to begin, and no more
    .effect = Shoppers are asked for everything at the first contact, and decline.
    .remedy = Name only the scopes for looking around; ask for others when a call needs them.
challenge-no-offline = The challenge does not ask for offline_access
    .effect = A resource asks for what is only between the agent and the authorization server.
    .remedy = Take offline_access out of the challenge.
challenge-old = The first request of 2025-06-18 is answered with HTTP 401
    .effect = Older agents do not learn that they have to sign in.
    .remedy = Check the token before the protocol version is read.
challenge-new = The first request of 2026-07-28 is answered with HTTP 401
    .effect = Newer agents fall back to an older revision.
    .remedy = Check the token before the protocol version and the method are read.
tools-protected = Tools need a token, unless they say themselves that they do not
    .effect = Anybody can use them, and nobody can be told apart or stopped.
    .remedy = Demand a token for every request. A tool that is meant for everybody says so by the security scheme noauth.
tools-public = No tool can be called without a token
    .effect = Anybody can call the tools that are named here; nobody can be told apart, and there is no trail of who did.
    .remedy = Leave it if it is meant. If not, remove them from public_tools; at a server of another kind, demand a token for them.
origin-refused = A web page of an unknown origin is answered with HTTP 403
    .effect = Any web page can send requests to the server from a visitor's browser.
    .remedy = Compare the Origin header with a list of origins that may call.
query-token-ignored = An access token in the address is not read
    .effect = Tokens end up in logs and histories.
    .remedy = Read tokens from the Authorization header alone.

## Metadata of the resource

prm-found = The resource's metadata are found
    .effect = Agents do not find the authorization server.
    .remedy = Serve them at /.well-known/oauth-protected-resource followed by the path of the MCP server.
prm-by-header = The metadata are where the challenge points
    .effect = Agents of 2025-06-18 look nowhere else.
    .remedy = Point resource_metadata to the address where they are.
prm-first-place = The metadata are in the first place where agents look
    .effect = Agents that follow a pointer give up when it leads nowhere.
    .remedy = Serve them where the challenge points, or between host and path.
prm-well-known = The metadata are at a well-known place
    .effect = Agents that do not read the challenge do not find them.
    .remedy = Serve them at /.well-known/oauth-protected-resource, with and without the path.
prm-inserted = The metadata are at the well-known place with the path
    .effect = Agents need another try, and some give up.
    .remedy = Serve them at /.well-known/oauth-protected-resource followed by the path.
prm-root = The metadata are at the well-known place of the host
    .effect = Agents that look only there do not find them.
    .remedy = Serve the same document at /.well-known/oauth-protected-resource too.
prm-agree = The metadata say the same at every place
    .effect = Agents come to different conclusions.
    .remedy = Serve one document at all places.
prm-resource-exact = The metadata name the address exactly as people type it
    .effect = Claude and ChatGPT refuse to link.
    .remedy = Set resource to this address, with its path and without a slash that is not typed. If another spelling is the right one, tell people that one.
prm-resource-covers = The metadata name this server
    .effect = Agents refuse metadata of another server.
    .remedy = Set resource to the address of the MCP server: the same scheme, host and port, and its path.
prm-server = The metadata name an authorization server
    .effect = Agents do not find where to sign in.
    .remedy = Set authorization_servers to the issuer.
prm-one-server = The metadata name one authorization server
    .effect = Agents choose differently, most the first.
    .remedy = List one issuer.
prm-no-offline = The metadata do not list offline_access
    .effect = A resource asks for what is only between the agent and the authorization server.
    .remedy = Take offline_access out of the resource's scopes_supported.
prm-bearer-header = The metadata say that tokens go into the header
    .effect = Agents have to guess.
    .remedy = Set bearer_methods_supported to ["header"].
prm-scopes = The metadata list scopes
    .effect = Agents without a challenge ask for nothing, or for everything the authorization server has.
    .remedy = Set scopes_supported to what agents may ask for.

## Metadata of the authorization server

as-found = The authorization server's metadata are found
    .effect = Agents guess at addresses that are not there.
    .remedy = Serve them at /.well-known/oauth-authorization-server followed by the path of the issuer.
as-oauth = The metadata are at the OAuth place
    .effect = Agents of 2025-06-18 and Google look nowhere else.
    .remedy = Serve them at /.well-known/oauth-authorization-server followed by the path of the issuer.
as-openid = The metadata are at the OpenID places too
    .effect = Agents that look there first need another try.
    .remedy = Serve the same document at /.well-known/openid-configuration, before and behind the path.
as-agree = The metadata say the same at every place
    .effect = Agents come to different conclusions.
    .remedy = Serve one document at all places.
as-json = The metadata are application/json
    .effect = Strict agents do not read them.
    .remedy = Send Content-Type: application/json.
metadata-cacheable = The metadata may be cached
    .effect = Every connection of every agent fetches them again.
    .remedy = Send Cache-Control: public, max-age=300.
as-issuer = The metadata name the issuer character for character
    .effect = Agents throw the metadata away.
    .remedy = Use one spelling of the issuer everywhere: here, in the resource's metadata, in iss and in tokens. Often it is a slash at the end.
as-issuer-same = The metadata are of this issuer
    .effect = Agents throw the metadata away, even those that forgive a slash.
    .remedy = Set issuer to what the resource's metadata name, or the other way round.
as-endpoints = The metadata name the authorization and the token endpoint
    .effect = Agents have nowhere to go.
    .remedy = Set authorization_endpoint and token_endpoint.
endpoints-https = Every endpoint is https
    .effect = Agents refuse the endpoint.
    .remedy = Publish https addresses. Behind a proxy, tell the server its public address.
as-endpoints-answer = The endpoints that the metadata name are there
    .effect = The shopper sees an error, or no token comes.
    .remedy = Publish the addresses that really answer, and route them.
as-response-types = The metadata offer the authorization code
    .effect = Agents do not begin.
    .remedy = Set response_types_supported to ["code"].
as-pkce-listed = The metadata say that PKCE with S256 is understood
    .effect = Agents must not go on without it.
    .remedy = Set code_challenge_methods_supported to ["S256"], in every copy of the metadata.
as-pkce-s256 = The metadata do not exclude PKCE with S256
    .effect = No agent goes on.
    .remedy = Set code_challenge_methods_supported to ["S256"], and refuse plain.
as-refresh-grant = The metadata offer refresh tokens
    .effect = Shoppers have to sign in again whenever an access token ends.
    .remedy = Set grant_types_supported to authorization_code and refresh_token.
as-none = The metadata admit clients without a secret
    .effect = Claude and Codex do not use metadata documents, and register instead.
    .remedy = Add none to token_endpoint_auth_methods_supported.
as-none-or-key = The metadata admit clients without a secret, or with a key
    .effect = ChatGPT finds no way to prove itself.
    .remedy = Add none, or private_key_jwt if it is built, to token_endpoint_auth_methods_supported.
as-cimd = Agents may introduce themselves by metadata documents
    .effect = Agents register themselves instead, ChatGPT anew for each connector.
    .remedy = Support Client ID Metadata Documents and set client_id_metadata_document_supported.
as-registration = Agents may register themselves
    .effect = Agents that know no other way need a client id from you.
    .remedy = Offer a registration_endpoint (RFC 7591) that asks for no credentials.
as-iss-flag = The metadata promise iss in answers
    .effect = ChatGPT registers for each connector, and Google does not link.
    .remedy = Send iss with every authorization response and set authorization_response_iss_parameter_supported.
as-offline = The authorization server lists offline_access
    .effect = Agents do not ask to stay connected, and shoppers sign in again whenever an access token ends.
    .remedy = Add offline_access to the authorization server's scopes_supported, not to the resource's.
as-scopes = The authorization server lists its scopes
    .effect = Google does not link.
    .remedy = Set scopes_supported.
as-scopes-least = No listed scope is for staff
    .effect = Agents that ask for everything that is listed ask for it.
    .remedy = Take scopes of staff, refunds and wildcards out of scopes_supported.
as-revocation = Tokens can be given back
    .effect = Google does not link, and a disconnected agent's access goes on.
    .remedy = Offer a revocation_endpoint (RFC 7009).
as-jwks = The signing keys are published
    .effect = Google does not link.
    .remedy = Set jwks_uri.
as-keys = The published keys are usable
    .effect = Nobody can verify a token.
    .remedy = Publish the public half of every signing key that counts, with kid, and never a private one.

## Browsers

cors-metadata = Web pages may read the authorization server's metadata
    .effect = Agents that run in a browser find nothing.
    .remedy = Answer OPTIONS without credentials, allow the header MCP-Protocol-Version, and send Access-Control-Allow-Origin: *.
cors-prm = Web pages may read the resource's metadata
    .effect = Agents that run in a browser find nothing.
    .remedy = Answer OPTIONS without credentials, allow the header MCP-Protocol-Version, and send Access-Control-Allow-Origin: *.
cors-jwks = Web pages may read the keys
    .effect = Agents that run in a browser cannot verify anything.
    .remedy = Send Access-Control-Allow-Origin: * with the keys.
cors-token = Web pages may ask for tokens
    .effect = Agents that run in a browser get none.
    .remedy = Answer OPTIONS, allow Authorization and Content-Type, and send Access-Control-Allow-Origin: * without credentials.
cors-register = Web pages may register
    .effect = Agents that run in a browser cannot register.
    .remedy = Answer OPTIONS, allow Content-Type, and send Access-Control-Allow-Origin: * without credentials.
cors-revoke = Web pages may give tokens back
    .effect = Agents that run in a browser cannot sign out.
    .remedy = Answer OPTIONS, allow Authorization and Content-Type, and send Access-Control-Allow-Origin: * without credentials.
cors-mcp = Allowed web pages may call the MCP server
    .effect = Agents that run in a browser cannot call it directly.
    .remedy = Answer OPTIONS without a token, and allow the headers of MCP.
cors-exposed = Web pages may read the challenge
    .effect = Agents that run in a browser do not see where to sign in.
    .remedy = Send Access-Control-Expose-Headers: WWW-Authenticate.

## Registration

register-claude = Claude's registration is accepted
    .effect = Claude cannot link unless it uses its metadata document.
    .remedy = Accept https redirect URIs without asking who registers.
register-claude-code = Claude Code's registration is accepted
    .effect = Claude Code cannot link unless it uses its metadata document.
    .remedy = Accept http redirect URIs of loopback addresses, localhost by name included.
register-chatgpt = ChatGPT's registration is accepted
    .effect = ChatGPT cannot link unless it uses its metadata document.
    .remedy = Accept https redirect URIs with any path.
register-codex = Codex's registration is accepted
    .effect = Codex cannot link unless it uses its metadata document.
    .remedy = Accept http redirect URIs of loopback addresses, and application_type.
register-cursor = Cursor's registration is accepted
    .effect = Cursor shows no way to sign in: one refused address is all of them refused.
    .remedy = Accept cursor://anysphere.cursor-mcp/oauth/callback, complete and exact, beside https and loopback addresses.
register-vscode = VS Code's registration is accepted
    .effect = VS Code cannot link unless it uses its metadata document.
    .remedy = Accept loopback addresses with and without a port, and drop grant types that you do not know instead of refusing.
register-inspector = The MCP Inspector's registration is accepted
    .effect = The MCP Inspector cannot link.
    .remedy = Accept http redirect URIs of localhost.
register-mcp-remote = mcp-remote's registration is accepted
    .effect = mcp-remote cannot link.
    .remedy = Take registered scopes as advice: accept scopes that you do not know.
register-goose = Goose's registration is accepted
    .effect = Goose cannot link.
    .remedy = Accept http redirect URIs of 127.0.0.1, and application_type.
register-answer = A registration is answered with what was registered
    .effect = Strict agents do not read the answer.
    .remedy = Echo the redirect URIs as they came, leave out null members, send client_secret_expires_at with a secret, and give no client id that begins with https://.
register-refuses = A dangerous redirect URI is refused
    .effect = A registered address could run a script in the shopper's browser.
    .remedy = Answer with HTTP 400 and invalid_redirect_uri.
register-no-store = An answer to a registration is not stored
    .effect = A cache could hand out somebody's client.
    .remedy = Send Cache-Control: no-store.

## Where the shopper is sent

authorize-accepts = A good authorization request is accepted
    .effect = The shopper sees an error.
    .remedy = Accept resource, state and S256 as this request has them.
authorize-plain = A request without resource is accepted
    .effect = Platforms that do not know of resources, and some that forget it, see an error.
    .remedy = Take the issuer's only resource where none is named.
authorize-tolerant = An odd authorization request is accepted
    .effect = Claude's shoppers see an error.
    .remedy = Drop unknown scopes and parameters, and accept prompt=consent, nonce, response_mode=query and stray spaces.
authorize-no-scope = A request without a scope is accepted
    .effect = Claude Code's shoppers see an error.
    .remedy = Take a small set of scopes where none is named.
authorize-port = A loopback redirect may have any port
    .effect = Programs on the shopper's computer cannot receive the answer.
    .remedy = Leave the port of a loopback address out of the comparison, and nothing else.
authorize-pkce = A request without PKCE is refused
    .effect = A stolen code can be redeemed.
    .remedy = Demand a code_challenge with S256 of every client.
authorize-unknown-client = An unknown client gets a page
    .effect = A shopper could be sent to an address that nobody has checked.
    .remedy = Show a page that says how to connect afresh, and never redirect.
authorize-foreign-redirect = An unregistered redirect URI gets a page
    .effect = Codes could be sent to anybody.
    .remedy = Compare redirect URIs character for character, and show a page when they differ.
authorize-redirect = Answers go back by 302 or 303
    .effect = Claude says "Method Not Allowed" after the shopper has consented.
    .remedy = Never answer with 307 or 308 there: they send the form on.
cimd-page = An unknown metadata document gets a page
    .effect = An agent with a metadata document ends in a blank error.
    .remedy = Say on a page that the agent's document could not be read, and never redirect.
iss-sent = Answers carry iss, as promised
    .effect = Codex, Goose and the Python SDK refuse the answer.
    .remedy = Send iss with every redirect, errors included, or take the promise out of the metadata.
iss-right = The iss of answers is the issuer
    .effect = Agents refuse the answer.
    .remedy = Send the issuer character for character.
state-echoed = Answers carry state as it came
    .effect = Agents refuse the answer.
    .remedy = Send state back unchanged.

## Where tokens are made and ended

token-form = The token endpoint takes forms
    .effect = No agent gets a token.
    .remedy = Read application/x-www-form-urlencoded.
token-json = The token endpoint's errors are JSON
    .effect = Agents do not understand what is wrong, and Claude does not link.
    .remedy = Answer with {"{"}"error": "…"{"}"} and application/json, also from what stands in front of the server.
token-unknown-client = An unknown client is told by HTTP 401 and invalid_client
    .effect = An agent that was forgotten never registers again.
    .remedy = Answer with 401 and invalid_client.
token-bad-code = A bad code is told by HTTP 400 and invalid_grant
    .effect = Agents do not know that they have to begin again.
    .remedy = Answer with 400 and invalid_grant.
token-no-store = Answers of the token endpoint are not stored
    .effect = A cache could hand out somebody's token.
    .remedy = Send Cache-Control: no-store with every answer.
revoke-answers = Giving back an unknown token is answered with HTTP 200
    .effect = Disconnecting looks like a failure.
    .remedy = Answer with 200 whether the token was known or not.

## With an access token

given-token-accepted = The given token is accepted
    .effect = Agents have a token and cannot use it.
    .remedy = Compare the issuer and the audience that the server expects with those of the token.
given-token-claims = The given token is for this server, from this issuer
    .effect = The server cannot tell its own tokens from others.
    .remedy = Make tokens with the resource as their only audience.
expired-token = An expired token is refused with invalid_token
    .effect = A token never ends, or agents do not know that they should refresh.
    .remedy = Answer with 401 and error="invalid_token".
tampered-token = A changed token is refused with invalid_token
    .effect = Anybody can make tokens.
    .remedy = Verify the signature of every token.
insufficient-scope = A missing permission is told by HTTP 403 and insufficient_scope
    .effect = Agents cannot ask the shopper for what is missing.
    .remedy = Answer with 403, error="insufficient_scope" and the scopes that the call needs.
burst-limited = Too many calls are told by HTTP 429 and Retry-After
    .effect = One agent can slow the store down for everybody.
    .remedy = Limit the calls of a connection, and say when to come back.

## The console's page

console-health = What agents see
health-title = What agents see
health-lead = Looks at this environment from outside, as ChatGPT, Claude and Google do when somebody adds the store.
health-look = Look now
health-look-hint = It takes up to 20 seconds. It registers a few agents named “Tillgate doctor”, which are unused and go by themselves.
health-looked = Looked just now. Below is what was seen.
health-busy = Somebody is looking just now. Reload this page in a few seconds.
health-never = Nobody has looked since the server was started.
health-no-server = This environment has no MCP server. Add one with the command “tillgate resource add”.
health-partial = There was no time for every server.
health-looked-at = Looked
health-loopback = This address is on your own machine, where no hosted platform comes. It is judged as if they could.
health-links = Links
health-links-but = Links, but
health-will-not-link = Will not link
health-unknown = Unknown
health-others = The other platforms
health-also = Also found
health-seen = Seen
health-expected = Expected
health-check = Check

## The command

doctor-target = { $address } as agents see it
doctor-reached-issuer = This is an authorization server, not an MCP server: agents are given the MCP server's address. What follows is only about the authorization server.
doctor-loopback = This address is on your own machine, where no hosted platform comes. It is judged as if they could.
doctor-registered = Clients were registered to see whether that works. They are unused and expire; --no-register leaves this out.
doctor-unreached = Nothing could be examined: { $reason }
doctor-self-test = Self-test
doctor-platforms = Platforms
doctor-findings = Findings
doctor-no-findings = Nothing was found that is not as it should be.
doctor-summary = { $passed } checks passed, { $failed } failed.
doctor-step-passed = passed
doctor-step-failed = failed: { $check }
