//! C-7: the tools that a store lets anybody call without a token, as platforms have it for looking around (platforms.md 3.4:
//! `noauth`). None by default. Only what needs no more than the browse set can be named, so that nothing of a shopper's is
//! ever within reach of a caller who is nobody.

use ipnet::IpNet;

use super::tools::Tool;
use crate::protect::StartError;
use crate::wire::ScopeSet;

/// The setting of one endpoint.
#[derive(Debug, Clone)]
pub struct PublicTools {
    /// Names of tools: some of [`MAY_BE_PUBLIC`](crate::wire::public_tools::MAY_BE_PUBLIC).
    pub names: Vec<String>,
    /// Answers a minute to one source.
    pub rate: u32,
    /// Requests of one source that may run at the same time.
    pub concurrent_calls: u32,
    /// Whose word about a caller's source is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for PublicTools {
    fn default() -> Self {
        // Hosted platforms send many people's calls from a few addresses.
        Self { names: Vec::new(), rate: 120, concurrent_calls: 16, trusted_proxies: Vec::new() }
    }
}

impl PublicTools {
    /// The tools that are named.
    ///
    /// # Errors
    /// One is unknown, or needs more than the browse set.
    pub fn tools(&self) -> Result<Vec<Tool>, StartError> {
        self.names.iter().map(|name| tool(name)).collect()
    }
}

fn tool(name: &str) -> Result<Tool, StartError> {
    // C-7: carts, checkouts and orders belong to somebody.
    let is_browsing = |tool: &Tool| ScopeSet::BROWSE.is_superset(tool.required());
    Tool::by_name(name).filter(is_browsing).ok_or_else(|| StartError::Invalid {
        setting: "public_tools",
        value: name.to_owned(),
        remedy: "name search_products, get_product or check_inventory; no other tool can do without a token",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::public_tools::MAY_BE_PUBLIC;

    fn named(name: &str) -> Result<Vec<Tool>, String> {
        let public = PublicTools { names: vec![name.to_owned()], ..PublicTools::default() };
        public.tools().map_err(|error| error.to_string())
    }

    #[test]
    fn only_tools_that_need_no_more_than_the_browse_set_can_be_public() {
        for tool in Tool::ALL {
            assert_eq!(named(tool.name()).is_ok(), MAY_BE_PUBLIC.contains(&tool.name()), "{}", tool.name());
        }
        assert!(PublicTools::default().tools().is_ok_and(|tools| tools.is_empty()));
    }

    #[test]
    fn what_cannot_be_public_is_refused_with_the_setting_the_value_and_a_remedy() {
        for name in ["view_cart", "Search_Products", "search_products ", ""] {
            let told = named(name).unwrap_err();
            assert!(told.contains(&format!("`public_tools` is `{name}`: name search_products,")), "{told}");
        }
    }
}
