//! A store: what shoppers see of it, and what it owns.

use mcp_resource::wire::money::Currency;

use super::StoreId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    pub id: StoreId,
    pub name: String,
    pub currency: Currency,
    /// An IANA name, such as `Europe/Paris`: periods run in it.
    pub time_zone: String,
    /// A BCP 47 tag, such as `en`.
    pub locale: String,
    pub contact: Option<String>,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
    /// Whether agents of class `shop` may ask to read orders (design §6).
    pub shop_may_read_orders: bool,
}
