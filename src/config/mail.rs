//! `[mail]`: how mail leaves. Passwords of the mail server are part of its address and therefore secret.

use std::path::PathBuf;

use url::Url;

use super::parse::text;
use super::problem::Wrong;
use super::secret::Secret;
use super::section::section;
use super::source::Raw;

section! {
    /// Sign-up mail.
    Mail "mail" {
        /// `smtps://user:password@host`, `smtp://host:port?tls=required`, `directory:path` (files, with --development and
        /// in the demo only), or off.
        transport: Transport = "off", transport;
        /// The sender, as `Name <address@host>`.
        from: String = "Tillgate <no-reply@localhost>", text;
    }
}

#[derive(Debug, Clone)]
pub enum Transport {
    Off,
    Directory(PathBuf),
    /// As lettre reads it: scheme `smtp` or `smtps`.
    Smtp(Secret<String>),
}

fn transport(raw: &Raw) -> Result<Transport, Wrong> {
    let text = text(raw)?;
    let smtp = |url: &Url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host();
    match text.split_once(':') {
        None if text == "off" => Ok(Transport::Off),
        Some(("directory", path)) if !path.is_empty() => Ok(Transport::Directory(PathBuf::from(path))),
        _ if Url::parse(&text).is_ok_and(|url| smtp(&url)) => Ok(Transport::Smtp(Secret::new(text))),
        _ => Err(Wrong::new(
            "is no way to send mail.",
            "Write smtps://user:password@host, smtp://host:port?tls=required or off.",
        )),
    }
}
