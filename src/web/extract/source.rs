//! Where a request comes from, for limits and for the trail. A proxy's word is believed only if the proxy is trusted.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::HOST;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;
use mcp_resource::wire::forwarded;

use crate::domain::network::Network;
use crate::web::state::AppState;

#[derive(Debug, Clone)]
pub struct Source {
    pub network: Network,
}

impl FromRequest for Source {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Source {
    pub fn of(request: &HttpRequest) -> Self {
        let trusted = request.app_data::<web::Data<AppState>>().map(|state| state.trusted_proxies.as_slice());
        let address = address(request, trusted.unwrap_or_default());
        Self { network: Network::of(address) }
    }
}

/// The host that a request is for. `Host` is what the client itself asked for; another one is believed only of a trusted proxy.
pub(in crate::web) fn authority(request: &HttpRequest, trusted: &[IpNet]) -> String {
    if request.peer_addr().is_some_and(|peer| is_trusted(&peer.ip().to_canonical(), trusted)) {
        return request.connection_info().host().to_owned();
    }
    let asked = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 and absolute-form requests say it in the address (RFC 9112 §3.2.2).
    let in_address = request.uri().authority().map(actix_web::http::uri::Authority::as_str);
    in_address.or(asked).unwrap_or_default().to_owned()
}

fn is_trusted(address: &IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The nearest address that no trusted proxy has.
fn address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let values =
        |name: &str| -> Vec<&str> { request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect() };
    let headers = (values("x-forwarded-for"), values("forwarded"));
    forwarded::nearest(peer, (&headers.0, &headers.1), |address| is_trusted(address, trusted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn seen(peer: &str, header: (&str, &str), trusted: &[&str]) -> String {
        let request = TestRequest::get().peer_addr(peer.parse().unwrap()).insert_header(header).to_http_request();
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(&request, &trusted).to_string()
    }

    #[test]
    fn the_word_of_a_stranger_is_not_believed() {
        assert_eq!(seen("203.0.113.9:1", ("x-forwarded-for", "10.0.0.1"), &["127.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn only_a_trusted_proxy_can_say_another_host_than_was_asked_for() {
        let asked = |peer: &str, name: &'static str, value: &'static str| {
            let request = TestRequest::get().peer_addr(peer.parse().unwrap()).insert_header(("host", "a.example"));
            let request = request.insert_header((name, value)).to_http_request();
            authority(&request, &["127.0.0.0/8".parse().unwrap()])
        };
        for (name, value) in [("x-forwarded-host", "b.example"), ("forwarded", "host=b.example")] {
            assert_eq!(asked("203.0.113.9:1", name, value), "a.example");
            assert_eq!(asked("127.0.0.1:1", name, value), "b.example");
        }
    }

    #[test]
    fn the_last_hop_that_is_no_trusted_proxy_counts() {
        let trusted = ["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(seen("127.0.0.1:1", ("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.1"), &trusted), "203.0.113.9");
        assert_eq!(seen("127.0.0.1:1", ("forwarded", "for=\"[2001:db8::1]:80\";proto=https"), &trusted), "2001:db8::1");
    }

    #[test]
    fn what_stands_before_a_hop_that_cannot_be_read_is_not_believed() {
        let trusted = ["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(seen("127.0.0.1:1", ("x-forwarded-for", "6.6.6.6, unknown, 10.0.0.1"), &trusted), "10.0.0.1");
        assert_eq!(seen("127.0.0.1:1", ("forwarded", "for=6.6.6.6, For=_hidden"), &trusted), "127.0.0.1");
    }
}
