//! Tokens of forms, made and checked with the issuer's key over what a form was shown with (decision 2).

use super::CsrfToken;
use crate::keys::IssuerContext;

/// For forms before sign-in: bound to the browser, and to the sealed value that they carry on, if any.
pub fn browser_token(context: &IssuerContext, what: &str, browser_hash: &[u8; 32], carried: Option<&str>) -> CsrfToken {
    token(context, &browser_parts(what, browser_hash, carried))
}

pub fn browser_token_matches(
    context: &IssuerContext,
    token: &str,
    what: &str,
    browser_hash: &[u8; 32],
    carried: Option<&str>,
) -> bool {
    matches(context, token, &browser_parts(what, browser_hash, carried))
}

fn browser_parts<'a>(what: &'a str, browser_hash: &'a [u8; 32], carried: Option<&'a str>) -> [&'a [u8]; 3] {
    [what.as_bytes(), browser_hash, carried.unwrap_or_default().as_bytes()]
}

/// A token over any parts. The first names the form, so that no form's token is another's.
pub fn token(context: &IssuerContext, parts: &[&[u8]]) -> CsrfToken {
    // An empty token never matches.
    CsrfToken::new(context.keys.form_token(parts).unwrap_or_default())
}

pub fn matches(context: &IssuerContext, token: &str, parts: &[&[u8]]) -> bool {
    context.keys.form_token_matches(token, parts)
}
