//! In which words a shopper was asked for permissions: what was agreed to was the sentences, not the names of scopes. Once they
//! read otherwise, the shopper is asked anew (spec/pages.md 5.2).

use super::ScopeSet;

/// How the permissions of one consent were put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What was given.
    pub scope: ScopeSet,
    /// The BCP 47 tag of the page's language.
    pub locale: String,
    /// Asked for everything at once.
    pub is_bundled: bool,
    /// The SHA-256, in base64url, of the sentences for `scope`.
    pub version: String,
}

#[cfg(test)]
impl Wording {
    pub(crate) fn sample(scope: ScopeSet) -> Self {
        Self { scope, locale: "en".to_owned(), is_bundled: false, version: "today's".to_owned() }
    }
}

/// Whether the sentences of a wording are still what would be shown, in its own language.
pub type Stands = fn(&Wording) -> bool;

/// Whether all that is held was given in words that stand. For each permission the newest consent to it counts.
pub fn is_held_as_worded(held: ScopeSet, newest_first: &[Wording], stands: Stands) -> bool {
    held.iter().all(|scope| newest_first.iter().find(|wording| wording.scope.contains(scope)).is_some_and(stands))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(scope: &str, version: &str) -> Wording {
        Wording { version: version.to_owned(), ..Wording::sample(scope.parse().unwrap()) }
    }

    fn holds(held: &str, newest_first: &[Wording]) -> bool {
        is_held_as_worded(held.parse().unwrap(), newest_first, |wording| wording.version == "today's")
    }

    #[test]
    fn words_stand_when_the_newest_consent_to_each_permission_was_in_them() {
        let (new, old) =
            (wording("products:read cart:write", "today's"), wording("products:read orders:read", "older"));
        assert!(holds("products:read cart:write", &[new.clone(), old.clone()]));
        assert!(!holds("products:read cart:write orders:read", &[new.clone(), old.clone()]));
        assert!(!holds("products:read", &[old, new]));
    }

    #[test]
    fn what_was_taken_back_no_longer_counts_and_what_nobody_was_asked_for_does_not_stand() {
        assert!(holds("cart:write", &[wording("cart:write", "today's"), wording("orders:read", "older")]));
        assert!(!holds("orders:read", &[wording("cart:write", "today's")]));
    }
}
