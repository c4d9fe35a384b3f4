//! Samples of the consent page: every state of spec/pages.md 5.2, with the names that attackers choose.

use std::time::Duration;

use mcp_resource::wire::money::Currency;
use mcp_resource::wire::{Scope, ScopeSet};

use crate::accounts::asked::Change;
use crate::domain::agent_policy::Trust;
use crate::domain::consent::ConsentQuestion;
use crate::domain::elevation::Elevation;
use crate::domain::stay::Stay;
use crate::locale::{Foreign, Moment};

use super::super::account::amounts::LimitFields;
use super::super::account::consent::{Asker, Consent, Details, Question, Spending, StayField, Until};
use super::super::account::consent_bundle::{Bundle, Sentence};
use super::super::scopes::Task;
use super::super::{Layout, ReturnsTo};
use super::account::{BADGE, REVERSED, SCRIPT, SEALED, ceiling};
use super::{Sample, csrf, layout, moment, sandbox};

fn consent(layout: Layout<'static>, asker: Asker<'static>, question: &ConsentQuestion) -> Consent<'static> {
    let asks = |scope| question.asked().contains(scope);
    let stays = |days: i64| (asks(Scope::OfflineAccess) || question.is_step_up).then(|| moment(days * 86_400));
    Consent {
        layout,
        csrf: csrf(),
        request: SEALED,
        held: None,
        asker,
        until: Until {
            ends: stays(90),
            unused: stays(30).map(|moment| moment.words),
            stay: None,
            checkout_minutes: asks(Scope::CheckoutInitiate).then_some(15),
        },
        spending: asks(Scope::CheckoutInitiate).then(|| spending(LimitFields::new(None, Currency::EUR, None))),
        question: Question::of(question, |scope| scope == Scope::OrdersRead, None),
        bundle: None,
        details: Details {
            client_id: "c1_mZ3uL9yqk5T2vXw8RbN4sE7aHc1dJfPg0oViKtUxY6Q",
            redirect_uri: "https://chatgpt.com/connector/oauth/AbC123",
            resource: "https://fern.example/mcp",
            scope: "products:read inventory:read cart:write checkout:initiate orders:read offline_access",
        },
        trouble: None,
    }
}

fn spending(limits: LimitFields) -> Spending {
    Spending { limits, windows: vec![], chosen: Elevation::default() }
}

fn question(scopes: &[Scope], is_step_up: bool) -> ConsentQuestion {
    let held = is_step_up.then(|| ScopeSet::BROWSE.with(Scope::CartWrite));
    ConsentQuestion::of(ScopeSet::of(scopes).union(held.unwrap_or_default()), held)
}

