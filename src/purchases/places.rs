//! Where a shopper's rule may send to: what they approved by hand before, in the words of the resource server that reported it,
//! as long as those are kept. What is left after that is a MAC, which still counts and says nothing.

use mcp_resource::wire::purchase::ShipTo;

use super::by_rule::destinations;
use crate::domain::Timestamp;
use crate::keys::IssuerKeys;
use crate::storage::approval_rules::ApprovedDestination;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Known(ShipTo),
    /// The address has gone; when it was first approved has not.
    Forgotten(Timestamp),
}

/// Each address once, however many versions of the secret it was kept under.
pub fn places<'a>(keys: &IssuerKeys, kept: impl IntoIterator<Item = &'a ApprovedDestination>) -> Vec<Place> {
    let mut places = Vec::new();
    for one in kept {
        let place = match &one.ship_to {
            // Under a version that was retired it is not found any more (`by_rule`), so it does not count.
            Some(to) if !destinations(keys, &one.grant_id, Some(to)).contains(&one.digest) => continue,
            Some(to) => Place::Known(to.clone()),
            None => Place::Forgotten(one.approved_at),
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::GrantId;
    use crate::keys::{InstallationSecrets, Secret};

    fn keys(versions: &[u32], current: u32) -> IssuerKeys {
        let secret = |version: &u32| (*version, Secret::new([u8::try_from(*version).unwrap(); 32]));
        let secrets: BTreeMap<_, _> = versions.iter().map(secret).collect();
        IssuerKeys::new(&InstallationSecrets::new(current, secrets).unwrap(), "https://a.example").unwrap()
    }

    #[test]
    fn an_address_is_listed_once_and_not_where_its_secret_was_retired() {
        let to = ShipTo {
            name: "Robin Field".to_owned(),
            line1: "Lindenweg 12".to_owned(),
            line2: None,
            postal_code: "34117".to_owned(),
            city: "Kassel".to_owned(),
            country: "DE".to_owned(),
        };
        let grant_id = GrantId::new("g");
        let at = Timestamp::from_secs(1);
        let kept =
            |digest, ship_to| ApprovedDestination { grant_id: grant_id.clone(), digest, approved_at: at, ship_to };
        let of = |keys: &IssuerKeys| destinations(keys, &grant_id, Some(&to))[0];
        let (old, new) = (of(&keys(&[1], 1)), of(&keys(&[1, 2], 2)));
        assert_ne!(old, new);
        let all = [kept(new, Some(to.clone())), kept(old, Some(to.clone())), kept([7; 32], None)];
        let expected = [Place::Known(to.clone()), Place::Forgotten(at)];
        assert_eq!(places(&keys(&[1, 2], 2), &all), expected);
        assert_eq!(places(&keys(&[2], 2), &all[1..]), expected[1..], "the old secret is no more");
    }
}
