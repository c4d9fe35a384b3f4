//! Authorization server metadata (RFC 8414, OpenID Connect Discovery): where it is, whose it is, and what it offers.

use serde_json::Value;
use url::Url;

use super::checks::Check;
use super::facts::{Facts, SERVER_PLACES};
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe, text};

const OF_THE_DOCUMENT: [Check; 22] = [
    Check::ServerAgree,
    Check::ServerJson,
    Check::MetadataCacheable,
    Check::IssuerExact,
    Check::IssuerSame,
    Check::EndpointsListed,
    Check::EndpointsHttps,
    Check::CodeResponse,
    Check::PkceListed,
    Check::PkceS256,
    Check::RefreshGrant,
    Check::NoneMethod,
    Check::NoneOrKeyMethod,
    Check::CimdFlag,
    Check::Registration,
    Check::IssFlag,
    Check::OfflineListed,
    Check::ScopesListed,
    Check::ScopesLeast,
    Check::RevocationListed,
    Check::KeysListed,
    Check::KeysUsable,
];

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    if facts.issuer.is_none() {
        let places = [Check::ServerFound, Check::ServerOauth, Check::ServerOpenid];
        findings.all_unchecked(&places, Why::NotFound);
        return findings.all_unchecked(&OF_THE_DOCUMENT, Why::NotFound);
    }
    places(seen, findings);
    let Some(document) = &facts.server else {
        return findings.all_unchecked(&OF_THE_DOCUMENT, Why::NotFound);
    };
    let page = Page { place: first_place(seen), document, facts };
    whose(seen, &page, findings);
    endpoints(&page, findings);
    page.offers(findings);
    page.scopes(findings);
    keys(seen, &page, findings);
}

fn is_there(answer: &Answer) -> bool {
    answer.document().is_some_and(|document| document.get("issuer").is_some())
}

fn places(seen: &Observations, findings: &mut Findings) {
    const EXPECTED: &str = "HTTP 200 application/json with issuer";
    let found = SERVER_PLACES.into_iter().find(|place| seen.answer(*place).is_some_and(is_there));
    let address = seen.url(Probe::Oauth).unwrap_or_default();
    findings.judge(Check::ServerFound, found.is_some(), address, (&seen.words(Probe::Oauth), EXPECTED));
    let mut judge = Judge { seen, findings };
    judge.answer(Check::ServerOauth, Probe::Oauth, EXPECTED, is_there);
    let openid = [Probe::OpenidInserted, Probe::OpenidAppended]
        .into_iter()
        .find(|place| !seen.answer(*place).is_some_and(is_there));
    judge.answer(Check::ServerOpenid, openid.unwrap_or(Probe::OpenidInserted), EXPECTED, is_there);
}

fn first_place(seen: &Observations) -> &str {
    let place = SERVER_PLACES.into_iter().find(|place| seen.answer(*place).is_some_and(is_there));
    place.and_then(|place| seen.url(place)).unwrap_or_default()
}

/// The document with its address.
struct Page<'a> {
    place: &'a str,
    document: &'a Value,
    facts: &'a Facts,
}

fn whose(seen: &Observations, page: &Page<'_>, findings: &mut Findings) {
    let documents: Vec<Value> = SERVER_PLACES.into_iter().filter_map(|place| seen.document(place)).collect();
    let members = ["issuer", "authorization_endpoint", "token_endpoint", "registration_endpoint", "scopes_supported"];
    let differs = members
        .into_iter()
        .find(|member| documents.iter().any(|document| document.get(member) != page.document.get(member)));
    findings.judge(
        Check::ServerAgree,
        differs.is_none(),
        page.place,
        (differs.unwrap_or_default(), "the same everywhere"),
    );
    let answer = SERVER_PLACES.into_iter().filter_map(|place| seen.answer(place)).find(|answer| is_there(answer));
    let media_type = answer.map(Answer::media_type).unwrap_or_default();
    findings.judge(Check::ServerJson, media_type == "application/json", page.place, (&media_type, "application/json"));
    let cache = answer.and_then(|answer| answer.header("cache-control")).unwrap_or_default();
    let is_cacheable = !["no-store", "no-cache", "private"].iter().any(|word| cache.contains(word));
    findings.judge(Check::MetadataCacheable, is_cacheable, page.place, (cache, "public, max-age=300"));
    let issuer = text(page.document, "issuer").unwrap_or("no text");
    let expected = page.facts.issuer.as_deref().unwrap_or_default();
    // A11: character for character.
    findings.judge(Check::IssuerExact, issuer == expected, page.place, (issuer, expected));
    // C5: the Rust SDK forgives the slash of the root, nothing else.
    let bare = |url: &str| match Url::parse(url) {
        Ok(parsed) if parsed.path() == "/" => url.trim_end_matches('/').to_owned(),
        _ => url.to_owned(),
    };
    findings.judge(Check::IssuerSame, bare(issuer) == bare(expected), page.place, (issuer, expected));
}

