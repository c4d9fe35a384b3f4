//! The cookies of design §5. `__Host-` demands `Path=/`, so issuers on one host see each other's: the name and the
//! row's issuer separate them, not the path.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as Age;
use actix_web::cookie::{Cookie, SameSite};

use crate::domain::issuer::Issuer;

/// Which of our cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A signed-in shopper's, one for each issuer.
    Shopper,
    /// A browser's, signed in or not: what anonymous forms and sealed requests are bound to (decision 2).
    Browser,
    /// Signed-in staff's, one for each store.
    Staff,
    /// The language of the pages, one for each store. It says nothing about whose it is.
    Language,
}

impl Kind {
    /// On https `__Host-tg-shopper-<id>` (A37); on http loopback, where hosts share cookies across ports,
    /// `tg-shopper-<id>-<port>`.
    pub fn name(self, issuer: &Issuer) -> String {
        let (kind, id) = match self {
            Self::Shopper => ("shopper", issuer.id.as_str()),
            Self::Browser => ("browser", issuer.id.as_str()),
            Self::Staff => ("staff", issuer.store_id.as_str()),
            Self::Language => ("language", issuer.store_id.as_str()),
        };
        if issuer.url.is_https() {
            return format!("__Host-tg-{kind}-{id}");
        }
        let port = issuer.url.authority().rsplit_once(':').map_or("80", |(_, port)| port);
        format!("tg-{kind}-{id}-{port}")
    }

    /// What the request carries. Two of one name are an attack or a defect: then none counts.
    pub fn value(self, request: &HttpRequest, issuer: &Issuer) -> Option<String> {
        let name = self.name(issuer);
        let cookies = request.cookies().ok()?;
        let mut found = cookies.iter().filter(|cookie| cookie.name() == name);
        let value = found.next()?.value().to_owned();
        found.next().is_none().then_some(value)
    }

    /// Sets it for `lifetime`.
    pub fn set(self, issuer: &Issuer, value: String, lifetime: Duration) -> Cookie<'static> {
        let age = Age::try_from(lifetime).unwrap_or(Age::MAX);
        Cookie::build(self.name(issuer), value)
            .path("/")
            .secure(issuer.url.is_https())
            .http_only(true)
            .same_site(self.same_site())
            .max_age(age)
            .finish()
    }

    pub fn remove(self, issuer: &Issuer) -> Cookie<'static> {
        self.set(issuer, String::new(), Duration::ZERO)
    }

    /// Lax for shoppers, since `/authorize` is reached from other sites.
    const fn same_site(self) -> SameSite {
        match self {
            Self::Shopper | Self::Browser | Self::Language => SameSite::Lax,
            Self::Staff => SameSite::Strict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issuer::Environment;
    use crate::domain::{IssuerId, StoreId};
    use actix_web::test::TestRequest;

    fn issuer(url: &str) -> Issuer {
        let (id, store_id) = (IssuerId::new("live1"), StoreId::new("fern1"));
        Issuer { id, store_id, environment: Environment::Live, url: url.parse().unwrap() }
    }

    #[test]
    fn on_https_a_cookie_is_bound_to_the_host_and_to_tls() {
        let cookie = Kind::Shopper.set(&issuer("https://a.example"), "v".into(), Duration::from_mins(1)).to_string();
        assert_eq!(cookie, "__Host-tg-shopper-live1=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        let cookie = Kind::Staff.set(&issuer("https://a.example"), "v".into(), Duration::from_mins(1)).to_string();
        assert_eq!(cookie, "__Host-tg-staff-fern1=v; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60");
    }

    #[test]
    fn on_loopback_its_name_carries_the_port() {
        assert_eq!(Kind::Browser.name(&issuer("http://localhost:8080/sandbox")), "tg-browser-live1-8080");
        assert_eq!(Kind::Browser.name(&issuer("http://localhost")), "tg-browser-live1-80");
    }

    #[test]
    fn a_cookie_that_comes_twice_counts_as_none() {
        let issuer = issuer("http://localhost:8080");
        let once = TestRequest::get().insert_header(("cookie", "tg-browser-live1-8080=a")).to_http_request();
        assert_eq!(Kind::Browser.value(&once, &issuer), Some("a".to_owned()));
        let header = ("cookie", "tg-browser-live1-8080=a; tg-browser-live1-8080=b");
        let twice = TestRequest::get().insert_header(header).to_http_request();
        assert_eq!(Kind::Browser.value(&twice, &issuer), None);
    }
}
