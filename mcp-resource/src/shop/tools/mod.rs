//! The nine tools: what they are called, what they need, what they take. Design §6: the table of scopes.

mod arguments;
mod ask;
mod call;
mod checkout;
mod definitions;

pub(crate) use ask::Asking;
pub use call::{Outcome, call};
pub(crate) use checkout::{Action, CheckoutCall, Counter, Retry};
pub(crate) use definitions::SECURITY_SCHEMES;
pub use definitions::{definition, definitions, list};

use crate::wire::{Scope, ScopeSet};

/// One of the shopping tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    SearchProducts,
    GetProduct,
    CheckInventory,
    AddToCart,
    UpdateCart,
    ViewCart,
    InitiateCheckout,
    GetCheckoutStatus,
    GetOrderStatus,
}

impl Tool {
    /// The order in which they are listed (B44: deterministic).
    pub const ALL: [Self; 9] = [
        Self::SearchProducts,
        Self::GetProduct,
        Self::CheckInventory,
        Self::AddToCart,
        Self::UpdateCart,
        Self::ViewCart,
        Self::InitiateCheckout,
        Self::GetCheckoutStatus,
        Self::GetOrderStatus,
    ];

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::SearchProducts => "search_products",
            Self::GetProduct => "get_product",
            Self::CheckInventory => "check_inventory",
            Self::AddToCart => "add_to_cart",
            Self::UpdateCart => "update_cart",
            Self::ViewCart => "view_cart",
            Self::InitiateCheckout => "initiate_checkout",
            Self::GetCheckoutStatus => "get_checkout_status",
            Self::GetOrderStatus => "get_order_status",
        }
    }

    /// What a token must hold to call it (design §6).
    pub const fn required(self) -> ScopeSet {
        let scope = match self {
            Self::SearchProducts | Self::GetProduct => Scope::ProductsRead,
            Self::CheckInventory => Scope::InventoryRead,
            Self::AddToCart | Self::UpdateCart | Self::ViewCart | Self::GetCheckoutStatus => Scope::CartWrite,
            Self::InitiateCheckout => Scope::CheckoutInitiate,
            Self::GetOrderStatus => Scope::OrdersRead,
        };
        ScopeSet::of(&[scope])
    }

    /// What a token must hold to go on with a call that was begun: finishing needs the live grant and the purchase, not a
    /// fresh permission to check out (decision 5; a refresh may have left it out in the meantime).
    pub const fn required_to_go_on(self) -> ScopeSet {
        match self {
            Self::InitiateCheckout => Self::GetCheckoutStatus.required(),
            _ => self.required(),
        }
    }

    /// S2-09: 0 reads, 1 writes a cart, 2 starts a checkout.
    pub const fn risk(self) -> u8 {
        match self {
            Self::AddToCart | Self::UpdateCart => 1,
            Self::InitiateCheckout => 2,
            _ => 0,
        }
    }
}
