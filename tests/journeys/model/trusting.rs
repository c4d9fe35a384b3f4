//! Movements about rules. By single steps a rule would rarely stand where it matters: it takes a ceiling for the month, an address
//! that was approved by hand, and fewer than five mails in the hour before.

use super::dice::Dice;
use super::history::History;
use super::op::{Filled, Limit, Op, Order, Scopes, Whom, Word};
use super::rules::PLACES;
use super::step::How;
use super::world::HOUR;

/// High enough for several orders, where the shopper has no lower one.
const BY_MONTH: Limit = Limit { order: None, month: Some(60_000) };

const ALL: Scopes = Scopes::of_bits(0b11_1111);

impl History<'_> {
    /// By hand once, then a rule; then something happens that ends it or does not, and then there are orders within it and beyond.
    pub async fn trust(&mut self, dice: &mut Dice) -> Result<(), String> {
        let mut tokens = self.buying();
        tokens.reverse();
        let Some(token) = dice.of(&tokens) else { return Ok(()) };
        if !dice.one_in(3) {
            // Mails of before count no longer.
            self.pass(HOUR);
        }
        let (place, most) = (dice.below(2), dice.cents());
        let Some(token) = self.begin_to_trust(token, (place, most), dice).await? else { return Ok(()) };
        if !dice.one_in(3) {
            self.disturb(token, dice).await?;
        }
        for cents in [most.min(dice.cents()), dice.cents()] {
            let order = Order { place: if dice.one_in(4) { dice.below(PLACES) } else { place }, cents, ..dice.order() };
            // The same address with another agent, or another shopper.
            let token = if dice.one_in(6) { dice.of(&tokens).unwrap_or(token) } else { token };
            let Some(purchase) = self.begin_checkout(token, order, dice).await? else { continue };
            if dice.one_in(3) {
                // Taken back before the store has used it.
                self.disturb(token, dice).await?;
                self.take(Some(Op::RegisterAgain { purchase, is_same: true }), How::Heard, dice).await?;
            }
            self.buy(purchase, dice).await?;
        }
        Ok(())
    }

    /// An address that is approved by hand, and a rule up to this amount; over the last connection, or a new one of the same two.
    async fn begin_to_trust(
        &mut self,
        token: usize,
        (place, most): (usize, i64),
        dice: &mut Dice,
    ) -> Result<Option<usize>, String> {
        let by_hand = Order { place, cents: 500, ..dice.order() };
        self.make_ready(token, dice).await?;
        let mut begun = (token, self.begin_checkout(token, by_hand, dice).await?);
        if begun.1.is_none() {
            let Some(newer) = self.connect_again(token, dice).await? else { return Ok(None) };
            self.make_ready(newer, dice).await?;
            begun = (newer, self.begin_checkout(newer, by_hand, dice).await?);
        }
        let (token, Some(purchase)) = begun else { return Ok(None) };
        let op = Op::Answer { purchase, shopper: self.shopper_of(purchase), word: Word::Yes };
        self.take(Some(op), How::Heard, dice).await?;
        let op = self.rule(self.system.tokens[&token].connection, most, true);
        self.take(Some(op), How::Heard, dice).await?;
        Ok(Some(token))
    }

    /// Mostly: nobody holds the agent, it may ask, and there is a ceiling for the month.
    async fn make_ready(&mut self, token: usize, dice: &mut Dice) -> Result<(), String> {
        let connection = self.system.tokens[&token].connection;
        let (environment, agent) = (self.system.environment_of(connection), self.system.questions[&connection].agent);
        let (everyone, agent) = (Whom::Everyone(environment), Whom::Agent(agent));
        let (world, grant) = (self.world(), self.world().grant_of(connection));
        // Each takes a page and some a password: only what there is to undo.
        let ops = [
            (world.is_off[environment], Op::Switch { environment, is_on: true }),
            (!world.allows_rules[environment], Op::LetRules { environment, is_on: true }),
            (world.held.contains(&everyone), Op::Hold { whom: everyone, is_on: false }),
            (world.held.contains(&agent), Op::Hold { whom: agent, is_on: false }),
            (grant.is_paused, Op::Pause { connection, is_on: false }),
            (grant.is_silenced, Op::LetAsk { connection }),
            (grant.limit.month.is_none(), Op::Narrow { connection, left: ALL, limit: BY_MONTH }),
        ];
        for (_, op) in ops.into_iter().filter(|(is_due, _)| *is_due) {
            if !dice.one_in(12) {
                self.take(Some(op), How::Heard, dice).await?;
            }
        }
        Ok(())
    }

    async fn begin_checkout(&mut self, token: usize, order: Order, dice: &mut Dice) -> Result<Option<usize>, String> {
        let op = self.order(token, order);
        let is_begun = self.take(Some(op), How::Heard, dice).await?;
        Ok(is_begun.then_some(self.purchases))
    }

    async fn buy(&mut self, purchase: usize, dice: &mut Dice) -> Result<(), String> {
        let op = Op::Consume { purchase, is_same_document: true, is_same_checkout: true };
        self.take(Some(op), How::Heard, dice).await?;
        Ok(())
    }

    /// What may come between a rule and an order.
    async fn disturb(&mut self, token: usize, dice: &mut Dice) -> Result<(), String> {
        let connection = self.system.tokens[&token].connection;
        let (environment, agent) = (self.system.environment_of(connection), self.system.questions[&connection].agent);
        let rules = |is_on| Op::LetRules { environment, is_on };
        let hold = |is_on| Op::Hold { whom: Whom::Agent(agent), is_on };
        let narrowed = |left, limit| Op::Narrow { connection, left, limit };
        let mut ops = match dice.below(12) {
            0 => vec![Op::EndRule { connection }],
            1 => vec![rules(false)],
            2 => vec![rules(false), rules(true)],
            3 => vec![Op::Pause { connection, is_on: true }],
            4 => vec![hold(true)],
            5 => vec![Op::Pause { connection, is_on: true }, Op::Pause { connection, is_on: false }],
            6 => vec![narrowed(ALL.without(Scopes::CHECKOUT), Limit::default())],
            7 => vec![narrowed(ALL, Limit { order: Some(dice.cents()), month: None })],
            8 | 9 => return self.consent_again(token, dice).await.map(drop),
            _ => return self.decline_one(token, dice).await,
        };
        if dice.one_in(3) {
            // The shopper sets one again, or tries to.
            ops.push(self.rule(connection, dice.cents(), true));
        }
        for op in ops {
            self.take(Some(op), How::Heard, dice).await?;
        }
        Ok(())
    }

    /// The agent of a token asks again, and is given all that it asks for.
    async fn consent_again(&mut self, token: usize, dice: &mut Dice) -> Result<Option<usize>, String> {
        let connection = self.system.tokens[&token].connection;
        let (shopper, agent) = (self.system.questions[&connection].shopper, self.system.questions[&connection].agent);
        self.questions += 1;
        let question = self.questions;
        if !self.take(Some(Op::Ask { question, shopper, agent, scopes: ALL }), How::Heard, dice).await? {
            return Ok(None);
        }
        let ticks = self.system.questions[&question].boxes;
        let filled = Filled { ticks, limit: BY_MONTH, is_long: false };
        let op = Op::Allow { question, connection: question, filled };
        Ok(self.take(Some(op), How::Heard, dice).await?.then_some(question))
    }

    async fn connect_again(&mut self, token: usize, dice: &mut Dice) -> Result<Option<usize>, String> {
        let Some(connection) = self.consent_again(token, dice).await? else { return Ok(None) };
        let (agent, tokens) = (self.system.questions[&connection].agent, self.new_tokens());
        let op = Op::Redeem { connection, agent, is_right: true, tokens };
        Ok(self.take(Some(op), How::Heard, dice).await?.then_some(tokens))
    }

    async fn decline_one(&mut self, token: usize, dice: &mut Dice) -> Result<(), String> {
        // More than any rule lets through.
        let order = Order { cents: 9_001, ..dice.order() };
        if let Some(purchase) = self.begin_checkout(token, order, dice).await? {
            let op = Op::Answer { purchase, shopper: self.shopper_of(purchase), word: Word::No };
            self.take(Some(op), How::Heard, dice).await?;
        }
        Ok(())
    }

    /// Wherever a history has led, its agents now try what they may buy by themselves: first by what stands, and then by a rule that
    /// the shopper sets now, where they can.
    pub async fn try_all_rules(&mut self) -> Result<(), String> {
        let mut dice = Dice(u64::try_from(self.purchases).unwrap());
        for (number, token) in self.buying().into_iter().take(3).enumerate() {
            self.pass(HOUR);
            self.buy_by_itself(token, &mut dice).await?;
            self.pass(HOUR);
            if let Some(token) = self.begin_to_trust(token, (0, 2_500), &mut dice).await? {
                if number > 0 {
                    self.disturb(token, &mut dice).await?;
                }
                self.buy_by_itself(token, &mut dice).await?;
            }
        }
        Ok(())
    }

    async fn buy_by_itself(&mut self, token: usize, dice: &mut Dice) -> Result<(), String> {
        for (cents, place) in [(500, 0), (500, 1), (4_000, 0), (1_000, 0)] {
            let order = Order { cart: self.purchases, cents, place };
            let Some(purchase) = self.begin_checkout(token, order, dice).await? else { return Ok(()) };
            self.buy(purchase, dice).await?;
        }
        Ok(())
    }
}
