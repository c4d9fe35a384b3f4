//! What has ended, is held or was narrowed, as the feed tells it (design, decision 4). Pure: no clock, no I/O.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use serde_json::Value;

use crate::wire::authorization_details::AuthorizationDetail;
use crate::wire::feed::{Event, Target};
use crate::wire::{AccessClaims, ScopeSet, Timestamp};

/// What the feed says about a token that is otherwise good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// May be used, for these scopes.
    Live(ScopeSet),
    /// The same as the authorization server has just told it, with its `authorization_details` (RFC 9396 §9.2).
    Told(ScopeSet, Vec<AuthorizationDetail>),
    Ended,
    SwitchedOff,
    Paused,
    /// Something happened to it that this version does not understand: ask the authorization server.
    Doubtful,
}

/// One thing per target, found by a token's claims without building a key.
#[derive(Debug)]
struct ByTarget<T> {
    issuer: Option<T>,
    clients: HashMap<String, T>,
    shoppers: HashMap<String, T>,
    grants: HashMap<String, T>,
}

impl<T> Default for ByTarget<T> {
    fn default() -> Self {
        Self { issuer: None, clients: HashMap::new(), shoppers: HashMap::new(), grants: HashMap::new() }
    }
}

impl<T> ByTarget<T> {
    fn of<'a>(&'a self, claims: &AccessClaims) -> impl Iterator<Item = &'a T> {
        [
            self.issuer.as_ref(),
            self.clients.get(&claims.client_id),
            self.shoppers.get(&claims.sub),
            self.grants.get(&claims.grant_id),
        ]
        .into_iter()
        .flatten()
    }

    fn get(&self, target: &Target) -> Option<&T> {
        match target {
            Target::Issuer => self.issuer.as_ref(),
            Target::Client(id) => self.clients.get(id),
            Target::Shopper(id) => self.shoppers.get(id),
            Target::Grant(id) => self.grants.get(id),
        }
    }

    fn set(&mut self, target: Target, value: T) {
        match target {
            Target::Issuer => self.issuer = Some(value),
            Target::Client(id) => drop(self.clients.insert(id, value)),
            Target::Shopper(id) => drop(self.shoppers.insert(id, value)),
            Target::Grant(id) => drop(self.grants.insert(id, value)),
        }
    }

    fn remove(&mut self, target: &Target) {
        match target {
            Target::Issuer => self.issuer = None,
            Target::Client(id) => drop(self.clients.remove(id)),
            Target::Shopper(id) => drop(self.shoppers.remove(id)),
            Target::Grant(id) => drop(self.grants.remove(id)),
        }
    }

    fn len(&self) -> usize {
        usize::from(self.issuer.is_some()) + self.clients.len() + self.shoppers.len() + self.grants.len()
    }

    fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.issuer = self.issuer.take().filter(&keep);
        for map in [&mut self.clients, &mut self.shoppers, &mut self.grants] {
            map.retain(|_, value| keep(value));
        }
    }
}

/// A not-before row: connections made at or before `before` (microseconds) have ended.
#[derive(Debug, Clone, Copy)]
struct NotBefore {
    before: i64,
    heard_at: Timestamp,
}

impl ByTarget<NotBefore> {
    /// The latest time wins: an earlier one that is heard again must not bring anything back.
    fn put_off(&mut self, target: Target, before: i64, now: Timestamp) {
        let before = self.get(&target).map_or(before, |known| known.before.max(before));
        self.set(target, NotBefore { before, heard_at: now });
    }
}

/// Everything that can still matter. The times are when it was heard of, by this machine's clock.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    grants: HashMap<String, Timestamp>,
    connections: HashMap<String, Timestamp>,
    tokens: HashMap<String, Timestamp>,
    not_before: ByTarget<NotBefore>,
    /// The same for tokens: those minted at or before `before` may hold less by now.
    rights_changed: ByTarget<NotBefore>,
    paused: ByTarget<()>,
    paused_by_shoppers: HashSet<String>,
    switched_off: bool,
    narrowed: HashMap<String, (ScopeSet, Timestamp)>,
    doubtful: HashMap<String, Timestamp>,
}

