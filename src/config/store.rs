//! The configuration of a store's MCP server as a process of its own: `tillgate store serve`, by `tillgate-store.toml`
//! and `TILLGATE_STORE__SECTION__KEY` variables. It holds the credentials of its resource servers and no secret of the
//! authorization server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use mcp_resource::wire::public_tools::MAY_BE_PUBLIC;

use super::limits::Limits;
use super::log::Log;
use super::parse::{
    address, duration, lifetime, list, network, number, optional, path, size, socket_address, some, text, workers,
};
use super::problem::{Problems, Wrong};
use super::reader::{Reader, Resolved};
use super::secret::Secret;
use super::secrets::{self, SecretKey};
use super::section::section;
use super::source::{Raw, Written};

section! {
    /// Where the store's MCP server listens and what it keeps.
    StoreServer "server" {
        /// Addresses and ports to listen on.
        listen: Vec<SocketAddr> = "127.0.0.1:8081", some(list(socket_address));
        /// Worker threads; auto is one for each core.
        workers: usize = "auto", workers;
        /// The folder of the store's databases: catalog, carts, checkouts and orders.
        data: PathBuf = "data/store", path;
        /// Networks of the proxies whose Forwarded and X-Forwarded-For headers are believed.
        trusted_proxies: Vec<IpNet> = "", list(network);
        /// Origins of web pages that may call, beside none at all.
        allowed_origins: Vec<String> = "", list(text);
        /// Tools that anybody may call without a token, for platforms that let people look around before they sign in: some of
        /// `search_products`, `get_product` and `check_inventory`. Empty: every request needs a token. doctor says so of each.
        public_tools: Vec<String> = "", list(public_tool);
        /// Answers a minute to one address that sends no token; hosted platforms send many people's calls from few addresses.
        public_rate: u32 = "120", number(1);
        /// Requests without a token that one address may have under way.
        public_concurrent_calls: u32 = "16", number(1);
        /// The longest that the issuers' access tokens live, as their own `tokens.access_lifetime` says. One that is to live longer
        /// is refused; what was revoked is remembered for so long.
        longest_token_lifetime: Duration = "1h", lifetime;
        /// The largest request body.
        max_body: usize = "1MiB", size;
        /// How long calls in progress may take to finish after the signal to stop.
        shutdown_grace: Duration = "30s", duration;
    }
}

/// Both environments have the same settings.
macro_rules! environment {
    ($name:ident $section:literal $about:literal) => {
        section! {
            #[doc = $about]
            $name $section {
                /// The issuer whose tokens are accepted, character for character.
                issuer: Option<String> = "", optional(absolute);
                /// The canonical URI of this MCP endpoint, as it was registered by resource add.
                resource: Option<String> = "", optional(absolute);
                /// The id that resource add printed.
                id: Option<String> = "", optional(text);
                /// The secret that resource add printed, as a variable; or see `secret_file`.
                secret: Option<Secret<String>> = "", optional(secret), secret;
                /// A file that holds the secret and nothing else.
                secret_file: Option<PathBuf> = "", optional(path);
            }
        }

        impl $name {
            fn resolve(self, reader: &mut Reader) -> Option<ProtectedResource> {
                let Self { issuer, resource, id, secret, secret_file } = self;
                let key = |name: &str| format!("{}.{name}", $section);
                let secret = secret.or_else(|| read_secret(reader, &key("secret_file"), secret_file?));
                match (issuer, resource, id, secret) {
                    (None, None, None, None) => None,
                    (Some(issuer), Some(resource), Some(id), Some(secret)) => {
                        Some(ProtectedResource { issuer, resource, id, secret })
                    }
                    _ => {
                        let remedy = "Write issuer, resource, id and secret (or secret_file), or none of them.";
                        reader.refuse(&key("issuer"), Wrong::new("and its section are not complete.", remedy));
                        None
                    }
                }
            }
        }
    };
}

