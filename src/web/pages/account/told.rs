//! What a page says was done a moment ago, after the redirect that answers a form. The address says what, and proves by a MAC
//! over it, the session and the time that this browser did it: nobody's link makes a page say that something was done.

use actix_web::HttpResponse;
use serde::Deserialize;
use url::form_urlencoded;

use super::super::{form, refuse};
use crate::domain::session::TokenHash;
use crate::web::extract::Visit;

/// It is told for as long at least, and never for twice as long.
const WINDOW_SECS: i64 = 5 * 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    said: String,
    of: String,
    proof: String,
}

/// 303 to the page of this path, which says what was done, and to what.
pub(super) fn tell(visit: &Visit, path: &str, (said, of): (&str, &str)) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return refuse::see_other(&visit.context, path) };
    let told = Told { said: said.to_owned(), of: of.to_owned(), proof: String::new() };
    let parts = told.parts(&signed_in.session_hash, path, window(visit));
    let proof = form::token(&visit.context, &parts.each_ref().map(Vec::as_slice));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("said", said);
    if !of.is_empty() {
        query.append_pair("of", of);
    }
    query.append_pair("proof", proof.form_value());
    refuse::see_other(&visit.context, &format!("{path}?{}", query.finish()))
}

impl Told {
    /// What was done, and to what, if this session did it a moment ago and this page is the one that says so.
    pub(super) fn at(&self, visit: &Visit, path: &str) -> Option<(&str, &str)> {
        let signed_in = visit.shopper.as_ref()?;
        let now = window(visit);
        let is_ours = |window| {
            let parts = self.parts(&signed_in.session_hash, path, window);
            form::matches(&visit.context, &self.proof, &parts.each_ref().map(Vec::as_slice))
        };
        [now, now - 1].into_iter().any(is_ours).then_some((&self.said, &self.of))
    }

    fn parts(&self, session_hash: &TokenHash, path: &str, window: i64) -> [Vec<u8>; 6] {
        [
            b"told".to_vec(),
            session_hash.to_vec(),
            path.as_bytes().to_vec(),
            self.said.as_bytes().to_vec(),
            self.of.as_bytes().to_vec(),
            window.to_be_bytes().to_vec(),
        ]
    }
}

fn window(visit: &Visit) -> i64 {
    visit.now().as_secs().div_euclid(WINDOW_SECS)
}
