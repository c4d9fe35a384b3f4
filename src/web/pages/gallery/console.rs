//! Samples of the merchant's pages.

use mcp_resource::wire::ScopeSet;

use crate::domain::agent_policy::{AgentPolicy, RegistrationMode, Trust};
use crate::domain::authentication::CheckoutProof;
use crate::domain::client::AgentClass;
use crate::domain::elevation::Elevation;
use crate::domain::evidence::Check;
use crate::domain::platforms::Platforms;
use crate::locale::Foreign;
use crate::merchant::merging::CannotMerge;

use super::super::account::sign_in::Refusal;
use super::super::console::agent::{self, Agent as AgentPage};
use super::super::console::agents::{Class, Clients};
use super::super::console::audit::{self, Audit};
use super::super::console::confirm::{Confirm, Whose};
use super::super::console::merge::{self, Merge};
use super::super::console::policy::{self, Policy};
use super::super::console::policy_checkout::Checkout;
use super::super::console::sessions::{self, Sessions, State};
use super::super::console::settings::{Done, Settings};
use super::super::console::sign_in::ConsoleSignIn;
use super::super::console::why::{self, Narrowed, Why};
use super::super::console::{self, Frame, Paging, Section, agents, revoked};
use super::super::{Layout, Links, ReturnsTo, Viewer};
use super::{Sample, csrf, layout, moment, shown};

const DOCUMENT: &str = "https://claude.ai/oauth/claude-code-client-metadata";
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
        Sample::new(
            "console/agents-none",
            &Clients {
                rows: vec![],
                filter: agents::Filter { text: "nobody", trust: Some(Trust::Approved), state: None },
                ..clients()
            },
        ),
        Sample::new("console/audit", &audit_page()),
    ];
    samples.push(Sample::new("console/audit-empty", &Audit { rows: vec![], ..audit_page() }));
    samples.push(Sample::new("console/why", &why(None)));
    samples.push(Sample::new("console/why-empty", &Why { rows: vec![], ..why(None) }));
    samples.push(Sample::new("console/why-answer", &why(Some(Check::RedirectUri))));
    samples.push(Sample::new("console/why-unknown", &Why { answer: Some(unknown()), ..why(None) }));
    samples.extend(settings());
    samples.extend(super::registration::samples(staff, frame(Section::Agents)));
    samples.extend(agents_pages());
    samples
}

pub(super) fn staff() -> Layout<'static> {
    let viewer = Viewer { name: "owner@fern.example", csrf: csrf() };
    Layout { viewer: Some(viewer), links: Links::default(), ..layout() }
}

pub(super) const fn frame(section: Section) -> Frame {
    Frame { section, is_paused: false, is_loopback: true, has_sandbox: true }
}

fn sign_in(refusal: Option<Refusal>) -> ConsoleSignIn<'static> {
    ConsoleSignIn {
        layout: Layout { viewer: None, ..staff() },
        csrf: csrf(),
        email: "",
        refusal,
        reference: "01JD9Q7Z4T6M",
    }
}

