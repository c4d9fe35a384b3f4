//! A proxy that breaks one detail of a deployment: it stands in front of the issuer and of the store, passes everything on, and
//! edits the answers as `tests/breaks.json` says.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::support::http;

/// One edit of an answer: where, when, and what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    at: String,
    path: Vec<String>,
    method: Option<String>,
    #[serde(default)]
    request_contains: Vec<String>,
    request_header: Option<(String, String)>,
    when_status: Option<u16>,
    status: Option<u16>,
    body: Option<String>,
    header: Option<String>,
    json: Option<String>,
    query: Option<String>,
    replace: Option<(String, String)>,
    #[serde(default)]
    remove: bool,
    /// `null` is a value too.
    #[serde(default, deserialize_with = "some")]
    value: Option<Value>,
}

fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// An answer under way.
struct Passing {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// The edits that are applied now, and the addresses that they may name.
#[derive(Default)]
pub struct Edits {
    pub edits: Vec<Edit>,
    pub names: Vec<(&'static str, String)>,
}

impl Edits {
    fn filled(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

pub type Shared = Arc<Mutex<Edits>>;

/// One of the two proxies.
struct Proxy {
    at: &'static str,
    target: u16,
    http: reqwest::Client,
    edits: Shared,
}

/// Serves on `listener` what answers at `target`, edited.
pub fn serve(at: &'static str, listener: TcpListener, target: u16, edits: Shared) {
    let proxy = Data::new(Proxy { at, target, http: http(), edits });
    let server = HttpServer::new(move || App::new().app_data(proxy.clone()).default_service(web::to(pass)));
    tokio::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
}

async fn pass(proxy: Data<Proxy>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let url = format!("http://127.0.0.1:{}{}", proxy.target, request.uri());
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).unwrap();
    let mut onward = proxy.http.request(method, url).body(body.clone());
    for (name, value) in request.headers() {
        onward = onward.header(name.as_str(), value.as_bytes());
    }
    let answer = onward.send().await.unwrap();
    let mut passing = Passing {
        status: answer.status().as_u16(),
        headers: answer.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
        body: Vec::new(),
    };
    // The feed never ends, and is nobody's document.
    let streams = passing.headers.iter().any(|(name, value)| name == "content-type" && value.contains("ndjson"));
    if streams {
        return respond(&passing).streaming(answer.bytes_stream());
    }
    passing.body = answer.bytes().await.unwrap().to_vec();
    let edits = proxy.edits.lock().unwrap();
    for edit in &edits.edits {
        if edit.applies(proxy.at, &request, &body, passing.status) {
            edit.apply(&edits, &mut passing);
        }
    }
    drop(edits);
    respond(&passing).body(passing.body.clone())
}

fn respond(passing: &Passing) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(actix_web::http::StatusCode::from_u16(passing.status).unwrap());
    for (name, value) in &passing.headers {
        if name != "content-length" && name != "transfer-encoding" && name != "connection" {
            answer.append_header((name.as_str(), value.as_str()));
        }
    }
    answer
}

impl Edit {
    fn applies(&self, at: &str, request: &HttpRequest, body: &[u8], status: u16) -> bool {
        let body = String::from_utf8_lossy(body);
        let contains = |word: &String| request.uri().to_string().contains(word) || body.contains(word);
        let header = |(name, value): &(String, String)| request.headers().get(name).is_some_and(|found| found == value);
        self.at == at
            && self.path.iter().any(|path| path == request.path())
            && self.method.as_ref().is_none_or(|method| method == request.method().as_str())
            && (self.request_contains.is_empty() || self.request_contains.iter().any(contains))
            && self.request_header.as_ref().is_none_or(header)
            && self.when_status.is_none_or(|wanted| wanted == status)
    }

    fn apply(&self, edits: &Edits, passing: &mut Passing) {
        if let Some(status) = self.status {
            passing.status = status;
        }
        if let Some(body) = &self.body {
            passing.body = edits.filled(body).into_bytes();
        }
        let text = self.value.as_ref().and_then(Value::as_str).map(|text| edits.filled(text));
        if let Some(name) = &self.header {
            self.edit_header(name, text.as_deref(), passing);
        }
        if let Some(pointer) = &self.json {
            // The answer to OPTIONS has no body.
            if let Ok(mut document) = serde_json::from_slice::<Value>(&passing.body) {
                let value = self.value.as_ref().map(|value| filled(edits, value));
                set(&mut document, pointer, value.filter(|_| !self.remove));
                passing.body = document.to_string().into_bytes();
            }
        }
        if let Some(name) = &self.query {
            for (header, location) in &mut passing.headers {
                if header == "location" {
                    *location = with_query(location, name, text.as_deref());
                }
            }
        }
    }

    fn edit_header(&self, name: &str, value: Option<&str>, passing: &mut Passing) {
        if let Some((from, to)) = &self.replace {
            for (found, value) in &mut passing.headers {
                if found == name {
                    *value = value.replace(from.as_str(), to);
                }
            }
            return;
        }
        passing.headers.retain(|(found, _)| found != name);
        passing.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

fn filled(edits: &Edits, value: &Value) -> Value {
    serde_json::from_str(&edits.filled(&value.to_string())).unwrap()
}

/// One member of an object, or none any more.
fn set(document: &mut Value, pointer: &str, value: Option<Value>) {
    let object = document.as_object_mut().unwrap();
    let name = pointer.trim_start_matches('/');
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

fn with_query(location: &str, name: &str, value: Option<&str>) -> String {
    let Ok(mut url) = Url::parse(location) else { return location.to_owned() };
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(found, _)| found != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    url.into()
}
