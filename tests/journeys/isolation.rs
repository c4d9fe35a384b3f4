//! Two stores and four issuers, on one host with paths and on two hosts: what belongs to one is refused by every other.

use url::Url;

use crate::support::{Agent, App, Browser, Hosting, http};

/// Agents, tokens and browsers of every issuer, made in one installation.
async fn everyone(hosting: Hosting) -> (App, Vec<Agent>, Browser) {
    let app = App::start_as(hosting, &[]).await;
    assert_eq!(app.shops.len(), 4);
    let mut agents = Vec::new();
    for shop in &app.shops {
        agents.push(Agent::register(shop).await);
    }
    (app, agents, Browser::new())
}

async fn tokens_of_one_are_refused_by_the_others(hosting: Hosting) {
    let (app, agents, mut browser) = everyone(hosting).await;
    for (home, agent) in app.shops.iter().zip(&agents) {
        let tokens = agent.connect(&mut browser, home, "products:read").await;
        let (code, verifier) = agent.obtain_code(&mut browser, home, "products:read").await;
        for (other, their_agent) in app.shops.iter().zip(&agents).filter(|(other, _)| other.issuer != home.issuer) {
            assert!(!other.accepts(&tokens.access).await, "access token of {} at {}", home.issuer, other.issuer);
            let refreshed = their_agent.refresh(&tokens.refresh).await;
            assert_eq!(refreshed.error(), "invalid_grant", "refresh token of {} at {}", home.issuer, other.issuer);
            let redeemed = their_agent.redeem(&code, &verifier).await;
            assert_eq!(redeemed.error(), "invalid_grant", "code of {} at {}", home.issuer, other.issuer);
            assert_eq!(their_agent.revoke(&tokens.refresh).await.status, 200);
            assert_eq!(their_agent.revoke(&tokens.access).await.status, 200);
        }
        assert!(home.accepts(&tokens.access).await, "nobody else could revoke it");
        agent.redeem(&code, &verifier).await.tokens();
        agent.refresh(&tokens.refresh).await.tokens();
    }
}

async fn clients_of_one_are_unknown_to_the_others(hosting: Hosting) {
    let (app, agents, mut browser) = everyone(hosting).await;
    for agent in &agents {
        for other in app.shops.iter().filter(|other| other.issuer != agent.issuer) {
            let stranger = Agent { issuer: other.issuer.clone(), resource: other.resource.clone(), ..agent.clone() };
            let page = browser.open(&stranger.ask("products:read").url).await;
            assert_eq!((page.status.as_u16(), page.left_for), (400, None));
            let answer = stranger.refresh("tgr_nothing").await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "invalid_client"));
            // Its own issuer knows no resource of another's.
            let wrong = Agent { resource: other.resource.clone(), ..agent.clone() };
            assert_eq!(
                browser.open(&wrong.ask("products:read").url).await.sent_back("error").as_deref(),
                Some("invalid_target")
            );
        }
    }
}

async fn sessions_of_one_mean_nothing_to_the_others(hosting: Hosting) {
    let (app, agents, _) = everyone(hosting).await;
    for (home, agent) in app.shops.iter().zip(&agents) {
        let mut browser = Browser::new();
        let page = browser.reach_consent(&agent.ask("products:read").url, home).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let sealed = page.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
        for other in app.shops.iter().filter(|other| other.issuer != home.issuer) {
            let account = browser.open(&format!("{}/sign-in", other.issuer).parse().unwrap()).await;
            assert!(account.url.path().ends_with("/sign-in"), "session of {} at {}", home.issuer, other.issuer);
            // The same cookies under the other's names.
            let (host, port) = (Url::parse(&other.issuer).unwrap().host_str().unwrap().to_owned(), app.port);
            let mut forger = Browser::new();
            for kind in ["shopper", "browser"] {
                let value = browser
                    .cookies
                    .iter()
                    .find(|((_, name), _)| *name == format!("tg-{kind}-{}-{port}", home.issuer_id))
                    .unwrap()
                    .1;
                forger.cookies.insert((host.clone(), format!("tg-{kind}-{}-{port}", other.issuer_id)), value.clone());
            }
            let account = forger.open(&format!("{}/sign-in", other.issuer).parse().unwrap()).await;
            assert!(account.url.path().ends_with("/sign-in"), "forged session of {} at {}", home.issuer, other.issuer);
            let consent = Url::parse_with_params(&format!("{}/consent", other.issuer), [("request", &sealed)]).unwrap();
            assert_eq!(
                forger.open(&consent).await.status,
                400,
                "sealed request of {} at {}",
                home.issuer,
                other.issuer
            );
        }
    }
}

async fn each_issuer_answers_for_itself(hosting: Hosting) {
    let (app, _, _) = everyone(hosting).await;
    let mut keys = Vec::new();
    for shop in &app.shops {
        let url = Url::parse(&shop.issuer).unwrap();
        let inserted = format!(
            "{}/.well-known/oauth-authorization-server{}",
            url.origin().ascii_serialization(),
            url.path().trim_end_matches('/')
        );
        let metadata: serde_json::Value = http().get(inserted).send().await.unwrap().json().await.unwrap();
        assert_eq!(metadata["issuer"], shop.issuer.as_str(), "A11");
        let jwks = http().get(metadata["jwks_uri"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
        assert!(!keys.contains(&jwks), "keys of its own");
        keys.push(jwks);
        for other in app.shops.iter().filter(|other| other.issuer != shop.issuer) {
            let request = http()
                .post(format!("{}/introspect", other.issuer))
                .basic_auth(&shop.resource_id, Some(&shop.resource_secret));
            assert_eq!(
                request.form(&[("token", "x")]).send().await.unwrap().status(),
                401,
                "credentials of {} at {}",
                shop.issuer,
                other.issuer
            );
        }
    }
    let stranger = http().get(format!("http://127.0.0.1:{}/jwks", app.port)).header("host", "stranger.example");
    assert_eq!(stranger.send().await.unwrap().status(), 404, "a host that is no issuer's");
}

macro_rules! on_both {
    ($($proof:ident)+) => {
        mod one_host_with_paths {
            $(#[tokio::test] async fn $proof() { super::$proof(crate::support::Hosting::TwoPaths).await; })+
        }
        mod two_hosts {
            $(#[tokio::test] async fn $proof() { super::$proof(crate::support::Hosting::TwoHosts).await; })+
        }
    };
}

on_both! {
    tokens_of_one_are_refused_by_the_others
    clients_of_one_are_unknown_to_the_others
    sessions_of_one_mean_nothing_to_the_others
    each_issuer_answers_for_itself
}
