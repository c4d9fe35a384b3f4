//! How clients prove themselves: RFC 6749 §2.3, and by their key RFC 7521 and RFC 7523, as E4 and H5b have it.

use serde_json::{Value, json};

use super::{Row, must, rows};
use crate::support::agent::{CALLBACK, assertion};
use crate::support::{Agent, Answer, App, Browser, Key, Tokens, http};

const SCOPES: &str = "products:read cart:write";

async fn with_key(app: &App, algorithm: &str) -> (Agent, Key) {
    let key = Key::new(algorithm, "k1", &app.clock);
    (Agent::register_with_key(app.live(), &key).await, key)
}

async fn connected(app: &App) -> (Agent, Key, Tokens) {
    let (agent, key) = with_key(app, "ES256").await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), SCOPES).await;
    (agent, key, tokens)
}

async fn send(agent: &Agent, path: &str, form: &[(&str, String)]) -> Answer {
    Answer::of(http().post(format!("{}{path}", agent.issuer)).form(form).send().await.unwrap()).await
}

/// A refresh with this assertion and nothing else that says who asks.
async fn refresh(agent: &Agent, tokens: &Tokens, signed: &str) -> Answer {
    let form = [("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone())];
    send(agent, "/token", &[&form[..], &assertion(signed)[..]].concat()).await
}

fn refused(answer: &Answer, said: &str) -> Result<(), String> {
    let json = answer.json();
    let description = json["error_description"].as_str().unwrap_or_default();
    must(answer.status == 401 && answer.error() == "invalid_client" && description.contains(said), answer)
}

/// Every way in which one claim makes an assertion worthless, and what is said of it.
fn worthless(agent: &Agent, now: i64) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("aud", json!(format!("{}/", agent.issuer)), "aud"),
        ("aud", json!([agent.issuer, "https://other.example"]), "aud"),
        ("aud", json!("https://other.example"), "aud"),
        ("iss", json!("somebody"), "iss"),
        ("exp", json!(now - 61), "expired"),
        ("exp", json!(now + 3600), "10 minutes"),
        // josekit's own getters panic on these.
        ("exp", json!(1e30), "NumericDate"),
        ("exp", json!(u64::MAX), "NumericDate"),
        ("nbf", json!(1e30), "NumericDate"),
        ("exp", Value::Null, "each once"),
        ("nbf", json!(now + 120), "not valid yet"),
        ("iat", json!(now - 7200), "iat"),
        ("jti", json!("j".repeat(257)), "jti"),
        ("jti", Value::Null, "each once"),
    ]
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn rows(app: &App) -> Vec<Row<'_>> {
    rows! {
        "RFC 8414 §2, E2: the methods and their algorithms are advertised at each endpoint" => async move {
            let url = format!("{}/.well-known/oauth-authorization-server", app.live().issuer);
            let metadata: Value = http().get(url).send().await.unwrap().json().await.unwrap();
            for endpoint in ["token", "revocation", "introspection"] {
                let methods = &metadata[format!("{endpoint}_endpoint_auth_methods_supported")];
                must(methods.as_array().is_some_and(|methods| methods.contains(&json!("private_key_jwt"))), methods)?;
                let algorithms = &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
                must(*algorithms == json!(["ES256", "RS256", "EdDSA"]), algorithms)?;
            }
            must(metadata["introspection_endpoint_auth_methods_supported"] == json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]), &metadata)
        },
        "RFC 7523 §2.2: a client connects, refreshes and revokes by its key, with ES256, RS256 or EdDSA" => async move {
            for algorithm in ["ES256", "RS256", "EdDSA"] {
                let (agent, _) = with_key(app, algorithm).await;
                let tokens = agent.connect(&mut Browser::new(), app.live(), SCOPES).await;
                let next = agent.refresh(&tokens.refresh).await.tokens();
                must(agent.revoke(&next.refresh).await.status == 200, &algorithm)?;
                must(!app.live().accepts(&next.access).await, &algorithm)?;
            }
            Ok(())
        },
        "E4, RFC 7521 §4.2: the client_id may be left out" => async move {
            let (agent, key, tokens) = connected(app).await;
            refresh(&agent, &tokens, &key.assertion(&agent.client_id, &agent.issuer)).await.tokens();
            Ok(())
        },
        "RFC 7521 §4.2: a client_id that is sent is the assertion's" => async move {
            let (agent, key, tokens) = connected(app).await;
            let form = [("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone()), ("client_id", "somebody".to_owned())];
            let answer = send(&agent, "/token", &[&form[..], &assertion(&key.assertion(&agent.client_id, &agent.issuer))[..]].concat()).await;
            must(answer.status == 400 && answer.error() == "invalid_request", &answer)
        },
        "E4: the audience is the issuer, the token endpoint, or both; at revocation also that endpoint" => async move {
            let (agent, key, tokens) = connected(app).await;
            let token = format!("{}/token", agent.issuer);
            let mut refresh_token = tokens.refresh.clone();
            for audience in [json!(agent.issuer), json!(token), json!([agent.issuer]), json!([token, agent.issuer])] {
                let mut claims = key.claims(&agent.client_id, "");
                claims["aud"] = audience;
                let tokens = Tokens { refresh: refresh_token, ..tokens.clone() };
                refresh_token = refresh(&agent, &tokens, &key.sign(&key.header().to_string(), &claims.to_string())).await.tokens().refresh;
            }
            let here = key.assertion(&agent.client_id, &format!("{}/revoke", agent.issuer));
            let answer = send(&agent, "/token", &[&[("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.clone())][..], &assertion(&here)[..]].concat()).await;
            refused(&answer, "aud")?;
            let answer = send(&agent, "/revoke", &[&[("token", refresh_token)][..], &assertion(&here)[..]].concat()).await;
            must(answer.status == 200, &answer)
        },
        "RFC 7523 §3, H5b: each claim is checked, and what is wrong with it is said" => async move {
            let (agent, key, tokens) = connected(app).await;
            for (name, value, said) in worthless(&agent, app.clock.now().as_secs()) {
                let mut claims = key.claims(&agent.client_id, &agent.issuer);
                claims[name] = value;
                let answer = refresh(&agent, &tokens, &key.sign(&key.header().to_string(), &claims.to_string())).await;
                refused(&answer, said).map_err(|seen| format!("{name}: {seen}"))?;
            }
            agent.refresh(&tokens.refresh).await.tokens();
            Ok(())
        },
        "RFC 7523 §3, RFC 8725 §3.1: never alg none, a shared secret, or another algorithm than the key's" => async move {
            let (agent, key, tokens) = connected(app).await;
            let claims = key.claims(&agent.client_id, &agent.issuer).to_string();
            for (header, said) in [
                (json!({"alg": "none"}), "ES256"),
                (json!({"alg": "HS256", "kid": "k1"}), "ES256"),
                (json!({"alg": "RS256", "kid": "k1"}), "alg and kid"),
                (json!({"alg": "ES256", "kid": "k1", "crit": ["exp"]}), "crit"),
                (json!({"alg": "ES256", "kid": "k2"}), "alg and kid"),
            ] {
                let signed = key.sign(&header.to_string(), &claims);
                refused(&refresh(&agent, &tokens, &signed).await, said)?;
                let unsigned = format!("{}.", &signed[..signed.rfind('.').unwrap()]);
                must(refresh(&agent, &tokens, &unsigned).await.status == 401, &header)?;
            }
            // Without a kid its keys are tried.
            refresh(&agent, &tokens, &key.sign(&json!({"alg": "ES256"}).to_string(), &claims)).await.tokens();
            Ok(())
        },
        "RFC 7523 §3: a member that is there twice is refused" => async move {
            let (agent, key, tokens) = connected(app).await;
            let claims = key.claims(&agent.client_id, &agent.issuer).to_string();
            let twice = claims.replacen('{', &format!("{{\"exp\":{},", app.clock.now().as_secs() + 30), 1);
            refused(&refresh(&agent, &tokens, &key.sign(&key.header().to_string(), &twice)).await, "each once")
        },
        "RFC 7523 §3: another key is not the client's" => async move {
            let (agent, _, tokens) = connected(app).await;
            let other = Key::new("ES256", "k1", &app.clock);
            refused(&refresh(&agent, &tokens, &other.assertion(&agent.client_id, &agent.issuer)).await, "not signed by a key of this client")
        },
        "RFC 7523 §3, 7: an assertion is used once, wherever" => async move {
            let (agent, key, tokens) = connected(app).await;
            let signed = key.assertion(&agent.client_id, &agent.issuer);
            let next = refresh(&agent, &tokens, &signed).await.tokens();
            refused(&refresh(&agent, &next, &signed).await, "used before")?;
            let answer = send(&agent, "/revoke", &[&[("token", next.refresh.clone())][..], &assertion(&signed)[..]].concat()).await;
            refused(&answer, "used before")?;
            agent.refresh(&next.refresh).await.tokens();
            Ok(())
        },
        "RFC 7523 §2.2: the type is exact, and neither parameter comes alone" => async move {
            let (agent, key, tokens) = connected(app).await;
            let base = [("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone()), ("client_id", agent.client_id.clone())];
            let [kind, signed] = assertion(&key.assertion(&agent.client_id, &agent.issuer));
            for (more, status) in [
                (vec![("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:JWT-BEARER".to_owned()), signed.clone()], 401),
                (vec![kind], 400),
                (vec![signed], 400),
            ] {
                let answer = send(&agent, "/token", &[&base[..], &more[..]].concat()).await;
                must(answer.status == status, &answer)?;
            }
            Ok(())
        },
        "RFC 6749 §2.3: one way a request" => async move {
            let (agent, key, tokens) = connected(app).await;
            let base = [("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh.clone())];
            let form = [&base[..], &assertion(&key.assertion(&agent.client_id, &agent.issuer))[..]].concat();
            let both = [&form[..], &[("client_secret", "x".to_owned())][..]].concat();
            let answer = send(&agent, "/token", &both).await;
            must(answer.status == 400 && answer.error() == "invalid_request", &answer)?;
            let request = http().post(format!("{}/token", agent.issuer)).basic_auth(&agent.client_id, Some("x")).form(&form);
            let answer = Answer::of(request.send().await.unwrap()).await;
            must(answer.status == 400 && answer.error() == "invalid_request", &answer)
        },
        "H5b: a proof of another kind than the client's is said" => async move {
            let (agent, key, _) = connected(app).await;
            let revoke = |client_id: &str, proof: &[(&'static str, String)]| {
                let form = [&[("token", "x".to_owned()), ("client_id", client_id.to_owned())][..], proof].concat();
                let agent = agent.clone();
                async move { send(&agent, "/revoke", &form).await }
            };
            let secret = [("client_secret", "x".to_owned())];
            refused(&revoke(&agent.client_id, &[]).await, "by its key")?;
            refused(&revoke(&agent.client_id, &secret).await, "by its key")?;
            let public = Agent::register(app.live()).await.client_id;
            refused(&revoke(&public, &secret).await, "public")?;
            refused(&revoke(&public, &assertion(&key.assertion(&public, &agent.issuer))).await, "public")?;
            let metadata = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post"});
            let shared = Agent::register_as(app.live(), &metadata).await.client_id;
            refused(&revoke(&shared, &[]).await, "has a secret")?;
            refused(&revoke(&shared, &assertion(&key.assertion(&shared, &agent.issuer))).await, "has a secret")
        },
        "RFC 7662 §2.1: a client with a key or a secret is told about its own tokens, and of no others" => async move {
            let (agent, _, tokens) = connected(app).await;
            let answer = agent.post("/introspect", &[("token", tokens.access.clone())]).await;
            must(answer.json()["active"] == true, &answer)?;
            let metadata = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post"});
            let other = Agent::register_as(app.live(), &metadata).await;
            let ask = [("token", tokens.access.clone()), ("client_id", other.client_id.clone())];
            let answer = other.post("/introspect", &ask).await;
            must(answer.json() == json!({"active": false}), &answer)?;
            let public = Agent::register(app.live()).await;
            let answer = public.post("/introspect", &[("token", tokens.access.clone()), ("client_id", public.client_id.clone())]).await;
            must(answer.status == 401, &answer)
        },
        "RFC 7591 §2: jwks or jwks_uri, not both, nothing private, and keys that can be used" => async move {
            let key = Key::new("ES256", "k1", &app.clock).public;
            let mut private = key.clone();
            private["d"] = json!("AAAA");
            let mut other_curve = key.clone();
            other_curve["crv"] = json!("P-384");
            for keys in [
                json!({}),
                json!({"jwks": {"keys": [key]}, "jwks_uri": "https://agent.example/jwks"}),
                json!({"jwks": {"keys": []}}),
                json!({"jwks": {"keys": [private]}}),
                json!({"jwks": {"keys": [other_curve]}}),
                json!({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}),
                json!({"jwks": "https://agent.example/jwks"}),
                json!({"jwks_uri": "http://agent.example/jwks"}),
                json!({"jwks_uri": "https://user@agent.example/jwks"}),
                json!({"jwks_uri": format!("https://agent.example/{}", "j".repeat(2000))}),
            ] {
                let mut metadata = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt"});
                metadata.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
                let answer = Answer::of(http().post(format!("{}/register", app.live().issuer)).json(&metadata).send().await.unwrap()).await;
                must(answer.status == 400 && answer.error() == "invalid_client_metadata", &answer)?;
            }
            let metadata = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]}});
            let answer = Answer::of(http().post(format!("{}/register", app.live().issuer)).json(&metadata).send().await.unwrap()).await;
            must(answer.status == 201 && answer.json()["jwks"] == metadata["jwks"] && answer.json().get("client_secret").is_none(), &answer)
        },
    }
}
