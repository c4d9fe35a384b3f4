//! What browser-based agents need (Fetch, CORS): leave to ask, and leave to read.

use super::checks::Check;
use super::facts::{Facts, origin};
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe};
use super::plan::{MCP_HEADERS, METADATA_HEADERS, TOKEN_HEADERS};

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    let rows = [
        (Check::ServerCors, Probe::ServerPreflight, facts.server_place.unwrap_or(Probe::Oauth), METADATA_HEADERS),
        (Check::ResourceCors, Probe::ResourcePreflight, Probe::ResourceInserted, METADATA_HEADERS),
        (Check::KeysCors, Probe::KeysPreflight, Probe::Keys, METADATA_HEADERS),
        (Check::TokenCors, Probe::TokenPreflight, Probe::TokenUnknown, TOKEN_HEADERS),
        (Check::RegisterCors, Probe::RegisterPreflight, Probe::RegisterBad, "content-type"),
        (Check::RevokeCors, Probe::RevokePreflight, Probe::Revoke, TOKEN_HEADERS),
    ];
    for (check, preflight, request, headers) in rows {
        open(seen, findings, check, (preflight, request), headers);
    }
    if facts.is_issuer {
        return findings.all_unchecked(&[Check::ResourceCors, Check::McpCors, Check::McpExposed], Why::DoesNotApply);
    }
    let mut judge = Judge { seen, findings };
    let expected = format!("Access-Control-Allow-Headers: {MCP_HEADERS}");
    let own = origin(&seen.target).unwrap_or_default();
    judge.answer(Check::McpCors, Probe::McpPreflight, &expected, |answer| {
        answer.status < 300 && admits(answer, &own) && allows(answer, MCP_HEADERS)
    });
    judge.answer(Check::McpExposed, Probe::Initialize, "Access-Control-Expose-Headers: WWW-Authenticate", |answer| {
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        exposed == "*" || contains(exposed, "www-authenticate")
    });
}

fn contains(list: &str, word: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(word))
}

/// Whether a page of `page` may read the answer.
fn admits(answer: &Answer, page: &str) -> bool {
    answer.header("access-control-allow-origin").is_some_and(|origin| origin == "*" || origin == page)
}

fn allows(answer: &Answer, headers: &str) -> bool {
    let allowed = answer.header("access-control-allow-headers").unwrap_or_default();
    // Fetch: `*` stands for all but `authorization`.
    headers.split(", ").all(|header| contains(allowed, header) || (allowed.trim() == "*" && header != "authorization"))
}

/// Open to every page: the preflight, and the answer itself.
fn open(
    seen: &Observations,
    findings: &mut Findings,
    check: Check,
    (preflight, request): (Probe, Probe),
    headers: &str,
) {
    let Some(asked) = seen.seen.get(&preflight) else { return findings.unchecked(check, Why::NotFound) };
    // Any origin at all will do: what is not `*` must name the page that asked.
    let page = "http://localhost:6274";
    let preflight_is_right = asked
        .answer
        .as_ref()
        .is_ok_and(|answer| answer.status < 300 && admits(answer, page) && allows(answer, headers));
    let readable = seen.answer(request).is_none_or(|answer| admits(answer, page));
    let told = match (&asked.answer, readable) {
        (Ok(answer), true) => {
            let allowed = answer.header("access-control-allow-headers").unwrap_or("no headers");
            format!("OPTIONS: HTTP {}, allows {allowed}", answer.status)
        }
        (Err(none), _) => none.to_string(),
        (Ok(_), false) => "the answer has no Access-Control-Allow-Origin".to_owned(),
    };
    let expected = format!("OPTIONS allows {headers}, Access-Control-Allow-Origin: *");
    findings.judge(check, preflight_is_right && readable, &asked.url, (&told, &expected));
}
