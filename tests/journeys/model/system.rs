//! Does to the real system what the model is asked about, through HTTP, and says what came of it in the model's words.
//!
//! Each operation is at last one request, so that it can be lost, torn, or sent beside another.

use std::collections::BTreeMap;

use reqwest::Client;
use serde_json::{Value, json};
use tillgate::accounts::sign_up::NewAccount;
use tillgate::domain::{ClientId, IssuerId};
use tillgate::storage::clients;

use super::machine::Machine;
use super::op::{Limit, Op, Order, Said, Scopes, Whom};
use super::world::{AGENTS, SHOPPERS, environment_of_agent, environment_of_shopper};
use crate::support::agent::CALLBACK;
use crate::support::jwt::claims;
use crate::support::{Agent, Answer, Browser, Shop, http};

/// A shopper at a browser.
pub struct Person {
    pub shop: Shop,
    pub account: NewAccount,
    pub browser: Browser,
    pub signed_in_at: i64,
}

/// A question as it was shown.
pub struct Shown {
    pub shopper: usize,
    pub agent: usize,
    pub page: url::Url,
    pub fields: Vec<(String, String)>,
    pub verifier: String,
    pub boxes: Scopes,
    pub is_step_up: bool,
    pub at: i64,
}

/// Tokens that their agent has been told.
#[derive(Clone)]
pub struct Known {
    pub access: String,
    pub refresh: Option<String>,
    pub scopes: Scopes,
    pub until: i64,
    pub connection: usize,
}

/// A purchase that the store's server has been told of.
#[derive(Clone)]
pub struct Asked {
    pub id: String,
    pub token: usize,
    pub order: Order,
    pub made_at: i64,
    /// The token of its form, and the session that it was shown to.
    pub form: Option<String>,
}

pub struct System {
    pub machine: Machine,
    pub http: Client,
    pub staff: Browser,
    pub people: Vec<Person>,
    pub agents: Vec<Agent>,
    pub questions: BTreeMap<usize, Shown>,
    pub codes: BTreeMap<usize, (usize, String)>,
    pub tokens: BTreeMap<usize, Known>,
    /// By the id in access tokens.
    pub connections: BTreeMap<String, usize>,
    pub grants: BTreeMap<usize, String>,
    pub purchases: BTreeMap<usize, Asked>,
    pub is_open: [bool; 2],
    histories: usize,
}

/// An operation that is ready to be sent.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Ready {
    Send(reqwest::RequestBuilder),
    /// Nothing is sent.
    Said(Said),
}

