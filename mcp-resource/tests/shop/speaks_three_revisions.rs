//! B30 to B56: three revisions on one address, and what each says to bad requests.

use serde_json::{Value, json};

use super::schema::assert_matches;
use super::store::{Agent, EVERYTHING, REVISIONS, Store};

#[actix_web::test]
async fn legacy_clients_initialize_without_a_session() {
    let store = Store::open().await;
    for revision in ["2025-06-18", "2025-11-25"] {
        let agent = store.agent("ann", EVERYTHING).speaking(revision);
        let params =
            json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let answer = agent.request("initialize", params).await;
        assert_eq!((answer.status, &answer.body["result"]["protocolVersion"]), (200, &json!(revision)), "{answer:?}");
        assert_eq!(answer.body["result"]["serverInfo"]["title"], "Fern & Field");
        // B52: no session id is given.
        assert!(!answer.headers.contains_key("mcp-session-id"));
        let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        let noted = agent.post(body, Some("notifications/initialized"), None).await;
        assert_eq!((noted.status, noted.body), (202, Value::Null), "B40");
    }
}

#[actix_web::test]
async fn stateless_clients_discover() {
    let store = Store::open().await;
    let answer = store.agent("ann", EVERYTHING).speaking("2026-07-28").request("server/discover", json!({})).await;
    let result = &answer.body["result"];
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(result["supportedVersions"], json!(REVISIONS), "B43");
    assert_eq!(result["resultType"], "complete", "B44");
    assert!(result["ttlMs"].is_u64() && result["cacheScope"].is_string(), "B43: {result}");
    assert!(result["capabilities"]["tools"].is_object());
}

#[actix_web::test]
async fn every_tool_is_listed_to_every_token_in_every_revision() {
    let store = Store::open().await;
    let mut lists = Vec::new();
    for revision in REVISIONS {
        // B27: tools above the token's permissions too, so that a call can start a step-up.
        let answer = store.agent("ann", "products:read").speaking(revision).request("tools/list", json!({})).await;
        let result = answer.body["result"].clone();
        assert_eq!(answer.status, 200, "{answer:?}");
        if revision == "2026-07-28" {
            assert_eq!((&result["resultType"], &result["cacheScope"]), (&json!("complete"), &json!("private")), "B44");
            assert!(result["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0), "B44");
        } else {
            assert_eq!(result["resultType"], Value::Null, "B56");
        }
        lists.push(result["tools"].clone());
    }
    assert!(lists.iter().all(|list| list == &lists[0]));
    let tools = lists[0].as_array().unwrap();
    assert_eq!(tools.len(), 9);
    for tool in tools {
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
        assert!(tool["annotations"]["readOnlyHint"].is_boolean() && tool["description"].is_string());
        let scheme = &tool["securitySchemes"][0];
        assert!(scheme["type"] == "oauth2" && scheme["scopes"].as_array().unwrap().len() == 1, "{scheme}");
        assert_eq!(tool["securitySchemes"], tool["_meta"]["securitySchemes"]);
    }
    assert_eq!(tools[6]["name"], "initiate_checkout");
    assert_eq!(tools[6]["securitySchemes"][0]["scopes"], json!(["checkout:initiate"]));
}

#[actix_web::test]
async fn results_match_the_tools_own_schemas_in_every_revision() {
    let store = Store::open().await;
    let orders = store.demo.seed_orders(store.owner("ann"), store.clock.now()).await.unwrap();
    let agent = store.agent("ann", EVERYTHING);
    let list = agent.request("tools/list", json!({})).await.body["result"]["tools"].clone();
    let schema = |tool: &str| {
        let found = list.as_array().unwrap().iter().find(|listed| listed["name"] == tool).unwrap();
        found["outputSchema"].clone()
    };
    for revision in REVISIONS {
        let agent = store.agent("ann", EVERYTHING).speaking(revision);
        let cart_id = agent.cart_with("earl-grey-bergamot-50-g", 1).await;
        let checkout =
            agent.call("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })).await;
        let checkout_id = checkout.content()["checkout_id"].clone();
        for (tool, arguments) in [
            ("search_products", json!({ "query": "green tea", "limit": 3 })),
            ("get_product", json!({ "product_id": "sencha-kagoshima" })),
            ("check_inventory", json!({ "skus": ["FF-BT-001-1", "FF-NO-000-1"] })),
            ("add_to_cart", json!({ "variant_id": "earl-grey-bergamot-50-g", "quantity": 1 })),
            ("update_cart", json!({ "cart_id": cart_id, "variant_id": "earl-grey-bergamot-50-g", "quantity": 2 })),
            ("view_cart", json!({})),
            ("initiate_checkout", json!({ "cart_id": cart_id, "shipping": { "method": "pickup" } })),
            ("get_checkout_status", json!({ "checkout_id": checkout_id })),
            ("get_order_status", json!({ "order_id": orders[0] })),
        ] {
            let answer = agent.call(tool, arguments).await;
            assert_matches(&schema(tool), answer.content());
            // Clients that know no structured content read the same as text.
            let text = answer.body["result"]["content"][0]["text"].as_str().unwrap();
            assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), answer.content());
            let complete = if revision == "2026-07-28" { json!("complete") } else { Value::Null };
            assert_eq!(answer.body["result"]["resultType"], complete, "B44, B56");
        }
    }
}

#[actix_web::test]
async fn only_posts_are_served() {
    let store = Store::open().await;
    for method in ["GET", "DELETE", "PUT"] {
        let answer = Agent::answer(store.agent("ann", EVERYTHING).bare(method)).await;
        assert_eq!(answer.status, 405, "B47, B52: {method}");
        assert!(answer.headers["allow"].to_str().unwrap().contains("POST"));
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_modern_request_is_told_by_its_code() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2026-07-28");
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": meta } }).to_string();
    let bare = |version: &str| agent.bare("POST").header("MCP-Protocol-Version", version.to_owned());

    let other_method = agent.post(list.clone(), Some("tools/call"), None).await;
    assert_eq!(
        (other_method.status, &other_method.body["error"]["code"]),
        (400, &json!(-32020)),
        "B34: another method"
    );
    let no_method = agent.post(list.clone(), None, None).await;
    assert_eq!((no_method.status, &no_method.body["error"]["code"]), (400, &json!(-32020)), "B33: no Mcp-Method");
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "view_cart", "arguments": {}, "_meta": meta } });
    let other_name = agent.post(call.to_string(), Some("tools/call"), Some("get_product")).await;
    assert_eq!((other_name.status, &other_name.body["error"]["code"]), (400, &json!(-32020)), "B34: another name");
    let no_name = agent.post(call.to_string(), Some("tools/call"), None).await;
    assert_eq!((no_name.status, &no_name.body["error"]["code"]), (400, &json!(-32020)), "B33: no Mcp-Name");
    let encoded = agent.post(call.to_string(), Some("tools/call"), Some("=?base64?dmlld19jYXJ0?=")).await;
    assert_eq!(encoded.status, 200, "B34: a name may be encoded: {encoded:?}");

    let no_meta = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} }).to_string();
    let no_meta = agent.post(no_meta, Some("tools/list"), None).await;
    assert_eq!((no_meta.status, &no_meta.body["error"]["code"]), (400, &json!(-32602)), "B36: {no_meta:?}");
    let unknown = agent.request("tools/fly", json!({})).await;
    assert_eq!((unknown.status, &unknown.body["error"]["code"]), (404, &json!(-32601)), "B39: {unknown:?}");
    let unadvertised = agent.request("prompts/list", json!({})).await;
    assert_eq!((unadvertised.status, &unadvertised.body["error"]["code"]), (404, &json!(-32601)), "B39");
    let ping = agent.request("ping", json!({})).await;
    assert_eq!((ping.status, &ping.body["error"]["code"]), (404, &json!(-32601)), "gone in 2026-07-28");

    let future = list.replace("2026-07-28", "2030-01-01");
    let future = Agent::answer(bare("2030-01-01").header("Mcp-Method", "tools/list").body(future)).await;
    assert_eq!((future.status, &future.body["error"]["code"]), (400, &json!(-32022)), "B37: {future:?}");
    assert_eq!(future.body["error"]["data"]["supported"], json!(REVISIONS), "B37");
    assert_eq!(future.body["error"]["data"]["requested"], "2030-01-01", "B37");
}

