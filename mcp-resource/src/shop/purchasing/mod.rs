//! From a frozen checkout to an order (design, decision 5; F20, F23): the purchase is registered with the authorization
//! server, the shopper decides there, and what they approved is used once and becomes one order.
//!
//! Every step is written down at the backend before the next is made, and every step may be made again: whoever finds a
//! checkout half way (a retry, a poll, another process, [`pass`]) goes on from where it is. Nothing here is ever approved
//! because a client lacks a feature.

mod document;
mod finish;
pub(crate) mod pass;
pub(crate) mod request_state;

use std::sync::Arc;

use super::backend::{BackendError, CallContext, CommerceBackend, FrozenCheckout, Progress, Step};
use super::results::{Checkout, CheckoutState, Moment};
use crate::protect::{PurchaseError, Purchases};
use crate::wire::audit::TokenReference;
use crate::wire::purchase::{NewPurchase, Offer, Purchase, PurchaseState};

/// What one endpoint needs to sell. Cheap to clone.
#[derive(Clone)]
pub struct Purchasing {
    backend: Arc<dyn CommerceBackend>,
    purchases: Purchases,
    /// The `resource` of the endpoint: the `store` of every document.
    resource: Arc<str>,
}

/// Where a checkout stands: what an agent may see of it, and the id of its purchase while the shopper has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub checkout: Checkout,
    pub purchase_id: Option<String>,
}

/// Who asks for a purchase: the token that calls, and whether it may not begin checkouts (H20).
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub token: TokenReference,
    pub is_elevation: bool,
}

/// Why nobody can say where a checkout stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurchasingError {
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error(transparent)]
    Purchase(#[from] PurchaseError),
}

pub(crate) type Stands = Result<Standing, PurchasingError>;

impl Purchasing {
    pub fn new(backend: Arc<dyn CommerceBackend>, purchases: Purchases, resource: &str) -> Self {
        Self { backend, purchases, resource: resource.into() }
    }

    pub(crate) fn backend(&self) -> &Arc<dyn CommerceBackend> {
        &self.backend
    }

    /// H20: whether the caller may be given a link, though its token may not begin checkouts.
    pub(crate) async fn offered(&self, token: &TokenReference) -> Result<(), PurchaseError> {
        let (grant_id, connection_id) = (token.grant_id.clone(), token.connection_id.clone());
        self.purchases.offered(&Offer { grant_id, connection_id }).await
    }

    /// Asks the shopper to approve a checkout, unless that was done, and says where it stands. By a caller who may not begin
    /// checkouts nothing is finished.
    pub(crate) async fn begin(&self, context: &CallContext, caller: &Asker, checkout_id: &str) -> Stands {
        let frozen = self.backend.frozen_checkout(context, checkout_id).await?;
        if frozen.progress != Progress::Frozen || frozen.checkout.state != CheckoutState::AwaitingApproval {
            if caller.is_elevation {
                return self.peek(context, checkout_id).await;
            }
            return self.look_at(context, frozen).await;
        }
        let document = document::document(&self.resource, context, &frozen);
        let digest = document::digest(&document)?;
        let purchase = NewPurchase {
            grant_id: caller.token.grant_id.clone(),
            connection_id: caller.token.connection_id.clone(),
            checkout_id: checkout_id.to_owned(),
            cart_id: frozen.checkout.cart_id.clone(),
            document,
            jti: Some(caller.token.jti.clone()),
            is_elevation: caller.is_elevation,
        };
        let purchase = self.purchases.register(&purchase).await?;
        // Both computed it over the document. Another digest means that the shopper would be shown something else.
        if purchase.digest != digest {
            let reason = format!("the authorization server computed another digest of checkout {checkout_id}");
            return Err(BackendError::Unavailable(reason).into());
        }
        let frozen = self.backend.note_step(context, checkout_id, registered(&purchase)).await?;
        self.go_on(context, frozen, purchase).await
    }

    /// Where a checkout stands; an approved one is finished.
    pub(crate) async fn look(&self, context: &CallContext, checkout_id: &str) -> Stands {
        let frozen = self.backend.frozen_checkout(context, checkout_id).await?;
        self.look_at(context, frozen).await
    }

