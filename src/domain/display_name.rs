//! A client's name as pages may show it. It is the agent's own word: cut to what cannot mislead, and left out altogether when
//! it could be taken for a known platform's that it does not come from.

use unicode_security::confusable_detection::skeleton;

const LONGEST: usize = 40;
const KNOWN: &str = include_str!("known_platforms.txt");

/// The name to show, or `None` for an "unnamed program". `host` is where the answer goes, if that is an https host.
pub fn display_name(name: Option<&str>, host: Option<&str>) -> Option<String> {
    let cleaned = clean(name?)?;
    let looks = looks_of(&cleaned);
    let is_borrowed = known().any(|(platform, hosts)| {
        let platform = fold(platform);
        looks.iter().any(|look| look.contains(&platform))
            && !host.is_some_and(|host| hosts.split(' ').any(|own| is_within(host, own)))
    });
    (!is_borrowed).then_some(cleaned)
}

/// At most 40 letters, digits, spaces and plain punctuation; nothing that draws a mark or turns the line around.
fn clean(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || " .,-_'&()+/".contains(c);
    let kept: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_plain(*c)).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(LONGEST).collect();
    let cut = cut.trim_end().to_owned();
    cut.chars().any(char::is_alphanumeric).then_some(cut)
}

/// What a reader in a hurry sees, read in lower case and as written: a capital I is an l only as written.
fn looks_of(name: &str) -> [String; 2] {
    [fold(&name.to_lowercase()), fold(&skeleton(name).collect::<String>().to_lowercase())]
}

/// Look-alikes of Unicode TR 39 made equal, gaps left out.
fn fold(text: &str) -> String {
    skeleton(text).filter(|c| c.is_alphanumeric()).collect()
}

fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = KNOWN.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).map(|(name, hosts)| (name, hosts.trim()))
}

fn is_within(host: &str, own: &str) -> bool {
    host == own || host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_direction_and_length_are_taken_out_of_a_name() {
        assert_eq!(
            display_name(Some("✔ Verified \u{202e}Tea  Finder!\n"), None).as_deref(),
            Some("Verified Tea Finder")
        );
        assert_eq!(display_name(Some(&"x".repeat(100)), None).unwrap().len(), 40);
        assert_eq!(display_name(Some("<script>alert(1)</script>"), None).as_deref(), Some("scriptalert(1)/script"));
        assert_eq!(display_name(Some("✔ !"), None), None);
    }

    #[test]
    fn a_borrowed_name_is_no_name() {
        for borrowed in ["ChatGPT", "Сlaude", "C1aude", "CIaude", "c l a u d e", "The real ChatGPT app", "ＯpenAI"] {
            assert_eq!(display_name(Some(borrowed), Some("evil.example")), None, "{borrowed}");
            assert_eq!(display_name(Some(borrowed), None), None, "{borrowed}");
        }
        assert_eq!(display_name(Some("ChatGPT"), Some("notchatgpt.com")), None);
    }

    #[test]
    fn a_platform_keeps_its_own_name() {
        assert_eq!(display_name(Some("ChatGPT"), Some("chatgpt.com")).as_deref(), Some("ChatGPT"));
        assert_eq!(display_name(Some("Claude"), Some("api.claude.ai")).as_deref(), Some("Claude"));
        assert_eq!(display_name(Some("Tea Finder"), None).as_deref(), Some("Tea Finder"));
    }
}
