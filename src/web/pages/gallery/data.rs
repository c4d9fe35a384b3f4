//! Samples of "Your data", of deleting an account, and of what agents did.

use std::time::Duration;

use super::super::account::data::Data;
use super::super::account::delete::Delete;
use super::super::account::doings::{Done, Order};
use super::{Sample, csrf, layout, moment};

const DAY: Duration = Duration::from_hours(24);

pub(super) fn samples() -> Vec<Sample> {
    let data = Data { layout: layout(), csrf: csrf(), addresses: 90 * DAY };
    let delete = |orders| Delete { layout: layout(), csrf: csrf(), orders };
    vec![
        Sample::new("account/data", &data),
        Sample::new("account/delete", &delete(3_653 * DAY)),
        Sample::new("account/delete-soon", &delete(DAY)),
    ]
}

/// Of a card that has some.
pub(super) fn done() -> Done {
    let order = |id: &str, total: &str, days: i64| Order {
        id: id.to_owned(),
        total: total.to_owned(),
        at: moment(-days * 86_400),
    };
    Done {
        last: Some(("action-add-to-cart", moment(-10_800))),
        orders: vec![order("FF-10231", "46.00 EUR", 2), order("<b>FF-10198</b>", "1,290.00 EUR", 9)],
        older: 4,
    }
}
