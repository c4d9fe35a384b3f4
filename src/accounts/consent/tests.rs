//! What an answer gives, and to whom.

use mcp_resource::wire::feed::Event;

use super::*;
use crate::accounts::narrowing::{Left, Narrowed, narrow};
use crate::accounts::tests::World;
use crate::domain::approval_rule::ApprovalRule;
use crate::keys::random;
use crate::storage;
use crate::storage::audit_listing::{self, Filter, Page};
use crate::storage::feed;

#[actix_web::test]
async fn an_answer_from_a_session_that_the_owner_of_the_address_has_ended_connects_nobody() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let allowing = world.allowing(&world.live, &maya, "ChatGPT").await;
    world.prove_address(&world.live, "maya@example.com").await;
    assert_eq!(allow(&world.db, &world.live, allowing).await.unwrap(), Outcome::Stale);
    assert!(world.agents(&maya).await.is_empty());
}

#[actix_web::test]
async fn whatever_is_consented_to_the_page_says_that_each_payment_is_asked_about_and_so_it_is() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let currency = "EUR".parse().unwrap();
    let limit = SpendingLimit::new(currency, None, Some(20_000));
    let rule = ApprovalRule { id: random::text(""), currency, most: 2_000, created_at: world.clock.now() };
    let consent = async |name: &str| {
        let mut allowing = world.allowing(&world.live, &maya, "agent").await;
        allowing.client.metadata.client_name = Some(name.to_owned());
        let given = ScopeSet::BROWSE.with(Scope::CheckoutInitiate);
        let allowing = Allowing { given, ceiling: Ceiling::Set(limit), ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        world.agents(&maya).await[0].grant.id.clone()
    };
    let id = consent("ChatGPT").await;
    // Another installation of the same client, and the same client with another description.
    for name in ["ChatGPT", "Another name"] {
        let (of, rule) = (id.clone(), rule.clone());
        world.write(move |tx| storage::approval_rules::set(tx, &of, &rule)).await;
        assert_eq!(consent(name).await, id, "the same grant");
        let of = id.clone();
        let rule = world.read(move |connection| storage::approval_rules::find(connection, &of)).await;
        assert_eq!(rule, None, "{name}");
    }
    let issuer_id = maya.issuer_id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    assert!(entries.iter().any(|entry| entry.kind == "approval_rule_removed"));
}

/// D18, design §1: a connection holds no more than its grant.
#[actix_web::test]
async fn what_was_not_given_again_after_a_change_no_earlier_connection_keeps() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let cart = ScopeSet::BROWSE.with(Scope::CartWrite);
    let all = cart.with(Scope::OrdersRead).with(Scope::OfflineAccess);
    let consent = async |name: &str, given: ScopeSet| {
        let mut allowing = world.allowing(&world.live, &maya, "agent").await;
        allowing.client.metadata.client_name = Some(name.to_owned());
        let outcome = allow(&world.db, &world.live, Allowing { given, ..allowing }).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        let id = world.agents(&maya).await[0].grant.id.clone();
        let rows = world.read(move |c| connections::list_of_grants(c, &[id.as_str()])).await;
        let mut scopes: Vec<String> = rows.iter().map(|row| row.scope.to_string()).collect();
        scopes.sort_by_key(String::len);
        scopes
    };
    let changes = async || {
        let issuer_id = maya.issuer_id.to_string();
        let events = world.read(move |c| feed::list_after(c, &issuer_id, 0, 50)).await;
        events.iter().filter(|(_, event)| matches!(event, Event::RightsChanged { .. })).count()
    };
    consent("ChatGPT", all).await;
    let beside = consent("ChatGPT", cart).await;
    assert_eq!(beside, [cart.to_string(), all.to_string()], "the same description: nothing was taken back");
    assert_eq!(changes().await, 0);
    let browse = ScopeSet::BROWSE.to_string();
    let left = consent("Another name", ScopeSet::BROWSE).await;
    assert_eq!(left, [browse.clone(), browse.clone(), ScopeSet::BROWSE.with(Scope::OfflineAccess).to_string()]);
    assert_eq!(changes().await, 1, "resource servers ask about the tokens that say more");
}

