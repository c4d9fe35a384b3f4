//! What browsers see: the page of a checkout, pictures, health, the front.

use std::time::Duration;

use serde_json::{Value, json};

use super::store::{EVERYTHING, Store};

#[actix_web::test]
async fn the_page_of_a_checkout_shows_lines_and_sums_and_nobody_s_name() {
    let store = Store::open().await;
    let ann = store.agent("ann", EVERYTHING);
    let cart_id = ann.cart_with("lapsang-souchong-100-g", 2).await;
    let shipping = json!({ "method": "express", "address": {
        "name": "Ann <b>Example</b>", "line1": "Secret Lane 1", "postal_code": "34117", "city": "Kassel", "country": "DE" } });
    let checkout = ann.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": shipping })).await;
    let url = checkout.content()["checkout_url"].as_str().unwrap().to_owned();
    assert!(url.rsplit('/').next().unwrap().len() == 43, "256 bits: {url}");
    let (status, headers, page) = store.get(&url).await;
    assert_eq!(status, 200);
    for shown in ["Lapsang Souchong, 100 g", "20.72 EUR", "Express shipping", "10 minutes left", "Fern &#38; Field"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    for hidden in ["Ann", "Secret Lane", "Kassel", "<script", "<form", "ann"] {
        assert!(!page.contains(hidden), "{hidden} is in {page}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-store");
    store.clock.advance(Duration::from_mins(15));
    assert!(store.get(&url).await.2.contains("has expired"));
    let (status, _, nothing) = store.get(&format!("/checkouts/{}", "A".repeat(43))).await;
    assert!(status == 404 && nothing.contains("Reference: "), "{nothing}");
}

#[actix_web::test]
async fn every_product_has_a_picture() {
    let store = Store::open().await;
    let found = store.agent("ann", EVERYTHING).call("search_products", json!({ "query": "", "limit": 50 })).await;
    for product in found.content()["products"].as_array().unwrap() {
        let image = &product["images"][0];
        assert!(!image["alt"].as_str().unwrap().is_empty());
        let (status, headers, svg) = store.get(image["url"].as_str().unwrap()).await;
        assert_eq!((status, &headers["content-type"]), (200, &"image/svg+xml".parse().unwrap()));
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    }
    assert_eq!(store.get("/images/no-such-thing.svg").await.0, 404);
}

#[actix_web::test]
async fn the_front_says_what_this_is_and_the_metadata_is_found() {
    let store = Store::open().await;
    let front: Value = serde_json::from_str(&store.get("/").await.2).unwrap();
    let (live, sandbox) = (format!("{}/mcp", store.origin), format!("{}/sandbox/mcp", store.origin));
    assert_eq!(front["mcp_endpoints"], json!([live, sandbox]));
    assert_eq!(store.get("/health").await.0, 200);
    let (status, _, body) = store.get("/elsewhere").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert!(status == 404 && body["message"].is_string() && body["reference_id"].is_string(), "{body}");
    for (path, resource) in [("", &live), ("/mcp", &live), ("/sandbox/mcp", &sandbox)] {
        let (status, _, body) = store.get(&format!("/.well-known/oauth-protected-resource{path}")).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["resource"], **resource, "{path}");
    }
}
