//! `tillgate doctor`: a whole deployment is green for every platform, and each deliberate break of one detail turns exactly
//! the platforms red that depend on it, under the name of its cause.

mod page;
mod proxy;
mod reaching;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use mcp_resource::wire::Clock;
use serde::Deserialize;
use tillgate::doctor::checks::Check;
use tillgate::doctor::platforms::PLATFORMS;
use tillgate::doctor::self_test::{Came, STEPS};
use tillgate::doctor::standing::{Registration, Verdict};
use tillgate::doctor::{Options, Report};
use tillgate::outbound::probe::Prober;

use crate::support::program::{Program, free_port};
use crate::support::store::Door;
use crate::support::{Agent, App, Browser};
use proxy::{Edit, Edits, Shared};

/// The file.
#[derive(Deserialize)]
struct Table {
    #[serde(rename = "about")]
    _about: String,
    groups: BTreeMap<String, Vec<String>>,
    baseline: Vec<Edit>,
    breaks: Vec<Break>,
}

/// One broken detail.
#[derive(Deserialize)]
struct Break {
    id: String,
    /// The check that has to name it.
    names: String,
    edits: Vec<Edit>,
    red: Vec<String>,
    amber: Vec<String>,
}

impl Table {
    fn read() -> Self {
        serde_json::from_str(include_str!("../breaks.json")).unwrap()
    }

    /// `@mcp` stands for a group.
    fn platforms<'a>(&'a self, named: &'a [String]) -> BTreeSet<&'a str> {
        let of = |name: &'a String| match name.strip_prefix('@') {
            Some(group) => self.groups[group].iter().map(String::as_str).collect(),
            None => vec![name.as_str()],
        };
        named.iter().flat_map(of).collect()
    }
}

/// A real deployment behind the two proxies.
struct Deployment {
    app: App,
    edits: Shared,
}

impl Deployment {
    async fn start() -> Self {
        let [issuer, store] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let door = Door::behind(port(&store));
        let behind = door.port();
        let edits = Shared::default();
        // Before the store, which looks for its authorization server at once.
        let issuer_port = port(&issuer);
        let app = App::start_with_store_behind(issuer_port, door).await;
        proxy::serve("issuer", issuer, app.port, edits.clone());
        proxy::serve("store", store, behind, edits.clone());
        let names = vec![
            ("{issuer}", app.live().issuer.clone()),
            ("{store}", app.store().origin.clone()),
            ("{resource}", app.live().resource.clone()),
        ];
        edits.lock().unwrap().names = names;
        Self { app, edits }
    }

    fn edit<'a>(&self, edits: impl IntoIterator<Item = &'a Edit>) {
        let mut now: std::sync::MutexGuard<'_, Edits> = self.edits.lock().unwrap();
        now.edits = edits.into_iter().cloned().collect();
    }

    async fn examine(&self) -> Report {
        examine(&self.app.live().resource, None).await
    }
}

async fn examine(url: &str, token: Option<&str>) -> Report {
    let prober = Prober::new(Clock::System, None).unwrap();
    let options = Options { register: true, token: token.map(str::to_owned), ..Options::default() };
    Report::of(&prober.examine(url, options).await)
}

fn those(report: &Report, verdict: Verdict) -> BTreeSet<&'static str> {
    let those = report.standings.iter().filter(|standing| standing.verdict == verdict);
    those.map(|standing| standing.platform.id).collect()
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.failures().iter().map(|failure| failure.check.id()).collect()
}

#[tokio::test]
async fn a_whole_deployment_links_with_every_platform() {
    let deployment = Deployment::start().await;
    deployment.edit(&Table::read().baseline);
    let report = deployment.examine().await;
    assert_eq!(failed(&report), Vec::<&str>::new());
    assert_eq!(those(&report, Verdict::Links).len(), PLATFORMS.len());
    assert!(!report.stops_somebody() && report.was_reached());
}

