//! What agents may be at this store: the class of each tier, who may register, and rules about hosts. When a rule keeps out
//! agents that have live sessions, the page asks whether they end too; nothing does so by itself.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::admission::rule_host;
use crate::domain::agent_policy::{AgentPolicy, HostEffect, RegistrationMode, Trust};
use crate::domain::client::AgentClass;
use crate::domain::elevation::Elevation;
use crate::domain::staff::Role;
use crate::keys::IssuerContext;
use crate::locale::{Foreign, Moment};
use crate::merchant::policy;
use crate::storage::{StorageError, agent_policies};
use crate::web::extract::{Browser, SentForm};

use super::super::{CsrfToken, Layout, Notice, page, trust_badge};
use super::agent::{CLASSES, incomplete};
use super::agents::{Class, TIERS};
use super::desk::is_paused;
use super::policy_checkout::Checkout;
use super::settings::is_confirmed;
use super::{Asked, Desk, Frame, Section};

#[derive(Debug, Template)]
#[template(path = "pages/console/policy.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page shows or leaves out")]
pub struct Policy<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    pub tiers: Vec<Tier>,
    pub registration: RegistrationMode,
    pub checkout_links: bool,
    /// Shoppers may let agents buy within a rule.
    pub approval_rules: bool,
    /// The longest that they may let an agent start checkouts, if the merchant has decided.
    pub longest_elevation: Option<Elevation>,
    pub rules: Vec<Rule<'a>>,
    pub checkout: Checkout,
    /// What was written as a host.
    pub host: &'a str,
    pub host_was_wrong: bool,
    /// Live sessions of agents at denied hosts, and how many agents those are.
    pub denied_sessions: u32,
    pub denied_agents: u32,
    pub may_revoke: bool,
    pub may_change: bool,
    pub password_was_wrong: bool,
}

/// One tier with its class.
#[derive(Debug, Clone, Copy)]
pub struct Tier {
    pub name: &'static str,
    pub key: &'static str,
    pub class: AgentClass,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule<'a> {
    pub host: Foreign<'a>,
    pub is_denied: bool,
    pub created_at: Moment,
}

impl Tier {
    pub fn of(trust: Trust, policy: &AgentPolicy) -> Self {
        Self { name: trust.as_str(), key: trust_badge(&trust).1, class: policy.class_of(trust) }
    }

    fn classes(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        CLASSES.into_iter().map(|class| (class.as_str(), Class::from(class).key(), self.class == class))
    }
}

impl Policy<'_> {
    /// Value, key of the name and of what it means, and whether it is chosen.
    fn modes(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str, bool)> {
        let modes = [
            (RegistrationMode::Open, "policy-mode-open", "policy-mode-open-detail"),
            (RegistrationMode::Token, "policy-mode-token", "policy-mode-token-detail"),
            (RegistrationMode::Hosts, "policy-mode-hosts", "policy-mode-hosts-detail"),
            (RegistrationMode::Closed, "policy-mode-closed", "policy-mode-closed-detail"),
        ];
        modes.into_iter().map(|(mode, name, detail)| (mode.as_str(), name, detail, self.registration == mode))
    }

    /// Value, key of the name, and whether it is chosen. The first is as the installation says.
    fn elevations(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let choices = [
            (None, "policy-elevation-default"),
            (Some(Elevation::ThisPurchase), "policy-elevation-purchase"),
            (Some(Elevation::Today), "policy-elevation-today"),
            (Some(Elevation::ThirtyDays), "policy-elevation-thirty-days"),
        ];
        let chosen = self.longest_elevation;
        choices.into_iter().map(move |(one, key)| (one.map_or("", Elevation::as_str), key, one == chosen))
    }
}

/// How the page answers a form: with what was wrong in it.
#[derive(Default)]
pub(super) struct Answer<'a> {
    pub(super) notice: Option<&'static str>,
    pub(super) password_was_wrong: bool,
    pub(super) wrong_host: Option<&'a str>,
}

/// `GET /console/agents/policy`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let notice = match desk.done(&asked.done) {
        "saved" => Some("client-saved"),
        "unchanged" => Some("client-unchanged"),
        "ruled" => Some("policy-ruled"),
        "ended" => Some("policy-ended"),
        _ => None,
    };
    show(&desk, &shown, Answer { notice, ..Answer::default() }).await
}

