//! Samples of the merchant's pages.

use mcp_resource::wire::ScopeSet;

use crate::domain::evidence::Check;
use crate::locale::{Foreign, Locale};

use super::super::account::sign_in::Refusal;
use super::super::console::agents::{Class, Clients};
use super::super::console::audit::{self, Audit};
use super::super::console::confirm::{Confirm, Whose};
use super::super::console::sessions::{self, Sessions, State};
use super::super::console::settings::{Done, Settings};
use super::super::console::sign_in::ConsoleSignIn;
use super::super::console::why::{self, Narrowed, Why};
use super::super::console::{Frame, Paging, Section, agents, revoked};
use super::super::{Layout, Links, ReturnsTo, Viewer};
use super::{Sample, csrf, layout, moment};

const CLIENT: &str = "c1_mZ3uL9yqk5T2vXw8RbN4sE7aHc1dJfPg0oViKtUxY6Q";

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = vec![
        Sample::new("console/sign_in", &sign_in(None)),
        Sample::new("console/sign_in-wrong", &sign_in(Some(Refusal::Wrong))),
        Sample::new("console/sessions", &sessions(true)),
        Sample::new("console/sessions-empty", &Sessions { rows: vec![], ..sessions(false) }),
        Sample::new("console/confirm-client", &confirm(Whose::Client { id: CLIENT, name: Some(Foreign("ChatGPT")) })),
        Sample::new("console/confirm-unnamed", &confirm(Whose::Client { id: CLIENT, name: None })),
        Sample::new("console/confirm-shopper", &confirm(Whose::Shopper("sh_7Qk2mX"))),
        Sample::new("console/agents", &clients()),
        Sample::new("console/agents-empty", &Clients { rows: vec![], ..clients() }),
        Sample::new("console/audit", &audit_page()),
    ];
    samples.push(Sample::new("console/audit-empty", &Audit { rows: vec![], ..audit_page() }));
    samples.push(Sample::new("console/why", &why(None)));
    samples.push(Sample::new("console/why-empty", &Why { rows: vec![], ..why(None) }));
    samples.push(Sample::new("console/why-answer", &why(Some(Check::RedirectUri))));
    samples.push(Sample::new("console/why-unknown", &Why { answer: Some(unknown()), ..why(None) }));
    samples.extend(settings());
    samples.extend(super::registration::samples(staff, frame(Section::Agents)));
    samples
}

fn staff() -> Layout<'static> {
    let viewer = Viewer { name: "owner@fern.example", csrf: csrf() };
    Layout { viewer: Some(viewer), links: Links::default(), ..layout() }
}

const fn frame(section: Section) -> Frame {
    Frame { section, is_paused: false, is_loopback: true, has_sandbox: true }
}

fn sign_in(refusal: Option<Refusal>) -> ConsoleSignIn<'static> {
    ConsoleSignIn { layout: Layout { viewer: None, ..staff() }, csrf: csrf(), email: "", refusal }
}

fn sessions(is_busy: bool) -> Sessions<'static> {
    let row = |agent, shopper, state, grace_replays| sessions::Row {
        connection: "cn_018f2c",
        agent,
        client_id: CLIENT,
        shopper,
        scopes: if grace_replays > 0 { ScopeSet::STORE } else { ScopeSet::BROWSE },
        authorized_at: moment(-2 * 86_400),
        last_used_at: (state != State::Expired).then(|| moment(-95)),
        ends_at: moment(88 * 86_400),
        state,
        grace_replays,
        folded: (0..grace_replays.min(2))
            .map(|_| sessions::Folded {
                connection: "cn_018f2b",
                authorized_at: moment(-5 * 86_400),
                last_used_at: Some(moment(-3 * 86_400)),
                state,
            })
            .collect(),
    };
    let notice = is_busy.then(|| revoked(Locale::english()));
    Sessions {
        layout: Layout { notice, ..staff() },
        csrf: csrf(),
        frame: frame(Section::Sessions),
        place: "state=live",
        filter: sessions::Filter {
            agent: if is_busy { "" } else { "nobody" },
            shopper: "",
            state: State::parse("live"),
        },
        rows: vec![
            row(Some(Foreign("ChatGPT")), "sh_7Qk2mX", State::Live, 2),
            row(Some(Foreign("Claude Code")), "sh_7Qk2mX", State::Live, 0),
            row(None, "sh_p9Lw3c", State::Paused, 0),
            row(Some(Foreign("<b>Verified</b>\u{202e}tnegA")), "sh_p9Lw3c", State::Revoked, 0),
            row(Some(Foreign("Shopping Pal")), "sh_aa71Zd", State::Disconnected, 0),
            row(Some(Foreign("Shopping Pal")), "sh_aa71Zd", State::Reused, 1),
            row(Some(Foreign("Basket Bot")), "sh_0Kd8fe", State::Expired, 0),
        ],
        paging: Paging { newer: None, older: is_busy.then_some("/console?before=cn_018f2c") },
        may_revoke: true,
    }
}

