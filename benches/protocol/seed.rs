//! A store with connections, written by the storage functions that the server uses, and the tokens to go with them.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::money::Currency;
use tillgate::accounts::sessions::SessionSecret;
use tillgate::application::open_database;
use tillgate::domain::authentication::{Authentication, AuthenticationClass};
use tillgate::domain::client::{AuthMethod, Client, ClientOrigin};
use tillgate::domain::client_metadata::ClientMetadata;
use tillgate::domain::connection::{Connection, GraceWindow};
use tillgate::domain::grant::Grant;
use tillgate::domain::issuer::{Environment, Issuer, IssuerUrl};
use tillgate::domain::network::Network;
use tillgate::domain::pkce::CodeChallenge;
use tillgate::domain::redirect_uri::RedirectUri;
use tillgate::domain::session::StaffSession;
use tillgate::domain::shopper::Shopper;
use tillgate::domain::staff::{Role, Staff};
use tillgate::domain::store::Store;
use tillgate::domain::wording::Wordings;
use tillgate::domain::{
    ClientId, Clock, ConnectionId, GrantId, IssuerId, RequestId, ScopeSet, ShopperId, StaffId, Timestamp,
};
use tillgate::keys::{IssuerContext, PresentedToken, TokenKind, sign};
use tillgate::merchant::provisioning::{self, ProvisioningError, read_directory};
use tillgate::storage::connections::Approval;
use tillgate::storage::{
    Database, StorageError, Tx, clients, connections, grants, issuers, shoppers, staff, staff_sessions, stores,
};
use tillgate::web::cookies::Kind;
use uuid::Uuid;

use crate::ours;

pub const RESOURCE: &str = "http://127.0.0.1:8081/mcp";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-to-be-content";
const SEED: [u8; 16] = [9; 16];
const SCOPE: &str = "products:read inventory:read cart:write offline_access";
const DAY: Duration = Duration::from_hours(24);
/// Connections inserted in one transaction.
const CHUNK: usize = 5_000;

/// A database to serve, and what is needed to call its server.
pub struct Seeded {
    pub context: IssuerContext,
    pub client_id: ClientId,
    /// The `Authorization` header of the resource server, with its line break.
    pub basic: String,
    pub resource_id: String,
    pub resource_secret: String,
    pub db: Database,
    pub port: u16,
    connected_at: Timestamp,
}

impl Seeded {
    /// An empty store whose live issuer is at this port.
    pub async fn new(folder: &Path, port: u16) -> Self {
        let db = open_database(&ours::config(folder, port).database).unwrap_or_else(|error| panic!("{error}"));
        let now = Clock::System.now();
        let secrets = ours::secrets();
        let (store, url) = (store(), format!("http://127.0.0.1:{port}"));
        let urls = [
            (Environment::Live, url.parse::<IssuerUrl>().unwrap()),
            (Environment::Sandbox, format!("{url}/sandbox").parse().unwrap()),
        ];
        let added: Result<_, ProvisioningError> = db
            .write(move |tx| {
                let [live, _] = provisioning::add_store(tx, &secrets, &store, urls, now)?;
                provisioning::add_resource_server(tx, &live, (RESOURCE, Vec::new(), "Store"), now)
            })
            .await;
        let (resource_id, secret) = added.unwrap();
        let directory: Result<_, StorageError> = db.read(read_directory).await;
        let contexts = directory.unwrap().open(&ours::secrets()).unwrap();
        let context = contexts.into_iter().find(|context| context.url() == url).unwrap();
        let basic = STANDARD.encode(format!("{resource_id}:{secret}"));
        let client_id = ClientId::new("c1_bench");
        let seeded = Self {
            context,
            client_id: client_id.clone(),
            basic: format!("Authorization: Basic {basic}\r\n"),
            resource_id: resource_id.to_string(),
            resource_secret: secret,
            db,
            port,
            connected_at: now,
        };
        seeded.client(client_id).await;
        seeded
    }

