//! The authorization and token endpoints as agents use them: what they accept, how they refuse, and in whose name.

use url::Url;

use super::checks::Check;
use super::facts::{Facts, some_client};
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe, text};
use super::plan::STATE;

const WITH_CLIENT: [Check; 11] = [
    Check::AuthorizeAccepts,
    Check::AuthorizePlain,
    Check::AuthorizeTolerant,
    Check::AuthorizeNoScope,
    Check::AuthorizePkce,
    Check::AuthorizeForeign,
    Check::AuthorizeRedirect,
    Check::IssSent,
    Check::IssRight,
    Check::StateEchoed,
    Check::TokenBadCode,
];

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    answer(seen, findings);
    token(seen, findings);
    strangers(seen, findings);
    let Some((_, redirect)) = some_client(seen) else {
        findings.all_unchecked(&WITH_CLIENT, Why::NeedsClient);
        findings.unchecked(Check::AuthorizePort, Why::NeedsClient);
        return findings.unchecked(Check::RevokeAnswers, Why::NeedsClient);
    };
    authorize(seen, redirect, findings);
    errors(seen, facts, redirect, findings);
    let mut judge = Judge { seen, findings };
    judge.answer(Check::TokenBadCode, Probe::TokenBadCode, "HTTP 400 invalid_grant", |answer| {
        answer.status == 400 && error(answer).as_deref() == Some("invalid_grant")
    });
    // RFC 7009 §2.2: 200 also for a token that is none.
    judge.answer(Check::RevokeAnswers, Probe::Revoke, "HTTP 200", |answer| answer.status == 200);
}

/// The `error` of a JSON body.
fn error(answer: &Answer) -> Option<String> {
    text(&answer.json()?, "error").map(str::to_owned)
}

fn answer(seen: &Observations, findings: &mut Findings) {
    // H23: real endpoints. An authorization endpoint may refuse a stranger, but it is there.
    let missing = [Probe::AuthorizeUnknown, Probe::TokenUnknown].into_iter().find(|probe| {
        seen.seen.contains_key(probe)
            && seen.answer(*probe).is_none_or(|answer| matches!(answer.status, 404 | 405 | 410 | 501))
    });
    if !seen.seen.contains_key(&Probe::AuthorizeUnknown) {
        return findings.unchecked(Check::EndpointsAnswer, Why::NotFound);
    }
    let address = missing.and_then(|probe| seen.url(probe)).unwrap_or_default();
    let address = address.split('?').next().unwrap_or_default();
    let words = missing.map(|probe| seen.words(probe)).unwrap_or_default();
    findings.judge(Check::EndpointsAnswer, missing.is_none(), address, (&words, "an endpoint"));
}

fn token(seen: &Observations, findings: &mut Findings) {
    let mut judge = Judge { seen, findings };
    // RFC 6749 §3.2: parameters come as a form.
    judge.answer(Check::TokenForm, Probe::TokenUnknown, "an OAuth error in JSON", |answer| {
        answer.status != 415 && answer.status < 500
    });
    judge.answer(Check::TokenJson, Probe::TokenUnknown, "application/json with error", |answer| {
        answer.media_type() == "application/json" && error(answer).is_some()
    });
    // A60, H14: by 401 agents notice that they have to register again.
    judge.answer(Check::TokenUnknownClient, Probe::TokenUnknown, "HTTP 401 invalid_client", |answer| {
        answer.status == 401 && error(answer).as_deref() == Some("invalid_client")
    });
    let cache = seen.answer(Probe::TokenUnknown).and_then(|answer| answer.header("cache-control")).unwrap_or_default();
    match seen.url(Probe::TokenUnknown) {
        Some(url) => {
            let told = if cache.is_empty() { "no Cache-Control" } else { cache };
            judge.findings.judge(Check::TokenNoStore, cache.contains("no-store"), url, (told, "no-store"));
        }
        None => judge.findings.unchecked(Check::TokenNoStore, Why::NotFound),
    }
}

