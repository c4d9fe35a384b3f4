//! What must hold when an agent runs in many processes at once, and when the database is set back in time.

use futures_util::future::join_all;

use crate::agents::{DOCUMENT, described, until};
use crate::limits::open_change;
use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, Documents, Hosting, Tokens};
use tillgate::domain::staff::Role;

const RACERS: usize = 64;

/// Every racer refreshes with its own token at the same time.
async fn all_refresh(agent: &Agent, tokens: &[Tokens]) -> Vec<Tokens> {
    join_all(tokens.iter().map(|tokens| agent.refresh(&tokens.refresh))).await.iter().map(Answer::tokens).collect()
}

async fn all_work(app: &App, agent: &Agent, tokens: &[Tokens]) {
    for tokens in tokens {
        assert!(app.live().accepts(&tokens.access).await);
    }
    all_refresh(agent, tokens).await;
}

#[tokio::test]
async fn racers_that_refresh_one_connection_once_all_end_with_working_tokens() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let racers = all_refresh(&agent, &vec![tokens; RACERS]).await;
    all_work(&app, &agent, &racers).await;
}

#[tokio::test]
async fn racers_that_refresh_one_connection_twice_all_end_with_working_tokens() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let twice = |_| async {
        let once = agent.refresh(&tokens.refresh).await.tokens();
        agent.refresh(&once.refresh).await.tokens()
    };
    let racers = join_all((0..RACERS).map(twice)).await;
    all_work(&app, &agent, &racers).await;
}

#[tokio::test]
async fn of_many_racing_redemptions_of_one_code_at_most_one_succeeds() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let answers = join_all((0..RACERS).map(|_| agent.redeem(&code, &verifier))).await;
    let redeemed: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert!(redeemed.len() <= 1, "{} redemptions succeeded", redeemed.len());
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((refused.status.as_u16(), refused.error().as_str()), (400, "invalid_grant"), "{}", refused.body);
    }
    // RFC 6749 §4.1.2: the code was used more than once, so what came of it is over.
    for answer in redeemed {
        assert!(!app.live().accepts(&answer.tokens().access).await);
    }
}

#[tokio::test]
async fn two_installations_of_one_agent_refresh_independently() {
    let app = App::start().await;
    let (agent, other) = (Agent::register(app.live()).await, Agent::register(app.live()).await);
    assert_eq!(agent.client_id, other.client_id, "one client id stands for both");
    let mut browser = Browser::new();
    let first = agent.connect(&mut browser, app.live(), "products:read").await;
    let second = other.connect(&mut browser, app.live(), "products:read").await;

    let rotated = agent.refresh(&first.refresh).await.tokens();
    app.advance(400);
    let newest = agent.refresh(&rotated.refresh).await.tokens();
    // Long superseded: a copy was stolen, or this one is.
    assert_eq!(agent.refresh(&first.refresh).await.error(), "invalid_grant");
    assert_eq!(agent.refresh(&newest.refresh).await.error(), "invalid_grant", "reuse ends its connection");
    assert!(!app.live().accepts(&newest.access).await);

    let second = other.refresh(&second.refresh).await.tokens();
    assert!(app.live().accepts(&second.access).await, "and no other");
}

#[tokio::test]
async fn a_step_up_in_one_installation_gives_the_other_nothing() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let first = agent.connect(&mut browser, app.live(), "products:read cart:write").await;
    let stepped = agent.connect(&mut browser, app.live(), "products:read cart:write checkout:initiate").await;
    assert!(stepped.scope.contains("checkout:initiate"), "{}", stepped.scope);

    let refreshed = agent.refresh(&first.refresh).await.tokens();
    assert_eq!(refreshed.scope, first.scope);
    let widened = agent.refresh_with(&refreshed.refresh, &[("scope", "checkout:initiate".to_owned())]).await;
    assert_eq!(widened.error(), "invalid_scope");
}

#[tokio::test]
async fn a_database_set_back_in_time_refuses_newer_tokens_and_revokes_nothing() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let first = agent.connect(&mut browser, app.live(), "products:read").await;
    let copied = agent.refresh(&first.refresh).await.tokens();
    app.sql("CREATE TABLE copied AS SELECT * FROM connections").await;

    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), Role::Viewer).await;
    app.advance(10);
    let newer = agent.refresh(&copied.refresh).await.tokens();
    let unknown = agent.connect(&mut browser, app.live(), "products:read").await;
    app.sql("DELETE FROM consent_receipts WHERE connection_id NOT IN (SELECT id FROM copied)").await;
    assert_eq!(app.sql("DELETE FROM connections WHERE id NOT IN (SELECT id FROM copied)").await, 1);
    let back = "UPDATE connections SET generation = (SELECT generation FROM copied WHERE copied.id = connections.id), \
                window_began_at = (SELECT window_began_at FROM copied WHERE copied.id = connections.id), \
                window_generation = (SELECT window_generation FROM copied WHERE copied.id = connections.id)";
    assert_eq!(app.sql(back).await, 1);

    assert_eq!(alarms(&app).await, 0, "nobody has come with what is newer");
    assert_eq!(agent.refresh(&newer.refresh).await.error(), "invalid_grant", "ahead of the row");
    assert_eq!(alarms(&app).await, 1);
    assert_eq!(agent.refresh(&unknown.refresh).await.error(), "invalid_grant", "no row at all");
    assert_eq!(alarms(&app).await, 1, "whoever holds such a token cannot fill the trail with it");
    let still = agent.refresh(&copied.refresh).await.tokens();
    assert!(app.live().accepts(&still.access).await, "what the copy knows goes on");

    app.advance(61);
    assert_eq!(agent.refresh(&unknown.refresh).await.error(), "invalid_grant");
    assert_eq!(alarms(&app).await, 2, "a minute later it is told again");
    let page = staff.open(&app.live().address("/console")).await;
    assert!(page.body.contains("The database is older than what agents hold"), "{}", page.body);
    let trail = staff.open(&app.live().address("/console/audit")).await;
    assert!(trail.body.contains("Database went back in time"), "{}", trail.body);
    app.advance(8 * 24 * 60 * 60);
    let page = staff.open(&app.live().address("/console")).await;
    assert!(!page.body.contains("The database is older"), "over a week ago");
}

