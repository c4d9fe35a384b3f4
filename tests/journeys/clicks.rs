//! What a shopper has to do, counted: a link that is followed, a box that is ticked and a button that is pressed are a click
//! each. Typing is none; where one is signed in, nothing has to be typed.

use super::purchases::Scene;
use crate::support::{Agent, App, Browser, Page};

/// A signed-in shopper who counts.
struct Hand<'a> {
    browser: &'a mut Browser,
    clicks: usize,
}

impl Hand<'_> {
    /// The page as it comes, with nothing ticked or typed.
    async fn press(&mut self, page: &Page, button: &str) -> Page {
        self.clicks += 1;
        self.browser.press(page, &page.form(button), button).await
    }

    /// The first link that says this.
    async fn follow(&mut self, page: &Page, text: &str) -> Page {
        self.clicks += 1;
        let (before, _) = page.body.split_once(&format!(">{text}</a>")).unwrap();
        let (_, address) = before.rsplit_once("href=\"").unwrap();
        let address = address.split('"').next().unwrap().replace("&#38;", "&");
        self.browser.open(&page.url.join(&address).unwrap()).await
    }
}

#[tokio::test]
async fn an_agent_is_linked_in_one_click_a_purchase_approved_in_one_and_an_agent_disconnected_in_two() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let asked = scene.ask("one").await;

    // Two at most: the one in the agent that brings the shopper here, and this.
    let asking = Agent::register(app.live()).await.ask("products:read inventory:read cart:write");
    let mut hand = Hand { browser: &mut scene.browser, clicks: 0 };
    let page = hand.browser.open(&asking.url).await;
    let back = hand.press(&page, "Allow").await;
    assert_eq!((back.sent_back("code").is_some(), hand.clicks), (true, 1), "{}", back.body);

    hand.clicks = 0;
    let page = hand.browser.open(&asked.url.parse().unwrap()).await;
    let done = hand.press(&page, "Approve").await;
    assert_eq!((done.body.contains("You said yes to this purchase"), hand.clicks), (true, 1), "{}", done.body);

    hand.clicks = 0;
    let page = hand.browser.open(&format!("{}/account/agents", app.live().issuer).parse().unwrap()).await;
    let sure = hand.follow(&page, "Disconnect").await;
    let done = hand.press(&sure, "Disconnect").await;
    assert_eq!((done.body.contains("It can no longer act for you."), hand.clicks), (true, 2), "{}", done.body);
}
