//! Who may link. The way to the provider and back is a journey (`tests/journeys/providers`).

use super::*;
use crate::accounts::sessions::SessionSecret;
use crate::accounts::tests::World;
use crate::accounts::upstream::state::LIFETIME;
use crate::domain::device::Device;
use crate::domain::identity::UpstreamIdentity;
use crate::domain::session::{SignInMethod, TokenHash};

async fn link(world: &World, shopper: &Shopper, session_hash: TokenHash) -> Landed {
    let state = UpstreamState {
        id: SessionSecret::draw().cookie.expose().to_owned(),
        issuer_id: shopper.issuer_id.clone(),
        provider: "elsewhere".to_owned(),
        browser_hash: [1; 32],
        nonce: String::new(),
        code_verifier: String::new(),
        request: None,
        to: None,
        step: None,
        has_asked: false,
        purpose: Purpose::Link { session_hash },
        expires_at: world.clock.now().plus(LIFETIME),
    };
    let text = || "elsewhere".to_owned();
    let identity = UpstreamIdentity { provider: text(), issuer: text(), subject: text() };
    let vouched = Vouched { identity, email: None, proved_at: None };
    let how = How { method: SignInMethod::Provider, device: Device::of(""), proved_at: None };
    let session = NewSession { hash: SessionSecret::draw().hash, before: None, lifetime: LIFETIME };
    let (shopper, occasion) = (shopper.clone(), world.occasion());
    world.write(move |tx| land(tx, (&state, &vouched), Some(&shopper), (session, how), &occasion)).await
}

#[tokio::test]
async fn a_session_that_the_owner_of_the_address_has_ended_links_no_provider() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let session = world.session(&maya, SignInMethod::Provider).await;
    world.prove_address(&world.live, "maya@example.com").await;
    assert_eq!(link(&world, &maya, session).await, Landed::SignedOut);
    let session = world.session(&maya, SignInMethod::Code).await;
    assert_eq!(link(&world, &maya, session).await, Landed::Linked);
}
