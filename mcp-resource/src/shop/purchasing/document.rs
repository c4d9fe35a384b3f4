//! The document that the shopper approves, made of a frozen checkout. The authorization server computes its digest over the
//! copy that it shows; this side computes it again over what is about to be sold.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::shop::CallContext;
use crate::shop::backend::{Address, BackendError, FrozenCheckout};
use crate::shop::results::ShippingMethod;
use crate::wire::purchase::{CheckoutDocument, DocumentLine, ShipTo};

/// `store` is the `resource` of the endpoint.
pub(super) fn document(store: &str, context: &CallContext, frozen: &FrozenCheckout) -> CheckoutDocument {
    let FrozenCheckout { checkout, ship_to, .. } = frozen;
    let lines = checkout.lines.iter().map(|line| DocumentLine {
        variant_id: line.variant_id.clone(),
        title: line.title.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        total: line.total,
    });
    CheckoutDocument {
        store: store.to_owned(),
        environment: context.environment.to_string(),
        agent: context.client_id.clone(),
        lines: lines.collect(),
        shipping_method: method(checkout.shipping_method).to_owned(),
        ship_to: ship_to.as_ref().map(destination),
        subtotal: checkout.totals.subtotal,
        shipping: checkout.totals.shipping,
        taxes: checkout.totals.tax_included,
        taxes_included: true,
        total: checkout.totals.total,
    }
}

/// Base64url of the document's digest.
pub(super) fn digest(document: &CheckoutDocument) -> Result<String, BackendError> {
    let digest = document.digest().map_err(|error| BackendError::Unavailable(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(digest))
}

const fn method(method: ShippingMethod) -> &'static str {
    match method {
        ShippingMethod::Standard => "standard",
        ShippingMethod::Express => "express",
        ShippingMethod::Pickup => "pickup",
    }
}

fn destination(address: &Address) -> ShipTo {
    ShipTo {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        postal_code: address.postal_code.clone(),
        city: address.city.clone(),
        country: address.country.clone(),
    }
}
