//! Which passwords are taken, which verify, and how many wait to be hashed.

use super::*;
use crate::config::Loader;

fn passwords() -> (Passwords, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let loader = Loader::isolated(&[("TILLGATE__SIGN_IN__HASH_CONCURRENCY", "1")]);
    let config = loader.development(folder.path(), random::bytes()).unwrap().load().unwrap();
    (Passwords::new(&config.sign_in).unwrap(), folder)
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[test]
fn a_password_is_long_enough_and_none_that_attackers_try_first() {
    let check = |password: &str| check(password, "noor.haddad@example.com");
    assert_eq!(check("elevenchars"), Err(Unfit::Short));
    // Twelve characters, however many bytes.
    assert_eq!(check("ключ-фенхель"), Ok(()));
    assert_eq!(check(&"a7".repeat(65)), Err(Unfit::Long));
    for common in ["passwordpassword", "123456789012", "aaaaaaaaaaaa", "noor.haddad1"] {
        assert_eq!(check(common), Err(Unfit::Common), "{common}");
    }
    assert_eq!(check("velvet-otter-lantern"), Ok(()));
}

#[tokio::test]
async fn only_the_right_password_of_a_known_account_verifies() {
    let (passwords, _folder) = passwords();
    let hash = passwords.hash(secret("velvet-otter-lantern")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert_ne!(hash, passwords.hash(secret("velvet-otter-lantern")).await.unwrap(), "each has a salt of its own");
    assert!(passwords.verify(Some(hash.clone()), secret("velvet-otter-lantern")).await.unwrap());
    assert!(!passwords.verify(Some(hash), secret("velvet-otter-lanterN")).await.unwrap());
    assert!(!passwords.verify(None, secret("velvet-otter-lantern")).await.unwrap());
}

#[tokio::test]
async fn an_unknown_account_costs_the_same_hash_as_a_known_one() {
    let (passwords, _folder) = passwords();
    let parameters = |hash: &str| hash.rsplitn(3, '$').nth(2).unwrap().to_owned();
    let hash = passwords.hash(secret("velvet-otter-lantern")).await.unwrap();
    assert_eq!(parameters(&passwords.shared.dummy), parameters(&hash), "no cheaper one");
    for stored in [Some(hash), None] {
        let before = passwords.computed();
        assert!(!passwords.verify(stored, secret("velvet-otter-lanterN")).await.unwrap());
        assert_eq!(passwords.computed() - before, 1);
    }
}

#[tokio::test]
async fn more_than_the_queue_holds_are_refused_at_once() {
    let (passwords, _folder) = passwords();
    let all = (0..QUEUE_PER_WORKER + 20).map(|_| passwords.verify(None, secret("x")));
    let results = futures_util::future::join_all(all).await;
    let refused = results.iter().filter(|result| matches!(result, Err(PasswordsError::Busy))).count();
    assert_eq!(refused, 20);
}

#[tokio::test]
async fn who_hangs_up_frees_no_place_before_the_hash_is_done() {
    let (passwords, _folder) = passwords();
    let (begun, wait) = std::sync::mpsc::channel();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let work = passwords.run(move |_| {
        begun.send(()).unwrap();
        gate.recv().unwrap();
        Ok(())
    });
    let mut work = Box::pin(work);
    assert!(futures_util::poll!(&mut work).is_pending());
    tokio::task::spawn_blocking(move || wait.recv().unwrap()).await.unwrap();
    let (workers, queue) = (passwords.shared.workers.available_permits(), passwords.shared.queue.available_permits());
    drop(work);
    assert_eq!(passwords.shared.workers.available_permits(), workers);
    assert_eq!(passwords.shared.queue.available_permits(), queue);
    go.send(()).unwrap();
    while passwords.shared.workers.available_permits() == workers {
        tokio::task::yield_now().await;
    }
}
