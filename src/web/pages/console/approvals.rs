//! What shoppers were asked to buy, what they said, and what became of it: from an order to its purchase, its token,
//! its grant and its agent in one view (S1-94, F26). Every role may look: no address and no cart is shown.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::Money;
use mcp_resource::wire::purchase::PurchaseState;
use serde::Deserialize;

use crate::domain::Timestamp;
use crate::locale::{Foreign, Locale, Moment};
use crate::purchases::listing::{Filter, List, Listed, Place, list};
use crate::storage::StorageError;

use super::super::{Layout, page};
use super::desk::is_paused;
use super::{Desk, Frame, PAGE, Paging, Section, given, link};

#[derive(Debug, Template)]
#[template(path = "pages/console/approvals.html")]
pub struct Approvals<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub asked: Narrowed<'a>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrowed<'a> {
    /// Of an order, a purchase, a checkout, a grant or a token.
    pub id: &'a str,
    pub state: Option<Asking>,
}

/// The states that the list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    Awaiting,
    WithoutOrder,
    Completed,
}

impl Asking {
    const ALL: [Self; 3] = [Self::Awaiting, Self::WithoutOrder, Self::Completed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::WithoutOrder => "without-order",
            Self::Completed => "completed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asking| asking.as_str() == text)
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Awaiting => "approvals-awaiting",
            Self::WithoutOrder => "approvals-consumed",
            Self::Completed => "approvals-completed",
        }
    }
}

impl Narrowed<'_> {
    const fn is_empty(&self) -> bool {
        self.id.is_empty() && self.state.is_none()
    }

    fn states(&self) -> impl Iterator<Item = (Asking, bool)> {
        Asking::ALL.into_iter().map(|asking| (asking, self.state == Some(asking)))
    }
}

/// One purchase.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub asked_at: Moment,
    pub decided_at: Option<Moment>,
    /// By the shopper's rule, in their place.
    pub by_rule: bool,
    pub agent: Option<Foreign<'a>>,
    pub client_id: &'a str,
    /// The pseudonym.
    pub shopper: &'a str,
    pub total: Money,
    pub state: PurchaseState,
    pub order: Option<&'a str>,
    pub purchase: &'a str,
    pub checkout: &'a str,
    pub grant: &'a str,
    /// That began it; unknown of resource servers that do not say.
    pub token: Option<&'a str>,
    pub connection: &'a str,
    /// Its agent may not begin checkouts.
    pub is_elevation: bool,
}

impl Row<'_> {
    /// The style of the mark, and the key of the word.
    const fn state(&self) -> (&'static str, &'static str) {
        match self.state {
            PurchaseState::AwaitingApproval => ("paused", "approvals-awaiting"),
            PurchaseState::Approved => ("live", "approvals-approved"),
            PurchaseState::Declined => ("ended", "approvals-declined"),
            PurchaseState::Expired => ("ended", "approvals-expired"),
            PurchaseState::Superseded => ("ended", "approvals-superseded"),
            PurchaseState::Cancelled => ("ended", "approvals-cancelled"),
            // Somebody should look: it counts until there is an order, or none for good.
            PurchaseState::Consumed => ("reused", "approvals-consumed"),
            PurchaseState::Completed => ("live", "approvals-completed"),
            PurchaseState::Released => ("ended", "approvals-released"),
        }
    }
}

/// What of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    id: String,
    state: String,
    before: String,
}

/// `GET /console/approvals`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let asked = asked.into_inner();
    let shown = desk.shown(&asked.environment)?;
    let narrowed = Narrowed { id: asked.id.trim(), state: Asking::parse(&asked.state) };
    let filter = match (given(&asked.id), narrowed.state) {
        (Some(id), _) => Filter::Id(id),
        (None, None) => Filter::All,
        (None, Some(Asking::Awaiting)) => Filter::Awaiting,
        (None, Some(Asking::WithoutOrder)) => Filter::WithoutOrder,
        (None, Some(Asking::Completed)) => Filter::Completed,
    };
    let (issuer, store) = (shown.issuer.clone(), shown.store.clone());
    let (now, before) = (desk.now(), place(&asked.before));
    let is_later = before.is_some();
    let read: Result<(List, bool), StorageError> = desk
        .state
        .db
        .read(move |c| {
            let list = list(c, (&issuer, &store), (&filter, now), before.as_ref(), PAGE)?;
            Ok((list, is_paused(c, &issuer.id)?))
        })
        .await;
    let (list, is_paused) = read.map_err(|error| desk.fault(&error))?;
    let layout = desk.layout(&shown);
    let state = narrowed.state.map_or("", Asking::as_str);
    let link = |before: &str| {
        let pairs = [("environment", layout.environment()), ("id", narrowed.id), ("state", state), ("before", before)];
        link(layout.base, "/console/approvals", &pairs)
    };
    let older = list.older.as_ref().map(|place| link(&written(place)));
    // Of what can be paged, the newest are what is asked for most.
    let newest = is_later.then(|| link(""));
    let names: Vec<Option<String>> = list
        .purchases
        .iter()
        .map(|listed| desk.state.platforms.shown_name_of_client(listed.client.as_ref()?))
        .collect();
    let connections: Vec<String> =
        list.purchases.iter().map(|listed| listed.found.purchase.connection_id.to_string()).collect();
    let texts = names.iter().map(Option::as_deref).zip(connections.iter().map(String::as_str));
    let rows = list.purchases.iter().zip(texts);
    let view = Approvals {
        frame: desk.frame(Section::Approvals, is_paused),
        asked: narrowed,
        rows: rows.map(|(listed, texts)| row(listed, texts, (now, layout.locale))).collect(),
        paging: Paging { newer: newest.as_deref(), older: older.as_deref() },
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

fn row<'a>(
    listed: &'a Listed,
    (name, connection): (Option<&'a str>, &'a str),
    (now, locale): (Timestamp, &Locale),
) -> Row<'a> {
    let (found, purchase) = (&listed.found, &listed.found.purchase);
    Row {
        asked_at: Moment::new(purchase.created_at, now, locale),
        decided_at: purchase.decided_at.map(|at| Moment::new(at, now, locale)),
        by_rule: purchase.rule_id.is_some(),
        agent: name.map(Foreign),
        client_id: purchase.client_id.as_str(),
        shopper: &found.pseudonym,
        total: purchase.document.total,
        state: found.state(now),
        order: purchase.order_id.as_deref(),
        purchase: purchase.id.as_str(),
        checkout: &purchase.checkout_id,
        grant: purchase.grant_id.as_str(),
        token: purchase.jti.as_deref(),
        connection,
        is_elevation: purchase.is_elevation,
    }
}

/// A place in an address: microseconds and id.
fn written(place: &Place) -> String {
    format!("{}-{}", place.at.as_micros(), place.id)
}

fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('-')?;
    Some(Place { at: Timestamp::from_micros(at.parse().ok()?), id: id.to_owned() })
}
