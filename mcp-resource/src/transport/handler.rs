//! The SDK's side: what this server is, the list of tools, and the dispatch of a call that was permitted.

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestMethod, CompleteRequestParams, CompleteResult, ErrorCode,
    Implementation, ListPromptsRequestMethod, ListPromptsResult, ListResourceTemplatesRequestMethod,
    ListResourceTemplatesResult, ListResourcesRequestMethod, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool as ToolDefinition,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tracing::Instrument as _;

use super::record::Call;
use crate::shop::tools::{self, Counter, Tool};

/// Newest last, as the SDK lists them.
const VERSIONS: &[ProtocolVersion] =
    &[ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

const INSTRUCTIONS: &str = "Search and read products, fill the shopper's cart, and start a checkout. The shopper approves \
                            each purchase on a page of their own, by the link that initiate_checkout gives; then \
                            get_checkout_status places the order. Prices are in minor units and include tax.";

#[derive(Clone)]
pub(super) struct Shop {
    pub counter: Counter,
    /// Told to clients as the server's title.
    pub title: Arc<str>,
    /// C-7: what may be called without a token.
    pub public: Arc<[Tool]>,
}

impl ServerHandler for Shop {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info =
            Implementation::new("tillgate-shop", env!("CARGO_PKG_VERSION")).with_title(self.title.to_string());
        info.with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(VERSIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(tools::list(context.protocol_version() == Some(ProtocolVersion::V_2026_07_28), &self.public))
    }

    fn get_tool(&self, name: &str) -> Option<ToolDefinition> {
        tools::definition(name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = context.extensions.get::<http::request::Parts>();
        let Some(call) = parts.and_then(|parts| parts.extensions.get::<Arc<Call>>()) else {
            return Err(ErrorData::internal_error("the call was not admitted", None));
        };
        let Some(tool) = Tool::by_name(&request.name) else {
            return Err(ErrorData::invalid_params(format!("Unknown tool: {}", shown(&request.name)), None));
        };
        // S1-53: only the tool whose permission was checked runs, whatever a second reading of the body says.
        if call.tool != Some(tool) {
            return Err(ErrorData::new(ErrorCode::INVALID_REQUEST, "the body names two tools", None));
        }
        // C-7: was decided before; a call of nobody's gets no further than this, whatever way it has come.
        if call.is_of_a_stranger() && !self.public.contains(&tool) {
            return Err(ErrorData::internal_error("the call was not admitted", None));
        }
        let arguments = request.arguments.unwrap_or_default();
        let work = async {
            if let Some(checkout) = &call.checkout {
                return self.counter.call(tool, arguments, &call.context, checkout).await;
            }
            let backend = &**self.counter.purchasing.backend();
            tools::call(backend, tool, arguments, &call.context, &call.reference_id).await
        };
        let outcome = work.instrument(call.span.clone()).await;
        call.finished(&outcome);
        outcome.result
    }

    // B39: what is not advertised does not exist. The SDK's own answers would be empty lists.

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>())
    }

    async fn complete(
        &self,
        _request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }
}

/// A stranger's text in an error: short, and on one line.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(40).collect()
}
