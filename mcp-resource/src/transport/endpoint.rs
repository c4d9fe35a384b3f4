//! One MCP address: reads a message, checks the permission of the tool it calls, lets the SDK answer, records.
//!
//! Order: the middleware of [`crate::protect`] has authenticated before anything here runs (B54). A missing permission
//! is answered on the HTTP layer, where a challenge can be given (C-3), before the SDK or the store is asked. Where the store
//! has public tools, callers without a token come here too, and [`super::public`] decides what they get (C-7).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use url::Url;

use super::bridge::{self, Rewrite, Sdk};
use super::handler::Shop;
use super::message::{Message, Unreadable};
use super::public::{Asked, Public, held};
use super::record::Call;
use super::{body, message, session};
use crate::protect::{Cause, Principal, Protection, Rejection, StartError, Stranger};
use crate::refused;
use crate::shop::purchasing::Purchasing;
use crate::shop::purchasing::pass::Pass;
use crate::shop::purchasing::request_state::Bound;
use crate::shop::sealing::NotOurs;
use crate::shop::tools::{Action, Asking, CheckoutCall, Counter, Retry, SECURITY_SCHEMES, Tool};
use crate::shop::{CallContext, CommerceBackend, Owner, PublicTools, Selling};

/// The largest body, in bytes: the largest cart update is a tenth of it.
const MAX_BODY: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// One protected MCP address of a store.
pub struct Endpoint {
    protection: Protection,
    counter: Counter,
    sdk: Sdk,
    public: Public,
    environment: Arc<str>,
    origin: Arc<str>,
}

impl Endpoint {
    /// # Errors
    /// A tool is named as public that cannot be.
    pub fn new(
        protection: Protection,
        backend: Arc<dyn CommerceBackend>,
        environment: &str,
        selling: Selling,
        public_tools: PublicTools,
    ) -> Result<Self, StartError> {
        let public = Public::new(public_tools)?;
        // The resource was checked when the protection was started.
        let resource = Url::parse(&protection.config().resource).ok();
        let origin = resource.as_ref().map_or_else(String::new, |url| url.origin().ascii_serialization());
        let host = resource.as_ref().and_then(Url::host_str).unwrap_or("localhost").to_owned();
        let title: Arc<str> = protection.config().name.as_str().into();
        let purchasing = Purchasing::new(backend, protection.purchases().clone(), &protection.config().resource);
        let counter = Counter { purchasing, selling, store: Arc::clone(&title) };
        let shop = Shop { counter: counter.clone(), title, public: public.tools.clone().into() };
        // B52: legacy without session ids too. Plain JSON answers: no tool of ours sends anything before its result.
        let mut config = StreamableHttpServerConfig::default().with_allowed_hosts([host]);
        config.legacy_session_mode = false;
        config.json_response = true;
        config.max_request_body_bytes = MAX_BODY;
        let sdk =
            StreamableHttpService::new(move || Ok(shop.clone()), Arc::new(NeverSessionManager::default()), config);
        Ok(Self { protection, counter, sdk, public, environment: environment.into(), origin: origin.into() })
    }

    pub fn protection(&self) -> &Protection {
        &self.protection
    }

    /// What the store does by itself about checkouts that were left half way.
    pub(crate) fn pass(&self) -> Pass {
        Pass {
            purchasing: self.counter.purchasing.clone(),
            environment: Arc::clone(&self.environment),
            origin: Arc::clone(&self.origin),
            clock: self.protection.clock().clone(),
            every: self.counter.selling.pass_every,
        }
    }

    /// Serves the endpoint at `path`, behind its protection.
    pub fn configure(this: Data<Self>, path: &str) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let path = path.to_owned();
        move |config| {
            // C-7: only where a store has named public tools does anybody get past without a token.
            let middleware = this.protection.middleware().letting_strangers_by(!this.public.is_empty());
            config.service(
                web::resource(path)
                    .app_data(this)
                    .wrap(middleware)
                    .route(web::post().to(post))
                    // B47, B52: no stream to open and no session to end.
                    .default_service(web::to(not_allowed)),
            );
        }
    }

    /// `None`: of nobody (C-7).
    fn context(&self, principal: Option<&Principal>) -> CallContext {
        let claims = principal.map(|principal| &principal.claims);
        CallContext {
            owner: claims
                .map_or_else(Owner::nobody, |claims| Owner { iss: claims.iss.clone(), sub: claims.sub.clone() }),
            client_id: claims.map_or_else(String::new, |claims| claims.client_id.clone()),
            environment: Arc::clone(&self.environment),
            origin: Arc::clone(&self.origin),
            now: self.protection.clock().now(),
        }
    }
}

