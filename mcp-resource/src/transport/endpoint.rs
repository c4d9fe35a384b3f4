//! One MCP address: reads a message, checks the permission of the tool it calls, lets the SDK answer, records.
//!
//! Order: the middleware of [`crate::protect`] has authenticated before anything here runs (B54). A missing permission
//! is answered on the HTTP layer, where a challenge can be given (C-3), before the SDK or the store is asked.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::ALLOW;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use url::Url;

use super::bridge::{self, Rewrite, Sdk};
use super::handler::Shop;
use super::message::{Message, Unreadable};
use super::record::Call;
use crate::protect::{Cause, Principal, Protection, Rejection};
use crate::shop::tools::{Tool, security_schemes};
use crate::shop::{CallContext, CommerceBackend, Owner};

/// The largest body, in bytes: the largest cart update is a tenth of it.
const MAX_BODY: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// One protected MCP address of a store.
pub struct Endpoint {
    protection: Protection,
    backend: Arc<dyn CommerceBackend>,
    sdk: Sdk,
    environment: Arc<str>,
    origin: Arc<str>,
}

impl Endpoint {
    pub fn new(protection: Protection, backend: Arc<dyn CommerceBackend>, environment: &str) -> Self {
        // The resource was checked when the protection was started.
        let resource = Url::parse(&protection.config().resource).ok();
        let origin = resource.as_ref().map_or_else(String::new, |url| url.origin().ascii_serialization());
        let host = resource.as_ref().and_then(Url::host_str).unwrap_or("localhost").to_owned();
        let shop = Shop { backend: Arc::clone(&backend), title: protection.config().name.as_str().into() };
        // B52: legacy without session ids too. Plain JSON answers: no tool of ours sends anything before its result.
        let mut config = StreamableHttpServerConfig::default().with_allowed_hosts([host]);
        config.legacy_session_mode = false;
        config.json_response = true;
        config.max_request_body_bytes = MAX_BODY;
        let sdk =
            StreamableHttpService::new(move || Ok(shop.clone()), Arc::new(NeverSessionManager::default()), config);
        Self { protection, backend, sdk, environment: environment.into(), origin: origin.into() }
    }

    pub fn protection(&self) -> &Protection {
        &self.protection
    }

    /// Serves the endpoint at `path`, behind its protection.
    pub fn configure(this: Data<Self>, path: &str) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let path = path.to_owned();
        move |config| {
            let middleware = this.protection.middleware();
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

    fn context(&self, principal: &Principal) -> CallContext {
        let claims = &principal.claims;
        CallContext {
            owner: Owner { iss: claims.iss.clone(), sub: claims.sub.clone() },
            client_id: claims.client_id.clone(),
            environment: Arc::clone(&self.environment),
            origin: Arc::clone(&self.origin),
            now: self.protection.clock().now(),
        }
    }
}

async fn not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, "POST, OPTIONS")).finish()
}

async fn post(endpoint: Data<Endpoint>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let protection = &endpoint.protection;
    let principal = request.extensions().get::<Principal>().cloned();
    let Some(principal) = principal else {
        // Cannot be: the middleware lets nobody through without one.
        return Rejection::from(Cause::NoToken).into_response(protection);
    };
    let (body, message) = match read(payload).await {
        Ok(read) => read,
        Err(unreadable) => return unreadable.response(),
    };
    let Some(tool_call) = message.call else {
        let lists = message.method.as_deref() == Some("tools/list");
        let rewrite: Option<Rewrite> = if lists { Some(add_security_schemes) } else { None };
        return bridge::ask(&endpoint.sdk, &request, body, None, rewrite).await;
    };
    let context = endpoint.context(&principal);
    let call = Call::begin(protection, &principal, endpoint.backend.platform(), context, &tool_call);
    if let Some(tool) = tool_call.tool
        && let Err(rejection) = protection.require(&principal, tool.required())
    {
        call.refused(&rejection);
        return rejection.into_tool_response(protection, &tool_call.id);
    }
    if !tool_call.well_formed {
        call.not_served(400);
        return tool_call.invalid_params();
    }
    let call = Arc::new(call);
    let answer = bridge::ask(&endpoint.sdk, &request, body, Some(Arc::clone(&call)), None).await;
    call.not_served(answer.status().as_u16());
    answer
}

async fn read(payload: web::Payload) -> Result<(Bytes, Message), Unreadable> {
    let body = tokio::time::timeout(BODY_TIMEOUT, payload.to_bytes_limited(MAX_BODY)).await;
    let body = match body {
        Err(_) => return Err(Unreadable::TooSlow),
        Ok(Err(_)) => return Err(Unreadable::TooLarge),
        Ok(Ok(Err(_))) => return Err(Unreadable::NotJson),
        Ok(Ok(Ok(body))) => body,
    };
    let message = Message::read(&body)?;
    Ok((body, message))
}

/// platforms.md 3.4: `securitySchemes` beside `_meta`, where the SDK's type has no room for it.
fn add_security_schemes(body: &Bytes) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    for listed in answer.pointer_mut("/result/tools")?.as_array_mut()? {
        let listed = listed.as_object_mut()?;
        let tool = listed.get("name").and_then(Value::as_str).and_then(Tool::by_name)?;
        listed.insert("securitySchemes".to_owned(), security_schemes(tool));
    }
    serde_json::to_vec(&answer).ok().map(Bytes::from)
}