fn endpoints(page: &Page<'_>, findings: &mut Findings) {
    let missing = ["authorization_endpoint", "token_endpoint"]
        .into_iter()
        .find(|member| text(page.document, member).and_then(|url| Url::parse(url).ok()).is_none());
    let told = missing.map(|member| format!("no {member}")).unwrap_or_default();
    findings.judge(Check::EndpointsListed, missing.is_none(), page.place, (&told, "both endpoints"));
    let plain = page.document.as_object().into_iter().flatten().find(|(name, value)| {
        let is_address = name.ends_with("_endpoint") || *name == "jwks_uri" || *name == "issuer";
        is_address && value.as_str().is_some_and(|url| !is_safe(url))
    });
    let told = plain.map(|(name, value)| format!("{name}: {value}")).unwrap_or_default();
    findings.judge(Check::EndpointsHttps, plain.is_none(), page.place, (&told, "https"));
}

/// A2: https, or http on this machine.
pub(super) fn is_safe(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => crate::domain::network::is_loopback_host(&url),
        _ => false,
    })
}

impl Page<'_> {
    /// Whether the list of that name is as it should be; it may not be there.
    fn has(
        &self,
        findings: &mut Findings,
        check: Check,
        (member, expected): (&str, &str),
        is_right: impl Fn(Option<&[String]>) -> bool,
    ) {
        let listed = self.facts.server_list(member);
        let told = listed.as_ref().map_or_else(|| format!("no {member}"), |listed| listed.join(" "));
        findings.judge(check, is_right(listed.as_deref()), self.place, (&told, expected));
    }

    fn is_true(&self, findings: &mut Findings, check: Check, member: &str) {
        let value = self.document.get(member);
        let told = value.map_or_else(|| format!("no {member}"), Value::to_string);
        findings.judge(check, value == Some(&Value::Bool(true)), self.place, (&told, "true"));
    }

    fn is_listed(&self, findings: &mut Findings, check: Check, member: &str) {
        let address = text(self.document, member);
        findings.judge(check, address.is_some(), self.place, (&format!("no {member}"), member));
    }

    fn offers(&self, findings: &mut Findings) {
        let contains = |word: &'static str| move |listed: Option<&[String]>| has(listed, word);
        self.has(findings, Check::CodeResponse, ("response_types_supported", "code"), contains("code"));
        let methods = "code_challenge_methods_supported";
        // A13: clients of 2025-11-25 and later must see it, older ones only must not see anything else.
        self.has(findings, Check::PkceListed, (methods, "S256"), contains("S256"));
        self.has(findings, Check::PkceS256, (methods, "S256"), |listed| listed.is_none() || has(listed, "S256"));
        let grants = "grant_types_supported";
        self.has(findings, Check::RefreshGrant, (grants, "authorization_code refresh_token"), |listed| {
            has(listed, "refresh_token") && has(listed, "authorization_code")
        });
        let methods = "token_endpoint_auth_methods_supported";
        self.has(findings, Check::NoneMethod, (methods, "none"), contains("none"));
        self.has(findings, Check::NoneOrKeyMethod, (methods, "none or private_key_jwt"), |listed| {
            has(listed, "none") || has(listed, "private_key_jwt")
        });
        self.is_true(findings, Check::CimdFlag, "client_id_metadata_document_supported");
        self.is_true(findings, Check::IssFlag, "authorization_response_iss_parameter_supported");
        self.is_listed(findings, Check::Registration, "registration_endpoint");
        self.is_listed(findings, Check::RevocationListed, "revocation_endpoint");
    }

    fn scopes(&self, findings: &mut Findings) {
        let member = "scopes_supported";
        self.has(findings, Check::ScopesListed, (member, "every scope"), |listed| {
            listed.is_some_and(|listed| !listed.is_empty())
        });
        self.has(findings, Check::OfflineListed, (member, "offline_access"), |listed| has(listed, "offline_access"));
        // H8: some clients ask for all of it.
        self.has(findings, Check::ScopesLeast, (member, "no scope of staff, no wildcard"), |listed| {
            !listed.unwrap_or_default().iter().any(|scope| is_too_much(scope))
        });
    }
}

fn has(listed: Option<&[String]>, word: &str) -> bool {
    listed.is_some_and(|listed| listed.iter().any(|found| found == word))
}

fn is_too_much(scope: &str) -> bool {
    let scope = scope.to_ascii_lowercase();
    scope.contains('*') || ["admin", "refund", "superuser", ":full"].iter().any(|word| scope.contains(word))
}

fn keys(seen: &Observations, page: &Page<'_>, findings: &mut Findings) {
    page.is_listed(findings, Check::KeysListed, "jwks_uri");
    if findings.failed(Check::KeysListed) {
        return findings.unchecked(Check::KeysUsable, Why::NotFound);
    }
    let mut judge = Judge { seen, findings };
    judge.answer(Check::KeysUsable, Probe::Keys, "public keys with kid", |answer| {
        let keys = answer.document().and_then(|document| document.get("keys")?.as_array().cloned()).unwrap_or_default();
        // RFC 7517: a key pair's public half, and nothing of its private one.
        let is_public = |key: &Value| key.get("d").is_none() && key.get("kty").is_some_and(|kind| kind != "oct");
        let signs = |key: &Value| key.get("kid").is_some() && key.get("use").is_none_or(|used| used == "sig");
        keys.iter().all(is_public) && keys.iter().any(signs)
    });
}
