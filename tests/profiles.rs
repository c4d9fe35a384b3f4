//! The known agent platforms, replayed: what each is recorded to send (`tests/clients/profiles`), in each of the three revisions
//! of the protocol, through all of its ways to introduce itself. The table that this prints is to be green throughout.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a replay that panics is a red cell, and says why"
)]

#[path = "support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the journeys use more of it")]
mod support;

#[path = "profiles/client.rs"]
mod client;
#[path = "profiles/profile.rs"]
mod profile;
#[path = "profiles/quirks.rs"]
mod quirks;
#[path = "profiles/replay.rs"]
mod replay;

use std::any::Any;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use profile::{Confidence, Profile};
use replay::Play;
use support::store::REVISIONS;
use support::{App, Documents};

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// How surely the parts of all profiles are known.
fn sureness() -> String {
    let profiles = Profile::all();
    let count =
        |confidence| profiles.iter().flat_map(Profile::parts).filter(|part| part.confidence == confidence).count();
    let [documented, observed, assumed] =
        [Confidence::Documented, Confidence::Observed, Confidence::Assumed].map(count);
    format!("{documented} parts documented, {observed} observed by others, {assumed} assumed")
}

#[tokio::test]
async fn every_platform_links_in_every_revision_by_each_of_its_ways() {
    let documents = Documents::start();
    let (mut table, mut red) = (String::new(), Vec::new());
    for profile in Profile::all() {
        let app = App::start_with_store_and_documents(&documents).await;
        for way in &profile.introductions {
            let mut cells = Vec::new();
            for revision in REVISIONS {
                let play = Play { app: &app, documents: &documents, profile: &profile, way, revision };
                let outcome = AssertUnwindSafe(play.run()).catch_unwind().await;
                let known = if profile.mcp.speaks.iter().any(|spoken| spoken == revision) { "green" } else { "green*" };
                cells.push(if outcome.is_ok() { known } else { "RED" });
                if let Err(panic) = outcome {
                    red.push(format!("{}, {}, {revision}: {}", profile.name, way.name, said(panic.as_ref())));
                }
            }
            let row = format!("{:<24}{:<50}{:<12}{:<12}{:<12}", profile.name, way.name, cells[0], cells[1], cells[2]);
            writeln!(table, "{}", row.trim_end()).unwrap();
        }
    }
    let head = format!("{:<74}{:<12}{:<12}{:<12}", "", REVISIONS[0], REVISIONS[1], REVISIONS[2]);
    println!("{}\n{table}* not known to speak it; replayed all the same\n{}", head.trim_end(), sureness());
    assert!(red.is_empty(), "{} red:\n{}", red.len(), red.join("\n"));
}
