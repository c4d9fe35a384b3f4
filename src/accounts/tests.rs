//! A store with both its environments, its shoppers, their browsers and agents: for tests of accounts, and of the pages on them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mcp_resource::wire::AccessClaims;
use mcp_resource::wire::feed::Event;

use super::agents::{ConnectedAgent, disconnect, list};
use super::consent::{Allowing, Ceiling, Outcome, allow};
use super::sessions::{How, NewSession, SessionSecret};
use super::sign_in_code::{self, SentCode, Typed};
use super::trail::Occasion;
use crate::domain::authentication::{Authentication, AuthenticationClass, Demand};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::{AuthMethod, AuthenticatedClient, Client, ClientOrigin};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::consent::ConsentQuestion;
use crate::domain::device::Device;
use crate::domain::elevation::Elevation;
use crate::domain::issuer::Environment;
use crate::domain::network::Network;
use crate::domain::pkce::CodeChallenge;
use crate::domain::redirect_uri::{RedirectUri, VerifiedRedirectUri};
use crate::domain::session::{ShopperSession, SignInMethod, TokenHash};
use crate::domain::shopper::Shopper;
use crate::domain::stay::Stay;
use crate::domain::store::Store;
use crate::domain::token::Lifetimes;
use crate::domain::wording::Wordings;
use crate::domain::{ClientId, Clock, GrantId, RequestId, ScopeSet, ShopperId, Timestamp};
use crate::keys::{InstallationSecrets, IssuerContext, Secret, random};
use crate::merchant::provisioning::{add_resource_server, add_store, read_directory, store_id};
use crate::oauth::error::Failure;
use crate::oauth::introspection::{Asker, introspect};
use crate::oauth::parameters::Parameters;
use crate::oauth::token;
use crate::storage::{
    Database, DbConnection, StorageError, StorageResult, Tx, clients, feed, shopper_sessions, shoppers, testing,
};
use crate::telemetry::ReferenceId;

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const REDIRECT: &str = "https://chatgpt.com/connector/oauth/x";
const RESOURCE: &str = "https://mcp.example/mcp";

/// One store, its clock in the test's hand.
pub(crate) struct World {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) live: Arc<IssuerContext>,
    pub(crate) sandbox: Arc<IssuerContext>,
}

fn secrets() -> InstallationSecrets {
    InstallationSecrets::new(1, BTreeMap::from([(1, Secret::new([7; 32]))])).unwrap()
}

impl World {
    pub(crate) async fn open() -> Self {
        let (db, clock) = (testing::database().unwrap(), Clock::manual(Timestamp::from_secs(1_800_000_000)));
        let (now, store) = (clock.now(), store());
        let urls =
            [(Environment::Live, "http://localhost:8080"), (Environment::Sandbox, "http://localhost:8080/sandbox")];
        let urls = urls.map(|(environment, url)| (environment, url.parse().unwrap()));
        let set_up = db.write(move |tx| {
            for issuer in add_store(tx, &secrets(), &store, urls, now)? {
                add_resource_server(tx, &issuer, (RESOURCE, vec![], "shop"), now)?;
            }
            Ok::<_, crate::merchant::provisioning::ProvisioningError>(())
        });
        set_up.await.unwrap();
        let stored = db.read(read_directory).await.unwrap();
        let mut contexts = stored.open(&secrets()).unwrap().into_iter().map(Arc::new);
        let (one, other) = (contexts.next().unwrap(), contexts.next().unwrap());
        let is_live = one.issuer.environment == Environment::Live;
        let (live, sandbox) = if is_live { (one, other) } else { (other, one) };
        Self { db, clock, live, sandbox }
    }

    pub(crate) async fn shopper(&self, at: &IssuerContext, email: &str) -> Shopper {
        let shopper = Shopper {
            id: ShopperId::new(random::text("")),
            issuer_id: at.issuer.id.clone(),
            subject: random::text(""),
            email: email.to_owned(),
            created_at: self.clock.now(),
            confirmed_at: None,
        };
        let (row, pseudonym) = (shopper.clone(), random::text(""));
        self.write(move |tx| shoppers::insert(tx, &row, &pseudonym)).await;
        shopper
    }

