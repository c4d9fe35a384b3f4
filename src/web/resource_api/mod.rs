//! What resource servers call, with the credentials they were registered with.

pub mod audit;
pub mod feed;
pub mod purchases;
