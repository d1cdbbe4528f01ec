//! Every value that comes in is cleaned before a handler sees it ([`base::clean`]), so that no form and no call can forget to.
//! How a value is cleaned follows from its field's name; a field nobody named here is a text of one line.

use base::{Problem, clean};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Fields that keep their lines: what people write in a text area.
const LINES: &[&str] = &[
    "reason",
    "note",
    "again",
    "unforeseen",
    "other",
    "text",
    "question",
    "codes",
    "mishap_what",
    "mishap_done",
    "people",
    "bases",
    "receivers",
    "closing",
];
/// Names and titles that are typed into large boxes because they are long: of one line all the same.
const LONG_NAMES: &[&str] = &["name", "name_vi", "subject", "task", "definition_vi", "definition_en"];
/// Answers to a procedure's own questions, given and corrected; which of them are of one line is judged by their kind.
const ANSWERS: [&str; 2] = ["answer_", "answers."];
/// Fields whose blanks mean something: quotations that are found again in their text, a record as it is edited, JSON, whose own
/// texts are cleaned when it is read.
const VERBATIM: &[&str] = &[crate::sent::BODY, "quote", "quote_first", "quote_last", "version"];
/// What a person chose as a secret is not ours to change; it is hashed and never kept.
const SECRETS: &[&str] = &["current", "_csrf", "_once"];

/// How a field is cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Line,
    Lines,
    Verbatim,
    Secret,
}

fn shape(name: &str) -> Shape {
    if name.contains("password") || SECRETS.contains(&name) {
        Shape::Secret
    } else if VERBATIM.contains(&name) {
        Shape::Verbatim
    } else if LINES.contains(&name) || ANSWERS.iter().any(|answers| name.starts_with(answers)) {
        Shape::Lines
    } else {
        Shape::Line
    }
}

/// Whether somebody has thought about the lines of a text area of this name; of every one somebody must.
pub fn knows_text_area(name: &str) -> bool {
    matches!(shape(name), Shape::Lines | Shape::Verbatim) || LONG_NAMES.contains(&name)
}

/// The value of a form's field made clean.
///
/// # Errors
/// `base-text-control` at the field.
pub(crate) fn value(name: &str, text: &str) -> Result<String, Problem> {
    match shape(name) {
        Shape::Line => clean::line(text),
        Shape::Lines => clean::lines(text),
        Shape::Verbatim => clean::verbatim(text),
        Shape::Secret => Ok(text.to_owned()),
    }
    .map_err(|problem| problem.field(name))
}

/// The same for what is only shown again or looked for: what cannot be kept becomes a blank.
pub(crate) fn soft(name: &str, text: &str) -> String {
    value(name, text).unwrap_or_else(|_| clean::soft_line(text))
}

