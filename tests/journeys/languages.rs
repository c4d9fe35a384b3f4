//! Which language people are spoken to in: what they chose, what the agent asked for, what their browser prefers, the store's
//! (spec/pages.md 5.3, rule 14; OpenID Connect Core §3.1.2.1; RFC 9110 §12.5.4); and that receipts and mails follow.

use std::time::Duration;

use super::purchases::Scene;
use crate::support::{Agent, App, Browser, Page};

fn reading(languages: &'static str) -> Browser {
    let mut browser = Browser::new();
    browser.languages = Some(languages);
    browser
}

/// The language that the page and its headers say they are in.
fn language(page: &Page) -> &str {
    let header = page.headers["content-language"].to_str().unwrap();
    assert!(page.body.contains(&format!("<html lang=\"{header}\" dir=\"ltr\">")), "{header}: {}", page.body);
    let vary: Vec<_> = page.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.concat().contains("Accept-Language"), "{vary:?}");
    header
}

/// The mail to this address that says this, as soon as it is there, and whole.
async fn mail(app: &App, to: &str, part: &str) -> String {
    for _ in 0..100 {
        let files = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten().flatten();
        let mails = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        let mut found = mails.filter(|mail| mail.contains(&format!("To: {to}")) && mail.contains(part));
        if let Some(mail) = found.next() {
            return mail;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail to {to} says {part:?}");
}

#[tokio::test]
async fn pages_speak_what_the_browser_prefers_by_its_weights() {
    let app = App::start().await;
    let cases = [
        ("de-AT, en;q=0.5", "de"),
        ("fr, en;q=0.4, de;q=0.6", "de"),
        ("de;q=0, *;q=0.1", "en"),
        ("fr-CA, *", "en"),
        ("de;q=nonsense", "en"),
        ("", "en"),
    ];
    for (languages, expected) in cases {
        let page = reading(languages).open(&app.live().address("/sign-in")).await;
        assert_eq!(language(&page), expected, "{languages}");
    }
    let refused = reading("de").open(&app.live().address("/authorize?client_id=nobody")).await;
    assert_eq!((language(&refused), refused.status.as_u16()), ("de", 400));
    assert!(refused.body.contains("Diesen Agenten kennen wir nicht"), "{}", refused.body);
}

#[tokio::test]
async fn the_switch_on_the_page_keeps_the_page_and_is_remembered_over_all_other_wishes() {
    let app = App::start().await;
    let mut browser = reading("en");
    let page = browser.open(&app.live().address("/sign-in?to=/account/sessions&language=xx")).await;
    assert_eq!(language(&page), "en");
    assert!(browser.cookies.is_empty() || !browser.cookies.keys().any(|(_, name)| name.contains("language")));
    let (_, link) = page.body.split_once("<li><a href=\"").unwrap();
    let (link, named) = link.split_once('"').unwrap();
    assert!(named.starts_with(" lang=\"de\" hreflang=\"de\">Deutsch</a>"), "{named}");
    let german = browser.open(&page.url.join(&link.replace("&#38;", "&")).unwrap()).await;
    assert_eq!(language(&german), "de");
    assert!(german.url.query().unwrap().contains("to=%2Faccount%2Fsessions"), "{}", german.url);
    let kept = browser.cookies.iter().find(|((_, name), _)| name.contains("language")).unwrap();
    assert_eq!(kept.1, "de", "a language and nothing else");
    for path in ["/", "/sign-up", "/console/sign-in", "/sign-in?ui_locales=en"] {
        assert_eq!(language(&browser.open(&app.live().address(path)).await), "de", "{path}");
    }
    assert_eq!(language(&browser.open(&app.live().address("/sign-up?language=en")).await), "en");
    assert_eq!(language(&browser.open(&app.live().address("/")).await), "en");
}

#[tokio::test]
async fn what_the_agent_asks_for_is_spoken_from_sign_in_to_consent_and_stands_in_the_receipt() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let (mut parameters, ..) = agent.parameters("products:read inventory:read");
    parameters.push(("ui_locales", "fr de-DE en".to_owned()));
    let mut browser = reading("en");
    let door = browser.open(&agent.authorize_url(&parameters)).await;
    assert_eq!((language(&door), door.url.path()), ("de", "/sign-in"));
    let mut form = door.form("Anmelden");
    form.fill("E-Mail-Adresse", &app.live().email);
    form.fill("Passwort", &app.live().password);
    let consent = browser.press(&door, &form, "Anmelden").await;
    assert_eq!(language(&consent), "de");
    assert!(consent.body.contains("möchte bei") && consent.body.contains("Das kann er nie"), "{}", consent.body);
    // In another language the words are others: an answer to the one does not count for the other.
    let mut other = browser.clone();
    other.cookies.retain(|(_, name), _| !name.contains("language"));
    let stale = other.press(&consent, &consent.form("Erlauben"), "Erlauben").await;
    assert!(stale.left_for.is_none(), "{:?}", stale.left_for);
    let back = browser.press(&consent, &consent.form("Erlauben"), "Erlauben").await;
    assert!(back.sent_back("code").is_some(), "{}", back.body);
    let words = tillgate::locale::Locale::find("de").unwrap().consent_text_version();
    let receipt = format!("UPDATE consent_receipts SET locale = 'de' WHERE locale = 'de' AND text_version = '{words}'");
    assert_eq!(app.sql(&receipt).await, 1, "it names the very words");
    // The next agent asks for nothing: its shopper is asked in the browser's language again.
    let other = Agent::register(app.live()).await;
    assert_eq!(language(&browser.open(&other.ask("products:read").url).await), "en");
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_page_that_asked_for_them_and_of_the_last_consent() {
    let app = App::start().await;
    let mut browser = reading("de");
    for (path, button, subject) in
        [("/sign-up", "Link schicken", "Ihr Konto bei"), ("/sign-in/code", "Code schicken", "Ihr Code")]
    {
        let page = browser.open(&app.live().address(path)).await;
        let mut form = page.form(button);
        let email = format!("new-{}@example.com", path.len());
        form.fill("E-Mail-Adresse", &email);
        browser.press(&page, &form, button).await;
        let mail = mail(&app, &email, "Guten Tag,").await;
        assert!(mail.contains(subject), "{mail}");
    }
    let scene = Scene::set(app.live()).await;
    app.sql("UPDATE consent_receipts SET locale = 'de'").await;
    scene.ask("one").await;
    let mail = mail(&app, &app.live().email, "Guten Tag,").await;
    assert!(mail.contains("Kauf bei"), "{mail}");
}
