//! A document is taken only if it says one thing; a purchase never outlives its time.

use mcp_resource::wire::Money;
use mcp_resource::wire::purchase::{DocumentLine, ShipTo};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::domain::spending_limit::SpendingLimit;

pub(crate) fn terms() -> Terms<'static> {
    let currency = "EUR".parse().unwrap();
    Terms { currency, store: "http://localhost:8081/mcp", environment: "live", agent: "agent" }
}

fn euros(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

pub(crate) fn document(lines: &[(i64, i64)], shipping: i64, taxes: i64, taxes_included: bool) -> CheckoutDocument {
    let line = |&(quantity, price): &(i64, i64)| DocumentLine {
        variant_id: "tea-50g".to_owned(),
        title: "Tea, 50 g".to_owned(),
        quantity,
        unit_price: euros(price),
        total: euros(quantity * price),
    };
    let subtotal: i64 = lines.iter().map(|(quantity, price)| quantity * price).sum();
    CheckoutDocument {
        store: terms().store.to_owned(),
        environment: terms().environment.to_owned(),
        agent: terms().agent.to_owned(),
        lines: lines.iter().map(line).collect(),
        shipping_method: "standard".to_owned(),
        ship_to: Some(ShipTo {
            name: "Robin Field".to_owned(),
            line1: "Lindenweg 12".to_owned(),
            line2: None,
            postal_code: "34117".to_owned(),
            city: "Kassel".to_owned(),
            country: "DE".to_owned(),
        }),
        subtotal: euros(subtotal),
        shipping: euros(shipping),
        taxes: euros(taxes),
        taxes_included,
        total: euros(subtotal + shipping + if taxes_included { 0 } else { taxes }),
    }
}

fn purchase(stage: Stage) -> Purchase {
    let document = document(&[(2, 500)], 490, 100, true);
    Purchase {
        destination: None,
        rule_id: None,
        id: PurchaseId::new("p"),
        issuer_id: IssuerId::new("live"),
        grant_id: GrantId::new("g"),
        connection_id: ConnectionId(uuid::Uuid::nil()),
        shopper_id: ShopperId::new("s"),
        client_id: ClientId::new("agent"),
        resource: terms().store.to_owned(),
        checkout_id: "checkout".to_owned(),
        cart_id: "cart".to_owned(),
        jti: None,
        is_elevation: false,
        digest: document.digest().unwrap(),
        document,
        stage,
        created_at: Timestamp::from_secs(0),
        expires_at: Timestamp::from_secs(600),
        extended_at: None,
        decided_at: None,
        consumed_at: None,
        settled_at: None,
        order_id: (stage == Stage::Completed).then(|| "order".to_owned()),
    }
}

fn refused(document: &CheckoutDocument) -> String {
    validate(document, terms()).unwrap_err().expected
}

/// One place of a document, changed.
fn tampered(mut document: CheckoutDocument, which: usize, by: i64) -> CheckoutDocument {
    let line = &mut document.lines[0];
    match which {
        0 => line.quantity += by,
        1 => line.unit_price.amount += by,
        2 => line.total.amount += by,
        3 => document.subtotal.amount += by,
        4 => document.shipping.amount += by,
        5 => document.total.amount += by,
        6 => line.total.currency = "USD".parse().unwrap(),
        7 => document.taxes.currency = "USD".parse().unwrap(),
        _ => document.total.currency = "USD".parse().unwrap(),
    }
    document
}

proptest! {
    #[test]
    fn a_document_whose_sums_are_right_is_taken_and_none_of_them_can_be_changed_alone(
        lines in prop::collection::vec((1_i64..1_000, 1_i64..1_000_000), 1..20),
        (shipping, percent, taxes_included) in (0_i64..100_000, 0_i64..30, any::<bool>()),
        (which, by) in (0_usize..9, 1_i64..1_000),
    ) {
        let subtotal: i64 = lines.iter().map(|(quantity, price)| quantity * price).sum();
        let document = document(&lines, shipping, subtotal * percent / 130, taxes_included);
        prop_assert_eq!(validate(&document, terms()), Ok(()));
        prop_assert!(validate(&tampered(document, which, by), terms()).is_err(), "{}", which);
    }

    #[test]
    fn whatever_a_shopper_does_a_purchase_is_over_after_fifteen_minutes(
        steps in prop::collection::vec((0_i64..400, any::<Index>()), 1..10),
    ) {
        let mut purchase = purchase(Stage::Awaiting);
        let mut now = 0;
        for (wait, step) in steps {
            now += wait;
            let at = Timestamp::from_secs(now);
            // The same steps that the database takes: see `storage::purchases`.
            match step.index(2) {
                0 if purchase.can_be_extended(at) => {
                    purchase.expires_at = purchase.expires_at.plus(EXTENSION);
                    purchase.extended_at = Some(at);
                }
                1 if purchase.stage == Stage::Awaiting && purchase.expires_at > at => {
                    purchase.expires_at = purchase.usable_until(at);
                    purchase.stage = Stage::Approved;
                }
                _ => {}
            }
            prop_assert!(purchase.expires_at <= purchase.created_at.plus(LONGEST));
        }
        let end = purchase.created_at.plus(LONGEST);
        prop_assert_eq!(purchase.state(Standing::Live, end), PurchaseState::Expired);
    }
}

#[test]
fn a_document_is_about_this_store_its_currency_this_environment_and_this_agent() {
    let good = document(&[(1, 100)], 0, 0, true);
    for (terms, part) in [
        (Terms { store: "http://localhost:8081/sandbox/mcp", ..terms() }, "store"),
        (Terms { environment: "sandbox", ..terms() }, "environment sandbox"),
        (Terms { agent: "another", ..terms() }, "agent another"),
        (Terms { currency: "USD".parse().unwrap(), ..terms() }, "total in USD"),
    ] {
        assert!(validate(&good, terms).unwrap_err().expected.contains(part));
    }
}

#[test]
fn lines_and_texts_have_limits_and_no_controls() {
    let good = document(&[(1, 100)], 0, 0, true);
    assert!(refused(&document(&[], 0, 0, true)).contains("lines"));
    assert!(refused(&document(&[(1, 1); 101], 0, 0, true)).contains("lines"));
    assert!(refused(&document(&[(0, 100)], 0, 0, true)).contains("quantity"));
    assert!(refused(&document(&[(-1, 100)], 0, 0, true)).contains("quantity"));
    assert!(refused(&document(&[(1, -100)], 100, 0, true)).contains("unit price"));
    assert!(refused(&document(&[(1, 100)], -1, 0, true)).contains("shipping"));
    assert!(refused(&document(&[(1, 100)], 0, 101, true)).contains("taxes"));
    for title in ["", "  ", "tea\u{202e}", "tea\n", &"t".repeat(201)] {
        let mut document = good.clone();
        title.clone_into(&mut document.lines[0].title);
        assert!(refused(&document).contains("title"), "{title:?}");
    }
    let mut elsewhere = good.clone();
    elsewhere.ship_to.as_mut().unwrap().country = "de".to_owned();
    assert!(refused(&elsewhere).contains("country"));
    let mut long = good;
    long.ship_to.as_mut().unwrap().city = "Kassel\u{0}".to_owned();
    let invalid = validate(&long, terms()).unwrap_err();
    assert!(!format!("{invalid:?}").contains("Kassel"), "an address is not repeated");
}

#[test]
fn sums_that_do_not_fit_are_refused_and_never_wrap() {
    let mut document = document(&[(2, 100)], 0, 0, false);
    document.lines[0].unit_price.amount = i64::MAX;
    assert!(refused(&document).contains("fits"));
    let mut document = self::document(&[(1, 100)], 0, 0, false);
    document.shipping.amount = i64::MAX;
    assert!(refused(&document).contains("fits"));
    assert_eq!(validate(&self::document(&[(1, SpendingLimit::MOST)], 0, 0, false), terms()), Ok(()));
    let more = self::document(&[(1, SpendingLimit::MOST + 1)], 0, 0, false);
    assert!(refused(&more).contains("at most"), "nor do the sums of many purchases");
}

#[test]
fn the_time_and_the_grants_end_count_until_a_purchase_is_consumed() {
    let (before, after) = (Timestamp::from_secs(599), Timestamp::from_secs(600));
    let state = |stage, standing, now| purchase(stage).state(standing, now);
    assert_eq!(state(Stage::Approved, Standing::Live, before), PurchaseState::Approved);
    assert_eq!(state(Stage::Approved, Standing::Held, before), PurchaseState::Approved);
    assert_eq!(state(Stage::Approved, Standing::Live, after), PurchaseState::Expired);
    assert_eq!(state(Stage::Approved, Standing::Over, before), PurchaseState::Cancelled);
    for (stage, state) in [(Stage::Consumed, PurchaseState::Consumed), (Stage::Completed, PurchaseState::Completed)] {
        assert_eq!(purchase(stage).state(Standing::Over, after), state);
    }
}

#[test]
fn whoever_approves_in_the_last_second_gives_the_agent_time_to_use_it() {
    let mut purchase = purchase(Stage::Awaiting);
    assert_eq!(purchase.usable_until(Timestamp::from_secs(1)), Timestamp::from_secs(600));
    assert_eq!(purchase.usable_until(Timestamp::from_secs(599)), Timestamp::from_secs(899));
    purchase.expires_at = Timestamp::from_secs(900);
    assert_eq!(purchase.usable_until(Timestamp::from_secs(899)), Timestamp::from_secs(900), "F20");
}

#[test]
fn a_consumed_purchase_is_answered_again_to_its_own_checkout_only() {
    let now = Timestamp::from_secs(1_000);
    let consumed = purchase(Stage::Consumed);
    let digest = consumed.digest;
    let refuse =
        |purchase: &Purchase, checkout, digest: &[u8]| purchase.refuse_consume((checkout, digest), Standing::Over, now);
    assert_eq!(refuse(&consumed, "checkout", &digest), None);
    assert_eq!(refuse(&consumed, "another", &digest), Some(Refusal::AlreadyUsed));
    assert_eq!(refuse(&consumed, "checkout", &[0; 32]), Some(Refusal::DigestDiffers));
    assert_eq!(refuse(&purchase(Stage::Released), "checkout", &digest), Some(Refusal::AlreadyUsed));
    assert_eq!(refuse(&purchase(Stage::Approved), "another", &digest), Some(Refusal::Unknown));
}

#[test]
fn a_purchase_is_settled_one_way() {
    let completed = purchase(Stage::Completed);
    assert_eq!(completed.refuse_settle("checkout", Some("order")), None);
    assert_eq!(completed.refuse_settle("checkout", Some("another")), Some(Refusal::AlreadyUsed));
    assert_eq!(completed.refuse_settle("checkout", None), Some(Refusal::AlreadyUsed));
    assert_eq!(completed.refuse_settle("another", Some("order")), Some(Refusal::Unknown));
    assert_eq!(purchase(Stage::Released).refuse_settle("checkout", None), None);
    assert_eq!(purchase(Stage::Released).refuse_settle("checkout", Some("order")), Some(Refusal::AlreadyUsed));
    assert_eq!(purchase(Stage::Approved).refuse_settle("checkout", Some("order")), Some(Refusal::NotApproved));
}
