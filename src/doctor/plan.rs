//! Which questions come next, from what was seen so far. An examination asks in rounds: each needs answers of those before.

use serde_json::{Value, json};
use url::Url;

use crate::domain::network::is_loopback_host;

use super::body::Body;
use super::facts::{Facts, appended, client_id, inserted, origin, some_client};
use super::given::{expiry, harmless_tool, lacked_tool, tampered};
use super::observation::{Method, Observations, Probe, Request};
use super::public::guarded;
use super::server::is_safe;

/// How many rounds there are.
pub const ROUNDS: usize = 7;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const ACCEPT: &str = "application/json, text/event-stream";
const OLD: &str = "2025-06-18";
pub(super) const STABLE: &str = "2025-11-25";
const NEW: &str = "2026-07-28";
/// RFC 2606 §2: nobody has these names, and no resolver finds them.
const NOBODYS_ORIGIN: &str = "https://doctor.invalid";
const NOBODYS_DOCUMENT: &str = "https://doctor.invalid/client.json";
/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// What a browser-based agent asks leave to send: to metadata, to the token endpoint, to the MCP endpoint (A18, B55).
pub(super) const METADATA_HEADERS: &str = "mcp-protocol-version";
pub(super) const TOKEN_HEADERS: &str = "authorization, content-type";
pub(super) const MCP_HEADERS: &str =
    "authorization, content-type, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id";
/// H18: the Inspector's page.
const PAGE: &str = "http://localhost:6274";
/// Sent back by every redirect.
pub(super) const STATE: &str = "tillgate-doctor";

type Questions = Vec<(Probe, Request)>;

/// The questions of a round, the first being 0.
pub fn questions(seen: &Observations, round: usize) -> Questions {
    let mut questions = match round {
        0 => at_the_resource(seen),
        1 => guarded(seen).map(|request| (Probe::GuardedTool, request)).into_iter().collect(),
        2 => where_the_challenge_points(seen),
        3 => at_the_issuer(seen),
        4 => at_the_endpoints(seen),
        5 => with_a_client(seen),
        6 => with_a_token(seen),
        _ => Vec::new(),
    };
    // What is plain http on somebody's network is a finding, and nothing is sent there; and what a server elsewhere says of
    // addresses on this machine is not followed.
    let (own, is_here) = (origin(&seen.target), is_on_this_machine(&seen.target));
    questions.retain(|(_, request)| {
        (is_safe(&request.url) || origin(&request.url) == own) && (is_here || !is_on_this_machine(&request.url))
    });
    if let Some(origins) = &seen.options.only_origins {
        questions.retain(|(_, request)| origin(&request.url).is_some_and(|origin| origins.contains(&origin)));
    }
    questions
}

fn is_on_this_machine(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_loopback_host(&url))
}

