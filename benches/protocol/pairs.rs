//! Ours and the floor in turn, pair by pair, so that what else the machine does meets both alike. The median ratio counts.

use std::time::Duration;

use tillgate::domain::ConnectionId;
use tillgate::keys::TokenKind;
use tillgate::oauth::metadata::{Metadata, Offered};

use crate::floor;
use crate::load::{CONCURRENCY, Outcome, form, request, send_all};
use crate::machine::{Server, free_port, median, percentile, pin_load, runtime, verdict};
use crate::seed::{RESOURCE, Seeded, VERIFIER};

/// Pairs that count; one more comes before them and warms both sides. Many short ones say more than a few long ones: what else
/// the machine does changes within seconds.
const PAIRS: usize = 15;
const OFFERED: Offered = Offered { registration: true, client_documents: true };
/// Connections that refreshes and introspections go round.
const ROUND: usize = 2_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Refresh,
    Code,
    Introspection,
    Revocation,
    Registration,
    Metadata,
}

impl Protocol {
    pub const ALL: [Self; 6] =
        [Self::Refresh, Self::Code, Self::Introspection, Self::Revocation, Self::Registration, Self::Metadata];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Code => "code",
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
            Self::Registration => "registration",
            Self::Metadata => "metadata",
        }
    }

    fn target(self) -> f64 {
        if self == Self::Metadata { 0.8 } else { 0.6 }
    }

    fn status(self) -> u16 {
        if self == Self::Registration { 201 } else { 200 }
    }
}

/// Both servers, and what to ask them.
struct Bench {
    seeded: Seeded,
    signer: josekit::jws::alg::ecdsa::EcdsaJwsSigner,
    ours: Server,
    floor: Server,
    round: Vec<ConnectionId>,
    generation: i64,
    /// Spent one by one.
    codes: Vec<ConnectionId>,
    revocable: Vec<ConnectionId>,
    registered: usize,
}

/// Compares each, `count` requests a side and pair, and prints a line for each.
pub fn run(protocols: &[Protocol], count: usize) {
    pin_load();
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let spent = |protocol| if protocols.contains(&protocol) { count * (PAIRS + 1) } else { 0 };
    let mut bench = runtime.block_on(Bench::new(folder.path(), spent(Protocol::Code), spent(Protocol::Revocation)));
    println!("{CONCURRENCY} connections, {count} requests a side and pair, median of {PAIRS} pairs\n");
    println!(
        "{:<14}{:>10}{:>10}{:>8}{:>17}{:>17}{:>14}",
        "", "ours/s", "floor/s", "ratio", "ours p50/p99 ms", "floor p50/p99", "computed µs"
    );
    for protocol in protocols {
        runtime.block_on(bench.compare(*protocol, count));
    }
}

impl Bench {
    async fn new(folder: &std::path::Path, codes: usize, revocable: usize) -> Self {
        let (ours_at, floor_at) = (free_port(), free_port());
        let seeded = Seeded::new(folder, ours_at).await;
        let round = seeded.connections(&seeded.client_id, ROUND, 1).await;
        let codes = seeded.connections(&seeded.client_id, codes, 0).await;
        let revocable = seeded.connections(&seeded.client_id, revocable, 1).await;
        seeded.close();
        let ids: Vec<String> = [&round, &codes, &revocable].into_iter().flatten().map(ToString::to_string).collect();
        let metadata = serde_json::to_vec(&Metadata::of(&seeded.context.issuer, OFFERED, true)).unwrap();
        let signer = floor::prepare(folder, &ids, &metadata);
        let ours = Server::start("serve-ours", folder, ours_at);
        let floor = Server::start("serve-floor", folder, floor_at);
        Self { seeded, signer, ours, floor, round, generation: 1, codes, revocable, registered: 0 }
    }

    async fn compare(&mut self, protocol: Protocol, count: usize) {
        let (mut ratios, mut ours, mut floor) = (Vec::new(), Sides::default(), Sides::default());
        for pair in 0..=PAIRS {
            let (for_ours, for_floor) = self.requests(protocol, count);
            let status = protocol.status();
            let (one, other) = if pair % 2 == 0 {
                let one = measure(&self.ours, for_ours, status).await;
                (one, measure(&self.floor, for_floor, status).await)
            } else {
                let other = measure(&self.floor, for_floor, status).await;
                (measure(&self.ours, for_ours, status).await, other)
            };
            if pair > 0 {
                ratios.push(one.0.per_second / other.0.per_second);
                ours.add(one);
                floor.add(other);
            }
        }
        let (lowest, highest) = ratios.iter().fold((f64::MAX, 0.0_f64), |(low, high), r| (low.min(*r), high.max(*r)));
        let ratio = median(&mut ratios);
        println!(
            "{:<14}{:>10.0}{:>10.0}{:>7.0}%{:>17}{:>17}{:>14}  {} (to pass: {:.0} %; from {:.0} to {:.0} %)",
            protocol.name(),
            median(&mut ours.rates),
            median(&mut floor.rates),
            ratio * 100.0,
            ours.latency(),
            floor.latency(),
            format!("{:.0} / {:.0}", median(&mut ours.computed), median(&mut floor.computed)),
            verdict(ratio >= protocol.target()),
            protocol.target() * 100.0,
            lowest * 100.0,
            highest * 100.0,
        );
    }

