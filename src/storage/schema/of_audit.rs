//! What lies beside the audit trail: networks, which are kept for a shorter time, and the ring of refusals.

use diesel::table;

table! {
    audit_networks (at, audit_id) {
        at -> BigInt,
        audit_id -> Text,
        network -> Text,
    }
}

table! {
    refusals (issuer_id, slot) {
        issuer_id -> Text,
        slot -> BigInt,
        at -> BigInt,
        reference_id -> Text,
        endpoint -> Text,
        error -> Text,
        reason -> Text,
        client_id -> Nullable<Text>,
        checked -> Nullable<Text>,
        expected -> Nullable<Text>,
        presented -> Nullable<Text>,
    }
}
