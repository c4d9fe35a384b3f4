//! Grants: at most one live one for a shopper, a client and a resource, as a unique index over the live rows says.

use diesel::prelude::*;

use super::bytes::digest;
use super::limit_columns;
use super::schema::{clients, grants};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::grant::Grant;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::wording::Wordings;
use crate::domain::{ClientId, GrantId, IssuerId, ScopeSet, ShopperId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
struct GrantRow {
    id: String,
    issuer_id: String,
    shopper_id: String,
    client_id: String,
    resource: String,
    scope: String,
    client_digest: Option<Vec<u8>>,
    wordings: String,
    limit_currency: Option<String>,
    limit_per_order: Option<i64>,
    limit_per_month: Option<i64>,
    created_at: i64,
    ended_at: Option<i64>,
    ended_by: Option<String>,
}

pub fn insert(tx: &mut Tx<'_>, grant: &Grant) -> StorageResult<()> {
    let (limit_currency, limit_per_order, limit_per_month) = limit_columns::columns(grant.limit);
    let row = GrantRow {
        id: grant.id.to_string(),
        issuer_id: grant.issuer_id.to_string(),
        shopper_id: grant.shopper_id.to_string(),
        client_id: grant.client_id.to_string(),
        resource: grant.resource.clone(),
        scope: grant.scope.to_string(),
        client_digest: grant.client_digest.map(|digest| digest.to_vec()),
        wordings: written(&grant.wordings)?,
        limit_currency,
        limit_per_order,
        limit_per_month,
        created_at: grant.created_at.as_micros(),
        ended_at: None,
        ended_by: None,
    };
    each!(&mut **tx, c => diesel::insert_into(grants::table).values(&row).execute(c))?;
    Ok(())
}

/// The live grant of the three.
pub fn find_live(
    connection: &mut DbConnection,
    shopper_id: &ShopperId,
    client_id: &ClientId,
    resource: &str,
) -> StorageResult<Option<Grant>> {
    let row: Option<GrantRow> = each!(connection, c => grants::table
        .filter(grants::shopper_id.eq(shopper_id.as_str()))
        .filter(grants::client_id.eq(client_id.as_str()))
        .filter(grants::resource.eq(resource))
        .filter(grants::ended_at.is_null())
        .select(GrantRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

pub fn find(connection: &mut DbConnection, issuer_id: &IssuerId, id: &GrantId) -> StorageResult<Option<Grant>> {
    let row: Option<GrantRow> = each!(connection, c => grants::table
        .find(id.as_str())
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .select(GrantRow::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Whether any shopper's grant to this client is live.
pub fn has_live(connection: &mut DbConnection, issuer_id: &IssuerId, client_id: &ClientId) -> StorageResult<bool> {
    let of_client = grants::table
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .filter(grants::client_id.eq(client_id.as_str()))
        .filter(grants::ended_at.is_null());
    Ok(each!(connection, c => diesel::select(diesel::dsl::exists(of_client)).get_result(c))?)
}

/// Live grants of a shopper, newest first.
pub fn list_live(connection: &mut DbConnection, shopper_id: &ShopperId) -> StorageResult<Vec<Grant>> {
    let rows: Vec<GrantRow> = each!(connection, c => grants::table
        .filter(grants::shopper_id.eq(shopper_id.as_str()))
        .filter(grants::ended_at.is_null())
        .order(grants::created_at.desc())
        .select(GrantRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The grant, and if it is live the shopper's other live ones that are one agent with it: for the same resource, of what the merchant
/// has merged. In the order of their ids.
pub fn list_of_agent(connection: &mut DbConnection, id: &GrantId) -> StorageResult<Vec<Grant>> {
    let found: Option<(GrantRow, Option<String>)> = each!(connection, c => grants::table
        .left_join(clients::table.on(clients::issuer_id.eq(grants::issuer_id).and(clients::id.eq(grants::client_id))))
        .filter(grants::id.eq(id.as_str()))
        .select((GrantRow::as_select(), clients::merged_into.nullable()))
        .first(c)
        .optional())?;
    let Some((row, merged_into)) = found else { return Ok(Vec::new()) };
    if row.ended_at.is_some() {
        return Ok(vec![row.try_into()?]);
    }
    let successor = merged_into.unwrap_or_else(|| row.client_id.clone());
    let merged = clients::table
        .filter(clients::issuer_id.eq(&row.issuer_id))
        .filter(clients::merged_into.eq(&successor))
        .select(clients::id);
    let rows: Vec<GrantRow> = each!(connection, c => grants::table
        .filter(grants::shopper_id.eq(&row.shopper_id))
        .filter(grants::resource.eq(&row.resource))
        .filter(grants::issuer_id.eq(&row.issuer_id))
        .filter(grants::ended_at.is_null())
        .filter(grants::client_id.eq(&successor).or(grants::client_id.eq_any(merged)))
        .order(grants::id.asc())
        .select(GrantRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// All of a shopper's, ended or not, newest first.
pub fn list_all(connection: &mut DbConnection, shopper_id: &ShopperId, limit: i64) -> StorageResult<Vec<Grant>> {
    let rows: Vec<GrantRow> = each!(connection, c => grants::table
        .filter(grants::shopper_id.eq(shopper_id.as_str()))
        .order((grants::created_at.desc(), grants::id.desc()))
        .limit(limit)
        .select(GrantRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The live grant of the three, with its row held until the transaction ends: what is decided by it is still so then.
pub fn hold_live(
    tx: &mut Tx<'_>,
    shopper_id: &ShopperId,
    client_id: &ClientId,
    resource: &str,
) -> StorageResult<Option<Grant>> {
    let row: Option<GrantRow> = each!(&mut **tx, c => diesel::update(grants::table)
        .filter(grants::shopper_id.eq(shopper_id.as_str()))
        .filter(grants::client_id.eq(client_id.as_str()))
        .filter(grants::resource.eq(resource))
        .filter(grants::ended_at.is_null())
        // Both databases know no other way to hold a row that is the same in each.
        .set(grants::scope.eq(grants::scope))
        .returning(GrantRow::as_returning())
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The same by its id.
pub fn hold(tx: &mut Tx<'_>, issuer_id: &IssuerId, id: &GrantId) -> StorageResult<Option<Grant>> {
    let row: Option<GrantRow> = each!(&mut **tx, c => diesel::update(grants::table.find(id.as_str()))
        .filter(grants::issuer_id.eq(issuer_id.as_str()))
        .filter(grants::ended_at.is_null())
        .set(grants::scope.eq(grants::scope))
        .returning(GrantRow::as_returning())
        .get_result(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Waits for whoever is changing the grant, live or over, and keeps others waiting until the end of the transaction.
pub fn hold_terms(tx: &mut Tx<'_>, id: &GrantId) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(grants::table.find(id.as_str()))
        .set(grants::scope.eq(grants::scope))
        .execute(c))?;
    Ok(())
}

/// What of a grant a consent, or the shopper later, decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub scope: ScopeSet,
    pub limit: Option<SpendingLimit>,
    pub client_digest: Option<[u8; 32]>,
}

/// False when it has ended meanwhile.
pub fn set_terms(tx: &mut Tx<'_>, id: &GrantId, terms: &Terms) -> StorageResult<bool> {
    let (currency, per_order, per_month) = limit_columns::columns(terms.limit);
    let changed = each!(&mut **tx, c => diesel::update(grants::table.find(id.as_str()))
        .filter(grants::ended_at.is_null())
        .set((
            grants::scope.eq(terms.scope.to_string()),
            grants::limit_currency.eq(&currency),
            grants::limit_per_order.eq(per_order),
            grants::limit_per_month.eq(per_month),
            grants::client_digest.eq(terms.client_digest.map(|digest| digest.to_vec())),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// In which words what it holds was given.
pub fn set_wordings(tx: &mut Tx<'_>, id: &GrantId, wordings: &Wordings) -> StorageResult<()> {
    let wordings = written(wordings)?;
    each!(&mut **tx, c => diesel::update(grants::table.find(id.as_str()))
        .set(grants::wordings.eq(&wordings))
        .execute(c))?;
    Ok(())
}

fn written(wordings: &Wordings) -> StorageResult<String> {
    serde_json::to_string(wordings).map_err(|error| StorageError::Unavailable(format!("wordings: {error}")))
}

/// Ends a live grant; false when it was not live.
pub fn end(tx: &mut Tx<'_>, id: &GrantId, by: &str, now: Timestamp) -> StorageResult<bool> {
    let ended = each!(&mut **tx, c => diesel::update(grants::table.find(id.as_str()))
        .filter(grants::ended_at.is_null())
        .set((grants::ended_at.eq(now.as_micros()), grants::ended_by.eq(by)))
        .execute(c))?;
    Ok(ended == 1)
}

impl TryFrom<GrantRow> for Grant {
    type Error = StorageError;

    fn try_from(row: GrantRow) -> Result<Self, StorageError> {
        let wrong = |column| StorageError::inconsistent("grants", row.id.as_str(), column);
        let client_digest = digest(row.client_digest.as_deref(), || wrong("client_digest"))?;
        let limit = (row.limit_currency.clone(), row.limit_per_order, row.limit_per_month);
        let limit = limit_columns::read(limit).map_err(wrong)?;
        Ok(Self {
            client_digest,
            limit,
            wordings: serde_json::from_str(&row.wordings).ok().ok_or_else(|| wrong("wordings"))?,
            scope: row.scope.parse().ok().ok_or_else(|| wrong("scope"))?,
            id: GrantId::new(row.id),
            issuer_id: IssuerId::new(row.issuer_id),
            shopper_id: ShopperId::new(row.shopper_id),
            client_id: ClientId::new(row.client_id),
            resource: row.resource,
            created_at: Timestamp::from_micros(row.created_at),
            ended_at: row.ended_at.map(Timestamp::from_micros),
        })
    }
}
