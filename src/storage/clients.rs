//! Clients. Registrations are bounded: unused ones expire, and at the cap the oldest unused one of the busiest source gives
//! way, so that nobody can lock others out (decision 2).

use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::bytes::digest;
use super::cached::cached;
use super::schema::{clients, grants};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::client::{Client, ClientOrigin};
use crate::domain::network::Network;
use crate::domain::{ClientId, IssuerId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
pub(super) struct ClientRow {
    issuer_id: String,
    id: String,
    origin: String,
    class: Option<String>,
    auth_method: String,
    secret_hash: Option<Vec<u8>>,
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_until: Option<i64>,
    registration_token_hash: Option<Vec<u8>>,
    metadata: String,
    default_resource: Option<String>,
    source: String,
    created_at: i64,
    expires_at: Option<i64>,
    document_read_at: Option<i64>,
    approved_at: Option<i64>,
    quarantined_at: Option<i64>,
    merged_into: Option<String>,
}

impl ClientRow {
    fn new(issuer_id: &IssuerId, client: &Client, source: &Network) -> StorageResult<Self> {
        Ok(Self {
            issuer_id: issuer_id.to_string(),
            id: client.id.to_string(),
            origin: client.origin.to_string(),
            class: client.class.map(|class| class.to_string()),
            auth_method: client.auth_method.to_string(),
            secret_hash: client.secret_hash.map(|hash| hash.to_vec()),
            previous_secret_hash: client.previous_secret.map(|(hash, _)| hash.to_vec()),
            previous_secret_until: client.previous_secret.map(|(_, until)| until.as_micros()),
            registration_token_hash: client.registration_token_hash.map(|hash| hash.to_vec()),
            metadata: metadata(client)?,
            default_resource: client.default_resource.clone(),
            source: source.as_str().to_owned(),
            created_at: client.created_at.as_micros(),
            expires_at: client.expires_at.map(Timestamp::as_micros),
            document_read_at: client.document_read_at.map(Timestamp::as_micros),
            approved_at: client.approved_at.map(Timestamp::as_micros),
            quarantined_at: client.quarantined_at.map(Timestamp::as_micros),
            merged_into: client.merged_into.as_ref().map(ToString::to_string),
        })
    }
}

pub(super) fn metadata(client: &Client) -> StorageResult<String> {
    serde_json::to_string(&client.metadata)
        .map_err(|_not_json| StorageError::inconsistent("clients", client.id.as_str(), "metadata"))
}

/// Inserts the client; false when there is one with its id, whose expiry is then put off.
pub fn insert(tx: &mut Tx<'_>, issuer_id: &IssuerId, client: &Client, source: &Network) -> StorageResult<bool> {
    let row = ClientRow::new(issuer_id, client, source)?;
    let inserted = each!(&mut **tx, c => cached!(diesel::insert_into(clients::table)
        .values(&row)
        .on_conflict_do_nothing())
        .execute(c))?;
    if inserted == 0 {
        each!(&mut **tx, c => diesel::update(clients::table.find((&row.issuer_id, &row.id)))
            .filter(clients::expires_at.is_not_null())
            .set(clients::expires_at.eq(row.expires_at))
            .execute(c))?;
    }
    Ok(inserted == 1)
}

/// The client, and what it was merged into: whoever decides by the one is bound by the other.
pub fn find(connection: &mut DbConnection, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<Option<Client>> {
    let Some(client) = find_alone(connection, issuer_id, id)? else { return Ok(None) };
    let successor = match &client.merged_into {
        Some(into) => find_alone(connection, issuer_id, into)?.map(Box::new),
        None => None,
    };
    Ok(Some(Client { successor, ..client }))
}

fn find_alone(connection: &mut DbConnection, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<Option<Client>> {
    let row: Option<ClientRow> = each!(connection, c => clients::table
        .find((issuer_id.as_str(), id.as_str()))
        .select(ClientRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// A client as the database has it, for an authorization request.
#[derive(Debug, Clone)]
pub struct Kept {
    pub client: Client,
    /// A shopper relies on this copy of a described client.
    pub has_live_grant: bool,
}

pub fn find_kept(connection: &mut DbConnection, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<Option<Kept>> {
    let Some(client) = find(connection, issuer_id, id)? else { return Ok(None) };
    let has_live_grant =
        client.origin == ClientOrigin::Described && super::grants::has_live(connection, issuer_id, id)?;
    Ok(Some(Kept { client, has_live_grant }))
}

/// Those of `ids` that there are, each with what it was merged into.
pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId, ids: &[&str]) -> StorageResult<Vec<Client>> {
    let rows: Vec<ClientRow> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::id.eq_any(ids))
        .select(ClientRow::as_select())
        .load(c))?;
    let listed = rows.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    with_successors(connection, issuer_id, listed)
}

/// Puts what each was merged into beside it.
pub(super) fn with_successors(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    mut listed: Vec<Client>,
) -> StorageResult<Vec<Client>> {
    let mut wanted: Vec<&str> =
        listed.iter().filter_map(|client| client.merged_into.as_ref()).map(ClientId::as_str).collect();
    if wanted.is_empty() {
        return Ok(listed);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let rows: Vec<ClientRow> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::id.eq_any(wanted))
        .select(ClientRow::as_select())
        .load(c))?;
    let successors: Vec<Client> = rows.into_iter().map(TryInto::try_into).collect::<StorageResult<_>>()?;
    for client in &mut listed {
        let into = successors.iter().find(|successor| Some(&successor.id) == client.merged_into.as_ref());
        client.successor = into.cloned().map(Box::new);
    }
    Ok(listed)
}

/// All clients of an issuer.
pub fn count(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<i64> {
    Ok(each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .select(count_star())
        .get_result(c))?)
}

/// Those that nobody has granted anything yet: what is capped.
pub fn count_unused(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<i64> {
    Ok(each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::expires_at.is_not_null())
        .select(count_star())
        .get_result(c))?)
}

/// Keeps a described client as the consent saw it: what the merchant decided about it stays. Never forgotten from then on.
pub fn keep_described(tx: &mut Tx<'_>, issuer_id: &IssuerId, client: &Client, source: &Network) -> StorageResult<()> {
    // Another replica may have read the document later.
    let kept = find(tx, issuer_id, &client.id)?;
    if kept.is_some_and(|kept| kept.document_read_at > client.document_read_at) {
        return Ok(());
    }
    let row = ClientRow::new(issuer_id, client, source)?;
    each!(&mut **tx, c => diesel::insert_into(clients::table)
        .values(&row)
        .on_conflict((clients::issuer_id, clients::id))
        .do_update()
        .set((
            clients::auth_method.eq(&row.auth_method),
            clients::metadata.eq(&row.metadata),
            clients::document_read_at.eq(row.document_read_at),
        ))
        .execute(c))?;
    Ok(())
}

/// A client that a shopper has granted something never expires (H14). Whether that is new.
pub fn keep(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &ClientId) -> StorageResult<bool> {
    let kept = each!(&mut **tx, c => diesel::update(clients::table.find((issuer_id.as_str(), id.as_str())))
        .filter(clients::expires_at.is_not_null())
        .set(clients::expires_at.eq(None::<i64>))
        .execute(c))?;
    Ok(kept == 1)
}

/// A source, and how many never-granted registrations it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    pub source: String,
    pub clients: i64,
}

/// Up to `limit` sources with the most never-granted registrations, busiest first.
pub fn busiest(connection: &mut DbConnection, issuer_id: &IssuerId, limit: i64) -> StorageResult<Vec<Busy>> {
    let rows: Vec<(String, i64)> = each!(connection, c => clients::table
        .filter(clients::issuer_id.eq(issuer_id.as_str()))
        .filter(clients::expires_at.is_not_null())
        .group_by(clients::source)
        .order(count_star().desc())
        .limit(limit)
        .select((clients::source, count_star()))
        .load(c))?;
    Ok(rows.into_iter().map(|(source, clients)| Busy { source, clients }).collect())
}

/// Removes the oldest never-granted registration of a source except `new`. False when there is none, or somebody else was
/// faster.
pub fn remove_oldest(tx: &mut Tx<'_>, issuer_id: &IssuerId, source: &str, new: &ClientId) -> StorageResult<bool> {
    let (issuer, new) = (issuer_id.as_str(), new.as_str());
    let oldest: Option<String> = each!(&mut **tx, c => clients::table
        .filter(clients::issuer_id.eq(issuer))
        .filter(clients::source.eq(source))
        .filter(clients::expires_at.is_not_null())
        .filter(clients::id.ne(new))
        .order(clients::created_at.asc())
        .select(clients::id)
        .first(c)
        .optional())?;
    let Some(oldest) = oldest else { return Ok(false) };
    // Only while it is unused: a consent may have come between.
    let removed = each!(&mut **tx, c => diesel::delete(clients::table.find((issuer, &oldest)))
        .filter(clients::expires_at.is_not_null())
        .execute(c))?;
    Ok(removed == 1)
}

/// Removes up to `limit` registrations that expired unused.
pub fn delete_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> StorageResult<usize> {
    let expired: Vec<(String, String)> = each!(&mut **tx, c => clients::table
        .filter(clients::expires_at.lt(now.as_micros()))
        .filter(not(exists(grants::table
            .filter(grants::issuer_id.eq(clients::issuer_id))
            .filter(grants::client_id.eq(clients::id)))))
        .order(clients::expires_at.asc())
        .limit(limit)
        .select((clients::issuer_id, clients::id))
        .load(c))?;
    for (issuer_id, id) in &expired {
        // Only while it still is: a consent may have come between.
        each!(&mut **tx, c => diesel::delete(clients::table.find((issuer_id, id)))
            .filter(clients::expires_at.lt(now.as_micros()))
            .execute(c))?;
    }
    Ok(expired.len())
}

impl TryFrom<ClientRow> for Client {
    type Error = StorageError;

    fn try_from(row: ClientRow) -> Result<Self, StorageError> {
        let wrong = |column| StorageError::inconsistent("clients", row.id.as_str(), column);
        let secret_hash = digest(row.secret_hash.as_deref(), || wrong("secret_hash"))?;
        let previous = digest(row.previous_secret_hash.as_deref(), || wrong("previous_secret_hash"))?;
        let registration_token_hash =
            digest(row.registration_token_hash.as_deref(), || wrong("registration_token_hash"))?;
        Ok(Self {
            origin: row.origin.parse().ok().ok_or_else(|| wrong("origin"))?,
            class: row.class.as_deref().map(str::parse).transpose().ok().ok_or_else(|| wrong("class"))?,
            auth_method: row.auth_method.parse().ok().ok_or_else(|| wrong("auth_method"))?,
            secret_hash,
            previous_secret: previous.zip(row.previous_secret_until.map(Timestamp::from_micros)),
            registration_token_hash,
            metadata: serde_json::from_str(&row.metadata).ok().ok_or_else(|| wrong("metadata"))?,
            default_resource: row.default_resource,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_micros),
            document_read_at: row.document_read_at.map(Timestamp::from_micros),
            approved_at: row.approved_at.map(Timestamp::from_micros),
            quarantined_at: row.quarantined_at.map(Timestamp::from_micros),
            merged_into: row.merged_into.map(ClientId::new),
            successor: None,
            id: ClientId::new(row.id),
        })
    }
}
