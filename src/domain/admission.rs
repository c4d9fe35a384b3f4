//! Whether a store works with an agent at all: the merchant's rules about hosts, asked at registration and at every
//! authorization request. The one decision for both.

use url::Host;

use super::ClientId;
use super::agent_policy::{AgentPolicy, HostEffect, HostRule, RegistrationMode};
use super::client::Client;
use super::evidence::{Check, Evidence};
use super::platforms::https_host;
use super::redirect_uri::{RedirectUri, VerifiedRedirectUri, is_local};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    #[error("the store's rule `{rule}` keeps out the host {host}")]
    Denied { host: String, rule: String },
    #[error("the store works only with hosts that it has allowed, and {host} is none of them")]
    NotListed { host: String },
    #[error("the store works only with hosts that it has allowed, and a program on the shopper's computer has none")]
    NoHost,
}

impl NotAdmitted {
    /// Empty where there is none.
    pub fn host(&self) -> &str {
        match self {
            Self::Denied { host, .. } | Self::NotListed { host } => host,
            Self::NoHost => "",
        }
    }

    /// The host that was refused, for whoever asks why.
    pub fn evidence(&self) -> Evidence {
        let expected = "a host that the store works with";
        match self {
            Self::Denied { host, rule } => {
                Check::HostAllowed.found(format!("{expected}, by its rule {rule}"), host.as_str())
            }
            Self::NotListed { host } => Check::HostAllowed.found(expected, host.as_str()),
            Self::NoHost => Check::HostAllowed.found(expected, "an address on the shopper's computer"),
        }
    }
}

/// What an agent says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Introduced<'a> {
    /// `None` before it has one.
    pub client_id: Option<&'a str>,
    /// All that it names at registration, the one of the request at authorization.
    pub redirect_uris: &'a [&'a str],
    /// The merchant has approved it, or made it by hand.
    pub is_approved: bool,
}

impl AgentPolicy {
    /// The decision. A rule that keeps out a host goes before every approval; the list of allowed hosts is asked only where
    /// the store works with no others.
    pub fn admits(&self, agent: Introduced<'_>) -> Result<(), NotAdmitted> {
        if self.hosts.is_empty() && self.registration != RegistrationMode::Hosts {
            return Ok(());
        }
        let document = agent.client_id.and_then(https_host);
        let redirects: Vec<String> = agent.redirect_uris.iter().filter_map(|uri| https_host(uri)).collect();
        for host in document.iter().chain(&redirects) {
            if let Some(rule) = self.rule(host).filter(|rule| rule.effect == HostEffect::Deny) {
                return Err(NotAdmitted::Denied { host: host.clone(), rule: rule.host.clone() });
            }
        }
        if self.registration != RegistrationMode::Hosts || agent.is_approved {
            return Ok(());
        }
        let is_listed = |host: &String| self.rule(host).is_some_and(|rule| rule.effect == HostEffect::Allow);
        // Who holds an allowed host says in the document where answers go. Without a document the answers themselves must
        // go to one.
        let asked = document.map_or(redirects, |host| vec![host]);
        match asked.iter().find(|host| !is_listed(host)) {
            Some(host) => Err(NotAdmitted::NotListed { host: host.clone() }),
            None if asked.is_empty() => Err(NotAdmitted::NoHost),
            None => Ok(()),
        }
    }

    /// The same at registration, where a client may name addresses on the shopper's computer beside its own: each request says
    /// which is meant, and is asked about again.
    pub fn lets_register(&self, redirect_uris: &[RedirectUri]) -> Result<(), NotAdmitted> {
        let redirect_uris: Vec<&str> = redirect_uris.iter().map(RedirectUri::as_str).collect();
        self.admits(Introduced { client_id: None, redirect_uris: &redirect_uris, is_approved: false })
    }

    /// The same before the document of a client is read. An id that is no address has none.
    pub fn admits_document(&self, client_id: &ClientId, is_approved: bool) -> Result<(), NotAdmitted> {
        if https_host(client_id.as_str()).is_none() {
            return Ok(());
        }
        self.admits(Introduced { client_id: Some(client_id.as_str()), redirect_uris: &[], is_approved })
    }

    /// The same for a known client's request, and for what it was merged into.
    pub fn admits_at(&self, client: &Client, redirect_uri: &VerifiedRedirectUri) -> Result<(), NotAdmitted> {
        let redirect_uris = [redirect_uri.as_str()];
        let admits = |client: &Client| {
            let is_approved = client.is_approved();
            self.admits(Introduced { client_id: Some(client.id.as_str()), redirect_uris: &redirect_uris, is_approved })
        };
        admits(client)?;
        client.successor.as_deref().map_or(Ok(()), admits)
    }

    /// Whether any address is kept out that the client names, or what it was merged into: what a new rule could end.
    pub fn denies(&self, client: &Client) -> bool {
        let uris: Vec<&str> = client.redirect_uris().iter().map(RedirectUri::as_str).collect();
        let asked = Introduced { client_id: Some(client.id.as_str()), redirect_uris: &uris, is_approved: true };
        self.admits(asked).is_err() || client.successor.as_deref().is_some_and(|successor| self.denies(successor))
    }

    /// The rule about a host: the one that says most about it.
    fn rule(&self, host: &str) -> Option<&HostRule> {
        // A name with the root's dot is the same name.
        let host = host.strip_suffix('.').unwrap_or(host);
        let meant = self.hosts.iter().filter(|rule| covers(&rule.host, host));
        meant.max_by_key(|rule| (!rule.host.starts_with("*."), rule.host.len()))
    }
}

impl Client {
    /// The merchant has approved it, or made it by hand.
    pub fn is_approved(&self) -> bool {
        self.trust() == super::agent_policy::Trust::Approved
    }

    /// How far it is trusted at best: for lists, which are about no request.
    pub fn trust_at_best(&self) -> super::agent_policy::Trust {
        self.trust_where(self.is_only_local())
    }

    /// Whether all its answers stay on the shopper's computer (D15).
    pub fn is_only_local(&self) -> bool {
        self.redirect_uris().iter().all(|uri| is_local(uri.as_str()))
    }
}

fn covers(rule: &str, host: &str) -> bool {
    match rule.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
        None => rule == host,
    }
}

/// A host as a rule names it, in the one form in which it is compared: lower case, international names as A-labels, with
/// `*.` before it for all below it. `None` for what is no such host.
pub fn rule_host(text: &str) -> Option<String> {
    let text = text.trim();
    let (prefix, domain) = text.strip_prefix("*.").map_or(("", text), |domain| ("*.", domain));
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Ok(Host::Domain(domain)) = Host::parse(domain) else { return None };
    // One label is a whole top-level domain, or no host of the internet at all.
    let is_name = domain.len() <= 253
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty() && !label.contains('*'));
    is_name.then(|| format!("{prefix}{domain}"))
}

#[cfg(test)]
mod tests;
