//! What was agreed to was sentences: once the permissions read otherwise than they did then, as after an upgrade, the shopper is
//! asked about all of them (spec/pages.md 5.2). A grant that names another version is what an older release leaves.

use serde_json::json;

use crate::support::agent::CALLBACK;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Page};

const CART: &str = "products:read inventory:read cart:write";
const SAID: &str = "The permissions are described in other words";

async fn asked(app: &App, agent: &Agent, browser: &mut Browser, scopes: &str) -> Page {
    browser.reach_consent(&agent.ask(scopes).url, app.live()).await
}

/// As if consents before now had shown other sentences.
async fn reword(app: &App, more: &str) {
    let older = "replace(wordings, '\"version\":\"', '\"version\":\"older')";
    assert!(app.sql(&format!("UPDATE grants SET wordings = {older}{more}")).await > 0);
}

/// As if they had shown another one for `scope`. The language is the first thing that is said of each.
async fn reword_one(app: &App, scope: &str) {
    let (today, older) = (format!("\"{scope}\":{{\"locale\":\"en\""), format!("\"{scope}\":{{\"locale\":\"older\""));
    assert!(app.sql(&format!("UPDATE grants SET wordings = replace(wordings, '{today}', '{older}')")).await > 0);
}

/// Whether the page asks whether `scope` may be done, and has not answered itself.
fn is_open_question(page: &Page, scope: &str) -> bool {
    let form = page.form("Allow");
    form.fields.iter().any(|field| field.name == "scope" && field.value == scope && !field.is_sent)
}

#[tokio::test]
async fn permissions_that_read_otherwise_than_when_they_were_allowed_are_asked_about_again() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), &format!("{CART} offline_access")).await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains("A connected agent asks for more") && !page.body.contains(SAID), "{}", page.body);

    reword(&app, "").await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains("An AI agent asks for access") && page.body.contains(SAID), "{}", page.body);
    assert!(is_open_question(&page, "cart:write"), "nothing is kept: {}", page.body);
    assert!(app.live().accepts(&tokens.access).await, "what was allowed goes on until the shopper answers");

    // With the boxes as they are: browsing, and nothing else.
    assert!(browser.allow(&page).await.sent_back("code").is_some());
    assert!(app.live().accepts(&tokens.access).await);
    let renewed = agent.refresh(&tokens.refresh).await.tokens();
    let scope = claims(&renewed.access)["scope"].as_str().unwrap().to_owned();
    assert!(scope.contains("products:read") && !scope.contains("cart:write"), "{scope}");
    let page = asked(&app, &agent, &mut browser, CART).await;
    assert!(page.body.contains("A connected agent asks for more") && !page.body.contains(SAID), "{}", page.body);
}

#[tokio::test]
async fn who_is_not_allowed_to_stay_when_asked_about_anew_stays_nowhere() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let earlier = agent.connect(&mut browser, app.live(), &format!("{CART} offline_access")).await;
    let tokens = agent.refresh(&earlier.refresh).await.tokens();
    reword(&app, "").await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} offline_access")).await;
    assert!(page.body.contains(SAID), "{}", page.body);
    let mut form = page.form("Allow");
    form.tick("offline_access", false);
    assert!(browser.press(&page, &form, "Allow").await.sent_back("code").is_some());
    assert!(app.live().accepts(&tokens.access).await, "its token is over within the hour");
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(agent.refresh(&earlier.refresh).await.error(), "invalid_grant", "nor under grace");
    assert!(app.live().accepts(&tokens.access).await, "which is no replay");
    app.advance(3600);
    assert!(!app.live().accepts(&tokens.access).await);
}

#[tokio::test]
async fn who_denies_what_is_asked_about_anew_changes_nothing_as_the_page_says() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), &format!("{CART} offline_access")).await;
    reword(&app, "").await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} offline_access")).await;
    assert!(page.body.contains("If you allow less now, the rest ends. Deny changes nothing."), "{}", page.body);
    assert_eq!(browser.press(&page, &page.form("Deny"), "Deny").await.sent_back("error").unwrap(), "access_denied");
    let renewed = agent.refresh(&tokens.refresh).await.tokens();
    assert!(claims(&renewed.access)["scope"].as_str().unwrap().contains("cart:write"));
}

/// Of two pages that say the same of an agent, the one that is answered later may say what is not so any more.
#[tokio::test]
async fn a_page_that_says_what_ends_is_shown_anew_once_that_is_not_so_and_the_other_way_round() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    agent.connect(&mut browser, app.live(), CART).await;
    let quiet = asked(&app, &agent, &mut browser, CART).await;
    reword(&app, "").await;
    let (first, second) =
        (asked(&app, &agent, &mut browser, CART).await, asked(&app, &agent, &mut browser, CART).await);
    assert!(!quiet.body.contains(SAID) && first.body.contains(SAID) && second.body.contains(SAID));
    let anew = browser.allow(&quiet).await;
    assert!(anew.status == 409 && anew.body.contains(SAID), "it did not say that the rest ends: {}", anew.body);
    let code = browser.allow_everything(&first).await.sent_back("code");
    assert!(code.is_some());
    assert_eq!(browser.allow_everything(&first).await.sent_back("code"), code, "the same answer again");
    let anew = browser.allow(&second).await;
    assert!(anew.status == 409 && !anew.body.contains(SAID), "what it said ends would not: {}", anew.body);
    assert!(browser.allow(&anew).await.sent_back("code").is_some(), "and now it can be answered");
}

