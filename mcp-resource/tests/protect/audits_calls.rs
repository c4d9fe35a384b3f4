//! The record of calls reaches the authorization server, whether it is there or away (S1-42).

use std::sync::atomic::Ordering::SeqCst;

use serde_json::json;

use crate::shop::{NOW, Shop, eventually};

#[actix_web::test]
async fn refusals_are_recorded_with_the_check_that_failed_and_both_values() {
    let shop = Shop::open().await;
    shop.request("POST", "/mcp").send().await.unwrap();
    shop.call("abc").await;
    let answer = shop.call(&shop.token(&json!({"exp": NOW.as_secs() - 1}))).await;
    eventually("the records arrive", || shop.server.records.lock().unwrap().len() == 3).await;
    let records = shop.server.records.lock().unwrap().clone();
    assert!(records.iter().all(|record| (record.status, record.tool.as_str()) == (401, "-")), "{records:?}");
    assert_eq!(records[2].reference_id, answer.body["error"]["data"]["reference_id"]);
    assert_eq!(records[2].at, NOW);
    let evidence: Vec<_> = records.iter().map(|record| record.evidence.clone().unwrap()).collect();
    let told = |n: usize| (evidence[n].check.as_str(), evidence[n].expected.as_str(), evidence[n].presented.as_str());
    assert_eq!(told(0), ("token_present", "Authorization: Bearer and a token", "no bearer token"));
    assert_eq!(told(1), ("token_form", "a signed JWT", "3 characters, hidden"));
    assert_eq!(told(2), ("token_expired", "an exp in the future", "expired 1 s ago"));
    assert!(records[2].token.is_some(), "the token was proven: it is known whose it is");
}

#[actix_web::test]
async fn a_token_for_another_server_is_recorded_with_both_addresses() {
    let shop = Shop::open().await;
    shop.call(&shop.token(&json!({"aud": "https://other.example/mcp"}))).await;
    shop.call(&shop.token(&json!({"iss": "https://other.example"}))).await;
    shop.protection.shutdown().await;
    let records = shop.server.records.lock().unwrap().clone();
    let evidence: Vec<_> = records.iter().map(|record| record.evidence.clone().unwrap()).collect();
    let told = |n: usize| (evidence[n].check.as_str(), evidence[n].expected.as_str(), evidence[n].presented.as_str());
    let config = shop.protection.config();
    assert_eq!(told(0), ("audience", config.resource.as_str(), "https://other.example/mcp"));
    assert_eq!(told(1), ("issuer", config.issuer.as_str(), "https://other.example"));
}

#[actix_web::test]
async fn strangers_cannot_fill_the_record() {
    let shop = Shop::open().await;
    for _ in 0..200 {
        shop.request("POST", "/mcp").send().await.unwrap();
    }
    shop.call("abc").await;
    shop.protection.shutdown().await;
    let records = shop.server.records.lock().unwrap().clone();
    let outcomes = |word: &str| records.iter().filter(|record| record.outcome == word).count();
    assert_eq!((outcomes("no_token"), outcomes("invalid_token")), (120, 1));
}

#[actix_web::test]
async fn records_wait_for_the_server_and_the_end_of_the_process_sends_them() {
    let shop = Shop::open().await;
    shop.server.takes_records.store(false, SeqCst);
    shop.call("abc").await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(shop.server.records.lock().unwrap().is_empty());
    shop.server.takes_records.store(true, SeqCst);
    shop.call("abc").await;
    shop.protection.shutdown().await;
    assert_eq!(shop.server.records.lock().unwrap().len(), 2);
}
