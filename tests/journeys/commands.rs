//! From an empty folder, by the commands of README.md alone: the authorization server and a store's MCP server as two
//! processes, an agent that shops in it, and a merchant who ends that.

use std::collections::BTreeMap;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tillgate::keys::random;
use tillgate::storage::testing::postgres_database;
use url::Url;

use crate::support::agent::challenge;
use crate::support::program::Program;
use crate::support::program::{Running, free_port};
use crate::support::{Agent, Answer, Browser, Page, Shop, Tokens, http};

const README_ISSUER: &str = "https://auth.tea.example";
const README_RESOURCE: &str = "https://mcp.tea.example/mcp";
const STAFF: &str = "anna@tea.example";
const SHOPPER: &str = "maya@example.com";
/// S1-22: from one click to a refused call.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What the commands have made.
struct Installation {
    shop: Shop,
    staff_password: String,
    server: Program,
    store: Program,
}

impl Installation {
    async fn serve(&self) -> Running {
        self.server.start(&["serve"], &format!("{}/health", self.shop.issuer)).await
    }

    async fn serve_store(&self) -> Running {
        let metadata = self.shop.resource.replace("/mcp", "/.well-known/oauth-protected-resource/mcp");
        self.store.start(&["store", "serve"], &metadata).await
    }
}

/// `name: value` of what a command printed.
fn printed(output: &str, name: &str) -> String {
    let found = output.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in:\n{output}")).to_owned()
}