/// A32: who is unknown gets a page and never a redirect.
fn strangers(seen: &Observations, findings: &mut Findings) {
    let mut judge = Judge { seen, findings };
    let is_page = |answer: &Answer| answer.is_html() && !answer.is_redirect() && answer.status < 500;
    judge.answer(Check::AuthorizeUnknown, Probe::AuthorizeUnknown, "a page, HTTP 4xx", is_page);
    // D2: the document of an unknown client cannot be fetched; platforms 3.5 allows to say so with 502.
    judge.answer(Check::CimdPage, Probe::AuthorizeDocument, "a page, HTTP 4xx", |answer| {
        answer.is_html() && !answer.is_redirect() && answer.status != 500
    });
}

/// Whether the shopper goes on: a page, or a redirect to one that is not the agent's.
fn goes_on(answer: &Answer, redirect: &str) -> bool {
    match answer.header("location").filter(|_| answer.is_redirect()) {
        Some(location) => !is_to(location, redirect) && !location.contains("error="),
        None => answer.status == 200,
    }
}

/// Whether a location leads to the redirect URI, whatever its query.
fn is_to(location: &str, redirect: &str) -> bool {
    let bare =
        |url: &str| Url::parse(url).ok().map(|url| format!("{}{}", url.origin().ascii_serialization(), url.path()));
    bare(location).is_some() && bare(location) == bare(redirect)
}

fn authorize(seen: &Observations, redirect: &str, findings: &mut Findings) {
    let mut judge = Judge { seen, findings };
    for (check, probe) in [
        (Check::AuthorizeAccepts, Probe::AuthorizeGood),
        (Check::AuthorizePlain, Probe::AuthorizePlain),
        (Check::AuthorizeTolerant, Probe::AuthorizeTolerant),
        (Check::AuthorizeNoScope, Probe::AuthorizeNoScope),
    ] {
        judge.answer(check, probe, "a page for the shopper", |answer| goes_on(answer, redirect));
    }
    // RFC 8252 §7.3: any port of a loopback address.
    let other_port = "http://localhost:61234/callback";
    judge.answer(Check::AuthorizePort, Probe::AuthorizePort, "a page for the shopper", |answer| {
        goes_on(answer, other_port)
    });
    // A4: no code without a challenge.
    judge.answer(Check::AuthorizePkce, Probe::AuthorizeNoChallenge, "error=invalid_request", |answer| {
        !goes_on(answer, redirect)
    });
    judge.answer(Check::AuthorizeForeign, Probe::AuthorizeForeign, "a page, HTTP 4xx", |answer| {
        let location = answer.header("location").unwrap_or_default();
        !location.starts_with("https://doctor.invalid") && answer.status >= 400
    });
}

/// An error that goes back to the agent: how, and who says so (RFC 9207 §2).
fn errors(seen: &Observations, facts: &Facts, redirect: &str, findings: &mut Findings) {
    let rest = [Check::AuthorizeRedirect, Check::IssSent, Check::IssRight, Check::StateEchoed];
    let back = seen.answer(Probe::AuthorizeError).filter(|answer| {
        answer.is_redirect() && answer.header("location").is_some_and(|location| is_to(location, redirect))
    });
    let Some(back) = back else { return findings.all_unchecked(&rest, Why::NotFound) };
    let address = facts.endpoint("authorization_endpoint").unwrap_or_default();
    let location = back.header("location").unwrap_or_default();
    let parameters: Vec<(String, String)> =
        Url::parse(location).map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
    let get = |name: &str| parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    // H16: 307 and 308 would send the consent form on to the agent.
    let is_right = matches!(back.status, 302 | 303);
    findings.judge(Check::AuthorizeRedirect, is_right, address, (&back.words(), "HTTP 302 or 303"));
    let state = get("state").unwrap_or("no state");
    findings.judge(Check::StateEchoed, state == STATE, address, (state, STATE));
    let (iss, issuer) = (get("iss"), facts.endpoint("issuer").unwrap_or_default());
    if findings.passed(Check::IssFlag) {
        findings.judge(Check::IssSent, iss.is_some(), address, ("no iss", issuer));
    } else {
        findings.unchecked(Check::IssSent, Why::DoesNotApply);
    }
    match iss {
        Some(iss) => findings.judge(Check::IssRight, iss == issuer, address, (iss, issuer)),
        None => findings.unchecked(Check::IssRight, Why::NotFound),
    }
}
