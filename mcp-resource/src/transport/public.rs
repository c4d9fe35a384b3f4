//! C-7: what is answered without a token, where the merchant has made tools public: getting to know the server, the list of
//! its tools, and calls of those tools. All else gets the challenge that it gets everywhere, so that a client that began
//! without a token can ask for one when it needs it.

use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::body;
use super::message::{Message, ToolCall};
use crate::protect::{Cause, Held, Rejection, StartError};
use crate::shop::public_tools::PublicTools;
use crate::shop::tools::Tool;
use crate::traffic::{Concurrency, Running, Windows, source};
use crate::wire::Timestamp;

/// The largest body, in bytes: of what is public, nothing is a tenth of it.
const MAX_BODY: usize = 16 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);
/// What a client asks of any server before it calls a tool, in all three revisions.
const METHODS: [&str; 5] = ["initialize", "notifications/initialized", "ping", "server/discover", "tools/list"];

/// The public tools of one endpoint, and who called them lately.
pub(super) struct Public {
    pub tools: Vec<Tool>,
    setting: PublicTools,
    windows: Windows,
    concurrency: Concurrency,
}

/// A message that may be answered without a token.
pub(super) struct Asked {
    pub body: Bytes,
    pub method: String,
    /// Of a public tool.
    pub call: Option<ToolCall>,
}

impl Public {
    pub(super) fn new(setting: PublicTools) -> Result<Self, StartError> {
        let tools = setting.tools()?;
        if !tools.is_empty() {
            tracing::warn!(tools = ?setting.names, "tools can be called without a token, since public_tools names them");
        }
        Ok(Self { tools, setting, windows: Windows::default(), concurrency: Concurrency::default() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    pub(super) fn source(&self, request: &HttpRequest) -> String {
        source(request, &self.setting.trusted_proxies)
    }

    /// S1-85: before anything of the body is read.
    pub(super) fn enter(&self, source: &str) -> Result<Running, Rejection> {
        let most = self.setting.concurrent_calls;
        self.concurrency.enter(source, most).ok_or_else(|| {
            Rejection::from(Cause::TooManyAtOnce).comparing(format!("{most} calls at once without a token"), "one more")
        })
    }

    /// C-2: takes one answer off the source's allowance. What is refused for want of a token costs none of it: whoever has used
    /// it up can still learn where to get one.
    pub(super) fn count(&self, source: &str, now: Timestamp) -> Result<(), Rejection> {
        let rate = self.setting.rate;
        self.windows.admit(source, rate, now).map_err(|retry_after| {
            let presented = format!("one more, {} s too early", retry_after.as_secs().saturating_add(1));
            let expected = format!("{rate} calls a minute without a token");
            Rejection::from(Cause::RateLimited { retry_after }).comparing(expected, presented)
        })
    }

    /// The message, if it is one that needs no token. What cannot be read, or is several at once, may be anything.
    pub(super) async fn read(&self, payload: web::Payload) -> Option<Asked> {
        self.judge(&body::arrived(payload, MAX_BODY, BODY_TIMEOUT).await.ok()?)
    }

    fn judge(&self, body: &[u8]) -> Option<Asked> {
        // B30: of members that are there twice one is left, and what is judged here is all that the SDK gets to read.
        let body = serde_json::to_vec(&serde_json::from_slice::<Value>(body).ok()?).ok()?;
        let message = Message::read(&body).ok()?;
        let method = message.method?;
        let body = Bytes::from(body);
        match message.call {
            // S1-53: by its exact name. A call that brings something back goes on with one that somebody has begun (F8).
            Some(call) if call.tool.is_some_and(|tool| self.tools.contains(&tool)) && !call.goes_on() => {
                Some(Asked { body, method, call: Some(call) })
            }
            None if METHODS.contains(&method.as_str()) => Some(Asked { body, method, call: None }),
            _ => None,
        }
    }
}

/// The answer, whose body keeps its source's place until it is sent.
pub(super) fn held(answer: HttpResponse, running: Running) -> HttpResponse {
    answer.map_body(|_, body| BoxBody::new(Held::new(body, running)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> Public {
        let names = vec!["search_products".to_owned(), "get_product".to_owned()];
        Public::new(PublicTools { names, rate: 2, concurrent_calls: 1, ..PublicTools::default() }).unwrap()
    }

    fn asks(body: &str) -> Option<String> {
        public().judge(body.as_bytes()).map(|asked| asked.method)
    }

    fn call(params: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#)
    }

    #[test]
    fn only_the_beginning_and_public_tools_need_no_token() {
        for method in METHODS {
            assert_eq!(asks(&format!(r#"{{"method":"{method}"}}"#)).as_deref(), Some(method));
        }
        assert!(asks(&call(r#"{"name":"search_products"}"#)).is_some());
        for method in ["", "tools/call", "Tools/List", "tools/list ", "resources/list", "notifications/cancelled"] {
            assert_eq!(asks(&format!(r#"{{"method":"{method}"}}"#)), None, "{method}");
        }
        for body in ["", "{", "7", "[]", "{}", r#"{"method":7}"#, r#"[{"method":"ping"}]"#, r#"{"result":{},"id":1}"#] {
            assert_eq!(asks(body), None, "{body}");
        }
    }

    #[test]
    fn a_tool_is_public_by_its_exact_name_alone() {
        for params in [
            r#"{"name":"view_cart"}"#,
            r#"{"name":"check_inventory"}"#,
            r#"{"name":"Search_Products"}"#,
            r#"{"name":" search_products"}"#,
            r#"{"name":"search_products\u0000"}"#,
            r#"{"name":["search_products"]}"#,
            r#"{"name":null}"#,
            "{}",
            r#"["search_products"]"#,
            r#"{"name":"search_products","requestState":"x"}"#,
            r#"{"name":"search_products","inputResponses":{}}"#,
        ] {
            assert_eq!(asks(&call(params)), None, "{params}");
        }
    }

    #[test]
    fn what_was_judged_is_what_is_passed_on() {
        let twice = call(r#"{"name":"view_cart","name":"search_products","arguments":{"query":"a","query":"b"}}"#);
        let asked = public().judge(twice.as_bytes()).unwrap();
        let text = String::from_utf8(asked.body.to_vec()).unwrap();
        assert!(!text.contains("view_cart") && text.matches("query").count() == 1, "{text}");
        assert!(public().judge(call(r#"{"name":"search_products","name":"view_cart"}"#).as_bytes()).is_none());
        let other = r#"{"id":1,"method":"tools/list","method":"tools/call","params":{"name":"view_cart"}}"#;
        assert!(public().judge(other.as_bytes()).is_none());
    }

    #[test]
    fn each_source_has_its_own_allowance() {
        let (public, now) = (public(), Timestamp::from_secs(1_000));
        let place = public.enter("a").unwrap();
        assert_eq!(public.enter("a").unwrap_err().cause, Cause::TooManyAtOnce);
        assert!(public.enter("b").is_ok());
        drop(place);
        assert!(public.enter("a").is_ok());
        assert!(public.count("a", now).is_ok() && public.count("a", now).is_ok());
        let refused = public.count("a", now).unwrap_err();
        assert_eq!(refused.cause, Cause::RateLimited { retry_after: Duration::from_mins(1) });
        assert!(public.count("b", now).is_ok());
    }
}
