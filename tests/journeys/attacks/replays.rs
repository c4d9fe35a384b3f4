//! Codes and refresh tokens that come back, come from somebody else, or come in the wrong place; PKCE; parameters sent twice.

use crate::support::agent::challenge;
use crate::support::{Agent, App, Browser};
use serde_json::json;

#[tokio::test]
async fn a_replayed_code_ends_what_came_of_it() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let tokens = agent.redeem(&code, &verifier).await.tokens();
    assert!(app.live().accepts(&tokens.access).await);
    assert_eq!(agent.redeem(&code, &verifier).await.error(), "invalid_grant");
    assert!(!app.live().accepts(&tokens.access).await);
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_leaked_code_neither_works_nor_ends_anything() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let thief = Agent::register_as(
        app.live(),
        &json!({"client_name": "Thief", "redirect_uris": [crate::support::agent::CALLBACK]}),
    )
    .await;
    assert_ne!(agent.client_id, thief.client_id);
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    for (who, with) in [(&thief, verifier.as_str()), (&agent, "a-verifier-that-is-long-enough-and-is-made-up-here")] {
        assert_eq!(who.redeem(&code, with).await.error(), "invalid_grant");
    }
    let tokens = agent.redeem(&code, &verifier).await.tokens();
    for (who, with) in [(&thief, verifier.as_str()), (&agent, "a-verifier-that-is-long-enough-and-is-made-up-here")] {
        assert_eq!(who.redeem(&code, with).await.error(), "invalid_grant");
    }
    assert_eq!(thief.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(thief.revoke(&tokens.refresh).await.status, 200, "RFC 7009 §2.2");
    assert!(app.live().accepts(&tokens.access).await);
    agent.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn a_superseded_refresh_token_ends_the_connection_after_its_grace() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let first = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let second = agent.refresh(&first.refresh).await.tokens();
    assert_eq!(agent.refresh(&first.refresh).await.tokens().refresh, second.refresh, "H12: the current generation");
    app.advance(241);
    assert_eq!(agent.refresh(&first.refresh).await.error(), "invalid_grant");
    assert_eq!(agent.refresh(&second.refresh).await.error(), "invalid_grant");
    assert!(!app.live().accepts(&second.access).await);
}

#[tokio::test]
async fn a_code_is_no_refresh_token_and_a_refresh_token_is_no_code() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let (code, verifier) = agent.obtain_code(&mut browser, app.live(), "products:read").await;
    assert_eq!(agent.refresh(&code).await.error(), "invalid_grant");
    assert_eq!(agent.refresh(&code.replacen("tgc_", "tgr_", 1)).await.error(), "invalid_grant");
    let tokens = agent.redeem(&code, &verifier).await.tokens();
    for token in [tokens.refresh.clone(), tokens.refresh.replacen("tgr_", "tgc_", 1)] {
        assert_eq!(agent.redeem(&token, &verifier).await.error(), "invalid_grant");
    }
    assert!(app.live().accepts(&tokens.access).await, "nothing of this ends anything");
    assert!(!app.live().accepts(&tokens.refresh).await, "and a refresh token is no access token");
}

#[tokio::test]
async fn a_code_is_dead_after_a_minute() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    app.advance(61);
    assert_eq!(agent.redeem(&code, &verifier).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_and_resource() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let changed = |name: &str, value: &str| {
        let form = agent.redemption(&code, &verifier).into_iter();
        form.map(|(key, old)| (key, if key == name { value.to_owned() } else { old })).collect::<Vec<_>>()
    };
    let other = agent.post("/token", &changed("redirect_uri", "https://agent.example/other")).await;
    assert_eq!(other.error(), "invalid_grant");
    let other = agent.post("/token", &changed("resource", "https://other.example/mcp")).await;
    assert_eq!(other.error(), "invalid_target");
    agent.redeem(&code, &verifier).await.tokens();
}

#[tokio::test]
async fn pkce_cannot_be_left_out_or_weakened() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let weakened: [&[(&str, Option<&str>)]; 5] = [
        &[("code_challenge", None)],
        &[("code_challenge", None), ("code_challenge_method", None)],
        &[("code_challenge_method", None)],
        &[("code_challenge_method", Some("plain"))],
        &[("code_challenge", Some("too-short"))],
    ];
    for changes in weakened {
        let (mut parameters, _, _) = agent.parameters("products:read");
        for (name, value) in changes {
            parameters.retain(|(key, _)| key != name);
            parameters.extend(value.map(|value| (*name, value.to_owned())));
        }
        let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
        assert_eq!(page.sent_back("error").as_deref(), Some("invalid_request"), "{changes:?}");
    }
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    let mut form = agent.redemption(&code, &verifier);
    form.retain(|(name, _)| *name != "code_verifier");
    assert_eq!(agent.post("/token", &form).await.error(), "invalid_request");
    assert_eq!(agent.redeem(&code, &challenge(&verifier)).await.error(), "invalid_grant", "the challenge itself");
}

#[tokio::test]
async fn a_parameter_sent_twice_is_refused() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (parameters, _, _) = agent.parameters("products:read");
    for (name, value) in &parameters {
        let twice: Vec<_> = parameters.iter().cloned().chain([(*name, format!("{value}x"))]).collect();
        let page = Browser::new().open(&agent.authorize_url(&twice)).await;
        match *name {
            "client_id" | "redirect_uri" => assert_eq!((page.status.as_u16(), page.left_for), (400, None), "{name}"),
            "resource" => assert_eq!(page.sent_back("error").as_deref(), Some("invalid_target")),
            _ => assert_eq!(page.sent_back("error").as_deref(), Some("invalid_request"), "{name}"),
        }
    }
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
    for (name, value) in agent.redemption(&code, &verifier) {
        let mut twice = agent.redemption(&code, &verifier);
        twice.push((name, format!("{value}x")));
        let answer = agent.post("/token", &twice).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.body);
    }
    agent.redeem(&code, &verifier).await.tokens();
}
