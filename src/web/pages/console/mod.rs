//! The merchant's pages. All stand in one frame with the sections and the switch of environments.

pub mod agent;
pub mod agents;
pub mod approvals;
pub mod audit;
pub mod by_hand;
pub mod client;
pub mod confirm;
mod desk;
pub mod health;
pub mod merge;
pub mod platforms;
pub mod policy;
pub mod policy_checkout;
pub mod presets;
pub mod registration;
pub mod sessions;
pub mod settings;
pub mod shown_once;
pub mod sign_in;
pub mod why;

use actix_web::web;
use serde::Deserialize;

pub use desk::Desk;

use super::Notice;
use crate::locale::Locale;

/// The merchant's pages.
pub fn configure(cfg: &mut web::ServiceConfig) {
    sign_in::configure(cfg);
    cfg.service(web::resource("/console").route(web::get().to(sessions::get)))
        .service(
            web::resource("/console/revoke").route(web::get().to(confirm::get)).route(web::post().to(confirm::post)),
        )
        .service(web::resource("/console/agents").route(web::get().to(agents::get)).route(web::post().to(agents::post)))
        .service(web::resource("/console/clients").route(web::get().to(by_hand::get)))
        .service(
            web::resource("/console/clients/add")
                .route(web::get().to(client::get_new))
                .route(web::post().to(client::post_new)),
        )
        .service(
            web::resource("/console/clients/client")
                .route(web::get().to(client::get))
                .route(web::post().to(client::post)),
        )
        .service(web::resource("/console/clients/secret").route(web::post().to(shown_once::post)))
        .service(web::resource("/console/clients/remove").route(web::post().to(by_hand::remove)))
        .service(web::resource("/console/registration").route(web::get().to(registration::get)))
        .service(web::resource("/console/registration/tokens").route(web::post().to(registration::tokens)))
        .service(web::resource("/console/registration/addresses").route(web::post().to(registration::addresses)))
        .service(
            web::resource("/console/agents/agent").route(web::get().to(agent::get)).route(web::post().to(agent::post)),
        )
        .service(
            web::resource("/console/agents/merge").route(web::get().to(merge::get)).route(web::post().to(merge::post)),
        )
        .service(
            web::resource("/console/agents/policy")
                .route(web::get().to(policy::get))
                .route(web::post().to(policy::post)),
        )
        .service(web::resource("/console/agents/policy/hosts").route(web::post().to(policy::hosts)))
        .configure(policy_checkout::configure)
        .service(web::resource("/console/agents/policy/denied").route(web::post().to(policy::denied)))
        .service(web::resource("/console/agents/platforms").route(web::get().to(platforms::get)))
        .service(web::resource("/console/approvals").route(web::get().to(approvals::get)))
        .service(web::resource("/console/audit").route(web::get().to(audit::get)))
        .service(web::resource("/console/why").route(web::get().to(why::get)))
        .service(web::resource("/console/health").route(web::get().to(health::get)).route(web::post().to(health::post)))
        .service(web::resource("/console/settings").route(web::get().to(settings::get)))
        .service(web::resource("/console/settings/pause").route(web::post().to(settings::pause)))
        .service(web::resource("/console/settings/resume").route(web::post().to(settings::resume)))
        .service(web::resource("/console/settings/access").route(web::post().to(settings::access)));
}

/// The frame of the console around a page. Links carry the environment of the layout.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub section: Section,
    /// All agents of this environment are paused.
    pub is_paused: bool,
    /// Short sign-ins because cookies are shared across ports (design §5).
    pub is_loopback: bool,
    /// Both environments exist.
    pub has_sandbox: bool,
}

/// A section of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Sessions,
    Approvals,
    Agents,
    Audit,
    Health,
    Settings,
}

impl Section {
    const ALL: [Self; 6] = [Self::Sessions, Self::Approvals, Self::Agents, Self::Audit, Self::Health, Self::Settings];

    const fn key(self) -> &'static str {
        match self {
            Self::Sessions => "console-sessions",
            Self::Approvals => "console-approvals",
            Self::Agents => "console-agents",
            Self::Audit => "console-audit",
            Self::Health => "console-health",
            Self::Settings => "console-settings",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Sessions => "/console",
            Self::Approvals => "/console/approvals",
            Self::Agents => "/console/agents",
            Self::Audit => "/console/audit",
            Self::Health => "/console/health",
            Self::Settings => "/console/settings",
        }
    }
}

impl Frame {
    /// Key of the name, path, and whether it is the page shown.
    fn sections(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Section::ALL.into_iter().map(|section| (section.key(), section.path(), section == self.section))
    }
}

/// What the list of sessions says after a revocation.
pub fn revoked(locale: &Locale) -> Notice {
    Notice::Done(locale.t("sessions-revoked-notice"))
}

/// Links to the neighbouring pages of a list, where there are any (key paging).
#[derive(Debug, Clone, Copy, Default)]
pub struct Paging<'a> {
    pub newer: Option<&'a str>,
    pub older: Option<&'a str>,
}

/// What a page is asked for that has nothing to choose: which environment, and what was done a moment ago.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    environment: String,
    done: String,
}

/// What was typed into a field, without blanks around it; nothing for an empty one.
fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Rows on one page of a list.
const PAGE: u16 = 50;

/// A link with this query; empty values are left out.
fn link(base: &str, path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    format!("{base}{path}?{}", query.finish())
}

#[cfg(test)]
mod tests;
