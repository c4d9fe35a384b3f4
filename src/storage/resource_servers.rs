//! Registered MCP servers and the hashes of their secrets. After a rotation the previous secret is good for a while, so that
//! a server can be given the new one without a gap.

use diesel::prelude::*;

use super::schema::resource_servers;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::resource::{Credentials, ResourceServer};
use crate::domain::{IssuerId, ResourceServerId, Timestamp};

#[derive(Queryable, Selectable)]
#[diesel(table_name = resource_servers)]
struct Row {
    id: String,
    resource: String,
    aliases: String,
    name: String,
    secret_hash: Vec<u8>,
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_until: Option<i64>,
}

impl TryFrom<Row> for Credentials {
    type Error = StorageError;

    fn try_from(row: Row) -> StorageResult<Self> {
        let wrong = |column| StorageError::inconsistent("resource_servers", row.id.clone(), column);
        let hash = |bytes: &[u8], column| <[u8; 32]>::try_from(bytes).ok().ok_or_else(|| wrong(column));
        let previous = match (&row.previous_secret_hash, row.previous_secret_until) {
            (Some(bytes), Some(until)) => Some((hash(bytes, "previous_secret_hash")?, Timestamp::from_micros(until))),
            (None, None) => None,
            _ => return Err(wrong("previous_secret_until")),
        };
        let secret_hash = hash(&row.secret_hash, "secret_hash")?;
        let aliases = serde_json::from_str(&row.aliases).ok().ok_or_else(|| wrong("aliases"))?;
        let server =
            ResourceServer { id: ResourceServerId::new(row.id), resource: row.resource, aliases, name: row.name };
        Ok(Self { server, secret_hash, previous })
    }
}

/// The resource server of this issuer with that id; one of another issuer is not found.
pub fn find_credentials(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    id: &ResourceServerId,
) -> StorageResult<Option<Credentials>> {
    let row: Option<Row> = each!(connection, c => resource_servers::table
        .filter(resource_servers::id.eq(id.as_str()))
        .filter(resource_servers::issuer_id.eq(issuer_id.as_str()))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(Credentials::try_from).transpose()
}

/// All of an issuer, the oldest first.
pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<Vec<Credentials>> {
    let rows: Vec<Row> = each!(connection, c => resource_servers::table
        .filter(resource_servers::issuer_id.eq(issuer_id.as_str()))
        .order((resource_servers::created_at.asc(), resource_servers::id.asc()))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Credentials::try_from).collect()
}

/// # Errors
/// A unique violation when the issuer has a server with this resource already.
pub fn insert(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    server: &ResourceServer,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> StorageResult<()> {
    let aliases = serde_json::to_string(&server.aliases)
        .ok()
        .ok_or_else(|| StorageError::inconsistent("resource_servers", server.id.as_str(), "aliases"))?;
    each!(&mut **tx, c => diesel::insert_into(resource_servers::table)
        .values((
            resource_servers::id.eq(server.id.as_str()),
            resource_servers::issuer_id.eq(issuer_id.as_str()),
            resource_servers::resource.eq(&server.resource),
            resource_servers::aliases.eq(aliases),
            resource_servers::name.eq(&server.name),
            resource_servers::secret_hash.eq(secret_hash.as_slice()),
            resource_servers::created_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// Sets a new secret and keeps the one before until `previous_until`. False when there is no such server.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    id: &ResourceServerId,
    secret_hash: &[u8; 32],
    previous_until: Timestamp,
) -> StorageResult<bool> {
    let changed = each!(&mut **tx, c => diesel::update(resource_servers::table)
        .filter(resource_servers::id.eq(id.as_str()))
        .filter(resource_servers::issuer_id.eq(issuer_id.as_str()))
        .set((
            resource_servers::previous_secret_hash.eq(resource_servers::secret_hash.nullable()),
            resource_servers::previous_secret_until.eq(previous_until.as_micros()),
            resource_servers::secret_hash.eq(secret_hash.as_slice()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}
