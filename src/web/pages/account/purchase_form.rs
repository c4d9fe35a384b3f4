//! Answering the approval page. Whoever opens it has to be signed in as the shopper whose agent asks (F11); the link by itself
//! opens nothing. Where other local servers can read the cookies, the sign-in has to be fresh as well (design §5), and that
//! is asked for on the way to the page, so that approving stays one click.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use mcp_resource::wire::purchase::PurchaseState;
use serde::Deserialize;

use super::super::error::Problem;
use super::super::refuse::{because, fault, form_expired, refuse, see_other};
use super::super::{CsrfToken, form, layout_of, page};
use super::agents::Described;
use super::message::{Message, MessagePage};
use super::onward::{Onward, purchase_id, purchase_path};
use super::purchase::{Asker, PurchasePage, Status};
use crate::domain::authentication::Demand;
use crate::domain::client::Client;
use crate::domain::consent::is_fresh;
use crate::domain::evidence::Check;
use crate::domain::ledger::{OverLimit, left};
use crate::domain::purchase::Standing;
use crate::domain::shopper::Shopper;
use crate::domain::store::Store;
use crate::domain::{Money, PurchaseId, Timestamp};
use crate::locale::{Foreign, Locale, Moment};
use crate::purchases::decide::{Answered, Own, Page, decide, extend, find};
use crate::purchases::standing::may_be_approved;
use crate::purchases::{Decision, Found, asking, ledger, listing};
use crate::storage::{DbConnection, StorageError, StorageResult, Tx};
use crate::web::extract::{SentForm, SignedInShopper, Visit};
use crate::web::language;
use crate::web::middleware::root_span::{record_client, reference};

#[derive(Deserialize)]
pub struct Form {
    csrf: String,
    decision: String,
}

/// What the page is about.
struct Shown {
    found: Found,
    client: Option<Client>,
    is_silenced: bool,
    /// The shopper's ceiling is in the way of a yes.
    over: Option<OverLimit>,
    /// The store has it still be approved, where its agent may not begin checkouts.
    may_be_approved: bool,
}

/// `GET /purchases/{id}`.
pub async fn get(visit: Visit, id: web::Path<String>) -> HttpResponse {
    let Some(id) = purchase_id(&id) else { return not_found(&visit) };
    let Some(viewer) = &visit.shopper else { return sign_in_first(&visit, &id, Demand::default()) };
    let (shopper, sought) = (viewer.shopper.clone(), id.clone());
    let about = (visit.context.store.clone(), visit.now());
    let found: Result<_, StorageError> = visit.state.db.read(move |c| read(c, &shopper, &sought, &about)).await;
    let shown = match found {
        Ok(Read::Theirs(shown)) => *shown,
        Ok(Read::Another) => return not_yours(&visit),
        Ok(Read::Nobodys) => return not_found(&visit),
        Err(error) => return fault(&visit.request, &visit.context, &error),
    };
    record_client(&visit.request, shown.found.purchase.client_id.as_str());
    let is_open = shown.found.state(visit.now()) == PurchaseState::AwaitingApproval;
    let demand = demand(&visit, &shown.found);
    if is_open && !is_fresh_enough(&visit, viewer, demand) {
        return sign_in_first(&visit, &id, demand);
    }
    show(&visit, viewer, &shown)
}

enum Read {
    Theirs(Box<Shown>),
    Another,
    Nobodys,
}

fn read(
    connection: &mut DbConnection,
    shopper: &Shopper,
    id: &PurchaseId,
    (store, now): &(Store, Timestamp),
) -> StorageResult<Read> {
    Ok(match find(connection, shopper, id, store)? {
        Own::Theirs(found) => {
            let agent = ledger::agent_of(connection, &found.purchase.grant_id)?;
            Read::Theirs(Box::new(Shown {
                client: listing::client_of(connection, &found)?,
                is_silenced: asking::is_silenced(connection, &agent)?,
                over: ledger::over_limit(connection, &agent, found.purchase.document.total, *now)?,
                may_be_approved: may_be_approved(connection, &found, (store, *now))?,
                found: *found,
            }))
        }
        Own::Another => Read::Another,
        Own::Nobodys => Read::Nobodys,
    })
}

