//! `docs/states/*.md`: the state machines as pictures, drawn from their tables. Set `UPDATE=1` to write them anew.

use crate::tidy::root;
use dossiers::verbs::rules;

/// The machine of dossiers, which has a table of its own.
fn dossier() -> String {
    let word = |status: &dossiers::Status| format!("{status:?}");
    let mut text = "# dossier\n\n```mermaid\nstateDiagram-v2\n".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for (verb, rule) in rules() {
        let from: Vec<String> = match rule.from {
            [] => vec!["[*]".to_owned()],
            from => from.iter().map(word).collect(),
        };
        for (from, to) in from.iter().flat_map(|from| rule.to.iter().map(move |to| (from, to))) {
            let line = format!("  {from} --> {}: {}\n", word(to), verb.as_str());
            if seen.insert(line.clone()) {
                text.push_str(&line);
            }
        }
    }
    text.push_str(
        "```\n\nThe table with who may, and since when: [modules/dossiers](../../modules/dossiers/README.md).\n",
    );
    text
}

#[test]
fn the_pictures_of_the_state_machines_follow_their_tables() {
    let machines = motcua::kinds().into_iter().filter_map(|kind| Some((kind.word, kind.picture()?)));
    let pictures: Vec<(&str, String)> = machines.chain([("dossier", dossier())]).collect();
    assert!(pictures.len() > 5);
    for (name, text) in pictures {
        let file = root().join(format!("docs/states/{name}.md"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(root().join("docs/states")).expect("a folder");
            std::fs::write(&file, &text).expect("writing");
        }
        let there = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(there, text, "docs/states/{name}.md is not drawn from the table: UPDATE=1 draws it");
    }
}
