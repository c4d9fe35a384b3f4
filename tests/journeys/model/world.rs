//! What is so: a plain copy of the whole system that knows nothing of `src/domain` (that is the point). It is written from
//! the design's decisions alone; where those leave a choice (grace between one and two lengths, a row that the sweeper may or
//! may not have reached), it says every answer that they allow.

use std::collections::BTreeMap;

use super::op::{Limit, Op, Said, Scopes, Whom};
use super::rules::{PLACES, Rule};

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;

/// Who takes part: the same in every history.
pub const SHOPPERS: usize = 3;
pub const AGENTS: usize = 4;

/// The last of each is the sandbox's.
pub const fn environment_of_shopper(shopper: usize) -> usize {
    if shopper == 2 { 1 } else { 0 }
}

pub const fn environment_of_agent(agent: usize) -> usize {
    if agent == 3 { 1 } else { 0 }
}

/// The third agent proves itself by a secret.
pub const fn is_public(agent: usize) -> bool {
    agent != 2
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub shopper: usize,
    pub agent: usize,
    pub requested: Scopes,
    pub boxes: Scopes,
    pub is_step_up: bool,
    pub is_known: bool,
    pub until: i64,
    /// By which connection, with which answer.
    pub answered: Option<(usize, super::op::Filled)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub shopper: usize,
    pub agent: usize,
    pub scopes: Scopes,
    /// What was asked for by a sentence, and of that what reads otherwise since.
    pub worded: Scopes,
    pub reworded: Scopes,
    pub limit: Limit,
    pub is_live: bool,
    pub is_paused: bool,
    pub declined_in_a_row: u8,
    pub is_silenced: bool,
    /// By which the agent buys without asking.
    pub rule: Option<Rule>,
    /// Where the shopper has approved by hand that something of it goes.
    pub places: [bool; PLACES],
}