#[tokio::test]
async fn a_database_set_back_in_time_refuses_a_newer_code_and_raises_the_alarm_only_for_a_code_of_ours() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let (late, its_verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    app.sql("DELETE FROM consent_receipts").await;
    assert_eq!(app.sql("DELETE FROM connections").await, 2);

    let forged = format!("{}AAAA", &code[..code.len() - 4]);
    assert_eq!(agent.redeem(&forged, &verifier).await.error(), "invalid_grant");
    assert_eq!(agent.refresh(&code.replacen("tgc_", "tgr_", 1)).await.error(), "invalid_grant");
    assert_eq!(alarms(&app).await, 0, "strangers raise none");
    assert_eq!(agent.redeem(&code, &verifier).await.error(), "invalid_grant");
    assert_eq!(alarms(&app).await, 1);
    app.advance(61);
    assert_eq!(agent.redeem(&late, &its_verifier).await.error(), "invalid_grant");
    assert_eq!(alarms(&app).await, 1, "past its minute a code means nothing");
}

/// Decision 1: above ten a window, or from another network, one alert a window.
#[tokio::test]
async fn a_superseded_token_from_another_network_is_told_of_once_a_window_whoever_replayed_before() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SERVER__TRUSTED_PROXIES", "127.0.0.0/8, ::1/128")]).await;
    let agent = Agent::register(app.live()).await;
    let first = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    agent.refresh(&first.refresh).await.tokens();
    let alerts = async || app.sql("UPDATE audit_entries SET risk = risk WHERE kind = 'suspicious_replays'").await;
    agent.refresh(&first.refresh).await.tokens();
    assert_eq!(alerts().await, 0, "an agent of several processes");
    let elsewhere = Agent { http: http_from("198.51.100.7"), ..agent.clone() };
    for _ in 0..12 {
        elsewhere.refresh(&first.refresh).await.tokens();
        assert_eq!(alerts().await, 1);
    }
    agent.refresh(&first.refresh).await.tokens();
    assert_eq!(alerts().await, 1);
}

fn http_from(address: &'static str) -> reqwest::Client {
    let headers = [("x-forwarded-for".parse().unwrap(), address.parse().unwrap())].into_iter().collect();
    reqwest::Client::builder().default_headers(headers).no_proxy().tls_certs_only([]).build().unwrap()
}

/// How often the trail tells of a database that went back.
async fn alarms(app: &App) -> usize {
    app.sql("UPDATE audit_entries SET risk = risk WHERE kind = 'database_went_back' AND outcome = 'invalid_grant'")
        .await
}

/// Decision 3: only what was asked about is given. Between the answer and what comes of it the client's description is looked at,
/// and its host, which the agent may well own, takes as long as it likes.
#[tokio::test]
async fn what_is_taken_back_while_the_agents_host_is_slow_is_not_given_again() {
    let documents = Documents::start();
    let app = App::start_with_documents(&documents, &[("TILLGATE__OUTBOUND__TIMEOUT", "30s")]).await;
    let shop = app.live();
    let agent = described(&app, &documents, DOCUMENT, &[CALLBACK]);
    let (mut browser, mut phone) = (Browser::signed_in(shop).await, Browser::signed_in(shop).await);
    agent.connect(&mut browser, shop, "products:read cart:write").await;
    // What is asked for without more is remembered for an hour; a request is answered in ten minutes.
    app.advance(3_590);
    let page = browser.reach_consent(&agent.ask("products:read cart:write orders:read").url, shop).await;
    assert!(page.body.contains("It keeps what you allowed before"), "{}", page.body);
    app.advance(11);

    let asked = documents.requests(DOCUMENT);
    documents.hold(true);
    let take_back = async {
        until(async || documents.requests(DOCUMENT) > asked).await;
        let page = open_change(&mut phone, shop).await;
        let mut form = page.form("Save");
        form.tick("cart:write", false);
        phone.press(&page, &form, "Save").await;
        documents.hold(false);
    };
    let (answer, ()) = tokio::join!(browser.allow(&page), take_back);
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(answer.body.contains("Something has changed since this page was shown"), "{}", answer.body);
    let page = browser.reach_consent(&agent.ask("products:read cart:write").url, shop).await;
    let new = page.body.split("New permission").nth(1).and_then(|rest| rest.split("</section>").next());
    assert!(new.is_some_and(|new| new.contains("Add or remove items in your cart")), "{}", page.body);
}
