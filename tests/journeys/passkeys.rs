//! Adding passkeys, by what an authenticator would answer: the first with any sign-in, another only with one that is there, and
//! each with a mail. Signing in with them is for real browsers (`tests/clients/passkeys.test.mjs`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::agents::until;
use crate::codes;
use crate::step_up::by_passkey;
use crate::support::html::{Form, forms};
use crate::support::keys::Key;
use crate::support::{App, Browser, Page};

const BEFORE: &str = "Sign in with the passkey that you have";
const ADDED: &str = "a passkey was added";
const REMOVED: &str = "a passkey was removed";

async fn ways(app: &App, browser: &mut Browser) -> Page {
    browser.open(&app.live().address("/account/sign-in")).await
}

fn offer(page: &Page) -> Option<Form> {
    forms(&page.body).into_iter().find(|form| form.action.ends_with("/account/passkeys"))
}

/// What a new authenticator answers to the page's offer (Web Authentication §6.5.1, §7.1): without attestation nothing is signed.
fn answer(app: &App, page: &Page) -> Value {
    let (_, options) = page.body.split_once("data-options=\"").unwrap();
    let options = options.split('"').next().unwrap().replace("&#34;", "\"").replace("&quot;", "\"");
    let options: Value = serde_json::from_str(&options).unwrap();
    let public = Key::new("ES256", "device", &app.clock).public;
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(public[name].as_str().unwrap()).unwrap();
    let (x, y) = (coordinate("x"), coordinate("y"));
    let id = x.clone();
    // RFC 9052 §7, as CBOR: an EC2 key for ES256 on P-256.
    let key = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], &x, &[0x22, 0x58, 32], &y].concat();
    let party = Sha256::digest(options["rp"]["id"].as_str().unwrap());
    // There, its owner verified, and with a credential; then the counter, the model, and the credential's id.
    let data = [&party[..], &[0x45], &[0; 4], &[0; 16], &[0, 32], &id, &key].concat();
    let attestation =
        [&b"\xa3cfmtdnonegattStmt\xa0hauthData\x58"[..], &[u8::try_from(data.len()).unwrap()], &data].concat();
    let origin = page.url.origin().ascii_serialization();
    let client_data =
        json!({"type": "webauthn.create", "challenge": options["challenge"], "origin": origin, "crossOrigin": false});
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let response = json!({
        "attestationObject": encoded(&attestation),
        "clientDataJSON": encoded(client_data.to_string().as_bytes()),
    });
    json!({"id": encoded(&id), "rawId": encoded(&id), "type": "public-key", "response": response})
}

/// The page's offer is taken up.
async fn add(app: &App, browser: &mut Browser, page: &Page) -> Page {
    let form = offer(page).unwrap_or_else(|| panic!("no passkey can be added: {}", page.body));
    let mut fields = form.pressed("Add a passkey");
    fields.iter_mut().find(|(name, _)| name == "answer").unwrap().1 = answer(app, page).to_string();
    browser.send(page, &form.action, &fields).await
}

fn mails(app: &App, what: &str) -> usize {
    let files = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten().flatten();
    let mails = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    mails.filter(|mail| mail.contains("To: shopper@example.com") && mail.contains(what)).count()
}

#[tokio::test]
async fn who_has_lost_a_passkey_removes_it_and_adds_a_new_one_three_days_later() {
    let app = App::start().await;
    let mut lost = Browser::signed_in(app.live()).await;
    app.advance(1);
    let page = ways(&app, &mut lost).await;
    add(&app, &mut lost, &page).await;
    // On a new device, by the code that is mailed.
    app.advance(24 * 3_600);
    let mut browser = Browser::new();
    codes::sign_in(&app, &mut browser, 1).await;
    let page = ways(&app, &mut browser).await;
    assert!(offer(&page).is_none() && page.body.contains("If you have lost it, remove it"), "{}", page.body);
    let form = forms(&page.body).into_iter().rfind(|form| form.has_button("Remove")).unwrap();
    let page = browser.press(&page, &form, "Remove").await;
    assert!(page.body.contains("does not sign you in any more"), "{}", page.body);
    until(async || mails(&app, REMOVED) == 1).await;
    let page = ways(&app, &mut browser).await;
    assert!(offer(&page).is_none() && !page.body.contains(BEFORE), "there is none to sign in with: {}", page.body);
    assert!(page.body.contains("You can add a new one in 3 days."), "{}", page.body);

    app.advance(3 * 24 * 3_600);
    let mut browser = Browser::new();
    codes::sign_in(&app, &mut browser, 2).await;
    let page = ways(&app, &mut browser).await;
    let page = add(&app, &mut browser, &page).await;
    assert!(page.body.contains("From now on this passkey signs you in"), "{}", page.body);
    until(async || mails(&app, ADDED) == 2).await;
}

#[tokio::test]
async fn a_page_from_before_adds_no_passkey_in_the_place_of_one_that_was_removed_without_being_used() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    app.advance(1);
    let (first, second) = (ways(&app, &mut browser).await, ways(&app, &mut browser).await);
    let page = add(&app, &mut browser, &first).await;
    let form = forms(&page.body).into_iter().rfind(|form| form.has_button("Remove")).unwrap();
    browser.press(&page, &form, "Remove").await;
    let refused = add(&app, &mut browser, &second).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("Please wait before you add a new passkey"), "{}", refused.body);
    assert!(refused.body.contains("/account/sign-in\""), "where it says when: {}", refused.body);
}

#[tokio::test]
async fn whoever_has_a_passkey_adds_another_only_with_one_and_is_told_of_each_by_mail() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    // The list goes by age: none of them is as old as the other.
    app.advance(1);
    let (first, second) = (ways(&app, &mut browser).await, ways(&app, &mut browser).await);
    let page = add(&app, &mut browser, &first).await;
    assert!(page.body.contains("From now on this passkey signs you in"), "{}", page.body);
    until(async || mails(&app, ADDED) == 1).await;
    // The page does not offer it any more, and a page from before does no better.
    assert!(offer(&page).is_none() && page.body.contains(BEFORE), "{}", page.body);
    let refused = add(&app, &mut browser, &second).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("Sign in with your passkey first") && refused.body.contains(BEFORE));
    assert!(refused.body.contains("step=passkey"), "the way on: {}", refused.body);
    by_passkey(&app).await;
    app.advance(1);
    let page = ways(&app, &mut browser).await;
    let page = add(&app, &mut browser, &page).await;
    assert_eq!(page.body.matches(">Passkey<").count(), 2, "{}", page.body);
    until(async || mails(&app, ADDED) == 2).await;
    // The password is the first.
    let form = forms(&page.body).into_iter().rfind(|form| form.has_button("Remove")).unwrap();
    let page = browser.press(&page, &form, "Remove").await;
    assert!(page.body.contains("does not sign you in any more"), "{}", page.body);
    until(async || mails(&app, REMOVED) == 1).await;
}
