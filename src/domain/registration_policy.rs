//! Which clients a store lets be registered, by the hosts that their answers go to.
//!
//! A host that a rule denies is refused in every mode. In the mode `hosts` every https redirect URI must be on a host that a
//! rule allows, and there must be one: a list that stays on the shopper's computer names no host that could be approved.
//! Beside an approved host, loopback and private-use URIs go along (the latter are known complete and exact, H4).

use url::Url;

use super::agent_policy::{AgentPolicy, HostEffect, HostRule, RegistrationMode};
use super::redirect_uri::RedirectUri;

/// The host that stood against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    #[error("the host {0} is denied")]
    Denied(String),
    #[error("the host {0} is not on the list of approved hosts")]
    NotApproved(String),
    #[error("only approved hosts may register, and this names none")]
    NoHost,
}

impl NotAdmitted {
    pub fn host(&self) -> &str {
        match self {
            Self::Denied(host) | Self::NotApproved(host) => host,
            Self::NoHost => "",
        }
    }
}

impl AgentPolicy {
    /// Whether a client may be registered whose answers go to these.
    ///
    /// # Errors
    /// The first host that stands against it.
    pub fn lets_register(&self, redirect_uris: &[RedirectUri]) -> Result<(), NotAdmitted> {
        let is_list = self.registration == RegistrationMode::Hosts;
        let hosts: Vec<String> = redirect_uris.iter().filter_map(https_host).collect();
        if is_list && hosts.is_empty() {
            return Err(NotAdmitted::NoHost);
        }
        hosts.into_iter().try_for_each(|host| match self.effect_on(&host) {
            Some(HostEffect::Deny) => Err(NotAdmitted::Denied(host)),
            None if is_list => Err(NotAdmitted::NotApproved(host)),
            Some(HostEffect::Allow) | None => Ok(()),
        })
    }

    /// What the rules say of a host, if anything: the one that says most about it.
    fn effect_on(&self, host: &str) -> Option<HostEffect> {
        let meant = self.hosts.iter().filter(|rule| rule.covers(host));
        meant.max_by_key(|rule| (!rule.host.starts_with("*."), rule.host.len())).map(|rule| rule.effect)
    }
}

impl HostRule {
    /// Whether it is about this host: exactly, or for `*.` and a domain about every name under it, though not the domain.
    fn covers(&self, host: &str) -> bool {
        match self.host.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            None => self.host == host,
        }
    }
}

/// In lower case and A-labels, as the parser writes it.
fn https_host(uri: &RedirectUri) -> Option<String> {
    let url = Url::parse(uri.as_str()).ok().filter(|url| url.scheme() == "https")?;
    url.host_str().map(|host| host.strip_suffix('.').unwrap_or(host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn policy(registration: RegistrationMode, rules: &[(&str, HostEffect)]) -> AgentPolicy {
        let rule = |(host, effect): &(&str, HostEffect)| HostRule {
            host: (*host).to_owned(),
            effect: *effect,
            created_by: "staff:anna".to_owned(),
            created_at: Timestamp::from_secs(1_800_000_000),
        };
        AgentPolicy { registration, hosts: rules.iter().map(rule).collect(), ..AgentPolicy::default() }
    }

    fn uris(list: &[&str]) -> Vec<RedirectUri> {
        list.iter().map(|uri| RedirectUri::parse(uri, &["app://known/cb".to_owned()]).unwrap()).collect()
    }

    #[test]
    fn where_hosts_are_approved_every_host_has_to_be_and_there_has_to_be_one() {
        let rules = [("claude.ai", HostEffect::Allow), ("*.example", HostEffect::Allow)];
        let policy = policy(RegistrationMode::Hosts, &rules);
        for approved in [
            &["https://claude.ai/cb", "https://a.example/cb"][..],
            &["https://b.a.example/cb", "http://localhost:5000/cb"],
            &["https://CLAUDE.ai/cb", "app://known/cb"],
        ] {
            assert_eq!(policy.lets_register(&uris(approved)), Ok(()), "{approved:?}");
        }
        for other in ["https://claude.ai.evil.test/cb", "https://www.claude.ai/cb", "https://evilexample/cb"] {
            let refused = policy.lets_register(&uris(&["https://claude.ai/cb", other]));
            assert!(matches!(refused, Err(NotAdmitted::NotApproved(_))), "{other}");
        }
        let local = policy.lets_register(&uris(&["http://localhost/cb", "app://known/cb"]));
        assert_eq!(local, Err(NotAdmitted::NoHost));
    }

    #[test]
    fn a_denied_host_is_refused_in_every_mode_also_where_a_wider_rule_allows_it() {
        let rules = [("*.example", HostEffect::Allow), ("bad.example", HostEffect::Deny)];
        for mode in [RegistrationMode::Open, RegistrationMode::Token, RegistrationMode::Hosts] {
            let refused = policy(mode, &rules).lets_register(&uris(&["https://bad.example/cb"]));
            assert_eq!(refused, Err(NotAdmitted::Denied("bad.example".to_owned())), "{mode}");
        }
        assert_eq!(policy(RegistrationMode::Open, &rules).lets_register(&uris(&["https://other.test/cb"])), Ok(()));
    }
}
