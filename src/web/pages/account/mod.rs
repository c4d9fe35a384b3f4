//! The shopper's pages.

pub mod agents;
pub mod consent;
pub mod disconnect;
pub mod message;
pub mod sign_in;
pub mod sign_up;
pub mod sign_up_finish;
