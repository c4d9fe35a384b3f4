//! The shopper's pages.

pub mod agents;
pub mod amounts;
pub mod budget;
pub mod change;
pub mod code;
pub mod code_enter;
pub mod consent;
pub mod consent_bundle;
mod consent_form;
mod consent_proof;
mod consent_spending;
mod consent_stay;
mod consent_tried;
pub mod data;
mod data_file;
pub mod delete;
mod destination;
pub mod disconnect;
pub mod disconnect_all;
pub mod doings;
pub mod message;
pub mod onward;
pub mod passkey_refused;
pub mod passkeys;
pub mod password;
pub mod places;
mod proved;
pub mod purchase;
mod purchase_form;
mod purchases_allow;
pub mod rule;
pub mod sessions;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sign_up_finish;
#[cfg(test)]
mod tests;
mod told;
pub mod upstream;
pub mod upstream_message;
pub mod ways;

use actix_web::web;

/// The doors to the account, and what is behind them.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route(agents::PATH, web::get().to(agents::show))
        .service(web::resource("/account/agents/change").get(change::show).post(change::submit))
        .route("/account/agents/disconnect", web::get().to(disconnect::show))
        .route("/account/agents/disconnect", web::post().to(disconnect::submit))
        .service(web::resource(disconnect_all::PATH).get(disconnect_all::show).post(disconnect_all::submit))
        .service(web::resource("/consent").get(consent_form::get).post(consent_form::post))
        .route("/account/agents/purchases", web::post().to(purchases_allow::submit))
        .service(web::resource("/purchases/{id}").get(purchase_form::get).post(purchase_form::post))
        .route(sign_in::PATH, web::get().to(sign_in::show))
        .route(sign_in::PATH, web::post().to(sign_in::submit))
        .route("/sign-in/code", web::get().to(code::show))
        .route("/sign-in/code", web::post().to(code::send))
        .route("/sign-in/code/enter", web::post().to(code_enter::submit))
        .route("/sign-in/passkey", web::post().to(passkeys::submit))
        .route("/account/passkeys", web::post().to(passkeys::add))
        .route("/sign-in/with", web::post().to(upstream::begin))
        .route("/sign-in/return/{provider}", web::get().to(upstream::back))
        .route(sessions::PATH, web::get().to(sessions::show))
        .route(sessions::PATH, web::post().to(sessions::submit))
        .route(data::PATH, web::get().to(data::show))
        .route(data::PATH, web::post().to(data::download))
        .service(web::resource(password::PATH).get(password::show).post(password::submit))
        .route(delete::PATH, web::get().to(delete::show))
        .route(delete::PATH, web::post().to(delete::submit))
        .route(onward::WAYS, web::get().to(ways::show))
        .route("/account/sign-in/link", web::post().to(ways::link))
        .route("/account/sign-in/remove", web::post().to(ways::submit))
        .route("/sign-up", web::get().to(sign_up::show))
        .route("/sign-up", web::post().to(sign_up::submit))
        .route("/sign-up/finish", web::get().to(sign_up_finish::show))
        .route("/sign-up/finish", web::post().to(sign_up_finish::submit))
        .route("/sign-out", web::post().to(sign_out::submit));
}
