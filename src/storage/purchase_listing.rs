//! The console's list of purchases, newest first, and the one that led to an order (S1-94, F26).

use diesel::prelude::*;

use super::purchases::{Found, found};
use super::schema::{connections, grants, purchases, restrictions};
use super::{DbConnection, StorageResult, each};
use crate::domain::purchase::Stage;
use crate::domain::{IssuerId, Timestamp};

/// What the list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Filter {
    #[default]
    All,
    /// Awaiting the shopper.
    Awaiting,
    /// Taken, and neither an order nor released: somebody should look.
    WithoutOrder,
    Completed,
    /// By the id of an order, a purchase, a checkout, a grant or a token.
    Id(String),
}

/// Where in the list a purchase stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub id: String,
}

/// One page of those before `place`, and whether there are older ones.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (filter, now): (&Filter, Timestamp),
    before: Option<&Place>,
    limit: u16,
) -> StorageResult<(Vec<Found>, bool)> {
    let rows = each!(connection, c => {
        let mut query = found!(issuer_id.as_str())
            .order((purchases::created_at.desc(), purchases::id.desc()))
            .limit(i64::from(limit).saturating_add(1))
            .into_boxed();
        query = match filter {
            Filter::All => query,
            Filter::Awaiting => query
                .filter(purchases::stage.eq(Stage::Awaiting.as_str()))
                .filter(purchases::expires_at.gt(now.as_micros())),
            Filter::WithoutOrder => query.filter(purchases::stage.eq(Stage::Consumed.as_str())),
            Filter::Completed => query.filter(purchases::stage.eq(Stage::Completed.as_str())),
            Filter::Id(id) => query.filter(
                purchases::id.eq(id)
                    .or(purchases::checkout_id.eq(id))
                    .or(purchases::grant_id.eq(id))
                    .or(purchases::jti.is_not_null().and(purchases::jti.assume_not_null().eq(id)))
                    .or(purchases::order_id.is_not_null().and(purchases::order_id.assume_not_null().eq(id))),
            ),
        };
        if let Some(Place { at, id }) = before {
            let same = purchases::created_at.eq(at.as_micros()).and(purchases::id.lt(id));
            query = query.filter(purchases::created_at.lt(at.as_micros()).or(same));
        }
        query.load(c)
    })?;
    let mut found = rows.into_iter().map(Found::of).collect::<StorageResult<Vec<_>>>()?;
    let has_more = found.len() > usize::from(limit);
    found.truncate(usize::from(limit));
    Ok((found, has_more))
}
