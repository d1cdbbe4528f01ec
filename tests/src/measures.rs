//! Measures are declared by the modules that write them: each is written by some act, and known in words.

use crate::tidy::root;
use base::Lang;

#[test]
fn what_the_modules_count_agrees_and_each_measure_and_flag_has_its_words() {
    let sources: Vec<i18n::Source> = motcua::modules().iter().map(|module| module.locales).collect();
    i18n::install(&sources);
    let known = records::measures(&motcua::kinds()).expect("declarations that agree");
    assert!(known.all().count() > 20);
    for measure in known.all() {
        let key = format!("reform-counted-{}", measure.name);
        for lang in [Lang::Vi, Lang::En] {
            assert!(i18n::has(lang, &key), "{key} in {lang:?}");
            for (flag, _) in measure.flag_names() {
                assert!(i18n::has(lang, &format!("reform-flag-{flag}")), "the flag {flag} of {}", measure.name);
            }
        }
        // What a person answered is nobody's, whatever else is counted.
        assert!(!measure.name.ends_with("rated") || !measure.by_official && !measure.by_procedure, "{}", measure.name);
    }
}

/// A declaration that no act uses is a figure that stands at nothing for ever.
#[test]
fn every_declared_measure_is_written_by_some_act() {
    let mut declared = 0;
    for module in std::fs::read_dir(root().join("modules")).expect("modules") {
        let module = module.expect("a module").path().join("src");
        let mut sources = String::new();
        let mut folders = vec![module.clone()];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(&folder).expect("a folder of sources") {
                let path = file.expect("a file").path();
                // What proves is no act.
                if path.is_dir() && !path.ends_with("verify") {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("verify.rs") {
                    sources.push_str(&std::fs::read_to_string(path).expect("a source"));
                }
            }
        }
        let module = module.display();
        for line in sources.lines().filter(|line| line.starts_with("pub static ") && line.contains(": Measure =")) {
            let name = line["pub static ".len()..].split(':').next().expect("a name").to_owned();
            // Once where it is declared, once in the list of all; and where it is counted.
            let uses = sources.matches(&format!("&{name},")).count()
                + sources.matches(&format!("&{name}]")).count()
                + sources.matches(&format!("::{name},")).count()
                + sources.matches(&format!("&{name})")).count()
                + sources.matches(&format!("&{name} ")).count();
            assert!(uses >= 2, "{name} of {module} is declared and nobody writes it ({uses})");
            declared += 1;
        }
    }
    let known = records::measures(&motcua::kinds()).expect("declarations that agree");
    assert_eq!(declared, known.all().count(), "a kind hands over every measure its module declares");
}
