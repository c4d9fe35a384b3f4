//! "Ways to sign in": what signs the shopper in, and adding or removing one. Adding another is what widens an account most, so
//! it is asked for with a fresh sign-in (design §5).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, Notice, form, layout_of, page, refuse};
use super::onward::{self, Carried, Onward};
use super::told::{self, Told};
use super::{proved, upstream};
use crate::accounts::identities::{Removal, remove};
use crate::accounts::passkeys::{self, Begun, MayAdd};
use crate::accounts::upstream::Purpose;
use crate::domain::authentication::ProofStep;
use crate::domain::consent::is_fresh;
use crate::domain::identity::{Identity, IdentityKind};
use crate::locale::{Foreign, Locale, MailText, Moment};
use crate::storage::{DbConnection, StorageError, identities};
use crate::web::extract::{SentForm, SignedInShopper, Visit};
use crate::web::language;

#[derive(Debug, Template)]
#[template(path = "pages/account/ways.html")]
pub struct Ways<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    pub ways: Vec<Way<'a>>,
    /// Codes can be sent: a way that is always there.
    pub has_codes: bool,
    /// What the browser is asked to make a passkey; only after a fresh sign-in, and where passkeys can be.
    pub passkey: Option<Begun>,
    /// The first passkey can be added, once it was shown again who it is.
    pub needs_proof: bool,
    /// Another one can, once it was shown with one that is there.
    pub needs_passkey: bool,
    /// One can from then on: a lost one was removed.
    pub waits: Option<Moment>,
    /// What can be added: id and name.
    pub offers: Vec<(&'a str, &'a str)>,
    /// What a passkey is added for, if it is.
    pub onward: &'a Onward,
}

/// One way in.
#[derive(Debug, Clone)]
pub struct Way<'a> {
    pub id: &'a str,
    pub kind: IdentityKind,
    /// Of a provider: what its button calls it.
    pub name: &'a str,
    pub added_at: Moment,
    pub last_used_at: Option<Moment>,
    pub can_go: bool,
}

impl Ways<'_> {
    fn proving(&self) -> String {
        proving(self.onward)
    }

    fn with_passkey(&self) -> String {
        with_passkey(self.onward)
    }

    fn has_password(&self) -> bool {
        self.ways.iter().any(|way| way.kind == IdentityKind::Password)
    }
}

impl Way<'_> {
    fn title(&self, layout: &Layout<'_>) -> String {
        match self.kind {
            IdentityKind::Password => layout.t("ways-password"),
            IdentityKind::Provider => self.name.to_owned(),
            IdentityKind::Passkey if self.name.is_empty() => layout.t("ways-passkey"),
            IdentityKind::Passkey => layout.t1("ways-passkey-named", &("name", Foreign(self.name))),
        }
    }

    fn remove_label(&self, layout: &Layout<'_>) -> String {
        layout.t1("ways-remove-label", &("way", Foreign(&self.title(layout))))
    }
}

#[derive(Deserialize, Default)]
pub struct Query {
    #[serde(flatten)]
    told: Told,
    #[serde(flatten)]
    carried: Carried,
}

#[derive(Deserialize)]
pub struct LinkForm {
    csrf: String,
    provider: String,
}

#[derive(Deserialize)]
pub struct RemoveForm {
    csrf: String,
    id: String,
}

/// `GET /account/sign-in`.
pub async fn show(visit: Visit, query: Option<web::Query<Query>>) -> HttpResponse {
    let Query { told, carried } = query.map(web::Query::into_inner).unwrap_or_default();
    let onward = Onward::of(&visit.context, carried);
    let Some(signed_in) = &visit.shopper else { return sign_in_first(&visit, &onward) };
    let layout = layout_of(&visit);
    let notice = told.at(&visit, onward::WAYS).and_then(|(what, of)| match what {
        "linked" => Some(layout.t1("ways-linked", &("provider", visit.state.upstreams.name(of)))),
        "removed" => Some(layout.t("ways-removed")),
        "passkey" => Some(layout.t("ways-passkey-added")),
        "password" => Some(layout.t("ways-password-saved")),
        _ => None,
    });
    let notice = notice.map(Notice::Done);
    list(&visit, signed_in, &onward, (StatusCode::OK, notice)).await
}

/// `POST /account/sign-in/link`: to the provider, and back to be linked.
pub async fn link(visit: Visit, SentForm(posted): SentForm<LinkForm>) -> HttpResponse {
    let signed_in = match admitted(&visit, &posted.csrf, &Onward::default()) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let purpose = Purpose::Link { session_hash: signed_in.session_hash };
    upstream::go(&visit, &posted.provider, (&Onward::default(), purpose)).await
}

