//! What answers say about the way they came (RFC 6797).

use reqwest::StatusCode;
use reqwest::header::HOST;

use crate::support::{Answer, App, Hosting, http};

const PATHS: [&str; 5] =
    ["/.well-known/oauth-authorization-server", "/jwks", "/sign-in", "/console/sign-in", "/nothing-is-here"];

async fn get(app: &App, host: &str, path: &str) -> Answer {
    let url = format!("http://127.0.0.1:{}{path}", app.port);
    Answer::of(http().get(url).header(HOST, host).send().await.unwrap()).await
}

#[tokio::test]
async fn an_https_issuer_demands_https_from_then_on() {
    let app = App::start_as(Hosting::Https, &[]).await;
    for path in PATHS {
        let answer = get(&app, "auth.tea.example", path).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}: {}", answer.status);
    }
    // Whoever asks by another name is not told about this one.
    let answer = get(&app, "other.example", "/jwks").await;
    assert_eq!((answer.status, answer.header("strict-transport-security")), (StatusCode::NOT_FOUND, ""));
}

#[tokio::test]
async fn an_issuer_on_loopback_never_does() {
    let app = App::start().await;
    for path in PATHS {
        let answer = get(&app, &format!("localhost:{}", app.port), path).await;
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: {}", answer.status);
    }
}
