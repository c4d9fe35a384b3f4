//! Who may decide what, and for which store and environment.

use tillgate::domain::staff::Role;

use super::{Console, DOCUMENT, token};
use crate::support::app::PASSWORD;
use crate::support::{Agent, App, Browser, Hosting, Page};

/// Every post of these pages that decides something.
fn posts(client: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let (client, password) = (("client", client.to_owned()), ("password", PASSWORD.to_owned()));
    let decides = |decision: &str| vec![client.clone(), ("decision", decision.to_owned()), password.clone()];
    let classes = ["unverified", "domain_verified", "key_verified", "approved"].map(|tier| (tier, "browse".to_owned()));
    let policy = [
        &classes[..],
        &[("registration", "closed".to_owned()), ("longest_elevation", String::new()), password.clone()],
    ]
    .concat();
    vec![
        ("/console/agents/agent", decides("quarantine")),
        ("/console/agents/agent", decides("release")),
        ("/console/agents/policy/denied", vec![]),
        ("/console/agents/agent", [decides("class"), vec![("class", "browse".to_owned())]].concat()),
        ("/console/agents/policy", policy),
        ("/console/agents/policy/hosts", vec![("host", "agent.example".to_owned()), ("effect", "deny".to_owned())]),
        ("/console/agents/merge", vec![("from", client.1.clone()), ("into", DOCUMENT.to_owned()), password.clone()]),
    ]
}

async fn send(console: &mut Console<'_>, page: &Page, path: &str, fields: &[(&str, String)], csrf: &str) -> Page {
    let fixed = [("environment", console.environment.to_owned()), ("csrf", csrf.to_owned())];
    let fields = fields.iter().cloned().chain(fixed).map(|(name, value)| (name.to_owned(), value));
    console.browser.send(page, path, &fields.collect::<Vec<_>>()).await
}

#[actix_web::test]
async fn each_role_decides_what_is_its_own_about_agents() {
    let app = App::start().await;
    let shop = app.live();
    let agent = Agent::register(shop).await;
    for (role, allowed) in [(Role::Viewer, 0), (Role::Support, 3)] {
        let mut console = Console::of(shop, role).await;
        let page = console.open("/console/agents", &[]).await;
        assert_eq!(page.status, 200);
        let csrf = token(&page);
        for (number, (path, fields)) in posts(&agent.client_id).iter().enumerate() {
            let answer = send(&mut console, &page, path, fields, &csrf).await;
            assert_eq!(answer.status == 403, number >= allowed, "{role} {path} {fields:?}: {}", answer.status);
        }
        assert_eq!(console.agent(&agent.client_id).await.status, 200, "everybody may look");
        assert_eq!(console.open("/console/agents/policy", &[]).await.status, 200);
        assert_eq!(console.open("/console/agents/platforms", &[]).await.status, 200);
        let merge = [("from", agent.client_id.as_str()), ("into", DOCUMENT)];
        assert_eq!(console.open("/console/agents/merge", &merge).await.status, 403);
    }
    // Nobody decides without the form, and what opens asks for the password.
    let mut admin = Console::of(shop, Role::Admin).await;
    let page = admin.open("/console/agents", &[]).await;
    let csrf = token(&page);
    for (path, fields) in posts(&agent.client_id) {
        assert_eq!(send(&mut admin, &page, path, &fields, "").await.status, 403, "{path}");
        let opens = path != "/console/agents/merge" && !fields.contains(&("decision", "quarantine".to_owned()));
        if opens && fields.iter().any(|(name, _)| *name == "password") {
            let guessed: Vec<_> = fields.iter().filter(|(name, _)| *name != "password").cloned().collect();
            assert_eq!(send(&mut admin, &page, path, &guessed, &csrf).await.status, 422, "{path}");
        }
    }
}

#[actix_web::test]
async fn a_nul_in_a_field_is_refused_and_no_defect() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut admin = Console::of(app.live(), Role::Admin).await;
    let page = admin.open("/console/agents", &[]).await;
    let csrf = token(&page);
    let others = ["/console/agents", "/console/revoke", "/console/clients/client"].map(|path| (path, Vec::new()));
    for (path, fields) in posts(&agent.client_id).into_iter().chain(others) {
        for named in ["client", "pause", "connection", "from", "host", "id", "reason"] {
            let fields = [&fields[..], &[(named, "a\0b".to_owned())]].concat();
            assert_eq!(send(&mut admin, &page, path, &fields, &csrf).await.status, 400, "{path} {named}");
        }
    }
}

#[actix_web::test]
async fn decisions_stay_in_their_store_and_environment() {
    let app = App::start_as(Hosting::TwoPaths, &[]).await;
    let [live, sandbox, elsewhere, _] = &app.shops[..] else { panic!() };
    let (agent, twin) = (Agent::register(live).await, Agent::register(sandbox).await);
    let mut other = Console::of(elsewhere, Role::Admin).await;
    assert_eq!(other.agent(&agent.client_id).await.status, 404, "another store's staff");
    let mut admin = Console::of(live, Role::Admin).await;
    assert_eq!(admin.agent(&twin.client_id).await.status, 404, "of the sandbox, in live");
    admin.policy("Name not verified", "browse").await;
    admin.rule("Deny", "other.example").await;
    admin.quarantine(&agent.client_id).await;
    let (mut browser, mut tester) = (Browser::new(), Browser::new());
    assert_eq!(
        browser.open(&agent.ask("products:read").url).await.sent_back("error").as_deref(),
        Some("access_denied")
    );
    let tokens = twin.connect(&mut tester, sandbox, "products:read cart:write").await;
    assert_eq!(tokens.scope, "products:read cart:write", "the sandbox has a policy of its own");
    let page = Console::of(live, Role::Admin).await.at("sandbox").open("/console/agents/policy", &[]).await;
    assert!(!page.body.contains("other.example"), "{}", page.body);
    let theirs = Agent::register(elsewhere).await;
    let tokens = theirs.connect(&mut Browser::new(), elsewhere, "products:read cart:write").await;
    assert_eq!(tokens.scope, "products:read cart:write");
}
