//! Tillgate: an OAuth 2.1 authorization server for AI shopping agents that speak the Model Context Protocol.

pub mod locale;
pub mod web {
    //! What the outside reaches.
    pub mod pages;
}
