//! One client by hand: the form that makes it, with what two platforms ask for filled in, and the form that changes it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::client::{AgentClass, AuthMethod, Client, ClientOrigin};
use crate::domain::evidence::Check;
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::staff::Role;
use crate::domain::{ClientId, IssuerId};
use crate::keys::IssuerContext;
use crate::locale::Moment;
use crate::merchant::clients_by_hand::{ByHandError, Details, Proof, add, change, overlaps_until};
use crate::storage::{StorageError, Tx, clients};
use crate::web::extract::SentForm;

use super::super::error::Problem;
use super::super::{CsrfToken, Layout, Notice, page};
use super::by_hand::proof_key;
use super::desk::is_paused;
use super::presets::{GOOGLE, Preset};
use super::{Desk, Frame, Section, given, shown_once};

#[derive(Debug, Template)]
#[template(path = "pages/console/client.html")]
pub struct ClientPage<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    pub frame: Frame,
    /// `None` for one that is about to be made.
    pub made: Option<Made>,
    pub preset: Preset,
    pub fields: Fields,
    /// The issuer's.
    pub resources: Vec<String>,
    /// What is wrong with what was sent.
    pub wrong: Option<String>,
    /// The viewer is an admin.
    pub may_change: bool,
}

/// What of a client does not change by its form.
#[derive(Debug, Clone)]
pub struct Made {
    pub id: String,
    pub auth_method: AuthMethod,
    pub made_at: Moment,
    pub previous_until: Option<Moment>,
}

impl Made {
    const fn proof(&self) -> &'static str {
        proof_key(self.auth_method)
    }
}

/// What the form holds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub name: String,
    /// Of the preset for Google.
    pub project: String,
    /// One a line.
    pub redirect_uris: String,
    pub auth_method: String,
    pub jwks_uri: String,
    pub default_resource: String,
    pub class: String,
    /// `yes`, or empty.
    pub pkce_optional: String,
    /// `yes`, or empty.
    pub bundled: String,
}

impl ClientPage<'_> {
    const METHODS: [AuthMethod; 4] =
        [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost, AuthMethod::PrivateKeyJwt, AuthMethod::None];
    const CLASSES: [AgentClass; 3] = [AgentClass::Browse, AgentClass::Shop, AgentClass::Support];

    /// Word, key of the text, and whether it is chosen.
    fn methods(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let chosen = self.fields.auth_method.as_str();
        Self::METHODS.into_iter().map(move |it| (it.as_str(), proof_key(it), it.as_str() == chosen))
    }

    fn classes(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let chosen = self.fields.class.as_str();
        let key = |class| match class {
            AgentClass::Browse => "class-browse",
            AgentClass::Shop => "class-shop",
            AgentClass::Support => "class-support",
        };
        Self::CLASSES.into_iter().map(move |it| (it.as_str(), key(it), it.as_str() == chosen))
    }

    /// Where the form goes.
    const fn path(&self) -> &'static str {
        if self.made.is_some() { "/console/clients/client" } else { "/console/clients/add" }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    preset: String,
    id: String,
    done: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    preset: String,
    id: String,
    #[serde(flatten)]
    fields: Fields,
}

/// `GET /console/clients/add`.
pub async fn get_new(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    if !desk.staff.staff.role.may_change_settings() {
        return Err(desk.forbidden());
    }
    let preset = Preset::parse(&asked.preset);
    let fields = preset.fields(&resources(&shown));
    let issuer_id = shown.issuer.id.clone();
    let paused: Result<bool, StorageError> = desk.state.db.read(move |c| is_paused(c, &issuer_id)).await;
    let view = View { is_paused: paused.map_err(|error| desk.fault(&error))?, ..View::default() };
    Ok(show(&desk, &shown, (None, fields, preset), view))
}

