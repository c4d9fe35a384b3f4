//! A small OpenID provider on the host of documents, which answers whatever a test lets it: good tokens, and any other.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tillgate::domain::{Clock, Timestamp};
use url::Url;

use super::{App, Browser, Document, Documents, Key, Page, Shop};

pub const ISSUER: &str = "https://id.example";
/// What its button says.
pub const BUTTON: &str = "Continue with Elsewhere";
const SECRET: &str = "of the client";

pub struct Provider {
    pub documents: Documents,
    pub key: Key,
    /// As its discovery document and its id tokens say it.
    pub issuer: &'static str,
    folder: TempDir,
}

/// Sent to the provider: what a test does there.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The authorization request.
    pub url: Url,
    pub nonce: String,
    pub state: String,
}

impl Visit {
    pub fn of(page: &Page) -> Self {
        let url = page.left_for.clone().unwrap_or_else(|| panic!("stayed at {}: {}", page.url, page.body));
        let find = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        Self { nonce: find("nonce"), state: find("state"), url }
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The address to come back to, with these parameters beside the state.
    pub fn back(&self, more: &[(&str, &str)]) -> Url {
        let mut url: Url = self.parameter("redirect_uri").unwrap().parse().unwrap();
        url.query_pairs_mut().append_pair("state", &self.state).extend_pairs(more);
        url
    }
}

impl Provider {
    pub fn start() -> Self {
        let clock = Clock::manual(Timestamp::from_secs(1_800_000_000));
        let provider = Self {
            documents: Documents::start(),
            key: Key::new("ES256", "k1", &clock),
            issuer: ISSUER,
            folder: tempfile::tempdir().unwrap(),
        };
        provider.describe(&json!({}));
        provider.publish(&[&provider.key]);
        let entry = |id: &str, name: &str, more: &str| {
            format!(
                "[[provider]]\nid = \"{id}\"\npreset = \"custom\"\nname = \"{name}\"\nissuer = \"{ISSUER}\"\nclient_id = \"shop\"\nclient_secret = \"{SECRET}\"\n{more}\n"
            )
        };
        let file = format!(
            "{}{}",
            entry("elsewhere", "Elsewhere", ""),
            entry("other", "Other", "for_issuers = [\"https://nobody.example\"]")
        );
        std::fs::write(provider.folder.path().join("providers.toml"), file).unwrap();
        provider
    }

    /// Like Google: whoever is signed in there is never asked once more.
    pub fn cannot_ask_again(&self) {
        self.configure("preset = \"custom\"\nasks_again = false");
    }

    /// Taken for Google itself.
    pub fn as_google(&self) {
        self.configure("preset = \"google\"");
    }

    /// Customer accounts of a shop: their issuer is at Shopify's, they vouch for addresses, and never say when somebody came.
    pub fn as_shopify() -> Self {
        let document = json!({
            "userinfo_endpoint": null,
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "scopes_supported": ["openid", "email", "customer-account-api:full", "customer-account-mcp-api:full"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "sid", "email", "email_verified"],
        });
        let issuer = "https://shopify.com/authentication/12345678";
        Self::of("preset = \"shopify\"\nshop_id = \"12345678\"", issuer, document)
    }

    /// The plugin of `WordPress`: a slash at the end, no subject types, and nothing about addresses.
    pub fn as_wordpress() -> Self {
        let document = json!({"subject_types_supported": null, "scopes_supported": ["openid", "profile"]});
        Self::of("preset = \"wordpress\"\ndomain = \"id.example\"", "https://id.example/", document)
    }

    /// A slash at the end, and both ways to send a secret, of which an application has one.
    pub fn as_auth0() -> Self {
        let document = json!({"token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"]});
        Self::of("preset = \"auth0\"\ndomain = \"id.example\"", "https://id.example/", document)
    }

