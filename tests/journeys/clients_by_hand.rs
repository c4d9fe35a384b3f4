//! Clients that a merchant makes by hand, for platforms that cannot register (A22): at the console, and by the command line.

use tillgate::domain::staff::Role;

use crate::support::html::forms;
use crate::support::program::Program;
use crate::support::{Agent, App, Browser, Page, http};

const GOOGLE: &str = "https://oauth-redirect.googleusercontent.com/r/tea-1";

/// Posts a form of the page with these values in place of those that a person would type.
async fn post(browser: &mut Browser, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
    let form = forms(&page.body).into_iter().find(|form| form.action == action).unwrap();
    let csrf = form.fields.into_iter().find(|field| field.name == "csrf").unwrap().value;
    let fields = [&[("csrf", csrf.as_str()), ("environment", "live")], fields].concat();
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    browser.send(page, action, &fields).await
}

/// What stands in the row of the page that is labelled so.
fn shown(page: &Page, label: &str) -> String {
    let row = page.body.split("<dt>").find(|row| row.starts_with(&format!("{label}</dt>")));
    let row = row.unwrap_or_else(|| panic!("nothing is labelled {label:?}:\n{}", page.body));
    row.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap().to_owned()
}

/// The client that the console has just made.
fn made(app: &App, page: &Page) -> Agent {
    let secret = page.body.contains("Client secret</dt>").then(|| shown(page, "Client secret"));
    Agent {
        http: http(),
        issuer: app.live().issuer.clone(),
        resource: app.live().resource.clone(),
        client_id: shown(page, "Client id"),
        secret,
        key: None,
    }
}

async fn add_google(app: &App, browser: &mut Browser) -> (Agent, Page) {
    browser.sign_in_as_staff(app.live(), Role::Admin).await;
    let form = browser.open(&app.live().address("/console/clients/add?environment=live&preset=google")).await;
    let resource = app.live().resource.as_str();
    let fields = [
        ("preset", "google"),
        ("name", "Google"),
        ("project", "tea-1"),
        ("auth_method", "client_secret_basic"),
        ("default_resource", resource),
        ("class", ""),
    ];
    let page = post(browser, &form, "/console/clients/add", &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
    (made(app, &page), page)
}

/// As Google asks: no resource is named.
async fn code(app: &App, agent: &Agent, scopes: &str) -> (String, String) {
    let (parameters, verifier, _) = agent.parameters(scopes);
    let parameters: Vec<_> = parameters
        .into_iter()
        .filter(|(name, _)| *name != "resource")
        .map(|(name, value)| if name == "redirect_uri" { (name, GOOGLE.to_owned()) } else { (name, value) })
        .collect();
    let mut shopper = Browser::new();
    let page = shopper.reach_consent(&agent.authorize_url(&parameters), app.live()).await;
    let back = shopper.allow_everything(&page).await;
    (back.sent_back("code").unwrap_or_else(|| panic!("{}", back.body)), verifier)
}

/// Gives the client that name, and ticks that box.
async fn change_google(app: &App, admin: &mut Browser, agent: &Agent, (name, ticked): (&str, &str)) {
    let page = format!("/console/clients/client?environment=live&id={}", agent.client_id);
    let form = admin.open(&app.live().address(&page)).await;
    let fields = [
        ("id", agent.client_id.as_str()),
        ("name", name),
        ("redirect_uris", GOOGLE),
        ("default_resource", app.live().resource.as_str()),
        ("class", ""),
        (ticked, "yes"),
    ];
    post(admin, &form, "/console/clients/client", &fields).await;
}

async fn redeem(agent: &Agent, code: &str, verifier: &str) -> crate::support::Answer {
    let form =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", GOOGLE), ("code_verifier", verifier)];
    let request = http().post(format!("{}/token", agent.issuer)).basic_auth(&agent.client_id, agent.secret.as_deref());
    crate::support::Answer::of(request.form(&form).send().await.unwrap()).await
}

#[tokio::test]
async fn google_links_with_a_client_that_the_console_made_and_names_no_resource() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (agent, page) = add_google(&app, &mut admin).await;
    assert!(page.headers["cache-control"].to_str().unwrap().contains("no-store"), "the secret is in no cache");
    assert!(!page.url.as_str().contains("tgs_"), "and in no address");
    assert_eq!(shown(&page, "Token URL"), format!("{}/token", app.live().issuer));

    let (code, verifier) = code(&app, &agent, "products:read cart:write offline_access").await;
    let tokens = redeem(&agent, &code, &verifier).await.tokens();
    assert!(tokens.scope.contains("cart:write"), "{}", tokens.scope);
    assert!(app.live().accepts(&tokens.access).await, "it is for the default resource");

    let list = admin.open(&app.live().address("/console/clients")).await;
    assert!(list.body.contains(&agent.client_id) && !list.body.contains("tgs_"), "the secret is never shown again");
    let trail = admin.open(&app.live().address("/console/audit")).await;
    assert!(trail.body.contains("Client made by hand"), "{}", trail.body);
}

