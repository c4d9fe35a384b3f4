//! One agent: who it says it is, what backs that up, what the store has decided about it, and the forms for deciding.
//! Putting it on hold is one click of support; what opens again asks for the password.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::config::platforms::Platform;
use crate::domain::ClientId;
use crate::domain::agent_policy::Trust;
use crate::domain::client::{AgentClass, ClientOrigin};
use crate::domain::evidence::Check;
use crate::keys::IssuerContext;
use crate::locale::Moment;
use crate::merchant::agents::{Whole, find};
use crate::merchant::client_decisions::{Decision, Reason, decide};
use crate::storage::audit_listing::ClientAct;
use crate::storage::{StorageError, clients};
use crate::web::extract::{Browser, SentForm};

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, Notice, ReturnsTo, page};
use super::agents::{Class, destinations};
use super::audit::words_of;
use super::desk::is_paused;
use super::settings::is_confirmed;
use super::{Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/agent.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page shows or leaves out")]
pub struct Agent<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub client_id: &'a str,
    pub name: Option<&'a str>,
    pub trust: Trust,
    /// Key of how it introduced itself.
    pub origin: &'static str,
    /// How it proves itself, in the words of RFC 7591.
    pub method: &'static str,
    /// Of a described one.
    pub document_read_at: Option<Moment>,
    pub platform: Option<&'a Platform>,
    pub returns_to: Vec<ReturnsTo<'a>>,
    pub redirect_uris: Vec<&'a str>,
    pub is_only_local: bool,
    pub registered_at: Moment,
    /// In force.
    pub class: Class,
    /// The store's own decision.
    pub own_class: Option<AgentClass>,
    pub live_sessions: u32,
    pub is_paused: bool,
    pub is_quarantined: bool,
    /// Not by itself, but with what it was merged into.
    pub is_held_by_successor: bool,
    pub is_approved: bool,
    /// One that the store made itself needs no approval.
    pub can_be_approved: bool,
    pub can_merge: bool,
    pub merged_into: Option<&'a str>,
    pub merged: &'a [String],
    pub acts: Vec<Act<'a>>,
    /// What shoppers said is wrong with it, the newest.
    pub reports: Vec<Act<'a>>,
    pub may_quarantine: bool,
    pub may_change: bool,
    pub password_was_wrong: bool,
}

/// What a member of staff did, or a shopper said.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// Key of the words for it.
    pub key: &'static str,
    pub outcome: &'a str,
    pub at: Moment,
    pub reference: &'a str,
}

impl Agent<'_> {
    fn agent_name(&self) -> String {
        self.name.map_or_else(|| self.layout.t("agent-unnamed"), str::to_owned)
    }

    /// Value, key of the name, and whether it is the store's decision.
    fn classes(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        CLASSES.into_iter().map(|class| (class.as_str(), Class::from(class).key(), self.own_class == Some(class)))
    }
}

/// All classes, the smallest first.
pub const CLASSES: [AgentClass; 3] = [AgentClass::Browse, AgentClass::Shop, AgentClass::Support];

const fn origin_key(origin: ClientOrigin) -> &'static str {
    match origin {
        ClientOrigin::Registered => "client-origin-registered",
        ClientOrigin::PreRegistered => "client-origin-pre-registered",
        ClientOrigin::Described => "client-origin-described",
    }
}

/// Which agent. Its id is in the query, since it can be an address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    client: String,
    done: String,
}

/// `GET /console/agents/agent?client=…`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let notice = match desk.done(&asked.done) {
        "saved" => Some("client-saved"),
        "unchanged" => Some("client-unchanged"),
        "quarantined" => Some("client-quarantined-notice"),
        "released" => Some("client-released-notice"),
        "merged" => Some("client-merged-notice"),
        _ => None,
    };
    show(&desk, &shown, &asked.client, notice, StatusCode::OK).await
}

