//! What platforms that cannot register ask for, filled in on the form of a client by hand.

use super::client::Fields;
use crate::domain::client::AuthMethod;

/// What a platform asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    Plain,
    Google,
    Copilot,
}

/// Where Google's answers go, by project (developers.google.com, account linking); production, then sandbox.
pub(super) const GOOGLE: [&str; 2] =
    ["https://oauth-redirect.googleusercontent.com/r/", "https://oauth-redirect-sandbox.googleusercontent.com/r/"];
/// Where those of Copilot Studio go until it shows an address of its own (learn.microsoft.com, add an existing server).
const COPILOT: &str = "https://global.consent.azure-apim.net/redirect";

impl Preset {
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "google" => Self::Google,
            "copilot" => Self::Copilot,
            _ => Self::Plain,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Google => "google",
            Self::Copilot => "copilot",
        }
    }

    pub(super) const fn is_google(self) -> bool {
        matches!(self, Self::Google)
    }

    pub(super) const fn is_plain(self) -> bool {
        matches!(self, Self::Plain)
    }

    pub(super) const fn lead(self) -> &'static str {
        match self {
            Self::Plain => "client-add-lead",
            Self::Google => "client-google-lead",
            Self::Copilot => "client-copilot-lead",
        }
    }

    /// Keys of what to do at the platform.
    pub const fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Google => &["once-google-1", "once-google-2", "once-google-3"],
            Self::Copilot => &["once-copilot-1", "once-copilot-2", "once-copilot-3"],
        }
    }

    /// The form as it comes.
    pub fn fields(self, resources: &[String]) -> Fields {
        let (name, redirect_uris, auth_method) = match self {
            Self::Plain => ("", "", AuthMethod::ClientSecretBasic),
            Self::Google => ("Google", "", AuthMethod::ClientSecretBasic),
            Self::Copilot => ("Microsoft Copilot Studio", COPILOT, AuthMethod::ClientSecretPost),
        };
        // Platforms that do not know of MCP name no resource: where there is just one it is meant.
        let only = match resources {
            [only] => only.clone(),
            _ => String::new(),
        };
        Fields {
            name: name.to_owned(),
            redirect_uris: redirect_uris.to_owned(),
            auth_method: auth_method.to_string(),
            default_resource: only,
            ..Fields::default()
        }
    }
}
