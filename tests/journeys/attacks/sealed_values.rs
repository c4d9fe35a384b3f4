//! Every sealed or derived value in the place of every other, in another browser, after its use, under another account, and
//! in another environment.

use crate::support::{Agent, App, Browser, Page, Shop};
use url::Url;

/// One of each value that travels, all of one issuer.
struct Values {
    agent: Agent,
    verifier: String,
    browser: Browser,
    code: String,
    refresh: String,
    access: String,
    request: String,
    form_token: String,
    link: String,
}

fn query(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

fn hidden(page: &Page, button: &str, name: &str) -> String {
    page.form(button).fields.into_iter().find(|field| field.name == name).unwrap().value
}

/// The link in the only mail there is. It is quoted-printable: lines that end in `=` go on.
pub(super) async fn sign_up_link(app: &App, browser: &mut Browser, shop: &Shop) -> String {
    let page = browser.open(&format!("{}/sign-up", shop.issuer).parse().unwrap()).await;
    let mut form = page.form("Send me the link");
    form.fill("E-mail address", "new@example.com");
    browser.press(&page, &form, "Send me the link").await;
    for _ in 0..200 {
        let folder = std::fs::read_dir(app.folder.path().join("mail")).into_iter().flatten();
        for file in folder {
            let mail = std::fs::read_to_string(file.unwrap().path()).unwrap_or_default();
            let mail = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
            if let Some((_, rest)) = mail.split_once("link=") {
                return rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail came");
}

impl Values {
    async fn of(app: &App, shop: &Shop) -> Self {
        let agent = Agent::register(shop).await;
        let mut browser = Browser::new();
        let tokens = agent.connect(&mut browser, shop, "products:read").await;
        let link = sign_up_link(app, &mut Browser::new(), shop).await;
        let page = browser.reach_consent(&agent.ask("products:read cart:write").url, shop).await;
        let (request, form_token) = (query(&page.url, "request"), hidden(&page, "Allow", "csrf"));
        let (code, verifier) = agent.obtain_code(&mut browser, shop, "products:read").await;
        Self {
            agent,
            verifier,
            browser,
            code,
            refresh: tokens.refresh,
            access: tokens.access,
            request,
            form_token,
            link,
        }
    }

    fn all(&self) -> [(&'static str, &str); 6] {
        [
            ("code", &self.code),
            ("refresh token", &self.refresh),
            ("access token", &self.access),
            ("authorization request", &self.request),
            ("form token", &self.form_token),
            ("sign-up link", &self.link),
        ]
    }
}

/// Puts a value in every place there is, and says where it was taken.
async fn taken(shop: &Shop, places: &mut Values, value: &str) -> Vec<&'static str> {
    let agent = Agent { issuer: shop.issuer.clone(), ..places.agent.clone() };
    let mut taken = Vec::new();
    // Before the code is spent, which would be a reason of its own to refuse it here.
    if agent.refresh(value).await.status == 200 {
        taken.push("refresh token");
    }
    if agent.redeem(value, &places.verifier).await.status == 200 {
        taken.push("code");
    }
    if shop.accepts(value).await {
        taken.push("access token");
    }
    let open =
        |path: &str, name: &str| Url::parse_with_params(&format!("{}{path}", shop.issuer), [(name, value)]).unwrap();
    if places.browser.open(&open("/consent", "request")).await.status == 200 {
        taken.push("authorization request");
    }
    if places.browser.open(&open("/sign-up/finish", "link")).await.status == 200 {
        taken.push("sign-up link");
    }
    let page =
        places.browser.open(&format!("{}/consent?request={}", shop.issuer, places.request).parse().unwrap()).await;
    let path = Url::parse(&shop.issuer).unwrap().path().trim_end_matches('/').to_owned();
    let mut fields = page.form("Deny").pressed("Deny");
    value.clone_into(&mut fields.iter_mut().find(|(name, _)| name == "csrf").unwrap().1);
    if places.browser.send(&page, &format!("{path}/consent"), &fields).await.left_for.is_some() {
        taken.push("form token");
    }
    taken
}

#[tokio::test]
async fn a_value_is_taken_in_its_own_place_only() {
    let app = App::start().await;
    let mut values = Values::of(&app, app.live()).await;
    let all = values.all().map(|(name, value)| (name, value.to_owned()));
    for (name, value) in all {
        assert_eq!(taken(app.live(), &mut values, &value).await, [name], "where a {name} was taken");
    }
}

#[tokio::test]
async fn a_value_of_live_is_taken_nowhere_in_the_sandbox() {
    let app = App::start().await;
    let live = Values::of(&app, app.live()).await;
    let app = app;
    let sandbox_agent = Agent::register(app.sandbox()).await;
    let mut browser = live.browser.clone();
    let page = browser.reach_consent(&sandbox_agent.ask("products:read").url, app.sandbox()).await;
    let request = query(&page.url, "request");
    let all = live.all().map(|(name, value)| (name, value.to_owned()));
    let mut places = Values { agent: sandbox_agent, browser, request, ..live };
    for (name, value) in all {
        assert!(taken(app.sandbox(), &mut places, &value).await.is_empty(), "a {name} of live");
    }
}

#[tokio::test]
async fn a_sealed_request_works_only_in_the_browser_that_began() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let url = agent.ask("products:read").url;
    let attackers = Browser::new().open(&url).await;
    let consent = format!("{}/consent?request={}", app.live().issuer, query(&attackers.url, "request"));
    // The shopper is signed in, in another browser, and clicks the attacker's link.
    let mut shopper = Browser::new();
    shopper.reach_consent(&url, app.live()).await;
    let page = shopper.open(&consent.parse().unwrap()).await;
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(!page.body.contains("decision"), "no form to answer");
}

#[tokio::test]
async fn an_answered_request_gives_no_second_code() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let asking = agent.ask("products:read inventory:read");
    let page = browser.reach_consent(&asking.url, app.live()).await;
    let first = browser.allow(&page).await.sent_back("code").unwrap();
    // A double click: the same answer, the same code.
    assert_eq!(browser.allow(&page).await.sent_back("code").as_ref(), Some(&first));
    // Another answer: none.
    let mut form = page.form("Allow");
    form.tick("inventory:read", false);
    let other = browser.press(&page, &form, "Allow").await;
    assert_eq!((other.left_for.clone(), other.sent_back("code")), (None, None));
    let tokens = agent.redeem(&first, &asking.verifier).await.tokens();
    let late = browser.allow(&page).await;
    assert_eq!(late.left_for, None, "after the redemption");
    assert!(app.live().accepts(&tokens.access).await);
}

#[tokio::test]
async fn a_sealed_request_is_dead_after_ten_minutes() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let page = browser.reach_consent(&agent.ask("products:read").url, app.live()).await;
    app.advance(601);
    assert_eq!(browser.allow(&page).await.left_for, None);
}

#[tokio::test]
async fn a_form_shown_to_one_account_is_not_taken_from_another() {
    let app = App::start().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let url = agent.ask("products:read").url;
    let page = browser.reach_consent(&url, app.live()).await;
    // The same browser, signed in as somebody else meanwhile.
    let mut other = browser.clone();
    other.cookies.retain(|(_, name), _| !name.contains("shopper"));
    let consent = page.url.clone();
    let somebody = Shop { email: "other@example.com".to_owned(), ..app.live().clone() };
    let theirs = other.reach_consent(&consent, &somebody).await;
    assert_eq!(theirs.status, 200, "{}", theirs.body);
    assert_eq!(other.allow(&page).await.left_for, None, "the first account's form");
    assert!(other.allow(&theirs).await.sent_back("code").is_some(), "their own form");
}