/// `POST /purchases/{id}`. Whatever came of it, the page says.
pub async fn post(visit: Visit, id: web::Path<String>, SentForm(posted): SentForm<Form>) -> HttpResponse {
    let Some(id) = purchase_id(&id) else { return not_found(&visit) };
    let Some(viewer) = &visit.shopper else { return sign_in_first(&visit, &id, Demand::default()) };
    if !form::matches(&visit.context, &posted.csrf, &parts(&visit, viewer, &id).each_ref().map(Vec::as_slice)) {
        return form_expired(&visit.request, &visit.context);
    }
    let decision = match posted.decision.as_str() {
        "approve" => match lacking(&visit, viewer, &id).await {
            Ok(None) => Some(Decision::Approve),
            Ok(Some(demand)) => return sign_in_first(&visit, &id, demand),
            Err(error) => return fault(&visit.request, &visit.context, &error),
        },
        "decline" => Some(Decision::Decline),
        "extend" => None,
        _ => {
            let evidence = Check::FormFields.missing("approve, decline or extend");
            return refuse(&visit.request, &visit.context, Problem::BadRequest, StatusCode::BAD_REQUEST, evidence);
        }
    };
    let (shopper, sought, occasion) = (viewer.shopper.clone(), id.clone(), visit.occasion());
    let answered = answered(&visit);
    let answer = move |tx: &mut Tx<'_>| -> Result<Answered, StorageError> {
        match decision {
            Some(decision) => decide(tx, &shopper, &sought, (decision, &occasion), &answered),
            None => extend(tx, &shopper, &sought, (&answered.store, &occasion)),
        }
    };
    match visit.state.db.write(answer).await {
        Ok(Answered::Done | Answered::NotAnyMore | Answered::OverLimit) => {
            see_other(&visit.context, &purchase_path(&id))
        }
        Ok(Answered::NotTheirs) => not_yours(&visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

/// What was agreed to, if that is a consent.
fn answered(visit: &Visit) -> Page {
    let locale = language::of(&visit.request, &visit.context);
    Page { store: visit.context.store.clone(), text_version: locale.consent_text_version(), locale: locale.tag() }
}

/// Design §5: on loopback http, cookies are shared with other local servers. And whatever the merchant demands.
fn is_fresh_enough(visit: &Visit, viewer: &SignedInShopper, demand: Demand) -> bool {
    let is_fresh = !visit.context.issuer.url.is_loopback() || is_fresh(viewer.authenticated_at, visit.now());
    is_fresh && demand.is_met_by(viewer.authentication())
}

fn demand(visit: &Visit, found: &Found) -> Demand {
    visit.context.policy.checkout.for_purchase(found.purchase.is_elevation, visit.now())
}

/// What has to be proved before a yes counts, if anything has; for a purchase that is not theirs, no more than anywhere.
async fn lacking(visit: &Visit, viewer: &SignedInShopper, id: &PurchaseId) -> Result<Option<Demand>, StorageError> {
    let (shopper, id, store) = (viewer.shopper.clone(), id.clone(), visit.context.store.clone());
    let demand = match visit.state.db.read(move |c| find(c, &shopper, &id, &store)).await? {
        Own::Theirs(found) => demand(visit, &found),
        Own::Another | Own::Nobodys => Demand::default(),
    };
    Ok((!is_fresh_enough(visit, viewer, demand)).then_some(demand))
}

fn sign_in_first(visit: &Visit, id: &PurchaseId, demand: Demand) -> HttpResponse {
    see_other(&visit.context, &Onward::to_page(&purchase_path(id)).proving(demand))
}

/// Decision 2: bound to the session, the account, the purchase and the text.
fn parts(visit: &Visit, viewer: &SignedInShopper, id: &PurchaseId) -> [Vec<u8>; 5] {
    let locale = language::of(&visit.request, &visit.context);
    [
        b"purchase".to_vec(),
        viewer.session_hash.to_vec(),
        viewer.shopper.id.as_str().as_bytes().to_vec(),
        id.as_str().as_bytes().to_vec(),
        locale.consent_text_version().as_bytes().to_vec(),
    ]
}

fn show(visit: &Visit, viewer: &SignedInShopper, shown: &Shown) -> HttpResponse {
    let purchase = &shown.found.purchase;
    let described = Described::at(&visit.state.platforms, shown.client.as_ref(), &shown.found.redirect_uri);
    let described_by = shown.client.as_ref().and_then(Client::described_by);
    let layout = layout_of(visit);
    let csrf = parts(visit, viewer, &purchase.id);
    let view = PurchasePage {
        csrf: form::token(&visit.context, &csrf.each_ref().map(Vec::as_slice)),
        id: purchase.id.as_str(),
        asker: Asker {
            name: described.name.as_deref().map(Foreign),
            trust: described.trust,
            described_by: described_by.as_deref(),
            returns_to: described.returns_to.shown(),
        },
        document: &purchase.document,
        is_address_forgotten: purchase.is_address_forgotten(),
        is_elevation: purchase.is_elevation,
        by_rule: purchase.rule_id.is_some(),
        status: status(visit, shown, layout.locale),
        layout,
    };
    page(StatusCode::OK, &view)
}

fn status<'a>(visit: &Visit, shown: &'a Shown, locale: &Locale) -> Status<'a> {
    let (purchase, now) = (&shown.found.purchase, visit.now());
    let until = || Moment::new(purchase.expires_at, now, locale);
    match shown.found.state(now) {
        PurchaseState::AwaitingApproval => Status::Asking {
            ends: until(),
            can_extend: purchase.can_be_extended(now),
            is_held: shown.found.standing == Standing::Held || !shown.may_be_approved,
            over: shown.over.map(|over| over_sentence(&over, purchase.document.total, locale)),
        },
        PurchaseState::Approved => Status::Approved { until: until() },
        PurchaseState::Declined => Status::Declined { is_silenced: shown.is_silenced },
        PurchaseState::Expired => Status::Expired,
        PurchaseState::Superseded => Status::Superseded,
        PurchaseState::Cancelled => Status::Cancelled,
        PurchaseState::Consumed => Status::Consumed,
        PurchaseState::Completed => Status::Completed { order: purchase.order_id.as_deref().unwrap_or_default() },
        PurchaseState::Released => Status::Released,
    }
}

