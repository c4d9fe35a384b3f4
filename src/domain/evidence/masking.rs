//! Takes out of a text what must not be kept (S2-36): secrets, tokens, e-mail and network addresses, long values of queries,
//! control characters. It works on words as they stand; a caller that holds a secret says so with `Shown::hidden`.

use std::net::IpAddr;

/// No more of a text than this is looked at, in characters.
const READ: usize = 600;
/// A value in a query that is longer is hidden.
const SHORT_VALUE: usize = 15;
/// Values of these names are hidden whatever their length.
const SECRET_NAMES: [&str; 12] =
    ["assertion", "code", "hint", "key", "mail", "nonce", "password", "phone", "secret", "session", "state", "token"];

/// The length of a secret, and its prefix where that is one that all of its kind have.
pub(super) fn hidden(secret: &str) -> String {
    let length = secret.chars().count();
    let of_ours = secret.split_once('_').map(|(prefix, _)| prefix).filter(|prefix| is_our_prefix(prefix));
    match of_ours {
        Some(prefix) => format!("[hidden, {length} characters, begins {prefix}_…]"),
        None if is_jwt(secret) => format!("[hidden, {length} characters, begins eyJ…]"),
        None => format!("[hidden, {length} characters]"),
    }
}

/// The text without what must not be kept, of at most `longest` characters.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let read: String = text.chars().take(READ).map(|c| if is_invisible(c) { '\u{fffd}' } else { c }).collect();
    let mut clean = String::with_capacity(read.len());
    let mut is_credential = false;
    for piece in read.split_inclusive(is_gap) {
        let (word, gap) = match piece.char_indices().next_back() {
            Some((at, last)) if is_gap(last) => piece.split_at(at),
            _ => (piece, ""),
        };
        // RFC 9110 §11.4: what follows the scheme's name is a credential.
        let masked = if is_credential && !is_plain_word(word) { hidden(word) } else { without_secrets(word) };
        clean.push_str(&masked);
        clean.push_str(gap);
        is_credential = ["basic", "bearer"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme)) && gap == " ";
    }
    if clean.chars().count() <= longest {
        return clean;
    }
    clean.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

/// Such as the "token" of "a bearer token".
fn is_plain_word(text: &str) -> bool {
    text.len() < 8 && text.chars().all(|c| c.is_ascii_lowercase())
}

const fn is_gap(c: char) -> bool {
    matches!(c, ' ' | ',' | ';' | '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '\u{fffd}')
}

/// Controls, and what turns a line around or has no width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// One word: an address, a URI, a token, or something harmless.
fn without_secrets(word: &str) -> String {
    let Some((before, query)) = word.split_once(['?', '#']) else { return without_tokens(word) };
    let mark = if word.as_bytes().get(before.len()) == Some(&b'#') { '#' } else { '?' };
    let pairs: Vec<String> = query.split(['&', '#']).map(pair).collect();
    format!("{}{mark}{}", without_tokens(before), pairs.join("&"))
}

fn pair(text: &str) -> String {
    let Some((name, value)) = text.split_once('=') else {
        return if text.len() > SHORT_VALUE { hidden(text) } else { without_tokens(text) };
    };
    let lower = name.to_ascii_lowercase();
    if value.len() > SHORT_VALUE || SECRET_NAMES.iter().any(|secret| lower.contains(secret)) {
        format!("{}={}", without_tokens(name), hidden(value))
    } else {
        format!("{}={}", without_tokens(name), without_tokens(value))
    }
}

/// A token may stand behind something else, so it is looked for anywhere in the word.
fn without_tokens(word: &str) -> String {
    let mut clean = String::with_capacity(word.len());
    let mut rest = word;
    while let Some((before, token, after)) = token_in(rest) {
        clean.push_str(&without_email(before));
        clean.push_str(&hidden(token));
        rest = after;
    }
    clean.push_str(&without_email(rest));
    clean
}

/// What stands before the first token of a word, the token, and what stands behind it.
fn token_in(word: &str) -> Option<(&str, &str, &str)> {
    let ours = word.match_indices("tg").map(|(at, _)| at).find(|at| word.get(*at..).is_some_and(is_token_of_ours));
    let jwt = word.match_indices("eyJ").map(|(at, _)| at).find(|at| word.get(*at..).is_some_and(is_jwt));
    let start = ours.into_iter().chain(jwt).min()?;
    let (before, from) = word.split_at_checked(start)?;
    let is_of_it = |c: char| is_of_token(c) || (Some(start) == jwt && c == '.');
    let (token, after) = from.split_at_checked(from.find(|c: char| !is_of_it(c)).unwrap_or(from.len()))?;
    Some((before, token, after))
}

/// `tgr_…`, `tgs_…` and the like: every secret text of ours begins so.
fn is_token_of_ours(text: &str) -> bool {
    text.split_once('_').is_some_and(|(prefix, rest)| is_our_prefix(prefix) && rest.starts_with(is_of_token))
}

fn is_our_prefix(prefix: &str) -> bool {
    matches!(prefix.as_bytes(), [b't', b'g', last] if last.is_ascii_lowercase())
}

const fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// RFC 7519 §3: the Base64 of `{"`, and long.
fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.chars().take_while(|c| is_of_token(*c) || *c == '.').count() >= 20
}

