//! What the consent page says of each permission, word for word: the sentence that a shopper agrees to, and the risk that stands
//! beside it, in words and in colour (S1-14, S2-08). Who changes a text or a level changes it here as well, and has looked.

use super::super::samples_in;
use super::between;
use crate::locale::Locale;

/// A permission as it is shown: its scope, the style of its risk, the risk in words, the sentence, what stands below.
type Shown = [String; 5];

fn page(name: &str, locale: &'static Locale) -> String {
    samples_in(locale).into_iter().find(|sample| sample.name == name).unwrap().html.unwrap()
}

/// What stands between the tag that `open` begins and `close`.
fn text(html: &str, open: &str, close: &str) -> String {
    between(html, open, close).first().unwrap().split_once('>').unwrap().1.to_owned()
}

fn shown(html: &str, sentence: (&str, &str), below: &str) -> Shown {
    let first = |start, end| (*between(html, start, end).first().unwrap()).to_owned();
    [
        first("name=\"scope\" value=\"", "\""),
        first("class=\"risk ", "\""),
        text(html, "<span class=\"risk ", "</span>"),
        text(html, sentence.0, sentence.1),
        text(html, below, "</p>"),
    ]
}

/// Each with a box.
fn choices(html: &str) -> Vec<Shown> {
    let choices = between(html, "<div class=\"choice\">", "</div>");
    choices.into_iter().map(|choice| shown(choice, ("<label ", "</label>"), "<p")).collect()
}

/// The one that a step-up asks for.
fn single(html: &str) -> Shown {
    let section = between(html, "<section class=\"card single\"", "</section>").concat();
    shown(&section, ("<p class=\"sentence\"", "</p>"), "<p class=\"quiet\"")
}

#[test]
fn each_permission_is_asked_for_in_its_own_words_with_its_own_risk() {
    let first = choices(&page("account/consent-first", Locale::english()));
    assert_eq!(
        first,
        [
            [
                "products:read",
                "low",
                "Low risk",
                "Browse products and prices",
                "It can search the catalog and read product pages. Needed for anything else."
            ],
            [
                "inventory:read",
                "low",
                "Low risk",
                "See what is in stock",
                "It can check whether a size or colour is available."
            ],
            [
                "cart:write",
                "medium",
                "Medium risk",
                "Add or remove items in your cart",
                "Nothing is bought: you can change the cart at any time."
            ],
            [
                "checkout:initiate",
                "high",
                "High risk",
                "Start a checkout for you to confirm",
                "It prepares the order. Only you can approve and pay."
            ],
            [
                "orders:read",
                "sensitive",
                "Sensitive",
                "See your orders and delivery address",
                "Past orders, where they were sent, and where they are now."
            ],
            [
                "offline_access",
                "low",
                "Low risk",
                "Stay connected",
                "It need not ask you again each time. Without this, access ends within the hour."
            ],
        ]
    );
    let step_up = single(&page("account/consent-step-up", Locale::english()));
    assert_eq!(
        step_up,
        [
            "checkout:initiate",
            "high",
            "High risk",
            "Start a checkout for you to confirm",
            "It prepares the order. Only you can approve and pay."
        ]
    );
}

#[test]
fn each_permission_is_asked_for_in_its_own_german_words_with_its_own_risk() {
    let german = Locale::find("de").unwrap();
    let first: Vec<[String; 3]> = choices(&page("account/consent-first", german))
        .into_iter()
        .map(|[scope, _, risk, sentence, _]| [scope, risk, sentence])
        .collect();
    assert_eq!(
        first,
        [
            ["products:read", "Geringes Risiko", "Produkte und Preise ansehen"],
            ["inventory:read", "Geringes Risiko", "Sehen, was lieferbar ist"],
            ["cart:write", "Mittleres Risiko", "Artikel in Ihren Warenkorb legen oder herausnehmen"],
            ["checkout:initiate", "Hohes Risiko", "Einen Einkauf vorbereiten, den Sie bestätigen"],
            ["orders:read", "Vertraulich", "Ihre Bestellungen und Lieferadresse sehen"],
            ["offline_access", "Geringes Risiko", "Verbunden bleiben"],
        ]
    );
    let [scope, _, risk, sentence, _] = single(&page("account/consent-step-up", german));
    assert_eq!(
        [scope, risk, sentence],
        ["checkout:initiate", "Hohes Risiko", "Einen Einkauf vorbereiten, den Sie bestätigen"]
    );
}
