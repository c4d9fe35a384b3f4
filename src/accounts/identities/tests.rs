//! Nobody locks themselves out, however fast they click.

use super::*;
use crate::accounts::tests::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_ways_that_are_removed_at_once_one_is_left() {
    let world = World::open().await;
    for round in 0..20 {
        let maya = world.shopper(&world.live, &format!("maya-{round}@example.com")).await;
        let here = world.session(&maya, SignInMethod::Provider).await;
        let (shopper, now) = (maya.clone(), world.clock.now());
        let ids: Vec<String> = world
            .write(move |tx| {
                for label in ["phone", "laptop"] {
                    let credential = format!("{label} {}", shopper.email);
                    assert!(identities::insert_passkey(tx, &shopper, (&credential, "", label), now)?);
                }
                Ok(identities::list_of(tx, &shopper.id)?.into_iter().map(|one| one.id).collect())
            })
            .await;
        let remove = |id: &String| {
            let (shopper, id, occasion) = (maya.clone(), id.clone(), world.occasion());
            world.write(move |tx| remove(tx, (&shopper, &id), (&here, SignInMethod::Provider), false, &occasion))
        };
        let (one, other) = tokio::join!(remove(&ids[0]), remove(&ids[1]));
        assert!([one, other].contains(&Removal::Last), "{one:?}, {other:?}");
    }
}
