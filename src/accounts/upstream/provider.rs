//! One provider: its discovery document and its keys, held in memory within bounds and read by one request at a time, so that
//! many shoppers who come at once cost one look (D8 and D14 in spirit).

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, DiscoveryError, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadata,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::UpstreamError;
use crate::config::IdentityProvider;
use crate::domain::Timestamp;
use crate::outbound::{FetchError, Fetcher};

/// Keys that are taken away there are believed no longer than this.
const HELD_FOR: Duration = Duration::from_hours(1);
/// How long a failure is remembered: whoever presses again and again costs its host and us nothing.
const FAILED_FOR: Duration = Duration::from_secs(15);
/// For the document and the keys together: less than a page waits for a provider, or nobody would be left to remember it.
const PATIENCE: Duration = Duration::from_secs(5);
/// A key that is not known makes us look again, this often at most.
const LOOKED_AGO: Duration = Duration::from_secs(10);
/// Of each answer.
const MOST_BYTES: usize = 256 * 1024;

/// RFC 9207 §3.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

pub(super) type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A provider as it is configured, and what it says of itself.
pub struct Provider {
    pub settings: IdentityProvider,
    fetcher: Fetcher,
    held: ArcSwapOption<Held>,
    patience: Duration,
    /// Whoever has it reads; the others wait for what comes of it.
    reading: Mutex<()>,
}

struct Held {
    outcome: Result<Arc<Metadata>, UpstreamError>,
    read_at: Timestamp,
    until: Timestamp,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Provider {
    pub(super) fn new(settings: IdentityProvider, fetcher: Fetcher) -> Self {
        Self { settings, fetcher, held: ArcSwapOption::empty(), patience: PATIENCE, reading: Mutex::default() }
    }

    /// For the crate: our own client, which judges addresses, follows nothing, and stops in time.
    pub(super) fn http(
        &self,
    ) -> impl Fn(HttpRequest) -> futures_util::future::BoxFuture<'static, Result<HttpResponse, FetchError>> {
        let fetcher = self.fetcher.clone();
        move |request| {
            let fetcher = fetcher.clone();
            Box::pin(async move { fetcher.exchange(request, MOST_BYTES).await })
        }
    }

    /// The discovery document with its keys, from memory or from the provider.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, UpstreamError> {
        self.read_after(Timestamp::MIN, now).await
    }

    /// The same with keys read anew, unless that was a moment ago.
    pub(super) async fn fresh_metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, UpstreamError> {
        self.read_after(now.minus(LOOKED_AGO), now).await
    }

    async fn read_after(&self, after: Timestamp, now: Timestamp) -> Result<Arc<Metadata>, UpstreamError> {
        if let Some(outcome) = self.outcome(after, now) {
            return outcome;
        }
        let _one_at_a_time = self.reading.lock().await;
        if let Some(outcome) = self.outcome(after, now) {
            return outcome;
        }
        // A provider that is too slow has failed too.
        let read = tokio::time::timeout(self.patience, self.discover()).await;
        let outcome = read.unwrap_or(Err(UpstreamError::Unreachable(FetchError::TimedOut)));
        // That we are too busy to look says nothing of the provider.
        if !matches!(outcome, Err(UpstreamError::Unreachable(FetchError::Busy))) {
            let until = now.plus(if outcome.is_ok() { HELD_FOR } else { FAILED_FOR });
            self.held.store(Some(Arc::new(Held { outcome: outcome.clone(), read_at: now, until })));
        }
        outcome
    }

    fn outcome(&self, after: Timestamp, now: Timestamp) -> Option<Result<Arc<Metadata>, UpstreamError>> {
        let held = self.held.load();
        held.as_ref().filter(|held| now < held.until && held.read_at > after).map(|held| held.outcome.clone())
    }

    /// OpenID Connect Discovery 1.0 §4: the document must name the issuer that was asked for (§4.3), which the crate checks.
    async fn discover(&self) -> Result<Arc<Metadata>, UpstreamError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|error| UpstreamError::Misconfigured(error.to_string()))?;
        let (http, is_short) = (self.http(), self.settings.preset.leaves_out_subject_types());
        let http = move |request| {
            let answer = http(request);
            async move { answer.await.map(|answer| if is_short { with_subject_types(answer) } else { answer }) }
        };
        match Metadata::discover_async(issuer, &http).await {
            Ok(metadata) => Ok(Arc::new(metadata)),
            Err(DiscoveryError::Request(error)) => Err(UpstreamError::Unreachable(error)),
            // The body may be anything.
            Err(DiscoveryError::Response(status, _, _)) => {
                Err(UpstreamError::Unreachable(FetchError::Status(status.as_u16())))
            }
            Err(error) => Err(UpstreamError::Misconfigured(error.to_string())),
        }
    }
}

/// OpenID Connect Discovery 1.0 §3: `subject_types_supported` is required. Where it is left out there is one subject for all
/// clients, which is `public` (OpenID Connect Core §8).
fn with_subject_types(mut answer: HttpResponse) -> HttpResponse {
    if let Ok(Value::Object(mut document)) = serde_json::from_slice(answer.body()) {
        document.entry("subject_types_supported").or_insert_with(|| json!(["public"]));
        *answer.body_mut() = Value::Object(document).to_string().into_bytes();
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Loader, Preset};
    use crate::keys::random;
    use crate::outbound::Resolver;

    fn provider(port: u16, patience: Duration) -> Provider {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("TILLGATE__OUTBOUND__ALLOW_LOOPBACK", "true"), ("TILLGATE__OUTBOUND__TIMEOUT", "30s")];
        let loader = Loader::isolated(&settings).development(folder.path(), random::bytes()).unwrap();
        let config = loader.load().unwrap();
        let resolver = Resolver::Fixed(Arc::new(move |_host| Ok(vec![([127, 0, 0, 1], port).into()])));
        let settings = IdentityProvider {
            id: "slow".to_owned(),
            preset: Preset::Custom,
            name: "Slow".to_owned(),
            issuer: format!("https://id.example:{port}"),
            client_id: "shop".to_owned(),
            client_secret: None,
            scopes: vec!["openid".to_owned()],
            for_issuers: Vec::new(),
            asks_again: true,
            client_authentication: None,
        };
        Provider { patience, ..Provider::new(settings, Fetcher::new(&config.outbound, resolver).unwrap()) }
    }

    #[tokio::test]
    async fn a_provider_that_never_answers_is_remembered_before_the_page_gives_up() {
        // It takes connections and says nothing.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let provider = provider(silent.local_addr().unwrap().port(), Duration::from_millis(50));
        let now = Timestamp::from_secs(1_800_000_000);
        let outcome = tokio::time::timeout(Duration::from_secs(2), provider.metadata(now)).await;
        let is_slow = |outcome: &Result<Arc<Metadata>, UpstreamError>| {
            matches!(outcome, Err(UpstreamError::Unreachable(FetchError::TimedOut)))
        };
        assert!(is_slow(&outcome.unwrap()));
        silent.set_nonblocking(true).unwrap();
        let asked = std::iter::from_fn(|| silent.accept().ok()).count();
        assert_eq!(asked, 1);
        assert!(is_slow(&provider.metadata(now.plus(Duration::from_secs(1))).await));
        assert!(silent.accept().is_err(), "it is not asked again at once");
    }
}
