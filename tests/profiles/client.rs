//! A platform's client as the server comes to know it: by its document, by registering, or by the merchant's hand.

use std::sync::OnceLock;

use serde_json::{Value, json};
use tillgate::domain::client::{AuthMethod, Client as Known, ClientOrigin};
use tillgate::domain::client_metadata::ClientMetadata;
use tillgate::domain::network::Network;
use tillgate::domain::redirect_uri::RedirectUri;
use tillgate::domain::{ClientId, Clock, IssuerId};
use tillgate::keys::{hash_secret, random};
use tillgate::storage::{StorageError, clients};

use crate::profile::Kind;
use crate::replay::Play;
use crate::support::documents::Document;
use crate::support::keys::Key;
use crate::support::program::free_port;
use crate::support::{Answer, http};

/// RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The platforms' one key. It signs at the time of the first clock that it is shown: no replay moves its own.
fn key(clock: &Clock) -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::new("RS256", "platform-1", clock)).clone()
}

pub struct Client {
    pub id: String,
    pub redirect_uri: String,
    secret: Option<String>,
    key: Option<Key>,
}

/// What a profile leaves open: the port of the moment, the number of the connector or of the project.
struct Blanks {
    port: String,
    connector: String,
}

impl Blanks {
    fn fill(&self, text: &str) -> String {
        let text = text.replace("{port}", &self.port).replace("{connector}", &self.connector);
        text.replace("{project}", &format!("project-{}", self.connector.to_lowercase()))
    }

    fn fill_all(&self, value: &Value) -> Value {
        serde_json::from_str(&self.fill(&value.to_string())).unwrap()
    }
}

impl Client {
    pub async fn introduce(play: &Play<'_>) -> Self {
        let blanks = Blanks { port: free_port().to_string(), connector: random::text("")[..12].to_owned() };
        let redirect_uri = blanks.fill(&play.way.redirect_uri);
        match play.way.kind {
            Kind::Cimd => {
                let document = blanks.fill_all(play.way.document.as_ref().unwrap());
                let id = document["client_id"].as_str().unwrap().to_owned();
                play.documents.serve(&id, Document::json(&document));
                let key = play.way.algorithm.as_ref().map(|algorithm| {
                    assert_eq!(algorithm, "RS256");
                    let key = key(&play.app.clock);
                    let keys = json!({ "keys": [key.public] });
                    play.documents.serve(document["jwks_uri"].as_str().unwrap(), Document::json(&keys));
                    key
                });
                Self { id, redirect_uri, secret: None, key }
            }
            Kind::Dcr => {
                let body = blanks.fill_all(play.way.registration.as_ref().unwrap());
                let answer = http().post(format!("{}/register", play.app.live().issuer)).json(&body).send().await;
                let answer = Answer::of(answer.unwrap()).await;
                assert_eq!(answer.status, 201, "{}", answer.body);
                let registered = answer.json();
                assert_eq!(registered["redirect_uris"], body["redirect_uris"], "A24: as they were sent");
                assert_eq!(registered["token_endpoint_auth_method"], play.way.authentication);
                let secret = registered["client_secret"].as_str().map(str::to_owned);
                assert_eq!(secret.is_some(), play.way.authentication != "none", "a secret only for who asks for one");
                Self { id: registered["client_id"].as_str().unwrap().to_owned(), redirect_uri, secret, key: None }
            }
            Kind::Static => {
                let uris: Vec<_> = play.way.redirect_uris.iter().map(|uri| blanks.fill(uri)).collect();
                let (id, secret) = enter(play, &uris).await;
                Self { id, redirect_uri, secret: Some(secret), key: None }
            }
        }
    }

    /// A request of the client, authenticated as it does.
    pub async fn post(&self, play: &Play<'_>, path: &str, mut form: Vec<(&'static str, String)>) -> Answer {
        let issuer = &play.app.live().issuer;
        let mut request = http().post(format!("{issuer}{path}"));
        match play.way.authentication.as_str() {
            "client_secret_basic" => request = request.basic_auth(&self.id, self.secret.as_deref()),
            method => {
                form.push(("client_id", self.id.clone()));
                match method {
                    "none" => {}
                    "client_secret_post" => form.push(("client_secret", self.secret.clone().unwrap())),
                    "private_key_jwt" => {
                        form.push(("client_assertion_type", JWT_BEARER.to_owned()));
                        form.push(("client_assertion", self.assertion(play)));
                    }
                    other => panic!("no such method: {other}"),
                }
            }
        }
        let headers = play.profile.token.headers.iter();
        let request = headers.fold(request, |request, (name, value)| request.header(name, value));
        Answer::of(request.form(&form).send().await.unwrap()).await
    }

    /// RFC 7523 §3, signed with the key that the document leads to.
    fn assertion(&self, play: &Play<'_>) -> String {
        let issuer = &play.app.live().issuer;
        let audience = match play.way.audience.as_deref() {
            Some("issuer") => issuer.clone(),
            _ => format!("{issuer}/token"),
        };
        self.key.as_ref().unwrap().assertion(&self.id, &audience)
    }

    /// One with nothing but this.
    pub async fn post_bare(&self, play: &Play<'_>, path: &str, form: &[(&'static str, String)]) -> Answer {
        let url = format!("{}{path}", play.app.live().issuer);
        Answer::of(http().post(url).form(form).send().await.unwrap()).await
    }
}

/// What the merchant does: enters a client with fixed redirect URIs and the store's server as its default resource.
async fn enter(play: &Play<'_>, uris: &[String]) -> (String, String) {
    let (id, secret) = (random::text("static-"), random::text("tgs_"));
    let shop = play.app.live();
    let method: AuthMethod = play.way.authentication.parse().unwrap();
    let metadata = ClientMetadata {
        client_name: Some(play.profile.name.clone()),
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        ..ClientMetadata::new(uris.iter().map(|uri| RedirectUri::parse(uri, &[]).unwrap()).collect())
    };
    let known = Known {
        secret_hash: Some(*hash_secret(secret.as_bytes()).as_bytes()),
        default_resource: Some(shop.resource.clone()),
        ..Known::new(ClientId::new(id.clone()), ClientOrigin::PreRegistered, method, metadata, play.app.clock.now())
    };
    let issuer_id = IssuerId::new(shop.issuer_id.clone());
    let entered: Result<bool, StorageError> =
        play.app.db.write(move |tx| clients::insert(tx, &issuer_id, &known, &Network::of([127, 0, 0, 1].into()))).await;
    assert!(entered.unwrap());
    (id, secret)
}
