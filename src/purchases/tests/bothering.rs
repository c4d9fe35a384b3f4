//! What keeps an agent from wearing the shopper down, and what is kept for the merchant and for how long.

use mcp_resource::wire::purchase::{PurchaseState, Refusal};

use super::super::listing::{Filter, awaiting, list};
use super::super::{Decision, asking};
use super::{Answered, Shop, caller, occasion};
use crate::domain::GrantId;
use crate::domain::purchase::{KEPT_UNSOLD, MOST_MAILS, MOST_NEW};
use crate::domain::shopper::Shopper;
use crate::merchant::testing::{at, issuer_id, store, write};
use crate::storage::{StorageError, sweeping};

#[tokio::test]
async fn a_cart_has_one_purchase_and_a_grant_three_that_await_the_shopper() {
    let shop = Shop::open().await;
    let first = shop.register(shop.purchase("one", "cart"), 0).await.unwrap().found.purchase.id;
    shop.register(shop.purchase("two", "cart"), 1).await.unwrap();
    assert_eq!(shop.state(&first, 1).await, PurchaseState::Superseded);
    assert_eq!(shop.decide(&first, Decision::Approve, 1).await, Answered::NotAnyMore);
    for (n, checkout) in ["a", "b", "c", "d"].into_iter().enumerate() {
        shop.ask(checkout, 2 + i64::try_from(n).unwrap()).await;
    }
    let pending = async || {
        let shopper = shop.shopper.clone();
        let listed = write(&shop.db, move |tx| awaiting(tx, &shopper, (&store("fern"), at(10)))).await;
        listed.into_iter().map(|listed| listed.found.purchase.checkout_id).collect::<Vec<_>>()
    };
    assert_eq!(pending().await, ["b", "c", "d"]);
    let asked = (0..8).map(|n| shop.register(shop.purchase(&format!("many-{n}"), "same"), 6));
    futures_util::future::join_all(asked).await;
    let left = pending().await;
    assert_eq!((left.len(), left.iter().filter(|id| id.starts_with("many")).count()), (3, 1), "{left:?}");
}

#[tokio::test]
async fn an_approved_purchase_gives_way_to_a_newer_one_of_its_cart() {
    let shop = Shop::open().await;
    let first = shop.register(shop.purchase("one", "cart"), 0).await.unwrap().found.purchase.id;
    shop.decide(&first, Decision::Approve, 1).await;
    shop.register(shop.purchase("two", "cart"), 2).await.unwrap();
    assert_eq!(shop.consume(&first, "one", 3).await, Err(Refusal::Superseded), "a cart is not bought twice");
}

#[tokio::test]
async fn three_times_no_in_a_row_silences_the_agent_until_the_shopper_lifts_it() {
    let shop = Shop::open().await;
    for (n, checkout) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let id = shop.ask(checkout, 0).await;
        let decision = if n == 1 { Decision::Approve } else { Decision::Decline };
        assert_eq!(shop.decide(&id, decision, 1).await, Answered::Done, "not three in a row before the last");
    }
    assert_eq!(shop.register(shop.purchase("x", "x"), 2).await.unwrap_err().refusal, Refusal::Silenced);
    let other = Shop::with(shop.db.clone(), "agent", "paul").await;
    other.ask("of another shopper", 2).await;
    let allow = async |shopper: &Shopper| {
        let (shopper, grant) = (shopper.clone(), shop.connection.grant_id.clone());
        write(&shop.db, move |tx| asking::allow(tx, &shopper, &grant, &occasion(at(3)))).await
    };
    assert!(!allow(&other.shopper).await);
    assert_eq!(shop.register(shop.purchase("x", "x"), 4).await.unwrap_err().refusal, Refusal::Silenced);
    assert!(allow(&shop.shopper).await);
    shop.ask("x", 5).await;
}

#[tokio::test]
async fn a_shopper_gets_five_mails_an_hour_whoever_asks() {
    let shop = Shop::open().await;
    let other = Shop::with(shop.db.clone(), "second", "maya").await;
    let mut mails = 0;
    for n in 0..6 {
        for shop in [&shop, &other] {
            let id = format!("{}-{n}", shop.connection.client_id);
            let registered = shop.register(shop.purchase(&id, &id), n * 60).await.unwrap();
            mails += i64::from(registered.mail_to.is_some());
        }
    }
    assert_eq!(mails, MOST_MAILS);
    let later = shop.register(shop.purchase("later", "later"), 3_700).await.unwrap();
    assert_eq!(later.mail_to.as_deref(), Some(shop.shopper.email.as_str()));
}

