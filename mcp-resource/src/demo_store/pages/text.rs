//! Every text of the store's pages, in English. One place, so that another language is one more of these.

use std::time::Duration;

use crate::shop::results::{CheckoutState, ShippingMethod};

pub(super) struct Text {
    pub store: &'static str,
    pub title: &'static str,
    pub sandbox: &'static str,
    pub lines: &'static str,
    pub item: &'static str,
    pub quantity: &'static str,
    pub price: &'static str,
    pub each: &'static str,
    pub subtotal: &'static str,
    pub total: &'static str,
    pub tax: &'static str,
    pub note: &'static str,
    pub reference: &'static str,
}

pub(super) const ENGLISH: Text = Text {
    store: "Fern & Field",
    title: "Your checkout",
    sandbox: "Sandbox: nothing here is real",
    lines: "Items",
    item: "Item",
    quantity: "Quantity",
    price: "Price",
    each: "each",
    subtotal: "Subtotal",
    total: "Total",
    tax: "Tax included",
    note: "This is a demo store: payments are made up, and nothing is sent. Nothing can be bought on this page.",
    reference: "Reference:",
};

/// Heading and explanation.
pub(super) const fn state(state: Option<CheckoutState>) -> (&'static str, &'static str) {
    match state {
        Some(CheckoutState::AwaitingApproval) => (
            "Your agent prepared this checkout",
            "Nothing is bought before you approve it. Your agent shows you the link to the page where you sign in and decide, \
             and you find it under Connected agents. If something is wrong, tell your agent: it can change the cart.",
        ),
        Some(CheckoutState::Approved) => ("You approved this", "The order is being placed."),
        Some(CheckoutState::Completed) => ("This is ordered", "Your agent can tell you how the order goes on."),
        Some(CheckoutState::Declined) => ("You said no to this", "Nothing was bought."),
        Some(CheckoutState::Cancelled) => (
            "No order came of this",
            "What you approved could not be sold any more, or the agent's access ended. Nothing was paid.",
        ),
        Some(CheckoutState::Expired) => {
            ("This checkout has expired", "Ask your agent to start a new one if you still want these things.")
        }
        Some(CheckoutState::Superseded) => {
            ("There is a newer checkout", "Your cart was changed after this one. Ask your agent for the new link.")
        }
        None => ("No checkout here", "The link is incomplete, or the checkout is long over."),
    }
}

/// The page of a checkout cannot be read now.
pub(super) const UNAVAILABLE: (&str, &str) =
    ("This page cannot be shown right now", "Nothing was bought or changed. Try again in a minute.");

pub(super) const fn shipping(method: ShippingMethod) -> &'static str {
    match method {
        ShippingMethod::Standard => "Standard shipping",
        ShippingMethod::Express => "Express shipping",
        ShippingMethod::Pickup => "Pickup at the store",
    }
}

pub(super) fn time_left(left: Duration) -> String {
    match left.as_secs().div_ceil(60) {
        0 => "No time left.".to_owned(),
        1 => "Less than a minute left.".to_owned(),
        minutes => format!("{minutes} minutes left."),
    }
}