impl Revocations {
    /// Takes in one event. Twice is the same as once.
    pub(super) fn apply(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::GrantRevoked { grant_id } => drop(self.grants.insert(grant_id, now)),
            Event::ConnectionEnded { connection_id } => drop(self.connections.insert(connection_id, now)),
            Event::TokenRevoked { jti } => drop(self.tokens.insert(jti, now)),
            Event::NotBefore { target, before } => self.not_before.put_off(target, before, now),
            Event::RightsChanged { target, before } => self.rights_changed.put_off(target, before, now),
            Event::Paused { target } => self.paused.set(target, ()),
            Event::Resumed { target } => self.paused.remove(&target),
            Event::PausedByShopper { grant_id } => drop(self.paused_by_shoppers.insert(grant_id)),
            Event::ResumedByShopper { grant_id } => drop(self.paused_by_shoppers.remove(&grant_id)),
            Event::AccessSwitched { on } => self.switched_off = !on,
            Event::Narrowed { connection_id, scope } => drop(self.narrowed.insert(connection_id, (scope, now))),
            Event::KeysChanged => {}
            Event::Unknown(members) => members.values().for_each(|value| self.doubt(value, now)),
        }
    }

    /// Remembers every string in an event that is not understood: one of them may name a token's grant.
    fn doubt(&mut self, value: &Value, now: Timestamp) {
        match value {
            Value::String(name) => drop(self.doubtful.insert(name.clone(), now)),
            Value::Array(values) => values.iter().for_each(|value| self.doubt(value, now)),
            Value::Object(members) => members.values().for_each(|value| self.doubt(value, now)),
            _ => {}
        }
    }

    pub(super) fn standing(&self, claims: &AccessClaims) -> Standing {
        if self.has_ended(claims) {
            return Standing::Ended;
        }
        if self.switched_off {
            return Standing::SwitchedOff;
        }
        if self.is_doubtful(claims) {
            return Standing::Doubtful;
        }
        if self.paused.of(claims).next().is_some() || self.paused_by_shoppers.contains(&claims.grant_id) {
            return Standing::Paused;
        }
        let narrowed = self.narrowed.get(&claims.connection_id);
        Standing::Live(narrowed.map_or(claims.scope, |(scope, _)| claims.scope.intersection(*scope)))
    }

    /// What was said about the store as a whole: all that there is about a caller who has no token (C-7).
    #[cfg(feature = "shop")]
    pub(super) fn standing_of_strangers(&self) -> Standing {
        match (self.switched_off, self.paused.issuer) {
            (true, _) => Standing::SwitchedOff,
            (false, Some(())) => Standing::Paused,
            (false, None) => Standing::Live(ScopeSet::EMPTY),
        }
    }

    fn has_ended(&self, claims: &AccessClaims) -> bool {
        self.tokens.contains_key(&claims.jti)
            || self.connections.contains_key(&claims.connection_id)
            || self.grants.contains_key(&claims.grant_id)
            // Decision 4: compared with the connection's creation, never with `iat`: a refresh may mint a later one.
            || self.not_before.of(claims).any(|row| claims.connected_at <= row.before)
    }

    fn is_doubtful(&self, claims: &AccessClaims) -> bool {
        let names = [&claims.grant_id, &claims.connection_id, &claims.jti, &claims.client_id, &claims.sub];
        let is_named = !self.doubtful.is_empty() && names.into_iter().any(|name| self.doubtful.contains_key(name));
        // `iat` is in whole seconds, rounded down: a token of the same second is asked about too.
        let minted_at = Timestamp::from_secs(claims.iat).as_micros();
        is_named || self.rights_changed.of(claims).any(|row| minted_at <= row.before)
    }

    /// Drops what was heard of before `limit` and can no longer matter: every token of that time has expired.
    /// Pauses and the access switch stay until they are undone.
    pub(super) fn forget(&mut self, limit: Timestamp) {
        for map in [&mut self.grants, &mut self.connections, &mut self.tokens, &mut self.doubtful] {
            forget(map, limit, |heard_at| *heard_at);
        }
        forget(&mut self.narrowed, limit, |(_, heard_at)| *heard_at);
        self.not_before.retain(|row| row.heard_at >= limit);
        // What may still be minted by an old decision counts from the time in the row.
        self.rights_changed.retain(|row| row.heard_at.max(Timestamp::from_micros(row.before)) >= limit);
    }

    /// How many entries are held.
    pub(super) fn len(&self) -> usize {
        [&self.grants, &self.connections, &self.tokens, &self.doubtful].iter().map(|map| map.len()).sum::<usize>()
            + self.narrowed.len()
            + self.paused.len()
            + self.paused_by_shoppers.len()
            + self.not_before.len()
            + self.rights_changed.len()
    }
}

