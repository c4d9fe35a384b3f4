//! What is usual at a kind of OpenID provider, so that an entry says only what is its own: how its issuer is written, what may
//! be asked of it, and what of its word is to be taken for more than it is. Each fact was looked up, and is told where
//! operators read it (`identity_providers.toml`); an entry can say otherwise.

use serde::Deserialize;

/// What is usual at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Customer accounts: `https://shopify.com/authentication/<shop id>`.
    Shopify,
    /// "OpenID Connect Server", the plugin of `WordPress`, and so `WooCommerce`.
    Wordpress,
    Auth0,
    Clerk,
    Google,
    Custom,
}

/// Where the secret goes at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// `client_secret_basic`.
    Header,
    /// `client_secret_post`.
    Body,
}

impl Preset {
    const fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Wordpress => "wordpress",
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
            Self::Google => "google",
            Self::Custom => "custom",
        }
    }

    /// What its button calls it where nothing is written.
    pub(super) const fn usual_name(self) -> Option<&'static str> {
        match self {
            Self::Google => Some("Google"),
            _ => None,
        }
    }

    /// What is asked for where nothing is written: an address, and no more.
    pub(super) const fn usual_scopes(self) -> &'static [&'static str] {
        match self {
            // The plugin knows no `email`, and refuses what its client was not given.
            Self::Wordpress => &["openid", "profile"],
            _ => &["openid", "email"],
        }
    }

    /// Whether `prompt=login` has it ask a person again, and say when it did.
    pub(super) const fn usually_asks_again(self) -> bool {
        match self {
            // Google refuses the prompt; Shopify documents `none` alone and has no `auth_time`; the plugin looks at neither.
            Self::Google | Self::Shopify | Self::Wordpress => false,
            Self::Auth0 | Self::Clerk | Self::Custom => true,
        }
    }

    /// `None`: as its discovery document says.
    pub(super) const fn usual_client_authentication(self) -> Option<ClientAuthentication> {
        match self {
            // The plugin reads the secret from the form alone, and says nothing of it; Auth0 names both ways, of which an
            // application has one.
            Self::Wordpress | Self::Auth0 => Some(ClientAuthentication::Body),
            Self::Shopify | Self::Clerk | Self::Google | Self::Custom => None,
        }
    }

    /// Whether its `auth_time` is when the person proved who they are (OpenID Connect Core §2). Shopify has none. The plugin's is
    /// the time of the token, however long ago the person came to the shop: as a proof it would be one of nothing.
    pub const fn tells_when(self) -> bool {
        !matches!(self, Self::Shopify | Self::Wordpress)
    }

    /// Whether its discovery document lacks `subject_types_supported` (OpenID Connect Discovery 1.0 §3).
    pub const fn leaves_out_subject_types(self) -> bool {
        matches!(self, Self::Wordpress)
    }

    /// An entry may not say that it asks again where nobody could be believed to have been asked.
    pub(super) fn check_asks_again(self, asks_again: bool) -> Result<(), String> {
        if asks_again && !self.tells_when() {
            return Err(format!(
                "asks_again = true, and preset = \"{}\" has no auth_time to prove it by: leave asks_again out, or write preset = \
                 \"custom\" for another server that has one",
                self.name()
            ));
        }
        Ok(())
    }

    /// The issuer, written out or in its short form.
    pub(super) fn issuer(self, written: Written<'_>) -> Result<String, String> {
        let issuer = match written {
            Written { issuer: Some(issuer), domain: None, shop_id: None } => self.checked(issuer)?,
            Written { issuer: None, domain: Some(domain), shop_id: None } => self.of_domain(domain)?,
            Written { issuer: None, domain: None, shop_id: Some(id) } => self.of_shop(id)?,
            Written { issuer: None, domain: None, shop_id: None } => match self {
                Self::Google => "https://accounts.google.com".to_owned(),
                _ => return Err(format!("it has no issuer: {}", self.how())),
            },
            _ => return Err(format!("it has more than one of issuer, domain and shop_id: {}", self.how())),
        };
        Ok(issuer)
    }

    /// Whether its issuer ends with a slash, which counts: it is compared byte for byte (OpenID Connect Discovery 1.0 §4.3), and
    /// people copy addresses. `None` where nothing is known.
    pub(super) const fn ends_with_slash(self) -> Option<bool> {
        match self {
            // `https://TENANT.auth0.com/`; `home_url( '/' )`.
            Self::Auth0 | Self::Wordpress => Some(true),
            Self::Clerk | Self::Shopify | Self::Google => Some(false),
            Self::Custom => None,
        }
    }

    fn how(self) -> &'static str {
        match self {
            Self::Shopify => "write shop_id, the number of the shop",
            Self::Auth0 | Self::Clerk | Self::Wordpress => "write domain, the name of its host, or issuer",
            Self::Google | Self::Custom => "write issuer",
        }
    }

    fn checked(self, issuer: &str) -> Result<String, String> {
        match (self.ends_with_slash(), issuer.strip_suffix('/')) {
            (Some(true), None) => {
                Err(format!("issuer = \"{issuer}\" has no slash at its end, as this preset's has: write \"{issuer}/\""))
            }
            (Some(false), Some(without)) => {
                Err(format!("issuer = \"{issuer}\" ends with a slash, as this preset's does not: write \"{without}\""))
            }
            _ => Ok(issuer.to_owned()),
        }
    }

    fn of_domain(self, domain: &str) -> Result<String, String> {
        let slash = match self {
            Self::Auth0 | Self::Wordpress => "/",
            Self::Clerk => "",
            Self::Shopify | Self::Google | Self::Custom => {
                return Err(format!("domain = \"{domain}\" is not for preset = \"{}\": {}", self.name(), self.how()));
            }
        };
        let is_label =
            |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !domain.contains('.') || !domain.split('.').all(is_label) {
            return Err(format!("domain = \"{domain}\" is no name of a host: write it without https:// and path"));
        }
        Ok(format!("https://{}{slash}", domain.to_ascii_lowercase()))
    }

    fn of_shop(self, id: &str) -> Result<String, String> {
        if self != Self::Shopify {
            return Err(format!("shop_id = \"{id}\" is not for preset = \"{}\": {}", self.name(), self.how()));
        }
        if id.is_empty() || id.len() > 20 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "shop_id = \"{id}\" is no number: write the one in the addresses of Customer Account API"
            ));
        }
        Ok(format!("https://shopify.com/authentication/{id}"))
    }
}

