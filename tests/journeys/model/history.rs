//! Plays a history on the real system and keeps every world that explains what it has answered so far. Where an answer was
//! lost, or two requests ran at once, there can be several; when there is none left, the system has said what it must not.

use std::time::Duration;

use super::dice::Dice;
use super::op::{Filled, Limit, Op, Order, Said, Scopes, Whom, Word};
use super::rules::Rule;
use super::step::{Act, How, Step};
use super::system::{Ready, System};
use super::world::{AGENTS, DAY, SHOPPERS, World, environment_of_agent, environment_of_shopper};
use crate::support::Answer;

pub struct History<'a> {
    pub system: &'a mut System,
    worlds: Vec<World>,
    /// What was done and said, to be shown when it was wrong.
    log: Vec<String>,
    pub questions: usize,
    tokens: usize,
    pub purchases: usize,
    rules: usize,
    has_held: bool,
}

/// Another of the same environment, where there is one.
const fn another(shopper: usize) -> usize {
    [1, 0, 2][shopper]
}

impl<'a> History<'a> {
    pub async fn begin(system: &'a mut System, start: i64, allows_long: bool) -> Self {
        use chrono::{DateTime, Datelike as _, Months};
        // From the first of the next month on, so that a history plays alike wherever it stands in a run.
        let now = DateTime::from_timestamp(system.machine.now(), 0).unwrap();
        let first = now.with_day(1).unwrap().date_naive();
        let of_month = |months| first.checked_add_months(Months::new(months)).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let from = of_month(if start < 0 { 2 } else { 1 }).and_utc().timestamp() + start;
        system.machine.advance(from - system.machine.now());
        system.begin().await;
        for environment in 0..2 {
            // Off until a merchant decides.
            let said = system.perform(&Op::LetRules { environment, is_on: true }).await;
            assert_eq!(said, Said::Done);
        }
        let worlds = vec![World::new(system.machine.now(), allows_long)];
        Self { system, worlds, log: Vec::new(), questions: 0, tokens: 0, purchases: 0, rules: 0, has_held: false }
    }

    /// # Errors
    /// What was done and said, and what the model allows.
    pub async fn play(&mut self, steps: &[Step]) -> Result<(), String> {
        let mut steps = steps.iter();
        while let Some(step) = steps.next() {
            self.pass(step.wait);
            let mut dice = Dice(step.number);
            match step.act {
                Act::Audit => self.audit().await?,
                Act::Trust => self.trust(&mut dice).await?,
                Act::Reword => self.reword(&mut dice).await?,
                Act::Connect | Act::Buy => {
                    let parts = if step.act == Act::Connect {
                        [Act::Ask, Act::Allow, Act::Redeem]
                    } else {
                        [Act::Register, Act::Answer, Act::Consume]
                    };
                    for part in parts {
                        let op = self.choose(part, &mut dice, true);
                        if !self.take(op, How::Heard, &mut dice).await? {
                            break;
                        }
                    }
                }
                act if step.how == How::Beside => {
                    let one = self.choose(act, &mut dice, false);
                    let Some(next) = steps.next() else { break };
                    let mut other_dice = Dice(next.number);
                    let other = self.choose(next.act, &mut other_dice, false);
                    self.take_both(one, other, &mut dice).await?;
                }
                act => {
                    let op = self.choose(act, &mut dice, false);
                    self.take(op, step.how, &mut dice).await?;
                }
            }
        }
        self.audit().await?;
        self.try_all_that_is_left().await?;
        self.audit().await?;
        self.try_all_rules().await?;
        self.refresh_all().await
    }

    /// What history must not weigh on the next.
    pub async fn end(&mut self) {
        if !self.has_held {
            return;
        }
        for environment in 0..2 {
            self.system.perform(&Op::Hold { whom: Whom::Everyone(environment), is_on: false }).await;
            self.system.perform(&Op::Switch { environment, is_on: true }).await;
        }
    }