fn forget<K: Eq + Hash, V>(map: &mut HashMap<K, V>, limit: Timestamp, heard_at: impl Fn(&V) -> Timestamp) {
    map.retain(|_, value| heard_at(value) >= limit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn claims() -> AccessClaims {
        AccessClaims {
            iss: "https://auth.example".into(),
            sub: "s1".into(),
            aud: "https://shop.example/mcp".into(),
            client_id: "c1".into(),
            scope: ScopeSet::STORE,
            jti: "t1".into(),
            iat: NOW.as_secs(),
            exp: NOW.as_secs() + 3600,
            grant_id: "g1".into(),
            connection_id: "n1".into(),
            connected_at: NOW.as_micros(),
            auth_time: None,
            acr: None,
            authorization_details: Vec::new(),
        }
    }

    fn after(events: &[Event]) -> Standing {
        let mut revocations = Revocations::default();
        for event in events {
            revocations.apply(event.clone(), NOW);
        }
        revocations.standing(&claims())
    }

    #[test]
    fn what_ended_is_ended_by_any_of_its_names() {
        assert_eq!(after(&[]), Standing::Live(ScopeSet::STORE));
        assert_eq!(after(&[Event::GrantRevoked { grant_id: "g1".into() }]), Standing::Ended);
        assert_eq!(after(&[Event::ConnectionEnded { connection_id: "n1".into() }]), Standing::Ended);
        assert_eq!(after(&[Event::TokenRevoked { jti: "t1".into() }]), Standing::Ended);
        assert_eq!(after(&[Event::TokenRevoked { jti: "t2".into() }]), Standing::Live(ScopeSet::STORE));
    }

    #[test]
    fn not_before_is_compared_with_the_connection_and_includes_its_own_moment() {
        for target in
            [Target::Issuer, Target::Client("c1".into()), Target::Shopper("s1".into()), Target::Grant("g1".into())]
        {
            let event = |before| Event::NotBefore { target: target.clone(), before };
            assert_eq!(after(&[event(NOW.as_micros())]), Standing::Ended);
            assert_eq!(after(&[event(NOW.as_micros() - 1)]), Standing::Live(ScopeSet::STORE));
            assert_eq!(after(&[event(NOW.as_micros()), event(5)]), Standing::Ended, "an older row brings nothing back");
        }
    }

    #[test]
    fn a_pause_holds_until_it_is_resumed_and_an_end_wins_over_it() {
        let pause = Event::Paused { target: Target::Client("c1".into()) };
        assert_eq!(after(std::slice::from_ref(&pause)), Standing::Paused);
        assert_eq!(
            after(&[pause.clone(), Event::Resumed { target: Target::Client("c1".into()) }]),
            Standing::Live(ScopeSet::STORE)
        );
        assert_eq!(after(&[pause, Event::GrantRevoked { grant_id: "g1".into() }]), Standing::Ended);
        assert_eq!(after(&[Event::AccessSwitched { on: false }]), Standing::SwitchedOff);
    }

    #[test]
    fn neither_the_shopper_nor_the_merchant_lifts_what_the_other_has_paused() {
        let target = || Target::Grant("g1".into());
        let by_shopper = Event::PausedByShopper { grant_id: "g1".into() };
        let by_merchant = Event::Paused { target: target() };
        let resumed = Event::ResumedByShopper { grant_id: "g1".into() };
        let released = Event::Resumed { target: target() };
        assert_eq!(after(std::slice::from_ref(&by_shopper)), Standing::Paused);
        assert_eq!(after(&[by_shopper.clone(), by_merchant.clone(), released.clone()]), Standing::Paused);
        assert_eq!(after(&[by_merchant.clone(), by_shopper.clone(), resumed.clone()]), Standing::Paused);
        assert_eq!(after(&[by_merchant, by_shopper, resumed, released]), Standing::Live(ScopeSet::STORE));
    }

    #[test]
    fn a_narrowing_only_takes_away() {
        let narrowed =
            Event::Narrowed { connection_id: "n1".into(), scope: ScopeSet::FORBIDDEN.union(ScopeSet::BROWSE) };
        assert_eq!(after(&[narrowed]), Standing::Live(ScopeSet::BROWSE));
    }

    #[test]
    fn tokens_that_may_hold_less_by_now_are_asked_about_and_later_ones_are_not() {
        let changed = |target, before| Event::RightsChanged { target, before };
        let client = || Target::Client("c1".into());
        assert_eq!(after(&[changed(client(), NOW.as_micros())]), Standing::Doubtful);
        assert_eq!(after(&[changed(Target::Issuer, NOW.as_micros() + 1)]), Standing::Doubtful);
        assert_eq!(after(&[changed(client(), NOW.as_micros() - 1)]), Standing::Live(ScopeSet::STORE));
        assert_eq!(after(&[changed(Target::Client("c2".into()), NOW.as_micros())]), Standing::Live(ScopeSet::STORE));
        let ended = Event::GrantRevoked { grant_id: "g1".into() };
        assert_eq!(after(&[changed(client(), NOW.as_micros()), ended]), Standing::Ended);
    }

    #[test]
    fn an_event_that_is_not_understood_makes_what_it_names_doubtful() {
        let Value::Object(members) = json!({"kind": "frozen", "of": {"kind": "shopper", "id": "s1"}}) else { panic!() };
        assert_eq!(after(&[Event::Unknown(members)]), Standing::Doubtful);
        let Value::Object(members) = json!({"kind": "frozen", "grant_id": "g9"}) else { panic!() };
        assert_eq!(after(&[Event::Unknown(members)]), Standing::Live(ScopeSet::STORE));
    }

    #[test]
    fn what_no_living_token_can_mean_is_forgotten_and_pauses_are_not() {
        let mut revocations = Revocations::default();
        revocations.apply(Event::GrantRevoked { grant_id: "g".into() }, NOW);
        revocations.apply(Event::NotBefore { target: Target::Client("c".into()), before: 1 }, NOW);
        revocations.apply(Event::Paused { target: Target::Issuer }, NOW);
        revocations.forget(NOW);
        assert_eq!(revocations.len(), 3);
        revocations.forget(NOW.plus(Duration::from_secs(1)));
        assert_eq!(revocations.len(), 1);
        assert_eq!(revocations.standing(&claims()), Standing::Paused);
    }
}