    /// Where a checkout stands, without finishing anything.
    pub(crate) async fn peek(&self, context: &CallContext, checkout_id: &str) -> Stands {
        let frozen = self.backend.frozen_checkout(context, checkout_id).await?;
        match &frozen.progress {
            Progress::Registered { purchase_id } => {
                let purchase = self.purchases.get(purchase_id).await?;
                match purchase.state {
                    PurchaseState::Approved | PurchaseState::Consumed | PurchaseState::Completed => {
                        Ok(Self::told(frozen))
                    }
                    // What is over is noted, so that the cart can be frozen anew.
                    _ => self.go_on(context, frozen, purchase).await,
                }
            }
            _ => Ok(Self::told(frozen)),
        }
    }

    async fn look_at(&self, context: &CallContext, frozen: FrozenCheckout) -> Stands {
        match &frozen.progress {
            Progress::Registered { purchase_id } => {
                let purchase = self.purchases.get(purchase_id).await?;
                self.go_on(context, frozen, purchase).await
            }
            Progress::Taken { purchase_id } => {
                let purchase_id = purchase_id.clone();
                self.finish(context, frozen, purchase_id).await
            }
            Progress::Ordered { settled: false, .. } | Progress::Unsold { settled: false, .. } => {
                self.settle(context, frozen).await
            }
            _ => Ok(Self::told(frozen)),
        }
    }

    /// What follows from what the authorization server says.
    async fn go_on(&self, context: &CallContext, frozen: FrozenCheckout, purchase: Purchase) -> Stands {
        let over = match purchase.state {
            PurchaseState::AwaitingApproval => return self.waiting(context, frozen, purchase).await,
            PurchaseState::Approved | PurchaseState::Consumed => {
                return self.finish(context, frozen, purchase.id).await;
            }
            // Somebody else was faster, and has written down what came of it.
            PurchaseState::Completed => {
                let frozen = self.backend.frozen_checkout(context, &frozen.checkout.checkout_id).await?;
                if !matches!(frozen.progress, Progress::Ordered { .. }) {
                    // The store went back in time. Another order would be one too many.
                    let reason = format!("the order of purchase {} is not in the store", purchase.id);
                    return Err(BackendError::Unavailable(reason).into());
                }
                return Ok(Self::told(frozen));
            }
            PurchaseState::Declined => CheckoutState::Declined,
            PurchaseState::Expired => CheckoutState::Expired,
            PurchaseState::Superseded => CheckoutState::Superseded,
            PurchaseState::Cancelled | PurchaseState::Released => CheckoutState::Cancelled,
        };
        self.over(context, &frozen, over).await
    }

    /// Notes that it is over. An order that stands is told all the same.
    async fn over(&self, context: &CallContext, frozen: &FrozenCheckout, state: CheckoutState) -> Stands {
        let over = self.backend.note_step(context, &frozen.checkout.checkout_id, Step::Over(state)).await?;
        Ok(Self::told(over))
    }

    /// The shopper has to decide, until a time that they may have put off.
    async fn waiting(&self, context: &CallContext, frozen: FrozenCheckout, purchase: Purchase) -> Stands {
        let mut frozen = frozen;
        if frozen.checkout.expires_at.0 != purchase.expires_at {
            let checkout_id = &frozen.checkout.checkout_id;
            frozen = self.backend.note_step(context, checkout_id, registered(&purchase)).await?;
        }
        let mut standing = Self::told(frozen);
        if standing.checkout.state == CheckoutState::AwaitingApproval {
            standing.checkout.approval_url = Some(purchase.approval_url);
            standing.checkout.expires_at = Moment(purchase.expires_at);
            standing.purchase_id = Some(purchase.id);
        }
        Ok(standing)
    }

    /// What an agent may see.
    fn told(frozen: FrozenCheckout) -> Standing {
        let mut checkout = frozen.checkout;
        if frozen.progress == Progress::Frozen && checkout.state == CheckoutState::AwaitingApproval {
            // Whoever froze it did not get as far as asking the shopper.
            "Call initiate_checkout again: the shopper has not been asked yet.".clone_into(&mut checkout.next_step);
        }
        Standing { checkout, purchase_id: None }
    }
}

fn registered(purchase: &Purchase) -> Step {
    Step::Registered {
        purchase_id: purchase.id.clone(),
        digest: purchase.digest.clone(),
        expires_at: purchase.expires_at,
    }
}