fn confirm(whose: Whose<'static>) -> Confirm<'static> {
    Confirm { layout: staff(), csrf: csrf(), frame: frame(Section::Sessions), whose, live_sessions: 1284 }
}

fn clients() -> Clients<'static> {
    let row = |name, class, returns_to, live_sessions, is_paused| agents::Row {
        client_id: CLIENT,
        name,
        name_is_confirmed: class == Class::Support,
        class,
        returns_to: vec![returns_to],
        registered_at: moment(-40 * 86_400),
        live_sessions,
        is_paused,
    };
    Clients {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Agents),
        rows: vec![
            row(Some(Foreign("ChatGPT")), Class::Shop, ReturnsTo::Host("chatgpt.com"), 1284, false),
            row(Some(Foreign("Claude Code")), Class::Shop, ReturnsTo::Loopback("localhost"), 31, true),
            row(None, Class::Browse, ReturnsTo::App("cursor"), 0, false),
            row(Some(Foreign("Fern Assistant")), Class::Support, ReturnsTo::Host("fern.example"), 4, false),
        ],
        paging: Paging::default(),
        may_revoke: true,
    }
}

fn audit_page() -> Audit<'static> {
    let row = |kind, tool: Option<&'static str>, status, risk| audit::Row {
        at: moment(-42),
        kind,
        agent: tool.map(|_| Foreign("ChatGPT")),
        client_id: Some(CLIENT),
        session: Some("cn_018f2c"),
        tool,
        status,
        latency_ms: tool.map(|_| 12),
        risk,
        reference: Some("01JD9Q7Z4T6M"),
    };
    Audit {
        layout: staff(),
        frame: frame(Section::Audit),
        filter: audit::Filter { session: "cn_018f2c", reference: "" },
        rows: vec![
            row("tool_call", Some("add_to_cart"), "200", Some(1)),
            row("tool_call", Some("initiate_checkout"), "403", Some(3)),
            row("token_refreshed", None, "ok", None),
            row("consent_given", None, "ok", None),
        ],
        paging: Paging { newer: Some("/console/audit?after=9"), older: Some("/console/audit?before=4") },
    }
}

fn why(check: Option<Check>) -> Why<'static> {
    let row = |endpoint, error, check: Check, client| why::Row {
        at: moment(-95),
        endpoint,
        error,
        check: check.as_str(),
        client,
        reference: "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11",
    };
    let answer = check.map(|check| why::Answer {
        refusals: vec![why::Detail {
            row: row("/authorize", "400", check, Some(CLIENT)),
            check: Some(check),
            reason: "the redirect_uri is not one of the client's",
            expected: "https://chatgpt.com/connector_platform_oauth_redirect, http://127.0.0.1/callback",
            presented: "https://chatgpt.com/connector_platform_oauth_redirect/",
        }],
        entries: 1,
        ..unknown()
    });
    Why {
        layout: staff(),
        frame: frame(Section::Audit),
        asked: Narrowed {
            reference: if check.is_some() { "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11" } else { "" },
            ..Narrowed::default()
        },
        rows: vec![
            row("/authorize", "400", Check::RedirectUri, Some(CLIENT)),
            row("/token", "invalid_grant", Check::PkceVerifier, Some(CLIENT)),
            row("https://fern.example/mcp", "invalid_token", Check::Audience, Some(CLIENT)),
            row("/register", "invalid_redirect_uri", Check::RedirectUriForm, None),
        ],
        answer,
        paging: Paging { newer: None, older: Some("/console/why?before=4-1") },
    }
}

const fn unknown() -> why::Answer<'static> {
    why::Answer { refusals: vec![], entries: 0, kept: 100_000, days: 30 }
}

fn settings() -> Vec<Sample> {
    let view = |is_paused, done: Option<Done>| Settings {
        layout: Layout { notice: done.map(|done| done.notice(Locale::english())), ..staff() },
        csrf: csrf(),
        frame: Frame { is_paused, ..frame(Section::Settings) },
        live_is_open: true,
        sandbox_is_open: Some(false),
        password_was_wrong: is_paused && done.is_none(),
        may_pause: true,
        may_change: true,
    };
    vec![
        Sample::new("console/settings", &view(false, None)),
        Sample::new("console/settings-saved", &view(false, Some(Done::Saved))),
        Sample::new("console/settings-paused", &view(true, Some(Done::Paused))),
        Sample::new("console/settings-resumed", &view(false, Some(Done::Resumed))),
        Sample::new("console/settings-wrong", &view(true, None)),
    ]
}
