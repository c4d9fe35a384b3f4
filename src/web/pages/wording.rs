//! The sentences that say what an agent may do and what it never can, as a version: whoever agreed to others is asked anew
//! (spec/pages.md 5.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::{Scope, ScopeSet};
use sha2::{Digest as _, Sha256};

use super::account::consent_bundle::Sentence;
use super::scopes::{Task, detail_key, risk_key, sentence_key};
use crate::domain::consent::ConsentQuestion;
use crate::domain::wording::{Wording, Wordings};
use crate::locale::Locale;

/// What no agent can do, whatever is given: part of what every permission means.
pub const NEVER: [&str; 4] =
    ["consent-never-cards", "consent-never-pay", "consent-never-refunds", "consent-never-account"];

/// How `locale` puts what `question` asks for and is `given`. What a step-up keeps it does not ask for again.
pub fn of(locale: &Locale, question: &ConsentQuestion, given: ScopeSet) -> Wordings {
    let asked = question.asked();
    let bundle = question.is_bundled.then_some(asked);
    given.intersection(asked).iter().map(|scope| (scope, put(locale, scope, bundle))).collect()
}

/// With a box of its own, or in a bundle.
fn put(locale: &Locale, scope: Scope, bundle: Option<ScopeSet>) -> Wording {
    let mut version = Sha256::new();
    for key in keys(scope, bundle) {
        version.update(locale.t(key));
        version.update([0]);
    }
    Wording { locale: locale.tag().to_owned(), bundle, version: URL_SAFE_NO_PAD.encode(version.finalize()) }
}

/// The texts that say it.
fn keys(scope: Scope, bundle: Option<ScopeSet>) -> Vec<&'static str> {
    let mut keys = match bundle.and_then(|asked| Sentence::of(Task::of(scope), asked)) {
        Some(sentence) => vec![sentence.key, risk_key(sentence.riskiest), "bundle-shared-detail"],
        None => vec![sentence_key(scope), detail_key(scope), risk_key(scope)],
    };
    keys.extend(NEVER);
    keys
}

/// Whether it reads the same today. In a language that is no longer there, nothing does.
pub fn stands(scope: Scope, wording: &Wording) -> bool {
    Locale::find(&wording.locale).is_some_and(|locale| put(locale, scope, wording.bundle) == *wording)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_to_stands_while_it_reads_the_same_in_the_language_of_the_consent() {
        let scope = Scope::CartWrite;
        let bundle = Some("products:read cart:write checkout:initiate".parse().unwrap());
        let wording = put(Locale::english(), scope, None);
        assert!(stands(scope, &wording) && stands(scope, &put(Locale::find("de").unwrap(), scope, bundle)));
        let changed = [
            Wording { version: "older".to_owned(), ..wording.clone() },
            Wording { locale: "de".to_owned(), ..wording.clone() },
            Wording { bundle, ..wording.clone() },
        ];
        assert_eq!(changed.iter().filter(|wording| stands(scope, wording)).count(), 0);
        assert!(!stands(Scope::ProductsRead, &wording));
    }

    #[test]
    fn a_language_that_is_gone_takes_its_words_along() {
        let wording = put(Locale::english(), Scope::ProductsRead, None);
        for locale in ["xx", "en-GB", ""] {
            assert!(
                !stands(Scope::ProductsRead, &Wording { locale: locale.to_owned(), ..wording.clone() }),
                "{locale}"
            );
        }
    }

    #[test]
    fn only_what_the_page_asked_for_is_put_in_its_words() {
        let held = "products:read inventory:read".parse().unwrap();
        let requested: ScopeSet = "products:read inventory:read cart:write orders:read".parse().unwrap();
        let question = ConsentQuestion::of(requested, Some(held));
        let cart = [(Scope::CartWrite, put(Locale::english(), Scope::CartWrite, None))];
        let given = question.given(ScopeSet::of(&[Scope::CartWrite])).unwrap();
        assert_eq!(of(Locale::english(), &question, given), cart.into_iter().collect());
        // The sentence for cart and checkout together was not on the page of a bundle that had the cart already.
        let step =
            ConsentQuestion::of("cart:write checkout:initiate".parse().unwrap(), Some("cart:write".parse().unwrap()));
        let step = step.in_form(true);
        let found = of(Locale::english(), &step, step.given(ScopeSet::EMPTY).unwrap());
        let alone = Some(ScopeSet::of(&[Scope::CheckoutInitiate]));
        let checkout = [(Scope::CheckoutInitiate, put(Locale::english(), Scope::CheckoutInitiate, alone))];
        assert_eq!(found, checkout.into_iter().collect());
    }

    #[test]
    fn every_sentence_for_a_permission_counts_and_no_other() {
        let reworded = |changed| Locale::english_with(changed, "Something else");
        let bundle = Some("products:read checkout:initiate cart:write".parse().unwrap());
        for (key, by_choice, bundled) in [
            ("scope-cart-write", true, false),
            ("scope-cart-write-detail", true, false),
            ("risk-medium", true, false),
            ("consent-never-pay", true, true),
            ("consent-never-cards", true, true),
            ("bundle-buy", false, true),
            ("bundle-shared-detail", false, true),
            ("risk-high", false, true),
            ("scope-products-read", false, false),
            ("scope-products-read-detail", false, false),
            ("scope-checkout-initiate", false, false),
            ("bundle-look", false, false),
            ("consent-asks", false, false),
        ] {
            let differs = |bundle| {
                put(&reworded(key), Scope::CartWrite, bundle) != put(Locale::english(), Scope::CartWrite, bundle)
            };
            assert_eq!((differs(None), differs(bundle)), (by_choice, bundled), "{key}");
        }
    }

    /// Whoever changes one of these sentences asks every shopper who has agreed to it anew: right where the meaning is another, and to
    /// be weighed where it is not. Then what is expected here is changed with it.
    #[test]
    fn this_release_says_what_the_last_one_said() {
        let everything: ScopeSet =
            "products:read inventory:read cart:write checkout:initiate orders:read offline_access".parse().unwrap();
        let said = |tag: &str, bundle: Option<ScopeSet>| {
            let mut said = Sha256::new();
            for scope in everything.iter() {
                said.update(put(Locale::find(tag).unwrap(), scope, bundle).version);
            }
            URL_SAFE_NO_PAD.encode(said.finalize())
        };
        let found = [("en", None), ("en", Some(everything)), ("de", None), ("de", Some(everything))];
        let found = found.map(|(tag, bundle)| said(tag, bundle));
        let expected = [
            "blALQ0fOe_E2o6erZMRsxsKmNnQzOAFD14sVtbrSW3o",
            "W_utR7tKJ6ul-2KbnGEtdCNqLTQJePJ6XIDC6NNhuh0",
            "-4clOF1qhi68-XsQ_9pXSJwiLLHaPAKsubT2ZHQ4ZlY",
            "2-afXWWY1zvsaLZKv_7pmA7zLneU3k4TwHiZN7ZoFbA",
        ];
        assert_eq!(found, expected, "every shopper who agreed to these is asked anew");
    }
}