pub(super) async fn show(desk: &Desk, shown: &IssuerContext, answer: Answer<'_>) -> actix_web::Result<HttpResponse> {
    let issuer_id = shown.issuer.id.clone();
    let now = desk.now();
    let found: Result<_, StorageError> = desk
        .state
        .db
        .read(move |c| {
            let denied = policy::denied(c, &issuer_id, now)?;
            Ok((agent_policies::find(c, &issuer_id)?, denied, is_paused(c, &issuer_id)?))
        })
        .await;
    let (policy, (denied, sessions), is_paused) = found.map_err(|error| desk.fault(&error))?;
    let mut layout = desk.layout(shown);
    layout.notice = answer.notice.map(|key| Notice::Done(layout.t(key)));
    let rule = |rule| {
        let &crate::domain::agent_policy::HostRule { ref host, effect, created_at, .. } = rule;
        let created_at = Moment::new(created_at, desk.now(), layout.locale);
        Rule { host: Foreign(host), is_denied: effect == HostEffect::Deny, created_at }
    };
    let rights = desk.staff.staff.role;
    let view = Policy {
        csrf: desk.token(shown),
        frame: desk.frame(Section::Agents, is_paused),
        tiers: TIERS.into_iter().map(|trust| Tier::of(trust, &policy)).collect(),
        registration: policy.registration,
        checkout_links: policy.checkout_links,
        approval_rules: policy.approval_rules,
        longest_elevation: policy.longest_elevation,
        rules: policy.hosts.iter().map(rule).collect(),
        checkout: Checkout::of(shown, policy.checkout),
        host: answer.wrong_host.unwrap_or_default(),
        host_was_wrong: answer.wrong_host.is_some(),
        denied_sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
        denied_agents: u32::try_from(denied.len()).unwrap_or(u32::MAX),
        may_revoke: rights.may_revoke(),
        may_change: rights.may_change_settings(),
        password_was_wrong: answer.password_was_wrong,
        layout: layout.clone(),
    };
    let is_wrong = view.password_was_wrong || view.host_was_wrong;
    Ok(page(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view))
}

/// The classes and who may register.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    unverified: String,
    domain_verified: String,
    key_verified: String,
    approved: String,
    registration: String,
    /// `yes`, or empty.
    checkout_links: String,
    approval_rules: String,
    /// Empty: as the installation is set up. Missing in no form of ours.
    longest_elevation: Option<String>,
    password: String,
}

impl Sent {
    fn policy(&self) -> Option<AgentPolicy> {
        let longest = Some(self.longest_elevation.as_deref()?).filter(|longest| !longest.is_empty());
        Some(AgentPolicy {
            unverified: self.unverified.parse().ok()?,
            domain_verified: self.domain_verified.parse().ok()?,
            key_verified: self.key_verified.parse().ok()?,
            approved: self.approved.parse().ok()?,
            registration: self.registration.parse().ok()?,
            checkout_links: !self.checkout_links.is_empty(),
            approval_rules: self.approval_rules == "on",
            longest_elevation: longest.map(str::parse).transpose().ok()?,
            ..AgentPolicy::default()
        })
    }
}

/// `POST /console/agents/policy`: with the password, since it can open the store to everybody.
pub async fn post(desk: Desk, browser: Browser, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let wanted = sent.policy();
    let wanted = wanted
        .ok_or_else(|| incomplete(&desk, "a class for each tier, a mode, and how long checkouts can be started"))?;
    if !is_confirmed(&desk, &browser, sent.password).await? {
        return show(&desk, &shown, Answer { password_was_wrong: true, ..Answer::default() }).await;
    }
    let act = desk.act(&shown);
    let done: Result<bool, StorageError> = desk.state.db.write(move |tx| policy::set(tx, &act, &wanted)).await;
    let has_changed = done.map_err(|error| desk.fault(&error))?;
    desk.state.reload().await;
    Ok(see(&desk, &shown, if has_changed { "saved" } else { "unchanged" }))
}

/// A host to let in or keep out, or a rule to remove.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HostSent {
    environment: String,
    csrf: String,
    host: String,
    effect: String,
    remove: String,
    password: String,
}

/// `POST /console/agents/policy/hosts`: keeping a host out is done at once; what can let one in, with the password.
pub async fn hosts(desk: Desk, browser: Browser, sent: SentForm<HostSent>) -> actix_web::Result<HttpResponse> {
    let mut sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let denies = sent.remove.is_empty() && sent.effect == HostEffect::Deny.as_str();
    if !denies && !is_confirmed(&desk, &browser, std::mem::take(&mut sent.password)).await? {
        return show(&desk, &shown, Answer { password_was_wrong: true, ..Answer::default() }).await;
    }
    let act = desk.act(&shown);
    let done: Result<(), StorageError> = if sent.remove.is_empty() {
        let Some(host) = rule_host(&sent.host) else {
            return show(&desk, &shown, Answer { wrong_host: Some(&sent.host), ..Answer::default() }).await;
        };
        let effect: Option<HostEffect> = sent.effect.parse().ok();
        let effect = effect.ok_or_else(|| incomplete(&desk, "allow or deny"))?;
        desk.state.db.write(move |tx| policy::put_rule(tx, &act, &host, effect)).await
    } else {
        desk.state.db.write(move |tx| policy::remove_rule(tx, &act, &sent.remove).map(drop)).await
    };
    done.map_err(|error| desk.fault(&error))?;
    desk.state.reload().await;
    Ok(see(&desk, &shown, "ruled"))
}

/// Which environment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndSent {
    environment: String,
    csrf: String,
}

/// `POST /console/agents/policy/denied`: the sessions that the page has counted end.
pub async fn denied(desk: Desk, sent: SentForm<EndSent>) -> actix_web::Result<HttpResponse> {
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_revoke)?;
    let (act, now) = (desk.act(&shown), desk.now());
    let done: Result<usize, StorageError> = desk.state.db.write(move |tx| policy::end_denied(tx, &act, now)).await;
    done.map_err(|error| desk.fault(&error))?;
    Ok(see(&desk, &shown, "ended"))
}

pub(super) fn see(desk: &Desk, shown: &IssuerContext, done: &str) -> HttpResponse {
    desk.see("/console/agents/policy", shown, &format!("&done={done}"))
}
