//! The stylesheet, the mark and the one script: compiled in, named by their hash, cached for ever, and compressed once. They
//! hold no secrets, so that their compressed size tells nothing; pages do, and are not compressed (BREACH).

use std::io::Read as _;
use std::sync::LazyLock;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_TYPE, ContentEncoding, Encoding, Header as _, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use sha2::{Digest, Sha256};

/// A file that never changes under its path.
#[derive(Debug)]
pub struct Asset {
    path: String,
    content_type: &'static str,
    content: &'static [u8],
    /// RFC 1952; empty if it cannot be made.
    gzip: Bytes,
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
        config.route(asset.path(), web::get().to(move |request: HttpRequest| async move { asset.answer(&request) }));
    }
}

impl Asset {
    fn new(name: &str, ending: &str, content_type: &'static str, content: &'static [u8]) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        Self { path: format!("/static/{name}-{hash:.16}.{ending}"), content_type, content, gzip: gzip(content) }
    }

    /// The path with the hash in it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// In bytes, as browsers fetch it.
    #[cfg(test)]
    pub const fn size(&self) -> usize {
        self.gzip.len()
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((CONTENT_TYPE, self.content_type))
            .insert_header((VARY, "Accept-Encoding"))
            // RFC 8246: the name changes when the content does.
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
        if takes_gzip(request) && !self.gzip.is_empty() {
            answer.insert_header(ContentEncoding::Gzip).body(self.gzip.clone())
        } else {
            answer.body(self.content)
        }
    }
}

fn gzip(content: &[u8]) -> Bytes {
    let mut compressed = Vec::new();
    let made = GzEncoder::new(content, Compression::best()).read_to_end(&mut compressed);
    made.map(|_| compressed.into()).unwrap_or_default()
}

/// RFC 9110 §12.5.3.
fn takes_gzip(request: &HttpRequest) -> bool {
    let ours = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request).is_ok_and(|theirs| theirs.negotiate(ours.iter()) == Some(Encoding::gzip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_stylesheet_is_small_and_loads_nothing() {
        let css = std::str::from_utf8(stylesheet().content).unwrap();
        assert!(css.len() < 18 * 1024, "{} bytes", css.len());
        assert!(!css.contains("url(") && !css.contains("@import"), "no external anything");
    }

    #[test]
    fn nothing_in_the_stylesheet_moves_for_whom_it_must_not_or_knows_left_from_right() {
        let css = std::str::from_utf8(stylesheet().content).unwrap();
        let mut moving = css.lines().filter(|line| line.contains("transition") || line.contains("animation"));
        assert!(moving.all(|line| line.starts_with("@media (prefers-reduced-motion: no-preference) {")));
        for declaration in css.split(['{', '}', ';']) {
            assert!(!["left", "right"].iter().any(|side| declaration.contains(side)), "{declaration}");
            let values: Vec<&str> = declaration.split_once(':').unwrap_or_default().1.split_whitespace().collect();
            let [_, second, _, fourth] = *values else { continue };
            let sides = ["margin:", "padding:", "inset:"].iter().any(|name| declaration.trim().starts_with(name));
            assert!(!sides || second == fourth, "{declaration}");
        }
    }

    #[test]
    fn an_asset_is_named_by_its_hash_and_cached_for_ever() {
        let answer = mark().answer(&TestRequest::get().to_http_request());
        assert_eq!(mark().path().len(), "/static/mark-0123456789abcdef.svg".len());
        assert_eq!(answer.headers().get(CONTENT_TYPE).unwrap(), "image/svg+xml");
        assert_eq!(answer.headers().get(CACHE_CONTROL).unwrap(), "public, max-age=31536000, immutable");
    }

    #[test]
    fn an_asset_is_compressed_for_whom_that_is_no_trouble() {
        let coding = |accepted: &str| {
            let request = TestRequest::get().insert_header(("accept-encoding", accepted)).to_http_request();
            let answer = stylesheet().answer(&request);
            assert_eq!(answer.headers().get(VARY).unwrap(), "Accept-Encoding");
            answer.headers().get("content-encoding").map(|coding| coding.to_str().unwrap().to_owned())
        };
        for accepted in ["gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.5"] {
            assert_eq!(coding(accepted).as_deref(), Some("gzip"), "{accepted}");
        }
        for accepted in ["", "identity", "br", "gzip;q=0"] {
            assert_eq!(coding(accepted), None, "{accepted}");
        }
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*stylesheet().gzip).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, stylesheet().content);
        assert!(stylesheet().size() < 6_000);
    }
}