    /// An agent of this name, made on first use, comes back from consent with its code redeemed.
    pub(crate) async fn connect(&self, at: &Arc<IssuerContext>, shopper: &Shopper, name: &str) -> Tokens {
        let code = self.consent(at, shopper, name).await;
        let body = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
        self.token(at, name, &body).await.unwrap()
    }

    /// A browser that has just signed in.
    pub(crate) async fn session(&self, shopper: &Shopper, method: SignInMethod) -> TokenHash {
        let now = self.clock.now();
        let token_hash = SessionSecret::draw().hash;
        let session = ShopperSession {
            token_hash,
            shopper: shopper.clone(),
            authenticated_at: now,
            method,
            expires_at: now.plus(Duration::from_hours(1)),
        };
        self.write(move |tx| shopper_sessions::insert(tx, &session, Device::of(""), now)).await;
        token_hash
    }

    /// The owner of the address signs in by a code, in another browser.
    pub(crate) async fn prove_address(&self, at: &IssuerContext, email: &str) {
        let (code, sealed) = sign_in_code::draw(at, (email, None), [1; 32], self.clock.now()).unwrap();
        let sent = SentCode::open(at, &sealed, &[1; 32], self.clock.now()).unwrap();
        let how = How { method: SignInMethod::Code, device: Device::of(""), proved_at: None };
        let lifetime = Duration::from_hours(1);
        let session = NewSession { hash: SessionSecret::draw().hash, before: None, lifetime };
        let occasion = self.occasion();
        let take = move |tx: &mut Tx<'_>| {
            sign_in_code::take(tx, (&sent, code.expose(), None), None, (session, how), &occasion)
        };
        assert!(matches!(self.write(take).await, Typed::SignedIn));
    }

    pub(crate) fn occasion(&self) -> Occasion {
        Occasion { now: self.clock.now(), reference_id: ReferenceId::generate(), network: network() }
    }

    pub(crate) async fn consent(&self, at: &Arc<IssuerContext>, shopper: &Shopper, name: &str) -> String {
        let allowing = self.allowing(at, shopper, name).await;
        let Outcome::Approved { code } = allow(&self.db, at, allowing).await.unwrap() else { panic!("not approved") };
        code
    }

    /// The page is answered, and the answer not yet looked at.
    pub(crate) async fn allowing(&self, at: &Arc<IssuerContext>, shopper: &Shopper, name: &str) -> Allowing {
        let (client, issuer_id) = (client(name), at.issuer.id.clone());
        let known = client.clone();
        self.write(move |tx| clients::insert(tx, &issuer_id, &known, &network())).await;
        let request = AuthorizationRequest {
            id: RequestId::new(random::text("")),
            client_id: ClientId::new(name),
            client_digest: None,
            redirect_uri: redirect_uri(),
            state: None,
            scope: ScopeSet::BROWSE,
            checkout: None,
            resource: RESOURCE.to_owned(),
            code_challenge: CodeChallenge::of_verifier(VERIFIER).unwrap(),
            browser_hash: [0; 32],
            seed: random::bytes(),
            expires_at: self.clock.now().plus(Duration::from_mins(10)),
            demand: Demand::default(),
            login_hint: None,
            begins_with_account: false,
            ui_locales: None,
        };
        Allowing {
            issuer_id: at.issuer.id.clone(),
            client,
            request,
            shopper: shopper.clone(),
            session_hash: self.session(shopper, SignInMethod::Password).await,
            authentication: Authentication { at: self.clock.now(), class: AuthenticationClass::OneFactor },
            question: ConsentQuestion::of(ScopeSet::BROWSE, None),
            change: None,
            given: ScopeSet::BROWSE,
            ceiling: Ceiling::Kept,
            stay: Stay::default(),
            kept_until: None,
            elevation: Elevation::default(),
            time_zone: "UTC".to_owned(),
            refreshable: true,
            is_current: true,
            text_version: "1".to_owned(),
            locale: "en".to_owned(),
            wordings: Wordings::sample(ScopeSet::BROWSE),
            stands: |_, _| true,
            network: network(),
            lifetimes: Lifetimes::default(),
            now: self.clock.now(),
            reference: ReferenceId::generate(),
        }
    }

    pub(crate) async fn refresh(&self, at: &Arc<IssuerContext>, name: &str, tokens: &Tokens) -> Result<Tokens, String> {
        let refused = |failure: Failure| failure.to_string();
        let body = format!("grant_type=refresh_token&refresh_token={}", tokens.refresh);
        self.token(at, name, &body).await.map_err(refused)
    }

    pub(crate) async fn token(&self, at: &Arc<IssuerContext>, name: &str, body: &str) -> Result<Tokens, Failure> {
        let request = token::Request {
            context: at,
            client: &AuthenticatedClient::new_after_authentication(client(name).into(), false),
            parameters: &Parameters::parse(body.as_bytes()),
            network: &network(),
            now: self.clock.now(),
            reference: ReferenceId::generate(),
        };
        let response = token::grant(&self.db, Lifetimes::default(), &request).await?;
        Ok(Tokens { access: response.access_token, refresh: response.refresh_token.unwrap() })
    }

    pub(crate) async fn introspect(&self, at: &IssuerContext, tokens: &Tokens) -> Option<AccessClaims> {
        let server = at.resource_server(RESOURCE).unwrap();
        let asker = Asker::Resource(server.resource.clone());
        introspect(&self.db, at, &asker, &tokens.access, self.clock.now()).await.unwrap().claims
    }

    pub(crate) async fn agents(&self, shopper: &Shopper) -> Vec<ConnectedAgent> {
        let (shopper, when) = (shopper.clone(), self.clock.now());
        self.read(move |connection| list(connection, &shopper, when)).await
    }

    pub(crate) async fn disconnect(&self, shopper: &Shopper, id: &GrantId) -> bool {
        let occasion = self.occasion();
        let (shopper, id) = (shopper.clone(), id.clone());
        self.write(move |tx| disconnect(tx, &shopper, &id, &occasion)).await
    }

    /// What the feed of the issuer has said.
    pub(crate) async fn events(&self, at: &IssuerContext) -> Vec<Event> {
        let id = at.issuer.id.clone();
        let events = self.read(move |connection| feed::list_after(connection, id.as_str(), 0, 100)).await;
        events.into_iter().map(|(_, event)| event).collect()
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut DbConnection) -> StorageResult<T> + Send + 'static,
    ) -> T {
        self.db.read(read).await.unwrap()
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> T {
        self.db.write(write).await.unwrap()
    }

    pub(crate) fn after(&self, days: u64) {
        self.clock.advance(Duration::from_hours(days * 24));
    }
}

pub(crate) struct Tokens {
    access: String,
    refresh: String,
}

fn store() -> Store {
    Store { id: store_id(), shop_may_read_orders: false, ..crate::merchant::testing::store("Fern") }
}

/// Its name is its id.
fn client(name: &str) -> Client {
    let metadata = ClientMetadata {
        client_name: Some(name.to_owned()),
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        ..ClientMetadata::new(vec![RedirectUri::parse(REDIRECT, &[]).unwrap()])
    };
    Client::new(ClientId::new(name), ClientOrigin::Registered, AuthMethod::None, metadata, Timestamp::from_secs(0))
}

fn redirect_uri() -> VerifiedRedirectUri {
    VerifiedRedirectUri::verify(Some(REDIRECT), &[RedirectUri::parse(REDIRECT, &[]).unwrap()]).unwrap()
}

fn network() -> Network {
    Network::of([192, 0, 2, 1].into())
}
