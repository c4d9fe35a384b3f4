//! The trail: what happened, when and why. Never a body, a token, an address or personal data (S2-36).

use super::client::words;
use super::connection::Connection;
use super::network::Network;
use super::{ScopeSet, Timestamp};
use crate::telemetry::ReferenceId;

words! {
    /// What an entry is about.
    AuditKind {
        ClientRegistered = "client_registered",
        /// Made by hand, by staff or operator.
        ClientAdded = "client_added",
        ClientUpdated = "client_updated",
        ClientRemoved = "client_removed",
        ClientSecretRotated = "client_secret_rotated",
        /// Initial access tokens (RFC 7591 §3).
        RegistrationTokenAdded = "registration_token_added",
        RegistrationTokenRemoved = "registration_token_removed",
        PrivateUseUriAdded = "private_use_uri_added",
        PrivateUseUriRemoved = "private_use_uri_removed",
        ConsentGiven = "consent_given",
        ConsentDenied = "consent_denied",
        /// A consent that added permissions to a live grant (A47, C-4).
        Elevated = "elevated",
        CodeRedeemed = "code_redeemed",
        TokenRefreshed = "token_refreshed",
        /// A superseded refresh token was answered under grace.
        GraceReplay = "grace_replay",
        SuspiciousReplays = "suspicious_replays",
        ConnectionEnded = "connection_ended",
        GrantRevoked = "grant_revoked",
        /// The shopper took a permission from it, or lowered its ceiling.
        GrantNarrowed = "grant_narrowed",
        /// The shopper says that something is wrong with an agent.
        AgentReported = "agent_reported",
        AccessTokenRevoked = "access_token_revoked",
        /// All connections of a client, a shopper or the issuer.
        RevokedMany = "revoked_many",
        Paused = "paused",
        Resumed = "resumed",
        AccessSwitched = "access_switched",
        /// The merchant has decided what class a client is of.
        ClientClassed = "client_classed",
        ClientApproved = "client_approved",
        ClientDisapproved = "client_disapproved",
        ClientQuarantined = "client_quarantined",
        ClientReleased = "client_released",
        ClientMerged = "client_merged",
        PolicyChanged = "policy_changed",
        HostRuled = "host_ruled",
        /// A token from the future of the database.
        DatabaseWentBack = "database_went_back",
        SignedIn = "signed_in",
        SignInFailed = "sign_in_failed",
        SignedUp = "signed_up",
        /// A shopper has signed another browser out.
        SignedOutElsewhere = "signed_out_elsewhere",
        SignedOutEverywhere = "signed_out_everywhere",
        /// Another way to sign in to an account.
        IdentityLinked = "identity_linked",
        IdentityRemoved = "identity_removed",
        /// A shopper chose another password, or a first one.
        PasswordSet = "password_set",
        /// The last entry of its pseudonym that a shopper made: from then on it leads to nobody.
        AccountDeleted = "account_deleted",
        DataDownloaded = "data_downloaded",
        StaffSignedIn = "staff_signed_in",
        StaffAdded = "staff_added",
        StaffPasswordSet = "staff_password_set",
        StaffRemoved = "staff_removed",
        KeysRotated = "keys_rotated",
        /// A checkout awaits the shopper.
        PurchaseRequested = "purchase_requested",
        PurchaseApproved = "purchase_approved",
        PurchaseDeclined = "purchase_declined",
        /// The resource server has taken it and is placing the order.
        PurchaseConsumed = "purchase_consumed",
        /// There is an order.
        PurchaseCompleted = "purchase_completed",
        /// No order came of it.
        PurchaseReleased = "purchase_released",
        /// The shopper lets an agent ask again whose purchases were declined three times in a row.
        PurchasesAllowed = "purchases_allowed",
        /// The shopper lets an agent buy within a rule without asking, or no longer.
        ApprovalRuleSet = "approval_rule_set",
        ApprovalRuleRemoved = "approval_rule_removed",
        ToolCall = "tool_call",
    }
}

/// One entry, before it has its number.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    pub at: Timestamp,
    pub kind: AuditKind,
    /// `ok`, or the error's code.
    pub outcome: String,
    pub reference_id: ReferenceId,
    /// 0 to 3 (S2-09).
    pub risk: u8,
    pub subject: AuditSubject,
    /// Who acted, when it was not the agent: `shopper`, `staff:<id>`, `operator`, `system`.
    pub actor: Option<String>,
    pub scope: Option<ScopeSet>,
    /// What else it was about: a cart, an order, a client.
    pub object_id: Option<String>,
    /// Kept beside the entry, for 30 days.
    pub network: Option<Network>,
}

/// When and where from something was done, and under which reference.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub now: Timestamp,
    pub reference_id: ReferenceId,
    pub network: Network,
}

impl Occasion {
    /// What `actor` did then.
    pub fn entry(&self, kind: AuditKind, subject: AuditSubject, actor: String) -> AuditEntry {
        let entry = AuditEntry::new(kind, self.now, self.reference_id, subject);
        AuditEntry { actor: Some(actor), network: Some(self.network.clone()), ..entry }
    }
}

/// Which agent and session it is about.
#[derive(Debug, Clone, Default)]
pub struct AuditSubject {
    pub client_id: Option<String>,
    pub grant_id: Option<String>,
    pub connection_id: Option<String>,
    pub jti: Option<String>,
    pub pseudonym: Option<String>,
}

impl AuditSubject {
    pub fn of_client(client_id: &super::ClientId) -> Self {
        Self { client_id: Some(client_id.to_string()), ..Self::default() }
    }

    pub fn of_connection(connection: &Connection) -> Self {
        Self {
            client_id: Some(connection.client_id.to_string()),
            grant_id: Some(connection.grant_id.to_string()),
            connection_id: Some(connection.id.to_string()),
            jti: None,
            pseudonym: Some(connection.pseudonym.clone()),
        }
    }
}

impl AuditEntry {
    pub fn new(kind: AuditKind, at: Timestamp, reference_id: ReferenceId, subject: AuditSubject) -> Self {
        Self {
            at,
            kind,
            outcome: "ok".to_owned(),
            reference_id,
            risk: 0,
            subject,
            actor: None,
            scope: None,
            object_id: None,
            network: None,
        }
    }
}
