//! A PostgreSQL of this test's own that takes only encrypted connections: what each `sslmode` makes of it. Only where the
//! suite runs on PostgreSQL, since only there it is sure to be installed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillgate::config::testing::database_url;
use tillgate::keys::random;

use crate::support::program::Program;
use crate::support::program::free_port;

/// Where Debian keeps the programs, or else the search path.
fn postgres_program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin").join(name)).collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}

/// PostgreSQL refuses to run as root; then it and its files belong to the user `postgres`.
fn as_postgres(program: &Path) -> Command {
    let is_root = output(Command::new("id").arg("-u")).trim() == "0";
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An authority, and a certificate of it for `localhost`.
fn make_certificates(folder: &Path) {
    let script = r#"
        key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        for name in ca other; do
            openssl req -x509 $key -keyout $name.key -out $name.pem -days 2 -subj "/CN=$name"
        done
        openssl req $key -keyout server.key -out server.csr -subj /CN=localhost
        echo subjectAltName=DNS:localhost >names
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem -extfile names
        chmod 600 server.key
        if [ "$(id -u)" = 0 ]; then chown -R postgres . && chmod 755 .; fi
    "#;
    output(Command::new("sh").args(["-ec", script]).current_dir(folder));
}

struct Postgres {
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = as_postgres(&postgres_program("pg_ctl"));
        drop(stop.arg("--pgdata").arg(data).args(["--mode", "immediate", "stop"]).output());
        drop(self.server.wait());
    }
}

impl Postgres {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_certificates(folder.path());
        let data = folder.path().join("data");
        let mut initdb = as_postgres(&postgres_program("initdb"));
        output(initdb.arg("--pgdata").arg(&data).args(["--username", "tillgate", "--auth", "reject"]));
        std::fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
        let port = free_port();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let server = as_postgres(&postgres_program("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={port}"), "-c", "ssl=on"])
            .args(["-c", &format!("ssl_cert_file={}", path("server.pem"))])
            .args(["-c", &format!("ssl_key_file={}", path("server.key"))])
            .args(["-c", &format!("unix_socket_directories={}", folder.path().display())])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { server, port, folder }
    }

    /// `tillgate migrate` with these parameters in the address.
    fn migrate(&self, host: &str, parameters: &str) -> Result<String, String> {
        let url = format!("postgres://tillgate@{host}:{}/postgres?{parameters}", self.port);
        let key = format!("1:{}", STANDARD.encode(random::bytes::<32>()));
        let program = Program::in_folder(self.folder.path());
        program.with("TILLGATE__DATABASE__URL", url).with("TILLGATE__SECRETS__KEYS", key).attempt(&["migrate"])
    }

    fn until_it_answers(&self) {
        let began = Instant::now();
        while let Err(refusal) = self.migrate("localhost", "sslmode=require") {
            assert!(began.elapsed() < Duration::from_secs(30), "{refusal}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn each_sslmode_is_as_strict_as_its_name() {
    if database_url().is_none() {
        return;
    }
    let postgres = Postgres::start();
    postgres.until_it_answers();
    let root = |name: &str| format!("sslmode=verify-full&sslrootcert={name}");

    assert_eq!(postgres.migrate("localhost", &root("ca.pem")), Ok("the database is up to date\n".to_owned()));
    for (host, parameters, said) in [
        ("localhost", root("other.pem"), "certificate"),
        // No public authority has signed it.
        (
            "localhost",
            "sslmode=verify-full".to_owned(),
            "UnknownIssuer. Name its authority's certificate by sslrootcert",
        ),
        // The certificate is for localhost.
        ("127.0.0.1", root("ca.pem"), "not valid for"),
        ("localhost", root("nowhere.pem"), "sslrootcert nowhere.pem holds no certificates"),
        ("localhost", "sslmode=disable".to_owned(), "no encryption"),
        // On this machine nothing is encrypted unless the address says so.
        ("localhost", String::new(), "no encryption"),
    ] {
        let refusal = postgres.migrate(host, &parameters).unwrap_err();
        assert!(refusal.contains(said) && refusal.lines().count() == 1, "{host} {parameters}: {refusal}");
    }
}
