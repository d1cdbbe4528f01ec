//! Each table belongs to one crate, and the others ask that crate.

use std::collections::BTreeMap;

use super::{none, texts};

/// Where SQL may name a table of another crate, and why.
const MAY: [(&str, &str); 10] = [
    ("modules/dossiers/src/verify", "the proof reads the log and the facts it holds against each other"),
    ("crates/records/src/prove.rs", "the proof reads the log and the papers of every kind of subject"),
    ("modules/organisation/src/proof.rs", "the proof of the tree covers the scopes of facts"),
    ("modules/dossiers/src/fixture_db.rs", "tests count rows"),
    (
        "modules/dossiers/migrations/0009_dues.sql",
        "what the dossiers there were owed, when dues became a table of every room",
    ),
    ("modules/dossiers/migrations/0012_links.sql", "what dossiers reused before links were shown"),
    ("modules/dossiers/migrations/0010_notices.sql", "what people had been told moved into everybody's box"),
    (
        "crates/identity/migrations/0003_second_person.sql",
        "what had happened to accounts before counts as told to their owners",
    ),
    ("modules/simulate/src", "counts what it made, in a database of its own"),
    ("crates/store/src/sql.rs", "examples in documentation and tests"),
];

/// Table → the folder of its crate, from the migrations.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for (path, text) in texts(&[".sql"]) {
        let Some((folder, _)) = path.split_once("/migrations/") else { continue };
        for rest in text.split("CREATE TABLE ").skip(1).chain(text.split("CREATE VIRTUAL TABLE ").skip(1)) {
            let name = rest.trim_start_matches("IF NOT EXISTS ");
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            owners.entry(name).or_insert_with(|| folder.to_owned());
        }
    }
    owners
}

/// Names that stand where SQL names a table.
fn named(text: &str) -> Vec<&str> {
    let after = ["FROM ", "JOIN ", "INTO ", "UPDATE "];
    let found = after.iter().flat_map(|word| text.match_indices(word).map(|(at, word)| &text[at + word.len()..]));
    found.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
}

#[test]
fn sql_names_tables_of_its_own_crate_only() {
    let owners = owners();
    assert!(owners.len() > 40 && owners["dossier"] == "modules/dossiers", "{owners:?}");
    let mut complaints = Vec::new();
    for (path, text) in texts(&[".rs", ".sql"]) {
        let own = path.split("/src/").next().unwrap_or_default().split("/migrations/").next().unwrap_or_default();
        let asked = path.starts_with("modules/") || path.starts_with("crates/");
        if !asked
            || path.ends_with("tests.rs")
            || path.contains("/tests/")
            || MAY.iter().any(|(p, _)| path.starts_with(p))
        {
            continue;
        }
        // The tests at the foot may count rows themselves.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for table in named(text) {
            if let Some(owner) = owners.get(table).filter(|owner| *owner != own) {
                complaints.push(format!("{path} names `{table}`, which belongs to {owner}: ask that crate"));
            }
        }
    }
    none(complaints);
}
