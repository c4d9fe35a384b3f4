//! Where signing in leads: to the authorization request that began it, to the page that asked for it, or to the account.
//! Nowhere else, whatever was sent.

use serde::Deserialize;
use url::form_urlencoded;
use uuid::Uuid;

use super::{agents, data, delete, password, sessions, sign_in};
use crate::domain::authentication::{Demand, ProofStep};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::consent::is_fresh;
use crate::domain::{GrantId, PurchaseId, Timestamp};
use crate::keys::{IssuerContext, Sealed};

/// "Ways to sign in".
pub(super) const WAYS: &str = "/account/sign-in";
const PURCHASES: &str = "/purchases/";
const CHANGE: &str = "/account/agents/change?grant=";

/// What pages before sign-in carry on, as it was sent.
#[derive(Debug, Default, Deserialize)]
pub struct Carried {
    pub(super) request: Option<String>,
    pub(super) to: Option<String>,
    pub(super) step: Option<String>,
}

/// The same, believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Onward {
    /// The sealed authorization request, if this issuer sealed it. Whether it is still good is the consent page's business.
    pub request: Option<String>,
    /// A page of the shopper's own, within the issuer.
    pub to: Option<String>,
    /// On the way to what demands a passkey, or to another account.
    pub step: Option<ProofStep>,
    /// What the request demands of the sign-in.
    pub demand: Demand,
    /// The address that the agent says it is.
    pub login_hint: Option<String>,
}

impl Onward {
    pub fn of(context: &IssuerContext, carried: Carried) -> Self {
        let to = carried.to.filter(|path| is_own_page(path));
        let step = carried.step.and_then(|step| step.parse().ok());
        let opened = carried.request.and_then(|text| {
            let opened: Result<AuthorizationRequest, _> = context.keys.unseal(Sealed::AuthorizationRequest, &text);
            opened.ok().map(|request| (text, request))
        });
        let Some((text, request)) = opened else { return Self { to, step, ..Self::default() } };
        Self { request: Some(text), to, step, demand: request.demand, login_hint: request.login_hint }
    }

    /// To a page of ours.
    pub fn to_page(path: &str) -> Self {
        Self { to: Some(path.to_owned()), ..Self::default() }
    }

    /// To the consent about this sealed request.
    pub fn to_consent(sealed: &str) -> Self {
        Self { request: Some(sealed.to_owned()), ..Self::default() }
    }

    /// The same, by way of what `step` is.
    #[must_use]
    pub fn by(&self, step: Option<ProofStep>) -> Self {
        Self { step, ..self.clone() }
    }

