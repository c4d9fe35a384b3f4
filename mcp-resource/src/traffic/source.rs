//! Where a request comes from, for callers who have no token and so no connection to be counted by (C-7). A proxy's word is
//! believed only if the proxy is trusted, as at the authorization server.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The networks of the proxies that are trusted: an address and the length of its prefix. None by default, so that behind a
/// proxy that nobody has named all callers count as one.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl Proxies {
    pub fn new(networks: impl IntoIterator<Item = (IpAddr, u8)>) -> Self {
        Self(networks.into_iter().collect())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(network, prefix)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                begins_alike(network.to_bits().into(), address.to_bits().into(), 32, *prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                begins_alike(network.to_bits(), address.to_bits(), 128, *prefix)
            }
            _ => false,
        })
    }
}

fn begins_alike(network: u128, address: u128, bits: u8, prefix: u8) -> bool {
    let rest = u32::from(bits.saturating_sub(prefix));
    // Shifting by all 128 bits is what a prefix of none means: everything is alike.
    (network ^ address).checked_shr(rest).unwrap_or(0) == 0
}

/// The nearest address that no trusted proxy has, as a key to count by: of IPv6 the /48, which is what one customer gets.
pub fn source(request: &HttpRequest, trusted: &Proxies) -> String {
    match address(request, trusted) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// Headers are read from the right, since only the last hop is sure. One that cannot be read ends the reading: what stands
/// before it may be anybody's.
fn address(request: &HttpRequest, trusted: &Proxies) -> IpAddr {
    let mut nearest = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip().to_canonical());
    let hops = forwarded_for(request);
    let mut hops = hops.iter().rev();
    while trusted.trusts(nearest)
        && let Some(hop) = hops.next().and_then(|hop| host(hop))
    {
        nearest = hop;
    }
    nearest
}

/// The hops of `X-Forwarded-For`, and where there is none, of `Forwarded` (RFC 7239 §4), first to last.
fn forwarded_for(request: &HttpRequest) -> Vec<String> {
    let values =
        |name: &str| -> Vec<&str> { request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect() };
    let listed = values("x-forwarded-for");
    if !listed.is_empty() {
        return listed.join(",").split(',').map(str::to_owned).collect();
    }
    let elements = values("forwarded").join(",");
    // RFC 7239 §4: names of parameters have no case, nor has an address.
    let elements = elements.to_ascii_lowercase();
    elements.split([',', ';']).filter_map(|pair| pair.trim().strip_prefix("for=").map(str::to_owned)).collect()
}

/// `192.0.2.1`, `192.0.2.1:80`, `"[2001:db8::1]:80"`.
fn host(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let bare = hop.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(hop);
    let with_port = || hop.parse().ok().map(|address: std::net::SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn proxies() -> Proxies {
        let networks = [("127.0.0.0", 8), ("10.0.0.0", 8), ("fd00::", 8)];
        Proxies::new(networks.map(|(address, prefix)| (address.parse().unwrap(), prefix)))
    }

    fn seen(peer: &str, header: (&str, &str)) -> String {
        let request = TestRequest::get().peer_addr(peer.parse().unwrap()).insert_header(header).to_http_request();
        source(&request, &proxies())
    }

    #[test]
    fn the_word_of_a_stranger_is_not_believed() {
        assert_eq!(seen("203.0.113.9:1", ("x-forwarded-for", "10.0.0.1")), "203.0.113.9");
        assert_eq!(seen("[fe80::1]:1", ("x-forwarded-for", "10.0.0.1")), "fe80:0:0::/48");
    }

    #[test]
    fn the_last_hop_that_is_no_trusted_proxy_counts() {
        assert_eq!(seen("127.0.0.1:1", ("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.1")), "203.0.113.9");
        assert_eq!(seen("127.0.0.1:1", ("forwarded", "for=\"[2001:db8::1]:80\";proto=https")), "2001:db8:0::/48");
        assert_eq!(seen("127.0.0.1:1", ("forwarded", "For=192.0.2.1")), "192.0.2.1");
        assert_eq!(seen("[::ffff:127.0.0.1]:1", ("x-forwarded-for", "192.0.2.1:80")), "192.0.2.1");
        assert_eq!(seen("[fd00::1]:1", ("x-forwarded-for", "192.0.2.1")), "192.0.2.1");
        assert_eq!(seen("127.0.0.1:1", ("x-other", "192.0.2.1")), "127.0.0.1");
    }

    #[test]
    fn what_stands_before_a_hop_that_cannot_be_read_is_not_believed() {
        assert_eq!(seen("127.0.0.1:1", ("x-forwarded-for", "6.6.6.6, unknown, 10.0.0.1")), "10.0.0.1");
        assert_eq!(seen("127.0.0.1:1", ("forwarded", "for=6.6.6.6, for=_hidden")), "127.0.0.1");
    }

    #[test]
    fn a_prefix_of_none_trusts_a_whole_family_and_no_other() {
        let all = Proxies::new([("0.0.0.0".parse().unwrap(), 0)]);
        assert!(all.trusts("203.0.113.9".parse().unwrap()) && !all.trusts("2001:db8::1".parse().unwrap()));
        assert!(!Proxies::default().trusts("127.0.0.1".parse().unwrap()));
        let one = Proxies::new([("192.0.2.1".parse().unwrap(), 32)]);
        assert!(one.trusts("192.0.2.1".parse().unwrap()) && !one.trusts("192.0.2.2".parse().unwrap()));
    }
}
