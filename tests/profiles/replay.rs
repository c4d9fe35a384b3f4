//! One platform's way to introduce itself, in one revision, from the first refused call to the last: what it is known to send,
//! in the order in which it sends it, against the real authorization server and the store's MCP server.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tillgate::keys::random;
use url::Url;

use crate::client::Client;
use crate::profile::{Introduction, Kind, Profile};
use crate::support::agent::challenge;
use crate::support::jwt::claims;
use crate::support::store::REVISIONS;
use crate::support::{Answer, App, Browser, Documents, Tokens, http};

/// The store sells this.
const TEA: &str = "sencha-kagoshima-50-g";

pub struct Play<'a> {
    pub app: &'a App,
    pub documents: &'a Documents,
    pub profile: &'a Profile,
    pub way: &'a Introduction,
    pub revision: &'static str,
}

/// What discovery brought.
#[derive(Default)]
pub struct Found {
    challenge_scope: String,
    resource: Value,
    pub server: Value,
}

/// Of a member of the challenge, what is between its quotation marks.
fn member(answer: &Answer, name: &str) -> String {
    let challenge = answer.header("www-authenticate");
    let value = challenge.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap_or_default());
    value.unwrap_or_default().to_owned()
}

fn words(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

fn split(scope: &str) -> Vec<String> {
    scope.split_ascii_whitespace().map(str::to_owned).collect()
}

async fn get(url: &str, headers: &BTreeMap<String, String>) -> Value {
    let request = headers.iter().fold(http().get(url), |request, (name, value)| request.header(name, value));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 200, "{url}: {}", answer.body);
    assert!(answer.header("content-type").starts_with("application/json"), "{url}");
    answer.json()
}

