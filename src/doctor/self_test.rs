//! The self-test of S1-92, in its order: metadata, registration, flow, scoped tokens, validation; then without permission,
//! expired, insufficient, burst.

use super::checks::Check;
use super::findings::{Findings, Outcome, Why};

/// One step: the key of its text, and the checks that it consists of.
pub struct Step {
    pub id: &'static str,
    checks: &'static [Check],
}

pub const STEPS: [Step; 9] = [
    Step {
        id: "step-metadata",
        checks: &[
            Check::ResourceFound,
            Check::ResourceServer,
            Check::ServerFound,
            Check::IssuerExact,
            Check::EndpointsListed,
        ],
    },
    Step {
        id: "step-registration",
        checks: &[Check::Registration, Check::RegisterClaude, Check::RegisterClaudeCode, Check::RegisterRefuses],
    },
    Step {
        id: "step-flow",
        checks: &[Check::AuthorizeAccepts, Check::AuthorizePkce, Check::AuthorizeForeign, Check::TokenBadCode],
    },
    Step { id: "step-scoped-tokens", checks: &[Check::GivenClaims] },
    Step { id: "step-validation", checks: &[Check::GivenAccepted, Check::Tampered] },
    Step { id: "step-unauthorised", checks: &[Check::ChallengeStatus, Check::ToolsProtected] },
    Step { id: "step-expired", checks: &[Check::GivenExpired] },
    Step { id: "step-insufficient", checks: &[Check::Insufficient] },
    Step { id: "step-burst", checks: &[Check::Burst] },
];

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Passed,
    /// The first check that failed.
    Failed(Check),
    Unchecked(Why),
}

impl Step {
    pub fn came(&self, findings: &Findings) -> Came {
        if let Some(failed) = self.checks.iter().find(|check| findings.failed(**check)) {
            return Came::Failed(*failed);
        }
        let unchecked = self.checks.iter().find_map(|check| match findings.outcome(*check) {
            Outcome::Unchecked(why) => Some(*why),
            _ => None,
        });
        unchecked.map_or(Came::Passed, Came::Unchecked)
    }
}
