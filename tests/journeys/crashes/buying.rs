//! Purchases when the server is killed: what the shopper or the store was answered is so when it is back, once, and the ledger
//! counts it once.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::StatusCode;
use serde_json::json;

use super::*;
use crate::purchases::{Asked, SCOPES, Scene};
use crate::support::agent::CALLBACK;
use crate::support::{Page, app};

/// Each with a grant of its own, of which three purchases may wait.
const AGENTS: usize = 8;
const OF_EACH: usize = 3;
/// Purchases of which the store has heard that they are used, when the server is killed.
const ENOUGH: usize = 6;
const TOTAL: usize = 1_490;

/// What was answered, whole, before the server was gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Heard {
    is_approved: bool,
    is_used: bool,
}

struct Purchase {
    asked: Asked,
    /// With the form that approves it.
    page: Page,
    heard: Heard,
}

async fn wait_for_approval(scene: &mut Scene<'_>, name: usize) -> Vec<Purchase> {
    let mut waiting = Vec::new();
    for number in 0..OF_EACH {
        let asked = scene.ask(&format!("checkout-{name}-{number}")).await;
        let page = scene.open(&asked).await;
        waiting.push(Purchase { asked, page, heard: Heard::default() });
    }
    waiting
}

/// Yes to one after the other, each used as soon as that was heard.
async fn buy_until_gone(scene: &Scene<'_>, waiting: &mut [Purchase], used: &AtomicUsize) {
    for Purchase { asked, page, heard } in waiting {
        let yes = scene.browser.request(page, &page.form("Approve"), "Approve");
        let Ok(answer) = yes.send().await else { return };
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        heard.is_approved = true;
        let url = format!("{}/resource/purchases/{}/consume", scene.shop.issuer, asked.id);
        let body = json!({ "checkout_id": asked.checkout, "digest": asked.digest });
        let request = scene.agent.http.post(url).json(&body);
        let request = request.basic_auth(&scene.shop.resource_id, Some(&scene.shop.resource_secret));
        let Ok(answer) = request.send().await else { return };
        // Acknowledged is what has arrived as a whole.
        let Ok(json) = answer.json::<serde_json::Value>().await else { return };
        assert_eq!(json["state"], "consumed", "{json}");
        heard.is_used = true;
        used.fetch_add(1, Ordering::Relaxed);
    }
}

/// What was answered is so. What was approved, heard of or not, is used and ordered, however often the store asks.
async fn has_kept(scene: &Scene<'_>, Purchase { asked, heard, .. }: &Purchase) -> bool {
    let state = scene.look(asked).await;
    let allowed: &[&str] = match heard {
        Heard { is_used: true, .. } => &["consumed"],
        Heard { is_approved: true, .. } => &["approved", "consumed"],
        Heard { .. } => &["awaiting_approval", "approved"],
    };
    assert!(allowed.contains(&state.as_str()), "{state}: {heard:?}");
    if state == "awaiting_approval" {
        return false;
    }
    for _ in 0..2 {
        assert_eq!(scene.consume(asked).await.json()["state"], "consumed");
    }
    let order = format!("order-{}", asked.checkout);
    for _ in 0..2 {
        assert_eq!(scene.settle(asked, Some(&order)).await.json()["order_id"], order.as_str());
    }
    true
}

/// Once in the audit trail, and once in the ledger; or not at all.
async fn is_once(db: &Database, Purchase { asked, .. }: &Purchase, is_ordered: bool) {
    let count = usize::from(is_ordered);
    for (kind, object) in [
        ("purchase_approved", &asked.id),
        ("purchase_consumed", &asked.id),
        ("purchase_completed", &format!("order-{}", asked.checkout)),
    ] {
        let entries = format!("UPDATE audit_entries SET kind = kind WHERE kind = '{kind}' AND object_id = '{object}'");
        assert_eq!(app::sql(db, &entries).await, count, "{kind}");
    }
    let reservation = format!("UPDATE reservations SET state = state WHERE purchase_id = '{}'", asked.id);
    assert_eq!(app::sql(db, &reservation).await, count);
    let counts = format!("{reservation} AND state = 'committed' AND amount = {TOTAL}");
    assert_eq!(app::sql(db, &counts).await, count);
}

async fn scene<'s>(shop: &'s Shop, browser: &mut Browser, name: usize) -> Scene<'s> {
    let metadata = json!({ "client_name": format!("Agent {name}"), "redirect_uris": [CALLBACK] });
    let agent = Agent::register_as(shop, &metadata).await;
    let tokens = agent.connect(browser, shop, SCOPES).await;
    Scene { shop, agent, browser: browser.clone(), tokens }
}

#[tokio::test]
async fn a_killed_server_has_lost_no_approval_and_no_use_of_a_purchase_and_counts_each_once() {
    let mut server = Server::provisioned().await;
    let shop = server.shop.clone();
    let (mut browser, used) = (Browser::new(), AtomicUsize::new(0));
    let mut scenes = Vec::new();
    for name in 0..AGENTS {
        let mut scene = scene(&shop, &mut browser, name).await;
        let waiting = wait_for_approval(&mut scene, name).await;
        scenes.push((scene, waiting));
    }
    let kill = async {
        while used.load(Ordering::Relaxed) < ENOUGH {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.running.kill();
    };
    let load = scenes.iter_mut().map(|(scene, waiting)| buy_until_gone(scene, waiting, &used));
    tokio::join!(join_all(load), kill);
    assert!(used.load(Ordering::Relaxed) < AGENTS * OF_EACH, "the server was killed too late");

    server.start_again().await;
    let mut ordered = Vec::new();
    for (scene, purchases) in &scenes {
        let mut of_agent = Vec::new();
        for purchase in purchases {
            of_agent.push(has_kept(scene, purchase).await);
        }
        ordered.push(of_agent);
    }
    server.running.kill();
    let db = server.open();
    for ((scene, purchases), ordered) in scenes.iter().zip(ordered) {
        for (purchase, is_ordered) in purchases.iter().zip(&ordered) {
            is_once(&db, purchase, *is_ordered).await;
        }
        let claims = crate::support::jwt::claims(&scene.tokens.access);
        let of_grant = format!("grant_id = '{}'", claims["grant_id"].as_str().unwrap());
        let sum = TOTAL * ordered.iter().filter(|is_ordered| **is_ordered).count();
        let counted = format!("UPDATE ledger_periods SET counted = counted WHERE {of_grant} AND counted <> 0");
        assert_eq!(app::sql(&db, &counted).await, usize::from(sum > 0));
        let counted = format!("UPDATE ledger_periods SET counted = counted WHERE {of_grant} AND counted = {sum}");
        assert_eq!(app::sql(&db, &counted).await, usize::from(sum > 0), "{sum}");
    }
    tokio::task::spawn_blocking(move || db.close()).await.unwrap();
}
