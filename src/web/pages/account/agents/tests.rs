//! The pages as a browser without scripts meets them: links followed, the forms on them sent as they are.

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use arc_swap::ArcSwap;
use futures_util::future::LocalBoxFuture;

use super::*;
use crate::accounts::password::Passwords;
use crate::accounts::sessions::SessionSecret;
use crate::accounts::tests::World;
use crate::accounts::throttle::Throttle;
use crate::accounts::upstream::Upstreams;
use crate::config::Loader;
use crate::domain::device::Device;
use crate::domain::platforms::Platforms;
use crate::domain::session::{ShopperSession, SignInMethod};
use crate::domain::shopper::Shopper;
use crate::domain::token::Lifetimes;
use crate::keys::{IssuerContext, random};
use crate::oauth::client_documents::ClientDocuments;
use crate::oauth::client_keys::KeyCache;
use crate::oauth::clients::ClientCache;
use crate::oauth::metadata::Offered;
use crate::oauth::registration_rate::RegistrationRate;
use crate::outbound::mail::Mailer;
use crate::outbound::{Fetcher, Resolver};
use crate::storage::shopper_sessions;
use crate::web::cookies::Kind;
use crate::web::middleware::issuer;
use crate::web::routes;
use crate::web::state::{AppState, Directory};

fn state(world: &World) -> Data<AppState> {
    let folder = tempfile::tempdir().unwrap();
    let config = Loader::isolated(&[]).development(folder.path(), random::bytes()).unwrap().load().unwrap();
    Data::new(AppState {
        db: world.db.clone(),
        clock: world.clock.clone(),
        directory: ArcSwap::from_pointee(Directory::new(
            vec![world.live.clone(), world.sandbox.clone()],
            Offered { registration: true, client_documents: true },
        )),
        lifetimes: Lifetimes::default(),
        default_resource: config.tokens.default_resource,
        passwords: Passwords::new(&config.sign_in).unwrap(),
        throttle: Throttle::new(&config.sign_in),
        examinations: std::sync::Arc::default(),
        mailer: Mailer::off(),
        upstreams: Upstreams::new(&[], &Fetcher::new(&config.outbound, Resolver::System).unwrap()),
        fetcher: Fetcher::new(&config.outbound, Resolver::System).unwrap(),
        clients: ClientCache::default(),
        client_documents: ClientDocuments::new(None),
        client_keys: KeyCache::new(Fetcher::new(&config.outbound, Resolver::System).unwrap()),
        reloads: tokio::sync::mpsc::channel(1).0,
        platforms: Platforms::new(config.agents.platforms_file),
        registrations: RegistrationRate::new(config.registration.rate_per_minute),
        audit: config.audit.clone(),
        retention: config.retention.clone(),
        refusals: tokio::sync::mpsc::channel(1).0,
        registration: config.registration,
        sign_in: config.sign_in,
        trusted_proxies: vec![],
        is_behind: false.into(),
        stopping: false.into(),
    })
}

/// Answers a request as the server does.
struct Site(Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Page>>);

async fn site(world: &World) -> Site {
    let app = App::new().app_data(state(world)).configure(routes::configure(65_536)).wrap(from_fn(issuer::route));
    let service = init_service(app).await;
    Site(Box::new(move |request| {
        let answer = service.call(request.to_request());
        Box::pin(async move { Page::read(answer.await.unwrap()).await })
    }))
}

/// A browser, by its cookie.
struct Browser<'w> {
    context: &'w IssuerContext,
    cookie: Option<String>,
}

/// What a browser got.
struct Page {
    status: u16,
    location: String,
    text: String,
}

impl<'w> Browser<'w> {
    fn stranger(context: &'w IssuerContext) -> Self {
        Self { context, cookie: None }
    }

    async fn of(world: &World, context: &'w IssuerContext, shopper: &Shopper) -> Self {
        let secret = SessionSecret::draw();
        let session = ShopperSession {
            token_hash: secret.hash,
            shopper: shopper.clone(),
            authenticated_at: world.clock.now(),
            method: SignInMethod::Password,
            expires_at: world.clock.now().plus(Duration::from_hours(24)),
        };
        world.write(move |tx| shopper_sessions::insert(tx, &session, Device::of(""), session.authenticated_at)).await;
        let cookie = format!("{}={}", Kind::Shopper.name(&context.issuer), secret.cookie.expose());
        Self { context, cookie: Some(cookie) }
    }

