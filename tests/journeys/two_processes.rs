//! Two real processes on one PostgreSQL database, as behind a proxy that passes the host on: whole purchases of one grant at once
//! through both, against one monthly limit.

use futures_util::future::join_all;
use reqwest::header::HOST;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::crashes::{Server, program, serve};
use crate::purchases::{Asked, SCOPES, Scene, refused};
use crate::support::program::{Running, free_port};
use crate::support::{Agent, Answer, Browser, Shop, app, http};

/// At once: as many as may wait for one agent.
const AT_ONCE: usize = 3;
const ROUNDS: usize = 14;
/// In cents: room for thirteen purchases, and no cent for another.
const TOTAL: usize = 1_490;
const LIMIT: &str = "193.70";
const ROOM: usize = 13;
/// Every so manieth is given back.
const GIVEN_BACK: usize = 4;

struct Pair {
    first: Server,
    second: u16,
    _running: Running,
}

impl Pair {
    async fn start() -> Self {
        let (first, second) = (Server::provisioned().await, free_port());
        let running = serve(&program(first.folder.path(), &first.url, second), second).await;
        Self { first, second, _running: running }
    }

    /// To one of the two. Both answer at the one address that agents and shoppers know.
    fn at(&self, number: usize, request: RequestBuilder) -> RequestBuilder {
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        if number % 2 == 1 {
            request.url_mut().set_port(Some(self.second)).unwrap();
            request.headers_mut().insert(HOST, format!("localhost:{}", self.first.port).parse().unwrap());
        }
        RequestBuilder::from_parts(client, request)
    }

    /// `None` when the limit leaves no room for it.
    async fn register(&self, scene: &Scene<'_>, number: usize) -> Option<Asked> {
        let name = format!("checkout-{number}");
        let new = scene.new_purchase(&name, &name, &scene.document());
        let request = http().post(format!("{}/resource/purchases", scene.shop.issuer)).json(&new);
        let answer = scene.call(self.at(number, request)).await;
        if answer.status == StatusCode::CONFLICT {
            refused(&answer, "over_limit");
            return None;
        }
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("{json}")).to_owned();
        Some(Asked { id: text("id"), checkout: name, url: text("approval_url"), digest: text("digest") })
    }

    /// The page comes from the one, and its form goes to either.
    async fn approve(&self, scene: &Scene<'_>, number: usize, asked: &Asked) {
        let page = scene.browser.clone().open(&asked.url.parse().unwrap()).await;
        let request = scene.browser.request(&page, &page.form("Approve"), "Approve");
        let answer = self.at(number, request).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }

    /// The same call to both at once.
    async fn both(&self, scene: &Scene<'_>, asked: &Asked, step: &str, body: &Value) -> [Answer; 2] {
        let url = format!("{}/resource/purchases/{}/{step}", scene.shop.issuer, asked.id);
        let call = |number| scene.call(self.at(number, http().post(&url).json(body)));
        tokio::join!(call(0), call(1)).into()
    }

    /// Uses what was approved, and orders it or gives it back; each said twice.
    async fn sell(&self, scene: &Scene<'_>, asked: &Asked, is_ordered: bool) {
        let body = json!({ "checkout_id": asked.checkout, "digest": asked.digest });
        for answer in self.both(scene, asked, "consume", &body).await {
            assert_eq!(answer.json()["state"], "consumed", "F23: {}", answer.body);
        }
        let (body, state) = if is_ordered {
            let order = format!("order-{}", asked.checkout);
            (json!({ "outcome": "completed", "checkout_id": asked.checkout, "order_id": order }), "completed")
        } else {
            (json!({ "outcome": "released", "checkout_id": asked.checkout }), "released")
        };
        for answer in self.both(scene, asked, "settle", &body).await {
            assert_eq!(answer.json()["state"], state, "{}", answer.body);
        }
    }
}

/// Connected, with a limit for the month.
async fn scene(shop: &Shop) -> Scene<'_> {
    let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
    let asking = agent.ask(SCOPES);
    let page = browser.reach_consent(&asking.url, shop).await;
    let mut form = page.form("Allow");
    form.tick_all();
    form.fill("Limit per month (EUR)", LIMIT);
    let back = browser.press(&page, &form, "Allow").await;
    let tokens = agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    Scene { shop, agent, browser, tokens }
}

#[tokio::test]
async fn purchases_through_two_processes_at_once_never_go_a_cent_over_the_limit_and_none_is_lost() {
    if std::env::var_os("TEST_DATABASE_URL").is_none() {
        eprintln!("SKIPPED: two processes share a PostgreSQL database; TEST_DATABASE_URL names none");
        return;
    }
    let pair = Pair::start().await;
    let scene = scene(&pair.first.shop).await;
    let (mut approved, mut ordered) = (0, 0);
    for round in 0..ROUNDS {
        let numbers = (round * AT_ONCE..).take(AT_ONCE);
        let asked = join_all(numbers.clone().map(|number| pair.register(&scene, number))).await;
        // Who comes to which process changes with the round.
        let asked: Vec<(usize, Asked)> =
            numbers.zip(asked).filter_map(|(number, asked)| Some((number, asked?))).collect();
        join_all(asked.iter().map(|(number, asked)| pair.approve(&scene, *number, asked))).await;
        for (_, asked) in &asked {
            if scene.look(asked).await == "awaiting_approval" {
                refused(&scene.consume(asked).await, "not_approved");
                continue;
            }
            approved += 1;
            let is_ordered = approved % GIVEN_BACK != 0;
            pair.sell(&scene, asked, is_ordered).await;
            ordered += usize::from(is_ordered);
        }
        assert!(ordered <= ROOM, "{ordered} orders");
    }
    assert_eq!(ordered, ROOM, "who came after the room was used up was refused, and nobody before");
    let counted = format!("UPDATE ledger_periods SET counted = counted WHERE counted = {}", ROOM * TOTAL);
    let db = pair.first.open();
    assert_eq!(app::sql(&db, &counted).await, 1, "what counts is what was ordered");
    let orders = "UPDATE purchases SET stage = stage WHERE stage = 'completed'";
    assert_eq!(app::sql(&db, orders).await, ROOM);
    tokio::task::spawn_blocking(move || db.close()).await.unwrap();
}
