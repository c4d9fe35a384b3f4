//! On a store with both its environments; also what the tests of the pages stand on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mcp_resource::wire::AccessClaims;

use super::*;
use crate::accounts::consent::{Allowing, Ceiling, Outcome, allow};
use crate::accounts::sessions::{How, NewSession, SessionSecret};
use crate::accounts::sign_in_code::{self, SentCode, Typed};
use crate::domain::approval_rule::ApprovalRule;
use crate::domain::authentication::{Authentication, AuthenticationClass, Demand};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::client::{AuthMethod, AuthenticatedClient, ClientOrigin};
use crate::domain::client_metadata::ClientMetadata;
use crate::domain::connection::EndReason;
use crate::domain::device::Device;
use crate::domain::elevation::Elevation;
use crate::domain::issuer::Environment;
use crate::domain::network::Network;
use crate::domain::pkce::CodeChallenge;
use crate::domain::redirect_uri::{RedirectUri, VerifiedRedirectUri};
use crate::domain::restriction::Effect;
use crate::domain::session::{ShopperSession, SignInMethod, TokenHash};
use crate::domain::spending_limit::SpendingLimit;
use crate::domain::stay::Stay;
use crate::domain::store::Store;
use crate::domain::token::Lifetimes;
use crate::domain::{ClientId, Clock, RequestId, Scope, ScopeSet, ShopperId};
use crate::keys::{InstallationSecrets, IssuerContext, Secret, random};
use crate::merchant::provisioning::{add_resource_server, add_store, read_directory, store_id};
use crate::merchant::sweeper::{Ages, Sweeper};
use crate::oauth::error::Failure;
use crate::oauth::introspection::{Asker, introspect};
use crate::oauth::parameters::Parameters;
use crate::oauth::token;
use crate::storage::audit_listing::{self, Filter, Page};
use crate::storage::{Database, StorageError, approval_rules, feed, shopper_sessions, shoppers, testing};
use crate::telemetry::ReferenceId;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
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
        let (code, sealed) = sign_in_code::draw(at, email, [1; 32], self.clock.now()).unwrap();
        let sent = SentCode::open(at, &sealed, &[1; 32], self.clock.now()).unwrap();
        let how = How { method: SignInMethod::Code, device: Device::of(""), proved_at: None };
        let lifetime = Duration::from_hours(1);
        let session = NewSession { hash: SessionSecret::draw().hash, before: None, lifetime };
        let occasion = self.occasion();
        let take =
            move |tx: &mut Tx<'_>| sign_in_code::take(tx, (&sent, code.expose()), None, (session, how), &occasion);
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
    async fn allowing(&self, at: &Arc<IssuerContext>, shopper: &Shopper, name: &str) -> Allowing {
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
            ui_locales: None,
        };
        Allowing {
            issuer_id: at.issuer.id.clone(),
            client,
            request,
            shopper: shopper.clone(),
            session_hash: self.session(shopper, SignInMethod::Password).await,
            authentication: Authentication { at: self.clock.now(), class: AuthenticationClass::OneFactor },
            given: ScopeSet::BROWSE,
            ceiling: Ceiling::Kept,
            stay: Stay::default(),
            kept_until: None,
            is_bundled: false,
            elevation: Elevation::default(),
            time_zone: "UTC".to_owned(),
            refreshable: true,
            is_step_up: false,
            is_current: true,
            text_version: "1".to_owned(),
            locale: "en".to_owned(),
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

    async fn token(&self, at: &Arc<IssuerContext>, name: &str, body: &str) -> Result<Tokens, Failure> {
        let request = token::Request {
            context: at,
            client: &AuthenticatedClient::new_after_authentication(client(name), false),
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

    async fn disconnect(&self, shopper: &Shopper, id: &GrantId) -> bool {
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

    async fn read<T: Send + 'static>(
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

    fn after(&self, days: u64) {
        self.clock.advance(Duration::from_hours(days * 24));
    }
}

pub(crate) struct Tokens {
    access: String,
    refresh: String,
}

fn store() -> Store {
    Store {
        id: store_id(),
        name: "Fern".to_owned(),
        currency: "EUR".parse().unwrap(),
        time_zone: "Europe/Paris".to_owned(),
        locale: "en".to_owned(),
        contact: None,
        privacy_url: None,
        terms_url: None,
        shop_may_read_orders: false,
    }
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

#[actix_web::test]
async fn disconnecting_ends_every_connection_of_the_grant_at_once_and_nothing_else() {
    let world = World::open().await;
    let live = &world.live;
    let (maya, noor) = (world.shopper(live, "maya@example.com").await, world.shopper(live, "noor@example.com").await);
    let mut laptop = world.connect(live, &maya, "ChatGPT").await;
    let phone = world.connect(live, &maya, "ChatGPT").await;
    let (other_agent, other_shopper) =
        (world.connect(live, &maya, "Tea").await, world.connect(live, &noor, "ChatGPT").await);
    let pending = world.consent(live, &maya, "ChatGPT").await;
    laptop = world.refresh(live, "ChatGPT", &laptop).await.unwrap();
    let grant =
        world.agents(&maya).await.into_iter().find(|agent| agent.grant.client_id.as_str() == "ChatGPT").unwrap();

    assert!(world.disconnect(&maya, &grant.grant.id).await);
    for tokens in [&laptop, &phone] {
        assert!(world.introspect(live, tokens).await.is_none());
        assert!(world.refresh(live, "ChatGPT", tokens).await.err().unwrap().contains("revoked"));
    }
    let body = format!("grant_type=authorization_code&code={pending}&code_verifier={VERIFIER}");
    assert!(world.token(live, "ChatGPT", &body).await.is_err(), "a code under way is worth nothing either");
    for (name, tokens) in [("Tea", &other_agent), ("ChatGPT", &other_shopper)] {
        assert!(world.introspect(live, tokens).await.is_some());
        world.refresh(live, name, tokens).await.unwrap();
    }
    assert_eq!(world.agents(&maya).await.len(), 1);
    let revoked = Event::GrantRevoked { grant_id: grant.grant.id.to_string() };
    assert_eq!(world.events(live).await, [revoked]);
    assert!(world.events(&world.sandbox).await.is_empty());
}

#[actix_web::test]
async fn a_disconnection_is_recorded_once_and_its_receipts_stay() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    world.connect(&world.live, &maya, "ChatGPT").await;
    let agent = world.agents(&maya).await.remove(0);
    let (id, connection_id) = (agent.grant.id, agent.connections[0].id);

    assert!(world.disconnect(&maya, &id).await);
    world.clock.advance(Duration::from_secs(1));
    assert!(world.disconnect(&maya, &id).await, "a second click is answered like the first");
    let issuer_id = maya.issuer_id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    let ended: Vec<_> = entries.iter().filter(|entry| entry.kind == "grant_revoked").collect();
    assert_eq!(ended.len(), 1);
    assert_eq!((ended[0].actor.as_deref(), ended[0].client_id.as_deref()), (Some("shopper"), Some("ChatGPT")));

    let (shopper, grant_id) = (maya.clone(), id.clone());
    let own = world.read(move |connection| find(connection, &shopper, &grant_id)).await.unwrap();
    assert_eq!(own.redirect_uri.as_deref(), Some(REDIRECT));
    assert_eq!(own.grant.ended_at, Some(world.clock.now().minus(Duration::from_secs(1))));

    // What the sweeper writes down is the shopper's doing.
    let ages = {
        let minute = Duration::from_mins(1);
        Ages { networks: minute, refusals: minute, addresses: minute, orders: minute }
    };
    let mut sweeper = Sweeper::new(world.db.clone(), world.clock.clone(), Lifetimes::default(), ages);
    assert_eq!(sweeper.end_shut_out(std::slice::from_ref(&maya.issuer_id)).await.unwrap().ended, 1);
    let ended = world.read(move |db| connections::find(db, &maya.issuer_id, connection_id)).await.unwrap().ended;
    assert_eq!(ended.map(|(_, reason)| reason), Some(EndReason::RevokedByShopper));
}

#[actix_web::test]
async fn an_agent_that_is_connected_again_gets_a_grant_of_its_own() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let before = world.connect(&world.live, &maya, "ChatGPT").await;
    let id = world.agents(&maya).await[0].grant.id.clone();
    world.disconnect(&maya, &id).await;
    let after = world.connect(&world.live, &maya, "ChatGPT").await;

    let agents = world.agents(&maya).await;
    assert_eq!((agents.len(), agents[0].connections.len()), (1, 1));
    assert_ne!(agents[0].grant.id, id);
    assert!(world.refresh(&world.live, "ChatGPT", &before).await.is_err());
    world.refresh(&world.live, "ChatGPT", &after).await.unwrap();
}

#[actix_web::test]
async fn nobody_sees_or_ends_a_grant_of_another_shopper_or_environment() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let noor = world.shopper(&world.live, "noor@example.com").await;
    let sandbox_maya = world.shopper(&world.sandbox, "maya@example.com").await;
    let tokens = world.connect(&world.live, &maya, "ChatGPT").await;
    let id = world.agents(&maya).await[0].grant.id.clone();
    // The same rows, asked for at the other issuer.
    let misplaced = Shopper { issuer_id: sandbox_maya.issuer_id.clone(), ..maya.clone() };

    for other in [noor, sandbox_maya, misplaced] {
        assert!(!world.disconnect(&other, &id).await);
        let (shopper, id) = (other.clone(), id.clone());
        assert!(world.read(move |connection| find(connection, &shopper, &id)).await.is_none());
    }
    assert!(world.introspect(&world.live, &tokens).await.is_some());
    assert!(world.events(&world.live).await.is_empty());
}

#[actix_web::test]
async fn a_connection_without_use_since_a_later_one_began_is_folded() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let first = world.connect(&world.live, &maya, "ChatGPT").await;
    world.after(1);
    world.connect(&world.live, &maya, "ChatGPT").await;
    let agent = world.agents(&maya).await.remove(0);
    assert_eq!((agent.connections.len(), agent.folded.len()), (1, 1));
    assert!(agent.connections[0].connected_at > agent.folded[0].connected_at);

    // Used again: two installations.
    world.after(1);
    world.refresh(&world.live, "ChatGPT", &first).await.unwrap();
    let agent = world.agents(&maya).await.remove(0);
    assert_eq!((agent.connections.len(), agent.folded.len()), (2, 0));

    // A consent whose code nobody has redeemed takes over nothing.
    world.clock.advance(Duration::from_secs(10));
    world.consent(&world.live, &maya, "ChatGPT").await;
    assert_eq!(world.agents(&maya).await[0].connections.len(), 3);
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(world.agents(&maya).await[0].connections.len(), 2, "and is gone with its code");
}

