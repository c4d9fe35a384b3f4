//! Checkouts: a cart frozen into an immutable document, and its digest over canonical JSON (RFC 8785; design,
//! decision 5). [`super::progress`] is how it goes on, [`super::orders`] how it ends.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::progress::{self, AWAITING_APPROVAL, ORDERED, TAKEN};
use super::schema::{checkout_lines, checkouts};
use super::{carts, pricing, random, stock};
use crate::shop::backend::{Address, BackendError, CallContext, FrozenCheckout, InitiateCheckout};
use crate::shop::results::{Checkout, CheckoutState, Line, Moment, ShippingMethod, Totals};
use crate::wire::Timestamp;
use crate::wire::digest::canonical_sha256;
use crate::wire::purchase::LONGEST;

/// How long the same call is answered with the order that it led to.
const REMEMBERED: Duration = Duration::from_mins(30);

/// Everything the shopper will approve. Equal documents are one checkout.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document {
    store: String,
    pub(super) environment: String,
    cart_id: String,
    pub(super) agent: String,
    pub(super) lines: Vec<Line>,
    pub(super) shipping_method: ShippingMethod,
    pub(super) ship_to: Option<Address>,
    pub(super) totals: Totals,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = checkouts)]
pub(super) struct CheckoutRow {
    pub(super) checkout_id: String,
    link_id: String,
    pub(super) cart_id: String,
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) state: String,
    document: String,
    digest: Vec<u8>,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) purchase_id: Option<String>,
    purchase_digest: Option<String>,
    pub(super) order_id: Option<String>,
    pub(super) settled: bool,
}

impl CheckoutRow {
    pub(super) fn state(&self, now: Timestamp) -> CheckoutState {
        match progress::told(&self.state) {
            CheckoutState::AwaitingApproval if self.expires_at <= now.as_micros() => CheckoutState::Expired,
            state => state,
        }
    }

    pub(super) fn document(&self) -> Result<Document, BackendError> {
        serde_json::from_str(&self.document).map_err(|error| BackendError::Unavailable(error.to_string()))
    }

    /// For when it is over, or the order has the address.
    pub(super) fn document_without_address(&self) -> Result<String, BackendError> {
        let document = Document { ship_to: None, ..self.document()? };
        serde_json::to_string(&document).map_err(|error| BackendError::Unavailable(error.to_string()))
    }

    fn result(&self, context: &CallContext, document: Document) -> Checkout {
        let state = self.state(context.now);
        Checkout {
            checkout_id: self.checkout_id.clone(),
            cart_id: self.cart_id.clone(),
            state,
            lines: document.lines,
            shipping_method: document.shipping_method,
            totals: document.totals,
            approval_url: None,
            order_id: self.order_id.clone(),
            checkout_url: format!("{}/checkouts/{}", context.origin, self.link_id),
            digest: self.purchase_digest.clone().unwrap_or_else(|| URL_SAFE_NO_PAD.encode(&self.digest)),
            created_at: Moment(Timestamp::from_micros(self.created_at)),
            expires_at: Moment(Timestamp::from_micros(self.expires_at)),
            next_step: state.next_step().to_owned(),
        }
    }

    pub(super) fn frozen(&self, context: &CallContext) -> Result<FrozenCheckout, BackendError> {
        let mut document = self.document()?;
        let ship_to = document.ship_to.take();
        Ok(FrozenCheckout { checkout: self.result(context, document), ship_to, progress: progress::of(self) })
    }
}

pub(super) fn initiate(
    connection: &mut SqliteConnection,
    context: &CallContext,
    request: &InitiateCheckout,
) -> Result<Checkout, BackendError> {
    let cart_id = carts::owned(connection, context, Some(&request.cart_id))?;
    let lines = carts::lines(connection, &cart_id)?;
    if lines.is_empty() {
        // F23: a call that is repeated after the order took the things out of the cart gets that order.
        return match ordered_lately(connection, context, request)? {
            Some(ordered) => ordered.frozen(context).map(|frozen| frozen.checkout),
            None => Err(BackendError::Conflict("the cart is empty".to_owned())),
        };
    }
    is_deliverable(request)?;
    let document = Document {
        store: context.origin.to_string(),
        environment: context.environment.to_string(),
        cart_id: cart_id.clone(),
        agent: context.client_id.clone(),
        totals: pricing::totals(&lines, request.method, carts::CURRENCY)?,
        lines: lines.into_iter().map(|(line, _)| line).collect(),
        shipping_method: request.method,
        ship_to: request.ship_to.clone(),
    };
    let digest = digest(&document)?;
    // An unchanged cart gives the checkout that is already open: a retry without a key makes no second one.
    if let Some(open) = open_checkout(connection, context, &cart_id, &digest)? {
        return open.frozen(context).map(|frozen| frozen.checkout);
    }
    // Of this agent's own, those that the shopper was never asked about. What they were asked about goes on until they were asked
    // about the new one, and another agent's in any case.
    progress::supersede(connection, (context, &cart_id), progress::Older::Unasked)?;
    progress::forget_dead(connection, context.now)?;
    // The shelf was looked at when the line was added; somebody may have been faster since. What the cart holds back already
    // is its own.
    stock::is_there(connection, (context, Some(&cart_id)), &document.lines)?;
    insert(connection, context, &document, &digest)?.frozen(context).map(|frozen| frozen.checkout)
}

