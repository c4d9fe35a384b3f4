//! How the deployment is reached: TLS, time, and whether there is an answer at all.

use std::time::Duration;

use chrono::DateTime;

use super::checks::Check;
use super::findings::{Findings, Why};
use super::observation::{NoAnswer, Observations, Seen};
use super::server::is_safe;
use crate::domain::Timestamp;

/// A certificate that ends sooner is one that nobody renews.
const CERTIFICATE: Duration = Duration::from_hours(14 * 24);
/// Tokens and assertions live by minutes.
const SKEW: Duration = Duration::from_mins(1);

pub(super) fn judge(seen: &Observations, findings: &mut Findings) {
    let target = seen.target.as_str();
    let asked = || seen.seen.values().filter(|seen| seen.url == target);
    let any = asked().any(|seen| seen.answer.is_ok());
    let failure = asked().find_map(|seen| seen.answer.as_ref().err());
    let told = failure.map(NoAnswer::to_string).unwrap_or_default();
    findings.judge(Check::ServerAnswers, any, target, (&told, "an answer within 10 s"));
    findings.judge(Check::AddressHttps, is_safe(target), target, ("http", "https"));
    certificates(seen, findings);
    clock(seen, findings);
}

fn certificates(seen: &Observations, findings: &mut Findings) {
    let refused = seen.seen.values().find_map(|seen| match &seen.answer {
        Err(NoAnswer::Certificate(reason)) => Some((seen, reason)),
        _ => None,
    });
    let ends = |seen: &Seen| {
        let answer = seen.answer.as_ref().ok()?;
        Some((answer.certificate_until?, answer.at?))
    };
    let first = seen.seen.values().filter_map(|seen| Some((seen, ends(seen)?))).min_by_key(|(_, (until, _))| *until);
    if let Some((asked, reason)) = refused {
        findings.judge(Check::CertificateValid, false, &asked.url, (reason, "a certificate that browsers accept"));
    } else if first.is_some() {
        findings.judge(Check::CertificateValid, true, "", ("", ""));
    } else {
        findings.unchecked(Check::CertificateValid, Why::DoesNotApply);
    }
    match first {
        Some((asked, (until, now))) => {
            let left = until.since(now);
            let told = format!("{} days left", left.as_secs() / 86_400);
            findings.judge(Check::CertificateLasts, left >= CERTIFICATE, &asked.url, (&told, "14 days or more"));
        }
        None => findings.unchecked(Check::CertificateLasts, Why::DoesNotApply),
    }
}

/// RFC 9110 §6.6.1: when the server thinks it is.
fn clock(seen: &Observations, findings: &mut Findings) {
    let said = |seen: &Seen| {
        let answer = seen.answer.as_ref().ok()?;
        let date = DateTime::parse_from_rfc2822(answer.header("date")?).ok()?;
        Some((Timestamp::from_secs(date.timestamp()), answer.at?))
    };
    let skew = |(theirs, ours): &(Timestamp, Timestamp)| theirs.since(*ours).max(ours.since(*theirs));
    let worst = seen.seen.values().filter_map(|seen| Some((seen, said(seen)?))).max_by_key(|(_, times)| skew(times));
    match worst {
        Some((asked, times)) => {
            let told = format!("{} s off", skew(&times).as_secs());
            findings.judge(Check::ClockRight, skew(&times) <= SKEW, &asked.url, (&told, "60 s or less"));
        }
        None => findings.unchecked(Check::ClockRight, Why::NotFound),
    }
}
