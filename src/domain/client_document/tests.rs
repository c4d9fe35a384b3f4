//! Which documents describe a client, and which do not.

use serde_json::{Value, json};

use super::*;
use crate::domain::agent_policy::Trust;

const ID: &str = "https://agent.example/oauth/client.json";

fn read(document: &Value) -> Result<ClientDocument, InvalidDocument> {
    read_as("application/json", &serde_json::to_vec(document).unwrap())
}

fn read_as(content_type: &str, body: &[u8]) -> Result<ClientDocument, InvalidDocument> {
    let id = ClientIdUrl::parse(ID).unwrap();
    ClientDocument::read(&id, Some(content_type), body, Timestamp::from_secs(1_000_000))
}

/// A good document with these members instead; null takes one out.
fn with(members: &Value) -> Value {
    let mut document =
        json!({"client_id": ID, "client_name": "Agent", "redirect_uris": ["https://agent.example/callback"]});
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            document.as_object_mut().unwrap().remove(name);
        } else {
            document[name] = value.clone();
        }
    }
    document
}

#[test]
fn what_decides_something_is_read_strictly() {
    for (members, why) in [
        (json!({"client_id": "https://agent.example/oauth/client.json/"}), InvalidDocument::OtherClientId),
        (json!({"client_id": null}), InvalidDocument::NotJson),
        (json!({"client_name": null}), InvalidDocument::NoName),
        (json!({"client_name": "a\u{0}b"}), InvalidDocument::Text),
        (json!({"client_name": "n".repeat(201)}), InvalidDocument::Text),
        (json!({"redirect_uris": "https://agent.example/callback"}), InvalidDocument::NotJson),
        (json!({"client_secret": "x"}), InvalidDocument::SharedSecret),
        (json!({"client_secret_expires_at": 0}), InvalidDocument::SharedSecret),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), InvalidDocument::SharedSecret),
        (json!({"token_endpoint_auth_method": "client_secret_jwt"}), InvalidDocument::SharedSecret),
        (json!({"token_endpoint_auth_method": "tls_client_auth"}), InvalidDocument::AuthMethod),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), InvalidDocument::Keys),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://agent.example/jwks"}),
            InvalidDocument::Keys,
        ),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://agent.example/jwks", "jwks": {"keys": []}}),
            InvalidDocument::Keys,
        ),
        (json!({"grant_types": ["refresh_token"]}), InvalidDocument::NoCodeGrant),
        (json!({"response_types": ["token"]}), InvalidDocument::NoCodeGrant),
    ] {
        assert_eq!(read(&with(&members)).err(), Some(why), "{members}");
    }
    for wrong in ["text/html", "application/javascript", "text/json+json", ""] {
        assert_eq!(read_as(wrong, b"{}").err(), Some(InvalidDocument::ContentType), "{wrong}");
    }
    for body in [&b"[]"[..], b"", b"<html>", b"{\"client_id\": \"a\"} x"] {
        assert_eq!(read_as("application/json; charset=utf-8", body).err(), Some(InvalidDocument::NotJson));
    }
}

#[test]
fn what_decides_nothing_is_read_as_real_clients_write_it() {
    let device_grant = json!({"grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"], "x_unknown": [1], "contacts": "nobody"});
    let client = read(&with(&device_grant)).unwrap().client(&[]).unwrap();
    assert_eq!(client.metadata.grant_types, ["authorization_code", "refresh_token"], "H3");
    let silent = read(&with(&json!({}))).unwrap().client(&[]).unwrap();
    assert!(silent.wants_refresh_tokens(), "A52, H7: who lists no grants refuses none");
    assert!(read_as("application/oauth-client+json", &serde_json::to_vec(&with(&json!({}))).unwrap()).is_ok());
    let local = json!({"redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"]});
    let client = read(&with(&local)).unwrap().client(&[]).unwrap();
    assert!(client.verify_redirect_uri(Some("http://localhost:51234/callback")).is_some(), "H1");
    assert_eq!(client.metadata.application_type, "native");
}

#[test]
fn a_redirect_uri_that_would_not_be_registered_cannot_be_named_and_one_must_be_left() {
    let several = json!({"redirect_uris": ["javascript:alert(1)", "http://agent.example/cb", "app://cb", "https://agent.example/cb"]});
    let document = read(&with(&several)).unwrap();
    let named = |known: &[String], uri| document.client(known).unwrap().verify_redirect_uri(Some(uri)).is_some();
    assert!(named(&[], "https://agent.example/cb") && !named(&[], "http://agent.example/cb"));
    assert!(!named(&[], "app://cb") && named(&["app://cb".to_owned()], "app://cb"));
    for uris in [json!(["javascript:alert(1)"]), json!([]), json!(null)] {
        let document = read(&with(&json!({"redirect_uris": uris}))).unwrap();
        assert_eq!(document.client(&[]).err(), Some(InvalidDocument::NoRedirectUris));
    }
}

#[test]
fn both_spellings_of_the_way_to_authenticate_are_read() {
    let keys = |members: Value| {
        let mut all = members;
        all["jwks_uri"] = json!("https://agent.example/jwks.json");
        read(&with(&all)).unwrap().client(&[]).unwrap()
    };
    // As ChatGPT publishes it.
    let either = keys(
        json!({"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"]}),
    );
    assert_eq!((either.auth_method, either.metadata.is_key_optional), (AuthMethod::PrivateKeyJwt, true));
    assert_eq!(either.trust(), Trust::DomainVerified, "a key that may be left out vouches for nothing");
    let local = "http://localhost/callback";
    let here = Client {
        metadata: ClientMetadata {
            redirect_uris: vec![RedirectUri::parse(local, &[]).unwrap()],
            ..either.metadata.clone()
        },
        ..either.clone()
    };
    assert_eq!(here.trust_of(local), Trust::Unverified, "D19: any program here can come without the key");
    let always = keys(json!({"token_endpoint_auth_method": "private_key_jwt"}));
    assert_eq!((always.trust(), always.metadata.is_key_optional), (Trust::KeyVerified, false));
    let registered = Client { origin: ClientOrigin::Registered, ..always };
    assert_eq!(registered.trust(), Trust::Unverified, "anybody can register a key");
    let plural = keys(json!({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}));
    assert_eq!(plural.auth_method, AuthMethod::PrivateKeyJwt);
    assert_eq!(keys(json!({"token_endpoint_auth_method": "none"})).metadata.jwks_uri, None);
}
