//! What an authorization request demands of the sign-in before it: `prompt`, `max_age`, `acr_values`, `login_hint` (OpenID Connect
//! Core §3.1.2.1; RFC 9470 §4 and §5, by which an agent takes on what a resource server's challenge has demanded).

use super::error::{ErrorCode, OAuthError};
use super::parameters::Parameters;
use crate::domain::Timestamp;
use crate::domain::authentication::{Authentication, AuthenticationClass, Demand};
use crate::domain::evidence::{Check, Shown};

/// What is known beside the parameters.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// What the browser has behind it, if it is signed in. Looked at only where a request [`forbids_pages`].
    pub signed_in: Option<Authentication>,
    /// Whether this issuer can have passkeys: its host must be a name.
    pub has_passkeys: bool,
}

/// What is demanded, and what is filled in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) demand: Demand,
    pub(super) login_hint: Option<String>,
    pub(super) begins_with_account: bool,
}

/// OpenID Connect Core §3.1.2.1, and `create` of Initiating User Registration 1.0.
const PROMPTS: [&str; 5] = ["none", "login", "consent", "select_account", "create"];
/// What fits into the field.
const LONGEST_HINT: usize = 254;
const LONGEST_ACR_VALUES: usize = 200;

pub(super) fn read(parameters: &Parameters, standing: Standing, now: Timestamp) -> Result<Asked, OAuthError> {
    let prompts = prompts(parameters.single("prompt")?)?;
    let max_age = parameters.single("max_age")?.map(|age| max_age(age, now)).transpose()?;
    // Who has signed in after the request came has been asked: a sign-in of the same second counts.
    let login = prompts.contains(&"login").then_some(now);
    let needs_passkey = match parameters.single("acr_values")? {
        Some(values) => needs_passkey(values, standing.has_passkeys)?,
        None => false,
    };
    let demand = Demand { since: login.max(max_age), needs_passkey };
    if prompts.contains(&"none") {
        return Err(without_pages(standing.signed_in, demand));
    }
    let login_hint = parameters.single("login_hint")?.map(login_hint).transpose()?;
    Ok(Asked { demand, login_hint, begins_with_account: prompts.contains(&"create") })
}

/// Only then does the answer depend on who is signed in: everybody else is asked at a page, which finds out itself.
pub fn forbids_pages(parameters: &Parameters) -> bool {
    prompts(parameters.single("prompt").unwrap_or_default()).is_ok_and(|prompts| prompts.contains(&"none"))
}

/// To ask for consent, or which account it is for, needs nothing more: the page asks for the one, names the other, and leads to
/// another account.
fn prompts(prompt: Option<&str>) -> Result<Vec<&str>, OAuthError> {
    let words: Vec<&str> = prompt.unwrap_or_default().split_ascii_whitespace().collect();
    let is_alone = words.len() == 1 || !words.contains(&"none");
    if is_alone && words.iter().all(|word| PROMPTS.contains(word)) {
        return Ok(words);
    }
    let evidence = Check::Prompt.found("login, consent, select_account or create, or none alone", prompt);
    Err(OAuthError::new(ErrorCode::InvalidRequest, "The prompt is not one that is known here.", evidence))
}

/// OpenID Connect Core §3.1.2.6: `none` forbids pages. Every agent asks the shopper here, so the answer is always one of these.
fn without_pages(signed_in: Option<Authentication>, demand: Demand) -> OAuthError {
    let evidence = Check::Prompt.found("any but none", "none");
    if signed_in.is_some_and(|proof| demand.is_met_by(proof)) {
        let description = "The shopper must be asked. Leave out prompt=none.";
        return OAuthError::new(ErrorCode::ConsentRequired, description, evidence);
    }
    let description = "The shopper must sign in. Leave out prompt=none.";
    OAuthError::new(ErrorCode::LoginRequired, description, evidence)
}

/// Seconds, back from when the request came: what is read later is not counted.
fn max_age(age: &str, now: Timestamp) -> Result<Timestamp, OAuthError> {
    let is_plain = !age.is_empty() && age.len() <= 10 && age.bytes().all(|byte| byte.is_ascii_digit());
    let secs: Option<u64> = age.parse().ok().filter(|_| is_plain);
    secs.map(|secs| now.minus(std::time::Duration::from_secs(secs))).ok_or_else(|| {
        let evidence = Check::MaxAge.found("whole seconds, up to ten digits", age);
        OAuthError::new(ErrorCode::InvalidRequest, "The max_age is no number of seconds.", evidence)
    })
}

