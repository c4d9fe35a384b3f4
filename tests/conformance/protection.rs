//! B.2 and B.3: which tokens the store takes, whom it serves, and what it tells those it refuses. B.4 and B.5 as far as they
//! come before the message is read: origins and preflights.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{Row, must, rows, token};
use crate::support::jwt::{claims, with};
use crate::support::store::{KNOWN_PAGE, REVISIONS};
use crate::support::{Agent, Answer, App, Browser, Caller, Shop, http};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

async fn list(request: reqwest::RequestBuilder) -> Answer {
    Answer::of(request.body(LIST).send().await.unwrap()).await
}

/// B21: refused as no, or no good, token.
fn unauthorized(answer: &Answer, error: Option<&str>) -> Result<(), String> {
    let challenge = answer.header("www-authenticate");
    let told =
        error.map_or_else(|| !challenge.contains("error="), |error| challenge.contains(&format!("error=\"{error}\"")));
    must(answer.status == 401 && challenge.starts_with("Bearer ") && told, answer)
}

/// Of a member of the challenge, what is between its quotation marks.
fn member(answer: &Answer, name: &str) -> String {
    let challenge = answer.header("www-authenticate");
    let value = challenge.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap_or_default());
    value.unwrap_or_default().to_owned()
}

async fn as_somebody_else(app: &App) -> String {
    let somebody = Shop { email: "other@example.com".to_owned(), ..app.live().clone() };
    Agent::register(&somebody).await.connect(&mut Browser::new(), &somebody, "products:read cart:write").await.access
}

