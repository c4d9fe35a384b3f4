//! The one client for what others name: metadata documents, keys, logos. A host's addresses are looked up once, all of them
//! judged before anything is sent, and only what was judged is dialled (D10, D11; CIMD-00 §6.5). It refuses redirects (D7),
//! proxies, plain http, other statuses than 200, and answers that are slow or large (D12).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response, StatusCode};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use url::{Host, Url};

use super::address::special_use;
use super::caching;
use super::limits::{Limits, Place};
use super::names::Resolver;
use crate::config;

mod exchange;

/// For the connection alone; the whole has `[outbound] timeout`.
const CONNECT: Duration = Duration::from_secs(3);
const AGENT: &str = concat!("tillgate/", env!("CARGO_PKG_VERSION"));

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    #[error("the certificates in {0} cannot be used: {1}")]
    Certificates(String, String),
    #[error("no TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub body: Bytes,
    /// As the host wrote it.
    pub content_type: Option<String>,
    /// From Cache-Control, Expires and Age, unclamped. `None`: it says nothing; zero for `no-store` and `no-cache`.
    pub fresh_for: Option<Duration>,
}

/// Why nothing was fetched, for operators. An address that was refused is nothing to tell strangers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("it is no https URL, or names a user")]
    NotHttps,
    #[error("port {0} is none of [outbound] ports")]
    Port(u16),
    #[error("{host} is at {address}, which is no public address")]
    Refused { host: String, address: IpAddr },
    #[error("its host has no address")]
    Unresolvable,
    #[error("too much is being fetched already, altogether or from this host")]
    Busy,
    #[error("its host did not answer in time")]
    TimedOut,
    #[error("its host cannot be reached, or broke off")]
    Unreachable,
    #[error("its host has no certificate that can be trusted")]
    Tls,
    #[error("its host answered with a redirect, which is not followed")]
    Redirect,
    #[error("its host answered {0} instead of 200")]
    Status(u16),
    #[error("it is too large")]
    TooLarge,
    #[error("only GET and POST are sent")]
    Method,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tls: ClientConfig,
    resolver: Resolver,
    limits: Limits,
    allow_loopback: bool,
    ports: Vec<u16>,
    timeout: Duration,
}

/// What is to be fetched, taken apart as the URL standard has it: `0x7f.1` and `2130706433` are addresses by then.
struct Target {
    url: Url,
    host: String,
    /// A host that is an address is never looked up.
    literal: Option<IpAddr>,
    port: u16,
}

impl Fetcher {
    /// # Errors
    /// When the extra root certificates cannot be read.
    pub fn new(settings: &config::Outbound, resolver: Resolver) -> Result<Self, FetcherError> {
        Ok(Self(Arc::new(Inner {
            tls: tls(settings)?,
            resolver,
            limits: Limits::new(settings.concurrency, settings.per_host),
            allow_loopback: settings.allow_loopback,
            ports: settings.ports.clone(),
            timeout: settings.timeout,
        })))
    }

    /// One GET of an https URL, of at most `most_bytes`. Never call it inside a transaction: it takes as long as a
    /// stranger likes, up to `[outbound] timeout`.
    ///
    /// # Errors
    /// When there is no such document, or it may not be fetched.
    pub async fn get(&self, url: &str, most_bytes: usize) -> Result<Fetched, FetchError> {
        let target = Target::parse(url)?;
        let fetch = async {
            let place = self.0.limits.enter(&target.host).await.ok_or(FetchError::Busy)?;
            let addresses = self.0.look_up(&target, place.clone()).await?;
            self.0.judge(&target, &addresses)?;
            let fetched = read(self.0.ask(&target, &addresses).await?, most_bytes).await;
            drop(place);
            fetched
        };
        timeout(self.0.timeout, fetch).await.unwrap_or(Err(FetchError::TimedOut))
    }
}

