//! What an agent without a token hears (RFC 6750 §3, RFC 9728 §5.1): by this it learns that and where it has to sign in.

use super::checks::Check;
use super::facts::{Challenge, Facts, origin};
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe};
use super::public::{self, challenged, has_public_tools};

/// What there is to say of the answer that should be a challenge: the status, that it is one, and then what is in it.
const OF_THE_HEADER: [Check; 9] = [
    Check::ChallengeStatus,
    Check::ChallengeBearer,
    Check::ChallengeSingle,
    Check::ChallengeMetadata,
    Check::ChallengeSameOrigin,
    Check::ChallengeNoError,
    Check::ChallengeScope,
    Check::ChallengeLeast,
    Check::ChallengeNoOffline,
];

const THE_REST: [Check; 6] = [
    Check::ChallengeOld,
    Check::ChallengeNew,
    Check::ToolsProtected,
    Check::ToolsPublic,
    Check::OriginRefused,
    Check::QueryTokenIgnored,
];

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    if facts.is_issuer {
        findings.all_unchecked(&OF_THE_HEADER, Why::DoesNotApply);
        return findings.all_unchecked(&THE_REST, Why::DoesNotApply);
    }
    statuses(seen, findings);
    public::judge(seen, findings);
    match challenged(seen) {
        Some(probe) => {
            // B20: 401, and nothing that a client could take for a page or an answer.
            let mut judge = Judge { seen, findings };
            judge.answer(Check::ChallengeStatus, probe, "HTTP 401", |answer| answer.status == 401);
            header(seen, facts, probe, findings);
            scopes(seen, facts, findings);
        }
        None => findings.all_unchecked(&OF_THE_HEADER, Why::NotAsked),
    }
}

fn statuses(seen: &Observations, findings: &mut Findings) {
    // C-7: where tools are public, what leads to them is answered.
    let has_public_tools = has_public_tools(seen);
    let is_right = |answer: &Answer| answer.status == 401 || (has_public_tools && answer.status == 200);
    let mut judge = Judge { seen, findings };
    judge.answer(Check::OriginRefused, Probe::ForeignOrigin, "HTTP 403", |answer| answer.status == 403);
    // B10: what stands in the query is no token, not even a wrong one.
    judge.answer(Check::QueryTokenIgnored, Probe::QueryToken, "HTTP 401 without error=\"invalid_token\"", |answer| {
        is_right(answer) && !answer.all("www-authenticate").any(|value| value.contains("invalid_token"))
    });
    // B54: every revision's first request is answered alike.
    judge.answer(Check::ChallengeOld, Probe::InitializeOld, "HTTP 401", is_right);
    judge.answer(Check::ChallengeNew, Probe::Discover, "HTTP 401", is_right);
}

fn header(seen: &Observations, facts: &Facts, probe: Probe, findings: &mut Findings) {
    let url = seen.target.as_str();
    let values: Vec<&str> =
        seen.answer(probe).map(|answer| answer.all("www-authenticate").collect()).unwrap_or_default();
    let first = values.first().copied().unwrap_or("no WWW-Authenticate");
    let is_first = facts.challenge.as_ref().is_some_and(|challenge| challenge.is_first);
    findings.judge(Check::ChallengeBearer, is_first, url, (first, "WWW-Authenticate: Bearer …"));
    let Some(challenge) = &facts.challenge else {
        return findings.all_unchecked(OF_THE_HEADER.get(2..).unwrap_or_default(), Why::NotFound);
    };
    let is_single = values.len() == 1 && first.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let lines = format!("{} lines: {first}", values.len());
    findings.judge(Check::ChallengeSingle, is_single, url, (&lines, "one line of ASCII"));
    let place = challenge.get("resource_metadata");
    findings.judge(Check::ChallengeMetadata, place.is_some(), url, (first, "resource_metadata=\"…\""));
    match place {
        Some(place) => {
            let is_same = origin(place).is_some() && origin(place) == origin(url);
            let expected = origin(url).unwrap_or_default();
            findings.judge(Check::ChallengeSameOrigin, is_same, url, (place, &expected));
        }
        None => findings.unchecked(Check::ChallengeSameOrigin, Why::NotFound),
    }
    // RFC 6750 §3.1: nothing was sent, so nothing is wrong.
    findings.judge(Check::ChallengeNoError, challenge.get("error").is_none(), url, (first, "no error parameter"));
}

fn scopes(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    let Some(challenge) = &facts.challenge else { return };
    let url = seen.target.as_str();
    let scopes = Challenge::scopes(challenge);
    let told = if scopes.is_empty() { "no scope".to_owned() } else { scopes.join(" ") };
    findings.judge(Check::ChallengeScope, !scopes.is_empty(), url, (&told, "scope=\"…\""));
    let offered = facts.resource_list("scopes_supported").unwrap_or_default();
    // C-6: to begin with, only looking. Which scopes those are is known where they are ours; elsewhere not all of several.
    let browse = ["products:read", "inventory:read"];
    let is_ours = browse.iter().all(|scope| offered.iter().any(|offered| offered == scope));
    let is_least = if is_ours {
        scopes.iter().all(|scope| browse.contains(&scope.as_str()))
    } else {
        scopes.len() < offered.len().max(3)
    };
    let expected = if is_ours { browse.join(" ") } else { "not all at once".to_owned() };
    if scopes.is_empty() {
        findings.unchecked(Check::ChallengeLeast, Why::NotFound);
    } else {
        findings.judge(Check::ChallengeLeast, is_least, url, (&told, &expected));
    }
    let has_offline = scopes.iter().any(|scope| scope == "offline_access");
    findings.judge(Check::ChallengeNoOffline, !has_offline, url, (&told, "no offline_access"));
}
