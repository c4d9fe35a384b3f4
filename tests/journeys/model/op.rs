//! What can be done to the system, and what it can say: in numbers of the history's own instead of ids and secrets, so that
//! the model and the real system speak of the same things.

use std::fmt;

use super::rules::Rule;

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

const WORDS: [&str; 6] =
    ["products:read", "inventory:read", "cart:write", "checkout:initiate", "orders:read", "offline_access"];

impl Scopes {
    pub const NONE: Self = Self(0);
    pub const PRODUCTS: Self = Self(1);
    pub const BROWSE: Self = Self(0b11);
    pub const CART: Self = Self(0b100);
    pub const CHECKOUT: Self = Self(0b1000);
    pub const OFFLINE: Self = Self(0b10_0000);

    pub const fn of_bits(bits: u8) -> Self {
        Self(bits & 0b11_1111)
    }

    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Unknown words are left out.
    pub fn parse(text: &str) -> Self {
        let bits = WORDS.iter().enumerate().filter(|(_, word)| text.split(' ').any(|scope| scope == **word));
        Self(bits.fold(0, |all, (index, _)| all | 1 << index))
    }

    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().enumerate().filter(move |(index, _)| self.0 & (1 << index) != 0).map(|(_, word)| word)
    }

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}

/// Ceilings in cents: for one order, and for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    pub order: Option<i64>,
    pub month: Option<i64>,
}

/// What the shopper fills in beside Allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    pub ticks: Scopes,
    pub limit: Limit,
    /// Thirty days to begin checkouts, where the merchant allows it.
    pub is_long: bool,
}

/// Whom the merchant holds, or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// All of an environment: 0 is live.
    Everyone(usize),
    Agent(usize),
    Shopper(usize),
    /// The grant of a connection.
    Grant(usize),
    Connection(usize),
}

/// What is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub cart: usize,
    pub cents: i64,
    /// Where it goes.
    pub place: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Yes,
    No,
    MoreTime,
}

/// One request. What it makes is numbered by whoever asks: connections, questions and purchases each from 0, tokens with
/// the access token and its refresh token under one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Opens an authorization request.
    Ask {
        question: usize,
        shopper: usize,
        agent: usize,
        scopes: Scopes,
    },
    /// Opens the same request again, after another sign-in.
    Show {
        question: usize,
    },
    Allow {
        question: usize,
        connection: usize,
        filled: Filled,
    },
    Redeem {
        connection: usize,
        agent: usize,
        is_right: bool,
        tokens: usize,
    },
    Refresh {
        presented: usize,
        agent: usize,
        narrowed: Option<Scopes>,
        tokens: usize,
    },
    Introspect {
        token: usize,
        is_home: bool,
    },
    RevokeRefresh {
        token: usize,
        agent: usize,
    },
    RevokeAccess {
        token: usize,
        agent: usize,
    },
    /// The shopper holds the grant of a connection, or lets it go on.
    Pause {
        connection: usize,
        is_on: bool,
    },
    Narrow {
        connection: usize,
        left: Scopes,
        limit: Limit,
    },
    Disconnect {
        connection: usize,
    },
    LetAsk {
        connection: usize,
    },
    Hold {
        whom: Whom,
        is_on: bool,
    },
    Switch {
        environment: usize,
        is_on: bool,
    },
    End {
        whom: Whom,
    },
    /// The shopper lets the agent of a connection buy without asking.
    SetRule {
        connection: usize,
        rule: Rule,
        is_ticked: bool,
    },
    EndRule {
        connection: usize,
    },
    /// The merchant lets shoppers set rules, or does no more.
    LetRules {
        environment: usize,
        is_on: bool,
    },
    /// The store's server registers a checkout that a token began.
    Register {
        token: usize,
        purchase: usize,
        order: Order,
    },
    RegisterAgain {
        purchase: usize,
        is_same: bool,
    },
    Answer {
        purchase: usize,
        shopper: usize,
        word: Word,
    },
    Look {
        purchase: usize,
        is_home: bool,
    },
    Consume {
        purchase: usize,
        is_same_document: bool,
        is_same_checkout: bool,
    },
    Settle {
        purchase: usize,
        order: Option<u8>,
    },
    /// A release takes over that puts these permissions in other words than those that were shown until now.
    Reword {
        scopes: Scopes,
    },
    Sweep,
    Restart,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The consent page, with these boxes.
    Question {
        boxes: Scopes,
        is_step_up: bool,
        /// What the agent has counts, or there would be no `held` in the form.
        is_known: bool,
        /// The page says that everything is asked because of other words.
        is_anew: bool,
    },
    Code,
    /// No code and no question.
    Nothing,
    Tokens {
        connection: usize,
        scopes: Scopes,
        seconds: i64,
        is_refreshable: bool,
        limit: Limit,
    },
    /// An error of the token endpoint, or a refusal of the purchase API.
    Refused(String),
    Active {
        scopes: Scopes,
        is_paused: bool,
        limit: Limit,
    },
    Inactive,
    Purchase(String),
    Done,
    /// Not done, and the page says so.
    NotDone,
    /// The page had no form to do it with.
    NoForm,
}

impl Said {
    pub fn refused(word: &str) -> Self {
        Self::Refused(word.to_owned())
    }
}