#[tokio::test]
async fn only_where_the_merchant_says_so_may_a_client_with_a_secret_leave_pkce_out() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (agent, _) = add_google(&app, &mut admin).await;
    let asked = |agent: &Agent| {
        let (parameters, _, _) = agent.parameters("products:read");
        let with = |(name, value): (&'static str, String)| match name {
            "redirect_uri" => Some((name, GOOGLE.to_owned())),
            "code_challenge" | "code_challenge_method" | "resource" => None,
            _ => Some((name, value)),
        };
        agent.authorize_url(&parameters.into_iter().filter_map(with).collect::<Vec<_>>())
    };
    let refused = Browser::new().open(&asked(&agent)).await;
    assert_eq!(refused.sent_back("error").as_deref(), Some("invalid_request"), "strict by default");

    change_google(&app, &mut admin, &agent, ("Google", "pkce_optional")).await;
    let mut shopper = Browser::new();
    let consent = shopper.reach_consent(&asked(&agent), app.live()).await;
    let bare = shopper.allow(&consent).await.sent_back("code").unwrap();
    // RFC 9700 §4.8.2: where no challenge was sent, a verifier is somebody else's.
    assert_eq!(redeem(&agent, &bare, &"v".repeat(43)).await.error(), "invalid_grant");
    let form = [("grant_type", "authorization_code"), ("code", bare.as_str()), ("redirect_uri", GOOGLE)];
    let exchange = async |secret: Option<&str>, form: &[(&str, &str)]| {
        let request = http().post(format!("{}/token", agent.issuer)).basic_auth(&agent.client_id, secret);
        crate::support::Answer::of(request.form(form).send().await.unwrap()).await
    };
    assert_eq!(exchange(Some("tgs_wrong"), &form).await.error(), "invalid_client");
    exchange(agent.secret.as_deref(), &form).await.tokens();
    // Where one was sent, it must be answered all the same.
    let (bound, verifier) = code(&app, &agent, "products:read").await;
    let form = [("grant_type", "authorization_code"), ("code", bound.as_str()), ("redirect_uri", GOOGLE)];
    assert_eq!(exchange(agent.secret.as_deref(), &form).await.error(), "invalid_grant");
    redeem(&agent, &bound, &verifier).await.tokens();
}

