//! What `serve` refuses although it can be understood: settings that would make tokens unsafe, each by name. The same
//! settings are what make `--development` convenient, so that mode refuses other things: to be reached from outside.

use std::path::{Path, PathBuf};

use url::{Host, Url};

use super::problem::{Problem, Wrong};
use super::reader::refused;
use super::{Config, DatabaseUrl, PostgresAddress, Transport};

/// Who may be hurt by a careless setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Shoppers.
    Production,
    /// Only whoever sits at this machine: `serve --development` and `demo`.
    Development,
}

impl Config {
    /// What must not be served with; empty means safe.
    pub fn refuse_unsafe(&self, mode: Mode) -> Vec<Problem> {
        let refused =
            |(key, reason, remedy): (&str, &str, &str)| refused(&self.settings, key, Wrong::new(reason, remedy));
        match mode {
            Mode::Production => self.production_problems().into_iter().map(refused).collect(),
            Mode::Development if self.server.listen.iter().any(|address| !address.ip().is_loopback()) => {
                let remedy = "Listen on 127.0.0.1 or [::1], or leave out --development.";
                vec![refused(("server.listen", "can be reached from other machines in development.", remedy))]
            }
            Mode::Development => Vec::new(),
        }
    }

    /// What must not be served with beside this issuer: what is fetched would be for shoppers, and by whoever can point
    /// here from outside.
    pub fn refuse_beside(&self, issuer: &Url) -> Vec<Problem> {
        if is_on_this_machine(issuer) {
            return Vec::new();
        }
        let loopback = self.outbound.allow_loopback.then_some("outbound.allow_loopback");
        let roots = self.outbound.extra_root_certificates.as_ref().map(|_| "outbound.extra_root_certificates");
        let wrong = || {
            let reason = format!("is for development, and the issuer {issuer} is not on this machine.");
            Wrong::new(reason, "Leave it out.")
        };
        loopback.into_iter().chain(roots).map(|key| refused(&self.settings, key, wrong())).collect()
    }

    fn production_problems(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut problems = Vec::new();
        // Decision 1: neither the secret nor the database alone may forge a token, so one copy must not hold both.
        if let (Some(secret), Some(data)) = (&self.secrets.file, self.data_folder())
            && absolute(secret).starts_with(absolute(&data))
        {
            let remedy = "Keep it in another folder, that is not backed up together with the database.";
            problems.push(("secrets.file", "lies in the folder of the database.", remedy));
        }
        if let DatabaseUrl::Postgres(url) = &self.database.url
            && PostgresAddress::parse(url.expose()).is_ok_and(|address| !address.is_private())
            && !self.database.allow_unencrypted
        {
            let remedy = "Leave out sslmode=disable, or set database.allow_unencrypted = true.";
            problems.push(("database.url", "sends everything to another machine in the clear.", remedy));
        }
        if matches!(self.mail.transport, Transport::Directory(_)) {
            let remedy = "Write the address of a mail server, or off.";
            problems.push(("mail.transport", "writes sign-up links to files.", remedy));
        }
        if self.server.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            let remedy = "Name the networks of your own proxies.";
            problems.push(("server.trusted_proxies", "believes everybody's word about addresses.", remedy));
        }
        problems
    }

    /// Where SQLite's file lies.
    pub fn data_folder(&self) -> Option<PathBuf> {
        match &self.database.url {
            DatabaseUrl::Sqlite(file) => Some(file.parent().map(Path::to_owned).unwrap_or_default()),
            DatabaseUrl::Postgres(_) => None,
        }
    }
}

/// Why `issuer` must not be served: it is neither https nor on this machine only (RFC 8414 §2; RFC 9700 §2.6).
pub fn unsafe_issuer(issuer: &Url) -> Option<Wrong> {
    match issuer.scheme() {
        "https" if issuer.has_host() => None,
        "http" if is_on_this_machine(issuer) => None,
        _ => Some(Wrong::new(
            format!("the issuer {issuer} is not https and not on loopback."),
            "Put a proxy with TLS in front and give the store its https address.",
        )),
    }
}

