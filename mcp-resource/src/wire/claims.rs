//! Claims of an access token (RFC 9068), as Tillgate mints and the resource crate reads them.

use serde::{Deserialize, Serialize};

use super::ScopeSet;
use super::authorization_details::AuthorizationDetail;

/// `typ` of every access token. RFC 9068 §2.1: keeps other JWTs of the issuer from passing as one.
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The one signature algorithm of access tokens.
pub const ACCESS_TOKEN_ALGORITHM: &str = "ES256";

/// RFC 9068 §2.2: the claims of an access token. Times in whole seconds since 1970 (UTC) unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    /// The shopper's opaque pseudonym at this issuer.
    pub sub: String,
    /// The one resource this token is for, in canonical form; always a string, never a list.
    pub aud: String,
    pub client_id: String,
    pub scope: ScopeSet,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub grant_id: String,
    pub connection_id: String,
    /// When the connection was approved, in microseconds since 1970 (UTC): what not-before rows are compared with.
    pub connected_at: i64,
    /// RFC 9068 §2.2.1: when the shopper had signed in who consented to this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// RFC 9068 §2.2.1: how; one of `acr_values_supported`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// RFC 9396 §9.1: what the shopper lets this agent spend. None where no limit is set, or the token has no checkout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<AuthorizationDetail>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_from_before_there_were_details_is_read_like_one_without() {
        let old = json!({"iss": "https://auth.example", "sub": "s", "aud": "https://shop.example/mcp", "client_id": "c",
            "scope": "products:read", "jti": "t", "iat": 1, "exp": 2, "grant_id": "g", "connection_id": "n", "connected_at": 3});
        let claims: AccessClaims = serde_json::from_value(old.clone()).unwrap();
        assert!(claims.authorization_details.is_empty() && claims.auth_time.is_none() && claims.acr.is_none());
        assert_eq!(serde_json::to_value(&claims).unwrap(), old);
    }
}
