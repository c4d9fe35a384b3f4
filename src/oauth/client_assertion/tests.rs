//! Every rule about an assertion, broken one at a time.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const ISSUER: &str = "https://as.example";
const TOKEN: &str = "https://as.example/token";
const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_secs(NOW)
}

fn unsigned(header: &str, claims: &str) -> String {
    format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn claims(changed: &Value) -> Value {
    let mut all = json!({"iss": "c", "sub": "c", "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "once"});
    for (name, value) in changed.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn read(header: &str, claims: &str) -> Result<Assertion, OAuthError> {
    Assertion::read(&unsigned(header, claims))
}

fn judge(claims: &str) -> Result<Use, OAuthError> {
    read(r#"{"alg":"ES256"}"#, claims)?.judge(&[ISSUER, TOKEN], now())
}

#[test]
fn a_good_assertion_is_for_the_issuer_or_the_endpoint_or_both() {
    for audience in [json!(ISSUER), json!(TOKEN), json!([ISSUER]), json!([TOKEN, ISSUER])] {
        let used = judge(&claims(&json!({ "aud": audience })).to_string()).unwrap();
        assert_eq!(used, Use { jti: "once".to_owned(), expires_at: now().plus(Duration::from_mins(2)) });
    }
    let header = r#"{"alg":"EdDSA","kid":"k","typ":"client-authentication+jwt"}"#;
    let assertion = read(header, &claims(&json!({})).to_string()).unwrap();
    assert_eq!((assertion.algorithm(), assertion.kid()), (SigningAlgorithm::EdDsa, Some("k")));
    assert_eq!(assertion.client_id().as_str(), "c");
}

#[test]
fn each_rule_is_enforced_alone() {
    for (changed, said) in [
        (json!({"aud": "https://as.example/"}), "aud"),
        (json!({"aud": "HTTPS://as.example"}), "aud"),
        (json!({"aud": [ISSUER, "https://other.example"]}), "aud"),
        (json!({"aud": []}), "aud"),
        (json!({"exp": NOW - 60}), "expired"),
        (json!({"exp": NOW + 661}), "10 minutes"),
        (json!({"exp": 1e30}), "NumericDate"),
        (json!({"exp": u64::MAX}), "NumericDate"),
        (json!({"exp": -1}), "NumericDate"),
        (json!({"nbf": NOW + 61}), "not valid yet"),
        (json!({"nbf": 1e30}), "NumericDate"),
        (json!({"iat": NOW + 61}), "iat"),
        (json!({"iat": NOW - 3601}), "iat"),
        (json!({"iat": -1e30}), "NumericDate"),
        (json!({"jti": ""}), "jti"),
        (json!({"jti": "j".repeat(257)}), "jti"),
        (json!({"jti": "a\u{0}"}), "jti"),
        (json!({"iss": "d"}), "iss"),
        (json!({"sub": "d"}), "iss"),
        (json!({"iss": "", "sub": ""}), "no JWT"),
        (json!({"exp": (NOW + 60).to_string()}), "no JWT"),
        (json!({"exp": null}), "no JWT"),
        (json!({"jti": null}), "no JWT"),
        (json!({"aud": null}), "no JWT"),
        (json!({"iat": "now"}), "no JWT"),
    ] {
        let error = judge(&claims(&changed).to_string()).unwrap_err();
        assert!(error.code == ErrorCode::InvalidClient && error.description.contains(said), "{changed}: {error:?}");
    }
    for fine in [json!({"exp": NOW - 59}), json!({"exp": NOW + 660}), json!({"nbf": NOW + 60, "iat": NOW - 3600})] {
        assert!(judge(&claims(&fine).to_string()).is_ok(), "{fine}");
    }
    let fraction = claims(&json!({})).to_string().replace(&(NOW + 60).to_string(), "1800000060.25");
    assert!(judge(&fraction).is_ok(), "RFC 7519 §2: non-integer values can be represented");
}

#[test]
fn headers_say_how_it_is_signed_and_no_more() {
    let claims = claims(&json!({})).to_string();
    for (header, said) in [
        (r#"{"alg":"none"}"#, "ES256"),
        (r#"{"alg":"NONE"}"#, "ES256"),
        (r#"{"alg":"HS256"}"#, "ES256"),
        (r#"{"alg":"PS256"}"#, "ES256"),
        (r#"{"alg":"es256"}"#, "ES256"),
        (r#"{"alg":"ES256","crit":["exp"]}"#, "crit"),
        (r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#, "crit"),
        (r#"{"alg":"ES256","b64":false}"#, "crit"),
        (r#"{"alg":"ES256","typ":"at+jwt"}"#, "typ"),
        (r#"{"alg":"ES256","alg":"none"}"#, "no JWT"),
        (r#"{"alg":"ES256","kid":1}"#, "no JWT"),
        (r#"{"kid":"k"}"#, "no JWT"),
        ("[]", "no JWT"),
    ] {
        let error = read(header, &claims).unwrap_err();
        assert!(error.code == ErrorCode::InvalidClient && error.description.contains(said), "{header}: {error:?}");
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused() {
    for name in ["iss", "sub", "aud", "exp", "jti", "iat"] {
        let once = claims(&json!({}));
        let twice = format!("{{\"{name}\":{},{}", once[name], once.to_string().trim_start_matches('{'));
        assert!(judge(&twice).is_err(), "{name}");
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    let good = unsigned(r#"{"alg":"ES256"}"#, &claims(&json!({})).to_string());
    for text in
        ["", ".", "..", "a.b", &format!("{good}.AAAA"), &good.replace("AAAA", "").replace('.', " "), &"a".repeat(9000)]
    {
        assert!(Assertion::read(text).is_err(), "{text}");
    }
}

proptest! {
    /// josekit's own getters panic on times such as 1e30, which a client may choose.
    #[test]
    fn no_number_of_a_client_makes_anybody_panic(exp in any::<f64>(), nbf in any::<i64>(), iat in any::<u64>()) {
        let text = claims(&json!({"exp": exp, "nbf": nbf, "iat": iat})).to_string();
        prop_assert!(judge(&text).is_err());
    }

    #[test]
    fn no_text_of_a_client_makes_anybody_panic(header in "\\PC{0,40}", claims in "\\PC{0,40}", text in "\\PC{0,80}") {
        prop_assert!(read(&header, &claims).is_err());
        prop_assert!(Assertion::read(&text).is_err());
    }
}
