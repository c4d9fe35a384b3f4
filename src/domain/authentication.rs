//! How and when a shopper has proved who they are, and what of it can be demanded: OpenID Connect's `acr` and `auth_time`, which
//! the step-up challenge of RFC 9470 is made of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::client::words;
use super::consent::FRESH;
use super::session::SignInMethod;

words! {
    /// The authentication context class (OpenID Connect Core §2, `acr`). A case-sensitive string that both sides know.
    AuthenticationClass {
        /// A password, a code by e-mail, or another provider's word. No registered name means just that, so it is one of ours.
        OneFactor = "urn:tillgate:acr:one-factor",
        /// OpenID Connect EAP ACR Values 1.0: a proof that no look-alike site can pass on. A passkey whose device has verified its
        /// owner. Not `phrh`, which says that hardware protects the key: devices are not asked to attest that.
        PhishingResistant = "phr",
    }
}

impl AuthenticationClass {
    /// The strongest first.
    pub const ALL: [Self; 2] = [Self::PhishingResistant, Self::OneFactor];
}

impl SignInMethod {
    pub const fn class(self) -> AuthenticationClass {
        match self {
            Self::Passkey => AuthenticationClass::PhishingResistant,
            Self::Password | Self::Code | Self::Provider => AuthenticationClass::OneFactor,
        }
    }
}

/// What a signed-in browser has behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication {
    pub at: Timestamp,
    pub class: AuthenticationClass,
}

/// What it must have behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// Not proved before.
    pub since: Option<Timestamp>,
    /// Only a passkey will do.
    pub needs_passkey: bool,
}

impl Demand {
    pub fn is_met_by(self, proof: Authentication) -> bool {
        // Providers say whole seconds, and so do tokens.
        let is_fresh = self.since.is_none_or(|since| proof.at.as_secs() >= since.as_secs());
        is_fresh && (!self.needs_passkey || proof.class == AuthenticationClass::PhishingResistant)
    }

    /// A sign-in of the last minutes.
    pub fn fresh(now: Timestamp) -> Self {
        Self { since: Some(now.minus(FRESH)), needs_passkey: false }
    }

    /// Itself, unless `proof` meets it.
    pub fn unmet_by(self, proof: Authentication) -> Option<Self> {
        (!self.is_met_by(proof)).then_some(self)
    }

    /// The way to meet it that a sign-in page has to know of.
    pub fn step(self) -> Option<ProofStep> {
        self.needs_passkey.then_some(ProofStep::Passkey)
    }

    /// Both at once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { since: self.since.max(other.since), needs_passkey: self.needs_passkey || other.needs_passkey }
    }
}

/// What the merchant demands of a shopper before an agent may check out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckoutProof {
    /// How old the sign-in may be; any age if there is none.
    pub max_age: Option<Duration>,
    pub needs_passkey: bool,
    /// The approval of each purchase demands it as well.
    pub for_purchases: bool,
}

impl CheckoutProof {
    /// What the merchant can choose from: long enough to read what is asked.
    pub const AGES: [Duration; 3] = [Duration::from_mins(10), Duration::from_hours(1), Duration::from_hours(24)];

    /// To allow checkouts.
    pub fn for_consent(self, now: Timestamp) -> Demand {
        Demand { since: self.max_age.map(|age| now.minus(age)), needs_passkey: self.needs_passkey }
    }

    /// To approve one. Where the agent may not begin any, the approval is the consent (H20).
    pub fn for_purchase(self, is_elevation: bool, now: Timestamp) -> Demand {
        if self.for_purchases || is_elevation { self.for_consent(now) } else { Demand::default() }
    }
}

words! {
    /// What a sign-in page has to know of the way that it is on.
    ProofStep {
        /// To sign in with one.
        Passkey = "passkey",
        /// To add one, which needs a fresh sign-in of any kind.
        AddPasskey = "add",
        /// To sign in as somebody else than before.
        OtherAccount = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    #[test]
    fn a_demand_is_met_by_what_is_recent_and_strong_enough() {
        let proof = |secs, class| Authentication { at: at(secs), class };
        let (weak, strong) = (AuthenticationClass::OneFactor, AuthenticationClass::PhishingResistant);
        assert!(Demand::default().is_met_by(proof(-9_999, weak)));
        let fresh = Demand { since: Some(at(0)), needs_passkey: false };
        let passkey = Demand { since: None, needs_passkey: true };
        for (demand, expected) in [
            (fresh, [false, true, false, true]),
            (passkey, [false, false, true, true]),
            (fresh.and(passkey), [false, false, false, true]),
        ] {
            let proofs = [proof(-1, weak), proof(0, weak), proof(-1, strong), proof(0, strong)];
            assert_eq!(proofs.map(|proof| demand.is_met_by(proof)), expected, "{demand:?}");
        }
        assert_eq!(fresh.and(Demand { since: Some(at(5)), needs_passkey: false }).since, Some(at(5)));
    }

    #[test]
    fn only_a_passkey_resists_phishing() {
        let classes = [SignInMethod::Password, SignInMethod::Code, SignInMethod::Provider].map(SignInMethod::class);
        assert_eq!(classes, [AuthenticationClass::OneFactor; 3]);
        assert_eq!(SignInMethod::Passkey.class().as_str(), "phr");
    }

    #[test]
    fn a_purchase_demands_what_checkout_demands_only_where_the_merchant_says_so() {
        let proof = CheckoutProof { max_age: Some(Duration::from_mins(10)), needs_passkey: true, for_purchases: false };
        assert_eq!(proof.for_purchase(false, at(0)), Demand::default());
        assert_eq!(proof.for_purchase(true, at(0)), proof.for_consent(at(0)));
        let both = CheckoutProof { for_purchases: true, ..proof };
        assert_eq!(both.for_purchase(false, at(0)), Demand { since: Some(at(-600)), needs_passkey: true });
    }
}
