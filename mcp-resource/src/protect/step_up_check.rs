//! Whether the issuer can meet what checkout demands of a sign-in (RFC 9470 §4): asked here, once, because nobody else can see
//! both. From outside the demand shows only to a token that may check out and whose sign-in does not do, and to provoke it might
//! begin a checkout; the issuer has never heard of the demand before an agent brings it, and refuses it then
//! (`unmet_authentication_requirements`), so that every checkout would end there.
//!
//! It is said and not refused: the issuer may be away at the start, and what only browses goes on.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::server::AuthorizationServer;
use super::step_up::StepUp;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A demand that the issuer cannot meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The `acr_values` that are demanded here, of which one would do.
    pub demanded: Vec<String>,
    /// The issuer's `acr_values_supported` (OpenID Connect Discovery 1.0 §3); none where it names none.
    pub supported: Vec<String>,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let supported = if self.supported.is_empty() { "nothing".to_owned() } else { self.supported.join(" ") };
        write!(
            f,
            "step_up.acr_values is `{}`, and the issuer's acr_values_supported has {supported}: no shopper can sign in so, and \
             every checkout is refused. Demand one of those, or have the issuer offer it (for phr: passkeys, which need a host \
             name and no IP address).",
            self.demanded.join(" ")
        )
    }
}

/// What was found out so far.
pub(super) type Found = Arc<OnceLock<Unmet>>;

/// Asks until the issuer answers.
pub(super) async fn check(server: Arc<AuthorizationServer>, step_up: StepUp, found: Found) {
    // Every server that knows `max_age` can meet any; how soon is the shopper's affair.
    if step_up.acr_values.is_empty() {
        return;
    }
    let mut pause = FIRST_PAUSE;
    let supported = loop {
        match server.acr_values_supported().await {
            Ok(supported) => break supported,
            Err(away) => tracing::debug!(reason = %away, "what sign-ins the issuer offers could not be read yet"),
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    };
    if let Some(unmet) = unmet(&step_up, supported) {
        let (seen, expected) = (unmet.supported.join(" "), unmet.demanded.join(" or "));
        tracing::error!(seen, expected, remedy = %unmet, "the issuer cannot meet what checkout demands of a sign-in");
        found.set(unmet).ok();
    }
}

/// RFC 9470 §3: one of them is enough.
fn unmet(step_up: &StepUp, supported: Vec<String>) -> Option<Unmet> {
    let can_be_met = step_up.acr_values.iter().any(|wanted| supported.contains(wanted));
    (!can_be_met).then(|| Unmet { demanded: step_up.acr_values.clone(), supported })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_that_the_issuer_offers_is_enough() {
        let list = |words: &str| words.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let demand = |words| StepUp { acr_values: list(words), max_age: None };
        assert_eq!(unmet(&demand("phrh phr"), list("phr one")), None);
        let found = unmet(&demand("phrh phr"), list("one")).unwrap();
        let said = found.to_string();
        assert!(said.contains("is `phrh phr`") && said.contains("has one:") && said.contains("Demand one"), "{said}");
        assert!(unmet(&demand("phr"), Vec::new()).unwrap().to_string().contains("has nothing"));
    }
}
