//! C-7: tools that a server says anybody may call (platforms 3.4: `noauth`). Whoever has some answers what leads to them, so
//! that its challenge comes with the call of another tool, and not with the first request.

use serde_json::{Value, json};

use super::checks::Check;
use super::findings::{Findings, Judge, Why};
use super::observation::{Observations, Probe, Request, list, text};
use super::plan::{STABLE, message};

/// The tools that were listed without a token.
fn listed(seen: &Observations) -> Vec<Value> {
    let answer = seen.document(Probe::ListTools);
    let tools = answer.and_then(|answer| answer.pointer("/result/tools").and_then(Value::as_array).cloned());
    tools.unwrap_or_default()
}

/// What a tool says of itself, in either place.
pub(super) fn schemes(tool: &Value) -> impl Iterator<Item = &Value> {
    let schemes = tool.get("securitySchemes").or_else(|| tool.pointer("/_meta/securitySchemes"));
    schemes.and_then(Value::as_array).into_iter().flatten()
}

fn is_declared(tool: &Value) -> bool {
    schemes(tool).any(|scheme| text(scheme, "type") == Some("noauth"))
}

/// The names of those that say that they need no token.
fn declared(seen: &Observations) -> Vec<String> {
    listed(seen)
        .iter()
        .filter(|tool| is_declared(tool))
        .filter_map(|tool| text(tool, "name"))
        .map(str::to_owned)
        .collect()
}

pub(super) fn has_public_tools(seen: &Observations) -> bool {
    !declared(seen).is_empty()
}

/// Which answer should be the challenge; `None` where nothing could be asked for it.
pub(super) fn challenged(seen: &Observations) -> Option<Probe> {
    let begins = seen.answer(Probe::Initialize).is_some_and(|answer| answer.status == 200);
    if !begins || !has_public_tools(seen) {
        return Some(Probe::Initialize);
    }
    seen.seen.contains_key(&Probe::GuardedTool).then_some(Probe::GuardedTool)
}

/// A call without a token of a tool that does not say it needs none. Should it be answered all the same, it has done nothing:
/// it only reads, or has no meaning without arguments.
pub(super) fn guarded(seen: &Observations) -> Option<Request> {
    if !has_public_tools(seen) {
        return None;
    }
    let tools = listed(seen);
    let guarded = || tools.iter().filter(|tool| !is_declared(tool));
    let only_reads = |tool: &&Value| tool.pointer("/annotations/readOnlyHint") == Some(&Value::Bool(true));
    let needs_arguments = |tool: &&Value| {
        tool.get("inputSchema").and_then(|schema| list(schema, "required")).is_some_and(|names| !names.is_empty())
    };
    let tool = guarded().find(only_reads).or_else(|| guarded().find(needs_arguments))?;
    let params = json!({ "name": text(tool, "name")?, "arguments": {} });
    Some(message(&seen.target, STABLE, "tools/call", params))
}

pub(super) fn judge(seen: &Observations, findings: &mut Findings) {
    let declared = declared(seen);
    if declared.is_empty() {
        let mut judge = Judge { seen, findings };
        judge.answer(Check::ToolsProtected, Probe::ListTools, "HTTP 401", |answer| answer.status == 401);
        // What is open without a word is the worse finding.
        if findings.passed(Check::ToolsProtected) {
            findings.judge(Check::ToolsPublic, true, "", ("", ""));
        } else {
            findings.unchecked(Check::ToolsPublic, Why::DoesNotApply);
        }
        return;
    }
    let told = format!("noauth: {}", declared.join(", "));
    findings.judge(Check::ToolsPublic, false, &seen.target, (&told, "a token for every tool, unless this is meant"));
    if seen.seen.contains_key(&Probe::GuardedTool) {
        let mut judge = Judge { seen, findings };
        judge.answer(Check::ToolsProtected, Probe::GuardedTool, "HTTP 401", |answer| answer.status == 401);
    } else {
        let all = listed(seen).iter().all(is_declared);
        findings.unchecked(Check::ToolsProtected, if all { Why::DoesNotApply } else { Why::NotAsked });
    }
}

#[cfg(test)]
mod tests {
    use super::super::observation::{Answer, Options, Seen};
    use super::*;

    fn after(answers: &[(Probe, u16, Value)]) -> Observations {
        let mut seen = Observations::new("https://shop.example/mcp", Options::default());
        for (probe, status, body) in answers {
            let answer = Ok(Answer { status: *status, body: body.to_string(), ..Answer::default() });
            seen.seen.insert(*probe, Seen { url: seen.target.clone(), answer });
        }
        seen
    }

    fn listing(tools: &Value) -> (Probe, u16, Value) {
        (Probe::ListTools, 200, json!({ "result": { "tools": tools } }))
    }

    fn of(seen: &Observations) -> [(bool, bool); 2] {
        let mut findings = Findings::default();
        judge(seen, &mut findings);
        [Check::ToolsProtected, Check::ToolsPublic].map(|check| (findings.passed(check), findings.failed(check)))
    }

    const PASSED: (bool, bool) = (true, false);
    const FAILED: (bool, bool) = (false, true);
    const UNCHECKED: (bool, bool) = (false, false);

    #[test]
    fn tools_that_are_open_without_a_word_are_no_public_tools() {
        assert_eq!(of(&after(&[(Probe::ListTools, 401, json!({}))])), [PASSED, PASSED]);
        let seen = after(&[listing(&json!([{ "name": "buy", "securitySchemes": [{ "type": "oauth2" }] }]))]);
        assert_eq!(of(&seen), [FAILED, UNCHECKED]);
        assert!(guarded(&seen).is_none() && challenged(&seen) == Some(Probe::Initialize));
    }

    #[test]
    fn a_server_with_public_tools_is_judged_by_one_of_the_others() {
        let tools = json!([
            { "name": "search", "_meta": { "securitySchemes": [{ "type": "oauth2" }, { "type": "noauth" }] } },
            { "name": "buy", "securitySchemes": [{ "type": "oauth2" }] },
            { "name": "pay", "inputSchema": { "required": ["order"] } },
            { "name": "view", "annotations": { "readOnlyHint": true } },
        ]);
        let begun = (Probe::Initialize, 200, json!({}));
        let mut seen = after(&[listing(&tools), begun.clone()]);
        assert_eq!((challenged(&seen), of(&seen)), (None, [UNCHECKED, FAILED]));
        assert!(guarded(&seen).is_some_and(|request| request.body.is_some_and(|(_, body)| body.contains("\"view\""))));
        for (status, expected) in [(401, PASSED), (200, FAILED)] {
            seen.seen.extend(after(&[(Probe::GuardedTool, status, json!({}))]).seen);
            assert_eq!((challenged(&seen), of(&seen)), (Some(Probe::GuardedTool), [expected, FAILED]));
        }
    }

    #[test]
    fn nothing_is_called_that_could_do_something() {
        let public = json!({ "name": "search", "securitySchemes": [{ "type": "noauth" }] });
        for (other, is_called) in [
            (json!({ "name": "wipe" }), false),
            (json!({ "name": "wipe", "inputSchema": { "required": [] } }), false),
            (json!({ "name": "wipe", "annotations": { "readOnlyHint": false } }), false),
            (json!({ "name": "pay", "inputSchema": { "required": ["order"] } }), true),
        ] {
            assert_eq!(guarded(&after(&[listing(&json!([public, other]))])).is_some(), is_called, "{other}");
        }
    }
}
