//! What an agent did last and what was ordered through it, on its card. What a call was about, nobody keeps.

use crate::domain::{GrantId, Timestamp};
use crate::locale::{Locale, Moment};
use crate::storage::last_actions::{LastCall, PlacedOrder, list_last_calls, list_orders};
use crate::storage::{DbConnection, StorageResult};

use super::super::Layout;

/// Orders that a card shows.
const SHOWN: usize = 3;
/// Orders of all cards together that are looked at.
const READ: i64 = 100;

/// Of all cards.
#[derive(Debug, Clone, Default)]
pub(super) struct Doings {
    calls: Vec<LastCall>,
    orders: Vec<PlacedOrder>,
    counts: Vec<(GrantId, i64)>,
}

/// Four queries, however many cards there are.
pub(super) fn read(connection: &mut DbConnection, connections: &[String], grants: &[&str]) -> StorageResult<Doings> {
    let (orders, counts) = list_orders(connection, grants, READ)?;
    Ok(Doings { calls: list_last_calls(connection, connections)?, orders, counts })
}

/// Of one card.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// The key of what it did, and when.
    pub last: Option<(&'static str, Moment)>,
    pub orders: Vec<Order>,
    /// Orders that are not shown.
    pub older: u32,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub id: String,
    pub total: String,
    pub at: Moment,
}

impl Order {
    pub(super) fn sentence(&self, layout: &Layout<'_>) -> String {
        layout.t2("agents-order", &("total", self.total.as_str()), &("order", crate::locale::Foreign(&self.id)))
    }
}

impl Doings {
    /// Of the card with these connections and grants.
    pub(super) fn of(&self, (connections, grants): (&[String], &[&str]), (now, locale): (Timestamp, &Locale)) -> Done {
        let own = self.calls.iter().filter(|call| connections.contains(&call.connection_id));
        let last = own.max_by_key(|call| call.at).map(|call| (key(&call.tool), Moment::new(call.at, now, locale)));
        let is_own = |id: &GrantId| grants.contains(&id.as_str());
        let orders = self.orders.iter().filter(|order| is_own(&order.grant_id)).take(SHOWN).map(|order| Order {
            id: order.order_id.clone(),
            total: locale.money(order.total),
            at: Moment::new(order.at, now, locale),
        });
        let orders: Vec<Order> = orders.collect();
        let all: i64 = self.counts.iter().filter(|(id, _)| is_own(id)).map(|(_, count)| count).sum();
        let older = u32::try_from(all).unwrap_or(u32::MAX).saturating_sub(u32::try_from(orders.len()).unwrap_or(0));
        Done { last, orders, older }
    }
}

/// The tools of `mcp-resource`; a server may have others.
fn key(tool: &str) -> &'static str {
    match tool {
        "search_products" => "action-search-products",
        "get_product" => "action-get-product",
        "check_inventory" => "action-check-inventory",
        "add_to_cart" => "action-add-to-cart",
        "update_cart" => "action-update-cart",
        "view_cart" => "action-view-cart",
        "initiate_checkout" => "action-initiate-checkout",
        "get_checkout_status" => "action-get-checkout-status",
        "get_order_status" => "action-get-order-status",
        _ => "action-other",
    }
}
