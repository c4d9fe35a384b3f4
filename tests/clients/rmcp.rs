//! The Rust SDK (`rmcp`) as an agent, told what to do on standard input and answering on standard output, one JSON
//! object a line (`agents/spoken.mjs` says the words). Unmodified: `OAuthState` and `AuthClient` do discovery,
//! registration, PKCE and refresh; `request_scope_upgrade` is the SDK's own step-up. Tokens are kept in memory.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use rmcp::model::{CallToolRequestParams, ClientConfig, Implementation, ProtocolVersion};
use rmcp::service::{RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{
    AuthClient, AuthorizationCallback, AuthorizationManager, AuthorizationRequest, CredentialStore,
    InMemoryCredentialStore, OAuthState,
};
use rmcp::transport::streamable_http_client::{
    AuthRequiredError, InsufficientScopeError, StreamableHttpClientTransportConfig,
};
use rmcp::{ClientLifecycleMode, ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What `agents/spoken.mjs` passes as the one argument.
#[derive(serde::Deserialize)]
struct Setting {
    name: String,
    mcp_url: String,
    era: String,
    redirect_uri: String,
    /// The document that it goes by, where the server takes one.
    client_metadata_url: Option<String>,
}

/// The shopper said no; carries the OAuth error code.
#[derive(Debug, thiserror::Error)]
#[error("denied: {0}")]
struct Denied(String);

struct Agent {
    setting: Setting,
    input: UnboundedReceiver<String>,
    store: InMemoryCredentialStore,
    manager: Option<Arc<Mutex<AuthorizationManager>>>,
    service: Option<RunningService<RoleClient, ClientConfig>>,
}

impl Agent {
    /// Has the shopper answer an authorization request, and returns the address of the agent's callback.
    async fn ask(&mut self, url: &str) -> Fallible<AuthorizationCallback> {
        say(&json!({ "open": url }))?;
        let line = self.input.recv().await.ok_or("nobody answers")?;
        let answer: Value = serde_json::from_str(&line)?;
        let address = answer.get("callback").and_then(Value::as_str).ok_or("no callback")?;
        let (_, query) = address.split_once('?').ok_or("an empty callback")?;
        for (key, value) in oauth_parameters(query) {
            if key == "error" {
                return Err(Denied(value).into());
            }
        }
        Ok(AuthorizationCallback::from_redirect_url(address)?)
    }

    async fn connect(&mut self) -> Fallible<Value> {
        let mut state = OAuthState::new(self.setting.mcp_url.as_str(), None).await?;
        if let OAuthState::Unauthorized(manager) = &mut state {
            manager.set_credential_store(self.store.clone());
        }
        let mut request = AuthorizationRequest::new(self.setting.redirect_uri.as_str())
            .with_client_name(self.setting.name.as_str())
            .with_initial_scope_selection();
        if let Some(document) = &self.setting.client_metadata_url {
            request = request.with_client_metadata_url(document.as_str());
        }
        state.start_authorization(request).await?;
        let url = state.get_authorization_url().await?;
        let callback = self.ask(&url).await?;
        state.handle_callback_with_issuer(&callback.code, &callback.csrf_token, callback.issuer.as_deref()).await?;
        let manager = state.into_authorization_manager().ok_or("not authorized")?;
        let client = AuthClient::new(reqwest::Client::builder().build()?, manager);
        self.manager = Some(Arc::clone(&client.auth_manager));
        let transport = StreamableHttpClientTransport::with_client(
            client,
            StreamableHttpClientTransportConfig::with_uri(self.setting.mcp_url.as_str()),
        );
        let lifecycle = if self.setting.era == "2026-07-28" {
            ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
        } else {
            ClientLifecycleMode::Initialize
        };
        let mut info = ClientConfig::default();
        info.protocol_version = ProtocolVersion::V_2025_11_25;
        info.client_info = Implementation::new(self.setting.name.as_str(), "1.0.0");
        let service = info.serve_with_lifecycle(transport, lifecycle).await?;
        let version = service.peer_info().map(|peer| peer.protocol_version.to_string());
        self.service = Some(service);
        Ok(json!(version))
    }

    async fn tools(&self) -> Fallible<Value> {
        let tools = self.service()?.list_all_tools().await?;
        Ok(tools.iter().map(|tool| json!(tool.name)).collect())
    }

    /// Calls a tool; what the server refuses for want of authority is asked of the shopper once, as the SDK's
    /// documentation says: a step-up after 403 `insufficient_scope`, a new authorization after a final 401.
    async fn call(&mut self, order: &Value) -> Fallible<Value> {
        let name = order.get("tool").and_then(Value::as_str).ok_or("no tool")?.to_owned();
        let mut params = CallToolRequestParams::new(name);
        params.arguments = order.get("arguments").and_then(Value::as_object).cloned();
        let result = match self.service()?.call_tool(params.clone()).await {
            Err(error) => {
                let Some(missing) = missing_authority(&error) else {
                    return Err(error.into());
                };
                self.authorize_again(missing).await?;
                self.service()?.call_tool(params).await?
            }
            Ok(result) => result,
        };
        Ok(serde_json::to_value(result)?)
    }

    async fn authorize_again(&mut self, missing: Missing) -> Fallible<()> {
        let manager = self.manager.clone().ok_or("not connected")?;
        let url = match missing {
            Missing::Scope(scope) => manager.lock().await.request_scope_upgrade(&scope).await?,
            Missing::Authorization => {
                let manager = manager.lock().await;
                let scopes = manager.select_initial_scopes(&[]).await;
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                manager.get_authorization_url(&scopes).await?
            }
        };
        let callback = self.ask(&url).await?;
        manager
            .lock()
            .await
            .exchange_code_for_token_with_issuer(&callback.code, &callback.csrf_token, callback.issuer.as_deref())
            .await?;
        Ok(())
    }

    /// As if the lifetime had passed: the SDK looks at when the token came before it sends anything.
    async fn expire(&self) -> Fallible<Value> {
        let mut stored = self.store.load().await?.ok_or("no credentials")?;
        stored.token_received_at = Some(0);
        self.store.save(stored).await?;
        Ok(Value::Null)
    }

    async fn credentials(&self) -> Fallible<Value> {
        let stored = self.store.load().await?.ok_or("no credentials")?;
        let tokens = serde_json::to_value(&stored.token_response)?;
        let of = |key: &str| tokens.get(key).cloned().unwrap_or(Value::Null);
        Ok(json!({
            "clientId": stored.client_id,
            "accessToken": of("access_token"),
            "refreshToken": of("refresh_token"),
            "scope": stored.granted_scopes.join(" "),
        }))
    }

    fn service(&self) -> Fallible<&RunningService<RoleClient, ClientConfig>> {
        Ok(self.service.as_ref().ok_or("not connected")?)
    }

    async fn obey(&mut self, order: &Value) -> Fallible<Value> {
        match order.get("do").and_then(Value::as_str) {
            Some("connect") => self.connect().await,
            Some("tools") => self.tools().await,
            Some("call") => self.call(order).await,
            Some("expire") => self.expire().await,
            Some("credentials") => self.credentials().await,
            other => Err(format!("unknown order {other:?}").into()),
        }
    }
}

/// What a refused call lacked.
enum Missing {
    Scope(String),
    Authorization,
}

/// Reads the server's challenge out of a failed call; `None` if it failed for another reason.
fn missing_authority(error: &ServiceError) -> Option<Missing> {
    let ServiceError::TransportSend(transport) = error else {
        return None;
    };
    let mut cause: Option<&(dyn Error + 'static)> = Some(transport.error.as_ref());
    while let Some(current) = cause {
        if let Some(insufficient) = current.downcast_ref::<InsufficientScopeError>() {
            let scope = insufficient.get_required_scope()?;
            return Some(Missing::Scope(scope.to_owned()));
        }
        if current.is::<AuthRequiredError>() {
            return Some(Missing::Authorization);
        }
        cause = current.source();
    }
    None
}

fn oauth_parameters(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// The lines of standard input as they come, until it is closed.
fn standard_input() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn say(words: &Value) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{words}")?;
    output.flush()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        return Err("a TLS provider was there already".into());
    }
    let setting = std::env::args().nth(1).ok_or("told nothing")?;
    let mut agent = Agent {
        setting: serde_json::from_str(&setting)?,
        input: standard_input(),
        store: InMemoryCredentialStore::new(),
        manager: None,
        service: None,
    };
    while let Some(line) = agent.input.recv().await {
        let order: Value = serde_json::from_str(&line)?;
        let id = order.get("id").cloned();
        say(&match agent.obey(&order).await {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(error) => match error.downcast_ref::<Denied>() {
                Some(Denied(code)) => json!({ "id": id, "denied": code }),
                None => json!({ "id": id, "error": causes(error.as_ref()) }),
            },
        })?;
    }
    Ok(())
}

fn causes(error: &(dyn Error + 'static)) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", causes(source)),
        None => error.to_string(),
    }
}
