//! Passwords on the command line: read from standard input, or generated and shown once. Never an argument, since
//! other users of a machine can see those.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output;
use crate::config::Secret;
use crate::keys::random;

#[derive(Debug, Args)]
pub(super) struct PasswordSource {
    /// Read the password from the first line of standard input, instead of generating one and showing it once
    #[arg(long)]
    password_stdin: bool,
}

/// A password, and whether it is to be shown: nobody but us knows a generated one.
#[derive(Debug)]
pub(super) struct Password {
    pub(super) text: Secret<String>,
    pub(super) generated: bool,
}

impl Password {
    /// Shows a generated password, once.
    pub(super) fn announce(&self) {
        if self.generated {
            output::line(format_args!("password: {}", self.text.expose()));
        }
    }
}

impl PasswordSource {
    pub(super) fn obtain(&self) -> Result<Password, Failure> {
        if self.password_stdin {
            return typed(std::io::stdin().lock());
        }
        // 144 bits, more than anybody can guess; no sign needs quoting anywhere.
        let text = URL_SAFE_NO_PAD.encode(Zeroizing::new(random::bytes::<18>()).as_slice());
        Ok(Password { text: Secret::new(text), generated: true })
    }
}

fn typed(mut input: impl std::io::BufRead) -> Result<Password, Failure> {
    let mut line = Zeroizing::new(String::new());
    input.read_line(&mut line).map_err(|error| Failure::new(format!("no password can be read: {error}")))?;
    let text = line.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Failure::new("standard input holds no password in its first line"));
    }
    Ok(Password { text: Secret::new(text.to_owned()), generated: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_password_is_the_first_line_without_its_end() {
        let password = typed(" spaces stay \r\nnot this\n".as_bytes()).unwrap();
        assert_eq!((password.text.expose().as_str(), password.generated), (" spaces stay ", false));
        assert!(typed("\n".as_bytes()).is_err());
    }

    #[test]
    fn generated_passwords_differ() {
        let source = PasswordSource { password_stdin: false };
        let (one, other) = (source.obtain().unwrap(), source.obtain().unwrap());
        assert!(one.generated && one.text.expose().len() == 24);
        assert_ne!(one.text.expose(), other.text.expose());
    }
}
