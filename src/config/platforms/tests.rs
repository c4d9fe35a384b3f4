//! What of an operator's file is taken, and how what is wrong in it is named.

use super::*;

const ENTRY: &str = r#"
[[platform]]
id = "tea"
name = "Tea Finder"
names = ["tea finder"]
hosts = ["tea.example"]
introduces = ["metadata_document"]
client_ids = ["https://tea.example/{id}/client.json"]
redirect_uris = ["https://tea.example/back", "tea://app/back"]
source = "tea.example"
date = 2026-11-22
"#;

fn with(line: &str) -> Result<Vec<Platform>, Wrong> {
    let key = line.split_once(" =").unwrap().0;
    let kept: Vec<&str> = ENTRY.lines().filter(|known| !known.starts_with(&format!("{key} ="))).collect();
    parse(&format!("{}\n{line}\n", kept.join("\n")))
}

#[test]
fn what_is_built_in_can_be_read_and_every_entry_names_its_source_and_day() {
    let known = parse(KNOWN).unwrap();
    assert!(known.len() > 15);
    let uris: Vec<&str> = known.iter().flat_map(Platform::private_use_uris).collect();
    assert_eq!(uris, ["cursor://anysphere.cursor-mcp/oauth/callback"], "H4");
    let document = |id: &str| known.iter().any(|platform| platform.client_ids.iter().any(|known| known == id));
    // D20, H1 to H5b.
    for id in [
        "https://chatgpt.com/oauth/client.json",
        "https://chatgpt.com/oauth/{id}/client.json",
        "https://chatgpt.com/oauth/codex/client.json",
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "https://claude.ai/oauth/claude-code-client-metadata",
        "https://vscode.dev/oauth/client-metadata.json",
    ] {
        assert!(document(id), "{id}");
    }
}

#[test]
fn an_operators_entry_is_added_and_one_with_a_known_id_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platforms.toml");
    std::fs::write(&path, format!("{ENTRY}{}", ENTRY.replace("\"tea\"", "\"claude\""))).unwrap();
    let all = platforms(&Raw::One(path.display().to_string())).unwrap();
    assert_eq!(all.len(), built_in().len() + 1);
    assert_eq!(all.iter().find(|platform| platform.id == "claude").unwrap().name, "Tea Finder");
    assert!(all.iter().any(|platform| platform.id == "tea"));
    assert_eq!(platforms(&Raw::One(String::new())).unwrap(), built_in());
}

#[test]
fn a_wrong_entry_is_named_with_its_line_and_what_is_wrong() {
    for (line, expected) in [
        ("id = \"Tea\"", "its id is not made of"),
        ("name = \"\"", "its name is empty"),
        ("source = \" \"", "no source"),
        ("date = \"yesterday\"", "line 11: "),
        ("names = [\"Tea\"]", "not in lower case"),
        ("hosts = [\"Tea.example\"]", "no host name"),
        ("hosts = [\"tea.example:8443\"]", "no host name"),
        ("hosts = [\"tee.exämple\"]", "no host name"),
        ("hosts = []", "it has no hosts"),
        ("client_ids = [\"https://other.example/c.json\"]", "not one of its hosts"),
        ("client_ids = [\"https://tea.example/\"]", "no https address with a path"),
        ("client_ids = [\"http://tea.example/c.json\"]", "no https address with a path"),
        ("client_ids = [\"https://tea.example/x{id}/c.json\"]", "one whole segment"),
        ("client_ids = [\"https://tea.example/{id}/{id}/c.json\"]", "one whole segment"),
        ("client_ids = [\"https://{id}/c.json\"]", "one whole segment"),
        ("redirect_uris = [\"javascript:alert(1)\"]", "no redirect URI"),
        ("redirect_uris = [\"http://tea.example/back\"]", "no redirect URI"),
        ("redirect_uris = [\"tea://*\"]", "no redirect URI"),
        ("help = \"http://tea.example/\"", "no https address"),
        ("colour = \"green\"", "line 12: unknown field `colour`"),
    ] {
        let wrong = with(line).unwrap_err();
        assert!(wrong.reason.contains(expected) && wrong.reason.starts_with("line "), "{line}: {}", wrong.reason);
    }
    assert!(parse(&format!("{ENTRY}{ENTRY}")).unwrap_err().reason.contains("two entries `tea`"));
    assert!(parse("platform = 3").is_err() && parse("[other]").is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_of_its_setting() {
    let wrong = platforms(&Raw::One("/no/such/platforms.toml".to_owned())).unwrap_err();
    assert!(wrong.reason.starts_with("cannot be read"), "{}", wrong.reason);
}
