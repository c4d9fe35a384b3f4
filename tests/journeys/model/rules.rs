//! What the model allows of rules by which an agent buys without asking (decision 5): the merchant lets shoppers set them, the
//! shopper sets one of a grant, and it says yes in their place to what is within it and goes where they had things sent before.

use super::buying::month_of;
use super::op::{Limit, Said, Scopes};
use super::world::{Allowed, Grant, HOUR, Purchase, Stage, World, environment_of_agent};

/// Where things go: two addresses, and nowhere.
pub const PLACES: usize = 3;
/// Nothing is sent, so there is no address that anybody could have approved.
pub const NOWHERE: usize = 2;

/// Mails to one shopper in an hour: what nobody would be told of is not bought without asking.
const MOST_MAILS: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Another one each time that the shopper sets it.
    pub number: usize,
    /// For one order, in cents.
    pub most: i64,
}

/// The highest amount that a rule beside these ceilings may have. Without one for the month, an amount for one order would be
/// none for many.
fn highest(limit: Limit) -> Option<i64> {
    limit.month.map(|month| limit.order.map_or(month, |order| order.min(month)))
}

impl Grant {
    /// The rule that says yes in the shopper's place: to no more than it and the ceilings say, to where the shopper has approved
    /// by hand for this very grant that something goes, and not while their last answer was a no.
    fn rule_for(&self, cents: i64, place: usize) -> Option<Rule> {
        let rule = self.rule?;
        let reach = rule.most.min(highest(self.limit)?);
        (cents <= reach && self.places[place] && self.declined_in_a_row == 0).then_some(rule)
    }
}

impl World {
    /// Whether the shopper is written to about one more purchase.
    pub fn is_told(&self, shopper: usize) -> bool {
        let is_mail = |row: &&Purchase| {
            row.is_told && row.made_at > self.now - HOUR && self.grant_of(row.connection).shopper == shopper
        };
        self.purchases.values().filter(is_mail).count() < MOST_MAILS
    }

    /// The yes of the rule to what has just been registered, if there is one: it counts like any other, and teaches nothing.
    pub fn approve_by_rule(&mut self, purchase: usize) {
        let (month, row) = (month_of(self.now), &self.purchases[&purchase]);
        let is_possible = row.is_told && self.allows_rules[self.environment(row.connection)];
        let rule = self.grant_of(row.connection).rule_for(row.cents, row.place).filter(|_| is_possible);
        if let Some(rule) = rule {
            let row = self.purchases.get_mut(&purchase).unwrap();
            (row.stage, row.rule, row.month) = (Stage::Approved, Some(rule.number), Some(month));
        }
    }

    /// What a rule has said yes to is taken back with it, until the store has used it; another rule is another yes.
    pub fn is_ruled_still(&self, row: &Purchase) -> bool {
        row.rule.is_none() || row.rule == self.grant_of(row.connection).rule.map(|rule| rule.number)
    }

    /// The shopper lets the agent buy by itself: within the ceilings, and where nothing is ticked before they tick it.
    pub fn set_rule(&self, connection: usize, rule: Rule, is_ticked: bool) -> Allowed {
        let grant = self.grant_of(connection);
        if !grant.is_live {
            return vec![(Said::NotDone, self.clone()), (Said::NoForm, self.clone())];
        }
        let may = self.allows_rules[self.environment(connection)] && grant.scopes.has(Scopes::CHECKOUT);
        if is_ticked && may && highest(grant.limit).is_some_and(|highest| rule.most <= highest) {
            return vec![(Said::Done, self.after(|world| world.grant(connection).rule = Some(rule)))];
        }
        vec![(Said::NotDone, self.clone())]
    }

    /// The shopper has the agent ask each time again.
    pub fn end_rule(&self, connection: usize) -> Allowed {
        if !self.grant_of(connection).is_live {
            return vec![(Said::Done, self.clone()), (Said::NoForm, self.clone())];
        }
        vec![(Said::Done, self.after(|world| world.grant(connection).rule = None))]
    }

    /// The merchant lets shoppers set rules, or does no more. What they had set does not come back with it.
    pub fn let_rules(&self, environment: usize, is_on: bool) -> Allowed {
        let next = self.after(|world| {
            if world.allows_rules[environment] != is_on {
                world.allows_rules[environment] = is_on;
                let of_it = |grant: &&mut Grant| environment_of_agent(grant.agent) == environment;
                world.grants.values_mut().filter(of_it).for_each(|grant| grant.rule = None);
            }
        });
        vec![(Said::Done, next)]
    }
}
