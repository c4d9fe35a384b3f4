//! A.4 and A.5: the authorization endpoint and scopes.

use serde_json::json;

use super::{Row, must, rows};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Hosting, Page};
use tillgate::domain::staff::Role;

/// An authorization request with one parameter changed (or, with `None`, left out).
async fn ask(app: &App, name: &'static str, value: Option<&str>) -> Page {
    let agent = Agent::register(app.live()).await;
    let (mut parameters, _, _) = agent.parameters("products:read");
    parameters.retain(|(key, _)| *key != name);
    parameters.extend(value.map(|value| (name, value.to_owned())));
    Browser::new().reach_consent(&agent.authorize_url(&parameters), app.live()).await
}

fn refused(page: &Page, error: &str) -> Result<(), String> {
    let back = page.left_for.as_ref().is_some_and(|url| url.as_str().starts_with(CALLBACK));
    must(back && page.sent_back("error").as_deref() == Some(error), &(page.status, &page.left_for))
}

async fn ask_for_cart_alone(app: &App) -> Page {
    let agent = Agent::register(app.live()).await;
    Browser::new().reach_consent(&agent.ask_without("resource", "cart:write").url, app.live()).await
}

/// The scopes that the shopper is shown and the token then has.
async fn granted(app: &App, scopes: &str) -> String {
    let agent = Agent::register(app.live()).await;
    agent.connect(&mut Browser::new(), app.live(), scopes).await.scope
}

