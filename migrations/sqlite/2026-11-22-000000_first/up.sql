-- Times are microseconds since 1970 (UTC). Ids are UUIDs as text unless said otherwise.

CREATE TABLE stores (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    contact TEXT,
    privacy_url TEXT,
    terms_url TEXT,
    -- Whether agents of class `shop` may ask for orders:read (design, section 6).
    shop_may_read_orders BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE issuers (
    id TEXT NOT NULL PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (id),
    environment TEXT NOT NULL,
    url TEXT NOT NULL UNIQUE,
    -- The last position of the feed; its row lock makes commit order the order (decision 4).
    feed_position BIGINT NOT NULL,
    audit_sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When a token was seen last that is newer than this database, to the minute.
    went_back_at BIGINT,
    UNIQUE (store_id, environment)
);

-- Versions of the installation's secret, without the secret: new values are made under the newest, and nothing made under
-- a retired one counts (decision 1).
CREATE TABLE secret_versions (
    version BIGINT NOT NULL PRIMARY KEY,
    activated_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    public_jwk TEXT NOT NULL,
    sealed_private_jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it began to sign, or NULL while it is the next key.
    activated_at BIGINT,
    -- When it stopped signing; it stays in the key set while tokens that it signed may live.
    retired_at BIGINT
);

CREATE TABLE resource_servers (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    resource TEXT NOT NULL,
    aliases TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    previous_secret_hash BLOB,
    previous_secret_until BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (issuer_id, resource)
);

CREATE TABLE clients (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    id TEXT NOT NULL,
    -- registered, pre_registered, or described by the document that its id is the address of.
    origin TEXT NOT NULL,
    -- The merchant's own decision; NULL: what the policy says for a client that is trusted so far.
    class TEXT,
    auth_method TEXT NOT NULL,
    secret_hash BLOB,
    -- Still counts until its overlap ends.
    previous_secret_hash BLOB,
    previous_secret_until BIGINT,
    -- SHA-256 of the registration access token (RFC 7592), for clients that are nobody else's.
    registration_token_hash BLOB,
    -- The metadata that we keep, as JSON (RFC 7591 section 2). Of a described client: as the last consent saw it.
    metadata TEXT NOT NULL,
    default_resource TEXT,
    -- The truncated network that registered it: at the cap, the busiest source gives way.
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When an unused registration goes; NULL once a shopper has granted it something.
    expires_at BIGINT,
    -- When the metadata was last taken from its document.
    document_read_at BIGINT,
    -- When the merchant vouched for it, or put it on hold.
    approved_at BIGINT,
    quarantined_at BIGINT,
    -- The described client that it has become, by the merchant's word.
    merged_into TEXT,
    -- With rowids: whole rows are too large to stand in the inner pages of a tree under random keys.
    PRIMARY KEY (issuer_id, id)
);
CREATE INDEX clients_by_source ON clients (issuer_id, source, created_at) WHERE expires_at IS NOT NULL;
CREATE INDEX clients_by_expiry ON clients (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX clients_merged ON clients (issuer_id, merged_into) WHERE merged_into IS NOT NULL;

-- Assertions that were used to authenticate (RFC 7523 section 3), until they would have expired anyway: each counts once.
CREATE TABLE client_assertions (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    client_id TEXT NOT NULL,
    jti TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, client_id, jti)
) WITHOUT ROWID;
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);

-- What allows to register where the store wants to see it (RFC 7591 section 3).
CREATE TABLE initial_access_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    -- NULL: as often as wanted.
    uses_left BIGINT
) WITHOUT ROWID;
CREATE INDEX initial_access_tokens_by_issuer ON initial_access_tokens (issuer_id, created_at);

