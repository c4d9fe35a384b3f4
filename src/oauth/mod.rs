//! The protocol: one file per endpoint, grant type or RFC. Each use case is a function over storage, keys and domain; what a
//! refusal means to the client is decided once, in [`error`].

pub mod authentication_request;
pub mod authorization;
pub mod client_assertion;
pub mod client_authentication;
pub mod client_configuration;
pub mod client_documents;
pub mod client_information;
pub mod client_keys;
pub mod clients;
pub mod error;
pub mod introspection;
pub mod metadata;
pub mod parameters;
pub mod registration;
mod registration_metadata;
pub mod registration_rate;
pub mod registration_room;
pub mod revocation;
pub mod software_statement;
pub mod token;
