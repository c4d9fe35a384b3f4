//! D: Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document-00 and -01, MCP client registration).

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::{Row, must, rows};
use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Document, Documents, Page, http};

pub const ID: &str = "https://agent.example/oauth/client.json";

/// A good document of `id`, with these members instead; null takes one out.
pub fn document(id: &str, members: &Value) -> Document {
    let mut document = json!({
        "client_id": id, "client_name": "Described Agent", "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
    });
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            document.as_object_mut().unwrap().remove(name);
        } else {
            document[name] = value.clone();
        }
    }
    Document::json(&document)
}

pub fn agent(app: &App, id: &str) -> Agent {
    Agent::of(app.live(), id)
}

/// What the shopper sees whom the agent with this id sends.
async fn shown(app: &App, id: &str) -> Page {
    Browser::new().reach_consent(&agent(app, id).ask("products:read").url, app.live()).await
}

/// The same with a redirect URI of the test's choice.
async fn shown_with(app: &App, id: &str, redirect_uri: &str) -> Page {
    let (mut parameters, _, _) = agent(app, id).parameters("products:read");
    for (name, value) in &mut parameters {
        if *name == "redirect_uri" {
            redirect_uri.clone_into(value);
        }
    }
    let url: Url = agent(app, id).authorize_url(&parameters);
    Browser::new().reach_consent(&url, app.live()).await
}

fn is_consent(page: &Page) -> bool {
    page.status == 200 && page.url.path().ends_with("/consent") && page.left_for.is_none()
}

/// A page of ours with this status: D2, A32, never a redirect.
fn is_refusal(page: &Page, status: u16) -> bool {
    page.status == status && page.left_for.is_none() && page.body.contains("Reference")
}

