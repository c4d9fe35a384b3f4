//! What the console's list is narrowed to.

use super::*;
use crate::domain::client::{AuthMethod, ClientOrigin};
use crate::domain::network::Network;
use crate::merchant::testing::{NOW, at, client, database, issuer_id, write};
use crate::storage::clients::insert;

#[actix_web::test]
async fn the_list_is_narrowed_by_the_same_trust_that_clients_have() {
    let db = database().await;
    let origins = [ClientOrigin::Registered, ClientOrigin::PreRegistered, ClientOrigin::Described];
    let methods = [AuthMethod::None, AuthMethod::ClientSecretBasic, AuthMethod::PrivateKeyJwt];
    let mut all = Vec::new();
    for origin in origins {
        for auth_method in methods {
            for approved_at in [None, Some(NOW)] {
                for is_key_optional in [false, true] {
                    let id = format!("{origin}-{auth_method}-{}-{is_key_optional}", approved_at.is_some());
                    let mut client = client(&id, r#""is_key_optional":true"#);
                    client.metadata.is_key_optional = is_key_optional;
                    all.push(Client { origin, auth_method, approved_at, ..client });
                }
            }
        }
    }
    let clients = all.clone();
    write(&db, move |tx| {
        let source = Network::of("192.0.2.1".parse().unwrap());
        for client in &clients {
            insert(tx, &issuer_id("live"), client, &source)?;
        }
        Ok(())
    })
    .await;
    for trust in [Trust::Unverified, Trust::DomainVerified, Trust::KeyVerified, Trust::Approved] {
        let question = Question { trust: Some(trust), limit: 100, ..Question::default() };
        let now = at(1);
        let listed: StorageResult<_> = db.read(move |c| list(c, &issuer_id("live"), &question, now)).await;
        let mut listed: Vec<ClientId> = listed.unwrap().0.into_iter().map(|agent| agent.client.id).collect();
        let mut expected: Vec<ClientId> =
            all.iter().filter(|client| client.trust() == trust).map(|client| client.id.clone()).collect();
        listed.sort();
        expected.sort();
        assert_eq!(listed, expected, "{trust}");
        assert!(!expected.is_empty(), "{trust}");
    }
}
