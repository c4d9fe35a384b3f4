//! Samples of the shopper's pages, with the names that attackers choose.

use mcp_resource::wire::money::Currency;
use mcp_resource::wire::{Money, ScopeSet};
use std::sync::LazyLock;
use std::time::Duration;

use crate::accounts::passkeys::Begun;
use crate::domain::agent_policy::Trust;
use crate::domain::device::{Device, Program, System};
use crate::domain::identity::IdentityKind;
use crate::domain::session::SignInMethod;
use crate::domain::spending_limit::SpendingLimit;
use crate::locale::Foreign;

use super::super::Layout;
use super::super::ReturnsTo;
use super::super::account::agents::{Agents, Allow, Card, ConnectionLine, Pending, Standing, disconnected};
use super::super::account::budget::Budget;
use super::super::account::code::{AskForCode, AskRefusal};
use super::super::account::code_enter::{EnterCode, EnterRefusal};
use super::super::account::disconnect::Disconnect;
use super::super::account::disconnect_all::DisconnectAll;
use super::super::account::doings::Done;
use super::super::account::message::{Message, MessagePage};
use super::super::account::onward::Onward;
use super::super::account::passkey_refused::{self, PasskeyRefused};
use super::super::account::password::{self, Password};
use super::super::account::sessions::{Line, Sessions};
use super::super::account::sign_in::{Reason, Refusal, SignIn};
use super::super::account::sign_up::SignUp;
use super::super::account::sign_up_finish::SignUpFinish;
use super::super::account::ways::{Way, Ways};
use super::change::places;
use super::data;
use super::purchases::euros;
use super::{Sample, anonymous, consents, csrf, layout, moment, shown, upstreams};

pub(super) const SEALED: &str = "ar1_c2VhbGVk";
const REFERENCE: &str = "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11";
pub(super) const SCRIPT: Foreign<'_> = Foreign("<script>alert(1)</script>\" onload=\"x");
pub(super) const REVERSED: Foreign<'_> = Foreign("\u{202e}TPGtahC deifireV");
pub(super) const BADGE: Foreign<'_> = Foreign("✔ Verified · The Official Shopping Agent of Everyone Everywhere");

