//! What an act asks for, declared once: judged alike for page and API, shown as a form.

use base::{Date, Fault, Id, Problem};
use files::{Seal, Staged};
use std::collections::BTreeMap;
use web::FormMap;

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
    /// Yes, or nothing.
    Check,
    /// A whole number between these two.
    Number(i64, i64),
    /// Several words of a list that the register keeps as data, one a line.
    Words,
    /// A text for each of several things: under the field's name, a point, and the thing's own name (`answers.child_name`).
    Texts,
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub ask: Ask,
    pub required: bool,
    /// Longest text, in letters.
    pub max: usize,
    /// The word of a choice in the same form with which alone it is asked; empty: always.
    pub only: &'static str,
    /// What it means, for the description of the API; empty where its name says so.
    pub about: &'static str,
}

impl Field {
    /// A required field of any kind.
    pub const fn of(name: &'static str, ask: Ask, max: usize) -> Field {
        Field { name, ask, required: true, max, only: "", about: "" }
    }

    /// A required line of at most so many letters.
    pub const fn line(name: &'static str, max: usize) -> Field {
        Field::of(name, Ask::Line, max)
    }

    /// A required text of at most so many letters.
    pub const fn lines(name: &'static str, max: usize) -> Field {
        Field::of(name, Ask::Lines, max)
    }

    /// A required choice.
    pub const fn choice(name: &'static str, ask: Ask) -> Field {
        Field::of(name, ask, 40)
    }

    /// Files that may come with it.
    pub const fn files(name: &'static str, most: usize) -> Field {
        Field::of(name, Ask::Files(most), 0).optional()
    }

    /// A box to tick.
    pub const fn check(name: &'static str) -> Field {
        Field::of(name, Ask::Check, 1).optional()
    }

    /// The same, asked with that choice alone.
    pub const fn only(self, word: &'static str) -> Field {
        Field { only: word, required: false, ..self }
    }

    /// The same, with what it means.
    pub const fn about(self, about: &'static str) -> Field {
        Field { about, ..self }
    }

    /// Whether that is its name, or the name of one of its texts.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let of_it = |rest: &str| rest.is_empty() || self.ask == Ask::Texts && rest.starts_with('.');
        name.strip_prefix(self.name).is_some_and(of_it)
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

impl Typed {
    /// What a form sent for these fields, without files.
    pub fn of_form(asks: &[Field], form: &FormMap) -> Typed {
        let mut typed = Typed::default();
        for field in asks {
            let text = match field.ask {
                Ask::Files(_) => continue,
                Ask::Words => form.all(field.name).join("\n"),
                Ask::Day => web::iso_day(form.text(field.name)),
                Ask::Texts => {
                    let own = form.0.keys().filter(|name| field.is_named(name));
                    typed.fields.extend(own.map(|name| (name.clone(), form.text(name).to_owned())));
                    continue;
                }
                _ => form.text(field.name).to_owned(),
            };
            typed.fields.insert(field.name.to_owned(), text);
        }
        typed
    }

    /// With one field more.
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Typed {
        self.fields.insert(name.to_owned(), text.into());
        self
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Typed {
    fn from(fields: [(&str, &str); N]) -> Self {
        Typed { fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(), files: Vec::new() }
    }
}

/// What was sent in and fits what is asked: lengths, choices, days and ids are judged.
#[derive(Debug, Clone, Default)]
pub struct Given {
    fields: BTreeMap<String, String>,
    /// The files, kept as the subject's.
    pub seals: Vec<Seal>,
}

impl Given {
    /// What was sent in for these fields, not judged: for acts whose rules judge the words themselves, next to the law they come from.
    pub fn unjudged(asks: &[Field], typed: &Typed) -> Given {
        let asked = typed.fields.iter().filter(|(name, _)| asks.iter().any(|field| field.is_named(name)));
        Given { fields: asked.map(|(name, text)| (name.clone(), text.clone())).collect(), seals: Vec::new() }
    }

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
        self.text(name).trim().parse().ok()
    }

    /// A whole number that was given.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).trim().parse().ok()
    }

