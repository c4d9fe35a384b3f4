//! `[secrets]`: the versions of the server's secret, from which every key is derived that seals or signs something of
//! ours. A leaked database holds none of it, so it must not lie beside the database (design, decision 1).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD};

use super::parse::{number, optional, path, text};
use super::problem::{Origin, Wrong};
use super::reader::Reader;
use super::secret::Secret;
use super::section::section;
use super::source::Raw;

section! {
    /// The server's secret, in versions: new values are made under the one that `tillgate secret rotate` has chosen, the
    /// others are accepted until `tillgate secret retire`.
    Settings "secrets" {
        /// A file with one "version key" a line, the key 32 random bytes in base64 (openssl rand -base64 32). It must
        /// not be readable by others, and not lie in the folder of the database.
        file: Option<PathBuf> = "", optional(path);
        /// The same as a variable: "1:key, 2:key". Not accepted from a file.
        keys: Versions = "", inline, secret;
    }
}

/// 256 random bits.
pub type SecretKey = Secret<[u8; 32]>;

type Versions = BTreeMap<u32, SecretKey>;

/// One version of the server's secret.
#[derive(Debug, Clone)]
pub struct SecretVersion {
    pub version: u32,
    pub key: SecretKey,
}

/// All versions that are configured, in order; there is at least one.
#[derive(Debug, Clone)]
pub struct Secrets {
    pub versions: Vec<SecretVersion>,
    /// The file they came from, if any.
    pub file: Option<PathBuf>,
}

impl Secrets {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let Settings { file, mut keys } = Settings::read(reader)?;
        if matches!(reader.origin("secrets.keys"), Some(Origin::File { .. })) {
            let remedy = "Move it to a file of its own (secrets.file) or to the variable TILLGATE__SECRETS__KEYS.";
            reader.refuse("secrets.keys", Wrong::new("is written in the configuration file.", remedy));
            return None;
        }
        if let Some(path) = &file {
            match read_file(path) {
                Ok(versions) => keys.extend(versions),
                Err(wrong) => {
                    reader.refuse("secrets.file", wrong);
                    return None;
                }
            }
        }
        if keys.is_empty() {
            let remedy = "Write a line \"1 \" and the output of `openssl rand -base64 32` to a file of mode 0600 and name it \
                          here, or set TILLGATE__SECRETS__KEYS. To try Tillgate out: --development.";
            reader.refuse("secrets.file", Wrong::new("and secrets.keys name no secret.", remedy));
            return None;
        }
        let versions = keys.into_iter().map(|(version, key)| SecretVersion { version, key }).collect();
        Some(Self { versions, file })
    }
}

fn inline(raw: &Raw) -> Result<Versions, Wrong> {
    Ok(listed(raw)?.into_iter().collect())
}

/// Versions and their keys as they were written, in that order.
pub(super) fn listed(raw: &Raw) -> Result<Vec<(u32, SecretKey)>, Wrong> {
    let remedy = "Write version:key, such as 1: and the output of `openssl rand -base64 32`.";
    raw.items().iter().map(|item| version(item.split_once(':'), remedy)).collect()
}

/// The same from a file with one a line.
pub(super) fn read_file(path: &Path) -> Result<Vec<(u32, SecretKey)>, Wrong> {
    let unreadable =
        |error: std::io::Error| Wrong::new(format!("cannot be read: {error}."), "Name a file that this user can read.");
    refuse_readable_by_others(path).map_err(unreadable)??;
    let content = zeroize::Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    let lines = content.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let remedy = "Write one \"version key\" a line.";
    lines.map(|line| version(line.split_once(char::is_whitespace), remedy)).collect()
}

/// S2-12: a secret that every user of the machine can read is none.
#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> std::io::Result<Result<(), Wrong>> {
    use std::os::unix::fs::PermissionsExt;
    // The last three bits are what everybody may do.
    let mode = std::fs::metadata(path)?.permissions().mode();
    let wrong = || Wrong::new("can be read by every user of this machine.", "Run chmod 600 on it.");
    Ok(if mode.trailing_zeros() >= 3 { Ok(()) } else { Err(wrong()) })
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path) -> std::io::Result<Result<(), Wrong>> {
    Ok(Ok(()))
}

fn version(parts: Option<(&str, &str)>, remedy: &str) -> Result<(u32, SecretKey), Wrong> {
    let wrong = || Wrong::new("holds something that is no version and key.", remedy);
    let (number_text, key) = parts.ok_or_else(wrong)?;
    let version = number(1)(&Raw::One(number_text.to_owned())).map_err(|_not_a_number| wrong())?;
    Ok((version, key_of(&text(&Raw::One(key.to_owned()))?)?))
}

fn key_of(text: &str) -> Result<SecretKey, Wrong> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabets = [base64::alphabet::STANDARD, base64::alphabet::URL_SAFE];
    let decoded = alphabets.iter().find_map(|alphabet| {
        let bytes = GeneralPurpose::new(alphabet, lenient).decode(text).map(zeroize::Zeroizing::new).ok()?;
        <[u8; 32]>::try_from(bytes.as_slice()).ok()
    });
    let remedy = "Use the output of `openssl rand -base64 32`.";
    let key = decoded.ok_or_else(|| Wrong::new("holds a key that is not 32 bytes in base64.", remedy))?;
    // 32 random bytes have fewer than 16 different values once in 2^60 times; a typed text often does.
    let different: std::collections::BTreeSet<u8> = key.iter().copied().collect();
    if different.len() < 16 {
        return Err(Wrong::new("holds a key that is not random.", remedy));
    }
    Ok(Secret::new(key))
}

/// Writes a first secret for development and the demo, unless there is one.
pub(super) fn generate(path: &Path, fresh: [u8; 32]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => writeln!(file, "1 {}", zeroize::Zeroizing::new(URL_SAFE_NO_PAD.encode(fresh)).as_str()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn a_key_is_32_random_bytes_in_either_base64() {
        assert!(key_of(KEY).is_ok());
        assert!(key_of(&format!("{KEY}=")).is_ok());
        for bad in ["", "hunter2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KEY.get(1..).unwrap()] {
            assert!(key_of(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        std::fs::write(&path, format!("# ours\n1 {KEY}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(read_file(&path).unwrap_err().reason.contains("every user"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert_eq!(read_file(&path).unwrap().len(), 1);
    }

    #[test]
    fn a_generated_secret_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        generate(&path, bytes).unwrap();
        generate(&path, [9; 32]).unwrap();
        assert_eq!(read_file(&path).unwrap()[0].1.expose(), &bytes);
    }
}
