//! An account that was made on a provider's word, before the owner of the address came: what waits there must not stay in.

use super::is_signed_in;
use crate::codes::{ask, codes, enter};
use crate::support::{Agent, App, Browser, Provider};

const NOOR: &str = "noor@example.com";

/// By the code of the mail that is the `nth` to the address: an earlier one may still be on its way.
async fn by_code(app: &App, browser: &mut Browser, nth: usize) {
    let page = ask(app, browser, NOOR).await;
    let code = codes(app, NOOR, nth).await.pop().unwrap();
    let page = enter(browser, &page, &code).await;
    assert_eq!(page.url.path(), "/account/agents", "{}", page.body);
}

#[tokio::test]
async fn when_the_owner_of_the_address_first_proves_it_nobody_who_was_there_before_stays_in() {
    let provider = Provider::start();
    let app = provider.app().await;
    let agent = Agent::register(app.live()).await;
    // The provider vouches for the address to somebody who is not its owner.
    let mut stranger = Browser::new();
    provider.sign_in(&app, &mut stranger, "noor").await;
    let tokens = agent.connect(&mut stranger, app.live(), "products:read").await;
    assert!(is_signed_in(&app, &mut stranger).await && app.live().accepts(&tokens.access).await);

    let mut owner = Browser::new();
    by_code(&app, &mut owner, 1).await;
    assert!(!is_signed_in(&app, &mut stranger).await, "the browser that waited");
    assert!(!app.live().accepts(&tokens.access).await, "the agent that it had connected");
    assert_eq!(agent.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(provider.sign_in(&app, &mut stranger, "noor").await.status, 409, "the way in");
    assert!(is_signed_in(&app, &mut owner).await);

    // The address is confirmed from now on: what its owner adds stays.
    let page = owner.open(&app.live().address("/account/sign-in")).await;
    let page = owner.press(&page, &page.form("Add Elsewhere"), "Add Elsewhere").await;
    let visit = crate::support::provider::Visit::of(&page);
    provider.vouch(&Provider::claims(&app, &visit, "noor"));
    owner.open(&visit.back(&[("code", "c")])).await;
    by_code(&app, &mut Browser::new(), 2).await;
    assert!(is_signed_in(&app, &mut owner).await);
    assert_eq!(provider.sign_in(&app, &mut Browser::new(), "noor").await.url.path(), "/account/agents");
}

#[tokio::test]
async fn who_is_signed_in_and_proves_the_address_as_well_keeps_everything() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut browser = Browser::new();
    provider.sign_in(&app, &mut browser, "noor").await;
    by_code(&app, &mut browser, 1).await;
    assert_eq!(provider.sign_in(&app, &mut Browser::new(), "noor").await.url.path(), "/account/agents");
    // And once it is confirmed, another browser takes nothing away.
    by_code(&app, &mut Browser::new(), 2).await;
    assert!(is_signed_in(&app, &mut browser).await);
}

#[tokio::test]
async fn a_browser_that_came_by_a_provider_is_known_when_strangers_guess() {
    let provider = Provider::start();
    let app = provider.app().await;
    let mut owner = Browser::new();
    provider.sign_in(&app, &mut owner, "noor").await;
    // One network guesses at codes until it must wait; the owner shares it.
    let mut stranger = Browser::new();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let page = ask(&app, &mut stranger, NOOR).await;
        for _ in 0..5 {
            statuses.push(enter(&mut stranger, &page, "0000 0000").await.status.as_u16());
        }
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    owner.cookies.retain(|(_, name), _| !name.contains("shopper"));
    by_code(&app, &mut owner, 4).await;
}
