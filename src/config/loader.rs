//! Puts the layers together: defaults, what a command sets, the file, the variables; each replaces the one before.
//! `--development` and `demo` boot without any configuration: loopback, SQLite and a generated secret in one folder.

use std::path::{Path, PathBuf};

use super::problem::{Origin, Problems};
use super::secrets;
use super::source::{Raw, Written, variables};
use super::{Config, Mode, StoreConfig};

/// Collects layers and loads them.
#[derive(Debug, Default)]
pub struct Loader {
    written: Written,
    file: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

impl Loader {
    /// What `serve` and the other commands read: `file`, or `tillgate.toml` in the working folder if there is one, and
    /// the process's variables.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file: file.or_else(|| existing("tillgate.toml")), ..Self::without_file() }
    }

    /// What `store serve` reads: `file`, or `tillgate-store.toml` in the working folder if there is one, and the
    /// process's variables.
    pub fn for_store(file: Option<PathBuf>) -> Self {
        Self { file: file.or_else(|| existing("tillgate-store.toml")), ..Self::without_file() }
    }

    /// What `demo` reads: only the process's variables.
    pub fn without_file() -> Self {
        Self { variables: variables(), ..Self::default() }
    }

    /// Reads nothing of the process: for tests, which give every variable.
    pub fn isolated(variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { variables, ..Self::default() }
    }

    /// Keeps everything in the folder `data`, which is made if need be, together with a secret made of `fresh` (32
    /// random bytes) if it has none yet.
    ///
    /// # Errors
    /// When the folder or the secret cannot be written.
    pub fn development(mut self, data: &Path, fresh: [u8; 32]) -> std::io::Result<Self> {
        make_folder(data)?;
        let secret = data.join("secret.key");
        secrets::generate(&secret, fresh)?;
        self.set("database.url", format!("sqlite://{}", data.join("tillgate.sqlite3").display()));
        self.set("secrets.file", secret.display().to_string());
        self.set("mail.transport", format!("directory:{}", data.join("mail").display()));
        self.set("server.listen", "127.0.0.1:8080".to_owned());
        self.set("log.format", "text".to_owned());
        Ok(self)
    }

    /// [`Loader::development`] on both loopback families at `port`. Loopback hosts share cookies across ports, so
    /// sessions are short here (design §5).
    ///
    /// # Errors
    /// When the folder or the secret cannot be written.
    pub fn demo(self, data: &Path, port: u16, fresh: [u8; 32]) -> std::io::Result<Self> {
        let mut loader = self.development(data, fresh)?;
        loader.set("server.listen", format!("127.0.0.1:{port}, [::1]:{port}"));
        loader.set("sign_in.session_lifetime", "12h".to_owned());
        loader.set("log.filter", "warn".to_owned());
        Ok(loader)
    }

    /// Has a store's server seal with the key in `file`, which is made of `fresh` (32 random bytes) if it is not there yet.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn with_request_state_key(mut self, file: &Path, fresh: [u8; 32]) -> std::io::Result<Self> {
        secrets::generate(file, fresh)?;
        self.set("request_state.file", file.display().to_string());
        Ok(self)
    }

    /// Sets one setting before the file and the variables are read; both may replace it.
    pub fn set(&mut self, key: &str, value: String) {
        self.written.set(key, Raw::One(value), Origin::Command("the command"));
    }

    /// Understands it all.
    ///
    /// # Errors
    /// Every problem found, at once.
    pub fn load(self) -> Result<Config, Problems> {
        Config::resolve(self.layers("TILLGATE"))
    }

    /// Understands it all and refuses what is unsafe in `mode` ([`Config::refuse_unsafe`]).
    ///
    /// # Errors
    /// Every problem found, at once.
    pub fn load_safely(self, mode: Mode) -> Result<Config, Problems> {
        let config = self.load()?;
        let problems = config.refuse_unsafe(mode);
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }

    /// Understands the settings of a store's MCP server, read by [`Loader::for_store`].
    ///
    /// # Errors
    /// Every problem found, at once.
    pub fn load_store(self) -> Result<StoreConfig, Problems> {
        StoreConfig::resolve(self.layers("TILLGATE_STORE"))
    }

    fn layers(mut self, prefix: &str) -> Written {
        if let Some(file) = &self.file {
            self.written.add_file(file);
        }
        self.written.add_variables(prefix, self.variables);
        self.written
    }
}

fn existing(file: &str) -> Option<PathBuf> {
    Some(PathBuf::from(file)).filter(|file| file.exists())
}

/// Makes the folder that `file` is to lie in, for this user only.
///
/// # Errors
/// When it cannot be made.
pub fn make_parent(file: &Path) -> std::io::Result<()> {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), make_folder)
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn fresh() -> [u8; 32] {
        std::array::from_fn(|i| u8::try_from(i).unwrap())
    }

    #[test]
    fn development_boots_with_no_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let config = Loader::isolated(&[]).development(folder.path(), fresh()).unwrap().load_safely(Mode::Development);
        let config = config.unwrap();
        assert_eq!(config.secrets.versions[0].key.expose(), &fresh());
        assert_eq!(config.tokens.refresh_grace, Duration::from_mins(2));
        assert!(config.server.listen.iter().all(|address| address.ip().is_loopback()));
    }

    #[test]
    fn variables_apply_to_the_demo() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("TILLGATE__TOKENS__REFRESH_GRACE", "1s"), ("TILLGATE__LIMITS__READ_RATE", "7")];
        let config = Loader::isolated(&variables).demo(folder.path(), 9999, fresh()).unwrap().load().unwrap();
        assert_eq!((config.tokens.refresh_grace, config.limits.read_rate), (Duration::from_secs(1), 7));
        assert_eq!(config.server.listen.len(), 2);
    }

    #[test]
    fn all_problems_are_reported_at_once_with_key_value_origin_and_remedy() {
        let variables = [
            ("TILLGATE__TOKENS__ACCESS_LIFETIME", "5 parsecs"),
            ("TILLGATE__SERVER__LISTEN", "everywhere"),
            ("TILLGATE__TOKENS__ACESS_LIFETIME", "1h"),
            ("TILLGATE__SECRETS__KEYS", "1:hunter2"),
            ("TILLGATE__TOKENS__CODE_LIFETIME", "11m"),
        ];
        let report = Loader::isolated(&variables).load().unwrap_err().to_string();
        for expected in [
            "tokens.access_lifetime = \"5 parsecs\" (variable TILLGATE__TOKENS__ACCESS_LIFETIME): is not a duration. Write",
            "server.listen = \"everywhere\"",
            "Did you mean tokens.access_lifetime?",
            "secrets.keys = \"[secret]\"",
        ] {
            assert!(report.contains(expected), "{expected}\n{report}");
        }
        assert!(!report.contains("hunter2"), "{report}");
    }

    #[test]
    fn no_secret_is_a_problem_with_a_remedy() {
        let report = Loader::isolated(&[]).load().unwrap_err().to_string();
        assert!(report.contains("openssl rand -base64 32") && report.contains("1 problem:"), "{report}");
    }
}
