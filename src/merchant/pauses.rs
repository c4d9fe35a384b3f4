//! Holding agents, which ends nothing: resuming needs nobody's consent. And the MCP access switch of an environment, which
//! shuts everything out while it is off (S1-23).

use mcp_resource::wire::feed::{Event, Target};

use super::{Act, family};
use crate::domain::ClientId;
use crate::domain::audit::{AuditKind, AuditSubject};
use crate::domain::restriction::{Effect, Restriction, target_columns};
use crate::storage::{StorageResult, Tx, restrictions};

/// Holds the tool calls of the target; false when they were held already.
pub fn pause(tx: &mut Tx<'_>, act: &Act, target: &Target) -> StorageResult<bool> {
    let has_changed = hold(tx, act, target)?;
    if has_changed {
        act.record(tx, AuditKind::Paused, subject_of(target), "ok");
    }
    Ok(has_changed)
}

/// Lets the target go on; false when it was not held, or is quarantined, which is undone otherwise.
pub fn resume(tx: &mut Tx<'_>, act: &Act, target: &Target) -> StorageResult<bool> {
    let has_changed = let_go(tx, act, target)?;
    if has_changed {
        act.record(tx, AuditKind::Resumed, subject_of(target), "ok");
    }
    Ok(has_changed)
}

/// A pause without an entry of its own in the trail, of the target and of what was merged into it.
pub(super) fn hold(tx: &mut Tx<'_>, act: &Act, target: &Target) -> StorageResult<bool> {
    let mut has_changed = false;
    for member in family::of(tx, &act.issuer_id, target)? {
        let is_itself = member.target == *target;
        let by = if is_itself { act.actor() } else { held_with(target) };
        has_changed |= hold_one(tx, act, member.target, &by)?;
        // Held so far only with its successor: from now on by itself, so that letting that one go leaves this one held.
        has_changed |= is_itself && restrictions::claim(tx, &act.issuer_id, Effect::Paused, target, (HELD_WITH, &by))?;
    }
    Ok(has_changed)
}

/// What holds the successor holds what is merged into it.
pub(super) fn hold_with(tx: &mut Tx<'_>, act: &Act, from: &ClientId, into: &ClientId) -> StorageResult<()> {
    let (from, into) = (Target::Client(from.to_string()), Target::Client(into.to_string()));
    if restrictions::is_set(tx, &act.issuer_id, Effect::Paused, &into)? {
        hold_one(tx, act, from, &held_with(&into))?;
    }
    Ok(())
}

fn hold_one(tx: &mut Tx<'_>, act: &Act, target: Target, by: &str) -> StorageResult<bool> {
    let restriction = Restriction { effect: Effect::Paused, target, since: act.now };
    let is_new = restrictions::set(tx, &act.issuer_id, &restriction, by)?;
    if is_new {
        tx.publish(act.issuer_id.as_str(), act.now, Event::Paused { target: restriction.target });
    }
    Ok(is_new)
}

/// How [`held_with`] begins: only clients have successors.
const HELD_WITH: &str = "client:";

/// Who made the pause of a member: what was held by itself before is not let go with the others.
fn held_with(successor: &Target) -> String {
    let (kind, id) = target_columns(successor);
    format!("{kind}:{id}")
}

/// The reverse. A member that is quarantined stays held, and so does one that was held by itself.
pub(super) fn let_go(tx: &mut Tx<'_>, act: &Act, target: &Target) -> StorageResult<bool> {
    let mut has_changed = false;
    for member in family::of(tx, &act.issuer_id, target)?.into_iter().filter(|member| !member.is_quarantined) {
        let is_lifted = if member.target == *target {
            restrictions::lift(tx, &act.issuer_id, Effect::Paused, &member.target)?
        } else {
            restrictions::lift_made_by(tx, &act.issuer_id, Effect::Paused, &member.target, &held_with(target))?
        };
        if is_lifted {
            tx.publish(act.issuer_id.as_str(), act.now, Event::Resumed { target: member.target });
            has_changed = true;
        }
    }
    Ok(has_changed)
}

/// Turns MCP access of the issuer on or off; false when it stood so already.
pub fn switch_access(tx: &mut Tx<'_>, act: &Act, on: bool) -> StorageResult<bool> {
    let has_changed = if on {
        restrictions::lift(tx, &act.issuer_id, Effect::Off, &Target::Issuer)?
    } else {
        let restriction = Restriction { effect: Effect::Off, target: Target::Issuer, since: act.now };
        restrictions::set(tx, &act.issuer_id, &restriction, &act.actor())?
    };
    if has_changed {
        act.record(tx, AuditKind::AccessSwitched, AuditSubject::default(), if on { "on" } else { "off" });
        tx.publish(act.issuer_id.as_str(), act.now, Event::AccessSwitched { on });
    }
    Ok(has_changed)
}

/// The trail names shoppers by pseudonym only, which a `sub` is not.
fn subject_of(target: &Target) -> AuditSubject {
    match target {
        Target::Client(id) => AuditSubject { client_id: Some(id.clone()), ..AuditSubject::default() },
        Target::Grant(id) => AuditSubject { grant_id: Some(id.clone()), ..AuditSubject::default() },
        Target::Issuer | Target::Shopper(_) => AuditSubject::default(),
    }
}
