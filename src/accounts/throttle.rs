//! What guessing costs: failed sign-ins in a sliding window, per account and per source; sign-up mails and what is costly to
//! answer alike. In memory and bounded; it holds hashes only.
//!
//! A stranger must not lock an account's owner out. One source has an allowance of its own on each account, all
//! strangers together a larger one, and a browser that has signed in before is not counted among strangers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config;
use crate::domain::Timestamp;
use crate::domain::network::Network;
use crate::keys::hash_secret;

/// All unknown browsers together may fail this many times as often as those of one source.
const STRANGERS: u32 = 5;
/// Sign-up mails in an hour, to one address and from one source.
const MAILS: u32 = 5;
const MAIL_WINDOW: Duration = Duration::from_hours(1);
/// A few megabytes at most.
const MOST_KEYS: usize = 50_000;

type Key = [u8; 32];

pub struct Throttle {
    per_account: u32,
    per_source: u32,
    window: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When what counted against a key happened, oldest first; never more than its limit.
    events: HashMap<Key, VecDeque<Timestamp>>,
    /// Accounts with the browsers that have signed in to them, and when last.
    known: HashMap<Key, Timestamp>,
}

/// What is guessed. Each has allowances of its own: whoever guesses codes must not keep an owner from the password, nor the other
/// way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    Password,
    /// Of the mail.
    Code,
}

impl Guess {
    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Password => b"password",
            Self::Code => b"code",
        }
    }
}

/// One attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub guess: Guess,
    /// The issuer's or store's id.
    pub realm: String,
    /// The address that was typed, whether it has an account or not.
    pub account: String,
    pub source: Network,
    /// SHA-256 of the browser cookie.
    pub browser: [u8; 32],
}

/// The place an admitted attempt holds. Kept, it counts as a failure; see [`Throttle::succeeded`].
#[derive(Debug)]
#[must_use]
pub struct Place {
    keys: Vec<Key>,
    owner: Key,
    at: Timestamp,
}

/// When to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    pub retry_after: Duration,
}

/// What may be done about a sign-up mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAdmission {
    Send,
    /// The address has had enough: say what one says always, and send nothing.
    Silent,
    /// The source has asked for too many.
    Refuse(Throttled),
}

impl Attempt {
    /// The account and the browser together.
    fn owner(&self) -> Key {
        key(&[b"known", self.realm.as_bytes(), self.account.as_bytes(), &self.browser])
    }
}

impl Throttle {
    pub fn new(settings: &config::SignIn) -> Self {
        Self {
            per_account: settings.attempts_per_account,
            per_source: settings.attempts_per_source,
            window: settings.attempt_window,
            state: Mutex::new(State::default()),
        }
    }

    /// Counts the attempt before its password is looked at, so that parallel guesses gain nothing.
    pub fn admit(&self, attempt: &Attempt, now: Timestamp) -> Result<Place, Throttled> {
        let (realm, account) = (attempt.realm.as_bytes(), attempt.account.as_bytes());
        let network = attempt.source.as_str().as_bytes();
        let guess = attempt.guess.as_bytes();
        let source = key(&[b"source", guess, network]);
        let owner = attempt.owner();
        let mut state = self.lock();
        let limits = if state.known.contains_key(&owner) {
            vec![(source, self.per_source), (key(&[b"owner", guess, &owner]), self.per_account)]
        } else {
            let here = key(&[b"account from source", guess, realm, account, network]);
            let strangers = key(&[b"account", guess, realm, account]);
            let together = self.per_account.saturating_mul(STRANGERS);
            vec![(source, self.per_source), (here, self.per_account), (strangers, together)]
        };
        self.take(&mut state, limits, now).map(|keys| Place { keys, owner, at: now })
    }

    /// Gives the place back and remembers the browser.
    pub fn succeeded(&self, place: &Place, now: Timestamp) {
        self.leave(place);
        self.remember(place.owner, now);
    }

    /// Remembers a browser that has signed in without guessing anything: with a passkey, at a provider, by a link of a mail.
    pub fn recognise(&self, attempt: &Attempt, now: Timestamp) {
        self.remember(attempt.owner(), now);
    }

    fn remember(&self, owner: Key, now: Timestamp) {
        let mut state = self.lock();
        if state.known.len() >= MOST_KEYS {
            forget_oldest(&mut state.known, |at| *at);
        }
        state.known.insert(owner, now);
    }

    /// Counts what makes another server work, by its source alone. Kept, the place counts; see [`Throttle::leave`].
    pub fn admit_source(&self, what: &str, source: &Network, now: Timestamp) -> Result<Place, Throttled> {
        let from = key(&[b"source of", what.as_bytes(), source.as_str().as_bytes()]);
        let keys = self.take(&mut self.lock(), vec![(from, self.per_source)], now)?;
        Ok(Place { keys, owner: from, at: now })
    }

    /// Counts what costs this server much, by its source and by the account that asks for it, from wherever it does. It counts
    /// whatever comes of it, so there is no place to give back.
    pub fn admit_costly(
        &self,
        what: &str,
        (realm, account): (&str, &str),
        source: &Network,
        now: Timestamp,
    ) -> Result<(), Throttled> {
        let from = key(&[b"source of", what.as_bytes(), source.as_str().as_bytes()]);
        let by = key(&[b"account of", what.as_bytes(), realm.as_bytes(), account.as_bytes()]);
        self.take(&mut self.lock(), vec![(from, self.per_source), (by, self.per_account)], now).map(drop)
    }

