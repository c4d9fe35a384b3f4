//! `[sign_in]`: browser sessions, and what guessing a password costs.

use std::time::Duration;

use super::identity_providers::{IdentityProvider, identity_providers};
use super::parse::{lifetime, number, workers};
use super::section::section;

section! {
    /// Browser sessions and passwords.
    SignIn "sign_in" {
        /// A file with the OpenID providers that shoppers can sign in with; `tillgate config providers` prints how they
        /// are written.
        providers_file: Vec<IdentityProvider> = "", identity_providers;
        /// How long a browser stays signed in.
        session_lifetime: Duration = "30d", lifetime;
        /// Failed sign-ins to one account in one attempt window, and likewise downloads of its data.
        attempts_per_account: u32 = "10", number(1);
        /// Sign-ins from one source in one attempt window.
        attempts_per_source: u32 = "60", number(1);
        /// The length of the attempt window.
        attempt_window: Duration = "15m", lifetime;
        /// Passwords hashed at the same time; others wait, so that sign-ins cannot starve the token endpoint. auto is
        /// one for each core.
        hash_concurrency: usize = "auto", workers;
        /// Memory of one Argon2id hash in KiB. The defaults are the parameters that OWASP recommends.
        argon2_memory_kib: u32 = "19456", number(19_456);
        /// Iterations of Argon2id.
        argon2_iterations: u32 = "2", number(2);
        /// Lanes of Argon2id.
        argon2_parallelism: u32 = "1", number(1);
    }
}
