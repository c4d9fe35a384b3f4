//! Resource servers and the URIs that name them (RFC 8707).

use url::Url;

use super::{ResourceServerId, Timestamp};

/// A registered MCP server of one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceServer {
    pub id: ResourceServerId,
    /// The canonical URI: the `aud` of its tokens.
    pub resource: String,
    /// Other spellings that clients send for the same server.
    pub aliases: Vec<String>,
    pub name: String,
}

/// A resource server with what proves that a caller is it: SHA-256 hashes of secrets with 256 random bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub server: ResourceServer,
    pub secret_hash: [u8; 32],
    /// The secret before the last rotation, and when it stops to count.
    pub previous: Option<([u8; 32], Timestamp)>,
}

impl ResourceServer {
    /// Whether `requested` names this server. A34: only the case of scheme and host, and an empty path against `/`, are
    /// normalised; a slash of a longer path is never stripped (H6: over-trimming confuses audiences).
    pub fn answers_to(&self, requested: &str) -> bool {
        let Some(requested) = normalise(requested) else { return false };
        std::iter::once(&self.resource)
            .chain(&self.aliases)
            .any(|own| normalise(own).is_some_and(|own| own == requested))
    }
}

/// RFC 8707 §2: an absolute URI without fragment.
fn normalise(text: &str) -> Option<String> {
    if text.contains('#') || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return None;
    }
    let (_, rest) = text.split_once("://")?;
    let url = Url::parse(text).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    // The parser would also resolve dot segments and default ports; comparing the raw path keeps those apart.
    let path = rest.find(['/', '?']).and_then(|start| rest.get(start..)).unwrap_or("/");
    Some(format!("{}://{}{}", url.scheme(), url.authority(), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(resource: &str) -> ResourceServer {
        ResourceServer {
            id: ResourceServerId::new("r"),
            resource: resource.into(),
            aliases: vec!["https://old.example/mcp".into()],
            name: "Shop".into(),
        }
    }

    #[test]
    fn case_of_scheme_and_host_and_an_empty_path_do_not_matter() {
        assert!(server("https://shop.example/mcp").answers_to("HTTPS://Shop.Example/mcp"));
        assert!(server("https://shop.example").answers_to("https://shop.example/"));
        assert!(server("https://shop.example/mcp").answers_to("https://old.example/mcp"));
    }

    #[test]
    fn nothing_else_is_normalised() {
        for wrong in [
            "https://shop.example/mcp/",
            "https://shop.example/MCP",
            "https://shop.example/x/../mcp",
            "https://shop.example/mcp?x",
            "https://shop.example/mcp#x",
            "https://u@shop.example/mcp",
            "shop.example/mcp",
            "",
        ] {
            assert!(!server("https://shop.example/mcp").answers_to(wrong), "{wrong}");
        }
    }
}