/// What a shopper can give at most to an agent that asks for a cart and names no resource.
async fn granted_without_resource(app: &App) -> String {
    let agent = Agent::register(app.live()).await;
    let asking = agent.ask_without("resource", "products:read inventory:read cart:write");
    let mut browser = Browser::new();
    let page = browser.reach_consent(&asking.url, app.live()).await;
    let code = browser.allow_everything(&page).await.sent_back("code").unwrap();
    agent.redeem(&code, &asking.verifier).await.tokens().scope
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "A4, OAuth 2.1 §4.1.1: without code_challenge invalid_request" => async move {
            refused(&ask(app, "code_challenge", None).await, "invalid_request")
        },
        "A4: plain is refused" => async move {
            refused(&ask(app, "code_challenge_method", Some("plain")).await, "invalid_request")
        },
        "A4, OAuth 2.1 §7.5.2: a challenge without a method is not taken for plain" => async move {
            refused(&ask(app, "code_challenge_method", None).await, "invalid_request")
        },
        "RFC 6749 §4.1.2.1: without response_type invalid_request" => async move {
            refused(&ask(app, "response_type", None).await, "invalid_request")
        },
        "RFC 6749 §4.1.2.1, A6: another response type is unsupported_response_type" => async move {
            for kind in ["token", "id_token", "code token"] {
                refused(&ask(app, "response_type", Some(kind)).await, "unsupported_response_type")?;
            }
            Ok(())
        },
        "A6: response_mode=fragment is refused, query is tolerated (A41)" => async move {
            refused(&ask(app, "response_mode", Some("fragment")).await, "invalid_request")?;
            must(ask(app, "response_mode", Some("query")).await.status == 200, &"query")
        },
        "A8, RFC 6749 §4.1.2: code, state byte for byte and iss, each once, and no error" => async move {
            let agent = Agent::register(app.live()).await;
            let state = "a b&c=d%20é\"<>#/?+";
            let (mut parameters, _, _) = agent.parameters("products:read");
            parameters.retain(|(name, _)| *name != "state");
            parameters.push(("state", state.to_owned()));
            let mut browser = Browser::new();
            let page = browser.reach_consent(&agent.authorize_url(&parameters), app.live()).await;
            let url = browser.allow(&page).await.left_for.unwrap();
            let mut names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
            names.sort();
            let back = url.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
            must(names == ["code", "iss", "state"] && back.as_deref() == Some(state) && url.as_str().starts_with(&format!("{CALLBACK}?")), &url)
        },
        "A8: no state, none back" => async move {
            let page = ask(app, "state", None).await;
            must(page.status == 200, &page.status)
        },
        "A30, RFC 8252 §7.3: only the port of a loopback redirect may differ" => async move {
            let agent = Agent::register_as(app.live(), &json!({"redirect_uris": ["http://localhost/callback"]})).await;
            for (uri, status) in [("http://localhost:51234/callback", 200), ("http://127.0.0.1:51234/callback", 400), ("http://localhost:51234/callback/", 400)] {
                let (mut parameters, _, _) = agent.parameters("products:read");
                parameters.retain(|(name, _)| *name != "redirect_uri");
                parameters.push(("redirect_uri", uri.to_owned()));
                let page = Browser::new().reach_consent(&agent.authorize_url(&parameters), app.live()).await;
                must(page.status == status, &(uri, page.status))?;
            }
            Ok(())
        },
        "A32: an unknown client gets a page, not a redirect" => async move {
            let page = ask(app, "client_id", Some("c1_unknown")).await;
            must(page.status == 400 && page.left_for.is_none() && page.body.contains("<html"), &page.status)
        },
        "A32: an unregistered redirect URI gets a page, not a redirect, whatever else is wrong" => async move {
            let page = ask(app, "redirect_uri", Some("https://other.example/callback")).await;
            must(page.status == 400 && page.left_for.is_none() && page.body.contains("<html"), &page.status)
        },
        "A33, RFC 8707 §2: an unknown resource is invalid_target" => async move {
            refused(&ask(app, "resource", Some("https://other.example/mcp")).await, "invalid_target")
        },
        "A33, H6, RFC 8707 §2: without a resource no more than browsing, whatever is asked for" => async move {
            let scope = granted_without_resource(app).await;
            must(scope == "products:read inventory:read", &scope)?;
            // A client made by hand that has a resource of its own asks for more: `tests/journeys/clients_by_hand.rs`.
            refused(&ask_for_cart_alone(app).await, "invalid_scope")
        },
        "H6: without a resource everything, where the installation takes its one server for named" => async move {
            let generous = App::start_as(Hosting::OneStore, &[("TILLGATE__TOKENS__DEFAULT_RESOURCE", "full")]).await;
            let scope = granted_without_resource(&generous).await;
            must(scope == "products:read inventory:read cart:write", &scope)
        },
        "A33, H6: where there are several servers, without a resource invalid_target" => async move {
            let several = App::start_as(Hosting::OneStore, &[("TILLGATE__TOKENS__DEFAULT_RESOURCE", "full")]).await;
            several.add_resource(several.live(), "https://second.example/mcp", &[]).await;
            refused(&ask(&several, "resource", None).await, "invalid_target")
        },
        "A34, RFC 3986 §6.2.2.1: the case of scheme and host of a resource does not matter; its path's does" => async move {
            let resource = app.live().resource.replacen("https://store", "HTTPS://STORE", 1);
            must(ask(app, "resource", Some(&resource)).await.status == 200, &resource)?;
            refused(&ask(app, "resource", Some(&app.live().resource.to_uppercase())).await, "invalid_target")?;
            refused(&ask(app, "resource", Some(&format!("{}/", app.live().resource))).await, "invalid_target")
        },
        "A35, RFC 9207 §2: iss on errors too" => async move {
            let page = ask(app, "response_type", None).await;
            must(page.sent_back("iss").as_ref() == Some(&app.live().issuer), &page.left_for)
        },
        "RFC 6749 §4.1.2.1: a denial is access_denied" => async move {
            let agent = Agent::register(app.live()).await;
            let mut browser = Browser::new();
            let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
            let back = browser.press(&page, &page.form("Deny"), "Deny").await;
            refused(&back, "access_denied")?;
            must(back.sent_back("code").is_none(), &back.left_for)
        },
        "A36: a second client asks anew, whoever is signed in" => async move {
            let mut browser = Browser::new();
            for name in ["One", "Two"] {
                let agent = Agent::register_as(app.live(), &json!({"client_name": name, "redirect_uris": [CALLBACK]})).await;
                let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
                must(page.status == 200 && page.left_for.is_none(), &page.left_for)?;
                browser.allow(&page).await;
            }
            Ok(())
        },
        "A37, A38: the page names the client and shows where it goes" => async move {
            let page = ask(app, "state", Some("x")).await;
            must(page.body.contains("Helpful Agent") && page.body.contains("agent.example"), &page.body)
        },
        "A38: that all redirects stay on this computer is said, with a warning" => async move {
            let agent = Agent::register_as(app.live(), &json!({"redirect_uris": ["http://localhost/callback"]})).await;
            let (mut parameters, _, _) = agent.parameters("products:read");
            parameters.retain(|(name, _)| *name != "redirect_uri");
            parameters.push(("redirect_uri", "http://localhost:51234/callback".to_owned()));
            let page = Browser::new().reach_consent(&agent.authorize_url(&parameters), app.live()).await;
            must(page.body.contains("This is an app on this computer"), &page.body)
        },
        "A37: scopes in plain language, a form of its own, no framing, cookies that scripts and other sites' posts do not have" => async move {
            let agent = Agent::register(app.live()).await;
            let page = Browser::new().reach_consent(&agent.ask("products:read cart:write").url, app.live()).await;
            must(page.body.contains("Add or remove items in your cart"), &page.body)?;
            must(page.form("Allow").fields.iter().any(|field| field.name == "csrf" && !field.value.is_empty()), &"no csrf")?;
            let header = |page: &Page, name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
            must(header(&page, "content-security-policy").contains("frame-ancestors 'none'") && header(&page, "x-frame-options") == "DENY", &page.headers)?;
            // `__Host-` and `Secure` belong to https: `web::cookies`.
            let first = Browser::new().open(&format!("{}/sign-in", app.live().issuer).parse().unwrap()).await;
            let cookie = header(&first, "set-cookie");
            must(["HttpOnly", "SameSite=Lax", "Path=/"].iter().all(|part| cookie.contains(part)), &cookie)
        },
        "A40, H15: no policy of the page stops the redirects that follow consent" => async move {
            let page = ask(app, "state", Some("x")).await;
            let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
            must(!policy.contains("form-action"), &policy)
        },
        "A40, H16: the answer to the post is 303" => async move {
            let agent = Agent::register(app.live()).await;
            let mut browser = Browser::new();
            let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
            let back = browser.allow(&page).await;
            must(back.status == 303, &back.status)
        },
        "A41, H10: unknown parameters, prompt=consent and nonce are tolerated" => async move {
            for (name, value) in [("prompt", "consent"), ("nonce", "n"), ("x_unknown", "x")] {
                must(ask(app, name, Some(value)).await.status == 200, &name)?;
            }
            Ok(())
        },
        "A41, H10: stray spaces in scope are no scope" => async move {
            let scope = granted(app, " products:read  offline_access ").await;
            must(scope.split(' ').any(|scope| scope == "products:read"), &scope)
        },
        "RFC 9101 §6.2: request and request_uri are not silently ignored" => async move {
            refused(&ask(app, "request", Some("e30.e30.")).await, "request_not_supported")?;
            refused(&ask(app, "request_uri", Some("https://a.example/r")).await, "request_uri_not_supported")
        },
        "A45, A48, H9: what cannot be granted is dropped, and the answer says what was granted" => async move {
            let scope = granted(app, "openid profile products:read admin:full orders:refund").await;
            must(scope == "products:read", &scope)
        },
        "A46: what a shop sells by is never granted by a wildcard" => async move {
            for scope in ["*", "orders:*", "all", "cart"] {
                refused(&ask(app, "scope", Some(scope)).await, "invalid_scope")?;
            }
            Ok(())
        },
        "A47: an elevation is in the trail, with what was granted" => async move {
            let agent = Agent::register_as(app.live(), &json!({"client_name": "Climber", "redirect_uris": [CALLBACK]})).await;
            let mut browser = Browser::new();
            agent.connect(&mut browser, app.live(), "products:read").await;
            let trail = || async {
                let mut staff = Browser::new();
                staff.sign_in_as_staff(app.live(), Role::Viewer).await;
                staff.open(&format!("{}/console/audit", app.live().issuer).parse().unwrap()).await.body
            };
            must(!trail().await.contains("Shopper allowed more"), &"elevated at first")?;
            agent.connect(&mut browser, app.live(), "products:read cart:write").await;
            must(trail().await.contains("Shopper allowed more"), &"no entry")?;
            let recorded = "UPDATE audit_entries SET risk = risk WHERE kind = 'elevated' AND scope = 'products:read cart:write'";
            must(app.sql(recorded).await == 1, &"another scope")
        },
        "RFC 9396 §5: authorization_details of another type, with unknown members or wrong values are refused" => async move {
            for details in [
                "{}", "[]", "nonsense", r#"[{"type":"payment_initiation"}]"#,
                r#"[{"type":"store_checkout","max_amount":1,"currency":"EUR","locations":["https://a.example"]}]"#,
                r#"[{"type":"store_checkout","max_amount":1,"currency":"USD"}]"#,
                r#"[{"type":"store_checkout","max_amount":0,"currency":"EUR"}]"#,
                r#"[{"type":"store_checkout","max_amount":1,"currency":"EUR","merchant_id":"https://a.example/mcp"}]"#,
                r#"[{"type":"store_checkout","max_amount":1,"currency":"EUR","expires_at":"2001-01-01T00:00:00Z"}]"#,
            ] {
                refused(&ask(app, "authorization_details", Some(details)).await, "invalid_authorization_details")?;
            }
            let long = format!("[{}]", " ".repeat(5_000));
            refused(&ask(app, "authorization_details", Some(&long)).await, "invalid_authorization_details")
        },
        "RFC 9396 §2: authorization_details that are understood lead to consent" => async move {
            let details = r#"[{"type":"store_checkout","max_amount":8000,"currency":"EUR"}]"#;
            must(ask(app, "authorization_details", Some(details)).await.status == 200, &"refused")
        },
        "A48: invalid_scope only when nothing usable is left" => async move {
            refused(&ask(app, "scope", Some("openid profile")).await, "invalid_scope")
        },
        "H11: no scope means the browse set" => async move {
            let scope = granted(app, "").await;
            must(scope == "products:read inventory:read", &scope)
        },
        "A45: a shopper may allow less, and the answer says so" => async move {
            let agent = Agent::register_as(app.live(), &json!({"client_name": "Less", "redirect_uris": [CALLBACK]})).await;
            let mut browser = Browser::new();
            let asking = agent.ask("products:read inventory:read cart:write");
            let page = browser.reach_consent(&asking.url, app.live()).await;
            let mut form = page.form("Allow");
            form.tick("cart:write", false);
            form.tick("inventory:read", false);
            let code = browser.press(&page, &form, "Allow").await.sent_back("code").unwrap();
            let scope = agent.redeem(&code, &asking.verifier).await.tokens().scope;
            must(scope == "products:read", &scope)
        },
    }
}
