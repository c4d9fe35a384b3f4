//! Requests that are too large, too slow, or no requests at all: each gets a bounded, readable answer.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use serde_json::json;

use crate::support::agent::CALLBACK;
use crate::support::{Agent, Answer, App, Browser, Hosting, http};

#[tokio::test]
async fn an_oversized_body_is_refused() {
    let app = App::start().await;
    for path in ["/token", "/register", "/revoke", "/authorize", "/consent", "/sign-in"] {
        let url = format!("{}{path}", app.live().issuer);
        let kind = if path == "/register" { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = http().post(url).header("content-type", kind).body("a=".to_owned() + &"a".repeat(1 << 20));
        // The server may hang up before everything is sent.
        let Ok(answer) = request.send().await else { continue };
        assert_eq!(answer.status(), 413, "{path}");
    }
    Agent::register(app.live()).await;
}

#[tokio::test]
async fn a_slow_request_is_hung_up_on() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SERVER__REQUEST_TIMEOUT", "1s")]).await;
    let began = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).await.unwrap();
    stream.write_all(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-").await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "still open after {:?}", began.elapsed());
}

#[tokio::test]
async fn a_slow_body_is_hung_up_on() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SERVER__REQUEST_TIMEOUT", "1s")]).await;
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=",
        app.port
    );
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "a body that never ends holds its connection");
}

#[tokio::test]
async fn what_makes_no_sense_is_answered_without_a_stack_trace() {
    let app = App::start().await;
    let url = |path: &str| format!("{}{path}", app.live().issuer);
    let bodies: [&[u8]; 6] = [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"grant_type=%ff%00&client_id=%00"];
    for body in bodies {
        for path in ["/token", "/register", "/revoke", "/introspect"] {
            for kind in ["application/json", "application/x-www-form-urlencoded", "text/plain", ""] {
                let request = http().post(url(path)).header("content-type", kind).body(body.to_vec());
                let answer = Answer::of(request.send().await.unwrap()).await;
                assert!(answer.status.is_client_error(), "{path} {kind} {body:?}: {} {}", answer.status, answer.body);
                assert!(!answer.error().is_empty(), "A60: JSON, always: {}", answer.body);
                assert!(!answer.body.contains("panicked") && !answer.body.contains("src/"), "{}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn a_nul_character_is_the_senders_fault() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let url = |path: &str| format!("{}{path}", app.live().issuer);
    for (name, _) in agent.redemption("code", "verifier") {
        let mut form = agent.redemption("code", "verifier");
        form.retain(|(key, _)| *key != name);
        form.push((name, "a\0b".to_owned()));
        let answer = agent.post("/token", &form).await;
        let expected = if name == "resource" { "invalid_target" } else { "invalid_request" };
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, expected), "{name}: {}", answer.body);
    }
    for (name, _) in agent.parameters("products:read").0 {
        let mut parameters = agent.parameters("products:read").0;
        parameters.retain(|(key, _)| *key != name);
        parameters.push((name, "a\0b".to_owned()));
        let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
        assert!(!page.status.is_server_error(), "{name}: {}", page.body);
    }
    let mut shopper = Browser::signed_in(app.live()).await;
    for path in ["/account/agents?done=%00", "/account/agents/change?grant=%00", "/account/agents/disconnect?grant=%00"]
    {
        let page = shopper.open(&app.live().address(path)).await;
        assert!(!page.status.is_server_error(), "{path}: {}", page.body);
    }
    for id in ["a\0b", "a%00b"] {
        for path in ["/token", "/introspect"] {
            let request = http()
                .post(url(path))
                .basic_auth(id, Some("secret"))
                .form(&[("token", "x"), ("grant_type", "refresh_token")]);
            let answer = Answer::of(request.send().await.unwrap()).await;
            assert_eq!(answer.status, 401, "{path}: {}", answer.body);
        }
    }
    for member in ["client_name", "client_uri", "software_id", "software_version", "scope"] {
        let request = http().post(url("/register")).json(&json!({"redirect_uris": [CALLBACK], member: "a\0b"}));
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert!(!answer.status.is_server_error(), "{member}: {}", answer.body);
    }
    let request = http().post(url("/register")).json(&json!({"redirect_uris": ["https://agent.example/a\0b"]}));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.error(), "invalid_redirect_uri", "{}", answer.body);
    for (path, button) in [("/sign-in", "Sign in"), ("/console/sign-in", "Sign in")] {
        let mut browser = Browser::new();
        let page = browser.open(&url(path).parse().unwrap()).await;
        let mut form = page.form(button);
        form.fill("E-mail address", "a\0b");
        form.fill("Password", "a\0b");
        let answer = browser.press(&page, &form, button).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
    }
}
