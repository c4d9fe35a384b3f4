//! Who works at the console, for which store, and what every page and form of it needs. The console stands at the live
//! issuer; `environment` says whose rows are shown, and forms are bound to it.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use mcp_resource::wire::feed::Target;

use super::super::error::Problem;
use super::super::refuse::{as_error, fault, form_expired, refuse, see_other};
use super::super::told::Teller;
use super::super::{CsrfToken, Layout, form, layout, viewer};
use super::{Frame, Section};
use crate::domain::evidence::{Check, Evidence};
use crate::domain::issuer::Environment;
use crate::domain::restriction::Effect;
use crate::domain::staff::Role;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::IssuerContext;
use crate::locale::Locale;
use crate::merchant::{Act, Actor};
use crate::storage::{DbConnection, StorageError, StorageResult, restrictions};
use crate::web::extract::{CurrentIssuer, MaybeStaff, SignedInStaff, Source};
use crate::web::language;
use crate::web::middleware::root_span::{Reason, reference};
use crate::web::state::AppState;

/// A signed-in member of the store's staff, at the console.
pub struct Desk {
    pub request: HttpRequest,
    pub state: web::Data<AppState>,
    /// The live issuer: its address, and its keys for forms.
    pub live: Arc<IssuerContext>,
    pub staff: SignedInStaff,
    pub source: Source,
}

impl FromRequest for Desk {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let current = CurrentIssuer::from_request(request, payload).into_inner();
        let source = Source::from_request(request, payload).into_inner();
        let staff = MaybeStaff::from_request(request, payload);
        let state = request.app_data::<web::Data<AppState>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let CurrentIssuer(live) = current?;
            let not_here = || {
                let evidence =
                    Check::Address.found("the console, at the live issuer", live.issuer.environment.to_string());
                let reason = evidence.because("no console at this issuer");
                as_error(refuse(&request, &live, Problem::NotFound, StatusCode::NOT_FOUND, reason))
            };
            // PostgreSQL stores no NUL, and refuses to look for one.
            if request.query_string().contains("%00") {
                let evidence = Check::ParameterCharacters.found("printable characters", "a NUL");
                return Err(as_error(refuse(&request, &live, Problem::NotFound, StatusCode::NOT_FOUND, evidence)));
            }
            let state = state.ok_or_else(not_here)?;
            if live.issuer.environment != Environment::Live {
                return Err(not_here());
            }
            match staff.await?.0 {
                Some(staff) => Ok(Self { source: source?, request, state, live, staff }),
                None => Err(as_error(see_other(&live, "/console/sign-in"))),
            }
        })
    }
}

impl Desk {
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// The store's issuer in the environment of that name; live where none is named.
    pub fn shown(&self, environment: &str) -> actix_web::Result<Arc<IssuerContext>> {
        let environment = if environment.is_empty() { Ok(Environment::Live) } else { environment.parse() };
        let found = environment
            .ok()
            .and_then(|environment| self.state.directory.load().of_store(&self.staff.staff.store_id, environment));
        found.ok_or_else(|| self.not_found(Check::Subject.found("an environment of the store", "another")))
    }

    pub fn refuse(&self, problem: Problem, status: StatusCode, reason: impl Into<Reason>) -> actix_web::Error {
        as_error(refuse(&self.request, &self.live, problem, status, reason))
    }

    pub fn not_found(&self, evidence: Evidence) -> actix_web::Error {
        self.refuse(Problem::NotFound, StatusCode::NOT_FOUND, evidence)
    }

    pub fn fault(&self, error: &StorageError) -> actix_web::Error {
        as_error(fault(&self.request, &self.live, error))
    }

    pub fn forbidden(&self) -> actix_web::Error {
        let evidence = Check::Role.found("a role that may do this", self.staff.staff.role.to_string());
        self.refuse(Problem::Forbidden, StatusCode::FORBIDDEN, evidence.because("the role does not allow it"))
    }

    /// 303 to a page of the console in an environment, which says what was done: `query` begins with `&` and names it.
    pub fn see(&self, path: &str, shown: &IssuerContext, query: &str) -> HttpResponse {
        let query = format!("environment={}{query}", shown.issuer.environment);
        see_other(&self.live, &self.teller().prove(path, &query))
    }

    /// The word for what was done, if this session did it a moment ago and this page is the one that says so; else nothing,
    /// whatever is asked.
    pub fn done<'a>(&self, asked: &'a str) -> &'a str {
        let path = self.request.path().strip_prefix(self.live.issuer.url.path()).unwrap_or_default();
        if self.teller().has_said(path, self.request.query_string()) { asked } else { "" }
    }

    fn teller(&self) -> Teller<'_> {
        Teller { context: &self.live, session_hash: self.staff.session_hash, now: self.now() }
    }

    /// For words outside of a layout.
    pub fn locale(&self) -> &'static Locale {
        language::of(&self.request, &self.live)
    }

    /// The layout stays that of the live issuer, so that links and forms lead back to the console.
    pub fn layout<'a>(&'a self, shown: &IssuerContext) -> Layout<'a> {
        Layout {
            is_sandbox: shown.issuer.environment == Environment::Sandbox,
            viewer: Some(viewer(&self.live, &self.staff.staff.email, &self.staff.session_hash)),
            ..layout(&self.request, &self.live)
        }
    }

    pub fn frame(&self, section: Section, is_paused: bool) -> Frame {
        let store = &self.staff.staff.store_id;
        Frame {
            section,
            is_paused,
            is_loopback: self.live.issuer.url.is_loopback(),
            has_sandbox: self.state.directory.load().of_store(store, Environment::Sandbox).is_some(),
        }
    }

    /// Of every form in the console: bound to the session and the environment it was shown for.
    pub fn token(&self, shown: &IssuerContext) -> CsrfToken {
        form::token(&self.live, &self.parts(shown))
    }

    /// The environment of a form of ours that somebody sent whose role may do this, such as [`Role::may_revoke`].
    pub fn admit(&self, environment: &str, csrf: &str, may: fn(Role) -> bool) -> actix_web::Result<Arc<IssuerContext>> {
        let shown = self.shown(environment)?;
        self.check_token(&shown, csrf)?;
        if may(self.staff.staff.role) { Ok(shown) } else { Err(self.forbidden()) }
    }

    pub fn check_token(&self, shown: &IssuerContext, token: &str) -> actix_web::Result<()> {
        let is_ours = form::matches(&self.live, token, &self.parts(shown));
        if is_ours { Ok(()) } else { Err(as_error(form_expired(&self.request, &self.live))) }
    }

    fn parts<'a>(&'a self, shown: &'a IssuerContext) -> [&'a [u8]; 3] {
        [b"console", &self.staff.session_hash, shown.issuer.id.as_str().as_bytes()]
    }

    pub fn act(&self, shown: &IssuerContext) -> Act {
        Act {
            issuer_id: shown.issuer.id.clone(),
            by: Actor::Staff(self.staff.staff.id.clone()),
            now: self.now(),
            reference_id: reference(&self.request),
            network: Some(self.source.network.clone()),
        }
    }
}

/// Whether all agents of the issuer are held.
pub fn is_paused(connection: &mut DbConnection, issuer_id: &IssuerId) -> StorageResult<bool> {
    restrictions::is_set(connection, issuer_id, Effect::Paused, &Target::Issuer)
}
