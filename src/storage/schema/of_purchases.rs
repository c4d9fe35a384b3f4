//! The tables of purchases.

use diesel::table;

table! {
    purchases (id) {
        id -> Text,
        issuer_id -> Text,
        grant_id -> Text,
        connection_id -> Text,
        shopper_id -> Text,
        client_id -> Text,
        resource -> Text,
        checkout_id -> Text,
        cart_id -> Text,
        jti -> Nullable<Text>,
        is_elevation -> Bool,
        document -> Text,
        digest -> Binary,
        destination -> Nullable<Binary>,
        stage -> Text,
        rule_id -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
        extended_at -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        consumed_at -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
        order_id -> Nullable<Text>,
        address_forgotten_at -> Nullable<BigInt>,
        mailed_at -> Nullable<BigInt>,
    }
}

table! {
    purchase_declines (grant_id) {
        grant_id -> Text,
        in_a_row -> BigInt,
        silenced_at -> Nullable<BigInt>,
    }
}

table! {
    approval_rules (grant_id) {
        grant_id -> Text,
        id -> Text,
        currency -> Text,
        most -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    approved_destinations (grant_id, digest) {
        grant_id -> Text,
        digest -> Binary,
        approved_at -> BigInt,
    }
}
