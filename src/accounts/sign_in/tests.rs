//! A password that is replaced while it is checked.

use super::*;
use crate::accounts::sessions::{How, NewSession, SessionSecret, begin_by_password, begin_staff};
use crate::accounts::tests::World;
use crate::domain::StaffId;
use crate::domain::audit::AuditKind;
use crate::domain::device::Device;
use crate::domain::session::SignInMethod;
use crate::domain::staff::Role;
use crate::storage::audit_listing::{self, Filter, Page};
use crate::storage::{Tx, shopper_sessions};

fn new_session() -> NewSession {
    NewSession { hash: SessionSecret::draw().hash, before: None, lifetime: Duration::from_hours(1) }
}

/// Sign-ins that the trail says failed.
async fn failures(world: &World) -> usize {
    let issuer_id = world.live.issuer.id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    entries.iter().filter(|entry| entry.kind == AuditKind::SignInFailed.as_str()).count()
}

#[tokio::test]
async fn a_shopper_is_not_signed_in_by_a_password_that_was_replaced_while_it_was_checked() {
    let world = World::open().await;
    let shopper = world.shopper(&world.live, "maya@example.com").await;
    let signs_in = async |with: &str| {
        let (shopper, right_for, occasion) = (shopper.clone(), RightFor::new(with), world.occasion());
        let how = How { method: SignInMethod::Password, device: Device::of(""), proved_at: None };
        world.write(move |tx| begin_by_password(tx, &shopper, &right_for, (new_session(), how), &occasion)).await
    };
    let change = async |hash: &'static str| {
        let (shopper, now) = (shopper.clone(), world.clock.now());
        world
            .write(move |tx| {
                if shoppers::replace_password(tx, &shopper, hash, now)? {
                    return Ok(());
                }
                shoppers::insert_password(tx, &shopper, hash, now)
            })
            .await;
    };
    assert!(!signs_in("one").await, "there is none");
    change("one").await;
    assert!(signs_in("one").await);
    change("two").await;
    assert!(!signs_in("one").await && signs_in("two").await);
    let (id, now) = (shopper.id.clone(), world.clock.now());
    let sessions = world.write(move |tx| shopper_sessions::list_of(tx, &id, now, shopper_sessions::MOST_LISTED)).await;
    assert_eq!(sessions.len(), 2, "of those that were right");
    assert_eq!(failures(&world).await, 2, "and the others are in the trail");
}

#[tokio::test]
async fn staff_are_not_signed_in_by_a_password_that_was_replaced_while_it_was_checked() {
    let world = World::open().await;
    let member = Staff {
        id: StaffId::new("sam"),
        store_id: world.live.issuer.store_id.clone(),
        email: "sam@fern.example".to_owned(),
        role: Role::Admin,
        created_at: world.clock.now(),
    };
    let signs_in = async |with: &str| {
        let (member, right_for) = (member.clone(), RightFor::new(with));
        let (issuer_id, occasion) = (world.live.issuer.id.clone(), world.occasion());
        let begin = move |tx: &mut Tx<'_>| begin_staff(tx, &issuer_id, (&member, &right_for), new_session(), &occasion);
        world.write(begin).await
    };
    assert!(!signs_in("one").await, "there is no such member");
    let inserted = member.clone();
    world.write(move |tx| staff::insert(tx, &inserted, "one")).await;
    assert!(signs_in("one").await);
    let id = member.id.clone();
    world.write(move |tx| staff::set_password(tx, &id, "two")).await;
    assert!(!signs_in("one").await && signs_in("two").await);
    assert_eq!(failures(&world).await, 2);
}
