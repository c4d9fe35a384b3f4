//! The `WWW-Authenticate` line of a refusal (RFC 6750 §3, RFC 9728 §5.1): one line of ASCII, each value a quoted-string.
//! Every value is either fixed here or was checked with the configuration, so nothing needs escaping (B26).

use super::config::Config;
use super::metadata::metadata_url;
use super::rejection::{Cause, InvalidToken};
use crate::wire::{Scope, ScopeSet};

/// The challenge that goes with `cause`, if any.
pub(super) fn challenge(cause: &Cause, config: &Config) -> Option<String> {
    let error = match cause {
        // RFC 6750 §3.1, H21: nothing was sent, so nothing is wrong, and there is no `error`.
        Cause::NoToken => return Some(line(&[], config, config.first_scope)),
        Cause::TwoTokens => "invalid_request",
        Cause::InvalidToken(_) | Cause::Revoked | Cause::SwitchedOff => "invalid_token",
        Cause::InsufficientScope { .. } => "insufficient_scope",
        Cause::InsufficientAuthentication { .. } => "insufficient_user_authentication",
        _ => return None,
    };
    let error = [("error", error), ("error_description", &description(cause))];
    let (Cause::InsufficientScope { required, held } | Cause::InsufficientAuthentication { required, held }) = cause
    else {
        return Some(line(&error, config, config.first_scope));
    };
    // B24: granted and required, for clients that overwrite what they had (H20). C-3: with the realm.
    let [error, description] = error;
    let mut first = vec![("realm", config.issuer.as_str()), error, description];
    // RFC 9470 §3: what to ask the authorization server for.
    let demanded = if is_about_sign_in(cause) { config.step_up.members() } else { Vec::new() };
    first.extend(demanded.iter().map(|(name, value)| (*name, value.as_str())));
    Some(line(&first, config, held.union(*required)))
}

const fn is_about_sign_in(cause: &Cause) -> bool {
    matches!(cause, Cause::InsufficientAuthentication { .. })
}

fn line(first: &[(&str, &str)], config: &Config, scope: ScopeSet) -> String {
    // B4: a resource never asks for offline access.
    let scope = scope.without(Scope::OfflineAccess).to_string();
    let metadata = metadata_url(&config.resource);
    let members = first.iter().copied().chain([("resource_metadata", metadata.as_str()), ("scope", &scope)]);
    let members: Vec<String> = members.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    format!("Bearer {}", members.join(", "))
}

/// What the caller is told, in a sentence it can act on or pass on. Reveals nothing that tells tokens apart.
pub(super) fn description(cause: &Cause) -> String {
    match cause {
        Cause::NoToken => "This server needs an access token. WWW-Authenticate says where to get one.".into(),
        Cause::TwoTokens => "Send one Authorization header.".into(),
        Cause::InvalidToken(InvalidToken::Expired) => "The access token has expired. Refresh it.".into(),
        Cause::InvalidToken(_) => "The access token is not valid for this server.".into(),
        Cause::Revoked => "This access has ended. The shopper has to connect the agent again.".into(),
        Cause::SwitchedOff => "The store has switched off access for agents.".into(),
        Cause::InsufficientScope { required, held } => {
            format!("This needs more permission: {}. Ask the shopper for it.", required.difference(*held))
        }
        Cause::InsufficientAuthentication { .. } => {
            "The shopper has to sign in again, as the store asks for it here. Connect again.".into()
        }
        Cause::RateLimited { retry_after } => {
            format!("Too many calls. Try again in {} s.", seconds(*retry_after))
        }
        Cause::TooManyAtOnce => "Too many calls at the same time. Wait for one to finish.".into(),
        Cause::Paused => "The store has paused this agent's calls. The connection stays; try again later.".into(),
        Cause::CannotTell => "Access cannot be checked right now. Try again in a few seconds.".into(),
        Cause::BadOrigin => "Web pages of this origin may not call this server.".into(),
    }
}

