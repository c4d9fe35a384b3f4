//! Reads access tokens, and makes such as the issuer would never make.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{App, Shop};

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

pub fn header(token: &str) -> Value {
    part(token, 0)
}

pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The claims with one of them changed.
pub fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    changed[name] = value;
    changed
}

impl App {
    /// Signed with the issuer's own key: what is wrong is only what the caller changed.
    pub fn sign(&self, shop: &Shop, typ: &str, kid: Option<&str>, claims: &Value) -> String {
        let directory = self.application.state().directory.load();
        let context = directory.iter().find(|context| context.url() == shop.issuer).unwrap();
        let key = context.keyring.current().unwrap();
        let header = json!({"alg": "ES256", "typ": typ, "kid": kid.unwrap_or(key.kid())});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let signature = key.signer().sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The id of the key that signs for this issuer now.
    pub fn current_kid(&self, shop: &Shop) -> String {
        let directory = self.application.state().directory.load();
        let context = directory.iter().find(|context| context.url() == shop.issuer).unwrap();
        context.keyring.current().unwrap().kid().to_owned()
    }
}
