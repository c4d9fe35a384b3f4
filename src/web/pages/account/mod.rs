//! The shopper's pages.

use actix_web::web::{self, ServiceConfig};

pub mod agents;
pub mod consent;
mod consent_form;
pub mod disconnect;
pub mod message;
pub mod sign_in;
pub mod sign_up;
pub mod sign_up_finish;

pub(super) fn configure_consent(config: &mut ServiceConfig) {
    config.service(web::resource("/consent").get(consent_form::get).post(consent_form::post));
}