/// Everything that is sold here can be touched: it goes somewhere, or is fetched.
fn is_deliverable(request: &InitiateCheckout) -> Result<(), BackendError> {
    if request.ship_to.is_some() || request.method == ShippingMethod::Pickup {
        return Ok(());
    }
    let reason = "these goods have to go somewhere: ask the shopper for their address and call initiate_checkout again \
                  with shipping.address, or with shipping.method \"pickup\" if they fetch them at the store";
    Err(BackendError::InvalidArgument { argument: "shipping", reason: reason.to_owned() })
}

fn digest(document: &Document) -> Result<[u8; 32], BackendError> {
    canonical_sha256(document).map_err(|error| BackendError::Unavailable(error.to_string()))
}

/// The last checkout of the cart, if it was ordered by this very call not long ago.
fn ordered_lately(
    connection: &mut SqliteConnection,
    context: &CallContext,
    request: &InitiateCheckout,
) -> Result<Option<CheckoutRow>, BackendError> {
    let last: Option<CheckoutRow> = checkouts::table
        .filter(checkouts::cart_id.eq(&request.cart_id))
        .filter(checkouts::created_at.gt(context.now.minus(REMEMBERED).as_micros()))
        .order(checkouts::created_at.desc())
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()?;
    let Some(last) = last.filter(|last| last.state == ORDERED) else { return Ok(None) };
    let document = last.document()?;
    let same_agent = document.agent == context.client_id;
    // The address went to the order; the digest still knows it.
    let again = Document { shipping_method: request.method, ship_to: request.ship_to.clone(), ..document };
    Ok((same_agent && digest(&again)? == *last.digest).then_some(last))
}

/// That waits for its shopper, or is being ordered. As long as a purchase can live at all: the shopper may have put its end off,
/// which only the authorization server knows.
fn open_checkout(
    connection: &mut SqliteConnection,
    context: &CallContext,
    cart_id: &str,
    digest: &[u8],
) -> QueryResult<Option<CheckoutRow>> {
    let since = context.now.minus(LONGEST).as_micros();
    let waits = checkouts::state.eq(AWAITING_APPROVAL).and(checkouts::created_at.gt(since));
    checkouts::table
        // The digest is of the agent, too.
        .filter(checkouts::cart_id.eq(cart_id).and(checkouts::digest.eq(digest)))
        .filter(waits.or(checkouts::state.eq(TAKEN)))
        .order(checkouts::created_at.desc())
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()
}

fn insert(
    connection: &mut SqliteConnection,
    context: &CallContext,
    document: &Document,
    digest: &[u8],
) -> Result<CheckoutRow, BackendError> {
    let text = serde_json::to_string(document).map_err(|error| BackendError::Unavailable(error.to_string()))?;
    let row: CheckoutRow = diesel::insert_into(checkouts::table)
        .values((
            checkouts::checkout_id.eq(random::handle("checkout")?),
            checkouts::link_id.eq(random::link()?),
            checkouts::cart_id.eq(&document.cart_id),
            checkouts::iss.eq(&context.owner.iss),
            checkouts::sub.eq(&context.owner.sub),
            checkouts::environment.eq(&document.environment),
            checkouts::state.eq(AWAITING_APPROVAL),
            checkouts::document.eq(text),
            checkouts::digest.eq(digest),
            checkouts::created_at.eq(context.now.as_micros()),
            // The purchase says when exactly.
            checkouts::expires_at.eq(context.now.plus(LONGEST).as_micros()),
        ))
        .returning(CheckoutRow::as_returning())
        .get_result(connection)?;
    for line in &document.lines {
        diesel::insert_into(checkout_lines::table)
            .values((
                checkout_lines::checkout_id.eq(&row.checkout_id),
                checkout_lines::sku.eq(&line.sku),
                checkout_lines::quantity.eq(line.quantity),
            ))
            .execute(connection)?;
    }
    Ok(row)
}

/// B15: by owner and id together; and of its own agent only, which is part of what the shopper approves. A cart is the
/// shopper's, a checkout is one agent's.
pub(super) fn owned(
    connection: &mut SqliteConnection,
    context: &CallContext,
    checkout_id: &str,
) -> Result<CheckoutRow, BackendError> {
    let row: Option<CheckoutRow> = checkouts::table
        .find(checkout_id)
        .filter(checkouts::iss.eq(&context.owner.iss).and(checkouts::sub.eq(&context.owner.sub)))
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()?;
    let row = row.ok_or(BackendError::NotFound("checkout"))?;
    if row.document()?.agent == context.client_id { Ok(row) } else { Err(BackendError::NotFound("checkout")) }
}

/// The checkout behind a page's address.
pub(super) fn by_link(connection: &mut SqliteConnection, link_id: &str) -> Result<CheckoutRow, BackendError> {
    let row = checkouts::table
        .filter(checkouts::link_id.eq(link_id))
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()?;
    row.ok_or(BackendError::NotFound("checkout"))
}
