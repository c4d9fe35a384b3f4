//! Quirks of real clients (`tests/quirks.json`): that each has a test which is there, and those tests that no other file has.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::support::agent::CALLBACK;
use crate::support::documents::Document;
use crate::support::{Agent, App, Browser, Documents, http};

/// One row of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quirk {
    id: String,
    #[serde(rename = "quirk")]
    text: String,
    /// `file::name`; the name is a function, or what a row or a test is called.
    tests: Vec<String>,
    /// What is not the server's to do.
    #[serde(default)]
    note: Option<String>,
}

#[test]
fn every_quirk_names_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table: Vec<Quirk> = serde_json::from_slice(&std::fs::read(root.join("tests/quirks.json")).unwrap()).unwrap();
    let expected: Vec<String> = (1..=24)
        .flat_map(
            |number| if number == 5 { vec!["H5".to_owned(), "H5b".to_owned()] } else { vec![format!("H{number}")] },
        )
        .collect();
    assert_eq!(table.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), expected);
    for row in &table {
        assert!(!row.text.is_empty() && (!row.tests.is_empty() || row.note.is_some()), "{}", row.id);
        for test in &row.tests {
            let (file, name) = test.split_once("::").unwrap();
            let text =
                std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{}: {file}: {error}", row.id));
            let is_function = Path::new(file).extension().is_some_and(|kind| kind == "rs") && !name.contains(' ');
            let named = if is_function { format!("fn {name}(") } else { name.replace('\'', "\\'") };
            assert!(text.contains(&named) || text.contains(name), "{}: {test} is not there", row.id);
        }
    }
}

const DOCUMENT: &str = "https://claude.ai/oauth/mcp-oauth-client-metadata";

/// A client that is described by a document, and is served one as long as the test says so.
async fn described(documents: &Documents) -> (App, Agent) {
    let app = App::start_with_documents(documents, &[]).await;
    let document = json!({ "client_id": DOCUMENT, "client_name": "Claude", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none" });
    documents.serve(DOCUMENT, Document::json(&document));
    let (issuer, resource) = (app.live().issuer.clone(), app.live().resource.clone());
    let agent = Agent { http: http(), issuer, resource, client_id: DOCUMENT.to_owned(), secret: None, key: None };
    (app, agent)
}

#[tokio::test]
async fn a_document_that_breaks_stops_nobody_who_is_connected() {
    let documents = Documents::start();
    let (app, agent) = described(&documents).await;
    let mut browser = Browser::new();
    let tokens = agent.connect(&mut browser, app.live(), "products:read offline_access").await;
    let page = || Document::of(403, "<!doctype html><title>Just a moment</title>").with("content-type", "text/html");
    documents.serve(DOCUMENT, page());
    // Longer than any document is held.
    app.advance(Duration::from_hours(25).as_secs());
    let before = documents.requests(DOCUMENT);
    let fresh = agent.refresh(&tokens.refresh).await.tokens();
    assert_eq!(documents.requests(DOCUMENT), before, "D9: no refresh waits for a document");
    // The last good copy stands in, since the shopper is connected by it.
    agent.connect(&mut browser, app.live(), "products:read offline_access").await;
    agent.refresh(&fresh.refresh).await.tokens();
    // Nothing is known of the agent in the other environment.
    let (issuer, resource) = (app.sandbox().issuer.clone(), app.sandbox().resource.clone());
    let stranger = Agent { issuer, resource, ..agent.clone() };
    let asking = stranger.ask("products:read");
    let answer = Browser::new().open(&asking.url).await;
    assert!(answer.left_for.is_none() && !answer.status.is_success(), "{}: {:?}", answer.status, answer.left_for);
}

#[tokio::test]
async fn a_secret_that_was_pasted_for_a_public_client_is_refused_in_words() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let pasted = Agent { secret: Some("pasted-by-the-user".to_owned()), ..agent.clone() };
    let answer = pasted.redeem(&code, &verifier).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "invalid_client"));
    assert!(answer.json()["error_description"].as_str().unwrap().contains("public"), "{}", answer.body);
    agent.redeem(&code, &verifier).await.tokens();
}

#[tokio::test]
async fn a_slash_behind_the_path_of_a_resource_names_another_resource() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let slashed = Agent { resource: format!("{}/", agent.resource), ..agent.clone() };
    let page = Browser::new().open(&slashed.ask("products:read").url).await;
    assert_eq!(page.sent_back("error").as_deref(), Some("invalid_target"));
}

#[tokio::test]
async fn a_client_that_is_gone_gets_a_page_for_people_and_401_for_programs() {
    let app = App::start().await;
    let agent = Agent { client_id: "c1_of-long-ago".to_owned(), ..Agent::register(app.live()).await };
    let page = Browser::new().open(&agent.ask("products:read").url).await;
    assert!(page.left_for.is_none() && page.status.is_client_error(), "{}", page.status);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.body.contains("again"), "it says what to do: {}", page.body);
    let answer = agent.refresh("tgr_anything").await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "invalid_client"));
}

#[tokio::test]
async fn who_asks_for_everything_each_time_is_linked_again_with_what_it_had() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let everything = "products:read inventory:read cart:write checkout:initiate orders:read offline_access";
    let mut browser = Browser::new();
    for _link in 0..2 {
        let asking = agent.ask(everything);
        let page = browser.reach_consent(&asking.url, app.live()).await;
        let back = browser.allow(&page).await;
        let code = back.sent_back("code").unwrap_or_else(|| panic!("{}: {}", back.status, back.body));
        let scope = agent.redeem(&code, &asking.verifier).await.tokens().scope;
        assert_eq!(scope, "products:read inventory:read offline_access");
    }
}
