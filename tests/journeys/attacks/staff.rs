//! The console's sessions and forms: fixation, login CSRF, every post without its form, cookies of others, and what a role
//! may not do.

use crate::support::html::forms;
use crate::support::{Agent, App, Browser, Hosting, Page, Shop};
use tillgate::domain::staff::Role;

fn cookie(app: &App, kind: &str, id: &str) -> (String, String) {
    ("localhost".to_owned(), format!("tg-{kind}-{id}-{}", app.port))
}

/// Whether the console lets this browser in.
async fn is_let_in(browser: &mut Browser, shop: &Shop) -> bool {
    !browser.open(&shop.address("/console")).await.url.path().ends_with("/console/sign-in")
}

/// The token of the console's forms, which also a viewer's pages have.
fn token(page: &Page, action: &str) -> String {
    let form = forms(&page.body).into_iter().find(|form| form.action == action).unwrap();
    form.fields.into_iter().find(|field| field.name == "csrf").unwrap().value
}

/// The id of the only connection that there is.
async fn connection_of(app: &App) -> String {
    let mut admin = Browser::new();
    let page = admin.sign_in_as_staff(app.live(), Role::Admin).await;
    page.form("Revoke").buttons.into_iter().find_map(|(_, sends)| sends).unwrap().1
}

/// Every post of the console, each as it would be sent but for the token.
fn posts(connection: &str, client: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let password = || ("password", crate::support::app::PASSWORD.to_owned());
    vec![
        ("/console/revoke", vec![("connection", connection.to_owned())]),
        ("/console/revoke", vec![("client", client.to_owned())]),
        ("/console/agents", vec![("pause", client.to_owned())]),
        ("/console/agents", vec![("resume", client.to_owned())]),
        ("/console/settings/pause", vec![]),
        ("/console/settings/resume", vec![password()]),
        ("/console/settings/access", vec![password()]),
    ]
}

async fn post(browser: &mut Browser, page: &Page, path: &str, fields: &[(&str, String)], csrf: Option<&str>) -> Page {
    let csrf = csrf.map(|token| ("csrf", token.to_owned()));
    let fields = fields.iter().cloned().chain([("environment", "live".to_owned())]).chain(csrf);
    let fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value)).collect();
    browser.send(page, path, &fields).await
}

/// An agent that is connected, and what the store's server is told of its token.
async fn connected(app: &App) -> (Agent, String) {
    let agent = Agent::register(app.live()).await;
    let token = agent.connect(&mut Browser::new(), app.live(), "products:read").await.access;
    (agent, token)
}

async fn is_untouched(app: &App, token: &str) -> bool {
    let told = app.live().introspect(token).await.json();
    told["active"] == true && told["paused"] != true
}

#[tokio::test]
async fn a_staff_session_fixed_beforehand_is_not_the_one_that_is_signed_in() {
    let app = App::start().await;
    let key = cookie(&app, "staff", &app.live().store_id);
    let fixed = "A".repeat(43);
    let mut victim = Browser::new();
    victim.cookies.insert(key.clone(), fixed.clone());
    victim.sign_in_as_staff(app.live(), Role::Admin).await;
    assert!(victim.cookies.get(&key).is_some_and(|value| *value != fixed), "a session of its own");
    assert!(is_let_in(&mut victim, app.live()).await);
    let mut attacker = Browser::new();
    attacker.cookies.insert(key, fixed);
    assert!(!is_let_in(&mut attacker, app.live()).await);
}

#[tokio::test]
async fn a_console_sign_in_form_of_another_browser_signs_nobody_in() {
    let app = App::start().await;
    let page = Browser::new().open(&app.live().address("/console/sign-in")).await;
    let mut form = page.form("Sign in");
    form.fill("E-mail address", "admin@store.example");
    form.fill("Password", crate::support::app::PASSWORD);
    let mut victim = Browser::new();
    victim.open(&page.url).await;
    let answer = victim.press(&page, &form, "Sign in").await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(!is_let_in(&mut victim, app.live()).await);
}

