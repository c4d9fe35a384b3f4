//! "Why was an agent refused?": the recent refusals of an environment, and for one reference id the check that failed, both
//! compared values and the remedy. Every role may look: nothing in it is secret or personal.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::Timestamp;
use crate::domain::evidence::Check;
use crate::locale::{Locale, Moment};
use crate::merchant::why::{self, Found, List, Question};
use crate::storage::StorageError;
use crate::storage::refusals::{Filter, Page, Place, Refusal};

use super::super::{Layout, page};
use super::desk::is_paused;
use super::{Desk, Frame, PAGE, Paging, Section, given, link};

#[derive(Debug, Template)]
#[template(path = "pages/console/why.html")]
pub struct Why<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub asked: Narrowed<'a>,
    pub rows: Vec<Row<'a>>,
    /// What the reference id leads to, where one was asked for.
    pub answer: Option<Answer<'a>>,
    pub paging: Paging<'a>,
}

/// What is asked for; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrowed<'a> {
    pub reference: &'a str,
    pub client: &'a str,
    pub endpoint: &'a str,
}

impl Narrowed<'_> {
    const fn is_empty(&self) -> bool {
        self.reference.is_empty() && self.client.is_empty() && self.endpoint.is_empty()
    }
}

/// One refusal in the list.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub at: Moment,
    pub endpoint: &'a str,
    pub error: &'a str,
    pub check: &'a str,
    pub client: Option<&'a str>,
    pub reference: &'a str,
}

/// What one reference id leads to: nothing, refusals, what was written down of the same request, or both.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    pub refusals: Vec<Detail<'a>>,
    /// How many entries of the audit trail have this reference id.
    pub entries: u32,
    /// For where nothing is found.
    pub kept: u32,
    pub days: u32,
}

/// One refusal in full.
#[derive(Debug, Clone)]
pub struct Detail<'a> {
    pub row: Row<'a>,
    pub check: Option<Check>,
    pub reason: &'a str,
    pub expected: &'a str,
    pub presented: &'a str,
}

impl Why<'_> {
    fn demand(&self, detail: &Detail<'_>) -> Option<String> {
        let [demand, _] = detail.check?.keys();
        Some(self.layout.t(&demand))
    }

    fn remedy(&self, detail: &Detail<'_>) -> Option<String> {
        let [_, remedy] = detail.check?.keys();
        Some(self.layout.t(&remedy))
    }
}

/// What of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    reference: String,
    client: String,
    endpoint: String,
    before: String,
    after: String,
}

/// `GET /console/why`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let asked = asked.into_inner();
    let shown = desk.shown(&asked.environment)?;
    let since = desk.now().minus(desk.state.audit.refusal_age);
    let question = Question {
        filter: Filter { client_id: given(&asked.client), endpoint: given(&asked.endpoint) },
        page: match (place(&asked.before), place(&asked.after)) {
            (Some(place), _) => Page::Before(place),
            (_, Some(place)) => Page::After(place),
            _ => Page::First,
        },
        limit: PAGE,
        since,
    };
    let reference = why::reference_in(&asked.reference).to_owned();
    let (issuer_id, sought) = (shown.issuer.id.clone(), reference.clone());
    let read: Result<(Option<Found>, Option<List>, bool), StorageError> = desk
        .state
        .db
        .read(move |c| {
            let is_paused = is_paused(c, &issuer_id)?;
            if sought.is_empty() {
                return Ok((None, Some(why::list(c, &issuer_id, &question)?), is_paused));
            }
            Ok((Some(why::find(c, &issuer_id, &sought, since)?), None, is_paused))
        })
        .await;
    let (found, list, is_paused) = read.map_err(|error| desk.fault(&error))?;
    let layout = desk.layout(&shown);
    let narrowed = Narrowed { reference: &reference, client: asked.client.trim(), endpoint: asked.endpoint.trim() };
    let link = |name: &str, place: Option<Place>| {
        let place = written(place?);
        let environment = ("environment", layout.environment());
        let pairs = [environment, ("client", narrowed.client), ("endpoint", narrowed.endpoint), (name, &place)];
        Some(link(layout.base, "/console/why", &pairs))
    };
    let newer = list.as_ref().and_then(|list| link("after", list.newer));
    let older = list.as_ref().and_then(|list| link("before", list.older));
    let moments = (desk.now(), layout.locale);
    let days = desk.state.audit.refusal_age.as_secs().div_euclid(86_400);
    let view = Why {
        frame: desk.frame(Section::Audit, is_paused),
        asked: narrowed,
        rows: list.iter().flat_map(|list| &list.refusals).map(|refusal| Row::of(refusal, moments)).collect(),
        answer: found.as_ref().map(|found| Answer {
            refusals: found.refusals.iter().map(|refusal| Detail::of(refusal, moments)).collect(),
            entries: u32::try_from(found.entries.len()).unwrap_or(u32::MAX),
            kept: u32::try_from(desk.state.audit.refusals_kept).unwrap_or(u32::MAX),
            days: u32::try_from(days).unwrap_or(u32::MAX),
        }),
        paging: Paging { newer: newer.as_deref(), older: older.as_deref() },
        layout: layout.clone(),
    };
    // 200 also where nothing is found: it is an answer, and a refusal would be one more entry of the ring.
    Ok(page(StatusCode::OK, &view))
}

impl<'a> Row<'a> {
    fn of(refusal: &'a Refusal, (now, locale): (Timestamp, &Locale)) -> Self {
        Self {
            at: Moment::new(refusal.at, now, locale),
            endpoint: &refusal.endpoint,
            error: &refusal.error,
            check: refusal.evidence.as_ref().map_or("", |evidence| &evidence.check),
            client: refusal.client_id.as_deref(),
            reference: &refusal.reference_id,
        }
    }
}

impl<'a> Detail<'a> {
    fn of(refusal: &'a Refusal, moments: (Timestamp, &Locale)) -> Self {
        let evidence = refusal.evidence.as_ref();
        Self {
            row: Row::of(refusal, moments),
            check: why::check_of(refusal),
            reason: &refusal.reason,
            expected: evidence.map_or("", |evidence| &evidence.expected),
            presented: evidence.map_or("", |evidence| &evidence.presented),
        }
    }
}

/// A place in an address: microseconds and slot.
fn written(place: Place) -> String {
    format!("{}-{}", place.at.as_micros(), place.slot)
}

fn place(text: &str) -> Option<Place> {
    let (at, slot) = text.split_once('-')?;
    Some(Place { at: Timestamp::from_micros(at.parse().ok()?), slot: slot.parse().ok()? })
}
