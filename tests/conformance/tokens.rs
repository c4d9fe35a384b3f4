//! A.6: tokens, their refresh, revocation (RFC 7009) and introspection (RFC 7662).

use serde_json::{Value, json};

use super::{Row, must, rows};
use crate::support::agent::CALLBACK;
use crate::support::jwt::{claims, header};
use crate::support::{Agent, Answer, App, Browser, Tokens, http};

async fn connected(app: &App) -> (Agent, Tokens) {
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read cart:write").await;
    (agent, tokens)
}

/// Another MCP server of the store, and what it was called once.
const SECOND: &str = "https://second.example/mcp";
const SECOND_ALIAS: &str = "https://old.second.example/mcp";

async fn with_second_server() -> App {
    let app = App::start().await;
    app.add_resource(app.live(), SECOND, &[SECOND_ALIAS]).await;
    app
}

fn is(answer: &Answer, status: u16, error: &str) -> Result<(), String> {
    must(answer.status == status && answer.error() == error, answer)
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "A7, RFC 6749 §5.1: 200, JSON, no-store, access_token, token_type, a number of seconds" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            let answer = agent.redeem(&code, &verifier).await;
            let json = answer.json();
            let headers = answer.header("content-type").starts_with("application/json") && answer.header("cache-control").contains("no-store");
            must(answer.status == 200 && headers && json["access_token"].is_string() && json["token_type"] == "Bearer" && json["expires_in"] == 3600, &answer)
        },
        "A5: a code is its client's, its redirect URI's and its resource's" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            let stranger = Agent::register_as(app.live(), &json!({"client_name": "Stranger", "redirect_uris": [CALLBACK]})).await;
            is(&stranger.redeem(&code, &verifier).await, 400, "invalid_grant")?;
            let changed = |name: &str, value: &str| {
                let form = agent.redemption(&code, &verifier).into_iter();
                form.map(|(key, old)| (key, if key == name { value.to_owned() } else { old })).collect::<Vec<_>>()
            };
            is(&agent.post("/token", &changed("redirect_uri", "https://agent.example/other")).await, 400, "invalid_grant")?;
            is(&agent.post("/token", &changed("resource", "https://other.example/mcp")).await, 400, "invalid_target")?;
            agent.redeem(&code, &verifier).await.tokens();
            Ok(())
        },
        "A5: a code lives for a minute" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            app.advance(61);
            is(&agent.redeem(&code, &verifier).await, 400, "invalid_grant")
        },
        "A5: a code is spent once" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            let tokens = agent.redeem(&code, &verifier).await.tokens();
            let replayed = agent.redeem(&code, &verifier).await;
            is(&replayed, 400, "invalid_grant")?;
            must(!app.live().accepts(&tokens.access).await, &"what came of it lives")
        },
        "RFC 7636 §4.6: a wrong verifier is invalid_grant" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, _) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            is(&agent.redeem(&code, &"v".repeat(43)).await, 400, "invalid_grant")
        },
        "A51, OAuth 2.1 §4.3.1: a refresh token rotates" => async move {
            let (agent, tokens) = connected(app).await;
            let next = agent.refresh(&tokens.refresh).await.tokens();
            must(next.refresh != tokens.refresh && !next.refresh.is_empty(), &"the same token")
        },
        "A52: no refresh token where none was asked for" => async move {
            let metadata = json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "client_name": "Once"});
            let agent = Agent::register_as(app.live(), &metadata).await;
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
            must(tokens.refresh.is_empty(), &tokens.scope)
        },
        "A53: offline_access asks for one" => async move {
            let metadata = json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "client_name": "Offline"});
            let agent = Agent::register_as(app.live(), &metadata).await;
            let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read offline_access").await;
            must(!tokens.refresh.is_empty(), &tokens.scope)
        },
        "A51: one that was superseded longer ago than its grace ends the connection" => async move {
            let (agent, tokens) = connected(app).await;
            let next = agent.refresh(&tokens.refresh).await.tokens();
            app.advance(241);
            is(&agent.refresh(&tokens.refresh).await, 400, "invalid_grant")?;
            is(&agent.refresh(&next.refresh).await, 400, "invalid_grant")
        },
        "A54, H12: a token just superseded gives the current generation" => async move {
            let (agent, tokens) = connected(app).await;
            let one = agent.refresh(&tokens.refresh).await.tokens();
            let two = agent.refresh(&tokens.refresh).await.tokens();
            must(one.refresh == two.refresh, &"another branch")
        },
        "A55, RFC 6749 §6: a refresh narrows and never widens" => async move {
            let (agent, tokens) = connected(app).await;
            let narrow = agent.refresh_with(&tokens.refresh, &[("scope", "products:read".to_owned())]).await.tokens();
            must(narrow.scope == "products:read", &narrow.scope)?;
            is(&agent.refresh_with(&narrow.refresh, &[("scope", "products:read orders:read".to_owned())]).await, 400, "invalid_scope")
        },
        "A55, H13: offline_access in a refresh is no widening" => async move {
            let (agent, tokens) = connected(app).await;
            let answer = agent.refresh_with(&tokens.refresh, &[("scope", "products:read offline_access".to_owned())]).await;
            must(answer.status == 200, &answer)
        },
        "A33, RFC 8707 §2.2: another resource at refresh is invalid_target" => async move {
            let (agent, tokens) = connected(app).await;
            is(&agent.refresh_with(&tokens.refresh, &[("resource", app.sandbox().resource.clone())]).await, 400, "invalid_target")
        },
        "A33, RFC 8707 §2.2: another server of the same store, at redemption and refresh, is invalid_target" => async move {
            let app = &with_second_server().await;
            let agent = Agent::register(app.live()).await;
            let second = Agent { resource: SECOND.to_owned(), ..agent.clone() };
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            is(&second.redeem(&code, &verifier).await, 400, "invalid_target")?;
            let tokens = agent.redeem(&code, &verifier).await.tokens();
            is(&agent.refresh_with(&tokens.refresh, &[("resource", SECOND.to_owned())]).await, 400, "invalid_target")?;
            is(&agent.refresh_with(&tokens.refresh, &[("resource", SECOND_ALIAS.to_owned())]).await, 400, "invalid_target")?;
            agent.refresh(&tokens.refresh).await.tokens();
            Ok(())
        },
        "A34, RFC 8707 §2: however a resource is spelled, its tokens have the one canonical aud" => async move {
            let app = &with_second_server().await;
            let agent = Agent::register(app.live()).await;
            let mut browser = Browser::new();
            for spelling in [SECOND, SECOND_ALIAS, "HTTPS://Second.Example/mcp", "https://OLD.second.example/mcp"] {
                let agent = Agent { resource: spelling.to_owned(), ..agent.clone() };
                let tokens = agent.connect(&mut browser, app.live(), "products:read").await;
                // Asked for by one spelling, refreshed by the others.
                let by_alias = agent.refresh_with(&tokens.refresh, &[("resource", SECOND_ALIAS.to_owned())]).await.tokens();
                let by_name = agent.refresh_with(&by_alias.refresh, &[("resource", SECOND.to_owned())]).await.tokens();
                for token in [&tokens.access, &by_alias.access, &by_name.access] {
                    must(claims(token)["aud"] == SECOND, &(spelling, claims(token)))?;
                }
                is(&agent.refresh_with(&by_name.refresh, &[("resource", app.live().resource.clone())]).await, 400, "invalid_target")?;
            }
            Ok(())
        },
        "A33, H6, RFC 8707 §2.2: no resource at redemption and refresh means the one that was consented to" => async move {
            let agent = Agent::register(app.live()).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            let mut form = agent.redemption(&code, &verifier);
            form.retain(|(name, _)| *name != "resource");
            let tokens = agent.post("/token", &form).await.tokens();
            let again = agent.refresh(&tokens.refresh).await.tokens();
            for token in [tokens.access, again.access] {
                must(claims(&token)["aud"] == app.live().resource.as_str(), &claims(&token))?;
            }
            Ok(())
        },
        "A56, RFC 9068 §2.1: typ at+jwt, ES256 and the kid of a published key" => async move {
            let (_, tokens) = connected(app).await;
            let told = header(&tokens.access);
            let keys = Answer::of(http().get(format!("{}/jwks", app.live().issuer)).send().await.unwrap()).await.json();
            let is_published = keys["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key["kid"] == told["kid"]));
            must(told["typ"] == "at+jwt" && told["alg"] == "ES256" && is_published, &told)
        },
        "A56, RFC 9068 §2.2: the subject is opaque, and the claims are these and no more" => async move {
            let (_, tokens) = connected(app).await;
            let all = claims(&tokens.access);
            let mut names: Vec<&String> = all.as_object().unwrap().keys().collect();
            names.sort();
            // RFC 9068 §2.2.1 for `acr` and `auth_time`.
            let expected = [
                "acr", "aud", "auth_time", "client_id", "connected_at", "connection_id", "exp", "grant_id", "iat", "iss", "jti",
                "scope", "sub",
            ];
            must(names == expected && !all.to_string().contains(&app.live().email), &all)
        },
        "A56, RFC 9068 §2.2: the claims, one audience, and no more" => async move {
            let (agent, tokens) = connected(app).await;
            let told = app.live().introspect(&tokens.access).await.json();
            must(told["iss"] == app.live().issuer.as_str() && told["aud"] == app.live().resource.as_str() && told["client_id"] == agent.client_id.as_str(), &told)?;
            must(["sub", "jti"].iter().all(|name| told[name].is_string()) && ["iat", "exp"].iter().all(|name| told[name].is_i64()), &told)
        },
        "A50, decision 3: checkout lives for 15 minutes" => async move {
            let agent = Agent::register_as(app.live(), &json!({"redirect_uris": [CALLBACK], "client_name": "Checkout", "grant_types": ["authorization_code", "refresh_token"]})).await;
            let (code, verifier) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read checkout:initiate").await;
            let answer = agent.redeem(&code, &verifier).await;
            must(answer.json()["expires_in"].as_i64().is_some_and(|seconds| seconds <= 900), &answer)
        },
        "A60, RFC 6749 §5.2: an unknown client is 401 invalid_client" => async move {
            let (agent, tokens) = connected(app).await;
            let stranger = Agent { client_id: "c1_unknown".to_owned(), ..agent };
            is(&stranger.refresh(&tokens.refresh).await, 401, "invalid_client")
        },
        "A60, H13: trouble of ours is 5xx, JSON, and no code that makes a client forget its credentials" => async move {
            let broken = App::start().await;
            let (agent, tokens) = connected(&broken).await;
            let db = broken.db.clone();
            tokio::task::spawn_blocking(move || db.close()).await.unwrap();
            let answer = agent.refresh(&tokens.refresh).await;
            let is_passing = ["temporarily_unavailable", "server_error"].contains(&answer.error().as_str());
            must(answer.status.is_server_error() && is_passing && answer.header("cache-control").contains("no-store"), &answer)
        },
        "RFC 6749 §5.2: a wrong secret is 401, with a challenge where the header was used" => async move {
            let metadata = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_basic"});
            let agent = Agent::register_as(app.live(), &metadata).await;
            let request = http().post(format!("{}/token", app.live().issuer)).basic_auth(&agent.client_id, Some("wrong"));
            let answer = Answer::of(request.form(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).send().await.unwrap()).await;
            is(&answer, 401, "invalid_client")?;
            must(answer.header("www-authenticate").starts_with("Basic"), &answer)
        },
        "RFC 6749 §5.2: another grant type is unsupported_grant_type" => async move {
            let (agent, _) = connected(app).await;
            let form = [("grant_type", "password".to_owned()), ("client_id", agent.client_id.clone())];
            is(&agent.post("/token", &form).await, 400, "unsupported_grant_type")
        },
        "RFC 6749 §3.2: the token endpoint takes POST only" => async move {
            let answer = http().get(format!("{}/token?grant_type=refresh_token", app.live().issuer)).send().await.unwrap();
            must(answer.status() == 404 || answer.status() == 405, &answer.status())
        },
        "A6: no access token is read from a query" => async move {
            let (_, tokens) = connected(app).await;
            let url = format!("{}/introspect?token={}", app.live().issuer, tokens.access);
            let request = http().post(url).basic_auth(&app.live().resource_id, Some(&app.live().resource_secret));
            let answer = Answer::of(request.send().await.unwrap()).await;
            must(answer.status == 400, &answer)
        },
        "RFC 7009 §2.1: a revoked refresh token ends its connection, access tokens too" => async move {
            let (agent, tokens) = connected(app).await;
            must(agent.revoke(&tokens.refresh).await.status == 200, &"revocation")?;
            must(!app.live().accepts(&tokens.access).await, &"the access token lives")?;
            is(&agent.refresh(&tokens.refresh).await, 400, "invalid_grant")
        },
        "RFC 7009 §2.1: a revoked access token dies alone" => async move {
            let (agent, tokens) = connected(app).await;
            must(agent.revoke(&tokens.access).await.status == 200, &"revocation")?;
            must(!app.live().accepts(&tokens.access).await, &"it lives")?;
            agent.refresh(&tokens.refresh).await.tokens();
            Ok(())
        },
        "RFC 7009 §2.2: an unknown token is 200" => async move {
            let (agent, _) = connected(app).await;
            must(agent.revoke("no token at all").await.status == 200, &"refused")
        },
        "RFC 7662 §2.2: whatever is wrong with a token, active is false and nothing more" => async move {
            let answer = app.live().introspect("no token at all").await;
            must(answer.status == 200 && answer.json() == json!({"active": false}), &answer)
        },
        "RFC 7662 §2.1: introspection is authenticated" => async move {
            let answer = Answer::of(http().post(format!("{}/introspect", app.live().issuer)).form(&[("token", "x")]).send().await.unwrap()).await;
            must(answer.status == 401 && answer.header("www-authenticate").starts_with("Basic"), &answer)
        },
        "A57, A58: a token is active for the resource server it was made for, and for no other" => async move {
            let (_, tokens) = connected(app).await;
            must(app.live().accepts(&tokens.access).await, &"its own")?;
            must(!app.sandbox().accepts(&tokens.access).await, &"another's")
        },
        "H22: no member of a token response is null" => async move {
            let (agent, tokens) = connected(app).await;
            let json = agent.refresh(&tokens.refresh).await.json();
            must(json.as_object().is_some_and(|json| json.values().all(|value| *value != Value::Null)), &"null")
        },
        "A59: neither codes nor refresh tokens are in the database" => async move {
            let (agent, tokens) = connected(app).await;
            let (code, _) = agent.obtain_code(&mut Browser::new(), app.live(), "products:read").await;
            let mut bytes = Vec::new();
            for file in std::fs::read_dir(app.folder.path()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
                bytes.extend(std::fs::read(file).unwrap());
            }
            let held = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            must(!held(&code) && !held(&tokens.refresh) && !held(&tokens.access), &"found")
        },
    }
}
