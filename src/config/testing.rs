//! The setting of the test suite: a PostgreSQL server to run on instead of SQLite in memory.

/// `TEST_DATABASE_URL`, where it is set.
#[expect(clippy::disallowed_methods, reason = "settings come from config, also the tests' own")]
pub fn database_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}
