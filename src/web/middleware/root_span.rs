//! One root span and one log line for each request: reference id, method, route pattern, status, latency and issuer.
//! Never the path's values, the query string, a header or a body: those carry codes, tokens and people's data.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage, HttpRequest};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use crate::domain::evidence::Evidence;
use crate::telemetry::ReferenceId;
use crate::web::extract::Routed;

/// Builds the spans: `TracingLogger::<RootSpan>::new()`.
#[derive(Debug)]
pub struct RootSpan;

/// Why a request was refused: put it into the response's extensions. The text is for the log, and must not contain anything
/// secret; the evidence is for who asks with the reference id.
#[derive(Debug, Clone)]
pub struct Reason {
    pub text: String,
    pub evidence: Evidence,
}

impl Evidence {
    /// With words for the log.
    pub fn because(self, text: impl Into<String>) -> Reason {
        Reason { text: text.into(), evidence: self }
    }
}

/// Without words of its own, the name of the check says it.
impl From<Evidence> for Reason {
    fn from(evidence: Evidence) -> Self {
        let text = evidence.check.to_string();
        Self { text, evidence }
    }
}

/// Whom a request says it is from, before it is believed and as it was sent: what its refusal is kept under.
#[derive(Debug, Clone)]
pub struct AskedBy(pub String);

/// Notes the client id that a request names.
pub fn record_client(request: &HttpRequest, client_id: &str) {
    request.extensions_mut().insert(AskedBy(client_id.to_owned()));
}

#[derive(Clone, Copy)]
struct Begun {
    at: Instant,
    reference: ReferenceId,
}

impl RootSpanBuilder for RootSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let begun = Begun { at: Instant::now(), reference: ReferenceId::generate() };
        request.extensions_mut().insert(begun);
        tracing::info_span!("request", reference = %begun.reference, method = %request.method())
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(response) => {
                let begun = response.request().extensions().get::<Begun>().copied();
                let latency_us = begun.map_or(0, |begun| micros(begun.at));
                // Here and not on the span: recording into a span that is there already reads and writes all its fields anew.
                let routed = response.request().extensions().get::<Routed>().cloned();
                let issuer = routed.as_ref().map(|Routed(context)| context.url());
                let route = response.request().match_pattern();
                let status = response.status();
                let reason = reason(response);
                let check =
                    response.response().extensions().get::<Reason>().map(|reason| reason.evidence.check.as_str());
                let (route, code) = (route.as_deref().unwrap_or("-"), status.as_u16());
                if status.is_server_error() {
                    tracing::error!(parent: &span, issuer, route, status = code, latency_us, check, reason, "failed");
                } else {
                    tracing::info!(parent: &span, issuer, route, status = code, latency_us, check, reason, "answered");
                }
            }
            Err(error) => {
                let status = error.as_response_error().status_code().as_u16();
                tracing::error!(parent: &span, status, reason = %error, "failed");
            }
        }
    }
}

/// The reference id of this request, for its answer.
pub fn reference(request: &HttpRequest) -> ReferenceId {
    let begun = request.extensions().get::<Begun>().copied();
    // Only a test without the middleware has none.
    begun.map_or_else(ReferenceId::generate, |begun| begun.reference)
}

fn reason<B>(response: &ServiceResponse<B>) -> Option<String> {
    let given = response.response().extensions().get::<Reason>().map(|reason| reason.text.clone());
    given.or_else(|| response.response().error().map(ToString::to_string))
}

fn micros(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, HttpResponse, test, web};
    use tracing_actix_web::TracingLogger;

    use crate::config::{Format, Log};
    use crate::domain::evidence::Check;

    async fn refused(request: HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::BadRequest().body(reference(&request).to_string());
        let evidence = Check::CodeKnown.found("a code of ours", "another");
        response.extensions_mut().insert(evidence.because("the code is unknown"));
        response
    }

    #[actix_web::test]
    async fn a_request_is_one_line_with_its_reference_and_without_its_query_path_values_or_headers() {
        let lines = tempfile::NamedTempFile::new().unwrap();
        let log = Log { format: Format::Json, filter: "info".to_owned() };
        let _guard = tracing::subscriber::set_default(crate::telemetry::subscriber(&log, lines.reopen().unwrap()));
        let app = App::new().wrap(TracingLogger::<RootSpan>::new()).route("/cart/{id}", web::get().to(refused));
        let app = test::init_service(app).await;
        let request = test::TestRequest::get().uri("/cart/s3cret-id?code=s3cret-code");
        let request = request.insert_header(("authorization", "Bearer s3cret-token")).to_request();
        let answer = test::call_service(&app, request).await;
        let reference = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();

        let text = std::fs::read_to_string(lines.path()).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        let line: serde_json::Value = serde_json::from_str(text.trim()).expect(&text);
        assert_eq!(line["span"]["reference"], reference.as_str());
        assert_eq!((&line["route"], &line["status"]), (&"/cart/{id}".into(), &400.into()));
        assert_eq!((&line["reason"], &line["check"]), (&"the code is unknown".into(), &"code_known".into()));
    }
}