/// A JSON-RPC request as a client of that revision sends it.
pub(super) fn message(url: &str, revision: &str, method: &str, mut params: Value) -> Request {
    if let Some(params) = params.as_object_mut().filter(|_| revision == NEW) {
        let about = json!({
            "io.modelcontextprotocol/protocolVersion": revision,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        params.insert("_meta".to_owned(), about);
    }
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let request = Request::post(url, JSON, body).with("accept", ACCEPT).with("mcp-protocol-version", revision);
    if revision == NEW { request.with("mcp-method", method) } else { request }
}

pub(super) fn initialize(url: &str, revision: &str) -> Request {
    let about = json!({ "name": "tillgate-doctor", "version": env!("CARGO_PKG_VERSION") });
    let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": about });
    message(url, revision, "initialize", params)
}

fn preflight(url: &str, page: &str, method: &str, headers: &str) -> Request {
    let request = Request { method: Method::Options, ..Request::get(url) };
    request
        .with("origin", page)
        .with("access-control-request-method", method)
        .with("access-control-request-headers", headers)
}

fn at_the_resource(seen: &Observations) -> Questions {
    let url = &seen.target;
    let own = origin(url).unwrap_or_default();
    let root = format!("{own}/.well-known/oauth-protected-resource");
    let with_query = format!("{url}{}access_token=tillgate-doctor", if url.contains('?') { '&' } else { '?' });
    let mut questions = vec![
        (Probe::Initialize, initialize(url, STABLE)),
        (Probe::InitializeOld, initialize(url, OLD)),
        (Probe::Discover, message(url, NEW, "server/discover", json!({}))),
        (Probe::ListTools, message(url, STABLE, "tools/list", json!({}))),
        (Probe::ForeignOrigin, initialize(url, STABLE).with("origin", NOBODYS_ORIGIN)),
        (Probe::QueryToken, initialize(&with_query, STABLE)),
        // Pages of its own may always call it; whose others may is the store's decision (B31).
        (Probe::McpPreflight, preflight(url, &own, "POST", MCP_HEADERS)),
        (Probe::ResourceRoot, Request::get(root).with("origin", PAGE)),
    ];
    if let Some(place) = inserted(url, "oauth-protected-resource") {
        questions.push((Probe::ResourcePreflight, preflight(&place, PAGE, "GET", METADATA_HEADERS)));
        questions.push((Probe::ResourceInserted, Request::get(place).with("origin", PAGE)));
    }
    questions.extend(inserted(url, "oauth-authorization-server").map(|place| (Probe::Typed, Request::get(place))));
    questions
}

fn where_the_challenge_points(seen: &Observations) -> Questions {
    let facts = Facts::of(seen);
    let place = facts.challenge.as_ref().and_then(|challenge| challenge.get("resource_metadata"));
    place.map(|place| (Probe::ResourceByHeader, Request::get(place).with("origin", PAGE))).into_iter().collect()
}

fn at_the_issuer(seen: &Observations) -> Questions {
    let Some(issuer) = Facts::of(seen).issuer else { return Vec::new() };
    let get = |place: String| Request::get(place).with("origin", PAGE);
    let mut questions = Vec::new();
    if let Some(place) = inserted(&issuer, "oauth-authorization-server") {
        questions.push((Probe::Oauth, get(place)));
    }
    questions.extend(inserted(&issuer, "openid-configuration").map(|place| (Probe::OpenidInserted, get(place))));
    questions.push((Probe::OpenidAppended, get(appended(&issuer, "openid-configuration"))));
    questions
}

/// An authorization request; `None` leaves a parameter out.
fn authorize(endpoint: &str, parameters: &[(&str, Option<&str>)]) -> Option<Request> {
    let mut url = Url::parse(endpoint).ok()?;
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    url.query_pairs_mut().extend_pairs(given);
    Some(Request::get(url.to_string()).with("accept", "text/html"))
}

fn form(url: &str, pairs: &[(&str, &str)]) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Request::post(url, FORM, body).with("accept", JSON).with("origin", PAGE)
}

fn at_the_endpoints(seen: &Observations) -> Questions {
    let facts = Facts::of(seen);
    let mut questions = Vec::new();
    if let Some(place) = facts.server_place.and_then(|place| seen.url(place)) {
        questions.push((Probe::ServerPreflight, preflight(place, PAGE, "GET", METADATA_HEADERS)));
    }
    if let Some(keys) = facts.endpoint("jwks_uri") {
        questions.push((Probe::Keys, Request::get(keys).with("origin", PAGE)));
        questions.push((Probe::KeysPreflight, preflight(keys, PAGE, "GET", METADATA_HEADERS)));
    }
    if let Some(token) = facts.endpoint("token_endpoint") {
        let unknown = [
            ("grant_type", "authorization_code"),
            ("code", "tillgate-doctor"),
            ("redirect_uri", "http://127.0.0.1/callback"),
            ("client_id", "tillgate-doctor"),
            ("code_verifier", CHALLENGE),
        ];
        questions.push((Probe::TokenUnknown, form(token, &unknown)));
        questions.push((Probe::TokenPreflight, preflight(token, PAGE, "POST", TOKEN_HEADERS)));
    }
    if let Some(revoke) = facts.endpoint("revocation_endpoint") {
        questions.push((Probe::RevokePreflight, preflight(revoke, PAGE, "POST", TOKEN_HEADERS)));
    }
    if let Some(endpoint) = facts.endpoint("authorization_endpoint") {
        for (probe, client) in
            [(Probe::AuthorizeUnknown, "tillgate-doctor"), (Probe::AuthorizeDocument, NOBODYS_DOCUMENT)]
        {
            let parameters = [
                ("response_type", Some("code")),
                ("client_id", Some(client)),
                ("redirect_uri", Some("https://doctor.invalid/callback")),
                ("state", Some(STATE)),
                ("code_challenge", Some(CHALLENGE)),
                ("code_challenge_method", Some("S256")),
            ];
            questions.extend(authorize(endpoint, &parameters).map(|request| (probe, request)));
        }
    }
    questions.extend(registrations(seen, &facts));
    questions
}

fn registrations(seen: &Observations, facts: &Facts) -> Questions {
    let Some(endpoint) = facts.endpoint("registration_endpoint") else { return Vec::new() };
    let mut questions = vec![(Probe::RegisterPreflight, preflight(endpoint, PAGE, "POST", "content-type"))];
    if seen.options.register {
        let post =
            |body: Value| Request::post(endpoint, JSON, body.to_string()).with("accept", JSON).with("origin", PAGE);
        let scope = facts.scopes().join(" ");
        questions.extend(Body::ALL.map(|body| (Probe::Register(body), post(body.json(&scope)))));
        let bad = json!({ "client_name": "Tillgate doctor", "redirect_uris": ["javascript:alert(1)"] });
        questions.push((Probe::RegisterBad, post(bad)));
    }
    questions
}

fn with_a_client(seen: &Observations) -> Questions {
    let facts = Facts::of(seen);
    let Some((client, redirect)) = some_client(seen) else { return Vec::new() };
    let mut questions = Vec::new();
    if let Some(endpoint) = facts.endpoint("authorization_endpoint") {
        let resource = facts.resource.as_ref().and_then(|document| document.get("resource")?.as_str());
        let mut scopes = facts.scopes();
        if scopes.is_empty() {
            scopes = facts.server_list("scopes_supported").unwrap_or_default();
        }
        let scope = scopes.join(" ");
        questions = authorizations(endpoint, (&client, redirect), &scope, resource);
        // H1: the port is known at run time only.
        if let Some(local) = client_id(seen, Body::ClaudeCode) {
            let other_port = "http://localhost:61234/callback";
            let good = good((&local, other_port), Some(&scope), resource);
            questions.extend(authorize(endpoint, &good).map(|request| (Probe::AuthorizePort, request)));
        }
    }
    if let Some(token) = facts.endpoint("token_endpoint") {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", "tillgate-doctor"),
            ("redirect_uri", redirect),
            ("client_id", &client),
            ("code_verifier", CHALLENGE),
        ];
        questions.push((Probe::TokenBadCode, form(token, &pairs)));
    }
    if let Some(revoke) = facts.endpoint("revocation_endpoint") {
        questions.push((Probe::Revoke, form(revoke, &[("token", "tillgate-doctor"), ("client_id", &client)])));
    }
    questions
}

