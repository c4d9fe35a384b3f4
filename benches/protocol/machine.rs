//! Cores, processes, ports and the arithmetic of measuring.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SERVER_CORE: &str = "0";
pub const LOAD_CORE: &str = "1";

/// Puts this process on the core of the load generator; threads made later stay there too.
pub fn pin_load() {
    let id = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-cp", LOAD_CORE, &id]).stdout(Stdio::null()).status();
    if !pinned.is_ok_and(|status| status.success()) {
        println!("taskset did not work: load and servers share the cores, so the ratios are worth less");
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// One side of a comparison in a process of its own. Killed with the handle.
pub struct Server {
    child: Child,
    pub port: u16,
    /// From exec until it accepted a connection.
    pub started_in: Duration,
}

impl Server {
    /// `serve` is a mode of this program, such as `serve-ours`.
    pub fn start(serve: &str, folder: &Path, port: u16) -> Self {
        Self::start_on(SERVER_CORE, serve, folder, port)
    }

    pub fn start_on(core: &str, serve: &str, folder: &Path, port: u16) -> Self {
        let began = Instant::now();
        let this = std::env::current_exe().unwrap();
        let child = Command::new("taskset")
            .args(["-c", core])
            .arg(this)
            .arg(serve)
            .arg(folder)
            .arg(port.to_string())
            .stdout(Stdio::null())
            // What a server logs is made and thrown away, on both sides.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "{serve} does not listen");
            std::thread::sleep(Duration::from_millis(1));
        }
        Self { child, port, started_in: began.elapsed() }
    }

    /// `taskset` replaces itself by the server, so this is the server's.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// What its threads that still run have computed so far.
    pub fn computed(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process_id())).unwrap();
        let of = |task: std::io::Result<std::fs::DirEntry>| -> u64 {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
            text.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default()
        };
        Duration::from_nanos(tasks.map(of).sum())
    }

    /// Private memory in KiB: (dirty, clean). Pages of the mapped database count as clean.
    pub fn private_memory(&self) -> (u64, u64) {
        let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.process_id())).unwrap();
        let of = |name: &str| -> u64 {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (of("Private_Dirty:"), of("Private_Clean:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The runtime of the load generator.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The value that `share` (0 to 1) of `values` do not exceed.
pub fn percentile(values: &mut [Duration], share: f64) -> Duration {
    values.sort_unstable();
    values[((values.len() - 1) as f64 * share).round() as usize]
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `pass` or `FAIL`.
pub fn verdict(passes: bool) -> &'static str {
    if passes { "pass" } else { "FAIL" }
}
