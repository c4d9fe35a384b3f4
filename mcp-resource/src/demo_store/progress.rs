//! How far a checkout has come, as the table keeps it, and the steps on the way. Each is one conditional statement, so that
//! of two who race one wins, and the loser reads what the winner wrote.

use std::time::Duration;

use diesel::prelude::*;

use super::checkouts::{self, CheckoutRow};
use super::schema::checkouts as table;
use super::stock;
use crate::shop::backend::{BackendError, CallContext, FrozenCheckout, Owner, Progress, Step, Unfinished};
use crate::shop::results::CheckoutState;
use crate::wire::Timestamp;

pub(super) const AWAITING_APPROVAL: &str = "awaiting_approval";
/// The purchase is being used.
pub(super) const TAKEN: &str = "taken";
pub(super) const ORDERED: &str = "ordered";
/// Used, and the goods were gone.
pub(super) const UNSOLD: &str = "unsold";
pub(super) const SUPERSEDED: &str = "superseded";
const DECLINED: &str = "declined";
const EXPIRED: &str = "expired";
const CANCELLED: &str = "cancelled";

/// What agents are told of a state. Whether the time ran out is the caller's to say.
pub(super) fn told(state: &str) -> CheckoutState {
    match state {
        AWAITING_APPROVAL => CheckoutState::AwaitingApproval,
        TAKEN => CheckoutState::Approved,
        ORDERED => CheckoutState::Completed,
        DECLINED => CheckoutState::Declined,
        EXPIRED => CheckoutState::Expired,
        SUPERSEDED => CheckoutState::Superseded,
        // UNSOLD, and CANCELLED.
        _ => CheckoutState::Cancelled,
    }
}

pub(super) fn of(row: &CheckoutRow) -> Progress {
    let purchase_id = row.purchase_id.clone();
    match (row.state.as_str(), purchase_id, &row.order_id) {
        (AWAITING_APPROVAL, None, _) => Progress::Frozen,
        (AWAITING_APPROVAL, Some(purchase_id), _) => Progress::Registered { purchase_id },
        (TAKEN, Some(purchase_id), _) => Progress::Taken { purchase_id },
        (ORDERED, Some(purchase_id), Some(order_id)) => {
            Progress::Ordered { purchase_id, order_id: order_id.clone(), settled: row.settled }
        }
        (UNSOLD, Some(purchase_id), _) => Progress::Unsold { purchase_id, settled: row.settled },
        _ => Progress::Over,
    }
}

pub(super) fn note(
    connection: &mut SqliteConnection,
    context: &CallContext,
    checkout_id: &str,
    step: &Step,
) -> Result<FrozenCheckout, BackendError> {
    let found = checkouts::owned(connection, context, checkout_id)?;
    if matches!(step, Step::Registered { .. }) && found.purchase_id.is_none() {
        // Now that the shopper is asked about this one, and not before.
        supersede(connection, (context, &found.cart_id), Older::Than(&found))?;
    }
    let changed = match step {
        Step::Registered { purchase_id, digest, expires_at } => {
            diesel::update(table::table.find(checkout_id).filter(table::state.eq(AWAITING_APPROVAL)))
                .set((
                    table::purchase_id.eq(purchase_id),
                    table::purchase_digest.eq(digest),
                    table::expires_at.eq(expires_at.as_micros()),
                ))
                .execute(connection)?
        }
        Step::Taken => diesel::update(table::table.find(checkout_id))
            .filter(table::state.eq(AWAITING_APPROVAL).and(table::purchase_id.is_not_null()))
            .set(table::state.eq(TAKEN))
            .execute(connection)?,
        Step::Over(state) => over(connection, &found, *state)?,
        Step::Settled => diesel::update(table::table.find(checkout_id))
            .filter(table::state.eq_any([ORDERED, UNSOLD]))
            .set(table::settled.eq(true))
            .execute(connection)?,
    };
    let now = checkouts::owned(connection, context, checkout_id)?;
    let is_on_its_way = matches!(now.state.as_str(), TAKEN | ORDERED | UNSOLD);
    if changed == 0 && *step == Step::Taken && !is_on_its_way {
        return Err(BackendError::Conflict("this checkout is over".to_owned()));
    }
    now.frozen(context)
}

/// An order that stands, stands. The address goes: nobody needs it any more.
fn over(connection: &mut SqliteConnection, row: &CheckoutRow, state: CheckoutState) -> Result<usize, BackendError> {
    let word = match state {
        CheckoutState::Declined => DECLINED,
        CheckoutState::Expired => EXPIRED,
        CheckoutState::Superseded => SUPERSEDED,
        _ => CANCELLED,
    };
    let open = table::table.find(&row.checkout_id).filter(table::state.eq_any([AWAITING_APPROVAL, TAKEN]));
    let document = row.document_without_address()?;
    let ended = diesel::update(open).set((table::state.eq(word), table::document.eq(document))).execute(connection)?;
    if ended > 0 {
        stock::let_go(connection, &row.checkout_id)?;
    }
    Ok(ended)
}

/// Whose place a newer checkout of the cart takes.
#[derive(Clone, Copy)]
pub(super) enum Older<'a> {
    /// Those that the shopper was not asked about.
    Unasked,
    /// Those that were begun before this one.
    Than(&'a CheckoutRow),
}

/// Ends those of this agent's that still wait. What is being ordered goes on, and so does what another agent has asked for:
/// what becomes of that the authorization server says.
pub(super) fn supersede(
    connection: &mut SqliteConnection,
    (context, cart_id): (&CallContext, &str),
    older: Older<'_>,
) -> Result<(), BackendError> {
    let waiting: Vec<CheckoutRow> = table::table
        .filter(table::cart_id.eq(cart_id).and(table::state.eq(AWAITING_APPROVAL)))
        .select(CheckoutRow::as_select())
        .load(connection)?;
    for row in &waiting {
        let is_older = match older {
            Older::Unasked => row.purchase_id.is_none(),
            Older::Than(new) => row.checkout_id != new.checkout_id && row.created_at <= new.created_at,
        };
        if is_older && row.document()?.agent == context.client_id {
            over(connection, row, CheckoutState::Superseded)?;
        }
    }
    Ok(())
}

/// How long after its time a checkout may still be heard of, as the clocks of the two servers differ.
const DEAD: Duration = Duration::from_hours(1);
/// How many are ended at once.
const SOME: i64 = 50;

/// Ends what nobody has looked at since its time was over, a few at a time: it holds nothing back and keeps no address.
pub(super) fn forget_dead(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), BackendError> {
    let dead: Vec<CheckoutRow> = table::table
        .filter(table::state.eq(AWAITING_APPROVAL).and(table::created_at.le(now.minus(DEAD).as_micros())))
        .limit(SOME)
        .select(CheckoutRow::as_select())
        .load(connection)?;
    for row in &dead {
        over(connection, row, CheckoutState::Expired)?;
    }
    Ok(())
}

pub(super) fn unfinished(
    connection: &mut SqliteConnection,
    environment: &str,
) -> Result<Vec<Unfinished>, BackendError> {
    let left = table::state.eq(TAKEN).or(table::state.eq_any([ORDERED, UNSOLD]).and(table::settled.eq(false)));
    let rows: Vec<CheckoutRow> = table::table
        .filter(table::environment.eq(environment).and(left))
        .order(table::created_at)
        .select(CheckoutRow::as_select())
        .load(connection)?;
    rows.into_iter()
        .map(|row| {
            let client_id = row.document()?.agent;
            Ok(Unfinished { owner: Owner { iss: row.iss, sub: row.sub }, client_id, checkout_id: row.checkout_id })
        })
        .collect()
}
