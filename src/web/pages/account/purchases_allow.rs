//! Letting an agent ask for purchases again, after three were declined in a row.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::super::form;
use super::super::refuse::{bad_form, fault, form_expired, see_other};
use super::{agents, sign_in};
use crate::domain::GrantId;
use crate::purchases::asking::allow;
use crate::storage::StorageError;
use crate::web::extract::Visit;

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    grant: String,
}

/// `POST /account/agents/purchases`. A grant that is not the shopper's has no form that fits.
pub async fn submit(visit: Visit, form: Result<web::Form<Form>, actix_web::Error>) -> HttpResponse {
    let Some(viewer) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    let Ok(web::Form(posted)) = form else { return bad_form(&visit.request, &visit.context) };
    let parts: [&[u8]; 3] = [b"purchases-allow", &viewer.session_hash, posted.grant.as_bytes()];
    if !form::matches(&visit.context, &posted.csrf, &parts) {
        return form_expired(&visit.request, &visit.context);
    }
    let (shopper, grant, occasion) = (viewer.shopper.clone(), GrantId::new(posted.grant), visit.occasion());
    let allowed: Result<bool, StorageError> =
        visit.state.db.write(move |tx| allow(tx, &shopper, &grant, &occasion)).await;
    match allowed {
        Ok(_) => see_other(&visit.context, agents::PATH),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}
