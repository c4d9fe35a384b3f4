//! The console's page "What agents see": every role may look, and sees what the command would print.

use tillgate::domain::staff::Role;

use crate::support::{App, Browser, Page};

async fn open(app: &App, browser: &mut Browser, query: &str) -> Page {
    browser.open(&format!("{}/console/health{query}", app.live().issuer).parse().unwrap()).await
}

#[tokio::test]
async fn a_viewer_looks_and_sees_that_every_platform_links() {
    let app = App::start_with_store().await;
    let mut browser = Browser::new();
    browser.sign_in_as_staff(app.live(), Role::Viewer).await;
    let page = open(&app, &mut browser, "").await;
    assert!(page.body.contains("Nobody has looked"), "{}", page.body);
    let form = page.form("Look now");
    let looked = browser.press(&page, &form, "Look now").await;
    assert!(looked.body.contains(&app.live().resource), "{}", looked.body);
    assert!(!looked.body.contains("will-not-link") && !looked.body.contains("links-but"), "{}", looked.body);
    // One environment says nothing of the other, and what was seen stays.
    let sandbox = open(&app, &mut browser, "?environment=sandbox").await;
    assert!(sandbox.body.contains("Nobody has looked"));
    assert!(open(&app, &mut browser, "").await.body.contains("ChatGPT"));
}

#[tokio::test]
async fn a_server_that_is_away_is_said_to_be() {
    // Its resource server is only a name, which nobody may be asked about: the port is closed.
    let app = App::start().await;
    let mut browser = Browser::new();
    browser.sign_in_as_staff(app.live(), Role::Viewer).await;
    app.sql("UPDATE resource_servers SET resource = 'http://localhost:1/mcp'").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let page = open(&app, &mut browser, "").await;
    let form = page.form("Look now");
    let looked = browser.press(&page, &form, "Look now").await;
    assert!(looked.body.contains("Nobody links."), "{}", looked.body);
}

#[tokio::test]
async fn nobody_else_can_have_it_look() {
    let app = App::start_with_store().await;
    let mut browser = Browser::new();
    let page = open(&app, &mut browser, "").await;
    assert!(page.url.path().ends_with("/console/sign-in"));
    let page = browser.sign_in_as_staff(app.live(), Role::Viewer).await;
    let forged = [("environment", "live"), ("csrf", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let refused = browser.send(&page, "/console/health", &forged).await;
    assert_eq!(refused.status, 403);
}
