//! Samples of the merchant's pages about clients by hand and registration.

use crate::domain::client::AuthMethod;

use super::super::Layout;
use super::super::console::Frame;
use super::super::console::by_hand::{self, ByHand};
use super::super::console::client::{ClientPage, Fields, Made};
use super::super::console::presets::Preset;
use super::super::console::registration::{Registration, TokenRow};
use super::super::console::shown_once::ShownOnce;
use super::{Sample, csrf, moment};

const ID: &str = "ch_mZ3uL9yqk5T2vXw8RbN4sE7aHc1dJfPg0oViKtUxY6Q";
const RESOURCE: &str = "https://mcp.fern.example/mcp";
const GOOGLE: &str = "https://oauth-redirect.googleusercontent.com/r/fern-and-field-1234";

pub(super) fn samples(staff: fn() -> Layout<'static>, frame: Frame) -> Vec<Sample> {
    let by_hand = |rows, may_change| ByHand { layout: staff(), frame, rows, may_change };
    let row = |name, auth_method, uri| by_hand::Row {
        client_id: ID,
        name,
        auth_method,
        redirect_uris: vec![uri],
        made_at: moment(-20 * 86_400),
    };
    let rows = vec![
        row("Google", AuthMethod::ClientSecretBasic, GOOGLE),
        row("Fern’s own app", AuthMethod::PrivateKeyJwt, "https://app.fern.example/callback"),
        row("Kiosk", AuthMethod::None, "http://127.0.0.1/callback"),
    ];
    let form = |preset: Preset, made: Option<Made>, wrong: Option<&str>| {
        let resources = vec![RESOURCE.to_owned()];
        let fields = preset.fields(&resources);
        let fields = if made.is_some() {
            Fields { name: "Google".to_owned(), redirect_uris: GOOGLE.to_owned(), ..fields }
        } else {
            fields
        };
        let (wrong, may_change) = (wrong.map(str::to_owned), true);
        ClientPage { layout: staff(), csrf: csrf(), frame, made, preset, fields, resources, wrong, may_change }
    };
    let made = Made {
        id: ID.to_owned(),
        auth_method: AuthMethod::ClientSecretBasic,
        made_at: moment(-20 * 86_400),
        previous_until: Some(moment(7 * 86_400)),
    };
    let viewed = ClientPage { may_change: false, ..form(Preset::Plain, Some(made.clone()), None) };
    vec![
        Sample::new("console/by_hand", &by_hand(rows, true)),
        Sample::new("console/by_hand-empty", &by_hand(vec![], false)),
        Sample::new("console/client-new", &form(Preset::Plain, None, None)),
        Sample::new("console/client-google", &form(Preset::Google, None, Some("Write a project id."))),
        Sample::new("console/client-copilot", &form(Preset::Copilot, None, None)),
        Sample::new("console/client", &form(Preset::Plain, Some(made), None)),
        Sample::new("console/client-viewed", &viewed),
        Sample::new("console/shown_once", &shown_once(staff(), frame)),
        Sample::new("console/registration", &registration(staff(), frame, true)),
        Sample::new("console/registration-empty", &registration(staff(), frame, false)),
    ]
}

fn shown_once(layout: Layout<'static>, frame: Frame) -> ShownOnce<'static> {
    let value = |key, value: &str| (key, value.to_owned());
    ShownOnce {
        frame,
        title: "once-client-title",
        values: vec![
            value("once-id", ID),
            value("once-secret", "tgs_an-example-of-a-secret-as-long-as-one-is-1234"),
            value("once-authorize", "https://auth.fern.example/authorize"),
            value("once-token-url", "https://auth.fern.example/token"),
            value("once-refresh-url", "https://auth.fern.example/token"),
            value("once-scopes", "products:read inventory:read cart:write checkout:initiate offline_access"),
        ],
        has_secret: true,
        steps: Preset::Google.steps().iter().map(|key| layout.t(key)).collect(),
        back: "/console/clients",
        layout,
    }
}

fn registration(layout: Layout<'static>, frame: Frame, has_any: bool) -> Registration<'static> {
    let token = |note: &str, uses_left, ends_at, is_good| TokenRow {
        name: "nothing".to_owned(),
        note: note.to_owned(),
        made_at: moment(-3 * 86_400),
        ends_at,
        uses_left,
        is_good,
    };
    let tokens = vec![
        token("Shopping Pal, for their release in spring", Some(3), Some(moment(27 * 86_400)), true),
        token("", None, None, true),
        token("Basket Bot", Some(0), Some(moment(86_400)), false),
    ];
    Registration {
        layout,
        csrf: csrf(),
        frame,
        tokens: if has_any { tokens } else { vec![] },
        uris: if has_any { vec!["com.shopping-pal:/oauth/callback".to_owned()] } else { vec![] },
        known_uris: &[],
        wrong: (!has_any).then(|| "Write the number of registrations, or nothing.".to_owned()),
        may_change: has_any,
    }
}