-- What the merchant lets agents be: one row an issuer, and none while everything is as it comes.
CREATE TABLE agent_policies (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES issuers (id),
    -- The class of a client that the merchant has not classed, by how far it is trusted.
    class_unverified TEXT NOT NULL,
    class_domain_verified TEXT NOT NULL,
    class_key_verified TEXT NOT NULL,
    class_approved TEXT NOT NULL,
    -- open, token, hosts or closed.
    registration TEXT NOT NULL,
    -- Whether agents that may not begin checkouts are given the link of a pending purchase.
    checkout_links BOOLEAN NOT NULL,
    -- Whether shoppers may set rules by which agents buy without asking.
    approval_rules BOOLEAN NOT NULL DEFAULT FALSE,
    -- The longest that a shopper may let an agent begin checkouts: purchase, today or thirty-days; null: as the installation says.
    longest_elevation TEXT,
    -- What a shopper must prove before an agent may check out: a sign-in of so many microseconds ago at most (null: any), a
    -- passkey; and whether the approval of each purchase demands it as well.
    checkout_max_age BIGINT,
    checkout_passkey BOOLEAN NOT NULL DEFAULT FALSE,
    checkout_purchases BOOLEAN NOT NULL DEFAULT FALSE,
    -- Raised with every decision about this issuer's agents, so that replicas notice what they have cached.
    revision BIGINT NOT NULL
);

-- Hosts of agents that are let in or kept out: exact, or `*.` and a domain.
CREATE TABLE host_rules (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    host TEXT NOT NULL,
    -- allow or deny.
    effect TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, host)
);

-- Redirect URIs with a private-use scheme that the merchant knows, complete and exact (H4).
CREATE TABLE private_use_uris (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    uri TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, uri)
);

CREATE TABLE shoppers (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    -- The `sub` of tokens: opaque, one for this issuer only.
    subject TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When its owner proved the address here; null while only a provider vouches for it.
    confirmed_at BIGINT,
    UNIQUE (issuer_id, email)
);

-- Accounts that are no more. What the law wants kept of them hangs on the id alone, which leads to nobody; it goes with this
-- row, when its time is over.
CREATE TABLE deleted_shoppers (
    shopper_id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    deleted_at BIGINT NOT NULL,
    -- Something was bought, or was being bought: it stays as long as records of orders do.
    has_orders BOOLEAN NOT NULL
);
CREATE INDEX deleted_shoppers_by_time ON deleted_shoppers (has_orders, deleted_at);

-- The only place that joins a shopper to the pseudonym in the audit trail; deleting the row severs it.
CREATE TABLE shopper_pseudonyms (
    shopper_id TEXT NOT NULL PRIMARY KEY REFERENCES shoppers (id),
    pseudonym TEXT NOT NULL UNIQUE
);

-- How shoppers sign in.
CREATE TABLE identities (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    shopper_id TEXT NOT NULL REFERENCES shoppers (id),
    -- password, passkey, or provider: another OpenID provider that vouches for the shopper.
    kind TEXT NOT NULL,
    -- Of a provider: its id in the configuration and its issuer; empty otherwise.
    provider TEXT NOT NULL,
    upstream_issuer TEXT NOT NULL,
    -- Of a provider: what it calls the person (`sub`). Of a passkey: its credential id in base64url. Of a password: the shopper,
    -- who has one at most.
    subject TEXT NOT NULL,
    -- Of a password: its Argon2id hash in the PHC string format. Of a passkey: its public key and counter, as JSON. Empty
    -- otherwise.
    verifier TEXT NOT NULL,
    -- Of a passkey: what its owner calls it; empty otherwise.
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    UNIQUE (issuer_id, kind, provider, upstream_issuer, subject)
);
CREATE INDEX identities_by_shopper ON identities (shopper_id);

-- What counts so many times and no more, until it would have expired anyway: states of upstream sign-ins,
-- tries of codes, ceremonies of passkeys.
CREATE TABLE uses (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, id)
) WITHOUT ROWID;
CREATE INDEX uses_by_expiry ON uses (expires_at);

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (id),
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (store_id, email)
);

