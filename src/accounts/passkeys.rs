//! Passkeys (Web Authentication, with the `webauthn-rs` crate): a key on the shopper's own device, found there without typing an
//! address, and used only after the device has verified its owner. Both ceremonies travel through the page sealed, bound to the
//! browser or the session, and count once; nothing is stored for one that nobody finishes (decision 2).
//!
//! The relying party is the issuer's host, the origin the issuer's own, port included. A user handle is the shopper's id, which
//! says nothing about the person.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, Url, Webauthn, WebauthnBuilder,
    WebauthnError,
};

use super::sessions::{self, How, NewSession};
use super::trail::{self, Occasion};
use crate::domain::audit::AuditKind;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::session::{SignInMethod, TokenHash};
use crate::domain::shopper::Shopper;
use crate::domain::{IssuerId, Timestamp};
use crate::keys::{IssuerContext, SealError, Sealed};
use crate::storage::{DbConnection, StorageResult, Tx, identities, shopper_sessions, shoppers, uses};

/// For finding the key and verifying its owner, with time to read (WCAG 2.2.1).
const LIFETIME: Duration = Duration::from_mins(10);
/// Before another passkey takes the place of one that was lost.
const WAIT: Duration = Duration::from_hours(3 * 24);
/// More than anybody has devices.
pub const MOST: usize = 20;
const LONGEST_LABEL: usize = 60;

/// Why a ceremony did not succeed. For operators.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Not sealed here, of another browser, session or purpose, or too old.
    #[error("the ceremony is not this browser's, or too old")]
    NotGood,
    #[error("the browser's answer cannot be read")]
    Unreadable,
    /// The host of the issuer is an address.
    #[error("this issuer's host cannot have passkeys")]
    NoHost,
    #[error(transparent)]
    Refused(#[from] WebauthnError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("a passkey has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
}

/// What travels sealed.
#[derive(Serialize, Deserialize)]
struct Travelling {
    /// Counted when it is used.
    id: String,
    issuer_id: IssuerId,
    expires_at: Timestamp,
    ceremony: Ceremony,
}

#[derive(Serialize, Deserialize)]
enum Ceremony {
    Register { session_hash: TokenHash, state: PasskeyRegistration },
    SignIn { browser_hash: [u8; 32], state: DiscoverableAuthentication },
}

/// A ceremony for a page: what the script gives to the browser, as JSON, and what comes back with its answer.
#[derive(Debug, Clone)]
pub struct Begun {
    pub options: String,
    pub sealed: String,
}