#[tokio::test]
async fn what_is_not_asked_for_again_stays_with_the_connections_that_have_it() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    let tokens = agent.connect(&mut browser, app.live(), &format!("{CART} offline_access")).await;
    reword(&app, "").await;
    // The same client somewhere else, which only looks around.
    let page = asked(&app, &agent, &mut browser, "products:read inventory:read").await;
    assert!(page.body.contains(SAID), "{}", page.body);
    assert!(browser.allow(&page).await.sent_back("code").is_some());
    let renewed = agent.refresh(&tokens.refresh).await.tokens();
    assert!(claims(&renewed.access)["scope"].as_str().unwrap().contains("cart:write"), "nobody was asked about it");
    let page = asked(&app, &agent, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains(SAID) && is_open_question(&page, "cart:write"), "now it is: {}", page.body);
}

#[tokio::test]
async fn what_the_newest_consent_said_counts_and_other_agents_are_not_asked_about() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    agent.connect(&mut browser, app.live(), &format!("{CART} orders:read")).await;
    reword(&app, "").await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains(SAID), "{}", page.body);
    let mut form = page.form("Allow");
    form.tick("cart:write", true);
    assert!(browser.press(&page, &form, "Allow").await.sent_back("code").is_some());
    // The older consent was to reading orders, too: that is not held any more, so its words do not matter.
    let page = asked(&app, &agent, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains("A connected agent asks for more") && !page.body.contains(SAID), "{}", page.body);

    let other = Agent::register_as(app.live(), &json!({"redirect_uris": [CALLBACK], "client_name": "Another"})).await;
    other.connect(&mut browser, app.live(), CART).await;
    reword(&app, &format!(" WHERE client_id = '{}'", agent.client_id)).await;
    let page = asked(&app, &other, &mut browser, &format!("{CART} orders:read")).await;
    assert!(page.body.contains("A connected agent asks for more"), "{}", page.body);
}

#[tokio::test]
async fn a_consent_in_another_language_is_compared_in_its_own() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::signed_in(app.live()).await);
    let (mut parameters, _, _) = agent.parameters(CART);
    parameters.push(("ui_locales", "de".to_owned()));
    let page = browser.reach_consent(&agent.authorize_url(&parameters), app.live()).await;
    assert!(page.body.contains("Das kann er nie"), "{}", page.body);
    let mut form = page.form("Erlauben");
    form.tick_all();
    assert!(browser.press(&page, &form, "Erlauben").await.sent_back("code").is_some());

    // The same browser without the German request: English, and what was said in German still stands there.
    let page = asked(&app, &agent, &mut Browser::new(), &format!("{CART} orders:read")).await;
    assert!(page.body.contains("A connected agent asks for more"), "{}", page.body);
    app.sql("UPDATE grants SET wordings = replace(wordings, '\"de\"', '\"en\"')").await;
    let page = asked(&app, &agent, &mut Browser::new(), &format!("{CART} orders:read")).await;
    assert!(page.body.contains(SAID), "nobody has read it in English: {}", page.body);
}

#[tokio::test]
async fn other_words_for_one_permission_are_asked_about_when_it_is_asked_for() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    agent.connect(&mut browser, app.live(), &format!("{CART} orders:read offline_access")).await;
    for scope in ["orders:read", "offline_access"] {
        reword_one(&app, scope).await;
        let page = asked(&app, &agent, &mut browser, &format!("{CART} checkout:initiate")).await;
        assert!(page.body.contains("A connected agent asks for more"), "{scope}: {}", page.body);
        let page = asked(&app, &agent, &mut browser, &format!("{CART} checkout:initiate {scope}")).await;
        assert!(page.body.contains(SAID) && is_open_question(&page, "cart:write"), "{scope}: {}", page.body);
        agent.connect(&mut browser, app.live(), &format!("{CART} orders:read offline_access")).await;
    }
}

/// H8: what a step-up keeps it lists, and does not put in words anew.
#[tokio::test]
async fn what_a_step_up_keeps_was_given_in_the_words_of_before() {
    let app = App::start().await;
    let (agent, mut browser) = (Agent::register(app.live()).await, Browser::new());
    agent.connect(&mut browser, app.live(), CART).await;
    agent.connect(&mut browser, app.live(), &format!("{CART} orders:read")).await;
    reword_one(&app, "cart:write").await;
    let page = asked(&app, &agent, &mut browser, &format!("{CART} checkout:initiate")).await;
    assert!(page.body.contains(SAID), "{}", page.body);
}
