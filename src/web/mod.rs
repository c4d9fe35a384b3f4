//! Everything that speaks HTTP: routes, endpoints for machines, pages for people.

pub mod middleware;
pub mod pages;
