//! `/authorize` (RFC 6749 §3.1): where an agent sends the shopper. The validated request goes on sealed; nothing is stored
//! (decision 2). What cannot be trusted gets a page and never a redirect (A32).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse};
use uuid::Uuid;

use crate::accounts::passkeys::is_possible;
use crate::config::DefaultResource;
use crate::domain::client::Client;
use crate::domain::evidence::{Check, Evidence};
use crate::domain::redirect_uri::VerifiedRedirectUri;
use crate::domain::restriction::Effect;
use crate::domain::{ClientId, RequestId};
use crate::keys::{IssuerContext, Sealed, random};
use crate::oauth::authentication_request::{Standing, forbids_pages};
use crate::oauth::authorization::{AuthorizeError, Circumstances, Untrusted, client_id, validate};
use crate::oauth::client_documents::DocumentError;
use crate::oauth::error::OAuthError;
use crate::oauth::parameters::Parameters;
use crate::storage::clients::find_kept;
use crate::storage::{StorageError, restrictions};
use crate::web::error::{Code, fault_of, with_reference};
use crate::web::extract::{Browser, CurrentIssuer, MaybeShopper, SignedInShopper, Source};
use crate::web::language;
use crate::web::middleware::root_span::{record_client, reference};
use crate::web::pages::error::Problem;
use crate::web::pages::refuse::{Unfit, refuse, unfit_form, with_retry_after};
use crate::web::state::AppState;
use mcp_resource::wire::feed::Target;

/// Longer queries are nothing an agent needs, and would not fit into the address of the consent page.
const LONGEST_QUERY: usize = 6000;

pub async fn get(
    request: HttpRequest,
    issuer: CurrentIssuer,
    (browser, source): (Browser, Source),
    state: Data<AppState>,
) -> actix_web::Result<HttpResponse> {
    let asking = Asking { request: &request, issuer: &issuer, browser: &browser, source: &source, state: &state };
    answer(asking, request.query_string().as_bytes()).await
}

/// RFC 6749 §3.1: POST may be supported too.
pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    (browser, source): (Browser, Source),
    state: Data<AppState>,
    body: actix_web::Result<Bytes>,
) -> actix_web::Result<HttpResponse> {
    let asking = Asking { request: &request, issuer: &issuer, browser: &browser, source: &source, state: &state };
    match body {
        Ok(body) => answer(asking, &body).await,
        Err(error) => Ok(unfit_form(&request, &issuer, Unfit::of_body(&error))),
    }
}

/// Where a request comes in, whichever way its parameters came.
#[derive(Clone, Copy)]
struct Asking<'a> {
    request: &'a HttpRequest,
    issuer: &'a IssuerContext,
    browser: &'a Browser,
    source: &'a Source,
    state: &'a AppState,
}

/// The `Err` is that the session could not be read, where it has to be.
async fn answer(asking: Asking<'_>, encoded: &[u8]) -> actix_web::Result<HttpResponse> {
    let Asking { request, issuer, browser, state, .. } = asking;
    if encoded.len() > LONGEST_QUERY {
        let evidence = Check::RequestSize.found(format!("{LONGEST_QUERY} bytes at most"), encoded.len().to_string());
        return Ok(refuse(request, issuer, Problem::BadRequest, StatusCode::URI_TOO_LONG, evidence));
    }
    let parameters = Parameters::parse(encoded);
    let id = match client_id(&parameters) {
        Ok(id) => ClientId::new(id),
        Err((untrusted, evidence)) => return Ok(untrusted_page(request, issuer, &untrusted, evidence)),
    };
    record_client(request, id.as_str());
    let client = match client_of(asking, &id).await {
        Ok(client) => client,
        Err(answer) => return Ok(*answer),
    };
    let shopper = if forbids_pages(&parameters) { MaybeShopper::extract(request).await?.0 } else { None };
    let circumstances = Circumstances {
        context: issuer,
        browser_hash: browser.hash,
        seed: random::bytes(),
        request_id: RequestId::new(Uuid::new_v4().simple().to_string()),
        is_default_resource_full: state.default_resource == DefaultResource::Full,
        standing: Standing {
            signed_in: shopper.as_ref().map(SignedInShopper::authentication),
            has_passkeys: is_possible(issuer),
        },
        now: state.clock.now(),
    };
    Ok(match validate(client.as_ref(), &parameters, &circumstances) {
        Ok(valid) => match issuer.keys.seal(Sealed::AuthorizationRequest, &valid) {
            Ok(sealed) => {
                let answer = browser.keep(go_to_consent(issuer, &sealed));
                language::keep_asked(request, &issuer.issuer, valid.ui_locales.as_deref(), answer)
            }
            Err(fault) => {
                let reason = fault_of(&fault).because(fault.to_string());
                refuse(request, issuer, Problem::Server, StatusCode::INTERNAL_SERVER_ERROR, reason)
            }
        },
        Err(AuthorizeError::Untrusted(untrusted, evidence)) => untrusted_page(request, issuer, &untrusted, evidence),
        Err(AuthorizeError::Refused(refused)) => {
            refused_redirect(request, issuer, &refused.to, refused.state.as_deref(), &refused.error)
        }
    })
}

