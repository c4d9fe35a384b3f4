//! A password is chosen anew by whoever has just signed in, and by nobody else; whoever was in by the old one is out.

use std::time::Duration;

use crate::codes::{self, is_signed_in};
use crate::support::app::PASSWORD;
use crate::support::{App, Browser, Hosting, Page};

const NEW: &str = "a longer horse, well stapled";
const SAVE: &str = "Save the password";

async fn choose(app: &App, browser: &mut Browser, password: &str) -> Page {
    let page = browser.open(&app.live().address("/account/password")).await;
    let mut form = page.form(SAVE);
    form.fill("New password", password);
    browser.press(&page, &form, SAVE).await
}

/// Where signing in with this password leads.
async fn tries(app: &App, password: &str) -> String {
    let mut browser = Browser::new();
    let page = browser.open(&app.live().address("/sign-in")).await;
    let mut form = page.form("Sign in");
    form.fill("E-mail address", &app.live().email);
    form.fill("Password", password);
    browser.press(&page, &form, "Sign in").await.url.path().to_owned()
}

async fn is_mailed(app: &App, subject: &str) -> bool {
    for _ in 0..200 {
        let files = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten().flatten();
        if files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).any(|mail| mail.contains(subject)) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn a_new_password_takes_the_place_of_the_old_one_and_signs_every_other_browser_out() {
    let app = App::start().await;
    let (mut here, mut elsewhere) = (Browser::signed_in(app.live()).await, Browser::signed_in(app.live()).await);
    let ways = here.open(&app.live().address("/account/sign-in")).await;
    assert!(ways.body.contains("Change the password"), "{}", ways.body);
    let done = choose(&app, &mut here, NEW).await;
    assert!(done.body.contains("The new password signs you in"), "{} {}", done.status, done.body);
    assert!(is_signed_in(&app, &mut here).await && !is_signed_in(&app, &mut elsewhere).await);
    assert_eq!(
        (tries(&app, PASSWORD).await.as_str(), tries(&app, NEW).await.as_str()),
        ("/sign-in", "/account/agents")
    );
    assert!(is_mailed(&app, "A new password at").await, "in case it was somebody else");
}

#[tokio::test]
async fn who_has_forgotten_the_password_signs_in_by_a_code_and_chooses_another() {
    let app = App::start().await;
    let mut browser = Browser::new();
    codes::sign_in(&app, &mut browser, 1).await;
    let done = choose(&app, &mut browser, NEW).await;
    assert!(done.body.contains("The new password signs you in"), "{} {}", done.status, done.body);
    assert_eq!(tries(&app, NEW).await, "/account/agents");
}

#[tokio::test]
async fn who_never_had_a_password_can_choose_one_and_a_weak_one_is_refused_with_what_is_wrong() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    app.sql("DELETE FROM identities WHERE kind = 'password'").await;
    let ways = browser.open(&app.live().address("/account/sign-in")).await;
    assert!(ways.body.contains("Choose a password"), "{}", ways.body);
    for (weak, why) in [("short", "too short"), ("password1234", "lists that attackers try first")] {
        let refused = choose(&app, &mut browser, weak).await;
        assert!(refused.status == 400 && refused.body.contains(why), "{weak}: {} {}", refused.status, refused.body);
    }
    assert_eq!(tries(&app, "password1234").await, "/sign-in");
    choose(&app, &mut browser, NEW).await;
    assert_eq!(tries(&app, NEW).await, "/account/agents");
}

#[tokio::test]
async fn a_browser_that_was_left_open_changes_no_password() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let page = browser.open(&app.live().address("/account/password")).await;
    let mut form = page.form(SAVE);
    form.fill("New password", NEW);
    app.advance(11 * 60);
    let asked = browser.press(&page, &form, SAVE).await;
    assert_eq!(asked.url.path(), "/sign-in", "{}", asked.body);
    assert_eq!(browser.open(&page.url).await.url.path(), "/sign-in");
    // And back here, once it was shown again who it is.
    let asked = browser.open(&page.url).await;
    let back = browser.sign_in(&asked, app.live()).await;
    assert_eq!(back.url.path(), "/account/password", "{}", back.body);
    assert_eq!(tries(&app, NEW).await, "/sign-in");
    // Nor does a form of another session.
    let mut other = Browser::signed_in(app.live()).await;
    let foreign = other.press(&page, &form, SAVE).await;
    assert_eq!(foreign.status, 403, "{}", foreign.body);
}

#[tokio::test]
async fn who_tries_many_new_passwords_waits() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SIGN_IN__ATTEMPTS_PER_ACCOUNT", "2")]).await;
    let mut browser = Browser::signed_in(app.live()).await;
    for _ in 0..2 {
        assert_eq!(choose(&app, &mut browser, "short").await.status, 400);
    }
    assert_eq!(choose(&app, &mut browser, NEW).await.status, 429);
    assert_eq!(tries(&app, PASSWORD).await, "/account/agents", "nothing was changed");
}
