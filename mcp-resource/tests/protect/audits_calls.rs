//! The record of calls reaches the authorization server, whether it is there or away (S1-42).

use std::sync::atomic::Ordering::SeqCst;

use serde_json::json;

use crate::shop::{NOW, Shop, eventually};

#[actix_web::test]
async fn refusals_of_tokens_are_recorded_and_strangers_are_not() {
    let shop = Shop::open().await;
    shop.request("POST", "/mcp").send().await.unwrap();
    shop.call("abc").await;
    let answer = shop.call(&shop.token(&json!({"exp": NOW.as_secs() - 1}))).await;
    eventually("the records arrive", || shop.server.records.lock().unwrap().len() == 2).await;
    let records = shop.server.records.lock().unwrap().clone();
    assert!(records.iter().all(|record| (record.status, record.tool.as_str()) == (401, "-")), "{records:?}");
    assert_eq!(records[1].reference_id, answer.body["error"]["data"]["reference_id"]);
    assert_eq!(records[1].at, NOW);
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
