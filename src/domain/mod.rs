//! Nouns, state machines, and every decision that needs no I/O. The time is always an argument; so is randomness.

pub mod admission;
pub mod agent_policy;
pub mod approval_rule;
pub mod audit;
pub mod authentication;
pub mod authorization_details;
pub mod authorization_request;
pub mod client;
pub mod client_document;
pub mod client_id_url;
pub mod client_metadata;
pub mod connection;
pub mod consent;
pub mod device;
pub mod display_name;
pub mod elevation;
pub mod email;
pub mod evidence;
pub mod grant;
pub mod id;
pub mod identity;
pub mod initial_access_token;
pub mod issuer;
pub mod key_set;
pub mod ledger;
pub mod network;
pub mod overdue;
pub mod pkce;
pub mod platforms;
pub mod purchase;
pub mod redirect_uri;
pub mod resource;
pub mod restriction;
pub mod secret_version;
pub mod session;
pub mod session_state;
pub mod shopper;
pub mod spending_limit;
pub mod staff;
pub mod stay;
pub mod store;
pub mod token;
pub mod wording;

pub use id::{
    ClientId, ConnectionId, GrantId, IssuerId, PurchaseId, RequestId, ResourceServerId, ShopperId, StaffId, StoreId,
};
pub use mcp_resource::wire::{Clock, Money, Scope, ScopeSet, Timestamp};
