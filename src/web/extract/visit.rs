//! Who came here, to which issuer, and from where: what nearly every page handler begins with.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::{Browser, CurrentIssuer, MaybeShopper, SignedInShopper, Source};
use crate::accounts::sign_in::Doorkeeper;
use crate::accounts::throttle::{Attempt, Guess};
use crate::accounts::trail::Occasion;
use crate::domain::Timestamp;
use crate::keys::IssuerContext;
use crate::web::error::JsonError;
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

pub struct Visit {
    pub request: HttpRequest,
    pub context: Arc<IssuerContext>,
    pub state: web::Data<AppState>,
    pub browser: Browser,
    /// Where one is signed in at this issuer.
    pub shopper: Option<SignedInShopper>,
    pub source: Source,
}

impl Visit {
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    pub fn doorkeeper(&self) -> Doorkeeper<'_> {
        let state = &self.state;
        Doorkeeper { db: &state.db, passwords: &state.passwords, throttle: &state.throttle, now: self.now() }
    }

    /// For the trail.
    pub fn occasion(&self) -> Occasion {
        Occasion { now: self.now(), reference_id: reference(&self.request), network: self.source.network.clone() }
    }

    /// To sign in to the account of `email` in `realm`, an issuer or a store.
    pub fn attempt(&self, realm: &str, (guess, email): (Guess, String)) -> Attempt {
        Attempt {
            guess,
            realm: realm.to_owned(),
            account: email,
            source: self.source.network.clone(),
            browser: self.browser.hash,
        }
    }
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let context = CurrentIssuer::from_request(request, payload).into_inner();
        let browser = Browser::from_request(request, payload).into_inner();
        let shopper = MaybeShopper::from_request(request, payload);
        let source = Source::from_request(request, payload).into_inner();
        let state = request.app_data::<web::Data<AppState>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let CurrentIssuer(context) = context?;
            let state = state.ok_or_else(|| JsonError::not_found(&request))?;
            let MaybeShopper(shopper) = shopper.await?;
            Ok(Self { context, state, browser: browser?, shopper, source: source?, request })
        })
    }
}
