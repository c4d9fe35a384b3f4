//! The handle of one protected endpoint: cheap to clone, shared by all workers.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;

use super::config::{Config, StartError};
use super::middleware::Middleware;
use super::principal::Principal;
use super::rejection::{Cause, Rejection};
use crate::audit::Recorder;
use crate::wire::{Clock, ScopeSet};

/// A protected MCP endpoint.
#[derive(Clone)]
pub struct Protection {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    recorder: Recorder,
}

impl Protection {
    /// Starts following the feed and sending audit records on the current tokio runtime.
    /// Does not wait for the authorization server, which may be away.
    ///
    /// # Errors
    /// When the configuration can never work, or outside a tokio runtime.
    pub fn start(config: Config) -> Result<Self, StartError> {
        config.check()?;
        Ok(Self { inner: Arc::new(Inner { config, recorder: Recorder::default() }) })
    }

    /// Stops following and sends what is left of the audit records, for at most five seconds.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn shutdown(&self) {}

    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.config.clock
    }

    pub fn recorder(&self) -> &Recorder {
        &self.inner.recorder
    }

    /// Who calls, by the `Authorization` header.
    ///
    /// # Errors
    /// The refusal, with the token's names where they were proven.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn authenticate(&self, _headers: &HeaderMap) -> Result<Principal, Rejection> {
        Err(Cause::CannotTell.into())
    }

    /// S1-18, S1-53: whether the caller holds all that a tool needs.
    ///
    /// # Errors
    /// [`Cause::InsufficientScope`], naming the whole of what is needed (B23).
    pub fn require(&self, principal: &Principal, required: ScopeSet) -> Result<(), Rejection> {
        if principal.holds(required) {
            return Ok(());
        }
        let cause = Cause::InsufficientScope { required, held: principal.claims.scope };
        Err(Rejection::from(cause).with_token(principal.token_reference()))
    }

    /// What to wrap the MCP endpoint with: `web::scope("/mcp").wrap(protection.middleware())`.
    pub fn middleware(&self) -> Middleware {
        Middleware::new(self.clone())
    }
}