    /// The next `count` requests for ours and for the floor.
    fn requests(&mut self, protocol: Protocol, count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (ours, floor) = (self.ours.port, self.floor.port);
        let client_id = self.seeded.client_id.clone();
        let bare = |path: &str, body: &str| form(floor, path, "", body);
        match protocol {
            Protocol::Refresh => {
                let rounds = count.div_ceil(ROUND);
                let requests = self.seeded.refreshes(&self.round, self.generation, rounds as i64);
                self.generation += rounds as i64;
                let ids = self.round.iter().cycle().take(rounds * ROUND);
                (requests, ids.map(|id| bare("/token", &id.to_string())).collect())
            }
            Protocol::Code => {
                let ids = take(&mut self.codes, count);
                let ask = |id: &ConnectionId| {
                    let code = self.seeded.token(TokenKind::Code, *id, 0);
                    let given = format!("client_id={client_id}&code_verifier={VERIFIER}&resource={RESOURCE}");
                    form(ours, "/token", "", &format!("grant_type=authorization_code&code={code}&{given}"))
                };
                (ids.iter().map(ask).collect(), ids.iter().map(|id| bare("/token", &id.to_string())).collect())
            }
            Protocol::Introspection => {
                let ids: Vec<_> = self.round.iter().cycle().take(count).collect();
                let ask = |id: &&ConnectionId| {
                    form(ours, "/introspect", &self.seeded.basic, &format!("token={}", self.seeded.access_token(**id)))
                };
                let ask_floor =
                    |id: &&ConnectionId| bare("/introspect", &format!("{id} {}", floor::sign(&self.signer)));
                (ids.iter().map(ask).collect(), ids.iter().map(ask_floor).collect())
            }
            Protocol::Revocation => {
                let ids = take(&mut self.revocable, count);
                let ask = |id: &ConnectionId| {
                    let token = self.seeded.token(TokenKind::Refresh, *id, 1);
                    form(ours, "/revoke", "", &format!("client_id={client_id}&token={token}"))
                };
                (ids.iter().map(ask).collect(), ids.iter().map(|id| bare("/revoke", &id.to_string())).collect())
            }
            Protocol::Registration => {
                let begin = self.registered;
                self.registered += count;
                let ask = |port| move |index| request(port, "POST", "/register", JSON, &registration(index));
                let all = begin..self.registered;
                (all.clone().map(ask(ours)).collect(), all.map(ask(floor)).collect())
            }
            Protocol::Metadata => {
                let path = "/.well-known/oauth-authorization-server";
                let ask = |port, path| vec![request(port, "GET", path, "", ""); count * 4];
                (ask(ours, path), ask(floor, "/metadata"))
            }
        }
    }
}

const JSON: &str = "Content-Type: application/json\r\n";

/// A client that nobody registered before.
fn registration(index: usize) -> String {
    format!(
        "{{\"client_name\":\"Agent {index}\",\"redirect_uris\":[\"http://127.0.0.1/callback\"],\
         \"grant_types\":[\"authorization_code\",\"refresh_token\"],\"token_endpoint_auth_method\":\"none\"}}"
    )
}

fn take(ids: &mut Vec<ConnectionId>, count: usize) -> Vec<ConnectionId> {
    ids.split_off(ids.len() - count)
}

/// Sends all, and says how long the server computed for each, in microseconds: less noisy than rates on a busy machine.
async fn measure(server: &Server, requests: Vec<Vec<u8>>, status: u16) -> (Outcome, f64) {
    let (count, before) = (requests.len(), server.computed());
    let outcome = send_all(server.port, requests, CONCURRENCY, status).await;
    let computed = server.computed().saturating_sub(before);
    (outcome, computed.as_secs_f64() * 1e6 / count as f64)
}

/// All runs of one side.
#[derive(Default)]
struct Sides {
    computed: Vec<f64>,
    rates: Vec<f64>,
    latencies: Vec<Duration>,
}

impl Sides {
    fn add(&mut self, (outcome, computed): (Outcome, f64)) {
        self.computed.push(computed);
        self.rates.push(outcome.per_second);
        self.latencies.extend(outcome.latencies);
    }

    fn latency(&mut self) -> String {
        let mut at = |share| percentile(&mut self.latencies, share).as_secs_f64() * 1000.0;
        format!("{:.1} / {:.1}", at(0.5), at(0.99))
    }
}