/// `POST /console/clients/add`: the answer shows the secret, once.
pub async fn post_new(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let (sent, shown) = admitted(&desk, sent)?;
    let preset = Preset::parse(&sent.preset);
    let details = details(&sent.fields, preset);
    let jwks_uri = given(&sent.fields.jwks_uri);
    let auth_method = sent.fields.auth_method.parse().unwrap_or(AuthMethod::ClientSecretBasic);
    let (proof, act) = (Proof { auth_method, jwks_uri }, desk.act(&shown));
    let known = desk.state.registration.private_use_uris.clone();
    let made = desk.state.db.write(move |tx| {
        let added = details.map_or(Err(Wrong::Project), |details| Ok(add(tx, &act, &details, &proof, &known)?));
        judged(tx, &act.issuer_id, added)
    });
    let (made, is_paused) = made.await.map_err(|error: StorageError| desk.fault(&error))?;
    match made {
        Ok((client, secret)) => {
            let frame = desk.frame(Section::Agents, is_paused);
            Ok(shown_once::client(&desk, (&shown, frame), (&client, secret.as_ref()), preset))
        }
        Err(wrong) => {
            let view = View { is_paused, wrong: Some(words_of(&desk, &shown, &wrong)?), done: None };
            Ok(show(&desk, &shown, (None, sent.fields, preset), view))
        }
    }
}

/// `GET /console/clients/client`.
pub async fn get(desk: Desk, asked: web::Query<Asked>) -> actix_web::Result<HttpResponse> {
    let shown = desk.shown(&asked.environment)?;
    let (client, is_paused) = find(&desk, &shown, &asked.id).await?;
    let done = (desk.done(&asked.done) == "saved").then(|| desk.locale().t("hand-saved-notice"));
    Ok(show_known(&desk, &shown, (&client, fields_of(&client)), View { is_paused, wrong: None, done }))
}

/// `POST /console/clients/client`: replaces what may change.
pub async fn post(desk: Desk, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let (sent, shown) = admitted(&desk, sent)?;
    let (client, _) = find(&desk, &shown, &sent.id).await?;
    let (act, id, details) = (desk.act(&shown), client.id.clone(), plain(&sent.fields));
    let known = desk.state.registration.private_use_uris.clone();
    let done = desk.state.db.write(move |tx| {
        let changed = change(tx, &act, &id, &details, &known).map_err(Wrong::from);
        judged(tx, &act.issuer_id, changed)
    });
    let (done, is_paused) = done.await.map_err(|error: StorageError| desk.fault(&error))?;
    if let Err(wrong) = done {
        let view = View { is_paused, wrong: Some(words_of(&desk, &shown, &wrong)?), done: None };
        return Ok(show_known(&desk, &shown, (&client, sent.fields), view));
    }
    // With its class the ceiling of its sessions may have changed.
    desk.state.reload().await;
    let id: String = url::form_urlencoded::byte_serialize(client.id.as_str().as_bytes()).collect();
    Ok(desk.see("/console/clients/client", &shown, &format!("&id={id}&done=saved")))
}

/// What was sent, by an admin with the form of this environment.
fn admitted(desk: &Desk, sent: SentForm<Sent>) -> actix_web::Result<(Sent, std::sync::Arc<IssuerContext>)> {
    let sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    Ok((sent, shown))
}

/// A client that was made by hand; no other has a page.
async fn find(desk: &Desk, shown: &IssuerContext, id: &str) -> actix_web::Result<(Client, bool)> {
    let (issuer_id, id) = (shown.issuer.id.clone(), ClientId::new(id));
    let found: Result<_, StorageError> =
        desk.state.db.read(move |c| Ok((clients::find(c, &issuer_id, &id)?, is_paused(c, &issuer_id)?))).await;
    let (found, is_paused) = found.map_err(|error| desk.fault(&error))?;
    found
        .filter(|client| client.origin == ClientOrigin::PreRegistered)
        .map(|client| (client, is_paused))
        .ok_or_else(|| unknown(desk))
}

pub(super) fn unknown(desk: &Desk) -> actix_web::Error {
    let evidence = Check::Subject.found("a client that was made by hand", "another id");
    desk.refuse(Problem::NotFound, StatusCode::NOT_FOUND, evidence)
}

/// Why a form was not taken.
enum Wrong {
    Project,
    ByHand(ByHandError),
}

impl From<ByHandError> for Wrong {
    fn from(error: ByHandError) -> Self {
        Self::ByHand(error)
    }
}

/// A refusal has changed nothing, so it is a value like any other; a fault of the database is none.
fn judged<T>(
    tx: &mut Tx<'_>,
    issuer_id: &IssuerId,
    outcome: Result<T, Wrong>,
) -> Result<(Result<T, Wrong>, bool), StorageError> {
    match outcome {
        Err(Wrong::ByHand(ByHandError::Storage(error))) => Err(error),
        outcome => Ok((outcome, is_paused(tx, issuer_id)?)),
    }
}