    pub fn pass(&mut self, seconds: i64) {
        if seconds > 0 {
            self.system.machine.advance(seconds);
            self.log.push(format!("{seconds} s"));
        }
        for world in &mut self.worlds {
            world.now += seconds;
        }
    }

    /// One of those that explain it all: to choose by, never to judge by.
    pub fn world(&self) -> &World {
        &self.worlds[0]
    }

    /// Every token and every purchase that is known.
    async fn audit(&mut self) -> Result<(), String> {
        let now = self.system.machine.now();
        let live = self.system.tokens.iter().filter(|(_, known)| known.until > now - 60).map(|(token, _)| *token);
        let tokens: Vec<usize> = live.collect();
        for token in tokens.into_iter().rev().take(8) {
            self.hear(Op::Introspect { token, is_home: true }).await?;
        }
        for purchase in self.known_purchases().into_iter().rev().take(10) {
            self.hear(Op::Look { purchase, is_home: true }).await?;
        }
        Ok(())
    }

    /// Wherever a history has led, somebody now tries to buy what can be bought: with too much for the ceilings, as somebody
    /// else, and with another document or checkout than was approved.
    async fn try_all_that_is_left(&mut self) -> Result<(), String> {
        let mut dice = Dice(0);
        for token in self.buying().into_iter().take(4) {
            for cents in [9_000, 4_000, 1_000] {
                let op = self.order(token, Order { cart: self.purchases, cents, place: 0 });
                if self.take(Some(op), How::Heard, &mut dice).await? {
                    self.try_to_buy(self.purchases, &mut dice).await?;
                }
            }
        }
        for purchase in self.known_purchases().into_iter().rev().take(6) {
            self.try_to_buy(purchase, &mut dice).await?;
        }
        Ok(())
    }

    async fn try_to_buy(&mut self, purchase: usize, dice: &mut Dice) -> Result<(), String> {
        let own = self.shopper_of(purchase);
        let answer = |shopper| Op::Answer { purchase, shopper, word: Word::Yes };
        let consume = |is_same_document, is_same_checkout| Op::Consume { purchase, is_same_document, is_same_checkout };
        let tries =
            [answer(another(own)), answer(own), consume(false, true), consume(true, false), consume(true, true)];
        for op in tries {
            self.take(Some(op), How::Heard, dice).await?;
        }
        Ok(())
    }