    pub async fn client(&self, id: ClientId) {
        let client = client(id, self.connected_at);
        let issuer_id = self.context.issuer.id.clone();
        let done: Result<bool, StorageError> =
            self.db.write(move |tx| clients::insert(tx, &issuer_id, &client, &network())).await;
        assert!(done.unwrap());
    }

    /// `count` connections at `generation`, each of a shopper of its own.
    pub async fn connections(&self, client_id: &ClientId, count: usize, generation: i64) -> Vec<ConnectionId> {
        let ids: Vec<ConnectionId> = (0..count).map(|_| ConnectionId(Uuid::now_v7())).collect();
        let mut age = 0;
        for chunk in ids.chunks(CHUNK) {
            let make = |(id, age): (&ConnectionId, u64)| Connection {
                // A minute between two, as the console's order needs it.
                connected_at: self.connected_at.minus(Duration::from_secs(age * 60)),
                ..self.connection(*id, client_id.clone(), generation)
            };
            let rows: Vec<Connection> = chunk.iter().zip(age..).map(make).collect();
            age += chunk.len() as u64;
            let done: Result<(), StorageError> =
                self.db.write(move |tx| rows.iter().try_for_each(|connection| insert(tx, connection))).await;
            done.unwrap();
        }
        ids
    }

    fn connection(&self, id: ConnectionId, client_id: ClientId, generation: i64) -> Connection {
        let now = self.connected_at;
        Connection {
            id,
            issuer_id: self.context.issuer.id.clone(),
            grant_id: GrantId::new(format!("g{}", id.0.simple())),
            client_id,
            shopper_id: ShopperId::new(format!("u{}", id.0.simple())),
            subject: format!("s{}", id.0.simple()),
            pseudonym: format!("p{}", id.0.simple()),
            resource: RESOURCE.to_owned(),
            scope: scope(),
            generation,
            code_challenge: CodeChallenge::of_verifier(VERIFIER).unwrap(),
            redirect_uri: "http://127.0.0.1/callback".to_owned(),
            code_expires_at: now.plus(DAY),
            refreshable: true,
            proved_by_key: false,
            connected_at: now,
            authentication: Authentication { at: now, class: AuthenticationClass::OneFactor },
            elevated_until: now,
            limit: None,
            expires_at: now.plus(DAY * 30),
            last_used_at: now,
            idle_limit: DAY * 30,
            last_network: network().as_str().to_owned(),
            window: GraceWindow::NEVER,
            earlier_window: GraceWindow::NEVER,
            grace_replays: 0,
            window_replays: 0,
            ended: None,
        }
    }

    /// The code (generation 0) or refresh token of a connection.
    pub fn token(&self, kind: TokenKind, id: ConnectionId, generation: i64) -> String {
        let expires_at = Timestamp::from_secs(self.connected_at.plus(DAY * 30).as_secs());
        let token = PresentedToken { connection_id: id, generation, seed: SEED, expires_at };
        self.context.keys.encode(kind, &token).unwrap()
    }

    pub fn access_token(&self, id: ConnectionId) -> String {
        let issued_at = Clock::System.now().as_secs();
        let simple = id.0.simple();
        let claims = AccessClaims {
            iss: self.context.url().to_owned(),
            sub: format!("s{simple}"),
            aud: RESOURCE.to_owned(),
            client_id: self.client_id.to_string(),
            scope: scope(),
            jti: Uuid::new_v4().simple().to_string(),
            iat: issued_at,
            exp: issued_at + 3600,
            grant_id: format!("g{simple}"),
            connection_id: id.to_string(),
            connected_at: self.connected_at.as_micros(),
            auth_time: Some(issued_at),
            acr: Some(AuthenticationClass::OneFactor.to_string()),
            authorization_details: Vec::new(),
        };
        sign(&claims, self.context.keyring.current().unwrap()).unwrap()
    }

