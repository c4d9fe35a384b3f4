//! B.2 to B.4 where the merchant has made tools public (C-7): what the rules that hold for every request become for one that
//! needs no token, and that they hold for all others as before.

use reqwest::Method;
use serde_json::json;

use super::{Row, must, rows, token};
use crate::support::App;
use crate::support::store::REVISIONS;

/// What the store of these rows lets anybody call.
pub const PUBLIC: &[&str] = &["search_products", "get_product"];

pub fn rows(app: &App) -> Vec<Row<'_>> {
    let store = app.store();
    rows! {
        "C-7, B54: without a token there is the beginning and a public tool, in every revision" => async move {
            for revision in REVISIONS {
                let caller = store.caller("").speaking(revision);
                let first = if revision == "2026-07-28" { "server/discover" } else { "initialize" };
                let about = json!({"name": "row", "version": "1"});
                let params = json!({"protocolVersion": revision, "capabilities": {}, "clientInfo": about});
                let begun = caller.ask(first, params).await;
                must(begun.status == 200 && begun.json()["result"]["capabilities"]["tools"].is_object(), &begun)?;
                let found = caller.call("search_products", json!({"query": "tea"})).await;
                must(found.status == 200 && found.json()["result"]["isError"] == false, &found)?;
            }
            Ok(())
        },
        "C-7, B20, B21: all other calls get the challenge of always; GET and DELETE are not there (B47)" => async move {
            for revision in REVISIONS {
                let caller = store.caller("").speaking(revision);
                for answer in [
                    caller.call("view_cart", json!({})).await,
                    caller.call("check_inventory", json!({"skus": ["x"]})).await,
                    caller.ask("resources/list", json!({})).await,
                ] {
                    let challenge = answer.header("www-authenticate");
                    let told = challenge.starts_with("Bearer resource_metadata=") && !challenge.contains("error=");
                    must(answer.status == 401 && told, &answer)?;
                }
            }
            for method in [Method::GET, Method::DELETE] {
                must(store.caller("").bare(method).send().await.unwrap().status() == 405, &"GET, DELETE")?;
            }
            Ok(())
        },
        "C-7, B30: several messages at once are refused whole" => async move {
            let call = |name: &str| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}});
            for batch in [json!([call("search_products")]), json!([call("search_products"), call("view_cart")])] {
                let answer = store.caller("").send(&[], batch.to_string()).await;
                must(answer.status == 401, &answer)?;
            }
            Ok(())
        },
        "C-7, B21: a bad token is refused where none would do" => async move {
            for bad in [format!("{}x", token(app, "products:read").await), "x".to_owned()] {
                let answer = store.caller(&bad).call("search_products", json!({"query": "tea"})).await;
                must(answer.status == 401 && answer.header("www-authenticate").contains("invalid_token"), &answer)?;
            }
            Ok(())
        },
        "C-7, platforms 3.4: a tool says that it needs no token, in both places, and no other does" => async move {
            let list = store.caller("").ask("tools/list", json!({})).await.json()["result"]["tools"].take();
            for tool in list.as_array().unwrap() {
                let schemes = &tool["securitySchemes"];
                let says_so = schemes.as_array().unwrap().contains(&json!({"type": "noauth"}));
                let is_public = PUBLIC.iter().any(|name| tool["name"] == *name);
                must(says_so == is_public && *schemes == tool["_meta"]["securitySchemes"], tool)?;
            }
            Ok(())
        },
    }
}
