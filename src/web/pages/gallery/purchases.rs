//! Samples of the approval page in every state, and of the console's approvals.

use mcp_resource::wire::Money;
use mcp_resource::wire::purchase::{CheckoutDocument, DocumentLine, PurchaseState, ShipTo};

use crate::domain::agent_policy::Trust;
use crate::locale::Foreign;

use super::super::account::purchase::{Asker, PurchasePage, Status};
use super::super::console::approvals::{Approvals, Asking, Narrowed, Row};
use super::super::console::{Frame, Paging, Section};
use super::super::{Layout, ReturnsTo};
use super::{Sample, csrf, layout, moment, sandbox};

const ID: &str = "5e0d9b52-2f6e-4a44-8a53-0a4c8d1f3b10";

pub(super) fn euros(amount: i64) -> Money {
    // Never another than this one: a sample without a currency would show nothing.
    let currency = "EUR".parse().unwrap_or_else(|_| unreachable!("three letters"));
    Money::new(amount, currency)
}

fn document(titles: &[&str], has_address: bool) -> CheckoutDocument {
    let line = |title: &&str| DocumentLine {
        variant_id: "tea-50g".to_owned(),
        title: (*title).to_owned(),
        quantity: 2,
        unit_price: euros(500),
        total: euros(1_000),
    };
    let subtotal = i64::try_from(titles.len()).unwrap_or_default() * 1_000;
    CheckoutDocument {
        store: "https://fern.example/mcp".to_owned(),
        environment: "live".to_owned(),
        agent: "https://chatgpt.com/agent.json".to_owned(),
        lines: titles.iter().map(line).collect(),
        shipping_method: if has_address { "standard" } else { "pickup" }.to_owned(),
        ship_to: has_address.then(address),
        subtotal: euros(subtotal),
        shipping: euros(490),
        taxes: euros(238),
        taxes_included: has_address,
        total: euros(subtotal + 490 + if has_address { 0 } else { 238 }),
    }
}

pub(super) fn address() -> ShipTo {
    ShipTo {
        name: "Maya Thompson-Featherstonehaugh".to_owned(),
        line1: "14 rue des Tables Claudiennes".to_owned(),
        line2: Some("3e étage, porte gauche".to_owned()),
        postal_code: "69001".to_owned(),
        city: "Lyon".to_owned(),
        country: "FR".to_owned(),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    [pages(), approvals()].into_iter().flatten().collect()
}

fn pages() -> Vec<Sample> {
    let teas = document(
        &["Darjeeling First Flush, 50 g", "A teapot of hand-thrown stoneware with a bamboo handle, 1.2 l"],
        true,
    );
    let script = document(&["<script>alert(1)</script>"], false);
    let chat = Asker {
        name: Some(Foreign("ChatGPT")),
        trust: Trust::DomainVerified,
        described_by: Some("chatgpt.com"),
        returns_to: ReturnsTo::Host("chatgpt.com"),
    };
    let unnamed =
        Asker { name: None, trust: Trust::Unverified, described_by: None, returns_to: ReturnsTo::App("cursor") };
    let asking = |can_extend, is_held| Status::Asking { ends: moment(540), can_extend, is_held, over: None };
    let most = ("most", "80.00 EUR");
    let over = Some(layout().t1("purchase-over-order", &most));
    let over = Status::Asking { ends: moment(540), can_extend: true, is_held: false, over };
    let page = |name: &str, layout: Layout<'static>, (asker, document), status| {
        let view = PurchasePage {
            layout,
            csrf: csrf(),
            id: ID,
            asker,
            document,
            is_address_forgotten: matches!(status, Status::Completed { .. }),
            is_elevation: name.ends_with("elevation"),
            by_rule: name.contains("ruled"),
            status,
        };
        Sample::new(name, &view)
    };
    let decided = |name, status| page(name, layout(), (chat, &teas), status);
    vec![
        page("account/purchase", layout(), (chat, &teas), asking(true, false)),
        page("account/purchase-unnamed", sandbox(), (unnamed, &script), asking(false, false)),
        page("account/purchase-held", layout(), (chat, &teas), asking(true, true)),
        page("account/purchase-elevation", layout(), (chat, &teas), asking(true, false)),
        page("account/purchase-over", layout(), (chat, &teas), over),
        decided("account/purchase-approved", Status::Approved { until: moment(300) }),
        decided("account/purchase-ruled", Status::Approved { until: moment(300) }),
        decided("account/purchase-ruled-completed", Status::Completed { order: "order-2041" }),
        decided("account/purchase-declined", Status::Declined { is_silenced: false }),
        decided("account/purchase-silenced", Status::Declined { is_silenced: true }),
        decided("account/purchase-expired", Status::Expired),
        decided("account/purchase-superseded", Status::Superseded),
        decided("account/purchase-cancelled", Status::Cancelled),
        decided("account/purchase-consumed", Status::Consumed),
        decided("account/purchase-completed", Status::Completed { order: "order-2041" }),
        page("account/purchase-forgotten", layout(), (chat, &script), Status::Completed { order: "order-2041" }),
        decided("account/purchase-released", Status::Released),
    ]
}

fn approvals() -> Vec<Sample> {
    let row = |state, order| Row {
        asked_at: moment(-500),
        decided_at: (state != PurchaseState::AwaitingApproval).then(|| moment(-300)),
        by_rule: false,
        agent: Some(Foreign("ChatGPT")),
        client_id: "https://chatgpt.com/agent.json",
        shopper: "shopper-3f9a1c20b7de",
        total: euros(12_490),
        state,
        order,
        purchase: ID,
        checkout: "checkout-88120",
        grant: "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b11",
        token: order.map(|_| "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b13"),
        connection: "0199d3a2-7c1e-7b02-9c55-1f0f6f0c2b12",
        is_elevation: order.is_some(),
    };
    let frame = Frame { section: Section::Approvals, is_paused: false, is_loopback: false, has_sandbox: true };
    let page = |name, asked, rows| {
        let paging = Paging { newer: None, older: Some("?before=1") };
        Sample::new(name, &Approvals { layout: layout(), frame, asked, rows, paging })
    };
    let all = [
        row(PurchaseState::AwaitingApproval, None),
        row(PurchaseState::Consumed, None),
        Row { by_rule: true, ..row(PurchaseState::Completed, Some("order-2041")) },
        Row {
            agent: None,
            client_id: "c1_mZ3uL9yqk5T2vXw8RbN4sE7aHc1dJfPg0oViKtUxY6Q",
            ..row(PurchaseState::Declined, None)
        },
    ];
    vec![
        page("console/approvals", Narrowed::default(), all.to_vec()),
        page("console/approvals-order", Narrowed { id: "order-2041", state: Some(Asking::Completed) }, vec![]),
        page("console/approvals-none", Narrowed::default(), vec![]),
    ]
}
