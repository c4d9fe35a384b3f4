//! Tillgate: an OAuth 2.1 authorization server for AI shopping agents that speak the Model Context Protocol.

pub mod accounts;
pub mod application;
pub mod cli;
pub mod config;
pub mod domain;
pub mod keys;
pub mod locale;
pub mod merchant;
pub mod oauth;
pub mod outbound;
pub mod storage;
pub mod telemetry;
pub mod web;
