//! The language of an answer: what the reader chose, what the agent asked for (`ui_locales`, OpenID Connect Core §3.1.2.1), what
//! the browser prefers, the store's own; the first of those that we have. A choice is kept in a cookie that holds a language and
//! nothing else.

use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::{
    AcceptLanguage, CONTENT_LANGUAGE, CONTENT_TYPE, Header as _, HeaderValue, Preference, Quality, QualityItem, VARY,
};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::cookies::Kind;
use super::pages::Translation;
use crate::domain::issuer::Issuer;
use crate::keys::IssuerContext;
use crate::locale::Locale;

/// The parameter of a page's address that chooses.
const CHOICE: &str = "language";

/// Before a tag in the cookie: an agent asked for it, the reader did not choose it.
const ASKED: &str = "asked.";

/// How long a choice is kept: a year.
const CHOSEN_FOR: Duration = Duration::from_hours(365 * 24);

/// From `/authorize` to the consent, with a sign-up by mail between.
const ASKED_FOR: Duration = Duration::from_hours(1);

/// What a page was written in, for the headers of its answer.
#[derive(Clone, Copy)]
struct Written(&'static Locale);

/// The language to answer in.
pub fn of(request: &HttpRequest, context: &IssuerContext) -> &'static Locale {
    let locale = wanted(request, &context.issuer, &context.store.locale);
    request.extensions_mut().insert(Written(locale));
    locale
}

fn wanted(request: &HttpRequest, issuer: &Issuer, store: &str) -> &'static Locale {
    let kept = Kind::Language.value(request, issuer).unwrap_or_default();
    let asked = kept.strip_prefix(ASKED);
    let chosen = chosen(request).or_else(|| if asked.is_none() { Locale::find(&kept) } else { None });
    chosen.unwrap_or_else(|| {
        let tags = parameter(request, "ui_locales").unwrap_or_default();
        let preferred = preferred(request);
        let wishes = tags.split_whitespace().chain(asked).chain(preferred.iter().map(String::as_str));
        Locale::negotiate(wishes.chain([store]))
    })
}

/// What the address of the page says.
fn chosen(request: &HttpRequest) -> Option<&'static Locale> {
    parameter(request, CHOICE).and_then(|tag| Locale::find(&tag))
}

fn parameter(request: &HttpRequest, wanted: &str) -> Option<String> {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    query.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

/// RFC 9110 §12.5.4: by falling weight. What has none, or the weight 0, is not wanted.
fn preferred(request: &HttpRequest) -> Vec<String> {
    let Ok(AcceptLanguage(ranges)) = AcceptLanguage::parse(request) else { return Vec::new() };
    let wanted: Vec<QualityItem<_>> = ranges.into_iter().filter(|range| range.quality > Quality::ZERO).collect();
    let tags = AcceptLanguage(wanted).ranked().into_iter().filter_map(Preference::into_item);
    tags.map(|tag| tag.to_string()).collect()
}

/// The ways to the same page in the other languages. None to what cannot be asked for again: the answer to a form, or to what a
/// provider sent once. Relative to the page, so that they lead nowhere else.
pub fn others(request: &HttpRequest, shown: &Locale) -> Vec<Translation> {
    if request.method() != Method::GET || request.path().starts_with("/sign-in/return/") {
        return Vec::new();
    }
    let address = |tag: &str| {
        let query = form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != CHOICE);
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(query).append_pair(CHOICE, tag).finish();
        format!("?{query}")
    };
    let others = Locale::all().iter().filter(|other| other.tag() != shown.tag());
    others
        .map(|other| Translation { tag: other.tag(), name: other.t("language-name"), address: address(other.tag()) })
        .collect()
}

