//! Keeps what was refused in a ring beside the trail (decision 2): the reference id in an error answer leads to its reason.
//!
//! The request never waits for it: entries go through a bounded queue to a job that writes them, and a flood that fills the
//! queue loses entries, not answers.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use tokio::sync::mpsc;

use super::root_span::{Reason, reference};
use crate::domain::IssuerId;
use crate::storage::refusals::Refusal;
use crate::web::error::Code;
use crate::web::extract::Routed;
use crate::web::state::AppState;

/// Where refusals wait to be written.
pub type RefusalQueue = mpsc::Sender<(IssuerId, Refusal)>;

/// How many may wait.
pub const QUEUE: usize = 1024;

/// `wrap(from_fn(keep))`, inside of the issuer's.
pub async fn keep<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let response = next.call(request).await?;
    let refused = response.response().extensions().get::<Reason>().cloned();
    let routed = response.request().extensions().get::<Routed>().cloned();
    let state = response.request().app_data::<Data<AppState>>();
    if let (Some(Reason(reason)), Some(Routed(context)), Some(state)) = (refused, routed, state) {
        let code = response.response().extensions().get::<Code>().map(|Code(code)| (*code).to_owned());
        let refusal = Refusal {
            at: state.clock.now(),
            reference_id: reference(response.request()).to_string(),
            endpoint: response.request().match_pattern().unwrap_or_else(|| "-".to_owned()),
            error: code.unwrap_or_else(|| response.status().as_u16().to_string()),
            reason,
            client_id: None,
        };
        drop(state.refusals.try_send((context.issuer.id.clone(), refusal)));
    }
    Ok(response)
}
