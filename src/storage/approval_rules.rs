//! What agents may buy without asking, and where the shopper has had things sent before: of addresses only MACs.

use diesel::dsl::max;
use diesel::prelude::*;
use mcp_resource::wire::purchase::{CheckoutDocument, ShipTo};

use super::bytes::digest as digest_of;
use super::schema::{approval_rules, approved_destinations, connections, grants, purchases};
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::approval_rule::ApprovalRule;
use crate::domain::{GrantId, IssuerId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_rules)]
struct RuleRow {
    grant_id: String,
    id: String,
    currency: String,
    most: i64,
    created_at: i64,
}

pub fn find(connection: &mut DbConnection, grant_id: &GrantId) -> StorageResult<Option<ApprovalRule>> {
    Ok(list(connection, &[grant_id.as_str()])?.pop().map(|(_, rule)| rule))
}

/// Those of these grants.
pub fn list(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<(GrantId, ApprovalRule)>> {
    let rows: Vec<RuleRow> = each!(connection, c => approval_rules::table
        .filter(approval_rules::grant_id.eq_any(grant_ids))
        .select(RuleRow::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Who may buy by the rules of the issuer: grant, client and redirect URI of each connection that one has had.
pub fn list_buyers(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
) -> StorageResult<Vec<(GrantId, String, String)>> {
    let rows: Vec<(String, String, String)> = each!(connection, c => approval_rules::table
        .inner_join(connections::table.on(connections::grant_id.eq(approval_rules::grant_id)))
        .filter(connections::issuer_id.eq(issuer_id.as_str()))
        .select((approval_rules::grant_id, connections::client_id, connections::redirect_uri))
        .distinct()
        .load(c))?;
    Ok(rows.into_iter().map(|(grant_id, client_id, uri)| (GrantId::new(grant_id), client_id, uri)).collect())
}

/// In the place of the one that there was.
pub fn set(tx: &mut Tx<'_>, grant_id: &GrantId, rule: &ApprovalRule) -> StorageResult<()> {
    remove(tx, grant_id)?;
    let row = RuleRow {
        grant_id: grant_id.to_string(),
        id: rule.id.clone(),
        currency: rule.currency.to_string(),
        most: rule.most,
        created_at: rule.created_at.as_micros(),
    };
    each!(&mut **tx, c => diesel::insert_into(approval_rules::table).values(&row).execute(c))?;
    Ok(())
}

/// False when there was none.
pub fn remove(tx: &mut Tx<'_>, grant_id: &GrantId) -> StorageResult<bool> {
    let removed = each!(&mut **tx, c => diesel::delete(approval_rules::table.find(grant_id.as_str())).execute(c))?;
    Ok(removed == 1)
}

/// Of all grants of the issuer.
pub fn remove_all(tx: &mut Tx<'_>, issuer_id: &IssuerId) -> StorageResult<usize> {
    let of_issuer = grants::table.filter(grants::issuer_id.eq(issuer_id.as_str())).select(grants::id);
    Ok(each!(&mut **tx, c => diesel::delete(approval_rules::table)
        .filter(approval_rules::grant_id.eq_any(of_issuer))
        .execute(c))?)
}

/// With where things of these grants have gone.
pub fn forget(tx: &mut Tx<'_>, grant_ids: &[String]) -> StorageResult<()> {
    each!(&mut **tx, c => {
        diesel::delete(approval_rules::table).filter(approval_rules::grant_id.eq_any(grant_ids)).execute(c)?;
        diesel::delete(approved_destinations::table).filter(approved_destinations::grant_id.eq_any(grant_ids)).execute(c)
    })?;
    Ok(())
}

/// The shopper has approved, by hand, that something of this grant's goes there.
pub fn remember_destination(
    tx: &mut Tx<'_>,
    grant_id: &GrantId,
    digest: &[u8; 32],
    now: Timestamp,
) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::insert_into(approved_destinations::table)
        .values((
            approved_destinations::grant_id.eq(grant_id.as_str()),
            approved_destinations::digest.eq(digest.as_slice()),
            approved_destinations::approved_at.eq(now.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Whether they have, by any of these.
pub fn is_destination(connection: &mut DbConnection, grant_id: &GrantId, digests: &[[u8; 32]]) -> StorageResult<bool> {
    let digests: Vec<&[u8]> = digests.iter().map(<[u8; 32]>::as_slice).collect();
    let known = approved_destinations::table
        .filter(approved_destinations::grant_id.eq(grant_id.as_str()))
        .filter(approved_destinations::digest.eq_any(digests));
    Ok(each!(connection, c => diesel::select(diesel::dsl::exists(known)).get_result(c))?)
}

/// Where the shopper has had something of a grant's sent before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedDestination {
    pub grant_id: GrantId,
    pub digest: [u8; 32],
    /// The first time, by hand.
    pub approved_at: Timestamp,
    /// As the resource server reported it: from the newest purchase that still has it (`retention` takes it out).
    pub ship_to: Option<ShipTo>,
}

/// Of these grants, the latest first.
pub fn list_destinations(connection: &mut DbConnection, grant_ids: &[&str]) -> StorageResult<Vec<ApprovedDestination>> {
    let rows: Vec<(String, Vec<u8>, i64)> = each!(connection, c => approved_destinations::table
        .filter(approved_destinations::grant_id.eq_any(grant_ids))
        .order((approved_destinations::approved_at.desc(), approved_destinations::digest.asc()))
        .load(c))?;
    let digests: Vec<&[u8]> = rows.iter().map(|(_, digest, _)| digest.as_slice()).collect();
    let newest: Vec<(Option<Vec<u8>>, Option<i64>)> = each!(connection, c => purchases::table
        .filter(purchases::grant_id.eq_any(grant_ids))
        .filter(purchases::destination.eq_any(&digests))
        .group_by(purchases::destination)
        .select((purchases::destination, max(purchases::created_at)))
        .load(c))?;
    let times: Vec<i64> = newest.into_iter().filter_map(|(_, at)| at).collect();
    let documents: Vec<(Option<Vec<u8>>, String)> = each!(connection, c => purchases::table
        .filter(purchases::grant_id.eq_any(grant_ids))
        .filter(purchases::destination.eq_any(&digests))
        .filter(purchases::created_at.eq_any(&times))
        .select((purchases::destination, purchases::document))
        .load(c))?;
    let destination = |(grant_id, digest, approved_at): (String, Vec<u8>, i64)| {
        let wrong = |table| StorageError::inconsistent(table, grant_id.as_str(), "digest");
        let document = documents.iter().find(|(of, _)| of.as_ref() == Some(&digest)).map(|(_, document)| document);
        let document: Option<CheckoutDocument> =
            document.map(|text| serde_json::from_str(text)).transpose().ok().ok_or_else(|| wrong("purchases"))?;
        let kept = digest_of(Some(&digest), || wrong("approved_destinations"))?;
        Ok(ApprovedDestination {
            digest: kept.ok_or_else(|| wrong("approved_destinations"))?,
            approved_at: Timestamp::from_micros(approved_at),
            ship_to: document.and_then(|document| document.ship_to),
            grant_id: GrantId::new(grant_id),
        })
    };
    rows.into_iter().map(destination).collect()
}

impl TryFrom<RuleRow> for (GrantId, ApprovalRule) {
    type Error = StorageError;

    fn try_from(row: RuleRow) -> StorageResult<Self> {
        let wrong = || StorageError::inconsistent("approval_rules", row.grant_id.as_str(), "currency");
        let rule = ApprovalRule {
            currency: row.currency.parse().ok().ok_or_else(wrong)?,
            id: row.id,
            most: row.most,
            created_at: Timestamp::from_micros(row.created_at),
        };
        Ok((GrantId::new(row.grant_id), rule))
    }
}
