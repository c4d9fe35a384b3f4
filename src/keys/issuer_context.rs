//! An issuer with all that answers in its name: its store, its keys, its resource servers. Read once, kept in memory,
//! and replaced as a whole when something of it changes.

use std::sync::Arc;

use super::{IssuerKeys, Keyring};
use crate::domain::ResourceServerId;
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::issuer::Issuer;
use crate::domain::resource::{Credentials, ResourceServer};
use crate::domain::store::Store;

#[derive(Debug)]
pub struct IssuerContext {
    pub issuer: Issuer,
    pub store: Store,
    pub keys: Arc<IssuerKeys>,
    pub keyring: Keyring,
    pub resource_servers: Vec<Credentials>,
    /// What the merchant lets agents be.
    pub policy: AgentPolicy,
}

impl IssuerContext {
    /// The issuer string.
    pub fn url(&self) -> &str {
        self.issuer.url.as_str()
    }

    /// The resource server that `requested` names, by its canonical URI or an alias (RFC 8707).
    pub fn resource_server(&self, requested: &str) -> Option<&ResourceServer> {
        self.resource_servers.iter().map(|known| &known.server).find(|server| server.answers_to(requested))
    }

    /// What proves to be the resource server with this id.
    pub fn credentials(&self, id: &ResourceServerId) -> Option<&Credentials> {
        self.resource_servers.iter().find(|known| known.server.id == *id)
    }
}
