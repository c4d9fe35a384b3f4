//! What the model allows of consent, tokens and their end (decisions 1, 3 and 4; C-4 to C-8).

use super::op::{Filled, Limit, Said, Scopes, Whom};
use super::world::{
    Allowed, Connection, DAY, Grant, HOUR, MINUTE, Question, Tokens, World, environment_of_agent, is_public,
};

/// Decision 1: each superseded generation is answered for at least this long, and for never more than twice that.
const GRACE: i64 = 2 * MINUTE;

/// A question that may be asked.
#[derive(Clone, Copy, Default)]
struct Asked {
    boxes: Scopes,
    is_step_up: bool,
    /// What the agent has counts.
    is_known: bool,
    /// What of the grant the answer adds to.
    stays: Scopes,
    /// Because of other words: what is not given again ends.
    is_anew: bool,
}

impl World {
    /// The live grant of the two whose permissions count as held. After a revocation of everything that it had, none of it
    /// does; where all of it has merely run out, that is so as soon as the sweeper has seen it.
    fn held(&self, shopper: usize, agent: usize) -> Vec<Option<usize>> {
        let is_it = |grant: &Grant| grant.is_live && grant.shopper == shopper && grant.agent == agent;
        let Some(grant) = self.grants.iter().find(|(_, grant)| is_it(grant)).map(|(number, _)| *number) else {
            return vec![None];
        };
        let live: Vec<usize> = self.connections.keys().copied().collect();
        let live: Vec<usize> =
            live.into_iter().filter(|one| self.connections[one].grant == grant && !self.is_revoked(*one)).collect();
        if live.iter().any(|one| !self.is_over(*one)) {
            vec![Some(grant)]
        } else if live.is_empty() {
            vec![None]
        } else {
            vec![Some(grant), None]
        }
    }

    fn questions(&self, requested: Scopes, shopper: usize, agent: usize) -> Vec<Asked> {
        self.held(shopper, agent).into_iter().flat_map(|held| self.questions_if(requested, held)).collect()
    }

    /// Decision 3: a step-up is for what the grant does not hold, beyond the browse set, and for checkout always. It asks for all
    /// that is not held. Anything else asks for everything, and so does what was given in other words (spec/pages.md 5.2).
    ///
    /// Two, where a connection that could stay has been superseded: until the sweeper has seen that, it counts as staying.
    fn questions_if(&self, requested: Scopes, held: Option<usize>) -> Vec<Asked> {
        let everything = Asked { boxes: requested, ..Asked::default() };
        let Some(grant) = held else { return vec![everything] };
        let could_stay = |number: &usize| {
            let one = &self.connections[number];
            one.grant == grant
                && one.is_refreshable
                && one.generation > 0
                && !self.is_revoked(*number)
                && !self.is_timed_out(*number)
        };
        let could: Vec<usize> = self.connections.keys().copied().filter(could_stay).collect();
        let stays = could.iter().any(|one| !self.is_superseded(*one));
        let grant = &self.grants[&grant];
        let asked = |stays: bool| {
            let held = if stays { grant.scopes.with(Scopes::OFFLINE) } else { grant.scopes };
            if !requested.both(held).both(grant.reworded).is_none() {
                return Asked { stays: held.without(requested), is_anew: true, ..everything };
            }
            let boxes = requested.without(held.without(Scopes::CHECKOUT));
            if boxes.without(Scopes::BROWSE).without(Scopes::OFFLINE).is_none() {
                return Asked { stays: held, is_known: true, ..everything };
            }
            Asked { boxes, is_step_up: true, is_known: true, stays: held, is_anew: false }
        };
        let mut found = vec![asked(stays)];
        if !stays && !could.is_empty() {
            found.push(asked(true));
        }
        found
    }

    fn ask_as(&self, question: usize, asked: &Question) -> Allowed {
        if self.is_off[environment_of_agent(asked.agent)] || self.now >= asked.until {
            return vec![(Said::Nothing, self.clone())];
        }
        let shown = |Asked { boxes, is_step_up, is_known, is_anew, .. }| {
            let next = Question { boxes, is_step_up, is_known, ..asked.clone() };
            (
                Said::Question { boxes, is_step_up, is_known, is_anew },
                self.after(|world| {
                    world.questions.insert(question, next);
                }),
            )
        };
        self.questions(asked.requested, asked.shopper, asked.agent).into_iter().map(shown).collect()
    }