    /// `path` within the issuer, or as a page has written it.
    async fn get(&self, site: &Site, path: &str) -> Page {
        self.send(site, TestRequest::get(), path).await
    }

    async fn post(&self, site: &Site, form: &[(&str, &str)]) -> Page {
        self.send(site, TestRequest::post().set_form(form), "/account/agents/disconnect").await
    }

    async fn send(&self, site: &Site, request: TestRequest, path: &str) -> Page {
        let base = self.context.issuer.url.path();
        let path = if path.starts_with(base) { path.to_owned() } else { format!("{base}{path}") };
        let mut request = request.uri(&path).insert_header(("host", "localhost:8080"));
        if let Some(cookie) = &self.cookie {
            request = request.insert_header(("cookie", cookie.as_str()));
        }
        (site.0)(request).await
    }
}

impl Page {
    async fn read(answer: ServiceResponse<impl MessageBody>) -> Self {
        let location = answer.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let text = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        Self { status, location: location.unwrap_or_default(), text }
    }

    /// What stands between two texts, once.
    fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self.text.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.text));
        rest.split_once(after).unwrap().0
    }

    fn disconnect_link(&self) -> &str {
        let links = self.text.split("href=\"").filter_map(|rest| rest.split('"').next());
        links.into_iter().find(|link| link.contains("/disconnect?")).unwrap()
    }

    /// Of the form that answers the page's question; the one that signs out is on every page.
    fn field(&self, name: &str) -> &str {
        let (_, form) = self.text.split_once("<main").unwrap();
        let (_, value) = form.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        value.split_once('"').unwrap().0
    }
}

#[actix_web::test]
async fn two_clicks_from_the_list_disconnect_an_agent_and_the_list_says_so() {
    let world = World::open().await;
    for context in [&world.live, &world.sandbox] {
        let maya = world.shopper(context, "maya@example.com").await;
        let tokens = world.connect(context, &maya, "ChatGPT").await;
        world.clock.advance(Duration::from_hours(2));
        let tokens = world.refresh(context, "ChatGPT", &tokens).await.unwrap();
        let (site, browser) = (site(&world).await, Browser::of(&world, context, &maya).await);

        let list = browser.get(&site, "/account/agents").await;
        assert_eq!(list.status, 200);
        for shown in
            ["<bdi>ChatGPT</bdi>", "chatgpt.com", "Browse products and prices", "2 hours ago", "in 90 days", "maya@"]
        {
            assert!(list.text.contains(shown), "{shown}: {}", list.text);
        }
        let question = browser.get(&site, list.disconnect_link()).await;
        assert!(question.text.contains("ChatGPT"), "{}", question.text);
        assert!(world.introspect(context, &tokens).await.is_some(), "asking ends nothing");
        let form = [("csrf", question.field("csrf")), ("grant", question.field("grant"))];
        let answer = browser.post(&site, &form).await;
        assert_eq!(answer.status, 303);
        assert!(world.introspect(context, &tokens).await.is_none());
        assert!(world.refresh(context, "ChatGPT", &tokens).await.is_err());
        assert_eq!(world.events(context).await.len(), 1);

        let list = browser.get(&site, &answer.location).await;
        assert!(list.text.contains("It can no longer act for you") && list.text.contains("ChatGPT"), "{}", list.text);
        assert!(list.text.contains("No agent is connected"), "{}", list.text);
        // The form once more, and the question from an old list: the same answer, and nothing more happens.
        assert_eq!(browser.post(&site, &form).await.status, 303);
        assert_eq!(browser.get(&site, &format!("/account/agents/disconnect?grant={}", form[1].1)).await.status, 303);
        assert_eq!(world.events(context).await.len(), 1);
        world.clock.advance(JUST_NOW);
        assert!(!browser.get(&site, &answer.location).await.text.contains("It can no longer"), "not for ever");
    }
}