fn is_on_this_machine(issuer: &Url) -> bool {
    match issuer.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The path without links and dots; of what does not exist yet, the folder decides.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_unknown| path.to_owned());
    path.canonicalize().unwrap_or_else(|_missing| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => absolute(parent).join(name),
        _ => path,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Loader;
    use super::*;

    fn development(variables: &[(&str, &str)]) -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let fresh = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let loader = Loader::isolated(variables).development(folder.path(), fresh).unwrap();
        let config = loader.load().unwrap();
        (folder, config)
    }

    #[test]
    fn production_refuses_each_unsafe_setting_by_name() {
        let (_folder, config) = development(&[("TILLGATE__SERVER__TRUSTED_PROXIES", "0.0.0.0/0")]);
        let keys: Vec<_> = config.refuse_unsafe(Mode::Production).into_iter().map(|problem| problem.key).collect();
        assert_eq!(keys, ["secrets.file", "mail.transport", "server.trusted_proxies"]);
        assert_eq!(config.refuse_unsafe(Mode::Development), []);
    }

    #[test]
    fn a_database_elsewhere_is_encrypted_unless_a_setting_says_so_by_name() {
        let refused = |url: &str, allow: &str| {
            let variables = [("TILLGATE__DATABASE__URL", url), ("TILLGATE__DATABASE__ALLOW_UNENCRYPTED", allow)];
            let (_folder, config) = development(&variables);
            config.refuse_unsafe(Mode::Production).iter().any(|problem| problem.key == "database.url")
        };
        assert!(refused("postgres://t:p@db.example/t?sslmode=disable", "false"));
        assert!(!refused("postgres://t:p@db.example/t?sslmode=disable", "true"));
        assert!(!refused("postgres://t:p@db.example/t", "false"));
        assert!(!refused("postgres://t:p@127.0.0.1/t", "false"));
    }

    #[test]
    fn what_loosens_fetching_is_refused_beside_an_issuer_that_is_not_on_this_machine() {
        let variables =
            [("TILLGATE__OUTBOUND__ALLOW_LOOPBACK", "true"), ("TILLGATE__OUTBOUND__EXTRA_ROOT_CERTIFICATES", "ca.pem")];
        let keys = |variables: &[(&str, &str)], issuer: &str| -> Vec<String> {
            let (_folder, config) = development(variables);
            let problems = config.refuse_beside(&Url::parse(issuer).unwrap());
            problems.into_iter().map(|problem| problem.key).collect()
        };
        let both = ["outbound.allow_loopback", "outbound.extra_root_certificates"];
        assert_eq!(keys(&variables, "https://shop.example"), both);
        assert_eq!(keys(&variables[..1], "https://shop.example"), both[..1]);
        assert_eq!(keys(&variables[1..], "https://192.0.2.1"), both[1..]);
        assert_eq!(keys(&variables, "http://localhost:8080/sandbox"), [""; 0]);
        assert_eq!(keys(&[], "https://shop.example"), [""; 0]);
    }

    #[test]
    fn development_is_not_reached_from_outside() {
        let (_folder, config) = development(&[("TILLGATE__SERVER__LISTEN", "0.0.0.0:8080")]);
        assert_eq!(config.refuse_unsafe(Mode::Development).len(), 1);
    }

    #[test]
    fn a_secret_elsewhere_and_a_mail_server_are_safe() {
        let elsewhere = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", elsewhere.path().join("t.sqlite3").display());
        let variables =
            [("TILLGATE__DATABASE__URL", database.as_str()), ("TILLGATE__MAIL__TRANSPORT", "smtps://mail.example")];
        let (_folder, config) = development(&variables);
        assert_eq!(config.refuse_unsafe(Mode::Production), []);
    }

    #[test]
    fn issuers_are_https_or_loopback() {
        for (issuer, safe) in [
            ("https://shop.example", true),
            ("http://localhost:8080/sandbox", true),
            ("http://[::1]:8080", true),
            ("http://127.0.0.1", true),
            ("http://shop.example", false),
            ("http://localhost.evil.example", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(unsafe_issuer(&Url::parse(issuer).unwrap()).is_none(), safe, "{issuer}");
        }
    }
}