    pub fn step(&self) -> Option<&'static str> {
        self.step.map(ProofStep::as_str)
    }

    /// Only a passkey leads on.
    pub fn needs_passkey(&self) -> bool {
        match self.step {
            Some(ProofStep::Passkey) => true,
            Some(ProofStep::AddPasskey) => false,
            Some(ProofStep::OtherAccount) | None => self.demand.needs_passkey,
        }
    }

    /// A sign-in of a while ago does not lead on.
    pub fn must_be_fresh(&self) -> bool {
        self.demand.since.is_some() || self.step == Some(ProofStep::AddPasskey)
    }

    /// Nor does one of more than some minutes ago: only one that is asked for.
    pub fn must_be_of_now(&self, now: Timestamp) -> bool {
        self.step == Some(ProofStep::AddPasskey) || self.demand.since.is_some_and(|since| is_fresh(since, now))
    }

    /// The sign-in page on the way.
    pub fn sign_in(&self) -> String {
        self.carried_to(sign_in::PATH)
    }

    /// The same, by way of what meets `demand`.
    pub fn proving(&self, demand: Demand) -> String {
        self.by(demand.step()).sign_in()
    }

    /// Where a passkey is added, on the way.
    pub fn adding(&self) -> String {
        self.by(None).carried_to(WAYS)
    }

    pub fn request(&self) -> Option<&str> {
        self.request.as_deref()
    }

    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// Within the issuer.
    pub fn address(&self) -> String {
        match (&self.request, &self.to) {
            _ if self.step == Some(ProofStep::AddPasskey) => self.adding(),
            (Some(request), _) => format!("/consent?{}", encoded(&[("request", request)])),
            (None, Some(path)) => path.clone(),
            (None, None) => agents::PATH.to_owned(),
        }
    }

    /// There is somewhere to go on to, other than the account.
    pub fn is_somewhere(&self) -> bool {
        self.request.is_some() || self.to.is_some()
    }

    /// An agent asks for the approval of a purchase.
    pub fn is_purchase(&self) -> bool {
        self.to().is_some_and(|path| path.starts_with(PURCHASES))
    }

    /// `path` with all of it, for links.
    pub fn carried_to(&self, path: &str) -> String {
        self.carried_with(path, None)
    }

    /// The same, and `more`.
    pub(super) fn carried_with(&self, path: &str, more: Option<(&str, &str)>) -> String {
        let pairs: Vec<(&str, &str)> = [("request", self.request()), ("to", self.to()), ("step", self.step())]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .chain(more)
            .collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", encoded(&pairs)) }
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The pages that ask for a sign-in by their address alone.
fn is_own_page(path: &str) -> bool {
    path.strip_prefix(PURCHASES).is_some_and(|id| purchase_id(id).is_some())
        || [WAYS, sessions::PATH, agents::PATH, data::PATH, delete::PATH, password::PATH].contains(&path)
        || path.strip_prefix(CHANGE).is_some_and(is_grant_id)
}

/// The page on which a purchase is answered.
pub(super) fn purchase_path(id: &PurchaseId) -> String {
    format!("{PURCHASES}{id}")
}

/// The page on which a grant is changed.
pub(super) fn change_path(id: &GrantId) -> String {
    format!("{CHANGE}{id}")
}

/// Letters, digits and hyphens: nothing that leads elsewhere.
fn is_grant_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// In the one form that ids have.
pub fn purchase_id(text: &str) -> Option<PurchaseId> {
    let id = Uuid::parse_str(text).ok()?.to_string();
    (id == text).then(|| PurchaseId::new(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_is_a_purchase() {
        let id = "1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1";
        assert_eq!(purchase_id(id), Some(PurchaseId::new(id)));
        for other in ["", "x", "//evil.example", &id.to_uppercase(), &format!("{{{id}}}"), &id.replace('-', "")] {
            assert_eq!(purchase_id(other), None, "{other}");
        }
    }

    #[test]
    fn signing_in_leads_to_pages_of_ours_only() {
        assert!(is_own_page("/account/sign-in"));
        assert!(is_own_page(&change_path(&GrantId::new("0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11"))));
        assert!(is_own_page("/purchases/0199d3a2-7c1e-4b02-9c55-1f0f6f0c2b11"));
        for elsewhere in [
            "",
            "/",
            "/account/agents/change?grant=x&to=//evil.example",
            "//evil.example",
            "https://evil.example",
            "/purchases/../console",
            "/console",
            "/\\evil.example",
        ] {
            assert!(!is_own_page(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn what_is_carried_stays_one_parameter() {
        let onward = Onward::to_consent("a&to=/console");
        assert_eq!(onward.address(), "/consent?request=a%26to%3D%2Fconsole");
        assert_eq!(onward.carried_to("/sign-up"), "/sign-up?request=a%26to%3D%2Fconsole");
        assert_eq!(Onward::default().carried_to("/sign-up"), "/sign-up");
        let adding = onward.by(Some(ProofStep::AddPasskey));
        assert_eq!(adding.carried_to("/sign-in"), "/sign-in?request=a%26to%3D%2Fconsole&step=add");
        assert_eq!(adding.address(), "/account/sign-in?request=a%26to%3D%2Fconsole");
    }
}
