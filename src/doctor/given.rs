//! What can be checked with an access token: that it works, that a changed one does not, and what a missing permission
//! looks like. The token is read only to know what to expect; whether it is good is the server's word.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::domain::Timestamp;

use super::checks::Check;
use super::facts::{Challenge, Facts};
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe, list, text};
use super::public::schemes;

const ALL: [Check; 6] =
    [Check::GivenAccepted, Check::GivenClaims, Check::GivenExpired, Check::Tampered, Check::Insufficient, Check::Burst];

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    let Some(token) = seen.options.token.as_deref() else {
        return findings.all_unchecked(&ALL, Why::NeedsToken);
    };
    let now = seen.answer(Probe::GivenToken).and_then(|answer| answer.at).map_or(0, Timestamp::as_secs);
    let is_expired = expiry(token).is_some_and(|expires| expires < now);
    let mut judge = Judge { seen, findings };
    if is_expired {
        judge.answer(Check::GivenExpired, Probe::GivenToken, "HTTP 401 invalid_token", is_invalid_token);
        findings.unchecked(Check::GivenAccepted, Why::DoesNotApply);
    } else {
        judge.answer(Check::GivenAccepted, Probe::GivenToken, "HTTP 200", |answer| answer.status == 200);
        findings.unchecked(Check::GivenExpired, Why::NotAsked);
    }
    Judge { seen, findings }.answer(Check::Tampered, Probe::Tampered, "HTTP 401 invalid_token", is_invalid_token);
    claims(seen, facts, token, findings);
    Judge { seen, findings }.answer(
        Check::Insufficient,
        Probe::Insufficient,
        "HTTP 403 insufficient_scope with scope",
        |answer| answer.status == 403 && is_step_up(seen),
    );
    burst(seen, findings);
}

fn is_invalid_token(answer: &Answer) -> bool {
    answer.status == 401 && answer.all("www-authenticate").any(|value| value.contains("invalid_token"))
}

/// B22: says what is missing.
fn is_step_up(seen: &Observations) -> bool {
    Challenge::of(seen, Probe::Insufficient)
        .is_some_and(|challenge| challenge.get("error") == Some("insufficient_scope") && !challenge.scopes().is_empty())
}

/// The claims of a JWT, unverified; `None` for an opaque token.
fn claims_of(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// When a token says that it ends, in seconds since 1970.
pub(super) fn expiry(token: &str) -> Option<i64> {
    claims_of(token)?.get("exp")?.as_i64()
}

/// The same token with another signature.
pub(super) fn tampered(token: &str) -> String {
    let mut changed: Vec<char> = token.chars().collect();
    let at = changed.len().saturating_sub(10);
    if let Some(c) = changed.get_mut(at) {
        *c = if *c == 'A' { 'B' } else { 'A' };
    }
    changed.into_iter().collect()
}

fn claims(seen: &Observations, facts: &Facts, token: &str, findings: &mut Findings) {
    // Opaque tokens are the server's own business.
    let Some(claims) = claims_of(token) else { return findings.unchecked(Check::GivenClaims, Why::DoesNotApply) };
    let resource = facts.resource.as_ref().and_then(|document| text(document, "resource")).unwrap_or(&seen.target);
    let audience =
        text(&claims, "aud").map(|one| vec![one.to_owned()]).or_else(|| list(&claims, "aud")).unwrap_or_default();
    let issuer = text(&claims, "iss").unwrap_or("no iss");
    let is_right = audience == [resource] && Some(issuer) == facts.issuer.as_deref();
    let told = format!("iss {issuer}, aud {}", audience.join(" "));
    let expected = format!("iss {}, aud {resource}", facts.issuer.as_deref().unwrap_or("the issuer"));
    findings.judge(Check::GivenClaims, is_right, &seen.target, (&told, &expected));
}

/// A tool whose permission the token lacks, as the server's own list says (platforms 3.4).
pub(super) fn lacked_tool(seen: &Observations) -> Option<String> {
    let held = claims_of(seen.options.token.as_deref()?)?;
    let held: Vec<&str> = text(&held, "scope")?.split_whitespace().collect();
    let listed = seen.answer(Probe::GivenTools)?.json()?;
    let tools = listed.pointer("/result/tools")?.as_array()?;
    let lacks = |tool: &&Value| {
        let needed = schemes(tool).find_map(|scheme| list(scheme, "scopes"));
        needed.is_some_and(|needed| needed.iter().any(|scope| !held.contains(&scope.as_str())))
    };
    text(tools.iter().find(lacks)?, "name").map(str::to_owned)
}

/// A tool that only reads, as the server's own list says, and that the token's permissions are enough for.
pub(super) fn harmless_tool(seen: &Observations) -> Option<String> {
    let listed = seen.answer(Probe::GivenTools)?.json()?;
    let lacked = lacked_tool(seen);
    let only_reads = |tool: &&Value| tool.pointer("/annotations/readOnlyHint") == Some(&Value::Bool(true));
    let mut tools = listed.pointer("/result/tools")?.as_array()?.iter().filter(only_reads);
    tools.find_map(|tool| text(tool, "name").filter(|name| lacked.as_deref() != Some(name))).map(str::to_owned)
}

fn burst(seen: &Observations, findings: &mut Findings) {
    let Some((sent, limited)) = seen.burst else {
        return findings.unchecked(Check::Burst, Why::NotAsked);
    };
    let waits = seen.answer(Probe::Burst).is_some_and(|answer| answer.header("retry-after").is_some());
    let told =
        format!("{limited} of {sent} calls with HTTP 429, Retry-After {}", if waits { "there" } else { "missing" });
    findings.judge(Check::Burst, limited > 0 && waits, &seen.target, (&told, "HTTP 429 with Retry-After"));
}

#[cfg(test)]
mod tests {
    use super::super::observation::{Options, Seen};
    use super::*;

    /// After a burst that the server ended after 121 calls, with these headers.
    fn after_a_burst(headers: &[(&str, &str)]) -> Findings {
        let mut seen = Observations::new("https://shop.example/mcp", Options { burst: true, ..Options::default() });
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Ok(Answer { status: 429, headers, ..Answer::default() });
        seen.seen.insert(Probe::Burst, Seen { url: seen.target.clone(), answer });
        seen.burst = Some((121, 1));
        let mut findings = Findings::default();
        burst(&seen, &mut findings);
        findings
    }

    #[test]
    fn a_refused_burst_says_when_to_come_back() {
        assert!(after_a_burst(&[("retry-after", "20")]).passed(Check::Burst));
        assert!(after_a_burst(&[]).failed(Check::Burst));
    }

    #[test]
    fn a_changed_token_keeps_its_claims() {
        let token = format!("e30.{}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg", URL_SAFE_NO_PAD.encode(r#"{"exp":7}"#));
        assert_ne!(tampered(&token), token);
        assert_eq!((expiry(&token), expiry(&tampered(&token)), expiry("opaque")), (Some(7), Some(7), None));
    }
}
