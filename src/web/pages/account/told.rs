//! What a page of the shopper's says was done a moment ago, and to what (`pages::told`).

use actix_web::HttpResponse;
use serde::Deserialize;
use url::form_urlencoded;

use super::super::refuse;
use super::super::told::Teller;
use crate::web::extract::Visit;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    said: String,
    of: String,
}

/// 303 to the page of this path, which says what was done, and to what.
pub(super) fn tell(visit: &Visit, path: &str, (said, of): (&str, &str)) -> HttpResponse {
    let Some(teller) = teller(visit) else { return refuse::see_other(&visit.context, path) };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("said", said);
    if !of.is_empty() {
        query.append_pair("of", of);
    }
    refuse::see_other(&visit.context, &teller.prove(path, &query.finish()))
}

impl Told {
    /// What was done, and to what, if this session did it a moment ago and this page is the one that says so.
    pub(super) fn at(&self, visit: &Visit, path: &str) -> Option<(&str, &str)> {
        let has_said = teller(visit)?.has_said(path, visit.request.query_string());
        has_said.then_some((&self.said, &self.of))
    }
}

fn teller(visit: &Visit) -> Option<Teller<'_>> {
    let session_hash = visit.shopper.as_ref()?.session_hash;
    Some(Teller { context: &visit.context, session_hash, now: visit.now() })
}
