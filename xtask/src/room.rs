//! A new room, copied from the smallest one and entered where rooms are listed.

use std::fs;
use std::path::{Path, PathBuf};

/// The room that is copied.
const FROM: &str = "examples/errands";

/// Where a room is listed: the file, the line it stands after, and its line. `@` is the module, `&` its subject's type.
const LISTED: &[(&str, &str, &str)] = &[
    ("Cargo.toml", "initiatives = { path = \"modules/initiatives\" }", "@ = { path = \"modules/@\" }"),
    ("app/Cargo.toml", "initiatives.workspace = true", "@.workspace = true"),
    ("app/src/lib.rs", "        initiatives::module(),", "        @::module(),"),
    ("app/src/lib.rs", "        initiatives::MIGRATIONS,", "        @::MIGRATIONS,"),
    ("app/src/lib.rs", "        initiatives::KIND,", "        @::KIND,"),
    ("app/src/lib.rs", "        initiatives::lists(),", "        @::lists(),"),
    (
        "app/src/lib.rs",
        "        Room::moves(initiatives::open_at, initiatives::move_to),",
        "        Room::stays(@::open_at),",
    ),
    ("tests/src/tidy/arrows.rs", "    \"initiatives\",", "    \"@\","),
];

/// Words of Rust or of SQL that no table or crate can be called.
const RESERVED: &[&str] = &[
    "all", "and", "as", "async", "check", "columns", "const", "default", "else", "enum", "event", "for", "group",
    "groups", "impl", "index", "keys", "match", "mod", "order", "orders", "pub", "ref", "rows", "select", "self",
    "static", "store", "struct", "table", "tables", "test", "tests", "trait", "type", "types", "union", "use", "user",
    "users", "values", "web", "where", "while",
];

/// Whether another room's codes begin like that: one table holds the codes of all subjects.
fn taken(root: &Path, code: &str) -> Result<bool, String> {
    let mut sources = under(&root.join("modules"))?;
    sources.extend(under(&root.join("crates")).unwrap_or_default());
    let begins = format!("\"{code}{{");
    let texts = sources.iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    Ok(texts.filter_map(|path| fs::read_to_string(path).ok()).any(|text| text.contains(&begins)))
}

/// Makes `modules/MANY`; the files written, from the root.
///
/// # Errors
/// In words: a name that is none, a room that is there, a place in a list that is not.
pub fn make(root: &Path, many: &str, one: &str, code: &str) -> Result<Vec<PathBuf>, String> {
    for name in [many, one] {
        let fits = name.len() > 2 && name.len() <= 30 && name.bytes().all(|b| b.is_ascii_lowercase());
        if !fits || RESERVED.contains(&name) {
            return Err(format!("{name:?} is no name: lower-case letters, thirty at most"));
        }
    }
    if many == one {
        return Err("the module is named in the plural, its subject in the singular".to_owned());
    }
    let to = root.join("modules").join(many);
    if to.exists() {
        return Err(format!("modules/{many} is there already"));
    }
    if ["crates", "examples", "xtask", "tests", "app"].iter().any(|folder| root.join(folder).join(many).exists()) {
        return Err(format!("a crate is called {many} already"));
    }
    let fits = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if !fits || taken(root, code)? {
        return Err(format!("{code:?} begins no code, or those of another room: two capital letters of its own"));
    }

    // First everything is made ready, so that nothing is written where something does not fit.
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for file in under(&root.join(FROM))? {
        let inside = file.strip_prefix(root.join(FROM)).map_err(|error| error.to_string())?;
        let name = renamed(&inside.to_string_lossy(), many, one, code);
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        files.push((PathBuf::from("modules").join(many).join(name), renamed(&text, many, one, code)));
    }
    let mut lists: Vec<(PathBuf, String)> = Vec::new();
    for (file, after, line) in LISTED {
        let path = PathBuf::from(file);
        if !lists.iter().any(|(known, _)| *known == path) {
            let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{file}: {error}"))?;
            lists.push((path.clone(), text));
        }
        let Some((_, text)) = lists.iter_mut().find(|(known, _)| *known == path) else { continue };
        let place = text.find(&format!("{after}\n")).ok_or(format!("{file} has no line {after:?} to stand after"))?;
        text.insert_str(place + after.len() + 1, &format!("{}\n", line.replace('@', many)));
    }

    files.extend(lists);
    for (path, text) in &files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn under(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            found.extend(under(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The room's names in place of the smallest one's.
fn renamed(text: &str, many: &str, one: &str, code: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
    };
    let mut text = text.to_owned();
    if let (Some(begin), Some(end)) = (text.find("<!-- copied"), text.find("<!-- /copied -->\n")) {
        text.replace_range(begin..end + "<!-- /copied -->\n".len(), "");
    }
    text.replace("errands", many)
        .replace("Errands", &capital(many))
        .replace("ERRANDS", &many.to_uppercase())
        .replace("errand", one)
        .replace("Errand", &capital(one))
        .replace("\"ER{", &format!("\"{code}{{"))
        .replace("../../../crates/", "../../crates/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
    }

    /// The parts of the tree that are read and changed, in a folder of their own.
    fn copy() -> tempfile::TempDir {
        let to = tempfile::tempdir().unwrap();
        let mut files = under(&root().join(FROM)).unwrap();
        files.extend(LISTED.iter().map(|(file, _, _)| root().join(file)));
        for file in files {
            let copy = to.path().join(file.strip_prefix(root()).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(&file, copy).unwrap();
        }
        fs::create_dir_all(to.path().join("modules")).unwrap();
        to
    }

    #[test]
    fn a_new_room_is_whole_stands_in_every_list_and_has_nothing_left_of_the_old_name() {
        let tree = copy();
        let written = make(tree.path(), "tasks", "task", "CV").unwrap();
        let lib = fs::read_to_string(tree.path().join("modules/tasks/src/lib.rs")).unwrap();
        assert!(lib.contains("pub mod task;") && lib.contains("frame::show::<Task>"));
        assert!(tree.path().join("modules/tasks/templates/tasks.html").exists());
        for path in written.iter().filter(|path| path.starts_with("modules/tasks")) {
            let text = fs::read_to_string(tree.path().join(path)).unwrap();
            assert!(!text.to_lowercase().contains("errand"), "{}", path.display());
        }
        for (file, _, line) in LISTED {
            let text = fs::read_to_string(tree.path().join(file)).unwrap();
            assert_eq!(text.matches(&line.replace('@', "tasks")).count(), 1, "{file}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused_and_nothing_is_written() {
        let tree = copy();
        for (many, one) in
            [("Tasks", "task"), ("", "task"), ("tasks", "tasks"), ("../tasks", "task"), ("orders", "order")]
        {
            assert!(make(tree.path(), many, one, "CV").is_err(), "{many} {one}");
        }
        for code in ["", "C", "cv", "CVX"] {
            assert!(make(tree.path(), "tasks", "task", code).is_err(), "{code}");
        }
        let other = tree.path().join("modules/papers/src");
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join("lib.rs"), "format!(\"PA{n}\")").unwrap();
        assert!(make(tree.path(), "tasks", "task", "PA").unwrap_err().contains("another room"));
        make(tree.path(), "tasks", "task", "CV").unwrap();
        assert!(make(tree.path(), "tasks", "task", "CV").unwrap_err().contains("there already"));
        fs::write(tree.path().join("app/Cargo.toml"), "[package]\n").unwrap();
        assert!(make(tree.path(), "meetings", "meeting", "CH").unwrap_err().contains("app/Cargo.toml"));
        assert!(!tree.path().join("modules/meetings").exists());
    }
}