fn good<'a>(
    (client, redirect): (&'a str, &'a str),
    scope: Option<&'a str>,
    resource: Option<&'a str>,
) -> Vec<(&'a str, Option<&'a str>)> {
    vec![
        ("response_type", Some("code")),
        ("client_id", Some(client)),
        ("redirect_uri", Some(redirect)),
        ("scope", scope.filter(|scope| !scope.is_empty())),
        ("state", Some(STATE)),
        ("code_challenge", Some(CHALLENGE)),
        ("code_challenge_method", Some("S256")),
        ("resource", resource),
    ]
}

fn authorizations(endpoint: &str, client: (&str, &str), scope: &str, resource: Option<&str>) -> Questions {
    let all = || good(client, Some(scope), resource);
    let but = |name: &str, value: Option<&'static str>| -> Vec<_> {
        all().into_iter().map(|(found, old)| if found == name { (found, value) } else { (found, old) }).collect()
    };
    // H10: a stray space before, H9: scopes that nobody offered, A41: parameters of OpenID Connect and of nobody.
    let odd_scope = format!(" openid profile email {scope}");
    let mut tolerant = good(client, Some(&odd_scope), resource);
    tolerant.extend([
        ("prompt", Some("consent")),
        ("nonce", Some(STATE)),
        ("response_mode", Some("query")),
        ("tillgate_doctor", Some("1")),
    ]);
    let asked = [
        (Probe::AuthorizeGood, all()),
        (Probe::AuthorizePlain, but("resource", None)),
        (Probe::AuthorizeTolerant, tolerant),
        (Probe::AuthorizeNoScope, but("scope", None)),
        (Probe::AuthorizeNoChallenge, {
            let mut without = but("code_challenge", None);
            without.retain(|(name, _)| *name != "code_challenge_method");
            without
        }),
        (Probe::AuthorizeForeign, but("redirect_uri", Some("https://doctor.invalid/callback"))),
        (Probe::AuthorizeError, but("response_type", Some("tillgate-doctor"))),
    ];
    asked.into_iter().filter_map(|(probe, parameters)| Some((probe, authorize(endpoint, &parameters)?))).collect()
}

fn with_a_token(seen: &Observations) -> Questions {
    // Never in the clear to another machine.
    let Some(token) = seen.options.token.as_deref().filter(|_| is_safe(&seen.target)) else { return Vec::new() };
    let url = &seen.target;
    let bearer = |token: &str| format!("Bearer {token}");
    if seen.answer(Probe::GivenTools).is_some() {
        return Vec::new();
    }
    let mut questions = vec![
        (Probe::GivenToken, initialize(url, STABLE).with("authorization", bearer(token))),
        (Probe::GivenTools, message(url, STABLE, "tools/list", json!({})).with("authorization", bearer(token))),
    ];
    if expiry(token).is_none_or(|expires| expires > 0) {
        questions.push((Probe::Tampered, initialize(url, STABLE).with("authorization", bearer(&tampered(token)))));
    }
    questions
}

/// A call of a tool whose permission the token lacks, once the tools are known.
pub fn insufficient(seen: &Observations) -> Option<Request> {
    let token = seen.options.token.as_deref().filter(|_| is_safe(&seen.target))?;
    let tool = lacked_tool(seen)?;
    let params = json!({ "name": tool, "arguments": {} });
    let request = message(&seen.target, STABLE, "tools/call", params);
    Some(request.with("authorization", format!("Bearer {token}")))
}

/// One of many calls in a row: of a tool that only reads, without arguments, since what is limited are calls of tools.
pub fn burst(seen: &Observations) -> Option<Request> {
    let token = seen.options.token.as_deref().filter(|_| seen.options.burst && is_safe(&seen.target))?;
    let params = json!({ "name": harmless_tool(seen)?, "arguments": {} });
    let request = message(&seen.target, STABLE, "tools/call", params);
    Some(request.with("authorization", format!("Bearer {token}")))
}
