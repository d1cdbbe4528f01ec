//! `docs/states/*.md`: the state machines as pictures, drawn from their tables. Set `UPDATE=1` to write them anew.

use crate::tidy::root;

#[test]
fn the_pictures_of_the_state_machines_follow_their_tables() {
    let machines = motcua::kinds().into_iter().filter_map(|kind| Some((kind.word, kind.picture()?)));
    let pictures: Vec<(&str, String)> = machines.collect();
    assert!(pictures.len() > 5 && pictures.iter().any(|(name, _)| *name == "dossier"));
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
