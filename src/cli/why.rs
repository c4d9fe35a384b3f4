//! `why`: what a reference id leads to. It looks in the ring of refusals of every issuer, then in the audit trail, and prints
//! which check failed, both compared values, and what to do. Nothing in them is secret: they are masked before they are kept.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use super::installation::Installation;
use super::output;
use super::settings::Settings;
use crate::config;
use crate::domain::Timestamp;
use crate::domain::issuer::Issuer;
use crate::locale::{Locale, Moment};
use crate::merchant::why::{Found, check_of, find_everywhere, reference_in};
use crate::storage::audit_listing::ListedEntry;
use crate::storage::refusals::Refusal;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The reference id, as the error or the page shows it
    reference: String,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> Result<(), Failure> {
    let config = settings.load_unchecked()?;
    let installation = Installation::open(&config)?;
    let reference = reference_in(&arguments.reference).to_owned();
    let (sought, now) = (reference.clone(), installation.now);
    let since = now.minus(config.audit.refusal_age);
    let found = installation.ask(move |connection| Ok(find_everywhere(connection, &sought, since)?))?;
    if found.is_empty() {
        return Err(unknown(&reference, &config.audit));
    }
    if arguments.json {
        output::line(as_json(&reference, &found));
    } else {
        output::line(in_words(&found, now).trim_end());
    }
    Ok(())
}

fn unknown(reference: &str, settings: &config::Audit) -> Failure {
    let (age, kept) = (in_days(settings.refusal_age), settings.refusals_kept);
    Failure::new(format!(
        "nothing is known under the reference id {reference}. It may be older than {age}, or pushed out by others: \
         each issuer keeps its newest {kept} refusals."
    ))
}

fn in_days(age: Duration) -> String {
    let hours = age.as_secs().div_euclid(3_600);
    if hours >= 48 { format!("{} days", hours.div_euclid(24)) } else { format!("{hours} hours") }
}

fn in_words(found: &[(Issuer, Found)], now: Timestamp) -> String {
    let mut text = String::new();
    for (issuer, found) in found {
        for refusal in &found.refusals {
            let moment = Moment::new(refusal.at, now, Locale::english());
            line(&mut text, "Refused", format!("{} ({})", moment.exact, moment.words));
            line(&mut text, "by", format!("{} ({})", issuer.url, issuer.environment));
            of_refusal(&mut text, refusal);
            text.push('\n');
        }
        if !found.entries.is_empty() {
            let _infallible = writeln!(text, "In the audit trail of {} under this id:", issuer.url);
        }
        for entry in &found.entries {
            let moment = Moment::new(entry.at, now, Locale::english());
            let _infallible = writeln!(text, "  {}  {}", moment.exact, of_entry(entry));
        }
    }
    text
}

fn of_refusal(text: &mut String, refusal: &Refusal) {
    line(text, "at", &refusal.endpoint);
    line(text, "with", &refusal.error);
    line(text, "client", refusal.client_id.as_deref().unwrap_or("not named"));
    line(text, "reason", &refusal.reason);
    let Some(evidence) = &refusal.evidence else { return };
    let texts = check_of(refusal).map(|check| check.keys().map(|key| Locale::english().t(&key)));
    match &texts {
        Some([demand, _]) => line(text, "check", format!("{}: {demand}", evidence.check)),
        None => line(text, "check", &evidence.check),
    }
    line(text, "expected", &evidence.expected);
    line(text, "presented", &evidence.presented);
    if let Some([_, remedy]) = &texts {
        line(text, "what to do", remedy);
    }
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _infallible = writeln!(text, "{name:<11} {value}");
}

fn of_entry(entry: &ListedEntry) -> String {
    let tool = entry.tool.as_deref().map(|tool| format!(" {tool}")).unwrap_or_default();
    let status = entry.status.map(|status| format!(" {status}")).unwrap_or_default();
    let session = entry.connection_id.as_deref().map(|id| format!(", session {id}")).unwrap_or_default();
    format!("{}{tool}{status} {}{session}", entry.kind, entry.outcome)
}

