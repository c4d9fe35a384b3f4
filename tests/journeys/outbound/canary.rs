//! A network of the test's own in which every address is this machine, with one listener for all of them: the canary. The
//! client is asked for documents at special addresses, and the canary must hear nothing; at public ones it does hear it.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tillgate::outbound::address::special_use;
use tillgate::outbound::{FetchError, Fetcher, Resolver};

use super::{MOST, NAMESPACE, again, has_namespaces, run, strict};
use crate::support::Documents;

/// In no network but one in which every address is loopback.
const EVERY_ADDRESS_IS_HERE: &str = "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && \
    ip -6 route add local ::/0 dev lo && exec \"$@\"";

const SPECIAL: [&str; 33] = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::a00:1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00::1",
    "fec0::1",
];

#[test]
fn no_connection_to_a_special_address_is_even_attempted() {
    if !has_namespaces() {
        return;
    }
    let inside = again("outbound::canary::the_canary_hears_nothing_of_special_addresses");
    let mut command = Command::new(NAMESPACE[0]);
    run(command.args(&NAMESPACE[1..]).args(["sh", "-ec", EVERY_ADDRESS_IS_HERE, "sh"]).args(inside).env("CANARY", "1"));
}

/// Counts what connects to port 443 of any address.
struct Canary(Arc<AtomicUsize>);

impl Canary {
    fn listen() -> Self {
        let listener = TcpListener::bind("[::]:443").unwrap();
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = seen.clone();
        std::thread::spawn(move || listener.incoming().for_each(|_| _ = counter.fetch_add(1, Ordering::SeqCst)));
        Self(seen)
    }

    /// What was heard since the last time, and a moment for what is on its way.
    fn heard(&self) -> usize {
        std::thread::sleep(Duration::from_millis(20));
        self.0.swap(0, Ordering::SeqCst)
    }

    /// Whether something was heard; on a busy machine it may take its time.
    fn hears(&self) -> bool {
        (0..100).any(|_| self.heard() > 0)
    }
}

fn at(addresses: &[IpAddr]) -> Fetcher {
    let addresses: Vec<_> = addresses.iter().map(|address| SocketAddr::new(*address, 443)).collect();
    let resolver = Resolver::Fixed(Arc::new(move |_: &str| Ok(addresses.clone())));
    Fetcher::new(&strict(&Documents::start()), resolver).unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "how the process of this test was started is in its environment")]
#[ignore = "a part of no_connection_to_a_special_address_is_even_attempted, in a namespace of its own"]
async fn the_canary_hears_nothing_of_special_addresses() {
    assert_eq!(std::env::var("CANARY").as_deref(), Ok("1"), "nothing is dialled outside the namespace");
    let canary = Canary::listen();
    // It hears what comes to public addresses by this very client,
    for public in ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888"].map(|text| text.parse::<IpAddr>().unwrap()) {
        assert_eq!(special_use(public), None);
        assert!(at(&[public]).get("https://agent.example/", MOST).await.is_err());
        assert!(canary.hears(), "{public}");
    }
    for special in SPECIAL.map(|text| text.parse::<IpAddr>().unwrap()) {
        // and what comes to the special one by any other;
        let connected = TcpStream::connect_timeout(&SocketAddr::new(special, 443), Duration::from_secs(2));
        assert!(connected.is_ok(), "{special}: {connected:?}");
        assert!(canary.hears(), "{special}");
        // but nothing by this one, by name, by number, or beside a public address.
        let public = "8.8.8.8".parse().unwrap();
        let number = SocketAddr::new(special, 443).to_string();
        for (fetcher, host) in [
            (at(&[special]), "agent.example"),
            (at(&[special, public]), "agent.example"),
            (at(&[public, special]), "agent.example"),
            (at(&[public]), number.as_str()),
        ] {
            let refused = fetcher.get(&format!("https://{host}/"), MOST).await;
            assert!(matches!(refused, Err(FetchError::Refused { .. })), "{special}: {refused:?}");
            assert_eq!(canary.heard(), 0, "{special} as {host}");
        }
    }
}
