//! Full-text search by SQLite's FTS5. What the agent typed never reaches FTS5's query language: it is cut into words,
//! and each is passed as a quoted prefix (S1-63).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};

use super::products;
use super::schema::products as table;
use crate::shop::backend::{BackendError, CallContext, Search};
use crate::shop::results::ProductPage;

/// More words than this say nothing more.
const MAX_WORDS: usize = 12;

/// Where a page begins. Not a secret and not trusted: every field is checked by its use.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    /// Digest of the words, so that a cursor of another search is refused.
    of: i64,
    from: u32,
}

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = Text)]
    product_id: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

pub(super) fn search(
    connection: &mut SqliteConnection,
    context: &CallContext,
    search: &Search,
) -> Result<ProductPage, BackendError> {
    let words = words(&search.query);
    let of = fingerprint(&words);
    let from = search.cursor.as_deref().map_or(Ok(0), |cursor| read_cursor(cursor, of))?;
    let (total, ids) = if words.is_empty() && search.query.trim().is_empty() {
        everything(connection, i64::from(search.limit), i64::from(from))?
    } else {
        matching(connection, &words, i64::from(search.limit), i64::from(from))?
    };
    let next = from.saturating_add(u32::try_from(ids.len()).unwrap_or(u32::MAX));
    let next_cursor = (!ids.is_empty() && i64::from(next) < total).then(|| write_cursor(of, next));
    Ok(ProductPage { products: products::load(connection, context, &ids)?, total, next_cursor })
}

fn words(query: &str) -> Vec<String> {
    query
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(str::to_lowercase)
        .collect()
}

fn everything(connection: &mut SqliteConnection, limit: i64, from: i64) -> QueryResult<(i64, Vec<String>)> {
    let total = table::table.count().get_result(connection)?;
    let ids =
        table::table.order(table::position).limit(limit).offset(from).select(table::product_id).load(connection)?;
    Ok((total, ids))
}

/// Products with all the words; when there are none, products with any of them.
fn matching(
    connection: &mut SqliteConnection,
    words: &[String],
    limit: i64,
    from: i64,
) -> QueryResult<(i64, Vec<String>)> {
    for operator in [" AND ", " OR "] {
        // Only letters and digits are left of each word, so no quote can end the quoted string.
        let terms: Vec<String> = words.iter().map(|word| format!("\"{word}\" *")).collect();
        let expression = terms.join(operator);
        if expression.is_empty() {
            break;
        }
        let count: Count = diesel::sql_query("SELECT count(*) AS total FROM products_text WHERE products_text MATCH ?")
            .bind::<Text, _>(&expression)
            .get_result(connection)?;
        if count.total == 0 {
            continue;
        }
        // Weights: a word in the title counts most; columns in the order of the table.
        let hits: Vec<Hit> = diesel::sql_query(
            "SELECT product_id FROM products_text WHERE products_text MATCH ? \
             ORDER BY bm25(products_text, 0.0, 8.0, 4.0, 1.0, 1.0), rowid LIMIT ? OFFSET ?",
        )
        .bind::<Text, _>(&expression)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(from)
        .load(connection)?;
        return Ok((count.total, hits.into_iter().map(|hit| hit.product_id).collect()));
    }
    Ok((0, Vec::new()))
}

/// Tells searches apart; FNV-1a, for nothing secret.
fn fingerprint(words: &[String]) -> i64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash)
}

fn write_cursor(of: i64, from: u32) -> String {
    // Two numbers always have a JSON form.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Position { of, from }).unwrap_or_default())
}

fn read_cursor(cursor: &str, of: i64) -> Result<u32, BackendError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let position: Option<Position> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match position {
        Some(position) if position.of == of => Ok(position.from),
        _ => {
            Err(BackendError::InvalidArgument { argument: "cursor", reason: "is no cursor of this search".to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_language_is_cut_away() {
        assert_eq!(words("title:\"x\" OR (NEAR) *; DROP"), ["title", "x", "or", "near", "drop"]);
        assert!(words("\"*()^-:").is_empty());
    }

    #[test]
    fn a_cursor_belongs_to_its_search() {
        let of = fingerprint(&words("green tea"));
        assert_eq!(read_cursor(&write_cursor(of, 20), of), Ok(20));
        assert!(read_cursor(&write_cursor(of, 20), of + 1).is_err());
        assert!(read_cursor("AAAA", of).is_err());
    }
}