    /// A request waits ten minutes for its answer (decision 2).
    pub fn ask(&self, question: usize, shopper: usize, agent: usize, requested: Scopes) -> Allowed {
        let until = self.now + 10 * MINUTE;
        let boxes = Scopes::NONE;
        let (is_step_up, is_known) = (false, false);
        let asked = Question { shopper, agent, requested, boxes, is_step_up, is_known, until, answered: None };
        self.ask_as(question, &asked)
    }

    pub fn show(&self, question: usize) -> Allowed {
        self.ask_as(question, &self.questions[&question])
    }

    /// The shopper presses Allow. The connection has the number of its question: a request is approved at most once.
    pub fn allow(&self, question: usize, connection: usize, filled: Filled) -> Allowed {
        let asked = &self.questions[&question];
        let nothing = || vec![(Said::Nothing, self.clone())];
        let Some(given) = asked.given(filled.ticks) else { return nothing() };
        if self.is_off[environment_of_agent(asked.agent)] || self.now >= asked.until {
            return nothing();
        }
        let has_checkout = given.has(Scopes::CHECKOUT);
        let filled = Filled {
            ticks: given,
            limit: if has_checkout { filled.limit } else { Limit::default() },
            is_long: has_checkout && self.allows_long && filled.is_long,
        };
        if let Some((connection, before)) = asked.answered {
            let row = &self.connections[&connection];
            // Decision 2: the same answer again gets the same code while it can be redeemed, and nothing else does.
            if before != filled || row.generation > 0 || self.now >= row.code_until {
                return nothing();
            }
            let again = (Said::Code, self.clone());
            return if self.is_revoked(connection) { vec![again, nothing().remove(0)] } else { vec![again] };
        }
        // What is answered is what would be asked now, or nothing is given.
        let mut allowed = Vec::new();
        for held in self.held(asked.shopper, asked.agent) {
            for shown in self.questions_if(asked.requested, held) {
                let is_same = (shown.boxes, shown.is_step_up) == (asked.boxes, asked.is_step_up);
                let outcome = if is_same && shown.is_known == asked.is_known {
                    (Said::Code, self.after(|world| world.connect(question, connection, shown, filled)))
                } else {
                    nothing().remove(0)
                };
                if !allowed.contains(&outcome) {
                    allowed.push(outcome);
                }
            }
        }
        allowed
    }

    /// C-4, decision 3: only a consent widens, and of connections only the one that it makes.
    fn connect(&mut self, question: usize, connection: usize, shown: Asked, filled: Filled) {
        let asked = self.questions.get_mut(&question).unwrap();
        asked.answered = Some((connection, filled));
        let (shopper, agent, requested) = (asked.shopper, asked.agent, asked.requested);
        let (now, given) = (self.now, filled.ticks);
        let is_it = |grant: &Grant| grant.is_live && grant.shopper == shopper && grant.agent == agent;
        let there = self.grants.iter().find(|(_, grant)| is_it(grant)).map(|(number, _)| *number);
        let kept = given.without(Scopes::OFFLINE);
        let number = there.unwrap_or(connection);
        let grant = self.grants.entry(number).or_insert(Grant::new(shopper, agent));
        // The page says that every payment is approved by hand: from now on it is so.
        grant.rule = None;
        grant.scopes = shown.stays.without(Scopes::OFFLINE).with(kept);
        let fresh = given.both(shown.boxes);
        let ends_stays = shown.is_anew && requested.without(given).has(Scopes::OFFLINE);
        let stays = if ends_stays { shown.stays } else { shown.stays.with(Scopes::OFFLINE) };
        grant.worded = grant.worded.both(stays).with(fresh);
        grant.reworded = grant.reworded.both(stays).without(fresh);
        if given.has(Scopes::CHECKOUT) {
            grant.limit = filled.limit;
        }
        let scopes = grant.scopes;
        if shown.is_anew {
            self.keep(number, (scopes, ends_stays));
        }
        let is_refreshable = !requested.has(Scopes::OFFLINE) || given.has(Scopes::OFFLINE);
        // S1-93: fifteen minutes, or as long as the shopper chose within what the merchant allows.
        let window = if filled.is_long { 30 * DAY } else { 15 * MINUTE };
        let row = Connection {
            grant: number,
            scopes: given,
            generation: 0,
            superseded: Vec::new(),
            connected_at: now,
            code_until: now + MINUTE,
            elevated_until: if given.has(Scopes::CHECKOUT) { now + window } else { now },
            until: if is_refreshable { now + 90 * DAY } else { now + MINUTE + HOUR },
            last_used: now,
            is_refreshable,
            is_ended: false,
        };
        self.connections.insert(connection, row);
    }

