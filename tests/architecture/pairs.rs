//! Files that belong together: pages and templates, the migrations of the two databases.

use std::collections::BTreeSet;

use crate::source::File;

/// `src/web/pages/x.rs` shows `templates/pages/x.html` and no other; a template without a page is a part of one that
/// includes it.
pub fn pages(pages: &[File], templates: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for page in pages {
        let own = page.path.replacen("src/web/", "", 1).replace(".rs", ".html");
        for path in quoted_after(&page.text, "#[template(path = ").into_iter().filter(|path| path.starts_with("pages/"))
        {
            if path != own {
                violations.push(format!("{}: shows {path} and should show {own}", page.path));
            }
            shown.insert(path);
        }
    }
    for tag in ["{% include ", "{%- include ", "{% import ", "{%- import ", "{% extends "] {
        shown.extend(templates.iter().flat_map(|template| quoted_after(&template.text, tag)));
    }
    let orphans = templates.iter().filter(|template| {
        template.path.starts_with("templates/pages/") && !shown.contains(template.path.trim_start_matches("templates/"))
    });
    violations.extend(orphans.map(|template| format!("{}: no page shows it", template.path)));
    violations
}

fn quoted_after(text: &str, before: &str) -> Vec<String> {
    text.match_indices(before)
        .filter_map(|(at, _)| text[at + before.len()..].strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Every migration has the same name and the same steps for both databases.
pub fn migrations(files: &[File]) -> Vec<String> {
    let of = |database: &str| -> BTreeSet<String> {
        let folder = format!("migrations/{database}/");
        files.iter().filter_map(|file| file.path.strip_prefix(&folder)).map(str::to_owned).collect()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    let lone = sqlite.symmetric_difference(&postgres);
    lone.map(|name| format!("migrations: {name} is written for one database only")).collect()
}
