//! What the consent page says about the end of access, and what its form says: how long the agent stays connected at most, and
//! that it ends earlier without use (spec/pages.md 5.2).

use std::time::Duration;

use super::super::Layout;
use super::consent::{StayField, Until};
use crate::accounts::asked::Asked;
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::elevation::Elevation;
use crate::domain::stay::Stay;
use crate::domain::token::Lifetimes;
use crate::domain::{Scope, Timestamp};
use crate::locale::Moment;
use crate::oauth::parameters::Parameters;

/// What the field is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stays {
    now: Timestamp,
    lifetimes: Lifetimes,
    /// When what the agent has already ends, if this is a step-up: a question asked anew is answered anew.
    pub(super) kept: Option<Timestamp>,
    /// The agent may ask to stay connected at all.
    is_asked: bool,
    has_checkout: bool,
}

impl Stays {
    pub(super) fn of(
        lifetimes: Lifetimes,
        now: Timestamp,
        request: &AuthorizationRequest,
        (asked, is_step_up): (&Asked, bool),
    ) -> Self {
        Self {
            now,
            lifetimes,
            kept: asked.ends_at.filter(|at| is_step_up && now < *at),
            is_asked: asked.client.wants_refresh_tokens() || request.scope.contains(Scope::OfflineAccess),
            has_checkout: request.scope.contains(Scope::CheckoutInitiate),
        }
    }

    /// A step-up prolongs nothing that the shopper does not ask for.
    fn first(self) -> Stay {
        if self.kept.is_some() { Stay::Kept } else { Stay::Longest }
    }

    /// What cannot be read, or not be chosen here, is the longest: what a page without the field says. Not what this page would show
    /// first, which is another thing once there is something to keep.
    pub(super) fn read(self, form: &Parameters) -> Stay {
        let read = form.all("stay").next().and_then(|word| word.parse().ok());
        // Decision 2: the first post of a page that had nothing to choose makes something to keep, and its second is the same answer.
        read.filter(|stay| *stay != Stay::Kept || self.kept.is_some()).unwrap_or_default()
    }

    pub(super) fn until(self, chosen: Option<Stay>, layout: &Layout<'_>) -> Until {
        let longest = self.lifetimes.connection;
        let moment = |at| Moment::new(at, self.now, layout.locale);
        let window = self.lifetimes.elevation;
        let has_one = self.has_checkout && Elevation::offered(window).len() < 2;
        let offered = Stay::offered(longest, self.kept.is_some());
        let ends = moment(self.now.plus(longest));
        let field = (self.is_asked && offered.len() > 1).then(|| StayField {
            offered,
            chosen: chosen.unwrap_or_else(|| self.first()),
            kept: self.kept.map(|kept| moment(Stay::Kept.until(self.now, longest, Some(kept)))),
            longest: ends.clone(),
        });
        Until {
            ends: self.is_asked.then_some(ends),
            unused: (self.is_asked && self.lifetimes.idle < longest)
                .then(|| moment(self.now.plus(self.lifetimes.idle)).words),
            stay: field,
            checkout_minutes: has_one.then(|| minutes(window)),
        }
    }
}

/// In whole minutes.
fn minutes(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs().div_euclid(60)).unwrap_or(u32::MAX)
}
