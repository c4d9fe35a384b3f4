//! Agents that come with the address of their own description as client id: many at once, through an outage, after a
//! change, in two environments. The clauses one by one are rows of `tests/conformance/client_documents.rs`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Document, Documents, Page, http};

const ID: &str = "https://agent.example/oauth/client.json";

fn document(members: &Value) -> Document {
    let mut document = json!({
        "client_id": ID, "client_name": "Described Agent", "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
    });
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    Document::json(&document)
}

fn agent(app: &App) -> Agent {
    Agent::of(app.live(), ID)
}

async fn start() -> (Documents, App) {
    let documents = Documents::start();
    documents.serve(ID, document(&json!({})));
    let app = App::start_with_documents(&documents, &[("TILLGATE__OUTBOUND__TIMEOUT", "3s")]).await;
    (documents, app)
}

fn is_consent(page: &Page) -> bool {
    page.status == 200 && page.url.path().ends_with("/consent")
}

/// The consent page of somebody who is signed in.
async fn asked(app: &App, browser: &mut Browser, scopes: &str) -> Page {
    browser.reach_consent(&agent(app).ask(scopes).url, app.live()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_first_visits_at_once_read_the_document_once() {
    let (documents, app) = start().await;
    documents.serve(ID, document(&json!({})).after(Duration::from_millis(300)));
    let http = http();
    let visits = (0..1_000).map(|_| {
        let (http, url) = (http.clone(), agent(&app).ask("products:read").url);
        async move { http.get(url).send().await.unwrap().status() }
    });
    let statuses = futures_util::future::join_all(visits).await;
    assert!(statuses.iter().all(|status| status.as_u16() == 303), "{statuses:?}");
    assert_eq!(documents.requests(ID), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_first_visits_to_a_host_that_fails_ask_it_once_too() {
    let (documents, app) = start().await;
    documents.serve(ID, Document::of(503, "").after(Duration::from_millis(300)));
    let http = http();
    let visits = (0..1_000).map(|_| {
        let (http, url) = (http.clone(), agent(&app).ask("products:read").url);
        async move { http.get(url).send().await.unwrap().status() }
    });
    let statuses = futures_util::future::join_all(visits).await;
    assert!(statuses.iter().all(|status| status.as_u16() == 502), "{statuses:?}");
    assert_eq!(documents.requests(ID), 1);
}

#[tokio::test]
async fn one_source_cannot_make_the_server_look_at_documents_without_end() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[("TILLGATE__REGISTRATION__RATE_PER_MINUTE", "3")]).await;
    let mut statuses = Vec::new();
    for number in 0..5 {
        let id = format!("https://host-{number}.example/client.json");
        let url = Agent { client_id: id, ..agent(&app) }.ask("products:read").url;
        statuses.push(http().get(url).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [502, 502, 502, 429, 429]);
    assert_eq!(documents.connections(), 3);
}

#[tokio::test]
async fn while_its_document_is_away_an_agent_goes_on_for_those_who_rely_on_it_and_for_nobody_new() {
    let (documents, app) = start().await;
    let mut browser = Browser::new();
    // Nobody has consented yet: there is no copy to fall back on.
    documents.serve(ID, Document::of(200, "<html>down for maintenance</html>").with("content-type", "text/html"));
    assert_eq!(asked(&app, &mut Browser::new(), "products:read").await.status, 400);
    app.advance(60);
    documents.serve(ID, document(&json!({})));
    let tokens = agent(&app).connect(&mut browser, app.live(), "products:read offline_access").await;

    app.advance(2 * 3600);
    for outage in [
        Document::of(200, "<html>down for maintenance</html>").with("content-type", "text/html"),
        Document::of(404, ""),
        Document::of(302, "").with("location", "https://elsewhere.example/"),
        Document::of(200, "{\"client_id\":").with("content-type", "application/json"),
    ] {
        documents.serve(ID, outage.clone());
        app.advance(60);
        let page = asked(&app, &mut browser, "products:read cart:write").await;
        assert!(is_consent(&page), "H17, {outage:?}: {} {}", page.status, page.body);
    }
    let refreshed = agent(&app).refresh(&tokens.refresh).await;
    assert_eq!(refreshed.status, 200, "D9: a refresh never depends on the document");
    assert!(app.live().accepts(&refreshed.tokens().access).await);
}

#[tokio::test]
async fn a_document_that_says_something_else_is_no_outage() {
    let (documents, app) = start().await;
    let mut browser = Browser::new();
    agent(&app).connect(&mut browser, app.live(), "products:read offline_access").await;
    app.advance(2 * 3600);
    documents.serve(ID, document(&json!({"client_id": "https://agent.example/another.json"})));
    assert_eq!(asked(&app, &mut browser, "products:read").await.status, 400);
    app.advance(60);
    // The redirect URI that the copy has is gone from the document: the copy does not bring it back.
    documents.serve(ID, document(&json!({"redirect_uris": ["https://agent.example/new"]})));
    let page = asked(&app, &mut browser, "products:read").await;
    assert!(page.status == 400 && page.left_for.is_none(), "{}", page.status);
}

#[tokio::test]
async fn an_agent_that_describes_itself_differently_is_asked_about_from_the_beginning() {
    let (documents, app) = start().await;
    let mut browser = Browser::new();
    agent(&app).connect(&mut browser, app.live(), "products:read inventory:read cart:write offline_access").await;

    let page = asked(&app, &mut browser, "products:read cart:write orders:read").await;
    assert!(page.body.contains("A connected agent asks for more"), "{}", page.body);

    for (change, is_asked_anew) in [
        (json!({"client_name": "Described Agent 2"}), true),
        (json!({"redirect_uris": [CALLBACK, "https://agent.example/second"]}), true),
        (json!({"logo_uri": "https://agent.example/logo.png"}), true),
        (json!({"software_version": "2.0", "contacts": ["somebody"]}), false),
    ] {
        documents.serve(ID, document(&change));
        app.advance(2 * 3600);
        let page = asked(&app, &mut browser, "products:read cart:write orders:read").await;
        assert!(is_consent(&page), "{change}: {} {}", page.status, page.body);
        let says_so = page.body.contains("This agent has changed");
        assert_eq!(says_so, is_asked_anew, "D18 {change}");
        assert_eq!(page.body.contains("An AI agent asks for access"), is_asked_anew, "everything is a question again");
    }
}

#[tokio::test]
async fn what_was_left_unticked_after_a_change_is_asked_about_and_not_given_back() {
    let (documents, app) = start().await;
    let mut browser = Browser::new();
    agent(&app).connect(&mut browser, app.live(), "products:read inventory:read cart:write orders:read").await;
    documents.serve(ID, document(&json!({"client_name": "Described Agent 2"})));
    app.advance(2 * 3600);
    // Allowed with the boxes as they are: browsing, and nothing else of what it had.
    let page = asked(&app, &mut browser, "products:read inventory:read cart:write orders:read").await;
    assert!(page.body.contains("This agent has changed"), "{}", page.body);
    assert!(browser.allow(&page).await.sent_back("code").is_some());
    let page = asked(&app, &mut browser, "products:read inventory:read cart:write").await;
    let is_a_question =
        page.form("Allow").fields.iter().any(|field| field.name == "scope" && field.value == "cart:write");
    assert!(is_consent(&page) && is_a_question, "{}", page.body);
}

#[tokio::test]
async fn who_keeps_us_from_looking_gets_no_older_copy() {
    let documents = Documents::start();
    documents.serve(ID, document(&json!({})));
    let app = App::start_with_documents(&documents, &[("TILLGATE__REGISTRATION__RATE_PER_MINUTE", "2")]).await;
    let mut browser = Browser::new();
    agent(&app).connect(&mut browser, app.live(), "products:read").await;
    documents.serve(ID, document(&json!({"redirect_uris": ["https://agent.example/new"]})));
    app.advance(2 * 3600);
    for number in 0..2 {
        let id = format!("https://host-{number}.example/client.json");
        http().get(Agent { client_id: id, ..agent(&app) }.ask("products:read").url).send().await.unwrap();
    }
    let page = asked(&app, &mut browser, "products:read").await;
    assert_eq!(page.status, 429, "{}", page.body);
}

#[tokio::test]
async fn a_consent_answers_for_the_description_that_the_request_was_checked_against() {
    let (documents, app) = start().await;
    let mut browser = Browser::new();
    let asking = agent(&app).ask("products:read");
    let page = browser.reach_consent(&asking.url, app.live()).await;
    assert!(is_consent(&page));
    // Within the ten minutes of the request, and after the five that a document counts at least.
    documents.serve(ID, document(&json!({"client_name": "Somebody else"})).with("cache-control", "no-store"));
    app.advance(300);
    let first = browser.allow(&page).await;
    assert!(first.left_for.is_some(), "an hour by default: still the same description");
}

#[tokio::test]
async fn a_description_that_changes_between_request_and_answer_is_not_consented_to() {
    let (documents, app) = start().await;
    documents.serve(ID, document(&json!({})).with("cache-control", "no-store"));
    let mut browser = Browser::new();
    let page = browser.reach_consent(&agent(&app).ask("products:read").url, app.live()).await;
    documents.serve(ID, document(&json!({"client_name": "Somebody else"})).with("cache-control", "no-store"));
    app.advance(301);
    let answer = browser.allow(&page).await;
    assert_eq!((answer.status.as_u16(), answer.left_for.is_none()), (409, true), "{}", answer.body);
    assert!(answer.body.contains("This agent has just changed"));
}

#[tokio::test]
async fn live_and_sandbox_keep_what_they_were_told_apart() {
    let (documents, app) = start().await;
    let tokens = agent(&app).connect(&mut Browser::new(), app.live(), "products:read offline_access").await;
    let sandbox = app.sandbox();
    let there = Agent { issuer: sandbox.issuer.clone(), resource: sandbox.resource.clone(), ..agent(&app) };
    assert_eq!(there.refresh(&tokens.refresh).await.error(), "invalid_client", "nobody has consented there");
    let other = there.connect(&mut Browser::new(), sandbox, "products:read offline_access").await;
    assert_eq!(there.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert!(sandbox.accepts(&other.access).await && !app.live().accepts(&other.access).await);
    assert_eq!(documents.requests(ID), 1, "what a host says is the same for all");
}
