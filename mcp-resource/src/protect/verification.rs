//! From the header to the caller: a token is proven once, remembered by its digest, and its standing is asked every time.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::bearer;
use super::config::Config;
use super::feed::Feed;
use super::introspection::Introspector;
use super::keys::{Keys, NoKey};
use super::principal::{Principal, TokenDigest, token_reference};
use super::rejection::{Cause, InvalidToken, Rejection};
use super::revocations::Standing;
use super::server::AuthorizationServer;
use super::verify::{self, Expected};
use crate::wire::{AccessClaims, Clock, ScopeSet};

/// Tokens remembered as proven; about a kilobyte each.
const MOST_PROVEN: usize = 50_000;

/// A token whose signature and claims are good, and the key set that said so.
struct Proven {
    claims: Arc<AccessClaims>,
    keys: u64,
}

pub(super) struct Verification {
    issuer: String,
    resource: String,
    longest_token_lifetime: Duration,
    clock: Clock,
    keys: Arc<Keys>,
    feed: Arc<Feed>,
    introspector: Introspector,
    proven: Cache<TokenDigest, Arc<Proven>>,
}

impl Verification {
    pub(super) fn new(config: &Config, keys: Arc<Keys>, feed: Arc<Feed>, server: Arc<AuthorizationServer>) -> Self {
        Self {
            issuer: config.issuer.clone(),
            resource: config.resource.clone(),
            longest_token_lifetime: config.longest_token_lifetime,
            clock: config.clock.clone(),
            keys,
            feed,
            introspector: Introspector::new(server),
            proven: Cache::new(MOST_PROVEN),
        }
    }

    pub(super) fn is_following(&self) -> bool {
        self.feed.is_fresh() && self.feed.is_complete()
    }

    /// Proves the token if it is new, then asks for its standing.
    pub(super) async fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Rejection> {
        let token = bearer::read(headers)?;
        let digest: TokenDigest = Sha256::digest(token.as_bytes()).into();
        let proven = match self.remembered(&digest)? {
            Some(proven) => proven,
            None => self.prove(token, digest).await?,
        };
        let claims = &proven.claims;
        let standing = match self.feed.standing(claims) {
            Some(Standing::Doubtful) | None => self.introspector.ask(token, &digest, claims).await,
            known => known,
        };
        let cause = match standing {
            Some(Standing::Live(scope)) => return Ok(principal(claims, scope, digest)),
            Some(Standing::Told(scope, details)) => {
                let mut principal = principal(claims, scope, digest);
                if principal.claims.authorization_details != details {
                    Arc::make_mut(&mut principal.claims).authorization_details = details;
                }
                return Ok(principal);
            }
            Some(Standing::Ended) => Cause::Revoked,
            Some(Standing::SwitchedOff) => Cause::SwitchedOff,
            Some(Standing::Paused) => Cause::Paused,
            // Decision 4: cannot tell is 503, never 401.
            Some(Standing::Doubtful) | None => Cause::CannotTell,
        };
        Err(Rejection::from(cause).with_token(token_reference(claims)))
    }

    /// C-7: whether the store serves callers without a token just now. What the merchant switches off or holds is so for
    /// everybody. There is nothing that introspection could be asked about, so without the feed nobody can tell.
    #[cfg(feature = "shop")]
    pub(super) fn strangers(&self) -> Result<(), Rejection> {
        match self.feed.standing_of_strangers() {
            Some(Standing::Live(_)) => Ok(()),
            Some(Standing::Paused) => Err(Cause::Paused.into()),
            // As if no tool were public: who has sent no token is told of none that is bad (H21).
            Some(Standing::SwitchedOff) => Err(Cause::NoToken.into()),
            _ => Err(Cause::CannotTell.into()),
        }
    }

    /// A token proven before, with the keys that are still in use. Its time is asked again.
    fn remembered(&self, digest: &TokenDigest) -> Result<Option<Arc<Proven>>, Rejection> {
        let Some(proven) = self.proven.get(digest) else { return Ok(None) };
        if proven.keys != self.keys.generation() {
            return Ok(None);
        }
        if verify::has_expired(&proven.claims, self.clock.now()) {
            self.proven.remove(digest);
            return Err(verify::expired(&proven.claims, self.clock.now()).with_token(token_reference(&proven.claims)));
        }
        Ok(Some(proven))
    }

    async fn prove(&self, token: &str, digest: TokenDigest) -> Result<Arc<Proven>, Rejection> {
        let kid = verify::key_id(token)?;
        let key = match self.keys.find(&kid).await {
            Ok(key) => key,
            Err(NoKey::Unknown) => {
                let expected = format!("the kid of a key of {}", self.issuer);
                return Err(InvalidToken::UnknownKey.comparing(expected, kid));
            }
            Err(NoKey::CannotTell) => return Err(Cause::CannotTell.into()),
        };
        let expected = Expected {
            issuer: &self.issuer,
            resource: &self.resource,
            longest_lifetime: self.longest_token_lifetime,
            now: self.clock.now(),
        };
        let claims = verify::claims(token, &*key.verifier, &expected)?;
        let proven = Arc::new(Proven { claims: Arc::new(claims), keys: key.generation });
        self.proven.insert(digest, Arc::clone(&proven));
        Ok(proven)
    }
}

/// The claims are shared with what is remembered, unless they were narrowed since.
fn principal(claims: &Arc<AccessClaims>, scope: ScopeSet, token_digest: TokenDigest) -> Principal {
    let mut claims = Arc::clone(claims);
    if claims.scope != scope {
        Arc::make_mut(&mut claims).scope = scope;
    }
    Principal { claims, token_digest }
}
