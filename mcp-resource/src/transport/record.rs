//! The record of one call (S1-42): made when the call begins, sent when it is dropped, so that a caller who goes away
//! in the middle is in the trail too. Never the arguments, only their salted digest (C-9).

use std::sync::Mutex;
use std::time::Instant;

use tracing::Span;
use uuid::Uuid;

use crate::protect::{Principal, Protection, Rejection};
use crate::shop::CallContext;
use crate::shop::tools::{CheckoutCall, Outcome, Tool};
use crate::wire::ScopeSet;
use crate::wire::audit::{Evidence, TokenReference, ToolCall};

/// One call under way: what the SDK's handler needs to answer it, and what will be recorded of it.
pub(super) struct Call {
    pub tool: Option<Tool>,
    pub context: CallContext,
    pub reference_id: String,
    /// What the tools of a checkout need beyond that.
    pub checkout: Option<CheckoutCall>,
    platform: &'static str,
    /// `None`: a public tool was called without one (C-7).
    token: Option<TokenReference>,
    arguments_digest: String,
    /// The request's: inside the SDK another one is current.
    pub span: Span,
    began: Instant,
    noted: Mutex<Noted>,
    protection: Protection,
}

struct Noted {
    status: u16,
    word: &'static str,
    object_id: Option<String>,
    reference_id: Option<String>,
    evidence: Option<Evidence>,
    away: bool,
}

impl Noted {
    const fn of(status: u16, word: &'static str) -> Self {
        Self { status, word, object_id: None, reference_id: None, evidence: None, away: false }
    }
}

impl Call {
    pub(super) fn begin(
        protection: &Protection,
        principal: Option<&Principal>,
        platform: &'static str,
        context: CallContext,
        call: &super::message::ToolCall,
    ) -> Self {
        Self {
            tool: call.tool,
            context,
            reference_id: Uuid::new_v4().to_string(),
            checkout: None,
            platform,
            token: principal.map(Principal::token_reference),
            arguments_digest: protection.recorder().arguments_digest(&call.arguments),
            span: Span::current(),
            began: Instant::now(),
            // nginx's word for it: the caller closed the connection before the answer.
            noted: Mutex::new(Noted::of(499, "gone")),
            protection: protection.clone(),
        }
    }

    pub(super) fn finished(&self, outcome: &Outcome) {
        let (object_id, away) = (outcome.object_id.clone(), outcome.away);
        self.note(Noted { object_id, away, ..Noted::of(outcome.status, outcome.word) });
    }

    /// C-7: it has come without a token.
    pub(super) const fn is_of_a_stranger(&self) -> bool {
        self.token.is_none()
    }

    /// The tool was asked, and could not tell without the authorization server.
    pub(super) fn is_away(&self) -> bool {
        self.noted.lock().is_ok_and(|noted| noted.away)
    }

    pub(super) fn refused(&self, rejection: &Rejection) {
        self.note(Noted {
            reference_id: Some(rejection.reference_id().to_owned()),
            evidence: Some(rejection.evidence()),
            ..Noted::of(rejection.status(), rejection.outcome())
        });
    }

    /// The SDK answered without asking a tool: wrong headers, wrong version, or no such tool.
    pub(super) fn not_served(&self, status: u16) {
        if let Ok(mut noted) = self.noted.lock()
            && noted.word == "gone"
        {
            *noted = match self.tool {
                None => Noted::of(404, "unknown_tool"),
                Some(_) => Noted::of(status, "invalid_request"),
            };
        }
    }

    fn note(&self, what: Noted) {
        if let Ok(mut noted) = self.noted.lock() {
            *noted = what;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Ok(noted) = self.noted.get_mut() else { return };
        let (tool, latency) = (self.tool.map_or("-", Tool::name), self.began.elapsed());
        let latency_micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let Some(token) = self.token.take() else {
            // C-7: the trail is of what agents do for shoppers, and this is neither's. The log alone counts it.
            let (status, outcome, reference_id) = (noted.status, noted.word, &self.reference_id);
            tracing::info!(
                tool,
                status,
                outcome,
                latency_micros,
                reference_id,
                "a public tool was called without a token"
            );
            return;
        };
        self.protection.recorder().record(ToolCall {
            id: Uuid::now_v7().to_string(),
            at: self.context.now,
            // A name that is no tool of ours is somebody else's text: it is not recorded.
            tool: tool.to_owned(),
            platform: self.platform.to_owned(),
            status: noted.status,
            outcome: noted.word.to_owned(),
            latency_micros,
            risk: self.tool.map_or(0, Tool::risk),
            reference_id: noted.reference_id.take().unwrap_or_else(|| self.reference_id.clone()),
            token: Some(token),
            required_scope: self.tool.map_or(ScopeSet::EMPTY, Tool::required),
            object_id: noted.object_id.take(),
            arguments_digest: Some(std::mem::take(&mut self.arguments_digest)),
            evidence: noted.evidence.take(),
        });
    }
}
