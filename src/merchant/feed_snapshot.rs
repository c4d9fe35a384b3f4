//! All that can still matter to a resource server that starts afresh (decision 4): what ended within the longest token
//! lifetime, not-before rows, pauses, the switch.

use mcp_resource::wire::Timestamp;
use mcp_resource::wire::feed::Event;

use crate::domain::IssuerId;
use crate::domain::restriction::{Effect, Restriction, target_columns};
use crate::storage::{DbConnection, StorageResult, connections, restrictions, revoked_tokens};

/// `since` is the time before which no living token was minted.
pub fn events(
    connection: &mut DbConnection,
    issuer_id: &IssuerId,
    since: Timestamp,
    now: Timestamp,
) -> StorageResult<Vec<Event>> {
    let mut events: Vec<Event> = restrictions::list(connection, issuer_id)?
        .into_iter()
        // Every token that it was about has expired.
        .filter(|made| made.restriction.effect != Effect::Narrowed || made.restriction.since >= since)
        .map(|made| event_of(made.restriction))
        .collect();
    let ended = connections::list_ended_since(connection, issuer_id, since)?;
    events.extend(ended.into_iter().map(|id| Event::ConnectionEnded { connection_id: id }));
    let revoked = revoked_tokens::list_live(connection, issuer_id, now)?;
    events.extend(revoked.into_iter().map(|jti| Event::TokenRevoked { jti }));
    Ok(events)
}

fn event_of(restriction: Restriction) -> Event {
    match restriction.effect {
        Effect::NotBefore => Event::NotBefore { target: restriction.target, before: restriction.since.as_micros() },
        Effect::Narrowed => Event::RightsChanged { target: restriction.target, before: restriction.since.as_micros() },
        Effect::Paused => Event::Paused { target: restriction.target },
        Effect::PausedByShopper => {
            let (_, grant_id) = target_columns(&restriction.target);
            Event::PausedByShopper { grant_id: grant_id.to_owned() }
        }
        Effect::Off => Event::AccessSwitched { on: false },
    }
}