    /// spec/pages.md 5.2: what was asked about anew and not given again ends for what is connected already, at once. So does
    /// staying: what it has goes on for its time, and is not renewed.
    fn keep(&mut self, grant: usize, (scopes, ends_stays): (Scopes, bool)) {
        let now = self.now;
        for row in self.connections.values_mut().filter(|row| row.grant == grant) {
            row.scopes = row.scopes.both(if ends_stays { scopes } else { scopes.with(Scopes::OFFLINE) });
            if ends_stays {
                (row.is_refreshable, row.until) = (false, row.until.min(now + HOUR));
            }
        }
    }

    /// Decision 3: a token lives as long as its shortest scope, and none with checkout outlives the elevation window. With
    /// less than a minute left of it, checkout is left out.
    fn mint(&self, connection: usize, scopes: Scopes) -> Option<(Said, Tokens)> {
        let row = &self.connections[&connection];
        let elevated = row.elevated_until - self.now;
        let scopes = if elevated < MINUTE { scopes.without(Scopes::CHECKOUT) } else { scopes };
        if scopes.without(Scopes::OFFLINE).is_none() {
            return None;
        }
        let has_checkout = scopes.has(Scopes::CHECKOUT);
        let longest = if has_checkout { (15 * MINUTE).min(elevated) } else { HOUR };
        let seconds = longest.min(row.until - self.now);
        let limit = if has_checkout { self.grants[&row.grant].limit } else { Limit::default() };
        let said = Said::Tokens { connection, scopes, seconds, is_refreshable: row.is_refreshable, limit };
        let tokens = Tokens {
            connection,
            generation: row.generation,
            scopes: scopes.without(Scopes::OFFLINE),
            until: self.now + seconds,
            is_revoked: false,
            has_refresh: row.is_refreshable,
        };
        Some((said, tokens))
    }

    /// A5, RFC 7636, decision 1: once, within a minute, by its own client with the right verifier. The same again ends what
    /// came of it; without the verifier it is merely refused.
    pub fn redeem(&self, connection: usize, agent: usize, is_right: bool, tokens: usize) -> Allowed {
        let invalid = |world: World| vec![(Said::refused("invalid_grant"), world)];
        let row = &self.connections[&connection];
        if agent != self.grant_of(connection).agent || !is_right {
            return invalid(self.clone());
        }
        if row.generation > 0 {
            return invalid(self.after(|world| world.connection(connection).is_ended = true));
        }
        if self.now >= row.code_until || self.is_revoked(connection) || self.is_off(connection) {
            return invalid(self.clone());
        }
        let next = self.after(|world| {
            let now = world.now;
            let row = world.connection(connection);
            (row.generation, row.last_used) = (1, now);
        });
        match next.mint(connection, row.scopes) {
            Some((said, made)) => vec![(
                said,
                next.after(|world| {
                    world.tokens.insert(tokens, made);
                }),
            )],
            None => invalid(next),
        }
    }

