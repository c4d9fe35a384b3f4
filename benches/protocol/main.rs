//! What the protocol costs, each figure beside its bare floor in the same run: `cargo bench --bench protocol -- <mode>`.
//!
//! The servers run on the machine's first core, the load generator on its second, over loopback, bounded in count. Read the
//! ratios: rates depend on the machine and on what else it does. A bench, not a test: it says pass or fail and exits 0.

#![expect(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench ends at the first thing that is not as expected, prints, and computes with rates"
)]

#[path = "../../tests/support/authority.rs"]
mod authority;
mod console;
mod documents;
mod floor;
#[path = "../../tests/support/documents.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod hosts;
mod load;
mod machine;
mod memory;
mod ours;
mod pairs;
mod registrations;
mod revoke;
mod seed;
mod start;
mod tool;
mod verify;

/// As the program itself; the floor has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
usage: cargo bench --bench protocol -- <mode> [count]
  all          refresh, code, introspection, revocation, registration and metadata, each beside its floor
  refresh | code | introspection | revocation | registration | metadata    one of them
  memory       private memory after 100,000 refreshes
  start        from exec to the first answer on an existing database, and the size of the program
  size         the size of the program alone
  revoke       from revocation to the refused call; refreshes while 100,000 connections of a client end
  console      the list of sessions and its page at 100,000 connections
  registrations   what 100,000 identical and 100,000 distinct anonymous registrations leave behind, on both databases
  verify       a seen token, and a new one beside the bare ES256 verification
  documents    an authorization request of a client that describes itself beside that of a registered one
  tool         a tool call at a protected store beside the same SDK server unprotected
  load         refreshes for a profiler: prints the server's process id, then `count` requests";

fn main() {
    // `cargo bench` adds its own flag.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = |default: usize| words.get(1).and_then(|text| text.parse().ok()).unwrap_or(default);
    match words.first().copied().unwrap_or_default() {
        "serve-ours" => ours::serve(words[1], words[2].parse().unwrap()),
        "serve-floor" => floor::serve(words[1], words[2].parse().unwrap()),
        "serve-described" => documents::serve(words[1], words[2].parse().unwrap()),
        "serve-store" => tool::serve_protected(words[1], words[2].parse().unwrap()),
        "serve-bare" => tool::serve_bare(words[1], words[2].parse().unwrap()),
        "all" => pairs::run(&pairs::Protocol::ALL, count(4_000)),
        "memory" => memory::run(count(100_000)),
        "start" => start::run(count(100_000)),
        "size" => start::size(),
        "revoke" => revoke::run(count(100_000)),
        "console" => console::run(count(100_000)),
        "registrations" => registrations::run(count(100_000)),
        "verify" => verify::run(count(5_000)),
        "documents" => documents::run(count(4_000)),
        "tool" => tool::run(count(4_000)),
        "load" => memory::load(count(60_000)),
        mode => match pairs::Protocol::named(mode) {
            Some(protocol) => pairs::run(&[protocol], count(4_000)),
            None => println!("{USAGE}"),
        },
    }
}
