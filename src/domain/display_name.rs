//! A client's name with all that could mislead taken out. Whether it may be shown at all is for `platforms` to say.

const LONGEST: usize = 40;

/// At most 40 letters, digits, spaces and plain punctuation; nothing that draws a mark or turns the line around. `None` when
/// no letter or digit is left.
pub fn clean(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || " .,-_'&()+/".contains(c);
    let kept: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_plain(*c)).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(LONGEST).collect();
    let cut = cut.trim_end().to_owned();
    cut.chars().any(char::is_alphanumeric).then_some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_direction_and_length_are_taken_out_of_a_name() {
        assert_eq!(clean("✔ Verified \u{202e}Tea  Finder!\n").as_deref(), Some("Verified Tea Finder"));
        assert_eq!(clean(&"x".repeat(100)).unwrap().len(), 40);
        assert_eq!(clean("<script>alert(1)</script>").as_deref(), Some("scriptalert(1)/script"));
        assert_eq!(clean("✔ !"), None);
    }
}
