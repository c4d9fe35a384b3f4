//! Looks up the addresses of a host, once for each fetch. The system's resolver blocks a thread, and goes on doing so when
//! nobody waits any more: whoever asks leaves its place among the fetches with the thread.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

/// What an injected resolver answers to a host's name; it may block, and answer differently the next time.
pub type Answers = Arc<dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Who says where a host is. Cheap to clone.
#[derive(Clone)]
pub enum Resolver {
    /// As every other program on this machine: always in production.
    System,
    /// For tests, whose hosts do not exist. Port 0 stands for the one of the address that is fetched.
    Fixed(Answers),
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Fixed(_) => "Fixed",
        })
    }
}

impl Resolver {
    /// All addresses of `host`, in the order in which they are to be tried. `place` is held until the question is
    /// answered, also when the caller has given up.
    ///
    /// # Errors
    /// When nobody knows the host.
    pub(super) async fn look_up<P>(&self, host: &str, port: u16, place: P) -> io::Result<Vec<SocketAddr>>
    where
        P: Send + 'static,
    {
        let (resolver, host) = (self.clone(), host.to_owned());
        let question = move || {
            let answer = match &resolver {
                Self::System => (host.as_str(), port).to_socket_addrs().map(Iterator::collect),
                Self::Fixed(answers) => answers(&host),
            };
            drop(place);
            answer
        };
        tokio::task::spawn_blocking(question).await.map_err(io::Error::other)?
    }
}
