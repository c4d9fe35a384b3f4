//! What clients are told: the error codes and the status each is answered with, decided here and nowhere else.

use std::borrow::Cow;

use crate::domain::evidence::Evidence;
use crate::storage::StorageError;

/// The codes of RFC 6749 §4.1.2.1 and §5.2, RFC 7591 §3.2.2, RFC 8707 §2, RFC 9396 §5, RFC 9101 §6.2 and OpenID Connect Core §3.1.2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    UnsupportedTokenType,
    InvalidScope,
    InvalidTarget,
    InvalidAuthorizationDetails,
    AccessDenied,
    ConsentRequired,
    LoginRequired,
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0, RFC 9470 §5.
    UnmetAuthenticationRequirements,
    RequestNotSupported,
    RequestUriNotSupported,
    InvalidRedirectUri,
    InvalidClientMetadata,
    InvalidSoftwareStatement,
    UnapprovedSoftwareStatement,
    /// An initial or a registration access token is missing or not good (RFC 7591 §3, RFC 7592 §2, RFC 6750 §3.1).
    InvalidToken,
    /// The store does not let anybody, or this one, register or change a registration.
    RegistrationClosed,
    TooManyRequests,
    /// Not the client's fault, and over soon.
    TemporarilyUnavailable,
}

impl ErrorCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            // RFC 9396 §5.
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::AccessDenied | Self::RegistrationClosed => "access_denied",
            Self::ConsentRequired => "consent_required",
            Self::LoginRequired => "login_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::TooManyRequests | Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidSoftwareStatement => "invalid_software_statement",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::InvalidToken => "invalid_token",
        }
    }

    /// The HTTP status of a JSON answer.
    pub const fn status(self) -> u16 {
        match self {
            // RFC 6749 §5.2: 401 for a client that is unknown or did not prove itself; clients re-register on it (A60, H14).
            // RFC 6750 §3.1: so for a bearer token.
            Self::InvalidClient | Self::InvalidToken => 401,
            // RFC 7592 §2.2.
            Self::RegistrationClosed => 403,
            // RFC 6585 §4.
            Self::TooManyRequests => 429,
            // A60: 5xx, on which clients keep what they have and come again.
            Self::TemporarilyUnavailable => 503,
            // RFC 6749 §5.2, RFC 7591 §3.2.2: everything else.
            _ => 400,
        }
    }
}

/// A refusal with its two faces: one for the client, one for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    pub code: ErrorCode,
    /// One sentence that names the remedy and reveals nothing. RFC 6749 §5.2: ASCII without `"` and `\`.
    pub description: Cow<'static, str>,
    /// Why, for the log: names ids, never secrets.
    pub reason: String,
    /// The check that failed, for who asks with the reference id.
    pub evidence: Evidence,
}

impl OAuthError {
    pub fn new(code: ErrorCode, description: &'static str, evidence: Evidence) -> Self {
        Self { code, description: Cow::Borrowed(description), reason: description.to_owned(), evidence }
    }

    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

/// What a use case of this folder can end in: a refusal of the client's, or a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}: {}", .0.code.as_str(), .0.reason)]
    Refused(OAuthError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A key or an issuer is not as it must be.
    #[error("{0}")]
    Defect(String),
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

/// Shorthand for the most common way out.
pub fn refuse<T>(code: ErrorCode, description: &'static str, evidence: Evidence) -> Result<T, Failure> {
    Err(Failure::Refused(OAuthError::new(code, description, evidence)))
}
