//! The first page must cost the same however many rows there are: SQLite's plan says so, with 100,000 of them.

use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;

use super::*;
use crate::storage::{Database, Tx};

const ROWS: i64 = 100_000;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Half of them ended, of a thousand shoppers and two clients, in fifty thousand grants: in a quarter of those the later one
/// has taken over from the earlier.
fn seed(tx: &mut Tx<'_>) -> StorageResult<()> {
    let statements = format!(
        "PRAGMA defer_foreign_keys = ON; \
         INSERT INTO stores VALUES ('s', 's', 'EUR', 'UTC', 'en', NULL, NULL, NULL, TRUE, 0); \
         INSERT INTO issuers VALUES ('i', 's', 'live', 'http://localhost', 0, 0, 0, NULL); \
         INSERT INTO shoppers VALUES ('p', 'i', 'p', 'p@example.com', 0, NULL); \
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS}) \
         INSERT INTO grants (id, issuer_id, shopper_id, client_id, resource, scope, client_digest, wordings, created_at, ended_at, ended_by) SELECT DISTINCT \
           'g' || n / 8 || '-' || n % 4, 'i', 'p', 'c' || n / 8 || '-' || n % 4, 'r', '', NULL, '{{}}', 0, NULL, NULL FROM n; \
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS}) \
         INSERT INTO connections SELECT \
           printf('00000000-0000-7000-8000-%012d', n), 'i', 'g' || n / 8 || '-' || n % 4, 'c' || n % 2, 'p', 'p' || n % 1000, 'p' || n % 1000, \
           'r', 'products:read', 1, x'00', n, x'00', 'c', 'u', 0, TRUE, FALSE, n / 2, 0, 'phr', 0, NULL, NULL, NULL, {ROWS} * 2, n / 2, {ROWS}, 'x', \
           0, 0, 0, 0, 0, 0, CASE n % 4 < 2 WHEN TRUE THEN n END, CASE n % 4 < 2 WHEN TRUE THEN 'expired' END \
         FROM n; ANALYZE"
    );
    match &mut **tx {
        DbConnection::Sqlite(c) => Ok(c.batch_execute(&statements)?),
        DbConnection::Postgres(_) => Ok(()),
    }
}

fn plan(connection: &mut DbConnection, page: Page) -> StorageResult<String> {
    let filter = everything();
    let query = page_query!("i", &filter, page, 50_u16);
    let sql = diesel::debug_query::<Sqlite, _>(&query).to_string();
    let sql = sql.split(" -- binds").next().unwrap_or_default().to_owned();
    let DbConnection::Sqlite(c) = connection else { return Ok(String::new()) };
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(c)?;
    Ok(steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; "))
}

fn everything() -> Filter {
    let now = Timestamp::from_micros(ROWS);
    Filter { clients: None, pseudonym: None, state: None, now }
}

#[actix_web::test]
async fn any_page_of_a_hundred_thousand_sessions_is_read_from_the_index() {
    let db = Database::in_memory().unwrap();
    db.write(seed).await.unwrap();
    let middle = Key { at: Timestamp::from_micros(ROWS / 4), id: Uuid::from_u128(0) };
    for page in [Page::First, Page::OlderThan(middle), Page::NewerThan(middle)] {
        let plan = db.read(move |c| plan(c, page)).await.unwrap();
        assert!(plan.contains("connections USING INDEX connections_by_issuer"), "{page:?}: {plan}");
        // Whether one is superseded is looked up for each row that the page passes.
        assert!(plan.contains("later USING INDEX connections_by_grant (grant_id=?"), "{page:?}: {plan}");
        assert!(!plan.contains("SCAN"), "{page:?}: {plan}");
        // Only ties of one moment may be sorted, never the table.
        assert!(!plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{page:?}: {plan}");
        let read = move |c: &mut DbConnection| {
            let begun = Instant::now();
            let (rows, has_more) = list(c, &IssuerId::new("i"), &everything(), page, 50)?;
            Ok::<_, StorageError>((rows.len(), has_more, begun.elapsed()))
        };
        let (rows, has_more, took) = db.read(read).await.unwrap();
        println!("{page:?}: {took:?}; {plan}");
        assert_eq!((rows, has_more), (50, true));
    }
}
