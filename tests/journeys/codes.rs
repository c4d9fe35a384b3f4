//! Codes by e-mail: for every address alike, in one browser, a few tries, once, and not for long.

use std::time::Duration;

use crate::support::{Agent, App, Browser, Page};

const ASK: &str = "Send me a code";

/// The codes that were mailed to this address, the oldest first, as soon as there are so many.
pub async fn codes(app: &App, to: &str, count: usize) -> Vec<String> {
    for _ in 0..200 {
        let mut found = mails(app, to);
        if found.len() >= count {
            found.sort();
            return found.into_iter().map(|(_, code)| code).collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {count} mails to {to}");
}

fn mails(app: &App, to: &str) -> Vec<(std::time::SystemTime, String)> {
    let files = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten().flatten();
    let mails = files
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, std::fs::read_to_string(file.path()).ok()?)));
    mails
        .filter(|(_, mail)| mail.contains(&format!("To: {to}")))
        .filter_map(|(at, mail)| Some((at, code_in(&mail)?)))
        .collect()
}

/// Two groups of four digits on a line of their own.
fn code_in(mail: &str) -> Option<String> {
    let lines = mail.lines().map(str::trim);
    lines.map(|line| line.replace(' ', "")).find(|line| line.len() == 8 && line.bytes().all(|b| b.is_ascii_digit()))
}

pub async fn ask(app: &App, browser: &mut Browser, email: &str) -> Page {
    let page = browser.open(&app.live().address("/sign-in/code")).await;
    ask_at(browser, &page, email).await
}

async fn ask_at(browser: &mut Browser, page: &Page, email: &str) -> Page {
    let mut form = page.form(ASK);
    form.fill("E-mail address", email);
    browser.press(page, &form, ASK).await
}

pub async fn enter(browser: &mut Browser, page: &Page, code: &str) -> Page {
    let mut form = page.form("Sign in");
    form.fill("Code", code);
    browser.press(page, &form, "Sign in").await
}

/// Signs the shop's shopper in, to whom it is the mail of this number.
pub async fn sign_in(app: &App, browser: &mut Browser, mailed: usize) {
    let page = ask(app, browser, &app.live().email).await;
    let code = codes(app, &app.live().email, mailed).await.remove(mailed - 1);
    enter(browser, &page, &code).await;
}

pub async fn is_signed_in(app: &App, browser: &mut Browser) -> bool {
    browser.open(&app.live().address("/account/agents")).await.url.path() == "/account/agents"
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    code.chars().map(|c| if c == '0' { '1' } else { '0' }).collect()
}

#[tokio::test]
async fn a_code_leads_from_an_agent_to_its_consent_without_any_password() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    for email in ["new@example.com", "shopper@example.com"] {
        browser.cookies.clear();
        let page = browser.open(&agent.ask("products:read").url).await;
        let start = page.body.find("/sign-in/code?request=").unwrap();
        let link: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
        let page = browser.open(&app.live().address(&link)).await;
        let page = ask_at(&mut browser, &page, email).await;
        let code = codes(&app, email, 1).await.remove(0);
        let consent = enter(&mut browser, &page, &format!("{} {}", &code[..4], &code[4..])).await;
        assert_eq!(consent.url.path(), "/consent", "{}", consent.body);
        assert!(consent.body.contains(email));
    }
    // The same account as with the password.
    let page = browser.open(&app.live().address("/account/sign-in")).await;
    assert!(page.body.contains("Password"), "{}", page.body);
}

#[tokio::test]
async fn nothing_tells_whether_an_address_has_an_account() {
    let app = App::start().await;
    let mut browser = Browser::new();
    let known = ask(&app, &mut browser, "shopper@example.com").await;
    let unknown = ask(&app, &mut browser, "nobody@example.com").await;
    assert_eq!(known.status, unknown.status);
    let plain = |page: &Page, email: &str| {
        let mut text = page.body.replace(email, "");
        for field in page.form("Sign in").fields {
            text = text.replace(&field.value, "");
        }
        text
    };
    assert_eq!(plain(&known, "shopper@example.com"), plain(&unknown, "nobody@example.com"));
    assert_eq!(codes(&app, "nobody@example.com", 1).await.len(), 1, "the same mail for both");
    let wrong_known = enter(&mut browser, &known, "00000000").await;
    let wrong_unknown = enter(&mut browser, &unknown, "00000000").await;
    assert_eq!((wrong_known.status, wrong_unknown.status), (403.try_into().unwrap(), 403.try_into().unwrap()));
}

