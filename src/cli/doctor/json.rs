//! The report for programs. Ids never change, and members are only ever added; texts may change.

use serde::Serialize;

use crate::doctor::Report;
use crate::doctor::findings::Outcome;
use crate::doctor::self_test::{Came, STEPS};
use crate::doctor::standing::{Registration, Verdict};
use crate::locale::Locale;

/// Raised when a member goes or changes its meaning.
const FORMAT: u8 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: u8,
    address: &'a str,
    /// The address is an authorization server's: nothing of an MCP server was examined.
    is_issuer: bool,
    issuer: Option<&'a str>,
    reached: bool,
    platforms: Vec<Platform<'a>>,
    findings: Vec<Finding<'a>>,
    checks: Vec<Checked>,
    self_test: Vec<Step>,
}

#[derive(Serialize)]
struct Platform<'a> {
    id: &'static str,
    name: &'static str,
    verdict: Verdict,
    registration: Registration,
    /// What it will ask for; none where that is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<&'a [String]>,
    stopped_by: Vec<&'static str>,
    limited_by: Vec<&'static str>,
    source: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    id: &'static str,
    clause: &'static str,
    stops: Vec<&'static str>,
    limits: Vec<&'static str>,
    address: &'a str,
    seen: &'a str,
    expected: &'a str,
    what: String,
    effect: String,
    remedy: String,
}

#[derive(Serialize)]
struct Checked {
    id: &'static str,
    /// `passed`, `failed`, or why it was not checked.
    outcome: &'static str,
}

#[derive(Serialize)]
struct Step {
    id: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'static str>,
}

/// One JSON object, indented.
pub(super) fn of(report: &Report, locale: &Locale) -> String {
    let document = Document {
        format: FORMAT,
        address: &report.target,
        is_issuer: report.is_issuer,
        issuer: report.issuer.as_deref(),
        reached: report.was_reached(),
        platforms: platforms(report),
        findings: findings(report, locale),
        checks: report
            .findings
            .iter()
            .map(|(check, outcome)| Checked { id: check.id(), outcome: word(outcome) })
            .collect(),
        self_test: STEPS.iter().map(|step| of_step(step.id, step.came(&report.findings))).collect(),
    };
    // Texts, numbers and lists of them always have a JSON form.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn platforms(report: &Report) -> Vec<Platform<'_>> {
    let platforms = report.standings.iter().map(|standing| Platform {
        id: standing.platform.id,
        name: standing.platform.name,
        verdict: standing.verdict,
        registration: standing.registration,
        scopes: standing.scopes.as_deref(),
        stopped_by: standing.stopped_by.iter().map(|check| check.id()).collect(),
        limited_by: standing.limited_by.iter().map(|check| check.id()).collect(),
        source: standing.platform.source,
    });
    platforms.collect()
}

fn findings<'a>(report: &'a Report, locale: &Locale) -> Vec<Finding<'a>> {
    let findings = report.failures().into_iter().map(|failure| Finding {
        id: failure.check.id(),
        clause: failure.check.clause(),
        stops: failure.stops,
        limits: failure.limits,
        address: &failure.difference.address,
        seen: &failure.difference.seen,
        expected: &failure.difference.expected,
        what: locale.t(failure.check.id()),
        effect: locale.attribute(failure.check.id(), "effect"),
        remedy: locale.attribute(failure.check.id(), "remedy"),
    });
    findings.collect()
}

const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::Unchecked(why) => why.id(),
    }
}

const fn of_step(id: &'static str, came: Came) -> Step {
    match came {
        Came::Passed => Step { id, outcome: "passed", failed: None },
        Came::Failed(check) => Step { id, outcome: "failed", failed: Some(check.id()) },
        Came::Unchecked(why) => Step { id, outcome: why.id(), failed: None },
    }
}
