//! Why somebody who went to another provider is not signed in, and the way back (WCAG 3.3.1: in words, with what to do); where
//! only a proved address is missing, the form that asks for it.

use askama::Template;

use super::super::{CsrfToken, Layout};
use super::onward::Onward;

#[derive(Debug, Template)]
#[template(path = "pages/account/upstream_message.html")]
pub struct UpstreamMessage<'a> {
    pub layout: Layout<'a>,
    pub trouble: Trouble,
    /// What its button calls the provider.
    pub provider: &'a str,
    pub onward: &'a Onward,
    /// It was to be added to an account.
    pub is_link: bool,
    pub reference: &'a str,
    /// Where all that is missing is an address, which a mailed code can prove.
    pub proving: Option<Proving<'a>>,
}

/// For the form that asks for the address of a new account.
#[derive(Debug)]
pub struct Proving<'a> {
    pub csrf: CsrfToken,
    /// Sealed: who came.
    pub unproved: &'a str,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Away,
    Cancelled,
    Unbelievable,
    Expired,
    Spent,
    Unvouched,
    AddressTaken,
    OfAnother,
    NotOwn,
    NotFresh,
    SignedOut,
}

impl Trouble {
    pub const ALL: [Self; 11] = [
        Self::Away,
        Self::Cancelled,
        Self::Unbelievable,
        Self::Expired,
        Self::Spent,
        Self::Unvouched,
        Self::AddressTaken,
        Self::OfAnother,
        Self::NotOwn,
        Self::NotFresh,
        Self::SignedOut,
    ];

    /// The keys of title and detail.
    pub const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Away => ("upstream-away", "upstream-away-detail"),
            Self::Cancelled => ("upstream-cancelled", "upstream-cancelled-detail"),
            Self::Unbelievable => ("upstream-unbelievable", "upstream-unbelievable-detail"),
            Self::Expired => ("upstream-expired", "upstream-expired-detail"),
            Self::Spent => ("upstream-spent", "upstream-spent-detail"),
            Self::Unvouched => ("upstream-unvouched", "upstream-unvouched-detail"),
            Self::AddressTaken => ("upstream-taken", "upstream-taken-detail"),
            Self::OfAnother => ("upstream-of-another", "upstream-of-another-detail"),
            Self::NotOwn => ("upstream-not-own", "upstream-not-own-detail"),
            Self::NotFresh => ("upstream-not-fresh", "upstream-not-fresh-detail"),
            Self::SignedOut => ("upstream-signed-out", "upstream-signed-out-detail"),
        }
    }
}

impl UpstreamMessage<'_> {
    fn title(&self) -> String {
        self.layout.t1(self.trouble.keys().0, &("provider", self.provider))
    }

    fn detail(&self) -> String {
        let key = if self.proving.is_some() { "upstream-unvouched-code" } else { self.trouble.keys().1 };
        self.layout.t1(key, &("provider", self.provider))
    }

    /// The link on: path within the issuer and its text.
    fn way_on(&self) -> (String, String) {
        match self.trouble {
            _ if self.is_link && self.trouble != Trouble::SignedOut => {
                ("/account/sign-in".to_owned(), self.layout.t("upstream-back-account"))
            }
            Trouble::Unvouched => (self.onward.carried_to("/sign-up"), self.layout.t("upstream-unvouched-action")),
            _ => (self.onward.sign_in(), self.layout.t("upstream-back")),
        }
    }
}