#[tokio::test]
async fn nothing_is_done_at_the_console_without_the_form_that_was_shown() {
    let app = App::start().await;
    let (agent, access) = connected(&app).await;
    let connection = connection_of(&app).await;
    let (mut admin, mut other) = (Browser::new(), Browser::new());
    let page = admin.sign_in_as_staff(app.live(), Role::Admin).await;
    let theirs = token(&other.sign_in_as_staff(app.live(), Role::Support).await, "/console/revoke");
    let sandbox = token(
        &admin.open(&app.live().address("/console/settings?environment=sandbox")).await,
        "/console/settings/pause",
    );
    let sign_out = token(&page, "/console/sign-out");
    for (path, fields) in posts(&connection, &agent.client_id) {
        for forged in [None, Some(""), Some("1.AAAA"), Some(&theirs), Some(&sandbox), Some(&sign_out)] {
            let answer = post(&mut admin, &page, path, &fields, forged).await;
            assert!(answer.status.is_client_error(), "{path} {forged:?}: {}", answer.status);
            assert!(is_untouched(&app, &access).await, "{path} {forged:?}");
        }
    }
    let shown = token(&page, "/console/revoke");
    let (path, fields) = &posts(&connection, &agent.client_id)[0];
    post(&mut admin, &page, path, fields, Some(&shown)).await;
    assert!(!is_untouched(&app, &access).await, "with the form as it was shown");
}

#[tokio::test]
async fn staff_are_not_signed_out_by_another_site() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let page = admin.sign_in_as_staff(app.live(), Role::Admin).await;
    for forged in [None, Some("")] {
        let answer = post(&mut admin, &page, "/console/sign-out", &[], forged).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
    assert!(is_let_in(&mut admin, app.live()).await);
}

#[tokio::test]
async fn a_shoppers_session_is_no_staffs_and_staffs_is_no_shoppers() {
    let app = App::start().await;
    let (shoppers, staffs) =
        (cookie(&app, "shopper", &app.live().issuer_id), cookie(&app, "staff", &app.live().store_id));
    let mut shopper = Browser::new();
    let door = shopper.open(&app.live().address("/sign-in")).await;
    shopper.sign_in(&door, app.live()).await;
    let mut climber = Browser::new();
    climber.cookies.insert(staffs.clone(), shopper.cookies[&shoppers].clone());
    assert!(!is_let_in(&mut climber, app.live()).await, "a shopper at the console");

    let mut admin = Browser::new();
    admin.sign_in_as_staff(app.live(), Role::Admin).await;
    let mut meddler = Browser::new();
    meddler.cookies.insert(shoppers, admin.cookies[&staffs].clone());
    let page = meddler.open(&app.live().address("/sign-in")).await;
    assert!(page.url.path().ends_with("/sign-in"), "staff as a shopper");
}

#[tokio::test]
async fn staff_of_one_store_are_nobody_at_another() {
    let app = App::start_as(Hosting::TwoPaths, &[]).await;
    let (here, there) = (&app.shops[0], &app.shops[2]);
    let mut admin = Browser::new();
    admin.sign_in_as_staff(here, Role::Admin).await;
    assert!(is_let_in(&mut admin, here).await);
    assert!(!is_let_in(&mut admin, there).await, "with the cookie as it is");
    let session = admin.cookies[&cookie(&app, "staff", &here.store_id)].clone();
    admin.cookies.insert(cookie(&app, "staff", &there.store_id), session);
    assert!(!is_let_in(&mut admin, there).await, "with the cookie under the other's name");
}

#[tokio::test]
async fn a_viewer_revokes_and_pauses_nothing() {
    let app = App::start().await;
    let (agent, access) = connected(&app).await;
    let connection = connection_of(&app).await;
    let mut viewer = Browser::new();
    let page = viewer.sign_in_as_staff(app.live(), Role::Viewer).await;
    let shown = token(&page, "/console/revoke");
    for (path, fields) in posts(&connection, &agent.client_id) {
        let answer = post(&mut viewer, &page, path, &fields, Some(&shown)).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
        assert!(is_untouched(&app, &access).await, "{path}");
    }
}

#[tokio::test]
async fn support_switches_no_agents_off() {
    let app = App::start().await;
    let (agent, access) = connected(&app).await;
    let connection = connection_of(&app).await;
    let mut support = Browser::new();
    let page = support.sign_in_as_staff(app.live(), Role::Support).await;
    let shown = token(&page, "/console/revoke");
    let (path, fields) = posts(&connection, &agent.client_id).pop().unwrap();
    assert_eq!(post(&mut support, &page, path, &fields, Some(&shown)).await.status, 403);
    assert!(is_untouched(&app, &access).await);
}