#[actix_web::test]
async fn what_is_over_is_not_shown_and_what_is_held_is() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    world.connect(&world.live, &maya, "ChatGPT").await;
    world.connect(&world.live, &maya, "Tea").await;
    let issuer_id = maya.issuer_id.clone();
    let (now, of_tea) = (world.clock.now(), Target::Client("Tea".to_owned()));
    let off = crate::domain::restriction::Restriction { effect: Effect::Off, target: Target::Issuer, since: now };
    world
        .write(move |tx| {
            restrictions::shut_out_before(tx, &issuer_id, &of_tea, now, "staff:s")?;
            restrictions::set(tx, &issuer_id, &off, "staff:s")
        })
        .await;
    let agents = world.agents(&maya).await;
    assert_eq!(agents.len(), 1, "ended by the staff, though its rows are not swept yet");
    assert_eq!(agents[0].grant.client_id.as_str(), "ChatGPT", "switched off for now: it can still be disconnected");
    assert_eq!(agents[0].connections[0].scope, ScopeSet::BROWSE.without(Scope::OfflineAccess));

    world.after(30);
    assert!(world.agents(&maya).await.is_empty(), "idle for too long");
}

#[actix_web::test]
async fn an_answer_from_a_session_that_the_owner_of_the_address_has_ended_connects_nobody() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let allowing = world.allowing(&world.live, &maya, "ChatGPT").await;
    world.prove_address(&world.live, "maya@example.com").await;
    assert_eq!(allow(&world.db, &world.live, allowing).await.unwrap(), Outcome::Stale);
    assert!(world.agents(&maya).await.is_empty());
}

