//! Where a request comes from behind proxies. Both halves count callers by it, and read it alike.

use std::net::{IpAddr, SocketAddr};

/// The nearest address that no trusted proxy has, by `X-Forwarded-For` or by `Forwarded` (RFC 7239 §4), each as its headers came.
/// They are read from the right, since only the last hop is sure. One that cannot be read ends the reading: what stands before it
/// may be anybody's. A proxy writes one of the two and may pass the other on as a caller wrote it: where they say two things,
/// neither is believed.
pub fn nearest(
    peer: IpAddr,
    (x_forwarded_for, forwarded): (&[&str], &[&str]),
    is_trusted: impl Fn(&IpAddr) -> bool,
) -> IpAddr {
    let peer = peer.to_canonical();
    // What says nothing of where from contradicts nothing: `Forwarded` may be about the protocol alone.
    let said = [listed(x_forwarded_for), elements(forwarded)].into_iter().filter(|hops| !hops.is_empty());
    let mut read = said.map(|hops| along(peer, &hops, &is_trusted));
    let nearest = read.next().unwrap_or(peer);
    if read.all(|other| other == nearest) { nearest } else { peer }
}

fn along(peer: IpAddr, hops: &[String], is_trusted: impl Fn(&IpAddr) -> bool) -> IpAddr {
    let mut hops = hops.iter().rev();
    let mut nearest = peer;
    while is_trusted(&nearest)
        && let Some(hop) = hops.next().and_then(|hop| host(hop))
    {
        nearest = hop;
    }
    nearest
}

/// First to last.
fn listed(x_forwarded_for: &[&str]) -> Vec<String> {
    x_forwarded_for.iter().flat_map(|line| line.split(',')).map(str::to_owned).collect()
}

/// First to last.
fn elements(forwarded: &[&str]) -> Vec<String> {
    // RFC 7239 §4: names of parameters have no case, nor has an address.
    let elements = forwarded.join(",").to_ascii_lowercase();
    elements.split([',', ';']).filter_map(|pair| pair.trim().strip_prefix("for=").map(str::to_owned)).collect()
}

/// `192.0.2.1`, `192.0.2.1:80`, `"[2001:db8::1]:80"`.
fn host(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let bare = hop.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(hop);
    let with_port = || hop.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Behind proxies at `127.0.0.0/8`, `10.0.0.0/8` and `fd00::/8`.
    fn seen(peer: &str, (name, value): (&str, &str)) -> String {
        let is_trusted = |address: &IpAddr| match address {
            IpAddr::V4(address) => matches!(address.octets()[0], 10 | 127),
            IpAddr::V6(address) => address.octets()[0] == 0xfd,
        };
        let given = |wanted: &str| if name == wanted { vec![value] } else { Vec::new() };
        let headers = (given("x-forwarded-for"), given("forwarded"));
        nearest(peer.parse().unwrap(), (&headers.0, &headers.1), is_trusted).to_string()
    }

    #[test]
    fn the_word_of_a_stranger_is_not_believed() {
        assert_eq!(seen("203.0.113.9", ("x-forwarded-for", "10.0.0.1")), "203.0.113.9");
        assert_eq!(seen("fe80::1", ("x-forwarded-for", "10.0.0.1")), "fe80::1");
    }

    #[test]
    fn the_last_hop_that_is_no_trusted_proxy_counts() {
        assert_eq!(seen("127.0.0.1", ("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.1")), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", ("forwarded", "for=\"[2001:db8::1]:80\";proto=https")), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", ("forwarded", "For=192.0.2.1")), "192.0.2.1");
        assert_eq!(seen("::ffff:127.0.0.1", ("x-forwarded-for", "192.0.2.1:80")), "192.0.2.1");
        assert_eq!(seen("fd00::1", ("x-forwarded-for", "192.0.2.1")), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", ("x-other", "192.0.2.1")), "127.0.0.1");
    }

    #[test]
    fn a_caller_behind_a_proxy_that_writes_one_header_chooses_no_address_by_the_other() {
        let is_trusted = |address: &IpAddr| address.is_loopback();
        let seen = |x_forwarded_for: &str, forwarded: &str| {
            nearest("127.0.0.1".parse().unwrap(), (&[x_forwarded_for], &[forwarded]), is_trusted).to_string()
        };
        for (x_forwarded_for, forwarded) in [("6.6.6.6", "for=192.0.2.1"), ("192.0.2.1", "for=6.6.6.6")] {
            assert_eq!(seen(x_forwarded_for, forwarded), "127.0.0.1");
        }
        for agreed in ["for=\"192.0.2.1:80\"", "proto=https;host=shop.example", ""] {
            assert_eq!(seen("192.0.2.1", agreed), "192.0.2.1", "{agreed}");
        }
        assert_eq!(seen("", "for=192.0.2.1"), "127.0.0.1");
    }

    #[test]
    fn what_stands_before_a_hop_that_cannot_be_read_is_not_believed() {
        assert_eq!(seen("127.0.0.1", ("x-forwarded-for", "6.6.6.6, unknown, 10.0.0.1")), "10.0.0.1");
        assert_eq!(seen("127.0.0.1", ("forwarded", "for=6.6.6.6, for=_hidden")), "127.0.0.1");
    }
}
