//! B.4: Streamable HTTP of 2026-07-28, where every request stands alone.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Row, must, rows, token};
use crate::support::store::REVISIONS;
use crate::support::{Answer, App, Caller};

const SHOPPING: &str = "products:read cart:write";

async fn caller(app: &App) -> Caller<'_> {
    app.store().caller(&token(app, SHOPPING).await).speaking("2026-07-28")
}

/// An HTTP status with a JSON-RPC error.
fn is(answer: &Answer, status: u16, code: i64) -> Result<(), String> {
    must(answer.status == status && answer.json()["error"]["code"] == code, answer)
}

/// The call of a tool that needs nothing, with its headers changed.
async fn call(caller: &Caller<'_>, change: impl FnOnce(&mut Vec<(&'static str, String)>)) -> Answer {
    let (mut headers, body) = caller.message("tools/call", json!({"name": "view_cart", "arguments": {}}));
    change(&mut headers);
    caller.send(&headers, body.to_string()).await
}

fn set(name: &'static str, value: &str) -> impl FnOnce(&mut Vec<(&'static str, String)>) {
    let value = value.to_owned();
    move |headers| {
        headers.retain(|(key, _)| *key != name);
        headers.push((name, value));
    }
}

fn without(name: &'static str) -> impl FnOnce(&mut Vec<(&'static str, String)>) {
    move |headers| headers.retain(|(key, _)| *key != name)
}

