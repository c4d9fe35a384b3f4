//! What came of each check: passed, failed with what was seen and expected, or not checked and why.

use std::collections::BTreeMap;

use super::checks::Check;
use super::observation::{NoAnswer, Observations, Probe, shown};

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(Difference),
    Unchecked(Why),
}

/// What is not as it should be. Technical values, alike in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub address: String,
    pub seen: String,
    pub expected: String,
}

/// Why something could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It needs an access token.
    NeedsToken,
    /// It needs a registered client, and there is none.
    NeedsClient,
    /// What it would look at was not found; the finding about that says so.
    NotFound,
    /// The server says that there were too many requests.
    TooMany,
    /// Nobody asked for it.
    NotAsked,
    /// It does not apply to this deployment.
    DoesNotApply,
}

impl Why {
    /// Stable, for scripts, and the key of its text.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NeedsToken => "doctor-needs-token",
            Self::NeedsClient => "doctor-needs-client",
            Self::NotFound => "doctor-not-found",
            Self::TooMany => "doctor-too-many",
            Self::NotAsked => "doctor-not-asked",
            Self::DoesNotApply => "doctor-does-not-apply",
        }
    }
}

/// The outcomes of an examination.
#[derive(Debug, Clone, Default)]
pub struct Findings(BTreeMap<Check, Outcome>);

impl Findings {
    pub fn outcome(&self, check: Check) -> &Outcome {
        self.0.get(&check).unwrap_or(&Outcome::Unchecked(Why::NotFound))
    }

    pub fn failed(&self, check: Check) -> bool {
        matches!(self.outcome(check), Outcome::Failed(_))
    }

    pub fn passed(&self, check: Check) -> bool {
        matches!(self.outcome(check), Outcome::Passed)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Check, &Outcome)> {
        Check::ALL.iter().map(|check| (*check, self.outcome(*check)))
    }

    pub(super) fn unchecked(&mut self, check: Check, why: Why) {
        self.0.insert(check, Outcome::Unchecked(why));
    }

    pub(super) fn all_unchecked(&mut self, checks: &[Check], why: Why) {
        for check in checks {
            self.unchecked(*check, why);
        }
    }

    /// Records `is_right`, with the address, what was seen and what was expected if not.
    pub(super) fn judge(&mut self, check: Check, is_right: bool, address: &str, (seen, expected): (&str, &str)) {
        let outcome = if is_right {
            Outcome::Passed
        } else {
            let (address, seen) = (shown(address), shown(seen));
            Outcome::Failed(Difference { address, seen, expected: shown(expected) })
        };
        self.0.insert(check, outcome);
    }
}

/// Judges the answers to one question after another.
pub(super) struct Judge<'a> {
    pub seen: &'a Observations,
    pub findings: &'a mut Findings,
}

impl Judge<'_> {
    /// Whether the answer is as it should be; no answer is not.
    pub(super) fn answer(
        &mut self,
        check: Check,
        probe: Probe,
        expected: &str,
        is_right: impl Fn(&super::observation::Answer) -> bool,
    ) {
        let Some(asked) = self.seen.seen.get(&probe) else {
            self.findings.unchecked(check, Why::NotFound);
            return;
        };
        match &asked.answer {
            // RFC 6585 §4: says nothing about what is checked here.
            Ok(answer) if answer.status == 429 => self.findings.unchecked(check, Why::TooMany),
            Err(NoAnswer::Elsewhere) => self.findings.unchecked(check, Why::NotAsked),
            Ok(answer) => {
                self.findings.judge(check, is_right(answer), &asked.url, (&answer.words(), expected));
            }
            Err(none) => self.findings.judge(check, false, &asked.url, (&none.to_string(), expected)),
        }
    }
}