impl Play<'_> {
    /// All of it. Panics where the platform would be stuck.
    pub async fn run(&self) {
        let found = self.discover().await;
        assert_eq!(self.way.missing(&found.server), Vec::<&str>::new(), "the platform would not go this way");
        let client = Client::introduce(self).await;
        let mut browser = Browser::new();
        let first = self.authorize(&mut browser, &client, &found, self.scope(&found)).await;
        self.shops(&first).await;
        let second = self.refresh(&client, &first).await;
        self.shops(&second).await;
        let third = self.step_up(&mut browser, &client, &found, &second).await;
        self.is_forgotten(&client, &third).await;
        self.disconnect(&mut browser, &client, &third).await;
    }

    fn mcp_url(&self) -> String {
        format!("{}/mcp", self.app.store().origin)
    }

    /// The first call without a token, and where its refusal leads.
    async fn discover(&self) -> Found {
        let refused = self.ask("", "tools/list", json!({})).await;
        assert_eq!(refused.status, 401, "{}", refused.body);
        // H21: an error here would keep a platform from starting.
        assert_eq!(member(&refused, "error"), "");
        let mut found = Found { challenge_scope: member(&refused, "scope"), ..Found::default() };
        for place in &self.profile.discovery.resource_metadata {
            let origin = &self.app.store().origin;
            let url = match place.as_str() {
                "challenge" => member(&refused, "resource_metadata"),
                // AZ06: the header is the only way of the first revision.
                _ if self.revision == REVISIONS[0] => continue,
                "path" => format!("{origin}/.well-known/oauth-protected-resource/mcp"),
                "root" => format!("{origin}/.well-known/oauth-protected-resource"),
                other => panic!("no such place: {other}"),
            };
            found.resource = get(&url, &self.profile.discovery.headers).await;
            assert_eq!(found.resource["resource"], self.mcp_url(), "RFC 9728 §3.3: {url}");
        }
        for name in &self.profile.discovery.server_metadata {
            // AZ06 knows RFC 8414 alone.
            if self.revision == REVISIONS[0] && name != "oauth-authorization-server" {
                continue;
            }
            let issuer = found.resource["authorization_servers"][0].as_str().unwrap().to_owned();
            found.server = get(&format!("{issuer}/.well-known/{name}"), &self.profile.discovery.headers).await;
            assert_eq!(found.server["issuer"], issuer, "RFC 8414 §3.3");
            assert!(words(&found.server["code_challenge_methods_supported"]).contains(&"S256".to_owned()));
        }
        found
    }

    /// The scope that it asks for at first; `None` where it leaves the parameter out.
    fn scope(&self, found: &Found) -> Option<String> {
        let habit = &self.profile.authorization.scope;
        let of = |place: &str| match place {
            "challenge" => split(&found.challenge_scope),
            "resource_metadata" => words(&found.resource["scopes_supported"]),
            "server_metadata" => words(&found.server["scopes_supported"]),
            "fixed" => split(habit.fixed.as_deref().unwrap()),
            "omitted" => Vec::new(),
            other => panic!("no such place: {other}"),
        };
        let mut scope = habit.from.iter().map(|place| of(place)).find(|scope| !scope.is_empty()).unwrap_or_default();
        let listed = words(&found.server["scopes_supported"]);
        let added: Vec<_> = habit.adds.iter().filter(|word| listed.contains(word) && !scope.contains(word)).collect();
        scope.extend(added.into_iter().cloned());
        let text = scope.join(" ");
        // H10.
        let text = if habit.leading_space { format!(" {text}") } else { text };
        (!text.is_empty()).then_some(text)
    }

    /// RFC 8707, as far as the platform sends it.
    fn resource(&self, found: &Found) -> Option<String> {
        match self.profile.authorization.resource.as_str() {
            "server_url" => Some(self.mcp_url()),
            "resource_metadata" => found.resource["resource"].as_str().map(str::to_owned),
            "omitted" => None,
            other => panic!("no such resource: {other}"),
        }
    }

    /// The browser leg, with a shopper who lets it stay connected and gives it what it asks for of the cart, and the code.
    async fn authorize(&self, browser: &mut Browser, client: &Client, found: &Found, scope: Option<String>) -> Tokens {
        let verifier = random::text("");
        let state = self.profile.authorization.state.clone().unwrap_or_else(|| random::text("state-"));
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", client.id.clone()),
            ("code_challenge", challenge(&verifier)),
            ("code_challenge_method", "S256".to_owned()),
            ("redirect_uri", client.redirect_uri.clone()),
            ("state", state.clone()),
        ];
        parameters.extend(scope.map(|scope| ("scope", scope)));
        parameters.extend(self.resource(found).map(|resource| ("resource", resource)));
        let more = self.profile.authorization.parameters.iter();
        parameters.extend(more.map(|(name, value)| (name.as_str(), value.clone())));
        let issuer = &self.app.live().issuer;
        let url = Url::parse_with_params(&format!("{issuer}/authorize"), &parameters).unwrap();

        let page = browser.reach_consent(&url, self.app.live()).await;
        assert_eq!(page.status, 200, "{}: {}", page.url, page.body);
        self.is_named(client, &page.body);
        let mut form = page.form("Allow");
        for field in
            form.fields.iter_mut().filter(|field| field.value == "offline_access" || field.value == "cart:write")
        {
            field.is_sent = true;
        }
        let back = browser.press(&page, &form, "Allow").await;
        let left_for = back.left_for.as_ref().unwrap_or_else(|| panic!("{}: {}", back.status, back.body));
        assert!(left_for.as_str().starts_with(&client.redirect_uri), "{left_for}");
        assert_eq!(back.status, 303, "A40, H16");
        assert_eq!(back.sent_back("state"), Some(state), "A8: as it was sent");
        assert_eq!(back.sent_back("iss").as_ref(), Some(issuer), "A35");
        let code = back.sent_back("code").unwrap_or_else(|| panic!("{left_for}"));
        self.redeem(client, found, &code, &verifier).await
    }

    /// D15, A38: the shopper is shown whose client it is, as far as anybody can know, and where the answer goes.
    fn is_named(&self, client: &Client, page: &str) {
        let redirect_uri = Url::parse(&client.redirect_uri).unwrap();
        let shown = match redirect_uri.scheme() {
            "http" | "https" => redirect_uri.host_str().unwrap().to_owned(),
            private_use => private_use.to_owned(),
        };
        assert!(page.contains(&shown), "A38: {shown} is not on the page");
        if self.way.kind == Kind::Cimd {
            let host = Url::parse(&client.id).unwrap().host_str().unwrap().to_owned();
            assert!(page.contains(&host), "D15: {host} is not on the page");
        }
    }

    async fn redeem(&self, client: &Client, found: &Found, code: &str, verifier: &str) -> Tokens {
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", client.redirect_uri.clone()),
            ("code_verifier", verifier.to_owned()),
        ];
        if self.profile.token.resource {
            form.extend(self.resource(found).map(|resource| ("resource", resource)));
        }
        let answer = client.post(self, "/token", form).await;
        let tokens = answer.tokens();
        let json = answer.json();
        // H22: what strict readers of tokens want.
        assert!(json["expires_in"].is_u64() && json["token_type"] == "Bearer", "{}", answer.body);
        assert!(json.as_object().unwrap().values().all(|value| !value.is_null()), "{}", answer.body);
        assert!(!tokens.refresh.is_empty(), "H7: without it the user signs in every hour");
        tokens
    }

    /// The handshake of its revision, the list of tools, a search, and what it sees with a token that is no good.
    async fn shops(&self, tokens: &Tokens) {
        let token = tokens.access.as_str();
        if self.profile.mcp.discovers || self.revision == REVISIONS[2] {
            let answer = self.ask(token, "server/discover", json!({})).await;
            assert!(!answer.status.is_server_error(), "{}", answer.body);
        }
        if self.revision != REVISIONS[2] {
            self.shakes_hands(token).await;
        }
        let tools = self.ask(token, "tools/list", json!({})).await;
        assert!(tools.json()["result"]["tools"].is_array(), "{}", tools.body);
        let search = json!({ "name": "search_products", "arguments": { "query": "tea", "limit": 1 } });
        let answer = self.ask(token, "tools/call", search.clone()).await;
        assert_eq!(answer.json()["result"]["isError"], false, "{}", answer.body);
        let answer = self.ask("nonsense", "tools/call", search).await;
        self.sees("bad_access_token", &answer, &member(&answer, "error"));
    }

    async fn shakes_hands(&self, token: &str) {
        let own = self.profile.mcp.initialize.protocol_version.as_str();
        // One that is older than all that are replayed is sent as it is.
        let version = if REVISIONS.contains(&own) { self.revision } else { own };
        let info = self.profile.mcp.initialize.client_info.clone();
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": info });
        let answer = self.ask(token, "initialize", params).await;
        let agreed = answer.json()["result"]["protocolVersion"].as_str().unwrap_or_default().to_owned();
        assert!(agreed == version || !REVISIONS.contains(&version), "{}", answer.body);
        let answer = self.ask(token, "notifications/initialized", json!({})).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    }

    /// A message as this platform sends it in this revision.
    async fn ask(&self, token: &str, method: &str, params: Value) -> Answer {
        let caller = self.app.store().caller(token).speaking(self.revision);
        let (mut headers, mut body) = caller.message(method, params);
        let opens = method == "initialize" || !self.profile.mcp.protocol_header;
        if self.revision != REVISIONS[2] && opens {
            headers.retain(|(name, _)| *name != "mcp-protocol-version");
        }
        if method.starts_with("notifications/") {
            body.as_object_mut().unwrap().remove("id");
        }
        let request =
            headers.iter().fold(caller.bare(Method::POST), |request, (name, value)| request.header(*name, value));
        let more = self.profile.mcp.headers.iter();
        let request = more.fold(request, |request, (name, value)| request.header(name, value));
        Answer::of(request.body(body.to_string()).send().await.unwrap()).await
    }

    async fn refresh(&self, client: &Client, tokens: &Tokens) -> Tokens {
        let mut form = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone())];
        if self.profile.refresh.resource {
            form.push(("resource", self.mcp_url()));
        }
        match self.profile.refresh.scope.as_str() {
            "omitted" => {}
            // H13: whether it was granted or not.
            "granted_and_offline_access" => {
                let granted = tokens.scope.replace(" offline_access", "");
                form.push(("scope", format!("{granted} offline_access")));
            }
            other => panic!("no such scope: {other}"),
        }
        let fresh = client.post(self, "/token", form).await.tokens();
        assert_ne!(fresh.access, tokens.access);
        assert_ne!(fresh.refresh, tokens.refresh, "A51");
        assert_eq!(fresh.scope, tokens.scope);
        fresh
    }

    /// A call that needs more than it has, and the authorization that follows from the refusal.
    async fn step_up(&self, browser: &mut Browser, client: &Client, found: &Found, tokens: &Tokens) -> Tokens {
        let add = json!({ "name": "add_to_cart", "arguments": { "variant_id": TEA, "quantity": 1 } });
        let refused = self.ask(&tokens.access, "tools/call", add.clone()).await;
        if split(&tokens.scope).contains(&"cart:write".to_owned()) {
            assert_eq!(refused.json()["result"]["isError"], false, "{}", refused.body);
            return Tokens::clone(tokens);
        }
        self.sees("missing_scope", &refused, &member(&refused, "error"));
        // C-3, H20: hosts that see only the result can read it there.
        assert_eq!(refused.json()["result"]["isError"], true, "{}", refused.body);
        let asked = split(&member(&refused, "scope"));
        assert!(
            asked.contains(&"cart:write".to_owned()) && !asked.contains(&"offline_access".to_owned()),
            "B24: {asked:?}"
        );
        let scope = match self.profile.step_up.scope.as_str() {
            "challenge" => asked,
            "union" => split(&tokens.scope).into_iter().chain(asked).collect(),
            "fixed" => split(self.profile.authorization.scope.fixed.as_deref().unwrap()),
            other => panic!("no such step-up: {other}"),
        };
        let fresh = self.authorize(browser, client, found, Some(scope.join(" "))).await;
        let answer = self.ask(&fresh.access, "tools/call", add).await;
        assert_eq!(answer.json()["result"]["isError"], false, "{}", answer.body);
        fresh
    }

    /// H14: as if its registration had been pruned.
    async fn is_forgotten(&self, client: &Client, tokens: &Tokens) {
        let form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", tokens.refresh.clone()),
            ("client_id", "c1_of-long-ago".to_owned()),
        ];
        let answer = client.post_bare(self, "/token", &form).await;
        self.sees("unknown_client", &answer, &answer.error());
    }

    /// It is disconnected, as it says so or by the shopper; then nothing of it works, and it is told why.
    async fn disconnect(&self, browser: &mut Browser, client: &Client, tokens: &Tokens) {
        match self.profile.disconnect.revokes.as_str() {
            "refresh_token" => {
                let answer = client.post(self, "/revoke", vec![("token", tokens.refresh.clone())]).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                self.is_over(client, tokens).await;
                self.shopper_disconnects(browser, tokens).await;
            }
            "nothing" => {
                self.shopper_disconnects(browser, tokens).await;
                self.is_over(client, tokens).await;
            }
            other => panic!("no such end: {other}"),
        }
    }

    async fn shopper_disconnects(&self, browser: &mut Browser, tokens: &Tokens) {
        let grant = claims(&tokens.access)["grant_id"].as_str().unwrap().to_owned();
        let url = format!("{}/account/agents/disconnect?grant={grant}", self.app.live().issuer);
        let page = browser.open(&url.parse().unwrap()).await;
        browser.press(&page, &page.form("Disconnect"), "Disconnect").await;
    }

    async fn is_over(&self, client: &Client, tokens: &Tokens) {
        let form = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone())];
        let answer = client.post(self, "/token", form).await;
        self.sees("dead_refresh_token", &answer, &answer.error());
        let began = Instant::now();
        while self.ask(&tokens.access, "tools/list", json!({})).await.status != 401 {
            assert!(began.elapsed() < Duration::from_secs(5), "the store still takes the token");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// That this is what the platform acts on in this situation.
    fn sees(&self, situation: &str, answer: &Answer, error: &str) {
        let expected = &self.profile.on_error[situation].sees;
        let expected = (expected.status, expected.error.as_deref().unwrap_or_default());
        assert_eq!((answer.status.as_u16(), error), expected, "{situation}: {}", answer.body);
    }
}
