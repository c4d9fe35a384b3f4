//! Sign-up is a sealed link and no row: the account is made on the page behind the link (decision 2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, ShopperId, Timestamp};
use crate::keys::{IssuerContext, SealError, Sealed};
use crate::storage::{StorageResult, Tx, shoppers};

/// How long the link works.
pub const LINK_LIFETIME: Duration = Duration::from_mins(30);

/// What a link says. Sealed with the issuer's key: another issuer cannot open it, and names its own besides.
#[derive(Clone, Serialize, Deserialize)]
pub struct Link {
    pub issuer_id: IssuerId,
    /// As [`crate::domain::email::normal`] writes it.
    pub email: String,
    /// The sealed authorization request to go on with.
    pub request: Option<String>,
    /// The browser that began.
    pub browser_hash: [u8; 32],
    pub expires_at: Timestamp,
}

/// The address of a person must not reach a log.
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("issuer_id", &self.issuer_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub fn seal(&self, context: &IssuerContext) -> Result<String, SealError> {
        context.keys.seal(Sealed::SignUp, self)
    }

    /// `None` for what is not ours, of another issuer, or too old.
    pub fn open(context: &IssuerContext, text: &str, now: Timestamp) -> Option<Self> {
        let link: Self = context.keys.unseal(Sealed::SignUp, text).ok()?;
        (link.issuer_id == context.issuer.id && now < link.expires_at).then_some(link)
    }
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub shopper: Shopper,
    /// What the audit trail will call the shopper.
    pub pseudonym: String,
    /// Argon2id, in the PHC string format. `None`: signs in otherwise.
    pub password_hash: Option<String>,
}

impl NewAccount {
    pub fn new(issuer_id: &IssuerId, email: &str, password_hash: String, now: Timestamp) -> Self {
        Self { password_hash: Some(password_hash), ..Self::confirmed(issuer_id, email, now) }
    }

    /// The owner of `email` has proved it here, or the operator answers for it.
    pub fn confirmed(issuer_id: &IssuerId, email: &str, now: Timestamp) -> Self {
        let Self { shopper, pseudonym, password_hash } = Self::vouched(issuer_id, email, now);
        Self { shopper: Shopper { confirmed_at: Some(now), ..shopper }, pseudonym, password_hash }
    }

    /// A provider vouches for `email`, and nobody else yet.
    pub fn vouched(issuer_id: &IssuerId, email: &str, now: Timestamp) -> Self {
        let id = || Uuid::new_v4().simple().to_string();
        let shopper = Shopper {
            id: ShopperId::new(id()),
            issuer_id: issuer_id.clone(),
            // RFC 9068 §2.2, RFC 7519 §4.1.2: never reassigned; and it says nothing about the person.
            subject: id(),
            email: email.to_owned(),
            created_at: now,
            confirmed_at: None,
        };
        let digits = id().chars().take(12).collect::<String>();
        Self { shopper, pseudonym: format!("shopper-{digits}"), password_hash: None }
    }
}

/// Makes the account with its pseudonym and, if it has one, its password; false, and nothing written, if the address has one already.
pub fn create(tx: &mut Tx<'_>, account: &NewAccount, occasion: &Occasion) -> StorageResult<bool> {
    let shopper = &account.shopper;
    let is_made = shoppers::insert(tx, shopper, &account.pseudonym)?;
    if is_made {
        if let Some(hash) = &account.password_hash {
            shoppers::insert_password(tx, shopper, hash, shopper.created_at)?;
        }
        trail::record(tx, AuditKind::SignedUp, shopper, occasion)?;
    }
    Ok(is_made)
}
