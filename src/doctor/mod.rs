//! Examines a deployment from outside as each agent platform would: pure judgement, from answers to findings.
//!
//! [`plan`] says what to ask next, `outbound::probe` asks, the groups of checks judge what came back, and [`standing`] says
//! what each platform of the table in [`platforms`] will make of it. A leaf: it knows only `domain`, does no I/O, and works
//! for any MCP server, not only for one of ours.

mod body;
mod browsers;
mod challenge;
pub mod checks;
mod endpoints;
mod facts;
pub mod findings;
mod given;
mod observation;
pub mod plan;
pub mod platforms;
mod public;
mod registration;
mod resource;
pub mod self_test;
mod server;
pub mod standing;
mod transport;

pub use observation::{Answer, Method, NoAnswer, Observations, Options, Probe, Request, Seen};

use checks::Check;
use facts::Facts;
use findings::{Difference, Findings, Outcome};
use platforms::PLATFORMS;
use standing::{Standing, Verdict};

/// What came of an examination.
#[derive(Debug, Clone)]
pub struct Report {
    /// As it was typed.
    pub target: String,
    /// The address is an issuer: an MCP server's would have shown more.
    pub is_issuer: bool,
    /// The address is on the examiner's own machine, where no hosted platform comes: judged as if they could.
    pub is_loopback: bool,
    pub issuer: Option<String>,
    pub findings: Findings,
    pub standings: Vec<Standing>,
}

impl Report {
    /// Judges everything that was seen.
    pub fn of(seen: &Observations) -> Self {
        let facts = Facts::of(seen);
        let mut findings = Findings::default();
        transport::judge(seen, &mut findings);
        challenge::judge(seen, &facts, &mut findings);
        resource::judge(seen, &facts, &mut findings);
        server::judge(seen, &facts, &mut findings);
        browsers::judge(seen, &facts, &mut findings);
        registration::judge(seen, &mut findings);
        endpoints::judge(seen, &facts, &mut findings);
        given::judge(seen, &facts, &mut findings);
        let standings = PLATFORMS.iter().map(|platform| Standing::of(platform, &facts, &findings)).collect();
        let host = url::Url::parse(&seen.target);
        Self {
            target: seen.target.clone(),
            is_issuer: facts.is_issuer,
            is_loopback: host.is_ok_and(|url| crate::domain::network::is_loopback_host(&url)),
            issuer: facts.issuer,
            findings,
            standings,
        }
    }

    /// Whether there was anything to examine.
    pub fn was_reached(&self) -> bool {
        self.findings.passed(Check::ServerAnswers) || self.is_issuer
    }

    /// Whether some platform cannot link.
    pub fn stops_somebody(&self) -> bool {
        self.standings.iter().any(|standing| standing.verdict == Verdict::WillNotLink)
    }

    /// What failed, what stops most first.
    pub fn failures(&self) -> Vec<Failure<'_>> {
        let mut failures: Vec<Failure<'_>> = self
            .findings
            .iter()
            .filter_map(|(check, outcome)| match outcome {
                Outcome::Failed(difference) => Some(self.failure(check, difference)),
                _ => None,
            })
            .collect();
        failures.sort_by_key(|failure| {
            (usize::MAX - failure.stops.len(), usize::MAX - failure.limits.len(), failure.check)
        });
        failures
    }

    fn failure<'a>(&'a self, check: Check, difference: &'a Difference) -> Failure<'a> {
        let whom = |list: fn(&Standing) -> &Vec<Check>| {
            let hit = self.standings.iter().filter(move |standing| list(standing).contains(&check));
            hit.map(|standing| standing.platform.id).collect()
        };
        Failure {
            check,
            difference,
            stops: whom(|standing| &standing.stopped_by),
            limits: whom(|standing| &standing.limited_by),
        }
    }
}

/// A failed check, and the ids of the platforms that it hits.
#[derive(Debug, Clone)]
pub struct Failure<'a> {
    pub check: Check,
    pub difference: &'a Difference,
    pub stops: Vec<&'static str>,
    pub limits: Vec<&'static str>,
}
