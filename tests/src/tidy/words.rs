//! Both languages are complete, and every word asked for is there.

use std::collections::BTreeSet;

use super::{none, texts};
use crate::harness::modules;

fn sources() -> Vec<i18n::Source> {
    let mut sources = vec![web::base_locales(), web::locales()];
    sources.extend(modules().iter().map(|module| module.locales));
    sources
}

#[test]
fn both_languages_have_the_same_words_with_the_same_blanks() {
    none(i18n::check(&sources()));
}

#[test]
fn closed_lists_say_their_words_once() {
    // By hand: lists whose words are another thing's names, stand for nothing, carry a reason, or lie below the one that knows how.
    let by_hand = [
        "crates/store/src/db.rs",
        "crates/base/src/actor.rs",
        "crates/base/src/words.rs",
        "modules/dossiers/src/dossier.rs",
        "modules/dossiers/src/forms/mod.rs",
        "modules/catalogue/src/version.rs",
    ];
    let says =
        |text: &str| text.contains("as_str(self) -> &'static str") || text.contains("as_str(&self) -> &'static str");
    let found = texts(&[".rs"]).into_iter().filter(|(path, text)| !path.starts_with("tests/") && says(text));
    let wrong = found.filter(|(path, _)| !by_hand.contains(&path.as_str()));
    none(wrong.map(|(path, _)| format!("{path}: base::closed_list! gives a list its words")).collect());
}

#[test]
fn every_locale_file_in_the_tree_belongs_to_a_module_of_the_program() {
    let known: BTreeSet<&str> = sources().iter().map(|source| source.module).collect();
    // The room that is copied is no part of the program; its own test looks for its words.
    let own = texts(&["vi.ftl"]).into_iter().filter(|(path, _)| !path.starts_with("examples/"));
    let lost = own.filter_map(|(path, _)| {
        let folder = path.split('/').nth(1)?.to_owned();
        (!known.contains(folder.as_str())).then(|| format!("{path} is installed by nobody"))
    });
    none(lost.collect());
}

#[test]
fn every_word_asked_for_in_code_and_templates_exists() {
    i18n::install(&sources());
    let mut missing = Vec::new();
    for (path, text) in texts(&[".rs", ".html"]) {
        // The command line (and the simulation behind it) speaks plain English to the operator.
        if path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/examples/")
            || path.starts_with("examples/")
            || path.starts_with("app/")
            || path.starts_with("modules/simulate/")
            || path.starts_with("crates/i18n/")
        {
            continue;
        }
        // The tests at the foot of a file may speak of words that do not exist.
        let own = if path.ends_with(".rs") { text.split("#[cfg(test)]").next().unwrap_or_default() } else { &text };
        for key in i18n::keys_used(own).into_iter().chain(flash_keys(own)) {
            if !i18n::has(base::Lang::Vi, &key) {
                missing.push(format!("{path}: {key}"));
            }
        }
    }
    none(missing);
}

/// Keys that stand elsewhere than in a call to translate: the messages shown after an act.
fn flash_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for (at, _) in text.match_indices(".flash(") {
        // The key is the last quoted word of the call.
        let call = text[at..].split_inclusive(')').take(2).collect::<String>();
        let quoted: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
        if let Some(key) = quoted.last().filter(|key| !key.contains(['/', '{'])) {
            keys.push((*key).to_owned());
        }
    }
    keys
}

#[test]
fn every_entry_of_the_menu_has_its_words_and_its_drawing() {
    i18n::install(&sources());
    let entries: Vec<_> = modules().into_iter().flat_map(|module| module.nav).collect();
    assert!(entries.len() > 10, "{}", entries.len());
    none(entries.iter().filter(|entry| !i18n::has(base::Lang::Vi, entry.key)).map(|e| e.key.to_owned()).collect());
    let drawn = |name: &str| web::icon(name) != web::icon("no such drawing");
    none(entries.iter().filter(|entry| !drawn(entry.icon)).map(|entry| entry.icon.to_owned()).collect());
}

#[test]
fn roles_and_permissions_have_words_in_both_languages() {
    i18n::install(&sources());
    let keys = base::Role::ALL.iter().map(|role| format!("base-role-{}", role.as_str()));
    let permissions = modules().into_iter().flat_map(|module| module.permissions);
    let keys =
        keys.chain(permissions.map(|permission| format!("permission-{permission}", permission = permission.name)));
    none(keys.filter(|key| !i18n::has(base::Lang::Vi, key) || !i18n::has(base::Lang::En, key)).collect());
}
