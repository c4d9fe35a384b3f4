//! `[retention]`: how long what shoppers bought, and where it went, is kept here.

use std::time::Duration;

use super::parse::lifetime;
use super::section::section;

section! {
    /// How long records of purchases are kept.
    Retention "retention" {
        /// When the address of a purchase is forgotten; what was bought, its total and its digest stay.
        addresses: Duration = "90d", lifetime;
        /// When the orders of a deleted account are forgotten, and all that was kept with them: as long as the law wants
        /// records of orders. Without an order, it goes when no token of the account could be alive.
        orders: Duration = "3653d", lifetime;
    }
}
