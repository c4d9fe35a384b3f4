//! "Connected agents": what each agent may do, since when and until when, and a way to end it. S1-22 for shoppers.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use mcp_resource::wire::ScopeSet;
use serde::Deserialize;

use super::super::refuse::{fault, see_other};
use super::super::{CsrfToken, Layout, Notice, ReturnsTo, layout_of, page};
use super::budget::Budget;
use super::change;
use super::consent_form::Destination;
use super::disconnect::grant_id;
use super::doings::{self, Done};
use super::places::{Line, lines};
use super::purchase_form::allow_token;
use super::sign_in;
use super::told::Told;
use crate::accounts::agents::{ConnectedAgent, OwnGrant, find, list, lowest};
use crate::accounts::approval_rules::{reach, ruled};
use crate::domain::agent_policy::Trust;
use crate::domain::approval_rule::ApprovalRule;
use crate::domain::client::Client;
use crate::domain::connection::Connection;
use crate::domain::grant::Grant;
use crate::domain::ledger::Spent;
use crate::domain::platforms::Platforms;
use crate::domain::{GrantId, Money, Timestamp};
use crate::locale::{Foreign, Locale, Moment, lately};
use crate::purchases::asking::list_silenced;
use crate::purchases::ledger;
use crate::purchases::listing::awaiting;
use crate::storage::{DbConnection, StorageError, approval_rules};
use crate::web::extract::{SignedInShopper, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/agents.html")]
pub struct Agents<'a> {
    pub layout: Layout<'a>,
    /// What awaits the shopper's answer, oldest first.
    pub pending: Vec<Pending<'a>>,
    pub cards: Vec<Card<'a>>,
}

/// One grant.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    /// The id of the grant.
    pub grant: &'a str,
    pub name: Option<Foreign<'a>>,
    /// How far it is trusted where its newest answer went (D19).
    pub trust: Trust,
    pub returns_to: ReturnsTo<'a>,
    /// What its connections may do together.
    pub permissions: ScopeSet,
    pub linked_at: Moment,
    pub last_used_at: Option<Moment>,
    pub ends_at: Option<Moment>,
    /// When it ends without use, if that is earlier.
    pub unused_ends_at: Option<Moment>,
    pub connections: Vec<ConnectionLine>,
    /// What it may spend, and has.
    pub budget: Option<Budget>,
    pub is_paused: bool,
    /// By the store.
    pub is_held: bool,
    /// Not used since a later one began (design, decision 3): shown folded.
    pub folded: Vec<ConnectionLine>,
    /// What it may buy without asking, and the form that ends that.
    pub rule: Option<Standing>,
    /// For the form that lets it ask for purchases again, where it may not.
    pub allow: Option<Allow<'a>>,
    /// What it did last, and the orders through it.
    pub done: Done,
}

/// One connection of a grant.
#[derive(Debug, Clone)]
pub struct ConnectionLine {
    pub connected_at: Moment,
    pub last_used_at: Option<Moment>,
    pub scopes: ScopeSet,
}

/// A rule of the shopper's.
#[derive(Debug, Clone)]
pub struct Standing {
    pub csrf: CsrfToken,
    pub most: Money,
    /// Where it sends to: the addresses that the shopper approved for it before.
    pub places: Vec<Line>,
}

/// A grant whose agent the shopper has silenced by three times no.
#[derive(Debug, Clone)]
pub struct Allow<'a> {
    pub csrf: CsrfToken,
    pub grant: &'a str,
}

/// One purchase that awaits an answer.
#[derive(Debug, Clone)]
pub struct Pending<'a> {
    /// The id of the purchase.
    pub id: &'a str,
    pub name: Option<Foreign<'a>>,
    pub total: Money,
    pub ends: Moment,
}

impl Pending<'_> {
    fn sentence(&self, layout: &Layout<'_>) -> String {
        let total = layout.money(&self.total);
        match self.name {
            Some(name) => layout.t2("pending-asks", &("agent", name), &("total", total.as_str())),
            None => layout.t1("pending-asks-unnamed", &("total", total.as_str())),
        }
    }
}

