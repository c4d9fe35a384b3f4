//! Which tools a store may let anybody call without a token (C-7). Said here since both halves check the setting.

/// Those that need no more than the browse set (design §6): they say what the store sells and what is in stock, and the
/// answers are the same whoever asks.
pub const MAY_BE_PUBLIC: [&str; 3] = ["search_products", "get_product", "check_inventory"];
