//! Renders every sample of every page.

use std::collections::BTreeSet;

use super::*;

mod leftovers;
mod permissions;
mod weight;

/// The texts between `start` and `end`, each time they occur.
fn between<'h>(html: &'h str, start: &str, end: &str) -> Vec<&'h str> {
    html.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

fn rendered() -> Vec<(String, String)> {
    samples().into_iter().map(|sample| (sample.name, sample.html.unwrap())).collect()
}

#[test]
fn every_page_has_one_heading_a_language_and_nothing_unrendered() {
    for (name, html) in rendered() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"), "{name}");
        assert!(!html.contains("{{") && !html.contains("{%") && !html.contains("{ $"), "{name}");
        assert!(!between(&html, "<title>", "</title>").concat().trim().is_empty(), "{name}");
    }
}

#[test]
fn no_page_needs_or_carries_script_or_inline_style() {
    for (name, html) in rendered() {
        // The one script adds passkeys, in a form that stays hidden without it; it is a file of ours.
        let html = html.replace("<script src=\"/static/passkeys-", "");
        for forbidden in ["<script", "<style", " style=", "javascript:", "<iframe"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        let handlers = between(&html, "<", ">").into_iter().find(|tag| tag.contains(" on") && !tag.contains(" on\""));
        assert!(handlers.is_none_or(|tag| tag.contains("aria-label=")), "{name}: {handlers:?}");
    }
}

#[test]
fn every_field_has_a_label_and_no_id_is_given_twice() {
    for (name, html) in rendered() {
        let ids = between(&html, " id=\"", "\"");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        let fields = [between(&html, "<input ", ">"), between(&html, "<select ", ">")].concat();
        for field in fields.into_iter().filter(|field| !field.contains("type=\"hidden\"")) {
            // `aria-invalid` ends like an id.
            let padded = format!(" {field}");
            let id = between(&padded, " id=\"", "\"");
            assert!(html.contains(&format!("<label for=\"{}\"", id.concat())), "{name}: {field}");
        }
        let pointers = ["aria-describedby=\"", "aria-labelledby=\"", "<label for=\""];
        let targets = pointers.into_iter().flat_map(|pointer| between(&html, pointer, "\""));
        for target in targets.flat_map(str::split_whitespace) {
            assert!(ids.contains(&target), "{name}: {target}");
        }
    }
}

#[test]
fn every_form_that_posts_carries_its_token_and_every_page_is_light() {
    for (name, html) in rendered() {
        for form in between(&html, "<form", "</form>").into_iter().filter(|form| form.contains("method=\"post\"")) {
            assert_eq!(form.matches("name=\"csrf\" value=\"f1_").count(), 1, "{name}");
        }
        assert!(html.len() < 30_000, "{name}: {} bytes", html.len());
    }
}

#[test]
fn an_agent_cannot_dress_its_name() {
    for (name, html) in rendered().into_iter().filter(|(name, _)| name.starts_with("account/consent")) {
        assert!(!html.contains("alert(1)</script>"), "{name}");
        let heading = between(&html, "<h1", "</h1>").concat();
        for mark in ["class=\"trust", "<svg", "<img", "badge"] {
            assert!(!heading.contains(mark), "{name}: no mark on the line of the name");
        }
        assert!(heading.contains('“') || heading.contains("unnamed program"), "{name}: {heading}");
    }
}

#[test]
fn consent_shows_the_destination_ticks_only_browsing_and_asks_deny_and_allow_alike() {
    for (name, html) in rendered().into_iter().filter(|(name, _)| name.starts_with("account/consent")) {
        let shown = ["class=\"host\"", "The app that opens"].iter().any(|way| html.contains(way));
        assert!(shown, "{name}: A38");
        for ticked in between(&html, "<input type=\"checkbox\"", ">").into_iter().filter(|tag| tag.contains(" checked"))
        {
            let is_browsing = ticked.contains(":read\"") && !ticked.contains("orders");
            // A53: to stay connected permits nothing.
            assert!(is_browsing || ticked.contains("offline_access"), "{name}: {ticked}");
        }
        let buttons = between(&html, "<button class=\"button\" name=\"decision\"", "</button>");
        let [deny, allow] = if name.contains("bundled") { ["Cancel", "Agree and link"] } else { ["Deny", "Allow"] };
        assert_eq!(buttons, [format!(" value=\"deny\">{deny}"), format!(" value=\"allow\">{allow}")], "{name}");
        assert!(html.contains("It can never"), "{name}");
    }
}

#[test]
fn a_step_up_with_one_new_permission_has_no_box_for_it() {
    let html = rendered().into_iter().find(|(name, _)| name == "account/consent-step-up").unwrap().1;
    assert!(!html.contains("type=\"checkbox\""));
    assert!(html.contains("<input type=\"hidden\" name=\"scope\" value=\"checkout:initiate\">"));
    assert!(html.contains("It keeps what you allowed before"));
}

/// `TILLGATE_GALLERY=DIR cargo test -p tillgate gallery` writes the samples, to be looked at.
#[test]
fn the_samples_can_be_written_out() {
    let Some(folder) = option_env!("TILLGATE_GALLERY") else { return };
    let folder = std::path::Path::new(&folder);
    for (name, html) in rendered() {
        let local = html.replace(super::super::assets::stylesheet().path(), "tillgate.css");
        std::fs::write(
            folder.join(name.replace('/', "-") + ".html"),
            local.replace(super::super::assets::mark().path(), "mark.svg"),
        )
        .unwrap();
    }
}
