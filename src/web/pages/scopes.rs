//! Scopes as people read them: the sentence, what it means, how much harm, and what for. Design §6.

use mcp_resource::wire::{Scope, scope::Risk};

use super::Layout;

/// What a permission is for: consent groups by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    Look,
    Shop,
    Orders,
    Stay,
}

impl Task {
    pub const ALL: [Self; 4] = [Self::Look, Self::Shop, Self::Orders, Self::Stay];

    pub const fn of(scope: Scope) -> Self {
        match scope {
            Scope::ProductsRead | Scope::InventoryRead => Self::Look,
            Scope::CartWrite | Scope::CheckoutInitiate => Self::Shop,
            Scope::OrdersRead | Scope::OrdersRefund | Scope::AdminFull => Self::Orders,
            Scope::OfflineAccess => Self::Stay,
        }
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Look => "task-look",
            Self::Shop => "task-shop",
            Self::Orders => "task-orders",
            Self::Stay => "task-stay",
        }
    }
}

pub(super) const fn sentence_key(scope: Scope) -> &'static str {
    match scope {
        Scope::ProductsRead => "scope-products-read",
        Scope::InventoryRead => "scope-inventory-read",
        Scope::CartWrite => "scope-cart-write",
        Scope::CheckoutInitiate => "scope-checkout-initiate",
        Scope::OrdersRead => "scope-orders-read",
        Scope::OrdersRefund => "scope-orders-refund",
        Scope::AdminFull => "scope-admin-full",
        Scope::OfflineAccess => "scope-offline-access",
    }
}

pub(super) const fn detail_key(scope: Scope) -> &'static str {
    match scope {
        Scope::ProductsRead => "scope-products-read-detail",
        Scope::InventoryRead => "scope-inventory-read-detail",
        Scope::CartWrite => "scope-cart-write-detail",
        Scope::CheckoutInitiate => "scope-checkout-initiate-detail",
        Scope::OrdersRead => "scope-orders-read-detail",
        Scope::OrdersRefund => "scope-orders-refund-detail",
        Scope::AdminFull => "scope-admin-full-detail",
        Scope::OfflineAccess => "scope-offline-access-detail",
    }
}

pub(super) const fn risk_key(scope: Scope) -> &'static str {
    match scope.risk() {
        Risk::Low => "risk-low",
        Risk::Medium => "risk-medium",
        Risk::High => "risk-high",
        Risk::Sensitive => "risk-sensitive",
        Risk::Forbidden => "risk-forbidden",
    }
}

impl Layout<'_> {
    /// "Browse products and prices".
    pub fn scope(&self, scope: &Scope) -> String {
        self.t(sentence_key(*scope))
    }

    /// "It can search the catalog and read product pages."
    pub fn scope_detail(&self, scope: &Scope) -> String {
        self.t(detail_key(*scope))
    }

    /// "Low risk": S2-08, in words, so that colour alone never says it (WCAG 1.4.1).
    pub fn risk(&self, scope: &Scope) -> String {
        self.t(risk_key(*scope))
    }

    /// The style of the level.
    pub const fn risk_style(&self, scope: &Scope) -> &'static str {
        match scope.risk() {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
            Risk::Sensitive | Risk::Forbidden => "sensitive",
        }
    }
}
