//! Everything that speaks HTTP: routes, endpoints for machines, pages for people.

pub mod cookies;
pub mod endpoints;
pub mod error;
pub mod examinations;
pub mod extract;
pub mod language;
pub mod middleware;
pub mod pages;
pub mod resource_api;
pub mod routes;
pub mod state;
#[cfg(test)]
#[path = "tests/shop.rs"]
mod testing;