section! {
    /// Keys that seal what clients bring back while a shopper decides about a purchase. All processes that serve one endpoint
    /// have the same. The first seals, all are accepted: add a new one behind, then move it to the front, then drop the old.
    RequestState "request_state" {
        /// A file with one "version key" a line, the key 32 random bytes in base64 (openssl rand -base64 32).
        file: Option<PathBuf> = "", optional(path);
        /// The same as a variable: "1:key, 2:key".
        keys: Vec<(u32, SecretKey)> = "", secrets::listed, secret;
    }
}

section! {
    /// What checkout demands of the shopper's sign-in (RFC 9470), beside what the authorization server's own policy demands.
    StepUp "step_up" {
        /// One of these must be the token's acr: phr for a passkey. The issuer's metadata lists what it knows.
        acr_values: Vec<String> = "", list(text);
        /// How long ago the shopper may have signed in.
        max_age: Option<Duration> = "", optional(lifetime);
    }
}

impl RequestState {
    fn resolve(self, reader: &mut Reader) -> Vec<(u32, SecretKey)> {
        let Self { file, mut keys } = self;
        if let Some(file) = file {
            match secrets::read_file(&file) {
                Ok(read) => keys.extend(read),
                Err(wrong) => reader.refuse("request_state.file", wrong),
            }
        } else if keys.is_empty() {
            let remedy = "Write a line \"1 \" and the output of `openssl rand -base64 32` to a file of mode 0600 and name it \
                          here, or set TILLGATE_STORE__REQUEST_STATE__KEYS.";
            reader.refuse("request_state.file", Wrong::new("and request_state.keys name no key.", remedy));
        }
        keys
    }
}

environment!(Live "live" " The endpoint /mcp, for shoppers.");
environment!(Sandbox "sandbox" " The endpoint /sandbox/mcp, for trying out.");

/// One endpoint, the issuer that it trusts, and its credentials for the resource API.
#[derive(Debug, Clone)]
pub struct ProtectedResource {
    pub issuer: String,
    pub resource: String,
    pub id: String,
    pub secret: Secret<String>,
}

/// All settings of a store's MCP server.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub server: StoreServer,
    pub live: Option<ProtectedResource>,
    pub sandbox: Option<ProtectedResource>,
    /// Versions and keys; the first seals.
    pub request_state: Vec<(u32, SecretKey)>,
    pub step_up: StepUp,
    pub limits: Limits,
    pub log: Log,
    /// Every setting with its origin, secrets masked.
    pub settings: Vec<Resolved>,
}

impl StoreConfig {
    pub(super) fn resolve(written: Written) -> Result<Self, Problems> {
        let mut reader = Reader::new(written);
        let server = StoreServer::read(&mut reader);
        let live = Live::read(&mut reader);
        let sandbox = Sandbox::read(&mut reader);
        let request_state = RequestState::read(&mut reader).map(|keys| keys.resolve(&mut reader));
        let step_up = StepUp::read(&mut reader);
        let limits = Limits::read(&mut reader);
        let log = Log::read(&mut reader);
        let understood = live.is_some() && sandbox.is_some();
        let live = live.and_then(|live| live.resolve(&mut reader));
        let sandbox = sandbox.and_then(|sandbox| sandbox.resolve(&mut reader));
        if understood && live.is_none() && sandbox.is_none() {
            let remedy = "Register the endpoint (tillgate resource add) and write what that printed.";
            reader.refuse("live.issuer", Wrong::new("and sandbox.issuer name no issuer.", remedy));
        }
        let config = || {
            let (server, request_state, step_up, limits, log) = (server?, request_state?, step_up?, limits?, log?);
            Some(Self { server, live, sandbox, request_state, step_up, limits, log, settings: Vec::new() })
        };
        let (config, settings) = reader.finish(config())?;
        Ok(Self { settings, ..config })
    }
}

