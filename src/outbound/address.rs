//! Which addresses are of the public Internet, judged by value: CIMD-01 forbids the special-use ones of RFC 6890, and
//! the IANA registries of both families have grown since (as of 2026). Whatever is no ordinary public address is refused,
//! globally reachable or not: nobody publishes a document there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type V4 = (Ipv4Addr, u32, &'static str);
type V6 = (Ipv6Addr, u32, &'static str);

const fn v4(a: u8, b: u8, c: u8, prefix: u32, name: &'static str) -> V4 {
    (Ipv4Addr::new(a, b, c, 0), prefix, name)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u32, name: &'static str) -> V6 {
    (Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix, name)
}

/// D11, and the rest of the IANA IPv4 Special-Purpose Address Registry.
const SPECIAL_V4: [V4; 19] = [
    v4(0, 0, 0, 8, "this network (RFC 791)"),
    v4(10, 0, 0, 8, "private use (RFC 1918)"),
    v4(100, 64, 0, 10, "shared address space (RFC 6598)"),
    v4(127, 0, 0, 8, "loopback (RFC 1122)"),
    v4(169, 254, 0, 16, "link local, and the metadata of clouds (RFC 3927)"),
    v4(172, 16, 0, 12, "private use (RFC 1918)"),
    v4(192, 0, 0, 24, "protocol assignments (RFC 6890)"),
    v4(192, 0, 2, 24, "documentation (RFC 5737)"),
    v4(192, 31, 196, 24, "AS112 (RFC 7535)"),
    v4(192, 52, 193, 24, "automatic multicast tunneling (RFC 7450)"),
    v4(192, 88, 99, 24, "6to4 relays (RFC 7526)"),
    v4(192, 168, 0, 16, "private use (RFC 1918)"),
    v4(192, 175, 48, 24, "AS112 (RFC 7534)"),
    v4(198, 18, 0, 15, "benchmarking (RFC 2544)"),
    v4(198, 51, 100, 24, "documentation (RFC 5737)"),
    v4(203, 0, 113, 24, "documentation (RFC 5737)"),
    v4(224, 0, 0, 4, "multicast (RFC 5771)"),
    v4(240, 0, 0, 4, "reserved, and limited broadcast (RFC 1112, RFC 919)"),
    // In no registry, public by its number, and answered by the platform below every machine of one cloud.
    (Ipv4Addr::new(168, 63, 129, 16), 32, "the platform of Azure"),
];

/// RFC 4291 §2.4: global unicast. All else of IPv6 is special or not assigned: `::`, `::1`, IPv4 compatible and mapped
/// (RFC 4291 §2.5.5), NAT64 (RFC 6052, RFC 8215), discard (RFC 6666), SIDs (RFC 9602), unique local (RFC 4193), link and
/// site local, multicast.
const GLOBAL_V6: V6 = v6(0x2000, 0, 0, 3, "global unicast (RFC 4291)");

/// What is special within it: the IANA IPv6 Special-Purpose Address Registry. The embedding forms are refused whatever
/// they embed, so that nobody needs to judge the address inside.
const SPECIAL_V6: [V6; 5] = [
    v6(0x2001, 0, 0, 23, "protocol assignments: Teredo (RFC 4380), ORCHID (RFC 7343), and others (RFC 2928)"),
    v6(0x2001, 0xdb8, 0, 32, "documentation (RFC 3849)"),
    v6(0x2002, 0, 0, 16, "6to4 (RFC 3056)"),
    v6(0x2620, 0x4f, 0x8000, 48, "AS112 (RFC 7534)"),
    v6(0x3fff, 0, 0, 20, "documentation (RFC 9637)"),
];

/// Why nothing is fetched from `address`: what it is for, or `None` for an ordinary public one.
pub fn special_use(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => SPECIAL_V4.into_iter().find(|range| holds_v4(range, address)).map(|(_, _, name)| name),
        IpAddr::V6(address) if !holds_v6(&GLOBAL_V6, address) => Some("not global unicast (RFC 4291)"),
        IpAddr::V6(address) => SPECIAL_V6.into_iter().find(|range| holds_v6(range, address)).map(|(_, _, name)| name),
    }
}

