//! Clients by hand: what is refused, what is kept, and what ends with one.

use super::*;
use crate::domain::IssuerId;
use crate::domain::resource::ResourceServer;
use crate::domain::{ResourceServerId, Timestamp};
use crate::merchant::testing::{NOW, RESOURCE, act, at, connection, database, insert, issuer_id};
use crate::storage::Database;
use crate::storage::audit_listing;

const GOOGLE: &str = "https://oauth-redirect.googleusercontent.com/r/fern-1";

fn details() -> Details {
    Details {
        name: "Google account linking".to_owned(),
        redirect_uris: vec![GOOGLE.to_owned()],
        default_resource: Some(RESOURCE.to_owned()),
        pkce_optional: false,
        bundled: false,
        class: Some(AgentClass::Shop),
    }
}

const fn proof(auth_method: AuthMethod) -> Proof {
    Proof { auth_method, jwks_uri: None }
}

async fn seeded() -> Database {
    let db = database().await;
    let done: Result<(), StorageError> = db
        .write(|tx| {
            let server = ResourceServer {
                id: ResourceServerId::new("r1"),
                resource: RESOURCE.to_owned(),
                aliases: Vec::new(),
                name: "Shop".to_owned(),
            };
            resource_servers::insert(tx, &issuer_id("live"), &server, &[1; 32], NOW)
        })
        .await;
    done.unwrap();
    db
}

async fn added(db: &Database, details: Details, proof: Proof) -> Result<(Client, Option<Secret<String>>), ByHandError> {
    db.write(move |tx| add(tx, &act("live", NOW), &details, &proof, &[])).await
}

async fn found(db: &Database, id: &ClientId) -> Option<Client> {
    let (issuer_id, id): (IssuerId, ClientId) = (issuer_id("live"), id.clone());
    let found: Result<_, StorageError> = db.read(move |c| clients::find(c, &issuer_id, &id)).await;
    found.unwrap()
}

#[tokio::test]
async fn a_client_by_hand_is_found_as_it_was_made_and_its_secret_only_as_a_hash() {
    let db = seeded().await;
    let (client, secret) = added(&db, details(), proof(AuthMethod::ClientSecretPost)).await.unwrap();
    let kept = found(&db, &client.id).await.unwrap();
    assert_eq!(kept, client);
    let hash = hash_secret(secret.unwrap().expose().as_bytes());
    assert_eq!(kept.secret_hash, Some(*hash.as_bytes()));
    assert_eq!((kept.expires_at, kept.default_resource.as_deref()), (None, Some(RESOURCE)));
    let (_, none) = added(&db, details(), proof(AuthMethod::None)).await.unwrap();
    assert!(none.is_none(), "a public client has no secret");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let db = seeded().await;
    let basic = || proof(AuthMethod::ClientSecretBasic);
    let with = |change: fn(&mut Details)| {
        let mut details = details();
        change(&mut details);
        details
    };
    let refused = |details, proof| added(&db, details, proof);
    assert!(matches!(refused(with(|d| d.name = "  ".to_owned()), basic()).await, Err(ByHandError::Name)));
    assert!(matches!(refused(with(|d| d.redirect_uris.clear()), basic()).await, Err(ByHandError::RedirectUris)));
    let plain = with(|d| d.redirect_uris.push("http://google.example/cb".to_owned()));
    assert!(matches!(refused(plain, basic()).await, Err(ByHandError::RedirectUri { .. })));
    let unknown = with(|d| d.redirect_uris.push("app://unknown".to_owned()));
    assert!(matches!(refused(unknown, basic()).await, Err(ByHandError::RedirectUri { .. })));
    let elsewhere = with(|d| d.default_resource = Some("https://other.example/mcp".to_owned()));
    assert!(matches!(refused(elsewhere, basic()).await, Err(ByHandError::Resource(_))));
    assert!(matches!(refused(details(), proof(AuthMethod::PrivateKeyJwt)).await, Err(ByHandError::Keys)));
    let without_pkce = with(|d| d.pkce_optional = true);
    assert!(matches!(refused(without_pkce, proof(AuthMethod::None)).await, Err(ByHandError::Pkce)));
    let keyed = Proof { jwks_uri: Some("https://a.example/jwks".to_owned()), ..basic() };
    assert!(matches!(refused(details(), keyed).await, Err(ByHandError::Keys)), "a secret and a key are two ways");
}

