//! What a platform will do with a deployment, by the platform's rows and the outcomes of the checks.

use serde::Serialize;

use super::checks::Check;
use super::facts::Facts;
use super::findings::Findings;
use super::platforms::{Asks, Kind, Need, Platform};

/// Whether a platform links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Links,
    LinksBut,
    /// Its authorization server was not found, and nothing else speaks against it.
    Unknown,
    WillNotLink,
}

/// How it will get its client id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    Document,
    Dynamic,
    ByHand,
    Configured,
    /// There is no way that it knows.
    Impossible,
}

impl Registration {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Document => "doctor-by-document",
            Self::Dynamic => "doctor-by-registration",
            Self::ByHand => "doctor-by-hand",
            Self::Configured => "doctor-by-configuration",
            Self::Impossible => "doctor-by-nothing",
        }
    }
}

/// What will come of it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub platform: &'static Platform,
    pub verdict: Verdict,
    pub registration: Registration,
    /// What it will ask for; `None`: what was configured.
    pub scopes: Option<Vec<String>>,
    pub stopped_by: Vec<Check>,
    pub limited_by: Vec<Check>,
}

impl Standing {
    pub fn of(platform: &'static Platform, facts: &Facts, findings: &Findings) -> Self {
        let failed = |needs: &[Need]| -> Vec<Check> {
            needs.iter().map(|need| need.0).filter(|check| findings.failed(*check)).collect()
        };
        let mut stopped_by: Vec<Check> = platform.needs.iter().flat_map(|needs| failed(needs)).collect();
        let mut limited_by: Vec<Check> = platform.suffers.iter().flat_map(|needs| failed(needs)).collect();
        let way = platform.ways.iter().find(|way| way.looks_for.iter().all(|check| findings.passed(*check)));
        let registration = match way.map(|way| way.kind) {
            Some(Kind::Document) => Registration::Document,
            Some(Kind::Dynamic) => Registration::Dynamic,
            Some(Kind::ByHand) => Registration::ByHand,
            Some(Kind::Configured) => Registration::Configured,
            None => Registration::Impossible,
        };
        let missed =
            platform.ways.iter().flat_map(|way| way.looks_for).copied().filter(|check| findings.failed(*check));
        match (registration, way) {
            (Registration::Impossible, _) => stopped_by.extend(missed),
            (Registration::ByHand, _) => limited_by.extend(missed),
            (_, Some(way)) => stopped_by.extend(failed(way.needs)),
            _ => {}
        }
        tidy(&mut stopped_by);
        tidy(&mut limited_by);
        limited_by.retain(|check| !stopped_by.contains(check));
        let verdict = match (stopped_by.is_empty(), limited_by.is_empty()) {
            (false, _) => Verdict::WillNotLink,
            (true, _) if facts.server.is_none() => Verdict::Unknown,
            (true, false) => Verdict::LinksBut,
            (true, true) => Verdict::Links,
        };
        Self { platform, verdict, registration, scopes: scopes(platform, facts), stopped_by, limited_by }
    }
}

fn tidy(checks: &mut Vec<Check>) {
    checks.sort();
    checks.dedup();
}

fn scopes(platform: &Platform, facts: &Facts) -> Option<Vec<String>> {
    let mut scopes = match platform.asks {
        Asks::Challenge => facts.scopes(),
        Asks::Resource => facts.resource_list("scopes_supported").unwrap_or_default(),
        Asks::Server => facts.server_list("scopes_supported").unwrap_or_default(),
        Asks::Nothing => Vec::new(),
        Asks::Configured => return None,
    };
    let offline = "offline_access";
    if platform.adds_offline && facts.offers_offline_access() && !scopes.iter().any(|scope| scope == offline) {
        scopes.push(offline.to_owned());
    }
    Some(scopes)
}
