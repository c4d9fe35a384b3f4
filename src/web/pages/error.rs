//! The page for what cannot go on: what went wrong, what to do, and a reference to name.

use askama::Template;

use super::Layout;

#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage<'a> {
    pub layout: Layout<'a>,
    pub problem: Problem,
    /// The id of the request, found again in the log and in the audit trail.
    pub reference: &'a str,
}

/// What people can be told. The reason for operators is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    UnknownClient,
    RedirectMismatch,
    BadRequest,
    OtherBrowser,
    FormExpired,
    /// What was sent is none of our forms, or not all of one.
    FormUnreadable,
    FormTooLong,
    TooManyAttempts,
    NotFound,
    Forbidden,
    AgentsOff,
    AgentBlocked,
    /// What an agent says about itself cannot be read at the moment.
    AgentAway,
    /// What it says about itself is not as it must be.
    AgentDescription,
    Unavailable,
    Server,
}

impl Problem {
    pub const ALL: [Self; 16] = [
        Self::UnknownClient,
        Self::RedirectMismatch,
        Self::BadRequest,
        Self::OtherBrowser,
        Self::FormExpired,
        Self::FormUnreadable,
        Self::FormTooLong,
        Self::TooManyAttempts,
        Self::NotFound,
        Self::Forbidden,
        Self::AgentsOff,
        Self::AgentBlocked,
        Self::AgentAway,
        Self::AgentDescription,
        Self::Unavailable,
        Self::Server,
    ];

    /// The keys of what went wrong and of the remedy.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownClient => ("error-unknown-client", "error-unknown-client-remedy"),
            Self::RedirectMismatch => ("error-redirect-mismatch", "error-redirect-mismatch-remedy"),
            Self::BadRequest => ("error-bad-request", "error-bad-request-remedy"),
            Self::OtherBrowser => ("error-other-browser", "error-other-browser-remedy"),
            Self::FormExpired => ("error-form-expired", "error-form-expired-remedy"),
            Self::FormUnreadable => ("error-form-unreadable", "error-form-unreadable-remedy"),
            Self::FormTooLong => ("error-form-too-long", "error-form-too-long-remedy"),
            Self::TooManyAttempts => ("error-too-many", "error-too-many-remedy"),
            Self::NotFound => ("error-not-found", "error-not-found-remedy"),
            Self::Forbidden => ("error-forbidden", "error-forbidden-remedy"),
            Self::AgentsOff => ("error-agents-off", "error-agents-off-remedy"),
            Self::AgentBlocked => ("error-agent-blocked", "error-agent-blocked-remedy"),
            Self::AgentAway => ("error-agent-away", "error-agent-away-remedy"),
            Self::AgentDescription => ("error-agent-description", "error-agent-description-remedy"),
            Self::Unavailable => ("error-unavailable", "error-unavailable-remedy"),
            Self::Server => ("error-server", "error-server-remedy"),
        }
    }
}

impl ErrorPage<'_> {
    fn title(&self) -> String {
        self.layout.t(self.problem.keys().0)
    }

    fn remedy(&self) -> String {
        self.layout.t(self.problem.keys().1)
    }
}
