//! Headers of every answer: framing, sniffing, referrers, and what pages may load (A37, design §5).

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::DefaultHeaders;

use crate::domain::issuer::Issuer;

/// No `form-action`: it does not fall back to `default-src`, and Chromium would apply it to the redirect that follows consent
/// (H15). The one script and the one style sheet are our own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

pub fn security() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("X-Frame-Options", "DENY"))
        .add(("X-Content-Type-Options", "nosniff"))
        // Addresses of ours carry sealed requests: they are nobody else's.
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=()"))
}

/// RFC 6797 §6.1: a year. Not for subdomains: they may be somebody else's.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// RFC 6797 §7: an answer of an https issuer demands https from then on; one on http loopback must not (§7.2).
pub(super) fn demand_https(issuer: &Issuer, answer: &mut HeaderMap) {
    if issuer.url.is_https() {
        answer.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
}
