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
    let mut version = Sha256::new();
    for key in keys(given, is_bundled) {
        version.update(locale.t(key));
        version.update([0]);
    }
    URL_SAFE_NO_PAD.encode(version.finalize())
}

/// The texts that say it, as one page would: with a box each, or bundled.
fn keys(given: ScopeSet, is_bundled: bool) -> Vec<&'static str> {
    let given: Vec<Scope> = given.iter().collect();
    let mut keys: Vec<&str> = if is_bundled {
        let sentences = Task::ALL.into_iter().filter_map(|task| Sentence::of(task, &given));
        sentences
            .flat_map(|sentence| [sentence.key, risk_key(sentence.riskiest)])
            .chain(["bundle-shared-detail"])
            .collect()
    } else {
        given.iter().flat_map(|scope| [sentence_key(*scope), detail_key(*scope), risk_key(*scope)]).collect()
    };
    keys.extend(NEVER);
    keys
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
        let before = |is_bundled| version(Locale::english(), scope, is_bundled);
        for key in ["scope-cart-write", "scope-products-read-detail", "risk-medium", "consent-never-pay"] {
            assert_ne!(version(&reworded(key), scope, false), before(false), "{key}");
        }
        for key in ["bundle-buy", "bundle-look", "bundle-shared-detail", "risk-high", "consent-never-cards"] {
            assert_ne!(version(&reworded(key), scope, true), before(true), "{key}");
        }
        for key in ["bundle-buy", "scope-orders-read", "scope-orders-read-detail", "risk-sensitive", "consent-asks"] {
            assert_eq!(version(&reworded(key), scope, false), before(false), "{key}");
        }
        for key in ["scope-cart-write", "scope-cart-write-detail", "bundle-stay", "risk-medium"] {
            assert_eq!(version(&reworded(key), scope, true), before(true), "{key}");
        }
    }

    /// Whoever changes one of these sentences asks every shopper who has agreed to it anew: right where the meaning is another, and to
    /// be weighed where it is not. Then what is expected here is changed with it.
    #[test]
    fn this_release_says_what_the_last_one_said() {
        let everything: ScopeSet =
            "products:read inventory:read cart:write checkout:initiate orders:read offline_access".parse().unwrap();
        let version = |(locale, is_bundled)| version(Locale::find(locale).unwrap(), everything, is_bundled);
        let expected = [
            "wlbeO6kSYY0fOip6hwzTR-MDBDSIH4WoSVldcoGif1M",
            "JWkTrqPEQXysOyw7ya1G4Sv9lFmy3kaumL5rjLrhBTU",
            "u5TG5Z4JuzYkyxJvnnysmKeIHU8tOMA0VgfeFpmlvSI",
            "QnljxHDFVKRQmNpnRT74CQ4QJNR80yB291Fmoz7EXlI",
        ];
        let found = [("en", false), ("en", true), ("de", false), ("de", true)].map(version);
        assert_eq!(found, expected, "every shopper who agreed to these is asked anew");
    }
}
