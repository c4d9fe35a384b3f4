//! What anonymous callers were refused: a ring of fixed size for each issuer, so that nobody can fill the disk or push
//! entries out of the audit trail (decision 2). Found by reference id; old ones are not shown.

use diesel::prelude::*;

use super::schema::refusals;
use super::{DbConnection, StorageResult, Tx, each};
use crate::domain::evidence::{Evidence, Shown};
use crate::domain::{IssuerId, Timestamp};

/// One refusal. `error` is the code that the caller got; `reason` is for people, and holds no secret and no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub at: Timestamp,
    pub reference_id: String,
    pub endpoint: String,
    pub error: String,
    pub reason: String,
    pub client_id: Option<String>,
    /// The failed check and both compared values; none of what was refused before they were kept.
    pub evidence: Option<KeptEvidence>,
}

/// What is left of an [`Evidence`] in storage. The check is a name, since a resource server may know newer ones than we do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEvidence {
    pub check: String,
    pub expected: String,
    pub presented: String,
}

impl From<&Evidence> for KeptEvidence {
    fn from(evidence: &Evidence) -> Self {
        let text = |shown: &Shown| shown.as_str().to_owned();
        Self {
            check: evidence.check.to_string(),
            expected: text(&evidence.expected),
            presented: text(&evidence.presented),
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = refusals, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    at: i64,
    reference_id: String,
    endpoint: String,
    error: String,
    reason: String,
    client_id: Option<String>,
    checked: Option<String>,
    expected: Option<String>,
    presented: Option<String>,
}

/// How many slots are tried when replicas want the same one at the same time.
const TRIES: i64 = 8;

/// Longer texts are cut: what an anonymous caller sends must not decide how large the ring is.
const LONGEST_TEXT: usize = 300;

/// Writes into the slot after the newest, over the oldest once all `kept` slots are full. What arrives late, as from a resource
/// server, is given the time after the newest: the order of time has to be that of writing, or it would write over it.
pub fn record(tx: &mut Tx<'_>, issuer_id: &IssuerId, refusal: &Refusal, kept: i64) -> StorageResult<()> {
    let mut row = Row::from(refusal);
    let newest: Option<(i64, i64)> = each!(&mut **tx, c => refusals::table
        .filter(refusals::issuer_id.eq(issuer_id.as_str()))
        .order((refusals::at.desc(), refusals::slot.desc()))
        .select((refusals::slot, refusals::at))
        .first(c)
        .optional())?;
    let (newest_slot, newest_at) = newest.unwrap_or((-1, 0));
    row.at = row.at.max(newest_at.saturating_add(1));
    for step in 1..=TRIES {
        let slot = newest_slot.saturating_add(step).rem_euclid(kept.max(1));
        let inserted = each!(&mut **tx, c => diesel::insert_into(refusals::table)
            .values((refusals::issuer_id.eq(issuer_id.as_str()), refusals::slot.eq(slot), &row))
            .on_conflict_do_nothing()
            .execute(c))?;
        // A row newer than the newest that we saw is another replica's, just written: it stays.
        if inserted == 1
            || each!(&mut **tx, c => diesel::update(refusals::table.find((issuer_id.as_str(), slot)))
                .filter(refusals::at.le(newest_at))
                .set(&row)
                .execute(c))?
                == 1
        {
            break;
        }
    }
    Ok(())
}

/// Whether there is one with this reference id.
pub fn is_there(connection: &mut DbConnection, issuer_id: &IssuerId, reference_id: &str) -> StorageResult<bool> {
    Ok(each!(connection, c => diesel::select(diesel::dsl::exists(refusals::table
        .filter(refusals::issuer_id.eq(issuer_id.as_str()))
        .filter(refusals::reference_id.eq(reference_id))))
        .get_result(c))?)
}

/// What a list of refusals is narrowed to: exactly this client id, exactly this endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub client_id: Option<String>,
    pub endpoint: Option<String>,
}

/// Where in the ring a refusal stands: its time, and its slot among those of the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at: Timestamp,
    pub slot: i64,
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    First,
    Before(Place),
    After(Place),
}

