//! `/authorize` (RFC 6749 §3.1): where an agent sends the shopper. The validated request goes on sealed; nothing is stored
//! (decision 2). What cannot be trusted gets a page and never a redirect (A32).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use crate::config::DefaultResource;
use crate::domain::client::Client;
use crate::domain::redirect_uri::VerifiedRedirectUri;
use crate::domain::restriction::Effect;
use crate::domain::{ClientId, RequestId};
use crate::keys::{IssuerContext, Sealed, random};
use crate::oauth::authorization::{AuthorizeError, Circumstances, Refused, Untrusted, client_id, validate};
use crate::oauth::client_documents::DocumentError;
use crate::oauth::parameters::Parameters;
use crate::storage::clients::find_kept;
use crate::storage::{StorageError, restrictions};
use crate::web::extract::{Browser, CurrentIssuer, Source};
use crate::web::middleware::root_span::Reason;
use crate::web::pages::error::Problem;
use crate::web::pages::refuse::{refuse, too_many};
use crate::web::state::AppState;
use mcp_resource::wire::feed::Target;

/// Longer queries are nothing an agent needs, and would not fit into the address of the consent page.
const LONGEST_QUERY: usize = 6000;

pub async fn get(
    request: HttpRequest,
    issuer: CurrentIssuer,
    browser: Browser,
    source: Source,
    state: Data<AppState>,
) -> HttpResponse {
    let asking = Asking { request: &request, issuer: &issuer, browser: &browser, source: &source, state: &state };
    answer(asking, request.query_string().as_bytes()).await
}

/// RFC 6749 §3.1: POST may be supported too.
pub async fn post(
    request: HttpRequest,
    issuer: CurrentIssuer,
    browser: Browser,
    source: Source,
    state: Data<AppState>,
    body: actix_web::web::Bytes,
) -> HttpResponse {
    let asking = Asking { request: &request, issuer: &issuer, browser: &browser, source: &source, state: &state };
    answer(asking, &body).await
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

async fn answer(asking: Asking<'_>, encoded: &[u8]) -> HttpResponse {
    let Asking { request, issuer, browser, state, .. } = asking;
    if encoded.len() > LONGEST_QUERY {
        return refuse(request, issuer, Problem::BadRequest, StatusCode::URI_TOO_LONG, "the request is too long");
    }
    let parameters = Parameters::parse(encoded);
    let id = match client_id(&parameters) {
        Ok(id) => ClientId::new(id),
        Err(untrusted) => return untrusted_page(request, issuer, untrusted),
    };
    let client = match client_of(asking, &id).await {
        Ok(client) => client,
        Err(answer) => return *answer,
    };
    let circumstances = Circumstances {
        context: issuer,
        browser_hash: browser.hash,
        seed: random::bytes(),
        request_id: RequestId::new(Uuid::new_v4().simple().to_string()),
        is_default_resource_full: state.default_resource == DefaultResource::Full,
        now: state.clock.now(),
    };
    match validate(client.as_ref(), &parameters, &circumstances) {
        Ok(valid) => match issuer.keys.seal(Sealed::AuthorizationRequest, &valid) {
            Ok(sealed) => browser.keep(go_to_consent(issuer, &sealed)),
            Err(fault) => {
                let reason = fault.to_string();
                refuse(request, issuer, Problem::Server, StatusCode::INTERNAL_SERVER_ERROR, &reason)
            }
        },
        Err(AuthorizeError::Untrusted(untrusted)) => untrusted_page(request, issuer, untrusted),
        Err(AuthorizeError::Refused(refused)) => refused_redirect(issuer, &refused),
    }
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
        let reason = fault.to_string();
        refuse(request, issuer, Problem::Unavailable, StatusCode::SERVICE_UNAVAILABLE, &reason)
    })?;
    if is_off {
        // S1-23: switched off, nobody is asked for anything new.
        let reason = "agents are switched off";
        return Err(Box::new(refuse(request, issuer, Problem::AgentsOff, StatusCode::FORBIDDEN, reason)));
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
    let reason = format!("{id}: {error}");
    match error {
        DocumentError::Off => refuse(request, issuer, Problem::UnknownClient, StatusCode::BAD_REQUEST, reason),
        DocumentError::TooMany(wait) => too_many(request, issuer, *wait, &reason),
        DocumentError::Fetch(_) => refuse(request, issuer, Problem::AgentAway, StatusCode::BAD_GATEWAY, reason),
        DocumentError::Id(_) | DocumentError::Invalid(_) => {
            refuse(request, issuer, Problem::AgentDescription, StatusCode::BAD_REQUEST, reason)
        }
    }
}

/// The sealed request fits into a query: base64url and dots need no encoding.
fn go_to_consent(issuer: &IssuerContext, sealed: &str) -> HttpResponse {
    see_other(&format!("{}/consent?request={sealed}", issuer.issuer.url.path()))
}

fn untrusted_page(request: &HttpRequest, issuer: &IssuerContext, untrusted: Untrusted) -> HttpResponse {
    let problem = match untrusted {
        // H14: agents keep dead ids; the page says how to start afresh.
        Untrusted::UnknownClient => Problem::UnknownClient,
        Untrusted::RedirectMismatch | Untrusted::RepeatedRedirectUri => Problem::RedirectMismatch,
        Untrusted::NoClientId => Problem::BadRequest,
    };
    refuse(request, issuer, problem, StatusCode::BAD_REQUEST, untrusted.to_string())
}

fn refused_redirect(issuer: &IssuerContext, refused: &Refused) -> HttpResponse {
    let mut parameters =
        vec![("error", refused.error.code.as_str()), ("error_description", &refused.error.description)];
    let mut answer = back_to_client(issuer, &refused.to, refused.state.as_deref(), &mut parameters);
    answer.extensions_mut().insert(Reason(refused.error.reason.clone()));
    answer
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
