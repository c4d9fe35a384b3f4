//! Open redirects, and every trick with a redirect URI; agents that are sent to the wrong server, or from one.

use serde_json::json;

use crate::support::{Agent, Answer, App, Browser, http};

/// Each of them is not what was registered, whatever it looks like.
const TRICKS: &[&str] = &[
    "https://evil.example/callback",
    "https://agent.example/callback/",
    "https://agent.example/callback/../callback",
    "https://agent.example/callback?next=1",
    "https://agent.example/callback#",
    "https://agent.example/callback#fragment",
    "https://agent.example/Callback",
    "https://agent.example/callback%2f",
    "https://agent.example/callbac%6b",
    "https://agent.example:443/callback",
    "https://agent.example:444/callback",
    "https://agent.example./callback",
    "https://agent.example.evil.example/callback",
    "https://evil.example@agent.example/callback",
    "https://agent.example@evil.example/callback",
    "https://evil.example\\@agent.example/callback",
    "https://evil.example/agent.example/callback",
    "https:agent.example/callback",
    "//agent.example/callback",
    "/callback",
    "HTTPS://AGENT.EXAMPLE/callback",
    "http://agent.example/callback",
    " https://agent.example/callback",
    "https://agent.example/callback\n",
    "javascript:alert(1)//https://agent.example/callback",
    "data:text/html,https://agent.example/callback",
    "http://127.0.0.1:9/other",
    "http://127.0.0.1:9/callback/",
    "http://127.0.0.1.evil.example:9/callback",
    "http://127.0.0.1@evil.example/callback",
    "http://evil@127.0.0.1:9/callback",
    "https://127.0.0.1:9/callback",
    "http://127.0.0.2:9/callback",
    "http://127.1:9/callback",
    "http://2130706433:9/callback",
];

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_never_redirected_to() {
    let app = App::start().await;
    let metadata = json!({"redirect_uris": ["https://agent.example/callback", "http://127.0.0.1/callback"]});
    let agent = Agent::register_as(app.live(), &metadata).await;
    for trick in TRICKS {
        for rest_is_fine in [true, false] {
            let (mut parameters, _, _) = agent.parameters("products:read");
            parameters.retain(|(name, _)| *name != "redirect_uri" && (rest_is_fine || *name != "response_type"));
            parameters.push(("redirect_uri", (*trick).to_owned()));
            let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
            assert_eq!(page.status, 400, "{trick:?}");
            assert!(!page.headers.contains_key("location"), "{trick:?}");
        }
    }
}

#[tokio::test]
async fn a_redirect_uri_that_is_repeated_or_left_open_is_never_redirected_to() {
    let app = App::start().await;
    let uris = ["https://agent.example/callback", "https://agent.example/other"];
    let agent = Agent::register_as(app.live(), &json!({"redirect_uris": uris})).await;
    let (mut parameters, _, _) = agent.parameters("products:read");
    parameters.push(("redirect_uri", uris[1].to_owned()));
    let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
    assert_eq!((page.status.as_u16(), page.headers.contains_key("location")), (400, false));
    parameters.retain(|(name, _)| *name != "redirect_uri");
    let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
    assert_eq!((page.status.as_u16(), page.headers.contains_key("location")), (400, false));
}

#[tokio::test]
async fn a_redirect_uri_that_could_run_script_or_lose_a_code_is_not_registered() {
    let app = App::start().await;
    let refused = [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://agent.example/callback",
        "https://agent.example/callback#fragment",
        "https://user:pass@agent.example/callback",
        "/callback",
        "",
    ];
    for uri in refused {
        let request = http().post(format!("{}/register", app.live().issuer)).json(&json!({"redirect_uris": [uri]}));
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_redirect_uri"), "{uri:?}");
    }
}

#[tokio::test]
async fn an_answer_says_which_issuer_it_is_from() {
    // Mix-up: RFC 9207 §2, on errors too.
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (mut parameters, _, state) = agent.parameters("products:read");
    parameters.retain(|(name, _)| *name != "response_type");
    let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
    assert_eq!(page.sent_back("error").as_deref(), Some("invalid_request"));
    assert_eq!(page.sent_back("iss").as_ref(), Some(&app.live().issuer));
    assert_eq!(page.sent_back("state"), Some(state));
}

#[tokio::test]
async fn an_agent_that_a_foreign_server_sends_here_gets_no_more_than_browsing() {
    // The metadata of any MCP server may name us as its authorization server: an agent that names no resource may mean
    // that one, and what it gets might be sent there.
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let asking = agent.ask_without("resource", "products:read cart:write checkout:initiate");
    let mut browser = Browser::new();
    let page = browser.reach_consent(&asking.url, app.live()).await;
    let code = browser.allow_everything(&page).await.sent_back("code").unwrap();
    assert_eq!(agent.redeem(&code, &asking.verifier).await.tokens().scope, "products:read");
}

#[tokio::test]
async fn the_answer_to_a_post_is_never_sent_again_elsewhere() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
    let back = browser.allow(&page).await;
    assert_eq!(back.status, 303, "A40");
    assert_eq!(back.left_for.unwrap().fragment(), None, "A6");
}
