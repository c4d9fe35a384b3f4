//! What a shopper is asked, and what the answer gives (spec/pages.md 5.2, 5.3; decision 3).

use super::grant::new_permissions;
use super::{Scope, ScopeSet, Timestamp};

/// The question of one authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentQuestion {
    pub choices: Vec<Choice>,
    /// Of a step-up: what was requested and is held already. Given without being asked again.
    pub kept: ScopeSet,
    /// The client has a live grant of this shopper for this resource, and asks for something new.
    pub is_step_up: bool,
    /// All or nothing, as the merchant has decided for this client: one sentence a group and no boxes (spec/platforms.md 3.2).
    pub is_bundled: bool,
}

/// One permission that can be given or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub scope: Scope,
    pub is_ticked: bool,
    pub is_required: bool,
}

/// How old a sign-in may be for what is sensitive (spec/pages.md 5.3, rule 11).
pub const FRESH: std::time::Duration = std::time::Duration::from_mins(10);

impl ConsentQuestion {
    /// `held` is what the live grant holds, if there is one; with `offline_access` if it stays connected.
    pub fn of(requested: ScopeSet, held: Option<ScopeSet>) -> Self {
        let new = new_permissions(requested, held.unwrap_or(ScopeSet::EMPTY));
        if let Some(held) = held.filter(|_| !new.is_empty()) {
            // What was refused or taken back is no step by itself (decision 3), and beside one it is a choice again: only what is held
            // is kept.
            let kept = requested.intersection(held).difference(new);
            // Nothing is pre-ticked.
            let choice = |scope| Choice { scope, is_ticked: false, is_required: false };
            return Self {
                choices: requested.difference(kept).iter().map(choice).collect(),
                kept,
                is_step_up: true,
                is_bundled: false,
            };
        }
        let choice = |scope| Choice {
            scope,
            // spec/pages.md 5.3, rule 5: nothing beyond the browse set is pre-ticked. To stay connected permits nothing (A53).
            is_ticked: ScopeSet::BROWSE.with(Scope::OfflineAccess).contains(scope),
            // Without seeing products there is nothing an agent could do.
            is_required: scope == Scope::ProductsRead,
        };
        let choices = requested.iter().map(choice).collect();
        Self { choices, kept: ScopeSet::EMPTY, is_step_up: false, is_bundled: false }
    }

    /// In the form that the merchant has chosen for the client.
    #[must_use]
    pub fn in_form(self, is_bundled: bool) -> Self {
        Self { is_bundled, ..self }
    }

    /// What the page asks about.
    pub fn asked(&self) -> ScopeSet {
        self.choices.iter().map(|choice| choice.scope).collect()
    }

    /// All that was requested, kept or asked about.
    pub fn requested(&self) -> ScopeSet {
        self.kept.union(self.asked())
    }

    /// The one new permission of a step-up: then it is itself the question, and to allow is to give it. What was refused or taken
    /// back can be given beside it.
    pub fn single(&self) -> Option<Scope> {
        let mut new = new_permissions(self.asked(), ScopeSet::EMPTY).iter();
        let first = new.next().filter(|_| self.is_step_up && !self.is_bundled);
        first.filter(|_| new.next().is_none())
    }

    /// What is given when `ticked` came back with Allow; `None` when that would be nothing.
    pub fn given(&self, ticked: ScopeSet) -> Option<ScopeSet> {
        if self.is_bundled {
            return Some(self.requested());
        }
        let single = self.single();
        let is_chosen =
            |choice: &&Choice| choice.is_required || single == Some(choice.scope) || ticked.contains(choice.scope);
        let chosen: ScopeSet = self.choices.iter().filter(is_chosen).map(|choice| choice.scope).collect();
        // spec/pages.md 5.3, rule 6: who asks for everything each time (H8) can be given none of what is new, and goes on with
        // what it had.
        let given = chosen.union(self.kept);
        // To stay connected without any permission is no answer.
        (!given.without(Scope::OfflineAccess).is_empty()).then_some(given)
    }
}

/// Whether giving `scope` needs a sign-in that is fresh: reading orders everywhere, and where cookies are shared with other
/// local servers everything that widens (design §5, §6).
pub fn needs_fresh_sign_in(scope: ScopeSet, is_loopback: bool) -> bool {
    let widens = !scope.difference(ScopeSet::BROWSE).without(Scope::OfflineAccess).is_empty();
    scope.contains(Scope::OrdersRead) || (is_loopback && widens)
}

