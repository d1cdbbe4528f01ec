//! Answers an applicant declared, and corrects.

use crate::dossier::Applicant;
use crate::owner;
use base::{Date, Fault, Problem};
use catalogue::Version;
use std::collections::BTreeMap;

/// What the input of an answer is called, on pages and in the API.
pub const ANSWER: &str = "answers.";

fn at(name: &str) -> String {
    format!("{ANSWER}{name}")
}

/// The applicant with the answers given, and the names of those that differ from before; `None` when none does. Answers not named stay
/// as they were.
///
/// # Errors
/// A field that the form does not have, and what a wrong answer breaks, at `answers.NAME`.
pub fn correct(
    version: &Version,
    applicant: &Applicant,
    given: &BTreeMap<String, String>,
    today: Date,
) -> Result<Option<(Applicant, Vec<String>)>, Fault> {
    let before: BTreeMap<String, String> = serde_json::from_str(&applicant.answers).unwrap_or_default();
    let (mut after, mut problems, mut changed) = (before.clone(), Vec::new(), Vec::new());
    for (name, answer) in given {
        let Some(field) = version.form.fields().find(|field| field.name == *name) else {
            problems.push(Problem::new("dossier-asked-answer-unknown").field(at(name)).arg("word", name));
            continue;
        };
        match owner::answer(field, answer, today) {
            Err(problem) => problems.push(problem.field(at(name))),
            Ok(answer) if before.get(name).map_or("", String::as_str) == answer => {}
            Ok(answer) => {
                changed.push(name.clone());
                match answer.as_str() {
                    "" => after.remove(name),
                    _ => after.insert(name.clone(), answer),
                };
            }
        }
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    if changed.is_empty() {
        return Ok(None);
    }
    let answers = serde_json::to_string(&after).map_err(Fault::internal)?;
    Ok(Some((Applicant { answers, ..applicant.clone() }, changed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::version;

    const TODAY: Date = Date::constant(2026, 11, 2);

    fn applicant() -> Applicant {
        Applicant { answers: r#"{"name":"Nguyễn Văn Bé","sex":"Nam"}"#.to_owned(), ..Applicant::default() }
    }

    fn given(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
        answers.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
    }

    #[test]
    fn what_differs_is_corrected_and_the_rest_stays() {
        let (after, fields) =
            correct(&version(), &applicant(), &given(&[("sex", "Nữ"), ("name", "Nguyễn Văn Bé")]), TODAY)
                .unwrap()
                .unwrap();
        assert_eq!(fields, ["sex"]);
        assert_eq!(after.answers, r#"{"name":"Nguyễn Văn Bé","sex":"Nữ"}"#);
        assert_ne!(after.digest(), applicant().digest());
        assert_eq!(correct(&version(), &applicant(), &given(&[("sex", " Nam ")]), TODAY).unwrap(), None);
        assert_eq!(correct(&version(), &applicant(), &BTreeMap::new(), TODAY).unwrap(), None);
    }

    #[test]
    fn a_corrected_answer_is_judged_like_a_first_one() {
        let refused = correct(&version(), &applicant(), &given(&[("sex", "?"), ("name", ""), ("shoe", "42")]), TODAY);
        let Err(Fault::Invalid(problems)) = refused else { panic!("{refused:?}") };
        let told: Vec<(&str, &str)> =
            problems.iter().map(|p| (p.field.as_deref().unwrap_or_default(), p.code)).collect();
        assert_eq!(
            told,
            [
                ("answers.name", "dossier-answer-required"),
                ("answers.sex", "dossier-answer-choice"),
                ("answers.shoe", "dossier-asked-answer-unknown")
            ]
        );
    }
}