fn as_json(reference: &str, found: &[(Issuer, Found)]) -> Value {
    let found = found.iter().map(|(issuer, found)| {
        json!({
            "issuer": issuer.url.as_str(),
            "environment": issuer.environment.as_str(),
            "refusals": found.refusals.iter().map(refusal_as_json).collect::<Vec<_>>(),
            "trail": found.entries.iter().map(entry_as_json).collect::<Vec<_>>(),
        })
    });
    json!({ "reference_id": reference, "found": found.collect::<Vec<_>>() })
}

fn refusal_as_json(refusal: &Refusal) -> Value {
    let evidence = refusal.evidence.as_ref();
    let remedy = check_of(refusal).map(|check| {
        let [_, remedy] = check.keys();
        Locale::english().t(&remedy)
    });
    json!({
        "at": Moment::new(refusal.at, refusal.at, Locale::english()).machine,
        "endpoint": refusal.endpoint,
        "error": refusal.error,
        "client_id": refusal.client_id,
        "reason": refusal.reason,
        "check": evidence.map(|evidence| &evidence.check),
        "expected": evidence.map(|evidence| &evidence.expected),
        "presented": evidence.map(|evidence| &evidence.presented),
        "remedy": remedy,
    })
}

fn entry_as_json(entry: &ListedEntry) -> Value {
    json!({
        "at": Moment::new(entry.at, entry.at, Locale::english()).machine,
        "kind": entry.kind,
        "outcome": entry.outcome,
        "client_id": entry.client_id,
        "connection_id": entry.connection_id,
        "tool": entry.tool,
        "status": entry.status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Check, Shown};
    use crate::domain::issuer::Environment;
    use crate::domain::{IssuerId, StoreId};

    fn found() -> Vec<(Issuer, Found)> {
        let evidence = Check::PkceVerifier.found("the verifier of the code_challenge", Shown::hidden(&"v".repeat(43)));
        let refusal = Refusal {
            at: Timestamp::from_secs(1_800_000_000),
            reference_id: "0199".to_owned(),
            endpoint: "/token".to_owned(),
            error: "invalid_grant".to_owned(),
            reason: "the code_verifier is wrong".to_owned(),
            client_id: Some("c1_x".to_owned()),
            evidence: Some((&evidence).into()),
        };
        let issuer = Issuer {
            id: IssuerId::new("live"),
            store_id: StoreId::new("s"),
            environment: Environment::Live,
            url: "https://auth.tea.example".parse().unwrap(),
        };
        vec![(issuer, Found { refusals: vec![refusal], entries: vec![] })]
    }

    #[test]
    fn a_refusal_is_told_with_its_check_both_values_and_the_remedy() {
        let told = in_words(&found(), Timestamp::from_secs(1_800_000_060));
        for line in [
            "by          https://auth.tea.example (live)",
            "at          /token",
            "with        invalid_grant",
            "client      c1_x",
            "check       pkce_verifier: The verifier hashes to the challenge",
            "expected    the verifier of the code_challenge",
            "presented   [hidden, 43 characters]",
        ] {
            assert!(told.contains(line), "{line}:\n{told}");
        }
        assert!(told.contains("what to do  The client sent a verifier of another attempt"), "{told}");
    }

    #[test]
    fn programs_read_the_same() {
        let told = as_json("0199", &found());
        assert_eq!(told["reference_id"], "0199");
        let refusal = &told["found"][0]["refusals"][0];
        assert_eq!((&refusal["check"], &refusal["at"]), (&"pkce_verifier".into(), &"2027-01-15T08:00:00Z".into()));
        assert!(refusal["remedy"].as_str().unwrap().contains("Connect again"));
    }

    #[test]
    fn an_unknown_id_is_one_clear_sentence() {
        let settings = config::Audit {
            refusals_kept: 100_000,
            refusal_age: Duration::from_hours(720),
            network_age: Duration::from_hours(720),
        };
        let said = unknown("0199", &settings).to_string();
        assert!(said.contains("0199") && said.contains("30 days") && said.contains("100000"), "{said}");
    }
}
