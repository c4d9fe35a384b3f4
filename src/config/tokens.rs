//! `[tokens]`: how long codes, tokens and connections live (design, decisions 1 and 3).

use std::time::Duration;

use super::parse::{choice, duration, lifetime};
use super::problem::Wrong;
use super::reader::Reader;
use super::section::section;

section! {
    /// How long codes, tokens and connections live.
    Tokens "tokens" {
        /// An access token without checkout.
        access_lifetime: Duration = "1h", lifetime;
        /// An access token with checkout.
        checkout_lifetime: Duration = "15m", lifetime;
        /// An authorization code.
        code_lifetime: Duration = "60s", lifetime;
        /// How long at least a superseded refresh token of a public client is answered with the current one.
        refresh_grace: Duration = "120s", duration;
        /// A connection, whatever its use.
        connection_lifetime: Duration = "90d", lifetime;
        /// A connection that is not used.
        connection_idle: Duration = "30d", lifetime;
        /// How long after consent an access token may carry checkout, at most, where the console's policy does not say it: with room for a
        /// day or thirty, the shopper chooses.
        elevation_window: Duration = "15m", lifetime;
        /// What an authorization request that names no resource may ask for: browse (the browse set), or full.
        default_resource: DefaultResource = "browse", choice(&[("browse", DefaultResource::Browse), ("full", DefaultResource::Full)]);
    }
}

/// What a request without `resource` gets (RFC 8707 leaves it to the server).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultResource {
    Browse,
    Full,
}

impl Tokens {
    pub(super) fn check(&self, reader: &mut Reader) {
        // RFC 6749 §4.1.2: a code lives ten minutes at most.
        if self.code_lifetime > Duration::from_mins(10) {
            reader
                .refuse("tokens.code_lifetime", Wrong::new("is too long.", "RFC 6749 §4.1.2 recommends 10m at most."));
        }
        if self.checkout_lifetime > self.access_lifetime {
            let wrong = Wrong::new("is longer than tokens.access_lifetime.", "Checkout lives as long or shorter.");
            reader.refuse("tokens.checkout_lifetime", wrong);
        }
        // Verifiers keep what ended for as long as the longest token lives: decision 4.
        if self.access_lifetime > Duration::from_hours(24) {
            reader.refuse("tokens.access_lifetime", Wrong::new("is longer than a day.", "Write 24h or less."));
        }
        if self.refresh_grace > Duration::from_mins(10) {
            let wrong = Wrong::new("would hide stolen tokens too long.", "Write 10m or less.");
            reader.refuse("tokens.refresh_grace", wrong);
        }
        // To be used is to ask for tokens: whoever has one need not.
        if self.connection_idle < self.access_lifetime {
            let wrong = Wrong::new("is shorter than tokens.access_lifetime.", "It would end what is in use.");
            reader.refuse("tokens.connection_idle", wrong);
        }
        if self.connection_idle > self.connection_lifetime {
            let wrong = Wrong::new("is longer than tokens.connection_lifetime.", "Write a shorter duration.");
            reader.refuse("tokens.connection_idle", wrong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Loader;

    #[test]
    fn without_use_nothing_ends_before_the_tokens_that_are_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let load = |idle| {
            let variables = [("TILLGATE__TOKENS__CONNECTION_IDLE", idle)];
            let secret = std::array::from_fn(|i| u8::try_from(i).unwrap());
            Loader::isolated(&variables).development(folder.path(), secret).unwrap().load()
        };
        assert!(load("1h").is_ok());
        let report = load("59m").unwrap_err().to_string();
        assert!(report.contains("is shorter than tokens.access_lifetime."), "{report}");
    }
}
