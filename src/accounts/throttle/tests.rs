//! Failed sign-ins counted by account, source and browser, against a clock that the tests move.

use super::*;

const WINDOW: Duration = Duration::from_mins(15);

fn throttle() -> Throttle {
    Throttle { per_account: 2, per_source: 4, window: WINDOW, state: Mutex::default() }
}

fn attempt(account: &str, source: &str, browser: u8) -> Attempt {
    let source = Network::of(source.parse().unwrap());
    Attempt {
        guess: Guess::Password,
        realm: "live1".to_owned(),
        account: account.to_owned(),
        source,
        browser: [browser; 32],
    }
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_000_000 + secs)
}

/// Fails so often; how many of those were admitted.
fn fail(throttle: &Throttle, attempt: &Attempt, times: u32, now: Timestamp) -> usize {
    (0..times).filter(|_| throttle.admit(attempt, now).is_ok()).count()
}

#[test]
fn the_window_slides_and_refused_attempts_do_not_prolong_it() {
    let throttle = throttle();
    let maya = attempt("maya", "192.0.2.1", 1);
    assert_eq!(fail(&throttle, &maya, 1, at(0)), 1);
    assert_eq!(fail(&throttle, &maya, 1, at(100)), 1);
    let refused = throttle.admit(&maya, at(200)).unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(700));
    assert_eq!(fail(&throttle, &maya, 9, at(899)), 0);
    assert_eq!(fail(&throttle, &maya, 2, at(900)), 1);
    assert_eq!(fail(&throttle, &maya, 2, at(1_000)), 1);
}

#[test]
fn one_source_is_stopped_over_all_accounts_and_another_goes_on() {
    let throttle = throttle();
    let admitted = ["a", "b", "c"].map(|account| fail(&throttle, &attempt(account, "192.0.2.1", 1), 2, at(0)));
    assert_eq!(admitted, [2, 2, 0]);
    // The same network counts as the same source.
    assert_eq!(fail(&throttle, &attempt("d", "192.0.2.200", 2), 1, at(0)), 0);
    assert_eq!(fail(&throttle, &attempt("c", "198.51.100.1", 1), 2, at(0)), 2);
}

#[test]
fn many_sources_together_are_stopped_at_one_account_but_not_the_browser_that_signed_in_before() {
    let throttle = throttle();
    let own = attempt("maya", "203.0.113.1", 9);
    let place = throttle.admit(&own, at(0)).unwrap();
    throttle.succeeded(&place, at(0));
    let admitted: usize =
        (0..20).map(|network| fail(&throttle, &attempt("maya", &format!("10.0.{network}.1"), 1), 2, at(1))).sum();
    assert_eq!(admitted, 10);
    assert_eq!(fail(&throttle, &own, 3, at(2)), 2, "known, but no oracle either");
    assert!(throttle.admit(&attempt("maya", "203.0.113.1", 8), at(2)).is_err());
}

#[test]
fn a_success_gives_its_place_back() {
    let throttle = throttle();
    for browser in 0..50 {
        let place = throttle.admit(&attempt("maya", "192.0.2.1", browser), at(0)).unwrap();
        throttle.succeeded(&place, at(0));
    }
}

#[test]
fn accounts_of_two_issuers_are_two() {
    let throttle = throttle();
    let live = attempt("maya", "192.0.2.1", 1);
    assert_eq!(fail(&throttle, &live, 3, at(0)), 2);
    let sandbox = Attempt { realm: "sand1".to_owned(), ..live };
    assert_eq!(fail(&throttle, &sandbox, 1, at(0)), 1);
}

#[test]
fn guessing_codes_costs_no_password_and_guessing_passwords_no_code() {
    let throttle = throttle();
    let password = attempt("maya", "192.0.2.1", 1);
    let code = Attempt { guess: Guess::Code, ..password.clone() };
    assert_eq!(fail(&throttle, &code, 9, at(0)), 2);
    assert_eq!(fail(&throttle, &password, 9, at(0)), 2);
    let place = throttle.admit(&Attempt { source: attempt("", "198.51.100.1", 1).source, ..code }, at(1)).unwrap();
    throttle.succeeded(&place, at(1));
    // Known by one, known to the other: its owner goes on whatever strangers do.
    assert_eq!(fail(&throttle, &attempt("maya", "198.51.100.1", 1), 9, at(2)), 2);
}

#[test]
fn a_browser_that_signed_in_without_guessing_is_known_too() {
    let throttle = throttle();
    let own = attempt("maya", "203.0.113.1", 9);
    throttle.recognise(&own, at(0));
    for network in 0..20 {
        fail(&throttle, &attempt("maya", &format!("10.0.{network}.1"), 1), 2, at(1));
    }
    assert!(throttle.admit(&own, at(2)).is_ok());
}

#[test]
fn what_is_costly_to_answer_is_counted_by_its_source_and_by_its_account() {
    let throttle = throttle();
    let admitted = |account: &str, from: &str, what: &str| {
        let source = attempt(account, from, 1).source;
        (0..9).filter(|_| throttle.admit_costly(what, ("live1", account), &source, at(0)).is_ok()).count()
    };
    assert_eq!(admitted("maya", "192.0.2.1", "file"), 2);
    assert_eq!(admitted("maya", "198.51.100.1", "file"), 0, "wherever it is asked for");
    assert_eq!(["a", "b"].map(|account| admitted(account, "192.0.2.1", "file")), [2, 0], "whoever asks");
    assert_eq!(admitted("maya", "192.0.2.1", "another"), 2);
    // It is nothing that is guessed.
    assert_eq!(fail(&throttle, &attempt("maya", "192.0.2.1", 1), 9, at(0)), 2);
}

#[test]
fn its_memory_is_bounded() {
    let throttle = throttle();
    for number in 0..60_000_u32 {
        let source = std::net::Ipv4Addr::from(number << 8).to_string();
        let _ = throttle.admit(&attempt(&number.to_string(), &source, 1), at(0));
    }
    assert!(throttle.lock().events.len() <= MOST_KEYS);
}
