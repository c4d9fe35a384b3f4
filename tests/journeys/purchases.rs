//! Purchases from the resource server's call to its order, through the shopper's answer on a page; and what must not happen
//! on the way (F10 to F12, F20 to F23, S1-94, S1-95).

mod approving;
mod bothering;
mod ending;
mod limits;
mod rules;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::Money;
use mcp_resource::wire::purchase::{CheckoutDocument, DocumentLine, ShipTo};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::jwt::claims;
use crate::support::{Agent, Answer, App, Browser, Page, Shop, Tokens, http};

pub const SCOPES: &str = "products:read cart:write checkout:initiate";

/// An agent that may check out for a signed-in shopper, and the store's server that asks for it.
pub struct Scene<'a> {
    pub shop: &'a Shop,
    pub agent: Agent,
    pub browser: Browser,
    pub tokens: Tokens,
}

impl<'a> Scene<'a> {
    pub async fn set(shop: &'a Shop) -> Self {
        let (agent, mut browser) = (Agent::register(shop).await, Browser::new());
        let tokens = agent.connect(&mut browser, shop, SCOPES).await;
        Self { shop, agent, browser, tokens }
    }

    pub fn document(&self) -> CheckoutDocument {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        CheckoutDocument {
            store: self.shop.resource.clone(),
            environment: if self.shop.issuer.ends_with("/sandbox") { "sandbox" } else { "live" }.to_owned(),
            agent: self.agent.client_id.clone(),
            lines: vec![DocumentLine {
                variant_id: "tea-50g".to_owned(),
                title: "Darjeeling <First> Flush".to_owned(),
                quantity: 2,
                unit_price: euros(500),
                total: euros(1_000),
            }],
            shipping_method: "standard".to_owned(),
            ship_to: Some(ShipTo {
                name: "Robin Field".to_owned(),
                line1: "Lindenweg 12".to_owned(),
                line2: None,
                postal_code: "34117".to_owned(),
                city: "Kassel".to_owned(),
                country: "DE".to_owned(),
            }),
            subtotal: euros(1_000),
            shipping: euros(490),
            taxes: euros(238),
            taxes_included: true,
            total: euros(1_490),
        }
    }

    /// What the store's server sends for a checkout, from the token that began it.
    pub fn new_purchase(&self, checkout: &str, cart: &str, document: &CheckoutDocument) -> Value {
        let claims = claims(&self.tokens.access);
        json!({
            "grant_id": claims["grant_id"], "connection_id": claims["connection_id"],
            "checkout_id": checkout, "cart_id": cart, "jti": claims["jti"], "document": document,
        })
    }

    /// As the store's server.
    pub async fn call(&self, request: RequestBuilder) -> Answer {
        let request = request.basic_auth(&self.shop.resource_id, Some(&self.shop.resource_secret));
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn register(&self, purchase: &Value) -> Answer {
        self.call(http().post(format!("{}/resource/purchases", self.shop.issuer)).json(purchase)).await
    }

    /// A new purchase of a cart of its own.
    pub async fn ask(&self, checkout: &str) -> Asked {
        let answer = self.register(&self.new_purchase(checkout, checkout, &self.document())).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Asked { id: text("id"), checkout: checkout.to_owned(), url: text("approval_url"), digest: text("digest") }
    }

    pub async fn look(&self, asked: &Asked) -> String {
        let answer = self.call(http().get(format!("{}/resource/purchases/{}", self.shop.issuer, asked.id))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["state"].as_str().unwrap().to_owned()
    }

    pub async fn consume(&self, asked: &Asked) -> Answer {
        let body = json!({ "checkout_id": asked.checkout, "digest": asked.digest });
        self.post(asked, "consume", &body).await
    }

    pub async fn settle(&self, asked: &Asked, order: Option<&str>) -> Answer {
        let body = match order {
            Some(order) => json!({ "outcome": "completed", "checkout_id": asked.checkout, "order_id": order }),
            None => json!({ "outcome": "released", "checkout_id": asked.checkout }),
        };
        self.post(asked, "settle", &body).await
    }

    pub async fn post(&self, asked: &Asked, step: &str, body: &Value) -> Answer {
        self.call(http().post(format!("{}/resource/purchases/{}/{step}", self.shop.issuer, asked.id)).json(body)).await
    }

    /// Opens the page, signing in where it asks for it, and presses a button there.
    pub async fn answer(&mut self, asked: &Asked, button: &str) -> Page {
        let page = self.open(asked).await;
        self.browser.press(&page, &page.form(button), button).await
    }

    pub async fn open(&mut self, asked: &Asked) -> Page {
        let page = self.browser.open(&asked.url.parse().unwrap()).await;
        let is_door = page.url.path().ends_with("/sign-in");
        if is_door { self.browser.sign_in(&page, self.shop).await } else { page }
    }
}

/// A purchase as the store's server knows it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: String,
    pub checkout: String,
    pub url: String,
    pub digest: String,
}

/// Refused with this word, and a remedy that names the reference.
pub fn refused(answer: &Answer, error: &str) {
    let status = if error == "unknown" { 404 } else { 409 };
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{}", answer.body);
    let json = answer.json();
    let reference = json["reference_id"].as_str().unwrap();
    assert!(json["error_description"].as_str().unwrap().contains(reference), "{json}");
}

#[tokio::test]
async fn a_purchase_goes_from_the_stores_call_through_one_click_to_an_order() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("checkout-1").await;
    assert_eq!(asked.url, format!("{}/purchases/{}", app.live().issuer, asked.id), "F10: nothing but an id");
    let digest = scene.document().digest().unwrap();
    assert_eq!(asked.digest, URL_SAFE_NO_PAD.encode(digest));
    assert_eq!(scene.look(&asked).await, "awaiting_approval");
    refused(&scene.consume(&asked).await, "not_approved");

