//! How the tools are listed: titles, descriptions, schemas, hints, and which permission each needs.

use std::sync::LazyLock;

use rmcp::handler::server::tool::{schema_for_input, schema_for_output};
use rmcp::model::{self, CacheScope, ListToolsResult, MetaObject, ToolAnnotations};
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::{Tool, arguments};
use crate::shop::results;

/// How long a client may keep the list (B44). It is the same for every token: tools above the token's permissions are
/// listed too, so that calling one can start a step-up (B27).
const LIST_TTL_MS: u64 = 300_000;

/// The member of a tool that says which permission it needs.
pub(crate) const SECURITY_SCHEMES: &str = "securitySchemes";

static DEFINITIONS: LazyLock<Vec<model::Tool>> = LazyLock::new(|| Tool::ALL.into_iter().map(define).collect());

/// All tools, in the order of [`Tool::ALL`].
pub fn definitions() -> &'static [model::Tool] {
    &DEFINITIONS
}

pub fn definition(name: &str) -> Option<model::Tool> {
    definitions().iter().find(|tool| tool.name == name).cloned()
}

/// The answer to `tools/list`, for clients that know how long a list holds or for those that do not. `public`: what may be
/// called without a token (C-7).
pub fn list(knows_caching: bool, public: &[Tool]) -> ListToolsResult {
    let mut tools = definitions().to_vec();
    for (defined, tool) in tools.iter_mut().zip(Tool::ALL) {
        if public.contains(&tool) {
            defined.meta = Some(meta(tool, true));
        }
    }
    let list = ListToolsResult::with_all_items(tools);
    if knows_caching {
        // B43, B44: cache hints. Private all the same: the answer stands behind a token.
        list.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private)
    } else {
        // B56: members that older revisions do not have.
        list
    }
}

fn define(tool: Tool) -> model::Tool {
    let (title, description) = words(tool);
    let mut defined = match tool {
        Tool::SearchProducts => schemas::<arguments::SearchProducts, results::ProductPage>(tool),
        Tool::GetProduct => schemas::<arguments::GetProduct, results::Product>(tool),
        Tool::CheckInventory => schemas::<arguments::CheckInventory, results::Inventory>(tool),
        Tool::AddToCart => schemas::<arguments::AddToCart, results::Cart>(tool),
        Tool::UpdateCart => schemas::<arguments::UpdateCart, results::Cart>(tool),
        Tool::ViewCart => schemas::<arguments::ViewCart, results::Cart>(tool),
        Tool::InitiateCheckout => schemas::<arguments::InitiateCheckout, results::Checkout>(tool),
        Tool::GetCheckoutStatus => schemas::<arguments::GetCheckoutStatus, results::Checkout>(tool),
        Tool::GetOrderStatus => schemas::<arguments::GetOrderStatus, results::Order>(tool),
    };
    defined.title = Some(title.to_owned());
    defined.description = Some(description.into());
    defined.with_annotations(hints(tool, title)).with_meta(meta(tool, false))
}

fn schemas<I: JsonSchema + 'static, O: JsonSchema + 'static>(tool: Tool) -> model::Tool {
    // Every argument type is a struct, so its schema is an object; the empty schema never stands for one.
    let input = schema_for_input::<I>().unwrap_or_default();
    model::Tool::new(tool.name(), "", input).with_raw_output_schema(schema_for_output::<O>())
}

fn meta(tool: Tool, is_public: bool) -> MetaObject {
    let mut meta = MetaObject::new();
    meta.insert(SECURITY_SCHEMES.to_owned(), security_schemes(tool, is_public));
    meta
}

/// platforms.md 3.4: which permission a tool needs, as ChatGPT reads it from the tool. C-7: a public one does without, and is
/// served with a token as well.
fn security_schemes(tool: Tool, is_public: bool) -> Value {
    let scopes: Vec<&str> = tool.required().iter().map(crate::wire::Scope::as_str).collect();
    let oauth2 = json!({ "type": "oauth2", "scopes": scopes });
    if is_public { json!([{ "type": "noauth" }, oauth2]) } else { json!([oauth2]) }
}

fn hints(tool: Tool, title: &str) -> ToolAnnotations {
    let reads = !matches!(tool, Tool::AddToCart | Tool::UpdateCart | Tool::InitiateCheckout);
    let hints = ToolAnnotations::with_title(title).read_only(reads).open_world(false);
    if reads {
        return hints;
    }
    // Setting quantities twice is setting them once, and it can take lines out; adding twice adds more.
    let sets = matches!(tool, Tool::UpdateCart);
    hints.destructive(sets).idempotent(!matches!(tool, Tool::AddToCart))
}

const fn words(tool: Tool) -> (&'static str, &'static str) {
    match tool {
        Tool::SearchProducts => (
            "Search products",
            "Finds products of this store by words. Returns titles, descriptions, pictures and variants with prices and \
             availability. Page on with next_cursor.",
        ),
        Tool::GetProduct => {
            ("Get a product", "Returns one product with its variants, prices, pictures and availability.")
        }
        Tool::CheckInventory => ("Check stock", "Says how many of each SKU can be bought right now."),
        Tool::AddToCart => (
            "Add to cart",
            "Adds a quantity of a variant to the shopper's cart and returns the cart. Without cart_id the shopper's open \
             cart is used, or made.",
        ),
        Tool::UpdateCart => (
            "Change the cart",
            "Sets the quantity of one or several variants in a cart; 0 takes a line out. Returns the cart.",
        ),
        Tool::ViewCart => ("View the cart", "Returns the shopper's cart with lines and prices."),
        Tool::InitiateCheckout => (
            "Start a checkout",
            "Freezes the cart, adds shipping and tax (give the address, or choose pickup), and asks the shopper to approve exactly this purchase on a page of \
             their own. Nothing is bought before they do. Called again, it says how far the purchase has come.",
        ),
        Tool::GetCheckoutStatus => (
            "Get a checkout's status",
            "Says whether a checkout still waits for the shopper, and places the order once they have approved it: \
                 poll it after sending the shopper to approval_url.",
        ),
        Tool::GetOrderStatus => (
            "Get an order's status",
            "Returns one of the shopper's own orders: state, items, sums and shipping address.",
        ),
    }
}
