//! What one site or person can make another's browser do: login CSRF, session fixation, forged forms, framing, script in
//! names; and what the sign-in pages give away.

use serde_json::json;

use crate::support::agent::CALLBACK;
use crate::support::app::staff_email;
use crate::support::{Agent, App, Browser, Page, Shop, http};
use tillgate::domain::staff::Role;
use url::Url;

fn without_values(page: &Page) -> String {
    let mut body = page.body.clone();
    if let Some(reference) = page.headers.get("reference-id") {
        body = body.replace(reference.to_str().unwrap(), "REFERENCE");
    }
    for button in ["Sign in", "Send me the link"] {
        for form in crate::support::html::forms(&page.body).into_iter().filter(|form| form.has_button(button)) {
            for field in form.fields.iter().filter(|field| !field.value.is_empty()) {
                body = body.replace(&field.value, "VALUE");
            }
        }
    }
    body
}

#[tokio::test]
async fn a_sign_in_form_of_another_browser_signs_nobody_in() {
    let app = App::start().await;
    let mut attacker = Browser::new();
    let page = attacker.open(&format!("{}/sign-in", app.live().issuer).parse().unwrap()).await;
    let mut form = page.form("Sign in");
    form.fill("E-mail address", &app.live().email);
    form.fill("Password", &app.live().password);
    let mut victim = Browser::new();
    victim.open(&page.url).await;
    let answer = victim.press(&page, &form, "Sign in").await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(victim.cookies.keys().all(|(_, name)| !name.contains("shopper")));
}

#[tokio::test]
async fn a_session_fixed_beforehand_is_not_the_one_that_is_signed_in() {
    let app = App::start().await;
    let name = format!("tg-shopper-{}-{}", app.live().issuer_id, app.port);
    let key = ("localhost".to_owned(), name);
    let fixed = "A".repeat(43);
    let door = format!("{}/sign-in", app.live().issuer).parse().unwrap();
    let mut victim = Browser::new();
    victim.cookies.insert(key.clone(), fixed.clone());
    let page = victim.open(&door).await;
    victim.sign_in(&page, app.live()).await;
    let first = victim.cookies.get(&key).cloned();
    assert!(first.as_ref().is_some_and(|value| *value != fixed), "a session of its own");
    let mut attacker = Browser::new();
    attacker.cookies.insert(key.clone(), fixed);
    assert!(attacker.open(&door).await.url.path().ends_with("/sign-in"), "not signed in");
    assert!(!victim.open(&door).await.url.path().ends_with("/sign-in"), "signed in");
}

#[tokio::test]
async fn consent_is_not_given_without_the_form_that_was_shown() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
    let other = browser.reach_consent(&agent.ask("products:read cart:write").url, app.live()).await;
    let form = page.form("Allow");
    let token = |page: &Page| page.form("Allow").fields.into_iter().find(|field| field.name == "csrf").unwrap().value;
    for forged in [None, Some(String::new()), Some("1.AAAA".to_owned()), Some(token(&other))] {
        let mut fields = form.pressed("Allow");
        fields.retain(|(name, _)| name != "csrf");
        fields.extend(forged.map(|value| ("csrf".to_owned(), value)));
        let answer = browser.send(&page, &form.action, &fields).await;
        assert!(answer.left_for.is_none() && answer.status.is_client_error(), "{}", answer.status);
    }
    // Nor by an address alone.
    let mut url = page.url.clone();
    url.query_pairs_mut().append_pair("decision", "allow").append_pair("csrf", &token(&page));
    assert_eq!(browser.open(&url).await.left_for, None);
    assert!(browser.allow(&page).await.sent_back("code").is_some(), "the form as it was shown");
}

#[tokio::test]
async fn nobody_is_signed_out_by_another_site() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
    let before = browser.cookies.clone();
    let answer = browser.send(&page, "/sign-out", &[]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(browser.cookies, before);
}

#[tokio::test]
async fn no_page_can_be_framed() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let consent = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
    let mut pages = vec![consent];
    for path in ["/sign-in", "/sign-up", "/account/agents", "/authorize", "/console/sign-in", "/nowhere"] {
        pages.push(Browser::new().open(&format!("{}{path}", app.live().issuer).parse().unwrap()).await);
    }
    for page in pages {
        let header =
            |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
            "{}: {policy}",
            page.url
        );
        assert!(!policy.contains("form-action"), "H15");
        assert_eq!(header("x-frame-options"), "DENY", "{}", page.url);
        assert_eq!(header("referrer-policy"), "no-referrer", "{}", page.url);
        assert_eq!(header("x-content-type-options"), "nosniff", "{}", page.url);
    }
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let app = App::start().await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in", app.live().issuer).parse().unwrap()).await;
    let signed_in = browser.sign_in(&page, app.live()).await;
    drop(signed_in);
    let cookie = page.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let door = browser.open(&format!("{}/console/sign-in", app.live().issuer).parse().unwrap()).await;
    let mut form = door.form("Sign in");
    form.fill("E-mail address", &staff_email(Role::Admin));
    form.fill("Password", crate::support::app::PASSWORD);
    let body = form.pressed("Sign in");
    let cookies = browser.cookies.iter().map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>();
    let request = http().post(door.url.clone()).header("cookie", cookies.join("; ")).form(&body);
    let answer = request.send().await.unwrap();
    let all = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let staffs = all.filter(|cookie| cookie.starts_with("tg-staff-")).collect::<Vec<_>>();
    assert_eq!(staffs.len(), 1, "{:?}", answer.headers());
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(staffs[0].contains(part), "{}", staffs[0]);
    }
}

