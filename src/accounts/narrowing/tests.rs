//! Less, and never more; one shopper's, and neither side's pause is the other's.

use super::*;
use crate::accounts::agents::list;
use crate::accounts::tests::World;
use crate::merchant::pauses;
use crate::merchant::testing::act;
use crate::storage::restrictions::is_set;
use crate::telemetry::ReferenceId;

fn occasion(world: &World) -> Occasion {
    let network = crate::domain::network::Network::of("192.0.2.1".parse().unwrap());
    Occasion { now: world.clock.now(), reference_id: ReferenceId::generate(), network }
}

/// A connected agent of a new shopper.
async fn connected(world: &World) -> (Shopper, Grant) {
    let shopper = world.shopper(&world.live, "maya@example.com").await;
    world.connect(&world.live, &shopper, "agent").await;
    let (seen, time) = (shopper.clone(), world.clock.now());
    let agents = world.write(move |tx| list(tx, &seen, time)).await;
    (shopper, agents[0].grant.clone())
}

fn euros(per_order: Option<i64>, per_month: Option<i64>) -> Option<SpendingLimit> {
    SpendingLimit::new("EUR".parse().unwrap(), per_order, per_month)
}

async fn leave(world: &World, shopper: &Shopper, grant: &Grant, left: Left) -> (Narrowed, Option<Grant>) {
    let (shopper, id, occasion) = (shopper.clone(), grant.id.clone(), occasion(world));
    world
        .write(move |tx| {
            let narrowed = narrow(tx, &shopper, &id, left, &occasion)?;
            Ok((narrowed, own(tx, &shopper, &id)?))
        })
        .await
}

#[tokio::test]
async fn a_ceiling_is_only_ever_lowered_here() {
    let world = World::open().await;
    let (shopper, grant) = connected(&world).await;
    let left = |limit| Left { scope: ScopeSet::STORE, limit };
    let (done, now) = leave(&world, &shopper, &grant, left(euros(Some(8_000), None))).await;
    assert_eq!((done, now.unwrap().limit), (Narrowed::Done, euros(Some(8_000), None)));
    let (done, now) = leave(&world, &shopper, &grant, left(euros(Some(9_000), Some(20_000)))).await;
    assert_eq!((done, now.unwrap().limit), (Narrowed::Done, euros(Some(8_000), Some(20_000))));
    let (done, now) = leave(&world, &shopper, &grant, left(None)).await;
    assert_eq!((done, now.unwrap().limit), (Narrowed::Unchanged, euros(Some(8_000), Some(20_000))));
}

#[tokio::test]
async fn a_permission_is_taken_from_the_grant_and_all_its_connections_and_the_last_one_is_not() {
    let world = World::open().await;
    let (shopper, grant) = connected(&world).await;
    world.connect(&world.live, &shopper, "agent").await;
    let read_only = Left { scope: ScopeSet::of(&[Scope::ProductsRead]), limit: None };
    let (done, now) = leave(&world, &shopper, &grant, read_only).await;
    assert_eq!((done, now.unwrap().scope), (Narrowed::Done, read_only.scope));
    let id = grant.id.clone();
    let rows = world.write(move |tx| connections::list_of_grants(tx, &[id.as_str()])).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.scope.without(Scope::OfflineAccess) == read_only.scope));
    let nothing = Left { scope: ScopeSet::EMPTY, limit: None };
    assert_eq!(leave(&world, &shopper, &grant, nothing).await.0, Narrowed::NothingLeft);
}

#[tokio::test]
async fn nobody_narrows_or_pauses_what_is_somebody_elses() {
    let world = World::open().await;
    let (_, grant) = connected(&world).await;
    let other = world.shopper(&world.live, "kim@example.com").await;
    let nothing = Left { scope: ScopeSet::BROWSE, limit: euros(Some(1), None) };
    let (done, now) = leave(&world, &other, &grant, nothing).await;
    assert_eq!((done, now), (Narrowed::NotFound, None));
    let (id, occasion) = (grant.id.clone(), occasion(&world));
    assert!(!world.write(move |tx| pause(tx, &other, &id, &occasion)).await);
}

#[tokio::test]
async fn the_merchant_does_not_lift_the_shoppers_pause_nor_the_shopper_the_merchants() {
    let world = World::open().await;
    let (shopper, grant) = connected(&world).await;
    let (issuer_id, id, occasion) = (shopper.issuer_id.clone(), grant.id.clone(), occasion(&world));
    let merchant = crate::merchant::Act { issuer_id: issuer_id.clone(), ..act("live", world.clock.now()) };
    world
        .write(move |tx| {
            let both = |tx: &mut Tx<'_>| -> StorageResult<(bool, bool)> {
                let target = Target::Grant(id.to_string());
                let by_shopper = is_set(tx, &issuer_id, Effect::PausedByShopper, &target)?;
                Ok((by_shopper, is_set(tx, &issuer_id, Effect::Paused, &target)?))
            };
            let target = Target::Grant(id.to_string());
            assert!(pause(tx, &shopper, &id, &occasion)? && pauses::pause(tx, &merchant, &target)?);
            assert_eq!(both(tx)?, (true, true));
            assert!(pauses::resume(tx, &merchant, &target)?);
            assert_eq!(both(tx)?, (true, false));
            pauses::pause(tx, &merchant, &target)?;
            assert!(resume(tx, &shopper, &id, &occasion)?);
            assert_eq!(both(tx)?, (false, true));
            Ok(())
        })
        .await;
}