/// spec/pages.md 5.2: it was decided under other words, and only this answer counts. So it is also for who answers a page that was
/// shown before somebody else's release took over.
#[actix_web::test]
async fn what_was_given_in_words_that_no_longer_stand_is_not_added_to() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let consent = async |asked: ScopeSet, given: ScopeSet, stands: Stands| {
        let allowing = world.allowing(&world.live, &maya, "agent").await;
        let allowing = Allowing { asked, given, stands, wording: Wording::sample(given), ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        let grant = world.agents(&maya).await[0].grant.clone();
        let rows = world.read(move |c| connections::list_of_grants(c, &[grant.id.as_str()])).await;
        (grant.scope, rows.iter().all(|row| row.scope == ScopeSet::BROWSE))
    };
    let (browse, cart) = (ScopeSet::BROWSE, ScopeSet::BROWSE.with(Scope::CartWrite));
    assert_eq!(consent(cart, cart, |_| true).await.0, cart);
    assert_eq!(consent(cart, browse, |_| true).await, (cart, false));
    assert_eq!(consent(browse, browse, |_| false).await, (cart, false), "what was not asked for stays");
    assert_eq!(consent(cart, browse, |_| false).await, (browse, true));
}

/// The newest consent to each counts, also when it went back to words that were there before.
#[actix_web::test]
async fn of_several_wordings_the_newest_for_each_permission_is_found_however_many_came_since() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let orders = ScopeSet::of(&[Scope::OrdersRead]);
    let consent = async |given: ScopeSet, version: &str| {
        let allowing = world.allowing(&world.live, &maya, "agent").await;
        let wording = Wording { version: version.to_owned(), ..Wording::sample(given) };
        let outcome =
            allow(&world.db, &world.live, Allowing { asked: given, given, wording, ..allowing }).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        world.clock.advance(std::time::Duration::from_secs(1));
    };
    consent(orders, "first").await;
    for number in 0..20 {
        consent(ScopeSet::BROWSE, if number % 2 == 0 { "other" } else { "first" }).await;
    }
    consent(ScopeSet::BROWSE, "newest").await;
    let id = world.agents(&maya).await[0].grant.id.clone();
    let found =
        world.read(move |c| newest_wordings(c, &id, ScopeSet::BROWSE.union(ScopeSet::of(&[Scope::OrdersRead])))).await;
    let newest = |scope| found.iter().find(|wording| wording.scope.contains(scope)).unwrap().version.as_str();
    assert_eq!((newest(Scope::ProductsRead), newest(Scope::OrdersRead)), ("newest", "first"));
}

/// Decision 3: only what was asked about is given. Between the page's question and its answer the client's description is looked
/// at, which can take as long as its host likes.
#[actix_web::test]
async fn what_was_taken_back_since_the_page_was_put_together_is_not_given_again_as_kept() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let cart = ScopeSet::BROWSE.with(Scope::CartWrite);
    let consent = async |kept: ScopeSet| {
        let allowing = world.allowing(&world.live, &maya, "agent").await;
        let wording = Wording::sample(cart);
        allow(&world.db, &world.live, Allowing { asked: cart, kept, given: cart, wording, ..allowing }).await.unwrap()
    };
    assert_eq!(consent(cart).await, Outcome::Stale, "nothing was given yet");
    assert!(matches!(consent(ScopeSet::EMPTY).await, Outcome::Approved { .. }));
    assert!(matches!(consent(cart).await, Outcome::Approved { .. }));
    let id = world.agents(&maya).await[0].grant.id.clone();
    let (shopper, of, occasion) = (maya.clone(), id.clone(), world.occasion());
    let left = Left { scope: ScopeSet::BROWSE, limit: None };
    let narrowed = world.write(move |tx| narrow(tx, &shopper, &of, left, &occasion)).await;
    assert_eq!(narrowed, Narrowed::Done);
    assert_eq!(consent(cart).await, Outcome::Stale);
    assert_eq!(world.agents(&maya).await[0].grant.scope, ScopeSet::BROWSE);
    world.disconnect(&maya, &id).await;
    assert_eq!(consent(ScopeSet::BROWSE).await, Outcome::Stale, "nor is what was disconnected connected again");
    assert!(world.agents(&maya).await.is_empty());
}