/// What an entry says of its issuer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written<'a> {
    pub(super) issuer: Option<&'a str>,
    pub(super) domain: Option<&'a str>,
    pub(super) shop_id: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(domain: &str) -> Written<'_> {
        Written { domain: Some(domain), ..Written::default() }
    }

    fn issuer(issuer: &str) -> Written<'_> {
        Written { issuer: Some(issuer), ..Written::default() }
    }

    #[test]
    fn a_short_form_is_the_issuer_as_the_provider_writes_it() {
        let shop = Written { shop_id: Some("12345678"), ..Written::default() };
        for (preset, written, expected) in [
            (Preset::Auth0, domain("Shop.eu.auth0.com"), "https://shop.eu.auth0.com/"),
            (Preset::Clerk, domain("clerk.shop.example"), "https://clerk.shop.example"),
            (Preset::Wordpress, domain("shop.example"), "https://shop.example/"),
            (Preset::Shopify, shop, "https://shopify.com/authentication/12345678"),
            (Preset::Google, Written::default(), "https://accounts.google.com"),
            (Preset::Wordpress, issuer("https://shop.example/blog/"), "https://shop.example/blog/"),
            (Preset::Custom, issuer("https://id.example/"), "https://id.example/"),
            (Preset::Custom, issuer("https://id.example"), "https://id.example"),
        ] {
            assert_eq!(preset.issuer(written).as_deref(), Ok(expected), "{preset:?}");
        }
    }

    #[test]
    fn what_is_wrong_about_it_is_named_with_the_key_the_value_and_what_to_write() {
        let shop = |id| Written { shop_id: Some(id), ..Written::default() };
        let both = Written { issuer: Some("https://x.example/"), ..domain("x.example") };
        for (preset, written, expected) in [
            (Preset::Auth0, issuer("https://x.auth0.com"), "issuer = \"https://x.auth0.com\" has no slash at its end"),
            (Preset::Auth0, issuer("https://x.auth0.com"), "write \"https://x.auth0.com/\""),
            (Preset::Clerk, issuer("https://clerk.x.example/"), "write \"https://clerk.x.example\""),
            (Preset::Wordpress, issuer("https://x.example"), "write \"https://x.example/\""),
            (Preset::Auth0, domain("https://x.auth0.com/"), "domain = \"https://x.auth0.com/\" is no name of a host"),
            (Preset::Clerk, domain("localhost"), "domain = \"localhost\""),
            (Preset::Custom, domain("x.example"), "not for preset = \"custom\": write issuer"),
            (Preset::Shopify, domain("x.myshopify.com"), "write shop_id"),
            (Preset::Shopify, shop("fern-and-field"), "shop_id = \"fern-and-field\" is no number"),
            (Preset::Auth0, shop("1"), "shop_id = \"1\" is not for preset = \"auth0\""),
            (Preset::Auth0, both, "more than one"),
            (Preset::Clerk, Written::default(), "it has no issuer: write domain"),
        ] {
            let wrong = preset.issuer(written).unwrap_err();
            assert!(wrong.contains(expected), "{preset:?}: {wrong}");
        }
    }

    #[test]
    fn who_has_no_true_auth_time_cannot_be_said_to_ask_again() {
        assert!(Preset::Wordpress.check_asks_again(true).unwrap_err().contains("asks_again = true"));
        assert!(Preset::Wordpress.check_asks_again(false).is_ok() && Preset::Google.check_asks_again(true).is_ok());
        for preset in [Preset::Shopify, Preset::Wordpress, Preset::Google] {
            assert!(!preset.usually_asks_again(), "{preset:?}");
        }
    }
}