/// RFC 9470 §5: what is asked for is necessary here, unlike in OpenID Connect: one of the values must come true, else the request
/// fails. Names that nobody knows here are passed over, as long as one is left.
fn needs_passkey(values: &str, has_passkeys: bool) -> Result<bool, OAuthError> {
    let is_plain = |value: &str| value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    let words: Vec<&str> = values.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() || values.len() > LONGEST_ACR_VALUES || !words.iter().all(|word| is_plain(word)) {
        let evidence = Check::AcrValues.found("names with spaces between them", Shown::from(values));
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "The acr_values are no names.", evidence));
    }
    let known: Vec<AuthenticationClass> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if known.contains(&AuthenticationClass::OneFactor) {
        return Ok(false);
    }
    if known.is_empty() || !has_passkeys {
        let evidence = Check::AcrValues.found(supported(has_passkeys).join(" or "), values);
        let description = "None of these acr_values can be met here. The metadata says which can.";
        return Err(OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, description, evidence));
    }
    Ok(true)
}

/// `acr_values_supported` (OpenID Connect Discovery 1.0 §3), the strongest first.
pub(super) fn supported(has_passkeys: bool) -> Vec<&'static str> {
    let possible = |class: &AuthenticationClass| has_passkeys || *class != AuthenticationClass::PhishingResistant;
    AuthenticationClass::ALL.into_iter().filter(possible).map(AuthenticationClass::as_str).collect()
}

fn login_hint(hint: &str) -> Result<String, OAuthError> {
    if hint.len() <= LONGEST_HINT && !hint.contains(char::is_control) {
        return Ok(hint.trim().to_owned());
    }
    let evidence = Check::LoginHint.found(format!("{LONGEST_HINT} bytes of text at most"), Shown::hidden(hint));
    Err(OAuthError::new(ErrorCode::InvalidRequest, "The login_hint is no address.", evidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn asked_at(query: &str, standing: Standing) -> Result<Asked, ErrorCode> {
        read(&Parameters::parse(query.as_bytes()), standing, NOW).map_err(|error| error.code)
    }

    fn asked(query: &str) -> Result<Asked, ErrorCode> {
        asked_at(query, Standing { signed_in: None, has_passkeys: true })
    }

    fn demand(query: &str) -> (Option<i64>, bool) {
        let Demand { since, needs_passkey } = asked(query).unwrap().demand;
        (since.map(|since| NOW.as_secs() - since.as_secs()), needs_passkey)
    }

    #[test]
    fn what_is_asked_for_is_demanded() {
        assert_eq!(demand(""), (None, false));
        assert_eq!(demand("prompt=consent+select_account"), (None, false));
        assert_eq!(demand("prompt=login+consent"), (Some(0), false));
        assert_eq!(demand("max_age=300"), (Some(300), false));
        assert_eq!(demand("max_age=300&prompt=login"), (Some(0), false));
        assert_eq!(demand("max_age=0"), (Some(0), false));
        assert_eq!(demand("acr_values=phr"), (None, true));
        assert_eq!(demand("acr_values=gold+phr+silver"), (None, true));
        assert_eq!(demand("acr_values=phr+urn:tillgate:acr:one-factor"), (None, false));
        assert!(asked("prompt=create+consent").unwrap().begins_with_account);
        assert!(!asked("prompt=login+consent").unwrap().begins_with_account);
        assert_eq!(asked("login_hint=maya%40example.com").unwrap().login_hint.as_deref(), Some("maya@example.com"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let too_long = format!("login_hint={}", "x".repeat(255));
        for query in [
            "prompt=none+login",
            "prompt=magic",
            "max_age=-1",
            "max_age=1.5",
            "max_age=%2B5",
            "max_age=99999999999",
            "acr_values=%20",
            "acr_values=a%22b",
            "login_hint=a%00b",
            &too_long,
        ] {
            assert_eq!(asked(query), Err(ErrorCode::InvalidRequest), "{query}");
        }
    }

    #[test]
    fn a_class_that_nobody_can_reach_fails_the_request() {
        assert_eq!(asked("acr_values=phrh"), Err(ErrorCode::UnmetAuthenticationRequirements));
        let at_an_address = Standing { signed_in: None, has_passkeys: false };
        assert_eq!(asked_at("acr_values=phr", at_an_address), Err(ErrorCode::UnmetAuthenticationRequirements));
        assert_eq!(supported(false), ["urn:tillgate:acr:one-factor"]);
    }

    #[test]
    fn without_pages_the_error_says_what_is_missing() {
        let proof =
            Authentication { at: NOW.minus(std::time::Duration::from_mins(1)), class: AuthenticationClass::OneFactor };
        let signed_in = Standing { signed_in: Some(proof), has_passkeys: true };
        assert_eq!(asked("prompt=none"), Err(ErrorCode::LoginRequired));
        assert_eq!(asked_at("prompt=none", signed_in), Err(ErrorCode::ConsentRequired));
        assert_eq!(asked_at("prompt=none&max_age=60", signed_in), Err(ErrorCode::ConsentRequired));
        assert_eq!(asked_at("prompt=none&max_age=59", signed_in), Err(ErrorCode::LoginRequired));
        assert_eq!(asked_at("prompt=none&acr_values=phr", signed_in), Err(ErrorCode::LoginRequired));
    }
}
