//! What guessing costs, through HTTP.

use actix_web::http::StatusCode;

use crate::web::testing::{PASSWORD, SHOPPER, Shop, wrong_password};

#[actix_web::test]
async fn guesses_at_one_account_end_with_429_whether_it_exists_or_not_and_its_owner_still_gets_in() {
    let shop = Shop::open().await;
    let mut owner = shop.browser().from("203.0.113.5:4000");
    assert_eq!(owner.sign_in(SHOPPER, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let mut stranger = shop.browser();
    let mut bodies = Vec::new();
    for email in [SHOPPER, "nobody@example.com"] {
        for _ in 0..shop.state.sign_in.attempts_per_account {
            assert_eq!(stranger.sign_in(email, &wrong_password()).await.status, StatusCode::FORBIDDEN);
        }
        let answer = stranger.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.retry_after, Some(shop.state.sign_in.attempt_window.as_secs()));
        bodies.push(answer.but_for_its_reference().replace(email, ""));
    }
    assert_eq!(bodies[0], bodies[1]);

    // From the stranger's own network too: its browser is known.
    let mut owner = owner.from("192.0.2.9:4000");
    owner.cookies.remove("tg-shopper-live1-8080");
    assert_eq!(owner.sign_in(SHOPPER, PASSWORD).await.status, StatusCode::SEE_OTHER);
    // From elsewhere an unknown browser is not shut out by one stranger either.
    let mut phone = shop.browser().from("198.51.100.1:4000");
    assert_eq!(phone.sign_in(SHOPPER, PASSWORD).await.status, StatusCode::SEE_OTHER);

    shop.state.clock.advance(shop.state.sign_in.attempt_window);
    assert_eq!(stranger.sign_in(SHOPPER, PASSWORD).await.status, StatusCode::SEE_OTHER);
}
