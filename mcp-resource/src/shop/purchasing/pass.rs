//! What the store does by itself about checkouts that somebody left half way (B42, F23): consumed and not ordered, ordered
//! and not settled. It asks nobody and finishes nothing that was not begun.

use std::time::Duration;

use super::{Purchasing, PurchasingError};
use crate::shop::CallContext;
use crate::shop::backend::Unfinished;
use crate::wire::Clock;

/// One endpoint's pass.
pub(crate) struct Pass {
    pub purchasing: Purchasing,
    pub environment: std::sync::Arc<str>,
    pub origin: std::sync::Arc<str>,
    pub clock: Clock,
    pub every: Duration,
}

impl Pass {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        loop {
            self.once().await;
            tokio::time::sleep(self.every).await;
        }
    }

    async fn once(&self) {
        let unfinished = match self.purchasing.backend().unfinished(&self.environment).await {
            Ok(unfinished) => unfinished,
            Err(error) => {
                tracing::error!(%error, "unfinished checkouts cannot be looked up");
                return;
            }
        };
        for Unfinished { owner, client_id, checkout_id } in unfinished {
            let context = CallContext {
                owner,
                client_id,
                environment: std::sync::Arc::clone(&self.environment),
                origin: std::sync::Arc::clone(&self.origin),
                now: self.clock.now(),
            };
            match self.purchasing.look(&context, &checkout_id).await {
                Ok(standing) => {
                    tracing::info!(checkout_id, state = ?standing.checkout.state, "an unfinished checkout was looked at");
                }
                Err(PurchasingError::Purchase(reason)) => {
                    tracing::warn!(checkout_id, %reason, "a checkout stays unfinished");
                }
                Err(error) => tracing::error!(checkout_id, %error, "a checkout stays unfinished"),
            }
        }
    }
}
