//! The messages behind every [`Problem`](crate::Problem) code of this crate, as Fluent texts.

/// Name of the module, the prefix of its message keys.
pub const MODULE: &str = "base";
/// Vietnamese messages.
pub const VI: &str = include_str!("../locales/vi.ftl");
/// English messages.
pub const EN: &str = include_str!("../locales/en.ftl");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Channel, Level, Limit, Role, Sex};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Key → names of the values in its message. Continuation lines are indented.
    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
            if let Some((name, _)) = line.split_once(" = ").filter(|_| line.starts_with("base-")) {
                key = name.to_owned();
                assert!(!found.contains_key(&key), "{key} twice");
            }
            let names = line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect());
            found.entry(key.clone()).or_default().extend(names);
        }
        found
    }

    /// Every "base-…" literal of the sources, tests left out.
    fn codes(dir: &Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes(&path, into);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            if !path.ends_with("tests.rs") && !path.ends_with("locales.rs") {
                let quoted = code.split('"').skip(1).step_by(2).filter(|s| s.starts_with("base-"));
                into.extend(quoted.map(str::to_owned));
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_values() {
        assert_eq!(messages(VI), messages(EN));
    }

    #[test]
    fn every_problem_code_has_a_message_and_every_message_is_used() {
        let mut used = BTreeSet::new();
        codes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        assert!(used.len() > 40, "{}", used.len());
        used.extend(Level::ALL.iter().map(|l| format!("base-level-{l}")));
        used.extend(Channel::ALL.iter().map(|l| format!("base-channel-{l}")));
        used.extend(Sex::ALL.iter().map(|l| format!("base-sex-{l}")));
        used.extend(Role::ALL.iter().map(|l| format!("base-role-{l}")));
        used.extend(crate::System::ALL.iter().map(|l| format!("base-system-{l}")));
        let there: BTreeSet<String> = messages(VI).into_keys().collect();
        assert_eq!(used, there);
    }

    #[test]
    fn problems_carry_every_value_their_message_names() {
        let shown = messages(VI);
        let refused = [
            "H13.0812".parse::<crate::AgencyCode>().unwrap_err(),
            "H13.08-260229-0012".parse::<crate::DossierCode>().unwrap_err(),
            "H13.08-260228-012".parse::<crate::DossierCode>().unwrap_err(),
            "1".parse::<crate::CitizenId>().unwrap_err(),
            "003190000001".parse::<crate::CitizenId>().unwrap_err(),
            "092490000001".parse::<crate::CitizenId>().unwrap_err(),
            "1".parse::<crate::TaxCode>().unwrap_err(),
            "0112345678".parse::<crate::Phone>().unwrap_err(),
            "x".parse::<crate::Dong>().unwrap_err(),
            "x".parse::<Limit>().unwrap_err(),
            "x".parse::<Role>().unwrap_err(),
        ];
        for problem in refused {
            let given: BTreeSet<String> = problem.args.iter().map(|(name, _)| name.clone()).collect();
            assert!(shown[problem.code].is_subset(&given), "{} lacks {:?}", problem.code, shown[problem.code]);
        }
    }
}
