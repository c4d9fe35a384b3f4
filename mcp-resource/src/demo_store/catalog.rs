//! What the store sells: `catalog/fern-and-field.json`, seeded into the tables at start when it is new or has changed.
//! Stock that is already there is kept.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde::Deserialize;

use super::ENVIRONMENTS;
use super::database::OpenError;
use super::schema::{products, settings, stock, variants};
use crate::wire::digest::canonical_sha256;

const CATALOG: &str = include_str!("../../catalog/fern-and-field.json");

#[derive(Deserialize, serde::Serialize)]
struct Catalog {
    currency: String,
    categories: Vec<Category>,
}

#[derive(Deserialize, serde::Serialize)]
struct Category {
    name: String,
    code: String,
    vat: i64,
    picture: String,
    hue: i64,
    /// On the shelf of each environment, for every variant of the category, more or less.
    stock: i64,
    supplier: String,
    cost_percent: i64,
    /// Title, and percent of the product's price.
    variants: Vec<(String, i64)>,
    /// Title, price in minor units, description.
    products: Vec<(String, i64, String)>,
}

/// Fills the tables, unless they hold this very catalog.
pub(super) fn seed(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let catalog: Catalog = serde_json::from_str(CATALOG).map_err(|error| OpenError::Catalog(error.to_string()))?;
    let digest = canonical_sha256(&catalog).map_err(|error| OpenError::Catalog(error.to_string()))?;
    let digest = format!("{digest:02x?}");
    let known: Option<String> = settings::table.find("catalog").select(settings::value).first(connection).optional()?;
    if known.as_ref() == Some(&digest) {
        return Ok(());
    }
    connection.batch_execute("DELETE FROM products_text; DELETE FROM variants; DELETE FROM products;")?;
    let mut position = 0;
    for category in &catalog.categories {
        for (number, (title, amount, description)) in (1_i64..).zip(&category.products) {
            position += 1;
            let row = ProductSeed { position, number, title, amount: *amount, description };
            seed_product(connection, &catalog.currency, category, &row)?;
        }
    }
    diesel::replace_into(settings::table)
        .values((settings::name.eq("catalog"), settings::value.eq(digest)))
        .execute(connection)?;
    Ok(())
}

struct ProductSeed<'a> {
    position: i32,
    /// Within the category, from 1.
    number: i64,
    title: &'a str,
    amount: i64,
    description: &'a str,
}

fn seed_product(
    connection: &mut SqliteConnection,
    currency: &str,
    category: &Category,
    product: &ProductSeed<'_>,
) -> QueryResult<()> {
    let product_id = slug(product.title);
    diesel::insert_into(products::table)
        .values((
            products::product_id.eq(&product_id),
            products::position.eq(product.position),
            products::title.eq(product.title),
            products::description.eq(product.description),
            products::category.eq(&category.name),
            products::vat_percent.eq(category.vat),
            products::picture.eq(&category.picture),
            products::hue.eq((category.hue + product.number * 7) % 360),
            products::supplier.eq(&category.supplier),
        ))
        .execute(connection)?;
    let titles: Vec<&str> = category.variants.iter().map(|(title, _)| title.as_str()).collect();
    diesel::sql_query(
        "INSERT INTO products_text (product_id, title, category, description, variants) VALUES (?,?,?,?,?)",
    )
    .bind::<diesel::sql_types::Text, _>(&product_id)
    .bind::<diesel::sql_types::Text, _>(product.title)
    .bind::<diesel::sql_types::Text, _>(&category.name)
    .bind::<diesel::sql_types::Text, _>(product.description)
    .bind::<diesel::sql_types::Text, _>(titles.join(" "))
    .execute(connection)?;
    for (place, (title, percent)) in (1_i32..).zip(&category.variants) {
        let amount = product.amount * percent / 100;
        let sku = format!("FF-{}-{:03}-{place}", category.code, product.number);
        diesel::insert_into(variants::table)
            .values((
                variants::variant_id.eq(format!("{product_id}-{}", slug(title))),
                variants::product_id.eq(&product_id),
                variants::position.eq(place),
                variants::title.eq(title),
                variants::sku.eq(&sku),
                variants::amount.eq(amount),
                variants::currency.eq(currency),
                variants::wholesale_amount.eq(amount * category.cost_percent / 100),
            ))
            .execute(connection)?;
        seed_stock(connection, &sku, shelf(category.stock, product.number, i64::from(place)))?;
    }
    Ok(())
}

/// Different shelves, the same at every start. A few variants are sold out, never a product's first.
fn shelf(usual: i64, number: i64, place: i64) -> i64 {
    let spread = (number * 31 + place * 17) % 29;
    if spread == 0 && place > 1 { 0 } else { (usual * (spread + 8) / 29).max(2) }
}

fn seed_stock(connection: &mut SqliteConnection, sku: &str, quantity: i64) -> QueryResult<()> {
    for environment in ENVIRONMENTS {
        diesel::insert_or_ignore_into(stock::table)
            .values((stock::environment.eq(environment), stock::sku.eq(sku), stock::quantity.eq(quantity)))
            .execute(connection)?;
    }
    Ok(())
}

/// Lower-case letters and digits with single hyphens: `1.1 l` is `1-1-l`.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-")
}