/// RFC 9110 §10.2.3: `Retry-After` in whole seconds, rounded up, so that who waits so long does not come too early.
pub(super) fn retry_after(cause: &Cause) -> Option<u64> {
    match cause {
        Cause::RateLimited { retry_after } => Some(seconds(*retry_after)),
        Cause::TooManyAtOnce => Some(1),
        Cause::Paused => Some(60),
        Cause::CannotTell => Some(2),
        _ => None,
    }
}

fn seconds(duration: std::time::Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::step_up::StepUp;
    use super::*;

    fn shop() -> Config {
        Config::new("https://auth.shop.example", "https://shop.example/mcp", "rs", "secret")
    }

    #[test]
    fn the_first_challenge_has_no_error_and_asks_for_browsing_only() {
        assert_eq!(
            challenge(&Cause::NoToken, &shop()).unwrap(),
            "Bearer resource_metadata=\"https://shop.example/.well-known/oauth-protected-resource/mcp\", \
             scope=\"products:read inventory:read\""
        );
    }

    #[test]
    fn a_bad_token_is_called_invalid() {
        assert_eq!(
            challenge(&InvalidToken::Expired.into(), &shop()).unwrap(),
            "Bearer error=\"invalid_token\", error_description=\"The access token has expired. Refresh it.\", \
             resource_metadata=\"https://shop.example/.well-known/oauth-protected-resource/mcp\", \
             scope=\"products:read inventory:read\""
        );
    }

    #[test]
    fn a_step_up_names_what_is_held_and_what_is_needed_and_never_offline_access() {
        let cause = Cause::InsufficientScope {
            required: ScopeSet::of(&[Scope::CheckoutInitiate]),
            held: ScopeSet::BROWSE.with(Scope::OfflineAccess),
        };
        assert_eq!(
            challenge(&cause, &shop()).unwrap(),
            "Bearer realm=\"https://auth.shop.example\", error=\"insufficient_scope\", \
             error_description=\"This needs more permission: checkout:initiate. Ask the shopper for it.\", \
             resource_metadata=\"https://shop.example/.well-known/oauth-protected-resource/mcp\", \
             scope=\"products:read inventory:read checkout:initiate\""
        );
    }

    #[test]
    fn a_sign_in_that_does_not_do_is_answered_with_what_would() {
        // RFC 9470 §3.
        let mut config = shop();
        config.step_up = StepUp { acr_values: vec!["phr".into()], max_age: Some(std::time::Duration::from_mins(5)) };
        let scope = ScopeSet::BROWSE.with(Scope::CheckoutInitiate);
        let cause =
            Cause::InsufficientAuthentication { required: ScopeSet::of(&[Scope::CheckoutInitiate]), held: scope };
        assert_eq!(
            challenge(&cause, &config).unwrap(),
            "Bearer realm=\"https://auth.shop.example\", error=\"insufficient_user_authentication\", \
             error_description=\"The shopper has to sign in again, as the store asks for it here. Connect again.\", \
             acr_values=\"phr\", max_age=\"300\", \
             resource_metadata=\"https://shop.example/.well-known/oauth-protected-resource/mcp\", \
             scope=\"products:read inventory:read checkout:initiate\""
        );
    }

    #[test]
    fn every_challenge_is_one_line_that_needs_no_escaping() {
        let required = ScopeSet::STORE;
        for cause in [
            Cause::NoToken,
            Cause::TwoTokens,
            InvalidToken::Signature.into(),
            Cause::Revoked,
            Cause::SwitchedOff,
            Cause::InsufficientScope { required, held: ScopeSet::EMPTY },
            Cause::InsufficientAuthentication { required, held: ScopeSet::STORE },
        ] {
            let line = challenge(&cause, &shop()).unwrap();
            assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\'), "{line}");
            assert_eq!(line.matches('"').count(), line.matches('=').count() * 2, "{line}");
        }
    }

    #[test]
    fn a_wait_is_rounded_up() {
        let wait = |millis| retry_after(&Cause::RateLimited { retry_after: std::time::Duration::from_millis(millis) });
        assert_eq!((wait(0), wait(1), wait(1000), wait(1001)), (Some(1), Some(1), Some(1), Some(2)));
    }
}
