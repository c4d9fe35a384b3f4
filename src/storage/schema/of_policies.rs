//! The tables of what the merchant lets agents be.

use diesel::table;

table! {
    agent_policies (issuer_id) {
        issuer_id -> Text,
        class_unverified -> Text,
        class_domain_verified -> Text,
        class_key_verified -> Text,
        class_approved -> Text,
        registration -> Text,
        checkout_links -> Bool,
        approval_rules -> Bool,
        longest_elevation -> Nullable<Text>,
        checkout_max_age -> Nullable<BigInt>,
        checkout_passkey -> Bool,
        checkout_purchases -> Bool,
        revision -> BigInt,
    }
}

table! {
    host_rules (issuer_id, host) {
        issuer_id -> Text,
        host -> Text,
        effect -> Text,
        created_by -> Text,
        created_at -> BigInt,
    }
}

table! {
    private_use_uris (issuer_id, uri) {
        issuer_id -> Text,
        uri -> Text,
        created_by -> Text,
        created_at -> BigInt,
    }
}
