//! The documented example file, generated from the same declarations that are read: `tillgate config example`.

use std::fmt::Write;

use super::section::Setting;
use super::{
    agents, audit, database, limits, log, mail, outbound, registration, retention, secrets, server, sign_in, store,
    tokens,
};

type Section = (&'static [&'static str], &'static [Setting]);

/// The text of `tillgate.example.toml`: every setting, commented out, with its default.
pub fn example() -> String {
    let opening = "# Every setting of Tillgate with its default. A setting can also be given as a variable: [tokens] access_lifetime\n\
         # is TILLGATE__TOKENS__ACCESS_LIFETIME, which replaces what is written here. `tillgate config check` prints the result.\n";
    let sections = [
        (server::Server::ABOUT, server::Server::SETTINGS),
        (database::Database::ABOUT, database::Database::SETTINGS),
        (secrets::Settings::ABOUT, secrets::Settings::SETTINGS),
        (tokens::Tokens::ABOUT, tokens::Tokens::SETTINGS),
        (registration::Registration::ABOUT, registration::Registration::SETTINGS),
        (agents::Agents::ABOUT, agents::Agents::SETTINGS),
        (sign_in::SignIn::ABOUT, sign_in::SignIn::SETTINGS),
        (mail::Mail::ABOUT, mail::Mail::SETTINGS),
        (outbound::Outbound::ABOUT, outbound::Outbound::SETTINGS),
        (limits::Limits::ABOUT, limits::Limits::SETTINGS),
        (log::Log::ABOUT, log::Log::SETTINGS),
        (audit::Audit::ABOUT, audit::Audit::SETTINGS),
        (retention::Retention::ABOUT, retention::Retention::SETTINGS),
    ];
    describe_all(opening, &sections)
}

/// The text of `tillgate-store.example.toml`, the same for a store's MCP server.
pub fn store_example() -> String {
    let opening = "# Every setting of a store's MCP server (`tillgate store serve`) with its default. A setting can also be given as a\n\
         # variable: [live] issuer is TILLGATE_STORE__LIVE__ISSUER, which replaces what is written here.\n";
    let sections = [
        (store::StoreServer::ABOUT, store::StoreServer::SETTINGS),
        (store::Live::ABOUT, store::Live::SETTINGS),
        (store::Sandbox::ABOUT, store::Sandbox::SETTINGS),
        (store::RequestState::ABOUT, store::RequestState::SETTINGS),
        (store::StepUp::ABOUT, store::StepUp::SETTINGS),
        (limits::Limits::ABOUT, limits::Limits::SETTINGS),
        (log::Log::ABOUT, log::Log::SETTINGS),
    ];
    describe_all(opening, &sections)
}

fn describe_all(opening: &str, sections: &[Section]) -> String {
    let mut text = opening.to_owned();
    for (about, settings) in sections {
        // Writing to a text cannot fail.
        let _ = describe(&mut text, about, settings);
    }
    text
}

fn describe(text: &mut String, about: &[&str], settings: &[Setting]) -> std::fmt::Result {
    let section = settings.first().and_then(|setting| setting.key.split_once('.')).map_or("", |(section, _)| section);
    writeln!(text)?;
    about.iter().try_for_each(|line| writeln!(text, "#{line}"))?;
    writeln!(text, "[{section}]")?;
    for Setting { key, default, doc, .. } in settings {
        let name = key.split_once('.').map_or(*key, |(_, name)| name);
        doc.iter().try_for_each(|line| writeln!(text, "#{line}"))?;
        // Numbers and booleans need no quotes in TOML.
        let bare = default.parse::<u64>().is_ok() || default.parse::<bool>().is_ok();
        let value = if bare { (*default).to_owned() } else { format!("{default:?}") };
        writeln!(text, "#{name} = {value}\n")?;
    }
    text.truncate(text.trim_end().len());
    writeln!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_files_are_what_the_declarations_say() {
        let file = include_str!("../../tillgate.example.toml");
        assert_eq!(file, example(), "run `tillgate config example >tillgate.example.toml`");
        let file = include_str!("../../tillgate-store.example.toml");
        assert_eq!(file, store_example(), "run `tillgate config example --store >tillgate-store.example.toml`");
    }
}
