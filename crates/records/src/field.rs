//! What an act asks for, declared once: judged alike for page and API, shown as a form.

use base::{Date, Fault, Id, Problem};
use files::{Seal, Staged};
use std::collections::BTreeMap;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// One line of text.
    Line,
    /// Several lines; the field's name must be one that the edge keeps lines of (`reason`, `note`, `text`, `answer_…`).
    Lines,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A word of a list that the register keeps as data; its rule judges it.
    Word,
    /// A unit, by its id.
    Unit,
    /// A person with an account, by its id; the register's rule judges whether it is one who may.
    Person,
    /// A day.
    Day,
    /// Files, at most so many.
    Files(usize),
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub ask: Ask,
    pub required: bool,
    /// Longest text, in letters.
    pub max: usize,
}

impl Field {
    /// A required line of at most so many letters.
    pub const fn line(name: &'static str, max: usize) -> Field {
        Field { name, ask: Ask::Line, required: true, max }
    }

    /// A required text of at most so many letters.
    pub const fn lines(name: &'static str, max: usize) -> Field {
        Field { name, ask: Ask::Lines, required: true, max }
    }

    /// A required choice.
    pub const fn choice(name: &'static str, ask: Ask) -> Field {
        Field { name, ask, required: true, max: 40 }
    }

    /// Files that may come with it.
    pub const fn files(name: &'static str, most: usize) -> Field {
        Field { name, ask: Ask::Files(most), required: false, max: 0 }
    }

    /// The same, not required.
    pub const fn optional(self) -> Field {
        Field { required: false, ..self }
    }
}

/// What somebody sent in.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub fields: BTreeMap<String, String>,
    /// Files safely on disk.
    pub files: Vec<Staged>,
}

impl<const N: usize> From<[(&str, &str); N]> for Typed {
    fn from(fields: [(&str, &str); N]) -> Self {
        Typed { fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(), files: Vec::new() }
    }
}

/// What was sent in and fits what is asked: lengths, choices, days and ids are judged.
#[derive(Debug, Clone, Default)]
pub struct Given {
    fields: BTreeMap<&'static str, String>,
    /// The files, kept as the subject's.
    pub seals: Vec<Seal>,
}

impl Given {
    /// A field's text; empty where nothing was typed.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// A field's text, where something was typed.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A day that was given.
    pub fn day(&self, name: &str) -> Option<Date> {
        self.text(name).parse().ok()
    }

    /// An id that was chosen.
    pub fn id(&self, name: &str) -> Option<Id> {
        self.text(name).parse().ok()
    }
}

/// Reads what an act asks for.
///
/// # Errors
/// `Invalid` with every problem at its field: `records-field-required`, `records-field-long`, `records-field-choice`,
/// `records-field-day`, `records-field-files`.
pub fn read(asks: &[Field], typed: &Typed) -> Result<Given, Fault> {
    let (mut given, mut problems) = (Given::default(), Vec::new());
    for field in asks {
        let text = typed.fields.get(field.name).map_or("", |text| text.trim());
        match judge(field, text, typed.files.len()) {
            Ok(()) => {
                given.fields.insert(field.name, text.to_owned());
            }
            Err(problem) => problems.push(problem.field(field.name)),
        }
    }
    if !typed.files.is_empty() && !asks.iter().any(|field| matches!(field.ask, Ask::Files(_))) {
        problems.push(Problem::new("records-field-files").arg("max", 0));
    }
    if problems.is_empty() { Ok(given) } else { Err(Fault::Invalid(problems)) }
}

fn judge(field: &Field, text: &str, files: usize) -> Result<(), Problem> {
    if let Ask::Files(most) = field.ask {
        return match files {
            0 if field.required => Err(Problem::new("records-field-required")),
            n if n > most => Err(Problem::new("records-field-files").arg("max", most)),
            _ => Ok(()),
        };
    }
    if text.is_empty() {
        return if field.required { Err(Problem::new("records-field-required")) } else { Ok(()) };
    }
    let fits = match field.ask {
        Ask::OneOf(words) => words.contains(&text),
        Ask::Unit | Ask::Person => text.parse::<Id>().is_ok(),
        Ask::Day => return text.parse::<Date>().map(|_| ()).map_err(|_| Problem::new("records-field-day")),
        _ => true,
    };
    if !fits {
        return Err(Problem::new("records-field-choice"));
    }
    if text.chars().count() > field.max {
        return Err(Problem::new("records-field-long").arg("max", field.max));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: &[Field] = &[
        Field::lines("reason", 5),
        Field::choice("track", Ask::OneOf(&["a", "b"])).optional(),
        Field::choice("unit", Ask::Unit).optional(),
        Field::files("pictures", 1),
    ];

    fn codes(fields: &[(&str, &str)], files: usize) -> Vec<(&'static str, String)> {
        let staged = Staged { sha256: String::new(), size_bytes: 1, media_type: String::new(), name: String::new() };
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        match read(ASKS, &Typed { fields, files: vec![staged; files] }) {
            Ok(_) => Vec::new(),
            Err(Fault::Invalid(all)) => all.into_iter().map(|p| (p.code, p.field.unwrap_or_default())).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_field_is_judged_by_its_declaration_and_every_problem_is_told_at_once() {
        assert_eq!(codes(&[("reason", "đủ rồi")], 0), [("records-field-long", "reason".to_owned())]);
        assert_eq!(codes(&[("reason", " đúng ")], 1), []);
        let all = codes(&[("reason", "  "), ("track", "c"), ("unit", "x")], 2);
        let wanted = [
            ("records-field-required", "reason"),
            ("records-field-choice", "track"),
            ("records-field-choice", "unit"),
            ("records-field-files", "pictures"),
        ];
        assert_eq!(all, wanted.map(|(code, field)| (code, field.to_owned())));
    }
}
