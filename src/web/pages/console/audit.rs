//! What happened: authorization events and tool calls, by session and by reference id. S1-42, S2-35 fields.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::audit::AuditKind;
use crate::domain::platforms::Platforms;
use crate::locale::{Foreign, Locale, Moment};
use crate::merchant::trail::{List, Question, list};
use crate::storage::StorageError;
use crate::storage::audit_listing::{ListedEntry, Page};
use crate::storage::refusals::Refusal;

use super::super::{Layout, page};
use super::desk::is_paused;
use super::{Desk, Frame, PAGE, Paging, Section, given, link};

#[derive(Debug, Template)]
#[template(path = "pages/console/audit.html")]
pub struct Audit<'a> {
    pub layout: Layout<'a>,
    pub frame: Frame,
    pub filter: Filter<'a>,
    pub rows: Vec<Row<'a>>,
    pub paging: Paging<'a>,
}

/// What the list is narrowed to; empty where it is not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// The id of a connection.
    pub session: &'a str,
    pub reference: &'a str,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub at: Moment,
    /// The event's technical word, or `refused`.
    pub kind: &'a str,
    pub agent: Option<Foreign<'a>>,
    /// Where there is no name to show.
    pub client_id: Option<&'a str>,
    /// The id of the connection.
    pub session: Option<&'a str>,
    /// The id of the purchase that it is about, or of its order.
    pub purchase: Option<&'a str>,
    pub tool: Option<&'a str>,
    /// A technical word or a status code.
    pub status: &'a str,
    pub latency_ms: Option<u32>,
    /// 0 to 3.
    pub risk: Option<u32>,
    pub reference: Option<&'a str>,
}

impl Row<'_> {
    fn kind_key(&self) -> &'static str {
        self.kind.parse().map_or("audit-kind-refused", words_of)
    }

    /// Somebody has to look.
    fn is_alarm(&self) -> bool {
        matches!(self.kind.parse(), Ok(AuditKind::DatabaseWentBack | AuditKind::SuspiciousReplays))
    }
}

pub(super) const fn words_of(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::AccessSwitched => "audit-kind-access-switched",
        AuditKind::ClientClassed => "audit-kind-client-classed",
        AuditKind::ClientApproved => "audit-kind-client-approved",
        AuditKind::ClientDisapproved => "audit-kind-client-disapproved",
        AuditKind::ClientQuarantined => "audit-kind-client-quarantined",
        AuditKind::ClientReleased => "audit-kind-client-released",
        AuditKind::ClientMerged => "audit-kind-client-merged",
        AuditKind::PolicyChanged => "audit-kind-policy-changed",
        AuditKind::HostRuled => "audit-kind-host-ruled",
        AuditKind::AccessTokenRevoked => "audit-kind-access-token-revoked",
        AuditKind::ClientRegistered => "audit-kind-client-registered",
        AuditKind::ClientAdded => "audit-kind-client-added",
        AuditKind::ClientRemoved => "audit-kind-client-removed",
        AuditKind::ClientSecretRotated => "audit-kind-client-secret-rotated",
        AuditKind::ClientUpdated => "audit-kind-client-updated",
        AuditKind::PrivateUseUriAdded => "audit-kind-private-use-uri-added",
        AuditKind::PrivateUseUriRemoved => "audit-kind-private-use-uri-removed",
        AuditKind::RegistrationTokenAdded => "audit-kind-registration-token-added",
        AuditKind::RegistrationTokenRemoved => "audit-kind-registration-token-removed",
        AuditKind::CodeRedeemed => "audit-kind-code-redeemed",
        AuditKind::ConnectionEnded => "audit-kind-connection-ended",
        AuditKind::ConsentDenied => "audit-kind-consent-denied",
        AuditKind::ConsentGiven => "audit-kind-consent-given",
        AuditKind::DatabaseWentBack => "audit-kind-database-went-back",
        AuditKind::Elevated => "audit-kind-elevated",
        AuditKind::GraceReplay => "audit-kind-grace-replay",
        AuditKind::GrantNarrowed => "audit-kind-grant-narrowed",
        AuditKind::AgentReported => "audit-kind-agent-reported",
        AuditKind::GrantRevoked => "audit-kind-grant-revoked",
        AuditKind::KeysRotated => "audit-kind-keys-rotated",
        AuditKind::PurchaseApproved => "audit-kind-purchase-approved",
        AuditKind::PurchaseCompleted => "audit-kind-purchase-completed",
        AuditKind::PurchaseConsumed => "audit-kind-purchase-consumed",
        AuditKind::PurchaseDeclined => "audit-kind-purchase-declined",
        AuditKind::PurchaseReleased => "audit-kind-purchase-released",
        AuditKind::PurchaseRequested => "audit-kind-purchase-requested",
        AuditKind::ApprovalRuleSet => "audit-kind-approval-rule-set",
        AuditKind::ApprovalRuleRemoved => "audit-kind-approval-rule-removed",
        AuditKind::PurchasesAllowed => "audit-kind-purchases-allowed",
        AuditKind::Paused => "audit-kind-paused",
        AuditKind::Resumed => "audit-kind-resumed",
        AuditKind::RevokedMany => "audit-kind-revoked-many",
        AuditKind::SignInFailed => "audit-kind-sign-in-failed",
        AuditKind::SignedIn => "audit-kind-signed-in",
        AuditKind::SignedUp => "audit-kind-signed-up",
        AuditKind::SignedOutElsewhere => "audit-kind-signed-out-elsewhere",
        AuditKind::SignedOutEverywhere => "audit-kind-signed-out-everywhere",
        AuditKind::IdentityLinked => "audit-kind-identity-linked",
        AuditKind::IdentityRemoved => "audit-kind-identity-removed",
        AuditKind::PasswordSet => "audit-kind-password-set",
        AuditKind::AccountDeleted => "audit-kind-account-deleted",
        AuditKind::DataDownloaded => "audit-kind-data-downloaded",
        AuditKind::StaffSignedIn => "audit-kind-staff-signed-in",
        AuditKind::StaffAdded => "audit-kind-staff-added",
        AuditKind::StaffPasswordSet => "audit-kind-staff-password-set",
        AuditKind::StaffRemoved => "audit-kind-staff-removed",
        AuditKind::SuspiciousReplays => "audit-kind-suspicious-replays",
        AuditKind::TokenRefreshed => "audit-kind-token-refreshed",
        AuditKind::ToolCall => "audit-kind-tool-call",
    }
}

