//! Many calls at once: no line is lost, and nothing is sold that is not there.

use futures_util::future::join_all;
use serde_json::json;

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn sixty_four_additions_at_once_lose_nothing() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let variants = ["borage-packet", "calendula-packet", "cornflower-packet", "camomile-for-tea-packet"];
    let stock: Vec<i64> = vec![16; variants.len()];
    let calls = (0..64).map(|turn| ann.call("add_to_cart", json!({ "variant_id": variants[turn % 4], "quantity": 1 })));
    let answers = join_all(calls).await;
    let carts: std::collections::HashSet<&str> =
        answers.iter().map(|answer| answer.content()["cart_id"].as_str().unwrap()).collect();
    assert_eq!(carts.len(), 1, "one shopper, one open cart");
    let cart = ann.call("view_cart", json!({})).await;
    let mut lines = cart.content()["lines"].as_array().unwrap().clone();
    lines.sort_by_key(|line| line["variant_id"].as_str().unwrap().to_owned());
    let quantities: Vec<i64> = lines.iter().map(|line| line["quantity"].as_i64().unwrap()).collect();
    assert_eq!(quantities, stock);
}

#[actix_web::test]
async fn shoppers_who_race_for_the_last_pieces_never_get_more_than_there_are() {
    let store = Store::open().await;
    let variant = "stoneware-teapot-0-6-l-moss";
    let ann = store.agent("ann", EVERYTHING);
    let product = ann.call("get_product", json!({ "product_id": "stoneware-teapot-0-6-l" })).await;
    let sku = product.content()["variants"][0]["sku"].clone();
    let left = || ann.call("check_inventory", json!({ "skus": [sku] }));
    let there = left().await.content()["items"][0]["quantity"].as_i64().unwrap();
    assert!(there > 0 && there < 32, "{there}");
    let racers: Vec<_> = (0..32).map(|number| store.agent(&format!("racer-{number}"), EVERYTHING)).collect();
    let races = racers.iter().map(|racer| async move {
        let cart_id = racer.cart_with(variant, 1).await;
        let checkout =
            racer.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
        checkout.body["result"]["isError"] == false
    });
    let won = join_all(races).await.into_iter().filter(|won| *won).count();
    assert_eq!(i64::try_from(won).unwrap(), there);
    assert_eq!(left().await.content()["items"][0]["quantity"], 0);
}
