//! Named places of a wording: `{owner}`, `{answers.child_name}`. They are filled with words, once; what fills one is never read as a place.

use base::Problem;
use std::collections::BTreeMap;

/// The places every wording has.
pub const KNOWN: [&str; 14] = [
    "owner",
    "owner_number",
    "owner_phone",
    "owner_address",
    "submitter",
    "summary",
    "code",
    "procedure",
    "procedure_code",
    "received_on",
    "agency",
    "agency_above",
    "number",
    "decided_on",
];
/// Of these, what is known only when it is decided: they stay in a draft.
pub const LATE: [&str; 2] = ["number", "decided_on"];
/// What begins the place of an answer.
pub const ANSWERS: &str = "answers.";
/// What stands where nothing was answered.
pub const BLANK: &str = "……";

/// A text in pieces: words, and names of places.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Words(&'a str),
    Place(&'a str),
}

/// The parts of a text; a brace that is left over is an error.
fn parts(text: &str) -> Result<Vec<Part<'_>>, ()> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        let (name, after) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or(())?;
        if name.contains('{') {
            return Err(());
        }
        if !before.is_empty() {
            parts.push(Part::Words(before));
        }
        parts.push(Part::Place(name));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    Ok(parts)
}

/// What is wrong with the places of a text, each by its name. `allowed`: none where no place is filled; within, the names of the answers there
/// are, none where the wording is of many procedures.
pub fn problems(text: &str, allowed: Option<Option<&[&str]>>) -> Vec<Problem> {
    let Ok(parts) = parts(text) else { return vec![Problem::new("wording-place-open")] };
    let mut wrong: Vec<(&str, &'static str)> = Vec::new();
    for part in parts {
        let Part::Place(name) = part else { continue };
        let code = match (allowed, name.strip_prefix(ANSWERS)) {
            (Some(_), None) if KNOWN.contains(&name) => continue,
            (Some(Some(answers)), Some(answer)) if answers.contains(&answer) => continue,
            (Some(None), Some(_)) => "wording-place-of-a-procedure",
            _ => "wording-place-unknown",
        };
        if !wrong.contains(&(name, code)) {
            wrong.push((name, code));
        }
    }
    wrong.into_iter().map(|(name, code)| Problem::new(code).arg("place", base::text::clip(name, 60))).collect()
}

/// The text with those places filled that there are values for; the others stay.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    fill_with(text, |name| values.get(name).cloned())
}

/// The same, with a value for each place or none.
pub fn fill_with(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let Ok(parts) = parts(text) else { return text.to_owned() };
    let word = |part: &Part<'_>| match part {
        Part::Words(words) => (*words).to_owned(),
        Part::Place(name) => match value(name) {
            Some(value) if value.trim().is_empty() => BLANK.to_owned(),
            Some(value) => plain(&value),
            None => format!("{{{name}}}"),
        },
    };
    parts.iter().map(word).collect()
}

/// A value as it is put into a text: its braces are no places.
fn plain(value: &str) -> String {
    value.replace('{', "(").replace('}', ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, allowed: Option<Option<&[&str]>>) -> Vec<(&'static str, String)> {
        let place = |one: &Problem| one.args.iter().find(|(name, _)| name == "place").map(|(_, text)| text.clone());
        problems(text, allowed).iter().map(|one| (one.code, place(one).unwrap_or_default())).collect()
    }

    #[test]
    fn unknown_places_are_named_once_each() {
        let said = |code: &'static str, place: &str| (code, place.to_owned());
        let all = Some(Some(&["name"][..]));
        assert_eq!(codes("{owner}, {answers.name}, {number}: không có chỗ nào sai.", all), []);
        let wrong = codes("{owenr} {answers.nmae} {owenr} {}", all);
        let unknown = "wording-place-unknown";
        assert_eq!(wrong, [said(unknown, "owenr"), said(unknown, "answers.nmae"), said(unknown, "")]);
        let many = codes("{answers.name}", Some(None));
        assert_eq!(many, [said("wording-place-of-a-procedure", "answers.name")]);
        assert_eq!(codes("{owner}", None), [said(unknown, "owner")]);
        for open in ["{owner", "owner}", "{{owner}}", "}{"] {
            assert_eq!(codes(open, all), [said("wording-place-open", "")], "{open}");
        }
    }

    #[test]
    fn places_are_filled_once_and_nothing_of_a_value_is_obeyed() {
        let values = BTreeMap::from([
            ("owner".to_owned(), "Lê {number} Văn".to_owned()),
            ("summary".to_owned(), " ".to_owned()),
        ]);
        assert_eq!(fill("Ông {owner}, số {number}: {summary}.", &values), "Ông Lê (number) Văn, số {number}: …….");
        assert_eq!(fill("{owner", &values), "{owner");
    }
}