    /// RFC 6749 §6, decision 1. Only the current generation rotates; a superseded one is answered with the current under
    /// grace, and ends its connection, and no other, after it.
    pub fn refresh(&self, presented: usize, agent: usize, narrowed: Option<Scopes>, tokens: usize) -> Allowed {
        let Tokens { connection, generation, .. } = self.tokens[&presented];
        let row = &self.connections[&connection];
        let invalid = || (Said::refused("invalid_grant"), self.clone());
        let dead = row.until <= self.now || agent != self.grant_of(connection).agent;
        if dead || self.is_revoked(connection) || self.is_off(connection) {
            return vec![invalid()];
        }
        let end = || (Said::refused("invalid_grant"), self.after(|world| world.connection(connection).is_ended = true));
        let go_on = |is_rotation| self.go_on(connection, (is_rotation, narrowed), tokens);
        if generation == row.generation && !row.is_refreshable {
            return vec![invalid()];
        }
        if generation == row.generation {
            return match (self.is_over(connection), self.is_superseded(connection)) {
                (false, _) => vec![go_on(true)],
                // Whether the sweeper has written it down decides.
                (true, true) if self.now - row.last_used < 30 * DAY => vec![go_on(true), end()],
                _ => vec![invalid()],
            };
        }
        if self.is_over(connection) {
            // Dead either way; nothing demands that it is written down.
            return vec![invalid(), end()];
        }
        // Generation 1 is superseded first.
        let age = self.now - row.superseded[generation - 1];
        match age {
            // A client that proves itself needs no grace.
            _ if !is_public(agent) => vec![end()],
            _ if age <= GRACE => vec![if row.is_refreshable { go_on(false) } else { invalid() }],
            _ if age <= 2 * GRACE => vec![if row.is_refreshable { go_on(false) } else { invalid() }, end()],
            _ => vec![end()],
        }
    }

    /// Decision 3, A55: a refresh narrows, and never widens. One that is refused leaves the row where it was.
    fn go_on(
        &self,
        connection: usize,
        (is_rotation, narrowed): (bool, Option<Scopes>),
        tokens: usize,
    ) -> (Said, World) {
        let row = &self.connections[&connection];
        if self.mint(connection, row.scopes).is_none() {
            return (Said::refused("invalid_grant"), self.clone());
        }
        let wanted = narrowed.unwrap_or(row.scopes).with(Scopes::OFFLINE);
        if !row.scopes.with(Scopes::OFFLINE).has(wanted) {
            return (Said::refused("invalid_scope"), self.clone());
        }
        let next = self.after(|world| {
            let now = world.now;
            let row = world.connection(connection);
            row.last_used = now;
            if is_rotation {
                row.generation += 1;
                row.superseded.push(now);
            }
        });
        match next.mint(connection, row.scopes.both(wanted)) {
            Some((said, made)) => (
                said,
                next.after(|world| {
                    world.tokens.insert(tokens, made);
                }),
            ),
            None => (Said::refused("invalid_grant"), self.clone()),
        }
    }

    /// RFC 7662, decision 4: what a token may do now, after every end, pause and narrowing since it was minted.
    pub fn introspect(&self, token: usize, is_home: bool) -> Said {
        let token = &self.tokens[&token];
        let is_dead = token.until <= self.now || token.is_revoked;
        if !is_home || is_dead || self.is_revoked(token.connection) || self.is_off(token.connection) {
            return Said::Inactive;
        }
        let row = &self.connections[&token.connection];
        let scopes = token.scopes.both(row.scopes);
        let limit = if scopes.has(Scopes::CHECKOUT) { self.grants[&row.grant].limit } else { Limit::default() };
        Said::Active { scopes, is_paused: self.is_held(token.connection), limit }
    }

    /// RFC 7009 §2.1: of whatever generation, but only for the client that it belongs to; and always answered alike.
    pub fn revoke_refresh(&self, token: usize, agent: usize) -> Allowed {
        let connection = self.tokens[&token].connection;
        let is_own = self.grant_of(connection).agent == agent;
        let next = self.after(|world| world.connection(connection).is_ended |= is_own);
        vec![(Said::Done, next)]
    }

    pub fn revoke_access(&self, token: usize, agent: usize) -> Allowed {
        let is_own = self.grant_of(self.tokens[&token].connection).agent == agent;
        vec![(Said::Done, self.after(|world| world.tokens.get_mut(&token).unwrap().is_revoked |= is_own))]
    }

    /// What the shopper does on the card of a grant: done while it is live, and not at all afterwards.
    fn on_card(&self, connection: usize, change: impl FnOnce(&mut Grant)) -> Allowed {
        if self.grant_of(connection).is_live {
            return vec![(Said::Done, self.after(|world| change(world.grant(connection))))];
        }
        vec![(Said::NotDone, self.clone()), (Said::NoForm, self.clone())]
    }

