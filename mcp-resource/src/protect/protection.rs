//! The handle of one protected endpoint: cheap to clone, shared by all workers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::HeaderMap;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::{NoContext, Uuid};

use super::config::{Config, StartError};
use super::cors::Origins;
use super::feed::Feed;
use super::follower::Follower;
use super::keys::Keys;
use super::middleware::Middleware;
use super::principal::Principal;
use super::purchases::Purchases;
use super::rejection::{Cause, Rejection};
use super::server::AuthorizationServer;
use super::step_up::presented;
use super::step_up_check::{self, Found, Unmet};
use super::verification::Verification;
use crate::audit::{Recorder, Sender, UNREAD};
use crate::traffic::{Concurrency, Running, Windows, is_writer};
use crate::wire::audit::ToolCall;
use crate::wire::{Clock, ScopeSet};

/// How long the end of the process waits for audit records to be sent.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Refusals recorded in a minute: of one connection, of all callers without a token, of all whose token is none of ours.
const MOST_REFUSALS: u32 = 60;
const MOST_WITHOUT_TOKEN: u32 = 120;
const MOST_ANONYMOUS: u32 = 600;

/// A protected MCP endpoint.
#[derive(Clone)]
pub struct Protection {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    origins: Origins,
    verification: Verification,
    windows: Windows,
    recorded_refusals: Windows,
    concurrency: Concurrency,
    recorder: Recorder,
    purchases: Purchases,
    unmet: Found,
    ending: watch::Sender<bool>,
    tasks: Tasks,
}

/// What runs in the background; ends with the last handle.
struct Tasks {
    following: JoinHandle<()>,
    keys: JoinHandle<()>,
    checking: JoinHandle<()>,
    sending: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.following.abort();
        self.keys.abort();
        self.checking.abort();
    }
}

/// A caller that may go on, and its place among the running calls.
pub(super) struct Admitted {
    pub principal: Principal,
    pub running: Running,
}

