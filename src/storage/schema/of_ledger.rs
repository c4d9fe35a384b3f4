//! What counts against the ceilings of grants.

use diesel::table;

table! {
    ledger_periods (grant_id, period, currency) {
        grant_id -> Text,
        period -> Text,
        currency -> Text,
        counted -> BigInt,
    }
}

table! {
    reservations (purchase_id) {
        purchase_id -> Text,
        grant_id -> Text,
        period -> Text,
        currency -> Text,
        amount -> BigInt,
        state -> Text,
        reserved_at -> BigInt,
        until -> BigInt,
        order_id -> Nullable<Text>,
    }
}