/// The pairs of a form made clean, or everything that is wrong with them.
pub(crate) fn pairs(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut clean = Vec::with_capacity(pairs.len());
    for (name, text) in pairs {
        match value(&name, &text) {
            Ok(text) => clean.push((name, text)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(clean) } else { Err(problems) }
}

/// What says that a JSON text holds a control character, in the words of an error of serde.
pub(crate) const CONTROL: &str = "control character ";

/// A text of one line wherever the name does not say otherwise. Answers to a procedure's questions stand in an object of their
/// own; which of them are of one line is judged by their kind.
pub(crate) fn one_line(value: &mut Value) {
    let Value::Object(object) = value else {
        if let Value::Array(list) = value {
            list.iter_mut().for_each(one_line);
        }
        return;
    };
    for (name, inner) in object.iter_mut() {
        match inner {
            Value::String(text) if shape(name) == Shape::Line => *text = clean::soft_line(text),
            Value::Object(_) if name == "answers" => {}
            inner => one_line(inner),
        }
    }
}

/// A JSON value with every text in it cleaned; an object that names a field twice is refused.
pub(crate) struct CleanJson(pub(crate) Value);

impl<'de> Deserialize<'de> for CleanJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

fn cleaned<E: Error>(text: &str) -> Result<String, E> {
    clean::lines(text).map_err(|problem| {
        let code = problem.args.first().map(|(_, code)| code.as_str()).unwrap_or_default();
        E::custom(format!("{CONTROL}`{code}`"))
    })
}

impl<'de> Visitor<'de> for Reader {
    type Value = CleanJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<CleanJson, E> {
        Ok(CleanJson(Value::from(v)))
    }

    fn visit_i64<E>(self, v: i64) -> Result<CleanJson, E> {
        Ok(CleanJson(Value::from(v)))
    }

    fn visit_u64<E>(self, v: u64) -> Result<CleanJson, E> {
        Ok(CleanJson(Value::from(v)))
    }

    fn visit_f64<E>(self, v: f64) -> Result<CleanJson, E> {
        // To JSON and its schemas 19546.0 and 1e3 are whole numbers, however a program writes them. Beyond what a fraction can
        // tell apart (2^53) it is not said which one was meant.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = v.fract() == 0.0 && v.abs() <= EXACT;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Ok(CleanJson(if whole { Value::from(v as i64) } else { Value::from(v) }))
    }

    fn visit_unit<E>(self) -> Result<CleanJson, E> {
        Ok(CleanJson(Value::Null))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<CleanJson, E> {
        cleaned(text).map(|text| CleanJson(Value::String(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<CleanJson, A::Error> {
        let mut values = Vec::new();
        while let Some(CleanJson(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(CleanJson(Value::Array(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CleanJson, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let CleanJson(value) = map.next_value()?;
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate field `{}`", clean::soft_line(&key))));
            }
            object.insert(key, value);
        }
        Ok(CleanJson(Value::Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cleaned_as_its_name_says() {
        let typed = " Thiếu\u{200b}:\r\n  một   bản ";
        assert_eq!(value("owner_name", typed).unwrap(), "Thiếu: một bản");
        assert_eq!(value("answers.members", typed).unwrap(), "Thiếu:\nmột bản");
        assert_eq!(value("reason", typed).unwrap(), "Thiếu:\nmột bản");
        assert_eq!(value("answer_members", typed).unwrap(), "Thiếu:\nmột bản");
        assert_eq!(value("quote", typed).unwrap(), " Thiếu:\n  một   bản ");
        assert_eq!(value("new_password", "a\0 \u{200b}").unwrap(), "a\0 \u{200b}");
        let problem = value("owner_name", "A\0B").unwrap_err();
        assert_eq!((problem.code, problem.field.as_deref()), ("base-text-control", Some("owner_name")));
        assert_eq!(soft("q", "A\0B"), "A B");
    }

    #[test]
    fn a_whole_number_is_one_however_a_program_writes_it() {
        let read = |text: &str| serde_json::from_str::<CleanJson>(text).map(|CleanJson(v)| v.to_string()).unwrap();
        assert_eq!(read("[19546.0,1e3,-0.0,-2.5e1]"), "[19546,1000,0,-25]");
        assert_eq!(read("[0.5,1.5e-1]"), "[0.5,0.15]");
        // Beyond 2^53 a fraction no longer says which whole number it is.
        assert_eq!(read("[9007199254740994.0,1e300]"), "[9007199254740994.0,1e+300]");
        #[derive(serde::Deserialize)]
        struct Asked {
            amount: i64,
            goal: f64,
        }
        let asked: Asked = crate::form::read_json(b"{\"amount\":19546.0,\"goal\":80}").unwrap();
        assert_eq!((asked.amount, asked.goal), (19_546, 80.0));
        assert!(crate::form::read_json::<Asked>(b"{\"amount\":0.5,\"goal\":80}").is_err());
    }

    #[test]
    fn every_text_of_a_json_body_is_cleaned_wherever_it_stands() {
        let read = |text: &str| {
            serde_json::from_str::<CleanJson>(text).map(|CleanJson(mut v)| {
                one_line(&mut v);
                v.to_string()
            })
        };
        assert_eq!(read("{\"answers\":{\"members\":\"a\\nb\"}}").unwrap(), "{\"answers\":{\"members\":\"a\\nb\"}}");
        assert_eq!(
            read("{\"owner\":{\"name\":\" Ðào\\u200b\\nLan \"},\"reason\":\"a\\r\\nb\",\"n\":[1,-2,0.5,null,true]}")
                .unwrap(),
            "{\"n\":[1,-2,0.5,null,true],\"owner\":{\"name\":\"Đào Lan\"},\"reason\":\"a\\nb\"}"
        );
        assert!(read("{\"a\":\"x\\u0000\"}").unwrap_err().to_string().starts_with("control character `U+0000`"));
        assert!(read("{\"a\":1,\"a\":2}").unwrap_err().to_string().starts_with("duplicate field `a`"));
    }
}
