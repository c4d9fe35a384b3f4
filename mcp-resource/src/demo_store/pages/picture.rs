//! `/images/<product id>.svg`: a small picture drawn from one of six shapes in the product's own colour.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::demo_store::{DemoStore, products};

#[derive(Template)]
#[template(path = "demo_store/picture.svg", escape = "html")]
struct Picture {
    title: String,
    shape: String,
    hue: i64,
    /// Where the sun stands, how the hill lies and how a leaf is turned: no two products quite alike.
    sun: i64,
    hill: i64,
    turn: i64,
}

pub(super) async fn get(store: Data<DemoStore>, file: Path<String>) -> HttpResponse {
    let Some(product_id) = file.strip_suffix(".svg").map(str::to_owned) else {
        return HttpResponse::NotFound().finish();
    };
    let look = store.database.read(move |connection| products::look(connection, &product_id)).await;
    let Ok((title, shape, hue)) = look else { return HttpResponse::NotFound().finish() };
    let picture =
        Picture { title, shape, hue, sun: 80 + (hue * 13) % 250, hill: 265 + hue % 55, turn: (hue * 7) % 41 - 20 };
    let Ok(svg) = picture.render() else { return HttpResponse::InternalServerError().finish() };
    super::guarded(HttpResponse::Ok())
        .content_type("image/svg+xml")
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .body(svg)
}
