//! `tillgate why`, as an operator types it.

use serde_json::Value;
use tillgate::domain::Clock;

use crate::support::app::{database, provision, settings};
use crate::support::program::{Program, free_port};
use crate::support::{Agent, Browser};

#[tokio::test]
async fn the_command_leads_from_a_reference_id_to_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let config = settings(&folder, &[]);
    let port = free_port();
    let (db, url) = database(&folder);
    let shops = provision(&db, &config, vec![format!("http://localhost:{port}")], Clock::System.now()).await;
    tokio::task::spawn_blocking(move || db.close()).await.unwrap();
    let program = Program::in_folder(folder.path())
        .on(&url)
        .with("TILLGATE__SECRETS__FILE", folder.path().join("secret.key").display().to_string())
        .with("TILLGATE__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .with("TILLGATE__LOG__FILTER", "error");
    let running = program.start(&["serve", "--development"], &format!("http://localhost:{port}/health")).await;
    // Of the sandbox: the operator does not say which issuer.
    let shop = &shops[1];
    let agent = Agent::register(shop).await;
    let (code, verifier) = agent.obtain_code(&mut Browser::new(), shop, "products:read").await;
    let wrong = "wrong-verifier-wrong-verifier-wrong-verifier";
    let refused = agent.redeem(&code, wrong).await;
    let description = refused.json()["error_description"].as_str().unwrap().to_owned();
    let reference = refused.json()["reference_id"].as_str().unwrap().to_owned();
    agent.redeem(&code, &verifier).await.tokens();
    let replayed = agent.redeem(&code, &verifier).await.json()["reference_id"].as_str().unwrap().to_owned();

    // Pasted as a person copies it.
    let told = until_kept(&program, &["why", "--development", &description]).await;
    for part in [
        &format!("{} (sandbox)", shop.issuer),
        "invalid_grant",
        &agent.client_id,
        "pkce_verifier: The verifier hashes to the challenge",
        "[hidden, 44 characters]",
        "what to do",
    ] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
    let json: Value = serde_json::from_str(&program.run(&["why", "--development", "--json", &reference])).unwrap();
    assert_eq!(json["found"][0]["refusals"][0]["check"], "pkce_verifier", "{json}");
    // What the refusal did besides is in the trail, under the same id.
    let json = until_kept(&program, &["why", "--development", "--json", &replayed]).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["found"][0]["refusals"][0]["check"], "code_unused", "{json}");
    assert_eq!(json["found"][0]["trail"][0]["kind"], "connection_ended", "{json}");
    for secret in [code.as_str(), verifier.as_str(), wrong] {
        assert!(!told.contains(secret) && !json.to_string().contains(secret));
    }
    let said = program.attempt(&["why", "--development", "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11"]).unwrap_err();
    assert!(said.contains("nothing is known under the reference id 0199d3a2"), "{said}");
    assert!(said.contains("30 days") && said.contains("100000"), "{said}");
    drop(running);
}

/// The answer does not wait until its refusal is kept.
async fn until_kept(program: &Program, arguments: &[&str]) -> String {
    for _ in 0..50 {
        if let Ok(told) = program.attempt(arguments) {
            return told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nothing is kept: {arguments:?}");
}
