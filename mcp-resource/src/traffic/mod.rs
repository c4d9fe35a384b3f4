//! How much one connection may ask for: calls per minute (C-2, S1-36, S1-37) and calls at once (S1-85).
//!
//! Counted per connection, never per address (S1-38): all tokens of a connection share one allowance, so minting more
//! of them buys nothing. In memory and per process; with several replicas each counts its own share. Who has no token has
//! no connection: where a store serves such callers (C-7), they are counted by their [`source`], and apart.

mod concurrency;
mod source;
mod window;

pub use concurrency::{Concurrency, Running};
pub use source::source;
pub use window::Windows;

use crate::wire::{Scope, ScopeSet};

/// C-2: whoever may write a cart or start a checkout has the write rate, everybody else the read rate.
pub fn is_writer(scope: ScopeSet) -> bool {
    scope.contains(Scope::CartWrite) || scope.contains(Scope::CheckoutInitiate)
}
