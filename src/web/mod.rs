//! Everything that speaks HTTP.

pub mod middleware;
