//! The shopper's pages.

pub mod agents;
pub mod amounts;
pub mod change;
pub mod consent;
mod consent_form;
mod consent_spending;
mod destination;
pub mod disconnect;
pub mod message;
pub mod purchase;
mod purchase_form;
mod purchases_allow;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sign_up_finish;
#[cfg(test)]
mod tests;
mod way_on;

use actix_web::web;

/// The doors to the account, and what is behind them.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/account/agents", web::get().to(agents::show))
        .service(web::resource("/account/agents/change").get(change::show).post(change::submit))
        .route("/account/agents/disconnect", web::get().to(disconnect::show))
        .route("/account/agents/disconnect", web::post().to(disconnect::submit))
        .service(web::resource("/consent").get(consent_form::get).post(consent_form::post))
        .route("/account/agents/purchases", web::post().to(purchases_allow::submit))
        .service(web::resource("/purchases/{id}").get(purchase_form::get).post(purchase_form::post))
        .route("/sign-in", web::get().to(sign_in::show))
        .route("/sign-in", web::post().to(sign_in::submit))
        .route("/sign-up", web::get().to(sign_up::show))
        .route("/sign-up", web::post().to(sign_up::submit))
        .route("/sign-up/finish", web::get().to(sign_up_finish::show))
        .route("/sign-up/finish", web::post().to(sign_up_finish::submit))
        .route("/sign-out", web::post().to(sign_out::submit));
}