    /// The newest token of each connection that has had one with which to buy, the latest first.
    pub fn buying(&self) -> Vec<usize> {
        let mut found = std::collections::BTreeMap::new();
        for (token, known) in self.system.tokens.iter().filter(|(_, known)| known.scopes.has(Scopes::CHECKOUT)) {
            found.insert(known.connection, *token);
        }
        let mut tokens: Vec<usize> = found.into_values().collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(*token));
        tokens
    }

    pub fn order(&mut self, token: usize, order: Order) -> Op {
        self.purchases += 1;
        Op::Register { token, purchase: self.purchases, order }
    }

    pub fn rule(&mut self, connection: usize, most: i64, is_ticked: bool) -> Op {
        self.rules += 1;
        Op::SetRule { connection, rule: Rule { number: self.rules, most }, is_ticked }
    }

    /// With the newest token of each connection.
    async fn refresh_all(&mut self) -> Result<(), String> {
        let newest: std::collections::BTreeMap<usize, usize> =
            self.refreshable().iter().map(|token| (self.system.tokens[token].connection, *token)).collect();
        for (connection, presented) in newest {
            let tokens = self.new_tokens();
            let agent = self.system.questions[&connection].agent;
            self.hear(Op::Refresh { presented, agent, narrowed: None, tokens }).await?;
        }
        Ok(())
    }

    pub fn new_tokens(&mut self) -> usize {
        self.tokens += 1;
        self.tokens
    }

    fn refreshable(&self) -> Vec<usize> {
        self.system.tokens.iter().filter(|(_, known)| known.refresh.is_some()).map(|(token, _)| *token).collect()
    }

    /// Those whose document the server still keeps, sold or not (thirty days).
    fn known_purchases(&self) -> Vec<usize> {
        let kept = self.system.machine.now() - 29 * DAY;
        self.system.purchases.iter().filter(|(_, asked)| asked.made_at > kept).map(|(purchase, _)| *purchase).collect()
    }

    /// Connections that their agent has a token of.
    pub fn connected(&self) -> Vec<usize> {
        self.system.grants.keys().copied().collect()
    }

    /// Mostly of the right one.
    fn agent(&self, dice: &mut Dice, connection: usize) -> usize {
        let own = self.system.questions[&connection].agent;
        let others: Vec<usize> = (0..AGENTS)
            .filter(|other| environment_of_agent(*other) == environment_of_agent(own) && *other != own)
            .collect();
        if dice.one_in(15) { dice.of(&others).unwrap_or(own) } else { own }
    }

    /// `None` where there is nothing to do it with. `is_whole`: a part of one movement, where everything is as it should be.
    #[expect(clippy::too_many_lines, reason = "an arm for each thing that is done")]
    fn choose(&mut self, act: Act, dice: &mut Dice, is_whole: bool) -> Option<Op> {
        Some(match act {
            Act::Ask => {
                let shopper = [0, 0, 0, 0, 1, 2][dice.below(2 * SHOPPERS)];
                // Few pairs, so that their histories meet.
                let agent = if environment_of_shopper(shopper) == 1 { AGENTS - 1 } else { dice.below(AGENTS - 1) };
                self.questions += 1;
                let scopes = if is_whole && !dice.one_in(4) { Scopes::of_bits(0b10_1111) } else { dice.scopes() };
                Op::Ask { question: self.questions, shopper, agent, scopes }
            }
            Act::Allow => {
                let known: Vec<usize> = self.system.questions.keys().copied().collect();
                let question = if is_whole { *known.last()? } else { dice.of(&known)? };
                let shown = &self.system.questions[&question];
                let all = is_whole || !dice.one_in(3);
                let ticks = if all { shown.boxes } else { shown.boxes.both(dice.scopes()) };
                let limit = if dice.one_in(3) { Limit::default() } else { dice.limit() };
                Op::Allow { question, connection: question, filled: Filled { ticks, limit, is_long: dice.one_in(3) } }
            }
            Act::Redeem => {
                let known: Vec<usize> = self.system.codes.keys().copied().collect();
                let connection = if is_whole { *known.last()? } else { dice.of(&known)? };
                let is_right = is_whole || !dice.one_in(4);
                let agent =
                    if is_whole { self.system.questions[&connection].agent } else { self.agent(dice, connection) };
                Op::Redeem { connection, agent, is_right, tokens: self.new_tokens() }
            }
            Act::Refresh => {
                let presented = dice.of(&self.refreshable())?;
                let agent = self.agent(dice, self.system.tokens[&presented].connection);
                let narrowed = dice.one_in(6).then(|| dice.scopes());
                Op::Refresh { presented, agent, narrowed, tokens: self.new_tokens() }
            }
            Act::Introspect => {
                let known: Vec<usize> = self.system.tokens.keys().copied().collect();
                Op::Introspect { token: dice.of(&known)?, is_home: !dice.one_in(10) }
            }
            Act::Revoke if dice.one_in(2) => {
                let token = dice.of(&self.refreshable())?;
                Op::RevokeRefresh { token, agent: self.agent(dice, self.system.tokens[&token].connection) }
            }
            Act::Revoke => {
                let known: Vec<usize> = self.system.tokens.keys().copied().collect();
                let token = dice.of(&known)?;
                Op::RevokeAccess { token, agent: self.agent(dice, self.system.tokens[&token].connection) }
            }
            _ if is_whole && act == Act::Answer => {
                let purchase = *self.known_purchases().last()?;
                Op::Answer { purchase, shopper: self.shopper_of(purchase), word: Word::Yes }
            }
            Act::Pause => Op::Pause { connection: dice.of(&self.connected())?, is_on: !dice.one_in(3) },
            Act::Narrow => {
                let (left, limit) = (Scopes::of_bits(0b11_1111).without(dice.narrowing()), dice.limit());
                Op::Narrow { connection: dice.of(&self.connected())?, left, limit }
            }
            Act::Disconnect => Op::Disconnect { connection: dice.of(&self.connected())? },
            Act::LetAsk => Op::LetAsk { connection: dice.of(&self.connected())? },
            Act::SetRule => {
                let connection = dice.of(&self.connected())?;
                self.rule(connection, dice.cents(), !dice.one_in(8))
            }
            Act::EndRule => Op::EndRule { connection: dice.of(&self.connected())? },
            Act::LetRules => Op::LetRules { environment: usize::from(dice.one_in(4)), is_on: dice.one_in(2) },
            Act::Hold => {
                let agent = dice.below(AGENTS);
                let everyone = Whom::Everyone(environment_of_agent(agent));
                Op::Hold { whom: if dice.one_in(2) { everyone } else { Whom::Agent(agent) }, is_on: dice.one_in(2) }
            }
            Act::Switch => Op::Switch { environment: dice.below(2), is_on: !dice.one_in(3) },
            Act::End => Op::End { whom: self.whom(dice)? },
            Act::Register => {
                // The store's server looks at the token first; what it has looked at may be over meanwhile.
                let now = self.system.machine.now() - if dice.one_in(6) { 31 * DAY } else { 0 };
                let may = self.system.tokens.iter().filter(|(_, known)| known.until > now);
                let may: Vec<usize> =
                    may.filter(|(_, known)| known.scopes.has(Scopes::CHECKOUT)).map(|(token, _)| *token).collect();
                let token = dice.of(&may)?;
                self.order(token, dice.order())
            }
            Act::RegisterAgain => {
                Op::RegisterAgain { purchase: dice.of(&self.known_purchases())?, is_same: dice.one_in(2) }
            }
            Act::Answer => {
                let purchase = dice.of(&self.known_purchases())?;
                let own = self.shopper_of(purchase);
                let shopper = if dice.one_in(12) { another(own) } else { own };
                let word = [Word::Yes, Word::Yes, Word::Yes, Word::No, Word::No, Word::MoreTime][dice.below(6)];
                Op::Answer { purchase, shopper, word }
            }
            Act::Look => Op::Look { purchase: dice.of(&self.known_purchases())?, is_home: !dice.one_in(10) },
            Act::Consume => {
                let known = self.known_purchases();
                let purchase = if is_whole { *known.last()? } else { dice.of(&known)? };
                Op::Consume {
                    purchase,
                    is_same_document: !dice.one_in(6),
                    is_same_checkout: is_whole || !dice.one_in(8),
                }
            }
            Act::Settle => {
                let order = (!dice.one_in(3)).then(|| u8::try_from(dice.below(2)).unwrap());
                Op::Settle { purchase: dice.of(&self.known_purchases())?, order }
            }
            Act::Reword => Op::Reword { scopes: dice.scopes() },
            Act::Sweep => Op::Sweep,
            Act::Restart => Op::Restart,
            Act::Connect => return self.choose(Act::Ask, dice, false),
            Act::Buy | Act::Trust => return self.choose(Act::Register, dice, false),
            Act::Audit => return self.choose(Act::Look, dice, false),
        })
    }

    pub fn shopper_of(&self, purchase: usize) -> usize {
        let connection = self.system.tokens[&self.system.purchases[&purchase].token].connection;
        self.system.questions[&connection].shopper
    }

    fn whom(&self, dice: &mut Dice) -> Option<Whom> {
        let connection = dice.of(&self.connected())?;
        let shown = &self.system.questions[&connection];
        Some(match dice.below(8) {
            0..3 => Whom::Connection(connection),
            3 | 4 => Whom::Grant(connection),
            5 => Whom::Agent(shown.agent),
            6 => Whom::Shopper(shown.shopper),
            _ => Whom::Everyone(environment_of_agent(shown.agent)),
        })
    }

    /// Whose browser does it.
    fn shopper(&self, op: &Op) -> Option<usize> {
        match *op {
            Op::Ask { shopper, .. } | Op::Answer { shopper, .. } => Some(shopper),
            Op::Show { question } | Op::Allow { question, .. } => Some(self.system.questions[&question].shopper),
            Op::Pause { connection, .. }
            | Op::Narrow { connection, .. }
            | Op::Disconnect { connection }
            | Op::SetRule { connection, .. }
            | Op::EndRule { connection }
            | Op::LetAsk { connection } => Some(self.system.questions[&connection].shopper),
            _ => None,
        }
    }

    /// Signs in where that is due, and looks at the question again where its page is from before.
    async fn get_ready(&mut self, op: &Op) -> Result<bool, String> {
        if let Some(shopper) = self.shopper(op) {
            self.system.sign_in(shopper).await;
        }
        self.has_held |= matches!(op, Op::Hold { .. } | Op::Switch { .. });
        match *op {
            // A second apart, so that it is clear which of a grant's purchases is the oldest.
            Op::Register { .. } => self.pass(1),
            Op::Allow { question, .. } if !self.system.is_of_this_session(question) => {
                return Ok(self.hear(Op::Show { question }).await? != Said::Nothing);
            }
            _ => {}
        }
        Ok(true)
    }

    /// False when it could not be done or was refused.
    pub async fn take(&mut self, op: Option<Op>, how: How, dice: &mut Dice) -> Result<bool, String> {
        let Some(op) = op else { return Ok(false) };
        if !self.get_ready(&op).await? {
            return Ok(false);
        }
        let request = match self.system.prepare(&op).await {
            Ready::Said(said) => {
                self.judge(&op, Some(&said))?;
                return Ok(!matches!(said, Said::Nothing));
            }
            Ready::Send(request) => request,
        };
        match how {
            How::Heard | How::Beside => {
                let answer = Answer::of(request.send().await.unwrap()).await;
                let said = self.system.read(&op, &answer);
                self.judge(&op, Some(&said))?;
                Ok(!matches!(said, Said::Nothing | Said::Refused(_)))
            }
            How::Lost => {
                Answer::of(request.send().await.unwrap()).await;
                self.judge(&op, None)?;
                Ok(false)
            }
            How::Torn => {
                let patience = Duration::from_micros(dice.below(4_000).try_into().unwrap());
                drop(tokio::time::timeout(patience, request.send()).await);
                self.system.restart().await;
                let before = self.worlds.clone();
                self.judge(&op, None)?;
                self.log.push("... or not; and the server was started again".to_owned());
                self.worlds.extend(before);
                self.tidy();
                Ok(false)
            }
        }
    }

    /// Two requests at once: what they answer is explained by one order of the two.
    async fn take_both(&mut self, one: Option<Op>, other: Option<Op>, dice: &mut Dice) -> Result<(), String> {
        // What is no request, or several.
        let is_alone = |op: &Op| {
            let whom = if let Op::End { whom } = op { Some(whom) } else { None };
            matches!(op, Op::Ask { .. } | Op::Show { .. } | Op::Reword { .. } | Op::Sweep | Op::Restart)
                || matches!(whom, Some(Whom::Grant(_) | Whom::Everyone(_)))
        };
        let (Some(one), Some(other)) = (one, other) else {
            self.take(one.or(other), How::Heard, dice).await?;
            return Ok(());
        };
        let are_registrations = matches!((&one, &other), (Op::Register { .. }, Op::Register { .. }));
        if is_alone(&one) || is_alone(&other) || are_registrations {
            self.take(Some(one), How::Heard, dice).await?;
            self.take(Some(other), How::Heard, dice).await?;
            return Ok(());
        }
        if !self.get_ready(&one).await? || !self.get_ready(&other).await? {
            return Ok(());
        }
        let (first, second) = (self.system.prepare(&one).await, self.system.prepare(&other).await);
        let (first, second) = match (first, second) {
            (Ready::Send(first), Ready::Send(second)) => (first, second),
            (first, second) => {
                self.finish(&one, first).await?;
                return self.finish(&other, second).await;
            }
        };
        let (first, second) = tokio::join!(first.send(), second.send());
        let (first, second) = (Answer::of(first.unwrap()).await, Answer::of(second.unwrap()).await);
        let (first, second) = (self.system.read(&one, &first), self.system.read(&other, &second));
        self.log.push(format!("at once: {one:?} -> {first:?}, {other:?} -> {second:?}"));
        let before = std::mem::take(&mut self.worlds);
        for (this, that) in [((&one, &first), (&other, &second)), ((&other, &second), (&one, &first))] {
            let between: Vec<World> = before.iter().flat_map(|world| after(world, this.0, Some(this.1))).collect();
            self.worlds.extend(between.iter().flat_map(|world| after(world, that.0, Some(that.1))));
        }
        self.tidy();
        if self.worlds.is_empty() {
            let allowed: Vec<_> =
                before.iter().flat_map(|world| [world.allowed(&one), world.allowed(&other)]).collect();
            let said: Vec<_> = allowed.iter().map(|all| all.iter().map(|(said, _)| said).collect::<Vec<_>>()).collect();
            return Err(self.report(&format!("In no order. By themselves they may say {said:?}."), &before));
        }
        Ok(())
    }

    async fn finish(&mut self, op: &Op, ready: Ready) -> Result<(), String> {
        let said = match ready {
            Ready::Said(said) => said,
            Ready::Send(request) => {
                let answer = Answer::of(request.send().await.unwrap()).await;
                self.system.read(op, &answer)
            }
        };
        self.judge(op, Some(&said))
    }

    pub async fn hear(&mut self, op: Op) -> Result<Said, String> {
        let said = self.system.perform(&op).await;
        self.judge(&op, Some(&said))?;
        Ok(said)
    }

    /// Keeps the worlds that explain it.
    fn judge(&mut self, op: &Op, said: Option<&Said>) -> Result<(), String> {
        match said {
            Some(said) => self.log.push(format!("{op:?} -> {said:?}")),
            None => self.log.push(format!("{op:?} -> (lost)")),
        }
        let before = std::mem::take(&mut self.worlds);
        self.worlds = before.iter().flat_map(|world| after(world, op, said)).collect();
        self.tidy();
        if self.worlds.is_empty() {
            let allowed: Vec<_> = before.iter().flat_map(|world| world.allowed(op)).map(|(said, _)| said).collect();
            return Err(self.report(&format!("The model allows {allowed:?}."), &before));
        }
        Ok(())
    }

    fn tidy(&mut self) {
        let mut kept: Vec<World> = Vec::new();
        for world in std::mem::take(&mut self.worlds) {
            if !kept.contains(&world) {
                kept.push(world);
            }
        }
        assert!(kept.len() <= 256, "the model has lost track");
        self.worlds = kept;
    }

    fn report(&self, what: &str, before: &[World]) -> String {
        let world = before.first().map(|world| format!("{world:#?}")).unwrap_or_default();
        format!(
            "{what}\nWhat happened:\n  {}\nWhat was so before (of {}):\n{world}",
            self.log.join("\n  "),
            before.len()
        )
    }
}

fn after<'a>(world: &World, op: &Op, said: Option<&'a Said>) -> impl Iterator<Item = World> + use<'a> {
    let allowed = world.allowed(op).into_iter();
    allowed.filter(move |(allowed, _)| said.is_none_or(|said| said == allowed)).map(|(_, world)| world)
}
