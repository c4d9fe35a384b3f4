//! Samples of the page on which a connected agent is changed, with what it may buy without asking.

use mcp_resource::wire::ScopeSet;
use mcp_resource::wire::money::Currency;

use crate::locale::Foreign;

use super::super::account::amounts::LimitFields;
use super::super::account::change::Change;
use super::super::account::places::Line;
use super::super::account::rule::{self, Offer};
use super::account::ceiling;
use super::purchases::{address, euros};
use super::{Sample, csrf, layout, moment};

pub(super) fn samples() -> Vec<Sample> {
    let change = |name, is_paused, limits| Change {
        rule: None,
        places: Vec::new(),
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
    let sending = |offer| Change { places: places(), ..ruled(offer) };
    let unticked = rule::Form::read("1,000.00", false, euros(8_000)).err();
    vec![
        Sample::new("account/change", &change(chat, false, Some(standing.clone()))),
        Sample::new("account/change-wrong", &change(chat, false, Some(typed))),
        Sample::new("account/change-paused", &change(None, true, None)),
        Sample::new("account/change-rule", &ruled(Offer::Form(rule::Form::new(euros(8_000))))),
        Sample::new("account/change-rule-addresses", &sending(Offer::Form(rule::Form::new(euros(8_000))))),
        Sample::new("account/change-rule-stands", &sending(Offer::Stands(euros(2_000)))),
        Sample::new("account/change-rule-nowhere", &ruled(Offer::Stands(euros(2_000)))),
        Sample::new("account/change-rule-limit", &ruled(Offer::NeedsLimit)),
        Sample::new("account/change-rule-proof", &ruled(Offer::NeedsProof("/sign-in".to_owned()))),
        Sample::new("account/change-rule-wrong", &ruled(unticked.map_or(Offer::NeedsLimit, Offer::Form))),
    ]
}

/// One that is kept, and one whose text has gone.
pub(super) fn places() -> Vec<Line> {
    vec![Line::Known(address()), Line::Forgotten(moment(-120 * 86_400))]
}
