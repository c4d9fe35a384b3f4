//! Where a browser goes on after signing in: to the consent that an agent asked for, or to a purchase. Nowhere else, whatever
//! was sent.

use std::fmt;

use url::form_urlencoded;
use uuid::Uuid;

use super::sign_in::own_request;
use crate::domain::PurchaseId;
use crate::keys::IssuerContext;

/// What is carried on through the pages before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOn {
    /// The sealed authorization request.
    Consent(String),
    Purchase(PurchaseId),
}

const PURCHASE: &str = "purchase-";

impl WayOn {
    /// One of ours. Whether it is still good is the business of the page that it leads to.
    pub fn parse(context: &IssuerContext, carried: Option<String>) -> Option<Self> {
        match carried.as_deref().and_then(|text| text.strip_prefix(PURCHASE)) {
            Some(id) => purchase_id(id).map(Self::Purchase),
            None => own_request(context, carried).map(Self::Consent),
        }
    }

    pub fn path(&self) -> String {
        match self {
            Self::Consent(request) => {
                let query = form_urlencoded::Serializer::new(String::new()).append_pair("request", request).finish();
                format!("/consent?{query}")
            }
            Self::Purchase(id) => format!("/purchases/{id}"),
        }
    }
}

/// As it is carried.
impl fmt::Display for WayOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consent(request) => f.write_str(request),
            Self::Purchase(id) => write!(f, "{PURCHASE}{id}"),
        }
    }
}

/// In the one form that ids have.
pub fn purchase_id(text: &str) -> Option<PurchaseId> {
    let id = Uuid::parse_str(text).ok()?.to_string();
    (id == text).then(|| PurchaseId::new(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_is_a_purchase() {
        let id = "1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1";
        assert_eq!(purchase_id(id), Some(PurchaseId::new(id)));
        for other in ["", "x", "//evil.example", &id.to_uppercase(), &format!("{{{id}}}"), &id.replace('-', "")] {
            assert_eq!(purchase_id(other), None, "{other}");
        }
    }
}