#[actix_web::test]
async fn two_shoppers_do_not_meet_each_others_agents() {
    let world = World::open().await;
    let context = &world.live;
    let (maya, noor) =
        (world.shopper(context, "maya@example.com").await, world.shopper(context, "noor@example.com").await);
    let tokens = world.connect(context, &maya, "Tea Finder").await;
    let (site, hers) = (site(&world).await, Browser::of(&world, context, &maya).await);
    let question = hers.get(&site, hers.get(&site, "/account/agents").await.disconnect_link()).await;
    let (csrf, grant) = (question.field("csrf"), question.field("grant"));
    let asked = format!("/account/agents/disconnect?grant={grant}");

    let sandbox_maya = world.shopper(&world.sandbox, "maya@example.com").await;
    let strangers =
        [Browser::of(&world, context, &noor).await, Browser::of(&world, &world.sandbox, &sandbox_maya).await];
    for stranger in &strangers {
        let list = stranger.get(&site, "/account/agents").await;
        assert!(list.text.contains("No agent is connected") && !list.text.contains("Tea"), "{}", list.text);
        assert_eq!(stranger.get(&site, &asked).await.status, 404);
        let list = stranger.get(&site, &format!("/account/agents?done={grant}")).await;
        assert!(!list.text.contains("Tea"), "{}", list.text);
        assert_eq!(stranger.post(&site, &[("csrf", csrf), ("grant", grant)]).await.status, 403);
    }
    assert_eq!(hers.get(&site, "/account/agents/disconnect?grant=none").await.status, 404);
    assert_eq!(hers.get(&site, "/account/agents/disconnect").await.status, 404);
    assert!(world.introspect(context, &tokens).await.is_some());
}

#[actix_web::test]
async fn a_form_without_its_own_token_ends_nothing() {
    let world = World::open().await;
    let context = &world.live;
    let maya = world.shopper(context, "maya@example.com").await;
    let tea = world.connect(context, &maya, "Tea").await;
    let (site, browser) = (site(&world).await, Browser::of(&world, context, &maya).await);
    let tea_question = browser.get(&site, browser.get(&site, "/account/agents").await.disconnect_link()).await;
    world.clock.advance(Duration::from_secs(1));
    world.connect(context, &maya, "Books").await;
    // The newest grant comes first.
    let books = browser.get(&site, browser.get(&site, "/account/agents").await.disconnect_link()).await;
    assert!(books.text.contains("Books"), "{}", books.text);
    let (grant, csrf) = (tea_question.field("grant"), tea_question.field("csrf"));
    let elsewhere = Browser::of(&world, context, &maya).await;

    assert_eq!(browser.post(&site, &[("grant", grant)]).await.status, 400);
    let sign_out = books.between("name=\"csrf\" value=\"", "\"");
    for wrong in ["", "1.AAAA", sign_out, books.field("csrf")] {
        assert_eq!(browser.post(&site, &[("csrf", wrong), ("grant", grant)]).await.status, 403, "{wrong}");
    }
    assert_eq!(elsewhere.post(&site, &[("csrf", csrf), ("grant", grant)]).await.status, 403, "another session's");
    let signed_out = Browser::stranger(context).post(&site, &[("csrf", csrf), ("grant", grant)]).await;
    assert_eq!((signed_out.status, signed_out.location.as_str()), (303, "/sign-in"));
    assert!(world.introspect(context, &tea).await.is_some());
    assert_eq!(browser.post(&site, &[("csrf", csrf), ("grant", grant)]).await.status, 303);
    assert!(world.introspect(context, &tea).await.is_none());
}

#[actix_web::test]
async fn who_is_not_signed_in_here_is_sent_to_sign_in() {
    let world = World::open().await;
    let maya = world.shopper(&world.live, "maya@example.com").await;
    let site = site(&world).await;
    let signed_in = Browser::of(&world, &world.live, &maya).await;
    // A session of the live store is none in its sandbox.
    let elsewhere = Browser { context: &world.sandbox, cookie: signed_in.cookie.clone() };
    for browser in [Browser::stranger(&world.sandbox), elsewhere] {
        for path in ["/account/agents", "/account/agents?done=x", "/account/agents/disconnect?grant=x"] {
            let answer = browser.get(&site, path).await;
            assert_eq!((answer.status, answer.location.as_str()), (303, "/sandbox/sign-in"), "{path}");
        }
    }
}

#[actix_web::test]
async fn the_start_page_leads_to_the_agents_of_its_issuer() {
    let world = World::open().await;
    let maya = world.shopper(&world.sandbox, "maya@example.com").await;
    let site = site(&world).await;
    let live = Browser::stranger(&world.live).get(&site, "/").await;
    assert_eq!(live.status, 200);
    assert!(live.text.contains("href=\"/account/agents\"") && live.text.contains("Agents at Fern"), "{}", live.text);
    let signed_in = Browser::of(&world, &world.sandbox, &maya).await;
    for path in ["/sandbox", "/sandbox/"] {
        let home = signed_in.get(&site, path).await;
        assert!(home.text.contains("href=\"/sandbox/account/agents\""), "{}", home.text);
        assert!(home.text.contains("maya@example.com"), "{}", home.text);
    }
}
