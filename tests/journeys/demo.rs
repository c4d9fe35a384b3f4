//! `tillgate demo`: what it prints, that a second start keeps everything, and what it says when it cannot start.

use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tillgate::storage::testing::postgres_database;

use crate::commands::{call_when_ready, shop_for_tea, stop};
use crate::outbound::{NAMESPACE, again, has_namespaces, run};
use crate::support::program::{Program, Running, free_port};
use crate::support::{Agent, Browser, Shop, http};

/// A demo that has not started yet: its folder, and two ports of its own.
struct Demo {
    program: Program,
    folder: tempfile::TempDir,
    port: u16,
    store_port: u16,
}

impl Demo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::in_folder(folder.path()).printing_to(&folder.path().join("printed"));
        if let Some(url) = postgres_database().unwrap() {
            program = program.with("TILLGATE__DATABASE__URL", url);
        }
        Self { program, folder, port: free_port(), store_port: free_port() }
    }

    fn arguments(&self) -> [String; 5] {
        let (port, store_port) = (self.port.to_string(), self.store_port.to_string());
        ["demo", "--port", &port, "--store-port", &store_port].map(str::to_owned)
    }

    /// Until it has printed that the store is open.
    async fn start(&self) -> Running {
        let arguments = self.arguments();
        let health = format!("http://localhost:{}/health", self.store_port);
        let running = self.program.start(&arguments.each_ref().map(String::as_str), &health).await;
        let began = Instant::now();
        while !self.printed().contains("Stop with Ctrl-C") {
            assert!(began.elapsed() < Duration::from_mins(1), "the demo tells nothing: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        running
    }

    /// What it says on the way out, whatever it has logged before.
    fn fail(&self) -> String {
        let arguments = self.arguments();
        let said = self.program.attempt(&arguments.each_ref().map(String::as_str)).unwrap_err();
        let sentence: Vec<_> = said.lines().skip_while(|line| !line.starts_with("tillgate: ")).collect();
        assert_eq!(sentence.len(), 1, "one sentence: {said}");
        sentence[0].to_owned()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn printed(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("printed")).unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("printed.log")).unwrap()
    }

    fn told(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.data().join("demo.json")).unwrap()).unwrap()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Without a token.
async fn search(store_port: u16) -> u16 {
    let params = json!({ "name": "search_products", "arguments": { "query": "tea" } });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let request =
        http().post(format!("http://localhost:{store_port}/mcp")).header("MCP-Protocol-Version", "2025-11-25");
    let request = request.header("Accept", "application/json, text/event-stream").json(&body);
    request.send().await.unwrap().status().as_u16()
}

