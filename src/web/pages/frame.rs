//! The layout of a page, from the request and its issuer.

use actix_web::HttpRequest;

use super::{CsrfToken, Layout, Links, Viewer, form};
use crate::domain::issuer::Environment;
use crate::domain::session::TokenHash;
use crate::keys::IssuerContext;
use crate::web::extract::Visit;
use crate::web::language;

/// The frame, without a viewer or a notice: set those with `Layout { viewer, ..layout(request, context) }`.
pub fn layout<'a>(request: &HttpRequest, context: &'a IssuerContext) -> Layout<'a> {
    let locale = language::of(request, context);
    Layout {
        locale,
        store: &context.store.name,
        base: context.issuer.url.path(),
        is_sandbox: context.issuer.environment == Environment::Sandbox,
        viewer: None,
        notice: None,
        links: Links { privacy: context.store.privacy_url.as_deref(), terms: context.store.terms_url.as_deref() },
        languages: language::others(request, locale),
    }
}

/// The frame for whoever came, with who is signed in.
pub fn layout_of(visit: &Visit) -> Layout<'_> {
    let signed_in = visit.shopper.as_ref();
    let viewer = signed_in.map(|signed_in| viewer(&visit.context, &signed_in.shopper.email, &signed_in.session_hash));
    Layout { viewer, ..layout(&visit.request, &visit.context) }
}

/// Who is signed in, by address, with the token of the form that signs out.
pub fn viewer<'a>(context: &IssuerContext, email: &'a str, session_hash: &TokenHash) -> Viewer<'a> {
    Viewer { name: email, csrf: sign_out_token(context, session_hash) }
}

pub(in crate::web) fn sign_out_token(context: &IssuerContext, session_hash: &TokenHash) -> CsrfToken {
    form::token(context, &[b"sign-out", session_hash])
}
