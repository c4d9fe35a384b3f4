//! The console by its forms: sessions, roles, environments, stores, wrong passwords; and the upload of tool calls.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::domain::connection::Connection;
use crate::domain::resource::ResourceServer;
use crate::domain::session::StaffSession;
use crate::domain::staff::{Role, Staff};
use crate::domain::{ConnectionId, IssuerId, ResourceServerId, StaffId, StoreId, Timestamp};
use crate::keys::hash_secret;
use crate::merchant::testing::{NOW, RESOURCE, connection, insert, seed_store, write};
use crate::storage::{StorageError, connections, resource_servers, staff, staff_sessions};
use crate::web::cookies::Kind;
use crate::web::testing::{Answer, Browser, PASSWORD, STAFF, Shop, wrong_password};

const REVOKED: &str = "Revoked. The next call";

/// Without the proof that this browser did it (`pages::told`).
fn leads_to(answer: &Answer) -> &str {
    answer.location.as_deref().unwrap().split_once("&proof=").unwrap().0
}

/// A shop with one session in each environment, and one in another store.
async fn shop() -> (Shop, Connection, Connection) {
    let shop = Shop::open().await;
    let live = connection("live1", "c1_live", "live-shopper", NOW);
    let sandbox = connection("sand1", "c1_sandbox", "sandbox-shopper", NOW);
    let strange = connection("bobslive", "c1_strange", "strange-shopper", NOW);
    let all = [live.clone(), sandbox.clone(), strange];
    write(&shop.state.db, move |tx| {
        seed_store(tx, "bobs", "http://localhost:9090")?;
        all.iter().try_for_each(|connection| insert(tx, connection))
    })
    .await;
    (shop, live, sandbox)
}

/// A browser in which somebody of this role and store is signed in at the shop's console.
async fn staff(shop: &Shop, role: Role, store: &str) -> Browser {
    let cookie = format!("{role}-{store}-cookie");
    let member = Staff {
        id: StaffId::new(format!("{role}-{store}")),
        store_id: StoreId::new(store),
        email: format!("{role}@{store}.example"),
        role,
        created_at: NOW,
    };
    let session = StaffSession {
        token_hash: *hash_secret(cookie.as_bytes()).as_bytes(),
        staff: member.clone(),
        authenticated_at: NOW,
        expires_at: Timestamp::MAX,
    };
    write(&shop.state.db, move |tx| {
        staff::insert(tx, &member, "no hash")?;
        staff_sessions::insert(tx, &session)
    })
    .await;
    let mut browser = shop.browser();
    browser.cookies.insert(Kind::Staff.name(&shop.live.issuer), cookie);
    browser
}

async fn is_live(shop: &Shop, connection: &Connection) -> bool {
    let (issuer, id): (IssuerId, ConnectionId) = (connection.issuer_id.clone(), connection.id);
    let found: Result<_, StorageError> =
        shop.state.db.read(move |c| connections::find_unrestricted(c, &issuer, id)).await;
    found.unwrap().is_some_and(|connection| connection.ended.is_none())
}

async fn revoke(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = browser.get(page).await.csrf("/console/revoke");
    browser.post("/console/revoke", &[&[("csrf", csrf.as_str())], fields].concat()).await
}

#[actix_web::test]
async fn without_a_session_every_page_leads_to_sign_in() {
    let (shop, ..) = shop().await;
    for path in ["/console", "/console/agents", "/console/audit", "/console/settings", "/console/revoke?client=c"] {
        let answer = shop.browser().get(path).await;
        assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/console/sign-in")));
    }
    let answer = shop.browser().post("/console/revoke", &[("client", "c1_live")]).await;
    assert_eq!(answer.location.as_deref(), Some("/console/sign-in"));
    // A session of another store is none here.
    let answer = staff(&shop, Role::Admin, "bobs").await.get("/console").await;
    assert_eq!(answer.location.as_deref(), Some("/console/sign-in"));
}

