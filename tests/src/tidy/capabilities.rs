//! `docs/capabilities.csv` tells what the product can do: a capability that works names tests that exist.

use super::{none, root, texts};
use std::collections::HashSet;

/// How many capabilities each group of the mission has, in its order: `M1.01` … `M23.08`, `N.01` … `N.07`; 258 in all.
const GROUPS: [(&str, usize); 24] = [
    ("M1", 15),
    ("M2", 10),
    ("M3", 14),
    ("M4", 8),
    ("M5", 9),
    ("M6", 6),
    ("M7", 9),
    ("M8", 13),
    ("M9", 16),
    ("M10", 11),
    ("M11", 12),
    ("M12", 11),
    ("M13", 13),
    ("M14", 6),
    ("M15", 11),
    ("M16", 12),
    ("M17", 12),
    ("M18", 18),
    ("M19", 13),
    ("M20", 7),
    ("M21", 12),
    ("M22", 5),
    ("M23", 8),
    ("N", 7),
];

/// Every id of the mission, in its order.
fn wanted() -> Vec<String> {
    GROUPS.iter().flat_map(|(group, count)| (1..=*count).map(move |n| format!("{group}.{n:02}"))).collect()
}

/// Names of the functions of a file that a test runner runs: those with `#[test]`, `#[tokio::test]` above them, bare or with arguments,
/// also within `proptest!`.
fn tests_of(text: &str) -> Vec<String> {
    let (mut found, mut marked) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|(before, _)| ["", "async "].contains(before)) {
            if marked {
                found.extend(rest.split_once('(').map(|(name, _)| name.trim().to_owned()));
            }
            marked = false;
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            marked = false;
        }
    }
    found
}

/// Every test function and every browser journey of the tree.
fn tests() -> HashSet<String> {
    let journeys = texts(&[".mjs"]).into_iter().map(|(path, _)| path);
    let mut found: HashSet<String> = journeys.filter(|path| path.starts_with("tests/browser/journeys/")).collect();
    found.extend(texts(&[".rs"]).into_iter().flat_map(|(_, text)| tests_of(&text)));
    found
}

#[test]
fn a_function_is_a_test_only_with_its_mark_and_a_script_only_among_the_journeys() {
    let text = "fn act() {}\n#[test]\n#[ignore]\n// why\nfn one() {}\n    #[tokio::test(flavor = \"multi_thread\")]\n    \
        async fn two() {}\n#[test]\nstruct No;\nfn three() {}\nproptest! {\n    #[test]\n    fn four(n in 0..9) {}\n}";
    assert_eq!(tests_of(text), ["one", "two", "four"]);
    let all = tests();
    assert!(all.contains("tests/browser/journeys/petition.mjs") && !all.contains("tests/browser/run.mjs"));
    assert!(!all.contains("tests_of") && all.len() > 900, "{}", all.len());
}

#[test]
fn a_capability_that_works_names_tests_that_exist() {
    let tests = tests();
    let file = std::fs::File::open(root().join("docs/capabilities.csv")).expect("docs/capabilities.csv");
    let mut reader = csv::Reader::from_reader(file);
    assert_eq!(reader.headers().expect("header"), vec!["id", "name", "state", "tests", "missing"]);
    let (mut complaints, mut ids) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.expect("a row of five cells");
        let [id, _, state, named, missing] = std::array::from_fn(|n| row.get(n).unwrap_or_default());
        ids.push(id.to_owned());
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
    assert_eq!(ids, wanted(), "the ids of the mission, each once and in its order");
    assert_eq!(ids.len(), 258);
    none(complaints);
}