pub fn is_fresh(authenticated_at: Timestamp, now: Timestamp) -> bool {
    now.since(authenticated_at) <= FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> ScopeSet {
        text.parse().unwrap()
    }

    #[test]
    fn at_first_only_the_browse_set_is_ticked_and_each_other_permission_can_be_left_out() {
        let question = ConsentQuestion::of(set("products:read inventory:read cart:write checkout:initiate"), None);
        let ticked: Vec<Scope> = question.choices.iter().filter(|c| c.is_ticked).map(|c| c.scope).collect();
        assert_eq!(ticked, [Scope::ProductsRead, Scope::InventoryRead]);
        assert_eq!(question.given(set("cart:write")), Some(set("products:read cart:write")));
    }

    #[test]
    fn a_step_up_asks_only_for_what_is_new_and_always_for_checkout() {
        let held = Some(set("products:read cart:write checkout:initiate"));
        let question = ConsentQuestion::of(set("products:read cart:write checkout:initiate"), held);
        assert!(question.is_step_up);
        assert_eq!(question.choices.iter().map(|c| c.scope).collect::<Vec<_>>(), [Scope::CheckoutInitiate]);
        assert_eq!(question.single(), Some(Scope::CheckoutInitiate));
        assert_eq!(question.given(ScopeSet::EMPTY), Some(set("products:read cart:write checkout:initiate")));
    }

    #[test]
    fn an_agent_that_asks_for_everything_again_can_go_on_with_what_it_had() {
        let held = set("products:read inventory:read cart:write");
        let question = ConsentQuestion::of(set("products:read cart:write checkout:initiate orders:read"), Some(held));
        assert_eq!(question.single(), None);
        assert_eq!(question.given(ScopeSet::EMPTY), Some(set("products:read cart:write")));
        assert_eq!(question.given(set("orders:read")), Some(set("products:read cart:write orders:read")));
    }

    #[test]
    fn what_was_refused_or_taken_back_is_a_choice_beside_what_is_new_and_not_kept() {
        let requested = set("products:read inventory:read cart:write offline_access");
        let question = ConsentQuestion::of(requested, Some(set("products:read")));
        assert_eq!((question.is_step_up, question.kept), (true, set("products:read")));
        assert!(question.choices.iter().all(|choice| !choice.is_ticked));
        assert_eq!(question.single(), Some(Scope::CartWrite), "what is new is the question, and the rest is beside it");
        assert_eq!(question.given(ScopeSet::EMPTY), Some(set("products:read cart:write")));
        assert_eq!(question.given(set("cart:write inventory:read offline_access")), Some(requested));
        // By itself it is no step: everything is asked for as at first.
        assert!(!ConsentQuestion::of(set("products:read inventory:read"), Some(set("products:read"))).is_step_up);
    }

    #[test]
    fn to_stay_connected_without_any_permission_is_no_answer() {
        let question = ConsentQuestion::of(set("cart:write orders:read offline_access"), None);
        assert_eq!(question.given(set("offline_access")), None);
        assert_eq!(question.given(set("offline_access orders:read")), Some(set("orders:read offline_access")));
        let question = ConsentQuestion::of(set("cart:write orders:read offline_access"), Some(set("offline_access")));
        assert_eq!(question.given(ScopeSet::EMPTY), None, "nor is it when it stays already");
    }

    #[test]
    fn a_bundle_gives_what_was_asked_for_and_nothing_else() {
        let asked = set("products:read cart:write checkout:initiate");
        for held in [None, Some(set("products:read cart:write"))] {
            let question = ConsentQuestion::of(asked, held).in_form(true);
            assert_eq!(question.given(ScopeSet::EMPTY), Some(asked));
            assert_eq!(question.given(set("orders:read")), Some(asked));
        }
    }

    #[test]
    fn what_was_not_asked_for_cannot_be_ticked() {
        let question = ConsentQuestion::of(set("products:read"), None);
        assert_eq!(question.given(set("orders:read admin:full")), Some(set("products:read")));
    }

    #[test]
    fn a_known_agent_that_asks_for_nothing_new_is_asked_as_if_it_were_new() {
        let question = ConsentQuestion::of(set("products:read cart:write"), Some(set("products:read cart:write")));
        assert!(!question.is_step_up);
        assert_eq!(question.choices.len(), 2);
        assert!(!question.choices[1].is_ticked);
    }
}
