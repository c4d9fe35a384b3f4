//! Asks the questions of an examination (`doctor`): an ordinary client, without redirects, with caps on time and size.
//!
//! Unlike the guarded client it may go to private addresses: an operator chose the address, on the command line, or the
//! store's own servers are examined from the console, and then no other ones ([`Options::only_origins`]).

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Certificate, Client, Response};
use x509_cert::der::Decode as _;

use crate::doctor::plan::{ROUNDS, burst, insufficient, questions};
use crate::doctor::{Answer, Method, NoAnswer, Observations, Options, Probe, Request, Seen};
use crate::domain::{Clock, Timestamp};

/// Platforms 3.5: how long discovery, registration and tokens may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// No document of a deployment is larger.
const MOST_BYTES: usize = 64 * 1024;
/// Questions under way at a time.
const AT_ONCE: usize = 8;
/// Calls of a burst, at most.
const BURST: u32 = 130;

/// Why there is nobody to ask with.
#[derive(Debug, thiserror::Error)]
pub enum ProberError {
    #[error("the root certificate cannot be read: {0}")]
    Certificate(reqwest::Error),
    #[error("the HTTP client cannot be built: {0}")]
    Client(reqwest::Error),
}

/// Asks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Prober {
    http: Client,
    clock: Clock,
}

impl Prober {
    /// `root_certificate`: PEM, believed beside those of the system.
    pub fn new(clock: Clock, root_certificate: Option<&[u8]>) -> Result<Self, ProberError> {
        // Fails only where a provider is there already, which is as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder()
            .no_proxy()
            // What answers by a redirect is what the examination wants to see.
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .tls_info(true)
            .user_agent(concat!("tillgate-doctor/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = root_certificate {
            builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem).map_err(ProberError::Certificate)?);
        }
        Ok(Self { http: builder.build().map_err(ProberError::Client)?, clock })
    }

    /// Examines `target`, round by round.
    pub async fn examine(&self, target: &str, options: Options) -> Observations {
        let mut seen = Observations::new(target, options);
        for round in 0..ROUNDS {
            let asked = questions(&seen, round).into_iter().map(|(probe, request)| self.ask(probe, request));
            let answers: Vec<(Probe, Seen)> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
            seen.seen.extend(answers);
        }
        if let Some(request) = insufficient(&seen) {
            seen.seen.extend([self.ask(Probe::Insufficient, request).await]);
        }
        self.burst(&mut seen).await;
        seen
    }

    async fn ask(&self, probe: Probe, request: Request) -> (Probe, Seen) {
        let url = request.url.clone();
        (probe, Seen { url, answer: self.send(&request).await })
    }

    /// Many calls in a row, until one is refused.
    async fn burst(&self, seen: &mut Observations) {
        let Some(request) = burst(seen) else { return };
        let (mut sent, mut limited) = (0, 0);
        while sent < BURST && limited == 0 {
            let (_, asked) = self.ask(Probe::Burst, request.clone()).await;
            sent += 1;
            let was_limited = asked.answer.as_ref().is_ok_and(|answer| answer.status == 429);
            limited += u32::from(was_limited);
            let is_broken = asked.answer.is_err();
            seen.seen.insert(Probe::Burst, asked);
            if is_broken {
                break;
            }
        }
        seen.burst = Some((sent, limited));
    }

    async fn send(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Options => reqwest::Method::OPTIONS,
        };
        let mut builder = self.http.request(method, &request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some((content_type, body)) = &request.body {
            builder = builder.header("content-type", *content_type).body(body.clone());
        }
        let response = builder.send().await.map_err(|error| no_answer(&error))?;
        self.read(response).await
    }

    async fn read(&self, mut response: Response) -> Result<Answer, NoAnswer> {
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let certificate_until =
            response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate).and_then(ends);
        let (status, at) = (response.status().as_u16(), Some(self.clock.now()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
            let room = MOST_BYTES.saturating_sub(body.len());
            body.extend(chunk.iter().take(room));
            if chunk.len() >= room {
                break;
            }
        }
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned(), at, certificate_until })
    }
}

/// When a certificate ends.
fn ends(der: &[u8]) -> Option<Timestamp> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let until = certificate.tbs_certificate.validity.not_after.to_unix_duration();
    Some(Timestamp::from_secs(i64::try_from(until.as_secs()).unwrap_or(i64::MAX)))
}

/// The innermost reason: the outer ones say only that something failed.
fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() {
        return NoAnswer::TimedOut(TIMEOUT);
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    let reason = source.to_string();
    if reason.contains("certificate") { NoAnswer::Certificate(reason) } else { NoAnswer::Unreachable(reason) }
}
