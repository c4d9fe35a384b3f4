//! Keeps what was refused in a ring beside the trail (decision 2): the reference id in an error answer leads to its reason.
//!
//! The request never waits for it: entries go through a bounded queue to a job that writes them, and a flood that fills the
//! queue loses entries, not answers.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use tokio::sync::mpsc;

use super::root_span::{AskedBy, Reason, reference};
use super::unserved;
use crate::domain::IssuerId;
use crate::domain::evidence::{Check, Evidence, Shown};
use crate::storage::refusals::Refusal;
use crate::web::error::{Code, JsonError, no_address};
use crate::web::extract::Routed;
use crate::web::state::AppState;

/// Where refusals wait to be written.
pub type RefusalQueue = mpsc::Sender<(IssuerId, Refusal)>;

/// How many may wait.
pub const QUEUE: usize = 1024;

/// The header of every refusal that names its reference id.
pub const REFERENCE: &str = "reference-id";

/// `wrap(from_fn(keep))`, inside of the issuer's. What actix-web says of a method that a route does not know is said in our own
/// shape before it is kept.
pub async fn keep<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let routed = request.extensions().get::<Routed>().cloned();
    let state = request.app_data::<Data<AppState>>().cloned();
    let reference = reference(request.request());
    let mut answered = next.call(request).await.map(|response| match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => unserved::other_method(response).map_into_right_body(),
        _ => response.map_into_left_body(),
    });
    let (Some(Routed(context)), Some(state)) = (routed, state) else { return answered };
    let seen = match &answered {
        Ok(response) => of_response(response),
        Err(error) => error.as_error().map(of_error),
    };
    let Some(Seen { endpoint, error, reason, client_id }) = seen else { return answered };
    let reference_id = reference.to_string();
    if let (Ok(response), Ok(value)) = (&mut answered, HeaderValue::from_str(&reference_id)) {
        // Not every page that shows its form again has a line for it.
        response.headers_mut().insert(HeaderName::from_static(REFERENCE), value);
    }
    let refusal = Refusal {
        at: state.clock.now(),
        reference_id,
        endpoint,
        error,
        evidence: Some((&reason.evidence).into()),
        // What the log may say, the ring need not: texts of libraries repeat what they read.
        reason: Shown::from(reason.text).to_string(),
        client_id,
    };
    drop(state.refusals.try_send((context.issuer.id.clone(), refusal)));
    answered
}

/// What an answer tells of why it is a refusal.
struct Seen {
    endpoint: String,
    error: String,
    reason: Reason,
    client_id: Option<String>,
}

fn of_response<B>(response: &ServiceResponse<B>) -> Option<Seen> {
    let given = response.response().extensions().get::<Reason>().cloned();
    let reason = given.or_else(|| Some(unexplained(response.status(), response.request())?.into()))?;
    let code = response.response().extensions().get::<Code>().map(|Code(code)| (*code).to_owned());
    let asked_by = response.request().extensions().get::<AskedBy>().cloned();
    Some(Seen {
        endpoint: response.request().match_pattern().unwrap_or_else(|| "-".to_owned()),
        error: code.unwrap_or_else(|| response.status().as_u16().to_string()),
        reason,
        client_id: asked_by.map(|AskedBy(client_id)| Shown::from(client_id).to_string()),
    })
}

/// What actix-web refuses by itself, before a handler is asked: no refusal is left without a check.
fn unexplained(status: StatusCode, request: &HttpRequest) -> Option<Evidence> {
    match status {
        StatusCode::NOT_FOUND => Some(no_address(request)),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Check::RequestSize.found("a smaller body", "one over the limit")),
        _ if status.is_client_error() => {
            Some(Check::FormFields.found("what the page or the endpoint reads", format!("status {}", status.as_u16())))
        }
        _ => None,
    }
}

/// A request that ran out of time has no response yet, and its route is not known here.
fn of_error(error: &JsonError) -> Seen {
    Seen { endpoint: "-".to_owned(), error: error.error.to_owned(), reason: *error.reason.clone(), client_id: None }
}
