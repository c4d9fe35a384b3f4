//! An issuer with all that answers in its name: its store, its keys, its resource servers. Read once, kept in memory,
//! and replaced as a whole when something of it changes.

use super::{IssuerKeys, Keyring};
use crate::domain::issuer::Issuer;
use crate::domain::resource::ResourceServer;
use crate::domain::store::Store;

#[derive(Debug)]
pub struct IssuerContext {
    pub issuer: Issuer,
    pub store: Store,
    pub keys: IssuerKeys,
    pub keyring: Keyring,
    pub resource_servers: Vec<ResourceServer>,
}

impl IssuerContext {
    /// The issuer string.
    pub fn url(&self) -> &str {
        self.issuer.url.as_str()
    }

    /// The resource server that `requested` names, by its canonical URI or an alias (RFC 8707).
    pub fn resource_server(&self, requested: &str) -> Option<&ResourceServer> {
        self.resource_servers.iter().find(|server| server.answers_to(requested))
    }
}
