//! Request parameters, from a query or a form. RFC 6749 §3.1: one without a value counts as left out, and none may appear
//! twice.

use super::error::{ErrorCode, OAuthError};
use crate::domain::evidence::Check;

#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(encoded: &[u8]) -> Self {
        url::form_urlencoded::parse(encoded).into_owned().collect()
    }

    /// The values of a parameter that may be repeated.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that may not.
    pub fn single(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let value = values.next();
        // RFC 6749 §3.1, §3.2: parameters must not be included more than once.
        if values.next().is_some() {
            let evidence = Check::ParameterSingle
                .found(format!("{name} once"), format!("{name} {} times", self.all(name).count()));
            let error =
                OAuthError::new(ErrorCode::InvalidRequest, "A parameter is repeated. Send each one once.", evidence);
            return Err(error.because(format!("the parameter {name} is repeated")));
        }
        // RFC 6749 appendix A: values are of printable characters. PostgreSQL stores no NUL, so that one would be a fault of ours.
        if value.is_some_and(|value| value.contains('\0')) {
            let evidence = Check::ParameterCharacters
                .found(format!("{name} of printable characters"), format!("{name} with a NUL"));
            let error =
                OAuthError::new(ErrorCode::InvalidRequest, "A parameter has a character that none may have.", evidence);
            return Err(error.because(format!("the parameter {name} has a NUL")));
        }
        Ok(value)
    }

    /// The value of a parameter that must be there; else `description` says that it is missing.
    pub fn required(&self, name: &str, description: &'static str) -> Result<&str, OAuthError> {
        self.single(name)?.ok_or_else(|| {
            OAuthError::new(ErrorCode::InvalidRequest, description, Check::ParameterPresent.missing(name))
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// RFC 8707 §2: the one resource; a second one is `invalid_target`, since a token has one audience. The same one twice is one.
    pub fn resource(&self) -> Result<Option<&str>, OAuthError> {
        let mut resources = self.all("resource");
        let first = resources.next();
        if resources.any(|other| Some(other) != first) {
            let named: Vec<&str> = self.all("resource").collect();
            let evidence = Check::ResourceSingle.found("one resource", named.join(", "));
            return Err(OAuthError::new(ErrorCode::InvalidTarget, "Name one resource only.", evidence));
        }
        Ok(first)
    }
}

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }
}

/// Values may be secret.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_is_refused_and_an_empty_one_is_absent() {
        let parameters = Parameters::parse(b"state=1&state=2&scope=&resource=a&resource=a&x=%20y+z");
        assert!(parameters.single("state").is_err());
        assert_eq!(parameters.single("scope"), Ok(None));
        assert_eq!(parameters.resource(), Ok(Some("a")));
        assert_eq!(parameters.single("x"), Ok(Some(" y z")));
        assert!(Parameters::parse(b"resource=a&resource=b").resource().is_err());
    }
}
