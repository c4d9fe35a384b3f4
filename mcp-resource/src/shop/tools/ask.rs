//! What is said about a purchase: the question in its three forms (F24), and refusals in words. No personal data and no
//! secret in any of it (F10): the link proves nothing by itself.

use rmcp::model::{
    CallToolResult, ContentBlock, ElicitRequest, ElicitRequestParams, ErrorCode, ErrorData, InputRequest,
    InputRequests, InputRequiredResult, Resource,
};
use serde_json::{Value, json};

use crate::shop::results::Checkout;
use crate::wire::purchase::Refusal;

/// The key of our one question in `inputRequests`.
pub(super) const QUESTION: &str = "approval";

/// 2025-11-25: `URLElicitationRequiredError`. No other revision has it (F25, B46).
const URL_ELICITATION_REQUIRED: ErrorCode = ErrorCode(-32042);

/// How a client can be asked to send its user to a page. Only what it declared itself (F4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// 2026-07-28 with `elicitation.url`.
    InputRequired,
    /// 2025-11-25 with `elicitation.url`.
    UrlError,
    /// Everybody else: a result that is read, and a tool to poll.
    Link,
}

pub(super) fn message(store: &str, checkout: &Checkout) -> String {
    format!("{store} asks you to approve a purchase of {}. Open the page, sign in, and decide.", checkout.totals.total)
}

/// F3, F5: the revision has neither an `elicitationId` nor a completion notification; the SDK's empty one is taken out by
/// [`crate::transport`].
pub(super) fn input_required(url: &str, message: &str, state: String) -> InputRequiredResult {
    let params = ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message: message.to_owned(),
        url: url.to_owned(),
        elicitation_id: String::new(),
    };
    let question = InputRequest::Elicitation(ElicitRequest::new(params));
    InputRequiredResult::new(Some(InputRequests::from([(QUESTION.to_owned(), question)])), Some(state))
}

/// Calling again after the shopper decided gives the result.
pub(super) fn url_elicitation_required(purchase_id: &str, url: &str, message: &str) -> ErrorData {
    let elicitation = json!({ "mode": "url", "elicitationId": purchase_id, "url": url, "message": message });
    let told = "The shopper has to approve this purchase. Call again afterwards, or poll get_checkout_status.";
    ErrorData::new(URL_ELICITATION_REQUIRED, told, Some(json!({ "elicitations": [elicitation] })))
}

/// The result with the link beside it, for people and for clients that show links.
pub(super) fn link(checkout: Value, url: &str, message: &str) -> CallToolResult {
    let mut result = CallToolResult::structured(checkout);
    let pending = format!("Approval pending. {message} {url}\nThen call get_checkout_status.");
    result.content.push(ContentBlock::text(pending));
    let page = Resource::new(url, "approval").with_title("Approve this purchase").with_mime_type("text/html");
    result.content.push(ContentBlock::resource_link(page));
    result
}

/// H20: what stands beside the challenge. In the body alone and never as an elicitation: the shopper is not sent anywhere for a
/// permission by the protocol (F2).
pub(super) fn beside_challenge(checkout: &Checkout) -> Value {
    json!({
        "checkout_id": checkout.checkout_id,
        "state": checkout.state,
        "approval_url": checkout.approval_url,
        "total": checkout.totals.total,
        "next_step": checkout.next_step,
    })
}

/// Status, word and sentence of a refusal.
pub(super) const fn refusal(refusal: Refusal) -> (u16, &'static str, &'static str) {
    match refusal {
        Refusal::Unknown => (404, "not_found", "the authorization server knows no such purchase or permission"),
        Refusal::GrantEnded => {
            (403, "grant_ended", "the shopper's permission for this agent has ended; they have to connect it again")
        }
        Refusal::Paused => {
            (503, "paused", "purchases by this agent are held for now; nothing is lost, try again later")
        }
        Refusal::InvalidDocument => {
            (500, "invalid_checkout", "the authorization server does not accept this checkout; tell the store")
        }
        Refusal::TooMany => (
            429,
            "too_many",
            "this agent has started too many purchases in the last hour; wait, and ask the shopper what they want to buy",
        ),
        Refusal::Silenced => (
            403,
            "silenced",
            "the shopper declined several times; this agent cannot ask until they allow it under Connected agents",
        ),
        Refusal::OverLimit => (
            403,
            "over_limit",
            "this is above what the shopper lets this agent spend; make the cart smaller, or ask for consent again, \
             where they can set a higher limit",
        ),
        Refusal::NotOffered => {
            (403, "not_permitted", "this agent may not start checkouts; ask the shopper for checkout:initiate")
        }
        Refusal::NotApproved => (409, "not_approved", "the shopper has not decided yet"),
        Refusal::Declined => (409, "declined", "the shopper said no"),
        Refusal::Expired => (409, "expired", "the time to approve ran out; call initiate_checkout again"),
        Refusal::Superseded => (409, "superseded", "a newer checkout took its place"),
        Refusal::DigestDiffers => (
            409,
            "changed",
            "what would be sold is not what was approved; nothing was bought, call initiate_checkout again",
        ),
        Refusal::AlreadyUsed => (409, "already_used", "this approval was used for something else"),
    }
}
