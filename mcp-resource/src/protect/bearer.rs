//! Reads the bearer token of a request: from one `Authorization` header and from nowhere else (B10, S1-17).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

use super::evidence::shape;
use super::rejection::{Cause, InvalidToken, Rejection};

/// The longest token that is looked at, in bytes. Ours are about 700.
const LONGEST_TOKEN: usize = 8 * 1024;

/// The token as it was sent.
pub(super) fn read(headers: &HeaderMap) -> Result<&str, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else { return Err(Cause::NoToken.into()) };
    if values.next().is_some() {
        // RFC 6750 §2: one method, once; which of two tokens was meant cannot be known.
        return Err(Cause::TwoTokens.into());
    }
    let Ok(text) = value.to_str() else { return Err(InvalidToken::Malformed.into()) };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim_matches(' ');
    // RFC 6750 §3.1: another scheme, or none, is no attempt to use a token, and gets no error code.
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        let presented = if token.is_empty() { "no token" } else { "another scheme" };
        return Err(Rejection::from(Cause::NoToken).comparing("Authorization: Bearer and a token", presented));
    }
    if token.len() > LONGEST_TOKEN {
        return Err(InvalidToken::TooLong.comparing(format!("{LONGEST_TOKEN} characters at most"), shape(token)));
    }
    // Which characters it has is found out when it is decoded; a token that was proven before is not read again.
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn read_all(values: &[&str]) -> Result<String, Cause> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        read(&headers).map(str::to_owned).map_err(|rejection| rejection.cause)
    }

    #[test]
    fn only_one_bearer_header_counts() {
        assert_eq!(read_all(&["bearer  a.b.c "]), Ok("a.b.c".into()));
        assert_eq!(read_all(&[]), Err(Cause::NoToken));
        assert_eq!(read_all(&["Basic YTpi"]), Err(Cause::NoToken));
        assert_eq!(read_all(&["Bearer "]), Err(Cause::NoToken));
        assert_eq!(read_all(&["Bearer a", "Bearer b"]), Err(Cause::TwoTokens));
    }

    #[test]
    fn what_is_longer_than_any_token_is_refused_before_any_work() {
        assert_eq!(read_all(&[&format!("Bearer {}", "a".repeat(9000))]), Err(InvalidToken::TooLong.into()));
    }
}
