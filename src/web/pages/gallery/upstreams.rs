//! Samples of what can go wrong on the way to an account elsewhere and back.

use super::super::account::upstream_message::{Trouble, UpstreamMessage};
use super::account::to_consent;
use super::{Sample, anonymous};

pub(super) fn samples() -> Vec<Sample> {
    let message = |trouble: Trouble| {
        let view = UpstreamMessage {
            layout: anonymous(),
            trouble,
            provider: "Google",
            onward: to_consent(),
            is_link: trouble == Trouble::OfAnother,
            reference: "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11",
        };
        Sample::new(&format!("account/{}", trouble.keys().0), &view)
    };
    Trouble::ALL.into_iter().map(message).collect()
}