#[tokio::test]
async fn a_code_can_be_mistyped_four_times_and_is_spent_after_the_fifth_also_when_it_is_right() {
    let app = App::start().await;
    let mut browser = Browser::new();
    let mut page = ask(&app, &mut browser, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 1).await.remove(0);
    for _ in 0..5 {
        page = enter(&mut browser, &page, &wrong(&code)).await;
        assert_eq!(page.status, 403, "{}", page.body);
    }
    let page = enter(&mut browser, &page, &code).await;
    assert_eq!(page.status, 410, "{}", page.body);
    assert!(!is_signed_in(&app, &mut browser).await);

    app.advance(16 * 60);
    let mut page = ask(&app, &mut browser, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 2).await.remove(1);
    for _ in 0..4 {
        page = enter(&mut browser, &page, &wrong(&code)).await;
    }
    enter(&mut browser, &page, &code).await;
    assert!(is_signed_in(&app, &mut browser).await, "the fifth try");
}

#[tokio::test]
async fn many_tries_at_once_are_no_more_than_five() {
    let app = App::start().await;
    let mut browser = Browser::new();
    let page = ask(&app, &mut browser, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 1).await.remove(0);
    let tries = (0..9).map(|_| {
        let (mut browser, page, code) = (browser.clone(), page.clone(), wrong(&code));
        async move { enter(&mut browser, &page, &code).await.status }
    });
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|status| **status == 403).count(), 5, "{answers:?}");
}

#[tokio::test]
async fn a_code_works_once_in_the_browser_that_asked_and_for_ten_minutes() {
    let app = App::start().await;
    let mut browser = Browser::new();
    let page = ask(&app, &mut browser, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 1).await.remove(0);

    // Somebody who has seen code and page in another browser.
    let mut stranger = Browser::new();
    stranger.open(&app.live().address("/sign-in")).await;
    assert_eq!(enter(&mut stranger, &page, &code).await.status, 403);
    assert!(!is_signed_in(&app, &mut stranger).await);

    enter(&mut browser, &page, &code).await;
    assert!(is_signed_in(&app, &mut browser).await);
    let mut again = browser.clone();
    again.cookies.retain(|(_, name), _| !name.contains("shopper"));
    assert_eq!(enter(&mut again, &page, &code).await.status, 410, "used once");
    assert!(!is_signed_in(&app, &mut again).await);

    let page = ask(&app, &mut again, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 2).await.remove(1);
    app.advance(601);
    assert_eq!(enter(&mut again, &page, &code).await.status, 410, "too late");
}

#[tokio::test]
async fn a_code_is_for_the_address_that_it_was_sent_to() {
    let app = App::start().await;
    let mut browser = Browser::new();
    ask(&app, &mut browser, "attacker@example.com").await;
    let own = codes(&app, "attacker@example.com", 1).await.remove(0);
    let victims = ask(&app, &mut browser, "shopper@example.com").await;
    assert_eq!(enter(&mut browser, &victims, &own).await.status, 403);
    assert!(!is_signed_in(&app, &mut browser).await);
}

#[tokio::test]
async fn a_stranger_fills_no_mailbox_and_keeps_no_owner_from_a_code() {
    let app = App::start().await;
    let mut owner = Browser::new();
    let page = owner.open(&app.live().address("/sign-in")).await;
    owner.sign_in(&page, app.live()).await;
    for _ in 0..8 {
        assert_eq!(ask(&app, &mut Browser::new(), "shopper@example.com").await.status, 200, "says what it always says");
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(codes(&app, "shopper@example.com", 5).await.len(), 5);
    owner.cookies.retain(|(_, name), _| !name.contains("shopper"));
    let page = ask(&app, &mut owner, "shopper@example.com").await;
    let code = codes(&app, "shopper@example.com", 6).await.pop().unwrap();
    enter(&mut owner, &page, &code).await;
    assert!(is_signed_in(&app, &mut owner).await);
}

#[tokio::test]
async fn without_mail_there_are_no_codes() {
    let app = App::start_as(crate::support::Hosting::OneStore, &[("TILLGATE__MAIL__TRANSPORT", "off")]).await;
    let mut browser = Browser::new();
    assert!(!browser.open(&app.live().address("/sign-in")).await.body.contains("Send me a code"));
    assert_eq!(browser.open(&app.live().address("/sign-in/code")).await.status, 404);
}
