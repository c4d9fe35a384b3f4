//! What a page says was done a moment ago, after the redirect that answers a form. The address says what, and proves by a MAC
//! over itself, the session and the time that this browser did it: nobody's link makes a page say that something was done.

use super::form;
use crate::domain::Timestamp;
use crate::domain::session::TokenHash;
use crate::keys::IssuerContext;

/// It is told for as long at least, and never for twice as long.
const WINDOW_SECS: i64 = 5 * 60;
const PROOF: &str = "&proof=";

/// Who did it: a session, and where its forms come from.
pub(super) struct Teller<'a> {
    pub(super) context: &'a IssuerContext,
    pub(super) session_hash: TokenHash,
    pub(super) now: Timestamp,
}

impl Teller<'_> {
    /// The address of the page that says it, with its proof. `query` is not empty.
    pub(super) fn prove(&self, path: &str, query: &str) -> String {
        let proof = form::token(self.context, &self.parts(path, query, &self.window().to_be_bytes()));
        format!("{path}?{query}{PROOF}{}", proof.form_value())
    }

    /// Whether what `query` says before its proof was done by this session a moment ago, and is for this page to say.
    pub(super) fn has_said(&self, path: &str, query: &str) -> bool {
        let Some((query, rest)) = query.split_once(PROOF) else { return false };
        let proof = rest.split('&').next().unwrap_or_default();
        let is_of = |window: i64| form::matches(self.context, proof, &self.parts(path, query, &window.to_be_bytes()));
        [self.window(), self.window() - 1].into_iter().any(is_of)
    }

    fn parts<'a>(&'a self, path: &'a str, query: &'a str, window: &'a [u8]) -> [&'a [u8]; 5] {
        [b"told", &self.session_hash, path.as_bytes(), query.as_bytes(), window]
    }

    fn window(&self) -> i64 {
        self.now.as_secs().div_euclid(WINDOW_SECS)
    }
}