#[actix_web::test]
async fn each_environment_shows_its_own_sessions_agents_and_entries_only() {
    let (shop, ..) = shop().await;
    let mut browser = staff(&shop, Role::Viewer, "fern1").await;
    for path in ["/console", "/console/agents"] {
        let live = browser.get(path).await.body;
        let sandbox = browser.get(&format!("{path}?environment=sandbox")).await.body;
        assert!(live.contains("c1_live") && !live.contains("c1_sandbox") && !live.contains("c1_strange"), "{path}");
        assert!(sandbox.contains("c1_sandbox") && !sandbox.contains("c1_live") && !sandbox.contains("c1_strange"));
    }
    assert_eq!(browser.get("/console?environment=other").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn one_click_ends_a_session_and_the_trail_says_who_did_it() {
    let (shop, live, _) = shop().await;
    let mut browser = staff(&shop, Role::Support, "fern1").await;
    let id = live.id.to_string();
    let answer = revoke(&mut browser, "/console", &[("environment", "live"), ("connection", &id)]).await;
    let to = "/console?environment=live&done=revoked";
    assert_eq!((answer.status, leads_to(&answer)), (StatusCode::SEE_OTHER, to));
    assert!(!is_live(&shop, &live).await);
    assert!(browser.get(answer.location.as_deref().unwrap()).await.body.contains(REVOKED));
    let trail = browser.get(&format!("/console/audit?session={id}")).await.body;
    assert!(trail.contains("Session ended") && trail.contains("revoked_by_staff"), "{trail}");
}

#[actix_web::test]
async fn a_revocation_comes_back_to_where_its_button_was() {
    let (shop, live, _) = shop().await;
    let mut browser = staff(&shop, Role::Support, "fern1").await;
    let id = live.id.to_string();
    let page = browser.get("/console?agent=Agent&state=live").await.body;
    assert!(page.contains("name=\"place\" value=\"agent=Agent&#38;state=live\""), "{page}");
    let place = "agent=Agent&state=live&done=%0d%0aelsewhere&environment=sandbox";
    let fields = [("environment", "live"), ("connection", &id), ("place", place)];
    let answer = revoke(&mut browser, "/console", &fields).await;
    assert_eq!(leads_to(&answer), "/console?environment=live&agent=Agent&state=live&done=revoked");
}

#[actix_web::test]
async fn a_strangers_link_makes_no_page_of_the_console_say_that_something_was_done() {
    let (shop, live, _) = shop().await;
    let mut browser = staff(&shop, Role::Support, "fern1").await;
    let told = [
        ("/console", "done=revoked"),
        ("/console/agents", "done=paused"),
        ("/console/agents", "done=resumed"),
        ("/console/clients", "done=removed"),
        ("/console/agents/agent", "client=c1_live&done=quarantined"),
        ("/console/agents/policy", "done=saved"),
        ("/console/health", "done=looked"),
    ];
    for (path, query) in told {
        for query in [query.to_owned(), format!("{query}&proof="), format!("{query}&proof=1.AAAA")] {
            let page = browser.get(&format!("{path}?{query}")).await;
            assert!(
                page.status == StatusCode::OK && !page.body.contains("class=\"notice"),
                "{path}?{query}: {}",
                page.body
            );
        }
    }
    // What is told to one is not told to another, nor of something else.
    let id = live.id.to_string();
    let answer = revoke(&mut browser, "/console", &[("environment", "live"), ("connection", &id)]).await;
    let told = answer.location.unwrap();
    assert!(browser.get(&told).await.body.contains(REVOKED));
    let mut other = staff(&shop, Role::Admin, "fern1").await;
    assert!(!other.get(&told).await.body.contains(REVOKED));
    let moved = [
        told.replace("environment=live", "environment=sandbox"),
        format!("/console/agents?{}", told.split_once('?').unwrap().1),
    ];
    for moved in moved {
        assert!(!browser.get(&moved).await.body.contains("class=\"notice"), "{moved}");
    }
}

#[actix_web::test]
async fn a_form_works_for_its_session_and_environment_and_in_no_other() {
    let (shop, live, sandbox) = shop().await;
    let mut support = staff(&shop, Role::Support, "fern1").await;
    let mut admin = staff(&shop, Role::Admin, "fern1").await;
    let of_live = support.get("/console").await.csrf("/console/revoke");
    let (live_id, sandbox_id) = (live.id.to_string(), sandbox.id.to_string());
    let no_token: [(&str, &str); 2] = [("environment", "live"), ("connection", &live_id)];
    assert_eq!(support.post("/console/revoke", &no_token).await.status, StatusCode::FORBIDDEN);
    let stolen = [("csrf", of_live.as_str()), ("environment", "live"), ("connection", &live_id)];
    assert_eq!(admin.post("/console/revoke", &stolen).await.status, StatusCode::FORBIDDEN);
    let moved = [("csrf", of_live.as_str()), ("environment", "sandbox"), ("connection", &sandbox_id)];
    assert_eq!(support.post("/console/revoke", &moved).await.status, StatusCode::FORBIDDEN);
    // The token of live with an id of sandbox ends nothing there.
    let mixed = [("csrf", of_live.as_str()), ("environment", "live"), ("connection", &sandbox_id)];
    support.post("/console/revoke", &mixed).await;
    assert!(is_live(&shop, &live).await && is_live(&shop, &sandbox).await);
}

#[actix_web::test]
async fn all_sessions_of_an_agent_or_a_shopper_end_after_a_question() {
    let (shop, live, sandbox) = shop().await;
    let mut browser = staff(&shop, Role::Support, "fern1").await;
    let page = browser.get("/console/revoke?client=c1_live").await;
    assert!(page.body.contains("1 live session ends"), "{}", page.body);
    let answer = revoke(&mut browser, "/console/revoke?client=c1_live", &[("client", "c1_live")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!is_live(&shop, &live).await);
    let page = "/console/revoke?environment=sandbox&shopper=pseudonym-sandbox-shopper";
    let fields = [("environment", "sandbox"), ("shopper", "pseudonym-sandbox-shopper")];
    assert_eq!(revoke(&mut browser, page, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!is_live(&shop, &sandbox).await);
    assert!(browser.get("/console?state=revoked").await.body.contains("c1_live"));
}

#[actix_web::test]
async fn a_viewer_reads_and_changes_nothing() {
    let (shop, live, _) = shop().await;
    let mut browser = staff(&shop, Role::Viewer, "fern1").await;
    let csrf = browser.get("/console").await.csrf("/console/revoke");
    let id = live.id.to_string();
    for (path, field) in [
        ("/console/revoke", ("connection", id.as_str())),
        ("/console/revoke", ("client", "c1_live")),
        ("/console/agents", ("pause", "c1_live")),
        ("/console/settings/pause", ("x", "")),
        ("/console/settings/resume", ("password", PASSWORD)),
        ("/console/settings/access", ("password", PASSWORD)),
    ] {
        let answer = browser.post(path, &[("csrf", &csrf), field]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(is_live(&shop, &live).await);
    assert_eq!(browser.get("/console/revoke?client=c1_live").await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn support_pauses_but_only_an_admin_with_the_password_switches_access() {
    let (shop, live, sandbox) = shop().await;
    let mut support = staff(&shop, Role::Support, "fern1").await;
    let csrf = support.get("/console").await.csrf("/console/revoke");
    assert_eq!(support.post("/console/settings/pause", &[("csrf", &csrf)]).await.status, StatusCode::SEE_OTHER);
    assert!(support.get("/console").await.body.contains("All agents are paused"));
    assert!(!support.get("/console?environment=sandbox").await.body.contains("All agents are paused"));
    assert!(is_live(&shop, &live).await, "nothing ends");
    let answer = support.post("/console/settings/access", &[("csrf", &csrf), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);

    let mut admin = shop.browser();
    let signed_in = admin.fill("/console/sign-in", &[("email", STAFF), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    let csrf = admin.get("/console/settings").await.csrf("/console/settings/access");
    let wrong = wrong_password();
    for path in ["/console/settings/access", "/console/settings/resume"] {
        let answer = admin.post(path, &[("csrf", &csrf), ("password", &wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("The password is not right"));
    }
    assert!(is_live(&shop, &sandbox).await);
    let fields = [("csrf", csrf.as_str()), ("password", PASSWORD), ("open", "live")];
    assert_eq!(admin.post("/console/settings/access", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(is_live(&shop, &live).await && !is_live(&shop, &sandbox).await, "sandbox is off");
    let both = [("csrf", csrf.as_str()), ("password", PASSWORD), ("open", "live"), ("open", "sandbox")];
    admin.post("/console/settings/access", &both).await;
    assert!(is_live(&shop, &sandbox).await, "and on again");
    let answer = admin.post("/console/settings/resume", &[("csrf", &csrf), ("password", PASSWORD)]).await;
    assert_eq!(leads_to(&answer), "/console/settings?environment=live&done=resumed");
    assert!(!admin.get("/console").await.body.contains("All agents are paused"));
}

#[actix_web::test]
async fn an_agent_is_paused_and_resumed_by_one_click_each() {
    let (shop, ..) = shop().await;
    let mut browser = staff(&shop, Role::Support, "fern1").await;
    let csrf = browser.get("/console").await.csrf("/console/revoke");
    assert_eq!(
        browser.post("/console/agents", &[("csrf", &csrf), ("pause", "c1_live")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(browser.get("/console?state=paused").await.body.contains("c1_live"));
    browser.post("/console/agents", &[("csrf", &csrf), ("resume", "c1_live")]).await;
    assert!(!browser.get("/console?state=paused").await.body.contains("c1_live"));
}

#[actix_web::test]
async fn a_resource_server_uploads_tool_calls_with_its_own_secret_only() {
    let (shop, live, _) = shop().await;
    let server = ResourceServer {
        id: ResourceServerId::new("rs1"),
        resource: RESOURCE.to_owned(),
        aliases: vec![],
        name: "Shop".to_owned(),
    };
    let (before, after) = (*hash_secret(b"before").as_bytes(), *hash_secret(b"after").as_bytes());
    write(&shop.state.db, move |tx| {
        let issuer = IssuerId::new("live1");
        resource_servers::insert(tx, &issuer, &server, &before, NOW)?;
        assert!(resource_servers::rotate_secret(tx, &issuer, &server.id, &after, Timestamp::MAX)?);
        Ok(())
    })
    .await;
    let batch = json!({"calls": [{
        "id": "01936b0e-0000-7000-8000-000000000001", "at": NOW.as_micros(), "tool": "search_products",
        "platform": "demo-store", "status": 200, "outcome": "ok", "latency_micros": 900, "risk": 0,
        "reference_id": "reference-1", "required_scope": "products:read", "object_id": null, "arguments_digest": null,
        "token": {"jti": "j", "client_id": "c1_live", "grant_id": "g", "connection_id": live.id.to_string()}
    }]});
    let request = |secret: &str| {
        let basic = format!("Basic {}", STANDARD.encode(format!("rs1:{secret}")));
        TestRequest::post().uri("/resource/audit").insert_header(("authorization", basic)).set_json(&batch)
    };
    let mut at_live = shop.browser();
    assert_eq!(
        at_live.send(TestRequest::post().uri("/resource/audit").set_json(&batch)).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(at_live.send(request("wrong")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.browser_at(&shop.sandbox).send(request("after")).await.status, StatusCode::UNAUTHORIZED);
    // The previous secret counts during its overlap.
    for (secret, answer) in [("before", r#"{"kept":1,"ignored":0}"#), ("after", r#"{"kept":0,"ignored":1}"#)] {
        let received = at_live.send(request(secret)).await;
        assert_eq!((received.status, received.body.as_str()), (StatusCode::ACCEPTED, answer));
    }
    let mut viewer = staff(&shop, Role::Viewer, "fern1").await;
    assert!(viewer.get("/console/audit?reference=reference-1").await.body.contains("search_products"));
    assert!(
        !viewer.get("/console/audit?environment=sandbox&reference=reference-1").await.body.contains("search_products")
    );
}
