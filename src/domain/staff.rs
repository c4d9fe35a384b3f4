//! A merchant user. Belongs to the store: one sign-in for both environments.

use super::client::words;
use super::{StaffId, StoreId, Timestamp};

words! {
    /// Each may do what those before it may.
    Role {
        Viewer = "viewer",
        /// May revoke and pause.
        Support = "support",
        /// May change settings.
        Admin = "admin",
    }
}

impl Role {
    pub fn may_revoke(self) -> bool {
        self != Self::Viewer
    }
    pub fn may_change_settings(self) -> bool {
        self == Self::Admin
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub store_id: StoreId,
    /// As [`super::email::normal`] writes it.
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
}
