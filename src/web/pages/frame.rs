//! The layout of a page, from the request and its issuer.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use url::form_urlencoded;

use super::{CsrfToken, Layout, Links, Viewer, form};
use crate::domain::issuer::Environment;
use crate::domain::session::TokenHash;
use crate::keys::IssuerContext;
use crate::locale::Locale;
use crate::web::extract::Visit;

/// The frame, without a viewer or a notice: set those with `Layout { viewer, ..layout(request, context) }`.
pub fn layout<'a>(request: &HttpRequest, context: &'a IssuerContext) -> Layout<'a> {
    Layout {
        locale: locale(request, &context.store.locale),
        store: &context.store.name,
        base: context.issuer.url.path(),
        is_sandbox: context.issuer.environment == Environment::Sandbox,
        viewer: None,
        notice: None,
        links: Links { privacy: context.store.privacy_url.as_deref(), terms: context.store.terms_url.as_deref() },
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

/// What the agent asked for (`ui_locales`, OpenID Connect Core §3.1.2.1), what the browser prefers, the store's own.
pub fn locale(request: &HttpRequest, store_locale: &str) -> &'static Locale {
    let query = form_urlencoded::parse(request.query_string().as_bytes());
    let asked: Vec<String> =
        query.filter(|(name, _)| name == "ui_locales").map(|(_, value)| value.into_owned()).collect();
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Browsers list languages by falling preference: their weights can be left aside.
    let preferred = header.split(',').filter_map(|range| range.split(';').next()).map(str::trim);
    let asked = asked.iter().flat_map(|tags| tags.split_whitespace());
    Locale::negotiate(asked.chain(preferred).chain([store_locale]))
}