CREATE TABLE shopper_sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    shopper_id TEXT NOT NULL REFERENCES shoppers (id),
    -- How the session began: password, passkey, code or provider.
    method TEXT NOT NULL,
    -- What the browser calls itself, roughly, for its owner's list.
    program TEXT NOT NULL,
    system TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the shopper last proved who they are.
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX shopper_sessions_by_expiry ON shopper_sessions (expires_at);
CREATE INDEX shopper_sessions_by_shopper ON shopper_sessions (shopper_id);

CREATE TABLE staff_sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at);

CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    -- No reference: it stays for a while when the account goes.
    shopper_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    -- What consents have given it and nobody has taken back: the most that a connection of it holds.
    scope TEXT NOT NULL,
    -- What of a described client's document the last consent relied on, as a digest: another one is asked about anew (D18).
    client_digest BLOB,
    -- In which words each permission was last given, as JSON: what reads otherwise now is asked about anew.
    wordings TEXT NOT NULL,
    -- The shopper's ceilings, in minor units; NULL without one.
    limit_currency TEXT,
    limit_per_order BIGINT,
    limit_per_month BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE UNIQUE INDEX grants_live ON grants (shopper_id, client_id, resource) WHERE ended_at IS NULL;
CREATE INDEX grants_by_client ON grants (issuer_id, client_id);
CREATE INDEX grants_by_shopper ON grants (shopper_id, created_at);

-- One approved authorization. Its code is generation 0, its refresh tokens are generations 1 and up (decision 1).
CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    grant_id TEXT NOT NULL REFERENCES grants (id),
    client_id TEXT NOT NULL,
    shopper_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    resource TEXT NOT NULL,
    scope TEXT NOT NULL,
    generation BIGINT NOT NULL,
    seed_hash BLOB NOT NULL,
    -- The authorization request it answers: approved at most once (decision 2).
    request_id TEXT NOT NULL UNIQUE,
    decision_digest BLOB NOT NULL,
    code_challenge TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    refreshable BOOLEAN NOT NULL,
    -- Its code was redeemed with a key: it never goes on without one.
    proved_by_key BOOLEAN NOT NULL,
    connected_at BIGINT NOT NULL,
    -- When and how the shopper who consented had signed in (RFC 9068 2.2.1).
    authenticated_at BIGINT NOT NULL,
    acr TEXT NOT NULL,
    elevated_until BIGINT NOT NULL,
    -- The grant's ceilings again: what its tokens say, without a look at the grant.
    limit_currency TEXT,
    limit_per_order BIGINT,
    limit_per_month BIGINT,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    -- Microseconds without use after which it ends, as the shopper was told.
    idle_limit BIGINT NOT NULL,
    -- The truncated network of the last rotation.
    last_network TEXT NOT NULL,
    -- The grace windows, the current one and the one before: when each began, and the generation that its first
    -- rotation superseded. Zero for a window that never began.
    window_began_at BIGINT NOT NULL,
    window_generation BIGINT NOT NULL,
    earlier_window_began_at BIGINT NOT NULL,
    earlier_window_generation BIGINT NOT NULL,
    grace_replays BIGINT NOT NULL,
    window_replays BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX connections_by_grant ON connections (grant_id, connected_at);
