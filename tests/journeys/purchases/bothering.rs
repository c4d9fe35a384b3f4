//! An agent cannot wear a shopper down: what waits is bounded, mails are counted, and three times no is no.

use std::path::Path;
use std::time::Duration;

use super::{Scene, refused};
use crate::support::{App, Hosting, Page};

async fn agents(scene: &mut Scene<'_>) -> Page {
    let url = format!("{}/account/agents", scene.shop.issuer).parse().unwrap();
    scene.browser.open(&url).await
}

#[tokio::test]
async fn what_waits_stands_on_top_of_the_agents_and_is_never_more_than_three() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    let mut asked = Vec::new();
    for checkout in ["one", "two", "three", "four", "five"] {
        asked.push(scene.ask(checkout).await);
        app.advance(1);
    }
    let page = agents(&mut scene).await;
    let (waiting, cards) = page.body.split_once("<ul class=\"cards\">").unwrap();
    let is_there = asked.iter().map(|asked| waiting.contains(&format!("/purchases/{}", asked.id))).collect::<Vec<_>>();
    assert_eq!(is_there, [false, false, true, true, true], "{waiting}");
    assert!(waiting.contains("14.90 EUR") && !cards.contains("/purchases/"));
    assert_eq!(scene.look(&asked[0]).await, "superseded");
    // One of a cart.
    let again = scene.register(&scene.new_purchase("six", "five", &scene.document())).await;
    assert_eq!(again.status, 201);
    assert_eq!(scene.look(&asked[4]).await, "superseded");
    assert_eq!(scene.look(&asked[2]).await, "awaiting_approval");
    app.advance(10 * 60);
    assert!(!agents(&mut scene).await.body.contains("/purchases/"));
}

#[tokio::test]
async fn three_declined_in_a_row_silence_the_agent_until_the_shopper_lets_it_ask_again() {
    let app = App::start().await;
    let mut scene = Scene::set(app.live()).await;
    for checkout in ["one", "two", "three"] {
        assert!(!agents(&mut scene).await.body.contains("Let it ask again"));
        let asked = scene.ask(checkout).await;
        scene.answer(&asked, "Decline").await;
        refused(&scene.consume(&asked).await, "declined");
    }
    let four = scene.new_purchase("four", "four", &scene.document());
    refused(&scene.register(&four).await, "silenced");
    let page = agents(&mut scene).await;
    let form = page.form("Let it ask again");
    let mut forged = form.pressed("Let it ask again");
    forged.retain(|(name, _)| name != "csrf");
    assert!(scene.browser.send(&page, &form.action, &forged).await.status.is_client_error());
    refused(&scene.register(&four).await, "silenced");
    let allowed = scene.browser.press(&page, &form, "Let it ask again").await;
    assert!(!allowed.body.contains("Let it ask again"), "{}", allowed.body);
    assert_eq!(scene.register(&four).await.status, 201);
}

/// What lies in the folder, once there is as much as expected.
async fn mails(folder: &Path, expected: usize) -> Vec<String> {
    let read = || -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mails = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
        mails.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    };
    for _ in 0..100 {
        if read().len() >= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // More would come at once.
    tokio::time::sleep(Duration::from_millis(200)).await;
    read()
}

#[tokio::test]
async fn the_shopper_gets_five_mails_an_hour_with_a_link_and_nothing_of_the_purchase() {
    let folder = tempfile::tempdir().unwrap();
    let transport = format!("directory:{}", folder.path().display());
    let app = App::start_as(Hosting::OneStore, &[("TILLGATE__MAIL__TRANSPORT", &transport)]).await;
    let scene = Scene::set(app.live()).await;
    let first = scene.ask("first").await;
    scene.register(&scene.new_purchase("first", "first", &scene.document())).await;
    let [mail] = &mails(folder.path(), 1).await[..] else { panic!("one mail for one purchase") };
    // Quoted-printable: lines are broken, and an equals sign is written as one of three characters.
    let text = mail.replace("=\r\n", "").replace("=\n", "");
    assert!(text.contains(&format!("/purchases/{}", first.id)) && text.contains("shopper@example.com"), "{text}");
    for part in ["Darjeeling", "Lindenweg", "Robin", "14.90", "Helpful Agent"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    for n in 0..8 {
        scene.ask(&format!("more-{n}")).await;
    }
    assert_eq!(mails(folder.path(), 5).await.len(), 5);
    app.advance(3_601);
    scene.register(&scene.new_purchase("later", "later", &scene.document())).await;
    assert_eq!(mails(folder.path(), 6).await.len(), 6);
}
