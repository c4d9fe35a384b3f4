//! How a deployment is reached: certificates, and addresses where nobody is.

use std::sync::Arc;

use mcp_resource::wire::Clock;
use rustls::sign::SingleCertAndKey;
use tillgate::doctor::checks::Check;
use tillgate::doctor::{Options, Report};
use tillgate::outbound::probe::Prober;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::authority::Authority;
use crate::support::program::free_port;

/// Answers 404 to everything, by TLS.
async fn nothing_by_tls(authority: &Authority) -> String {
    drop(rustls::crypto::ring::default_provider().install_default());
    let key = SingleCertAndKey::from((*authority.certify("localhost")).clone());
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::new(key));
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = format!("https://localhost:{}/mcp", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut asked = [0; 4096];
            let _length = stream.read(&mut asked).await.unwrap();
            let answer = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    address
}

async fn examine(url: &str, root: Option<&[u8]>) -> Report {
    let prober = Prober::new(Clock::System, root).unwrap();
    Report::of(&prober.examine(url, Options::default()).await)
}

#[tokio::test]
async fn a_certificate_has_to_be_believed_and_to_last() {
    let authority = Authority::new();
    let url = nothing_by_tls(&authority).await;
    let stranger = examine(&url, None).await;
    assert!(stranger.findings.failed(Check::CertificateValid) && !stranger.was_reached());
    let known = examine(&url, Some(&authority.pem())).await;
    assert!(known.findings.passed(Check::CertificateValid) && known.was_reached());
    // It was made for two days.
    assert!(known.findings.failed(Check::CertificateLasts));
}

#[tokio::test]
async fn an_address_where_nobody_is_is_not_examined() {
    let report = examine(&format!("http://localhost:{}/mcp", free_port()), None).await;
    assert!(!report.was_reached() && report.findings.failed(Check::ServerAnswers));
}

#[tokio::test]
async fn what_is_not_the_stores_own_is_not_asked() {
    let options = Options { only_origins: Some(vec!["https://shop.example".to_owned()]), ..Options::default() };
    let url = format!("http://localhost:{}/mcp", free_port());
    let seen = Prober::new(Clock::System, None).unwrap().examine(&url, options).await;
    assert_eq!(seen.seen.len(), 0);
}
