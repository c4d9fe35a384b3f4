//! What anonymous callers can write is bounded (decision 2), and a token that allows to register is used as often as it says.

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tillgate::domain::token::Lifetimes;
use tillgate::domain::{ClientId, IssuerId};
use tillgate::merchant::Act;
use tillgate::merchant::registration_tokens::{NewToken, add};
use tillgate::merchant::sweeper::{Ages, Sweeper};
use tillgate::storage::{StorageError, clients, initial_access_tokens};

use crate::support::agent::CALLBACK;
use crate::support::{Agent, App, Browser, Hosting, http};

const CAP: i64 = 500;
const MANY: usize = 2_500;
const AT_ONCE: usize = 16;

async fn count(app: &App) -> i64 {
    let issuer_id = IssuerId::new(app.live().issuer_id.clone());
    let found: Result<i64, StorageError> = app.db.read(move |c| clients::count(c, &issuer_id)).await;
    found.unwrap()
}

async fn is_there(app: &App, id: &str) -> bool {
    let (issuer_id, id) = (IssuerId::new(app.live().issuer_id.clone()), ClientId::new(id));
    let found: Result<_, StorageError> = app.db.read(move |c| clients::find(c, &issuer_id, &id)).await;
    found.unwrap().is_some()
}

/// Registers all of them, some at once; how many were taken.
async fn register_all(app: &App, bodies: impl Iterator<Item = Value>) -> usize {
    let http = http();
    let register = |body: Value| {
        let request = http.post(format!("{}/register", app.live().issuer)).json(&body);
        async move { request.send().await.unwrap().status() == 201 }
    };
    stream::iter(bodies)
        .map(register)
        .buffer_unordered(AT_ONCE)
        .filter(|taken| std::future::ready(*taken))
        .count()
        .await
}

async fn sweep(app: &App) {
    let state = app.application.state();
    let lifetimes: Lifetimes = state.lifetimes;
    let ages = Ages {
        networks: state.audit.network_age,
        refusals: state.audit.refusal_age,
        addresses: state.retention.addresses,
        orders: state.retention.orders,
    };
    let sweeper = Sweeper::new(app.db.clone(), app.clock.clone(), lifetimes, ages);
    sweeper.remove_old(&[IssuerId::new(app.live().issuer_id.clone())]).await.unwrap();
}

#[tokio::test]
async fn thousands_of_registrations_leave_a_bounded_table_and_the_clients_in_use() {
    let cap = CAP.to_string();
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__REGISTRATION__MAX_CLIENTS", cap.as_str())]).await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;

    let same = |_| json!({"redirect_uris": ["https://same.example/cb"], "client_name": "Same"});
    assert_eq!(register_all(&app, (0..MANY).map(same)).await, MANY);
    assert_eq!(count(&app).await, 2, "identical ones are one client");

    // Those under way at the same time do not see each other's rows on PostgreSQL.
    let most = CAP + i64::try_from(AT_ONCE).unwrap();
    let distinct = |n| json!({"redirect_uris": [format!("https://agent.example/{n}")]});
    assert_eq!(register_all(&app, (0..MANY).map(distinct)).await, MANY, "nobody is locked out");
    assert!(count(&app).await <= most, "{}", count(&app).await);
    let own = |_| json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_basic"});
    assert_eq!(register_all(&app, (0..100).map(own)).await, 100);
    assert!(count(&app).await <= most, "{}", count(&app).await);
    assert!(is_there(&app, &agent.client_id).await, "what a shopper has granted something stays");

    app.advance(31 * 24 * 3600);
    sweep(&app).await;
    assert_eq!(count(&app).await, 1, "what nobody used has gone");
    assert_eq!(agent.refresh(&tokens.refresh).await.status, 400, "idle for too long, but known");
    assert!(is_there(&app, &agent.client_id).await);
}

#[tokio::test]
async fn racing_registrations_never_use_a_token_more_often_than_it_says() {
    const USES: u32 = 5;
    let app = App::start().await;
    app.sql("INSERT INTO agent_policies (issuer_id, class_unverified, class_domain_verified, class_key_verified, class_approved, registration, checkout_links, revision) SELECT id, 'shop', 'shop', 'shop', 'shop', 'token', FALSE, 1 FROM issuers").await;
    let issuer_id = IssuerId::new(app.live().issuer_id.clone());
    let act = Act::of_operator(issuer_id.clone(), app.clock.now());
    let new = NewToken { uses: Some(USES), ..NewToken::default() };
    let made: Result<_, StorageError> = app.db.write(move |tx| add(tx, &act, &new)).await;
    let token = made.unwrap().expose().clone();
    // One for all: racers that each make their own are slower than the server waits for a request.
    let http = http();
    let register = async |n: usize| {
        let body = json!({"redirect_uris": [format!("https://agent.example/{n}")]});
        let request = http.post(format!("{}/register", app.live().issuer)).bearer_auth(&token).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    // Until the server has read the new mode, it asks for no token.
    while app.application.state().directory.load().iter().any(|context| context.policy.registration.as_str() != "token")
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let before = count(&app).await;
    let answers = join_all((0..64).map(register)).await;
    let successes = answers.iter().filter(|status| **status == 201).count();
    assert_eq!(successes, usize::try_from(USES).unwrap(), "{answers:?}");
    assert!(answers.iter().all(|status| [201, 401].contains(status)), "{answers:?}");
    assert_eq!(count(&app).await - before, i64::from(USES));
    let left: Result<_, StorageError> = app.db.read(move |c| initial_access_tokens::list(c, &issuer_id)).await;
    assert_eq!(left.unwrap()[0].uses_left, Some(0));
}

#[tokio::test]
async fn a_token_counts_until_it_expires_or_is_removed_and_only_at_its_own_issuer() {
    let app = App::start().await;
    let issuer_id = IssuerId::new(app.live().issuer_id.clone());
    let act = Act::of_operator(issuer_id.clone(), app.clock.now());
    let hour = std::time::Duration::from_hours(1);
    let new = NewToken { expires_at: Some(app.clock.now().plus(hour)), ..NewToken::default() };
    let made: Result<_, StorageError> = app.db.write(move |tx| add(tx, &act, &new)).await;
    let hash = *tillgate::keys::hash_secret(made.unwrap().expose().as_bytes()).as_bytes();
    let (sandbox, now) = (IssuerId::new(app.sandbox().issuer_id.clone()), app.clock.now());
    let consumed: Result<_, StorageError> = app
        .db
        .write(move |tx| {
            Ok([
                initial_access_tokens::consume(tx, &issuer_id, &hash, now)?,
                initial_access_tokens::consume(tx, &sandbox, &hash, now)?,
                initial_access_tokens::consume(tx, &issuer_id, &hash, now.plus(hour))?,
                initial_access_tokens::delete(tx, &sandbox, &hash)?,
                initial_access_tokens::delete(tx, &issuer_id, &hash)?,
                initial_access_tokens::consume(tx, &issuer_id, &hash, now)?,
            ])
        })
        .await;
    assert_eq!(consumed.unwrap(), [true, false, false, false, true, false]);
}
