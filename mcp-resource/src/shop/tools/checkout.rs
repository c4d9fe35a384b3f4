//! `initiate_checkout` and `get_checkout_status`: the two tools behind which the shopper decides, and the ladder by which
//! a client is asked to send them to the approval page (F24). Each client gets what it declared and nothing else (F4).

use std::future::Future;
use std::time::Duration;

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;
use tracing::Instrument as _;

use super::ask::{self, Asking};
use super::call::{Outcome, idempotency, parse, refused};
use super::{Tool, arguments};
use crate::protect::PurchaseError;
use crate::shop::CallContext;
use crate::shop::backend::{BackendError, InitiateCheckout};
use crate::shop::purchasing::request_state::{Bound, RequestState};
use crate::shop::purchasing::{Asker, Purchasing, PurchasingError, Standing, Stands};
use crate::shop::results::CheckoutState;
use crate::shop::server::Selling;
use crate::wire::audit::TokenReference;
use crate::wire::purchase::LONGEST;

/// How often a waiting retry looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What only these tools need to know of a call.
#[derive(Debug, Clone)]
pub(crate) struct CheckoutCall {
    pub token: TokenReference,
    pub asking: Asking,
    /// SHA-256 of the canonical arguments.
    pub arguments: [u8; 32],
    pub retry: Option<Retry>,
    pub reference_id: String,
}

/// F7: a call that comes back with the state it was given.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    pub state: RequestState,
    pub action: Option<Action>,
}

/// F6: what the shopper said to their own client. `Accept` means that the link was opened, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Accept,
    Decline,
    Cancel,
}

impl Action {
    /// F9: of `inputResponses`, the answer to our one question; what is unknown or not there is no answer.
    pub(crate) fn of(input_responses: Option<&Value>) -> Option<Self> {
        match input_responses?.get(ask::QUESTION)?.get("action")?.as_str()? {
            "accept" => Some(Self::Accept),
            "decline" => Some(Self::Decline),
            "cancel" => Some(Self::Cancel),
            _ => None,
        }
    }
}

/// What an endpoint sells with.
#[derive(Clone)]
pub(crate) struct Counter {
    pub purchasing: Purchasing,
    pub selling: Selling,
    /// The store's name, for what shoppers read.
    pub store: std::sync::Arc<str>,
}

impl Counter {
    pub(crate) async fn call(
        &self,
        tool: Tool,
        object: JsonObject,
        context: &CallContext,
        call: &CheckoutCall,
    ) -> Outcome {
        let stands = match (tool, &call.retry) {
            (Tool::InitiateCheckout, Some(retry)) => self.retried(context, retry).await,
            (Tool::InitiateCheckout, None) => {
                let asker = Asker { token: call.token.clone(), is_elevation: false };
                self.initiated(context, &asker, object).await
            }
            _ => self.status(context, object).await,
        };
        match stands {
            Ok(standing) => self.deliver(tool, context, call, standing),
            Err(error) => refusal(&error, &call.reference_id),
        }
    }

    /// H20: a link beside the challenge, for clients that ignore it. Nothing is finished by it, and whatever stands in the way
    /// leaves the challenge as it is.
    pub(crate) async fn link(&self, context: &CallContext, token: TokenReference, object: JsonObject) -> Option<Value> {
        // Asked first: what is frozen for nothing holds goods back.
        if let Err(reason) = self.purchasing.offered(&token).await {
            tracing::debug!(%reason, "no link beside the challenge");
            return None;
        }
        match self.initiated(context, &Asker { token, is_elevation: true }, object).await {
            Ok(standing) => Some(ask::beside_challenge(&standing.checkout)),
            Err(reason) => {
                tracing::info!(%reason, "no link beside the challenge");
                None
            }
        }
    }

    async fn initiated(&self, context: &CallContext, asker: &Asker, object: JsonObject) -> Stands {
        let request = request(object)?;
        let standing = self.begun(context, asker, &request).await?;
        let over = matches!(standing.checkout.state, CheckoutState::Expired | CheckoutState::Superseded);
        if over && request.idempotency.is_none() {
            // The store thought it open, and the authorization server knew better: whoever asks now wants a new one.
            return self.begun(context, asker, &request).await;
        }
        Ok(standing)
    }

    async fn begun(&self, context: &CallContext, asker: &Asker, request: &InitiateCheckout) -> Stands {
        let checkout = self.purchasing.backend().initiate_checkout(context, request.clone()).await?;
        let (purchasing, context, asker) = (self.purchasing.clone(), context.clone(), asker.clone());
        undisturbed(async move { purchasing.begin(&context, &asker, &checkout.checkout_id).await }).await
    }