impl System {
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            http: http(),
            staff: Browser::new(),
            people: Vec::new(),
            agents: Vec::new(),
            questions: BTreeMap::new(),
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            connections: BTreeMap::new(),
            grants: BTreeMap::new(),
            purchases: BTreeMap::new(),
            is_open: [true; 2],
            histories: 0,
        }
    }

    /// New shoppers and agents, whom nothing that was before concerns.
    pub async fn begin(&mut self) {
        self.histories += 1;
        let number = self.histories;
        (self.people, self.agents) = (Vec::new(), Vec::new());
        (self.questions, self.codes, self.tokens) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        (self.connections, self.grants, self.purchases) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for shopper in 0..SHOPPERS {
            let email = format!("shopper-{shopper}-{number}@example.com");
            let shop = self.machine.shops[environment_of_shopper(shopper)].clone();
            let account = self.machine.sign_up(&shop, &email).await;
            let shop = Shop { email, ..shop };
            self.people.push(Person { shop, account, browser: Browser::new(), signed_in_at: 0 });
        }
        for agent in 0..AGENTS {
            let shop = &self.machine.shops[environment_of_agent(agent)];
            let proof = if super::world::is_public(agent) { "none" } else { "client_secret_post" };
            let metadata = json!({
                "client_name": format!("Agent {agent} of {number}"),
                "redirect_uris": [CALLBACK],
                "grant_types": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_method": proof,
            });
            let agent = Agent { http: self.http.clone(), ..Agent::register_as(shop, &metadata).await };
            // As after a first consent: what was never granted anything is forgotten after a while (decision 2).
            let (issuer, client) = (IssuerId::new(&shop.issuer_id), ClientId::new(&agent.client_id));
            self.machine.write(move |tx| clients::keep(tx, &issuer, &client).map(drop)).await;
            self.agents.push(agent);
        }
    }

    /// Waits for the answer.
    pub async fn perform(&mut self, op: &Op) -> Said {
        match self.prepare(op).await {
            Ready::Said(said) => said,
            Ready::Send(request) => {
                let answer = Answer::of(request.send().await.unwrap()).await;
                self.read(op, &answer)
            }
        }
    }

    pub async fn restart(&mut self) {
        self.machine.restart().await;
        // Connections of before are closed.
        self.http = http();
        for agent in &mut self.agents {
            agent.http = self.http.clone();
        }
        for browser in self.people.iter_mut().map(|person| &mut person.browser).chain([&mut self.staff]) {
            let cookies = std::mem::take(&mut browser.cookies);
            *browser = Browser::new();
            browser.cookies = cookies;
        }
    }

    pub fn shop_of_token(&self, token: usize) -> &Shop {
        &self.machine.shops[self.environment_of(self.tokens[&token].connection)]
    }

    pub fn environment_of(&self, connection: usize) -> usize {
        environment_of_agent(self.questions[&connection].agent)
    }

    /// Only the store's own server may ask: `is_home` is false for the one of the other environment.
    pub fn shop_of_purchase(&self, purchase: usize, is_home: bool) -> &Shop {
        let home = self.environment_of(self.tokens[&self.purchases[&purchase].token].connection);
        &self.machine.shops[if is_home { home } else { 1 - home }]
    }

    /// An id that no other history has.
    pub fn named(&self, number: usize) -> String {
        format!("{}-{number}", self.histories)
    }

    /// What an answer told, in numbers of the history.
    pub fn read(&mut self, op: &Op, answer: &Answer) -> Said {
        let status = answer.status.as_u16();
        assert!(status < 500, "{op:?}: {status} {}", answer.body);
        match *op {
            Op::Allow { connection, .. } => self.read_code(connection, answer),
            Op::Redeem { tokens, connection, .. } => self.read_tokens(answer, tokens, Some(connection)),
            Op::Refresh { tokens, .. } => self.read_tokens(answer, tokens, None),
            Op::Introspect { .. } => read_active(answer),
            Op::Register { token, purchase, order } if status == 201 => {
                let id = answer.json()["id"].as_str().unwrap().to_owned();
                let made_at = self.machine.now();
                self.purchases.insert(purchase, Asked { id, token, order, made_at, form: None });
                read_purchase(answer)
            }
            Op::Register { .. }
            | Op::RegisterAgain { .. }
            | Op::Look { .. }
            | Op::Consume { .. }
            | Op::Settle { .. } => read_purchase(answer),
            // The page, which says that there is nothing to set without a ceiling for the month.
            Op::SetRule { .. } if status == 200 => Said::NotDone,
            Op::Answer { .. }
            | Op::Pause { .. }
            | Op::Narrow { .. }
            | Op::Disconnect { .. }
            | Op::SetRule { .. }
            | Op::EndRule { .. }
            | Op::LetAsk { .. } => {
                match (status, answer.header("location")) {
                    (303, to) if to.contains("/sign-in") => Said::NoForm,
                    // A ceiling was lowered meanwhile: the page as it is now says which.
                    (303, to) if to.contains("/agents/change") => Said::NotDone,
                    (303, _) => Said::Done,
                    // A conflict of forms, or none of theirs: never a fault that passes for one.
                    (403 | 404 | 409 | 422, _) => Said::NotDone,
                    _ => panic!("{op:?}: {status} {}", answer.body),
                }
            }
            Op::RevokeRefresh { .. } | Op::RevokeAccess { .. } if status == 200 => Said::Done,
            Op::Hold { .. } | Op::Switch { .. } | Op::LetRules { .. } | Op::End { .. } if status == 303 => Said::Done,
            Op::End { whom: Whom::Connection(_) } => Said::Done,
            _ => Said::NotDone,
        }
    }

    fn read_code(&mut self, connection: usize, answer: &Answer) -> Said {
        let to = answer.header("location");
        let code = url::Url::parse(to).ok().filter(|_| to.starts_with(CALLBACK));
        let code =
            code.and_then(|to| to.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned()));
        let Some(code) = code else { return Said::Nothing };
        let (_, known) = self.codes.entry(connection).or_insert((self.questions[&connection].agent, code.clone()));
        assert_eq!(*known, code, "decision 2: the same answer again is answered with the same code");
        Said::Code
    }

    fn read_tokens(&mut self, answer: &Answer, tokens: usize, redeemed: Option<usize>) -> Said {
        if answer.status != 200 {
            return Said::Refused(answer.error());
        }
        let json = answer.json();
        let access = json["access_token"].as_str().unwrap().to_owned();
        let claims = claims(&access);
        let id = claims["connection_id"].as_str().unwrap().to_owned();
        let connection = redeemed.unwrap_or_else(|| self.connections[&id]);
        self.connections.insert(id, connection);
        let question = &self.questions[&connection];
        let (person, agent) = (&self.people[question.shopper], &self.agents[question.agent]);
        // Of this shopper and this client, for this resource, by this issuer, and as long as was said.
        assert_eq!(claims["sub"], person.account.shopper.subject);
        assert_eq!((&claims["client_id"], &claims["aud"]), (&json!(agent.client_id), &json!(agent.resource)));
        assert_eq!(claims["iss"], agent.issuer);
        let seconds = json["expires_in"].as_i64().unwrap();
        let until = claims["exp"].as_i64().unwrap();
        assert_eq!((claims["iat"].as_i64(), until), (Some(self.machine.now()), self.machine.now() + seconds));
        let scopes = Scopes::parse(json["scope"].as_str().unwrap());
        assert_eq!(Scopes::parse(claims["scope"].as_str().unwrap()), scopes.without(Scopes::OFFLINE), "A53");
        let grant = claims["grant_id"].as_str().unwrap().to_owned();
        let known = self.grants.entry(connection).or_insert_with(|| grant.clone());
        assert_eq!(*known, grant, "a connection is of one grant");
        let refresh = json["refresh_token"].as_str().map(str::to_owned);
        let (is_refreshable, limit) = (refresh.is_some(), limit_of(&json));
        assert_eq!(limit, limit_of(&claims), "the token says what its answer says");
        self.tokens.insert(tokens, Known { access, refresh, scopes, until, connection });
        Said::Tokens { connection, scopes, seconds, is_refreshable, limit }
    }
}

fn limit_of(holder: &Value) -> Limit {
    let details = holder["authorization_details"].as_array().cloned().unwrap_or_default();
    let of =
        |period: &str| details.iter().find(|one| one["period"] == period).and_then(|one| one["max_amount"].as_i64());
    Limit { order: of("order"), month: of("month") }
}

fn read_active(answer: &Answer) -> Said {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let json = answer.json();
    if json["active"] != true {
        return Said::Inactive;
    }
    let scopes = Scopes::parse(json["scope"].as_str().unwrap_or_default());
    Said::Active { scopes, is_paused: json["paused"] == true, limit: limit_of(&json) }
}

fn read_purchase(answer: &Answer) -> Said {
    let json = answer.json();
    match json["state"].as_str() {
        Some(state) if answer.status.is_success() => Said::Purchase(state.to_owned()),
        _ => Said::Refused(answer.error()),
    }
}