#[tokio::test]
async fn what_was_never_taken_is_forgotten_after_a_month_and_an_order_is_not() {
    let shop = Shop::open().await;
    let (sold, unsold) = (shop.ask("one", 0).await, shop.ask("two", 0).await);
    shop.decide(&sold, Decision::Approve, 1).await;
    shop.consume(&sold, "one", 2).await.unwrap();
    let sweep = async |seconds| {
        write(&shop.db, move |tx| sweeping::delete_unsold(tx, &issuer_id("live"), at(seconds).minus(KEPT_UNSOLD), 25))
            .await
    };
    let month = 30 * 86_400;
    assert_eq!((sweep(month).await, sweep(month + 1).await, sweep(month + 1).await), (0, 1, 0));
    assert_eq!(shop.consume(&unsold, "two", month).await, Err(Refusal::Unknown));
    assert_eq!(shop.state(&sold, month).await, PurchaseState::Consumed);
}

#[tokio::test]
async fn an_order_leads_to_its_purchase_grant_and_agent() {
    let shop = Shop::open().await;
    let id = shop.ask("one", 0).await;
    shop.ask("two", 1).await;
    shop.decide(&id, Decision::Approve, 2).await;
    shop.consume(&id, "one", 3).await.unwrap();
    let find = async |filter: Filter| {
        let found: Result<_, StorageError> =
            shop.db.read(move |c| list(c, (&caller(at(4)).issuer, &store("fern")), (&filter, at(4)), None, 1)).await;
        let list = found.unwrap();
        (list.purchases.into_iter().map(|listed| listed.found.purchase).collect::<Vec<_>>(), list.older.is_some())
    };
    assert_eq!(find(Filter::WithoutOrder).await.0.first().map(|found| &found.id), Some(&id));
    shop.settle(&id, Some("order-7")).await.unwrap();
    assert!(find(Filter::WithoutOrder).await.0.is_empty());
    let (found, _) = find(Filter::Id("order-7".to_owned())).await;
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (&found.id, &found.grant_id, &found.client_id),
        (&id, &shop.connection.grant_id, &shop.connection.client_id)
    );
    assert!(find(Filter::Id(GrantId::new("nobody").to_string())).await.0.is_empty());
    let (newest, has_older) = find(Filter::All).await;
    assert_eq!((newest[0].checkout_id.as_str(), has_older), ("two", true));
}

#[tokio::test]
async fn a_grant_begins_thirty_purchases_an_hour_whatever_becomes_of_them() {
    let shop = Shop::open().await;
    for n in 0..MOST_NEW {
        shop.ask(&format!("n{n}"), n).await;
    }
    assert_eq!(shop.register(shop.purchase("more", "more"), 40).await.unwrap_err().refusal, Refusal::TooMany);
    let again = shop.register(shop.purchase("n29", "n29"), 41).await.unwrap();
    assert!(again.was_there, "what was begun goes on");
    Shop::with(shop.db.clone(), "second", "maya").await.ask("by another agent", 42).await;
    shop.ask("an hour later", 3_601).await;
}

#[tokio::test]
async fn another_agent_replaces_what_nobody_answered_and_spoils_no_yes() {
    let shop = Shop::open().await;
    let other = Shop::with(shop.db.clone(), "second", "maya").await;
    let approved = shop.register(shop.purchase("one", "cart"), 0).await.unwrap().found.purchase.id;
    shop.decide(&approved, Decision::Approve, 1).await;
    let asked = other.register(other.purchase("two", "cart"), 2).await.unwrap().found.purchase.id;
    assert_eq!(shop.consume(&approved, "one", 3).await, Ok(PurchaseState::Consumed));
    shop.register(shop.purchase("three", "cart"), 4).await.unwrap();
    assert_eq!(other.state(&asked, 5).await, PurchaseState::Superseded, "one of a cart awaits an answer");
}

#[tokio::test]
async fn a_purchase_in_a_currency_that_the_store_does_not_use_is_refused() {
    let shop = Shop::open().await;
    let dollars = "USD".parse().unwrap();
    let mut new = shop.purchase("one", "one");
    let document = &mut new.document;
    for amount in [&mut document.subtotal, &mut document.shipping, &mut document.taxes, &mut document.total] {
        amount.currency = dollars;
    }
    for line in &mut document.lines {
        (line.unit_price.currency, line.total.currency) = (dollars, dollars);
    }
    assert_eq!(shop.register(new, 0).await.unwrap_err().refusal, Refusal::InvalidDocument);
}