CREATE INDEX connections_by_issuer ON connections (issuer_id, connected_at, id);
CREATE INDEX connections_by_client ON connections (issuer_id, client_id, connected_at);
CREATE INDEX connections_by_shopper ON connections (shopper_id, connected_at);
CREATE INDEX connections_by_pseudonym ON connections (issuer_id, pseudonym, connected_at, id);
CREATE INDEX connections_by_end ON connections (issuer_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE consent_receipts (
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    grant_id TEXT NOT NULL REFERENCES grants (id),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    at BIGINT NOT NULL,
    text_version TEXT NOT NULL,
    locale TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    -- What the shopper set or left: the ceilings that hold from this consent on, until when checkout may begin, and when
    -- the connection ends, at the latest and without use.
    limit_currency TEXT,
    limit_per_order BIGINT,
    limit_per_month BIGINT,
    elevated_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    idle_limit BIGINT NOT NULL,
    -- As one sentence a group, or with a box for each permission.
    is_bundled BOOLEAN NOT NULL,
    -- Of a consent to one purchase and nothing else.
    purchase_id TEXT
);
CREATE INDEX consent_receipts_by_grant ON consent_receipts (grant_id, at);
-- A connection that goes looks for what refers to it.
CREATE INDEX consent_receipts_by_connection ON consent_receipts (connection_id);

-- A frozen checkout that awaits, has, or was refused the shopper's approval (decision 5).
CREATE TABLE purchases (
    -- A random UUID, part of the page's address; no secret.
    id TEXT NOT NULL PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    grant_id TEXT NOT NULL REFERENCES grants (id),
    -- The one whose token began it.
    connection_id TEXT NOT NULL REFERENCES connections (id),
    shopper_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    -- The resource server's ids.
    checkout_id TEXT NOT NULL,
    cart_id TEXT NOT NULL,
    -- The token that began it, where the resource server says which.
    jti TEXT,
    -- Its agent may not begin checkouts: the shopper's yes is a consent to this one purchase.
    is_elevation BOOLEAN NOT NULL,
    -- What the shopper is shown, as JSON, and the SHA-256 of its RFC 8785 form.
    document TEXT NOT NULL,
    digest BLOB NOT NULL,
    -- A MAC of where it goes, for this grant; nothing where nothing is sent.
    destination BLOB,
    -- What was done to it. That its time or its grant is over is judged when it is read.
    stage TEXT NOT NULL,
    -- The shopper's rule that has approved it in their place.
    rule_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    extended_at BIGINT,
    decided_at BIGINT,
    consumed_at BIGINT,
    settled_at BIGINT,
    order_id TEXT,
    -- When the ship-to was taken out of the document; the digest is still over all of it.
    address_forgotten_at BIGINT,
    -- The shopper got an e-mail about it.
    mailed_at BIGINT
);
CREATE UNIQUE INDEX purchases_by_checkout ON purchases (issuer_id, resource, checkout_id);
CREATE INDEX purchases_by_issuer ON purchases (issuer_id, created_at, id);
-- What the sweeper takes away: never what was sold.
CREATE INDEX purchases_unsold ON purchases (issuer_id, created_at)
    WHERE stage IN ('awaiting_approval', 'approved', 'declined', 'superseded', 'released');
-- What the sweeper takes the addresses out of: never what is being ordered.
CREATE INDEX purchases_addressed ON purchases (issuer_id, created_at)
    WHERE address_forgotten_at IS NULL AND stage <> 'consumed';
CREATE INDEX purchases_by_grant ON purchases (grant_id, created_at);
CREATE INDEX purchases_by_shopper ON purchases (shopper_id, created_at);
CREATE INDEX purchases_by_connection ON purchases (connection_id);
CREATE INDEX purchases_by_order ON purchases (issuer_id, order_id) WHERE order_id IS NOT NULL;

-- How many purchases of a grant were declined in a row, and since when its agent may not ask any more.
CREATE TABLE purchase_declines (
    grant_id TEXT NOT NULL PRIMARY KEY REFERENCES grants (id),
    in_a_row BIGINT NOT NULL,
    silenced_at BIGINT
);

-- What an agent may buy without asking, if the shopper has said so: up to an amount for one order, where it goes to an address
-- that they approved by hand for the same grant before.
CREATE TABLE approval_rules (
    grant_id TEXT NOT NULL PRIMARY KEY REFERENCES grants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    currency TEXT NOT NULL,
    most BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE approved_destinations (
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    approved_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, digest)
);

-- What counts against a grant's ceilings in one calendar month of the store: the sum of its reservations that count. One
-- conditional statement on this row decides each reservation.
CREATE TABLE ledger_periods (
    grant_id TEXT NOT NULL REFERENCES grants (id),
    -- Such as 2026-11.
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    counted BIGINT NOT NULL,
    PRIMARY KEY (grant_id, period, currency)
);

-- The money of one purchase: reserved, consumed, committed, released or expired.
CREATE TABLE reservations (
    purchase_id TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    reserved_at BIGINT NOT NULL,
    -- When it counts no longer, unless it was consumed.
    until BIGINT NOT NULL,
    order_id TEXT
);
CREATE INDEX reservations_due ON reservations (state, until);
CREATE INDEX reservations_by_grant ON reservations (grant_id, state, until);

-- One row ends, holds or shuts out many connections at once (decision 4).
CREATE TABLE restrictions (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    -- not_before: connections made at or before `since` have ended. paused: tool calls are held. off: the access switch.
    -- narrowed: tokens minted at or before `since` may hold less now.
    effect TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (issuer_id, effect, target_kind, target_id)
);

-- Access tokens that were revoked one by one, until they would have expired anyway.
CREATE TABLE revoked_tokens (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    jti TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, jti)
) WITHOUT ROWID;

