//! What the model allows of purchases (decision 5; F10 to F12, F20 to F23, B42, S1-94, S1-95).

use chrono_tz::Europe::Paris;

use super::op::{Limit, Order, Said, Scopes, Word};
use super::rules::NOWHERE;
use super::world::{Allowed, HOUR, MINUTE, Purchase, Stage, World};

/// Purchases of one agent that are begun in an hour, whatever becomes of them.
const MOST_NEW: usize = 30;

/// The calendar month in the store's time zone.
pub fn month_of(now: i64) -> String {
    chrono::DateTime::from_timestamp(now, 0).unwrap().with_timezone(&Paris).format("%Y-%m").to_string()
}

impl World {
    /// Decision 5: what was revoked, what the shopper lets it do no more, and whose rule is gone. An elevation that has run out
    /// takes nothing back.
    fn is_taken_back(&self, row: &Purchase) -> bool {
        let may_check_out = self.grant_of(row.connection).scopes.has(Scopes::CHECKOUT);
        self.is_revoked(row.connection) || !may_check_out || !self.is_ruled_still(row)
    }

    fn state(&self, purchase: usize) -> &'static str {
        let row = &self.purchases[&purchase];
        match row.stage {
            Stage::Awaiting | Stage::Approved if self.is_taken_back(row) => "cancelled",
            Stage::Awaiting | Stage::Approved if row.until <= self.now => "expired",
            Stage::Awaiting => "awaiting_approval",
            Stage::Approved => "approved",
            Stage::Declined => "declined",
            Stage::Superseded => "superseded",
            Stage::Consumed => "consumed",
            Stage::Completed(_) => "completed",
            Stage::Released => "released",
        }
    }

    fn told(&self, purchase: usize) -> Said {
        Said::Purchase(self.state(purchase).to_owned())
    }

    /// What counts of a grant in a month: what was approved while it can still be used, and for good what was (decision 5).
    pub fn spent(&self, grant: usize, month: &str) -> i64 {
        let counts = |row: &&Purchase| {
            let is_so = match row.stage {
                Stage::Approved => row.until > self.now,
                Stage::Consumed | Stage::Completed(_) => true,
                Stage::Awaiting | Stage::Declined | Stage::Superseded | Stage::Released => false,
            };
            is_so && self.connections[&row.connection].grant == grant && row.month.as_deref() == Some(month)
        };
        self.purchases.values().filter(counts).map(|row| row.cents).sum()
    }

    /// A limit is a hard ceiling, for the shopper's own yes as well.
    fn is_over_limit(&self, connection: usize, cents: i64) -> bool {
        let number = self.connections[&connection].grant;
        let Limit { order, month } = self.grants[&number].limit;
        let spent = self.spent(number, &month_of(self.now));
        order.is_some_and(|most| cents > most) || month.is_some_and(|most| spent + cents > most)
    }

    /// F20: for a live connection that may check out, and for nobody who has said no three times.
    pub fn register(&self, token: usize, purchase: usize, order: Order) -> Allowed {
        let refused = |word| vec![(Said::refused(word), self.clone())];
        let connection = self.tokens[&token].connection;
        if !self.grant_of(connection).is_live {
            return refused("grant_ended");
        }
        if self.is_off(connection) {
            return refused("paused");
        }
        if self.is_revoked(connection) || self.is_timed_out(connection) {
            return refused("grant_ended");
        }
        let mut allowed = self.register_live(connection, purchase, order);
        if self.is_superseded(connection) {
            // As soon as the sweeper has come by.
            allowed.extend(refused("grant_ended"));
        }
        allowed
    }

    fn register_live(&self, connection: usize, purchase: usize, Order { cart, cents, place }: Order) -> Allowed {
        let refused = |word| vec![(Said::refused(word), self.clone())];
        let row = &self.connections[&connection];
        let grant = &self.grants[&row.grant];
        if self.is_held(connection) {
            return refused("paused");
        }
        if !row.scopes.both(grant.scopes).has(Scopes::CHECKOUT) {
            return refused("grant_ended");
        }
        let is_new = |other: &&Purchase| {
            other.made_at > self.now - HOUR && self.connections[&other.connection].grant == row.grant
        };
        if self.purchases.values().filter(is_new).count() >= MOST_NEW {
            return refused("too_many");
        }
        if grant.is_silenced {
            return refused("silenced");
        }
        let (shopper, number) = (grant.shopper, row.grant);
        let mut next = self.clone();
        // One purchase of a cart; but another agent spoils nothing that the shopper has said yes to.
        for other in next.purchases.values_mut() {
            let is_own = self.connections[&other.connection].grant == number;
            let is_open = other.stage == Stage::Awaiting || (is_own && other.stage == Stage::Approved);
            if is_open
                && other.until > self.now
                && other.cart == cart
                && self.grant_of(other.connection).shopper == shopper
            {
                other.stage = Stage::Superseded;
            }
        }
        if next.is_over_limit(connection, cents) {
            return refused("over_limit");
        }
        let until = self.now + 10 * MINUTE;
        let made = Purchase {
            connection,
            cart,
            cents,
            place,
            is_told: self.is_told(shopper),
            rule: None,
            stage: Stage::Awaiting,
            made_at: self.now,
            until,
            is_extended: false,
            month: None,
        };
        next.purchases.insert(purchase, made);
        next.approve_by_rule(purchase);
        if next.purchases[&purchase].stage == Stage::Awaiting {
            next.make_room(number);
        }
        vec![(next.told(purchase), next)]
    }

    /// Three of a grant await an answer: the oldest give way.
    fn make_room(&mut self, grant: usize) {
        let (now, connections) = (self.now, &self.connections);
        let waits = |other: &&mut Purchase| {
            other.stage == Stage::Awaiting && other.until > now && connections[&other.connection].grant == grant
        };
        let mut waiting: Vec<&mut Purchase> = self.purchases.values_mut().filter(waits).collect();
        waiting.sort_by_key(|other| std::cmp::Reverse(other.made_at));
        waiting.into_iter().skip(3).for_each(|other| other.stage = Stage::Superseded);
    }

    /// Frozen: a checkout has one document.
    pub fn register_again(&self, purchase: usize, is_same: bool) -> Allowed {
        let said = if is_same { self.told(purchase) } else { Said::refused("digest_differs") };
        vec![(said, self.clone())]
    }

    /// F11, F21: only the same shopper's word counts, and once.
    pub fn answer(&self, purchase: usize, shopper: usize, word: Word) -> Allowed {
        let row = &self.purchases[&purchase];
        let own = self.grant_of(row.connection).shopper;
        if own != shopper {
            return vec![(Said::NotDone, self.clone())];
        }
        let is_open = row.stage == Stage::Awaiting && row.until > self.now;
        let next = self.after(|world| {
            let stands = !self.is_taken_back(row) && !self.is_held(row.connection) && !self.is_off(row.connection);
            match word {
                Word::Yes if is_open && stands && !self.is_over_limit(row.connection, row.cents) => {
                    world.approve(purchase);
                }
                Word::No if is_open => world.decline(purchase),
                Word::MoreTime if is_open && !row.is_extended => {
                    let row = world.purchases.get_mut(&purchase).unwrap();
                    (row.until, row.is_extended) = (row.until + 5 * MINUTE, true);
                }
                _ => {}
            }
        });
        let mut allowed = vec![(Said::Done, next)];
        if self.state(purchase) != "awaiting_approval" {
            allowed.push((Said::NoForm, self.clone()));
        }
        allowed
    }

    fn approve(&mut self, purchase: usize) {
        let now = self.now;
        let row = self.purchases.get_mut(&purchase).unwrap();
        // Who says yes in the last second means it; F20: never later than fifteen minutes after it was made.
        row.until = row.until.max((now + 5 * MINUTE).min(row.made_at + 15 * MINUTE));
        (row.stage, row.month) = (Stage::Approved, Some(month_of(now)));
        let (connection, place) = (row.connection, row.place);
        let grant = self.grant(connection);
        // Only what is approved by hand makes a place one that a rule may send to.
        grant.places[place] |= place != NOWHERE;
        if !grant.is_silenced {
            grant.declined_in_a_row = 0;
        }
    }

    fn decline(&mut self, purchase: usize) {
        let row = self.purchases.get_mut(&purchase).unwrap();
        row.stage = Stage::Declined;
        let connection = row.connection;
        let grant = self.grant(connection);
        grant.declined_in_a_row += 1;
        grant.is_silenced |= grant.declined_in_a_row >= 3;
    }

    /// The shopper lets a silenced agent ask again.
    pub fn let_ask(&self, connection: usize) -> Allowed {
        let grant = self.grant_of(connection);
        let number = self.connections[&connection].grant;
        let is_listed = self
            .connections
            .iter()
            .any(|(one, row)| row.grant == number && !self.is_revoked(*one) && !self.is_over(*one));
        let next = self.after(|world| {
            let grant = world.grant(connection);
            (grant.declined_in_a_row, grant.is_silenced) = (0, false);
        });
        match (grant.is_silenced, is_listed) {
            (true, true) => vec![(Said::Done, next)],
            (true, false) => vec![(Said::Done, next), (Said::NoForm, self.clone())],
            (false, _) => vec![(Said::NoForm, self.clone())],
        }
    }

    /// Only purchases of the caller's own resource exist for it.
    pub fn look(&self, purchase: usize, is_home: bool) -> Allowed {
        let said = if is_home { self.told(purchase) } else { Said::refused("unknown") };
        vec![(said, self.clone())]
    }

    /// F23, B42: approved, unexpired, the same document, the grant live and nobody holding it; and then again and again for the
    /// same checkout.
    pub fn consume(&self, purchase: usize, is_same_document: bool, is_same_checkout: bool) -> Allowed {
        let row = &self.purchases[&purchase];
        let refused = |word| vec![(Said::refused(word), self.clone())];
        let state = self.state(purchase);
        let is_used = matches!(state, "consumed" | "completed" | "released");
        match state {
            _ if !is_same_checkout => refused(if is_used { "already_used" } else { "unknown" }),
            "released" => refused("already_used"),
            "cancelled" => refused("grant_ended"),
            "awaiting_approval" => refused("not_approved"),
            "approved" | "consumed" | "completed" if !is_same_document => refused("digest_differs"),
            "approved" if self.is_held(row.connection) || self.is_off(row.connection) => refused("paused"),
            "approved" => {
                let next = self.after(|world| world.purchases.get_mut(&purchase).unwrap().stage = Stage::Consumed);
                vec![(next.told(purchase), next)]
            }
            "consumed" | "completed" => vec![(self.told(purchase), self.clone())],
            other => refused(other),
        }
    }

    /// An order, or none: once, and the same again.
    pub fn settle(&self, purchase: usize, order: Option<u8>) -> Allowed {
        let refused = |word| vec![(Said::refused(word), self.clone())];
        let told = |world: World| vec![(world.told(purchase), world)];
        match (self.purchases[&purchase].stage, order) {
            (Stage::Consumed, order) => told(self.after(|world| {
                world.purchases.get_mut(&purchase).unwrap().stage = order.map_or(Stage::Released, Stage::Completed);
            })),
            (Stage::Completed(there), Some(order)) if there == order => told(self.clone()),
            (Stage::Released, None) => told(self.clone()),
            (Stage::Completed(_) | Stage::Released, _) => refused("already_used"),
            (Stage::Declined, _) => refused("declined"),
            (Stage::Superseded, _) => refused("superseded"),
            (Stage::Awaiting | Stage::Approved, _) => refused("not_approved"),
        }
    }
}
