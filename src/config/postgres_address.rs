//! A `postgres://` address, and what its `sslmode` and `sslrootcert` mean: as libpq has them, but for the defaults. A host
//! elsewhere is encrypted and verified unless the address says otherwise; on this machine nothing is.

use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Host, SslMode};

use super::problem::Wrong;

/// How the connection is protected on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// `disable`.
    None,
    /// `require`: nobody can listen, but whoever is in between can pretend to be the server.
    Unverified,
    /// `verify-full`: the certificate is of a trusted authority and names the host.
    Verified,
}

#[derive(Debug, Clone)]
pub struct PostgresAddress {
    /// Without the parameters that the driver does not know.
    pub settings: tokio_postgres::Config,
    pub encryption: Encryption,
    /// A PEM file with the authorities to trust, instead of the public ones.
    pub root_certificates: Option<PathBuf>,
}

impl PostgresAddress {
    /// # Errors
    /// When it is no address of PostgreSQL, or asks for what there is not. Says nothing of what was written: there is a
    /// password in it.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let (address, parameters) = text.split_once('?').unwrap_or((text, ""));
        let (ours, theirs): (Vec<&str>, Vec<&str>) = parameters
            .split('&')
            .filter(|parameter| !parameter.is_empty())
            .partition(|parameter| matches!(name(parameter), "sslmode" | "sslrootcert"));
        let ours = |wanted| ours.iter().find(|parameter| name(parameter) == wanted).map(|parameter| value(parameter));
        let no_address =
            |_secret| Wrong::new("is no address of PostgreSQL.", "Write postgres://user:password@host:port/name.");
        let mut settings: tokio_postgres::Config =
            format!("{address}?{}", theirs.join("&")).parse().map_err(no_address)?;
        let encryption = match ours("sslmode").as_deref() {
            Some("require" | "disable") if ours("sslrootcert").is_some() => {
                return Err(Wrong::new(
                    "has an sslrootcert beside an sslmode that verifies nothing.",
                    "Write sslmode=verify-full, or leave sslrootcert out.",
                ));
            }
            None if ours("sslrootcert").is_some() => Encryption::Verified,
            None if is_local(&settings) => Encryption::None,
            None | Some("verify-full") => Encryption::Verified,
            Some("require") => Encryption::Unverified,
            Some("disable") => Encryption::None,
            Some(_) => return Err(Wrong::new("has an unknown sslmode.", "Write disable, require or verify-full.")),
        };
        settings.ssl_mode(if encryption == Encryption::None { SslMode::Disable } else { SslMode::Require });
        Ok(Self { settings, encryption, root_certificates: ours("sslrootcert").map(PathBuf::from) })
    }

    /// Whether what is sent leaves neither this machine nor its cipher.
    pub fn is_private(&self) -> bool {
        self.encryption != Encryption::None || is_local(&self.settings)
    }
}

fn name(parameter: &str) -> &str {
    parameter.split_once('=').map_or(parameter, |(name, _)| name)
}

fn value(parameter: &str) -> String {
    let (_, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

/// Every host is this machine: a loopback address, or a socket in the file system.
fn is_local(settings: &tokio_postgres::Config) -> bool {
    let is_loopback = |name: &str| match name.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_name) => name == "localhost",
    };
    let (hosts, addresses) = (settings.get_hosts(), settings.get_hostaddrs());
    let here = |host: &Host| match host {
        Host::Tcp(name) => is_loopback(name),
        Host::Unix(_) => true,
    };
    // Addresses, where they are given, are what is connected to.
    let all_here =
        if addresses.is_empty() { hosts.iter().all(here) } else { addresses.iter().all(IpAddr::is_loopback) };
    all_here && !(hosts.is_empty() && addresses.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encryption(text: &str) -> Option<Encryption> {
        PostgresAddress::parse(text).ok().map(|address| address.encryption)
    }

    #[test]
    fn elsewhere_is_verified_and_here_is_plain_unless_the_address_says_otherwise() {
        for (text, expected) in [
            ("postgres://t:p@db.example/t", Some(Encryption::Verified)),
            ("postgres://t:p@db.example/t?sslmode=require", Some(Encryption::Unverified)),
            ("postgres://t:p@db.example/t?sslmode=disable", Some(Encryption::None)),
            ("postgres://t@localhost/t", Some(Encryption::None)),
            ("postgres://t@[::1]:5433/t", Some(Encryption::None)),
            ("postgres:///t?host=/run/postgresql", Some(Encryption::None)),
            ("postgres://t@127.0.0.1/t?sslmode=verify-full", Some(Encryption::Verified)),
            ("postgres://t@localhost/t?hostaddr=192.0.2.1", Some(Encryption::Verified)),
            ("postgres://t@localhost.evil.example/t", Some(Encryption::Verified)),
            ("postgres://t@localhost/t?sslrootcert=/etc/root.pem", Some(Encryption::Verified)),
            // libpq verifies then; who brings such an address must not believe that we do.
            ("postgres://t@db.example/t?sslmode=require&sslrootcert=/etc/root.pem", None),
            ("postgres://t@db.example/t?sslmode=prefer", None),
            ("postgres://t@db.example/t?nonsense=1", None),
        ] {
            assert_eq!(encryption(text), expected, "{text}");
        }
    }

    #[test]
    fn other_parameters_reach_the_driver_as_they_were_written() {
        let text = "postgres://t@localhost/t?sslrootcert=%2Fetc%2Fa%20b.pem&options=-csearch_path%3Dx%20-cy%3Dz";
        let address = PostgresAddress::parse(text).unwrap();
        assert_eq!(address.settings.get_options(), Some("-csearch_path=x -cy=z"));
        assert_eq!(address.root_certificates, Some(PathBuf::from("/etc/a b.pem")));
    }
}