/// Checked to be an address, and kept as it was written: issuers and resources are compared as texts.
fn absolute(raw: &Raw) -> Result<String, Wrong> {
    address(raw)?;
    text(raw)
}

/// C-7: a tool that needs no more than the permissions to browse. What is somebody's is never anybody's.
fn public_tool(raw: &Raw) -> Result<String, Wrong> {
    let name = text(raw)?;
    if MAY_BE_PUBLIC.contains(&name.as_str()) {
        return Ok(name);
    }
    let [others @ .., last] = MAY_BE_PUBLIC;
    let remedy = format!("Write {} or {last}, or nothing: no other tool can do without a token.", others.join(", "));
    Err(Wrong::new(format!("names {name}, which cannot be public."), remedy))
}

fn secret(raw: &Raw) -> Result<Secret<String>, Wrong> {
    text(raw).map(Secret::new)
}

fn read_secret(reader: &mut Reader, key: &str, path: PathBuf) -> Option<Secret<String>> {
    match std::fs::read_to_string(path) {
        Ok(content) => Some(Secret::new(content.trim().to_owned())),
        Err(error) => {
            let reason = format!("cannot be read: {error}.");
            reader.refuse(key, Wrong::new(reason, "Name a file that this user can read."));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Loader;

    const LIVE: [(&str, &str); 5] = [
        ("TILLGATE_STORE__LIVE__ISSUER", "https://till.example"),
        ("TILLGATE_STORE__LIVE__RESOURCE", "https://shop.example/mcp"),
        ("TILLGATE_STORE__LIVE__ID", "rs_1"),
        ("TILLGATE_STORE__LIVE__SECRET", "s3cret"),
        (
            "TILLGATE_STORE__REQUEST_STATE__KEYS",
            "2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8, 1:AgECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ),
    ];

    #[test]
    fn one_environment_is_enough() {
        let config = Loader::isolated(&LIVE).load_store().unwrap();
        assert_eq!(config.live.unwrap().secret.expose(), "s3cret");
        assert!(config.sandbox.is_none());
        assert!(!format!("{:?}", config.settings).contains("s3cret"));
    }

    #[test]
    fn keys_of_request_states_keep_their_order_and_weak_ones_are_refused() {
        let versions: Vec<u32> =
            Loader::isolated(&LIVE).load_store().unwrap().request_state.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, [2, 1]);
        for weak in ["", "1:hunter2", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let mut variables = LIVE;
            variables[4].1 = weak;
            let report = Loader::isolated(&variables).load_store().unwrap_err().to_string();
            assert!(report.contains("request_state") && report.contains("openssl rand"), "{report}");
        }
    }

    #[test]
    fn tools_are_public_only_by_name_and_only_where_they_browse() {
        let with = |value: &str| {
            let variables = [&LIVE[..], &[("TILLGATE_STORE__SERVER__PUBLIC_TOOLS", value)]].concat();
            Loader::isolated(&variables).load_store().map(|config| config.server.public_tools)
        };
        assert_eq!(with("").unwrap(), Vec::<String>::new());
        assert_eq!(with("search_products, get_product").unwrap(), ["search_products", "get_product"]);
        for wrong in ["search_products, view_cart", "Search_Products", "*", "all"] {
            let report = with(wrong).unwrap_err().to_string();
            let told =
                format!("server.public_tools = \"{wrong}\" (variable TILLGATE_STORE__SERVER__PUBLIC_TOOLS): names ");
            assert!(report.contains(&told) && report.contains("Write search_products, get_product or"), "{report}");
        }
    }

    #[test]
    fn half_an_environment_and_none_are_refused() {
        let report = Loader::isolated(&LIVE[..2]).load_store().unwrap_err().to_string();
        assert!(report.contains("live.issuer = \"https://till.example\""), "{report}");
        let report = Loader::isolated(&[]).load_store().unwrap_err().to_string();
        assert!(report.contains("resource add"), "{report}");
    }
}