impl Grant {
    /// Of nothing yet.
    pub const fn new(shopper: usize, agent: usize) -> Self {
        Self {
            shopper,
            agent,
            scopes: Scopes::NONE,
            worded: Scopes::NONE,
            reworded: Scopes::NONE,
            limit: Limit { order: None, month: None },
            is_live: true,
            is_paused: false,
            declined_in_a_row: 0,
            is_silenced: false,
            rule: None,
            places: [false; PLACES],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub grant: usize,
    pub scopes: Scopes,
    pub generation: usize,
    /// When each generation from the first on was superseded.
    pub superseded: Vec<i64>,
    pub connected_at: i64,
    pub code_until: i64,
    pub elevated_until: i64,
    pub until: i64,
    pub last_used: i64,
    pub is_refreshable: bool,
    pub is_ended: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub connection: usize,
    pub generation: usize,
    pub scopes: Scopes,
    pub until: i64,
    pub is_revoked: bool,
    pub has_refresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Awaiting,
    Approved,
    Declined,
    Superseded,
    Consumed,
    Completed(u8),
    Released,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    pub connection: usize,
    pub cart: usize,
    pub cents: i64,
    pub place: usize,
    /// The shopper was written to about it.
    pub is_told: bool,
    /// The number of the rule that said yes in the shopper's place.
    pub rule: Option<usize>,
    pub stage: Stage,
    pub made_at: i64,
    pub until: i64,
    pub is_extended: bool,
    /// In which it counts, since its approval.
    pub month: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// Seconds.
    pub now: i64,
    /// The merchant lets shoppers give thirty days for checkouts.
    pub allows_long: bool,
    /// In each environment, the merchant lets shoppers set rules.
    pub allows_rules: [bool; 2],
    pub questions: BTreeMap<usize, Question>,
    /// Numbered by the connection that made them.
    pub grants: BTreeMap<usize, Grant>,
    pub connections: BTreeMap<usize, Connection>,
    pub tokens: BTreeMap<usize, Tokens>,
    pub purchases: BTreeMap<usize, Purchase>,
    pub is_off: [bool; 2],
    pub held: Vec<Whom>,
    /// Ends of many, with their time: what was connected at or before it has ended (decision 4).
    pub ends: Vec<(Whom, i64)>,
}

/// Every answer that is allowed, each with what is so then.
pub type Allowed = Vec<(Said, World)>;

impl World {
    pub fn new(now: i64, allows_long: bool) -> Self {
        Self {
            now,
            allows_long,
            allows_rules: [true; 2],
            questions: BTreeMap::new(),
            grants: BTreeMap::new(),
            connections: BTreeMap::new(),
            tokens: BTreeMap::new(),
            purchases: BTreeMap::new(),
            is_off: [false; 2],
            held: Vec::new(),
            ends: Vec::new(),
        }
    }

    pub fn allowed(&self, op: &Op) -> Allowed {
        match *op {
            Op::Ask { question, shopper, agent, scopes } => self.ask(question, shopper, agent, scopes),
            Op::Show { question } => self.show(question),
            Op::Allow { question, connection, filled } => self.allow(question, connection, filled),
            Op::Redeem { connection, agent, is_right, tokens } => self.redeem(connection, agent, is_right, tokens),
            Op::Refresh { presented, agent, narrowed, tokens } => self.refresh(presented, agent, narrowed, tokens),
            Op::Introspect { token, is_home } => vec![(self.introspect(token, is_home), self.clone())],
            Op::RevokeRefresh { token, agent } => self.revoke_refresh(token, agent),
            Op::RevokeAccess { token, agent } => self.revoke_access(token, agent),
            Op::Pause { connection, is_on } => self.pause(connection, is_on),
            Op::Narrow { connection, left, limit } => self.narrow(connection, left, limit),
            Op::Disconnect { connection } => self.disconnect(connection),
            Op::LetAsk { connection } => self.let_ask(connection),
            Op::SetRule { connection, rule, is_ticked } => self.set_rule(connection, rule, is_ticked),
            Op::EndRule { connection } => self.end_rule(connection),
            Op::LetRules { environment, is_on } => self.let_rules(environment, is_on),
            Op::Hold { whom, is_on } => self.hold(whom, is_on),
            Op::Switch { environment, is_on } => self.switch(environment, is_on),
            Op::End { whom } => self.end(whom),
            Op::Register { token, purchase, order } => self.register(token, purchase, order),
            Op::RegisterAgain { purchase, is_same } => self.register_again(purchase, is_same),
            Op::Answer { purchase, shopper, word } => self.answer(purchase, shopper, word),
            Op::Look { purchase, is_home } => self.look(purchase, is_home),
            Op::Consume { purchase, is_same_document, is_same_checkout } => {
                self.consume(purchase, is_same_document, is_same_checkout)
            }
            Op::Settle { purchase, order } => self.settle(purchase, order),
            Op::Reword { scopes } => self.reword(scopes),
            // Neither changes anything: the sweeper writes down what is so, and nothing that counts is only in memory.
            Op::Sweep | Op::Restart => vec![(Said::Done, self.clone())],
        }
    }

    pub fn grant_of(&self, connection: usize) -> &Grant {
        &self.grants[&self.connections[&connection].grant]
    }

    pub fn is_meant(&self, whom: Whom, connection: usize) -> bool {
        let row = &self.connections[&connection];
        let grant = &self.grants[&row.grant];
        match whom {
            Whom::Everyone(environment) => environment_of_agent(grant.agent) == environment,
            Whom::Agent(agent) => grant.agent == agent,
            Whom::Shopper(shopper) => grant.shopper == shopper,
            Whom::Grant(of) => self.connections.get(&of).is_some_and(|of| of.grant == row.grant),
            Whom::Connection(one) => one == connection,
        }
    }

    /// Decision 4: ended by anybody, or by one row for many.
    pub fn is_revoked(&self, connection: usize) -> bool {
        let row = &self.connections[&connection];
        let by_many = |(whom, at): &(Whom, i64)| *at >= row.connected_at && self.is_meant(*whom, connection);
        row.is_ended || !self.grants[&row.grant].is_live || self.ends.iter().any(by_many)
    }

    /// Its time is over, whether or not anybody has written that down (decision 3).
    pub fn is_over(&self, connection: usize) -> bool {
        self.is_timed_out(connection) || self.is_superseded(connection)
    }

    pub fn is_timed_out(&self, connection: usize) -> bool {
        let row = &self.connections[&connection];
        let unused = self.now - row.last_used;
        (row.generation == 0 && row.code_until <= self.now) || row.until <= self.now || unused >= 30 * DAY
    }

    /// Decision 3: without use since a later one of its grant was made and used, and for seven days.
    pub fn is_superseded(&self, connection: usize) -> bool {
        let row = &self.connections[&connection];
        let is_later = |(_, other): (&usize, &Connection)| {
            other.grant == row.grant
                && other.generation > 0
                && other.connected_at > row.connected_at
                && row.last_used <= other.connected_at
        };
        self.now - row.last_used >= 7 * DAY && self.connections.iter().any(is_later)
    }

    /// Held by the merchant or by the shopper (decision 4).
    pub fn is_held(&self, connection: usize) -> bool {
        self.grant_of(connection).is_paused || self.held.iter().any(|whom| self.is_meant(*whom, connection))
    }

    pub fn environment(&self, connection: usize) -> usize {
        environment_of_agent(self.grant_of(connection).agent)
    }

    pub fn is_off(&self, connection: usize) -> bool {
        self.is_off[self.environment(connection)]
    }

    pub fn connection(&mut self, connection: usize) -> &mut Connection {
        self.connections.get_mut(&connection).unwrap()
    }

    pub fn grant(&mut self, connection: usize) -> &mut Grant {
        let grant = self.connections[&connection].grant;
        self.grants.get_mut(&grant).unwrap()
    }

    /// The same with a change.
    pub fn after(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next
    }
}
