//! Taking something from every connection of a grant that has not ended (decision 4): what its tokens are made of from then
//! on, and what introspection says of those there are.

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::connections;
use super::{StorageResult, Tx, each, limit_columns};
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{ConnectionId, GrantId, ScopeSet, Timestamp};

/// The grant's ceiling, on all its connections.
pub fn set_limit(tx: &mut Tx<'_>, grant_id: &GrantId, limit: Option<SpendingLimit>) -> StorageResult<()> {
    let (currency, per_order, per_month) = limit_columns::columns(limit);
    each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::grant_id.eq(grant_id.as_str()))
        .filter(connections::ended_at.is_null())
        .set((
            connections::limit_currency.eq(&currency),
            connections::limit_per_order.eq(per_order),
            connections::limit_per_month.eq(per_month),
        ))
        .execute(c))?;
    Ok(())
}

/// What one connection holds from now on.
pub fn set_scope(tx: &mut Tx<'_>, id: ConnectionId, scope: ScopeSet) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(connections::table.find(id.to_string()))
        .filter(connections::ended_at.is_null())
        .set(connections::scope.eq(scope.to_string()))
        .execute(c))?;
    Ok(())
}

/// None of the grant's connections stays: no token is renewed any more, and `at` each is over, if not before. How many did.
pub fn end_stays(tx: &mut Tx<'_>, grant_id: &GrantId, at: Timestamp) -> StorageResult<usize> {
    let at = at.as_micros();
    let sooner = case_when(connections::expires_at.gt(at), at.into_sql::<BigInt>()).otherwise(connections::expires_at);
    Ok(each!(&mut **tx, c => diesel::update(connections::table)
        .filter(connections::grant_id.eq(grant_id.as_str()))
        .filter(connections::ended_at.is_null())
        .filter(connections::refreshable.eq(true))
        .set((connections::refreshable.eq(false), connections::expires_at.eq(sooner)))
        .execute(c))?)
}
