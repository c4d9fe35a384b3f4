//! The addresses that a rule covers, as pages list them: what the store's server reported when the shopper approved them, and of
//! those whose text has gone (`[retention]`), that there is one.

use mcp_resource::wire::purchase::ShipTo;

use crate::domain::Timestamp;
use crate::keys::IssuerKeys;
use crate::locale::{Locale, Moment};
use crate::purchases::places::{Place, places};
use crate::storage::approval_rules::ApprovedDestination;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Known(ShipTo),
    /// First approved then.
    Forgotten(Moment),
}

pub(super) fn lines<'a>(
    kept: impl IntoIterator<Item = &'a ApprovedDestination>,
    keys: &IssuerKeys,
    (now, locale): (Timestamp, &Locale),
) -> Vec<Line> {
    let line = |place| match place {
        Place::Known(to) => Line::Known(to),
        Place::Forgotten(at) => Line::Forgotten(Moment::new(at, now, locale)),
    };
    places(keys, kept).into_iter().map(line).collect()
}
