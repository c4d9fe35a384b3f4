//! The end of an approved purchase: consumed, ordered, settled. A process may die anywhere in between.

use super::{Purchasing, PurchasingError, Standing, Stands, document};
use crate::protect::PurchaseError;
use crate::shop::CallContext;
use crate::shop::backend::{BackendError, FrozenCheckout, Placed, Progress, Step};
use crate::shop::results::CheckoutState;
use crate::wire::purchase::{Consume, Refusal, Refused, Settle};

impl Purchasing {
    /// Uses the purchase and places the order. Repeats what was begun before.
    pub(super) async fn finish(&self, context: &CallContext, frozen: FrozenCheckout, purchase_id: String) -> Stands {
        let checkout_id = frozen.checkout.checkout_id.clone();
        // Written down first: whatever happens to this process, somebody will look whether it was consumed.
        let frozen = match self.backend.note_step(context, &checkout_id, Step::Taken).await {
            Ok(frozen) => frozen,
            Err(BackendError::Conflict(_)) => {
                let frozen = self.backend.frozen_checkout(context, &checkout_id).await?;
                return Ok(Self::told(frozen));
            }
            Err(error) => return Err(error.into()),
        };
        if !matches!(frozen.progress, Progress::Taken { .. }) {
            // Somebody else was faster.
            return self.settle(context, frozen).await;
        }
        // F20: over what is about to be sold, not over what was once sent.
        let digest = document::digest(&document::document(&self.resource, context, &frozen))?;
        let consume = Consume { checkout_id: checkout_id.clone(), digest };
        match self.purchases.consume(&purchase_id, &consume).await {
            Ok(_) => {}
            Err(PurchaseError::Refused(refused)) => return self.not_consumed(context, frozen, *refused).await,
            Err(error) => return Err(error.into()),
        }
        // The same answer to whoever asks: an order, or none for good.
        let placed = self.backend.place_order(context, &checkout_id).await?;
        if placed == Placed::Unsold {
            tracing::warn!(purchase_id, checkout_id, "the goods of an approved purchase were gone: it is given back");
        }
        let frozen = self.backend.frozen_checkout(context, &checkout_id).await?;
        self.settle(context, frozen).await
    }

    /// Tells the authorization server what came of a consumed purchase. What it does not hear now it hears from the next
    /// who looks: the order stands.
    pub(super) async fn settle(&self, context: &CallContext, frozen: FrozenCheckout) -> Stands {
        let checkout_id = frozen.checkout.checkout_id.clone();
        let (purchase_id, settle) = match &frozen.progress {
            Progress::Ordered { purchase_id, order_id, settled: false } => {
                (purchase_id, Settle::Completed { checkout_id: checkout_id.clone(), order_id: order_id.clone() })
            }
            Progress::Unsold { purchase_id, settled: false } => {
                (purchase_id, Settle::Released { checkout_id: checkout_id.clone() })
            }
            _ => return Ok(Self::told(frozen)),
        };
        match self.purchases.settle(purchase_id, &settle).await {
            Ok(_) => {}
            Err(PurchaseError::Refused(refused)) => {
                // It would be refused again. The order stands; people have to look.
                tracing::error!(purchase_id, checkout_id, %refused, "what came of a purchase was not accepted");
            }
            Err(away) => {
                tracing::warn!(purchase_id, checkout_id, reason = %away, "what came of a purchase is told later");
                return Ok(Self::told(frozen));
            }
        }
        let settled = self.backend.note_step(context, &checkout_id, Step::Settled).await?;
        Ok(Self::told(settled))
    }

    async fn not_consumed(&self, context: &CallContext, frozen: FrozenCheckout, refused: Refused) -> Stands {
        let state = match refused.error {
            Refusal::Declined => CheckoutState::Declined,
            Refusal::Expired => CheckoutState::Expired,
            Refusal::Superseded => CheckoutState::Superseded,
            Refusal::Unknown | Refusal::GrantEnded | Refusal::DigestDiffers | Refusal::AlreadyUsed => {
                CheckoutState::Cancelled
            }
            // Held for now, or not decided yet: whoever looks later tries again.
            _ => return Err(refused.into()),
        };
        let standing: Standing = self.over(context, &frozen, state).await?;
        // An order that somebody else placed in the meantime is one.
        match (standing.checkout.state, refused.error) {
            (CheckoutState::Cancelled, Refusal::DigestDiffers | Refusal::AlreadyUsed | Refusal::GrantEnded) => {
                Err(refused.into())
            }
            _ => Ok(standing),
        }
    }
}

impl From<Refused> for PurchasingError {
    fn from(refused: Refused) -> Self {
        PurchaseError::Refused(Box::new(refused)).into()
    }
}
