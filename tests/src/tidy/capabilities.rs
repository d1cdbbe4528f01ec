//! `docs/capabilities.csv` tells what the product can do: a capability that works names tests that exist.

use super::{none, root, texts};
use std::collections::HashSet;

/// The capabilities of the mission, `M1.01` to `N.07`.
const ALL: usize = 258;

/// Every test function and every browser journey of the tree.
fn tests() -> HashSet<String> {
    let mut found: HashSet<String> = texts(&[".mjs"]).into_iter().map(|(path, _)| path).collect();
    for (_, text) in texts(&[".rs"]) {
        let lines = text.lines().filter_map(|line| line.trim().split_once("fn "));
        found.extend(lines.filter_map(|(_, rest)| rest.split_once('(')).map(|(name, _)| name.trim().to_owned()));
    }
    found
}

#[test]
fn a_capability_that_works_names_tests_that_exist() {
    let tests = tests();
    let file = std::fs::File::open(root().join("docs/capabilities.csv")).expect("docs/capabilities.csv");
    let mut reader = csv::Reader::from_reader(file);
    assert_eq!(reader.headers().expect("header"), vec!["id", "name", "state", "tests", "missing"]);
    let (mut complaints, mut ids) = (Vec::new(), HashSet::new());
    for row in reader.records() {
        let row = row.expect("a row of five cells");
        let [id, _, state, named, missing] = std::array::from_fn(|n| row.get(n).unwrap_or_default());
        if !ids.insert(id.to_owned()) {
            complaints.push(format!("{id} stands twice"));
        }
        match state {
            "works" if named.trim().is_empty() => complaints.push(format!("{id} works, but no test shows it")),
            "partly" if missing.trim().is_empty() => complaints.push(format!("{id} works partly: what is missing?")),
            "works" | "partly" | "no" => {}
            other => complaints.push(format!("{id}: {other} is no state")),
        }
        complaints.extend(
            named.split_whitespace().filter(|test| !tests.contains(*test)).map(|test| format!("{id}: no test {test}")),
        );
    }
    assert_eq!(ids.len(), ALL);
    none(complaints);
}
