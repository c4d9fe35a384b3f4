//! "Fern & Field": a store real enough to shop in, kept in one SQLite file. For `tillgate demo`, tests, and as the
//! example of a [`CommerceBackend`].
//!
//! - [`database`]: the file, its writing thread and its readers. - [`catalog`]: what is sold, seeded from a data file.
//! - [`search`], [`products`], [`carts`], [`checkouts`], [`orders`]: one file per noun; [`progress`]: from a checkout to its
//!   order; [`pricing`]: tax and shipping.
//! - [`pages`]: pictures, and the read-only page of a checkout. Nothing can be approved there, and no money moves anywhere.

mod carts;
mod catalog;
mod checkouts;
mod database;
mod idempotency;
mod orders;
pub mod pages;
mod pricing;
mod products;
mod progress;
mod random;
mod schema;
mod search;
mod stock;
mod sweep;

use std::path::Path;

use async_trait::async_trait;

pub use database::OpenError;

use crate::shop::backend::{
    AddToCart, BackendError, CallContext, CommerceBackend, FrozenCheckout, InitiateCheckout, Owner, Placed, Search,
    Step, Unfinished, UpdateCart,
};
use crate::shop::results::{Cart, Checkout, Inventory, Order, Product, ProductPage};
use crate::wire::Timestamp;
use database::Database;

/// The environments that have shelves of their own.
pub const ENVIRONMENTS: [&str; 2] = ["live", "sandbox"];

/// The demo store. Cheap to clone: all clones share the threads of one database.
#[derive(Clone)]
pub struct DemoStore {
    database: Database,
}

impl DemoStore {
    /// Opens or makes the store's file, brings its tables up to date, seeds the catalog when it is new or has changed,
    /// and drops what is long over.
    ///
    /// # Errors
    /// The file cannot be opened, is no database, or cannot be brought up to date.
    pub fn open(path: &Path, now: Timestamp) -> Result<Self, OpenError> {
        let prepare = move |connection: &mut diesel::SqliteConnection| {
            catalog::seed(connection)?;
            sweep::sweep(connection, now)
        };
        Ok(Self { database: Database::open(path, prepare)? })
    }

    /// Gives `owner` two past orders, once; later calls return the same two. Returns their ids.
    ///
    /// # Errors
    /// [`BackendError::Unavailable`].
    pub async fn seed_orders(&self, owner: Owner, now: Timestamp) -> Result<Vec<String>, BackendError> {
        self.database.write(move |connection| orders::seed(connection, &owner, now)).await
    }
}

#[async_trait]
impl CommerceBackend for DemoStore {
    fn platform(&self) -> &'static str {
        "demo-store"
    }

    async fn search_products(&self, context: &CallContext, search: Search) -> Result<ProductPage, BackendError> {
        let context = context.clone();
        self.database.read(move |connection| search::search(connection, &context, &search)).await
    }

    async fn get_product(&self, context: &CallContext, product_id: String) -> Result<Product, BackendError> {
        let context = context.clone();
        self.database.read(move |connection| products::get(connection, &context, &product_id)).await
    }

    async fn check_inventory(&self, context: &CallContext, skus: Vec<String>) -> Result<Inventory, BackendError> {
        let context = context.clone();
        self.database.read(move |connection| products::inventory(connection, &context, skus)).await
    }

    async fn add_to_cart(&self, context: &CallContext, request: AddToCart) -> Result<Cart, BackendError> {
        let context = context.clone();
        self.database
            .write(move |connection| {
                let key = request.idempotency.clone();
                idempotency::once(connection, &context, key.as_ref(), |connection| {
                    carts::add(connection, &context, &request)
                })
            })
            .await
    }

    async fn update_cart(&self, context: &CallContext, request: UpdateCart) -> Result<Cart, BackendError> {
        let context = context.clone();
        self.database
            .write(move |connection| {
                let key = request.idempotency.clone();
                idempotency::once(connection, &context, key.as_ref(), |connection| {
                    carts::update(connection, &context, &request)
                })
            })
            .await
    }

    async fn view_cart(&self, context: &CallContext, cart_id: Option<String>) -> Result<Cart, BackendError> {
        let context = context.clone();
        self.database.read(move |connection| carts::view(connection, &context, cart_id.as_deref())).await
    }

    async fn initiate_checkout(
        &self,
        context: &CallContext,
        request: InitiateCheckout,
    ) -> Result<Checkout, BackendError> {
        let context = context.clone();
        self.database
            .write(move |connection| {
                let key = request.idempotency.clone();
                idempotency::once(connection, &context, key.as_ref(), |connection| {
                    checkouts::initiate(connection, &context, &request)
                })
            })
            .await
    }

    async fn frozen_checkout(&self, context: &CallContext, checkout_id: &str) -> Result<FrozenCheckout, BackendError> {
        let (context, checkout_id) = (context.clone(), checkout_id.to_owned());
        self.database
            .read(move |connection| checkouts::owned(connection, &context, &checkout_id)?.frozen(&context))
            .await
    }

    async fn note_step(
        &self,
        context: &CallContext,
        checkout_id: &str,
        step: Step,
    ) -> Result<FrozenCheckout, BackendError> {
        let (context, checkout_id) = (context.clone(), checkout_id.to_owned());
        self.database.write(move |connection| progress::note(connection, &context, &checkout_id, &step)).await
    }

    async fn place_order(&self, context: &CallContext, checkout_id: &str) -> Result<Placed, BackendError> {
        let (context, checkout_id) = (context.clone(), checkout_id.to_owned());
        self.database.write(move |connection| orders::place(connection, &context, &checkout_id)).await
    }

    async fn unfinished(&self, environment: &str) -> Result<Vec<Unfinished>, BackendError> {
        let environment = environment.to_owned();
        self.database.read(move |connection| progress::unfinished(connection, &environment)).await
    }

    async fn get_order_status(&self, context: &CallContext, order_id: String) -> Result<Order, BackendError> {
        let context = context.clone();
        self.database.read(move |connection| orders::status(connection, &context, &order_id)).await
    }
}
