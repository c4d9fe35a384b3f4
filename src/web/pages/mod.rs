//! Pages for people: one file here and one template under `templates/pages/` each, the same name.
//!
//! A view borrows what it shows and knows no logic beyond `if` and `for`. Escaping is askama's alone, texts come
//! from [`crate::locale`], and a page that posts a form holds a [`CsrfToken`]. No page needs a script.

pub mod account;
pub mod assets;
pub mod console;
mod csrf;
pub mod error;
pub mod form;
mod frame;
#[cfg(any(test, debug_assertions))]
pub mod gallery;
pub mod home;
mod layout;
pub mod refuse;
mod respond;
mod returns_to;
mod scopes;
mod told;
mod trust;
mod wording;

pub use csrf::CsrfToken;
pub use frame::{layout, layout_of, viewer};
pub use layout::{Layout, Links, Notice, Translation, Viewer};
pub use respond::page;
pub use returns_to::ReturnsTo;
pub use trust::trust_badge;

use actix_web::web::{self, ServiceConfig};

/// Every page.
pub fn configure(config: &mut ServiceConfig) {
    assets::configure(config);
    account::configure(config);
    console::configure(config);
    config.route("/", web::get().to(home::show));
    #[cfg(debug_assertions)]
    gallery::configure(config);
}
