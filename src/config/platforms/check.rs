//! What must hold of one entry. The list decides who may use a name and which redirect URIs are known, so nothing in it may
//! be read in two ways.

use url::Url;

use super::Platform;
use crate::config::registration::private_use_uri;

/// The first thing that is wrong with it.
pub(super) fn platform(platform: &Platform) -> Result<(), String> {
    let is_id =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_id(&platform.id) {
        return Err("its id is not made of a-z, 0-9 and -".to_owned());
    }
    if platform.name.trim().is_empty() || platform.name.chars().count() > 40 {
        return Err("its name is empty or longer than 40 characters".to_owned());
    }
    if platform.source.trim().is_empty() {
        return Err("it has no source".to_owned());
    }
    if let Some(word) = platform.names.iter().find(|word| word.trim().is_empty() || word.to_lowercase() != **word) {
        return Err(format!("the word `{word}` of names is empty or not in lower case"));
    }
    if let Some(host) = platform.hosts.iter().find(|host| !is_host(host)) {
        return Err(format!("`{host}` is no host name in lower case (an international one in its xn-- form)"));
    }
    if !platform.names.is_empty() && platform.hosts.is_empty() {
        return Err("nobody could use its names: it has no hosts".to_owned());
    }
    platform.client_ids.iter().try_for_each(|id| client_id(id, &platform.hosts))?;
    platform.redirect_uris.iter().try_for_each(|uri| redirect_uri(uri))?;
    match &platform.help {
        Some(help) if !is_https(help) => Err(format!("`{help}` is no https address")),
        _ => Ok(()),
    }
}

/// A name that a browser would write the same way.
fn is_host(host: &str) -> bool {
    host.contains('.') && Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.host_str() == Some(host))
}

fn is_https(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.as_str() == text)
}

/// D1: an https URL with a path. Its host is one of the platform's, or anybody could be it.
fn client_id(id: &str, hosts: &[String]) -> Result<(), String> {
    let sample = sample(id).ok_or_else(|| format!("`{{id}}` is not one whole segment of the path of `{id}`"))?;
    let url = Url::parse(&sample).ok().filter(|url| url.scheme() == "https" && url.as_str() == sample);
    let url =
        url.filter(|url| url.path().len() > 1).ok_or_else(|| format!("`{id}` is no https address with a path"))?;
    let host = url.host_str().unwrap_or_default();
    if hosts.iter().any(|own| own == host) {
        Ok(())
    } else {
        Err(format!("the host of `{id}` is not one of its hosts"))
    }
}

fn redirect_uri(uri: &str) -> Result<(), String> {
    let sample = sample(uri).ok_or_else(|| format!("`{{id}}` is not one whole segment of the path of `{uri}`"))?;
    let wrong = || format!("`{uri}` is no redirect URI");
    let url = Url::parse(&sample).map_err(|_no_url| wrong())?;
    let is_loopback = || matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" if url.as_str() == sample => Ok(()),
        "http" if is_loopback() => Ok(()),
        "https" | "http" => Err(wrong()),
        // A31: complete and exact, and of no scheme that a browser itself acts on.
        _ if uri.contains('{') => Err(wrong()),
        _ => private_use_uri(uri).map(drop).map_err(|_wrong| wrong()),
    }
}

/// The text with `{id}` filled in. `None` where that is not one whole segment, or there are two.
fn sample(text: &str) -> Option<String> {
    let Some((before, after)) = text.split_once("{id}") else { return Some(text.to_owned()) };
    let is_segment = before.ends_with('/')
        && before.matches('/').count() > 2
        && (after.is_empty() || after.starts_with('/'))
        && !after.contains(['{', '}']);
    is_segment.then(|| format!("{before}x{after}"))
}
