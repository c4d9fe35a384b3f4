//! An agent: it registers, asks with PKCE, redeems, refreshes and revokes. What it sends is written out, so that a test can
//! change any of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tillgate::keys::random;
use url::Url;

use super::{Browser, Key, Shop, http};

pub const CALLBACK: &str = "https://agent.example/callback";

/// What an endpoint answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn of(answer: reqwest::Response) -> Self {
        let (status, headers) = (answer.status(), answer.headers().clone());
        Self { status, headers, body: answer.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.body))
    }

    /// The `error` member, or nothing.
    pub fn error(&self) -> String {
        self.json().get("error").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The tokens, where there have to be some.
    pub fn tokens(&self) -> Tokens {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let json = self.json();
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Tokens { access: text("access_token"), refresh: text("refresh_token"), scope: text("scope") }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub scope: String,
}

/// A request under way, with what only its agent knows.
#[derive(Debug, Clone)]
pub struct Asking {
    pub url: Url,
    pub verifier: String,
    pub state: String,
}

/// Clone one to have a second process of the same installation.
#[derive(Clone)]
pub struct Agent {
    pub http: Client,
    pub issuer: String,
    pub resource: String,
    pub client_id: String,
    pub secret: Option<String>,
    /// Signs every request of its own (`private_key_jwt`).
    pub key: Option<Key>,
}

pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

impl Agent {
    /// Known to the shop by this id, or by the document that it is the address of.
    pub fn of(shop: &Shop, client_id: &str) -> Self {
        let (issuer, resource) = (shop.issuer.clone(), shop.resource.clone());
        Self { http: http(), issuer, resource, client_id: client_id.to_owned(), secret: None, key: None }
    }

    pub async fn register(shop: &Shop) -> Self {
        let metadata = json!({"client_name": "Helpful Agent", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]});
        Self::register_as(shop, &metadata).await
    }

    pub async fn register_as(shop: &Shop, metadata: &Value) -> Self {
        let answer =
            Answer::of(http().post(format!("{}/register", shop.issuer)).json(metadata).send().await.unwrap()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let json = answer.json();
        let secret = json["client_secret"].as_str().map(str::to_owned);
        Self { secret, ..Self::of(shop, json["client_id"].as_str().unwrap()) }
    }

    /// Proves itself by `key`, which it brings along in its metadata.
    pub async fn register_with_key(shop: &Shop, key: &Key) -> Self {
        let metadata = json!({
            "client_name": "Agent with a key",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [key.public] },
        });
        Self { key: Some(key.clone()), ..Self::register_as(shop, &metadata).await }
    }

    /// The parameters of an authorization request that is as it should be.
    pub fn parameters(&self, scopes: &str) -> (Vec<(&'static str, String)>, String, String) {
        let (verifier, state) = (random::text(""), random::text("state-"));
        let parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client_id.clone()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("scope", scopes.to_owned()),
            ("resource", self.resource.clone()),
            ("state", state.clone()),
            ("code_challenge", challenge(&verifier)),
            ("code_challenge_method", "S256".to_owned()),
        ];
        (parameters, verifier, state)
    }

    /// The same without one of the parameters.
    pub fn ask_without(&self, name: &str, scopes: &str) -> Asking {
        let (mut parameters, verifier, state) = self.parameters(scopes);
        parameters.retain(|(key, _)| *key != name);
        Asking { url: self.authorize_url(&parameters), verifier, state }
    }

    pub fn ask(&self, scopes: &str) -> Asking {
        let (parameters, verifier, state) = self.parameters(scopes);
        Asking { url: self.authorize_url(&parameters), verifier, state }
    }

    pub fn authorize_url(&self, parameters: &[(&str, String)]) -> Url {
        Url::parse_with_params(&format!("{}/authorize", self.issuer), parameters).unwrap()
    }

    /// Sends the shopper, who allows everything, and redeems the code.
    pub async fn connect(&self, browser: &mut Browser, shop: &Shop, scopes: &str) -> Tokens {
        let (code, verifier) = self.obtain_code(browser, shop, scopes).await;
        self.redeem(&code, &verifier).await.tokens()
    }

    pub async fn obtain_code(&self, browser: &mut Browser, shop: &Shop, scopes: &str) -> (String, String) {
        let asking = self.ask(scopes);
        let page = browser.reach_consent(&asking.url, shop).await;
        let back = browser.allow_everything(&page).await;
        assert_eq!(back.sent_back("state").as_ref(), Some(&asking.state), "{}", back.body);
        assert_eq!(back.sent_back("iss").as_ref(), Some(&self.issuer), "RFC 9207");
        (back.sent_back("code").unwrap(), asking.verifier)
    }

    pub fn redemption(&self, code: &str, verifier: &str) -> Vec<(&'static str, String)> {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("client_id", self.client_id.clone()),
            ("code_verifier", verifier.to_owned()),
            ("resource", self.resource.clone()),
        ]
    }

    pub async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        self.post("/token", &self.redemption(code, verifier)).await
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.refresh_with(refresh_token, &[]).await
    }

    pub async fn refresh_with(&self, refresh_token: &str, more: &[(&'static str, String)]) -> Answer {
        let mut form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh_token.to_owned()),
            ("client_id", self.client_id.clone()),
        ];
        form.extend(more.iter().cloned());
        self.post("/token", &form).await
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", &[("token", token.to_owned()), ("client_id", self.client_id.clone())]).await
    }

    pub async fn post(&self, path: &str, form: &[(&'static str, String)]) -> Answer {
        let mut form = form.to_vec();
        form.extend(self.secret.clone().map(|secret| ("client_secret", secret)));
        if let Some(key) = &self.key {
            form.extend(assertion(&key.assertion(&self.client_id, &self.issuer)));
        }
        Answer::of(self.http.post(format!("{}{path}", self.issuer)).form(&form).send().await.unwrap()).await
    }
}

/// RFC 7523 §2.2.
pub fn assertion(signed: &str) -> [(&'static str, String); 2] {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
    [("client_assertion_type", kind), ("client_assertion", signed.to_owned())]
}

impl Shop {
    /// A page or an endpoint of the issuer.
    pub fn address(&self, path: &str) -> Url {
        format!("{}{path}", self.issuer).parse().unwrap()
    }

    /// What the store's resource server is told about a token.
    pub async fn introspect(&self, token: &str) -> Answer {
        let request = http()
            .post(format!("{}/introspect", self.issuer))
            .basic_auth(&self.resource_id, Some(&self.resource_secret));
        Answer::of(request.form(&[("token", token)]).send().await.unwrap()).await
    }

    /// Whether a token works at the store's resource server.
    pub async fn accepts(&self, token: &str) -> bool {
        let answer = self.introspect(token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["active"] == true
    }
}
