//! What stays of accounts that are no more.

use diesel::table;

table! {
    deleted_shoppers (shopper_id) {
        shopper_id -> Text,
        issuer_id -> Text,
        deleted_at -> BigInt,
        has_orders -> Bool,
    }
}