async fn cart_of(caller: &Caller<'_>) -> Value {
    let tea = json!({"variant_id": "sencha-kagoshima-50-g", "quantity": 1});
    caller.content("add_to_cart", tea).await["cart_id"].clone()
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    let store = app.store();
    rows! {
        "B10: a good token in the header is served, in every revision" => async move {
            let caller = store.caller(&token(app, "products:read").await);
            for revision in REVISIONS {
                let answer = caller.speaking(revision).ask("tools/list", json!({})).await;
                must(answer.status == 200 && answer.json()["result"]["tools"].is_array(), &answer)?;
            }
            Ok(())
        },
        "B10: a token in the query, in the body or in a cookie is none" => async move {
            let good = token(app, "products:read").await;
            let nobody = store.caller("");
            unauthorized(&list(http().post(format!("{}/mcp?access_token={good}", store.origin))).await, None)?;
            unauthorized(&list(nobody.bare(Method::POST).header("cookie", format!("access_token={good}"))).await, None)?;
            let form = nobody.bare(Method::POST).form(&[("access_token", &good)]);
            unauthorized(&Answer::of(form.send().await.unwrap()).await, None)
        },
        "B10: every request needs one, GET and DELETE too" => async move {
            for method in [Method::GET, Method::DELETE, Method::POST] {
                unauthorized(&list(store.caller("").bare(method)).await, None)?;
            }
            Ok(())
        },
        "B11, RFC 9068 §4: another issuer, another audience, another time, another type" => async move {
            let good = claims(&token(app, "products:read").await);
            let now = app.clock.now().as_secs();
            must(list(store.caller(&app.sign(app.live(), "at+jwt", None, &good)).bare(Method::POST)).await.status == 200, &"as it is")?;
            for (name, value) in [
                ("iss", json!(app.sandbox().issuer)),
                ("iss", json!(format!("{}/", app.live().issuer))),
                ("aud", json!(app.sandbox().resource)),
                ("aud", json!([app.live().resource])),
                ("aud", json!(format!("{}/", app.live().resource))),
                ("exp", json!(now)),
                ("exp", Value::Null),
                ("iat", json!(now + 3600)),
                ("nbf", json!(now + 3600)),
            ] {
                let forged = app.sign(app.live(), "at+jwt", None, &with(&good, name, value));
                unauthorized(&list(store.caller(&forged).bare(Method::POST)).await, Some("invalid_token"))?;
            }
            for typ in ["JWT", "dpop+jwt", "id_token+jwt"] {
                let forged = app.sign(app.live(), typ, None, &good);
                unauthorized(&list(store.caller(&forged).bare(Method::POST)).await, Some("invalid_token"))?;
            }
            Ok(())
        },
        "B11: a key of nobody, and the sandbox's own token" => async move {
            let good = claims(&token(app, "products:read").await);
            let forged = app.sign(app.sandbox(), "at+jwt", Some(&app.current_kid(app.live())), &good);
            unauthorized(&list(store.caller(&forged).bare(Method::POST)).await, Some("invalid_token"))?;
            let agent = Agent::register(app.sandbox()).await;
            let theirs = agent.connect(&mut Browser::new(), app.sandbox(), "products:read").await.access;
            unauthorized(&list(store.caller(&theirs).bare(Method::POST)).await, Some("invalid_token"))
        },
        "B11: a refresh token is no access token" => async move {
            let agent = Agent::register(app.live()).await;
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
            unauthorized(&list(store.caller(&tokens.refresh).bare(Method::POST)).await, Some("invalid_token"))
        },
        "B11, decision 4: one that was revoked is refused within a second" => async move {
            let agent = Agent::register(app.live()).await;
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
            let caller = store.caller(&tokens.access);
            must(list(caller.bare(Method::POST)).await.status == 200, &"before")?;
            must(agent.revoke(&tokens.refresh).await.status == 200, &"revocation")?;
            let began = Instant::now();
            while list(caller.bare(Method::POST)).await.status == 200 {
                must(began.elapsed() < Duration::from_secs(5), &began.elapsed())?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            unauthorized(&list(caller.bare(Method::POST)).await, Some("invalid_token"))
        },
        "B14, B15: a cart is its shopper's, whoever holds its id, and nobody learns that it exists" => async move {
            let mine = store.caller(&token(app, "products:read cart:write").await);
            let theirs = store.caller(&as_somebody_else(app).await);
            let cart_id = cart_of(&mine).await;
            let error = async |cart_id: Value| {
                let answer = theirs.call("view_cart", json!({"cart_id": cart_id})).await.json();
                let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default().to_owned();
                let mut told: Value = serde_json::from_str(&text).unwrap_or_default();
                told["error"]["reference_id"].take();
                told
            };
            let (foreign, unknown) = (error(cart_id.clone()).await, error(json!("cart_nothing")).await);
            must(foreign == unknown && foreign["error"]["code"] == "not_found", &foreign)?;
            must(cart_of(&theirs).await != cart_id, &"the same cart")
        },
        "B20, B21, RFC 6750 §3.1: without a token 401, no error, the browse set to ask for" => async move {
            let answer = list(store.caller("").bare(Method::POST)).await;
            unauthorized(&answer, None)?;
            must(member(&answer, "scope") == "products:read inventory:read" && !member(&answer, "resource_metadata").is_empty(), &answer)
        },
        "B20, B21, H21: a bad token is 401 and invalid_token" => async move {
            for bad in ["x", "a.b.c", "tga_nothing"] {
                let answer = list(store.caller(bad).bare(Method::POST)).await;
                unauthorized(&answer, Some("invalid_token"))?;
                must(!member(&answer, "resource_metadata").is_empty(), &answer)?;
            }
            Ok(())
        },
        "B20, RFC 6750 §3.1: two tokens are 400 and invalid_request" => async move {
            let good = token(app, "products:read").await;
            let answer = list(store.caller(&good).bare(Method::POST).bearer_auth(&good)).await;
            must(answer.status == 400 && member(&answer, "error") == "invalid_request", &answer)
        },
        "B20, B22: a missing permission is 403 with insufficient_scope, and a body that a model can read (C-3)" => async move {
            let caller = store.caller(&token(app, "products:read").await);
            let answer = caller.call("view_cart", json!({})).await;
            must(answer.status == 403 && member(&answer, "error") == "insufficient_scope" && !member(&answer, "resource_metadata").is_empty(), &answer)?;
            let result = answer.json()["result"].take();
            must(result["isError"] == true && result["_meta"]["mcp/www_authenticate"][0] == answer.header("www-authenticate"), &result)
        },
        "B23, B24: one challenge has all that the call needs and all that was granted; B4: never offline_access" => async move {
            let caller = store.caller(&token(app, "products:read cart:write offline_access").await);
            let answer = caller.call("initiate_checkout", json!({"cart_id": "cart_nothing"})).await;
            must(answer.status == 403 && member(&answer, "scope") == "products:read cart:write checkout:initiate", &answer)
        },
        "B26: one line of ASCII, its values quoted, and pages may read it" => async move {
            let answer = list(store.caller("").bare(Method::POST).header("origin", KNOWN_PAGE)).await;
            let lines: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
            let challenge = answer.header("www-authenticate");
            must(lines.len() == 1 && challenge.bytes().all(|byte| (b' '..=b'~').contains(&byte)), &answer)?;
            must(challenge.matches('"').count() == 2 * challenge.matches("=\"").count() && !challenge.contains('\\'), &challenge)?;
            let exposed = answer.header("access-control-expose-headers");
            must(exposed.contains("WWW-Authenticate") && exposed.contains("Mcp-Session-Id"), &exposed)
        },
        "B27: tools that a token may not call are listed, so that calling one can start a step-up" => async move {
            let caller = store.caller(&token(app, "products:read").await).speaking("2026-07-28");
            let result = caller.ask("tools/list", json!({})).await.json()["result"].take();
            let is_listed = result["tools"].as_array().is_some_and(|tools| tools.iter().any(|tool| tool["name"] == "initiate_checkout"));
            must(is_listed && result["cacheScope"] == "private", &result)
        },
        "B31: an origin that is not known is 403, with a token and without; none is fine" => async move {
            let good = token(app, "products:read").await;
            for caller in [store.caller(""), store.caller(&good)] {
                for origin in ["https://evil.example", "null", "http://localhost:1", "https://inspector.example.evil.example"] {
                    let answer = list(caller.bare(Method::POST).header("origin", origin)).await;
                    must(answer.status == 403 && answer.header("access-control-allow-origin").is_empty(), &(origin, answer))?;
                }
            }
            for origin in [KNOWN_PAGE, store.origin.as_str()] {
                let answer = list(store.caller(&good).bare(Method::POST).header("origin", origin)).await;
                must(answer.status == 200 && answer.header("access-control-allow-origin") == origin, &answer)?;
            }
            Ok(())
        },
        "B54: who has no token hears so before anything of the message is read" => async move {
            for method in ["initialize", "server/discover", "tools/call", "nothing"] {
                let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {}}).to_string();
                unauthorized(&store.caller("").send(&[], body).await, None)?;
            }
            for body in ["", "{", "[]"] {
                unauthorized(&store.caller("").send(&[], body).await, None)?;
            }
            Ok(())
        },
        "B54, B55: a preflight needs no token, and allows what clients send" => async move {
            let request = store.caller("").bare(Method::OPTIONS).header("origin", KNOWN_PAGE);
            let answer = Answer::of(request.header("access-control-request-method", "POST").send().await.unwrap()).await;
            let allowed = answer.header("access-control-allow-headers").to_lowercase();
            must(answer.status.is_success() && answer.header("access-control-allow-origin") == KNOWN_PAGE, &answer)?;
            for header in ["authorization", "content-type", "accept", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id", "last-event-id"] {
                must(allowed.contains(header), &(header, &allowed))?;
            }
            Ok(())
        },
    }
}
