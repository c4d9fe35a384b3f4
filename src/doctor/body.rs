//! What each platform registers (RFC 7591 §2), as far as its source tells. The name is the examiner's: no shopper should meet
//! a platform that was never there.

use serde_json::{Value, json};

use super::checks::Check;

/// Whose registration is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    Claude,
    ClaudeCode,
    ChatGpt,
    Codex,
    Cursor,
    VsCode,
    Inspector,
    McpRemote,
    Goose,
}

impl Body {
    pub const ALL: [Self; 9] = [
        Self::Claude,
        Self::ClaudeCode,
        Self::ChatGpt,
        Self::Codex,
        Self::Cursor,
        Self::VsCode,
        Self::Inspector,
        Self::McpRemote,
        Self::Goose,
    ];

    pub const fn check(self) -> Check {
        match self {
            Self::Claude => Check::RegisterClaude,
            Self::ClaudeCode => Check::RegisterClaudeCode,
            Self::ChatGpt => Check::RegisterChatGpt,
            Self::Codex => Check::RegisterCodex,
            Self::Cursor => Check::RegisterCursor,
            Self::VsCode => Check::RegisterVsCode,
            Self::Inspector => Check::RegisterInspector,
            Self::McpRemote => Check::RegisterMcpRemote,
            Self::Goose => Check::RegisterGoose,
        }
    }

    pub const fn redirect_uris(self) -> &'static [&'static str] {
        match self {
            Self::Claude => &["https://claude.ai/api/mcp/auth_callback"],
            // H1: no port in the document, one at run time.
            Self::ClaudeCode => &["http://localhost:54545/callback"],
            // H5b: one per connector.
            Self::ChatGpt => &["https://chatgpt.com/connector/oauth/doctor"],
            Self::Codex => &["http://127.0.0.1:1455/callback"],
            // H4: one refused is all refused.
            Self::Cursor => &[
                "cursor://anysphere.cursor-mcp/oauth/callback",
                "https://www.cursor.com/agents/mcp/oauth/callback",
                "http://localhost:8787/callback",
            ],
            // H5
            Self::VsCode => &[
                "http://127.0.0.1/",
                "http://127.0.0.1:33418/",
                "https://vscode.dev/redirect",
                "https://insiders.vscode.dev/redirect",
            ],
            // H18
            Self::Inspector => &["http://localhost:6274/oauth/callback"],
            Self::McpRemote => &["http://localhost:3334/oauth/callback"],
            Self::Goose => &["http://127.0.0.1:8030/oauth_callback"],
        }
    }

    /// The body. `scope` is what the platform found to ask for.
    pub fn json(self, scope: &str) -> Value {
        let mut body = json!({
            "client_name": "Tillgate doctor",
            "redirect_uris": self.redirect_uris(),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        let Some(members) = body.as_object_mut() else { return body };
        match self {
            // C13, SEP-837: native programs say so.
            Self::Codex | Self::Goose => {
                members.insert("application_type".into(), "native".into());
                members.insert("scope".into(), scope.into());
            }
            // H3: a grant type that servers of the code grant do not know.
            Self::VsCode => {
                members.insert(
                    "grant_types".into(),
                    json!(["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]),
                );
            }
            // H9: scopes that nobody offered.
            Self::McpRemote => {
                members.insert("scope".into(), "openid email profile".into());
                members.insert("software_id".into(), "tillgate-doctor".into());
                members.insert("software_version".into(), env!("CARGO_PKG_VERSION").into());
            }
            Self::Claude | Self::ChatGpt => {
                members.insert("scope".into(), scope.into());
            }
            Self::ClaudeCode | Self::Cursor | Self::Inspector => {}
        }
        body
    }
}
