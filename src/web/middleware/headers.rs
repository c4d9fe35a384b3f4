//! Headers of every answer: framing, sniffing, referrers, and what pages may load (A37, design §5).

use actix_web::middleware::DefaultHeaders;

/// No `form-action`: it does not fall back to `default-src`, and Chromium would apply it to the redirect that follows consent
/// (H15). No page has a script, and the one style sheet is our own.
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
