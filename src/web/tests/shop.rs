//! For tests of pages: a store with both environments, and browsers that visit it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{App, HttpMessage as _, test, web};
use arc_swap::ArcSwap;

use super::extract::Routed;
use super::pages::{account, console};
use super::resource_api;
use super::state::{AppState, Directory};
use crate::accounts::password::Passwords;
use crate::accounts::sign_up::{self, NewAccount};
use crate::accounts::throttle::Throttle;
use crate::accounts::trail::Occasion;
use crate::accounts::upstream::Upstreams;
use crate::config::{Config, Loader};
use crate::domain::agent_policy::AgentPolicy;
use crate::domain::authorization_request::{self, AuthorizationRequest};
use crate::domain::issuer::{Environment, Issuer};
use crate::domain::network::Network;
use crate::domain::platforms::Platforms;
use crate::domain::staff::{Role, Staff};
use crate::domain::store::Store;
use crate::domain::token::Lifetimes;
use crate::domain::{Clock, IssuerId, StaffId, Timestamp};
use crate::keys::{InstallationSecrets, IssuerContext, IssuerKeys, Keyring, Sealed, Secret, random};
use crate::oauth::client_documents::ClientDocuments;
use crate::oauth::client_keys::KeyCache;
use crate::oauth::clients::ClientCache;
use crate::oauth::metadata::Offered;
use crate::oauth::registration_rate::RegistrationRate;
use crate::outbound::mail::Mailer;
use crate::outbound::{Fetcher, Resolver};
use crate::storage::{StorageError, Tx, issuers, staff, stores, testing};
use crate::telemetry::ReferenceId;

pub(in crate::web) const PASSWORD: &str = "velvet-otter-lantern";
pub(in crate::web) const SHOPPER: &str = "maya@example.com";
pub(in crate::web) const STAFF: &str = "sam@fern.example";

/// Its clock stands still until it is moved.
pub(in crate::web) struct Shop {
    pub state: web::Data<AppState>,
    pub live: Arc<IssuerContext>,
    pub sandbox: Arc<IssuerContext>,
    folder: tempfile::TempDir,
}

impl Shop {
    /// With a shopper in live and a merchant user.
    pub(in crate::web) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Loader::isolated(&[]).development(folder.path(), random::bytes()).unwrap().load().unwrap();
        let (live, sandbox) = (context(Environment::Live), context(Environment::Sandbox));
        let state = web::Data::new(state(config, vec![Arc::clone(&live), Arc::clone(&sandbox)]));
        let shop = Self { state, live, sandbox, folder };
        shop.seed().await;
        shop
    }

    async fn seed(&self) {
        let now = self.state.clock.now();
        let hash = self.state.passwords.hash(Secret::new(PASSWORD.to_owned())).await.unwrap();
        let (live, sandbox) = (Arc::clone(&self.live), Arc::clone(&self.sandbox));
        let network = Network::of("192.0.2.1".parse().unwrap());
        let occasion = Occasion { now, reference_id: ReferenceId::generate(), network };
        let use_case = move |tx: &mut Tx<'_>| -> Result<(), StorageError> {
            stores::insert(tx, &live.store, now)?;
            issuers::insert(tx, &live.issuer, now)?;
            issuers::insert(tx, &sandbox.issuer, now)?;
            let account = NewAccount::new(&live.issuer.id, SHOPPER, hash.clone(), now);
            assert!(sign_up::create(tx, &account, &occasion)?);
            let member = Staff {
                id: StaffId::new("sam"),
                store_id: live.store.id.clone(),
                email: STAFF.to_owned(),
                role: Role::Admin,
                created_at: now,
            };
            assert!(staff::insert(tx, &member, &hash)?);
            Ok(())
        };
        self.state.db.write(use_case).await.unwrap();
    }

    pub(in crate::web) fn browser(&self) -> Browser {
        self.browser_at(&self.live)
    }

    pub(in crate::web) fn browser_at(&self, context: &Arc<IssuerContext>) -> Browser {
        let state = self.state.clone();
        Browser { state, context: Arc::clone(context), cookies: HashMap::new(), peer: "192.0.2.7:4000".to_owned() }
    }

    /// A sealed request of the browser with this hash.
    pub(in crate::web) fn sealed_request(&self, browser_hash: [u8; 32]) -> String {
        let json = serde_json::json!({
            "id": "r1", "client_id": "c1_x", "redirect_uri": "https://agent.example/callback", "state": null,
            "scope": "products:read", "resource": "http://localhost:8081/mcp", "code_challenge": "c".repeat(43),
            "browser_hash": browser_hash, "seed": ([0_u8; 16]), "ui_locales": null,
            "expires_at": self.state.clock.now().plus(authorization_request::LIFETIME),
        });
        let request: AuthorizationRequest = serde_json::from_value(json).unwrap();
        self.live.keys.seal(Sealed::AuthorizationRequest, &request).unwrap()
    }

    /// The mails so far, as soon as there are `count`.
    pub(in crate::web) async fn mails(&self, count: usize) -> Vec<String> {
        for _ in 0..100 {
            let files = std::fs::read_dir(self.folder.path().join("mail")).unwrap();
            let mails: Vec<String> = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
            if mails.len() >= count && mails.iter().all(|mail| mail.contains("localhost")) {
                // Quoted-printable, as far as links need it (RFC 2045 §6.7).
                return mails.iter().map(|mail| mail.replace("=\r\n", "").replace("=3D", "=")).collect();
            }
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("there are no {count} mails")
    }
}

