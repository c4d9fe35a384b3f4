//! The report for people: short lines, aligned; colour only on a terminal.

use crate::doctor::findings::Outcome;
use crate::doctor::self_test::{Came, STEPS};
use crate::doctor::standing::{Standing, Verdict};
use crate::doctor::{Failure, Report};
use crate::locale::Locale;

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";

/// The lines of a report.
pub(super) fn lines(report: &Report, locale: &Locale, no_register: bool, is_terminal: bool) -> Vec<String> {
    let paper = Paper { locale, is_terminal };
    let mut lines = vec![locale.t1("doctor-target", &("address", report.target.as_str()))];
    if report.is_issuer {
        lines.push(locale.t("doctor-reached-issuer"));
    }
    if report.is_loopback {
        lines.push(locale.t("doctor-loopback"));
    }
    if !no_register && report.findings.passed(crate::doctor::checks::Check::Registration) {
        lines.push(locale.t("doctor-registered"));
    }
    lines.extend(paper.heading("doctor-platforms"));
    let widest = |names: &mut dyn Iterator<Item = usize>| names.max().unwrap_or_default();
    let width = widest(&mut report.standings.iter().map(|standing| standing.platform.name.len()));
    report.standings.iter().for_each(|standing| lines.extend(paper.standing(standing, width)));
    lines.extend(paper.heading("doctor-self-test"));
    let width = widest(&mut STEPS.iter().map(|step| locale.t(step.id).len()));
    for step in &STEPS {
        let came = paper.came(step.came(&report.findings));
        lines.push(format!("  {:width$}  {came}", locale.t(step.id)));
    }
    lines.extend(paper.heading("doctor-findings"));
    let failures = report.failures();
    if failures.is_empty() {
        lines.push(format!("  {}", locale.t("doctor-no-findings")));
    }
    for failure in &failures {
        lines.extend(paper.failure(failure));
    }
    let count = |wanted: fn(&Outcome) -> bool| report.findings.iter().filter(|(_, outcome)| wanted(outcome)).count();
    let passed = count(|outcome| *outcome == Outcome::Passed);
    lines.push(String::new());
    lines.push(locale.t2(
        "doctor-summary",
        &("passed", u32::try_from(passed).unwrap_or_default()),
        &("failed", u32::try_from(failures.len()).unwrap_or_default()),
    ));
    lines
}

struct Paper<'a> {
    locale: &'a Locale,
    is_terminal: bool,
}

impl Paper<'_> {
    fn heading(&self, key: &str) -> [String; 2] {
        [String::new(), self.locale.t(key)]
    }

    fn coloured(&self, colour: &str, text: &str) -> String {
        if self.is_terminal { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn standing(&self, standing: &Standing, width: usize) -> [String; 2] {
        let (key, colour, causes) = match standing.verdict {
            Verdict::Links => ("doctor-links", GREEN, &standing.limited_by),
            Verdict::LinksBut => ("doctor-links-but", YELLOW, &standing.limited_by),
            Verdict::Unknown => ("doctor-unknown", YELLOW, &standing.limited_by),
            Verdict::WillNotLink => ("doctor-will-not-link", RED, &standing.stopped_by),
        };
        let causes: Vec<&str> = causes.iter().map(|check| check.id()).collect();
        let verdict = format!("{:13}", self.locale.t(key));
        let asks = match standing.scopes.as_deref() {
            None => self.locale.t("doctor-asks-configured"),
            Some([]) => self.locale.t("doctor-asks-nothing"),
            Some(scopes) => {
                let scopes: Vec<String> = scopes.iter().map(|scope| printable(scope)).collect();
                self.locale.t1("doctor-asks", &("scopes", scopes.join(" ").as_str()))
            }
        };
        let line =
            format!("  {:width$}  {} {}", standing.platform.name, self.coloured(colour, &verdict), causes.join(", "));
        let indent = " ".repeat(width.saturating_add(4));
        let introduces = self.locale.t(standing.registration.key());
        [line.trim_end().to_owned(), format!("{indent}{introduces} {asks}")]
    }

    fn came(&self, came: Came) -> String {
        match came {
            Came::Passed => self.coloured(GREEN, &self.locale.t("doctor-step-passed")),
            Came::Failed(check) => self.coloured(RED, &self.locale.t1("doctor-step-failed", &("check", check.id()))),
            Came::Unchecked(why) => self.locale.t(why.id()),
        }
    }

    fn failure(&self, failure: &Failure<'_>) -> Vec<String> {
        let check = failure.check;
        let whom = |key: &str, ids: &[&str]| self.locale.t1(key, &("platforms", ids.join(", ").as_str()));
        let mut hits = Vec::new();
        if !failure.stops.is_empty() {
            hits.push(self.coloured(RED, &whom("doctor-stops", &failure.stops)));
        }
        if !failure.limits.is_empty() {
            hits.push(self.coloured(YELLOW, &whom("doctor-limits", &failure.limits)));
        }
        if hits.is_empty() {
            hits.push(self.locale.t("doctor-advice"));
        }
        let row = |key: &str, value: &str| format!("    {:9} {value}", self.locale.t(key));
        vec![
            format!("  {} ({}): {}", check.id(), check.clause(), hits.join("; ")),
            format!("    {}", self.locale.t(check.id())),
            row("doctor-seen", &format!("{}  {}", failure.difference.seen, failure.difference.address)),
            row("doctor-expected", &failure.difference.expected),
            row("doctor-effect", &self.locale.attribute(check.id(), "effect")),
            row("doctor-remedy", &self.locale.attribute(check.id(), "remedy")),
            String::new(),
        ]
    }
}

/// A stranger's word on a terminal.
fn printable(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}
