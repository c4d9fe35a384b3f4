//! The program itself, as an operator runs it: commands that end, and servers that are told to stop or are killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tillgate::storage::DatabaseUrl;

use super::http;

const PATIENCE: Duration = Duration::from_mins(1);

/// A folder and variables to run in, and nothing of this process's own settings.
#[derive(Clone)]
pub struct Program {
    folder: PathBuf,
    variables: Vec<(String, String)>,
    /// Where what a server prints goes, if it is wanted, and beside it (`.log`) what it logs.
    output: Option<PathBuf>,
}

impl Program {
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), variables: Vec::new(), output: None }
    }

    #[must_use]
    pub fn with(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.variables.push((variable.to_owned(), value.into()));
        self
    }

    /// Servers write what they print to this file, and what they log beside it (`.log`).
    #[must_use]
    pub fn printing_to(mut self, file: &Path) -> Self {
        self.output = Some(file.to_owned());
        self
    }

    #[must_use]
    pub fn on(self, url: &DatabaseUrl) -> Self {
        let url = match url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{path}"),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        self.with("TILLGATE__DATABASE__URL", url)
    }

    /// Runs a command to its end: what it printed, or where it refused what it said.
    pub fn attempt(&self, arguments: &[&str]) -> Result<String, String> {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        match status.code() {
            Some(0) => Ok(String::from_utf8(stdout).unwrap()),
            Some(1) => Err(String::from_utf8(stderr).unwrap()),
            _ => panic!("tillgate {arguments:?}: {status}"),
        }
    }

    /// Runs a command to its end, whatever that is.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command to its end, which has to be a good one; what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.attempt(arguments).unwrap_or_else(|said| panic!("tillgate {arguments:?}: {said}"))
    }

    /// Starts a server and waits until `url` answers.
    pub async fn start(&self, arguments: &[&str], url: &str) -> Running {
        let mut command = self.command(arguments);
        match &self.output {
            None => command.stdout(Stdio::null()),
            Some(file) => {
                let log = File::create(file.with_extension("log")).unwrap();
                command.stdout(File::create(file).unwrap()).stderr(log)
            }
        };
        let mut running = Running(command.spawn().unwrap());
        let began = Instant::now();
        while !http().get(url).send().await.is_ok_and(|answer| answer.status() == 200) {
            assert_eq!(running.0.try_wait().unwrap(), None, "tillgate {arguments:?} has ended");
            assert!(began.elapsed() < PATIENCE, "tillgate {arguments:?} does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        running
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tillgate"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILLGATE")) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(&self.folder).envs(self.variables.iter().cloned());
        command
    }
}

/// A server, killed when the test ends.
pub struct Running(Child);

impl Running {
    /// SIGKILL: no chance to say goodbye.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM, as service managers and containers send it.
    pub fn terminate(&self) {
        let sent = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.0.id())]).status();
        assert!(sent.unwrap().success());
    }

    /// How it ended, and how long that took.
    pub async fn ended(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < PATIENCE, "the server does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
