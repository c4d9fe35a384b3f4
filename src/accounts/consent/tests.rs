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

/// What the page says of the agent, which was `ChatGPT` at first.
fn changed(name: &str) -> Option<Change> {
    (name != "ChatGPT").then_some(Change::Client)
}

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
        let allowing = Allowing { change: changed(name), given, ceiling: Ceiling::Set(limit), ..allowing };
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
        let allowing = Allowing { change: changed(name), given, ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
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
    let consent = async |(asked, given): (ScopeSet, ScopeSet), change: Option<Change>, stands: Stands| {
        let allowing = world.allowing(&world.live, &maya, "agent").await;
        let question = ConsentQuestion::of(asked, None);
        let allowing = Allowing { question, change, given, wordings: Wordings::sample(given), stands, ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
        let found = world.agents(&maya).await.first().map(|agent| agent.grant.clone());
        let Some(grant) = found else { return (outcome, ScopeSet::EMPTY, true) };
        let rows = world.read(move |c| connections::list_of_grants(c, &[grant.id.as_str()])).await;
        (outcome, grant.scope, rows.iter().all(|row| row.scope == ScopeSet::BROWSE))
    };
    let (browse, cart) = (ScopeSet::BROWSE, ScopeSet::BROWSE.with(Scope::CartWrite));
    let reworded = Some(Change::Wording);
    let all: Stands = |_, _| true;
    let stale = (Outcome::Stale, ScopeSet::EMPTY, true);
    assert_eq!(consent((cart, cart), reworded, all).await, stale, "the page named a change of what nobody has");
    assert_eq!(consent((cart, cart), None, all).await.1, cart);
    let (_, scope, is_all) = consent((cart, browse), None, all).await;
    assert_eq!((scope, is_all), (cart, false));
    let (_, scope, is_all) = consent((browse, browse), reworded, |_, _| false).await;
    assert_eq!((scope, is_all), (cart, false), "what was not asked for stays");
    let other: Stands = |scope, _| scope != Scope::CartWrite;
    let (_, scope, is_all) = consent((browse, browse), None, other).await;
    assert_eq!((scope, is_all), (cart, false), "other words for what is not asked for change nothing");
    for (change, stands) in [(None, other), (reworded, all), (Some(Change::Client), other)] {
        let said = consent((cart, browse), change, stands).await;
        assert_eq!(said, (Outcome::Stale, cart, false), "the page said something else: {change:?}");
    }
    let (_, scope, is_all) = consent((cart, browse), reworded, other).await;
    assert_eq!((scope, is_all), (browse, true));
}

/// What the page says ends does end: also that the agent stays, if it was asked about (A53). Until its last token is over it can be
/// used, and not be renewed.
#[actix_web::test]
async fn who_does_not_allow_to_stay_again_lets_no_earlier_connection_stay() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let stay = ScopeSet::BROWSE.with(Scope::OfflineAccess);
    let consent = async |(asked, given): (ScopeSet, ScopeSet), name: &str, is_reworded: bool| {
        let mut allowing = world.allowing(&world.live, &maya, "agent").await;
        allowing.client.metadata.client_name = Some(name.to_owned());
        let stands: Stands = if is_reworded { |_, _| false } else { |_, _| true };
        let change = changed(name).or(is_reworded.then_some(Change::Wording));
        let (question, wordings) = (ConsentQuestion::of(asked, None), Wordings::sample(given));
        let refreshable = given.contains(Scope::OfflineAccess);
        let allowing = Allowing { question, change, given, refreshable, wordings, stands, ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
    };
    let ends = async || {
        let id = world.agents(&maya).await[0].grant.id.clone();
        let rows = world.read(move |c| connections::list_of_grants(c, &[id.as_str()])).await;
        let first = rows.iter().min_by_key(|row| row.id).unwrap();
        let at = first.expires_at.since(world.clock.now());
        (first.refreshable, first.scope.contains(Scope::OfflineAccess), at)
    };
    let (browse, name) = (ScopeSet::BROWSE, "ChatGPT");
    let (days, hour) = (Lifetimes::default().connection, Lifetimes::default().access);
    consent((stay, stay), name, false).await;
    consent((stay, browse), name, false).await;
    assert_eq!(ends().await, (true, true, days), "no word has changed: one more connection, which does not stay");
    consent((browse, browse), name, true).await;
    assert_eq!(ends().await, (true, true, days), "it was not asked about");
    consent((stay, stay), name, true).await;
    assert_eq!(ends().await, (true, true, days), "it was allowed again");
    consent((stay, browse), name, true).await;
    assert_eq!(ends().await, (false, false, hour));
    let issuer_id = maya.issuer_id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    assert_eq!(entries.iter().filter(|entry| entry.kind == "grant_narrowed").count(), 1, "the trail says why");
}

/// D18: what is given to the agent as it is now is all that counts, whether it asks to stay or has registered for it.
#[actix_web::test]
async fn an_agent_that_has_changed_stays_as_the_answer_says() {
    for (is_named, stays) in [(true, false), (true, true), (false, false), (false, true)] {
        let world = World::open().await;
        let maya = world.shopper(&world.live, "maya@example.com").await;
        let asked = if is_named { ScopeSet::BROWSE.with(Scope::OfflineAccess) } else { ScopeSet::BROWSE };
        for (name, refreshable) in [("ChatGPT", true), ("Another name", stays)] {
            let mut allowing = world.allowing(&world.live, &maya, "agent").await;
            allowing.client.metadata.client_name = Some(name.to_owned());
            let given = if refreshable { asked } else { ScopeSet::BROWSE };
            let (question, change) = (ConsentQuestion::of(asked, None), changed(name));
            let allowing = Allowing { question, change, given, refreshable, ..allowing };
            let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
            assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        }
        let id = world.agents(&maya).await[0].grant.id.clone();
        let rows = world.read(move |c| connections::list_of_grants(c, &[id.as_str()])).await;
        let first = rows.iter().min_by_key(|row| row.id).unwrap();
        assert_eq!(first.refreshable, stays, "asked for: {is_named}");
        assert_eq!(first.scope.contains(Scope::OfflineAccess), is_named && stays);
    }
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
        let wordings = Wordings::sample(cart);
        let question = ConsentQuestion { kept, ..ConsentQuestion::of(cart, None) };
        allow(&world.db, &world.live, Allowing { question, given: cart, wordings, ..allowing }).await.unwrap()
    };
    assert_eq!(consent(cart).await, Outcome::Stale, "nothing was given yet");
    assert!(matches!(consent(ScopeSet::EMPTY).await, Outcome::Approved { .. }));
    assert!(matches!(consent(cart).await, Outcome::Approved { .. }));
    assert_eq!(
        consent(cart.with(Scope::OfflineAccess)).await,
        Outcome::Stale,
        "nor does it stay: no code was redeemed"
    );
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
