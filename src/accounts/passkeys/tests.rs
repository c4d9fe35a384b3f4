//! Who may add one. The ceremonies themselves are run by real browsers (`tests/clients/passkeys.test.mjs`).

use serde_json::json;

use super::*;
use crate::accounts::identities::{Removal, remove};
use crate::accounts::tests::World;
use crate::storage::identities::list_of;

/// A device has made a key, as `finish_registration` hands it on.
fn registered(shopper: &Shopper, (session_hash, device): (TokenHash, &str), now: Timestamp) -> Registered {
    let coordinate = credential_id(&[1; 32]);
    let credential = json!({
        "cred_id": credential_id(device.as_bytes()),
        "cred": {"type_": "ES256", "key": {"EC_EC2": {"curve": "SECP256R1", "x": coordinate, "y": coordinate}}},
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": {},
        "attestation": {"data": "None", "metadata": "None"},
        "attestation_format": "none",
    });
    Registered {
        id: Uuid::new_v4().simple().to_string(),
        issuer_id: shopper.issuer_id.clone(),
        expires_at: now.plus(LIFETIME),
        session_hash,
        passkey: serde_json::from_value(json!({ "cred": credential })).unwrap(),
        label: device.to_owned(),
    }
}

async fn adding(
    world: &World,
    shopper: &Shopper,
    (session_hash, method): (TokenHash, SignInMethod),
    device: &str,
) -> Adding {
    let registered = registered(shopper, (session_hash, device), world.clock.now());
    let (shopper, occasion) = (shopper.clone(), world.occasion());
    world.write(move |tx| add(tx, (&shopper, method), &registered, &occasion)).await
}

async fn signed_in(world: &World, shopper: &Shopper, method: SignInMethod) -> (TokenHash, SignInMethod) {
    (world.session(shopper, method).await, method)
}

#[tokio::test]
async fn a_session_that_the_owner_of_the_address_has_ended_adds_no_passkey() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let session = signed_in(&world, &maya, SignInMethod::Provider).await;
    world.prove_address(&world.live, "maya@example.com").await;
    assert_eq!(adding(&world, &maya, session, "phone").await, Adding::SignedOut);
    let id = maya.id.clone();
    assert!(world.write(move |tx| list_of(tx, &id)).await.is_empty());
    let session = signed_in(&world, &maya, SignInMethod::Code).await;
    assert_eq!(adding(&world, &maya, session, "phone").await, Adding::Added);
}

#[tokio::test]
async fn the_first_passkey_takes_any_sign_in_and_another_one_a_passkey() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let code = signed_in(&world, &maya, SignInMethod::Code).await;
    let passkey = signed_in(&world, &maya, SignInMethod::Passkey).await;
    assert_eq!(adding(&world, &maya, code, "phone").await, Adding::Added);
    for method in [SignInMethod::Password, SignInMethod::Code, SignInMethod::Provider] {
        let session = signed_in(&world, &maya, method).await;
        assert_eq!(adding(&world, &maya, session, "another").await, Adding::NeedsPasskey, "{method:?}");
    }
    assert_eq!(adding(&world, &maya, passkey, "laptop").await, Adding::Added);
}

#[tokio::test]
async fn who_removes_a_passkey_without_using_it_waits_three_days_for_another() {
    for (method, waits) in [(SignInMethod::Passkey, false), (SignInMethod::Code, true), (SignInMethod::Password, true)]
    {
        let world = World::open().await;
        let maya = world.shopper(&world.live, "maya@example.com").await;
        let session = signed_in(&world, &maya, method).await;
        assert_eq!(adding(&world, &maya, session, "phone").await, Adding::Added);
        let (shopper, occasion) = (maya.clone(), world.occasion());
        let removed = world
            .write(move |tx| {
                let id = list_of(tx, &shopper.id)?.remove(0).id;
                remove(tx, (&shopper, &id), (&session.0, session.1), true, &occasion)
            })
            .await;
        assert_eq!(removed, Removal::Removed(IdentityKind::Passkey));
        let code = signed_in(&world, &maya, SignInMethod::Code).await;
        let expected = if waits { Adding::Waits } else { Adding::Added };
        assert_eq!(adding(&world, &maya, code, "another").await, expected, "{method:?}");
        world.clock.advance(WAIT);
        let code = signed_in(&world, &maya, SignInMethod::Code).await;
        let expected = if waits { Adding::Added } else { Adding::NeedsPasskey };
        assert_eq!(adding(&world, &maya, code, "third").await, expected, "{method:?}");
    }
}
