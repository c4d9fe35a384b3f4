//! Purchases of the small authorization server, by the wire's words: registered, decided by the test as a shopper would,
//! used once. It can be told to do what it is asked and lose the answer.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::purchase::{Consume, NewPurchase, Purchase, PurchaseState, Refusal, Refused, Settle};
use mcp_resource::wire::{Clock, Timestamp};
use uuid::Uuid;

const LIFETIME: Duration = Duration::from_mins(10);

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is done, and nobody hears so.
    LosesAnswers,
    Away,
    /// An older server.
    Unknown,
    Refuses(Refusal),
}

#[derive(Debug, Clone)]
pub struct Kept {
    pub purchase: Purchase,
    pub registered: NewPurchase,
    pub consumed: u32,
    pub settled: Vec<Settle>,
}

pub struct Desk {
    pub clock: Mutex<Clock>,
    pub kept: Mutex<HashMap<String, Kept>>,
    /// By the last word of the path: `purchases`, `consume`, `settle`, or `get`.
    pub trouble: Mutex<HashMap<&'static str, Trouble>>,
    /// What the digest is computed over is not what was sent.
    pub miscounts: Mutex<bool>,
    /// What a rule of the shopper's decides at once.
    pub approves_at_once: Mutex<bool>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            clock: Mutex::new(Clock::manual(Timestamp::from_secs(1_800_000_000))),
            kept: Mutex::default(),
            trouble: Mutex::default(),
            miscounts: Mutex::default(),
            approves_at_once: Mutex::default(),
        }
    }
}

impl Desk {
    pub fn troubled(&self, word: &'static str, trouble: Trouble) {
        self.trouble.lock().unwrap().insert(word, trouble);
    }

    pub fn calm(&self) {
        self.trouble.lock().unwrap().clear();
    }

    pub fn of_checkout(&self, checkout_id: &str) -> Kept {
        let kept = self.kept.lock().unwrap();
        let mut found = kept.values().filter(|kept| kept.registered.checkout_id == checkout_id);
        let one = found.next().unwrap().clone();
        assert!(found.next().is_none(), "a checkout has one purchase");
        one
    }

