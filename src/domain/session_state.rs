//! How a connection stands, as merchants see it: the row's own end first, then what shuts it out, then its time.

use super::client::words;
use super::connection::EndReason;

words! {
    SessionState {
        Live = "live",
        /// Tool calls are held; nothing has ended.
        Paused = "paused",
        /// Ended by the store's staff or the operator.
        Revoked = "revoked",
        /// Ended by the shopper.
        Disconnected = "disconnected",
        /// Ended by the agent itself.
        Left = "left",
        /// Ended because a token came back that had been replaced.
        Reused = "reused",
        Expired = "expired",
    }
}

/// What of a connection decides its state, beside its own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// The end that a not-before row has brought, if one covers it.
    pub shut_out: Option<EndReason>,
    /// A pause covers it, or the access switch is off.
    pub is_held: bool,
    /// Its lifetime, its idle time, or that of its unredeemed code is over.
    pub is_past: bool,
}

impl SessionState {
    pub const fn of(ended: Option<EndReason>, circumstances: Circumstances) -> Self {
        let Circumstances { shut_out, is_held, is_past } = circumstances;
        match (ended, shut_out) {
            (Some(reason), _) | (None, Some(reason)) => Self::after(reason),
            (None, None) if is_past => Self::Expired,
            (None, None) if is_held => Self::Paused,
            (None, None) => Self::Live,
        }
    }

    /// The state after an end for this reason.
    pub const fn after(reason: EndReason) -> Self {
        match reason {
            EndReason::RefreshReused | EndReason::CodeReused => Self::Reused,
            EndReason::RevokedByClient => Self::Left,
            EndReason::RevokedByShopper => Self::Disconnected,
            EndReason::RevokedByStaff | EndReason::SecretRetired => Self::Revoked,
            EndReason::Superseded | EndReason::NeverUsed | EndReason::Expired => Self::Expired,
        }
    }

    /// There is something to end.
    pub const fn can_end(self) -> bool {
        matches!(self, Self::Live | Self::Paused)
    }
}

/// How a restriction made by this actor ends connections.
pub fn end_reason_of(made_by: &str) -> EndReason {
    if made_by == "shopper" { EndReason::RevokedByShopper } else { EndReason::RevokedByStaff }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_own_end_goes_before_what_shuts_it_out_and_that_before_its_time() {
        let past = Circumstances { is_past: true, is_held: true, shut_out: None };
        let shut = Circumstances { shut_out: Some(EndReason::RevokedByShopper), ..past };
        assert_eq!(SessionState::of(Some(EndReason::CodeReused), shut), SessionState::Reused);
        assert_eq!(SessionState::of(None, shut), SessionState::Disconnected);
        assert_eq!(SessionState::of(None, past), SessionState::Expired);
        assert_eq!(SessionState::of(None, Circumstances { is_past: false, ..past }), SessionState::Paused);
    }
}