#[tokio::test]
async fn where_the_merchant_says_so_google_is_linked_with_one_question_and_cancel_stays_as_easy() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (agent, _) = add_google(&app, &mut admin).await;
    let scopes = "products:read inventory:read cart:write checkout:initiate offline_access";
    let asked = |agent: &Agent| {
        let (parameters, verifier, _) = agent.parameters(scopes);
        let with = |(name, value)| if name == "redirect_uri" { (name, GOOGLE.to_owned()) } else { (name, value) };
        (agent.authorize_url(&parameters.into_iter().map(with).collect::<Vec<_>>()), verifier)
    };
    let mut shopper = Browser::new();
    let boxes = shopper.reach_consent(&asked(&agent).0, app.live()).await;
    assert!(boxes.body.contains("type=\"checkbox\"") && boxes.form("Allow").has_button("Deny"), "off by default");

    change_google(&app, &mut admin, &agent, ("Gemini at Google", "bundled")).await;
    let stale = shopper.allow(&boxes).await;
    assert!(stale.left_for.is_none(), "what was shown before is not agreed to now");

    let (url, verifier) = asked(&agent);
    let page = shopper.open(&url).await;
    assert!(page.body.contains("to “\u{2068}Google\u{2069}”"), "the company, not a product: {}", page.body);
    for said in [
        "Fill your cart, and start checkouts for you to confirm",
        "What is shared",
        "https://policies.google.com/privacy",
        "To unlink it, open Connected agents",
        "Limit per order",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains("type=\"checkbox\""), "{}", page.body);
    let mut form = page.form("Agree and link");
    assert!(form.has_button("Cancel"));
    form.fill("Limit per order (EUR)", "80");
    form.fill("When access ends", "month");
    // What was not asked for is not given, whatever is posted.
    let mut fields = form.pressed("Agree and link");
    fields.push(("scope".to_owned(), "orders:read".to_owned()));
    let back = shopper.send(&page, &form.action, &fields).await;
    let code = back.sent_back("code").unwrap_or_else(|| panic!("{}", back.body));
    let tokens = redeem(&agent, &code, &verifier).await.tokens();
    let mut given: Vec<&str> = tokens.scope.split(' ').collect();
    let mut wanted: Vec<&str> = scopes.split(' ').collect();
    given.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(given, wanted);
    let kept = "UPDATE consent_receipts SET locale = locale WHERE is_bundled AND limit_per_order = 8000 \
                AND expires_at - at = 2592000000000";
    assert_eq!(app.sql(kept).await, 1, "the receipt says which question it was");

    let page = shopper.open(&asked(&agent).0).await;
    let back = shopper.press(&page, &page.form("Cancel"), "Cancel").await;
    assert_eq!(back.sent_back("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_secret_replaced_at_the_console_overlaps_or_ends_at_once_as_was_chosen() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (before, _) = add_google(&app, &mut admin).await;
    let page = format!("/console/clients/client?environment=live&id={}", before.client_id);
    let replace = async |admin: &mut Browser, hours: &str| {
        let shown_page = admin.open(&app.live().address(&page)).await;
        let fields = [("id", before.client_id.as_str()), ("overlap", hours)];
        let once = post(admin, &shown_page, "/console/clients/secret", &fields).await;
        Agent { secret: Some(shown(&once, "Client secret")), ..before.clone() }
    };
    let works = async |agent: &Agent| {
        let (code, verifier) = code(&app, agent, "products:read").await;
        redeem(agent, &code, &verifier).await.status == 200
    };
    assert!(works(&before).await);
    let after = replace(&mut admin, "24").await;
    assert!(works(&before).await && works(&after).await, "both count for a day");
    let last = replace(&mut admin, "0").await;
    assert!(!works(&after).await, "without overlap the one before counts no more, whatever was cached");
    assert!(!works(&before).await && works(&last).await, "and only one before the last ever does");
}

#[tokio::test]
async fn a_viewer_sees_clients_by_hand_and_changes_nothing() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (agent, _) = add_google(&app, &mut admin).await;
    let mut viewer = Browser::new();
    let page = viewer.sign_in_as_staff(app.live(), Role::Viewer).await;
    let csrf = forms(&page.body).into_iter().flat_map(|form| form.fields).find(|field| field.name == "csrf");
    let list = viewer.open(&app.live().address("/console/clients")).await;
    assert!(list.body.contains(&agent.client_id) && !list.body.contains("Add a client"), "{}", list.body);
    assert_eq!(viewer.open(&app.live().address("/console/clients/add")).await.status, 403);
    let id = agent.client_id.as_str();
    let posts = [
        ("/console/clients/add", vec![("name", "x"), ("redirect_uris", "https://a.example/")]),
        ("/console/clients/client", vec![("id", id), ("name", "x"), ("redirect_uris", "https://a.example/")]),
        ("/console/clients/secret", vec![("id", id)]),
        ("/console/clients/remove", vec![("id", id)]),
        ("/console/registration/tokens", vec![("note", "x")]),
        ("/console/registration/addresses", vec![("uri", "app://x")]),
    ];
    for (path, fields) in posts {
        // With a token of a form that a viewer is shown, and with none.
        for token in [csrf.as_ref().map_or("", |field| field.value.as_str()), ""] {
            let fields: Vec<_> = [&[("csrf", token), ("environment", "live")], fields.as_slice()].concat();
            let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(viewer.send(&list, path, &fields).await.status, 403, "{path}");
        }
    }
    let (code, verifier) = code(&app, &agent, "products:read").await;
    assert_eq!(redeem(&agent, &code, &verifier).await.status, 200, "everything is as it was");
}

