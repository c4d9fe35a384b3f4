//! The audit trail as the console lists it: by session, by reference id, or all. A reference id also finds what was refused
//! to callers that nobody knows, which is kept in a ring beside the trail.

use crate::domain::{IssuerId, Timestamp};
use crate::storage::audit_listing::{self, Filter, ListedEntry, Page};
use crate::storage::refusals::{self, Refusal};
use crate::storage::{DbConnection, StorageResult};

/// One page.
#[derive(Debug, Clone)]
pub struct List {
    pub entries: Vec<ListedEntry>,
    /// Only where a reference id was asked for.
    pub refusals: Vec<Refusal>,
    pub newer: Option<i64>,
    pub older: Option<i64>,
}

/// What the list is asked for. `refused_since`: older refusals are not shown.
#[derive(Debug, Clone)]
pub struct Question {
    pub connection: Option<String>,
    pub reference: Option<String>,
    pub page: Page,
    pub limit: u16,
    pub refused_since: Timestamp,
}

pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId, question: &Question) -> StorageResult<List> {
    let filter = match (&question.reference, &question.connection) {
        (Some(reference), _) => Filter::Reference(reference),
        (None, Some(id)) => Filter::Connection(id),
        (None, None) => Filter::All,
    };
    let (entries, has_more) = audit_listing::list(connection, issuer_id, filter, question.page, question.limit)?;
    let refusals = match &question.reference {
        Some(reference) => refusals::list_by_reference(connection, issuer_id, reference, question.refused_since)?,
        None => Vec::new(),
    };
    let (has_newer, has_older) = match question.page {
        Page::First => (false, has_more),
        Page::Below(_) => (true, has_more),
        Page::Above(_) => (has_more, true),
    };
    // Without a number the last entry is one of many new ones: the next page begins with those that have one.
    let below = |entry: &ListedEntry| entry.sequence.unwrap_or(i64::MAX);
    Ok(List {
        newer: entries.first().and_then(|entry| entry.sequence).filter(|_| has_newer),
        older: entries.last().map(below).filter(|_| has_older),
        entries,
        refusals,
    })
}
