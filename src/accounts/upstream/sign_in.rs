//! What coming back does: signs in whose identity it is, makes an account where nobody has the address, or links it to the
//! account of whoever is signed in. One transaction, in which the state is used up.

use std::time::Duration;

use super::{Purpose, UpstreamState};
use crate::accounts::sessions::{self, How, NewSession};
use crate::accounts::sign_up::{self, NewAccount};
use crate::accounts::trail::{self, Occasion};
use crate::domain::Timestamp;
use crate::domain::audit::AuditKind;
use crate::domain::consent::is_fresh;
use crate::domain::identity::{UpstreamIdentity, Vouched};
use crate::domain::session::UNKNOWN_AGE;
use crate::domain::shopper::Shopper;
use crate::storage::{StorageResult, Tx, identities, shopper_sessions, shoppers, uses};

/// How far a provider's clock may be behind.
const SKEW: Duration = Duration::from_mins(1);

/// What became of it. Only the first two change anything but the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landed {
    SignedIn(Box<Shopper>),
    Linked,
    /// The state was used before.
    Spent,
    /// Nobody's so far, and the provider vouches for no address.
    Unvouched(Box<UpstreamIdentity>),
    /// Nobody's so far, and the address has an account, which is not joined: its owner can link it.
    AddressTaken,
    /// To be linked, and it is another account's.
    OfAnother,
    /// To be proved again, and it is another account's, or nobody's.
    NotOwn,
    /// Who wanted it linked is signed out.
    SignedOut,
    /// To be proved again, and the provider does not say that it just was.
    NotFresh,
}

/// `signed_in` is who is, in this browser; `session` the one to begin.
pub fn land(
    tx: &mut Tx<'_>,
    (state, vouched): (&UpstreamState, &Vouched),
    signed_in: Option<&Shopper>,
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<Landed> {
    if !uses::count(tx, &state.issuer_id, &state.id, 1, state.expires_at)? {
        return Ok(Landed::Spent);
    }
    let owner = identities::find_owner(tx, &state.issuer_id, &vouched.identity)?;
    match (state.purpose, owner, signed_in) {
        (Purpose::Link { .. }, _, None) => Ok(Landed::SignedOut),
        (Purpose::Link { session_hash }, _, Some(own))
            if !shopper_sessions::stands(tx, &own.id, &session_hash, occasion.now)? =>
        {
            Ok(Landed::SignedOut)
        }
        (Purpose::Link { .. }, Some(owner), Some(own)) => {
            Ok(if owner.id == own.id { Landed::Linked } else { Landed::OfAnother })
        }
        (Purpose::Link { .. }, None, Some(own)) => link(tx, own, vouched, occasion),
        // Proving it again is for the account that is signed in: another's identity is no proof of that.
        (Purpose::Again, Some(owner), Some(own)) if owner.id != own.id => Ok(Landed::NotOwn),
        (Purpose::Again, None, _) => Ok(Landed::NotOwn),
        (Purpose::Again, _, _) if !is_just_proved((state, vouched), occasion) => Ok(Landed::NotFresh),
        (_, Some(owner), _) => {
            // Held before the identity's own row: so does whoever takes all of them away.
            shoppers::hold(tx, &owner.id)?;
            // It was taken away in this moment: what it was is nobody's any more.
            if !identities::touch(tx, &state.issuer_id, &vouched.identity, occasion.now)? {
                return Ok(Landed::Spent);
            }
            sessions::begin(tx, &owner, proved(session, (state, vouched), occasion), occasion)?;
            Ok(Landed::SignedIn(Box::new(owner)))
        }
        (_, None, _) => sign_up(tx, (state, vouched), session, occasion),
    }
}

/// By the provider's own word.
fn is_just_proved(who: (&UpstreamState, &Vouched), occasion: &Occasion) -> bool {
    proved_at(who).is_some_and(|at| is_fresh(at, occasion.now))
}

/// A provider that was asked to ask, and whose clock is a little behind, has still asked after we did.
fn proved_at((state, vouched): (&UpstreamState, &Vouched)) -> Option<Timestamp> {
    let (said, began) = (vouched.proved_at?, state.began_at());
    Some(if state.has_asked && said.plus(SKEW) >= began { said.max(began) } else { said })
}

/// A provider that does not say when may have let in whoever sits at the browser: that is no fresh proof, nor does it meet any
/// `max_age`. What our tokens say by it (`auth_time`, OpenID Connect Core §2) is older than it was rather than younger.
fn proved(
    (session, how): (NewSession, How),
    who: (&UpstreamState, &Vouched),
    occasion: &Occasion,
) -> (NewSession, How) {
    let proved_at = proved_at(who).unwrap_or_else(|| occasion.now.minus(UNKNOWN_AGE));
    (session, How { proved_at: Some(proved_at), ..how })
}

fn link(tx: &mut Tx<'_>, own: &Shopper, vouched: &Vouched, occasion: &Occasion) -> StorageResult<Landed> {
    if !identities::insert_upstream(tx, own, &vouched.identity, occasion.now)? {
        return Ok(Landed::OfAnother);
    }
    trail::record(tx, AuditKind::IdentityLinked, own, occasion)?;
    Ok(Landed::Linked)
}

fn sign_up(
    tx: &mut Tx<'_>,
    (state, vouched): (&UpstreamState, &Vouched),
    session: (NewSession, How),
    occasion: &Occasion,
) -> StorageResult<Landed> {
    let Some(email) = &vouched.email else { return Ok(Landed::Unvouched(Box::new(vouched.identity.clone()))) };
    if shoppers::find_by_email(tx, &state.issuer_id, email)?.is_some() {
        return Ok(Landed::AddressTaken);
    }
    let account = NewAccount::vouched(&state.issuer_id, email, occasion.now);
    // Two at once: the index decides, and the other finds the address taken.
    if !sign_up::create(tx, &account, occasion)? {
        return Ok(Landed::AddressTaken);
    }
    identities::insert_upstream(tx, &account.shopper, &vouched.identity, occasion.now)?;
    sessions::begin(tx, &account.shopper, proved(session, (state, vouched), occasion), occasion)?;
    Ok(Landed::SignedIn(Box::new(account.shopper)))
}

#[cfg(test)]
mod tests;
