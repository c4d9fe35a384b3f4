//! For the tests of this folder: two issuers, and connections in them.

use crate::domain::authentication::{Authentication, AuthenticationClass};
use crate::domain::client::{AuthMethod, Client, ClientOrigin};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::connection::{Connection, GraceWindow};
use crate::domain::grant::Grant;
use crate::domain::issuer::{Environment, Issuer};
use crate::domain::network::Network;
use crate::domain::pkce::CodeChallenge;
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::shopper::Shopper;
use crate::domain::store::Store;
use crate::domain::wording::Wordings;
use crate::domain::{
    ClientId, ConnectionId, GrantId, IssuerId, RequestId, ScopeSet, ShopperId, StaffId, StoreId, Timestamp,
};
use crate::storage::connections::{Approval, insert as insert_connection};
use crate::storage::{Database, StorageError, Tx, clients, grants, issuers, shoppers, stores, testing};
use crate::telemetry::ReferenceId;
use uuid::Uuid;

use super::{Act, Actor};

pub(crate) const RESOURCE: &str = "http://localhost:8081/mcp";
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(1_800_000_000 + seconds)
}

pub(crate) fn issuer_id(name: &str) -> IssuerId {
    IssuerId::new(name)
}

pub(crate) fn act(issuer: &str, now: Timestamp) -> Act {
    Act {
        issuer_id: issuer_id(issuer),
        by: Actor::Staff(StaffId::new("sam")),
        now,
        reference_id: ReferenceId::generate(),
        network: Some(Network::of("192.0.2.1".parse().unwrap())),
    }
}

/// What tests do in one transaction.
pub(crate) async fn write<T: Send + 'static>(
    db: &Database,
    run: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError> + Send + 'static,
) -> T {
    db.write(run).await.unwrap()
}

/// The issuers `live` and `sand` of one store.
pub(crate) async fn database() -> Database {
    let db = testing::database().unwrap();
    write(&db, |tx| seed_store(tx, "fern", "http://localhost:8080")).await;
    db
}

pub(crate) fn store(name: &str) -> Store {
    Store {
        id: StoreId::new(name),
        name: name.to_owned(),
        currency: "EUR".parse().unwrap(),
        time_zone: "Europe/Paris".to_owned(),
        locale: "en".to_owned(),
        contact: None,
        privacy_url: None,
        terms_url: None,
        shop_may_read_orders: true,
    }
}

/// A store with the issuers `live` and `sand`, or with the store's name before those of another store.
pub(crate) fn seed_store(tx: &mut Tx<'_>, name: &str, url: &str) -> Result<(), StorageError> {
    let prefix = if name == "fern" { "" } else { name };
    let store = store(name);
    stores::insert(tx, &store, NOW)?;
    for (id, environment, path) in [("live", Environment::Live, ""), ("sand", Environment::Sandbox, "/sandbox")] {
        let id = IssuerId::new(format!("{prefix}{id}"));
        let url = format!("{url}{path}").parse().unwrap();
        issuers::insert(tx, &Issuer { id, store_id: store.id.clone(), environment, url }, NOW)?;
    }
    Ok(())
}

pub(crate) fn client(id: &str, name: &str) -> Client {
    let redirect_uri = RedirectUri::parse("https://agent.example/callback", &[]).unwrap();
    let metadata = ClientMetadata { client_name: Some(name.to_owned()), ..ClientMetadata::new(vec![redirect_uri]) };
    Client::new(ClientId::new(id), ClientOrigin::Registered, AuthMethod::None, metadata, NOW)
}

/// One connection of `client` and `shopper`, made and used last at `connected_at`; it lives for 90 days.
pub(crate) fn connection(issuer: &str, client: &str, shopper: &str, connected_at: Timestamp) -> Connection {
    let id = Uuid::now_v7();
    let day = std::time::Duration::from_hours(24);
    Connection {
        id: ConnectionId(id),
        issuer_id: issuer_id(issuer),
        grant_id: GrantId::new(format!("{issuer}-{client}-{shopper}")),
        client_id: ClientId::new(client),
        shopper_id: ShopperId::new(format!("{issuer}-{shopper}")),
        subject: format!("sub-{issuer}-{shopper}"),
        pseudonym: format!("pseudonym-{shopper}"),
        resource: RESOURCE.to_owned(),
        scope: ScopeSet::BROWSE,
        generation: 1,
        code_challenge: CodeChallenge::parse(&"c".repeat(43)).unwrap(),
        redirect_uri: "https://agent.example/callback".to_owned(),
        code_expires_at: connected_at.plus(std::time::Duration::from_mins(1)),
        refreshable: true,
        proved_by_key: false,
        connected_at,
        authentication: Authentication { at: connected_at, class: AuthenticationClass::OneFactor },
        elevated_until: connected_at,
        limit: None,
        expires_at: connected_at.plus(90 * day),
        last_used_at: connected_at,
        idle_limit: 30 * day,
        last_network: "192.0.2.0/24".to_owned(),
        window: GraceWindow::NEVER,
        earlier_window: GraceWindow::NEVER,
        grace_replays: 0,
        window_replays: 0,
        ended: None,
    }
}

/// Inserts it, with its shopper, client and grant where they are missing.
pub(crate) fn insert(tx: &mut Tx<'_>, connection: &Connection) -> Result<(), StorageError> {
    let shopper = Shopper {
        id: connection.shopper_id.clone(),
        issuer_id: connection.issuer_id.clone(),
        subject: connection.subject.clone(),
        email: format!("{}@example.com", connection.shopper_id),
        created_at: NOW,
        confirmed_at: Some(NOW),
    };
    let pseudonym = format!("{}-{}", connection.issuer_id, connection.pseudonym);
    shoppers::insert(tx, &shopper, &pseudonym)?;
    let name = format!("Agent {}", connection.client_id);
    let source = Network::of("192.0.2.1".parse().unwrap());
    clients::insert(tx, &connection.issuer_id, &client(connection.client_id.as_str(), &name), &source)?;
    if grants::find(tx, &connection.issuer_id, &connection.grant_id)?.is_none() {
        grants::insert(
            tx,
            &Grant {
                id: connection.grant_id.clone(),
                issuer_id: connection.issuer_id.clone(),
                shopper_id: connection.shopper_id.clone(),
                client_id: connection.client_id.clone(),
                resource: connection.resource.clone(),
                scope: connection.scope,
                client_digest: None,
                wordings: Wordings::default(),
                limit: None,
                created_at: connection.connected_at,
                ended_at: None,
            },
        )?;
    }
    let request_id = RequestId::new(connection.id.to_string());
    insert_connection(
        tx,
        connection,
        &Approval { request_id: &request_id, seed_hash: [0; 32], decision_digest: [0; 32] },
    )
}
