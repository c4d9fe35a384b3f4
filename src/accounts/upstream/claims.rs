//! From the code that came back to what the provider vouches for: the code is redeemed, the id token verified (OpenID Connect
//! Core §3.1.3.7), and userinfo asked where the token names no address (§5.4).

use std::sync::Arc;

use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier,
    RequestTokenError, SignatureVerificationError, SubjectIdentifier, TokenResponse as _, UserInfoError,
};

use super::provider::Metadata;
use super::{Client, Provider, UpstreamError, UpstreamState};
use crate::domain::identity::{UpstreamIdentity, Vouched};
use crate::domain::{Timestamp, email};
use crate::keys::IssuerContext;

/// Signatures by a key of the provider's. Neither `none`, nor a MAC by the client's secret: a provider that sets such a header
/// is misconfigured, or is not who has set it.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
];
/// How far the clocks may be apart, and how old a token may be that was made for this very answer.
const SKEW_SECS: i64 = 300;
/// OpenID Connect Core §2: a subject has 255 ASCII characters at most.
const LONGEST_SUBJECT: usize = 255;

impl Provider {
    /// Whom the provider vouches for.
    ///
    /// # Errors
    /// When it cannot be reached, refuses the code, or says what is not to be believed.
    pub async fn finish(
        &self,
        context: &IssuerContext,
        state: &UpstreamState,
        code: String,
        now: Timestamp,
    ) -> Result<Vouched, UpstreamError> {
        let metadata = self.metadata(now).await?;
        let client = self.client(context, &metadata)?;
        let tokens = self.redeem(&client, state, code).await?;
        let token = tokens.id_token().ok_or_else(|| unbelievable(&"it has no id token"))?;
        let claims = self.verify(context, (&client, token), &Nonce::new(state.nonce.clone()), now).await?;
        let subject = claims.subject().as_str();
        let is_plain = subject.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control());
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT || !is_plain {
            return Err(unbelievable(&"its subject is none"));
        }
        // OpenID Connect Core §2: when the person proved it, which is what some write something else by.
        let proved_at = claims.auth_time().filter(|_| self.settings.preset.tells_when());
        let proved_at = proved_at.map(|at| Timestamp::from_secs(at.timestamp()).min(now));
        let mut address = vouched_address(claims.email().map(|email| email.as_str()), claims.email_verified());
        if claims.email().is_none() && self.settings.scopes.iter().any(|scope| scope == "email") {
            address = self.userinfo_address(&client, tokens.access_token(), claims.subject()).await?;
        }
        let identity = UpstreamIdentity {
            provider: self.settings.id.clone(),
            issuer: metadata.issuer().to_string(),
            subject: subject.to_owned(),
        };
        Ok(Vouched { identity, email: address, proved_at })
    }

    async fn redeem(
        &self,
        client: &Client,
        state: &UpstreamState,
        code: String,
    ) -> Result<CoreTokenResponse, UpstreamError> {
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|error| UpstreamError::Misconfigured(error.to_string()))?;
        let http = self.http();
        let verifier = PkceCodeVerifier::new(state.code_verifier.clone());
        request.set_pkce_verifier(verifier).request_async(&http).await.map_err(|error| match error {
            RequestTokenError::Request(error) => UpstreamError::Unreachable(error),
            RequestTokenError::ServerResponse(answer) => UpstreamError::Refused(short(answer.error().as_ref())),
            // The body may hold a token: nothing of it is said.
            RequestTokenError::Parse(..) => unbelievable(&"its token response cannot be read"),
            RequestTokenError::Other(_) => unbelievable(&"its token response is no answer"),
        })
    }

    /// OpenID Connect Core §3.1.3.7: issuer, audience, signature by a key of its, time, nonce. A key that is not known may be new.
    async fn verify<'t>(
        &self,
        context: &IssuerContext,
        (client, token): (&Client, &'t CoreIdToken),
        nonce: &Nonce,
        now: Timestamp,
    ) -> Result<&'t CoreIdTokenClaims, UpstreamError> {
        let error = match verified(client, token, nonce, now) {
            Ok(claims) => return Ok(claims),
            Err(error) => error,
        };
        if !matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) {
            return Err(unbelievable(&error));
        }
        let metadata: Arc<Metadata> = self.fresh_metadata(now).await?;
        verified(&self.client(context, &metadata)?, token, nonce, now).map_err(|error| unbelievable(&error))
    }

    async fn userinfo_address(
        &self,
        client: &Client,
        token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Option<String>, UpstreamError> {
        // OpenID Connect Core §5.3.2: its subject must be that of the id token, which the crate checks.
        let Ok(request) = client.user_info(token.clone(), Some(subject.clone())) else { return Ok(None) };
        let http = self.http();
        let answer: Result<CoreUserInfoClaims, _> = request.request_async(&http).await;
        let claims = answer.map_err(|error| match error {
            UserInfoError::Request(error) => UpstreamError::Unreachable(error),
            UserInfoError::ClaimsVerification(error) => unbelievable(&error),
            _ => unbelievable(&"its userinfo cannot be read"),
        })?;
        Ok(vouched_address(claims.email().map(|email| email.as_str()), claims.email_verified()))
    }
}

fn verified<'t>(
    client: &Client,
    token: &'t CoreIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
    let is_recent = move |at: chrono::DateTime<chrono::Utc>| {
        let apart = now.as_secs().saturating_sub(at.timestamp());
        if apart.abs() <= SKEW_SECS { Ok(()) } else { Err("it was not issued just now".to_owned()) }
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || {
            chrono::DateTime::from_timestamp(now.as_secs(), 0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
        })
        .set_issue_time_verifier_fn(is_recent);
    token.claims(&verifier, nonce)
}

/// OpenID Connect Core §5.1, §5.7: an address that is not verified is only what somebody has typed there.
fn vouched_address(address: Option<&str>, is_verified: Option<bool>) -> Option<String> {
    address.filter(|_| is_verified == Some(true)).and_then(email::normal)
}

fn unbelievable(why: &dyn std::fmt::Display) -> UpstreamError {
    UpstreamError::Unbelievable(short(&why.to_string()))
}

/// Foreign words, for the log.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_verified_address_is_vouched_for() {
        assert_eq!(vouched_address(Some("Maya@Example.com"), Some(true)), Some("maya@example.com".to_owned()));
        for (address, is_verified) in [
            (Some("maya@example.com"), Some(false)),
            (Some("maya@example.com"), None),
            (None, Some(true)),
            (Some("x"), Some(true)),
        ] {
            assert_eq!(vouched_address(address, is_verified), None);
        }
    }
}
