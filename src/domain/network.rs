//! Where a request comes from, kept only in truncated form (design, "Limits and trail"), and what counts as this machine.

use std::net::IpAddr;

use url::{Host, Url};

/// An address without its host part: a /24 of IPv4, a /48 of IPv6.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network(String);

impl Network {
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            IpAddr::V6(v6) => {
                let [a, b, c, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}::/48")
            }
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 8252 §7.3, §8.3: the two loopback literals, and `localhost`, which real clients use (H1).
pub fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_its_host_part() {
        assert_eq!(Network::of("192.0.2.77".parse().unwrap()).as_str(), "192.0.2.0/24");
        assert_eq!(Network::of("::ffff:192.0.2.77".parse().unwrap()).as_str(), "192.0.2.0/24");
        assert_eq!(Network::of("2001:db8:1:2::3".parse().unwrap()).as_str(), "2001:db8:1::/48");
    }
}