#[actix_web::test]
async fn bodies_that_are_not_one_request_are_refused() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING);
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("[]", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, -32600),
        ("7", -32600),
    ] {
        let answer = agent.post(body, None, None).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(code)), "B30: {body}");
        assert!(answer.body["error"]["data"]["reference_id"].is_string(), "to ask about: {answer:?}");
    }
    let reading = store.http.get(format!("{}/mcp", store.origin)).bearer_auth(&agent.token).send().await.unwrap();
    assert_eq!(
        (reading.status().as_u16(), &reading.headers()["allow"]),
        (405, &"POST, OPTIONS".parse().unwrap()),
        "B47"
    );
    assert!(reading.text().await.unwrap().contains("\"reference_id\""));
    let response = agent.post(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, None, None).await;
    assert_eq!(response.status, 400, "B30: a response is no request: {response:?}");
    let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}"#, "[".repeat(100_000));
    assert_eq!(agent.post(deep, None, None).await.status, 400);
    let large = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":"{}"}}}}"#, "a".repeat(300_000));
    assert_eq!(agent.post(large, None, None).await.status, 413);
}

#[actix_web::test]
async fn legacy_requests_are_answered_in_their_own_way() {
    let store = Store::open().await;
    let agent = store.agent("ann", EVERYTHING).speaking("2025-06-18");
    assert_eq!(agent.request("ping", json!({})).await.body["result"], json!({}));
    let unknown = agent.request("tools/fly", json!({})).await;
    assert_eq!((unknown.status, &unknown.body["error"]["code"]), (200, &json!(-32601)));
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let without = Agent::answer(agent.bare("POST").body(list)).await;
    assert_eq!(without.status, 200, "B51: without the header the oldest is assumed: {without:?}");
    let wrong = Agent::answer(agent.bare("POST").header("MCP-Protocol-Version", "1999-01-01").body(list)).await;
    assert_eq!(wrong.status, 400, "B51");
    let tool = agent.call("fly", json!({})).await;
    assert_eq!(tool.body["error"]["code"], -32602, "{tool:?}");
    for params in
        [json!(null), json!({}), json!([]), json!({ "name": 7 }), json!({ "name": "view_cart", "arguments": [] })]
    {
        let body = json!({ "jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": params }).to_string();
        let answer = agent.post(body, None, None).await;
        assert_eq!(
            (&answer.body["id"], &answer.body["error"]["code"]),
            (&json!(5), &json!(-32602)),
            "{params}: {answer:?}"
        );
    }
}
