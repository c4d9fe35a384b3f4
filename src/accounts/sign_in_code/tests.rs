//! What a code that was not sent is worth, and what a wrong one writes.

use super::*;
use crate::accounts::sessions::SessionSecret;
use crate::accounts::tests::World;
use crate::domain::device::Device;
use crate::domain::session::SignInMethod;
use crate::storage::audit_listing::{self, Filter, Page};

fn session() -> (NewSession, How) {
    let how = How { method: SignInMethod::Code, device: Device::of(""), proved_at: None };
    (NewSession { hash: SessionSecret::draw().hash, before: None, lifetime: Duration::from_hours(1) }, how)
}

#[tokio::test]
async fn what_was_not_sent_has_no_code_at_all() {
    let world = World::open().await;
    let now = world.clock.now();
    let open = |sealed: &str| SentCode::open(&world.live, sealed, &[1; 32], now).unwrap();
    let (code, sealed) = draw(&world.live, ("maya@example.com", None), [1; 32], now).unwrap();
    let sent = open(&sealed);
    assert!(sent.is(code.expose()));
    // The hash is none of this id: a hash of a code would be one in a hundred million.
    let unsent = open(&draw_unsent(&world.live, ("maya@example.com", None), [1; 32], now).unwrap());
    let again = open(&draw_unsent(&world.live, ("maya@example.com", None), [1; 32], now).unwrap());
    assert!(!unsent.is(code.expose()));
    let is_hashed = (0..100_000).any(|guess| hash(&unsent.id, &format!("{guess:08}")) == unsent.code_hash);
    assert!(!is_hashed && unsent.code_hash != again.code_hash);
}

#[tokio::test]
async fn a_wrong_code_writes_no_more_for_an_account_than_for_none() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    for (email, expected) in [("maya@example.com", Some(maya.id.clone())), ("nobody@example.com", None)] {
        let sealed = draw_unsent(&world.live, (email, None), [1; 32], world.clock.now()).unwrap();
        let sent = SentCode::open(&world.live, &sealed, &[1; 32], world.clock.now()).unwrap();
        let occasion = world.occasion();
        let typed = world.write(move |tx| take(tx, (&sent, "00000000", None), None, session(), &occasion)).await;
        let Typed::Wrong(account) = typed else { panic!("{typed:?}") };
        assert_eq!(account.map(|shopper| shopper.id), expected);
    }
    let issuer_id = world.live.issuer.id.clone();
    let listed = world.db.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await;
    let listed: Result<_, crate::storage::StorageError> = listed;
    assert_eq!(listed.unwrap().0.len(), 0, "the trail is written later");
}