/// C-7.
#[tokio::test]
async fn the_demo_lets_anybody_call_the_tools_that_a_variable_names_and_no_others_can_be_named() {
    let mut demo = Demo::new();
    let plain = demo.program.clone();
    demo.program = plain.clone().with("TILLGATE_STORE__SERVER__PUBLIC_TOOLS", "search_products, add_to_cart");
    let said = demo.program.attempt(&demo.arguments().each_ref().map(String::as_str)).unwrap_err();
    assert!(
        said.contains("server.public_tools = \"search_products, add_to_cart\"")
            && said.contains("variable TILLGATE_STORE__SERVER__PUBLIC_TOOLS")
            && said.contains("names add_to_cart, which cannot be public. Write search_products, get_product or"),
        "{said}"
    );
    demo.program = plain.with("TILLGATE_STORE__SERVER__PUBLIC_TOOLS", "search_products");
    let _running = demo.start().await;
    let began = Instant::now();
    loop {
        match search(demo.store_port).await {
            200 => break,
            // Until the store follows the feed it cannot tell whether it is open.
            503 => assert!(began.elapsed() < Duration::from_mins(1), "never served"),
            status => panic!("{status}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(demo.log().contains("public_tools"), "the log says it: {}", demo.log());
}

/// The store as somebody knows it who has read what the demo prints: its shopper, or its staff.
fn shop(told: &Value, who: &str) -> Shop {
    Shop {
        issuer: text(&told["issuer"]),
        issuer_id: String::new(),
        store_id: String::new(),
        resource: text(&told["mcp_url"]),
        resource_id: String::new(),
        resource_secret: String::new(),
        email: text(&told[who]["email"]),
        password: text(&told[who]["password"]),
    }
}

#[tokio::test]
async fn the_demo_s_store_takes_tokens_that_live_as_long_as_a_variable_says() {
    let mut demo = Demo::new();
    demo.program = demo.program.clone().with("TILLGATE__TOKENS__ACCESS_LIFETIME", "3h");
    let _running = demo.start().await;
    let shop = shop(&demo.told(), "shopper");
    let agent = Agent::register(&shop).await;
    let tokens = agent.connect(&mut Browser::new(), &shop, "products:read cart:write").await;
    shop_for_tea(&shop.resource, &tokens).await;
}

async fn staff(told: &Value) -> Browser {
    let mut browser = Browser::new();
    let page = browser.open(&told["console_url"].as_str().unwrap().parse().unwrap()).await;
    let sessions = browser.sign_in(&page, &shop(told, "staff")).await;
    assert_eq!(sessions.status, 200, "{}", sessions.body);
    browser
}

#[tokio::test]
async fn a_second_start_of_the_demo_keeps_everything() {
    let demo = Demo::new();
    let mut first = demo.start().await;
    let (told, printed) = (demo.told(), demo.printed());
    let shop = shop(&told, "shopper");
    let agent = Agent::register(&shop).await;
    let tokens = agent.connect(&mut Browser::new(), &shop, "products:read cart:write").await;
    // Until the store follows the feed it cannot tell, and says so.
    call_when_ready(&shop.resource, &tokens.access, "view_cart", json!({})).await;
    shop_for_tea(&shop.resource, &tokens).await;
    stop(&mut first).await;

    let _second = demo.start().await;
    assert_eq!(demo.told(), told, "the same addresses and people");
    assert_eq!(demo.printed(), printed, "told the same");
    let cart = call_when_ready(&shop.resource, &tokens.access, "view_cart", json!({})).await;
    assert_eq!(cart.json()["result"]["structuredContent"]["lines"][0]["quantity"], 2, "{}", cart.body);
    agent.refresh(&tokens.refresh).await.tokens();
    let mut shopper = Browser::signed_in(&shop).await;
    let agents = shopper.open(&told["account_url"].as_str().unwrap().parse().unwrap()).await;
    assert!(agents.body.contains("Helpful Agent"), "{}", agents.body);
    let sessions = staff(&told).await.open(&told["console_url"].as_str().unwrap().parse().unwrap()).await;
    assert!(sessions.body.contains("Helpful Agent"), "{}", sessions.body);
}

#[tokio::test]
async fn the_demo_prints_what_to_add_it_to_an_agent_with_and_whom_to_sign_in_as() {
    let demo = Demo::new();
    let _running = demo.start().await;
    let (printed, told) = (demo.printed(), demo.told());
    let mcp = format!("http://localhost:{}/mcp", demo.store_port);
    assert_eq!(told["mcp_url"], mcp.as_str());
    let after = |label: &str| {
        let line = printed.lines().find_map(|line| line.trim_start().strip_prefix(label));
        line.unwrap_or_else(|| panic!("nothing is labelled {label}:\n{printed}")).trim_start().to_owned()
    };
    // Compared and not run: neither program is part of these tests.
    assert_eq!(after("Claude Code"), format!("claude mcp add --transport http fern-and-field {mcp}"));
    let code = after("VS Code");
    let server = code.strip_prefix("code --add-mcp '").and_then(|rest| rest.strip_suffix('\'')).unwrap();
    let server: Value = serde_json::from_str(server).unwrap();
    assert_eq!(server, json!({ "name": "fern-and-field", "type": "http", "url": mcp }));
    assert_eq!(after("any other"), mcp);
    for who in ["shopper", "staff"] {
        let line = format!("{}   password  {}", text(&told[who]["email"]), text(&told[who]["password"]));
        assert!(printed.contains(&line), "{printed}");
    }
    Browser::signed_in(&shop(&told, "shopper")).await;
    staff(&told).await;
}

#[tokio::test]
async fn the_demo_says_in_one_sentence_what_keeps_it_from_starting() {
    let demo = Demo::new();
    for port in [demo.port, demo.store_port] {
        let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let said = demo.fail();
        assert!(said.contains(&format!("127.0.0.1:{port} cannot be listened on")), "{said}");
        assert!(said.contains("Is another program using the port?"), "{said}");
    }

    // Root may write to every folder, but nobody into a file.
    let demo = Demo::new();
    std::fs::write(demo.data(), "in the way").unwrap();
    let said = demo.fail();
    assert!(said.contains("the folder data cannot be written"), "{said}");

    // Where it keeps everything in files.
    let mut demo = Demo::new();
    demo.program = Program::in_folder(demo.folder.path());
    std::fs::create_dir(demo.data()).unwrap();
    let file = demo.data().join("tillgate.sqlite3");
    std::fs::write(&file, "this is no database at all ".repeat(400)).unwrap();
    let said = demo.fail();
    assert!(said.contains("the database data/tillgate.sqlite3 cannot be used"), "{said}");
    assert!(said.contains("not a database"), "{said}");
    assert!(std::fs::read(&file).unwrap().starts_with(b"this is no database"), "and it is left as it was");
}

#[tokio::test]
async fn a_demo_whose_store_cannot_be_opened_starts_afterwards_with_the_people_it_has_made() {
    let demo = Demo::new();
    std::fs::create_dir(demo.data()).unwrap();
    let store = demo.data().join("store.sqlite3");
    std::fs::write(&store, "this is no database at all ".repeat(400)).unwrap();
    let said = demo.fail();
    assert!(said.contains("data/store.sqlite3: the store's database cannot be used"), "{said}");
    std::fs::remove_file(&store).unwrap();
    let _running = demo.start().await;
    Browser::signed_in(&shop(&demo.told(), "shopper")).await;
    staff(&demo.told()).await;
}

#[tokio::test]
async fn a_demo_on_other_ports_says_which_ones_its_folder_was_made_for() {
    let mut demo = Demo::new();
    let mut running = demo.start().await;
    stop(&mut running).await;
    let issuer = text(&demo.told()["issuer"]);
    demo.port = free_port();
    let said = demo.fail();
    assert!(said.contains(&issuer) && said.contains("--data"), "{said}");
    std::fs::write(demo.data().join("demo.json"), "{").unwrap();
    let said = demo.fail();
    assert!(said.contains("demo.json cannot be read") && said.contains("--data"), "{said}");
}

/// Loopback, but of IPv4 only.
const WITHOUT_IPV6: &str = "ip link set lo up && ip -6 addr del ::1/128 dev lo && exec \"$@\"";

#[test]
fn the_demo_starts_on_a_machine_without_ipv6() {
    if !has_namespaces() {
        return;
    }
    let inside = again("demo::the_demo_starts_although_there_is_no_ipv6_loopback");
    let mut command = std::process::Command::new(NAMESPACE[0]);
    run(command
        .args(&NAMESPACE[1..])
        .args(["sh", "-ec", WITHOUT_IPV6, "sh"])
        .args(inside)
        .env_remove("TEST_DATABASE_URL"));
}

#[tokio::test]
#[ignore = "a part of the_demo_starts_on_a_machine_without_ipv6, in a namespace of its own"]
async fn the_demo_starts_although_there_is_no_ipv6_loopback() {
    let ipv6: IpAddr = "::1".parse().unwrap();
    TcpListener::bind((ipv6, 0)).expect_err("there is IPv6 here");
    let demo = Demo::new();
    let mut running = demo.start().await;
    for port in [demo.port, demo.store_port] {
        assert!(demo.log().contains(&format!("[::1]:{port}")), "the log tells what is not listened on: {}", demo.log());
    }
    let answer = http().get(text(&demo.told()["mcp_url"])).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    stop(&mut running).await;

    // One address that is there but taken is no lack.
    let _taken = TcpListener::bind(("127.0.0.1", demo.store_port)).unwrap();
    assert!(demo.fail().contains("Is another program using the port?"));
    // Nor does anything serve that can be reached nowhere.
    let program =
        Program::in_folder(demo.folder.path()).with("TILLGATE__SERVER__LISTEN", format!("[::1]:{}", demo.port));
    let said = program.attempt(&["serve", "--development"]).unwrap_err();
    assert!(said.contains("cannot be listened on"), "{said}");
}