/// Which of the two ceilings it is.
fn over_sentence(over: &OverLimit, total: Money, locale: &Locale) -> String {
    let text = |money: Money| locale.money(money);
    match (over.limit.order(), over.limit.month()) {
        (Some(order), _) if over.is_by_order(total) => locale.t1("purchase-over-order", &("most", text(order))),
        (_, Some(month)) => {
            let left = left(month.amount, over.spent);
            let left = text(Money::new(left, month.currency));
            locale.t2("purchase-over-month", &("left", left), &("most", text(month)))
        }
        _ => locale.t("purchase-over"),
    }
}

/// F11: a forwarded link shows nothing of what is behind it.
fn not_yours(visit: &Visit) -> HttpResponse {
    let reference = reference(&visit.request).to_string();
    let view =
        MessagePage { layout: layout_of(visit), message: Message::PurchaseOfAnother, reference: Some(&reference) };
    let evidence = Check::Subject.found("the shopper whose agent asks", "another");
    because(page(StatusCode::FORBIDDEN, &view), evidence.because("the purchase is another shopper's"))
}

fn not_found(visit: &Visit) -> HttpResponse {
    let evidence = Check::Subject.found("a purchase of this issuer", "another address");
    let reason = evidence.because("there is no such purchase");
    refuse(&visit.request, &visit.context, Problem::NotFound, StatusCode::NOT_FOUND, reason)
}

/// The token of the form that lets an agent ask again, on "Connected agents".
pub(super) fn allow_token(visit: &Visit, viewer: &SignedInShopper, grant: &str) -> CsrfToken {
    form::token(&visit.context, &[b"purchases-allow", &viewer.session_hash, grant.as_bytes()])
}
