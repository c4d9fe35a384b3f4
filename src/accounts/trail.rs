//! What the audit trail keeps of signing up and in: never an address, and the shopper only by pseudonym.

pub use crate::domain::audit::Occasion;
use crate::domain::audit::{AuditEntry, AuditKind, AuditSubject};
use crate::domain::grant::Grant;
use crate::domain::network::Network;
use crate::domain::shopper::Shopper;
use crate::domain::staff::Staff;
use crate::domain::{IssuerId, Timestamp};
use crate::storage::{StorageResult, Tx, audit, shoppers};
use crate::telemetry::ReferenceId;

impl Occasion {
    /// On this machine, by a command of the operator.
    pub fn of_operator(now: Timestamp) -> Self {
        let network = Network::of(std::net::Ipv4Addr::LOCALHOST.into());
        Self { now, reference_id: ReferenceId::generate(), network }
    }
}

/// What a shopper did with their own account.
pub fn record(tx: &mut Tx<'_>, kind: AuditKind, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    record_by(tx, kind, shopper, ("shopper", occasion))
}

/// The same, by the shopper or whoever did it for them.
pub(super) fn record_by(
    tx: &mut Tx<'_>,
    kind: AuditKind,
    shopper: &Shopper,
    (by, occasion): (&str, &Occasion),
) -> StorageResult<()> {
    let entry = occasion.entry(kind, subject(tx, shopper)?, by.to_owned());
    audit::record(tx, &shopper.issuer_id, &entry);
    Ok(())
}

/// What a shopper did with one of their grants.
pub(super) fn record_grant(
    tx: &mut Tx<'_>,
    kind: AuditKind,
    shopper: &Shopper,
    grant: &Grant,
    occasion: &Occasion,
) -> StorageResult<()> {
    let entry = of_grant(tx, kind, shopper, grant, occasion)?;
    audit::record(tx, &shopper.issuer_id, &entry);
    Ok(())
}

/// The same, about a rule of the grant's by its id.
pub(super) fn record_rule(
    tx: &mut Tx<'_>,
    (kind, rule_id): (AuditKind, &str),
    shopper: &Shopper,
    grant: &Grant,
    occasion: &Occasion,
) -> StorageResult<()> {
    let entry = of_grant(tx, kind, shopper, grant, occasion)?;
    audit::record(tx, &shopper.issuer_id, &AuditEntry { risk: 2, object_id: Some(rule_id.to_owned()), ..entry });
    Ok(())
}

fn of_grant(
    tx: &mut Tx<'_>,
    kind: AuditKind,
    shopper: &Shopper,
    grant: &Grant,
    occasion: &Occasion,
) -> StorageResult<AuditEntry> {
    let (client_id, grant_id) = (Some(grant.client_id.to_string()), Some(grant.id.to_string()));
    let subject = AuditSubject { client_id, grant_id, ..subject(tx, shopper)? };
    Ok(occasion.entry(kind, subject, "shopper".to_owned()))
}

pub(super) fn record_staff(tx: &mut Tx<'_>, issuer_id: &IssuerId, member: &Staff, occasion: &Occasion) {
    let actor = format!("staff:{}", member.id);
    audit::record(tx, issuer_id, &occasion.entry(AuditKind::StaffSignedIn, AuditSubject::default(), actor));
}

/// A wrong password for an account that exists. Who tried is not known, so nobody is named as the one who acted.
pub fn record_failure(tx: &mut Tx<'_>, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    let subject = subject(tx, shopper)?;
    let entry = failure(occasion, subject);
    audit::record(tx, &shopper.issuer_id, &entry);
    Ok(())
}

/// A wrong code for an account that exists.
pub fn record_wrong_code(tx: &mut Tx<'_>, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    let subject = subject(tx, shopper)?;
    let entry = AuditEntry { outcome: "wrong_code".to_owned(), ..failure(occasion, subject) };
    audit::record(tx, &shopper.issuer_id, &entry);
    Ok(())
}

/// An answer of a known passkey that is not to be believed: a counter that has not risen, or a signature that is not its.
pub(super) fn record_wrong_passkey(tx: &mut Tx<'_>, shopper: &Shopper, occasion: &Occasion) -> StorageResult<()> {
    let subject = subject(tx, shopper)?;
    let entry = AuditEntry { outcome: "wrong_passkey".to_owned(), risk: 2, ..failure(occasion, subject) };
    audit::record(tx, &shopper.issuer_id, &entry);
    Ok(())
}

/// The same for staff's account, which is named.
pub fn record_staff_failure(tx: &mut Tx<'_>, issuer_id: &IssuerId, member: &Staff, occasion: &Occasion) {
    let entry = failure(occasion, AuditSubject::default());
    audit::record(tx, issuer_id, &AuditEntry { object_id: Some(format!("staff:{}", member.id)), ..entry });
}

fn failure(occasion: &Occasion, subject: AuditSubject) -> AuditEntry {
    let entry = AuditEntry::new(AuditKind::SignInFailed, occasion.now, occasion.reference_id, subject);
    AuditEntry { outcome: "wrong_password".to_owned(), risk: 1, network: Some(occasion.network.clone()), ..entry }
}

fn subject(tx: &mut Tx<'_>, shopper: &Shopper) -> StorageResult<AuditSubject> {
    Ok(AuditSubject { pseudonym: shoppers::pseudonym_of(tx, &shopper.id)?, ..AuditSubject::default() })
}
