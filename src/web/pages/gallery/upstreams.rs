//! Samples of what can go wrong on the way to an account elsewhere and back.

use super::super::account::upstream_message::{Proving, Trouble, UpstreamMessage};
use super::account::{SEALED, to_consent};
use super::{Sample, anonymous, csrf};

pub(super) fn samples() -> Vec<Sample> {
    let view = |trouble: Trouble, proving| UpstreamMessage {
        layout: anonymous(),
        trouble,
        provider: "Google",
        onward: to_consent(),
        is_link: trouble == Trouble::OfAnother,
        reference: "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11",
        proving,
    };
    let message = |trouble: Trouble| Sample::new(&format!("account/{}", trouble.keys().0), &view(trouble, None));
    // What a shop's own plugin leaves to us.
    let proving = view(Trouble::Unvouched, Some(Proving { csrf: csrf(), unproved: SEALED }));
    let proving = Sample::new("account/upstream-unvouched-code", &proving);
    Trouble::ALL.into_iter().map(message).chain([proving]).collect()
}
