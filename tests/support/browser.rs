//! A browser: it keeps cookies, follows redirects within the authorization server, and sends only the forms on the page.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use tillgate::domain::staff::Role;
use url::Url;

use super::app::staff_email;
use super::html::{Form, forms};
use super::{Shop, http};

/// What a browser ends up with.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: String,
    /// Where the server sent the browser, if that is not one of its own pages.
    pub left_for: Option<Url>,
}

impl Page {
    /// The form that has this button.
    pub fn form(&self, button: &str) -> Form {
        let found = forms(&self.body).into_iter().find(|form| form.has_button(button));
        found.unwrap_or_else(|| {
            panic!("no form has a button {button:?} at {} ({}):\n{}", self.url, self.status, self.body)
        })
    }

    /// A parameter of the address that the browser left for.
    pub fn sent_back(&self, name: &str) -> Option<String> {
        let mut pairs = self.left_for.as_ref()?.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// Clone one to have a second with the same cookies.
#[derive(Clone)]
pub struct Browser {
    http: Client,
    /// By host name: loopback hosts share cookies across ports.
    pub cookies: BTreeMap<(String, String), String>,
    /// `Accept-Language`, where there is one.
    pub languages: Option<&'static str>,
}

impl Browser {
    pub fn new() -> Self {
        Self { http: http(), cookies: BTreeMap::new(), languages: None }
    }

    pub async fn open(&mut self, url: &Url) -> Page {
        self.follow(Method::GET, url.clone(), None).await
    }

    /// Presses a button of a form on `page`.
    pub async fn press(&mut self, page: &Page, form: &Form, button: &str) -> Page {
        self.send(page, &form.action, &form.pressed(button)).await
    }

    /// What pressing that button sends, for who has to send it otherwise: what comes back is not followed, and no cookie is kept.
    pub fn request(&self, page: &Page, form: &Form, button: &str) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pressed(button)).finish();
        self.build(&Method::POST, &page.url.join(&form.action).unwrap(), Some(body))
    }

    /// Sends what no page offers.
    pub async fn send(&mut self, page: &Page, action: &str, fields: &[(String, String)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.follow(Method::POST, page.url.join(action).unwrap(), Some(body)).await
    }

    /// Signs in at the page, or wherever the address leads that asks for it.
    pub async fn sign_in(&mut self, page: &Page, shop: &Shop) -> Page {
        let mut form = page.form("Sign in");
        form.fill("E-mail address", &shop.email);
        form.fill("Password", &shop.password);
        self.press(page, &form, "Sign in").await
    }

    /// One that has signed in as the shop's shopper.
    pub async fn signed_in(shop: &Shop) -> Self {
        let mut browser = Self::new();
        let page = browser.open(&shop.address("/sign-in")).await;
        browser.sign_in(&page, shop).await;
        browser
    }

    /// Signs in at the console as somebody of this role: the list of sessions comes.
    pub async fn sign_in_as_staff(&mut self, shop: &Shop, role: Role) -> Page {
        let page = self.open(&shop.address("/console/sign-in")).await;
        self.sign_in(&page, &Shop { email: staff_email(role), ..shop.clone() }).await
    }

    /// Opens an authorization request and signs in if need be: what comes then is the consent page.
    pub async fn reach_consent(&mut self, url: &Url, shop: &Shop) -> Page {
        let page = self.open(url).await;
        if page.left_for.is_none() && page.url.path().ends_with("/sign-in") {
            self.sign_in(&page, shop).await
        } else {
            page
        }
    }

    /// Allows with the boxes as they are.
    pub async fn allow(&mut self, page: &Page) -> Page {
        self.press(page, &page.form("Allow"), "Allow").await
    }

    /// Allows with every box ticked.
    pub async fn allow_everything(&mut self, page: &Page) -> Page {
        let mut form = page.form("Allow");
        form.tick_all();
        self.press(page, &form, "Allow").await
    }

    async fn follow(&mut self, method: Method, url: Url, body: Option<String>) -> Page {
        let (mut method, mut url, mut body) = (method, url, body);
        let origin = url.origin();
        for _ in 0..10 {
            let page = self.fetch(&method, &url, body.take()).await;
            let location = page.headers.get(LOCATION).filter(|_| page.status.is_redirection());
            let Some(location) = location.map(|value| value.to_str().unwrap().to_owned()) else { return page };
            let next = url.join(&location).unwrap();
            if next.origin() != origin {
                return Page { left_for: Some(next), ..page };
            }
            assert_ne!(page.status, StatusCode::TEMPORARY_REDIRECT, "a POST would be sent again (A40)");
            (method, url) = (Method::GET, next);
        }
        panic!("too many redirects, at last to {url}");
    }

    fn build(&self, method: &Method, url: &Url, body: Option<String>) -> RequestBuilder {
        let host = url.host_str().unwrap();
        let mut request = self.http.request(method.clone(), url.clone()).header(ACCEPT, "text/html,*/*;q=0.8");
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|((of, _), _)| of == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(languages) = self.languages {
            request = request.header(ACCEPT_LANGUAGE, languages);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        request
    }

    async fn fetch(&mut self, method: &Method, url: &Url, body: Option<String>) -> Page {
        let host = url.host_str().unwrap().to_owned();
        let answer = self.build(method, url, body).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap_or_default();
            let key = (host.clone(), name.to_owned());
            if value.is_empty() {
                self.cookies.remove(&key)
            } else {
                self.cookies.insert(key, value.to_owned())
            };
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page { status, url: url.clone(), headers, body: answer.text().await.unwrap(), left_for: None }
    }
}