    pub fn refresh_request(&self, client_id: &ClientId, id: ConnectionId, generation: i64) -> Vec<u8> {
        let token = self.token(TokenKind::Refresh, id, generation);
        let body = format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}");
        crate::load::form(self.port, "/token", "", &body)
    }

    /// `rounds` refreshes of every connection, round by round, from `generation` on.
    pub fn refreshes(&self, ids: &[ConnectionId], generation: i64, rounds: i64) -> Vec<Vec<u8>> {
        let round = |generation| ids.iter().map(move |id| self.refresh_request(&self.client_id, *id, generation));
        (generation..generation + rounds).flat_map(round).collect()
    }

    /// The cookie of a member of staff who is signed in.
    pub async fn staff_cookie(&self) -> String {
        let (issuer, secret) = (&self.context.issuer, SessionSecret::draw());
        let now = Clock::System.now();
        let member = Staff {
            id: StaffId::new("bench"),
            store_id: issuer.store_id.clone(),
            email: "staff@bench.example".to_owned(),
            role: Role::Viewer,
            created_at: now,
        };
        let session = StaffSession {
            token_hash: secret.hash,
            staff: member.clone(),
            authenticated_at: now,
            expires_at: now.plus(DAY),
        };
        let done: Result<(), StorageError> = self
            .db
            .write(move |tx| {
                staff::insert(tx, &member, "no password")?;
                staff_sessions::insert(tx, &session)
            })
            .await;
        done.unwrap();
        format!("{}={}", Kind::Staff.name(issuer), secret.cookie.expose())
    }

    /// Closes the database, so that a server may be measured on it alone.
    pub fn close(&self) {
        self.db.close();
    }
}

fn insert(tx: &mut Tx<'_>, connection: &Connection) -> Result<(), StorageError> {
    let shopper = Shopper {
        id: connection.shopper_id.clone(),
        issuer_id: connection.issuer_id.clone(),
        subject: connection.subject.clone(),
        email: format!("{}@shopper.example", connection.subject),
        created_at: connection.connected_at,
        confirmed_at: None,
    };
    shoppers::insert(tx, &shopper, &connection.pseudonym)?;
    let grant = Grant {
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
    };
    grants::insert(tx, &grant)?;
    let request_id = RequestId::new(format!("q{}", connection.id));
    let token = PresentedToken { connection_id: connection.id, generation: 0, seed: SEED, expires_at: Timestamp::MAX };
    let approval = Approval { request_id: &request_id, seed_hash: token.seed_hash(), decision_digest: [0; 32] };
    connections::insert(tx, connection, &approval)
}

/// An issuer of a store, without keys: for what nobody signs.
pub fn bare_issuer(tx: &mut Tx<'_>, id: &IssuerId, now: Timestamp) -> Result<(), StorageError> {
    let store = store();
    stores::insert(tx, &store, now)?;
    let url = "https://auth.example".parse().unwrap();
    issuers::insert(tx, &Issuer { id: id.clone(), store_id: store.id, environment: Environment::Live, url }, now)
}

fn store() -> Store {
    Store {
        id: provisioning::store_id(),
        name: "Bench Store".to_owned(),
        currency: "EUR".parse::<Currency>().unwrap(),
        time_zone: "UTC".to_owned(),
        locale: "en".to_owned(),
        contact: None,
        privacy_url: None,
        terms_url: None,
        shop_may_read_orders: false,
    }
}

fn client(id: ClientId, now: Timestamp) -> Client {
    let metadata = ClientMetadata {
        client_name: Some("Bench Agent".to_owned()),
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        ..ClientMetadata::new(vec![RedirectUri::parse("http://127.0.0.1/callback", &[]).unwrap()])
    };
    Client::new(id, ClientOrigin::Registered, AuthMethod::None, metadata, now)
}

fn scope() -> ScopeSet {
    SCOPE.parse().unwrap()
}

fn network() -> Network {
    Network::of([127, 0, 0, 1].into())
}
