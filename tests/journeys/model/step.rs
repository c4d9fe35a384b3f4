//! What a history is made of: steps that make sense in any state, so that a failing history can lose any of them and still be
//! played. Which token or purchase a step is about is chosen when it is its turn, by its own number.

use proptest::prelude::*;

use super::world::{DAY, HOUR, MINUTE};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Ask, allow and redeem.
    Connect,
    Ask,
    Allow,
    Redeem,
    Refresh,
    Introspect,
    Revoke,
    Pause,
    Narrow,
    Disconnect,
    LetAsk,
    SetRule,
    EndRule,
    LetRules,
    Hold,
    Switch,
    End,
    /// Register, approve and consume.
    Buy,
    /// Buy by hand, set a rule, and buy by it or in spite of it.
    Trust,
    Register,
    RegisterAgain,
    Answer,
    Look,
    Consume,
    Settle,
    /// Say permissions otherwise, and ask again.
    Reword,
    Sweep,
    Restart,
    Audit,
}

/// What becomes of a step's request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Heard,
    /// Done, and its caller never learns what was answered.
    Lost,
    /// Broken off at some moment, and the server is started again: it was done, or it was not.
    Torn,
    /// At the same time as the next step.
    Beside,
}

#[derive(Debug, Clone)]
pub struct Step {
    /// Seconds that pass before it.
    pub wait: i64,
    pub act: Act,
    pub how: How,
    /// What everything else about it is chosen by.
    pub number: u64,
}

/// Where in the month a history begins: seconds from its first day, or, if negative, before its last ends.
pub fn start() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 0..26 * DAY, 1 => -20 * MINUTE..0]
}

fn wait() -> impl Strategy<Value = i64> {
    prop_oneof![
        20 => Just(0_i64),
        12 => 1..20_i64,
        // The edges of codes, graces, windows and purchases.
        6 => prop::sample::select(vec![59, 60, 61, 119, 120, 121, 239, 240, 241, 299, 300, 599, 600, 601]),
        4 => prop::sample::select(vec![839, 840, 841, 899, 900, 901, 1_200, HOUR - 1, HOUR, HOUR + 1]),
        1 => prop::sample::select(vec![DAY, 7 * DAY - 1, 7 * DAY, 8 * DAY, 30 * DAY - 1, 30 * DAY, 31 * DAY]),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    use Act::*;
    let weighted = [
        (10, Connect),
        (3, Ask),
        (5, Allow),
        (4, Redeem),
        (14, Refresh),
        (6, Introspect),
        (2, Revoke),
        (3, Pause),
        (3, Narrow),
        (1, Disconnect),
        (2, LetAsk),
        (4, SetRule),
        (1, EndRule),
        (1, LetRules),
        (3, Hold),
        (2, Switch),
        (2, End),
        (10, Buy),
        (10, Trust),
        (6, Register),
        (1, RegisterAgain),
        (9, Answer),
        (4, Look),
        (8, Consume),
        (5, Settle),
        (5, Reword),
        (1, Sweep),
        (2, Audit),
    ];
    proptest::strategy::Union::new_weighted(weighted.into_iter().map(|(weight, act)| (weight, Just(act))).collect())
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![40 => Just(How::Heard), 5 => Just(How::Lost), 7 => Just(How::Beside)]
}

/// Starting the server again takes longer than everything else, so it has a rate of its own: one step in `restarts`.
pub fn step(restarts: u32) -> impl Strategy<Value = Step> {
    let usual = (wait(), act(), how(), any::<u64>().no_shrink());
    let usual = usual.prop_map(|(wait, act, how, number)| Step { wait, act, how, number });
    let torn = (act(), any::<u64>().no_shrink());
    let torn = torn.prop_map(|(act, number)| Step { wait: 0, act, how: How::Torn, number });
    let again = any::<u64>().no_shrink();
    let again = again.prop_map(|number| Step { wait: 0, act: Act::Restart, how: How::Heard, number });
    prop_oneof![2 * restarts => usual, 1 => torn, 1 => again]
}