-- This table and the trail name an issuer that they do not refer to: each row would look it up, and on PostgreSQL lock the row
-- whose counters every transaction moves. Both write what the server was configured with, and issuers are never deleted.
CREATE TABLE feed_events (
    issuer_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (issuer_id, position)
) WITHOUT ROWID;

CREATE TABLE audit_entries (
    id TEXT NOT NULL,
    issuer_id TEXT NOT NULL,
    -- Given in batches after the commit; NULL until then (decision 6).
    sequence BIGINT,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    client_id TEXT,
    grant_id TEXT,
    connection_id TEXT,
    jti TEXT,
    pseudonym TEXT,
    -- Who did it when it was not the agent: `shopper`, `staff:<id>`, `operator`, `system`.
    actor TEXT,
    tool TEXT,
    platform TEXT,
    status BIGINT,
    latency_micros BIGINT,
    risk BIGINT NOT NULL,
    scope TEXT,
    object_id TEXT,
    arguments_digest TEXT,
    reference_id TEXT NOT NULL,
    -- One index for both: an entry is looked for by its reference, and a call that is sent again has the same.
    PRIMARY KEY (reference_id, id)
);
CREATE INDEX audit_entries_by_connection ON audit_entries (connection_id, at) WHERE connection_id IS NOT NULL;
-- What people did about a client; what agents do has no actor, so tool calls and refreshes pay nothing for it.
CREATE INDEX audit_entries_about_client ON audit_entries (issuer_id, client_id, actor, kind) WHERE actor IS NOT NULL;
-- What a shopper did at pages, for their own copy: what agents do names a connection, so tool calls and refreshes pay nothing for it.
CREATE INDEX audit_entries_of_shopper ON audit_entries (issuer_id, pseudonym, at)
    WHERE pseudonym IS NOT NULL AND connection_id IS NULL;
CREATE UNIQUE INDEX audit_entries_by_sequence ON audit_entries (issuer_id, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX audit_entries_unnumbered ON audit_entries (issuer_id, at, id) WHERE sequence IS NULL;

-- The truncated network of an entry's caller, kept 30 days and outside the entry.
CREATE TABLE audit_networks (
    -- The entry's, so that rows stand in the order in which they go.
    at BIGINT NOT NULL,
    audit_id TEXT NOT NULL,
    network TEXT NOT NULL,
    PRIMARY KEY (at, audit_id)
) WITHOUT ROWID;

-- A ring: what anonymous callers were refused, of fixed size and age (decision 2).
CREATE TABLE refusals (
    issuer_id TEXT NOT NULL REFERENCES issuers (id),
    slot BIGINT NOT NULL,
    at BIGINT NOT NULL,
    reference_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    error TEXT NOT NULL,
    reason TEXT NOT NULL,
    client_id TEXT,
    -- The check that failed, and what it compared, with secrets masked.
    checked TEXT,
    expected TEXT,
    presented TEXT,
    PRIMARY KEY (issuer_id, slot)
);
CREATE INDEX refusals_by_time ON refusals (issuer_id, at);
CREATE INDEX refusals_by_reference ON refusals (reference_id);