    pub fn pause(&self, connection: usize, is_on: bool) -> Allowed {
        self.on_card(connection, |grant| grant.is_paused = is_on)
    }

    pub fn disconnect(&self, connection: usize) -> Allowed {
        if !self.grant_of(connection).is_live {
            return vec![(Said::Done, self.clone()), (Said::NoForm, self.clone())];
        }
        self.on_card(connection, |grant| (grant.is_live, grant.is_paused) = (false, false))
    }

    /// Decision 3: the shopper's change only takes away, at once and for every connection.
    pub fn narrow(&self, connection: usize, left: Scopes, limit: Limit) -> Allowed {
        let grant = self.grant_of(connection);
        let has_limits = grant.scopes.has(Scopes::CHECKOUT) || grant.limit != Limit::default();
        let typed = if has_limits { limit } else { Limit::default() };
        let is_above =
            |typed: Option<i64>, held: Option<i64>| typed.zip(held).is_some_and(|(typed, held)| typed > held);
        let is_more = is_above(typed.order, grant.limit.order) || is_above(typed.month, grant.limit.month);
        let left = left.with(Scopes::PRODUCTS);
        if grant.is_live && (is_more || grant.scopes.both(left).is_none()) {
            return vec![(Said::NotDone, self.clone())];
        }
        let mut allowed = self.on_card(connection, |grant| {
            grant.scopes = grant.scopes.both(left);
            grant.limit = Limit { order: typed.order.or(grant.limit.order), month: typed.month.or(grant.limit.month) };
            // Checkout that comes back by a new consent comes back without it.
            grant.rule = grant.rule.filter(|_| grant.scopes.has(Scopes::CHECKOUT));
        });
        let number = self.connections[&connection].grant;
        if grant.is_live {
            for row in allowed[0].1.connections.values_mut().filter(|row| row.grant == number) {
                row.scopes = row.scopes.both(left.with(Scopes::OFFLINE));
            }
        }
        allowed
    }

    /// Decision 4: holding ends nothing, and is undone by letting go.
    pub fn hold(&self, whom: Whom, is_on: bool) -> Allowed {
        let next = self.after(|world| {
            world.held.retain(|held| *held != whom);
            world.held.extend(is_on.then_some(whom));
        });
        vec![(Said::Done, next)]
    }

    pub fn switch(&self, environment: usize, is_on: bool) -> Allowed {
        vec![(Said::Done, self.after(|world| world.is_off[environment] = !is_on))]
    }

    pub fn reword(&self, scopes: Scopes) -> Allowed {
        let next = self.after(|world| {
            for grant in world.grants.values_mut() {
                grant.reworded = grant.reworded.with(scopes.both(grant.worded));
            }
        });
        vec![(Said::Done, next)]
    }

    /// Decision 4: what is live now ends, and nothing that is connected later.
    pub fn end(&self, whom: Whom) -> Allowed {
        let next = self.after(|world| match whom {
            Whom::Connection(connection) => world.connection(connection).is_ended = true,
            Whom::Grant(connection) => world.grant(connection).is_live = false,
            Whom::Everyone(_) | Whom::Agent(_) | Whom::Shopper(_) => world.ends.push((whom, world.now)),
        });
        vec![(Said::Done, next)]
    }
}

impl Question {
    /// What Allow gives with these ticks, never more than was asked for; `None` when that would be nothing.
    pub fn given(&self, ticks: Scopes) -> Option<Scopes> {
        let kept = if self.is_step_up { self.requested.without(self.boxes) } else { Scopes::NONE };
        // Without seeing products there is nothing an agent could do.
        let required = if self.is_step_up { Scopes::NONE } else { Scopes::PRODUCTS };
        // Where the step is one, to allow is to take it.
        let steps = self.boxes.without(Scopes::BROWSE).without(Scopes::OFFLINE);
        let single = if self.is_step_up && steps.count() == 1 { steps } else { Scopes::NONE };
        let given = self.boxes.both(ticks.with(required)).with(single).with(kept);
        (!given.without(Scopes::OFFLINE).is_none()).then_some(given)
    }
}
