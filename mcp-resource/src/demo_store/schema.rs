//! The tables of `migrations/`, for diesel.

diesel::table! {
    settings (name) { name -> Text, value -> Text, }
}
diesel::table! {
    products (product_id) {
        product_id -> Text,
        position -> Integer,
        title -> Text,
        description -> Text,
        category -> Text,
        vat_percent -> BigInt,
        picture -> Text,
        hue -> BigInt,
        supplier -> Text,
    }
}
diesel::table! {
    variants (variant_id) {
        variant_id -> Text,
        product_id -> Text,
        position -> Integer,
        title -> Text,
        sku -> Text,
        amount -> BigInt,
        currency -> Text,
        wholesale_amount -> BigInt,
    }
}
diesel::table! {
    stock (environment, sku) { environment -> Text, sku -> Text, quantity -> BigInt, }
}
diesel::table! {
    carts (cart_id) { cart_id -> Text, iss -> Text, sub -> Text, updated_at -> BigInt, }
}
diesel::table! {
    cart_lines (cart_id, variant_id) { cart_id -> Text, variant_id -> Text, quantity -> BigInt, added_at -> BigInt, }
}
diesel::table! {
    checkouts (checkout_id) {
        checkout_id -> Text,
        link_id -> Text,
        cart_id -> Text,
        iss -> Text,
        sub -> Text,
        environment -> Text,
        state -> Text,
        document -> Text,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        purchase_id -> Nullable<Text>,
        purchase_digest -> Nullable<Text>,
        order_id -> Nullable<Text>,
        settled -> Bool,
    }
}
diesel::table! {
    checkout_lines (checkout_id, sku) { checkout_id -> Text, sku -> Text, quantity -> BigInt, }
}
diesel::table! {
    orders (order_id) {
        order_id -> Text,
        iss -> Text,
        sub -> Text,
        checkout_id -> Nullable<Text>,
        document -> Text,
        placed_at -> BigInt,
    }
}
diesel::table! {
    idempotency_keys (iss, sub, tool, key) {
        iss -> Text,
        sub -> Text,
        tool -> Text,
        key -> Text,
        arguments -> Binary,
        result -> Text,
        created_at -> BigInt,
    }
}

diesel::joinable!(variants -> products (product_id));
diesel::joinable!(cart_lines -> carts (cart_id));
diesel::joinable!(cart_lines -> variants (variant_id));
diesel::joinable!(checkout_lines -> checkouts (checkout_id));
diesel::allow_tables_to_appear_in_same_query!(products, variants, stock, carts, cart_lines, checkouts, checkout_lines);
