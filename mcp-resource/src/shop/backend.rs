//! What a store must be able to do for the shopping tools: the crate's one seam.
//!
//! Carts, checkouts and orders belong to an [`Owner`]; a backend answers [`BackendError::NotFound`] for what belongs
//! to somebody else exactly as for what does not exist (B14, B15, S1-84): possession of an id proves nothing.

use std::sync::Arc;

use async_trait::async_trait;

use super::results::{Cart, Checkout, CheckoutState, Inventory, Order, Product, ProductPage, ShippingMethod};
use crate::wire::Timestamp;

/// Whose carts, checkouts and orders: the issuer and the shopper's pseudonym there. Live and sandbox have two issuers,
/// so their shoppers never meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    pub iss: String,
    pub sub: String,
}

impl Owner {
    /// Who calls a public tool without a token (C-7): no token is ever of an issuer without a name, so nothing belongs to them.
    pub const fn nobody() -> Self {
        Self { iss: String::new(), sub: String::new() }
    }
}

/// For whom, where and when a call is made.
#[derive(Debug, Clone)]
pub struct CallContext {
    pub owner: Owner,
    /// The agent's client id: part of what a checkout freezes. Empty without a token.
    pub client_id: String,
    /// `live` or `sandbox`; stock is kept apart by it.
    pub environment: Arc<str>,
    /// Scheme, host and port of the store, for links and pictures; no slash at the end.
    pub origin: Arc<str>,
    pub now: Timestamp,
}

/// Why a backend did not do it. The text of `InvalidArgument` and `Conflict` is shown to the agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// Unknown, or another shopper's: deliberately one answer. Names the kind of thing, never the id.
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("only {available} of {sku} left")]
    OutOfStock { sku: String, available: i64 },
    /// The state of things does not allow it now.
    #[error("{0}")]
    Conflict(String),
    /// The idempotency key was used before with other arguments.
    #[error("this idempotency_key was used with other arguments")]
    KeyReused,
    #[error("{argument}: {reason}")]
    InvalidArgument { argument: &'static str, reason: String },
    /// The store itself is not there; worth another try. The text is for the log only.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
}

/// One attempt of a writing call: the same key with the same arguments is answered with the stored result.
/// A backend keeps keys for 48 h per (iss, sub, tool), in the transaction of the write itself.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pub tool: &'static str,
    pub key: String,
    /// SHA-256 of the canonical arguments without the key.
    pub arguments: [u8; 32],
}

/// What to look for. An empty query lists everything.
#[derive(Debug, Clone)]
pub struct Search {
    pub query: String,
    pub limit: u32,
    pub cursor: Option<String>,
}

/// A variant and how many of it. In [`UpdateCart`] a quantity of 0 takes it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    pub variant_id: String,
    pub quantity: i64,
}

/// Adds to the named cart, or to the shopper's open cart, which is made when there is none.
#[derive(Debug, Clone)]
pub struct AddToCart {
    pub cart_id: Option<String>,
    pub line: LineChange,
    pub idempotency: Option<Idempotency>,
}

/// Sets quantities.
#[derive(Debug, Clone)]
pub struct UpdateCart {
    pub cart_id: String,
    pub lines: Vec<LineChange>,
    pub idempotency: Option<Idempotency>,
}

/// Where a parcel goes. Personal data: it is frozen into the checkout and never comes back in a tool's result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    pub name: String,
    pub line1: String,
    pub line2: Option<String>,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
}

/// Freezes the cart.
#[derive(Debug, Clone)]
pub struct InitiateCheckout {
    pub cart_id: String,
    pub method: ShippingMethod,
    pub ship_to: Option<Address>,
    pub idempotency: Option<Idempotency>,
}

/// A frozen checkout with what agents do not see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenCheckout {
    pub checkout: Checkout,
    /// For the document that the shopper approves, and for the order.
    pub ship_to: Option<Address>,
    pub progress: Progress,
}

/// How far a checkout has come on its way to an order. Kept by the backend, so that a process that dies on the way leaves
/// behind where it was (B42, F23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// No purchase of it is known.
    Frozen,
    /// The shopper was asked.
    Registered { purchase_id: String },
    /// The purchase is being used: perhaps it is consumed already, and there is no order yet.
    Taken { purchase_id: String },
    /// The order stands. `settled`: the authorization server knows.
    Ordered { purchase_id: String, order_id: String, settled: bool },
    /// The purchase was consumed, and the goods were gone: no order will ever come of it.
    Unsold { purchase_id: String, settled: bool },
    /// Over without an order; the checkout's state says how.
    Over,
}

/// A step on the way. A step that was made before changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `digest`: of what the shopper approves, in base64url. Approval is possible until `expires_at`.
    Registered { purchase_id: String, digest: String, expires_at: Timestamp },
    /// Written down before the purchase is consumed.
    Taken,
    /// Over without an order, as `declined`, `expired`, `superseded` or `cancelled`. An order that stands, stands.
    Over(CheckoutState),
    /// The authorization server knows what came of it.
    Settled,
}

/// What came of placing an order: the same answer however often it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    Order(String),
    /// The goods were gone.
    Unsold,
}

/// A checkout on which something is left to do that needs no agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    pub owner: Owner,
    pub client_id: String,
    pub checkout_id: String,
}

/// A store. Any commerce platform can stand behind it.
#[async_trait]
pub trait CommerceBackend: Send + Sync + 'static {
    /// The platform's name in the records of calls, such as `demo-store`.
    fn platform(&self) -> &'static str;

    async fn search_products(&self, context: &CallContext, search: Search) -> Result<ProductPage, BackendError>;
    async fn get_product(&self, context: &CallContext, product_id: String) -> Result<Product, BackendError>;
    async fn check_inventory(&self, context: &CallContext, skus: Vec<String>) -> Result<Inventory, BackendError>;
    async fn add_to_cart(&self, context: &CallContext, request: AddToCart) -> Result<Cart, BackendError>;
    async fn update_cart(&self, context: &CallContext, request: UpdateCart) -> Result<Cart, BackendError>;
    /// Without an id, the shopper's open cart.
    async fn view_cart(&self, context: &CallContext, cart_id: Option<String>) -> Result<Cart, BackendError>;
    /// Without an idempotency key, an unchanged cart gives the checkout that is already open.
    async fn initiate_checkout(
        &self,
        context: &CallContext,
        request: InitiateCheckout,
    ) -> Result<Checkout, BackendError>;
    async fn frozen_checkout(&self, context: &CallContext, checkout_id: &str) -> Result<FrozenCheckout, BackendError>;
    /// Writes a step down and returns what the checkout is now. [`BackendError::Conflict`] when it cannot be made any more,
    /// such as taking a checkout that was superseded.
    async fn note_step(
        &self,
        context: &CallContext,
        checkout_id: &str,
        step: Step,
    ) -> Result<FrozenCheckout, BackendError>;
    /// Places the order of a checkout that was taken, in one transaction with the checkout id as its key: however often
    /// and from however many processes it is asked, there is one order, or none for good.
    async fn place_order(&self, context: &CallContext, checkout_id: &str) -> Result<Placed, BackendError>;
    /// Checkouts that were taken, or ordered and not settled, in one environment.
    async fn unfinished(&self, environment: &str) -> Result<Vec<Unfinished>, BackendError>;
    async fn get_order_status(&self, context: &CallContext, order_id: String) -> Result<Order, BackendError>;
}
