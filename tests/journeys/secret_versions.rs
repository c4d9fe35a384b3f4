//! Another version of the installation's secret: nothing breaks when it comes, and what was made under the one before ends
//! when that is retired.

use std::io::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tillgate::application::installation_secrets;
use tillgate::keys::{InstallationSecrets, random};
use tillgate::merchant::provisioning::ProvisioningError;
use tillgate::merchant::secret_versions::{Retirement, consider, rotate};
use tillgate::storage::{StorageError, signing_keys};

use crate::support::app::{database, settings};
use crate::support::program::Program;
use crate::support::program::free_port;
use crate::support::{Agent, Answer, App, Browser, Hosting, Tokens, http};

/// The version that a refresh token was made under: its first four bytes.
fn version(refresh_token: &str) -> u32 {
    let bytes = URL_SAFE_NO_PAD.decode(refresh_token.strip_prefix("tgr_").unwrap()).unwrap();
    u32::from_be_bytes(bytes[..4].try_into().unwrap())
}

/// The versions that the signing keys are sealed under (RFC 7516 §4.1.6).
async fn sealed_under(app: &App) -> Vec<String> {
    let keys: Result<_, StorageError> = app.db.read(signing_keys::list).await;
    let header = |sealed: &str| {
        let header = URL_SAFE_NO_PAD.decode(sealed.split('.').next().unwrap()).unwrap();
        serde_json::from_slice::<serde_json::Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let mut versions: Vec<String> = keys.unwrap().iter().map(|key| header(&key.sealed_private_jwk)).collect();
    versions.dedup();
    versions
}

/// Refreshes until the server makes tokens under `wanted`; every answer on the way has to be a good one.
async fn refresh_until_under(agent: &Agent, mut tokens: Tokens, wanted: u32) -> Tokens {
    let began = Instant::now();
    loop {
        tokens = agent.refresh(&tokens.refresh).await.tokens();
        if version(&tokens.refresh) == wanted {
            return tokens;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "the server does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn rotate_secret(app: &App, secrets: &InstallationSecrets) {
    let (secrets, now) = (secrets.clone(), app.clock.now());
    let rotated: Result<u32, ProvisioningError> = app.db.write(move |tx| rotate(tx, &secrets, now)).await;
    assert_eq!(rotated.unwrap(), 2);
}

/// Retires the one old version; how many connections it said it would end, and how many it did.
async fn retire_secret(app: &App, secrets: &InstallationSecrets) -> (i64, usize) {
    let (secrets, now) = (secrets.clone(), app.clock.now());
    let asked: Result<(Retirement, i64), ProvisioningError> = app
        .db
        .read(move |connection| {
            let retirement = consider(connection, None)?;
            Ok((retirement, retirement.count(connection, now)?))
        })
        .await;
    let (retirement, count) = asked.unwrap();
    let retired: Result<(), ProvisioningError> = app.db.write(move |tx| retirement.carry_out(tx, &secrets, now)).await;
    retired.unwrap();
    // As if the command had been interrupted here: asked for by its number, it goes on.
    let again: Result<(Retirement, Vec<String>), ProvisioningError> = app
        .db
        .read(move |connection| {
            let retirement = consider(connection, Some(1))?;
            Ok((retirement, retirement.next(connection, "", now)?))
        })
        .await;
    let (retirement, ids) = again.unwrap();
    let ended: Result<usize, ProvisioningError> = app.db.write(move |tx| Ok(retirement.end(tx, &ids, now)?)).await;
    (count, ended.unwrap())
}

async fn key_set(app: &App) -> String {
    Answer::of(http().get(format!("{}/jwks", app.live().issuer)).send().await.unwrap()).await.body
}

#[tokio::test]
async fn a_new_version_of_the_secret_breaks_nothing_and_a_retired_one_ends_what_was_not_used_since() {
    let key = format!("2:{}", STANDARD.encode(random::bytes::<32>()));
    let both = [("TILLGATE__SECRETS__KEYS", key.as_str())];
    let app = App::start_changed(Hosting::OneStore, &[], &both).await;
    let secrets = installation_secrets(&settings(&app.folder, &both).secrets).unwrap();
    let shop = app.live();
    let agent = Agent::register(shop).await;
    let mut browser = Browser::new();
    let unused = agent.connect(&mut browser, shop, "products:read").await;
    let used = agent.connect(&mut browser, shop, "products:read").await;
    // Two requests under way, as sealed values in a browser.
    let (asking, abandoned) = (agent.ask("products:read"), agent.ask("products:read"));
    let page = browser.reach_consent(&asking.url, shop).await;
    let abandoned = browser.reach_consent(&abandoned.url, shop).await;
    assert_eq!((version(&used.refresh), sealed_under(&app).await), (1, vec!["1".to_owned()]));
    let published = key_set(&app).await;

    app.advance(60);
    rotate_secret(&app, &secrets).await;
    assert_eq!(sealed_under(&app).await, ["2"]);
    let fresh = refresh_until_under(&agent, used.clone(), 2).await;
    for token in [&unused.access, &used.access, &fresh.access] {
        assert!(shop.accepts(token).await);
    }
    assert_eq!(key_set(&app).await, published);
    app.advance(10);
    let back = browser.allow_everything(&page).await;
    let late = agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    let fresh = agent.refresh(&fresh.refresh).await.tokens();

    assert_eq!(retire_secret(&app, &secrets).await, (1, 1));
    assert_eq!(agent.refresh(&unused.refresh).await.error(), "invalid_grant");
    assert!(!shop.accepts(&unused.access).await);
    for tokens in [&fresh, &late] {
        assert!(shop.accepts(&tokens.access).await);
        agent.refresh(&tokens.refresh).await.tokens();
    }
    // Signed before, by a key that is the same: good until it expires.
    assert!(shop.accepts(&used.access).await);
    // A server looks for changes every two seconds, and then does not know the version any more.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(browser.allow_everything(&abandoned).await.sent_back("code"), None);
}

#[tokio::test]
async fn a_server_without_the_new_version_goes_on_with_the_old_and_says_that_it_is_behind() {
    let key = format!("2:{}", STANDARD.encode(random::bytes::<32>()));
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    let secrets = settings(&app.folder, &[("TILLGATE__SECRETS__KEYS", key.as_str())]).secrets;
    rotate_secret(&app, &installation_secrets(&secrets).unwrap()).await;

    let began = Instant::now();
    while http().get(format!("{}/health", app.live().issuer)).send().await.unwrap().status() == 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not notice");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let tokens = agent.refresh(&tokens.refresh).await.tokens();
    assert_eq!(version(&tokens.refresh), 1);
}

#[test]
fn the_commands_say_which_step_is_next() {
    let folder = tempfile::tempdir().unwrap();
    let (db, url) = database(&folder);
    db.close();
    let secret = folder.path().join("secret.key");
    drop(settings(&folder, &[]));
    let program = Program::in_folder(folder.path())
        .on(&url)
        .with("TILLGATE__SECRETS__FILE", secret.display().to_string())
        .with("TILLGATE__SERVER__LISTEN", format!("127.0.0.1:{}", free_port()));
    let refused = |arguments: &[&str], with: &str| {
        let said = program.attempt(arguments).unwrap_err();
        assert!(said.contains(with), "{arguments:?}: {said}");
    };
    let issuer = "http://localhost:8080";
    refused(&["secret", "rotate"], "nothing was made under any version");
    program.run(&["store", "add", "--name", "Tea", "--issuer", issuer]);
    refused(&["secret", "rotate"], "Add version 2 beside it");
    refused(&["secret", "retire"], "no old version");

    let first = std::fs::read_to_string(&secret).unwrap();
    let second = format!("2 {}\n", STANDARD.encode(random::bytes::<32>()));
    let mut file = std::fs::OpenOptions::new().append(true).open(&secret).unwrap();
    file.write_all(second.as_bytes()).unwrap();
    assert!(program.run(&["secret", "rotate"]).contains("under version 2"));
    refused(&["secret", "rotate"], "version 2 of the secret is in use");
    refused(&["secret", "retire", "2", "--yes"], "rotate to a newer one first");
    assert!(program.run(&["secret", "retire"]).contains("retiring version 1 of the secret ends 0 connections"));
    assert!(program.run(&["secret", "retire", "1", "--yes"]).contains("is retired"));
    refused(&["secret", "retire"], "no old version");

    // Who has not got the new version is told so, and who has needs the old one no more.
    std::fs::write(&secret, first).unwrap();
    refused(&["serve", "--development"], "version 2 of the installation's secret");
    std::fs::write(&secret, second).unwrap();
    program.run(&["keys", "rotate", "--issuer", issuer]);
}
