//! Carries a request of actix-web to the SDK and its answer back.
//!
//! The SDK never sees the token (no passthrough): it gets the proven caller as an extension instead.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use http_body_util::{BodyDataStream, BodyExt as _, Full};
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;

use super::handler::Shop;
use super::record::Call;
use super::session::SESSION_ID;

pub(super) type Sdk = StreamableHttpService<Shop, NeverSessionManager>;

/// Changes an answer; `None` leaves it as it is.
pub(super) type Rewrite = fn(&Bytes) -> Option<Bytes>;

/// An answer of the SDK, its body read whole unless it is a stream of events.
pub(super) async fn ask(
    sdk: &Sdk,
    request: &HttpRequest,
    body: Bytes,
    call: Option<Arc<Call>>,
    rewrite: Option<Rewrite>,
) -> HttpResponse {
    let mut head = http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        // The SDK keeps no sessions: ours is no business of its.
        let kept = [&AUTHORIZATION, &CONTENT_LENGTH, &TRANSFER_ENCODING, &SESSION_ID];
        if !kept.contains(&name) {
            head = head.header(name.as_str(), value.as_bytes());
        }
    }
    if let Some(call) = call {
        head = head.extension(call);
    }
    let Ok(request) = head.body(Full::new(body)) else { return HttpResponse::BadRequest().finish() };
    let (parts, body) = sdk.handle(request).await.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    let mut streams = false;
    for (name, value) in &parts.headers {
        if name == http::header::CONTENT_TYPE {
            streams = value.as_bytes().starts_with(b"text/event-stream");
        }
        if name != http::header::CONTENT_LENGTH {
            answer.append_header((name.as_str(), value.as_bytes()));
        }
    }
    if streams {
        return answer.streaming(BodyDataStream::new(body));
    }
    // What is answered to one token is nobody else's.
    answer.insert_header((CACHE_CONTROL, "no-store"));
    let Ok(whole) = body.collect().await;
    let whole = whole.to_bytes();
    if whole.is_empty() {
        return answer.finish();
    }
    let rewritten = rewrite.filter(|_| status == StatusCode::OK).and_then(|rewrite| rewrite(&whole));
    answer.body(rewritten.unwrap_or(whole))
}