#[actix_web::test]
async fn a_rule_for_what_an_agent_was_does_not_outlive_a_consent_to_what_it_is() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let currency = "EUR".parse().unwrap();
    let limit = SpendingLimit::new(currency, None, Some(20_000));
    let rule = ApprovalRule { id: random::text(""), currency, most: 2_000, created_at: world.clock.now() };
    let consent = async |name: &str| {
        let mut allowing = world.allowing(&world.live, &maya, "agent").await;
        allowing.client.metadata.client_name = Some(name.to_owned());
        let given = ScopeSet::BROWSE.with(Scope::CheckoutInitiate);
        let allowing = Allowing { given, ceiling: Ceiling::Set(limit), ..allowing };
        let outcome = allow(&world.db, &world.live, allowing).await.unwrap();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        world.agents(&maya).await[0].grant.id.clone()
    };
    let id = consent("ChatGPT").await;
    let of = id.clone();
    world.write(move |tx| approval_rules::set(tx, &of, &rule)).await;
    for (name, stands) in [("ChatGPT", true), ("Another name", false)] {
        assert_eq!(consent(name).await, id, "the same grant");
        let of = id.clone();
        let rule = world.read(move |connection| approval_rules::find(connection, &of)).await;
        assert_eq!(rule.is_some(), stands, "{name}");
    }
    let issuer_id = maya.issuer_id.clone();
    let entries = world.read(move |c| audit_listing::list(c, &issuer_id, Filter::All, Page::First, 50)).await.0;
    assert!(entries.iter().any(|entry| entry.kind == "approval_rule_removed"));
}