    /// Counts in all of `limits`, or in none.
    fn take(&self, state: &mut State, limits: Vec<(Key, u32)>, now: Timestamp) -> Result<Vec<Key>, Throttled> {
        let waits = limits.iter().filter_map(|(key, limit)| state.wait(key, *limit, self.window, now));
        if let Some(retry_after) = waits.max() {
            return Err(Throttled { retry_after });
        }
        let keys: Vec<Key> = limits.into_iter().map(|(key, _)| key).collect();
        for key in &keys {
            state.count(*key, now, self.window);
        }
        Ok(keys)
    }

    /// Gives the place back.
    pub fn leave(&self, place: &Place) {
        let mut state = self.lock();
        for key in &place.keys {
            state.give_back(key, place.at);
        }
    }

    /// A code to sign in with. A browser that has signed in to the account has mails of its own, so that strangers who ask for
    /// codes keep no owner from theirs; and they fill nobody's mailbox.
    pub fn admit_code(&self, attempt: &Attempt, now: Timestamp) -> MailAdmission {
        let (realm, account) = (attempt.realm.as_bytes(), attempt.account.as_bytes());
        let network = attempt.source.as_str().as_bytes();
        let from = key(&[b"code from", network]);
        let owner = attempt.owner();
        let mut state = self.lock();
        if let Some(retry_after) = state.wait(&from, self.per_source, self.window, now) {
            return MailAdmission::Refuse(Throttled { retry_after });
        }
        state.count(from, now, self.window);
        let limits = if state.known.contains_key(&owner) {
            vec![(key(&[b"code to known", &owner]), MAILS)]
        } else {
            let here = key(&[b"code to from", realm, account, network]);
            vec![(here, MAILS), (key(&[b"code to", realm, account]), MAILS.saturating_mul(STRANGERS))]
        };
        if limits.iter().any(|(key, limit)| state.wait(key, *limit, MAIL_WINDOW, now).is_some()) {
            return MailAdmission::Silent;
        }
        for (key, _) in limits {
            state.count(key, now, MAIL_WINDOW);
        }
        MailAdmission::Send
    }

    pub fn admit_mail(&self, realm: &str, address: &str, source: &Network, now: Timestamp) -> MailAdmission {
        let from = key(&[b"mail from", source.as_str().as_bytes()]);
        let to = key(&[b"mail to", realm.as_bytes(), address.as_bytes()]);
        let mut state = self.lock();
        if let Some(retry_after) = state.wait(&from, MAILS, MAIL_WINDOW, now) {
            return MailAdmission::Refuse(Throttled { retry_after });
        }
        state.count(from, now, MAIL_WINDOW);
        if state.wait(&to, MAILS, MAIL_WINDOW, now).is_some() {
            return MailAdmission::Silent;
        }
        state.count(to, now, MAIL_WINDOW);
        MailAdmission::Send
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttle")
    }
}

impl State {
    /// How long until `key` has a place again; `None` if it has one.
    fn wait(&mut self, key: &Key, limit: u32, window: Duration, now: Timestamp) -> Option<Duration> {
        let events = self.events.get_mut(key)?;
        while events.front().is_some_and(|at| at.plus(window) <= now) {
            events.pop_front();
        }
        let is_full = u32::try_from(events.len()).unwrap_or(u32::MAX) >= limit;
        is_full.then(|| events.front().map_or(window, |at| at.plus(window).since(now)))
    }

    fn count(&mut self, key: Key, now: Timestamp, window: Duration) {
        if self.events.len() >= MOST_KEYS && !self.events.contains_key(&key) {
            let longest = window.max(MAIL_WINDOW);
            self.events.retain(|_, events| events.back().is_some_and(|at| at.plus(longest) > now));
            if self.events.len() >= MOST_KEYS {
                forget_oldest(&mut self.events, |events| events.back().copied().unwrap_or(Timestamp::MIN));
            }
        }
        self.events.entry(key).or_default().push_back(now);
    }

    fn give_back(&mut self, key: &Key, at: Timestamp) {
        let Some(events) = self.events.get_mut(key) else { return };
        if let Some(index) = events.iter().position(|event| *event == at) {
            events.remove(index);
        }
        if events.is_empty() {
            self.events.remove(key);
        }
    }
}

/// Makes room by half, so that the work is rare.
fn forget_oldest<V>(map: &mut HashMap<Key, V>, at: impl Fn(&V) -> Timestamp) {
    let mut times: Vec<Timestamp> = map.values().map(&at).collect();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or(Timestamp::MAX);
    let mut spare = map.len() / 2;
    map.retain(|_, value| {
        let goes = spare > 0 && at(value) <= middle;
        spare -= usize::from(goes);
        !goes
    });
}

/// Each part goes in with its length, so that none can flow into the next.
fn key(parts: &[&[u8]]) -> Key {
    let mut text = Vec::new();
    for part in parts {
        text.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        text.extend(*part);
    }
    *hash_secret(&text).as_bytes()
}

#[cfg(test)]
mod tests;
