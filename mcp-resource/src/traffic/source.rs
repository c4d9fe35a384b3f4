//! Where a request comes from, for callers who have no token and so no connection to be counted by (C-7). A proxy's word is
//! believed only if the proxy is trusted, as at the authorization server.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::wire::forwarded;

/// The nearest address that no trusted proxy has, as a key to count by: of IPv6 the /48, which is what one customer gets. Behind a
/// proxy that nobody has named all callers count as one.
pub fn source(request: &HttpRequest, trusted: &[IpNet]) -> String {
    match address(request, trusted) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

fn address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let values =
        |name: &str| -> Vec<&str> { request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect() };
    let headers = (values("x-forwarded-for"), values("forwarded"));
    forwarded::nearest(peer, (&headers.0, &headers.1), |address| trusted.iter().any(|proxy| proxy.contains(address)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn callers_are_counted_by_their_address_or_by_their_network() {
        let seen = |peer: &str, value: &str, trusted: &[IpNet]| {
            let request = TestRequest::get().peer_addr(peer.parse().unwrap());
            source(&request.insert_header(("x-forwarded-for", value)).to_http_request(), trusted)
        };
        let proxies = ["127.0.0.0/8".parse().unwrap()];
        assert_eq!(seen("127.0.0.1:1", "192.0.2.1", &proxies), "192.0.2.1");
        assert_eq!(seen("127.0.0.1:1", "2001:db8::1", &proxies), "2001:db8:0::/48");
        assert_eq!(seen("127.0.0.1:1", "192.0.2.1", &[]), "127.0.0.1");
        assert_eq!(seen("[fe80::1]:1", "10.0.0.1", &proxies), "fe80:0:0::/48");
    }
}