    pub fn count(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    /// As the shopper, or time, decides.
    pub fn decide(&self, checkout_id: &str, state: PurchaseState) {
        self.change(checkout_id, |kept| kept.purchase.state = state);
    }

    pub fn change(&self, checkout_id: &str, change: impl Fn(&mut Kept)) {
        let mut kept = self.kept.lock().unwrap();
        let found = kept.values_mut().find(|kept| kept.registered.checkout_id == checkout_id);
        change(found.unwrap());
    }

    fn register(&self, issuer: &str, new: NewPurchase) -> Result<Purchase, Refusal> {
        let mut kept = self.kept.lock().unwrap();
        if let Some(there) = kept.values().find(|kept| kept.registered.checkout_id == new.checkout_id) {
            return if there.registered.document == new.document {
                Ok(self.aged(there.purchase.clone()))
            } else {
                Err(Refusal::InvalidDocument)
            };
        }
        for other in kept.values_mut().filter(|kept| kept.registered.cart_id == new.cart_id) {
            if other.purchase.state == PurchaseState::AwaitingApproval {
                other.purchase.state = PurchaseState::Superseded;
            }
        }
        let (id, now) = (Uuid::new_v4().to_string(), self.clock.lock().unwrap().now());
        let digest = if *self.miscounts.lock().unwrap() { [0; 32] } else { new.document.digest().unwrap() };
        let at_once = *self.approves_at_once.lock().unwrap();
        let purchase = Purchase {
            approval_url: format!("{issuer}/purchases/{id}"),
            checkout_id: new.checkout_id.clone(),
            state: if at_once { PurchaseState::Approved } else { PurchaseState::AwaitingApproval },
            digest: URL_SAFE_NO_PAD.encode(digest),
            created_at: now,
            expires_at: now.plus(LIFETIME),
            order_id: None,
            id: id.clone(),
        };
        kept.insert(id, Kept { purchase: purchase.clone(), registered: new, consumed: 0, settled: Vec::new() });
        Ok(purchase)
    }

    fn aged(&self, mut purchase: Purchase) -> Purchase {
        let over = purchase.expires_at <= self.clock.lock().unwrap().now();
        if over && matches!(purchase.state, PurchaseState::AwaitingApproval | PurchaseState::Approved) {
            purchase.state = PurchaseState::Expired;
        }
        purchase
    }

    fn get(&self, id: &str) -> Result<Purchase, Refusal> {
        let kept = self.kept.lock().unwrap();
        kept.get(id).map(|kept| self.aged(kept.purchase.clone())).ok_or(Refusal::Unknown)
    }

    fn consume(&self, id: &str, consume: &Consume) -> Result<Purchase, Refusal> {
        let mut all = self.kept.lock().unwrap();
        let kept = all.get_mut(id).ok_or(Refusal::Unknown)?;
        if kept.registered.checkout_id != consume.checkout_id {
            return Err(Refusal::AlreadyUsed);
        }
        if kept.purchase.digest != consume.digest {
            return Err(Refusal::DigestDiffers);
        }
        match self.aged(kept.purchase.clone()).state {
            PurchaseState::Approved => kept.purchase.state = PurchaseState::Consumed,
            PurchaseState::Consumed | PurchaseState::Completed => {}
            PurchaseState::AwaitingApproval => return Err(Refusal::NotApproved),
            PurchaseState::Declined => return Err(Refusal::Declined),
            PurchaseState::Expired => return Err(Refusal::Expired),
            PurchaseState::Superseded => return Err(Refusal::Superseded),
            PurchaseState::Cancelled => return Err(Refusal::GrantEnded),
            PurchaseState::Released => return Err(Refusal::AlreadyUsed),
        }
        kept.consumed += 1;
        Ok(kept.purchase.clone())
    }

    fn settle(&self, id: &str, settle: Settle) -> Result<Purchase, Refusal> {
        let mut all = self.kept.lock().unwrap();
        let kept = all.get_mut(id).ok_or(Refusal::Unknown)?;
        let (state, order) = match &settle {
            Settle::Completed { order_id, .. } => (PurchaseState::Completed, Some(order_id.clone())),
            Settle::Released { .. } => (PurchaseState::Released, None),
        };
        let again = kept.purchase.state == state && kept.purchase.order_id == order;
        if !again && kept.purchase.state != PurchaseState::Consumed {
            return Err(Refusal::AlreadyUsed);
        }
        (kept.purchase.state, kept.purchase.order_id) = (state, order);
        kept.settled.push(settle);
        Ok(kept.purchase.clone())
    }

    fn answer(&self, word: &'static str, run: impl FnOnce() -> Result<Purchase, Refusal>) -> HttpResponse {
        let trouble = self.trouble.lock().unwrap().get(word).copied();
        let done = match trouble {
            None => run(),
            Some(Trouble::LosesAnswers) => {
                run().ok();
                return HttpResponse::BadGateway().finish();
            }
            Some(Trouble::Away) => return HttpResponse::ServiceUnavailable().finish(),
            Some(Trouble::Unknown) => return HttpResponse::NotFound().body("no such page"),
            Some(Trouble::Refuses(refusal)) => Err(refusal),
        };
        match done {
            Ok(purchase) => HttpResponse::Ok().json(purchase),
            Err(error) => {
                let refused = Refused { error, error_description: "as the test says".into() };
                if error == Refusal::Unknown { HttpResponse::NotFound() } else { HttpResponse::Conflict() }
                    .json(refused)
            }
        }
    }
}

type Server = web::Data<super::AuthorizationServer>;

pub fn configure(app: &mut web::ServiceConfig) {
    let register = |server: Server, new: web::Json<NewPurchase>| async move {
        server.desk.answer("purchases", || server.desk.register(&server.issuer, new.into_inner()))
    };
    let get = |server: Server, id: web::Path<String>| async move { server.desk.answer("get", || server.desk.get(&id)) };
    let consume = |server: Server, id: web::Path<String>, body: web::Json<Consume>| async move {
        server.desk.answer("consume", || server.desk.consume(&id, &body))
    };
    let settle = |server: Server, id: web::Path<String>, body: web::Json<Settle>| async move {
        server.desk.answer("settle", || server.desk.settle(&id, body.into_inner()))
    };
    app.route("/resource/purchases", web::post().to(register))
        .route("/resource/purchases/{id}", web::get().to(get))
        .route("/resource/purchases/{id}/consume", web::post().to(consume))
        .route("/resource/purchases/{id}/settle", web::post().to(settle));
}
