//! The sentences that say what an agent may do and what it never can, as a version: whoever agreed to others is asked anew
//! (spec/pages.md 5.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::{Scope, ScopeSet};
use sha2::{Digest as _, Sha256};

use super::account::consent_bundle::Sentence;
use super::scopes::{Task, detail_key, risk_key, sentence_key};
use crate::domain::wording::Wording;
use crate::locale::Locale;

/// What no agent can do, whatever is given: part of what every permission means.
pub const NEVER: [&str; 4] =
    ["consent-never-cards", "consent-never-pay", "consent-never-refunds", "consent-never-account"];

/// How `locale` puts `given`.
pub fn of(locale: &Locale, given: ScopeSet, is_bundled: bool) -> Wording {
    let version = version(locale, given, is_bundled);
    Wording { scope: given, locale: locale.tag().to_owned(), is_bundled, version }
}

/// Texts of other permissions do not change it.
fn version(locale: &Locale, given: ScopeSet, is_bundled: bool) -> String {
    let given: Vec<Scope> = given.iter().collect();
    let of_scope = |scope: &Scope| [sentence_key(*scope), detail_key(*scope), risk_key(*scope)];
    let bundled = Task::ALL.into_iter().filter(|_| is_bundled).filter_map(|task| Sentence::of(task, &given));
    let keys = given.iter().flat_map(of_scope).chain(bundled.map(|sentence| sentence.key)).chain(NEVER);
    let mut version = Sha256::new();
    for key in keys {
        version.update(locale.t(key));
        version.update([0]);
    }
    URL_SAFE_NO_PAD.encode(version.finalize())
}

/// Whether it reads the same today. In a language that is no longer there, nothing does.
pub fn stands(wording: &Wording) -> bool {
    let locale = Locale::find(&wording.locale).filter(|locale| locale.tag() == wording.locale);
    locale.is_some_and(|locale| version(locale, wording.scope, wording.is_bundled) == wording.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_to_stands_while_it_reads_the_same_in_the_language_of_the_consent() {
        let cart: ScopeSet = "products:read cart:write".parse().unwrap();
        let wording = of(Locale::english(), cart, false);
        assert!(stands(&wording) && stands(&of(Locale::find("de").unwrap(), cart, true)));
        let changed = [
            Wording { version: "older".to_owned(), ..wording.clone() },
            Wording { locale: "de".to_owned(), ..wording.clone() },
            Wording { is_bundled: true, ..wording.clone() },
            Wording { scope: "products:read".parse().unwrap(), ..wording.clone() },
        ];
        assert_eq!(changed.iter().filter(|wording| stands(wording)).count(), 0);
    }

    #[test]
    fn a_language_that_is_gone_takes_its_words_along() {
        let wording = of(Locale::english(), ScopeSet::BROWSE, false);
        for locale in ["xx", "en-GB", ""] {
            assert!(!stands(&Wording { locale: locale.to_owned(), ..wording.clone() }), "{locale}");
        }
    }

    #[test]
    fn every_sentence_on_the_page_counts_and_no_other() {
        let reworded = |changed| Locale::english_with(changed, "Something else");
        let scope: ScopeSet = "products:read checkout:initiate cart:write".parse().unwrap();
        let before = |is_bundled| version(&reworded("consent-stop"), scope, is_bundled);
        for key in ["scope-cart-write", "scope-products-read-detail", "risk-high", "consent-never-pay"] {
            assert_ne!(version(&reworded(key), scope, false), before(false), "{key}");
        }
        assert_ne!(version(&reworded("bundle-buy"), scope, true), before(true));
        for key in ["bundle-buy", "scope-orders-read", "scope-orders-read-detail", "risk-sensitive", "consent-asks"] {
            assert_eq!(version(&reworded(key), scope, false), before(false), "{key}");
        }
    }
}
