//! Products with their variants, and stock levels. Selects named columns only: cost and supplier are never read here.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{products, variants};
use super::stock;
use crate::shop::backend::{BackendError, CallContext};
use crate::shop::results::{Image, Inventory, Product, StockLevel, Variant};
use crate::wire::Money;

#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
struct ProductRow {
    product_id: String,
    title: String,
    description: String,
    category: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = variants)]
struct VariantRow {
    variant_id: String,
    product_id: String,
    title: String,
    sku: String,
    amount: i64,
    currency: String,
}

/// Reads an amount of the catalog.
pub(super) fn money(amount: i64, currency: &str) -> Result<Money, BackendError> {
    match currency.parse() {
        Ok(currency) => Ok(Money::new(amount, currency)),
        Err(error) => Err(BackendError::Unavailable(format!("{currency:?}: {error}"))),
    }
}

pub(super) fn get(
    connection: &mut SqliteConnection,
    context: &CallContext,
    product_id: &str,
) -> Result<Product, BackendError> {
    let mut found = load(connection, context, &[product_id.to_owned()])?;
    found.pop().ok_or(BackendError::NotFound("product"))
}

/// The products with these ids, in this order.
pub(super) fn load(
    connection: &mut SqliteConnection,
    context: &CallContext,
    ids: &[String],
) -> Result<Vec<Product>, BackendError> {
    let rows: Vec<ProductRow> =
        products::table.filter(products::product_id.eq_any(ids)).select(ProductRow::as_select()).load(connection)?;
    let variant_rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq_any(ids))
        .order(variants::position)
        .select(VariantRow::as_select())
        .load(connection)?;
    let available = stock::available(connection, context, variant_rows.iter().map(|row| row.sku.as_str()))?;
    let mut by_product: HashMap<String, Vec<Variant>> = HashMap::new();
    for row in variant_rows {
        let quantity = available.get(&row.sku).copied().unwrap_or_default();
        by_product.entry(row.product_id).or_default().push(Variant {
            variant_id: row.variant_id,
            sku: row.sku,
            title: row.title,
            price: money(row.amount, &row.currency)?,
            availability: stock::availability(quantity),
        });
    }
    let mut by_id: HashMap<String, Product> = HashMap::new();
    for row in rows {
        let variants = by_product.remove(&row.product_id).unwrap_or_default();
        by_id.insert(row.product_id.clone(), product(row, variants, context));
    }
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

fn product(row: ProductRow, variants: Vec<Variant>, context: &CallContext) -> Product {
    let url = format!("{}/images/{}.svg", context.origin, row.product_id);
    Product {
        images: vec![Image { url, alt: row.title.clone() }],
        product_id: row.product_id,
        title: row.title,
        description: row.description,
        category: row.category,
        variants,
    }
}

pub(super) fn inventory(
    connection: &mut SqliteConnection,
    context: &CallContext,
    skus: Vec<String>,
) -> Result<Inventory, BackendError> {
    let available = stock::available(connection, context, skus.iter().map(String::as_str))?;
    let mut inventory = Inventory { items: Vec::new(), unknown_skus: Vec::new() };
    for sku in skus {
        match available.get(&sku) {
            Some(&quantity) => {
                inventory.items.push(StockLevel { sku, availability: stock::availability(quantity), quantity });
            }
            None => inventory.unknown_skus.push(sku),
        }
    }
    Ok(inventory)
}

/// Title, shape and colour, for the picture.
pub(super) fn look(connection: &mut SqliteConnection, product_id: &str) -> Result<(String, String, i64), BackendError> {
    let look = products::table
        .find(product_id)
        .select((products::title, products::picture, products::hue))
        .first(connection)
        .optional()?;
    look.ok_or(BackendError::NotFound("product"))
}
