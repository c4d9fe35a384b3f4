//! What widens an account or gives all of it away is asked for soon after a sign-in (design §5), by a form of this very session.

use actix_web::HttpResponse;

use super::super::{form, refuse};
use super::onward::Onward;
use crate::domain::consent::is_fresh;
use crate::web::extract::{SignedInShopper, Visit};

/// What the token of a form is made over.
type Parts = fn(&SignedInShopper) -> [&[u8]; 2];

/// Who sent a form, and has proved lately who they are; else the answer. `way` leads to signing in and back.
pub(super) fn sender<'a>(
    visit: &'a Visit,
    (csrf, parts): (&str, Parts),
    way: &str,
) -> Result<&'a SignedInShopper, Box<HttpResponse>> {
    if let Some(signed_in) = &visit.shopper
        && !form::matches(&visit.context, csrf, &parts(signed_in))
    {
        return Err(Box::new(refuse::form_expired(&visit.request, &visit.context)));
    }
    lately(visit, way)
}

/// Who has proved lately who they are.
pub(super) fn lately<'a>(visit: &'a Visit, way: &str) -> Result<&'a SignedInShopper, Box<HttpResponse>> {
    let signed_in = visit.shopper.as_ref().filter(|one| is_fresh(one.authenticated_at, visit.now()));
    signed_in.ok_or_else(|| Box::new(refuse::see_other(&visit.context, way)))
}

/// And then to the page of this path.
pub(super) fn sign_in_first(visit: &Visit, path: &str) -> HttpResponse {
    refuse::see_other(&visit.context, &Onward::to_page(path).sign_in())
}