#[tokio::test]
async fn a_change_replaces_the_list_and_leaves_the_secret() {
    let db = seeded().await;
    let (client, _) = added(&db, details(), proof(AuthMethod::ClientSecretBasic)).await.unwrap();
    let id = client.id.clone();
    let changed = Details { redirect_uris: vec!["https://b.example/cb".to_owned()], class: None, ..details() };
    let done: Result<(), ByHandError> = db.write(move |tx| change(tx, &act("live", at(5)), &id, &changed, &[])).await;
    done.unwrap();
    let kept = found(&db, &client.id).await.unwrap();
    assert_eq!(kept.redirect_uris().iter().map(RedirectUri::as_str).collect::<Vec<_>>(), ["https://b.example/cb"]);
    assert_eq!((kept.secret_hash, kept.class), (client.secret_hash, None));
}

#[tokio::test]
async fn a_rotated_secret_keeps_the_one_before_for_a_bounded_while() {
    let db = seeded().await;
    let (client, _) = added(&db, details(), proof(AuthMethod::ClientSecretBasic)).await.unwrap();
    let id = client.id.clone();
    let century = Duration::from_hours(24 * 36_500);
    let rotated: Result<_, ByHandError> = db.write(move |tx| rotate_secret(tx, &act("live", NOW), &id, century)).await;
    let secret = rotated.unwrap();
    let kept = found(&db, &client.id).await.unwrap();
    assert_eq!(kept.secret_hash, Some(*hash_secret(secret.expose().as_bytes()).as_bytes()));
    assert_eq!(kept.previous_secret, client.secret_hash.zip(Some(NOW.plus(LONGEST_OVERLAP))));
    assert_eq!(overlaps_until(&kept, NOW), Some(NOW.plus(LONGEST_OVERLAP)));
    assert_eq!(overlaps_until(&kept, NOW.plus(LONGEST_OVERLAP)), None);

    let (public, _) = added(&db, details(), proof(AuthMethod::None)).await.unwrap();
    let refused: Result<_, ByHandError> =
        db.write(move |tx| rotate_secret(tx, &act("live", NOW), &public.id, century)).await;
    assert!(matches!(refused, Err(ByHandError::NoSecret)));
}

#[tokio::test]
async fn with_a_client_its_sessions_end_and_only_one_made_by_hand_can_go() {
    let db = seeded().await;
    let (client, _) = added(&db, details(), proof(AuthMethod::ClientSecretBasic)).await.unwrap();
    let row = connection("live", client.id.as_str(), "maya", NOW);
    let other = connection("live", "c1_registered", "maya", NOW);
    let (id, connection_id): (ClientId, _) = (client.id.clone(), row.id);
    let done: Result<_, ByHandError> = db
        .write(move |tx| {
            insert(tx, &row)?;
            insert(tx, &other)?;
            let refused = remove(tx, &act("live", at(1)), &ClientId::new("c1_registered"));
            remove(tx, &act("live", at(1)), &id)?;
            Ok(matches!(refused, Err(ByHandError::NotByHand)))
        })
        .await;
    assert!(done.unwrap(), "a registered client is shared");
    assert_eq!(found(&db, &client.id).await, None);
    let live: Result<_, StorageError> =
        db.read(move |c| crate::storage::connections::find_unrestricted(c, &issuer_id("live"), connection_id)).await;
    assert!(live.unwrap().is_none());
    let listed: Result<_, StorageError> = db
        .read(|c| {
            audit_listing::list(c, &issuer_id("live"), audit_listing::Filter::All, audit_listing::Page::First, 10)
        })
        .await;
    let kinds: Vec<String> = listed.unwrap().0.into_iter().map(|entry| entry.kind).collect();
    assert!(kinds.contains(&"client_removed".to_owned()) && kinds.contains(&"client_added".to_owned()), "{kinds:?}");
}

#[test]
fn an_overlap_that_is_over_is_none() {
    let client = crate::merchant::testing::client("c", "n");
    assert_eq!(overlaps_until(&client, Timestamp::MIN), None);
}
