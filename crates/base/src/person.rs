//! Judging what people write about a person: the name and the address, each refused in words that help.

use crate::Problem;

/// Letters a name has at least. Names of one word and words of one letter are real (`Y Moan`, `Suharto`).
const NAME_LETTERS_MIN: usize = 2;
/// Letters an address has at least (`Huế`).
const ADDRESS_LETTERS_MIN: usize = 3;
/// Signs that stand in names of persons.
const NAME_SIGNS: &str = " '’ʼ.,-()";

/// Whose name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A natural person.
    Person,
    /// An organisation, or one cannot know: digits and signs are part of such names.
    Any,
}

/// What is wrong with a cleaned name; nothing when it is in order. Problems: `base-name-short`, `base-name-digits`,
/// `base-name-signs`, `base-name-case` (with the name as it would be written).
pub fn name_problem(name: &str, named: Named) -> Option<Problem> {
    if named == Named::Person {
        if name.chars().any(char::is_numeric) {
            return Some(Problem::new("base-name-digits"));
        }
        let strange = |c: &char| !c.is_alphabetic() && !NAME_SIGNS.contains(*c) && !is_mark(*c);
        if let Some(sign) = name.chars().find(strange) {
            return Some(Problem::new("base-name-signs").arg("sign", sign));
        }
    }
    if name.chars().filter(|c| c.is_alphabetic()).count() < NAME_LETTERS_MIN {
        return Some(Problem::new("base-name-short"));
    }
    // Scripts without capitals have neither.
    if name.chars().any(char::is_lowercase) && !name.chars().any(char::is_uppercase) {
        return Some(Problem::new("base-name-case").arg("written", capitalised(name)));
    }
    None
}

/// What is wrong with a cleaned address that is given. Problem: `base-address-short`.
pub fn address_problem(address: &str) -> Option<Problem> {
    let letters = address.chars().filter(|c| c.is_alphabetic()).count();
    (letters < ADDRESS_LETTERS_MIN).then(|| Problem::new("base-address-short"))
}

/// A combining mark that no composed letter stands for.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// `nguyễn văn an` as `Nguyễn Văn An`.
fn capitalised(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names_are_in_order() {
        for name in [
            "Nguyễn Thị Lan",
            "NGUYỄN VĂN AN",
            "Y Moan Êñuôl",
            "H'Hen Niê",
            "Suharto",
            "Jean-Luc de la Tour",
            "李小龍",
            "O’Neil (Mai)",
        ] {
            assert_eq!(name_problem(name, Named::Person), None, "{name}");
        }
        for name in ["Công ty TNHH 1 thành viên A&B", "HTX Số 3"] {
            assert_eq!(name_problem(name, Named::Any), None, "{name}");
        }
    }

    #[test]
    fn each_wrong_name_has_its_own_words() {
        let code = |name: &str| name_problem(name, Named::Person).unwrap().code;
        assert_eq!(code("A"), "base-name-short");
        assert_eq!(code("-"), "base-name-short");
        assert_eq!(code("Nguyễn Văn 2"), "base-name-digits");
        assert_eq!(code("<b>An</b>"), "base-name-signs");
        assert_eq!(code("🙂🙂"), "base-name-signs");
        let problem = name_problem("nguyễn văn an", Named::Person).unwrap();
        assert_eq!((problem.code, problem.args[0].1.as_str()), ("base-name-case", "Nguyễn Văn An"));
        assert_eq!(name_problem("12", Named::Any).unwrap().code, "base-name-short");
    }

    #[test]
    fn an_address_has_letters() {
        for address in ["1", "12/3", "a1", "..."] {
            assert_eq!(address_problem(address).unwrap().code, "base-address-short", "{address}");
        }
        assert_eq!(address_problem("Huế"), None);
        assert_eq!(address_problem("12 đường 3/2, phường Ninh Kiều"), None);
    }
}