async fn show(
    desk: &Desk,
    shown: &IssuerContext,
    id: &str,
    notice: Option<&str>,
    status: StatusCode,
) -> actix_web::Result<HttpResponse> {
    let (issuer_id, client_id) = (shown.issuer.id.clone(), ClientId::new(id));
    let now = desk.now();
    let found: Result<_, StorageError> =
        desk.state.db.read(move |c| Ok((find(c, &issuer_id, &client_id, now)?, is_paused(c, &issuer_id)?))).await;
    let (whole, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let whole = whole.ok_or_else(|| unknown(desk))?;
    let mut layout = desk.layout(shown);
    layout.notice = notice.map(|key| Notice::Done(layout.t(key)));
    let client = &whole.agent.client;
    let name = desk.state.platforms.shown_name(client.id.as_str(), &client.metadata);
    let hosts = destinations(&whole.agent);
    let role = desk.staff.staff.role;
    let moment = |at| Moment::new(at, desk.now(), layout.locale);
    let view = Agent {
        csrf: desk.token(shown),
        frame: desk.frame(Section::Agents, is_paused),
        client_id: client.id.as_str(),
        name: name.as_deref(),
        trust: client.trust_at_best(),
        origin: origin_key(client.origin),
        method: client.auth_method.as_str(),
        document_read_at: client.document_read_at.map(moment),
        platform: desk.state.platforms.find_by_client_id(client.id.as_str()),
        returns_to: hosts.iter().map(|(kind, host)| kind.shown(host)).collect(),
        redirect_uris: client.redirect_uris().iter().map(crate::domain::redirect_uri::RedirectUri::as_str).collect(),
        is_only_local: client.is_only_local(),
        registered_at: moment(client.created_at),
        class: shown.policy.class(client).into(),
        own_class: client.class,
        live_sessions: u32::try_from(whole.agent.live_sessions).unwrap_or(u32::MAX),
        is_paused: whole.agent.is_paused,
        is_quarantined: client.is_quarantined(),
        is_held_by_successor: client.quarantined_at.is_none() && client.is_quarantined(),
        is_approved: client.approved_at.is_some(),
        can_be_approved: client.origin != ClientOrigin::PreRegistered,
        can_merge: can_merge(&whole),
        merged_into: client.merged_into.as_ref().map(ClientId::as_str),
        merged: &whole.merged,
        acts: whole.decisions.iter().map(|act| shown_act(act, moment(act.at))).collect(),
        reports: whole.reports.iter().map(|act| shown_act(act, moment(act.at))).collect(),
        may_quarantine: role.may_revoke(),
        may_change: role.may_change_settings(),
        password_was_wrong: status == StatusCode::UNPROCESSABLE_ENTITY,
        layout: layout.clone(),
    };
    Ok(page(status, &view))
}

fn can_merge(whole: &Whole) -> bool {
    let client = &whole.agent.client;
    client.origin == ClientOrigin::Registered && client.merged_into.is_none() && whole.merged.is_empty()
}

fn shown_act(act: &ClientAct, at: Moment) -> Act<'_> {
    let key = act.kind.parse().map_or("audit-kind-refused", words_of);
    Act { key, outcome: &act.outcome, at, reference: &act.reference_id }
}

fn unknown(desk: &Desk) -> actix_web::Error {
    desk.not_found(Check::Subject.found("an agent of this issuer", "another"))
}

/// A form that does not say what it must.
pub(super) fn incomplete(desk: &Desk, what: &'static str) -> actix_web::Error {
    let evidence = Check::FormFields.missing(what);
    desk.refuse(Problem::BadRequest, StatusCode::BAD_REQUEST, evidence.because("the form is incomplete"))
}

/// What is decided about which agent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    client: String,
    decision: String,
    class: String,
    approved: String,
    reason: String,
    password: String,
}

/// `POST /console/agents/agent`.
pub async fn post(desk: Desk, browser: Browser, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let sent = sent.into_inner();
    let shown = desk.shown(&sent.environment)?;
    desk.check_token(&shown, &sent.csrf)?;
    let role = desk.staff.staff.role;
    let (decisions, done) = match sent.decision.as_str() {
        "quarantine" if role.may_revoke() => (vec![Decision::Quarantine], "quarantined"),
        "release" if role.may_revoke() => (vec![Decision::Release], "released"),
        "class" if role.may_change_settings() => {
            let class = Some(sent.class.as_str()).filter(|class| !class.is_empty()).map(str::parse).transpose();
            let class = class.map_err(|_unknown| incomplete(&desk, "a class that there is"))?;
            let approval = if sent.approved.is_empty() { Decision::Disapprove } else { Decision::Approve };
            (vec![Decision::Class(class), approval], "saved")
        }
        "quarantine" | "release" | "class" => return Err(desk.forbidden()),
        _ => return Err(incomplete(&desk, "a decision")),
    };
    if sent.decision != "quarantine" && !is_confirmed(&desk, &browser, sent.password).await? {
        return show(&desk, &shown, &sent.client, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (act, id, reason) = (desk.act(&shown), ClientId::new(sent.client.as_str()), Reason::new(&sent.reason));
    let outcome: Result<Option<bool>, StorageError> = desk
        .state
        .db
        .write(move |tx| {
            if clients::find(tx, &act.issuer_id, &id)?.is_none() {
                return Ok(None);
            }
            let mut has_changed = false;
            for decision in decisions {
                has_changed |= decide(tx, &act, &id, decision, &reason)?;
            }
            Ok(Some(has_changed))
        })
        .await;
    let has_changed = outcome.map_err(|error| desk.fault(&error))?.ok_or_else(|| unknown(&desk))?;
    desk.state.reload().await;
    let done = if has_changed { done } else { "unchanged" };
    Ok(see(&desk, &shown, &sent.client, done))
}

/// 303 to the page of an agent.
pub(super) fn see(desk: &Desk, shown: &IssuerContext, client: &str, done: &str) -> HttpResponse {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([("client", client), ("done", done)]);
    desk.see("/console/agents/agent", shown, &format!("&{}", query.finish()))
}
