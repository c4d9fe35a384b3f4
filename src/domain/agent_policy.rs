//! How far an agent's software is trusted, and what the merchant lets each degree of trust be.
//!
//! A tier is a fact about how a client has introduced itself; the class that follows from it is the merchant's decision.

use super::authentication::CheckoutProof;
use super::client::{AgentClass, AuthMethod, Client, ClientOrigin, words};
use super::elevation::Elevation;
use super::redirect_uri::{VerifiedRedirectUri, is_local};
use super::store::Store;
use super::token::Lifetimes;
use super::{ScopeSet, Timestamp};

words! {
    /// How much is known about who a client is; each tier includes the doubts that the one before has removed.
    Trust {
        /// It says so itself.
        Unverified = "unverified",
        /// Its document lies at the address that is its id: somebody who holds that domain vouches for it (D19: for nothing on
        /// the shopper's own computer).
        DomainVerified = "domain_verified",
        /// It proves a private key at every request (RFC 7523), which the document at its address vouches for.
        KeyVerified = "key_verified",
        /// The merchant has looked at it.
        Approved = "approved",
    }
}

words! {
    /// Who may register by RFC 7591.
    RegistrationMode {
        Open = "open",
        /// Whoever has an initial access token (RFC 7591 §3).
        Token = "token",
        /// Agents whose hosts are on the allow list.
        Hosts = "hosts",
        Closed = "closed",
    }
}

words! {
    /// What a host rule does.
    HostEffect { Allow = "allow", Deny = "deny" }
}

/// A rule about an agent's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    /// Lower case, A-labels; exact, or `*.` and a domain.
    pub host: String,
    pub effect: HostEffect,
    pub created_by: String,
    pub created_at: Timestamp,
}

/// What the merchant lets agents be, for one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPolicy {
    pub unverified: AgentClass,
    pub domain_verified: AgentClass,
    pub key_verified: AgentClass,
    pub approved: AgentClass,
    pub registration: RegistrationMode,
    /// H20: agents that may not begin checkouts are given the link of a purchase that waits for the shopper, beside the refusal.
    pub checkout_links: bool,
    /// What a shopper must prove before an agent may check out.
    pub checkout: CheckoutProof,
    /// Whether shoppers may set rules by which agents buy without asking each time. Off until the merchant decides: the default
    /// is to ask (decision 5).
    pub approval_rules: bool,
    /// The longest that a shopper may let an agent begin checkouts (S1-93); as the installation is set up without one.
    pub longest_elevation: Option<Elevation>,
    pub hosts: Vec<HostRule>,
    /// Beside those that the installation's configuration knows.
    pub private_use_uris: Vec<String>,
    /// Raised with every decision about the issuer's agents.
    pub revision: i64,
}

impl Default for AgentPolicy {
    fn default() -> Self {
        let shop = AgentClass::Shop;
        Self {
            unverified: shop,
            domain_verified: shop,
            key_verified: shop,
            approved: shop,
            registration: RegistrationMode::Open,
            checkout_links: false,
            checkout: CheckoutProof::default(),
            approval_rules: false,
            longest_elevation: None,
            hosts: Vec::new(),
            private_use_uris: Vec::new(),
            revision: 0,
        }
    }
}

impl AgentPolicy {
    /// The installation's, as far as the merchant has not decided.
    pub fn lifetimes(&self, installation: Lifetimes) -> Lifetimes {
        let elevation = self.longest_elevation.map_or(installation.elevation, Elevation::cap);
        Lifetimes { elevation, ..installation }
    }

    /// Whether a shopper's rule may approve anything: what the merchant has them prove for each purchase (RFC 9470) none proves.
    pub const fn lets_rules(&self) -> bool {
        self.approval_rules && !self.checkout.for_purchases
    }

