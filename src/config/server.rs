//! `[server]`: where to listen, whose word about addresses to believe, and how to stop.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::parse::{duration, lifetime, list, network, size, socket_address, some, workers};
use super::section::section;

section! {
    /// Where the server listens and how it stops.
    Server "server" {
        /// Addresses and ports to listen on.
        listen: Vec<SocketAddr> = "127.0.0.1:8080", some(list(socket_address));
        /// Worker threads; auto is one for each core.
        workers: usize = "auto", workers;
        /// Networks of the proxies whose Forwarded and X-Forwarded-For headers are believed.
        trusted_proxies: Vec<IpNet> = "", list(network);
        /// How long requests in progress may take to finish after the signal to stop.
        shutdown_grace: Duration = "30s", duration;
        /// The largest request body, where no smaller limit is set.
        max_body: usize = "64KiB", size;
        /// How long a client may take to send a request.
        request_timeout: Duration = "10s", lifetime;
    }
}