    let page = scene.open(&asked).await;
    for shown in [
        "Store 0",
        "Darjeeling &#60;First&#62; Flush",
        "2 × 5.00 EUR",
        "14.90 EUR",
        "Lindenweg 12",
        "Kassel",
        "DE",
        "Helpful Agent",
        "Name not verified",
        "agent.example",
        "standard",
        "in 10 minutes",
    ] {
        assert!(page.body.contains(shown), "{shown}:\n{}", page.body);
    }
    let decided = scene.browser.press(&page, &page.form("Approve"), "Approve").await;
    assert!(decided.status == 200 && decided.body.contains("You said yes"), "{}", decided.body);

    assert_eq!(scene.look(&asked).await, "approved");
    for _ in 0..3 {
        let consumed = scene.consume(&asked).await;
        assert_eq!(
            (consumed.status.as_u16(), &consumed.json()["state"]),
            (200, &json!("consumed")),
            "{}",
            consumed.body
        );
    }
    for _ in 0..2 {
        let settled = scene.settle(&asked, Some("order-77")).await;
        assert_eq!((&settled.json()["state"], &settled.json()["order_id"]), (&json!("completed"), &json!("order-77")));
    }
    refused(&scene.settle(&asked, Some("order-78")).await, "already_used");
    assert_eq!(scene.consume(&asked).await.json()["order_id"], "order-77", "the stored result");
    assert!(scene.open(&asked).await.body.contains("order-77"));
}

#[tokio::test]
async fn an_order_leads_staff_to_its_purchase_its_token_its_grant_and_its_agent() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let (asked, waiting) = (scene.ask("checkout-1").await, scene.ask("checkout-2").await);
    scene.answer(&asked, "Approve").await;
    scene.consume(&asked).await;
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), tillgate::domain::staff::Role::Viewer).await;
    let console = |query: &str| format!("{}/console/approvals?{query}", app.live().issuer).parse().unwrap();
    let page = staff.open(&console("state=without-order")).await;
    assert!(page.body.contains(&asked.id) && page.body.contains("Used, no order yet"), "{}", page.body);
    assert!(!page.body.contains(&waiting.id));
    scene.settle(&asked, Some("order-77")).await;
    let page = staff.open(&console("id=order-77")).await;
    let claims = claims(&scene.tokens.access);
    let (grant, connection) = (claims["grant_id"].as_str().unwrap(), claims["connection_id"].as_str().unwrap());
    let token = claims["jti"].as_str().unwrap();
    let client = scene.agent.client_id.as_str();
    for shown in ["order-77", &asked.id, "checkout-1", token, grant, connection, client, "Helpful Agent", "14.90 EUR"] {
        assert!(page.body.contains(shown), "{shown}:\n{}", page.body);
    }
    assert!(!page.body.contains("Lindenweg") && !page.body.contains("Darjeeling"), "S2-36");
    let of_token = staff.open(&console(&format!("id={token}"))).await;
    assert!(of_token.body.contains("order-77"), "and back: {}", of_token.body);
    for kind in ["purchase_requested", "purchase_approved", "purchase_consumed", "purchase_completed"] {
        let entry = format!("UPDATE audit_entries SET jti = jti WHERE kind = '{kind}' AND jti = '{token}'");
        assert!(app.sql(&entry).await >= 1, "{kind} names the token");
    }
    let all = staff.open(&console("")).await;
    assert!(all.body.contains("Waiting for the shopper") && all.body.contains(&waiting.id));
    let trail = staff.open(&format!("{}/console/audit", app.live().issuer).parse().unwrap()).await;
    for kind in ["Purchase requested", "Purchase approved", "Purchase used", "Order placed"] {
        assert!(trail.body.contains(kind), "{kind}");
    }
    for id in [&asked.id, "order-77"] {
        assert!(trail.body.contains(&format!("/console/approvals?environment=live&amp;id={id}")), "{}", trail.body);
    }
    let sandbox = staff.open(&console("environment=sandbox&id=order-77")).await;
    assert!(!sandbox.body.contains(&asked.id));
}

