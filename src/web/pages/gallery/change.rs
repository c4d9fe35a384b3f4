//! Samples of the page on which a connected agent is changed, with what it may buy without asking.

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::money::Currency;

use crate::locale::Foreign;

use super::super::account::amounts::LimitFields;
use super::super::account::change::Change;
use super::super::account::rule::{self, Offer};
use super::account::ceiling;
use super::purchases::euros;
use super::{Sample, csrf, layout};

pub(super) fn samples() -> Vec<Sample> {
    let change = |name, is_paused, limits| Change {
        rule: None,
        layout: layout(),
        csrf: csrf(),
        grant: "gr_018f",
        name,
        permissions: ScopeSet::STORE.iter().map(|scope| (scope, true)).collect(),
        limits,
        is_paused,
        nothing_would_be_left: is_paused,
    };
    let chat = Some(Foreign("ChatGPT"));
    let standing = LimitFields::new(ceiling(8_000, 20_000), Currency::EUR, None);
    let typed = LimitFields::read(("90", "much"), Currency::EUR, ceiling(8_000, 20_000));
    let typed = typed.err().map_or_else(|| standing.clone(), |again| *again);
    let ruled = |offer| Change { rule: Some(offer), ..change(chat, false, Some(standing.clone())) };
    let unticked = rule::Form::read("1,000.00", false, euros(8_000)).err();
    vec![
        Sample::new("account/change", &change(chat, false, Some(standing.clone()))),
        Sample::new("account/change-wrong", &change(chat, false, Some(typed))),
        Sample::new("account/change-paused", &change(None, true, None)),
        Sample::new("account/change-rule", &ruled(Offer::Form(rule::Form::new(euros(8_000))))),
        Sample::new("account/change-rule-stands", &ruled(Offer::Stands(euros(2_000)))),
        Sample::new("account/change-rule-limit", &ruled(Offer::NeedsLimit)),
        Sample::new("account/change-rule-proof", &ruled(Offer::NeedsProof("/sign-in".to_owned()))),
        Sample::new("account/change-rule-wrong", &ruled(unticked.map_or(Offer::NeedsLimit, Offer::Form))),
    ]
}
