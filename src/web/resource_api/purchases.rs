//! `/resource/purchases`: a resource server registers a frozen checkout, looks at it, uses it once the shopper has approved
//! it, and tells what became of it (decision 5). Only its own purchases exist for it.

use std::future::Future;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Json, JsonConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::LocalBoxFuture;
use mcp_resource::wire::purchase::{Consume, NewPurchase, Offer, Refusal, Settle};
use serde::de::DeserializeOwned;

use crate::domain::PurchaseId;
use crate::domain::audit::Occasion;
use crate::domain::evidence::Check;
use crate::domain::purchase::MOST_NEW;
use crate::locale::{Locale, MailText};
use crate::purchases::consume::{consume, find};
use crate::purchases::register::{Registered, register};
use crate::purchases::settle::settle;
use crate::purchases::standing::offer;
use crate::purchases::{Caller, Found, Refused};
use crate::storage::StorageResult;
use crate::web::error::JsonError;
use crate::web::extract::{AuthenticatedResourceServer, CurrentIssuer, Source};
use crate::web::middleware::root_span::reference;
use crate::web::state::AppState;

/// A hundred lines take a third of it.
const LARGEST_BODY: usize = 128 * 1024;

pub fn configure(cfg: &mut web::ServiceConfig) {
    let json = || JsonConfig::default().limit(LARGEST_BODY);
    cfg.service(web::resource("/resource/purchases").app_data(json()).route(web::post().to(post)))
        .service(web::resource("/resource/purchases/offer").app_data(json()).route(web::post().to(post_offer)))
        .service(web::resource("/resource/purchases/{id}").route(web::get().to(get)))
        .service(web::resource("/resource/purchases/{id}/consume").app_data(json()).route(web::post().to(post_consume)))
        .service(web::resource("/resource/purchases/{id}/settle").app_data(json()).route(web::post().to(post_settle)));
}

/// What each call begins with; bodies are read only when the server is known.
pub struct Call {
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
}

impl FromRequest for Call {
    type Error = JsonError;
    type Future = LocalBoxFuture<'static, Result<Self, JsonError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let issuer = CurrentIssuer::from_request(request, payload);
        let server = AuthenticatedResourceServer::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let (issuer, server) = (issuer.await?, server.await?);
            let state = request.app_data::<Data<AppState>>().cloned();
            let state = state.ok_or_else(|| JsonError::not_found(&request))?;
            let occasion = Occasion {
                now: state.clock.now(),
                reference_id: reference(&request),
                network: Source::of(&request).network,
            };
            let caller = Caller {
                issuer: issuer.issuer.clone(),
                store: issuer.store.clone(),
                resource: server.resource.clone(),
                keys: std::sync::Arc::clone(&issuer.keys),
                most_new: MOST_NEW,
                has_mail: state.mailer.is_on(),
                occasion,
            };
            Ok(Self { request, state, caller })
        })
    }
}

impl Call {
    async fn body<T: DeserializeOwned>(&self, payload: web::Payload) -> Result<T, JsonError> {
        let body = Json::<T>::from_request(&self.request, &mut payload.into_inner()).await;
        body.map(Json::into_inner).map_err(|error| {
            let status = error.as_response_error().status_code();
            let description = "Send the JSON body that the call has, 128 KiB at most.";
            let evidence = Check::BodyForm.found("the JSON body of the call", format!("status {status}"));
            JsonError::new(&self.request, status, "invalid_request", description, evidence)
        })
    }

    /// The answer of a use case, or what refuses it.
    async fn settled<T>(&self, done: impl Future<Output = StorageResult<Result<T, Refused>>>) -> Result<T, JsonError> {
        let done = done.await.map_err(|fault| JsonError::fault(&self.request, &fault))?;
        done.map_err(|refused| self.refused(refused))
    }

    fn refused(&self, Refused { refusal, evidence }: Refused) -> JsonError {
        let (error, description) = words(refusal);
        let status = if refusal == Refusal::Unknown { StatusCode::NOT_FOUND } else { StatusCode::CONFLICT };
        JsonError::new(&self.request, status, error, description, evidence)
    }

    fn answer(&self, status: StatusCode, found: &Found) -> HttpResponse {
        let mut answer = HttpResponse::build(status);
        answer.insert_header((CACHE_CONTROL, "no-store"));
        answer.json(self.caller.shown(found))
    }
}

