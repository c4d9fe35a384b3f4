//! Taking something back from a connected agent without ending it: ceilings lowered, permissions unticked, a pause
//! (spec/pages.md 5.5). At once, and never more than it had: for more, the agent asks again.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::{Scope, ScopeSet};

use super::super::refuse::{fault, form_expired, see_other};
use super::super::{CsrfToken, Layout, form, layout_of, page};
use super::agents::{self, name_of};
use super::amounts::LimitFields;
use super::disconnect::{Which, not_found};
use super::places::{Line, lines};
use super::rule::{self, Offer};
use super::told::tell;
use crate::accounts::agents::{OwnGrant, card_of, find, held, lowest};
use crate::accounts::approval_rules::standing;
use crate::accounts::narrowing::{Left, Narrowed, narrow, pause, resume};
use crate::domain::grant::Grant;
use crate::domain::restriction::Effect;
use crate::domain::session::TokenHash;
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::{GrantId, Money};
use crate::locale::Foreign;
use crate::oauth::parameters::Parameters;
use crate::storage::approval_rules::ApprovedDestination;
use crate::storage::{DbConnection, StorageError, StorageResult, restrictions};
use crate::web::extract::{Fields, SentForm, SignedInShopper, Visit};
use mcp_resource::wire::feed::Target;

#[derive(Debug, Template)]
#[template(path = "pages/account/change.html")]
pub struct Change<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// The id of the grant.
    pub grant: &'a str,
    pub name: Option<Foreign<'a>>,
    /// What it may do, each with whether its box is ticked.
    pub permissions: Vec<(Scope, bool)>,
    /// If it may begin checkouts.
    pub limits: Option<LimitFields>,
    pub is_paused: bool,
    /// Every box was unticked.
    pub nothing_would_be_left: bool,
    /// Where the store allows an agent to buy without asking.
    pub rule: Option<Offer>,
    /// Where it may send to, or might: the addresses that the shopper approved for it before.
    pub places: Vec<Line>,
}

impl Change<'_> {
    fn title(&self) -> String {
        match self.name {
            Some(name) => self.layout.t1("change-title", &("agent", name)),
            None => self.layout.t("change-title-unnamed"),
        }
    }

    /// Without seeing products there is nothing an agent could do: to take that is to disconnect.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_required(scope: &Scope) -> bool {
        *scope == Scope::ProductsRead
    }
}

/// `GET /account/agents/change?grant=…`.
pub async fn show(visit: Visit, query: Option<web::Query<Which>>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, "/sign-in") };
    let Some(id) = Which::grant(query) else { return not_found(&visit) };
    match found(&visit, signed_in, id).await {
        Ok(found) => answer(&visit, signed_in, &found, Tried::default()),
        Err(answer) => answer,
    }
}

/// `POST /account/agents/change`: one form narrows, another pauses or resumes, a third sets or takes back a rule.
pub async fn submit(visit: Visit, SentForm(form): SentForm<Fields>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, "/sign-in") };
    let field = |name| form.all(name).next().unwrap_or_default();
    if !form::matches(&visit.context, field("csrf"), &token_parts(&signed_in.session_hash, field("grant"))) {
        return form_expired(&visit.request, &visit.context);
    }
    let id = GrantId::new(field("grant"));
    match field("act") {
        act @ ("pause" | "resume") => hold(&visit, signed_in, id, act == "pause").await,
        "unrule" => rule::take_back(&visit, signed_in, id).await,
        "rule" => match found(&visit, signed_in, id).await {
            Ok(found) => rule::submit(&visit, signed_in, &found, (field("rule-most"), field("rule") == "on")).await,
            Err(answer) => answer,
        },
        _ => narrow_to(&visit, signed_in, id, &form).await,
    }
}

