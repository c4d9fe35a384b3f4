//! The seven store scopes and `offline_access`, and sets of them. Design §6: the table of scopes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One permission. The order is the order of risk and of display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    ProductsRead,
    InventoryRead,
    CartWrite,
    CheckoutInitiate,
    OrdersRead,
    OrdersRefund,
    AdminFull,
    OfflineAccess,
}

/// How much harm a permission could do, as the consent page says it (S2-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    Low,
    Medium,
    High,
    Sensitive,
    /// Never granted to an agent (S1-34, S1-35).
    Forbidden,
}

/// A word that is no scope of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope")]
pub struct UnknownScope;

impl Scope {
    pub const ALL: [Self; 8] = [
        Self::ProductsRead,
        Self::InventoryRead,
        Self::CartWrite,
        Self::CheckoutInitiate,
        Self::OrdersRead,
        Self::OrdersRefund,
        Self::AdminFull,
        Self::OfflineAccess,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProductsRead => "products:read",
            Self::InventoryRead => "inventory:read",
            Self::CartWrite => "cart:write",
            Self::CheckoutInitiate => "checkout:initiate",
            Self::OrdersRead => "orders:read",
            Self::OrdersRefund => "orders:refund",
            Self::AdminFull => "admin:full",
            Self::OfflineAccess => "offline_access",
        }
    }

    pub const fn risk(self) -> Risk {
        match self {
            Self::ProductsRead | Self::InventoryRead | Self::OfflineAccess => Risk::Low,
            Self::CartWrite => Risk::Medium,
            Self::CheckoutInitiate => Risk::High,
            Self::OrdersRead => Risk::Sensitive,
            Self::OrdersRefund | Self::AdminFull => Risk::Forbidden,
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::ProductsRead => 1,
            Self::InventoryRead => 1 << 1,
            Self::CartWrite => 1 << 2,
            Self::CheckoutInitiate => 1 << 3,
            Self::OrdersRead => 1 << 4,
            Self::OrdersRefund => 1 << 5,
            Self::AdminFull => 1 << 6,
            Self::OfflineAccess => 1 << 7,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// A set of scopes. Written and read as the space-separated list of RFC 6749 §3.3, in the order of [`Scope::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u16);

impl ScopeSet {
    pub const EMPTY: Self = Self(0);
    /// What any agent may hold, and all that the first challenge asks for (C-6).
    pub const BROWSE: Self = Self::of(&[Scope::ProductsRead, Scope::InventoryRead]);
    /// The five store scopes of the resource metadata (S1-10, C-6).
    pub const STORE: Self = Self::of(&[
        Scope::ProductsRead,
        Scope::InventoryRead,
        Scope::CartWrite,
        Scope::CheckoutInitiate,
        Scope::OrdersRead,
    ]);
    /// What no agent ever holds (S1-34, S1-35).
    pub const FORBIDDEN: Self = Self::of(&[Scope::OrdersRefund, Scope::AdminFull]);

    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut rest = scopes;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// Reads a scope parameter as clients really send it: stray spaces, repeats and words that are not ours
    /// are dropped (A41, A48, H10), and those of the Universal Commerce Protocol are what we call so.
    pub fn parse_lenient(text: &str) -> Self {
        let of = |word: &str| word.parse().map_or_else(|UnknownScope| Self::of_ucp(word), |scope| Self::of(&[scope]));
        text.split_ascii_whitespace().map(of).fold(Self::EMPTY, Self::union)
    }

    /// Our names for a scope of UCP (design §6). C-8: its `checkout:manage` completes as well, which no scope lets an agent do here:
    /// each purchase is approved, or within what the shopper has set.
    fn of_ucp(word: &str) -> Self {
        match word {
            "dev.ucp.shopping.catalog.search:read" => Self::of(&[Scope::ProductsRead]),
            "dev.ucp.shopping.catalog.lookup:read" => Self::BROWSE,
            "dev.ucp.shopping.cart:manage" => Self::of(&[Scope::CartWrite]),
            "dev.ucp.shopping.checkout:manage" | "dev.ucp.shopping.checkout:complete" => {
                Self::of(&[Scope::CheckoutInitiate])
            }
            // The releases of January 2026.
            "ucp:scopes:checkout_session" => Self::of(&[Scope::CheckoutInitiate]),
            "dev.ucp.shopping.order:read" => Self::of(&[Scope::OrdersRead]),
            "dev.ucp.shopping.order:manage" => Self::of(&[Scope::OrdersRefund]),
            _ => Self::EMPTY,
        }
    }

    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
    pub const fn is_superset(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }
    #[must_use]
    pub const fn without(self, scope: Scope) -> Self {
        Self(self.0 & !scope.bit())
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeSet({self})")
    }
}

/// Strict: what we wrote ourselves (a column, a claim) has no unknown words.
impl FromStr for ScopeSet {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split_ascii_whitespace().map(str::parse::<Scope>).collect()
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_in_the_order_of_risk_and_read_back() {
        let set: ScopeSet = "cart:write products:read".parse().unwrap();
        assert_eq!(set.to_string(), "products:read cart:write");
        assert_eq!(set.to_string().parse::<ScopeSet>().unwrap(), set);
    }

    #[test]
    fn lenient_reading_drops_stray_spaces_and_foreign_words() {
        let set = ScopeSet::parse_lenient("  offline_access openid   products:read products:read ");
        assert_eq!(set, ScopeSet::of(&[Scope::ProductsRead, Scope::OfflineAccess]));
    }

    #[test]
    fn the_scopes_of_ucp_are_read_as_ours() {
        let asked = |text: &str| ScopeSet::parse_lenient(text).to_string();
        assert_eq!(asked("dev.ucp.shopping.catalog.search:read"), "products:read");
        assert_eq!(asked("dev.ucp.shopping.catalog.lookup:read"), "products:read inventory:read");
        // What Google asks for (spec/platforms.md 3.2).
        assert_eq!(
            asked("dev.ucp.shopping.order:read dev.ucp.shopping.checkout:manage"),
            "checkout:initiate orders:read"
        );
        assert_eq!(asked("ucp:scopes:checkout_session dev.ucp.shopping.cart:manage"), "cart:write checkout:initiate");
        assert_eq!(asked("dev.ucp.shopping.order:manage"), "orders:refund", "which no agent gets");
        assert_eq!(asked("cart:manage order:read dev.ucp.shopping.admin:full"), "", "only by their whole names");
        assert!("dev.ucp.shopping.cart:manage".parse::<ScopeSet>().is_err(), "never written or believed in a token");
    }

    #[test]
    fn what_is_forbidden_is_in_no_advertised_set() {
        assert!(ScopeSet::STORE.intersection(ScopeSet::FORBIDDEN).is_empty());
        assert!(ScopeSet::STORE.is_superset(ScopeSet::BROWSE));
    }
}