/// A listing with something else as its `_meta`.
async fn with_meta(caller: &Caller<'_>, meta: Value) -> Answer {
    let (headers, mut body) = caller.message("tools/list", json!({}));
    body["params"]["_meta"] = meta;
    caller.send(&headers, body.to_string()).await
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "B30: one request a POST; a batch or a response is refused" => async move {
            let caller = caller(app).await;
            let (headers, body) = caller.message("tools/list", json!({}));
            must(caller.send(&headers, body.to_string()).await.status == 200, &"one")?;
            for wrong in [json!([body]), json!([]), json!({"jsonrpc": "2.0", "id": 1, "result": {}}), json!(7)] {
                let answer = caller.send(&headers, wrong.to_string()).await;
                must(answer.status == 400, &(wrong, answer))?;
            }
            Ok(())
        },
        "B33, B34: a header that is missing is 400 and -32020" => async move {
            let caller = caller(app).await;
            must(call(&caller, |_| ()).await.status == 200, &"all headers")?;
            is(&call(&caller, without("mcp-method")).await, 400, -32020)?;
            is(&call(&caller, without("mcp-name")).await, 400, -32020)
        },
        "B34: a header that says another thing than the body is 400 and -32020; values have a case" => async move {
            let caller = caller(app).await;
            is(&call(&caller, set("mcp-method", "tools/list")).await, 400, -32020)?;
            is(&call(&caller, set("mcp-method", "Tools/Call")).await, 400, -32020)?;
            is(&call(&caller, set("mcp-name", "get_product")).await, 400, -32020)?;
            is(&call(&caller, set("mcp-name", "View_Cart")).await, 400, -32020)?;
            is(&call(&caller, set("mcp-protocol-version", "2025-11-25")).await, 400, -32020)
        },
        "B34: a name may come as =?base64?…?=" => async move {
            let caller = caller(app).await;
            let answer = call(&caller, set("mcp-name", "=?base64?dmlld19jYXJ0?=")).await;
            must(answer.status == 200, &answer)
        },
        "B35: no argument of a tool is repeated in a header" => async move {
            let answer = caller(app).await.ask("tools/list", json!({})).await;
            must(answer.status == 200 && !answer.body.contains("x-mcp-header"), &"x-mcp-header")
        },
        "B36: without the version and the client's capabilities in _meta, 400 and -32602" => async move {
            let caller = caller(app).await;
            let (version, capabilities) = ("io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities");
            is(&with_meta(&caller, Value::Null).await, 400, -32602)?;
            is(&with_meta(&caller, json!({capabilities: {}})).await, 400, -32602)?;
            is(&with_meta(&caller, json!({version: "2026-07-28"})).await, 400, -32602)
        },
        "B37: a version that is not spoken is 400 and -32022, with those that are" => async move {
            let answer = caller(app).await.speaking("2030-01-01");
            let (mut headers, mut body) = caller(app).await.message("tools/list", json!({}));
            set("mcp-protocol-version", "2030-01-01")(&mut headers);
            body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2030-01-01");
            let answer = answer.send(&headers, body.to_string()).await;
            is(&answer, 400, -32022)?;
            let data = answer.json()["error"]["data"].take();
            must(data["supported"] == json!(REVISIONS) && data["requested"] == "2030-01-01", &data)
        },
        "B39: an unknown method is 404 and -32601" => async move {
            let caller = caller(app).await;
            for method in ["tools/fly", "prompts/list", "resources/list"] {
                is(&caller.ask(method, json!({})).await, 404, -32601)?;
            }
            Ok(())
        },
        "B40: a notification is 202 and no body" => async move {
            let caller = caller(app).await;
            let (headers, mut body) = caller.message("notifications/cancelled", json!({"requestId": 7}));
            body.as_object_mut().unwrap().remove("id");
            let answer = caller.send(&headers, body.to_string()).await;
            must(answer.status == 202 && answer.body.is_empty(), &answer)
        },
        "B41: the answer is one JSON object with the request's id, and no stream" => async move {
            let caller = caller(app).await;
            for params in [json!({"name": "view_cart", "arguments": {}}), json!({"name": "search_products", "arguments": {"query": "tea"}})] {
                let answer = caller.ask("tools/call", params).await;
                must(answer.status == 200 && answer.header("content-type").starts_with("application/json") && answer.json()["id"] == 1, &answer)?;
            }
            Ok(())
        },
        "B43: server/discover says what is spoken and offered, and how long that holds" => async move {
            let answer = caller(app).await.ask("server/discover", json!({})).await;
            let result = answer.json()["result"].take();
            must(result["supportedVersions"] == json!(REVISIONS) && result["capabilities"]["tools"].is_object(), &answer)?;
            must(result["ttlMs"].as_u64().is_some() && result["cacheScope"].is_string(), &result)?;
            must(answer.body.contains("serverInfo"), &result)
        },
        "B44: every result says that it is complete, and a list how long it holds" => async move {
            let caller = caller(app).await;
            let list = caller.ask("tools/list", json!({})).await.json()["result"].take();
            must(list["resultType"] == "complete" && list["ttlMs"].as_u64().is_some() && list["cacheScope"].is_string(), &list)?;
            for (tool, arguments) in [("search_products", json!({"query": "tea"})), ("view_cart", json!({"cart_id": "cart_nothing"}))] {
                let answer = caller.call(tool, arguments).await.json();
                must(answer["result"]["resultType"] == "complete", &answer)?;
            }
            Ok(())
        },
        "B44: tools come in the same order every time" => async move {
            let caller = caller(app).await;
            let one = caller.ask("tools/list", json!({})).await.json()["result"]["tools"].take();
            let other = caller.ask("tools/list", json!({})).await.json()["result"]["tools"].take();
            must(one == other && one.as_array().is_some_and(|tools| !tools.is_empty()), &other)
        },
        "B45: nothing has to come before a call, and a session that the client names changes nothing (B47)" => async move {
            let caller = caller(app).await;
            let answer = call(&caller, |headers| headers.extend([("mcp-session-id", "s-1".to_owned()), ("last-event-id", "7".to_owned())])).await;
            must(answer.status == 200 && answer.header("mcp-session-id").is_empty(), &answer)
        },
        "B46: no error has a code of an older revision, or one that is reserved" => async move {
            let caller = caller(app).await;
            let answers = [
                call(&caller, without("mcp-name")).await,
                with_meta(&caller, Value::Null).await,
                caller.ask("tools/fly", json!({})).await,
                caller.ask("resources/read", json!({"uri": "file:///etc/passwd"})).await,
                caller.call("fly", json!({})).await,
                caller.ask("tools/call", json!({"name": "view_cart", "arguments": []})).await,
                caller.send(&[], "{").await,
                caller.send(&[], "[]").await,
                caller.speaking("2026-07-28").send(&[], "").await,
                caller.store.caller("").ask("tools/list", json!({})).await,
            ];
            for answer in answers {
                let json = answer.json();
                let code = json["error"]["code"].as_i64().ok_or(format!("{answer:?}"))?;
                // JSON-RPC's own, the three of this revision, or, where HTTP has refused already, its status.
                let is_known = [-32020, -32021, -32022, -32601, -32602, -32600, -32603, -32700, 401].contains(&code);
                must(is_known, &(code, answer))?;
            }
            Ok(())
        },
        "B47: there is no stream to open and no session to end" => async move {
            let caller = caller(app).await;
            for method in [Method::GET, Method::DELETE] {
                let answer = Answer::of(caller.bare(method).send().await.unwrap()).await;
                must(answer.status == 405 && answer.header("allow").contains("POST"), &answer)?;
            }
            Ok(())
        },
    }
}