#[tokio::test]
async fn every_break_turns_exactly_the_platforms_red_that_depend_on_it_and_is_named() {
    let breaks = Table::read();
    assert!(breaks.breaks.len() >= 25);
    let deployment = Deployment::start().await;
    let mut wrong = Vec::new();
    for broken in &breaks.breaks {
        deployment.edit(breaks.baseline.iter().chain(&broken.edits));
        let report = deployment.examine().await;
        let (red, amber) = (those(&report, Verdict::WillNotLink), those(&report, Verdict::LinksBut));
        if !failed(&report).contains(&broken.names.as_str()) {
            wrong.push(format!("{}: {} is not among {:?}", broken.id, broken.names, failed(&report)));
        }
        for (colour, found, named) in [("red", red, &broken.red), ("amber", amber, &broken.amber)] {
            let expected = breaks.platforms(named);
            if found != expected {
                let more: Vec<_> = found.difference(&expected).collect();
                let less: Vec<_> = expected.difference(&found).collect();
                wrong.push(format!(
                    "{}: {colour} are also {more:?} and not {less:?}; {:?}",
                    broken.id,
                    failed(&report)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[tokio::test]
async fn a_break_that_is_taken_back_leaves_no_trace() {
    let breaks = Table::read();
    let deployment = Deployment::start().await;
    let first = &breaks.breaks[0];
    deployment.edit(&first.edits);
    assert!(deployment.examine().await.stops_somebody());
    deployment.edit(&breaks.baseline);
    assert!(!deployment.examine().await.stops_somebody());
}

#[test]
fn every_check_that_a_platform_depends_on_is_broken_by_some_break() {
    let breaks = Table::read();
    let named: BTreeSet<&str> = breaks.breaks.iter().map(|broken| broken.names.as_str()).collect();
    let needs = PLATFORMS.iter().flat_map(|platform| {
        let ways = platform.ways.iter().map(|way| way.needs);
        platform.needs.iter().chain(platform.suffers).copied().chain(ways).flatten()
    });
    let checks: BTreeSet<&str> = needs.map(|need| need.0.id()).collect();
    // No server with TLS stands in the tests' way of `doctor`; registrations that are refused alike are named by one of them.
    let elsewhere = [
        "server-answers",
        "address-https",
        "certificate-valid",
        "prm-first-place",
        "prm-well-known",
        "authorize-no-scope",
        "authorize-plain",
        "register-claude",
        "register-claude-code",
        "register-codex",
        "register-vscode",
        "register-inspector",
    ];
    let unbroken: Vec<&&str> = checks.difference(&named).filter(|check| !elsewhere.contains(check)).collect();
    assert_eq!(unbroken, Vec::<&&str>::new());
}

#[tokio::test]
async fn an_issuer_is_examined_as_one_and_said_to_be_one() {
    let app = App::start_with_store().await;
    let report = examine(&app.live().issuer, None).await;
    assert!(report.is_issuer && report.was_reached());
    let sandbox = examine(&app.sandbox().issuer, None).await;
    assert!(sandbox.is_issuer);
    assert_eq!(sandbox.issuer.as_deref(), Some(app.sandbox().issuer.as_str()));
}

#[tokio::test]
async fn public_tools_are_named_and_keep_nobody_from_linking() {
    let app = App::start_with_store_at(Door::open().with_public(&["search_products", "get_product"])).await;
    app.store().open_to_strangers().await;
    let report = examine(&app.live().resource, None).await;
    assert_eq!(failed(&report), ["tools-public"]);
    assert_eq!(those(&report, Verdict::Links).len(), PLATFORMS.len());
    let failures = report.failures();
    assert_eq!(failures[0].difference.seen, "noauth: search_products, get_product");
    assert!(failures[0].stops.is_empty() && failures[0].limits.is_empty());
    assert!(report.findings.passed(Check::ToolsProtected) && report.findings.passed(Check::ChallengeStatus));
    let scopes = report.standings.iter().find(|standing| standing.platform.id == "claude").unwrap().scopes.clone();
    assert!(
        scopes
            .unwrap()
            .iter()
            .all(|scope| ["products:read", "inventory:read", "offline_access"].contains(&scope.as_str()))
    );
}

#[tokio::test]
async fn a_sandbox_is_found_by_its_path() {
    let app = App::start_with_store().await;
    let report = examine(&app.sandbox().resource, None).await;
    // The host's root describes the live endpoint, as it may.
    assert_eq!(failed(&report), Vec::<&str>::new());
    let of = |id: &str| report.standings.iter().find(|standing| standing.platform.id == id).unwrap().registration;
    assert_eq!((of("claude"), of("cursor")), (Registration::Document, Registration::Dynamic));
}

#[tokio::test]
async fn a_token_shows_how_tokens_are_validated() {
    let app = App::start_with_store().await;
    let agent = Agent::register(app.live()).await;
    let mut browser = Browser::new();
    let tokens = agent.connect(&mut browser, app.live(), "products:read inventory:read").await;
    let report = examine(&app.live().resource, Some(&tokens.access)).await;
    for check in
        [Check::GivenAccepted, Check::GivenClaims, Check::Tampered, Check::Insufficient, Check::QueryTokenIgnored]
    {
        assert!(report.findings.passed(check), "{check}: {:?}", report.findings.outcome(check));
    }
    let steps: Vec<Came> = STEPS.iter().map(|step| step.came(&report.findings)).collect();
    assert_eq!(&steps[..6], &[Came::Passed; 6]);
    // Of another shop's server it is a token too many.
    let elsewhere = examine(&app.sandbox().resource, Some(&tokens.access)).await;
    assert!(elsewhere.findings.failed(Check::GivenAccepted) && elsewhere.findings.failed(Check::GivenClaims));
}

#[tokio::test]
async fn a_burst_is_refused_and_said_when_to_come_back() {
    let app = App::start_with_store().await;
    let agent = Agent::register(app.sandbox()).await;
    let tokens = agent.connect(&mut Browser::new(), app.sandbox(), "products:read").await;
    let options = Options { token: Some(tokens.access), burst: true, ..Options::default() };
    let prober = Prober::new(app.clock.clone(), None).unwrap();
    let report = Report::of(&prober.examine(&app.sandbox().resource, options).await);
    assert!(report.findings.passed(Check::Burst), "{:?}", report.findings.outcome(Check::Burst));
}

#[tokio::test]
async fn an_expired_token_is_judged_by_its_refusal() {
    let app = App::start_with_store().await;
    let agent = Agent::register(app.live()).await;
    let tokens = agent.connect(&mut Browser::new(), app.live(), "products:read").await;
    app.advance(2 * 3600);
    let options = Options { token: Some(tokens.access), ..Options::default() };
    let prober = Prober::new(app.clock.clone(), None).unwrap();
    let report = Report::of(&prober.examine(&app.live().resource, options).await);
    assert!(report.findings.passed(Check::GivenExpired), "{:?}", report.findings.outcome(Check::GivenExpired));
}

#[tokio::test]
async fn the_command_says_it_in_its_exit_status_and_in_json() {
    let app = App::start_with_store().await;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    let resource = app.live().resource.clone();
    let (reached, unreached, nonsense) = tokio::task::spawn_blocking(move || {
        let nobody = format!("http://localhost:{}/mcp", free_port());
        let run = |url: &str| program.output(&["doctor", url, "--json"]);
        (run(&resource), run(&nobody), run("shop"))
    })
    .await
    .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&reached.stdout).unwrap();
    let red = report["platforms"].as_array().unwrap().iter().any(|platform| platform["verdict"] == "will_not_link");
    assert_eq!(reached.status.code(), Some(i32::from(red)));
    assert_eq!((report["format"].as_u64(), report["checks"].as_array().unwrap().len()), (Some(1), Check::ALL.len()));
    assert_eq!((unreached.status.code(), nonsense.status.code()), (Some(2), Some(2)));
}