pub(super) fn samples() -> Vec<Sample> {
    use Scope::{CartWrite, CheckoutInitiate, InventoryRead, OfflineAccess, OrdersRead, ProductsRead};
    let everything = [ProductsRead, InventoryRead, CartWrite, CheckoutInitiate, OrdersRead, OfflineAccess];
    let asker =
        |name, returns_to| Asker { name, trust: Trust::Unverified, described_by: None, change: None, returns_to };
    let web = ReturnsTo::Host("chatgpt.com");
    let chat = asker(Some(Foreign("ChatGPT")), web);
    let loopback = asker(Some(Foreign("Claude Code")), ReturnsTo::Loopback("127.0.0.1"));
    let confirmed = Asker { trust: Trust::Approved, ..asker(Some(Foreign("Fern Assistant")), web) };
    let described = Asker { described_by: Some("chatgpt.com"), trust: Trust::DomainVerified, ..chat };
    let proved = Asker { trust: Trust::KeyVerified, ..described };
    let changed = Asker { change: Some(Change::Client), ..described };
    let reworded = Asker { change: Some(Change::Wording), ..chat };
    let described_here = Asker { described_by: Some("claude.ai"), ..loopback };
    let browse = || question(&[ProductsRead, InventoryRead], false);
    let page = |name, layout, asker, question| Sample::new(name, &consent(layout, asker, &question));
    let mut empty = consent(layout(), chat, &question(&everything, false));
    empty.trouble = Some("consent-nothing-ticked");
    let mut again = consent(layout(), chat, &question(&everything, false));
    again.trouble = Some("consent-shown-anew");
    let with = |question: ConsentQuestion, spending| Consent {
        spending: Some(spending),
        ..consent(layout(), chat, &question)
    };
    let prefilled = LimitFields::new(ceiling(8_000, 20_000), Currency::EUR, ceiling(8_000, 20_000));
    let typed = LimitFields::read(("80.01", "2,000.00"), Currency::EUR, ceiling(8_000, 20_000));
    let typed = typed.err().map_or_else(|| prefilled.clone(), |again| *again);
    let windows = Spending { windows: Elevation::ALL.to_vec(), ..spending(prefilled.clone()) };
    let mut chooses = with(question(&everything, false), windows);
    chooses.until.checkout_minutes = None;
    chooses.until.stay = Some(stay(Stay::Longest, None));
    let mut longer = consent(layout(), chat, &question(&[CheckoutInitiate, OrdersRead], true));
    longer.until.stay = Some(stay(Stay::Kept, Some(moment(5 * 86_400))));
    let some = ScopeSet::of(&[ProductsRead, CartWrite]);
    let beside = ConsentQuestion::of(ScopeSet::of(&everything[..4]).with(OfflineAccess), Some(some));
    vec![
        page("account/consent-first", layout(), chat, question(&everything, false)),
        page("account/consent-described", layout(), described, question(&everything, false)),
        page("account/consent-key-verified", layout(), proved, question(&[CheckoutInitiate], true)),
        page("account/consent-changed", layout(), changed, browse()),
        page("account/consent-reworded", layout(), reworded, question(&everything, false)),
        page("account/consent-described-loopback", layout(), described_here, browse()),
        page("account/consent-browse", layout(), confirmed, browse()),
        page("account/consent-loopback", layout(), loopback, question(&everything[..4], false)),
        page("account/consent-app", layout(), asker(Some(Foreign("Cursor")), ReturnsTo::App("cursor:")), browse()),
        page("account/consent-unnamed", sandbox(), asker(None, ReturnsTo::Host("chatgpt.com.evil.example")), browse()),
        page("account/consent-step-up", layout(), chat, question(&[CheckoutInitiate], true)),
        page("account/consent-step-up-beside", layout(), chat, beside),
        page("account/consent-step-up-two", layout(), chat, question(&[CheckoutInitiate, OrdersRead], true)),
        page("account/consent-step-up-unnamed", layout(), asker(None, web), question(&[OrdersRead], true)),
        page("account/consent-script", layout(), asker(Some(SCRIPT), web), browse()),
        page("account/consent-reversed", layout(), asker(Some(REVERSED), web), browse()),
        page("account/consent-badge", layout(), asker(Some(BADGE), web), browse()),
        Sample::new("account/consent-nothing-ticked", &empty),
        Sample::new("account/consent-shown-anew", &again),
        Sample::new("account/consent-limits", &with(question(&everything, false), spending(prefilled))),
        Sample::new("account/consent-limits-wrong", &with(question(&[CheckoutInitiate], true), spending(typed))),
        Sample::new("account/consent-windows", &chooses),
        Sample::new("account/consent-stay-kept", &longer),
        Sample::new("account/consent-bundled", &bundled(question(&everything, false), confirmed)),
        Sample::new("account/consent-bundled-step-up", &bundled(question(&[CheckoutInitiate], true), confirmed)),
        Sample::new("account/consent-bundled-reworded", &bundled(question(&everything, false), reworded)),
        Sample::new("account/consent-bundled-unnamed", &bundled(question(&everything[..3], false), asker(None, web))),
    ]
}

fn stay(chosen: Stay, kept: Option<Moment>) -> StayField {
    let offered = Stay::offered(Duration::from_hours(24 * 90), kept.is_some());
    StayField { offered, chosen, kept, longest: moment(90 * 86_400) }
}

/// As Google demands it.
fn bundled(question: ConsentQuestion, asker: Asker<'static>) -> Consent<'static> {
    let question = question.in_form(true);
    let bundle = Bundle {
        sentences: Task::ALL.into_iter().filter_map(|task| Sentence::of(task, question.asked())).collect(),
        company: asker.name.map(|_| "Google".to_owned()),
        policy: Some("https://policies.google.com/privacy".to_owned()),
    };
    let asker = Asker {
        name: asker.name.map(|_| Foreign("Google")),
        returns_to: ReturnsTo::Host("oauth-redirect.googleusercontent.com"),
        ..asker
    };
    let mut page = consent(layout(), asker, &question);
    page.until.stay = Some(stay(Stay::Longest, None));
    Consent { bundle: Some(bundle), ..page }
}