/// The bits that differ begin after the prefix.
fn holds_v4((network, prefix, _): &V4, address: Ipv4Addr) -> bool {
    (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
}

fn holds_v6((network, prefix, _): &V6, address: Ipv6Addr) -> bool {
    (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
}

#[cfg(test)]
mod tests {
    use ipnet::IpNet;
    use proptest::prelude::*;

    use super::*;

    /// Written a second time and another way, from D11 and the two registries, so that a slip in the table shows.
    const SPECIAL: [&str; 44] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "255.255.255.255/32",
        "168.63.129.16/32",
        "::/128",
        "::1/128",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:2::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:30::/28",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];

    fn network(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    /// Any address of the network: its prefix, and `host` for the rest.
    fn within(network: IpNet, host: u128) -> IpAddr {
        match network {
            IpNet::V4(network) => {
                let host = u32::try_from(host & u128::from(u32::MAX)).unwrap() & network.hostmask().to_bits();
                Ipv4Addr::from_bits(network.network().to_bits() | host).into()
            }
            IpNet::V6(network) => {
                Ipv6Addr::from_bits(network.network().to_bits() | (host & network.hostmask().to_bits())).into()
            }
        }
    }

    /// Every way to write an IPv4 address into an IPv6 one that a gateway or a kernel may take apart again.
    fn embedded(inner: Ipv4Addr) -> [Ipv6Addr; 9] {
        let [a, b, c, d] = inner.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let v6 = Ipv6Addr::new;
        [
            inner.to_ipv6_mapped(),
            inner.to_ipv6_compatible(),
            // RFC 2765 §2.1: translated.
            v6(0, 0, 0, 0, 0xffff, 0, high, low),
            // RFC 6052 §2.2 and RFC 8215: NAT64, with the address at the end and, for /48, around the byte that stays zero.
            v6(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            v6(0x64, 0xff9b, 1, 0, 0, 0, high, low),
            v6(0x64, 0xff9b, 1, high, u16::from(c), u16::from_be_bytes([d, 0]), 0, 0),
            // RFC 3056: 6to4.
            v6(0x2002, high, low, 0, 0, 0, 0, 1),
            // RFC 4380 §4: Teredo, as server and, inverted, as client.
            v6(0x2001, 0, high, low, 0, 0, 0, 0),
            v6(0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_address_of_a_special_range_is_public(range in 0..SPECIAL.len(), host in any::<u128>()) {
            let address = within(network(SPECIAL[range]), host);
            prop_assert!(special_use(address).is_some(), "{address} of {}", SPECIAL[range]);
        }

        #[test]
        fn no_embedded_form_of_any_address_is_public(inner in any::<u32>()) {
            for address in embedded(Ipv4Addr::from_bits(inner)) {
                prop_assert!(special_use(address.into()).is_some(), "{address}");
            }
        }

        #[test]
        fn every_other_address_of_ipv4_is_public(bits in any::<u32>()) {
            let address = IpAddr::from(Ipv4Addr::from_bits(bits));
            let special = SPECIAL.iter().any(|range| network(range).contains(&address));
            prop_assert_eq!(special_use(address).is_some(), special, "{}", address);
        }

        #[test]
        fn every_other_global_unicast_address_is_public(bits in any::<u128>()) {
            let address = IpAddr::from(Ipv6Addr::from_bits(0x2000 << 112 | bits >> 3));
            let special = SPECIAL.iter().any(|range| network(range).contains(&address));
            prop_assert_eq!(special_use(address).is_some(), special, "{}", address);
        }

        #[test]
        fn nothing_outside_global_unicast_is_public(bits in any::<u128>(), top in 0..8_u128) {
            prop_assume!(top != 1);
            let address = IpAddr::from(Ipv6Addr::from_bits(top << 125 | bits >> 3));
            prop_assert!(special_use(address).is_some(), "{address}");
        }
    }

    #[test]
    fn the_first_and_last_address_of_each_range_are_special_and_named_targets_are_too() {
        for range in SPECIAL {
            for address in [within(network(range), 0), within(network(range), u128::MAX)] {
                assert!(special_use(address).is_some(), "{address} of {range}");
            }
        }
        for target in [
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "::ffff:7f00:1",
            "255.255.255.255",
            "fe80::1",
        ] {
            assert!(special_use(target.parse().unwrap()).is_some(), "{target}");
        }
    }

    #[test]
    fn neighbours_of_the_ranges_and_well_known_hosts_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "3ffe:ffff::1",
        ] {
            assert_eq!(special_use(address.parse().unwrap()), None, "{address}");
        }
    }
}
