//! What must be proved before a consent is given: what the request demands, before the page is shown; what goes with a permission,
//! before it is allowed (spec/pages.md 5.3, rule 11; RFC 9470).

use super::onward::Onward;
use super::sign_up;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::authentication::{Authentication, Demand};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::consent::{ConsentQuestion, needs_fresh_sign_in};
use crate::domain::{Scope, ScopeSet, Timestamp};

/// Where and when it is asked.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) policy: &'a AgentPolicy,
    pub(super) is_loopback: bool,
    pub(super) proof: Authentication,
    pub(super) now: Timestamp,
}

impl Asking<'_> {
    /// What is lacking to give `scope`, if anything is.
    pub(super) fn lacking(self, scope: ScopeSet) -> Option<Demand> {
        let mut demand = Demand::default();
        if needs_fresh_sign_in(scope, self.is_loopback) {
            demand = Demand::fresh(self.now);
        }
        if scope.contains(Scope::CheckoutInitiate) {
            demand = demand.and(self.policy.checkout.for_consent(self.now));
        }
        demand.unmet_by(self.proof)
    }

    /// The same for a step-up whose answer is known beforehand: it gives one thing, or all, with what is held. Then it is asked for
    /// first, and to allow stays one click.
    pub(super) fn lacking_at_once(self, question: &ConsentQuestion) -> Option<Demand> {
        let is_known = question.single().is_some() || (question.is_step_up && question.is_bundled);
        question.given(ScopeSet::EMPTY).filter(|_| is_known).and_then(|given| self.lacking(given))
    }
}

/// The page that leads to the one that asks: to make an account, where the agent says that there is none yet (Initiating User
/// Registration 1.0 §4.1) and nobody is signed in; from it one can go to the other.
pub(super) fn door(sealed: &str, request: &AuthorizationRequest, is_signed_in: bool) -> String {
    if request.begins_with_account && !is_signed_in {
        return Onward::to_consent(sealed).carried_to(sign_up::PATH);
    }
    proving(sealed, request.demand)
}

/// The sign-in page that leads back here.
pub(super) fn proving(sealed: &str, demand: Demand) -> String {
    Onward::to_consent(sealed).proving(demand)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::authentication::{AuthenticationClass, CheckoutProof};

    #[test]
    fn checkout_demands_what_the_merchant_does_and_nothing_else_is_harder_for_it() {
        let now = Timestamp::from_secs(1_800_000_000);
        let checkout =
            CheckoutProof { max_age: Some(Duration::from_hours(1)), needs_passkey: true, for_purchases: false };
        let policy = AgentPolicy { checkout, ..AgentPolicy::default() };
        let lacking = |policy: &AgentPolicy, secs, class, scope: &str| {
            let proof = Authentication { at: now.minus(Duration::from_secs(secs)), class };
            Asking { policy, is_loopback: false, proof, now }.lacking(scope.parse().unwrap())
        };
        let (weak, strong) = (AuthenticationClass::OneFactor, AuthenticationClass::PhishingResistant);
        let scope = "products:read checkout:initiate";
        assert_eq!(lacking(&policy, 3_600, strong, scope), None);
        assert!(lacking(&policy, 3_601, strong, scope).is_some());
        assert!(lacking(&policy, 0, weak, scope).is_some_and(|demand| demand.needs_passkey));
        assert_eq!(lacking(&policy, 9_999, weak, "products:read cart:write"), None);
        assert_eq!(lacking(&AgentPolicy::default(), 9_999, weak, scope), None);
        assert!(lacking(&policy, 601, strong, "orders:read").is_some_and(|demand| !demand.needs_passkey));
    }

    #[test]
    fn one_new_permission_is_asked_about_only_after_what_giving_it_with_the_rest_takes() {
        let now = Timestamp::from_secs(1_800_000_000);
        let checkout = CheckoutProof { max_age: None, needs_passkey: true, for_purchases: false };
        let policy = AgentPolicy { checkout, ..AgentPolicy::default() };
        let lacking = |requested: &str, held: &str| {
            let proof =
                Authentication { at: now.minus(Duration::from_secs(601)), class: AuthenticationClass::OneFactor };
            let question = ConsentQuestion::of(requested.parse().unwrap(), Some(held.parse().unwrap()));
            Asking { policy: &policy, is_loopback: false, proof, now }.lacking_at_once(&question)
        };
        let held = "products:read checkout:initiate orders:read";
        assert!(lacking("products:read orders:read cart:write", held).is_some_and(|demand| !demand.needs_passkey));
        // Checkout that is held is no part of what is given, unless it is asked for again: then it is the question.
        assert_eq!(lacking("products:read cart:write", held), None);
        assert!(lacking("products:read checkout:initiate", held).is_some_and(|demand| demand.needs_passkey));
        // Nor does it wait for what was taken back and stands beside it.
        assert!(
            lacking("products:read inventory:read checkout:initiate", held).is_some_and(|demand| demand.needs_passkey)
        );
    }
}
