//! Only a token of the issuer, for this resource, of the right kind and in its time, is good (RFC 9068 §4, S2-06).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::HS256;
use mcp_resource::wire::feed::Event;
use serde_json::json;

use crate::authorization_server::{AuthorizationServer, Key, sign};
use crate::shop::{Answer, KEY_FETCHES_AT_START, NOW, Shop, eventually};

const HEADER: &str = r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#;

#[actix_web::test]
async fn a_good_token_is_let_in_and_goes_no_further() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({}));
    for _ in 0..2 {
        let answer = shop.call(&token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["sub"], "shopper-1");
        assert_eq!(answer.body["sees_token"], false);
    }
    let typ = r#"{"alg":"ES256","typ":"application/AT+JWT","kid":"k1"}"#;
    assert_eq!(shop.call(&shop.signed(typ, &shop.claims().to_string())).await.status, 200);
}

#[actix_web::test]
async fn a_header_that_is_not_an_access_token_s_is_refused() {
    let shop = Shop::open().await;
    let claims = shop.claims().to_string();
    let hs256 = HS256.signer_from_bytes([7; 32]).unwrap();
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt","kid":"k1"}"#),
        URL_SAFE_NO_PAD.encode(&claims)
    );
    let es256 = |header: &str| shop.signed(header, &claims);
    for (why, token) in [
        ("none", unsigned),
        ("HS256", sign(r#"{"alg":"HS256","typ":"at+jwt","kid":"k1"}"#, &claims, &hs256)),
        ("HS256 called ES256", sign(HEADER, &claims, &hs256)),
        ("an ID token", es256(r#"{"alg":"ES256","typ":"JWT","kid":"k1"}"#)),
        ("no type", es256(r#"{"alg":"ES256","kid":"k1"}"#)),
        ("no key", es256(r#"{"alg":"ES256","typ":"at+jwt"}"#)),
        ("critical", es256(r#"{"alg":"ES256","typ":"at+jwt","kid":"k1","crit":["exp"]}"#)),
        ("a member twice", es256(r#"{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k1"}"#)),
        ("another's signature", sign(HEADER, &claims, &Key::new("k1").signer)),
        ("not a JWT", "abc".into()),
        ("two in one", format!("{0}, Bearer {0}", es256(HEADER))),
    ] {
        let answer = shop.call(&token).await;
        assert_eq!((answer.status, answer.error()), (401, "invalid_token"), "{why}");
        assert!(answer.header("www-authenticate").contains(r#"error="invalid_token""#), "{why}");
    }
    assert_eq!(shop.key_fetches(), KEY_FETCHES_AT_START, "a bad token of a known key costs no fetch");
}

#[actix_web::test]
async fn claims_that_are_not_ours_are_refused() {
    let shop = Shop::open().await;
    let now = NOW.as_secs();
    for changes in [
        json!({"iss": "https://auth.evil.example"}),
        json!({"iss": format!("{}/", shop.server.issuer)}),
        json!({"aud": "https://shop.example/mcp"}),
        json!({"aud": [format!("{}/mcp", shop.origin)]}),
        json!({"aud": format!("{}/mcp/", shop.origin)}),
        json!({"exp": now}),
        json!({"exp": 1e30}),
        json!({"exp": u64::MAX}),
        json!({"exp": i64::MAX}),
        json!({"exp": "1900000000"}),
        json!({"exp": -1}),
        json!({"exp": now + 3 * 3600}),
        json!({"iat": now + 3600}),
        json!({"iat": -1}),
        json!({"nbf": now + 3600}),
        json!({"nbf": 1e30}),
        json!({"scope": "everything"}),
        json!({"connection_id": null}),
    ] {
        let answer = shop.call(&shop.token(&changes)).await;
        assert_eq!((answer.status, answer.error()), (401, "invalid_token"), "{changes}");
    }
    let twice = shop.claims().to_string().replacen('{', r#"{"sub":"shopper-2","#, 1);
    assert_eq!(shop.call(&shop.signed(HEADER, &twice)).await.status, 401);
}

#[actix_web::test]
async fn a_remembered_token_dies_in_its_time() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({"exp": NOW.as_secs() + 10}));
    assert_eq!(shop.call(&token).await.status, 200);
    shop.clock.advance(Duration::from_secs(10));
    let answer = shop.call(&token).await;
    assert_eq!((answer.status, answer.error()), (401, "invalid_token"));
}

#[actix_web::test]
async fn forged_key_ids_cost_one_fetch_in_an_interval_whoever_asks() {
    let shop = Shop::open_with(AuthorizationServer::start(), |config| {
        config.key_fetch_interval = Duration::from_millis(500);
    });
    eventually("the feed is followed", || shop.protection.is_following()).await;
    eventually("the keys are settled", || shop.key_fetches() == KEY_FETCHES_AT_START).await;
    let forged: Vec<String> =
        (0..8).map(|n| shop.signed(&format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"forged-{n}"}}"#), "{}")).collect();
    for expected in [KEY_FETCHES_AT_START + 1, KEY_FETCHES_AT_START + 2] {
        tokio::time::sleep(Duration::from_millis(550)).await;
        let answers = futures_util::future::join_all(forged.iter().map(|token| shop.call(token))).await;
        assert!(answers.iter().all(|answer| answer.status == 401));
        assert_eq!(shop.key_fetches(), expected);
    }
}

#[actix_web::test]
async fn a_rotation_that_the_feed_announces_needs_no_waiting_and_ends_the_withdrawn_key() {
    let shop = Shop::open().await;
    let old = shop.token(&json!({}));
    assert_eq!(shop.call(&old).await.status, 200);
    *shop.server.keys.lock().unwrap() = vec![Key::new("k2")];
    shop.server.tell(Event::KeysChanged);
    let header = r#"{"alg":"ES256","typ":"at+jwt","kid":"k2"}"#;
    let new = shop.signed(header, &shop.claims().to_string());
    let began = Instant::now();
    while shop.call(&new).await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(shop.call(&old).await.status, 401, "though it was proven before");
}

#[actix_web::test]
async fn a_token_counts_only_in_one_header() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({}));
    let in_query = shop.request("POST", &format!("/mcp?access_token={token}")).send().await.unwrap();
    assert_eq!(in_query.status(), 401);
    let in_body = shop.request("POST", "/mcp").form(&[("access_token", &token)]).send().await.unwrap();
    assert_eq!(in_body.status(), 401);
    let twice = shop.request("POST", "/mcp").bearer_auth(&token).bearer_auth(&token).send().await.unwrap();
    let answer = Answer::of(twice).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"));
}
