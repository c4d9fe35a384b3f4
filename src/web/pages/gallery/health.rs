//! Samples of what agents see: before anybody looked, and a server that does not answer.

use crate::doctor::{Observations, Options, Report};

use super::super::console::Section;
use super::super::console::health::{Health, Server};
use super::console::{frame, staff};
use super::{Sample, csrf, moment};

pub(super) fn samples() -> Vec<Sample> {
    let seen = Observations::new("https://fern.example/mcp", Options::default());
    let report = Report::of(&seen);
    let view = || Health {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Health),
        looked_at: None,
        is_partial: false,
        has_no_server: false,
        servers: vec![],
    };
    let broken =
        Health { looked_at: Some(moment(-12)), is_partial: true, servers: vec![Server::of(&report)], ..view() };
    vec![
        Sample::new("console/health", &view()),
        Sample::new("console/health-broken", &broken),
        Sample::new("console/health-no-server", &Health { has_no_server: true, ..view() }),
    ]
}
