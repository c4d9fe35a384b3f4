//! What the merchant has decided about a client. It is kept from then on, so that it cannot be had anew by letting the client
//! expire and registering it again.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::schema::{clients, grants};
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::client::AgentClass;
use crate::domain::{ClientId, IssuerId, Timestamp};

/// `None`: the policy decides by how far it is trusted. False when there is no such client.
pub fn set_class(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: &ClientId,
    class: Option<AgentClass>,
) -> StorageResult<bool> {
    let class = class.map(AgentClass::as_str);
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .set((clients::class.eq(class), clients::expires_at.eq(None::<i64>)))
        .execute(c))?;
    Ok(changed == 1)
}

/// Vouches for the client, or does so no more. False when it stood so already, or there is no such client.
pub fn set_approved(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: &ClientId,
    at: Option<Timestamp>,
) -> StorageResult<bool> {
    let stands = at.is_some();
    let at = at.map(Timestamp::as_micros);
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .filter(clients::approved_at.is_null().eq(stands))
        .set((clients::approved_at.eq(at), clients::expires_at.eq(None::<i64>)))
        .execute(c))?;
    Ok(changed == 1)
}

/// Lets the client do nothing new, or lets it go. False when it stood so already, or there is no such client.
pub fn set_quarantined(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: &ClientId,
    at: Option<Timestamp>,
) -> StorageResult<bool> {
    let stands = at.is_some();
    let at = at.map(Timestamp::as_micros);
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .filter(clients::quarantined_at.is_null().eq(stands))
        .set((clients::quarantined_at.eq(at), clients::expires_at.eq(None::<i64>)))
        .execute(c))?;
    Ok(changed == 1)
}

/// Marks the client as merged, once. False when it was merged already, or there is no such client.
pub fn set_merged(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId, into: &ClientId) -> StorageResult<bool> {
    let changed = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .filter(clients::merged_into.is_null())
        .set((clients::merged_into.eq(into.as_str()), clients::expires_at.eq(None::<i64>)))
        .execute(c))?;
    Ok(changed == 1)
}

/// Those that were merged into a client, each with whether it is quarantined by itself.
pub fn list_merged(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    into: &str,
) -> StorageResult<Vec<(String, bool)>> {
    let rows: Vec<(String, Option<i64>)> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::merged_into.eq(into))
        .order(clients::id)
        .select((clients::id, clients::quarantined_at))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, at)| (id, at.is_some())).collect())
}

/// How many live grants of `from` there are, and for how many of them the shopper has none of `into` for the same resource.
pub fn count_movable(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    from: &ClientId,
    into: &ClientId,
) -> StorageResult<(i64, i64)> {
    let all = each!(connection, c => grants::table
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .filter(grants::client_id.eq(from.as_str()))
        .filter(grants::ended_at.is_null())
        .count()
        .get_result(c))?;
    let theirs = diesel::alias!(grants as theirs);
    let movable = each!(connection, c => grants::table
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .filter(grants::client_id.eq(from.as_str()))
        .filter(grants::ended_at.is_null())
        .filter(not(exists(theirs
            .filter(theirs.field(grants::shopper_id).eq(grants::shopper_id))
            .filter(theirs.field(grants::client_id).eq(into.as_str()))
            .filter(theirs.field(grants::resource).eq(grants::resource))
            .filter(theirs.field(grants::ended_at).is_null()))))
        .count()
        .get_result(c))?;
    Ok((all, movable))
}

/// Moves the live grants of `from` for which the shopper has none of `into` for the same resource. Nothing else of them
/// changes: what a grant has held stays its ceiling. How many were moved.
pub fn move_grants(tx: &mut Tx<'_>, issuer_id: &IssuerId, from: &ClientId, into: &ClientId) -> StorageResult<usize> {
    let theirs = diesel::alias!(grants as theirs);
    Ok(each!(&mut **tx, c => diesel::update(grants::table
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .filter(grants::client_id.eq(from.as_str()))
        .filter(grants::ended_at.is_null())
        .filter(not(exists(theirs
            .filter(theirs.field(grants::shopper_id).eq(grants::shopper_id))
            .filter(theirs.field(grants::client_id).eq(into.as_str()))
            .filter(theirs.field(grants::resource).eq(grants::resource))
            .filter(theirs.field(grants::ended_at).is_null())))))
        .set(grants::client_id.eq(into.as_str()))
        .execute(c))?)
}