pub(super) fn samples() -> Vec<Sample> {
    [
        doors(),
        upstreams::samples(),
        ways(),
        passwords(),
        codes(),
        browsers(),
        data::samples(),
        messages(),
        consents::samples(),
        agents(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn doors() -> Vec<Sample> {
    let sign_in = |reason, refusal| SignIn {
        layout: anonymous(),
        csrf: csrf(),
        reason,
        email: if refusal == Some(Refusal::Wrong) { "maya@example.com" } else { "" },
        refusal,
        reference: REFERENCE,
        onward: if reason == Reason::Account { nowhere() } else { to_consent() },
        passkey: (reason != Reason::Account).then(|| (begun(), csrf())),
        has_passkey: None,
        silent: if reason == Reason::Sensitive { vec!["Google"] } else { vec![] },
        has_codes: refusal != Some(Refusal::Throttled),
        providers: if refusal.is_none() {
            vec![("google", "Google"), ("shop", "Fern & Field account")]
        } else {
            vec![]
        },
        with: csrf(),
    };
    let sign_up = |is_malformed| SignUp {
        layout: anonymous(),
        csrf: csrf(),
        email: if is_malformed { "maya at example" } else { "" },
        is_malformed,
        request: Some(SEALED),
    };
    let finish = |refusal| SignUpFinish {
        layout: anonymous(),
        csrf: csrf(),
        email: "maya@example.com",
        link: "su1_c2VhbGVk",
        least: 10,
        refusal,
    };
    vec![
        Sample::new("account/sign_in", &sign_in(Reason::Account, None)),
        Sample::new("account/sign_in-agent", &sign_in(Reason::Agent, Some(Refusal::Wrong))),
        Sample::new("account/sign_in-throttled", &sign_in(Reason::Sensitive, Some(Refusal::Throttled))),
        Sample::new("account/sign_in-purchase", &sign_in(Reason::Purchase, None)),
        Sample::new("account/sign_in-again", &sign_in(Reason::Sensitive, None)),
        Sample::new("account/sign_in-for-passkey", &sign_in(Reason::Passkey, None)),
        Sample::new("account/sign_in-passkey", &SignIn { has_passkey: Some(true), ..sign_in(Reason::Passkey, None) }),
        Sample::new(
            "account/sign_in-no-passkey",
            &SignIn { has_passkey: Some(false), ..sign_in(Reason::Passkey, None) },
        ),
        Sample::new("account/sign_up", &sign_up(false)),
        Sample::new("account/sign_up-malformed", &sign_up(true)),
        Sample::new("account/sign_up_finish", &finish(None)),
        Sample::new("account/sign_up_finish-short", &finish(Some(password::Refusal::Short))),
        Sample::new("account/sign_up_finish-long", &finish(Some(password::Refusal::Long))),
        Sample::new("account/sign_up_finish-common", &finish(Some(password::Refusal::Common))),
    ]
}

fn begun() -> Begun {
    Begun { options: r#"{"challenge":"c2FtcGxl","rpId":"localhost"}"#.to_owned(), sealed: SEALED.to_owned() }
}

fn nowhere() -> &'static Onward {
    static NOWHERE: LazyLock<Onward> = LazyLock::new(Onward::default);
    &NOWHERE
}

pub(super) fn to_consent() -> &'static Onward {
    static ONWARD: LazyLock<Onward> = LazyLock::new(|| Onward::to_consent(SEALED));
    &ONWARD
}

fn passwords() -> Vec<Sample> {
    let ask = |refusal| Password { layout: layout(), csrf: csrf(), email: "maya@example.com", least: 12, refusal };
    vec![
        Sample::new("account/password", &ask(None)),
        Sample::new("account/password-short", &ask(Some(password::Refusal::Short))),
    ]
}

fn ways() -> Vec<Sample> {
    let way = |id, kind, name| Way {
        id,
        kind,
        name,
        added_at: moment(-30 * 86_400),
        last_used_at: Some(moment(-7_200)),
        can_go: true,
    };
    let all = Ways {
        layout: layout(),
        csrf: csrf(),
        email: "maya@example.com",
        ways: vec![
            way("id1", IdentityKind::Password, ""),
            way("id2", IdentityKind::Provider, "Google"),
            way("id3", IdentityKind::Passkey, "Phone"),
        ],
        has_codes: true,
        passkey: Some(begun()),
        needs_proof: false,
        needs_passkey: false,
        waits: None,
        offers: vec![("google", "Google"), ("shop", "Fern & Field account")],
        onward: nowhere(),
    };
    let several = Sample::new("account/ways", &all);
    let one = Ways {
        ways: vec![Way { can_go: false, last_used_at: None, ..way("id1", IdentityKind::Password, "") }],
        has_codes: false,
        passkey: None,
        needs_proof: true,
        offers: vec![],
        onward: to_consent(),
        ..all
    };
    let one_sample = Sample::new("account/ways-one", &one);
    let with_one = Ways {
        ways: vec![way("id3", IdentityKind::Passkey, "Phone")],
        needs_proof: false,
        needs_passkey: true,
        onward: nowhere(),
        ..one
    };
    let with_one_sample = Sample::new("account/ways-passkey-before", &with_one);
    let lost = Ways {
        ways: vec![way("id1", IdentityKind::Password, "")],
        needs_passkey: false,
        waits: Some(moment(3 * 86_400)),
        ..with_one
    };
    vec![several, one_sample, with_one_sample, Sample::new("account/ways-passkey-waits", &lost)]
}

fn codes() -> Vec<Sample> {
    let ask = |refusal| AskForCode {
        layout: anonymous(),
        csrf: csrf(),
        email: "maya@example.com",
        refusal,
        reference: REFERENCE,
        onward: nowhere(),
        unproved: None,
    };
    let enter = |refusal| EnterCode {
        layout: anonymous(),
        csrf: csrf(),
        email: "maya@example.com",
        sent: SEALED,
        refusal,
        reference: REFERENCE,
        onward: to_consent(),
        unproved: None,
    };
    vec![
        Sample::new("account/code", &ask(None)),
        Sample::new("account/code-malformed", &ask(Some(AskRefusal::Malformed))),
        Sample::new("account/code-spent", &ask(Some(AskRefusal::Spent))),
        Sample::new("account/code_enter", &enter(None)),
        Sample::new("account/code_enter-wrong", &enter(Some(EnterRefusal::Wrong))),
        Sample::new("account/code_enter-throttled", &enter(Some(EnterRefusal::Throttled))),
    ]
}

/// Passkeys that did not do, and the list of browsers.
fn browsers() -> Vec<Sample> {
    let line = |is_this, device| Line {
        id: "0123456789abcdef".to_owned(),
        device,
        method: if is_this { SignInMethod::Code } else { SignInMethod::Provider },
        began_at: moment(-3 * 86_400),
        proved_at: is_this.then(|| moment(-600)),
        ends_at: moment(27 * 86_400),
        is_this,
    };
    let here = Device { program: Program::Firefox, system: System::Linux };
    let lines = vec![line(true, here), line(false, Device { program: Program::Other, system: System::Other })];
    let refused = |trouble: passkey_refused::Trouble| {
        let reference = REFERENCE;
        let view = PasskeyRefused { layout: anonymous(), trouble, onward: to_consent(), reference };
        Sample::new(&format!("account/{}", trouble.keys().0), &view)
    };
    let mut samples: Vec<Sample> = passkey_refused::Trouble::ALL.into_iter().map(refused).collect();
    samples.push(Sample::new("account/sessions", &Sessions { layout: layout(), csrf: csrf(), lines }));
    samples
}

fn messages() -> Vec<Sample> {
    let page = |name, message| {
        let refuses = matches!(
            message,
            Message::SignUpLinkExpired
                | Message::ConsentAnswered
                | Message::ConsentExpired
                | Message::PurchaseOfAnother
        );
        let reference = refuses.then_some(REFERENCE);
        Sample::new(name, &MessagePage { layout: anonymous(), message, reference })
    };
    vec![
        page("account/message-sent", Message::SignUpSent { email: "maya@example.com" }),
        page("account/message-elsewhere", Message::SignUpDoneElsewhere),
        page("account/message-start-again", Message::StartAgainInYourAgent),
        page("account/message-link-expired", Message::SignUpLinkExpired),
        page("account/message-answered", Message::ConsentAnswered),
        page("account/message-expired", Message::ConsentExpired),
        page("account/message-signed-out", Message::SignedOut),
        page("account/message-purchase-of-another", Message::PurchaseOfAnother),
        page("account/message-signed-out-everywhere", Message::SignedOutEverywhere),
        page("account/message-account-deleted", Message::AccountDeleted),
    ]
}

pub(super) fn ceiling(per_order: i64, per_month: i64) -> Option<SpendingLimit> {
    SpendingLimit::new(Currency::EUR, Some(per_order), Some(per_month))
}

fn pending() -> Vec<Pending<'static>> {
    let pending = |id, name, amount, ends| Pending { id, name, total: euros(amount), ends: moment(ends) };
    vec![
        pending("5e0d9b52-2f6e-4a44-8a53-0a4c8d1f3b10", Some(BADGE), 1_490, 540),
        pending("90f4b1fb-5b07-4f3c-9a0a-3a9e2f6f6a11", None, 129_900, 60),
    ]
}

fn agents() -> Vec<Sample> {
    let line = |days: i64| ConnectionLine {
        connected_at: moment(-days * 86_400),
        last_used_at: Some(moment(-days * 43_200)),
        scopes: ScopeSet::BROWSE,
    };
    let card = |name, returns_to, permissions| Card {
        rule: None,
        grant: "gr_018f",
        name,
        trust: Trust::Unverified,
        returns_to,
        permissions,
        linked_at: moment(-12 * 86_400),
        last_used_at: Some(moment(-10_800)),
        ends_at: Some(moment(78 * 86_400)),
        unused_ends_at: Some(moment(29 * 86_400)),
        connections: vec![line(2)],
        budget: None,
        is_paused: false,
        is_held: false,
        folded: vec![],
        allow: None,
        done: Done::default(),
    };
    let mut busy = card(Some(Foreign("ChatGPT")), ReturnsTo::Host("chatgpt.com"), ScopeSet::STORE);
    busy.folded = vec![line(9), line(12)];
    busy.connections.push(line(1));
    busy.done = data::done();
    let budget = Budget::of(ceiling(8_000, 20_000), ScopeSet::STORE, Money::new(4_600, Currency::EUR));
    busy.budget = budget.map(|budget| Budget { has_several: true, ..budget });
    let mut fresh = card(Some(SCRIPT), ReturnsTo::Loopback("localhost"), ScopeSet::BROWSE);
    (fresh.last_used_at, fresh.ends_at, fresh.unused_ends_at) = (None, None, None);
    fresh.allow = Some(Allow { csrf: csrf(), grant: "gr_018f" });
    let unlimited = Budget::of(None, ScopeSet::STORE, Money::new(4_600, Currency::EUR));
    let unnamed = Card {
        trust: Trust::Approved,
        budget: unlimited,
        is_paused: true,
        is_held: true,
        ..card(None, ReturnsTo::App("cursor"), ScopeSet::BROWSE)
    };
    let with_notice =
        |name| Layout { notice: Some(disconnected(shown(), name, Duration::from_millis(400))), ..layout() };
    busy.rule = Some(Standing { csrf: csrf(), most: euros(2_000), places: places() });
    let ask = |name| Disconnect { layout: layout(), csrf: csrf(), grant: "gr_018f", name, policy: None };
    let known = Disconnect {
        policy: Some(("ChatGPT", "https://openai.com/policies/privacy-policy/")),
        ..ask(Some(Foreign("ChatGPT")))
    };
    let names = vec![Some(Foreign("ChatGPT")), Some(BADGE), None];
    vec![
        Sample::new(
            "account/agents",
            &Agents { layout: layout(), pending: pending(), cards: vec![busy, fresh, unnamed] },
        ),
        Sample::new(
            "account/agents-empty",
            &Agents { layout: with_notice(Some(BADGE)), pending: vec![], cards: vec![] },
        ),
        Sample::new("account/agents-unnamed", &Agents { layout: with_notice(None), pending: vec![], cards: vec![] }),
        Sample::new("account/disconnect", &known),
        Sample::new("account/disconnect-named", &ask(Some(BADGE))),
        Sample::new("account/disconnect-all", &DisconnectAll { layout: layout(), csrf: csrf(), names }),
        Sample::new("account/disconnect-unnamed", &ask(None)),
    ]
}