/// `POST /account/sign-in/remove`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<RemoveForm>) -> HttpResponse {
    let signed_in = match admitted(&visit, &posted.csrf, &Onward::default()) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let (shopper, occasion, has_codes) = (signed_in.shopper.clone(), visit.occasion(), visit.state.mailer.is_on());
    let (here, method) = (signed_in.session_hash, signed_in.method);
    let removed: Result<_, StorageError> =
        visit.state.db.write(move |tx| remove(tx, (&shopper, &posted.id), (&here, method), has_codes, &occasion)).await;
    if matches!(removed, Ok(Removal::Removed(IdentityKind::Passkey))) {
        tell(&visit, signed_in, MailText::passkey_removed);
    }
    match removed {
        Ok(Removal::Removed(_) | Removal::Gone) => told::tell(&visit, onward::WAYS, ("removed", "")),
        Ok(Removal::Last) => {
            let notice = Notice::Refused(language::of(&visit.request, &visit.context).t("ways-last"));
            list(&visit, signed_in, &Onward::default(), (StatusCode::CONFLICT, Some(notice))).await
        }
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// Writes to the shopper of a passkey that came or went, or of another password, in case it was not them.
pub(super) fn tell(visit: &Visit, signed_in: &SignedInShopper, text: fn(&Locale, &str, &str) -> MailText) {
    if visit.state.mailer.is_on() {
        let (frame, link) = (layout_of(visit), format!("{}{}", visit.context.url(), onward::WAYS));
        visit.state.mailer.send(&signed_in.shopper.email, text(frame.locale, frame.store, &link));
    }
}

/// Who sent a form of this page, and has proved lately who they are.
pub(super) fn admitted<'a>(
    visit: &'a Visit,
    csrf: &str,
    onward: &Onward,
) -> Result<&'a SignedInShopper, Box<HttpResponse>> {
    proved::sender(visit, (csrf, token_parts), &proving(onward))
}

/// And then here again, on the way to `onward`.
pub(super) fn sign_in_first(visit: &Visit, onward: &Onward) -> HttpResponse {
    refuse::see_other(&visit.context, &proving(onward))
}

fn proving(onward: &Onward) -> String {
    let here =
        if onward.is_somewhere() { onward.by(Some(ProofStep::AddPasskey)) } else { Onward::to_page(onward::WAYS) };
    here.sign_in()
}

/// With a passkey, and then on, or here, where another one can be added.
pub(super) fn with_passkey(onward: &Onward) -> String {
    let to = if onward.is_somewhere() { onward.clone() } else { Onward::to_page(onward::WAYS) };
    to.by(Some(ProofStep::Passkey)).sign_in()
}

pub(super) fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"ways", &signed_in.session_hash]
}

async fn list(
    visit: &Visit,
    signed_in: &SignedInShopper,
    onward: &Onward,
    (status, notice): (StatusCode, Option<Notice>),
) -> HttpResponse {
    let (shopper, method, now) = (signed_in.shopper.clone(), signed_in.method, visit.now());
    let read = move |c: &mut DbConnection| -> Result<_, StorageError> {
        let found = identities::list_of(c, &shopper.id)?;
        let may_add = passkeys::may_add(c, (&shopper, &found, method), now)?;
        Ok((found, identities::list_passkeys(c, &shopper.id)?, may_add))
    };
    let (found, known, may_add): (Vec<Identity>, Vec<String>, MayAdd) = match visit.state.db.read(read).await {
        Ok(found) => found,
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    };
    let layout = Layout { notice, ..layout_of(visit) };
    let moment = |at| Moment::new(at, visit.now(), layout.locale);
    let way = |identity: &'_ Identity| (identity.created_at, identity.last_used_at);
    let has_codes = visit.state.mailer.is_on();
    let ways = found.iter().map(|identity| {
        let (added, used) = way(identity);
        Way {
            id: &identity.id,
            kind: identity.kind,
            name: if identity.kind == IdentityKind::Passkey {
                &identity.label
            } else {
                visit.state.upstreams.name(&identity.provider)
            },
            added_at: moment(added),
            last_used_at: used.map(moment),
            can_go: found.len() > 1 || has_codes,
        }
    });
    let ways = ways.collect();
    let offers = visit.state.upstreams.of(&visit.context).map(|provider| &provider.settings);
    let offers = offers.map(|settings| (settings.id.as_str(), settings.name.as_str())).collect();
    let csrf = form::token(&visit.context, &token_parts(signed_in));
    let is_proved = is_fresh(signed_in.authenticated_at, visit.now());
    let can_have = passkeys::is_possible(&visit.context) && found.len() < passkeys::MOST;
    let who = (&signed_in.shopper, signed_in.session_hash);
    let passkey = (can_have && is_proved && may_add == MayAdd::Now)
        .then(|| passkeys::begin_registration(&visit.context, who, &known, visit.now()).ok())
        .flatten();
    let needs_passkey = can_have && may_add == MayAdd::WithPasskey;
    let needs_proof = can_have && may_add == MayAdd::Now && !is_proved;
    let waits = match may_add {
        MayAdd::From(at) if can_have => Some(moment(at)),
        _ => None,
    };
    let email = &signed_in.shopper.email;
    page(
        status,
        &Ways { layout, csrf, email, ways, has_codes, passkey, needs_proof, needs_passkey, waits, offers, onward },
    )
}
