//! Why a command did not do what it was asked: one sentence for the person who typed it.

use std::fmt;

use crate::config::Problems;

#[derive(Debug)]
pub(super) struct Failure(String);

impl Failure {
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self(problems.to_string())
    }
}

impl From<crate::application::StartError> for Failure {
    fn from(error: crate::application::StartError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::merchant::provisioning::ProvisioningError> for Failure {
    fn from(error: crate::merchant::provisioning::ProvisioningError) -> Self {
        Self(error.to_string())
    }
}
