-- The demo store. Times are microseconds since 1970 (UTC), amounts are minor units of the catalog's currency.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE products (
    product_id TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    vat_percent BIGINT NOT NULL,
    picture TEXT NOT NULL,
    hue BIGINT NOT NULL,
    -- Never leaves the store (S1-40).
    supplier TEXT NOT NULL
);

CREATE TABLE variants (
    variant_id TEXT NOT NULL PRIMARY KEY,
    product_id TEXT NOT NULL REFERENCES products (product_id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    sku TEXT NOT NULL UNIQUE,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- Never leaves the store (S1-40).
    wholesale_amount BIGINT NOT NULL
);
CREATE INDEX variants_product ON variants (product_id, position);

CREATE VIRTUAL TABLE products_text USING fts5 (
    product_id UNINDEXED, title, category, description, variants,
    tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Live and sandbox sell from shelves of their own.
CREATE TABLE stock (
    environment TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (environment, sku)
);

CREATE TABLE carts (
    cart_id TEXT NOT NULL PRIMARY KEY,
    iss TEXT NOT NULL,
    sub TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- A shopper has one open cart.
CREATE UNIQUE INDEX carts_owner ON carts (iss, sub);

CREATE TABLE cart_lines (
    cart_id TEXT NOT NULL REFERENCES carts (cart_id) ON DELETE CASCADE,
    variant_id TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (cart_id, variant_id)
);

CREATE TABLE checkouts (
    checkout_id TEXT NOT NULL PRIMARY KEY,
    -- The unguessable part of the page's address.
    link_id TEXT NOT NULL UNIQUE,
    cart_id TEXT NOT NULL,
    iss TEXT NOT NULL,
    sub TEXT NOT NULL,
    environment TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('awaiting_approval', 'taken', 'ordered', 'unsold', 'declined', 'expired', 'superseded', 'cancelled')),
    -- JSON of everything the shopper approves; never changed, but that the address goes when it is over.
    document TEXT NOT NULL,
    -- Of the store's own document, with which equal carts are told.
    digest BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- At the authorization server, once the shopper was asked; and the digest of what they see, in base64url.
    purchase_id TEXT,
    purchase_digest TEXT,
    order_id TEXT,
    -- The authorization server knows what came of it.
    settled BOOLEAN NOT NULL DEFAULT FALSE,
    CHECK ((state = 'ordered') = (order_id IS NOT NULL)),
    CHECK (state NOT IN ('taken', 'ordered', 'unsold') OR purchase_id IS NOT NULL)
);
CREATE INDEX checkouts_cart ON checkouts (cart_id);
CREATE INDEX checkouts_waiting ON checkouts (created_at) WHERE state = 'awaiting_approval';
CREATE INDEX checkouts_unfinished ON checkouts (environment)
    WHERE state = 'taken' OR (state IN ('ordered', 'unsold') AND NOT settled);

-- What open checkouts hold back from the shelf.
CREATE TABLE checkout_lines (
    checkout_id TEXT NOT NULL REFERENCES checkouts (checkout_id) ON DELETE CASCADE,
    sku TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (checkout_id, sku)
);
CREATE INDEX checkout_lines_sku ON checkout_lines (sku);

CREATE TABLE orders (
    order_id TEXT NOT NULL PRIMARY KEY,
    iss TEXT NOT NULL,
    sub TEXT NOT NULL,
    -- A checkout becomes one order.
    checkout_id TEXT UNIQUE,
    document TEXT NOT NULL,
    placed_at BIGINT NOT NULL
);
CREATE INDEX orders_owner ON orders (iss, sub);

CREATE TABLE idempotency_keys (
    iss TEXT NOT NULL,
    sub TEXT NOT NULL,
    tool TEXT NOT NULL,
    key TEXT NOT NULL,
    arguments BLOB NOT NULL,
    result TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (iss, sub, tool, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