/// What the page says after a disconnection.
pub fn disconnected(locale: &Locale, name: Option<Foreign<'_>>, past: Duration) -> Notice {
    let when = lately(past, locale);
    Notice::Done(match name {
        Some(name) => locale.t2("agents-disconnected", &("agent", name), &("when", when.as_str())),
        None => locale.t1("agents-disconnected-unnamed", &("when", when.as_str())),
    })
}

impl Card<'_> {
    fn connection_count(&self) -> u32 {
        u32::try_from(self.connections.len()).unwrap_or(u32::MAX)
    }

    fn folded_count(&self) -> u32 {
        u32::try_from(self.folded.len()).unwrap_or(u32::MAX)
    }

    fn change_label(&self, layout: &Layout<'_>) -> String {
        let unnamed = layout.t("agent-unnamed");
        layout.t1("agents-change-label", &("agent", self.name.unwrap_or(Foreign(&unnamed))))
    }

    /// What a screen reader says for this card's button: there is one on every card.
    fn disconnect_label(&self, layout: &Layout<'_>) -> String {
        let unnamed = layout.t("agent-unnamed");
        layout.t1("agents-disconnect-label", &("agent", self.name.unwrap_or(Foreign(&unnamed))))
    }
}

/// How long the page says that a grant has just been ended: it may be connected anew, under the same name.
const JUST_NOW: Duration = Duration::from_mins(5);

pub(super) const PATH: &str = "/account/agents";
/// Said after everything was disconnected.
pub(super) const ENDED_ALL: &str = "ended-all";

#[derive(Default, Deserialize)]
pub struct Query {
    /// The id of the grant that was disconnected.
    done: Option<String>,
    #[serde(flatten)]
    told: Told,
}

