//! Dynamic client registration (RFC 7591) as each platform would do it.

use serde_json::Value;

use super::body::Body;
use super::checks::Check;
use super::facts::client_id;
use super::findings::{Findings, Judge, Why};
use super::observation::{Answer, Observations, Probe, text};

pub(super) fn judge(seen: &Observations, findings: &mut Findings) {
    let others = [Check::RegisterAnswer, Check::RegisterRefuses, Check::RegisterNoStore];
    if !seen.options.register || findings.failed(Check::Registration) {
        let why = if seen.options.register { Why::NotFound } else { Why::NotAsked };
        findings.all_unchecked(&Body::ALL.map(Body::check), why);
        return findings.all_unchecked(&others, why);
    }
    for body in Body::ALL {
        let is_registered = |answer: &Answer| {
            // A24: 201; the SDKs take any success.
            matches!(answer.status, 200 | 201) && client_id(seen, body).is_some()
        };
        let mut judge = Judge { seen, findings };
        judge.answer(body.check(), Probe::Register(body), "HTTP 201 with client_id", is_registered);
        explain(seen, body, findings);
    }
    answers(seen, findings);
    let mut judge = Judge { seen, findings };
    judge.answer(Check::RegisterRefuses, Probe::RegisterBad, "HTTP 400 invalid_redirect_uri", |answer| {
        let error = answer.json().and_then(|body| text(&body, "error").map(str::to_owned));
        answer.status == 400 && error.is_some_and(|error| error.starts_with("invalid_"))
    });
}

/// What the server says of a refusal is worth more than its status.
fn explain(seen: &Observations, body: Body, findings: &mut Findings) {
    if !findings.failed(body.check()) {
        return;
    }
    let Some(answer) = seen.answer(Probe::Register(body)) else { return };
    let Some(told) = answer.json() else { return };
    let part = |member: &str| text(&told, member).unwrap_or_default().to_owned();
    let words = format!("{}: {} {}", answer.words(), part("error"), part("error_description"));
    let address = seen.url(Probe::Register(body)).unwrap_or_default();
    let expected = format!("HTTP 201 for {}", body.redirect_uris().join(" "));
    findings.judge(body.check(), false, address, (words.trim(), &expected));
}

fn answers(seen: &Observations, findings: &mut Findings) {
    let registered = Body::ALL.into_iter().filter(|body| client_id(seen, *body).is_some());
    let given: Vec<(Body, &Answer)> =
        registered.filter_map(|body| Some((body, seen.answer(Probe::Register(body))?))).collect();
    let Some((first, answer)) = given.first() else {
        return findings.all_unchecked(&[Check::RegisterAnswer, Check::RegisterNoStore], Why::NeedsClient);
    };
    let address = seen.url(Probe::Register(*first)).unwrap_or_default();
    let wrong = given.iter().find_map(|(body, answer)| wrong(*body, answer));
    let told = wrong.as_deref().unwrap_or_default();
    findings.judge(Check::RegisterAnswer, wrong.is_none(), address, (told, "what was registered, nothing null"));
    let cache = answer.header("cache-control").unwrap_or("no Cache-Control");
    findings.judge(Check::RegisterNoStore, cache.contains("no-store"), address, (cache, "no-store"));
}

/// What clients stumble over in an answer (A24, A25, H22).
fn wrong(body: Body, answer: &Answer) -> Option<String> {
    let Some(Value::Object(told)) = answer.json() else { return Some("no JSON object".to_owned()) };
    if let Some((name, _)) = told.iter().find(|(_, value)| value.is_null()) {
        return Some(format!("{name}: null"));
    }
    if told.contains_key("client_secret") && !told.contains_key("client_secret_expires_at") {
        return Some("client_secret without client_secret_expires_at".to_owned());
    }
    let echoed: Vec<&str> =
        told.get("redirect_uris").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if echoed != body.redirect_uris() {
        return Some(format!("redirect_uris: {}", echoed.join(" ")));
    }
    let id = told.get("client_id").and_then(Value::as_str).unwrap_or_default();
    // A25: that space belongs to metadata documents.
    id.starts_with("https://").then(|| format!("client_id: {id}"))
}
