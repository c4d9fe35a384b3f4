//! The ring under a flood: it stays as large as it may be, and what it has is the newest.

use tillgate::domain::evidence::{Check, Shown};
use tillgate::domain::{IssuerId, Timestamp};
use tillgate::merchant::why::{List, Question, list};
use tillgate::storage::StorageError;
use tillgate::storage::refusals::{self, Filter, Page, Refusal};

use super::all_refusals;
use crate::support::{Agent, Answer, App, http};

const KEPT: i64 = 500;

fn refusal(number: i64) -> Refusal {
    let evidence = Check::RedirectUri.found("https://agent.example/callback", "x".repeat(5_000));
    Refusal {
        // Many at the same time, as in a flood, and some that arrive late, as from a resource server.
        at: Timestamp::from_secs(1_800_000_000 + number / 100 - if number % 7 == 0 { 5 } else { 0 }),
        reference_id: format!("r-{number}"),
        endpoint: if number % 2 == 0 { "/token" } else { "/authorize" }.to_owned(),
        error: "400".to_owned(),
        reason: "r".repeat(5_000),
        client_id: Some(format!("c-{}", number % 10)),
        evidence: Some((&evidence).into()),
    }
}

#[tokio::test]
async fn ten_thousand_refusals_leave_the_newest_few() {
    let app = App::start().await;
    let shop = app.live();
    for start in (0..10_000).step_by(100) {
        let issuer = IssuerId::new(&shop.issuer_id);
        let written: Result<(), StorageError> = app
            .db
            .write(move |tx| {
                (start..start + 100).try_for_each(|number| refusals::record(tx, &issuer, &refusal(number), KEPT))
            })
            .await;
        written.unwrap();
    }
    let kept = all_refusals(&app, shop).await;
    let numbers: Vec<String> = kept.iter().map(|refusal| refusal.reference_id.clone()).collect();
    assert_eq!(numbers, (9_500..10_000).rev().map(|number| format!("r-{number}")).collect::<Vec<_>>());
    let longest = Shown::LONGEST;
    for refusal in &kept {
        let evidence = refusal.evidence.as_ref().unwrap();
        assert!(refusal.reason.chars().count() <= longest && evidence.presented.chars().count() <= longest);
    }
    assert_eq!(all_refusals(&app, app.sandbox()).await, [], "each issuer has its own");
    pages(&app).await;
}

/// The list by pages, and back again, narrowed to a client and to an endpoint.
async fn pages(app: &App) {
    let page = async |filter: &Filter, page: Page| -> List {
        let issuer = IssuerId::new(&app.live().issuer_id);
        let question = Question { filter: filter.clone(), page, limit: 20, since: Timestamp::from_secs(0) };
        let found: Result<List, StorageError> = app.db.read(move |c| list(c, &issuer, &question)).await;
        found.unwrap()
    };
    let narrowed = Filter { client_id: Some("c-4".to_owned()), endpoint: Some("/token".to_owned()) };
    let mut seen = Vec::new();
    let mut found = page(&narrowed, Page::First).await;
    assert_eq!(found.newer, None);
    loop {
        seen.extend(found.refusals.iter().map(|refusal| refusal.reference_id.clone()));
        let Some(older) = found.older else { break };
        let next = page(&narrowed, Page::Before(older)).await;
        let back = page(&narrowed, Page::After(next.newer.unwrap())).await;
        assert_eq!(back.refusals, found.refusals, "the way back is the way here");
        found = next;
    }
    let expected: Vec<String> = (9_500..10_000).rev().filter(|n| n % 10 == 4).map(|n| format!("r-{n}")).collect();
    assert_eq!(seen, expected);
    let nobody = Filter { client_id: Some("c-5".to_owned()), endpoint: Some("/token".to_owned()) };
    assert_eq!(page(&nobody, Page::First).await.refusals, []);
}

#[tokio::test]
async fn a_flood_through_the_server_keeps_the_ring_small_and_the_answers_coming() {
    let small = [("TILLGATE__AUDIT__REFUSALS_KEPT", "20")];
    let app = App::start_as(crate::support::Hosting::OneStore, &small).await;
    let agent = Agent::register(app.live()).await;
    for number in 0..100 {
        let answer = agent.refresh(&format!("tgr_nothing-{number}")).await;
        assert_eq!(answer.error(), "invalid_grant");
    }
    let request = http().post(format!("{}/token", app.live().issuer)).form(&[("client_id", "the-last-one")]);
    let last = Answer::of(request.send().await.unwrap()).await.json()["reference_id"].as_str().unwrap().to_owned();
    let began = std::time::Instant::now();
    loop {
        let kept = all_refusals(&app, app.live()).await;
        assert!(kept.len() <= 20);
        if kept.iter().any(|refusal| refusal.reference_id == last) {
            assert_eq!((kept.len(), kept[0].client_id.as_deref()), (20, Some("the-last-one")));
            return;
        }
        assert!(began.elapsed() < super::PATIENCE, "the last refusal is not kept");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
