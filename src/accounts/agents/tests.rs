//! What disconnecting ends, and what the cards show.

use std::time::Duration;

use super::*;
use crate::accounts::tests::{REDIRECT, VERIFIER, World};
use crate::domain::connection::EndReason;
use crate::domain::restriction::Effect;
use crate::domain::token::Lifetimes;
use crate::domain::{Scope, ScopeSet};
use crate::merchant::sweeper::{Ages, Sweeper};
use crate::storage::audit_listing::{self, Filter, Page};

#[actix_web::test]
async fn disconnecting_ends_every_connection_of_the_grant_at_once_and_nothing_else() {
    let world = World::open().await;
    let live = &world.live;
    let (maya, noor) = (world.shopper(live, "maya@example.com").await, world.shopper(live, "noor@example.com").await);
    let mut laptop = world.connect(live, &maya, "ChatGPT").await;
    let phone = world.connect(live, &maya, "ChatGPT").await;
    let (other_agent, other_shopper) =
        (world.connect(live, &maya, "Tea").await, world.connect(live, &noor, "ChatGPT").await);
    let pending = world.consent(live, &maya, "ChatGPT").await;
    laptop = world.refresh(live, "ChatGPT", &laptop).await.unwrap();
    let grant =
        world.agents(&maya).await.into_iter().find(|agent| agent.grant.client_id.as_str() == "ChatGPT").unwrap();

    assert!(world.disconnect(&maya, &grant.grant.id).await);
    for tokens in [&laptop, &phone] {
        assert!(world.introspect(live, tokens).await.is_none());
        assert!(world.refresh(live, "ChatGPT", tokens).await.err().unwrap().contains("revoked"));
    }
    let body = format!("grant_type=authorization_code&code={pending}&code_verifier={VERIFIER}");
    assert!(world.token(live, "ChatGPT", &body).await.is_err(), "a code under way is worth nothing either");
    for (name, tokens) in [("Tea", &other_agent), ("ChatGPT", &other_shopper)] {
        assert!(world.introspect(live, tokens).await.is_some());
        world.refresh(live, name, tokens).await.unwrap();
    }
    assert_eq!(world.agents(&maya).await.len(), 1);
    let revoked = Event::GrantRevoked { grant_id: grant.grant.id.to_string() };
    assert_eq!(world.events(live).await, [revoked]);
    assert!(world.events(&world.sandbox).await.is_empty());
}

#[actix_web::test]
async fn a_disconnection_is_recorded_once_and_its_receipts_stay() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    world.connect(&world.live, &maya, "ChatGPT").await;
    let agent = world.agents(&maya).await.remove(0);
    let (id, connection_id) = (agent.grant.id, agent.connections[0].id);

    assert!(world.disconnect(&maya, &id).await);
    world.clock.advance(Duration::from_secs(1));
    assert!(world.disconnect(&maya, &id).await, "a second click is answered like the first");
    let issuer_id = maya.issuer_id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    let ended: Vec<_> = entries.iter().filter(|entry| entry.kind == "grant_revoked").collect();
    assert_eq!(ended.len(), 1);
    assert_eq!((ended[0].actor.as_deref(), ended[0].client_id.as_deref()), (Some("shopper"), Some("ChatGPT")));

    let (shopper, grant_id) = (maya.clone(), id.clone());
    let own = world.read(move |connection| find(connection, &shopper, &grant_id)).await.unwrap();
    assert_eq!(own.redirect_uri.as_deref(), Some(REDIRECT));
    assert_eq!(own.grant.ended_at, Some(world.clock.now().minus(Duration::from_secs(1))));

    // What the sweeper writes down is the shopper's doing.
    let ages = {
        let minute = Duration::from_mins(1);
        Ages { networks: minute, refusals: minute, addresses: minute, orders: minute }
    };
    let mut sweeper = Sweeper::new(world.db.clone(), world.clock.clone(), Lifetimes::default(), ages);
    assert_eq!(sweeper.end_shut_out(std::slice::from_ref(&maya.issuer_id)).await.unwrap().ended, 1);
    let ended = world.read(move |db| connections::find(db, &maya.issuer_id, connection_id)).await.unwrap().ended;
    assert_eq!(ended.map(|(_, reason)| reason), Some(EndReason::RevokedByShopper));
}

