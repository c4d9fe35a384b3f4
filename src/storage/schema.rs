//! The tables as diesel sees them: portable column types only, alike on both databases (style.md 4.7).

use diesel::table;

mod of_audit;
mod of_ledger;
mod of_policies;
mod of_purchases;
mod of_shoppers;

pub use of_audit::{audit_networks, refusals};
pub use of_ledger::{ledger_periods, reservations};
pub use of_policies::{agent_policies, host_rules, private_use_uris};
pub use of_purchases::{approval_rules, approved_destinations, purchase_declines, purchases};
pub use of_shoppers::deleted_shoppers;

table! {
    stores (id) {
        id -> Text,
        name -> Text,
        currency -> Text,
        time_zone -> Text,
        locale -> Text,
        contact -> Nullable<Text>,
        privacy_url -> Nullable<Text>,
        terms_url -> Nullable<Text>,
        shop_may_read_orders -> Bool,
        created_at -> BigInt,
    }
}

table! {
    issuers (id) {
        id -> Text,
        store_id -> Text,
        environment -> Text,
        url -> Text,
        feed_position -> BigInt,
        audit_sequence -> BigInt,
        created_at -> BigInt,
        went_back_at -> Nullable<BigInt>,
    }
}

table! {
    secret_versions (version) {
        version -> BigInt,
        activated_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

table! {
    signing_keys (kid) {
        kid -> Text,
        issuer_id -> Text,
        public_jwk -> Text,
        sealed_private_jwk -> Text,
        created_at -> BigInt,
        activated_at -> Nullable<BigInt>,
        retired_at -> Nullable<BigInt>,
    }
}

table! {
    resource_servers (id) {
        id -> Text,
        issuer_id -> Text,
        resource -> Text,
        aliases -> Text,
        name -> Text,
        secret_hash -> Binary,
        previous_secret_hash -> Nullable<Binary>,
        previous_secret_until -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    clients (issuer_id, id) {
        issuer_id -> Text,
        id -> Text,
        origin -> Text,
        class -> Nullable<Text>,
        auth_method -> Text,
        secret_hash -> Nullable<Binary>,
        previous_secret_hash -> Nullable<Binary>,
        previous_secret_until -> Nullable<BigInt>,
        registration_token_hash -> Nullable<Binary>,
        metadata -> Text,
        default_resource -> Nullable<Text>,
        source -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        document_read_at -> Nullable<BigInt>,
        approved_at -> Nullable<BigInt>,
        quarantined_at -> Nullable<BigInt>,
        merged_into -> Nullable<Text>,
    }
}

table! {
    client_assertions (issuer_id, client_id, jti) {
        issuer_id -> Text,
        client_id -> Text,
        jti -> Text,
        expires_at -> BigInt,
    }
}

table! {
    initial_access_tokens (token_hash) {
        token_hash -> Binary,
        issuer_id -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        uses_left -> Nullable<BigInt>,
    }
}

table! {
    shoppers (id) {
        id -> Text,
        issuer_id -> Text,
        subject -> Text,
        email -> Text,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
    }
}

table! {
    shopper_pseudonyms (shopper_id) {
        shopper_id -> Text,
        pseudonym -> Text,
    }
}

table! {
    identities (id) {
        id -> Text,
        issuer_id -> Text,
        shopper_id -> Text,
        kind -> Text,
        provider -> Text,
        upstream_issuer -> Text,
        subject -> Text,
        verifier -> Text,
        label -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    uses (issuer_id, id) {
        issuer_id -> Text,
        id -> Text,
        number -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    staff (id) {
        id -> Text,
        store_id -> Text,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> BigInt,
    }
}

table! {
    shopper_sessions (token_hash) {
        token_hash -> Binary,
        issuer_id -> Text,
        shopper_id -> Text,
        method -> Text,
        program -> Text,
        system -> Text,
        created_at -> BigInt,
        authenticated_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    staff_sessions (token_hash) {
        token_hash -> Binary,
        store_id -> Text,
        staff_id -> Text,
        created_at -> BigInt,
        authenticated_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    grants (id) {
        id -> Text,
        issuer_id -> Text,
        shopper_id -> Text,
        client_id -> Text,
        resource -> Text,
        scope -> Text,
        client_digest -> Nullable<Binary>,
        wordings -> Text,
        limit_currency -> Nullable<Text>,
        limit_per_order -> Nullable<BigInt>,
        limit_per_month -> Nullable<BigInt>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
    }
}

table! {
    connections (id) {
        id -> Text,
        issuer_id -> Text,
        grant_id -> Text,
        client_id -> Text,
        shopper_id -> Text,
        subject -> Text,
        pseudonym -> Text,
        resource -> Text,
        scope -> Text,
        generation -> BigInt,
        seed_hash -> Binary,
        request_id -> Text,
        decision_digest -> Binary,
        code_challenge -> Text,
        redirect_uri -> Text,
        code_expires_at -> BigInt,
        refreshable -> Bool,
        proved_by_key -> Bool,
        connected_at -> BigInt,
        authenticated_at -> BigInt,
        acr -> Text,
        elevated_until -> BigInt,
        limit_currency -> Nullable<Text>,
        limit_per_order -> Nullable<BigInt>,
        limit_per_month -> Nullable<BigInt>,
        expires_at -> BigInt,
        last_used_at -> BigInt,
        idle_limit -> BigInt,
        last_network -> Text,
        window_began_at -> BigInt,
        window_generation -> BigInt,
        earlier_window_began_at -> BigInt,
        earlier_window_generation -> BigInt,
        grace_replays -> BigInt,
        window_replays -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

table! {
    consent_receipts (id) {
        id -> Text,
        issuer_id -> Text,
        grant_id -> Text,
        connection_id -> Text,
        at -> BigInt,
        text_version -> Text,
        locale -> Text,
        client_id -> Text,
        redirect_uri -> Text,
        scope -> Text,
        limit_currency -> Nullable<Text>,
        limit_per_order -> Nullable<BigInt>,
        limit_per_month -> Nullable<BigInt>,
        elevated_until -> BigInt,
        expires_at -> BigInt,
        idle_limit -> BigInt,
        is_bundled -> Bool,
        purchase_id -> Nullable<Text>,
    }
}

table! {
    restrictions (issuer_id, effect, target_kind, target_id) {
        issuer_id -> Text,
        effect -> Text,
        target_kind -> Text,
        target_id -> Text,
        since -> BigInt,
        created_by -> Text,
    }
}

table! {
    revoked_tokens (issuer_id, jti) {
        issuer_id -> Text,
        jti -> Text,
        expires_at -> BigInt,
    }
}

table! {
    feed_events (issuer_id, position) {
        issuer_id -> Text,
        position -> BigInt,
        event_id -> Text,
        at -> BigInt,
        body -> Text,
    }
}

table! {
    audit_entries (reference_id, id) {
        id -> Text,
        issuer_id -> Text,
        sequence -> Nullable<BigInt>,
        at -> BigInt,
        kind -> Text,
        outcome -> Text,
        client_id -> Nullable<Text>,
        grant_id -> Nullable<Text>,
        connection_id -> Nullable<Text>,
        jti -> Nullable<Text>,
        pseudonym -> Nullable<Text>,
        actor -> Nullable<Text>,
        tool -> Nullable<Text>,
        platform -> Nullable<Text>,
        status -> Nullable<BigInt>,
        latency_micros -> Nullable<BigInt>,
        risk -> BigInt,
        scope -> Nullable<Text>,
        object_id -> Nullable<Text>,
        arguments_digest -> Nullable<Text>,
        reference_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    stores,
    issuers,
    secret_versions,
    signing_keys,
    resource_servers,
    clients,
    client_assertions,
    initial_access_tokens,
    agent_policies,
    host_rules,
    private_use_uris,
    shoppers,
    shopper_pseudonyms,
    deleted_shoppers,
    identities,
    uses,
    staff,
    shopper_sessions,
    staff_sessions,
    grants,
    connections,
    consent_receipts,
    purchases,
    approval_rules,
    approved_destinations,
    purchase_declines,
    ledger_periods,
    reservations,
    restrictions,
    revoked_tokens,
    feed_events,
    audit_entries,
    audit_networks,
    refusals,
);
