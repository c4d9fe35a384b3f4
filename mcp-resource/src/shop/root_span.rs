//! One span around each request: what the store logs on the way of one can be put together by its id. Never the path's values,
//! the query string, a header or a body.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use tracing::Instrument as _;
use uuid::Uuid;

/// For `actix_web::middleware::from_fn`.
pub(super) async fn within<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let span = tracing::info_span!("request", request_id = %Uuid::now_v7(), method = %request.method());
    next.call(request).instrument(span).await
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};

    use super::*;

    async fn busy() -> HttpResponse {
        tracing::info!("begun");
        tokio::task::yield_now().await;
        tracing::info!("done");
        HttpResponse::Ok().finish()
    }

    #[actix_web::test]
    async fn all_lines_of_a_request_have_its_id_and_no_others() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let subscriber = tracing_subscriber::fmt().json().with_writer(log.reopen().unwrap()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let app = test::init_service(App::new().wrap(from_fn(within)).route("/{id}", web::get().to(busy))).await;
        let ask = || test::call_service(&app, test::TestRequest::get().uri("/s3cret?code=s3cret").to_request());
        tokio::join!(ask(), ask());

        let text = std::fs::read_to_string(log.path()).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        let mut ids: Vec<String> = text
            .lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                line["span"]["request_id"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned()
            })
            .collect();
        ids.sort();
        assert_eq!((ids.len(), ids[0] == ids[1], ids[2] == ids[3]), (4, true, true), "{text}");
        assert_ne!(ids[1], ids[2]);
    }
}
