//! Pages with one message and at most one way on.

use askama::Template;

use super::super::Layout;

#[derive(Debug, Template)]
#[template(path = "pages/account/message.html")]
pub struct MessagePage<'a> {
    pub layout: Layout<'a>,
    pub message: Message<'a>,
    /// The id of the request, where the message is a refusal.
    pub reference: Option<&'a str>,
}

/// The message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// The answer to every sign-up: "look in your mail".
    SignUpSent {
        email: &'a str,
    },
    /// The link was opened in another browser than the one that began: the account is made, go back there.
    SignUpDoneElsewhere,
    /// The account is made, but the agent's request has expired.
    StartAgainInYourAgent,
    /// The link is too old, or was used.
    SignUpLinkExpired,
    /// This consent form was answered, and its answer is spent.
    ConsentAnswered,
    /// The authorization request is older than ten minutes.
    ConsentExpired,
    /// What the agent says about itself has changed since the request.
    AgentChanged,
    /// The link of a purchase, opened by somebody else than its shopper (F11).
    PurchaseOfAnother,
    SignedOut,
    SignedOutEverywhere,
    AccountDeleted,
}

impl MessagePage<'_> {
    fn title(&self) -> String {
        self.layout.t(match self.message {
            Message::SignUpSent { .. } => "message-sign-up-sent",
            Message::SignUpDoneElsewhere => "message-sign-up-elsewhere",
            Message::StartAgainInYourAgent => "message-start-again",
            Message::SignUpLinkExpired => "message-link-expired",
            Message::ConsentAnswered => "message-answered",
            Message::ConsentExpired => "message-expired",
            Message::AgentChanged => "message-agent-changed",
            Message::PurchaseOfAnother => "message-purchase-of-another",
            Message::SignedOut => "message-signed-out",
            Message::SignedOutEverywhere => "message-signed-out-everywhere",
            Message::AccountDeleted => "message-account-deleted",
        })
    }

    fn detail(&self) -> String {
        self.layout.t(match self.message {
            Message::SignUpSent { email } => {
                return self.layout.t1("message-sign-up-sent-detail", &("email", email));
            }
            Message::SignUpDoneElsewhere => "message-sign-up-elsewhere-detail",
            Message::StartAgainInYourAgent => "message-start-again-detail",
            Message::SignUpLinkExpired => "message-link-expired-detail",
            Message::ConsentAnswered => "message-answered-detail",
            Message::ConsentExpired => "message-expired-detail",
            Message::AgentChanged => "message-agent-changed-detail",
            Message::PurchaseOfAnother => "message-purchase-of-another-detail",
            Message::SignedOut => "message-signed-out-detail",
            Message::SignedOutEverywhere => "message-signed-out-everywhere-detail",
            Message::AccountDeleted => "message-account-deleted-detail",
        })
    }

    /// The link on: path within the issuer and its text.
    fn way_on(&self) -> Option<(&'static str, String)> {
        match self.message {
            Message::SignUpLinkExpired => Some(("/sign-up", self.layout.t("message-link-expired-action"))),
            Message::SignedOut | Message::SignedOutEverywhere => {
                Some(("/sign-in", self.layout.t("message-signed-out-action")))
            }
            _ => None,
        }
    }
}
