//! In which words a shopper was asked for permissions: what was agreed to was the sentences, not the names of scopes. Once they
//! read otherwise, the shopper is asked anew (spec/pages.md 5.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Scope, ScopeSet};

/// How a page put one permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The BCP 47 tag of the page's language.
    pub locale: String,
    /// Where it asked for everything at once, what that was: it decides on the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<ScopeSet>,
    /// The SHA-256, in base64url, of the sentences.
    pub version: String,
}

/// How the permissions of a grant were put, each when it was last asked for and given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wordings(BTreeMap<Scope, Wording>);

/// Whether the sentences for a permission are still what would be shown, in the language in which they were.
pub type Stands = fn(Scope, &Wording) -> bool;

impl Wordings {
    /// Whether all that is `held` was given in words that stand. An agent can stay connected by what it registered, which no
    /// sentence asks for (A53).
    pub fn stand_for(&self, held: ScopeSet, stands: Stands) -> bool {
        held.iter().all(|scope| match self.0.get(&scope) {
            Some(wording) => stands(scope, wording),
            None => scope == Scope::OfflineAccess,
        })
    }

    /// Those of what stays, and of what was given now.
    #[must_use]
    pub fn after_consent(mut self, stays: ScopeSet, given: &Self) -> Self {
        self.0.retain(|scope, _| stays.contains(*scope));
        self.0.extend(given.0.clone());
        self
    }
}

#[cfg(test)]
impl Wordings {
    pub(crate) fn sample(scope: ScopeSet) -> Self {
        let wording = Wording { locale: "en".to_owned(), bundle: None, version: "today's".to_owned() };
        scope.iter().map(|scope| (scope, wording.clone())).collect()
    }
}

impl FromIterator<(Scope, Wording)> for Wordings {
    fn from_iter<I: IntoIterator<Item = (Scope, Wording)>>(wordings: I) -> Self {
        Self(wordings.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wordings(scope: &str, version: &str) -> Wordings {
        let wording = Wording { locale: "en".to_owned(), bundle: None, version: version.to_owned() };
        scope.parse::<ScopeSet>().unwrap().iter().map(|scope| (scope, wording.clone())).collect()
    }

    fn stand_for(wordings: &Wordings, held: &str) -> bool {
        wordings.stand_for(held.parse().unwrap(), |_, wording| wording.version == "today's")
    }

    #[test]
    fn words_stand_when_the_newest_consent_to_each_permission_was_in_them() {
        let old = wordings("products:read orders:read", "older");
        let stays = "products:read orders:read".parse().unwrap();
        let both = old.clone().after_consent(stays, &wordings("products:read cart:write", "today's"));
        assert!(stand_for(&both, "products:read cart:write"));
        assert!(!stand_for(&both, "products:read cart:write orders:read"));
        assert!(!stand_for(&wordings("products:read", "today's").after_consent(stays, &old), "products:read"));
    }

    #[test]
    fn what_does_not_stay_and_what_nobody_was_asked_for_does_not_stand() {
        let held = wordings("orders:read", "today's");
        assert!(stand_for(&held, "orders:read"));
        assert!(!stand_for(&held, "cart:write"));
        let given = wordings("cart:write", "today's");
        assert_eq!(held.after_consent(ScopeSet::EMPTY, &given), given);
    }

    #[test]
    fn who_stays_connected_by_its_registration_was_asked_for_nothing() {
        assert!(stand_for(&Wordings::default(), "offline_access"));
        assert!(!stand_for(&wordings("offline_access", "older"), "offline_access"));
    }
}
