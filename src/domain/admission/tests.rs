//! Hosts in every spelling, and which rule decides.

use super::*;
use crate::domain::Timestamp;

fn policy(registration: RegistrationMode, allow: &[&str], deny: &[&str]) -> AgentPolicy {
    let rule = |effect| {
        move |host: &&str| HostRule {
            host: (*host).to_owned(),
            effect,
            created_by: "staff:1".into(),
            created_at: Timestamp::from_secs(1),
        }
    };
    let hosts = allow.iter().map(rule(HostEffect::Allow)).chain(deny.iter().map(rule(HostEffect::Deny))).collect();
    AgentPolicy { registration, hosts, ..AgentPolicy::default() }
}

fn asks<'a>(client_id: Option<&'a str>, redirect_uris: &'a [&'a str]) -> Introduced<'a> {
    Introduced { client_id, redirect_uris, is_approved: false }
}

#[test]
fn a_denied_host_is_kept_out_in_whatever_way_it_is_written() {
    let policy = policy(RegistrationMode::Open, &[], &["evil.example", "*.bad.example", "xn--bcher-kva.example"]);
    for kept_out in [
        "https://evil.example/cb",
        "https://EVIL.example/cb",
        "https://evil.example:8443/cb",
        "https://evil.example./cb",
        "https://ev%69l.example/cb",
        "https://a.bad.example/cb",
        "https://a.b.bad.example/cb",
        "https://bücher.example/cb",
    ] {
        assert!(policy.admits(asks(None, &[kept_out])).is_err(), "{kept_out}");
        assert!(policy.admits(asks(Some(kept_out), &["http://localhost/cb"])).is_err(), "{kept_out} as a document");
        assert!(policy.admits(asks(None, &["https://good.example/cb", kept_out])).is_err(), "{kept_out} among others");
        let approved = Introduced { client_id: None, redirect_uris: &[kept_out], is_approved: true };
        assert!(policy.admits(approved).is_err(), "{kept_out} though it was approved");
    }
    for let_in in [
        "https://notevil.example/cb",
        "https://sub.evil.example/cb",
        "https://bad.example/cb",
        "https://evil.example.org/cb",
        "http://127.0.0.1/cb",
    ] {
        assert_eq!(policy.admits(asks(None, &[let_in])), Ok(()), "{let_in}");
    }
}

#[test]
fn the_rule_that_says_most_about_a_host_decides() {
    let policy = policy(RegistrationMode::Open, &["good.bad.example"], &["*.bad.example", "worse.good.bad.example"]);
    assert_eq!(policy.admits(asks(None, &["https://good.bad.example/"])), Ok(()));
    assert!(policy.admits(asks(None, &["https://other.bad.example/"])).is_err());
    assert!(policy.admits(asks(None, &["https://worse.good.bad.example/"])).is_err());
}

#[test]
fn with_allowed_hosts_only_an_agent_without_a_host_needs_the_merchants_word() {
    let policy = policy(RegistrationMode::Hosts, &["chatgpt.com"], &[]);
    let admits = |client_id, uris: &[&str]| policy.admits(asks(client_id, uris));
    assert_eq!(admits(None, &["https://chatgpt.com/cb"]), Ok(()));
    assert_eq!(admits(Some("https://chatgpt.com/oauth/codex/client.json"), &["http://localhost/cb"]), Ok(()));
    let not_listed = |host: &str| Err(NotAdmitted::NotListed { host: host.to_owned() });
    assert_eq!(admits(None, &["https://chatgpt.com/cb", "https://other.example/cb"]), not_listed("other.example"));
    assert_eq!(admits(Some("https://other.example/c.json"), &["https://chatgpt.com/cb"]), not_listed("other.example"));
    assert_eq!(admits(None, &["http://localhost/cb"]), Err(NotAdmitted::NoHost));
    assert_eq!(admits(None, &["cursor://known/cb"]), Err(NotAdmitted::NoHost));
    let approved = Introduced { client_id: Some("c1_x"), redirect_uris: &["http://localhost/cb"], is_approved: true };
    assert_eq!(policy.admits(approved), Ok(()));
}

#[test]
fn hosts_of_rules_have_one_form() {
    assert_eq!(rule_host(" Evil.EXAMPLE. ").as_deref(), Some("evil.example"));
    assert_eq!(rule_host("*.Bücher.example").as_deref(), Some("*.xn--bcher-kva.example"));
    for wrong in [
        "",
        "com",
        "*.com",
        "*",
        "*.*.example.com",
        "a..example",
        "https://a.example",
        "a.example:443",
        "127.0.0.1",
        "a b.example",
        "[::1]",
    ] {
        assert_eq!(rule_host(wrong), None, "{wrong}");
    }
}
