//! A movement about releases that say permissions otherwise. By single steps the same agent would rarely ask the same shopper for
//! the same again.

use super::dice::Dice;
use super::history::History;
use super::op::{Filled, Limit, Op, Said, Scopes};
use super::step::How;

const MOST: usize = 4;

impl History<'_> {
    /// Other words; then an agent that is connected asks for something and is given a part, and tries what it has from before.
    pub async fn reword(&mut self, dice: &mut Dice) -> Result<(), String> {
        let Some(connection) = dice.of(&self.connected()) else { return Ok(()) };
        let known: Vec<usize> =
            self.system.tokens.keys().copied().filter(|token| self.is_of(*token, connection)).collect();
        if dice.one_in(2) {
            // So that it stays connected, and there is something to lose.
            let newest = known.iter().rfind(|token| self.system.tokens[token].refresh.is_some());
            if let Some(presented) = newest.copied() {
                self.refresh(presented).await?;
            }
        }
        let scopes = dice.scopes();
        self.take(Some(Op::Reword { scopes }), How::Heard, dice).await?;
        if dice.one_in(4) {
            return Ok(());
        }
        let (shopper, agent) = (self.system.questions[&connection].shopper, self.system.questions[&connection].agent);
        self.questions += 1;
        let question = self.questions;
        let scopes = dice.scopes();
        if !self.take(Some(Op::Ask { question, shopper, agent, scopes }), How::Heard, dice).await? {
            return Ok(());
        }
        // To stay connected as often as not.
        let left_out = if dice.one_in(2) { Scopes::OFFLINE } else { Scopes::NONE };
        let ticks = self.system.questions[&question].boxes.both(dice.scopes().without(left_out));
        let filled = Filled { ticks, limit: Limit::default(), is_long: false };
        self.take(Some(Op::Allow { question, connection: question, filled }), How::Heard, dice).await?;
        for token in known.into_iter().rev().take(MOST) {
            self.hear(Op::Introspect { token, is_home: true }).await?;
            if self.system.tokens[&token].refresh.is_some() {
                self.refresh(token).await?;
            }
        }
        Ok(())
    }

    fn is_of(&self, token: usize, connection: usize) -> bool {
        let grants = &self.system.grants;
        grants.get(&self.system.tokens[&token].connection) == grants.get(&connection)
    }

    async fn refresh(&mut self, presented: usize) -> Result<Said, String> {
        let agent = self.system.questions[&self.system.tokens[&presented].connection].agent;
        let tokens = self.new_tokens();
        self.hear(Op::Refresh { presented, agent, narrowed: None, tokens }).await
    }
}