#[tokio::test]
async fn a_purchase_of_a_resource_server_that_names_no_token_is_one_all_the_same() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let mut new = scene.new_purchase("checkout-1", "cart-1", &scene.document());
    new["jti"] = json!("nobody\u{0}");
    refused(&scene.register(&new).await, "invalid_document");
    new.as_object_mut().unwrap().remove("jti");
    let answer = scene.register(&new).await.json();
    let url = answer["approval_url"].as_str().unwrap().parse().unwrap();
    let page = scene.browser.open(&url).await;
    let said = scene.browser.press(&page, &page.form("Approve"), "Approve").await;
    assert!(said.body.contains("You said yes"), "{}", said.body);
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), tillgate::domain::staff::Role::Viewer).await;
    let page = staff.open(&app.live().address("/console/approvals?id=checkout-1")).await;
    assert!(page.status == 200 && page.body.contains(answer["id"].as_str().unwrap()), "{}", page.body);
}

#[tokio::test]
async fn purchases_of_one_resource_server_do_not_exist_for_anybody_else() {
    let app = App::start().await;
    let scene = Scene::set(app.live()).await;
    let asked = scene.ask("checkout-1").await;
    let sandbox = Scene::set(app.sandbox()).await;
    let look = sandbox.call(http().get(format!("{}/resource/purchases/{}", app.sandbox().issuer, asked.id))).await;
    refused(&look, "unknown");
    refused(&sandbox.consume(&asked).await, "unknown");
    refused(&sandbox.settle(&asked, Some("order")).await, "unknown");
    let crossed = scene.new_purchase("other", "other", &sandbox.document());
    refused(&sandbox.register(&crossed).await, "unknown");
    let url = format!("{}/resource/purchases/{}", app.live().issuer, asked.id);
    let nobody = Answer::of(http().get(&url).send().await.unwrap()).await;
    assert_eq!((nobody.status.as_u16(), nobody.error().as_str()), (401, "invalid_client"));
    for id in ["nobody", "%00", "1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1"] {
        refused(&scene.call(http().get(format!("{}/resource/purchases/{id}", app.live().issuer))).await, "unknown");
    }
    let unread = scene.register(&json!({ "grant_id": 5 })).await;
    assert_eq!((unread.status.as_u16(), unread.error().as_str()), (400, "invalid_request"));
}

#[tokio::test]
async fn a_refusal_says_why_at_the_console_and_repeats_no_address() {
    let app = App::start().await;
    let scene = Scene::set(app.live()).await;
    let mut document = scene.document();
    document.ship_to.as_mut().unwrap().city = "Kassel\u{202e}".to_owned();
    let answer = scene.register(&scene.new_purchase("one", "one", &document)).await;
    refused(&answer, "invalid_document");
    let reference = answer.json()["reference_id"].as_str().unwrap().to_owned();
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), tillgate::domain::staff::Role::Viewer).await;
    let url = format!("{}/console/why?reference={reference}", app.live().issuer).parse().unwrap();
    for _ in 0..100 {
        let page = staff.open(&url).await;
        if page.body.contains("purchase_document") {
            assert!(page.body.contains("city of ship_to") && !page.body.contains("Kassel"), "{}", page.body);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the refusal was not kept");
}