/// One page, newest first, of what is not older than `since`, and whether there is more in its direction.
pub fn list(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    (filter, since): (&Filter, Timestamp),
    page: Page,
    limit: u16,
) -> StorageResult<(Vec<(Place, Refusal)>, bool)> {
    let mut rows: Vec<(i64, Row)> = each!(connection, c => {
        let mut query = refusals::table
            .filter(refusals::issuer_id.eq(issuer_id.as_str()))
            .filter(refusals::at.ge(since.as_micros()))
            .select((refusals::slot, Row::as_select()))
            .limit(i64::from(limit).saturating_add(1))
            .into_boxed();
        if let Some(client_id) = &filter.client_id {
            query = query.filter(refusals::client_id.eq(client_id));
        }
        if let Some(endpoint) = &filter.endpoint {
            query = query.filter(refusals::endpoint.eq(endpoint));
        }
        let newest_first = (refusals::at.desc(), refusals::slot.desc());
        match page {
            Page::First => query.order(newest_first),
            Page::Before(Place { at, slot }) => {
                let same = refusals::at.eq(at.as_micros()).and(refusals::slot.lt(slot));
                query.filter(refusals::at.lt(at.as_micros()).or(same)).order(newest_first)
            }
            Page::After(Place { at, slot }) => {
                let same = refusals::at.eq(at.as_micros()).and(refusals::slot.gt(slot));
                query.filter(refusals::at.gt(at.as_micros()).or(same)).order((refusals::at.asc(), refusals::slot.asc()))
            }
        }
        .load(c)
    })?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    if matches!(page, Page::After(_)) {
        rows.reverse();
    }
    let placed = |(slot, row): (i64, Row)| (Place { at: Timestamp::from_micros(row.at), slot }, Refusal::from(row));
    Ok((rows.into_iter().map(placed).collect(), has_more))
}

/// Those with this reference id, newest first, unless they are older than `since`.
pub fn list_by_reference(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    reference_id: &str,
    since: Timestamp,
) -> StorageResult<Vec<Refusal>> {
    let rows: Vec<Row> = each!(connection, c => refusals::table
        .filter(refusals::issuer_id.eq(issuer_id.as_str()))
        .filter(refusals::reference_id.eq(reference_id))
        .filter(refusals::at.ge(since.as_micros()))
        .order(refusals::at.desc())
        .limit(100)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Refusal::from).collect())
}

/// Removes up to `limit` of an issuer that are older than `before`.
pub fn delete_before(tx: &mut Tx<'_>, issuer_id: &IssuerId, before: Timestamp, limit: i64) -> StorageResult<usize> {
    let slots: Vec<i64> = each!(&mut **tx, c => refusals::table
        .filter(refusals::issuer_id.eq(issuer_id.as_str()))
        .filter(refusals::at.lt(before.as_micros()))
        .order(refusals::at.asc())
        .limit(limit)
        .select(refusals::slot)
        .load(c))?;
    Ok(each!(&mut **tx, c => diesel::delete(refusals::table)
        .filter(refusals::issuer_id.eq(issuer_id.as_str()))
        .filter(refusals::slot.eq_any(&slots))
        .execute(c))?)
}

impl From<&Refusal> for Row {
    fn from(refusal: &Refusal) -> Self {
        let cut = |text: &str| text.chars().take(LONGEST_TEXT).collect();
        Self {
            at: refusal.at.as_micros(),
            reference_id: cut(&refusal.reference_id),
            endpoint: cut(&refusal.endpoint),
            error: cut(&refusal.error),
            reason: cut(&refusal.reason),
            client_id: refusal.client_id.as_deref().map(cut),
            checked: refusal.evidence.as_ref().map(|evidence| cut(&evidence.check)),
            expected: refusal.evidence.as_ref().map(|evidence| cut(&evidence.expected)),
            presented: refusal.evidence.as_ref().map(|evidence| cut(&evidence.presented)),
        }
    }
}

impl From<Row> for Refusal {
    fn from(row: Row) -> Self {
        let evidence = row.checked.zip(row.expected).zip(row.presented);
        Self {
            at: Timestamp::from_micros(row.at),
            reference_id: row.reference_id,
            endpoint: row.endpoint,
            error: row.error,
            reason: row.reason,
            client_id: row.client_id,
            evidence: evidence.map(|((check, expected), presented)| KeptEvidence { check, expected, presented }),
        }
    }
}