async fn hold(visit: &Visit, signed_in: &SignedInShopper, id: GrantId, is_pause: bool) -> HttpResponse {
    let (shopper, occasion, held) = (signed_in.shopper.clone(), visit.occasion(), id.clone());
    let act = if is_pause { pause } else { resume };
    let done: Result<bool, StorageError> = visit.state.db.write(move |tx| act(tx, &shopper, &held, &occasion)).await;
    match done {
        Ok(true) => done_with(visit, &id, if is_pause { "paused" } else { "resumed" }),
        Ok(false) => not_found(visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

async fn narrow_to(visit: &Visit, signed_in: &SignedInShopper, id: GrantId, form: &Parameters) -> HttpResponse {
    let found = match found(visit, signed_in, id.clone()).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let ticked: ScopeSet = form.all("scope").filter_map(|scope| scope.parse::<Scope>().ok()).collect();
    // Its box cannot be unticked and so is not sent.
    let scope = ticked.with(Scope::ProductsRead);
    let field = |name| form.all(name).next().unwrap_or_default();
    let limit = match read_limits(visit, &found, (field("limit-order"), field("limit-month"))) {
        Ok(limit) => limit,
        Err(limits) => return answer(visit, signed_in, &found, Tried::narrowed(scope, *limits)),
    };
    let (shopper, occasion, narrowed) = (signed_in.shopper.clone(), visit.occasion(), id.clone());
    let left = Left { scope, limit };
    let done: Result<Narrowed, StorageError> =
        visit.state.db.write(move |tx| narrow(tx, &shopper, &narrowed, left, &occasion)).await;
    match done {
        Ok(Narrowed::Done) => done_with(visit, &id, "changed"),
        Ok(Narrowed::Unchanged) => done_with(visit, &id, "unchanged"),
        Ok(Narrowed::NothingLeft) => {
            let limits = fields(visit, &found.own.grant);
            answer(visit, signed_in, &found, Tried::narrowed(ScopeSet::EMPTY, limits))
        }
        Ok(Narrowed::NotFound) => not_found(visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

/// What is typed is compared with what stands: above it is an error, and an empty field leaves it as it is.
fn read_limits(visit: &Visit, found: &Found, typed: (&str, &str)) -> Result<Option<SpendingLimit>, Box<LimitFields>> {
    if !has_limits(found) {
        return Ok(None);
    }
    let grant = &found.own.grant;
    LimitFields::read(typed, currency(visit, grant), grant.limit)
}

fn fields(visit: &Visit, grant: &Grant) -> LimitFields {
    LimitFields::new(grant.limit, currency(visit, grant), None)
}

/// A limit keeps its currency, whatever the store's is by now.
fn currency(visit: &Visit, grant: &Grant) -> mcp_resource::wire::money::Currency {
    grant.limit.map_or(visit.context.store.currency, |limit| limit.currency)
}

fn has_limits(found: &Found) -> bool {
    found.scope.contains(Scope::CheckoutInitiate) || found.own.grant.limit.is_some()
}

/// A live grant of the shopper's.
pub(super) struct Found {
    pub(super) own: OwnGrant,
    /// What all of its card may do.
    scope: ScopeSet,
    is_paused: bool,
    /// How far it may buy without asking, it or what was merged into it.
    pub(super) rule: Option<Money>,
    /// Where the shopper has had things sent before that a rule covers, or would.
    covered: Vec<ApprovedDestination>,
}

/// What was sent and cannot be done.
#[derive(Default)]
pub(super) struct Tried {
    pub(super) narrowed: Option<(ScopeSet, LimitFields)>,
    pub(super) rule: Option<rule::Form>,
}

impl Tried {
    fn narrowed(scope: ScopeSet, limits: LimitFields) -> Self {
        Self { narrowed: Some((scope, limits)), rule: None }
    }
}

async fn found(visit: &Visit, signed_in: &SignedInShopper, id: GrantId) -> Result<Found, HttpResponse> {
    let shopper = signed_in.shopper.clone();
    let read = move |connection: &mut DbConnection| -> StorageResult<Option<Found>> {
        let Some(mut own) = find(connection, &shopper, &id)? else { return Ok(None) };
        // The card's: what the merchant has merged is one agent, with one limit.
        let card = card_of(connection, own.grant.clone())?;
        own.grant.limit = lowest(card.iter());
        let scope = held(&card);
        let target = Target::Grant(id.to_string());
        let is_paused = restrictions::is_set(connection, &shopper.issuer_id, Effect::PausedByShopper, &target)?;
        let (rule, covered) = standing(connection, &card, &own.grant.id)?;
        Ok(Some(Found { own, scope, is_paused, rule, covered }))
    };
    let found = visit.state.db.read(read).await.map_err(|error| fault(&visit.request, &visit.context, &error))?;
    // Of another shopper, or over: the answer is the same.
    found.filter(|found| found.own.grant.ended_at.is_none()).ok_or_else(|| not_found(visit))
}

/// The page, with what was tried if it cannot be done.
pub(super) fn answer(visit: &Visit, signed_in: &SignedInShopper, found: &Found, tried: Tried) -> HttpResponse {
    let grant = &found.own.grant;
    let name = name_of(&visit.state.platforms, &found.own);
    let is_wrong = tried.narrowed.is_some() || tried.rule.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let rule = rule::offer(visit, signed_in, found, tried.rule);
    let layout = layout_of(visit);
    let places = match rule {
        Some(Offer::Stands(_) | Offer::Form(_)) => {
            lines(&found.covered, &visit.context.keys, (visit.now(), layout.locale))
        }
        _ => Vec::new(),
    };
    let (ticked, limits) = tried.narrowed.unwrap_or_else(|| (found.scope, fields(visit, grant)));
    let view = Change {
        csrf: token(visit, signed_in, &grant.id),
        grant: grant.id.as_str(),
        name: name.as_deref().map(Foreign),
        permissions: found.scope.iter().map(|scope| (scope, ticked.contains(scope))).collect(),
        limits: has_limits(found).then_some(limits),
        is_paused: found.is_paused,
        nothing_would_be_left: ticked.is_empty(),
        rule,
        places,
        layout,
    };
    page(status, &view)
}

/// For a form that is sent here.
pub(super) fn token(visit: &Visit, signed_in: &SignedInShopper, id: &GrantId) -> CsrfToken {
    form::token(&visit.context, &token_parts(&signed_in.session_hash, id.as_str()))
}

/// Decision 2: bound to the session and to what is changed.
fn token_parts<'a>(session_hash: &'a TokenHash, grant: &'a str) -> [&'a [u8]; 3] {
    [b"change", session_hash, grant.as_bytes()]
}

/// Back to the list, which says what was done.
pub(super) fn done_with(visit: &Visit, id: &GrantId, what: &str) -> HttpResponse {
    tell(visit, agents::PATH, (what, id.as_str()))
}