    /// Whether a box was ticked.
    pub fn is(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// The words that were chosen of a list.
    pub fn words(&self, name: &str) -> Vec<String> {
        self.text(name).lines().filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// The texts of several things, each by the thing's own name.
    pub fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let own = |(key, text): (&String, &String)| {
            Some((key.strip_prefix(name)?.strip_prefix('.')?.to_owned(), text.clone()))
        };
        self.fields.iter().filter_map(own).collect()
    }
}

/// Reads what an act asks for.
///
/// # Errors
/// `Invalid` with every problem at its field: `records-field-required`, `base-text-long`, `records-field-choice`,
/// `records-field-number`, `records-field-day`, `records-field-files`.
pub fn read(asks: &[Field], typed: &Typed) -> Result<Given, Fault> {
    let (mut given, mut problems) = (Given::default(), Vec::new());
    for field in asks {
        let named = |(name, text): (&String, &String)| (name.clone(), text.trim().to_owned());
        let mut texts: Vec<(String, String)> = match field.ask {
            Ask::Texts => typed.fields.iter().filter(|(name, _)| field.is_named(name)).map(named).collect(),
            _ => typed.fields.get_key_value(field.name).map(named).into_iter().collect(),
        };
        if texts.is_empty() {
            texts.push((field.name.to_owned(), String::new()));
        }
        for (name, text) in texts {
            match judge(field, &text, typed.files.len()) {
                Ok(()) => drop(given.fields.insert(name, text)),
                Err(problem) => problems.push(problem.field(name)),
            }
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
        Ask::Number(least, most) => {
            let fits = text.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number));
            let wrong = || Problem::new("records-field-number").arg("least", least).arg("most", most);
            return fits.then_some(()).ok_or_else(wrong);
        }
        Ask::Check => text == "1",
        Ask::Day => return text.parse::<Date>().map(|_| ()).map_err(|_| Problem::new("records-field-day")),
        _ => true,
    };
    if !fits {
        return Err(Problem::new("records-field-choice"));
    }
    if text.chars().count() > field.max {
        return Err(Problem::too_long(field.max));
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
        assert_eq!(codes(&[("reason", "đủ rồi")], 0), [("base-text-long", "reason".to_owned())]);
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

    #[test]
    fn a_form_gives_ticks_numbers_lists_and_texts_of_several_things() {
        const MORE: &[Field] = &[
            Field::check("paper"),
            Field::choice("score", Ask::Number(1, 5)),
            Field::choice("papers", Ask::Words).optional(),
            Field::of("answers", Ask::Texts, 5).optional(),
        ];
        let sent = [("paper", "1"), ("score", "4"), ("answers.name", "Lan"), ("answersx", "no"), ("other", "no")];
        let mut form = FormMap::default();
        for (name, text) in sent {
            form.0.insert(name.to_owned(), vec![text.to_owned()]);
        }
        form.0.insert("papers".to_owned(), vec!["A".to_owned(), "B".to_owned()]);
        let typed = Typed::of_form(MORE, &form);
        for given in [read(MORE, &typed).unwrap(), Given::unjudged(MORE, &typed)] {
            assert!(given.is("paper") && given.number("score") == Some(4) && given.words("papers") == ["A", "B"]);
            assert_eq!(given.texts("answers"), BTreeMap::from([("name".to_owned(), "Lan".to_owned())]));
            assert_eq!((given.text("other"), given.text("answersx")), ("", ""));
        }
        let wrong = typed.with("score", "6").with("answers.name", "quá dài").with("paper", "x");
        let Err(Fault::Invalid(problems)) = read(MORE, &wrong) else { panic!("wrong in three fields") };
        let at: Vec<String> = problems.into_iter().filter_map(|problem| problem.field).collect();
        assert_eq!(at, ["paper", "score", "answers.name"]);
    }
}
