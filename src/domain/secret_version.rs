//! The versions of the installation's secret, as the database has them: which one new values are made under, and which are
//! over (decision 1). The secret itself is never there.

use super::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretVersion {
    pub version: u32,
    /// Since when new values are made under it.
    pub activated_at: Timestamp,
    /// Since when nothing made under it counts.
    pub retired_at: Option<Timestamp>,
}

/// The one that new values are made under: the newest. `None` before anything was made.
pub fn current(versions: &[SecretVersion]) -> Option<&SecretVersion> {
    versions.iter().max_by_key(|version| version.version)
}

/// Those that are still accepted, and no longer current.
pub fn superseded(versions: &[SecretVersion]) -> impl Iterator<Item = &SecretVersion> {
    let current = current(versions).map(|version| version.version);
    versions.iter().filter(move |version| Some(version.version) != current && version.retired_at.is_none())
}

/// The one that came after `version`.
pub fn successor(versions: &[SecretVersion], version: u32) -> Option<&SecretVersion> {
    versions.iter().filter(|later| later.version > version).min_by_key(|later| later.version)
}
