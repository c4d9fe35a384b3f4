//! Keeps the prepared form of a statement that diesel would prepare anew each time.
//!
//! Diesel takes it that an UPDATE may have other columns every time, and never keeps one prepared. Ours have the same
//! columns always, and preparing a refresh costs SQLite more than running it. [`cached!`] finds what is kept by the place
//! in the source, so that not even the text is built again. A statement that returns nothing is run by [`Cached::run`].

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::BigInt;

/// `cached!(statement)`: prepared once for each connection. Only for a statement whose text never varies: no list whose
/// length is part of it (`eq_any` on SQLite), no boxed query, no optional assignment; and never in a generic function, whose
/// instances would share the place.
macro_rules! cached {
    ($statement:expr) => {{
        /// Names this place, and so the statement.
        struct Here;
        $crate::storage::cached::Cached::<_, Here>::new($statement)
    }};
}
pub(super) use cached;

/// A statement without values, such as `COMMIT`. (`sql_query` is never kept, as its text is not known to diesel either.)
pub(super) struct Verbatim(pub &'static str);

impl<DB: Backend> QueryFragment<DB> for Verbatim {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

pub(super) struct Cached<Q, Place> {
    statement: Q,
    place: PhantomData<Place>,
}

impl<Q, Place> Cached<Q, Place> {
    /// `Place` is a type that no other statement names.
    pub(super) fn new(statement: Q) -> Self {
        Self { statement, place: PhantomData }
    }

    /// Runs a statement that returns no rows. Diesel's `execute` goes by a reference to the statement, which does not say
    /// that it may be kept: it prepares an UPDATE anew, and walks through all of an INSERT to find out.
    pub(super) fn run<'query, C>(self, connection: &mut C) -> QueryResult<()>
    where
        Silent<Self>: LoadQuery<'query, C, i64>,
    {
        Silent(self).load::<i64>(connection).map(drop)
    }
}

/// A statement whose rows are none.
#[derive(QueryId)]
pub(super) struct Silent<Q>(Q);

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Silent<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        self.0.is_safe_to_cache_prepared(backend)
    }
}

impl<Q> Query for Silent<Q> {
    type SqlType = BigInt;
}

impl<Q, C> RunQueryDsl<C> for Silent<Q> {}

impl<Q, Place, DB> QueryFragment<DB> for Cached<Q, Place>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.statement.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q, Place: 'static> QueryId for Cached<Q, Place> {
    type QueryId = Place;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q: Query, Place> Query for Cached<Q, Place> {
    type SqlType = Q::SqlType;
}

impl<Q, Place, C> RunQueryDsl<C> for Cached<Q, Place> {}