/// The client that asks. The `Err` is the page that answers instead.
async fn client_of(asking: Asking<'_>, id: &ClientId) -> Result<Option<Client>, Box<HttpResponse>> {
    let Asking { request, issuer, source, state, .. } = asking;
    let (issuer_id, wanted) = (issuer.issuer.id.clone(), id.clone());
    let read = state.db.read(move |connection| {
        let kept = find_kept(connection, &issuer_id, &wanted)?;
        let is_off = restrictions::is_set(connection, &issuer_id, Effect::Off, &Target::Issuer)?;
        Ok::<_, StorageError>((kept, is_off))
    });
    let (kept, is_off) = read.await.map_err(|fault| {
        let reason = fault_of(&fault).because(fault.to_string());
        refuse(request, issuer, Problem::Unavailable, StatusCode::SERVICE_UNAVAILABLE, reason)
    })?;
    if is_off {
        return Err(Box::new(agents_off(request, issuer)));
    }
    // Nobody fetches a document from a host that the store keeps out.
    let is_approved = kept.as_ref().is_some_and(|kept| kept.client.is_approved());
    if let Err(refused) = issuer.policy.admits_document(id, is_approved) {
        let evidence = refused.evidence();
        return Err(Box::new(untrusted_page(request, issuer, &refused.into(), evidence)));
    }
    let client = state.introduce(issuer, (id, kept), &source.network).await;
    client.map_err(|error| Box::new(undescribed(request, issuer, id, &error)))
}

/// D2: without its description nothing is known of an agent, not even where to send an error.
pub fn undescribed(
    request: &HttpRequest,
    issuer: &IssuerContext,
    id: &ClientId,
    error: &DocumentError,
) -> HttpResponse {
    let reason = error.evidence(id).because(error.to_string());
    let (problem, status) = match error {
        DocumentError::Off => (Problem::UnknownClient, StatusCode::BAD_REQUEST),
        DocumentError::Fetch(_) => (Problem::AgentAway, StatusCode::BAD_GATEWAY),
        DocumentError::Id(_) | DocumentError::Invalid(_) => (Problem::AgentDescription, StatusCode::BAD_REQUEST),
        DocumentError::TooMany(_) => (Problem::TooManyAttempts, StatusCode::TOO_MANY_REQUESTS),
    };
    let answer = refuse(request, issuer, problem, status, reason);
    match error {
        DocumentError::TooMany(wait) => with_retry_after(answer, *wait),
        _ => answer,
    }
}

/// The sealed request fits into a query: base64url and dots need no encoding.
fn go_to_consent(issuer: &IssuerContext, sealed: &str) -> HttpResponse {
    see_other(&format!("{}/consent?request={sealed}", issuer.issuer.url.path()))
}

fn untrusted_page(
    request: &HttpRequest,
    issuer: &IssuerContext,
    untrusted: &Untrusted,
    evidence: Evidence,
) -> HttpResponse {
    let problem = match untrusted {
        // H14: agents keep dead ids; the page says how to start afresh.
        Untrusted::UnknownClient => Problem::UnknownClient,
        Untrusted::RedirectMismatch | Untrusted::RepeatedRedirectUri => Problem::RedirectMismatch,
        Untrusted::NoClientId => Problem::BadRequest,
        Untrusted::NotAdmitted(_) => Problem::AgentBlocked,
    };
    refuse(request, issuer, problem, StatusCode::BAD_REQUEST, evidence.because(untrusted.to_string()))
}

/// RFC 6749 §4.1.2.1. The reference id stands in the `error_description`, which clients show or log as it is. Not in an
/// `error_uri`: few clients read it, it would need a public page with nothing to say, and firewalls before a client's
/// callback take a URL in a query for an attack.
pub fn refused_redirect(
    request: &HttpRequest,
    issuer: &IssuerContext,
    to: &VerifiedRedirectUri,
    state: Option<&str>,
    error: &OAuthError,
) -> HttpResponse {
    let description = with_reference(&error.description, reference(request));
    let mut parameters = vec![("error", error.code.as_str()), ("error_description", description.as_str())];
    let mut answer = back_to_client(issuer, to, state, &mut parameters);
    answer.extensions_mut().insert(error.evidence.clone().because(&error.reason));
    answer.extensions_mut().insert(Code(error.code.as_str()));
    answer
}

/// S1-23: switched off, nobody is asked for anything new.
pub fn agents_off(request: &HttpRequest, issuer: &IssuerContext) -> HttpResponse {
    let reason = Check::AgentsOn.found("agents switched on", "switched off").because("agents are switched off");
    refuse(request, issuer, Problem::AgentsOff, StatusCode::FORBIDDEN, reason)
}

/// RFC 6749 §4.1.2, §4.1.2.1 and RFC 9207 §2: `state` as it came, and `iss` always (A8, A35). 303, so that a POST is not
/// sent again (A40, H16).
pub fn back_to_client<'a>(
    issuer: &'a IssuerContext,
    to: &VerifiedRedirectUri,
    state: Option<&'a str>,
    parameters: &mut Vec<(&'a str, &'a str)>,
) -> HttpResponse {
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", issuer.url()));
    see_other(&to.with_parameters(parameters))
}

fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, location)).insert_header((CACHE_CONTROL, "no-store")).finish()
}