fn write_secret(path: &Path) {
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::set_permissions(path.parent().unwrap(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    std::io::Write::write_all(&mut &file, format!("1 {}\n", STANDARD.encode(random::bytes::<32>())).as_bytes())
        .unwrap();
}

/// The commands of README.md's section "In production", but for the servers, with this test's addresses.
fn commands(issuer: &str, resource: &str) -> Vec<Vec<String>> {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## In production").unwrap();
    let (section, _) = section.split_once("| command |").unwrap();
    let lines = section.lines().filter_map(|line| line.strip_prefix("tillgate "));
    let words = lines.map(|line| {
        let quoted = line.split('\'').enumerate();
        let words = quoted.flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        words.map(|word| word.replace(README_ISSUER, issuer).replace(README_RESOURCE, resource)).collect::<Vec<_>>()
    });
    words.filter(|words| words.last().is_some_and(|last| last != "serve")).collect()
}

/// From an empty folder to where both can be served.
fn install(folder: &Path) -> Installation {
    let (port, store_port) = (free_port(), free_port());
    let issuer = format!("http://localhost:{port}");
    let resource = format!("http://localhost:{store_port}/mcp");
    write_secret(&folder.join("etc/secret.key"));
    std::fs::write(folder.join("tillgate.toml"), format!("[server]\nlisten = \"127.0.0.1:{port}\"\n")).unwrap();
    let mut server = Program::in_folder(folder)
        .with("TILLGATE__SECRETS__FILE", "etc/secret.key")
        .with("TILLGATE__LOG__FILTER", "warn");
    if let Some(url) = postgres_database().unwrap() {
        server = server.with("TILLGATE__DATABASE__URL", url);
    }

    let mut said = BTreeMap::new();
    for command in commands(&issuer, &resource) {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        said.insert(words[..words.len().min(2)].join(" "), server.run(&words));
    }
    let made: Vec<&str> = said.keys().map(String::as_str).collect();
    assert_eq!(made, ["config check", "migrate", "resource add", "shopper add", "staff add", "store add"]);
    assert!(said["config check"].contains("secrets.file = \"etc/secret.key\""));
    let (id, secret) = (printed(&said["resource add"], "id"), printed(&said["resource add"], "secret"));
    let store = Program::in_folder(folder)
        .with("TILLGATE_STORE__SERVER__LISTEN", format!("127.0.0.1:{store_port}"))
        .with("TILLGATE_STORE__LIVE__ISSUER", &issuer)
        .with("TILLGATE_STORE__LIVE__RESOURCE", &resource)
        .with("TILLGATE_STORE__LIVE__ID", &id)
        .with("TILLGATE_STORE__LIVE__SECRET", &secret)
        .with("TILLGATE_STORE__REQUEST_STATE__KEYS", "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        .with("TILLGATE_STORE__LOG__FILTER", "warn");
    let shop = Shop {
        issuer,
        issuer_id: String::new(),
        store_id: String::new(),
        resource,
        resource_id: id,
        resource_secret: secret,
        email: SHOPPER.to_owned(),
        password: printed(&said["shopper add"], "password"),
    };
    Installation { shop, staff_password: printed(&said["staff add"], "password"), server, store }
}

/// What an agent finds out by itself, beginning with nothing but the store's address: the issuer and its endpoints.
async fn discover(resource: &str) -> Value {
    let refused = call(resource, "no-token", "search_products", json!({ "query": "tea" })).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    let challenge = refused.header("www-authenticate");
    let (_, rest) = challenge.split_once("resource_metadata=\"").unwrap();
    let (metadata, _) = rest.split_once('"').unwrap();
    let protected = Answer::of(http().get(metadata).send().await.unwrap()).await.json();
    let issuer = protected["authorization_servers"][0].as_str().unwrap();
    let metadata = format!("{issuer}/.well-known/oauth-authorization-server");
    let metadata = Answer::of(http().get(metadata).send().await.unwrap()).await.json();
    assert_eq!(metadata["issuer"], issuer);
    metadata
}

async fn call(resource: &str, token: &str, tool: &str, arguments: Value) -> Answer {
    let params = json!({ "name": tool, "arguments": arguments });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let request = http().post(resource).bearer_auth(token).header("MCP-Protocol-Version", "2025-11-25");
    let request = request.header("Accept", "application/json, text/event-stream").json(&body);
    Answer::of(request.send().await.unwrap()).await
}

/// Until the store follows the feed it cannot tell, and says so.
pub async fn call_when_ready(resource: &str, token: &str, tool: &str, arguments: Value) -> Answer {
    let began = Instant::now();
    loop {
        let answer = call(resource, token, tool, arguments.clone()).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE || began.elapsed() > Duration::from_secs(10) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A shopper who connects an agent, from the metadata to the tokens.
async fn connect(installation: &Installation) -> (Agent, Tokens) {
    let shop = &installation.shop;
    let metadata = discover(&shop.resource).await;
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    for (name, path) in [("registration", "register"), ("authorization", "authorize"), ("token", "token")] {
        assert_eq!(metadata[format!("{name}_endpoint")], format!("{}/{path}", installation.shop.issuer));
    }
    let agent = Agent::register(shop).await;
    let asking = agent.ask("products:read cart:write");
    assert!(asking.url.query().unwrap().contains(&challenge(&asking.verifier)));
    let mut browser = Browser::new();
    let page = browser.reach_consent(&asking.url, shop).await;
    assert!(page.body.contains("Tea &amp; Sons") || page.body.contains("Tea &#38; Sons"), "{}", page.body);
    let back = browser.allow_everything(&page).await;
    assert_eq!(back.sent_back("iss").as_ref(), Some(&installation.shop.issuer));
    let tokens = agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    (agent, tokens)
}

/// The console, after a sign-in with this password of the only member of staff.
async fn console(installation: &Installation, browser: &mut Browser, password: &str) -> Page {
    let page = browser.open(&address(installation, "/console")).await;
    let staff = Shop { email: STAFF.to_owned(), password: password.to_owned(), ..installation.shop.clone() };
    browser.sign_in(&page, &staff).await
}

fn address(installation: &Installation, path: &str) -> Url {
    Url::parse(&format!("{}{path}", installation.shop.issuer)).unwrap()
}

/// Staff end the only session with one click; when that was.
async fn revoke_in_console(installation: &Installation) -> Instant {
    let mut browser = Browser::new();
    let sessions = console(installation, &mut browser, &installation.staff_password).await;
    let form = sessions.form("Revoke");
    let clicked = Instant::now();
    let done = browser.press(&sessions, &form, "Revoke").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    clicked
}

/// Puts some tea into the cart.
pub async fn shop_for_tea(resource: &str, tokens: &Tokens) {
    let found = call_when_ready(resource, &tokens.access, "search_products", json!({ "query": "tea" })).await;
    assert_eq!((found.status, &found.json()["result"]["isError"]), (StatusCode::OK, &json!(false)), "{}", found.body);
    let variant = &found.json()["result"]["structuredContent"]["products"][0]["variants"][0]["variant_id"];
    let added = call(resource, &tokens.access, "add_to_cart", json!({ "variant_id": variant, "quantity": 2 })).await;
    assert_eq!(added.json()["result"]["isError"], false, "{}", added.body);
}

#[tokio::test]
async fn an_empty_folder_becomes_a_store_by_commands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let installation = install(folder.path());
    let resource = &installation.shop.resource;
    let mut server = installation.serve().await;
    let mut store = installation.serve_store().await;
    let (agent, tokens) = connect(&installation).await;
    shop_for_tea(resource, &tokens).await;
    let tokens = agent.refresh(&tokens.refresh).await.tokens();

    let clicked = revoke_in_console(&installation).await;
    while call(resource, &tokens.access, "view_cart", json!({})).await.status != StatusCode::UNAUTHORIZED {
        assert!(clicked.elapsed() < AT_ONCE, "still accepted after {:?}", clicked.elapsed());
    }
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");

    // The shopper connects the agent again, and that outlives both processes. The store follows the feed, an answer
    // without an end, which does not keep the server from ending.
    let (agent, tokens) = connect(&installation).await;
    stop(&mut server).await;
    let _server = installation.serve().await;
    stop(&mut store).await;
    let _store = installation.serve_store().await;
    let cart = call_when_ready(resource, &tokens.access, "view_cart", json!({})).await;
    assert_eq!(cart.json()["result"]["structuredContent"]["lines"][0]["quantity"], 2, "{}", cart.body);
    agent.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn whoever_runs_commands_lets_staff_and_shoppers_go() {
    let folder = tempfile::tempdir().unwrap();
    let installation = install(folder.path());
    let _server = installation.serve().await;
    let _store = installation.serve_store().await;
    let issuer = installation.shop.issuer.as_str();
    let of = |email: &'static str| ["--issuer", issuer, "--email", email];
    let run = |words: &[&str], whose: [&str; 4]| installation.server.run(&[words, &whose].concat());
    let fail = |words: &[&str], whose: [&str; 4]| installation.server.attempt(&[words, &whose].concat()).unwrap_err();

    let mut desk = Browser::new();
    let signed_in = async |desk: &mut Browser| {
        desk.open(&address(&installation, "/console")).await.url.path() != "/console/sign-in"
    };
    console(&installation, &mut desk, &installation.staff_password).await;
    assert!(signed_in(&mut desk).await);
    let password = printed(&run(&["staff", "set-password"], of(STAFF)), "password");
    assert!(!signed_in(&mut desk).await, "with the old password");
    assert_eq!(console(&installation, &mut desk, &installation.staff_password).await.status, StatusCode::FORBIDDEN);
    console(&installation, &mut desk, &password).await;
    assert!(signed_in(&mut desk).await);
    assert!(installation.server.run(&["staff", "list", "--issuer", issuer]).starts_with("anna@tea.example  admin  "));
    let trail = desk.open(&address(&installation, "/console/audit")).await;
    assert!(trail.body.contains("Staff added") && trail.body.contains("Staff password set"), "{}", trail.body);
    run(&["staff", "remove"], of(STAFF));
    assert!(!signed_in(&mut desk).await);
    assert_eq!(console(&installation, &mut desk, &password).await.status, StatusCode::FORBIDDEN);
    assert!(fail(&["staff", "remove"], of(STAFF)).contains("`staff list` says who does"));
    assert!(fail(&["staff", "set-password"], of(STAFF)).contains("does not work for this store"));

    let (agent, tokens) = connect(&installation).await;
    shop_for_tea(&installation.shop.resource, &tokens).await;
    let said = run(&["shopper", "remove"], of(SHOPPER));
    assert!(said.contains("Agents connected to it: 1.") && said.contains("--yes"), "{said}");
    let tokens = agent.refresh(&tokens.refresh).await.tokens();
    let began = Instant::now();
    let mail = folder.path().join("mail");
    let postman =
        installation.server.clone().with("TILLGATE__MAIL__TRANSPORT", format!("directory:{}", mail.display()));
    let said = postman.run(&[&["shopper", "remove", "--yes"], &of(SHOPPER)[..]].concat());
    assert!(said.contains("a last mail tells them so"), "{said}");
    let mails: Vec<_> = std::fs::read_dir(mail).unwrap().collect();
    let farewell = std::fs::read_to_string(mails[0].as_ref().unwrap().path()).unwrap();
    assert!(mails.len() == 1 && farewell.contains(&format!("To: {SHOPPER}")), "{farewell}");
    assert!(farewell.contains("has deleted your account there"), "{farewell}");
    while call(&installation.shop.resource, &tokens.access, "view_cart", json!({})).await.status
        != StatusCode::UNAUTHORIZED
    {
        assert!(began.elapsed() < Duration::from_secs(5), "still accepted");
    }
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert!(fail(&["shopper", "remove"], of(SHOPPER)).contains("has no account there"));
}

pub async fn stop(server: &mut Running) {
    server.terminate();
    let (status, took) = server.ended().await;
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}
