//! What a sealed value has to look like before it is opened: the same for whatever either half seals (JWE with a direct key and
//! AES-GCM, RFC 7516). Each half has its own keys, and neither opens what the other has sealed.

/// 12 bytes as base64url.
const NONCE: usize = 16;
/// 16 bytes as base64url.
const TAG: usize = 22;

/// RFC 7516 §3.1: five parts; RFC 7518 §5.3: of which the third, the nonce, has 96 bits and the last, the tag, all of its 128. The
/// library takes a shorter tag for what it is, and who may cut it down to a byte guesses it.
pub fn is_whole(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('.').map(str::len).collect();
    matches!(lengths.as_slice(), [_, _, NONCE, _, TAG])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_or_lengthened_nonce_or_tag_is_not_whole() {
        let text = |nonce: usize, tag: usize| format!("h..{}.c.{}", "n".repeat(nonce), "t".repeat(tag));
        assert!(is_whole(&text(16, 22)));
        for (nonce, tag) in [(16, 21), (16, 23), (16, 0), (16, 2), (15, 22), (17, 22), (0, 22)] {
            assert!(!is_whole(&text(nonce, tag)), "{nonce} {tag}");
        }
        assert!(!is_whole(&format!("{}.x", text(16, 22))) && !is_whole(""));
    }
}