fn context(environment: Environment) -> Arc<IssuerContext> {
    let (id, url) = match environment {
        Environment::Live => ("live1", "http://localhost:8080"),
        Environment::Sandbox => ("sand1", "http://localhost:8080/sandbox"),
    };
    let store = Store { name: "Fern & Field".to_owned(), ..crate::merchant::testing::store("fern1") };
    let issuer = Issuer { id: IssuerId::new(id), store_id: store.id.clone(), environment, url: url.parse().unwrap() };
    let secrets = InstallationSecrets::new(1, BTreeMap::from([(1, Secret::new([3; 32]))])).unwrap();
    let keys = IssuerKeys::new(&secrets, url).unwrap().into();
    let (keyring, policy) = (Keyring::new(vec![]), AgentPolicy::default());
    Arc::new(IssuerContext { issuer, store, keys, keyring, resource_servers: vec![], policy })
}

fn state(config: Config, issuers: Vec<Arc<IssuerContext>>) -> AppState {
    AppState {
        db: testing::database().unwrap(),
        clock: Clock::manual(Timestamp::from_secs(1_800_000_000)),
        directory: ArcSwap::from_pointee(Directory::new(
            issuers,
            Offered { registration: true, client_documents: true },
        )),
        lifetimes: Lifetimes::default(),
        default_resource: config.tokens.default_resource,
        clients: ClientCache::default(),
        client_documents: ClientDocuments::new(None),
        client_keys: KeyCache::new(Fetcher::new(&config.outbound, Resolver::System).unwrap()),
        reloads: tokio::sync::mpsc::channel(1).0,
        platforms: Platforms::new(config.agents.platforms_file),
        registrations: RegistrationRate::new(config.registration.rate_per_minute),
        refusals: tokio::sync::mpsc::channel(1).0,
        examinations: Arc::default(),
        registration: config.registration,
        audit: config.audit,
        retention: config.retention,
        passwords: Passwords::new(&config.sign_in).unwrap(),
        throttle: Throttle::new(&config.sign_in),
        mailer: Mailer::start(&config.mail).unwrap(),
        upstreams: Upstreams::new(&[], &Fetcher::new(&config.outbound, Resolver::System).unwrap()),
        fetcher: Fetcher::new(&config.outbound, Resolver::System).unwrap(),
        sign_in: config.sign_in,
        trusted_proxies: vec![],
        is_behind: false.into(),
        stopping: false.into(),
    }
}