/// What the agent asked for, for the pages between `/authorize` and the answer. It never takes the place of a choice.
pub fn keep_asked(
    request: &HttpRequest,
    issuer: &Issuer,
    ui_locales: Option<&str>,
    mut answer: HttpResponse,
) -> HttpResponse {
    let kept = Kind::Language.value(request, issuer);
    let asked = ui_locales.and_then(|tags| tags.split_whitespace().find_map(Locale::find));
    let cookie: Option<Cookie<'static>> = match (kept, asked) {
        (Some(kept), _) if !kept.starts_with(ASKED) => None,
        (_, Some(asked)) => Some(Kind::Language.set(issuer, format!("{ASKED}{}", asked.tag()), ASKED_FOR)),
        // Another agent's wish.
        (Some(_), None) => Some(Kind::Language.remove(issuer)),
        (None, None) => None,
    };
    if let Some(cookie) = cookie {
        // Only a name or value that is no header text fails, and both are ours.
        drop(answer.add_cookie(&cookie));
    }
    answer
}

/// Says which language a page is in, and keeps what was chosen.
pub fn label<B>(issuer: &Issuer, answer: &mut ServiceResponse<B>) {
    let written = answer.request().extensions().get::<Written>().copied();
    let Some(Written(locale)) = written else { return };
    if !answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return;
    }
    let chosen = chosen(answer.request()).map(|chosen| Kind::Language.set(issuer, chosen.tag().to_owned(), CHOSEN_FOR));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    // RFC 9110 §12.5.5.
    headers.append(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    if let Some(cookie) = chosen {
        // Only a name or value that is no header text fails, and both are ours.
        drop(answer.response_mut().add_cookie(&cookie));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issuer::Environment;
    use crate::domain::{IssuerId, StoreId};
    use actix_web::test::TestRequest;

    fn issuer() -> Issuer {
        let (id, store_id) = (IssuerId::new("live1"), StoreId::new("fern1"));
        Issuer {
            id,
            store_id,
            environment: Environment::Sandbox,
            url: "http://localhost:8080/sandbox".parse().unwrap(),
        }
    }

    /// What is spoken at a store of this language to a browser that prefers one and holds a cookie.
    fn spoken(address: &str, cookie: &str, prefers: &str, store: &str) -> &'static str {
        let cookie = format!("tg-language-fern1-8080={cookie}");
        let request = TestRequest::with_uri(address)
            .insert_header(("cookie", cookie))
            .insert_header(("accept-language", prefers))
            .to_http_request();
        wanted(&request, &issuer(), store).tag()
    }

    #[test]
    fn a_choice_counts_before_the_agent_the_agent_before_the_browser_and_the_browser_before_the_store() {
        assert_eq!(spoken("/?language=de", "en", "en", "en"), "de");
        assert_eq!(spoken("/?ui_locales=en", "de", "en", "en"), "de");
        assert_eq!(spoken("/?ui_locales=fr+de", "", "en", "en"), "de");
        assert_eq!(spoken("/?ui_locales=fr", "asked.de", "en", "en"), "de");
        assert_eq!(spoken("/", "", "de", "en"), "de");
        assert_eq!(spoken("/", "", "fr", "de-CH"), "de");
        assert_eq!(spoken("/", "", "fr", "fr"), "en");
        // What nobody could have chosen counts for nothing.
        assert_eq!(spoken("/?language=%3Cb%3E", "asked.asked.de", "xx-nonsense;;", "de"), "de");
    }

    #[test]
    fn the_way_to_the_other_language_is_this_page_and_leads_nowhere_else() {
        let address = |uri: &str| {
            let request = TestRequest::with_uri(uri).to_http_request();
            others(&request, Locale::english()).into_iter().map(|other| other.address).collect::<Vec<_>>()
        };
        assert_eq!(address("/consent?request=a.b&language=en"), ["?request=a.b&language=de"]);
        assert_eq!(address("/sign-in?to=https%3A%2F%2Fevil.example"), ["?to=https%3A%2F%2Fevil.example&language=de"]);
        assert_eq!(address("//evil.example/x"), ["?language=de"]);
        assert!(address("/sign-in/return/google?code=a&state=b").is_empty());
        let posted = TestRequest::post().uri("/sign-in").to_http_request();
        assert!(others(&posted, Locale::english()).is_empty());
    }
}
