//! Arrows between crates point down: read from the manifests.

use super::{none, texts};

/// Every crate of the workspace, the lowest first: a crate may only name crates before it. Shared crates, then the
/// business modules, then the program.
const ORDER: &[&str] = &[
    "base",
    "i18n",
    "store",
    "store-tests",
    "audit",
    "access",
    "facts",
    "jobs",
    "sandbox",
    "sheets",
    "planreader",
    "bpmn",
    "print",
    "web",
    "lists",
    "files",
    "records",
    "identity",
    "notices",
    "organisation",
    "catalogue",
    "control",
    "dossiers",
    "feedback",
    "initiatives",
    "desk",
    "statistics",
    "errands",
    "citizens",
    "reform",
    "plans",
    "simulate",
    "motcua",
    "xtask",
];

/// Crates that know neither SQL nor HTTP nor the network, by their manifest.
const PURE: [&str; 4] = ["base", "bpmn", "planreader", "sheets"];
const DOORS: [&str; 6] = ["store", "web", "axum", "tokio", "rusqlite", "tokio-postgres"];
/// Only this crate speaks to the engines.
const ENGINES: [&str; 3] = ["rusqlite", "tokio-postgres", "deadpool-postgres"];

fn manifests() -> Vec<(String, toml::Table)> {
    // The fuzz targets are a workspace of their own.
    let all = texts(&["Cargo.toml"]).into_iter().filter(|(path, _)| path != "Cargo.toml" && !path.starts_with("fuzz/"));
    all.map(|(path, text)| {
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        (table["package"]["name"].as_str().expect("a name").to_owned(), table)
    })
    .collect()
}

fn dependencies<'a>(manifest: &'a toml::Table, sections: &[&str]) -> Vec<&'a str> {
    let tables = sections.iter().filter_map(|section| manifest.get(*section)).filter_map(|value| value.as_table());
    tables.flat_map(|table| table.keys().map(String::as_str)).collect()
}

#[test]
fn arrows_between_crates_point_down() {
    let mut complaints = Vec::new();
    for (name, manifest) in manifests().iter().filter(|(name, _)| name != "tests") {
        let Some(place) = ORDER.iter().position(|known| known == name) else {
            complaints.push(format!("{name} has no place in the order of crates"));
            continue;
        };
        for dependency in dependencies(manifest, &["dependencies", "build-dependencies"]) {
            if ORDER.iter().position(|known| *known == dependency).is_some_and(|other| other >= place) {
                complaints.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    none(complaints);
}

#[test]
fn pure_crates_open_no_door() {
    let manifests = manifests();
    let pure = manifests.iter().filter(|(name, _)| PURE.contains(&name.as_str()));
    let opened = pure.flat_map(|(name, manifest)| {
        let doors = dependencies(manifest, &["dependencies"]).into_iter().filter(|d| DOORS.contains(d));
        doors.map(|door| format!("{name} must not depend on {door}")).collect::<Vec<_>>()
    });
    none(opened.collect());
}

#[test]
fn only_the_store_speaks_to_the_engines() {
    let manifests = manifests();
    let others = manifests.iter().filter(|(name, _)| name != "store");
    let found = others.flat_map(|(name, manifest)| {
        let engines = dependencies(manifest, &["dependencies"]).into_iter().filter(|d| ENGINES.contains(d));
        engines.map(|engine| format!("{name} must not depend on {engine}")).collect::<Vec<_>>()
    });
    none(found.collect());
}

/// Pages, API and actions call functions; SQL stands in files of its own.
#[test]
fn pages_api_and_actions_hold_no_sql() {
    const VERBS: [&str; 4] = ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "];
    let found = texts(&[".rs"])
        .into_iter()
        .filter(|(path, _)| path.starts_with("modules/") && !path.ends_with("/tests.rs") && !path.contains("/tests/"))
        .filter(|(path, _)| ["/pages", "/api", "/actions"].iter().any(|part| path.contains(part)))
        .flat_map(|(path, text)| {
            // The tests at the foot may count rows themselves.
            let own = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            let hits = own.lines().enumerate().filter(|(_, line)| VERBS.iter().any(|verb| line.contains(verb)));
            hits.map(|(line, _)| format!("{path}:{} holds SQL", line + 1)).collect::<Vec<_>>()
        });
    none(found.collect());
}

/// The line of a README that says which crates a room calls holds all of them, and no other.
#[test]
fn a_readme_names_the_crates_that_its_room_calls() {
    let mut complaints = Vec::new();
    let readmes = texts(&["README.md"]);
    let says = |text: &str| {
        let line = text.lines().find(|line| line.to_lowercase().contains("may call"))?;
        let named = line.split('`').skip(1).step_by(2).map(str::to_owned);
        Some(named.filter(|name| ORDER.contains(&name.as_str())).collect::<std::collections::BTreeSet<_>>())
    };
    for (path, text) in texts(&["Cargo.toml"]) {
        let Some(room) = path
            .strip_suffix("Cargo.toml")
            .filter(|room| room.starts_with("modules/") || room.starts_with("examples/"))
        else {
            continue;
        };
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let calls = dependencies(&table, &["dependencies"]).into_iter().filter(|name| ORDER.contains(name));
        let calls: std::collections::BTreeSet<String> = calls.map(str::to_owned).collect();
        let readme = readmes.iter().find(|(path, _)| *path == format!("{room}README.md"));
        match readme.and_then(|(_, text)| says(text)) {
            None => complaints.push(format!("{room}README.md does not say what the room may call")),
            Some(said) if said != calls => {
                complaints.push(format!("{room}README.md says {said:?}, the room calls {calls:?}"))
            }
            Some(_) => {}
        }
    }
    none(complaints);
}
