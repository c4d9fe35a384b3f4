//! What browsers see of the demo store: pictures of products, and the read-only page of a checkout. No script, no
//! form, no cookie; nothing here changes anything.

mod checkout;
mod picture;
mod text;

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::DemoStore;
use crate::shop::server::Pages;
use crate::wire::Clock;

const STYLE: &str = include_str!("../../../templates/demo_store/store.css");

/// The store's pages, for [`crate::shop::serve`].
pub fn pages(store: DemoStore, clock: Clock) -> Pages {
    let store = Data::new(store);
    let clock = Data::new(clock);
    Arc::new(move |app: &mut ServiceConfig| {
        app.app_data(store.clone());
        app.app_data(clock.clone());
        app.route("/checkouts/{link_id}", web::get().to(checkout::get));
        app.route("/images/{file}", web::get().to(picture::get));
        app.route("/store.css", web::get().to(style));
    })
}

async fn style() -> HttpResponse {
    guarded(HttpResponse::Ok()).content_type("text/css; charset=utf-8").body(STYLE)
}

/// What every answer of these pages says to the browser.
fn guarded(mut answer: HttpResponseBuilder) -> HttpResponseBuilder {
    answer
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        // The address of a checkout is its key: no other host may learn it.
        .insert_header(("Referrer-Policy", "no-referrer"));
    answer
}
