//! Makes of each operation the request that does it, with the form of the page that offers it.

use reqwest::RequestBuilder;
use reqwest::header::COOKIE;
use tillgate::domain::staff::Role;
use tillgate::domain::{GrantId, IssuerId};
use tillgate::merchant::Act;
use tillgate::merchant::revocation::{Whose, revoke_all, revoke_grant};
use url::Url;

use super::op::{Filled, Limit, Op, Said, Scopes, Whom, Word};
use super::system::{Ready, Shown, System};
use super::world::environment_of_agent;
use crate::support::app::{PASSWORD, sql};
use crate::support::html::forms;
use crate::support::{Browser, Page, Shop};

/// Sign-ins are asked for again after ten minutes where cookies are shared: before that, here.
const FRESH: i64 = 500;

pub const ENVIRONMENTS: [&str; 2] = ["live", "sandbox"];

type Fields = Vec<(String, String)>;

fn fields<const N: usize>(pairs: [(&str, &str); N]) -> Fields {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn cookies(browser: &Browser) -> String {
    browser.cookies.iter().map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// As people type it.
fn typed(cents: Option<i64>) -> String {
    cents.map_or_else(String::new, |cents| format!("{}.{:02}", cents / 100, cents % 100))
}

fn field(page: &Page, name: &str) -> Option<String> {
    let all = forms(&page.body).into_iter().filter(|form| form.fields.iter().any(|field| field.name == "csrf"));
    let main = all.filter(|form| !form.action.contains("sign-out"));
    main.flat_map(|form| form.fields).find(|field| field.name == name).map(|field| field.value)
}

impl System {
    pub async fn prepare(&mut self, op: &Op) -> Ready {
        match *op {
            Op::Ask { question, shopper, agent, scopes } => self.ask(question, shopper, agent, scopes).await,
            Op::Show { question } => self.show(question).await,
            Op::Allow { question, filled, .. } => self.allow(question, filled),
            Op::Redeem { connection, agent, is_right, .. } => self.redeem(connection, agent, is_right),
            Op::Refresh { presented, agent, narrowed, .. } => self.refresh(presented, agent, narrowed),
            Op::Introspect { token, is_home } => {
                let home = self.environment_of(self.tokens[&token].connection);
                let shop = &self.machine.shops[if is_home { home } else { 1 - home }];
                let request = Self::as_store(self.http.post(format!("{}/introspect", shop.issuer)), shop);
                Ready::Send(request.form(&[("token", &self.tokens[&token].access)]))
            }
            Op::RevokeRefresh { token, agent } => {
                let refresh = self.tokens[&token].refresh.clone().unwrap();
                self.at_agent(agent, "/revoke", fields([("token", &refresh)]))
            }
            Op::RevokeAccess { token, agent } => {
                let access = self.tokens[&token].access.clone();
                self.at_agent(agent, "/revoke", fields([("token", &access)]))
            }
            Op::Pause { connection, is_on } => {
                self.on_card(connection, "change", fields([("act", if is_on { "pause" } else { "resume" })])).await
            }
            Op::Narrow { connection, left, limit } => {
                let Limit { order, month } = limit;
                let mut sent = fields([("limit-order", &typed(order)), ("limit-month", &typed(month))]);
                sent.extend(left.words().map(|scope| ("scope".to_owned(), scope.to_owned())));
                self.on_card(connection, "change", sent).await
            }
            Op::Disconnect { connection } => self.on_card(connection, "disconnect", Fields::new()).await,
            Op::LetAsk { connection } => self.let_ask(connection).await,
            Op::SetRule { connection, rule, is_ticked } => {
                let mut sent = fields([("act", "rule"), ("rule-most", &typed(Some(rule.most)))]);
                sent.extend(is_ticked.then(|| ("rule".to_owned(), "on".to_owned())));
                self.on_card(connection, "change", sent).await
            }
            Op::EndRule { connection } => self.on_card(connection, "change", fields([("act", "unrule")])).await,
            Op::LetRules { environment, is_on } => self.let_rules(environment, is_on).await,
            Op::Hold { whom, is_on } => self.hold(whom, is_on).await,
            Op::Switch { environment, is_on } => {
                self.is_open[environment] = is_on;
                let open = (0..2).filter(|one| self.is_open[*one]).map(|one| ENVIRONMENTS[one]);
                let mut sent = fields([("password", PASSWORD)]);
                sent.extend(open.map(|environment| ("open".to_owned(), environment.to_owned())));
                self.at_console("/console/settings/access", 0, sent).await
            }
            Op::End { whom } => self.end(whom).await,
            Op::Register { token, purchase, order } => self.register(token, purchase, order),
            Op::RegisterAgain { purchase, is_same } => self.register_again(purchase, is_same),
            Op::Answer { purchase, shopper, word } => self.answer(purchase, shopper, word).await,
            Op::Look { purchase, is_home } => self.look(purchase, is_home),
            Op::Consume { purchase, is_same_document, is_same_checkout } => {
                self.consume(purchase, is_same_document, is_same_checkout)
            }
            Op::Settle { purchase, order } => self.settle(purchase, order),
            Op::Reword { scopes } => {
                self.reword(scopes).await;
                Ready::Said(Said::Done)
            }
            Op::Sweep => {
                self.machine.sweep().await;
                Ready::Said(Said::Done)
            }
            Op::Restart => {
                self.restart().await;
                Ready::Said(Said::Done)
            }
        }
    }

    pub fn as_store(request: RequestBuilder, shop: &Shop) -> RequestBuilder {
        request.basic_auth(&shop.resource_id, Some(&shop.resource_secret))
    }

    fn at_agent(&self, agent: usize, path: &str, mut sent: Fields) -> Ready {
        let agent = &self.agents[agent];
        sent.push(("client_id".to_owned(), agent.client_id.clone()));
        sent.extend(agent.secret.clone().map(|secret| ("client_secret".to_owned(), secret)));
        Ready::Send(self.http.post(format!("{}{path}", agent.issuer)).form(&sent))
    }

    fn post(&self, browser: &Browser, url: &str, sent: &Fields) -> Ready {
        Ready::Send(self.http.post(url).header(COOKIE, cookies(browser)).form(sent))
    }

    async fn ask(&mut self, question: usize, shopper: usize, agent: usize, scopes: Scopes) -> Ready {
        let asking = self.agents[agent].ask(&scopes.to_string());
        let shown = Shown {
            shopper,
            agent,
            page: asking.url.clone(),
            fields: Vec::new(),
            verifier: asking.verifier,
            boxes: Scopes::NONE,
            is_step_up: false,
            at: 0,
        };
        self.questions.insert(question, shown);
        let said = self.show(question).await;
        if matches!(said, Ready::Said(Said::Nothing)) {
            self.questions.remove(&question);
        }
        said
    }

    /// Where the last time was a while ago: what was shown since is of another session.
    pub async fn sign_in(&mut self, shopper: usize) {
        let now = self.machine.now();
        let person = &mut self.people[shopper];
        if person.signed_in_at > 0 && now - person.signed_in_at <= FRESH {
            return;
        }
        person.browser.cookies.retain(|(_, name), _| !name.contains("shopper"));
        let page = person.browser.open(&format!("{}/sign-in", person.shop.issuer).parse().unwrap()).await;
        person.browser.sign_in(&page, &person.shop).await;
        person.signed_in_at = now;
        self.purchases.values_mut().for_each(|asked| asked.form = None);
    }

    pub fn is_of_this_session(&self, question: usize) -> bool {
        let shown = &self.questions[&question];
        shown.at >= self.people[shown.shopper].signed_in_at
    }

    async fn show(&mut self, question: usize) -> Ready {
        let now = self.machine.now();
        let shown = self.questions.get_mut(&question).unwrap();
        let page = self.people[shown.shopper].browser.open(&shown.page).await;
        if page.status != 200 || !page.url.path().ends_with("/consent") {
            return Ready::Said(Said::Nothing);
        }
        let form = page.form("Allow");
        let named = form.fields.iter().filter(|field| field.name == "scope");
        let boxes = named.fold(Scopes::NONE, |all, field| all.with(Scopes::parse(&field.value)));
        let hidden = form.fields.iter().filter(|field| matches!(field.name.as_str(), "csrf" | "request" | "held"));
        shown.fields = hidden.map(|field| (field.name.clone(), field.value.clone())).collect();
        shown.is_step_up = page.body.contains("A connected agent asks for more");
        let is_known = shown.fields.iter().any(|(name, _)| name == "held");
        let is_anew = page.body.contains("The permissions are described in other words");
        (shown.page, shown.boxes, shown.at) = (page.url, boxes, now);
        Ready::Said(Said::Question { boxes, is_step_up: shown.is_step_up, is_known, is_anew })
    }

    fn allow(&self, question: usize, filled: Filled) -> Ready {
        let shown = &self.questions[&question];
        let mut sent = shown.fields.clone();
        sent.push(("decision".to_owned(), "allow".to_owned()));
        sent.extend(filled.ticks.words().map(|scope| ("scope".to_owned(), scope.to_owned())));
        let Limit { order, month } = filled.limit;
        let window = if filled.is_long { "thirty-days" } else { "purchase" };
        sent.extend(fields([("limit-order", &typed(order)), ("limit-month", &typed(month)), ("window", window)]));
        sent.push(("stay".to_owned(), "longest".to_owned()));
        let action = shown.page.join("consent").unwrap();
        self.post(&self.people[shown.shopper].browser, action.as_str(), &sent)
    }

    fn redeem(&self, connection: usize, agent: usize, is_right: bool) -> Ready {
        let (_, code) = &self.codes[&connection];
        let another = "another-verifier-of-another-request-0123456789";
        let verifier = if is_right { &self.questions[&connection].verifier } else { another };
        let redemption = self.agents[self.questions[&connection].agent].redemption(code, verifier);
        let sent = redemption.into_iter().filter(|(name, _)| !matches!(*name, "client_id" | "resource"));
        self.at_agent(agent, "/token", sent.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn refresh(&self, presented: usize, agent: usize, narrowed: Option<Scopes>) -> Ready {
        let refresh = self.tokens[&presented].refresh.as_ref().unwrap();
        let mut sent = fields([("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        sent.extend(narrowed.map(|scopes| ("scope".to_owned(), scopes.to_string())));
        self.at_agent(agent, "/token", sent)
    }

    async fn open(&mut self, shopper: usize, path: &str) -> Page {
        let person = &mut self.people[shopper];
        let url: Url = format!("{}{path}", person.shop.issuer).parse().unwrap();
        person.browser.open(&url).await
    }

    async fn on_card(&mut self, connection: usize, page: &str, mut sent: Fields) -> Ready {
        let (shopper, grant) = (self.questions[&connection].shopper, self.grants[&connection].clone());
        let path = format!("/account/agents/{page}");
        let shown = self.open(shopper, &format!("{path}?grant={grant}")).await;
        let Some(csrf) = field(&shown, "csrf").filter(|_| field(&shown, "grant").as_ref() == Some(&grant)) else {
            return Ready::Said(Said::NoForm);
        };
        sent.extend(fields([("csrf", &csrf), ("grant", &grant)]));
        let person = &self.people[shopper];
        self.post(&person.browser, &format!("{}{path}", person.shop.issuer), &sent)
    }

    async fn let_ask(&mut self, connection: usize) -> Ready {
        let (shopper, grant) = (self.questions[&connection].shopper, self.grants[&connection].clone());
        let page = self.open(shopper, "/account/agents").await;
        let all = forms(&page.body).into_iter().filter(|form| form.has_button("Let it ask again"));
        let mut own = all.filter(|form| form.fields.iter().any(|field| field.value == grant));
        let Some(form) = own.next() else { return Ready::Said(Said::NoForm) };
        let person = &self.people[shopper];
        let url = page.url.join(&form.action).unwrap();
        self.post(&person.browser, url.as_str(), &form.pressed("Let it ask again"))
    }

    /// The page is looked at first. Where it has no form any more, the one from before is sent, as a double click would.
    async fn answer(&mut self, purchase: usize, shopper: usize, word: Word) -> Ready {
        let path = format!("/purchases/{}", self.purchases[&purchase].id);
        let page = self.open(shopper, &path).await;
        let form = forms(&page.body).into_iter().find(|form| form.has_button("Decline"));
        let csrf = form.and_then(|form| form.fields.into_iter().find(|field| field.name == "csrf"));
        let asked = self.purchases.get_mut(&purchase).unwrap();
        if let Some(csrf) = csrf {
            asked.form = Some(csrf.value);
        }
        let is_own = page.status == 200;
        let Some(csrf) = asked.form.clone().or_else(|| (!is_own).then(|| "f1_none".to_owned())) else {
            return Ready::Said(Said::NoForm);
        };
        let decision = match word {
            Word::Yes => "approve",
            Word::No => "decline",
            Word::MoreTime => "extend",
        };
        let person = &self.people[shopper];
        let url = format!("{}{path}", person.shop.issuer);
        self.post(&person.browser, &url, &fields([("csrf", &csrf), ("decision", decision)]))
    }

    /// A form of the console, sent as its admin.
    async fn at_console(&mut self, path: &str, environment: usize, mut sent: Fields) -> Ready {
        let (live, environment) = (self.machine.shops[0].clone(), ENVIRONMENTS[environment]);
        let url: Url = format!("{}/console/settings?environment={environment}", live.issuer).parse().unwrap();
        let mut page = self.staff.open(&url).await;
        if page.url.path().ends_with("/sign-in") {
            self.staff.sign_in_as_staff(&live, Role::Admin).await;
            page = self.staff.open(&url).await;
        }
        let button = ["Pause all agents now", "Resume agents"];
        let form = forms(&page.body).into_iter().find(|form| button.iter().any(|button| form.has_button(button)));
        let csrf = form.unwrap().fields.into_iter().find(|field| field.name == "csrf").unwrap();
        sent.extend(fields([("csrf", &csrf.value), ("environment", environment)]));
        self.post(&self.staff, &format!("{}{path}", live.issuer), &sent)
    }

    async fn let_rules(&mut self, environment: usize, is_on: bool) -> Ready {
        let tiers = ["unverified", "domain_verified", "key_verified", "approved"].map(|tier| (tier, "shop"));
        let mut sent = fields(tiers);
        sent.extend(fields([("registration", "open"), ("longest_elevation", ""), ("password", PASSWORD)]));
        sent.extend(is_on.then(|| ("approval_rules".to_owned(), "on".to_owned())));
        self.at_console("/console/agents/policy", environment, sent).await
    }

    /// As if what was shown until now had been put in a language of its own.
    async fn reword(&self, scopes: Scopes) {
        for scope in scopes.words() {
            let in_language = |tag: &str| format!("\"{scope}\":{{\"locale\":\"{tag}\"");
            let (now, then) = (in_language("en"), in_language("older"));
            sql(&self.machine.db, &format!("UPDATE grants SET wordings = replace(wordings, '{now}', '{then}')")).await;
        }
    }

    async fn hold(&mut self, whom: Whom, is_on: bool) -> Ready {
        match whom {
            Whom::Everyone(environment) if is_on => {
                self.at_console("/console/settings/pause", environment, Fields::new()).await
            }
            Whom::Everyone(environment) => {
                self.at_console("/console/settings/resume", environment, fields([("password", PASSWORD)])).await
            }
            Whom::Agent(agent) => {
                let client = self.agents[agent].client_id.clone();
                let sent = fields([(if is_on { "pause" } else { "resume" }, client.as_str())]);
                self.at_console("/console/agents", environment_of_agent(agent), sent).await
            }
            Whom::Shopper(_) | Whom::Grant(_) | Whom::Connection(_) => unreachable!("the console holds none of them"),
        }
    }

    /// At the console, and what it does not offer at the command line.
    async fn end(&mut self, whom: Whom) -> Ready {
        let (path, now) = ("/console/revoke", self.machine.clock.now());
        let act = |shop: &Shop| Act::of_operator(IssuerId::new(&shop.issuer_id), now);
        match whom {
            Whom::Connection(connection) => {
                let id = self.connections.iter().find(|(_, number)| **number == connection).unwrap().0.clone();
                self.at_console(path, self.environment_of(connection), fields([("connection", &id)])).await
            }
            Whom::Agent(agent) => {
                let client = self.agents[agent].client_id.clone();
                self.at_console(path, environment_of_agent(agent), fields([("client", &client)])).await
            }
            Whom::Shopper(shopper) => {
                let pseudonym = self.people[shopper].account.pseudonym.clone();
                let environment = super::world::environment_of_shopper(shopper);
                self.at_console(path, environment, fields([("shopper", &pseudonym)])).await
            }
            Whom::Grant(connection) => {
                let act = act(&self.machine.shops[self.environment_of(connection)]);
                let grant = GrantId::new(&self.grants[&connection]);
                self.machine.write(move |tx| revoke_grant(tx, &act, &grant).map(drop)).await;
                Ready::Said(Said::Done)
            }
            Whom::Everyone(environment) => {
                let act = act(&self.machine.shops[environment]);
                self.machine.write(move |tx| revoke_all(tx, &act, &Whose::Everyone).map(drop)).await;
                Ready::Said(Said::Done)
            }
        }
    }
}
