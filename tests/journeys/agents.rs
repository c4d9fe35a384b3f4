//! What the merchant lets agents be: classes by trust, hosts, quarantine and merging, from the console to the store's MCP
//! server.

mod classes;
mod hosts;
mod merging;
mod quarantine;
mod roles;

use std::time::Duration;

use serde_json::json;
use tillgate::domain::staff::Role;
use url::Url;

use crate::support::app::PASSWORD;
use crate::support::{Agent, App, Browser, Document, Documents, Page, Shop, http};

/// A member of the store's staff at the console of an environment.
pub struct Console<'a> {
    pub browser: Browser,
    shop: &'a Shop,
    environment: &'static str,
}

impl<'a> Console<'a> {
    pub async fn of(shop: &'a Shop, role: Role) -> Self {
        let mut browser = Browser::new();
        browser.sign_in_as_staff(shop, role).await;
        Self { browser, shop, environment: "live" }
    }

    pub fn at(self, environment: &'static str) -> Self {
        Self { environment, ..self }
    }

    pub async fn open(&mut self, path: &str, query: &[(&str, &str)]) -> Page {
        let mut url = Url::parse(&format!("{}{path}", self.shop.issuer)).unwrap();
        url.query_pairs_mut().append_pair("environment", self.environment).extend_pairs(query);
        self.browser.open(&url).await
    }

    pub async fn agent(&mut self, client: &str) -> Page {
        self.open("/console/agents/agent", &[("client", client)]).await
    }

    /// Decides on an agent's class and approval.
    pub async fn class(&mut self, client: &str, class: &str, is_approved: bool) -> Page {
        let page = self.agent(client).await;
        let mut form = page.form("Save");
        form.fill("Class", class);
        form.tick("yes", is_approved);
        form.fill("Your password", PASSWORD);
        self.browser.press(&page, &form, "Save").await
    }

    pub async fn quarantine(&mut self, client: &str) -> Page {
        let page = self.agent(client).await;
        let mut form = page.form("Quarantine this agent");
        form.fill("Reason, for the trail (optional)", "looks odd");
        self.browser.press(&page, &form, "Quarantine this agent").await
    }

    pub async fn release(&mut self, client: &str) -> Page {
        let page = self.agent(client).await;
        let mut form = page.form("Release this agent");
        form.fill("Your password", PASSWORD);
        self.browser.press(&page, &form, "Release this agent").await
    }

    /// Sets one class of the policy, who may register, or whether shoppers may set rules (`on`).
    pub async fn policy(&mut self, field: &str, value: &str) -> Page {
        let page = self.open("/console/agents/policy", &[]).await;
        let mut form = page.form("Save");
        match field {
            "registration" => form.choose(field, value),
            "approval_rules" => form.tick("on", value == "on"),
            _ => form.fill(field, value),
        }
        form.fill("Your password", PASSWORD);
        self.browser.press(&page, &form, "Save").await
    }

    pub async fn rule(&mut self, button: &str, host: &str) -> Page {
        let page = self.open("/console/agents/policy", &[]).await;
        let mut form = page.form(button);
        form.fill("Host", host);
        if button == "Allow" {
            form.fill("Your password", PASSWORD);
        }
        self.browser.press(&page, &form, button).await
    }

    /// Takes the one rule back.
    pub async fn unrule(&mut self) -> Page {
        let page = self.open("/console/agents/policy", &[]).await;
        let mut form = page.form("Remove");
        form.fill("Your password", PASSWORD);
        self.browser.press(&page, &form, "Remove").await
    }

    /// Pauses an agent in the list of agents, or lets it go on.
    pub async fn hold(&mut self, client: &str, is_held: bool) {
        let page = self.open("/console/agents", &[]).await;
        let name = if is_held { "pause" } else { "resume" };
        let fields = [("environment", self.environment), ("csrf", &token(&page)), (name, client)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.browser.send(&page, "/console/agents", &fields).await;
    }

    pub async fn merge(&mut self, from: &str, into: &str) -> Page {
        let page = self.open("/console/agents/merge", &[("from", from), ("into", into)]).await;
        let mut form = page.form("Merge");
        form.fill("Your password", PASSWORD);
        self.browser.press(&page, &form, "Merge").await
    }
}

pub const DOCUMENT: &str = "https://agent.example/oauth/client.json";

/// Serves a document whose answers go to these, and is its agent.
pub fn described(app: &App, documents: &Documents, id: &str, redirect_uris: &[&str]) -> Agent {
    let document = json!({
        "client_id": id, "client_name": "Described Agent", "redirect_uris": redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
    });
    documents.serve(id, Document::json(&document));
    let shop = app.live();
    Agent {
        http: http(),
        issuer: shop.issuer.clone(),
        resource: shop.resource.clone(),
        client_id: id.to_owned(),
        secret: None,
        key: None,
    }
}

/// The scopes that the store's server is told of a token.
/// What a form of the console proves itself by.
pub fn token(page: &Page) -> String {
    let forms = crate::support::html::forms(&page.body);
    let fields = forms.into_iter().filter(|form| form.action.contains("/console/agents")).flat_map(|form| form.fields);
    fields.into_iter().find(|field| field.name == "csrf").unwrap().value
}

pub async fn introspected(shop: &Shop, token: &str) -> String {
    shop.introspect(token).await.json()["scope"].as_str().unwrap_or_default().to_owned()
}

/// Waits, within bounds, until `what` holds: the feed is read a few times a second.
pub async fn until(what: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if what().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not happen within ten seconds");
}