    /// No slash at the end.
    pub fn as_clerk() -> Self {
        let methods = ["client_secret_basic", "none", "client_secret_post"];
        let document = json!({"token_endpoint_auth_methods_supported": methods});
        Self::of("preset = \"clerk\"\ndomain = \"id.example\"", ISSUER, document)
    }

    /// One that an entry names by its preset and short form, and that describes itself so.
    fn of(entry: &str, issuer: &'static str, mut document: Value) -> Self {
        let provider = Self { issuer, ..Self::start() };
        provider.configure(entry);
        let path = provider.folder.path().join("providers.toml");
        let file = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, file.replacen(&format!("issuer = \"{ISSUER}\"\n"), "", 1)).unwrap();
        document["issuer"] = issuer.into();
        provider.describe(&document);
        provider
    }

    fn configure(&self, preset: &str) {
        let path = self.folder.path().join("providers.toml");
        let file = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, file.replacen("preset = \"custom\"", preset, 1)).unwrap();
    }

    /// An application whose shoppers can sign in here.
    pub async fn app(&self) -> App {
        let file = self.folder.path().join("providers.toml").display().to_string();
        let settings = [("TILLGATE__SIGN_IN__PROVIDERS_FILE", file.as_str()), ("TILLGATE__OUTBOUND__TIMEOUT", "1s")];
        App::start_with_documents(&self.documents, &settings).await
    }

    /// The discovery document, with some members changed, or taken away by `null`.
    pub fn describe(&self, changes: &Value) {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "userinfo_endpoint": format!("{ISSUER}/userinfo"),
            "jwks_uri": format!("{ISSUER}/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let place = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        self.documents.serve(&place, Document::json(&document));
    }

    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.public.clone()).collect();
        self.documents.serve(&format!("{ISSUER}/jwks"), Document::json(&json!({"keys": keys})));
    }

    /// Good claims about `subject`, with a verified address.
    pub fn claims(app: &App, visit: &Visit, subject: &str) -> Value {
        let now = app.clock.now().as_secs();
        json!({
            "iss": ISSUER, "aud": "shop", "sub": subject, "exp": now + 300, "iat": now, "auth_time": now,
            "nonce": visit.nonce, "email": format!("{subject}@example.com"), "email_verified": true,
        })
    }

    /// The same by this issuer.
    pub fn own_claims(&self, app: &App, visit: &Visit, subject: &str) -> Value {
        let mut claims = Self::claims(app, visit, subject);
        claims["iss"] = self.issuer.into();
        claims
    }

    /// The token endpoint answers with an id token that says this.
    pub fn vouch(&self, claims: &Value) {
        self.answer(&self.key.sign(&self.key.header().to_string(), &claims.to_string()));
    }

    /// The token endpoint answers with this id token.
    pub fn answer(&self, id_token: &str) {
        let tokens = json!({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": id_token});
        self.serve_token(Document::json(&tokens));
    }

    pub fn serve_token(&self, document: Document) {
        self.documents.serve(&format!("{ISSUER}/token"), document);
    }

    pub fn away(&self) {
        self.documents.serve(&format!("{ISSUER}/.well-known/openid-configuration"), Document::of(503, "away"));
        self.serve_token(Document::of(200, "{}").after(Duration::from_secs(3)));
    }

    /// Presses the button of the page.
    pub async fn go(&self, browser: &mut Browser, page: &Page) -> Visit {
        Visit::of(&browser.press(page, &page.form(BUTTON), BUTTON).await)
    }

    /// From the sign-in page.
    pub async fn begin(&self, browser: &mut Browser, shop: &Shop) -> Visit {
        let page = browser.open(&format!("{}/sign-in", shop.issuer).parse().unwrap()).await;
        self.go(browser, &page).await
    }

    /// Signs in as this subject: the page that comes then.
    pub async fn sign_in(&self, app: &App, browser: &mut Browser, subject: &str) -> Page {
        let visit = self.begin(browser, app.live()).await;
        self.vouch(&Self::claims(app, &visit, subject));
        browser.open(&visit.back(&[("code", "c")])).await
    }
}
