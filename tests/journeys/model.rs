//! A property test with a model: random histories of consent, refresh, replay, step-up, decay, pause, revocation, approval by
//! hand and by rule, consumption and expiry, with answers lost, requests at once and the server started again between, are played
//! on the real application; every answer must be one that a small plain model allows. It holds both ways: what the model forbids
//! is never given, and what it allows is never refused.
//!
//! The invariants, and where the model has them:
//!
//! - spec/pages.md 5.2: what a release puts in other words counts as given only until it is asked for again, and then only the
//!   answer counts, for what is connected already, too (`World::questions_if`, `World::connect`, `World::keep`).
//! - C-4, A55, decision 3: no token holds what its connection was not given by a consent, and no consent gives what was not
//!   asked for or not ticked (`Question::given`, `World::connect`, `World::go_on`).
//! - S1-50, S1-93, decision 3: no access token with checkout lives longer than fifteen minutes or than the elevation window
//!   of its connection (`World::mint`).
//! - A5, decision 1: a code is redeemed once, within a minute, by its own client with the right verifier; again by it, it
//!   ends its connection; by anybody else, nothing (`World::redeem`).
//! - Decision 1: a superseded refresh token is answered for 120 s at least and 240 s at most, and afterwards ends exactly its
//!   own connection; clients that prove themselves have no grace (`World::refresh`).
//! - Decision 2: a request is approved at most once; the same answer again gets the same code (`World::allow`).
//! - C-7, decision 4: of what is revoked, by whomever and one or many, nothing is live: no refresh, no code, no token, no
//!   purchase; what is connected later is untouched (`World::is_revoked`).
//! - C-8, decision 4: a pause ends nothing and gives nothing: calls and purchases wait, refresh goes on (`World::is_held`).
//! - Decision 3: what a shopper takes back is gone from every token at once (`World::narrow`, `World::introspect`).
//! - F11, F20, F21, F23, B42, S1-95, decision 5: nothing is consumed but what its own shopper approved, by hand or by their
//!   rule, with the same document, in time, its grant live and nobody holding it; once, and for the same checkout again and
//!   again (`World::answer`, `World::consume`, `World::settle`).
//! - S1-94, decision 5: what is approved in a month of the store's is never above the shopper's ceiling, and what has expired
//!   or was released counts no longer (`World::spent`).
//! - Decision 5: a rule stands only where its shopper has set it, with a tick and within a ceiling for the month, of a grant that
//!   may check out, while the merchant lets shoppers set rules (`World::set_rule`, `World::let_rules`).
//! - Decision 5: a rule approves at once exactly what is within it and the ceilings and goes where the same shopper has approved by
//!   hand for the same grant that something goes, unless their last answer was a no or no mail would tell them; for everything else
//!   they are asked (`Grant::rule_for`, `World::approve_by_rule`, `World::is_told`).
//! - What a rule approves counts in the month like any other, and makes no address one that is known (`World::approve_by_rule`,
//!   `World::spent`).
//! - A rule ends with the shopper's word, a new consent, the permission to check out, and the merchant's permission for rules, and
//!   does not come back; what it has approved and the store has not used ends with it (`World::end_rule`,
//!   `World::connect`, `World::narrow`, `World::let_rules`, `World::is_ruled_still`).
//! - One purchase of a cart and three of a grant wait, and thirty are begun in an hour; three times no is no (`World::register`).
//! - Environments know nothing of each other.
//!
//! An answer that was lost may have been given or not, so the model is a set of worlds: those that explain all that was said.
//!
//! `TILLGATE_MODEL_HISTORIES`, `TILLGATE_MODEL_STEPS` and `TILLGATE_MODEL_SEED` make it longer and other; by default it plays
//! the same histories each time, so that a change is judged and not its luck.

mod asking;
mod buying;
mod connecting;
mod dice;
mod history;
mod machine;
mod op;
mod rewording;
mod rules;
mod selling;
mod step;
mod system;
mod trusting;
mod world;

use std::cell::RefCell;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use history::History;
use machine::Machine;
use system::System;

/// Histories on one database: it grows, and a clock that goes on for decades is no test of anything.
const ON_ONE_DATABASE: usize = 40;

#[expect(clippy::disallowed_methods, reason = "it is the test's, not the server's")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().unwrap())
}

/// Plays histories until one fails, and then shorter ones until none does.
fn play(more: &[(&'static str, &'static str)], allows_long: bool, restarts: u32) {
    let is_short = std::env::var_os("TILLGATE_SHORT_RUN").is_some();
    let histories = setting("TILLGATE_MODEL_HISTORIES", if is_short { 5 } else { 10 });
    let steps = usize::try_from(setting("TILLGATE_MODEL_STEPS", 60)).unwrap();
    let seed = setting("TILLGATE_MODEL_SEED", 1);
    let mut bytes = [u8::from(allows_long); 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: u32::try_from(histories).unwrap(),
        // Milliseconds: a shorter history is a help, not a must.
        max_shrink_time: 20_000,
        max_shrink_iters: 1_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = (step::start(), proptest::collection::vec(step::step(restarts), steps));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let used: RefCell<Option<(System, usize)>> = RefCell::new(None);
    let has_failed = std::cell::Cell::new(false);
    let outcome = runner.run(&strategy, |(start, steps)| {
        let there = used.borrow_mut().take();
        let (result, system, count) = runtime.block_on(async {
            let (mut system, count) = match there {
                Some((system, count)) if count < ON_ONE_DATABASE => (system, count),
                other => {
                    if let Some((mut old, _)) = other {
                        old.machine.stop().await;
                    }
                    (System::new(Machine::start(more.to_vec()).await), 0)
                }
            };
            let mut history = History::begin(&mut system, start, allows_long).await;
            let result = history.play(&steps).await;
            history.end().await;
            (result, system, count + 1)
        });
        *used.borrow_mut() = Some((system, count));
        result.map_err(|reason| {
            if !has_failed.replace(true) {
                eprintln!("A history of seed {seed} failed; looking for a shorter one. It was:\n{reason}");
            }
            TestCaseError::fail(reason)
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, minimal)) => {
            panic!("seed {seed}, after shrinking:\n{reason}\nThe history: {minimal:#?}")
        }
        Err(error @ TestError::Abort(_)) => panic!("seed {seed}: {error}"),
    }
}

#[test]
fn no_history_yields_a_token_or_a_purchase_that_the_model_forbids() {
    play(&[], false, 150);
}

/// With a merchant who lets shoppers give thirty days for checkouts, and with a server that is broken off and started again in
/// one step of twenty.
#[test]
fn no_history_does_where_shoppers_may_give_more_time_for_checkouts_either() {
    play(&[("TILLGATE__TOKENS__ELEVATION_WINDOW", "31d")], true, 19);
}
