//! Choosing another password, or a first one: soon after a sign-in, of whatever kind (design §5).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, form, layout_of, page, refuse};
use super::onward::{self, Onward};
use super::proved::{lately, sender};
use super::sign_in::fault;
use super::{told, ways};
use crate::accounts::identities::set_password;
use crate::accounts::password::{LEAST_CHARS, Unfit};
use crate::keys::Secret;
use crate::locale::MailText;
use crate::storage::StorageError;
use crate::web::extract::{SentForm, SignedInShopper, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/password.html")]
pub struct Password<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub email: &'a str,
    /// The least number of characters.
    pub least: u32,
    pub refusal: Option<Refusal>,
}

/// Why the password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Short,
    Long,
    Common,
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Short => Self::Short,
            Unfit::Long => Self::Long,
            Unfit::Common => Self::Common,
        }
    }
}

impl Refusal {
    /// For the page, whose passwords have so many characters at least.
    pub fn text(self, layout: &Layout<'_>, least: u32) -> String {
        match self {
            Self::Short => layout.t1("sign-up-password-short", &("count", least)),
            Self::Long => layout.t("sign-up-password-long"),
            Self::Common => layout.t("sign-up-password-common"),
        }
    }
}

/// Characters that a password has at least, for pages.
pub(super) fn least() -> u32 {
    u32::try_from(LEAST_CHARS).unwrap_or_default()
}

pub(super) const PATH: &str = "/account/password";

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    password: String,
}

/// `GET /account/password`.
pub async fn show(visit: Visit) -> HttpResponse {
    match lately(&visit, &Onward::to_page(PATH).sign_in()) {
        Ok(signed_in) => ask(&visit, signed_in, None),
        Err(answer) => *answer,
    }
}

/// `POST /account/password`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let way = Onward::to_page(PATH).sign_in();
    let signed_in = match sender(&visit, (&posted.csrf, token_parts), &way) {
        Ok(signed_in) => signed_in,
        Err(answer) => return *answer,
    };
    let who = (signed_in.shopper.id.as_str(), signed_in.shopper.email.as_str());
    let hash = match hash_new(&visit, posted.password, who).await {
        Ok(Ok(hash)) => hash,
        Ok(Err(refusal)) => return ask(&visit, signed_in, Some(refusal)),
        Err(answer) => return answer,
    };
    let (shopper, here, occasion) = (signed_in.shopper.clone(), signed_in.session_hash, visit.occasion());
    let done: Result<bool, StorageError> =
        visit.state.db.write(move |tx| set_password(tx, &shopper, &hash, &here, &occasion)).await;
    match done {
        Ok(true) => {
            ways::tell(&visit, signed_in, MailText::password);
            told::tell(&visit, onward::WAYS, ("password", ""))
        }
        // Signed out meanwhile, by another browser.
        Ok(false) => refuse::see_other(&visit.context, &way),
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
    }
}

/// The hash of a new password, if it is fit for one. Computing it costs much: who asks for many waits, counted by source and by
/// `account`.
pub(super) async fn hash_new(
    visit: &Visit,
    password: String,
    (account, email): (&str, &str),
) -> Result<Result<String, Refusal>, HttpResponse> {
    let who = (visit.context.issuer.id.as_str(), account);
    if let Err(throttled) = visit.state.throttle.admit_costly("passwords", who, &visit.source.network, visit.now()) {
        let reason = "too many new passwords from one source";
        return Err(refuse::too_many(&visit.request, &visit.context, throttled.retry_after, reason));
    }
    let hashed = visit.state.passwords.hash_new(Secret::new(password), email.to_owned()).await;
    hashed.map(|hash| hash.map_err(Refusal::from)).map_err(|error| fault(visit, &error.into()))
}

fn ask(visit: &Visit, signed_in: &SignedInShopper, refusal: Option<Refusal>) -> HttpResponse {
    let view = Password {
        layout: layout_of(visit),
        csrf: form::token(&visit.context, &token_parts(signed_in)),
        email: &signed_in.shopper.email,
        least: least(),
        refusal,
    };
    page(if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &view)
}

fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"password", &signed_in.session_hash]
}