impl Protection {
    /// Starts following the feed and sending audit records on the current tokio runtime.
    /// Does not wait for the authorization server, which may be away.
    ///
    /// # Errors
    /// When the configuration can never work, or outside a tokio runtime.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let resource = config.check()?;
        let Ok(runtime) = Handle::try_current() else { return Err(StartError::NoRuntime) };
        let server = Arc::new(AuthorizationServer::new(&config)?);
        let keys = Arc::new(Keys::new(Arc::clone(&server), config.key_fetch_interval));
        let feed = Arc::new(Feed::new(config.stale_after));
        let recorder = Recorder::default();
        let purchases = Purchases::new(Arc::clone(&server));
        let (ending, ended) = watch::channel(false);
        let follower = Follower {
            feed: Arc::clone(&feed),
            keys: Arc::clone(&keys),
            server: Arc::clone(&server),
            clock: config.clock.clone(),
            stale_after: config.stale_after,
            longest_token_lifetime: config.longest_token_lifetime,
        };
        let unmet = Found::default();
        let checking = step_up_check::check(Arc::clone(&server), config.step_up.clone(), Arc::clone(&unmet));
        let sender = Sender { queue: recorder.queue(), server: Arc::clone(&server), ending: ended };
        let tasks = Tasks {
            following: runtime.spawn(follower.follow()),
            keys: runtime.spawn(Arc::clone(&keys).keep_fresh()),
            checking: runtime.spawn(checking),
            sending: Mutex::new(Some(runtime.spawn(sender.run()))),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                origins: Origins::new(&resource, &config.allowed_origins),
                verification: Verification::new(&config, keys, feed, server),
                windows: Windows::default(),
                recorded_refusals: Windows::default(),
                concurrency: Concurrency::default(),
                recorder,
                purchases,
                unmet,
                ending,
                tasks,
                config,
            }),
        })
    }

    /// Stops following and sends what is left of the audit records, for at most five seconds.
    pub async fn shutdown(&self) {
        self.inner.tasks.following.abort();
        self.inner.tasks.keys.abort();
        self.inner.tasks.checking.abort();
        self.inner.ending.send_replace(true);
        let sending = self.inner.tasks.sending.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sending) = sending
            && tokio::time::timeout(LAST_WORDS, sending).await.is_err()
        {
            tracing::error!("the last audit records could not be sent in time");
        }
    }

    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// What checkout demands of a sign-in (RFC 9470) and the issuer cannot meet, once that is known; also in the log, as an error.
    pub fn unmet_step_up(&self) -> Option<&Unmet> {
        self.inner.unmet.get()
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.config.clock
    }

    pub fn recorder(&self) -> &Recorder {
        &self.inner.recorder
    }

    /// Purchases at this endpoint's authorization server.
    pub fn purchases(&self) -> &Purchases {
        &self.inner.purchases
    }

    /// Whether revocations arrive live. Otherwise tokens are introspected, which is slower but as safe.
    pub fn is_following(&self) -> bool {
        self.inner.verification.is_following()
    }

    /// Who calls, by the `Authorization` header.
    ///
    /// # Errors
    /// The refusal, with the token's names where they were proven.
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Rejection> {
        self.inner.verification.authenticate(headers).await
    }

    /// S1-18, S1-53: whether the caller holds all that a tool needs.
    ///
    /// # Errors
    /// [`Cause::InsufficientScope`], naming the whole of what is needed (B23); else, where the scope is there and the shopper's
    /// sign-in does not do, [`Cause::InsufficientAuthentication`] (RFC 9470).
    pub fn require(&self, principal: &Principal, required: ScopeSet) -> Result<(), Rejection> {
        let (held, step_up) = (principal.claims.scope, &self.config().step_up);
        let refused = |cause: Cause| Rejection::from(cause).with_token(principal.token_reference());
        if !principal.holds(required) {
            return Err(refused(Cause::InsufficientScope { required, held }));
        }
        let now = self.clock().now();
        if !step_up.is_met_by(&principal.claims, required, now) {
            let rejection = refused(Cause::InsufficientAuthentication { required, held });
            return Err(rejection.comparing(step_up.expected(), presented(&principal.claims, now)));
        }
        Ok(())
    }

    /// What to wrap the MCP endpoint with: `web::scope("/mcp").wrap(protection.middleware())`.
    pub fn middleware(&self) -> Middleware {
        Middleware::new(self.clone())
    }

    /// C-7: whether callers without a token are served just now.
    ///
    /// # Errors
    /// The refusal: the merchant holds all calls, or has switched agents off, or that cannot be told.
    #[cfg(feature = "shop")]
    pub(crate) fn admit_stranger(&self) -> Result<(), Rejection> {
        self.inner.verification.strangers()
    }

    pub(super) fn origins(&self) -> &Origins {
        &self.inner.origins
    }

    /// Authenticates, and takes one call off the connection's allowance.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<Admitted, Rejection> {
        let principal = self.authenticate(headers).await?;
        let refused = |cause: Cause| Rejection::from(cause).with_token(principal.token_reference());
        let config = self.config();
        let connection = &principal.claims.connection_id;
        let Some(running) = self.inner.concurrency.enter(connection, config.concurrent_calls) else {
            let most = config.concurrent_calls;
            return Err(refused(Cause::TooManyAtOnce).comparing(format!("{most} calls at once"), "one more"));
        };
        let rate = if is_writer(principal.claims.scope) { config.write_rate } else { config.read_rate };
        if let Err(retry_after) = self.inner.windows.admit(connection, rate, self.clock().now()) {
            let presented = format!("one more, {} s too early", retry_after.as_secs().saturating_add(1));
            let rejection = refused(Cause::RateLimited { retry_after });
            return Err(rejection.comparing(format!("{rate} calls a minute"), presented));
        }
        Ok(Admitted { principal, running })
    }

    /// Answers a request that was refused before a tool was asked, and records it.
    pub(crate) fn refuse(&self, rejection: Rejection, began: Instant) -> HttpResponse {
        tracing::info!(
            reference_id = rejection.reference_id(),
            outcome = rejection.outcome(),
            cause = ?rejection.cause,
            "a call was refused before it was read"
        );
        self.record_refusal(&rejection, began.elapsed());
        rejection.into_response(self)
    }

    /// Records a call that was refused before it was read, unless there are too many like it: strangers must not be able to
    /// fill the record, nor push out of it what was refused to a connection.
    fn record_refusal(&self, rejection: &Rejection, latency: Duration) {
        let at = self.clock().now();
        let (whose, most) = match rejection.token() {
            Some(token) => (token.connection_id.as_str(), MOST_REFUSALS),
            // Every agent begins with such a call: there are many, and each says the same. C-7: or goes on too fast.
            None if matches!(rejection.cause, Cause::NoToken | Cause::RateLimited { .. } | Cause::TooManyAtOnce) => {
                ("", MOST_WITHOUT_TOKEN)
            }
            None => ("-", MOST_ANONYMOUS),
        };
        if self.inner.recorded_refusals.admit(whose, most, at).is_err() {
            return;
        }
        self.recorder().record(ToolCall {
            id: self.record_id(),
            at,
            tool: UNREAD.to_owned(),
            platform: UNREAD.to_owned(),
            status: rejection.status(),
            outcome: rejection.outcome().to_owned(),
            latency_micros: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
            risk: 0,
            reference_id: rejection.reference_id().to_owned(),
            token: rejection.token().cloned(),
            required_scope: ScopeSet::EMPTY,
            object_id: None,
            arguments_digest: None,
            evidence: Some(rejection.evidence()),
        });
    }

    /// A UUID of version 7 for a [`ToolCall`], by this protection's clock.
    pub fn record_id(&self) -> String {
        let micros = self.clock().now().as_micros();
        let secs = u64::try_from(micros.div_euclid(1_000_000)).unwrap_or_default();
        let nanos = u32::try_from(micros.rem_euclid(1_000_000).saturating_mul(1_000)).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, secs, nanos)).to_string()
    }
}
