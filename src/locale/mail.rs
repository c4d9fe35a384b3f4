//! The texts of the mails. Sending them is `outbound`'s.

use super::Locale;

/// Subject and plain body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    pub subject: String,
    pub body: String,
}

impl MailText {
    /// Of the store, to a page.
    fn leading(locale: &Locale, (subject, body): (&str, &str), store: &str, link: &str) -> Self {
        Self {
            subject: locale.t1(subject, &("store", store)),
            body: locale.t2(body, &("store", store), &("link", link)),
        }
    }

    /// The link behind which an account is made.
    pub fn sign_up(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-sign-up-subject", "mail-sign-up-body"), store, link)
    }

    /// A checkout awaits the shopper's answer. Neither what it is nor who asks: mail is read by others, and an agent's name is
    /// its own word.
    pub fn purchase(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-purchase-subject", "mail-purchase-body"), store, link)
    }

    /// The shopper's rule has approved a purchase in their place. What it is, the page says.
    pub fn approved_by_rule(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-rule-subject", "mail-rule-body"), store, link)
    }

    /// A code to sign in with, and the issuer where it is typed. The same for everybody.
    pub fn code(locale: &Locale, store: &str, (code, issuer): (&str, &str)) -> Self {
        Self {
            subject: locale.t1("mail-code-subject", &("store", store)),
            body: format!(
                "{}\n\n    {code}\n\n{}\n",
                locale.t1("mail-code-opening", &("store", store)),
                locale.t1("mail-code-body", &("link", issuer))
            ),
        }
    }

    /// Another passkey signs the shopper in from now on, which nobody but them should have added. `link` is where it goes again.
    pub fn passkey(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-passkey-subject", "mail-passkey-body"), store, link)
    }

    /// A passkey signs the shopper in no more, which nobody but them should have removed. `link` is where another one is added.
    pub fn passkey_removed(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-passkey-removed-subject", "mail-passkey-removed-body"), store, link)
    }

    /// Another password signs the shopper in from now on, which nobody but them should have chosen. `link` is where another is
    /// chosen.
    pub fn password(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-password-subject", "mail-password-body"), store, link)
    }

    /// The account is deleted, and with it the address that this goes to.
    pub fn farewell(locale: &Locale, store: &str) -> Self {
        Self {
            subject: locale.t1("mail-farewell-subject", &("store", store)),
            body: locale.t1("mail-farewell-body", &("store", store)),
        }
    }

    /// The same, done by the store.
    pub fn farewell_of_store(locale: &Locale, store: &str) -> Self {
        Self { body: locale.t1("mail-farewell-store-body", &("store", store)), ..Self::farewell(locale, store) }
    }

    /// For an address that has an account already: the page says the same in both cases, the mail does not.
    pub fn known(locale: &Locale, store: &str, link: &str) -> Self {
        Self::leading(locale, ("mail-known-subject", "mail-known-body"), store, link)
    }
}
