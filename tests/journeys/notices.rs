//! What an account page says was done a moment ago: only to the browser that did it, and only while it is so. A stranger's
//! link makes no page say anything.

use crate::support::agent::Asking;
use crate::support::jwt::claims;
use crate::support::{Agent, App, Browser, Page, Provider, Shop};

const PAUSED: &str = "Paused. It can do nothing";
const PAUSE: &str = "Pause this agent";
const RESUME: &str = "Resume this agent";

/// An agent of the shopper's, by its grant.
async fn connected(app: &App, browser: &mut Browser, shop: &Shop) -> String {
    let agent = Agent::register(app.live()).await;
    let asking: Asking = agent.ask("products:read cart:write");
    let page = browser.reach_consent(&asking.url, shop).await;
    let back = browser.allow_everything(&page).await;
    let tokens = agent.redeem(&back.sent_back("code").unwrap(), &asking.verifier).await.tokens();
    claims(&tokens.access)["grant_id"].as_str().unwrap().to_owned()
}

async fn press(app: &App, browser: &mut Browser, grant: &str, button: &str) -> Page {
    let page = browser.open(&app.live().address(&format!("/account/agents/change?grant={grant}"))).await;
    browser.press(&page, &page.form(button), button).await
}

fn says_nothing(page: &Page) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(!page.body.contains("class=\"notice"), "{}:\n{}", page.url, page.body);
}

#[tokio::test]
async fn a_strangers_link_makes_no_account_page_say_that_something_was_done() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let grant = connected(&app, &mut browser, app.live()).await;
    let told = ["done", "changed", "unchanged", "paused", "resumed", "ruled", "unruled"];
    let agents = told.into_iter().flat_map(|what| {
        ["x", grant.as_str()]
            .map(|id| [format!("/account/agents?{what}={id}"), format!("/account/agents?said={what}&of={id}")])
    });
    let ways = ["passkey=1", "removed=1", "linked=elsewhere", "said=removed", "said=linked&of=elsewhere&proof=1.AAAA"];
    let ways = ways.map(|query| format!("/account/sign-in?{query}"));
    let sessions = ["ended=1", "said=ended&proof="].map(|query| format!("/account/sessions?{query}"));
    for address in agents.flatten().chain(ways).chain(sessions) {
        says_nothing(&browser.open(&app.live().address(&address)).await);
    }
}

#[tokio::test]
async fn what_was_done_is_told_to_the_browser_that_did_it_while_it_is_so_and_for_a_few_minutes() {
    let app = App::start().await;
    let mut browser = Browser::signed_in(app.live()).await;
    let grant = connected(&app, &mut browser, app.live()).await;
    let told = press(&app, &mut browser, &grant, PAUSE).await;
    assert!(told.body.contains(PAUSED), "{}", told.body);
    assert!(browser.open(&told.url).await.body.contains(PAUSED), "loaded again");

    // Another shopper, and another browser of the same one.
    let other = Shop { email: "other@example.com".to_owned(), ..app.live().clone() };
    for shop in [&other, app.live()] {
        says_nothing(&Browser::signed_in(shop).await.open(&told.url).await);
    }
    // Nor can what was told of one thing be told of another.
    for (from, to) in [("said=paused", "said=changed"), ("/account/agents", "/account/sessions")] {
        let address = told.url.as_str().replace(from, to);
        assert_ne!(address, told.url.as_str());
        says_nothing(&browser.open(&address.parse().unwrap()).await);
    }

    assert!(press(&app, &mut browser, &grant, RESUME).await.body.contains("Resumed. It may act again."));
    says_nothing(&browser.open(&told.url).await);
    press(&app, &mut browser, &grant, PAUSE).await;
    assert!(browser.open(&told.url).await.body.contains(PAUSED));
    app.advance(11 * 60);
    says_nothing(&browser.open(&told.url).await);
}
