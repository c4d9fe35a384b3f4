//! What a shopper must prove before an agent may check out (RFC 9470): the section of the policy page, and its form.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::accounts::passkeys::is_possible;
use crate::domain::authentication::CheckoutProof;
use crate::domain::staff::Role;
use crate::keys::IssuerContext;
use crate::merchant::policy;
use crate::storage::StorageError;
use crate::web::extract::{Browser, SentForm};

use super::Desk;
use super::agent::incomplete;
use super::policy::{Answer, see, show};
use super::settings::is_confirmed;

/// The section of the page.
#[derive(Debug, Clone, Copy)]
pub struct Checkout {
    pub proof: CheckoutProof,
    /// The issuer's host is a name: without one there are no passkeys.
    pub has_passkeys: bool,
}

impl Checkout {
    pub(super) fn of(shown: &IssuerContext, proof: CheckoutProof) -> Self {
        Self { proof, has_passkeys: is_possible(shown) }
    }

    /// Value in seconds, key of the name, and whether it is chosen. The first stands for any age.
    pub(super) fn ages(&self) -> impl Iterator<Item = (String, &'static str, bool)> {
        let keys = ["policy-checkout-minutes", "policy-checkout-hour", "policy-checkout-day"];
        let any = (String::new(), "policy-checkout-any", self.proof.max_age.is_none());
        let ages = CheckoutProof::AGES.into_iter().zip(keys);
        let chosen = self.proof.max_age;
        std::iter::once(any).chain(ages.map(move |(age, key)| (age.as_secs().to_string(), key, chosen == Some(age))))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    environment: String,
    csrf: String,
    max_age: String,
    passkey: String,
    purchases: String,
    password: String,
}

impl Sent {
    /// `None` for what the page does not offer.
    fn proof(&self, shown: &IssuerContext) -> Option<CheckoutProof> {
        let offered = |secs: u64| CheckoutProof::AGES.into_iter().find(|age| *age == Duration::from_secs(secs));
        let max_age = match self.max_age.as_str() {
            "" => None,
            secs => Some(offered(secs.parse().ok()?)?),
        };
        let needs_passkey = !self.passkey.is_empty();
        // Nobody could check out any more.
        if needs_passkey && !is_possible(shown) {
            return None;
        }
        Some(CheckoutProof { max_age, needs_passkey, for_purchases: !self.purchases.is_empty() })
    }
}

/// `POST /console/agents/policy/checkout`: with the password, since it can make checkout easier.
pub async fn post(desk: Desk, browser: Browser, sent: SentForm<Sent>) -> actix_web::Result<HttpResponse> {
    let sent = sent.into_inner();
    let shown = desk.admit(&sent.environment, &sent.csrf, Role::may_change_settings)?;
    let wanted = sent.proof(&shown).ok_or_else(|| incomplete(&desk, "an age of the list, and what is possible"))?;
    if !is_confirmed(&desk, &browser, sent.password).await? {
        return show(&desk, &shown, Answer { password_was_wrong: true, ..Answer::default() }).await;
    }
    let act = desk.act(&shown);
    let done: Result<bool, StorageError> = desk.state.db.write(move |tx| policy::set_checkout(tx, &act, wanted)).await;
    let has_changed = done.map_err(|error| desk.fault(&error))?;
    desk.state.reload().await;
    Ok(see(&desk, &shown, if has_changed { "saved" } else { "unchanged" }))
}

/// Under the policy page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/console/agents/policy/checkout").route(web::post().to(post)));
}