/// Whether it is a step of a purchase, which the page "Approvals" finds by what the entry names.
fn is_of_purchase(kind: &str) -> bool {
    use AuditKind::{
        PurchaseApproved, PurchaseCompleted, PurchaseConsumed, PurchaseDeclined, PurchaseReleased, PurchaseRequested,
    };
    let steps =
        [PurchaseRequested, PurchaseApproved, PurchaseDeclined, PurchaseConsumed, PurchaseCompleted, PurchaseReleased];
    kind.parse().is_ok_and(|kind| steps.contains(&kind))
}

impl Filter<'_> {
    const fn is_empty(&self) -> bool {
        self.session.is_empty() && self.reference.is_empty()
    }
}

/// What of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    session: String,
    reference: String,
    before: String,
    after: String,
}

/// `GET /console/audit`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let asked = asked.into_inner();
    let shown = desk.shown(&asked.environment)?;
    let question = Question {
        connection: given(&asked.session),
        reference: given(&asked.reference),
        page: match (asked.before.parse(), asked.after.parse()) {
            (Ok(number), _) => Page::Below(number),
            (_, Ok(number)) => Page::Above(number),
            _ => Page::First,
        },
        limit: PAGE,
        refused_since: desk.now().minus(desk.state.audit.refusal_age),
    };
    let issuer_id = shown.issuer.id.clone();
    let found: Result<(List, bool), StorageError> =
        desk.state.db.read(move |c| Ok((list(c, &issuer_id, &question)?, is_paused(c, &issuer_id)?))).await;
    let (list, is_paused) = found.map_err(|error| desk.fault(&error))?;
    let layout = desk.layout(&shown);
    let link = |name: &str, number: Option<i64>| {
        let number = number?.to_string();
        let pairs = [("environment", layout.environment()), ("session", &asked.session)];
        let more = [("reference", asked.reference.as_str()), (name, &number)];
        Some(link(layout.base, "/console/audit", &[pairs, more].concat()))
    };
    let (newer, older) = (link("after", list.newer), link("before", list.older));
    let moments = (desk.now(), layout.locale);
    let lines: Vec<Line<'_>> = list
        .entries
        .iter()
        .map(|entry| Line::of_entry(entry, &desk.state.platforms, moments))
        .chain(list.refusals.iter().map(|refusal| Line::of_refusal(refusal, moments)))
        .collect();
    let view = Audit {
        frame: desk.frame(Section::Audit, is_paused),
        filter: Filter { session: &asked.session, reference: &asked.reference },
        rows: lines.iter().map(Line::row).collect(),
        paging: Paging { newer: newer.as_deref(), older: older.as_deref() },
        layout: layout.clone(),
    };
    Ok(page(StatusCode::OK, &view))
}

/// A row before it is borrowed from: a call's status is a number, anything else's a word.
struct Line<'a> {
    row: Row<'a>,
    agent: Option<String>,
    status: String,
}

impl<'a> Line<'a> {
    fn of_entry(
        entry: &'a ListedEntry,
        platforms: &Platforms,
        (now, locale): (mcp_resource::wire::Timestamp, &Locale),
    ) -> Self {
        let latency = entry.latency_micros.map(|micros| u32::try_from(micros / 1_000).unwrap_or(u32::MAX));
        let row = Row {
            at: Moment::new(entry.at, now, locale),
            kind: &entry.kind,
            agent: None,
            client_id: entry.client_id.as_deref(),
            session: entry.connection_id.as_deref(),
            purchase: entry.object_id.as_deref().filter(|_| is_of_purchase(&entry.kind)),
            // A name that is no tool of ours is recorded as a dash.
            tool: entry.tool.as_deref().filter(|tool| *tool != "-"),
            status: "",
            latency_ms: latency,
            risk: entry.tool.as_ref().and_then(|_| u32::try_from(entry.risk).ok()),
            reference: Some(&entry.reference_id),
        };
        let status = match entry.status {
            Some(status) if entry.outcome != "ok" => format!("{status} {}", entry.outcome),
            Some(status) => status.to_string(),
            None => entry.outcome.clone(),
        };
        let client_id = entry.client_id.as_deref().unwrap_or_default();
        let agent = platforms.shown_name_of(client_id, entry.client_metadata.as_deref());
        Self { row, agent, status }
    }

    fn of_refusal(refusal: &'a Refusal, (now, locale): (mcp_resource::wire::Timestamp, &Locale)) -> Self {
        let row = Row {
            at: Moment::new(refusal.at, now, locale),
            kind: "refused",
            agent: None,
            client_id: refusal.client_id.as_deref(),
            session: None,
            purchase: None,
            tool: Some(&refusal.endpoint),
            status: "",
            latency_ms: None,
            risk: None,
            reference: Some(&refusal.reference_id),
        };
        let status = format!("{}: {}", refusal.error, refusal.reason);
        Self { row, agent: None, status }
    }

    fn row(&self) -> Row<'_> {
        Row { agent: self.agent.as_deref().map(Foreign), status: &self.status, ..self.row.clone() }
    }
}
