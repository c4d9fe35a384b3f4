//! "Why was an agent refused?": the refusals of an issuer, and what one reference id leads to. Asked by the console and by
//! `tillgate why`.

use crate::domain::evidence::Check;
use crate::domain::issuer::Issuer;
use crate::domain::{IssuerId, Timestamp};
use crate::storage::audit_listing::{self, Filter as TrailFilter, ListedEntry, Page as TrailPage};
use crate::storage::issuers;
use crate::storage::refusals::{self, Filter, Page, Place, Refusal};
use crate::storage::{DbConnection, StorageResult};

/// Entries of the trail with one reference id; more are not shown.
const MOST_ENTRIES: u16 = 50;

/// What a reference id leads to, at one issuer.
#[derive(Debug, Clone)]
pub struct Found {
    /// One, unless somebody has repeated an id.
    pub refusals: Vec<Refusal>,
    /// What was written down of the same request, such as the end of a connection.
    pub entries: Vec<ListedEntry>,
}

impl Found {
    pub fn is_nothing(&self) -> bool {
        self.refusals.is_empty() && self.entries.is_empty()
    }
}

/// Refusals older than `since` are forgotten, even where their slot is not used again yet.
pub fn find(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    reference: &str,
    since: Timestamp,
) -> StorageResult<Found> {
    let refusals = refusals::list_by_reference(connection, issuer_id, reference, since)?;
    let filter = TrailFilter::Reference(reference);
    let (entries, _has_more) = audit_listing::list(connection, issuer_id, filter, TrailPage::First, MOST_ENTRIES)?;
    Ok(Found { refusals, entries })
}

/// At every issuer of the installation that knows the id.
pub fn find_everywhere(
    connection: &mut DbConnection,
    reference: &str,
    since: Timestamp,
) -> StorageResult<Vec<(Issuer, Found)>> {
    let mut everywhere = Vec::new();
    for issuer in issuers::list(connection)? {
        let found = find(connection, &issuer.id, reference, since)?;
        if !found.is_nothing() {
            everywhere.push((issuer, found));
        }
    }
    Ok(everywhere)
}

/// The reference id in what somebody has copied: the id alone, or an error with the id at its end.
pub fn reference_in(text: &str) -> &str {
    let last = text.split_whitespace().next_back().unwrap_or_default();
    last.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// One page of refusals, newest first.
#[derive(Debug, Clone)]
pub struct List {
    pub refusals: Vec<Refusal>,
    pub newer: Option<Place>,
    pub older: Option<Place>,
}

/// What the list is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    pub filter: Filter,
    pub page: Page,
    pub limit: u16,
    pub since: Timestamp,
}

pub fn list(connection: &mut DbConnection, issuer_id: &IssuerId, question: &Question) -> StorageResult<List> {
    let Question { filter, page, limit, since } = question;
    let (rows, has_more) = refusals::list(connection, issuer_id, (filter, *since), *page, *limit)?;
    let (has_newer, has_older) = match page {
        Page::First => (false, has_more),
        Page::Before(_) => (true, has_more),
        Page::After(_) => (has_more, true),
    };
    Ok(List {
        newer: rows.first().map(|(place, _)| *place).filter(|_| has_newer),
        older: rows.last().map(|(place, _)| *place).filter(|_| has_older),
        refusals: rows.into_iter().map(|(_, refusal)| refusal).collect(),
    })
}

/// The check that a refusal was kept under; `None` for one that a newer resource server knows, or none.
pub fn check_of(refusal: &Refusal) -> Option<Check> {
    refusal.evidence.as_ref()?.check.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_what_people_copy() {
        for copied in ["0199-ab", " 0199-ab\n", "The code is no longer valid. (reference 0199-ab)", "“0199-ab”."] {
            assert_eq!(reference_in(copied), "0199-ab", "{copied}");
        }
        assert_eq!(reference_in(" "), "");
    }
}