/// What a page shows beside the form.
#[derive(Default)]
struct View {
    is_paused: bool,
    wrong: Option<String>,
    done: Option<String>,
}

/// What the fields say; `None` when the project is none.
fn details(fields: &Fields, preset: Preset) -> Option<Details> {
    let mut details = plain(fields);
    if preset == Preset::Google {
        let project = fields.project.trim();
        let is_one = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if project.is_empty() || !is_one(project) {
            return None;
        }
        details.redirect_uris.extend(GOOGLE.map(|start| format!("{start}{project}")));
    }
    Some(details)
}

fn plain(fields: &Fields) -> Details {
    Details {
        name: fields.name.clone(),
        redirect_uris: fields.redirect_uris.lines().filter_map(given).collect(),
        default_resource: given(&fields.default_resource),
        class: fields.class.parse().ok(),
        pkce_optional: !fields.pkce_optional.is_empty(),
        bundled: !fields.bundled.is_empty(),
    }
}

fn fields_of(client: &Client) -> Fields {
    let uris: Vec<&str> = client.redirect_uris().iter().map(RedirectUri::as_str).collect();
    Fields {
        name: client.metadata.client_name.clone().unwrap_or_default(),
        redirect_uris: uris.join("\n"),
        auth_method: client.auth_method.to_string(),
        jwks_uri: client.metadata.jwks_uri.clone().unwrap_or_default(),
        default_resource: client.default_resource.clone().unwrap_or_default(),
        class: client.class.map(|class| class.to_string()).unwrap_or_default(),
        pkce_optional: yes(client.may_omit_pkce()),
        bundled: yes(client.is_bundled()),
        project: String::new(),
    }
}

/// As a box posts it.
fn yes(is_so: bool) -> String {
    if is_so { "yes".to_owned() } else { String::new() }
}

fn resources(shown: &IssuerContext) -> Vec<String> {
    shown.resource_servers.iter().map(|known| known.server.resource.clone()).collect()
}

/// What is to be corrected. A fault of the database is none of that.
fn words_of(desk: &Desk, shown: &IssuerContext, wrong: &Wrong) -> actix_web::Result<String> {
    let layout = desk.layout(shown);
    let Wrong::ByHand(error) = wrong else { return Ok(layout.t("client-wrong-project")) };
    Ok(match error {
        ByHandError::Name => layout.t("client-wrong-name"),
        ByHandError::RedirectUris => layout.t("client-wrong-uris"),
        ByHandError::RedirectUri { uri, .. } => layout.t1("client-wrong-uri", &("uri", crate::locale::Foreign(uri))),
        ByHandError::Resource(_) => layout.t("client-wrong-resource"),
        ByHandError::Keys => layout.t("client-wrong-keys"),
        ByHandError::Pkce => layout.t("client-wrong-pkce"),
        ByHandError::NoSuchClient | ByHandError::NotByHand | ByHandError::NoSecret => {
            return Err(unknown(desk));
        }
        ByHandError::Storage(error) => return Err(desk.fault(error)),
    })
}

fn show_known(desk: &Desk, shown: &IssuerContext, (client, fields): (&Client, Fields), view: View) -> HttpResponse {
    let (now, locale) = (desk.now(), desk.locale());
    let made = Made {
        id: client.id.to_string(),
        auth_method: client.auth_method,
        made_at: Moment::new(client.created_at, now, locale),
        previous_until: overlaps_until(client, now).map(|until| Moment::new(until, now, locale)),
    };
    show(desk, shown, (Some(made), fields, Preset::Plain), view)
}

fn show(
    desk: &Desk,
    shown: &IssuerContext,
    (made, fields, preset): (Option<Made>, Fields, Preset),
    View { is_paused, wrong, done }: View,
) -> HttpResponse {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let layout = Layout { notice: done.map(Notice::Done), ..desk.layout(shown) };
    let view = ClientPage {
        csrf: desk.token(shown),
        frame: desk.frame(Section::Agents, is_paused),
        made,
        preset,
        fields,
        resources: resources(shown),
        wrong,
        may_change: desk.staff.staff.role.may_change_settings(),
        layout: layout.clone(),
    };
    page(status, &view)
}