impl Target {
    fn parse(url: &str) -> Result<Self, FetchError> {
        let url = Url::parse(url).map_err(|_no_url| FetchError::NotHttps)?;
        // What is before an @ would be sent along.
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::NotHttps);
        }
        let (host, literal) = match url.host().ok_or(FetchError::NotHttps)? {
            Host::Domain(name) => (name.to_owned(), None),
            Host::Ipv4(address) => (address.to_string(), Some(address.into())),
            Host::Ipv6(address) => (address.to_string(), Some(address.into())),
        };
        let port = url.port_or_known_default().ok_or(FetchError::NotHttps)?;
        Ok(Self { url, host, literal, port })
    }
}

impl Inner {
    async fn look_up(&self, target: &Target, place: Place) -> Result<Vec<SocketAddr>, FetchError> {
        if let Some(address) = target.literal {
            return Ok(vec![SocketAddr::new(address, target.port)]);
        }
        let found = self.resolver.look_up(&target.host, target.port, place).await;
        found.ok().filter(|addresses| !addresses.is_empty()).ok_or(FetchError::Unresolvable)
    }

    /// D11: one special-use address among them refuses them all.
    fn judge(&self, target: &Target, addresses: &[SocketAddr]) -> Result<(), FetchError> {
        let here = |address: &SocketAddr| self.allow_loopback && address.ip().is_loopback();
        for address in addresses.iter().filter(|address| !here(address)) {
            if special_use(address.ip()).is_some() {
                return Err(FetchError::Refused { host: target.host.clone(), address: address.ip() });
            }
        }
        if self.ports.contains(&target.port) || addresses.iter().all(here) {
            return Ok(());
        }
        Err(FetchError::Port(target.port))
    }

    async fn ask(&self, target: &Target, addresses: &[SocketAddr]) -> Result<Response, FetchError> {
        let client = self.client(target, addresses)?;
        let request = client.get(target.url.clone()).header(ACCEPT, "application/json, */*;q=0.5");
        request.send().await.map_err(|error| kind(&error))
    }

    /// A client of its own for each fetch: it knows one host, at the addresses that were judged, and keeps no connection.
    fn client(&self, target: &Target, addresses: &[SocketAddr]) -> Result<Client, FetchError> {
        Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .resolve_to_addrs(&target.host, addresses)
            .dns_resolver(NoOther)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .https_only(true)
            .http1_only()
            .pool_max_idle_per_host(0)
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .user_agent(AGENT)
            .connect_timeout(CONNECT.min(self.timeout))
            .timeout(self.timeout)
            .build()
            .map_err(|error| kind(&error))
    }
}

/// Asked by nobody as long as the judged addresses are used; then it fails closed.
struct NoOther;

impl Resolve for NoOther {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("looked up once already".into()) })
    }
}

/// The public authorities, and those of `[outbound] extra_root_certificates`.
fn tls(settings: &config::Outbound) -> Result<ClientConfig, FetcherError> {
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    if let Some(file) = &settings.extra_root_certificates {
        let unusable =
            |error: &dyn std::fmt::Display| FetcherError::Certificates(file.display().to_string(), error.to_string());
        let public = roots.len();
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        if roots.len() == public {
            return Err(unusable(&"it holds none"));
        }
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn read(response: Response, most_bytes: usize) -> Result<Fetched, FetchError> {
    // D7: success is 200 and nothing else.
    match response.status() {
        StatusCode::OK => {}
        status if status.is_redirection() => return Err(FetchError::Redirect),
        status => return Err(FetchError::Status(status.as_u16())),
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let fresh_for = caching::fresh_for(response.headers());
    Ok(Fetched { body: body(response, most_bytes).await?, content_type, fresh_for })
}

/// D12: whatever length it announces, it is read until it is too much.
async fn body(mut response: Response, most_bytes: usize) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| kind(&error))? {
        if body.len().saturating_add(chunk.len()) > most_bytes {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn kind(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        FetchError::TimedOut
    } else if is_about_tls(error) {
        FetchError::Tls
    } else {
        FetchError::Unreachable
    }
}

/// The error of rustls is wrapped as one of input and output, which shows it as its content and not as its source.
fn is_about_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|inner| is_about_tls(inner))
        || error.source().is_some_and(is_about_tls)
}