/// What the resource server is told: the word of [`Refusal`], and the remedy.
const fn words(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Unknown => ("unknown", "No such purchase, grant or connection of this resource server."),
        Refusal::GrantEnded => {
            ("grant_ended", "The grant or connection is over, or cannot check out. Ask for consent.")
        }
        Refusal::Paused => ("paused", "Agents are held. Try again later."),
        Refusal::InvalidDocument => {
            ("invalid_document", "The checkout contradicts itself, the grant or the environment.")
        }
        Refusal::TooMany => ("too_many", "The agent has begun too many purchases in the last hour. Try again later."),
        Refusal::Silenced => ("silenced", "The shopper declined three in a row, and has to let the agent ask again."),
        Refusal::OverLimit => ("over_limit", "It is above what the shopper lets this agent spend."),
        Refusal::NotOffered => {
            ("not_offered", "The agent may not begin checkouts, and gets no link in the place of that.")
        }
        Refusal::NotApproved => ("not_approved", "The purchase is not as far yet. Wait for the shopper."),
        Refusal::Declined => ("declined", "The shopper said no."),
        Refusal::Expired => ("expired", "The time of the purchase is over. Start a new checkout."),
        Refusal::Superseded => ("superseded", "A newer purchase took its place."),
        Refusal::DigestDiffers => ("digest_differs", "This is not what was registered. Start a new checkout."),
        Refusal::AlreadyUsed => ("already_used", "The purchase was used by another checkout, or settled otherwise."),
    }
}

/// `POST /resource/purchases`: 201, or 200 for one that was there.
pub async fn post(call: Call, payload: web::Payload) -> Result<HttpResponse, JsonError> {
    let new: NewPurchase = call.body(payload).await?;
    let caller = call.caller.clone();
    let registered = call.settled(call.state.db.write(move |tx| register(tx, &caller, new))).await?;
    if let Some(address) = &registered.mail_to {
        call.state.mailer.send(address, mail(&call, &registered));
    }
    let status = if registered.was_there { StatusCode::OK } else { StatusCode::CREATED };
    Ok(call.answer(status, &registered.found))
}

/// Nobody's browser is at hand: the mail is in the language of the shopper's last consent.
fn mail(call: &Call, registered: &Registered) -> MailText {
    let store = &call.caller.store;
    let locale = Locale::negotiate(registered.locale.as_deref().into_iter().chain([store.locale.as_str()]));
    let url = call.caller.shown(&registered.found).approval_url;
    match registered.found.purchase.rule_id {
        Some(_) => MailText::approved_by_rule(locale, &store.name, &url),
        None => MailText::purchase(locale, &store.name, &url),
    }
}

/// `POST /resource/purchases/offer`: 204.
pub async fn post_offer(call: Call, payload: web::Payload) -> Result<HttpResponse, JsonError> {
    let asked: Offer = call.body(payload).await?;
    let caller = call.caller.clone();
    call.settled(call.state.db.read(move |connection| offer(connection, &caller, &asked))).await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

/// `GET /resource/purchases/{id}`.
pub async fn get(call: Call) -> Result<HttpResponse, JsonError> {
    let (caller, id) = (call.caller.clone(), call.id()?);
    let found = call.settled(call.state.db.read(move |connection| find(connection, &caller, &id))).await?;
    Ok(call.answer(StatusCode::OK, &found))
}

/// `POST /resource/purchases/{id}/consume`.
pub async fn post_consume(call: Call, payload: web::Payload) -> Result<HttpResponse, JsonError> {
    let Consume { checkout_id, digest } = call.body(payload).await?;
    let (caller, id) = (call.caller.clone(), call.id()?);
    // What is no base64url is the digest of nothing.
    let digest = URL_SAFE_NO_PAD.decode(digest).unwrap_or_default();
    let checkout_id = call.text(checkout_id)?;
    let consumed = call.state.db.write(move |tx| consume(tx, &caller, &id, (&checkout_id, &digest)));
    let found = call.settled(consumed).await?;
    Ok(call.answer(StatusCode::OK, &found))
}

/// `POST /resource/purchases/{id}/settle`.
pub async fn post_settle(call: Call, payload: web::Payload) -> Result<HttpResponse, JsonError> {
    let (checkout_id, order_id) = match call.body(payload).await? {
        Settle::Completed { checkout_id, order_id } => (checkout_id, Some(order_id)),
        Settle::Released { checkout_id } => (checkout_id, None),
    };
    let (caller, id, checkout_id) = (call.caller.clone(), call.id()?, call.text(checkout_id)?);
    let settled = call.state.db.write(move |tx| settle(tx, &caller, &id, (&checkout_id, order_id.as_deref())));
    let found = call.settled(settled).await?;
    Ok(call.answer(StatusCode::OK, &found))
}

impl Call {
    fn id(&self) -> Result<PurchaseId, JsonError> {
        let id = self.request.match_info().get("id").unwrap_or_default();
        self.text(id.to_owned()).map(PurchaseId::new)
    }

    /// PostgreSQL stores no NUL, and refuses to look for one: nothing with control characters is one of ours.
    fn text(&self, text: String) -> Result<String, JsonError> {
        if text.chars().any(char::is_control) {
            let evidence = Check::PurchaseKnown.found("a purchase of this resource server", "control characters");
            return Err(self.refused(Refused { refusal: Refusal::Unknown, evidence }));
        }
        Ok(text)
    }
}
