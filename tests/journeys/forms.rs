//! Forms that nobody's page has sent so: whichever it is, a page answers that names its reference id, in the reader's language.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE};
use tillgate::domain::staff::Role;

use crate::agents::until;
use crate::support::app::PASSWORD;
use crate::support::{App, Browser, Hosting, Page, Shop, http};

/// Every address of the account and of the console that takes a form.
const ADDRESSES: [&str; 41] = [
    "/account/agents/change",
    "/account/agents/disconnect",
    "/account/agents/disconnect-all",
    "/account/agents/purchases",
    "/account/data",
    "/account/delete",
    "/account/passkeys",
    "/account/password",
    "/account/sessions",
    "/account/sign-in/link",
    "/account/sign-in/remove",
    "/consent",
    "/purchases/1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/code/enter",
    "/sign-in/passkey",
    "/sign-in/with",
    "/sign-out",
    "/sign-up",
    "/sign-up/finish",
    "/console/agents",
    "/console/agents/agent",
    "/console/agents/merge",
    "/console/agents/policy",
    "/console/agents/policy/checkout",
    "/console/agents/policy/denied",
    "/console/agents/policy/hosts",
    "/console/clients/add",
    "/console/clients/client",
    "/console/clients/remove",
    "/console/clients/secret",
    "/console/health",
    "/console/registration/addresses",
    "/console/registration/tokens",
    "/console/revoke",
    "/console/settings/access",
    "/console/settings/pause",
    "/console/settings/resume",
    "/console/sign-in",
    "/console/sign-out",
];

const FORM: &str = "application/x-www-form-urlencoded";
const MAX_BODY: &str = "4KiB";

/// How many routes of pages take a form, by the source.
fn routes(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| !path.ends_with("tests") && !path.ends_with("tests.rs"))
        .map(|path| {
            if path.is_dir() {
                return routes(&path);
            }
            let text = std::fs::read_to_string(path).unwrap();
            text.matches("web::post()").count() + text.matches(").post(").count()
        })
        .sum()
}

/// The id that the page shows, which is the one of its header.
fn reference(what: &str, page: &Page) -> String {
    let named = page.headers.get("reference-id").unwrap_or_else(|| panic!("{what}: no reference: {}", page.body));
    let named = named.to_str().unwrap().to_owned();
    assert_eq!(page.body.matches(&format!("<code>{named}</code>")).count(), 1, "{what}: {}", page.body);
    named
}

#[tokio::test]
async fn whatever_is_sent_instead_of_a_form_is_answered_by_a_page_with_its_reference() {
    let pages = routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/pages"));
    assert_eq!(ADDRESSES.iter().collect::<BTreeSet<_>>().len(), pages, "a form is sent to an address that is not here");
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SERVER__MAX_BODY", MAX_BODY)]).await;
    let mut browser = Browser::signed_in(app.live()).await;
    browser.sign_in_as_staff(app.live(), Role::Admin).await;
    let cookies: Vec<String> = browser.cookies.iter().map(|((_, name), value)| format!("{name}={value}")).collect();
    let long = format!("csrf={}", "a".repeat(5_000));
    let sent = [
        ("a NUL", FORM, "csrf=a%00b", 400),
        ("a field twice", FORM, "csrf=a&csrf=b", 400),
        ("another type", "text/plain", "csrf=a", 415),
        ("another charset", "application/x-www-form-urlencoded; charset=utf-16", "csrf=a", 415),
        ("too much", FORM, long.as_str(), 413),
    ];
    for address in ADDRESSES {
        for (what, kind, body, status) in sent {
            let what = format!("{what} at {address}");
            let request = http()
                .post(app.live().address(address))
                .header(COOKIE, cookies.join("; "))
                .header(CONTENT_TYPE, kind)
                .header(ACCEPT_LANGUAGE, "de")
                .body(body.to_owned());
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), status, "{what}: {}", answer.text().await.unwrap());
            let (status, url, headers) = (answer.status(), answer.url().clone(), answer.headers().clone());
            let page = Page { status, url, headers, body: answer.text().await.unwrap(), left_for: None };
            assert!(page.headers[CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{what}: {}", page.body);
            let title = if status == 413 { "zu lang" } else { "nicht so angekommen" };
            let is_german = page.body.contains("<html lang=\"de\"") && page.body.contains("Kennung");
            assert!(is_german && page.body.contains(title), "{what}: {}", page.body);
            reference(&what, &page);
        }
    }
    assert!(browser.open(&app.live().address("/account/agents")).await.url.path().ends_with("/account/agents"));
}

#[tokio::test]
async fn the_console_says_why_a_form_was_refused() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SERVER__MAX_BODY", MAX_BODY)]).await;
    let mut browser = Browser::new();
    let page = browser.sign_in_as_staff(app.live(), Role::Admin).await;
    let fields = |value: String| [("csrf".to_owned(), value)];
    for (value, status, demand) in [
        ("a\0b".to_owned(), 400, "Parameters have printable characters only"),
        ("a".repeat(5_000), 413, "The request is not too large"),
    ] {
        let refused = browser.send(&page, "/console/settings/pause", &fields(value)).await;
        assert_eq!(refused.status, status, "{}", refused.body);
        let id = reference(demand, &refused);
        let why = app.live().address(&format!("/console/why?reference={id}"));
        let browser = browser.clone();
        until(async || browser.clone().open(&why).await.body.contains(demand)).await;
    }
}

/// Tries to sign in with a password that nobody has.
async fn mistype(browser: &mut Browser, path: &str, shop: &Shop) -> Page {
    let page = browser.open(&shop.address(path)).await;
    browser.sign_in(&page, &Shop { password: format!("not {PASSWORD}"), ..shop.clone() }).await
}

#[tokio::test]
async fn a_failed_sign_in_shows_its_reference_and_nothing_else_that_tells_two_addresses_apart() {
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__SIGN_IN__ATTEMPTS_PER_ACCOUNT", "1")]).await;
    for (path, known) in
        [("/sign-in", app.live().email.clone()), ("/console/sign-in", "admin@store.example".to_owned())]
    {
        let mut browser = Browser::new();
        browser.open(&app.live().address(path)).await;
        let mut seen = Vec::new();
        for email in [known.as_str(), "nobody@example.com"] {
            let shop = Shop { email: email.to_owned(), ..app.live().clone() };
            let mut answers = Vec::new();
            for status in [403, 429] {
                let page = mistype(&mut browser, path, &shop).await;
                assert_eq!(page.status, status, "{path} {email}: {}", page.body);
                let reference = reference(path, &page);
                answers.push(page.body.replace(&reference, "").replace(email, ""));
            }
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1], "{path}");
        let asked = browser.open(&app.live().address(path)).await;
        assert!(!asked.body.contains("Reference"), "nothing was refused yet: {}", asked.body);
    }
}
