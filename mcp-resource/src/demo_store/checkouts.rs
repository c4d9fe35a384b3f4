//! Checkouts: a cart frozen into an immutable document, and its digest over canonical JSON (RFC 8785; design,
//! decision 5). Nothing can be approved or paid yet: the state stays `awaiting_approval` until it expires.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::{checkout_lines, checkouts};
use super::stock::{self, AWAITING_APPROVAL};
use super::{carts, pricing, random};
use crate::shop::backend::{Address, BackendError, CallContext, InitiateCheckout};
use crate::shop::results::{Checkout, CheckoutState, Line, Moment, ShippingMethod, Totals};
use crate::wire::Timestamp;
use crate::wire::digest::canonical_sha256;

/// F20: at most 15 minutes.
const LIFETIME: Duration = Duration::from_mins(15);
const SUPERSEDED: &str = "superseded";

/// Everything the shopper will approve. Equal documents are one checkout.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document {
    store: String,
    pub(super) environment: String,
    cart_id: String,
    agent: String,
    pub(super) lines: Vec<Line>,
    pub(super) shipping_method: ShippingMethod,
    ship_to: Option<Address>,
    pub(super) totals: Totals,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = checkouts)]
pub(super) struct CheckoutRow {
    checkout_id: String,
    link_id: String,
    cart_id: String,
    state: String,
    document: String,
    digest: Vec<u8>,
    created_at: i64,
    pub(super) expires_at: i64,
}

impl CheckoutRow {
    pub(super) fn state(&self, now: Timestamp) -> CheckoutState {
        match self.state.as_str() {
            SUPERSEDED => CheckoutState::Superseded,
            _ if self.expires_at <= now.as_micros() => CheckoutState::Expired,
            _ => CheckoutState::AwaitingApproval,
        }
    }

    pub(super) fn document(&self) -> Result<Document, BackendError> {
        serde_json::from_str(&self.document).map_err(|error| BackendError::Unavailable(error.to_string()))
    }

    fn result(&self, context: &CallContext) -> Result<Checkout, BackendError> {
        let document = self.document()?;
        let state = self.state(context.now);
        Ok(Checkout {
            checkout_id: self.checkout_id.clone(),
            cart_id: self.cart_id.clone(),
            state,
            lines: document.lines,
            shipping_method: document.shipping_method,
            totals: document.totals,
            checkout_url: format!("{}/checkouts/{}", context.origin, self.link_id),
            digest: URL_SAFE_NO_PAD.encode(&self.digest),
            created_at: Moment(Timestamp::from_micros(self.created_at)),
            expires_at: Moment(Timestamp::from_micros(self.expires_at)),
            next_step: next_step(state).to_owned(),
        })
    }
}

const fn next_step(state: CheckoutState) -> &'static str {
    match state {
        CheckoutState::AwaitingApproval => {
            "Show checkout_url to the shopper, who looks at the frozen cart there. Nothing has been bought or paid."
        }
        CheckoutState::Expired => "The time ran out. Call initiate_checkout again if the shopper still wants it.",
        CheckoutState::Superseded => "The cart has changed and a newer checkout took its place. Use that one.",
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
        return Err(BackendError::Conflict("the cart is empty".to_owned()));
    }
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
    let digest = canonical_sha256(&document).map_err(|error| BackendError::Unavailable(error.to_string()))?;
    if let Some(open) = open_checkout(connection, context, &cart_id)? {
        // An unchanged cart gives the checkout that is already open: a retry without a key makes no second one.
        if open.digest == digest {
            return open.result(context);
        }
        // What the old one held back is free again before the new one asks for it.
        diesel::update(checkouts::table.find(&open.checkout_id))
            .set(checkouts::state.eq(SUPERSEDED))
            .execute(connection)?;
    }
    hold_back(connection, context, &document.lines)?;
    insert(connection, context, &document, &digest)?.result(context)
}

fn open_checkout(
    connection: &mut SqliteConnection,
    context: &CallContext,
    cart_id: &str,
) -> QueryResult<Option<CheckoutRow>> {
    checkouts::table
        .filter(checkouts::cart_id.eq(cart_id))
        .filter(checkouts::state.eq(AWAITING_APPROVAL))
        .filter(checkouts::expires_at.gt(context.now.as_micros()))
        .order(checkouts::created_at.desc())
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()
}

/// The shelf was looked at when the line was added; somebody may have been faster since.
fn hold_back(connection: &mut SqliteConnection, context: &CallContext, lines: &[Line]) -> Result<(), BackendError> {
    let available = stock::available(connection, context, lines.iter().map(|line| line.sku.as_str()))?;
    for line in lines {
        let left = available.get(&line.sku).copied().unwrap_or_default();
        if line.quantity > left {
            return Err(BackendError::OutOfStock { sku: line.sku.clone(), available: left });
        }
    }
    Ok(())
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
            checkouts::expires_at.eq(context.now.plus(LIFETIME).as_micros()),
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

/// B15: by owner and id together.
pub(super) fn status(
    connection: &mut SqliteConnection,
    context: &CallContext,
    checkout_id: &str,
) -> Result<Checkout, BackendError> {
    let row: Option<CheckoutRow> = checkouts::table
        .find(checkout_id)
        .filter(checkouts::iss.eq(&context.owner.iss).and(checkouts::sub.eq(&context.owner.sub)))
        .select(CheckoutRow::as_select())
        .first(connection)
        .optional()?;
    row.ok_or(BackendError::NotFound("checkout"))?.result(context)
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