/// `somebody@example.com`, with the sign itself or percent-encoded; so is what stands before the host of a URI.
fn without_email(word: &str) -> String {
    let mut clean = String::with_capacity(word.len());
    let mut rest = word;
    while let Some((at, sign)) = rest.find('@').map(|at| (at, "@")).or_else(|| rest.find("%40").map(|at| (at, "%40"))) {
        let (before, from) = rest.split_at(at);
        let after = from.strip_prefix(sign).unwrap_or_default();
        let (kept, local) = before.split_at(before.rfind(['/', '=', '&', '?']).map_or(0, |mark| mark + 1));
        let host_end = after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(after.len());
        if local.is_empty() || host_end == 0 {
            clean.push_str(&without_address(before));
            clean.push_str(sign);
            rest = after;
        } else {
            clean.push_str(&without_address(kept));
            clean.push_str("[address hidden]");
            rest = after.split_at(host_end).1;
        }
    }
    clean.push_str(&without_address(rest));
    clean
}

/// Without the IP addresses of others: those of this machine and of private networks tell of nobody.
fn without_address(word: &str) -> String {
    let is_of_address = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    let mut clean = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(start) = rest.find(is_of_address) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !is_of_address(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        clean.push_str(before);
        clean.push_str(&address(run));
        rest = after;
    }
    clean.push_str(rest);
    clean
}

fn address(run: &str) -> String {
    const HIDDEN: &str = "[IP address hidden]";
    let is_foreign = |text: &str| text.trim_matches('.').parse().is_ok_and(|address: IpAddr| !is_nobodys(address));
    if is_foreign(run) {
        return HIDDEN.to_owned();
    }
    // As errors have it: the address, a colon, and what is wrong with it.
    if run.strip_suffix(':').is_some_and(is_foreign) {
        return format!("{HIDDEN}:");
    }
    if run.parse::<IpAddr>().is_ok() {
        return run.to_owned();
    }
    let parts: Vec<&str> = run.split(':').map(|part| if is_foreign(part) { HIDDEN } else { part }).collect();
    parts.join(":")
}

fn is_nobodys(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        clean(text, 300)
    }

    #[test]
    fn secrets_of_ours_are_hidden_wherever_they_stand() {
        for text in [
            "tgr_s3cret-Value_1",
            "client tgs_s3cret",
            "https://a.example/tgc_s3cret/x",
            "x=tgc_s3cret",
            "eyJhbGciOiJFUzI1NiJ9.s3cret.s3cret",
            "Bearer s3cret",
            "basic czpzM2NyZXQ=s3cret",
            "https://a.example/cb?state=s3cret",
            "https://a.example/cb?x=1&id=0123456789-s3cret",
            "https://a.example/cb#access_token=s3cret",
            "https://user:s3cret@a.example/cb",
        ] {
            let clean = cleaned(text);
            assert!(!clean.contains("s3cret") && clean.contains("hidden"), "{text}: {clean}");
        }
    }

    #[test]
    fn people_are_not_named() {
        for text in [
            "shopper@mail.example",
            "mailto:shopper@mail.example",
            "https://a.example/cb?u=shopper%40mail.example",
            "a,<shopper@mail.example>;b",
            "http://198.51.100.7:8080/cb",
            "https://[2001:db8::7]/cb",
            "from 198.51.100.7.",
            "::ffff:198.51.100.7",
        ] {
            let clean = cleaned(text);
            let tells = ["shopper", "198.51.100.7", "2001:db8::7"].iter().any(|known| clean.contains(known));
            assert!(!tells && clean.contains("hidden"), "{text}: {clean}");
        }
    }

    #[test]
    fn what_helps_is_left_as_it_was_sent() {
        for text in [
            "http://127.0.0.1:33418/callback",
            "http://[::1]:9/cb",
            "http://192.168.1.7:8081/mcp",
            "https://chatgpt.com/connector/oauth/Ab3dE5gH7jK9mN1pQ3",
            "cursor://anysphere.cursor-retrieval/oauth/user-mcp/callback",
            "https://a.example/cb?x=1&lang=en",
            "c1_2yYf0aQ9bC8dE7fG6hI5jK4lM3nO2pQ1rS0tU9vW8xY",
            "products:read cart:write",
            "https://medium.example/@shop",
            "2026-11-28",
            "Größe 3:2, naïve",
            "Authorization: Bearer and a token",
        ] {
            assert_eq!(cleaned(text), text);
        }
    }

    #[test]
    fn nothing_invisible_and_nothing_endless_is_kept() {
        assert_eq!(cleaned("a\r\nb\u{202e}c\u{200b}d\0"), "a\u{fffd}\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}");
        assert_eq!(clean(&"ü".repeat(50), 10), format!("{}…", "ü".repeat(9)));
        assert_eq!(clean(&"@".repeat(9_000), 10).chars().count(), 10);
    }
}
