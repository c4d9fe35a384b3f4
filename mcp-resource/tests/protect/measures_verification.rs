//! What verification costs, beside the least it could cost: `cargo test --test protect -- --ignored --nocapture measures`.
//! Not run by default: a busy machine would fail it. Build with optimisation.

use std::hint::black_box;
use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use josekit::jws::{self, ES256};
use serde_json::json;

use crate::authorization_server::AuthorizationServer;
use crate::shop::{Shop, eventually};

const NEW_TOKENS: u32 = 2_000;
const CALLS: u32 = 1_000;

fn headers(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    headers
}

#[actix_web::test]
#[ignore = "a measurement"]
async fn a_new_token_costs_little_more_than_its_signature_and_a_seen_one_next_to_nothing() {
    let shop = Shop::open_with(AuthorizationServer::start(), |config| config.stale_after = Duration::from_mins(5));
    eventually("the feed is followed", || shop.protection.is_following()).await;
    let tokens: Vec<String> = (0..NEW_TOKENS).map(|n| shop.token(&json!({"jti": n.to_string()}))).collect();
    let all_headers: Vec<HeaderMap> = tokens.iter().map(|token| headers(token)).collect();
    let verifier = ES256.verifier_from_jwk(&shop.server.key().public_jwk()).unwrap();

    let (mut bare, mut ours) = (Duration::MAX, Duration::MAX);
    // In turns, so that both meet the same machine; the best of each, for the rest is the neighbours'.
    for (tokens, headers) in tokens.chunks(200).zip(all_headers.chunks(200)) {
        let began = Instant::now();
        for token in tokens {
            black_box(jws::deserialize_compact(token, &*verifier).unwrap());
        }
        bare = bare.min(began.elapsed() / 200);
        let began = Instant::now();
        for headers in headers {
            black_box(shop.protection.authenticate(headers).await.unwrap());
        }
        ours = ours.min(began.elapsed() / 200);
    }
    let mut seen = Duration::MAX;
    for _ in 0..200 {
        let began = Instant::now();
        for _ in 0..CALLS {
            black_box(shop.protection.authenticate(&all_headers[0]).await.unwrap());
        }
        seen = seen.min(began.elapsed() / CALLS);
    }
    println!("signature alone {bare:?}, new token {ours:?}, seen token {seen:?}");
    assert!(ours < bare.mul_f64(1.3), "{ours:?} is more than 1.3 times {bare:?}");
    assert!(seen < Duration::from_micros(2), "{seen:?}");
}