/// The text for what was done to a grant that is still there, while it is so.
fn said(what: &str, card: &Card<'_>) -> Option<&'static str> {
    let (is_so, key) = match what {
        "changed" => (true, "agents-changed"),
        "unchanged" => (true, "agents-unchanged"),
        "paused" => (card.is_paused, "agents-now-paused"),
        "resumed" => (!card.is_paused, "agents-now-resumed"),
        "ruled" => (card.rule.is_some(), "agents-now-ruled"),
        "unruled" => (card.rule.is_none(), "agents-now-unruled"),
        _ => return None,
    };
    is_so.then_some(key)
}

/// `GET /account/agents`.
pub async fn show(visit: Visit, query: Option<web::Query<Query>>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return see_other(&visit.context, sign_in::PATH) };
    let Query { done, told } = query.map(web::Query::into_inner).unwrap_or_default();
    let done = done.and_then(grant_id);
    let (shopper, now) = (signed_in.shopper.clone(), visit.now());
    let store = visit.context.store.clone();
    let currency = store.currency;
    let read = move |connection: &mut DbConnection| -> Result<_, StorageError> {
        let ended = done.map(|id| find(connection, &shopper, &id)).transpose()?.flatten();
        let connected = list(connection, &shopper, now)?;
        let grants: Vec<&str> = connected.iter().flat_map(grants_of).collect();
        let silenced = list_silenced(connection, &grants)?;
        let spent = ledger::spent(connection, &grants, (now, &store.time_zone))?;
        let connections: Vec<String> = connected.iter().flat_map(connections_of).collect();
        let doings = doings::read(connection, &connections, &grants)?;
        let rules = approval_rules::list(connection, &grants)?;
        let covering: Vec<&str> = connected.iter().flat_map(|agent| ruled(grants_on(agent), &rules)).collect();
        let rules = (approval_rules::list_destinations(connection, &covering)?, rules);
        Ok((connected, (spent, doings), ended, awaiting(connection, &shopper, (&store, now))?, (silenced, rules)))
    };
    let (connected, (spent, doings), ended, awaiting, (silenced, (covered, rules))) =
        match visit.state.db.read(read).await {
            Ok(found) => found,
            Err(error) => return fault(&visit.request, &visit.context, &error),
        };
    let layout = layout_of(&visit);
    let notice = ended.and_then(|ended| notice(layout.locale, &visit.state.platforms, &ended, now));
    let described = described(&connected, &visit.state.platforms);
    let cards = connected.iter().zip(&described);
    let cards = cards.map(|(agent, described)| {
        let silenced = grants_of(agent).find(|grant| silenced.iter().any(|silenced| silenced == grant));
        let allow = silenced.map(|grant| Allow { csrf: allow_token(&visit, signed_in, grant), grant });
        // One agent, and one limit: what counts against any of it counts against the lowest.
        let limit = lowest(grants_on(agent));
        let currency = limit.map_or(currency, |limit| limit.currency);
        let is_of = |spent: &&Spent| {
            spent.currency == currency && grants_of(agent).any(|grant| grant == spent.grant_id.as_str())
        };
        let amount = spent.iter().filter(is_of).map(|spent| spent.amount).sum();
        let rule = rule_on(&visit, signed_in, agent, (&rules, &covered), layout.locale);
        let card = card(agent, described, (now, layout.locale));
        let has_several = grants_on(agent).any(|grant| grant.limit != limit);
        let budget = Budget::of(limit, card.permissions, Money::new(amount, currency));
        let budget = budget.map(|budget| Budget { has_several, ..budget });
        let (connections, grants): (Vec<String>, Vec<&str>) =
            (connections_of(agent).collect(), grants_of(agent).collect());
        let done = doings.of((&connections, &grants), (now, layout.locale));
        Card { budget, rule, allow, done, ..card }
    });
    let asking: Vec<Described> = awaiting
        .iter()
        .map(|one| Described::at(&visit.state.platforms, one.client.as_ref(), &one.found.redirect_uri))
        .collect();
    let pending = awaiting.iter().zip(&asking).map(|(listed, described)| Pending {
        id: listed.found.purchase.id.as_str(),
        name: described.name.as_deref().map(Foreign),
        total: listed.found.purchase.document.total,
        ends: Moment::new(listed.found.purchase.expires_at, now, layout.locale),
    });
    let (pending, cards): (_, Vec<Card<'_>>) = (pending.collect(), cards.collect());
    let said = told.at(&visit, PATH).and_then(|(what, id)| {
        if what == ENDED_ALL {
            return cards.is_empty().then_some("agents-disconnected-all");
        }
        let is_of = |agent: &ConnectedAgent| grants_of(agent).any(|grant| grant == id);
        let (_, card) = connected.iter().zip(&cards).find(|(agent, _)| is_of(agent))?;
        said(what, card)
    });
    let notice = notice.or_else(|| said.map(|key| Notice::Done(layout.t(key))));
    page(StatusCode::OK, &Agents { pending, cards, layout: Layout { notice, ..layout } })
}

/// How far a card's agent may buy without asking, and where to.
fn rule_on(
    visit: &Visit,
    signed_in: &SignedInShopper,
    agent: &ConnectedAgent,
    (rules, covered): (&[(GrantId, ApprovalRule)], &[approval_rules::ApprovedDestination]),
    locale: &Locale,
) -> Option<Standing> {
    let most = reach(grants_on(agent), rules)?;
    let own = covered.iter().filter(|one| grants_of(agent).any(|grant| grant == one.grant_id.as_str()));
    let places = lines(own, &visit.context.keys, (visit.now(), locale));
    Some(Standing { csrf: change::token(visit, signed_in, &agent.grant.id), most, places })
}

/// What each card shows that is not in the database as it is shown.
pub(super) fn described(connected: &[ConnectedAgent], platforms: &Platforms) -> Vec<Described> {
    connected.iter().map(|agent| Described::of(agent, platforms)).collect()
}

/// Of what was merged with it, too.
fn grants_on(agent: &ConnectedAgent) -> impl Iterator<Item = &Grant> + Clone {
    std::iter::once(&agent.grant).chain(&agent.guests)
}

fn grants_of(agent: &ConnectedAgent) -> impl Iterator<Item = &str> {
    grants_on(agent).map(|grant| grant.id.as_str())
}

fn connections_of(agent: &ConnectedAgent) -> impl Iterator<Item = String> {
    agent.connections.iter().chain(&agent.folded).map(|row| row.id.to_string())
}

/// Nothing for a grant that is live, or that ended long ago.
fn notice(locale: &Locale, platforms: &Platforms, ended: &OwnGrant, now: Timestamp) -> Option<Notice> {
    let past = ended.grant.ended_at.map(|at| now.since(at)).filter(|past| *past < JUST_NOW)?;
    Some(disconnected(locale, name_of(platforms, ended).as_deref().map(Foreign), past))
}

/// The name of a grant's agent, as pages may show it.
pub(super) fn name_of(platforms: &Platforms, own: &OwnGrant) -> Option<String> {
    let returns_to = own.redirect_uri.as_deref().map(Destination::of_kept);
    name(platforms, own.client.as_ref(), returns_to.as_ref())
}

/// Whose agent it is and where that is said, by the host that its answers go to.
pub(super) fn policy_of<'a>(platforms: &'a Platforms, own: &OwnGrant) -> Option<(&'a str, &'a str)> {
    let returns_to = own.redirect_uri.as_deref().map(Destination::of_kept)?;
    let platform = platforms.find_by_host(returns_to.https_host()?)?;
    Some((&platform.name, platform.help.as_deref()?))
}

