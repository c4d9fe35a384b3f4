//! The stylesheet, the mark and the one script: compiled in, named by their hash, cached for ever.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A file that never changes under its path.
#[derive(Debug)]
pub struct Asset {
    path: String,
    content_type: &'static str,
    content: &'static [u8],
}

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("tillgate", "css", "text/css; charset=utf-8", include_bytes!("../../../static/tillgate.css"))
});

static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_bytes!("../../../static/mark.svg")));

static PASSKEYS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("passkeys", "js", "text/javascript; charset=utf-8", include_bytes!("../../../static/passkeys.js"))
});

pub fn passkeys() -> &'static Asset {
    &PASSKEYS
}

pub fn stylesheet() -> &'static Asset {
    &STYLESHEET
}

pub fn mark() -> &'static Asset {
    &MARK
}

/// Serves them, at the root of the host whatever the issuer's path.
pub fn configure(config: &mut web::ServiceConfig) {
    for asset in [stylesheet(), mark(), passkeys()] {
        config.route(asset.path(), web::get().to(move || async move { asset.answer() }));
    }
}

impl Asset {
    fn new(name: &str, ending: &str, content_type: &'static str, content: &'static [u8]) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        Self { path: format!("/static/{name}-{hash:.16}.{ending}"), content_type, content }
    }

    /// The path with the hash in it.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn answer(&self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, self.content_type))
            // RFC 8246: the name changes when the content does.
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_loads_nothing() {
        let css = std::str::from_utf8(stylesheet().content).unwrap();
        assert!(css.len() < 18 * 1024, "{} bytes", css.len());
        assert!(!css.contains("url(") && !css.contains("@import"), "no external anything");
    }

    #[test]
    fn an_asset_is_named_by_its_hash_and_cached_for_ever() {
        let answer = mark().answer();
        assert_eq!(mark().path().len(), "/static/mark-0123456789abcdef.svg".len());
        assert_eq!(answer.headers().get(CONTENT_TYPE).unwrap(), "image/svg+xml");
        assert_eq!(answer.headers().get(CACHE_CONTROL).unwrap(), "public, max-age=31536000, immutable");
    }
}