async fn not_allowed() -> HttpResponse {
    let mut answer = refused::answer(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Send messages by POST.");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    answer
}

async fn post(endpoint: Data<Endpoint>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let protection = &endpoint.protection;
    let principal = request.extensions().get::<Principal>().cloned();
    let Some(principal) = principal else {
        let stranger = request.extensions().get::<Stranger>().copied();
        return match stranger {
            Some(stranger) => endpoint.answer_stranger(stranger, &request, payload).await,
            // Cannot be: the middleware lets nobody else through.
            None => Rejection::from(Cause::NoToken).into_response(protection),
        };
    };
    let (body, message) = match read(payload).await {
        Ok(read) => read,
        Err(unreadable) => return unreadable.response(),
    };
    let Some(tool_call) = message.call else {
        return endpoint.answer(&request, body, &principal, &message).await;
    };
    let mut call = endpoint.begin(Some(&principal), &tool_call);
    let brought = endpoint.brought_back(&request, &call, &tool_call);
    let required = tool_call.tool.map(|tool| match brought {
        Ok(Some(_)) => tool.required_to_go_on(),
        _ => tool.required(),
    });
    if let Some(Err(rejection)) = required.map(|required| protection.require(&principal, required)) {
        call.refused(&rejection);
        // H20 is about permissions: whom a fresh sign-in is missing gets no way round it.
        let checkout = match rejection.cause {
            Cause::InsufficientScope { .. } => endpoint.link_beside(&principal, &call, &tool_call).await,
            _ => None,
        };
        return rejection.into_tool_response(protection, &tool_call.id, checkout);
    }
    let Ok(retry) = brought else {
        call.not_served(400);
        return tool_call.invalid_state();
    };
    if !tool_call.well_formed {
        call.not_served(400);
        return tool_call.invalid_params();
    }
    call.checkout = endpoint.checkout_call(&request, (&principal, &call), &tool_call, retry);
    let asks = call.checkout.as_ref().is_some_and(|checkout| checkout.asking == Asking::InputRequired);
    let rewrite: Option<Rewrite> = if asks { Some(drop_elicitation_id) } else { None };
    let call = Arc::new(call);
    let answer = bridge::ask(&endpoint.sdk, &request, body, Some(Arc::clone(&call)), rewrite).await;
    if call.is_away() {
        let compared = ("an answer of the authorization server about a purchase", "none");
        let rejection = Rejection::from(Cause::CannotTell).comparing(compared.0, compared.1);
        call.refused(&rejection);
        return rejection.into_tool_response(protection, &tool_call.id, None);
    }
    call.not_served(answer.status().as_u16());
    answer
}

impl Endpoint {
    fn begin(&self, principal: Option<&Principal>, tool_call: &message::ToolCall) -> Call {
        let platform = self.counter.purchasing.backend().platform();
        Call::begin(&self.protection, principal, platform, self.context(principal), tool_call)
    }

    /// C-7: a caller without a token, where there are public tools.
    async fn answer_stranger(&self, stranger: Stranger, request: &HttpRequest, payload: web::Payload) -> HttpResponse {
        let source = self.public.source(request);
        let served = async {
            let running = self.public.enter(&source)?;
            // Whatever needs a token is refused as everywhere, before it is asked whether the store serves strangers now.
            let asked = self.public.read(payload).await.ok_or(Cause::NoToken)?;
            self.protection.admit_stranger()?;
            self.public.count(&source, self.protection.clock().now())?;
            Ok::<_, Rejection>(held(self.serve_stranger(request, asked).await, running))
        };
        served.await.unwrap_or_else(|rejection| self.protection.refuse(rejection, stranger.began))
    }

    /// No session is begun (B15): what one is for is asking a shopper. Nothing here knows of one.
    async fn serve_stranger(&self, request: &HttpRequest, asked: Asked) -> HttpResponse {
        let Some(tool_call) = asked.call else {
            return bridge::ask(&self.sdk, request, asked.body, None, rewrite_of(&asked.method)).await;
        };
        let call = self.begin(None, &tool_call);
        if !tool_call.well_formed {
            call.not_served(400);
            return tool_call.invalid_params();
        }
        let call = Arc::new(call);
        let answer = bridge::ask(&self.sdk, request, asked.body, Some(Arc::clone(&call)), None).await;
        call.not_served(answer.status().as_u16());
        answer
    }

    /// Everything but tool calls is the SDK's.
    async fn answer(
        &self,
        request: &HttpRequest,
        body: Bytes,
        principal: &Principal,
        message: &Message,
    ) -> HttpResponse {
        let rewrite = message.method.as_deref().and_then(rewrite_of);
        let mut answer = bridge::ask(&self.sdk, request, body, None, rewrite).await;
        if answer.status().is_success()
            && session::opens_links(message.capabilities.as_ref())
            && let Some(session) = session::begin(&self.counter.selling.sealer, principal)
        {
            answer.headers_mut().insert(session::SESSION_ID, session);
        }
        answer
    }

    /// F8: the state that a retry brings back, opened; `Err` when it is none of ours for this call. Revisions before
    /// 2026-07-28 know no such member.
    fn brought_back(
        &self,
        request: &HttpRequest,
        call: &Call,
        tool_call: &message::ToolCall,
    ) -> Result<Option<Retry>, NotOurs> {
        let (Some(text), Some("2026-07-28")) = (&tool_call.request_state, header(request, "mcp-protocol-version"))
        else {
            return Ok(None);
        };
        let tool = tool_call.tool.ok_or(NotOurs)?.name();
        let bound = Bound { context: &call.context, tool, arguments: tool_call.digest() };
        let state = bound.open(&self.counter.selling.sealer, text)?;
        Ok(Some(Retry { state, action: Action::of(tool_call.input_responses.as_ref()) }))
    }

    /// H20: of a checkout that the caller may not begin, the link of a purchase that waits for the shopper, where the merchant
    /// allows that. It can poll and finish it with what it may do already.
    async fn link_beside(&self, principal: &Principal, call: &Call, tool_call: &message::ToolCall) -> Option<Value> {
        let is_it = call.tool == Some(Tool::InitiateCheckout) && tool_call.well_formed;
        if !is_it || !principal.holds(Tool::GetCheckoutStatus.required()) {
            return None;
        }
        let arguments = tool_call.arguments.as_object().cloned().unwrap_or_default();
        self.counter.link(&call.context, principal.token_reference(), arguments).await
    }

    fn checkout_call(
        &self,
        request: &HttpRequest,
        (principal, call): (&Principal, &Call),
        tool_call: &message::ToolCall,
        retry: Option<Retry>,
    ) -> Option<CheckoutCall> {
        if !matches!(call.tool, Some(Tool::InitiateCheckout | Tool::GetCheckoutStatus)) {
            return None;
        }
        let asking = session::asking(
            &self.counter.selling.sealer,
            principal,
            header(request, "mcp-protocol-version"),
            header(request, session::SESSION_ID.as_str()),
            tool_call.capabilities.as_ref(),
        );
        let (token, reference_id) = (principal.token_reference(), call.reference_id.clone());
        Some(CheckoutCall { token, asking, arguments: tool_call.digest(), retry, reference_id })
    }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

async fn read(payload: web::Payload) -> Result<(Bytes, Message), Unreadable> {
    let body = body::arrived(payload, MAX_BODY, BODY_TIMEOUT).await?;
    let message = Message::read(&body)?;
    Ok((body, message))
}

/// F5: 2026-07-28 dropped `elicitationId`, and the SDK writes an empty one. Other answers stay as they are.
fn drop_elicitation_id(body: &Bytes) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    for question in answer.pointer_mut("/result/inputRequests")?.as_object_mut()?.values_mut() {
        question.get_mut("params")?.as_object_mut()?.remove("elicitationId");
    }
    serde_json::to_vec(&answer).ok().map(Bytes::from)
}

fn rewrite_of(method: &str) -> Option<Rewrite> {
    if method == "tools/list" { Some(add_security_schemes) } else { None }
}

/// platforms.md 3.4: `securitySchemes` beside `_meta`, where the SDK's type has no room for it.
fn add_security_schemes(body: &Bytes) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    for listed in answer.pointer_mut("/result/tools")?.as_array_mut()? {
        let listed = listed.as_object_mut()?;
        let schemes = listed.get("_meta")?.get(SECURITY_SCHEMES)?.clone();
        listed.insert(SECURITY_SCHEMES.to_owned(), schemes);
    }
    serde_json::to_vec(&answer).ok().map(Bytes::from)
}
