//! Access tokens that were made up, changed, or made for somebody else, at the introspection endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{HS256, JwsHeader, serialize_compact};
use mcp_resource::wire::AccessClaims;
use serde_json::{Value, json};

use crate::support::jwt::{claims, header, with};
use crate::support::{Agent, App, Browser, http};

async fn connected(app: &App) -> String {
    let agent = Agent::register(app.live()).await;
    agent.connect(&mut Browser::new(), app.live(), "products:read").await.access
}

#[tokio::test]
async fn an_access_token_says_what_it_is_for() {
    let app = App::start().await;
    let token = connected(&app).await;
    let header = header(&token);
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("at+jwt"), Some("ES256")));
    let claims: AccessClaims = serde_json::from_value(claims(&token)).unwrap();
    assert_eq!((&claims.iss, &claims.aud), (&app.live().issuer, &app.live().resource));
    // What the next tests change one thing of is accepted as it is.
    assert!(app.live().accepts(&app.sign(app.live(), "at+jwt", None, &serde_json::to_value(&claims).unwrap())).await);
}

#[tokio::test]
async fn a_token_of_another_type_is_refused() {
    let app = App::start().await;
    let claims = claims(&connected(&app).await);
    for typ in ["JWT", "id_token+jwt", "dpop+jwt", "at+jwt+x"] {
        assert!(!app.live().accepts(&app.sign(app.live(), typ, None, &claims)).await, "{typ}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_audience_or_time_is_refused() {
    let app = App::start().await;
    let claims = claims(&connected(&app).await);
    let now = app.clock.now().as_secs();
    let changes = [
        ("iss", json!(app.sandbox().issuer)),
        ("iss", json!(format!("{}/", app.live().issuer))),
        ("aud", json!(app.sandbox().resource)),
        ("aud", json!([app.live().resource, app.sandbox().resource])),
        ("aud", json!(format!("{}/", app.live().resource))),
        ("exp", json!(now - 3600)),
        ("exp", Value::Null),
        ("connection_id", json!("00000000-0000-0000-0000-000000000000")),
    ];
    for (name, value) in changes {
        let token = app.sign(app.live(), "at+jwt", None, &with(&claims, name, value.clone()));
        assert!(!app.live().accepts(&token).await, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_token_signed_by_nobody_or_with_the_public_key_is_refused() {
    let app = App::start().await;
    let token = connected(&app).await;
    let (kid, payload) =
        (header(&token)["kid"].as_str().unwrap().to_owned(), token.split('.').nth(1).unwrap().to_owned());
    for alg in ["none", "None", "NONE"] {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "at+jwt", "kid": kid}).to_string());
        for signature in ["", token.rsplit('.').next().unwrap()] {
            assert!(!app.live().accepts(&format!("{header}.{payload}.{signature}")).await, "{alg}");
        }
    }
    let jwks = http().get(format!("{}/jwks", app.live().issuer)).send().await.unwrap().text().await.unwrap();
    let parsed: Value = serde_json::from_str(&jwks).unwrap();
    assert!(parsed["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()), "only public keys");
    let mut header = JwsHeader::new();
    header.set_token_type("at+jwt");
    header.set_key_id(&kid);
    for public in [jwks, parsed["keys"][0].to_string(), parsed["keys"][0]["x"].as_str().unwrap().to_owned()] {
        let signer = HS256.signer_from_bytes(public).unwrap();
        let token = serialize_compact(&URL_SAFE_NO_PAD.decode(&payload).unwrap(), &header, &signer).unwrap();
        assert!(!app.live().accepts(&token).await);
    }
}

#[tokio::test]
async fn a_token_with_a_forged_kid_is_refused() {
    let app = App::start().await;
    let token = connected(&app).await;
    let claims = claims(&token);
    let sandbox = app.current_kid(app.sandbox());
    for kid in ["unknown", "../../dev/null", "' OR 1=1 --", sandbox.as_str(), ""] {
        assert!(!app.live().accepts(&app.sign(app.live(), "at+jwt", Some(kid), &claims)).await, "{kid:?}");
    }
    // The sandbox's key, under its own name and under live's.
    let live = header(&token)["kid"].as_str().unwrap().to_owned();
    for kid in [None, Some(live.as_str())] {
        assert!(!app.live().accepts(&app.sign(app.sandbox(), "at+jwt", kid, &claims)).await);
    }
}

#[tokio::test]
async fn a_changed_signature_is_refused() {
    let app = App::start().await;
    let token = connected(&app).await;
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[10] ^= 1;
    assert!(!app.live().accepts(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))).await);
}

#[tokio::test]
async fn introspection_is_for_the_tokens_own_resource_server_alone() {
    let app = App::start().await;
    let token = connected(&app).await;
    let ask = |id: &str, secret: &str| {
        http()
            .post(format!("{}/introspect", app.live().issuer))
            .basic_auth(id, Some(secret))
            .form(&[("token", token.as_str())])
            .send()
    };
    let live = app.live();
    assert_eq!(ask(&live.resource_id, "tgr_secret_wrong").await.unwrap().status(), 401);
    assert_eq!(ask(&app.sandbox().resource_id, &app.sandbox().resource_secret).await.unwrap().status(), 401);
    assert_eq!(ask("", "").await.unwrap().status(), 401);
}
