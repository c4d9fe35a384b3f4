//! Why a passkey did not do, and the way back.

use askama::Template;

use super::super::Layout;
use super::onward::{self, Onward};
use super::ways::with_passkey;
use crate::domain::authentication::ProofStep;

/// The page that says that a passkey did not do, with the way back.
#[derive(Debug, Template)]
#[template(path = "pages/account/passkey_refused.html")]
pub struct PasskeyRefused<'a> {
    pub layout: Layout<'a>,
    pub trouble: Trouble,
    pub onward: &'a Onward,
    pub reference: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It signs nobody in here.
    Refused,
    /// The page was open too long, or was used.
    Expired,
    /// The device is one of the account's already.
    Known,
    TooMany,
    /// There is one, and another is added with it.
    NeedsPasskey,
    /// A lost one was removed less than three days ago.
    Waits,
    NotAdded,
}

impl Trouble {
    pub const ALL: [Self; 7] =
        [Self::Refused, Self::Expired, Self::Known, Self::TooMany, Self::NeedsPasskey, Self::Waits, Self::NotAdded];

    /// The keys of title and detail.
    pub const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Refused => ("passkey-refused", "passkey-refused-detail"),
            Self::Expired => ("passkey-expired", "passkey-expired-detail"),
            Self::Known => ("passkey-known", "passkey-known-detail"),
            Self::TooMany => ("passkey-too-many", "passkey-too-many-detail"),
            Self::NeedsPasskey => ("passkey-before", "passkey-before-detail"),
            Self::Waits => ("passkey-waits", "passkey-waits-detail"),
            Self::NotAdded => ("passkey-not-added", "passkey-not-added-detail"),
        }
    }
}

impl PasskeyRefused<'_> {
    fn way_on(&self) -> (String, String) {
        match self.trouble {
            Trouble::Refused | Trouble::Expired => (self.onward.sign_in(), self.layout.t("upstream-back")),
            Trouble::Waits => (onward::WAYS.to_owned(), self.layout.t("upstream-back-account")),
            Trouble::NeedsPasskey => (with_passkey(self.onward), self.layout.t("sign-in-passkey")),
            // It was to be added for what demands one: perhaps there is one after all.
            _ if self.onward.is_somewhere() => {
                (self.onward.by(Some(ProofStep::Passkey)).sign_in(), self.layout.t("upstream-back"))
            }
            Trouble::Known | Trouble::TooMany | Trouble::NotAdded => {
                (onward::WAYS.to_owned(), self.layout.t("upstream-back-account"))
            }
        }
    }
}
