//! What a reviewer would otherwise look for by hand, file by file.

mod arrows;
mod capabilities;
mod tables;
mod words;

use std::path::{Path, PathBuf};

/// Longest source file, in lines: what one reads in one sitting.
const LINES_MAX: usize = 500;
/// The one file that may read the machine's clock.
const CLOCK: &str = "crates/web/src/app.rs";

/// Root of the source tree.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every file of the source tree by its path from the root, without what is built, downloaded or made by running.
pub(super) fn files() -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if ["target", "node_modules", ".git", "motcua-data", "out"].contains(&name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
                found.push(inside);
            }
        }
    }
    found.sort();
    found
}

/// The files of some endings, with their text.
pub(super) fn texts(endings: &[&str]) -> Vec<(String, String)> {
    let all = files().into_iter().filter(|path| endings.iter().any(|ending| path.ends_with(ending)));
    all.map(|path| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, text)
    })
    .collect()
}

#[track_caller]
pub(super) fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn no_source_file_has_more_lines_than_one_reads_in_one_sitting() {
    let long = texts(&[".rs", ".html", ".css", ".js", ".mjs", ".sql"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path} has {lines} lines, at most {LINES_MAX}"));
    none(long.collect());
}

#[test]
fn the_clock_is_read_in_one_place_only() {
    let readers = texts(&[".rs"])
        .into_iter()
        .filter(|(path, _)| path != CLOCK && !path.starts_with("tests/") && !path.contains("/examples/"))
        .flat_map(|(path, text)| {
            let words = ["SystemTime::now", "Timestamp::now", "Zoned::now", "Clock::system"];
            // The program's own main hands the machine's clock to the edge; everything else is given an instant.
            let words: Vec<&str> =
                words.into_iter().filter(|word| !(path.starts_with("app/") && *word == "Clock::system")).collect();
            let hits = text.lines().enumerate().filter(|(_, line)| {
                words.iter().any(|word| line.contains(word)) && !line.trim_start().starts_with("//")
            });
            hits.map(|(line, _)| format!("{path}:{} reads the clock", line + 1)).collect::<Vec<_>>()
        });
    none(readers.collect());
}

#[test]
fn every_crate_and_module_says_in_a_readme_what_it_is() {
    let files = files();
    let missing = files
        .iter()
        .filter_map(|path| path.strip_suffix("/Cargo.toml"))
        .filter(|folder| **folder != *"fuzz")
        .filter(|folder| !files.contains(&format!("{folder}/README.md")))
        .map(|folder| format!("{folder}/README.md is missing"));
    none(missing.collect());
}

#[test]
fn no_third_party_asset_is_in_the_tree() {
    const OTHERS: [&str; 10] =
        [".min.js", ".min.css", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".map", ".so", ".jar"];
    let found = files()
        .into_iter()
        .filter(|path| OTHERS.iter().any(|ending| path.ends_with(ending)))
        .map(|path| format!("{path} belongs to others: it comes from npm when building"));
    none(found.collect());
}

#[test]
fn lock_files_name_packages_and_not_where_they_were_fetched() {
    let found = texts(&["package-lock.json"])
        .into_iter()
        .filter(|(_, text)| text.contains("\"resolved\""))
        .map(|(path, _)| format!("{path}: run npm with omit-lockfile-registry-resolved"));
    none(found.collect());
}

#[test]
fn nothing_unfinished_is_left_in_the_sources() {
    // Built from pieces, so that this file does not find itself.
    let words =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("todo", "!("), concat!("dbg", "!(")];
    let found = texts(&[".rs", ".html", ".css", ".js", ".mjs", ".sql"]).into_iter().flat_map(|(path, text)| {
        let hits = text.lines().enumerate().filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        hits.map(|(line, _)| format!("{path}:{}", line + 1)).collect::<Vec<_>>()
    });
    none(found.collect());
}

#[test]
fn every_form_that_posts_carries_its_proof_and_the_key_that_keeps_it_from_being_done_twice() {
    let mut complaints = Vec::new();
    for (path, text) in texts(&[".html"]) {
        for form in text.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or(form);
            let head = form.split('>').next().unwrap_or(form);
            // Signing out twice is signing out.
            if head.contains("method=\"post\"") && !head.contains("/sign-out") && !form.contains("c::csrf(") {
                complaints.push(format!("{path}: <form{head}> has no c::csrf"));
            }
        }
    }
    none(complaints);
}
