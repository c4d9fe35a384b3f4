//! `requestState` of a checkout that waits for its shopper (F7, F8, F22): sealed, and bound to whom it was given, for which
//! call and until when. Bound to the shopper, never to one token: the retry may come with a refreshed one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::shop::CallContext;
use crate::shop::sealing::{NotOurs, Sealer};
use crate::wire::Timestamp;

const PURPOSE: &str = "request-state/purchase-approval";

/// What a client brings back when it retries `initiate_checkout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RequestState {
    pub purchase_id: String,
    pub checkout_id: String,
    iss: String,
    sub: String,
    client_id: String,
    tool: String,
    /// SHA-256 of the canonical arguments.
    arguments: [u8; 32],
    expires_at: Timestamp,
    /// No two states are alike. Used once is what the purchase is, at the authorization server.
    nonce: String,
}

/// One call of one caller: what a state is given for, and has to come back with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub context: &'a CallContext,
    pub tool: &'static str,
    pub arguments: [u8; 32],
}

impl Bound<'_> {
    /// The state to give out; `None` only by a defect.
    pub(crate) fn seal(
        &self,
        sealer: &Sealer,
        purchase_id: &str,
        checkout_id: &str,
        expires_at: Timestamp,
    ) -> Option<String> {
        let state = RequestState {
            purchase_id: purchase_id.to_owned(),
            checkout_id: checkout_id.to_owned(),
            iss: self.context.owner.iss.clone(),
            sub: self.context.owner.sub.clone(),
            client_id: self.context.client_id.clone(),
            tool: self.tool.to_owned(),
            arguments: self.arguments,
            expires_at,
            nonce: Uuid::new_v4().to_string(),
        };
        sealer.seal(PURPOSE, &state)
    }

    /// # Errors
    /// Whatever is wrong with it is one answer (F8).
    pub(crate) fn open(&self, sealer: &Sealer, text: &str) -> Result<RequestState, NotOurs> {
        let state: RequestState = sealer.open(PURPOSE, text)?;
        let owner = &self.context.owner;
        let same_caller = state.iss == owner.iss && state.sub == owner.sub && state.client_id == self.context.client_id;
        let same_call = state.tool == self.tool && state.arguments == self.arguments;
        if same_caller && same_call && self.context.now < state.expires_at { Ok(state) } else { Err(NotOurs) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::shop::Owner;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn context() -> CallContext {
        CallContext {
            owner: Owner { iss: "https://a.example".into(), sub: "ann".into() },
            client_id: "c1_agent".into(),
            environment: "live".into(),
            origin: "https://shop.example".into(),
            now: NOW,
        }
    }

    #[test]
    fn a_state_is_good_for_its_own_caller_call_and_time_only() {
        let sealer = Sealer::new(&[(1, std::array::from_fn(|index| u8::try_from(index).unwrap()))]).unwrap();
        let ours = context();
        let bound = Bound { context: &ours, tool: "initiate_checkout", arguments: [1; 32] };
        let text = bound.seal(&sealer, "p", "c", NOW.plus(Duration::from_mins(10))).unwrap();
        assert_eq!(bound.open(&sealer, &text).unwrap().purchase_id, "p");
        assert_ne!(bound.seal(&sealer, "p", "c", NOW).unwrap(), text);

        let changes: [fn(&mut CallContext); 4] = [
            |context| context.owner.iss.push('x'),
            |context| context.owner.sub.push('x'),
            |context| context.client_id.push('x'),
            |context| context.now = NOW.plus(Duration::from_mins(10)),
        ];
        for change in changes {
            let mut other = context();
            change(&mut other);
            assert!(Bound { context: &other, ..bound }.open(&sealer, &text).is_err(), "{other:?}");
        }
        assert!(Bound { tool: "add_to_cart", ..bound }.open(&sealer, &text).is_err());
        assert!(Bound { arguments: [2; 32], ..bound }.open(&sealer, &text).is_err());
        assert!(bound.open(&sealer, "nonsense").is_err());
    }
}
