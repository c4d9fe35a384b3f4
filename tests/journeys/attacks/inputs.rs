//! Requests that are too large, too slow, or no requests at all: each gets a bounded, readable answer.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Agent, Answer, App, Hosting, http};

#[tokio::test]
async fn an_oversized_body_is_refused() {
    let app = App::start().await;
    for path in ["/token", "/register", "/revoke", "/authorize", "/consent", "/sign-in"] {
        let url = format!("{}{path}", app.live().issuer);
        let kind = if path == "/register" { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = http().post(url).header("content-type", kind).body("a=".to_owned() + &"a".repeat(1 << 20));
        // The server may hang up before everything is sent.
        let Ok(answer) = request.send().await else { continue };
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
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
#[ignore = "the request timeout covers the head only: application.rs, serve()"]
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