#[tokio::test]
async fn a_name_cannot_bring_script_or_badges_to_the_page() {
    let app = App::start().await;
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "Fern ✅ Verified",
        "Agent\u{202e}tnegA",
        "Zero\u{200b}width",
        "{{7*7}}",
        "'; DROP TABLE clients; --",
    ];
    let mut browser = Browser::new();
    let is_clean = |page: &Page, name: &str| {
        assert_eq!(page.status, 200, "{name:?}");
        for forbidden in ["<script", "<img src=x", "✅", "\u{202e}", "\u{200b}"] {
            assert!(!page.body.contains(forbidden), "{name:?} brought {forbidden:?} to {}", page.url);
        }
    };
    for name in names {
        let agent = Agent::register_as(app.live(), &json!({"client_name": name, "redirect_uris": [CALLBACK]})).await;
        let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
        is_clean(&page, name);
        assert!(page.body.contains("agent.example"), "A38: where it goes is always said");
        assert!(browser.allow(&page).await.sent_back("code").is_some());
    }
    // Those who read the names later: the shopper and the merchant.
    browser.sign_in_as_staff(app.live(), Role::Viewer).await;
    for path in ["/account/agents", "/console", "/console/agents", "/console/audit"] {
        let page = browser.open(&format!("{}{path}", app.live().issuer).parse().unwrap()).await;
        is_clean(&page, "one of the names");
    }
}

#[tokio::test]
async fn state_and_other_parameters_cannot_bring_script_to_a_page() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let script = "\"><script>alert(1)</script>";
    for name in ["client_id", "redirect_uri", "state", "scope", "ui_locales", "resource"] {
        let (mut parameters, _, _) = agent.parameters("products:read");
        parameters.retain(|(key, _)| *key != name);
        parameters.push((name, script.to_owned()));
        let page = Browser::new().open(&agent.authorize_url(&parameters)).await;
        assert!(!page.body.contains("<script>"), "{name}");
    }
    // Pages that say again what was typed.
    for (path, button) in [("/sign-in", "Sign in"), ("/sign-up", "Send me the link"), ("/console/sign-in", "Sign in")] {
        let mut browser = Browser::new();
        let page = browser.open(&format!("{}{path}", app.live().issuer).parse().unwrap()).await;
        let mut form = page.form(button);
        form.fill("E-mail address", script);
        let page = browser.press(&page, &form, button).await;
        assert!(page.body.contains("script") && !page.body.contains("<script>"), "{path}: {}", page.body);
    }
    let mut staff = Browser::new();
    staff.sign_in_as_staff(app.live(), Role::Viewer).await;
    for (path, filter) in [("/console", "agent"), ("/console", "shopper"), ("/console/audit", "session")] {
        let url = Url::parse_with_params(&format!("{}{path}", app.live().issuer), [(filter, script)]).unwrap();
        let page = staff.open(&url).await;
        assert!(page.body.contains("script") && !page.body.contains("<script>"), "{path}: {}", page.body);
    }
}

async fn sign_in_as(app: &App, email: &str) -> Page {
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in", app.live().issuer).parse().unwrap()).await;
    let wrong = Shop { email: email.to_owned(), password: "not the password".to_owned(), ..app.live().clone() };
    browser.sign_in(&page, &wrong).await
}

#[tokio::test]
async fn sign_in_does_not_tell_who_has_an_account() {
    let app = App::start().await;
    let (known, unknown) = (sign_in_as(&app, &app.live().email).await, sign_in_as(&app, "nobody@example.com").await);
    assert_eq!(known.status, unknown.status);
    assert_eq!(without_values(&known), without_values(&unknown));
}

#[tokio::test]
async fn sign_in_costs_the_same_whether_or_not_there_is_an_account() {
    // Enumeration by time. Counted, since a clock on a busy machine says anything.
    let app = App::start().await;
    let nobody = Shop { email: "nobody@example.com".to_owned(), ..app.live().clone() };
    let passwords = &app.application.state().passwords;
    for door in ["/sign-in", "/console/sign-in"] {
        let known = match door {
            "/sign-in" => app.live().clone(),
            _ => Shop { email: staff_email(Role::Viewer), ..app.live().clone() },
        };
        for (who, password, welcome) in [
            (&known, known.password.as_str(), true),
            (&known, "not that one at all", false),
            (&nobody, known.password.as_str(), false),
        ] {
            let mut browser = Browser::new();
            let page = browser.open(&app.live().address(door)).await;
            let before = passwords.computed();
            let answer = browser.sign_in(&page, &Shop { password: password.to_owned(), ..who.clone() }).await;
            assert_eq!(answer.status.is_success(), welcome, "{door} as {}", who.email);
            assert_eq!(passwords.computed() - before, 1, "{door} as {}", who.email);
        }
    }
}

#[tokio::test]
async fn sign_up_does_not_tell_who_has_an_account() {
    let app = App::start().await;
    let mut answers = Vec::new();
    for email in [app.live().email.as_str(), "nobody@example.com"] {
        let mut browser = Browser::new();
        let page = browser.open(&format!("{}/sign-up", app.live().issuer).parse().unwrap()).await;
        let mut form = page.form("Send me the link");
        form.fill("E-mail address", email);
        let answer = browser.press(&page, &form, "Send me the link").await;
        answers.push((answer.status, answer.body.replace(email, "ADDRESS")));
    }
    assert_eq!(answers[0], answers[1]);
}