fn name(platforms: &Platforms, client: Option<&Client>, returns_to: Option<&Destination>) -> Option<String> {
    // What the merchant has merged is one agent to the shopper.
    let client = client?;
    let client = client.successor.as_deref().unwrap_or(client);
    platforms.name_at(client.id.as_str(), &client.metadata, returns_to.and_then(Destination::https_host))
}

/// The text of a card that is not in the database as it is shown, for the card to borrow.
pub(super) struct Described {
    pub(super) name: Option<String>,
    pub(super) trust: Trust,
    pub(super) returns_to: Destination,
}

impl Described {
    fn of(agent: &ConnectedAgent, platforms: &Platforms) -> Self {
        let newest = agent.connections.first().map(|newest| newest.redirect_uri.as_str());
        Self::at(platforms, agent.client.as_ref(), newest.unwrap_or_default())
    }

    /// A client whose answer went to this address.
    pub(super) fn at(platforms: &Platforms, client: Option<&Client>, redirect_uri: &str) -> Self {
        let returns_to = Destination::of_kept(redirect_uri);
        let trust = client.map_or(Trust::Unverified, |client| client.trust_of(redirect_uri));
        Self { name: name(platforms, client, Some(&returns_to)), trust, returns_to }
    }
}

fn card<'a>(agent: &'a ConnectedAgent, described: &'a Described, (now, locale): (Timestamp, &Locale)) -> Card<'a> {
    let all = || agent.connections.iter().chain(&agent.folded);
    let moment = |at| Moment::new(at, now, locale);
    // The last day whatever happens, as the consent page has said it.
    let ends_at = all().map(|row| row.expires_at).max();
    let lines = |connections: &[Connection]| connections.iter().map(|row| line(row, (now, locale))).collect();
    Card {
        grant: agent.grant.id.as_str(),
        name: described.name.as_deref().map(Foreign),
        trust: described.trust,
        returns_to: described.returns_to.shown(),
        permissions: all().fold(ScopeSet::EMPTY, |held, row| held.union(row.scope)),
        linked_at: moment(agent.grant.created_at),
        last_used_at: all().filter_map(last_used_at).max().map(moment),
        ends_at: ends_at.map(moment),
        unused_ends_at: all().map(Connection::ends_at).max().filter(|at| Some(*at) < ends_at).map(moment),
        connections: lines(&agent.connections),
        folded: lines(&agent.folded),
        allow: None,
        rule: None,
        budget: None,
        done: Done::default(),
        is_paused: agent.is_paused,
        is_held: agent.is_held,
    }
}

fn line(row: &Connection, (now, locale): (Timestamp, &Locale)) -> ConnectionLine {
    ConnectionLine {
        connected_at: Moment::new(row.connected_at, now, locale),
        last_used_at: last_used_at(row).map(|at| Moment::new(at, now, locale)),
        scopes: row.scope,
    }
}

/// `None` until its code was redeemed.
fn last_used_at(row: &Connection) -> Option<Timestamp> {
    (row.generation > 0).then_some(row.last_used_at)
}

#[cfg(test)]
mod tests;
