//! What an answer gives, and to whom.

use super::*;
use crate::accounts::tests::World;
use crate::domain::approval_rule::ApprovalRule;
use crate::keys::random;
use crate::storage;
use crate::storage::audit_listing::{self, Filter, Page};

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
