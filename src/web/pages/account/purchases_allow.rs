//! Letting an agent ask for purchases again, after three were declined in a row.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::super::form;
use super::super::refuse::{fault, form_expired, see_other};
use super::{agents, sign_in};
use crate::domain::GrantId;
use crate::purchases::asking::allow;
use crate::storage::StorageError;
use crate::web::extract::{SentForm, Visit};

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    grant: String,
}

/// `POST /account/agents/purchases`. A grant that is not the shopper's has no form that fits.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let Some(viewer) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
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
