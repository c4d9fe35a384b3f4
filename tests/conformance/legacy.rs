//! B.5: clients of 2025-06-18 and 2025-11-25 at the same address.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Row, must, rows, token};
use crate::support::{Answer, App, Caller};

const LEGACY: [&str; 2] = ["2025-06-18", "2025-11-25"];
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

async fn caller(app: &App) -> Caller<'_> {
    app.store().caller(&token(app, "products:read cart:write").await)
}

fn initialization(version: &str) -> Value {
    json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
}

async fn initialize(caller: &Caller<'_>, version: &str) -> Answer {
    caller.ask("initialize", initialization(version)).await
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "B50: initialize and calls of an older client, and calls that stand alone, at one address" => async move {
            let caller = caller(app).await;
            for revision in LEGACY {
                let answer = initialize(&caller.speaking(revision), revision).await;
                must(answer.status == 200 && answer.json()["result"]["protocolVersion"] == revision, &answer)?;
                let content = caller.speaking(revision).content("search_products", json!({"query": "tea"})).await;
                must(content["products"].is_array(), &content)?;
            }
            let content = caller.speaking("2026-07-28").content("search_products", json!({"query": "tea"})).await;
            must(content["products"].is_array(), &content)
        },
        "B50: an older client that asks for what is not spoken is offered what is" => async move {
            let (_, body) = caller(app).await.message("initialize", initialization("1999-01-01"));
            let answer = caller(app).await.send(&[], body.to_string()).await;
            let offered = answer.json()["result"]["protocolVersion"].as_str().unwrap_or_default().to_owned();
            must(answer.status == 200 && LEGACY.contains(&offered.as_str()), &answer)
        },
        "B30: batches went with 2025-06-18" => async move {
            for revision in LEGACY {
                let answer = caller(app).await.send(&[("mcp-protocol-version", revision.to_owned())], format!("[{LIST}]")).await;
                must(answer.status == 400, &answer)?;
            }
            Ok(())
        },
        "B40: a notification is 202 and no body" => async move {
            for revision in LEGACY {
                let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
                let answer = caller(app).await.send(&[("mcp-protocol-version", revision.to_owned())], body).await;
                must(answer.status == 202 && answer.body.is_empty(), &answer)?;
            }
            Ok(())
        },
        "B51: without MCP-Protocol-Version an older client is assumed" => async move {
            let answer = caller(app).await.send(&[], LIST).await;
            must(answer.status == 200 && answer.json()["result"]["tools"].is_array(), &answer)
        },
        "B51: a version that is not spoken is 400" => async move {
            for version in ["1999-01-01", "tomorrow", ""] {
                let answer = caller(app).await.send(&[("mcp-protocol-version", version.to_owned())], LIST).await;
                must(answer.status == 400, &(version, answer))?;
            }
            Ok(())
        },
        "B52: no session is given, and none has to be named" => async move {
            for revision in LEGACY {
                let caller = caller(app).await.speaking(revision);
                let answer = initialize(&caller, revision).await;
                must(!answer.headers.contains_key("mcp-session-id"), &answer)?;
                let answer = caller.ask("tools/list", json!({})).await;
                must(answer.status == 200, &answer)?;
            }
            Ok(())
        },
        "B52: there is no stream to open and no session to end" => async move {
            for method in [Method::GET, Method::DELETE] {
                let request = caller(app).await.bare(method).header("mcp-session-id", "s-1");
                let answer = Answer::of(request.send().await.unwrap()).await;
                must(answer.status == 405, &answer)?;
            }
            Ok(())
        },
        "B53: a client of both kinds is answered at its first, modern request" => async move {
            let answer = caller(app).await.speaking("2026-07-28").ask("server/discover", json!({})).await;
            must(answer.status == 200, &answer)
        },
        "B53: a modern client's mistake is an error that it knows, and no reason to fall back" => async move {
            let caller = caller(app).await.speaking("2026-07-28");
            let (headers, mut body) = caller.message("tools/list", json!({}));
            body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2030-01-01");
            let answer = caller.send(&headers, body.to_string()).await;
            let code = answer.json()["error"]["code"].as_i64().unwrap_or_default();
            must(answer.status == 400 && (-32022..=-32020).contains(&code), &answer)
        },
        "B39: an unknown method is a JSON-RPC error in 200" => async move {
            for revision in LEGACY {
                let answer = caller(app).await.speaking(revision).ask("tools/fly", json!({})).await;
                must(answer.status == 200 && answer.json()["error"]["code"] == -32601, &answer)?;
            }
            Ok(())
        },
        "B56: results have no members that only newer clients know" => async move {
            for revision in LEGACY {
                let caller = caller(app).await.speaking(revision);
                let list = caller.ask("tools/list", json!({})).await.json()["result"].take();
                let call = caller.call("search_products", json!({"query": "tea"})).await.json()["result"].take();
                for result in [list, call] {
                    must(result["resultType"] == Value::Null && result["ttlMs"] == Value::Null, &result)?;
                }
            }
            Ok(())
        },
    }
}
