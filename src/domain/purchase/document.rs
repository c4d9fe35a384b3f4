//! Whether a checkout document says one thing only, and about the grant it came with. What a shopper approves must not
//! contradict itself: the sums are checked here, and nothing in it can redraw the page around it.

use mcp_resource::wire::Money;
use mcp_resource::wire::money::Currency;
use mcp_resource::wire::purchase::{CheckoutDocument, DocumentLine, ShipTo};

use crate::domain::spending_limit::SpendingLimit;

const MOST_LINES: usize = 100;
const MOST_OF_ONE: i64 = 100_000;
/// Characters of titles, names and streets.
const LONG: usize = 200;
/// Characters of ids, codes and words.
const SHORT: usize = 128;

/// What the grant and the issuer say the document has to.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The store's own: a document in another says nothing that a ceiling could be held against.
    pub currency: Currency,
    pub store: &'a str,
    pub environment: &'a str,
    pub agent: &'a str,
}

/// What is wrong with a document: what was demanded, and what was there. Never a part of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    pub expected: String,
    pub presented: String,
}

impl Invalid {
    fn new(expected: impl Into<String>, presented: &impl ToString) -> Self {
        Self { expected: expected.into(), presented: presented.to_string() }
    }
}

/// An id of the resource server's.
///
/// # Errors
/// When it is empty, long, or has control characters.
pub fn validate_id(name: &str, id: &str) -> Result<(), Invalid> {
    text(name, id, SHORT)
}

/// # Errors
/// The first thing that is wrong.
pub fn validate(document: &CheckoutDocument, terms: Terms<'_>) -> Result<(), Invalid> {
    let pairs = [
        ("store", document.store.as_str(), terms.store),
        ("environment", document.environment.as_str(), terms.environment),
        ("agent", document.agent.as_str(), terms.agent),
    ];
    for (name, presented, expected) in pairs {
        if presented != expected {
            return Err(Invalid::new(format!("{name} {expected}"), &presented));
        }
    }
    if document.lines.is_empty() || document.lines.len() > MOST_LINES {
        return Err(Invalid::new(format!("1 to {MOST_LINES} lines"), &document.lines.len()));
    }
    if document.total.currency != terms.currency {
        return Err(Invalid::new(format!("total in {}", terms.currency), &document.total));
    }
    text("shipping_method", &document.shipping_method, SHORT)?;
    document.ship_to.as_ref().map_or(Ok(()), ship_to)?;
    amounts(document)
}

/// Each amount follows from those before it, in one currency.
fn amounts(document: &CheckoutDocument) -> Result<(), Invalid> {
    let currency = document.total.currency;
    let mut sum = Money::new(0, currency);
    for (number, line) in (1_usize..).zip(&document.lines) {
        let total = line_total(number, line)?;
        sum = sum
            .checked_add(total)
            .ok_or_else(|| Invalid::new(format!("line {number} in {currency}, and a sum that fits"), &total))?;
    }
    if document.subtotal != sum {
        return Err(Invalid::new(format!("subtotal {sum}"), &document.subtotal));
    }
    for (name, part) in [("shipping", document.shipping), ("taxes", document.taxes)] {
        if part.amount < 0 || part.currency != currency {
            return Err(Invalid::new(format!("{name} in {currency}, not negative"), &part));
        }
    }
    let before_taxes = sum.checked_add(document.shipping);
    let total = match before_taxes {
        Some(gross) if document.taxes_included && document.taxes.amount <= gross.amount => Some(gross),
        Some(_) if document.taxes_included => {
            return Err(Invalid::new("taxes within the prices that contain them", &document.taxes));
        }
        Some(net) => net.checked_add(document.taxes),
        None => None,
    };
    match total {
        // Sums of many stay far below what overflows.
        Some(total) if total.amount > SpendingLimit::MOST => {
            Err(Invalid::new(format!("a total of at most {}", Money::new(SpendingLimit::MOST, currency)), &total))
        }
        Some(total) if total == document.total => Ok(()),
        Some(total) => Err(Invalid::new(format!("total {total}"), &document.total)),
        None => Err(Invalid::new("a total that fits", &document.total)),
    }
}

fn line_total(number: usize, line: &DocumentLine) -> Result<Money, Invalid> {
    text(&format!("variant_id of line {number}"), &line.variant_id, SHORT)?;
    text(&format!("title of line {number}"), &line.title, LONG)?;
    if !(1..=MOST_OF_ONE).contains(&line.quantity) {
        return Err(Invalid::new(format!("quantity of line {number} from 1 to {MOST_OF_ONE}"), &line.quantity));
    }
    if line.unit_price.amount < 0 {
        return Err(Invalid::new(format!("unit price of line {number} not negative"), &line.unit_price));
    }
    match line.unit_price.checked_mul(line.quantity) {
        Some(total) if total == line.total => Ok(total),
        Some(total) => Err(Invalid::new(format!("total of line {number} {total}"), &line.total)),
        None => Err(Invalid::new(format!("a total of line {number} that fits"), &line.total)),
    }
}

/// What is wrong with an address is named by its field alone: the rest is nobody's but the shopper's.
fn ship_to(ship_to: &ShipTo) -> Result<(), Invalid> {
    let fields = [
        ("name", Some(&ship_to.name)),
        ("line1", Some(&ship_to.line1)),
        ("line2", ship_to.line2.as_ref()),
        ("postal_code", Some(&ship_to.postal_code)),
        ("city", Some(&ship_to.city)),
    ];
    for (name, value) in fields {
        value.map_or(Ok(()), |value| text(&format!("{name} of ship_to"), value, LONG))?;
    }
    let is_country = ship_to.country.len() == 2 && ship_to.country.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_country { Ok(()) } else { Err(Invalid::new("country of ship_to as two upper-case letters", &"another form")) }
}

fn text(name: &str, value: &str, longest: usize) -> Result<(), Invalid> {
    let length = value.chars().count();
    if value.trim().is_empty() || length > longest {
        return Err(Invalid::new(format!("{name} of 1 to {longest} characters"), &format!("{length} characters")));
    }
    if value.chars().any(is_unfit) {
        return Err(Invalid::new(format!("{name} without control characters"), &"one with"));
    }
    Ok(())
}

/// Control characters, and those that turn the line around them (UAX #9): an amount must not be read backwards.
fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