/// One that was finished, for the transaction.
#[derive(Debug)]
pub struct Registered {
    id: String,
    issuer_id: IssuerId,
    expires_at: Timestamp,
    /// The session that it was offered to.
    session_hash: TokenHash,
    passkey: Passkey,
    label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adding {
    Added,
    Spent,
    /// It is somebody's already: this shopper's own, most likely.
    Known,
    TooMany,
    /// See [`may_add`].
    NeedsPasskey,
    /// A lost one was removed, and the wait is not over.
    Waits,
    /// The session has ended since.
    SignedOut,
}

/// An answer to a sign-in, not yet verified: the key is in the database.
pub struct Answered {
    id: String,
    issuer_id: IssuerId,
    expires_at: Timestamp,
    state: DiscoverableAuthentication,
    credential: PublicKeyCredential,
}

/// What became of it.
#[derive(Debug)]
pub enum Asserted {
    SignedIn(Box<Shopper>),
    /// Nobody's key here, another's user handle, or a signature or counter that is wrong (§6.1.1: a clone, perhaps).
    Refused(WebauthnError),
    Spent,
}

/// Whether this issuer can have passkeys at all: its host must be a name (Web Authentication §5.1.2).
pub fn is_possible(context: &IssuerContext) -> bool {
    context.issuer.url.is_named()
}

fn relying_party(context: &IssuerContext) -> Result<Webauthn, PasskeyError> {
    let url = Url::parse(context.url()).map_err(|_no_url| PasskeyError::NoHost)?;
    let host = url.domain().ok_or(PasskeyError::NoHost)?.to_owned();
    let origin = Url::parse(&url.origin().ascii_serialization()).map_err(|_no_url| PasskeyError::NoHost)?;
    Ok(WebauthnBuilder::new(&host, &origin)?.rp_name(&context.store.name).timeout(LIFETIME).build()?)
}

/// Offers to make a passkey; `known` are the shopper's own, whose devices the browser leaves out.
pub fn begin_registration(
    context: &IssuerContext,
    (shopper, session_hash): (&Shopper, TokenHash),
    known: &[String],
    now: Timestamp,
) -> Result<Begun, PasskeyError> {
    let party = relying_party(context)?;
    let handle = Uuid::parse_str(shopper.id.as_str()).map_err(|_no_uuid| PasskeyError::Unreadable)?;
    let known = known.iter().filter_map(|verifier| serde_json::from_str::<Passkey>(verifier).ok());
    let known = known.map(|passkey| passkey.cred_id().clone()).collect();
    let (options, state) = party.start_passkey_registration(handle, &shopper.email, &shopper.email, Some(known))?;
    let ceremony = Ceremony::Register { session_hash, state };
    Ok(Begun { options: discoverable(&options)?, sealed: seal(context, ceremony, now)? })
}

/// Found by the device itself, without an address (Web Authentication §5.4.6).
fn discoverable(options: &CreationChallengeResponse) -> Result<String, serde_json::Error> {
    let mut options = serde_json::to_value(&options.public_key)?;
    if let Some(selection) = options.get_mut("authenticatorSelection").and_then(serde_json::Value::as_object_mut) {
        selection.insert("residentKey".to_owned(), "required".into());
        selection.insert("requireResidentKey".to_owned(), true.into());
    }
    serde_json::to_string(&options)
}

/// What the browser has made, verified: challenge, origin, relying party, and that the device has verified its owner.
///
/// # Errors
/// When it is not the answer to this session's offer.
pub fn finish_registration(
    context: &IssuerContext,
    session_hash: &TokenHash,
    (sealed, answer, label): (&str, &str, &str),
    now: Timestamp,
) -> Result<Registered, PasskeyError> {
    let Travelling { id, issuer_id, expires_at, ceremony } = open(context, sealed, now)?;
    let Ceremony::Register { session_hash: began, state } = ceremony else { return Err(PasskeyError::NotGood) };
    if !bool::from(began.ct_eq(session_hash)) {
        return Err(PasskeyError::NotGood);
    }
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(answer).map_err(|_foreign: serde_json::Error| PasskeyError::Unreadable)?;
    let passkey = relying_party(context)?.finish_passkey_registration(&answer, &state)?;
    let label: String = label.trim().chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect();
    Ok(Registered { id, issuer_id, expires_at, session_hash: began, passkey, label })
}

/// The first one takes any sign-in, another one a sign-in with one that is there: who has a password or a mailbox in hand would
/// else make a passkey of it, and what is asked to resist phishing would not (`phr`). Nor is one taken away to add another at
/// once: who has lost theirs waits for [`WAIT`], in which the owner hears of it.
pub fn may_add(
    connection: &mut DbConnection,
    (shopper, own, method): (&Shopper, &[Identity], SignInMethod),
    now: Timestamp,
) -> StorageResult<MayAdd> {
    if method == SignInMethod::Passkey {
        return Ok(MayAdd::Now);
    }
    if own.iter().any(|identity| identity.kind == IdentityKind::Passkey) {
        return Ok(MayAdd::WithPasskey);
    }
    let until = uses::noted_until(connection, &shopper.issuer_id, &lost(shopper), now)?;
    Ok(until.map_or(MayAdd::Now, MayAdd::From))
}

/// Whether somebody can add a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayAdd {
    Now,
    /// After a sign-in with one that is there.
    WithPasskey,
    /// One was removed without being used; from then on.
    From(Timestamp),
}

/// A passkey was removed by a sign-in of another kind.
pub(super) fn note_lost(tx: &mut Tx<'_>, shopper: &Shopper, now: Timestamp) -> StorageResult<()> {
    uses::note(tx, &shopper.issuer_id, &lost(shopper), now.plus(WAIT))
}

fn lost(shopper: &Shopper) -> String {
    format!("lost passkey of {}", shopper.id)
}

/// Keeps it, for a shopper who has signed in by `method`.
pub fn add(
    tx: &mut Tx<'_>,
    (shopper, method): (&Shopper, SignInMethod),
    registered: &Registered,
    occasion: &Occasion,
) -> StorageResult<Adding> {
    if !shopper_sessions::stands(tx, &shopper.id, &registered.session_hash, occasion.now)? {
        return Ok(Adding::SignedOut);
    }
    if !uses::count(tx, &registered.issuer_id, &registered.id, 1, registered.expires_at)? {
        return Ok(Adding::Spent);
    }
    let own = identities::list_of(tx, &shopper.id)?;
    if own.len() >= MOST {
        return Ok(Adding::TooMany);
    }
    match may_add(tx, (shopper, &own, method), occasion.now)? {
        MayAdd::Now => {}
        MayAdd::WithPasskey => return Ok(Adding::NeedsPasskey),
        MayAdd::From(_) => return Ok(Adding::Waits),
    }
    // A passkey is made of texts and numbers: it always has a JSON form.
    let verifier = serde_json::to_string(&registered.passkey).unwrap_or_default();
    let subject = credential_id(registered.passkey.cred_id().as_ref());
    if !identities::insert_passkey(tx, shopper, (&subject, &verifier, &registered.label), occasion.now)? {
        return Ok(Adding::Known);
    }
    trail::record(tx, AuditKind::IdentityLinked, shopper, occasion)?;
    Ok(Adding::Added)
}

