//! Protected resource metadata (RFC 9728): where it is, and whether it names the address that was typed.

use serde_json::Value;
use url::Url;

use super::checks::Check;
use super::facts::{Facts, origin};
use super::findings::{Findings, Judge, Why};
use super::observation::{Observations, Probe, list, text};
use super::public::challenged;

const PLACES: [Probe; 3] = [Probe::ResourceByHeader, Probe::ResourceInserted, Probe::ResourceRoot];
const ALL: [Check; 14] = [
    Check::ResourceFound,
    Check::ResourceByHeader,
    Check::ResourceFirst,
    Check::ResourceWellKnown,
    Check::ResourceInserted,
    Check::ResourceRoot,
    Check::ResourceAgree,
    Check::ResourceExact,
    Check::ResourceCovers,
    Check::ResourceServer,
    Check::ResourceOneServer,
    Check::ResourceNoOffline,
    Check::ResourceBearer,
    Check::ResourceScopes,
];

pub(super) fn judge(seen: &Observations, facts: &Facts, findings: &mut Findings) {
    if facts.is_issuer {
        return findings.all_unchecked(&ALL, Why::DoesNotApply);
    }
    places(seen, findings);
    match &facts.resource {
        Some(document) => {
            names(seen, document, findings);
            contents(seen, facts, document, findings);
        }
        None => findings.all_unchecked(ALL.get(6..).unwrap_or_default(), Why::NotFound),
    }
}

fn is_there(seen: &Observations, place: Probe) -> bool {
    seen.document(place).is_some_and(|document| document.get("resource").is_some())
}

fn places(seen: &Observations, findings: &mut Findings) {
    const EXPECTED: &str = "HTTP 200 application/json with resource";
    let there = |place: Probe| is_there(seen, place);
    {
        let mut judge = Judge { seen, findings };
        let is_document = |answer: &super::observation::Answer| {
            answer.document().is_some_and(|document| document.get("resource").is_some())
        };
        judge.answer(Check::ResourceInserted, Probe::ResourceInserted, EXPECTED, is_document);
        judge.answer(Check::ResourceRoot, Probe::ResourceRoot, EXPECTED, is_document);
        judge.answer(Check::ResourceByHeader, Probe::ResourceByHeader, EXPECTED, is_document);
    }
    let pointed = seen.seen.contains_key(&Probe::ResourceByHeader);
    if !pointed {
        // 2025-06-18 knows no other way.
        let seen_words = "no resource_metadata in WWW-Authenticate";
        match challenged(seen) {
            Some(_) => findings.judge(Check::ResourceByHeader, false, &seen.target, (seen_words, EXPECTED)),
            None => findings.unchecked(Check::ResourceByHeader, Why::NotAsked),
        }
    }
    let address = seen.url(Probe::ResourceInserted).unwrap_or(&seen.target);
    let words = seen.words(Probe::ResourceInserted);
    let well_known = there(Probe::ResourceInserted) || there(Probe::ResourceRoot);
    findings.judge(Check::ResourceWellKnown, well_known, address, (&words, EXPECTED));
    findings.judge(Check::ResourceFound, PLACES.into_iter().any(there), address, (&words, EXPECTED));
    // Clients that follow a pointer give up when it leads nowhere.
    let first = if pointed { there(Probe::ResourceByHeader) } else { well_known };
    let place = if pointed { Probe::ResourceByHeader } else { Probe::ResourceInserted };
    let address = seen.url(place).unwrap_or(&seen.target);
    findings.judge(Check::ResourceFirst, first, address, (&seen.words(place), EXPECTED));
}

fn names(seen: &Observations, document: &Value, findings: &mut Findings) {
    let place = PLACES.into_iter().find(|place| is_there(seen, *place)).and_then(|place| seen.url(place));
    let place = place.unwrap_or(&seen.target);
    // A host may have several resources: what stands at its root is of one of them.
    let is_of_this = |place: &Probe, name: &str| *place != Probe::ResourceRoot || origin(name) != origin(&seen.target);
    let named: Vec<String> = PLACES
        .into_iter()
        .filter_map(|place| Some((place, text(&seen.document(place)?, "resource")?.to_owned())))
        .filter(|(place, name)| is_of_this(place, name))
        .map(|(_, name)| name)
        .collect();
    let differing = named.iter().find(|name| Some(*name) != named.first());
    let told = differing.map_or("", String::as_str);
    let expected = named.first().map_or("", String::as_str);
    findings.judge(Check::ResourceAgree, differing.is_none(), place, (told, expected));
    // H6: byte for byte what people type.
    let resource = text(document, "resource").unwrap_or("no text");
    findings.judge(Check::ResourceExact, resource == seen.target, place, (resource, &seen.target));
    findings.judge(Check::ResourceCovers, covers(resource, &seen.target), place, (resource, &seen.target));
}

/// B3: what the SDKs accept: the same origin, and a path that the typed one continues.
fn covers(resource: &str, typed: &str) -> bool {
    let (Ok(resource), Ok(typed)) = (Url::parse(resource), Url::parse(typed)) else { return false };
    let (wider, path) = (resource.path(), typed.path());
    let continues =
        path.strip_prefix(wider).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || wider.ends_with('/'));
    resource.origin() == typed.origin() && continues
}

fn contents(seen: &Observations, facts: &Facts, document: &Value, findings: &mut Findings) {
    let place = PLACES.into_iter().find(|place| is_there(seen, *place)).and_then(|place| seen.url(place));
    let place = place.unwrap_or(&seen.target);
    let servers = list(document, "authorization_servers").unwrap_or_default();
    let told = if servers.is_empty() { "no authorization_servers".to_owned() } else { servers.join(" ") };
    findings.judge(Check::ResourceServer, !servers.is_empty(), place, (&told, "one authorization server"));
    findings.judge(Check::ResourceOneServer, servers.len() < 2, place, (&told, "one authorization server"));
    let scopes = facts.resource_list("scopes_supported");
    let told = scopes.as_ref().map_or("no scopes_supported".to_owned(), |scopes| scopes.join(" "));
    let scopes = scopes.unwrap_or_default();
    findings.judge(Check::ResourceScopes, !scopes.is_empty(), place, (&told, "scopes_supported"));
    let has_offline = scopes.iter().any(|scope| scope == "offline_access");
    findings.judge(Check::ResourceNoOffline, !has_offline, place, (&told, "no offline_access"));
    let methods = list(document, "bearer_methods_supported");
    let is_header = methods.as_ref().is_some_and(|methods| methods.iter().eq(["header"]));
    let told = methods.map_or("no bearer_methods_supported".to_owned(), |methods| methods.join(" "));
    findings.judge(Check::ResourceBearer, is_header, place, (&told, "header"));
}