fn sessions(is_busy: bool) -> Sessions<'static> {
    let row = |agent, shopper, state, grace_replays| sessions::Row {
        connection: "cn_018f2c",
        agent,
        client_id: CLIENT,
        trust: if grace_replays > 0 { Trust::DomainVerified } else { Trust::Unverified },
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
    let notice = is_busy.then(|| revoked(shown()));
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
        went_back_at: is_busy.then(|| moment(-3_600)),
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
    let row = |name, class, returns_to, live_sessions, is_paused: bool| agents::Row {
        client_id: CLIENT,
        name,
        trust: match class {
            Class::Support => Trust::Approved,
            Class::Shop if !is_paused => Trust::DomainVerified,
            _ => Trust::Unverified,
        },
        class,
        returns_to: vec![returns_to],
        registered_at: moment(-40 * 86_400),
        live_sessions,
        is_paused,
        is_quarantined: live_sessions == 0,
        merged_into: (live_sessions == 31).then_some(Foreign(DOCUMENT)),
    };
    Clients {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Agents),
        filter: agents::Filter::default(),
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

/// The pages behind the list of agents.
fn agents_pages() -> Vec<Sample> {
    let platforms = Platforms::default();
    let quarantined =
        AgentPage { is_quarantined: true, is_paused: true, may_change: false, merged: &[], ..client(&platforms) };
    let merged = AgentPage {
        merged_into: Some(DOCUMENT),
        is_held_by_successor: true,
        is_quarantined: true,
        can_merge: false,
        acts: vec![],
        reports: vec![],
        ..client(&platforms)
    };
    let list = console::platforms::Platforms { layout: staff(), frame: frame(Section::Agents), platforms: &platforms };
    vec![
        Sample::new("console/agent", &client(&platforms)),
        Sample::new("console/agent-quarantined", &quarantined),
        Sample::new("console/agent-merged", &merged),
        Sample::new("console/agent-wrong", &AgentPage { password_was_wrong: true, ..client(&platforms) }),
        Sample::new("console/merge", &merge(None)),
        Sample::new("console/merge-refused", &merge(Some(CannotMerge::NoDocument))),
        Sample::new("console/merge-wrong", &Merge { password_was_wrong: true, ..merge(None) }),
        Sample::new("console/policy", &policy()),
        Sample::new(
            "console/policy-viewer",
            &Policy {
                may_change: false,
                may_revoke: false,
                rules: vec![],
                checkout: Checkout { proof: CheckoutProof::default(), has_passkeys: false },
                ..policy()
            },
        ),
        Sample::new("console/policy-wrong", &Policy { host: "https://evil", host_was_wrong: true, ..policy() }),
        Sample::new("console/platforms", &list),
    ]
}

fn client(platforms: &Platforms) -> AgentPage<'_> {
    let act = |key, outcome| agent::Act { key, outcome, at: moment(-3600), reference: "01JD9Q7Z4T6M" };
    AgentPage {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Agents),
        client_id: DOCUMENT,
        name: Some("Claude Code"),
        trust: Trust::Unverified,
        origin: "client-origin-described",
        method: "none",
        document_read_at: Some(moment(-300)),
        platform: platforms.find_by_client_id(DOCUMENT),
        returns_to: vec![ReturnsTo::Loopback("localhost"), ReturnsTo::Loopback("127.0.0.1")],
        redirect_uris: vec!["http://localhost/callback", "http://127.0.0.1/callback"],
        is_only_local: true,
        registered_at: moment(-40 * 86_400),
        class: Class::Browse,
        own_class: Some(AgentClass::Browse),
        live_sessions: 31,
        is_paused: false,
        is_quarantined: false,
        is_held_by_successor: false,
        is_approved: true,
        can_be_approved: true,
        can_merge: true,
        merged_into: None,
        merged: MERGED.get_or_init(|| vec![CLIENT.to_owned()]),
        acts: vec![
            act("audit-kind-client-classed", "browse: asks for more than it uses"),
            act("audit-kind-client-approved", "ok"),
        ],
        reports: vec![act("audit-kind-agent-reported", "ok")],
        may_quarantine: true,
        may_change: true,
        password_was_wrong: false,
    }
}

static MERGED: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();

fn merge(refused: Option<CannotMerge>) -> Merge<'static> {
    Merge {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Agents),
        from: CLIENT,
        from_name: Some(Foreign("Claude Code")),
        into: DOCUMENT,
        into_name: refused.is_none().then_some(Foreign("Claude Code")),
        refused: refused.map(merge::why),
        moves: 31,
        stays: 2,
        password_was_wrong: false,
    }
}

fn policy() -> Policy<'static> {
    let decided = AgentPolicy { unverified: AgentClass::Browse, ..AgentPolicy::default() };
    let rule = |host, is_denied| policy::Rule { host: Foreign(host), is_denied, created_at: moment(-86_400) };
    Policy {
        layout: staff(),
        csrf: csrf(),
        frame: frame(Section::Agents),
        tiers: agents::TIERS.into_iter().map(|trust| policy::Tier::of(trust, &decided)).collect(),
        registration: RegistrationMode::Open,
        checkout_links: true,
        approval_rules: true,
        longest_elevation: Some(Elevation::Today),
        rules: vec![rule("chatgpt.com", false), rule("*.evil.example", true)],
        checkout: Checkout { proof: decided.checkout, has_passkeys: true },
        host: "",
        host_was_wrong: false,
        denied_sessions: 12,
        denied_agents: 1,
        may_revoke: true,
        may_change: true,
        password_was_wrong: false,
    }
}

fn audit_page() -> Audit<'static> {
    let row = |kind, tool: Option<&'static str>, status, risk| audit::Row {
        at: moment(-42),
        kind,
        agent: tool.map(|_| Foreign("ChatGPT")),
        client_id: Some(CLIENT),
        session: Some("cn_018f2c"),
        purchase: (kind == "purchase_approved").then_some("0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b10"),
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
            row("purchase_approved", None, "ok", None),
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
        layout: Layout { notice: done.map(|done| done.notice(shown())), ..staff() },
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