    /// The class of a client that the merchant has not classed.
    pub const fn class_of(&self, trust: Trust) -> AgentClass {
        match trust {
            Trust::Unverified => self.unverified,
            Trust::DomainVerified => self.domain_verified,
            Trust::KeyVerified => self.key_verified,
            Trust::Approved => self.approved,
        }
    }

    /// The private-use redirect URIs that agents may come with: the installation's and the merchant's own (H4).
    pub fn private_use_beside(&self, configured: &[String]) -> Vec<String> {
        [configured, &self.private_use_uris].concat()
    }

    /// The merchant's own class for it, else the one of its tier.
    pub fn class(&self, client: &Client) -> AgentClass {
        client.class.unwrap_or_else(|| self.class_of(client.trust()))
    }

    /// What a client may hold whose answers go to `redirect_uri`; of one that has gone nothing is known.
    pub fn ceiling_at(&self, client: Option<&Client>, redirect_uri: &str, store: &Store) -> ScopeSet {
        client.map_or_else(
            || self.class_of(Trust::Unverified).ceiling(store),
            |client| self.ceilings(client, store).at(redirect_uri),
        )
    }

    /// What `client` may hold, whatever it held before.
    pub fn ceilings(&self, client: &Client, store: &Store) -> Ceilings {
        let own = |client: &Client, is_local| {
            client.class.unwrap_or_else(|| self.class_of(client.trust_where(is_local))).ceiling(store)
        };
        // One that was merged into another is bound by both: its own id is still anybody's who registers the same.
        let both = |is_local| {
            let ceiling = own(client, is_local);
            client.successor.as_ref().map_or(ceiling, |successor| ceiling.intersection(own(successor, is_local)))
        };
        Ceilings { elsewhere: both(false), on_this_computer: both(true) }
    }
}

/// What a client may hold, by where its answers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    elsewhere: ScopeSet,
    on_this_computer: ScopeSet,
}

impl Ceilings {
    /// For a redirect URI that was verified.
    pub fn at(self, redirect_uri: &str) -> ScopeSet {
        if is_local(redirect_uri) { self.on_this_computer } else { self.elsewhere }
    }
}

impl Client {
    /// How far it is trusted wherever its answers go.
    pub fn trust(&self) -> Trust {
        match (self.origin, self.auth_method) {
            _ if self.approved_at.is_some() => Trust::Approved,
            // The merchant made it by hand.
            (ClientOrigin::PreRegistered, _) => Trust::Approved,
            (ClientOrigin::Described, AuthMethod::PrivateKeyJwt) if !self.metadata.is_key_optional => {
                Trust::KeyVerified
            }
            (ClientOrigin::Described, _) => Trust::DomainVerified,
            // Anybody can register a key: it shows that it is always the same one who asks, and not who that is.
            (ClientOrigin::Registered, _) => Trust::Unverified,
        }
    }

    /// The same for a request whose answer goes to `redirect_uri`.
    pub fn trust_at(&self, redirect_uri: &VerifiedRedirectUri) -> Trust {
        self.trust_where(redirect_uri.is_local())
    }

    /// The same for a redirect URI that was verified at its consent, and kept since.
    pub fn trust_of(&self, redirect_uri: &str) -> Trust {
        self.trust_where(is_local(redirect_uri))
    }

    /// Whether it can come without anything that only it has.
    fn may_be_public(&self) -> bool {
        self.auth_method.is_public() || self.metadata.is_key_optional
    }

    /// D19: neither a document nor the merchant's word proves which program on the shopper's computer listens. Only a key or a
    /// secret does, without which the code is worth nothing.
    pub(super) fn trust_where(&self, is_local: bool) -> Trust {
        if is_local && self.may_be_public() { Trust::Unverified } else { self.trust() }
    }

    /// Whether the merchant lets it, or what it was merged into, do nothing new.
    pub fn is_quarantined(&self) -> bool {
        let is_held = |client: &Self| client.quarantined_at.is_some();
        is_held(self) || self.successor.as_deref().is_some_and(is_held)
    }
}
