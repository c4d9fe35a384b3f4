//! Hashes over canonical JSON (RFC 8785): two documents that mean the same have one digest.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The value has no canonical JSON form, such as a map with keys that are not strings.
#[derive(Debug, thiserror::Error)]
#[error("the document has no canonical JSON form: {0}")]
pub struct NotCanonical(#[from] serde_json::Error);

/// SHA-256 of the RFC 8785 form of `document`.
///
/// # Errors
/// When the document cannot be written as canonical JSON.
pub fn canonical_sha256(document: &impl Serialize) -> Result<[u8; 32], NotCanonical> {
    Ok(Sha256::digest(serde_json_canonicalizer::to_vec(document)?).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_members_does_not_matter() {
        let one = canonical_sha256(&json!({"b": 1, "a": [1, 2]})).unwrap();
        let other = canonical_sha256(&json!({"a": [1, 2], "b": 1})).unwrap();
        assert_eq!(one, other);
        assert_ne!(one, canonical_sha256(&json!({"a": [2, 1], "b": 1})).unwrap());
    }
}