#[tokio::test]
async fn a_removed_client_and_its_sessions_are_gone_at_once() {
    let app = App::start().await;
    let mut admin = Browser::new();
    let (agent, _) = add_google(&app, &mut admin).await;
    let (code, verifier) = code(&app, &agent, "products:read").await;
    let tokens = redeem(&agent, &code, &verifier).await.tokens();
    let page = admin.open(&app.live().address(&format!("/console/clients/client?id={}", agent.client_id))).await;
    post(&mut admin, &page, "/console/clients/remove", &[("id", &agent.client_id)]).await;
    assert!(!app.live().accepts(&tokens.access).await);
    assert_eq!(redeem(&agent, "tgc_x", "v").await.error(), "invalid_client");
}

#[tokio::test]
async fn the_merchants_own_list_lets_an_apps_address_be_registered() {
    let app = App::start().await;
    let register = async || {
        let body = serde_json::json!({"redirect_uris": ["com.tea:/callback"]});
        http().post(format!("{}/register", app.live().issuer)).json(&body).send().await.unwrap().status()
    };
    assert_eq!(register().await, 400);
    let mut admin = Browser::new();
    admin.sign_in_as_staff(app.live(), Role::Admin).await;
    let page = admin.open(&app.live().address("/console/registration")).await;
    for wrong in ["https://tea.example/", "javascript:alert(1)", "com.tea:/*", "com.tea:/x#y", "nothing", "tea: /x"] {
        let refused = post(&mut admin, &page, "/console/registration/addresses", &[("uri", wrong)]).await;
        assert_eq!(refused.status, 422, "{wrong}");
    }
    let page = post(&mut admin, &page, "/console/registration/addresses", &[("uri", "com.tea:/callback")]).await;
    assert!(page.body.contains("com.tea:/callback"), "{}", page.body);
    let mut tries = 0;
    while register().await != 201 {
        tries += 1;
        assert!(tries < 200, "the server does not read the list again");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let page = post(&mut admin, &page, "/console/registration/addresses", &[("remove", "com.tea:/callback")]).await;
    assert!(page.body.contains("You have added none."), "{}", page.body);
}

#[tokio::test]
async fn the_command_line_makes_shows_rotates_and_removes_the_same_clients() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::in_folder(folder.path()).with("TILLGATE__LOG__FILTER", "warn");
    if let Some(url) = tillgate::storage::testing::postgres_database().unwrap() {
        program = program.with("TILLGATE__DATABASE__URL", url);
    }
    let run = |words: &[&str]| program.run(&[&["--development"], words].concat());
    let issuer = "http://localhost:8080";
    run(&["store", "add", "--name", "Tea", "--issuer", issuer]);
    run(&["resource", "add", "--issuer", issuer, "--resource", "http://localhost:8081/mcp"]);
    let said = run(&[
        "client",
        "add",
        "--issuer",
        issuer,
        "--name",
        "Google",
        "--redirect-uri",
        GOOGLE,
        "--redirect-uri",
        "https://b.example/cb",
        "--default-resource",
        "http://localhost:8081/mcp",
        "--class",
        "shop",
    ]);
    let line = |said: &str, name: &str| {
        said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap().to_owned()
    };
    let (id, secret) = (line(&said, "id"), line(&said, "secret"));
    assert!(run(&["client", "list", "--issuer", issuer]).contains(&id));
    let shown = run(&["client", "show", &id]);
    for expected in
        ["name: Google", "auth-method: client_secret_basic", "redirect-uri: https://b.example/cb", "class: shop"]
    {
        assert!(shown.contains(expected), "{shown}");
    }
    assert!(!shown.contains(&secret));
    let rotated = run(&["client", "rotate-secret", &id, "--overlap", "7d"]);
    assert_ne!(line(&rotated, "secret"), secret);
    assert!(run(&["client", "show", &id]).contains("previous-secret-until: "));
    let said = run(&["client", "token", "add", "--issuer", issuer, "--uses", "3", "--expires", "30d", "--note", "Pal"]);
    assert!(line(&said, "token").starts_with("tgi_"));

    let refused = |words: &[&str]| program.attempt(&[&["--development"], words].concat()).unwrap_err();
    let plain = ["client", "add", "--issuer", issuer, "--name", "X", "--redirect-uri", "http://x.example/"];
    assert!(refused(&plain).contains("is no redirect URI"));
    let elsewhere = [
        "client",
        "add",
        "--issuer",
        issuer,
        "--name",
        "X",
        "--redirect-uri",
        GOOGLE,
        "--default-resource",
        "http://x/",
    ];
    assert!(refused(&elsewhere).contains("is not a resource of this issuer"));
    run(&["client", "remove", &id]);
    assert!(refused(&["client", "show", &id]).contains("there is no client"));
}
