//! Purchases at the authorization server (design, decision 5): register one, look at it, use it, tell what became of it.
//!
//! All four calls may be repeated with the same outcome, so one that was lost on the way is made once more. A refusal is an
//! answer; only a server that gives none, or one that nobody understands, is away.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Serialize;

use super::server::{AuthorizationServer, Away};
use crate::wire::purchase::{Consume, NewPurchase, Offer, Purchase, Refused, Settle};

/// Between a call that was lost and the second attempt.
const PAUSE: Duration = Duration::from_millis(100);

/// Why there is no purchase to go on with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurchaseError {
    /// The authorization server read the call and said no.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// It knows nothing of purchases: an older one.
    #[error("the authorization server has no API for purchases; update it")]
    NotServed,
    /// No answer. Nothing is lost: try again in a moment.
    #[error("the authorization server is away: {0}")]
    Away(String),
}

impl From<Away> for PurchaseError {
    fn from(away: Away) -> Self {
        Self::Away(away.to_string())
    }
}

/// The purchases of one resource server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Purchases {
    server: Arc<AuthorizationServer>,
}

impl Purchases {
    pub(super) fn new(server: Arc<AuthorizationServer>) -> Self {
        Self { server }
    }

    /// The same checkout with an equal document gives the purchase there is.
    ///
    /// # Errors
    /// [`PurchaseError`].
    pub async fn register(&self, purchase: &NewPurchase) -> Result<Purchase, PurchaseError> {
        self.call(Method::POST, "", Some(purchase)).await
    }

    /// Whether a purchase may be registered for an agent that may not begin checkouts (H20).
    ///
    /// # Errors
    /// [`PurchaseError`]: why not.
    pub async fn offered(&self, offer: &Offer) -> Result<(), PurchaseError> {
        let (status, answer) = self.server.ask_of_purchases(Method::POST, "/offer", Some(offer)).await?;
        if status.is_success() { Ok(()) } else { Err(refusal(status, &answer)) }
    }

    /// # Errors
    /// [`PurchaseError`].
    pub async fn get(&self, purchase_id: &str) -> Result<Purchase, PurchaseError> {
        self.call(Method::GET, &format!("/{}", segment(purchase_id)?), None::<&()>).await
    }

    /// Uses an approved purchase, once and for good.
    ///
    /// # Errors
    /// [`PurchaseError`].
    pub async fn consume(&self, purchase_id: &str, consume: &Consume) -> Result<Purchase, PurchaseError> {
        self.call(Method::POST, &format!("/{}/consume", segment(purchase_id)?), Some(consume)).await
    }

    /// Tells what became of a consumed purchase.
    ///
    /// # Errors
    /// [`PurchaseError`].
    pub async fn settle(&self, purchase_id: &str, settle: &Settle) -> Result<Purchase, PurchaseError> {
        self.call(Method::POST, &format!("/{}/settle", segment(purchase_id)?), Some(settle)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Purchase, PurchaseError> {
        match self.once(method.clone(), path, body).await {
            Err(PurchaseError::Away(reason)) => {
                tracing::warn!(reason, "a call about a purchase was lost; once more");
                tokio::time::sleep(PAUSE).await;
                self.once(method, path, body).await
            }
            answered => answered,
        }
    }

    async fn once(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Purchase, PurchaseError> {
        let (status, answer) = self.server.ask_of_purchases(method, path, body).await?;
        if status.is_success() {
            return serde_json::from_slice(&answer).map_err(|unread| Away::from(unread).into());
        }
        Err(refusal(status, &answer))
    }
}

/// Of an answer that is no success.
fn refusal(status: StatusCode, answer: &[u8]) -> PurchaseError {
    match (status, serde_json::from_slice::<Refused>(answer)) {
        (_, Ok(refused)) => PurchaseError::Refused(Box::new(refused)),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, Err(_)) => PurchaseError::NotServed,
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Err(_)) => Away::Credentials.into(),
        (status, Err(_)) => Away::Status(status).into(),
    }
}

/// Ids of purchases are UUIDs: nothing else belongs into a path.
fn segment(purchase_id: &str) -> Result<&str, PurchaseError> {
    let plain = purchase_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain && !purchase_id.is_empty() { Ok(purchase_id) } else { Err(PurchaseError::NotServed) }
}