/// Serves a document under an id of its own and says what comes of a request.
async fn case(app: &App, documents: &Documents, name: &str, serve: impl FnOnce(&str) -> Document) -> Page {
    let id = format!("https://{name}.example/client.json");
    documents.serve(&id, serve(&id));
    shown(app, &id).await
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows<'a>(app: &'a App, documents: &'a Documents) -> Vec<Row<'a>> {
    rows! {
        "A15, CIMD-00 §5, H2: the flag is advertised, beside the method none" => async move {
            let metadata: Value = http().get(format!("{}/.well-known/oauth-authorization-server", app.live().issuer)).send().await.unwrap().json().await.unwrap();
            let methods = metadata["token_endpoint_auth_methods_supported"].as_array().cloned().unwrap_or_default();
            must(metadata["client_id_metadata_document_supported"] == true && methods.contains(&json!("none")), &metadata)
        },
        "D1, D3: a good document at a good address is a client, from consent to refresh" => async move {
            documents.serve(ID, document(ID, &json!({})));
            let agent = agent(app, ID);
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read offline_access").await;
            let refreshed = agent.refresh(&tokens.refresh).await;
            must(refreshed.status == 200 && app.live().accepts(&refreshed.tokens().access).await, &refreshed)
        },
        "D1, CIMD-00 §3: an address that breaks a rule is refused as it was written, and nothing is fetched" => async move {
            for id in ["https://agent.example", "https://agent.example/", "https://agent.example/a/../client.json", "https://agent.example/./client.json", "https://agent.example/%2e%2e/client.json", "https://agent.example/client.json#x", "https://u:p@agent.example/client.json", "https://AGENT.example/client.json", "https://agent.example:443/client.json", "HTTPS://agent.example/client.json"] {
                let before = documents.connections();
                let page = shown(app, id).await;
                must(is_refusal(&page, 400) && documents.connections() == before, &(id, page))?;
            }
            Ok(())
        },
        "D1: http is no scheme of a document" => async move {
            let page = shown(app, "http://agent.example/oauth/client.json").await;
            must(is_refusal(&page, 400), &page)
        },
        "D2, A32: a document that cannot be had is a page, never a redirect" => async move {
            let page = shown(app, "https://nowhere.example/client.json").await;
            must(is_refusal(&page, 502), &page)
        },
        "D3: client_id is the address, character for character" => async move {
            for other in ["https://other.example/client.json", "https://differs.example/client.json/", "https://differs.example/client.json?", ""] {
                documents.serve("https://differs.example/client.json", document(other, &json!({})));
                app.advance(60);
                let page = shown(app, "https://differs.example/client.json").await;
                must(is_refusal(&page, 400), &(other, page))?;
            }
            Ok(())
        },
        "D3, MCP: client_name and redirect_uris are required" => async move {
            for (name, members) in [("nameless", json!({"client_name": null})), ("nowhere-to", json!({"redirect_uris": null})), ("empty", json!({"redirect_uris": []}))] {
                let page = case(app, documents, name, |id| document(id, &members)).await;
                must(is_refusal(&page, 400), &(name, page))?;
            }
            Ok(())
        },
        "D3: what is no JSON object is no document" => async move {
            for (name, body) in [("array", "[]"), ("html", "<html></html>"), ("nothing", ""), ("twice", r#"{"client_id":"a","client_id":"b"}"#)] {
                let page = case(app, documents, name, |_| Document::of(200, body).with("content-type", "application/json")).await;
                must(is_refusal(&page, 400), &(name, page))?;
            }
            Ok(())
        },
        "D4, CIMD-00 §4.1: no secret, and no way to authenticate with one" => async move {
            for (name, members) in [("secret", json!({"client_secret": "s"})), ("expiry", json!({"client_secret_expires_at": 0})), ("basic", json!({"token_endpoint_auth_method": "client_secret_basic"})), ("post", json!({"token_endpoint_auth_method": "client_secret_post"})), ("hmac", json!({"token_endpoint_auth_method": "client_secret_jwt"}))] {
                let page = case(app, documents, name, |id| document(id, &members)).await;
                must(is_refusal(&page, 400), &(name, page))?;
            }
            Ok(())
        },
        "D5, A30: the redirect URI is one of the document's" => async move {
            documents.serve(ID, document(ID, &json!({})));
            let page = shown_with(app, ID, "https://agent.example/callback/").await;
            must(is_refusal(&page, 400), &page)
        },
        "D5, H1: of a loopback address only the port may differ, for localhost, too, and one host is never the other" => async move {
            let id = "https://local.example/client.json";
            documents.serve(id, document(id, &json!({"redirect_uris": ["http://localhost/callback"]})));
            must(is_consent(&shown_with(app, id, "http://localhost:51234/callback").await), &"localhost with a port")?;
            let page = shown_with(app, id, "http://127.0.0.1:51234/callback").await;
            must(is_refusal(&page, 400), &page)
        },
        "D6, H3: unknown members, grants and methods of others are ignored" => async move {
            let members = json!({"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"], "x": {"y": [1]}, "contacts": 5});
            let page = case(app, documents, "lenient", |id| document(id, &members)).await;
            must(is_consent(&page), &page)
        },
        "D7, CIMD-01: 200 and nothing else; no redirect is followed" => async move {
            for status in [201, 203, 204, 206, 301, 302, 303, 307, 308, 400, 404, 410, 500, 503] {
                let name = format!("status-{status}");
                let page = case(app, documents, &name, |id| Document { status, ..document(id, &json!({})) }.with("location", ID)).await;
                must(is_refusal(&page, 502), &(status, page))?;
            }
            Ok(())
        },
        "D7: its type is JSON, or ends in +json" => async move {
            let typed = |kind: &'static str| move |id: &str| Document { headers: vec![("content-type".to_owned(), kind.to_owned())], ..document(id, &json!({})) };
            let page = case(app, documents, "plus", typed("application/client+json; charset=utf-8")).await;
            must(is_consent(&page), &page)?;
            let page = case(app, documents, "text", typed("text/html")).await;
            must(is_refusal(&page, 400), &page)
        },
        "D8: what its host says about freshness counts, but for no less than five minutes and no more than a day" => async move {
            for (name, control, fresh, stale) in [("brief", "max-age=1", 290, 20), ("hour", "max-age=3600", 3500, 200), ("never", "no-store", 290, 20), ("forever", "max-age=99999999", 86_300, 200), ("silent", "", 3500, 200)] {
                let id = format!("https://{name}.example/client.json");
                documents.serve(&id, document(&id, &json!({})).with("cache-control", control));
                let asked = |times: usize| documents.requests(&id) == times;
                must(is_consent(&shown(app, &id).await) && asked(1), &(name, "first"))?;
                app.advance(fresh);
                must(is_consent(&shown(app, &id).await) && asked(1), &(name, "still fresh", documents.requests(&id)))?;
                app.advance(stale);
                must(is_consent(&shown(app, &id).await) && asked(2), &(name, "read again", documents.requests(&id)))?;
            }
            Ok(())
        },
        "D8, D14: an error is never kept; that it happened is, for less than a minute" => async move {
            let id = "https://recovers.example/client.json";
            must(is_refusal(&shown(app, id).await, 502), &"away")?;
            documents.serve(id, document(id, &json!({})));
            app.advance(60);
            must(is_consent(&shown(app, id).await), &"back")
        },
        "D10, D11, CIMD-01: no address of special use is dialled, however it is written" => async move {
            for host in ["10.0.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.2:1", "[fd00::1]", "[::ffff:a00:1]", "[64:ff9b::a00:1]"] {
                let id = format!("https://{host}/client.json");
                let page = shown(app, &id).await;
                must(is_refusal(&page, 502), &(host, page))?;
            }
            let before = documents.connections();
            documents.is_at("inside.example", &[&["10.1.2.3:443".parse().unwrap()]]);
            let page = shown(app, "https://inside.example/client.json").await;
            must(is_refusal(&page, 502) && documents.connections() == before, &page)
        },
        "D12: more than 16 kB are not read" => async move {
            let page = case(app, documents, "large", |id| document(id, &json!({"x": "x".repeat(17_000)}))).await;
            must(is_refusal(&page, 502), &page)?;
            let page = case(app, documents, "larger-than-usual", |id| document(id, &json!({"x": "x".repeat(8_000)}))).await;
            must(is_consent(&page), &page)
        },
        "D13: a logo is neither fetched nor shown" => async move {
            let logo = "https://pictures.example/logo.png";
            let page = case(app, documents, "pictured", |id| document(id, &json!({"logo_uri": logo}))).await;
            must(is_consent(&page) && !page.body.contains("pictures.example") && documents.requests(logo) == 0, &page)
        },
        "D15, A38: the page names the host of the document and the host that is returned to" => async move {
            let page = case(app, documents, "two-hosts", |id| document(id, &json!({}))).await;
            must(is_consent(&page) && page.body.contains("two-hosts.example") && page.body.contains("agent.example"), &page)
        },
        "D15, D19: where everything stays on this computer the page warns, and says so although a document exists" => async move {
            let id = "https://cli.example/client.json";
            documents.serve(id, document(id, &json!({"redirect_uris": ["http://127.0.0.1/callback"]})));
            let page = shown_with(app, id, "http://127.0.0.1:7777/callback").await;
            must(is_consent(&page) && page.body.contains("any program on this computer") && page.body.contains("cli.example"), &page)
        },
        "D19: nobody who consented before is connected without being asked again" => async move {
            let id = "https://again.example/client.json";
            documents.serve(id, document(id, &json!({"redirect_uris": ["http://127.0.0.1/callback", CALLBACK]})));
            let (agent, mut browser) = (agent(app, id), Browser::new());
            agent.connect(&mut browser, app.live(), "products:read").await;
            let page = browser.open(&agent.ask("products:read").url).await;
            must(is_consent(&page), &page)
        },
        "CIMD-00 §4: nothing about an agent is written before a shopper has consented" => async move {
            let page = case(app, documents, "unseen", |id| document(id, &json!({}))).await;
            must(is_consent(&page), &page)?;
            let left = app.sql("DELETE FROM clients WHERE id = 'https://unseen.example/client.json'").await;
            must(left == 0, &left)
        },
        "D12, D14: a host that never answers is given up, and nobody else waits for it" => async move {
            let slow = "https://slow.example/client.json";
            documents.serve(slow, document(slow, &json!({})).after(Duration::from_mins(1)));
            let begun = std::time::Instant::now();
            let (page, quick) = tokio::join!(shown(app, slow), async {
                let page = case(app, documents, "quick", |id| document(id, &json!({}))).await;
                (page, begun.elapsed())
            });
            must(is_refusal(&page, 502) && is_consent(&quick.0) && quick.1 < begun.elapsed(), &(page, quick))
        },
    }
}