    /// The server's own record decides (F6), not what the client says about it.
    async fn retried(&self, context: &CallContext, retry: &Retry) -> Stands {
        let checkout_id = &retry.state.checkout_id;
        if let Some(action @ (Action::Decline | Action::Cancel)) = retry.action {
            // Declining the question is not declining the purchase: what the shopper has approved meanwhile goes on.
            let mut standing = self.looked(context, checkout_id).await?;
            // No longer a question to ask again, whatever the client is able to.
            standing.purchase_id = None;
            if standing.checkout.state == CheckoutState::AwaitingApproval {
                declined(action).clone_into(&mut standing.checkout.next_step);
            }
            return Ok(standing);
        }
        let mut left = if retry.action.is_some() { self.selling.wait } else { Duration::ZERO };
        loop {
            let standing = self.looked(context, checkout_id).await?;
            if standing.checkout.state != CheckoutState::AwaitingApproval || left.is_zero() {
                return Ok(standing);
            }
            // F6: the link was opened just now. Asking again at once would only open it twice.
            let pause = LOOK_EVERY.min(left);
            tokio::time::sleep(pause).await;
            left = left.saturating_sub(pause);
        }
    }

    async fn status(&self, context: &CallContext, object: JsonObject) -> Stands {
        let given: arguments::GetCheckoutStatus = parse(object)?;
        let checkout_id = arguments::id("checkout_id", given.checkout_id)?;
        self.looked(context, &checkout_id).await
    }

    async fn looked(&self, context: &CallContext, checkout_id: &str) -> Stands {
        let (purchasing, context, checkout_id) = (self.purchasing.clone(), context.clone(), checkout_id.to_owned());
        undisturbed(async move { purchasing.look(&context, &checkout_id).await }).await
    }

    fn deliver(&self, tool: Tool, context: &CallContext, call: &CheckoutCall, standing: Standing) -> Outcome {
        let object_id = Some(standing.checkout.checkout_id.clone());
        let done = |result| Outcome { result, status: 200, word: "ok", object_id, away: false };
        let Standing { checkout, purchase_id } = standing;
        let Ok(value) = serde_json::to_value(&checkout) else {
            return refused(
                &BackendError::Unavailable("a checkout without a JSON form".to_owned()),
                &call.reference_id,
            );
        };
        let (Some(url), Some(purchase_id)) = (&checkout.approval_url, &purchase_id) else {
            return done(Ok(CallToolResult::structured(value).into()));
        };
        let message = ask::message(&self.store, &checkout);
        // F24. Polling is polling for every client: only the call that starts the checkout asks.
        let asking = if tool == Tool::InitiateCheckout { call.asking } else { Asking::Link };
        match asking {
            Asking::InputRequired => {
                let bound = Bound { context, tool: tool.name(), arguments: call.arguments };
                // F20: the shopper may take more time than was given at first; what counts is looked at, whatever this says.
                let expires_at = checkout.created_at.0.plus(LONGEST);
                match bound.seal(&self.selling.sealer, purchase_id, &checkout.checkout_id, expires_at) {
                    Some(state) => done(Ok(ask::input_required(url, &message, state).into())),
                    None => done(Ok(ask::link(value, url, &message).into())),
                }
            }
            Asking::UrlError => done(Err(ask::url_elicitation_required(purchase_id, url, &message))),
            Asking::Link => done(Ok(ask::link(value, url, &message).into())),
        }
    }
}

/// B42: a client that goes away stops neither a purchase nor an order half way.
async fn undisturbed(work: impl Future<Output = Stands> + Send + 'static) -> Stands {
    match tokio::spawn(work.in_current_span()).await {
        Ok(stands) => stands,
        Err(error) => Err(BackendError::Unavailable(error.to_string()).into()),
    }
}

fn request(object: JsonObject) -> Result<InitiateCheckout, BackendError> {
    let digest = super::call::digest(&object)?;
    let given: arguments::InitiateCheckout = parse(object)?;
    let shipping = given.shipping.unwrap_or_default();
    Ok(InitiateCheckout {
        cart_id: arguments::id("cart_id", given.cart_id)?,
        method: shipping.method.unwrap_or_default(),
        ship_to: shipping.address.map(arguments::address).transpose()?,
        idempotency: idempotency(Tool::InitiateCheckout, given.idempotency_key, digest)?,
    })
}

const fn declined(action: Action) -> &'static str {
    match action {
        Action::Decline => {
            "The shopper did not want to open the approval page. Nothing was bought. Do not ask again unless they say so; \
             until it expires they can still approve at approval_url, and get_checkout_status finishes it."
        }
        _ => {
            "The shopper closed the question without an answer. Nothing was bought. Ask whether they still want it; until \
             it expires they can approve at approval_url, and get_checkout_status finishes it."
        }
    }
}

/// Why there is no standing, in words that an agent can act on.
fn refusal(error: &PurchasingError, reference_id: &str) -> Outcome {
    match error {
        PurchasingError::Backend(error) => refused(error, reference_id),
        PurchasingError::Purchase(PurchaseError::Away(reason)) => {
            tracing::warn!(reason, reference_id, "a call waits for the authorization server");
            Outcome::away()
        }
        PurchasingError::Purchase(PurchaseError::NotServed) => {
            tracing::error!(reference_id, "the authorization server has no API for purchases; update it");
            let message = "this store cannot take purchases from agents yet; nothing was bought, and the shopper can buy \
                           at the store itself";
            super::call::told(501, "purchases_not_supported", message, reference_id)
        }
        PurchasingError::Purchase(PurchaseError::Refused(refused)) => {
            tracing::info!(%refused, reference_id, "a purchase was refused");
            let (status, word, message) = ask::refusal(refused.error);
            super::call::told(status, word, message, reference_id)
        }
    }
}
