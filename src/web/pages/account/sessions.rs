//! "Signed-in browsers": this one and the others, and a way to sign each of them out, or all at once. Agents stay connected.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{CsrfToken, Layout, Notice, form, layout, layout_of, page, refuse};
use super::message::{Message, MessagePage};
use super::proved::sign_in_first;
use super::told::{Told, tell};
use crate::accounts::sessions::{end, end_all, public_id};
use crate::domain::device::{Device, Program, System};
use crate::domain::session::{ListedSession, SignInMethod};
use crate::locale::Moment;
use crate::storage::{StorageError, shopper_sessions};
use crate::web::cookies::Kind;
use crate::web::extract::{SentForm, SignedInShopper, Visit};

#[derive(Debug, Template)]
#[template(path = "pages/account/sessions.html")]
pub struct Sessions<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub lines: Vec<Line>,
}

/// One signed-in browser.
#[derive(Debug, Clone)]
pub struct Line {
    /// Names it in the form; nothing can be done with it anywhere else.
    pub id: String,
    pub device: Device,
    pub method: SignInMethod,
    pub began_at: Moment,
    /// When the shopper last proved who they are in it, if anybody knows.
    pub proved_at: Option<Moment>,
    pub ends_at: Moment,
    pub is_this: bool,
}

impl Line {
    fn title(&self, layout: &Layout<'_>) -> String {
        let program = layout.t(match self.device.program {
            Program::Chrome => "browser-chrome",
            Program::Edge => "browser-edge",
            Program::Firefox => "browser-firefox",
            Program::Opera => "browser-opera",
            Program::Safari => "browser-safari",
            Program::Other => "browser-other",
        });
        let system = layout.t(match self.device.system {
            System::Android => "system-android",
            System::Ios => "system-ios",
            System::Linux => "system-linux",
            System::MacOs => "system-macos",
            System::Windows => "system-windows",
            System::Other => return program,
        });
        layout.t2("browser-on", &("browser", program.as_str()), &("system", system.as_str()))
    }

    const fn method_key(&self) -> &'static str {
        match self.method {
            SignInMethod::Password => "browsers-by-password",
            SignInMethod::Code => "browsers-by-code",
            SignInMethod::Provider => "browsers-by-provider",
            SignInMethod::Passkey => "browsers-by-passkey",
        }
    }

    fn end_label(&self, layout: &Layout<'_>) -> String {
        layout.t1("browsers-end-label", &("browser", self.title(layout).as_str()))
    }
}

pub(super) const PATH: &str = "/account/sessions";
/// What the page says was done. It does not say to which browser.
const ENDED: (&str, &str) = ("ended", "");

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    /// The id of a session, or `all`.
    end: String,
}

/// `GET /account/sessions`.
pub async fn show(visit: Visit, query: Option<web::Query<Told>>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return sign_in_first(&visit, PATH) };
    let (id, now) = (signed_in.shopper.id.clone(), visit.now());
    let found: Result<_, StorageError> = visit
        .state
        .db
        .read(move |connection| shopper_sessions::list_of(connection, &id, now, shopper_sessions::MOST_LISTED))
        .await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return refuse::fault(&visit.request, &visit.context, &error),
    };
    let layout = layout_of(&visit);
    let ended = query.is_some_and(|told| told.at(&visit, PATH) == Some(ENDED));
    let notice = ended.then(|| Notice::Done(layout.t("browsers-ended")));
    let moment = |at| Moment::new(at, now, layout.locale);
    let line = |session: &ListedSession| Line {
        id: public_id(&session.token_hash),
        device: session.device,
        method: session.method,
        began_at: moment(session.created_at),
        proved_at: session.proved_at().map(moment),
        ends_at: moment(session.expires_at),
        is_this: session.token_hash == signed_in.session_hash,
    };
    let mut lines: Vec<Line> = found.iter().map(line).collect();
    lines.sort_by_key(|line| !line.is_this);
    let csrf = form::token(&visit.context, &token_parts(signed_in));
    page(StatusCode::OK, &Sessions { csrf, lines, layout: Layout { notice, ..layout } })
}

/// `POST /account/sessions`.
pub async fn submit(visit: Visit, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let Some(signed_in) = &visit.shopper else { return sign_in_first(&visit, PATH) };
    if !form::matches(&visit.context, &posted.csrf, &token_parts(signed_in)) {
        return refuse::form_expired(&visit.request, &visit.context);
    }
    let (shopper, occasion, is_all) = (signed_in.shopper.clone(), visit.occasion(), posted.end == "all");
    let ended: Result<(), StorageError> = visit
        .state
        .db
        .write(
            move |tx| {
                if is_all { end_all(tx, &shopper, &occasion) } else { end(tx, &shopper, &posted.end, &occasion) }
            },
        )
        .await;
    match ended {
        Err(error) => refuse::fault(&visit.request, &visit.context, &error),
        Ok(()) if !is_all => tell(&visit, PATH, ENDED),
        Ok(()) => {
            let layout = layout(&visit.request, &visit.context);
            let view = MessagePage { layout, message: Message::SignedOutEverywhere, reference: None };
            let mut answer = page(StatusCode::OK, &view);
            drop(answer.add_cookie(&Kind::Shopper.remove(&visit.context.issuer)));
            answer
        }
    }
}

fn token_parts(signed_in: &SignedInShopper) -> [&[u8]; 2] {
    [b"sessions", &signed_in.session_hash]
}