/// Keeps its cookies, and follows no redirect.
#[derive(Clone)]
pub(in crate::web) struct Browser {
    state: web::Data<AppState>,
    pub context: Arc<IssuerContext>,
    pub cookies: HashMap<String, String>,
    /// Where it comes from.
    pub peer: String,
}

/// What it got.
pub(in crate::web) struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub set_cookies: Vec<String>,
    pub retry_after: Option<u64>,
    pub body: String,
}

impl Answer {
    /// The page without the one thing that differs each time, and which each refusal shows.
    pub(in crate::web) fn but_for_its_reference(&self) -> String {
        let (before, rest) = self.body.split_once("<dl class=\"facts reference\">").unwrap();
        format!("{before}{}", rest.split_once("</dl>").unwrap().1)
    }

    /// The token of the first form whose action ends so.
    pub(in crate::web) fn csrf(&self, action: &str) -> String {
        let form = self.body.split("<form").find(|form| form.contains(&format!("{action}\""))).unwrap_or_default();
        let token = form.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        token.unwrap_or_default().to_owned()
    }
}

impl Browser {
    pub(in crate::web) fn from(mut self, peer: &str) -> Self {
        peer.clone_into(&mut self.peer);
        self
    }

    pub(in crate::web) async fn get(&mut self, path: &str) -> Answer {
        self.send(test::TestRequest::get().uri(path)).await
    }

    pub(in crate::web) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(test::TestRequest::post().uri(path).set_form(fields)).await
    }

    /// Opens the page and posts its form, as people do.
    pub(in crate::web) async fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(path).await.csrf(path);
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post(path, &fields).await
    }

    pub(in crate::web) async fn send(&mut self, request: test::TestRequest) -> Answer {
        let context = Arc::clone(&self.context);
        let app = App::new()
            .app_data(self.state.clone())
            .wrap_fn(move |request, service| {
                request.extensions_mut().insert(Routed(Arc::clone(&context)));
                service.call(request)
            })
            .configure(account::configure)
            .configure(console::configure)
            .configure(resource_api::audit::configure);
        let app = test::init_service(app).await;
        let mut request = request.peer_addr(self.peer.parse().unwrap());
        for (name, value) in &self.cookies {
            request = request.cookie(actix_web::cookie::Cookie::new(name.clone(), value.clone()));
        }
        let answer = test::call_service(&app, request.to_request()).await;
        self.keep_cookies(&answer);
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().unwrap().to_owned());
        Answer {
            status: answer.status(),
            location: header(LOCATION.as_str()),
            set_cookies: answer.response().cookies().map(|cookie| cookie.to_string()).collect(),
            retry_after: header("retry-after").map(|seconds| seconds.parse().unwrap()),
            body: String::from_utf8(test::read_body(answer).await.to_vec()).unwrap(),
        }
    }

    fn keep_cookies<B>(&mut self, answer: &ServiceResponse<B>) {
        for cookie in answer.response().cookies() {
            if cookie.max_age().is_some_and(actix_web::cookie::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }

    /// SHA-256 of its browser cookie at this issuer.
    pub(in crate::web) fn hash(&self) -> [u8; 32] {
        let name = super::cookies::Kind::Browser.name(&self.context.issuer);
        *crate::keys::hash_secret(self.cookies[&name].as_bytes()).as_bytes()
    }

    pub(in crate::web) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.fill("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Whether it has a session of a shopper here: only then is the sign-in page left out.
    pub(in crate::web) async fn is_signed_in(&mut self) -> bool {
        self.get("/sign-in").await.status == StatusCode::SEE_OTHER
    }
}

/// A password nobody has.
pub(in crate::web) fn wrong_password() -> String {
    random::text("")
}