/// Offers to sign in with whichever passkey the device has.
pub fn begin_sign_in(context: &IssuerContext, browser_hash: [u8; 32], now: Timestamp) -> Result<Begun, PasskeyError> {
    let (options, state): (RequestChallengeResponse, _) =
        relying_party(context)?.start_discoverable_authentication()?;
    let sealed = seal(context, Ceremony::SignIn { browser_hash, state }, now)?;
    Ok(Begun { options: serde_json::to_string(&options.public_key)?, sealed })
}

/// The browser's answer, if it is to an offer that this browser was made.
///
/// # Errors
/// When it is not, or no answer at all.
pub fn answered(
    context: &IssuerContext,
    browser_hash: &[u8; 32],
    (sealed, answer): (&str, &str),
    now: Timestamp,
) -> Result<Answered, PasskeyError> {
    let Travelling { id, issuer_id, expires_at, ceremony } = open(context, sealed, now)?;
    let Ceremony::SignIn { browser_hash: began, state } = ceremony else { return Err(PasskeyError::NotGood) };
    if !bool::from(began.ct_eq(browser_hash)) {
        return Err(PasskeyError::NotGood);
    }
    let credential = serde_json::from_str(answer).map_err(|_foreign: serde_json::Error| PasskeyError::Unreadable)?;
    Ok(Answered { id, issuer_id, expires_at, state, credential })
}

/// Verifies the answer with the key that it names and signs its owner in. The signature is verified inside the transaction, some
/// tenths of a millisecond, since the counter that it is checked against is written in the same one.
pub fn sign_in(
    tx: &mut Tx<'_>,
    context: &IssuerContext,
    answered: &Answered,
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<Asserted> {
    if !uses::count(tx, &answered.issuer_id, &answered.id, 1, answered.expires_at)? {
        return Ok(Asserted::Spent);
    }
    let refused = |error| Ok(Asserted::Refused(error));
    let subject = credential_id(answered.credential.get_credential_id());
    let Some((shopper, verifier)) = identities::find_passkey(tx, &answered.issuer_id, &subject)? else {
        return refused(WebauthnError::CredentialNotFound);
    };
    let Ok(mut passkey) = serde_json::from_str::<Passkey>(&verifier) else {
        return refused(WebauthnError::CredentialNotFound);
    };
    let result = match verify(context, answered, (&shopper, &passkey)) {
        Ok(result) => result,
        Err(error) => {
            trail::record_wrong_passkey(tx, &shopper, occasion)?;
            return refused(error);
        }
    };
    passkey.update_credential(&result);
    let updated = serde_json::to_string(&passkey).unwrap_or(verifier);
    // Held before the key's own row: so does whoever takes all keys away.
    shoppers::hold(tx, &shopper.id)?;
    if !identities::update_passkey(tx, &answered.issuer_id, (&subject, &updated), occasion.now)? {
        return refused(WebauthnError::CredentialNotFound);
    }
    sessions::begin(tx, &shopper, session, occasion)?;
    Ok(Asserted::SignedIn(Box::new(shopper)))
}

fn verify(
    context: &IssuerContext,
    answered: &Answered,
    (shopper, passkey): (&Shopper, &Passkey),
) -> Result<AuthenticationResult, WebauthnError> {
    let party = relying_party(context).map_err(|_no_host| WebauthnError::Configuration)?;
    // Web Authentication §7.2 step 6: the user handle must be that of the key's owner.
    let (handle, _) = party.identify_discoverable_authentication(&answered.credential)?;
    if handle.simple().to_string() != shopper.id.as_str() {
        return Err(WebauthnError::InvalidUserUniqueId);
    }
    // Step 22: a counter that has not risen is refused by the crate as a possible clone.
    let result = party.finish_discoverable_authentication_v2(&answered.credential, answered.state.clone(), passkey)?;
    if result.user_verified() { Ok(result) } else { Err(WebauthnError::UserNotVerified) }
}

fn seal(context: &IssuerContext, ceremony: Ceremony, now: Timestamp) -> Result<String, SealError> {
    let travelling = Travelling {
        id: Uuid::new_v4().simple().to_string(),
        issuer_id: context.issuer.id.clone(),
        expires_at: now.plus(LIFETIME),
        ceremony,
    };
    context.keys.seal(Sealed::Passkey, &travelling)
}

fn open(context: &IssuerContext, sealed: &str, now: Timestamp) -> Result<Travelling, PasskeyError> {
    let opened: Result<Travelling, _> = context.keys.unseal(Sealed::Passkey, sealed);
    let opened = opened.ok().filter(|one| one.issuer_id == context.issuer.id && now < one.expires_at);
    opened.ok_or(PasskeyError::NotGood)
}

fn credential_id(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests;
