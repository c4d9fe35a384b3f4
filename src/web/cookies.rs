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
}

impl Kind {
    /// On https `__Host-tg-shopper-<id>` (A37); on http loopback, where hosts share cookies across ports,
    /// `tg-shopper-<id>-<port>`.
    pub fn name(self, issuer: &Issuer) -> String {
        let (kind, id) = match self {
            Self::Shopper => ("shopper", issuer.id.as_str()),
            Self::Browser => ("browser", issuer.id.as_str()),
            Self::Staff => ("staff", issuer.store_id.as_str()),
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
            Self::Shopper | Self::Browser => SameSite::Lax,
            Self::Staff => SameSite::Strict,
        }
    }
}
