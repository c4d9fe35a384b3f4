//! The browsers that a shopper is signed in with: seen and ended by their owner, and by nobody else.

use crate::codes::is_signed_in;
use crate::support::html::forms;
use crate::support::{Agent, App, Browser, Page, Shop};

const EVERYWHERE: &str = "Sign out everywhere";

async fn signed_in(app: &App, email: &str) -> Browser {
    Browser::signed_in(&Shop { email: email.to_owned(), ..app.live().clone() }).await
}

async fn list(app: &App, browser: &mut Browser) -> Page {
    browser.open(&app.live().address("/account/sessions")).await
}

/// The ids of the buttons that end one session each.
fn others(page: &Page) -> Vec<String> {
    let form = forms(&page.body).into_iter().find(|form| form.has_button(EVERYWHERE)).unwrap();
    let buttons = form.buttons.into_iter().filter(|(text, _)| text == "Sign out");
    buttons.filter_map(|(_, sent)| sent.map(|(_, value)| value)).collect()
}

async fn end(browser: &mut Browser, page: &Page, id: &str) -> Page {
    let form = page.form(EVERYWHERE);
    let mut fields = form.pressed(EVERYWHERE);
    id.clone_into(&mut fields.iter_mut().find(|(name, _)| name == "end").unwrap().1);
    browser.send(page, &form.action, &fields).await
}

#[tokio::test]
async fn a_shopper_sees_this_and_the_other_browsers_and_signs_one_out() {
    let app = App::start().await;
    let (mut here, mut there, mut elsewhere) = (
        signed_in(&app, "shopper@example.com").await,
        signed_in(&app, "shopper@example.com").await,
        signed_in(&app, "shopper@example.com").await,
    );
    let page = list(&app, &mut here).await;
    assert_eq!(page.body.matches("This browser").count(), 1, "{}", page.body);
    assert!(page.body.contains("with your password"));
    let ids = others(&page);
    assert_eq!(ids.len(), 2);
    let page = end(&mut here, &page, &ids[0]).await;
    assert!(page.body.contains("Signed out there."), "{}", page.body);
    assert_eq!(others(&page).len(), 1);
    let left = [is_signed_in(&app, &mut there).await, is_signed_in(&app, &mut elsewhere).await];
    assert_eq!(left.iter().filter(|is_left| **is_left).count(), 1);
    assert!(is_signed_in(&app, &mut here).await);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_browser_of_the_shopper_and_no_agent() {
    let app = App::start().await;
    let (mut here, mut there) =
        (signed_in(&app, "shopper@example.com").await, signed_in(&app, "shopper@example.com").await);
    let mut other = signed_in(&app, "other@example.com").await;
    let agent = Agent::register(app.live()).await;
    let token = agent.connect(&mut here, app.live(), "products:read").await;
    let page = list(&app, &mut here).await;
    let page = here.press(&page, &page.form(EVERYWHERE), EVERYWHERE).await;
    assert!(page.body.contains("You are signed out everywhere"), "{}", page.body);
    assert!(!is_signed_in(&app, &mut here).await && !is_signed_in(&app, &mut there).await);
    assert!(is_signed_in(&app, &mut other).await, "another shopper's");
    assert!(app.live().accepts(&token.access).await);
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_another_shopper_or_by_another_site() {
    let app = App::start().await;
    let mut victim = signed_in(&app, "shopper@example.com").await;
    let second = signed_in(&app, "shopper@example.com").await;
    let mut attacker = signed_in(&app, "other@example.com").await;
    let theirs = others(&list(&app, &mut victim).await).remove(0);
    let page = list(&app, &mut attacker).await;
    assert!(others(&page).is_empty(), "sees only their own");
    end(&mut attacker, &page, &theirs).await;
    assert!(is_signed_in(&app, &mut second.clone()).await);
    for csrf in ["", "1.AAAA"] {
        let fields = [("csrf", csrf), ("end", "all")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let page = list(&app, &mut victim).await;
        assert_eq!(victim.send(&page, "/account/sessions", &fields).await.status, 403);
    }
    assert!(is_signed_in(&app, &mut victim).await);
}
