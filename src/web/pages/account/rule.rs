//! The part of the change page by which an agent may buy without asking, where the merchant allows it: nothing is ticked before
//! the shopper ticks it, setting it needs a fresh sign-in and what the merchant demands for checkout, since it is a yes to
//! purchases ahead (RFC 9470), and taking it back is one button (decision 5, design §5).

use actix_web::HttpResponse;
use mcp_resource::wire::Scope;

use super::super::refuse::{fault, see_other};
use super::amounts::{AmountField, AmountProblem};
use super::change::{Found, Tried, answer, done_with};
use super::disconnect::not_found;
use super::onward::{Onward, change_path};
use crate::accounts::approval_rules::{Set, remove, set};
use crate::domain::approval_rule::highest;
use crate::domain::authentication::Demand;
use crate::domain::spending_limit::InvalidAmount;
use crate::domain::{GrantId, Money};
use crate::storage::StorageError;
use crate::web::extract::{SignedInShopper, Visit};

/// What the page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// A rule stands, up to this amount.
    Stands(Money),
    /// There can be one when there is a ceiling for the month.
    NeedsLimit,
    /// After signing in again, at this address.
    NeedsProof(String),
    Form(Form),
}

/// The form as it is shown: always unticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub most: AmountField,
    /// It was sent without the tick.
    pub was_unticked: bool,
}

impl Form {
    pub fn new(highest: Money) -> Self {
        Self { most: AmountField::new(None, highest.currency, None), was_unticked: false }
    }

    /// What was typed and ticked; the `Err` is the form as it is shown again.
    pub fn read(typed: &str, is_ticked: bool, highest: Money) -> Result<Money, Self> {
        let (mut most, amount) = AmountField::read(typed, highest.currency, Some(highest.amount));
        // The hint beside the field is about what an agent asks for; the error says what is too much.
        most.most = None;
        if amount.is_none() && most.problem.is_none() {
            most.problem = Some(AmountProblem::Invalid(InvalidAmount::NotANumber));
        }
        match amount {
            Some(amount) if is_ticked => Ok(Money::new(amount, highest.currency)),
            _ => Err(Self { most, was_unticked: !is_ticked }),
        }
    }
}

/// Nothing where the merchant allows none, or the agent cannot check out.
pub(super) fn offer(visit: &Visit, signed_in: &SignedInShopper, found: &Found, tried: Option<Form>) -> Option<Offer> {
    let grant = &found.own.grant;
    // Without mails nobody would be told of what was bought, so nothing is (`purchases::by_rule`).
    if !visit.context.policy.lets_rules() || !visit.state.mailer.is_on() {
        return None;
    }
    if let Some(most) = found.rule {
        return Some(Offer::Stands(most));
    }
    if !grant.scope.contains(Scope::CheckoutInitiate) {
        return None;
    }
    let Some(highest) = highest(grant.limit) else { return Some(Offer::NeedsLimit) };
    if let Some(demand) = lacking(visit, signed_in) {
        return Some(Offer::NeedsProof(proof(&grant.id, demand)));
    }
    Some(Offer::Form(tried.unwrap_or_else(|| Form::new(highest))))
}

/// What the sign-in lacks to set a rule, if anything.
fn lacking(visit: &Visit, signed_in: &SignedInShopper) -> Option<Demand> {
    let demand = Demand::fresh(visit.now()).and(visit.context.policy.checkout.for_consent(visit.now()));
    demand.unmet_by(signed_in.authentication())
}

/// Signing in again, and then here.
fn proof(id: &GrantId, demand: Demand) -> String {
    Onward::to_page(&change_path(id)).proving(demand)
}

/// The form was sent.
pub(super) async fn submit(
    visit: &Visit,
    signed_in: &SignedInShopper,
    found: &Found,
    (typed, is_ticked): (&str, bool),
) -> HttpResponse {
    let grant = &found.own.grant;
    if let Some(demand) = lacking(visit, signed_in) {
        return see_other(&visit.context, &proof(&grant.id, demand));
    }
    let Some(highest) = highest(grant.limit) else { return answer(visit, signed_in, found, Tried::default()) };
    let most = match Form::read(typed, is_ticked, highest) {
        Ok(most) => most,
        Err(form) => return answer(visit, signed_in, found, Tried { rule: Some(form), ..Tried::default() }),
    };
    let (shopper, occasion, id) = (signed_in.shopper.clone(), visit.occasion(), grant.id.clone());
    let how = signed_in.authentication();
    let done: Result<Set, StorageError> =
        visit.state.db.write(move |tx| set(tx, (&shopper, how), &id, most, &occasion)).await;
    match done {
        Ok(Set::Done) => done_with(visit, &grant.id, "ruled"),
        // A ceiling was lowered meanwhile, or more is demanded: the page as it is now says which.
        Ok(Set::AboveLimit | Set::NeedsProof) => see_other(&visit.context, &change_path(&grant.id)),
        Ok(Set::NotPossible) => not_found(visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

/// At once, and however old the sign-in is: it only takes back.
pub(super) async fn take_back(visit: &Visit, signed_in: &SignedInShopper, id: GrantId) -> HttpResponse {
    let (shopper, occasion, of) = (signed_in.shopper.clone(), visit.occasion(), id.clone());
    let done: Result<bool, StorageError> = visit.state.db.write(move |tx| remove(tx, &shopper, &of, &occasion)).await;
    match done {
        Ok(true) => done_with(visit, &id, "unruled"),
        Ok(false) => not_found(visit),
        Err(error) => fault(&visit.request, &visit.context, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_rule_without_an_amount_within_the_ceilings_and_a_tick() {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        assert_eq!(Form::read("20", true, euros(8_000)), Ok(euros(2_000)));
        for (typed, is_ticked) in [("20", false), ("", true), ("80.01", true), ("0", true), ("twenty", true)] {
            let again = Form::read(typed, is_ticked, euros(8_000)).unwrap_err();
            assert_eq!(again.was_unticked, !is_ticked);
            assert_eq!((again.most.problem.is_some(), again.most.value.as_str()), (is_ticked, typed));
        }
    }
}
