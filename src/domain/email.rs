//! E-mail addresses as sign-in names: one spelling each, so that one address is one account.
//!
//! Only a plausibility check: whether an address exists is known when its mail has been answered. RFC 5321 is the mail
//! library's business.

/// RFC 5321 §4.5.3.1.3: a path has at most 256 octets, of which two are its angle brackets.
const LONGEST: usize = 254;

/// The address without surrounding space and in lower case; `None` if it cannot be one.
pub fn normal(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, host) = text.rsplit_once('@')?;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "@<>()[],;:\\\"".contains(c);
    let is_plausible = !local.is_empty()
        && !host.is_empty()
        && text.len() <= LONGEST
        && !local.contains(is_odd)
        && !host.contains(is_odd)
        && host.split('.').all(|label| !label.is_empty());
    is_plausible.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(normal(" Maya@Example.COM "), Some("maya@example.com".to_owned()));
        assert_eq!(normal("maya@localhost"), Some("maya@localhost".to_owned()));
    }

    #[test]
    fn what_cannot_be_an_address_or_could_split_a_header_is_none() {
        let long = format!("{}@example.com", "a".repeat(254));
        for wrong in
            ["", "maya", "@example.com", "maya@", "a@b@c", "a b@c", "a@b\r\nbcc: x@y", "a@b..c", "<a@b>", &long]
        {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