#[actix_web::test]
async fn an_agent_that_is_connected_again_gets_a_grant_of_its_own() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let before = world.connect(&world.live, &maya, "ChatGPT").await;
    let id = world.agents(&maya).await[0].grant.id.clone();
    world.disconnect(&maya, &id).await;
    let after = world.connect(&world.live, &maya, "ChatGPT").await;

    let agents = world.agents(&maya).await;
    assert_eq!((agents.len(), agents[0].connections.len()), (1, 1));
    assert_ne!(agents[0].grant.id, id);
    assert!(world.refresh(&world.live, "ChatGPT", &before).await.is_err());
    world.refresh(&world.live, "ChatGPT", &after).await.unwrap();
}

#[actix_web::test]
async fn nobody_sees_or_ends_a_grant_of_another_shopper_or_environment() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let noor = world.shopper(&world.live, "noor@example.com").await;
    let sandbox_maya = world.shopper(&world.sandbox, "maya@example.com").await;
    let tokens = world.connect(&world.live, &maya, "ChatGPT").await;
    let id = world.agents(&maya).await[0].grant.id.clone();
    // The same rows, asked for at the other issuer.
    let misplaced = Shopper { issuer_id: sandbox_maya.issuer_id.clone(), ..maya.clone() };

    for other in [noor, sandbox_maya, misplaced] {
        assert!(!world.disconnect(&other, &id).await);
        let (shopper, id) = (other.clone(), id.clone());
        assert!(world.read(move |connection| find(connection, &shopper, &id)).await.is_none());
    }
    assert!(world.introspect(&world.live, &tokens).await.is_some());
    assert!(world.events(&world.live).await.is_empty());
}

#[actix_web::test]
async fn a_connection_without_use_since_a_later_one_began_is_folded() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let first = world.connect(&world.live, &maya, "ChatGPT").await;
    world.after(1);
    world.connect(&world.live, &maya, "ChatGPT").await;
    let agent = world.agents(&maya).await.remove(0);
    assert_eq!((agent.connections.len(), agent.folded.len()), (1, 1));
    assert!(agent.connections[0].connected_at > agent.folded[0].connected_at);

    // Used again: two installations.
    world.after(1);
    world.refresh(&world.live, "ChatGPT", &first).await.unwrap();
    let agent = world.agents(&maya).await.remove(0);
    assert_eq!((agent.connections.len(), agent.folded.len()), (2, 0));

    // A consent whose code nobody has redeemed takes over nothing.
    world.clock.advance(Duration::from_secs(10));
    world.consent(&world.live, &maya, "ChatGPT").await;
    assert_eq!(world.agents(&maya).await[0].connections.len(), 3);
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(world.agents(&maya).await[0].connections.len(), 2, "and is gone with its code");
}

#[actix_web::test]
async fn what_is_over_is_not_shown_and_what_is_held_is() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    world.connect(&world.live, &maya, "ChatGPT").await;
    world.connect(&world.live, &maya, "Tea").await;
    let issuer_id = maya.issuer_id.clone();
    let (now, of_tea) = (world.clock.now(), Target::Client("Tea".to_owned()));
    let off = crate::domain::restriction::Restriction { effect: Effect::Off, target: Target::Issuer, since: now };
    world
        .write(move |tx| {
            restrictions::shut_out_before(tx, &issuer_id, &of_tea, now, "staff:s")?;
            restrictions::set(tx, &issuer_id, &off, "staff:s")
        })
        .await;
    let agents = world.agents(&maya).await;
    assert_eq!(agents.len(), 1, "ended by the staff, though its rows are not swept yet");
    assert_eq!(agents[0].grant.client_id.as_str(), "ChatGPT", "switched off for now: it can still be disconnected");
    assert_eq!(agents[0].connections[0].scope, ScopeSet::BROWSE.without(Scope::OfflineAccess));

    world.after(30);
    assert!(world.agents(&maya).await.is_empty(), "idle for too long");
}
