//! Answers an applicant declared, and corrects.

use crate::dossier::Applicant;
use crate::owner;
use base::{Date, Fault, Problem};
use catalogue::{Field, Version};
use std::collections::BTreeMap;

/// What the input of an answer is called, on pages and in the API.
pub const ANSWER: &str = "answers.";

fn at(name: &str) -> String {
    format!("{ANSWER}{name}")
}

/// The applicant with the answers given, and the names of those that differ from before; `None` when none does. Answers not named stay
/// as they were. They are judged as at filing: each by itself, and together with the personal number they belong to; `sure`: the person
/// was asked about what disagrees with it, and it is so.
///
/// # Errors
/// A field that the form does not have, and what a wrong answer breaks, at `answers.NAME`.
pub fn correct(
    version: &Version,
    applicant: &Applicant,
    (given, sure): (&BTreeMap<String, String>, bool),
    today: Date,
) -> Result<Option<(Applicant, Vec<String>)>, Fault> {
    let before: BTreeMap<String, String> = serde_json::from_str(&applicant.answers).unwrap_or_default();
    let (mut after, mut problems, mut changed) = (before.clone(), Vec::new(), Vec::new());
    for (name, typed) in given {
        let Some(field) = version.form.fields().find(|field| field.name == *name) else {
            problems.push(Problem::new("dossier-asked-answer-unknown").field(at(name)).arg("word", name));
            continue;
        };
        // Who has no personal number is known by the paper given at filing, here too.
        let answer = match owner::known_by(applicant, field, typed) {
            Some(number) => Ok(number.to_owned()),
            None => owner::answer(field, typed, today),
        };
        match answer {
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
    if !changed.is_empty() {
        problems.extend(together(version, applicant, (&before, &after), sure));
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

/// What the corrected answers break together that the answers before did not.
fn together(
    version: &Version,
    applicant: &Applicant,
    (before, after): (&BTreeMap<String, String>, &BTreeMap<String, String>),
    sure: bool,
) -> Vec<Problem> {
    let told = |answers: &BTreeMap<String, String>| {
        owner::disagreements(version, |name| answers.get(name).map(String::as_str), ANSWER)
    };
    let mut problems = Vec::new();
    if !sure {
        let known = told(before);
        problems.extend(told(after).into_iter().filter(|problem| !known.contains(problem)));
    }
    let sent = |answers: &BTreeMap<String, String>, field: &Field| {
        answers.get(&field.name).is_some_and(|answer| field.needs_address.contains(answer))
    };
    if applicant.owner_address.is_empty()
        && let Some(field) = version.form.fields().find(|field| sent(after, field) && !sent(before, field))
    {
        problems.push(Problem::new("dossier-answer-needs-address").field(at(&field.name)));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::version;
    use catalogue::FieldKind;

    const TODAY: Date = Date::constant(2026, 11, 2);

    fn applicant() -> Applicant {
        Applicant { answers: r#"{"name":"Nguyễn Văn Bé","sex":"Nam"}"#.to_owned(), ..Applicant::default() }
    }

    fn given(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
        answers.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
    }

    /// Not asked yet whether it is so.
    fn judged(answers: &[(&str, &str)]) -> Result<Option<(Applicant, Vec<String>)>, Fault> {
        correct(&version(), &applicant(), (&given(answers), false), TODAY)
    }

    #[test]
    fn what_differs_is_corrected_and_the_rest_stays() {
        let (after, fields) = judged(&[("sex", "Nữ"), ("name", "Nguyễn Văn Bé")]).unwrap().unwrap();
        assert_eq!(fields, ["sex"]);
        assert_eq!(after.answers, r#"{"name":"Nguyễn Văn Bé","sex":"Nữ"}"#);
        assert_ne!(after.digest(), applicant().digest());
        assert_eq!(judged(&[("sex", " Nam ")]).unwrap(), None);
        assert_eq!(judged(&[]).unwrap(), None);
    }

    #[test]
    fn a_corrected_answer_is_judged_like_a_first_one() {
        let refused = judged(&[("sex", "?"), ("name", ""), ("shoe", "42")]);
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

    #[test]
    fn corrected_answers_are_judged_together_with_those_they_belong_to_as_at_filing() {
        let mut version = version();
        let fields = &mut version.form.groups[0].fields;
        let like = |name: &str, kind| Field {
            name: name.to_owned(),
            label: name.to_owned(),
            kind,
            required: false,
            options: Vec::new(),
            ..fields[0].clone()
        };
        let of_number = |field: Field| Field { of: "mother_number".to_owned(), ..field };
        let more = [
            like("mother_number", FieldKind::CitizenNumber),
            of_number(like("mother_born", FieldKind::Date)),
            Field { needs_address: vec!["Gửi".to_owned()], ..like("way", FieldKind::Text) },
        ];
        fields.extend(more);
        let filed = r#"{"mother_number":"094190000017","mother_born":"1990-02-03"}"#;
        let applicant = Applicant { answers: filed.to_owned(), ..Applicant::default() };
        let judge = |applicant: &Applicant, answers: &[(&str, &str)], sure| match correct(
            &version,
            applicant,
            (&given(answers), sure),
            TODAY,
        ) {
            Err(Fault::Invalid(problems)) => {
                problems.into_iter().map(|p| (p.field.unwrap_or_default(), p.code)).collect::<Vec<_>>()
            }
            done => {
                assert!(matches!(done, Ok(Some(_))), "{done:?}");
                Vec::new()
            }
        };
        let year = [("answers.mother_born".to_owned(), "base-citizen-id-birth-year")];
        assert_eq!(judge(&applicant, &[("mother_born", "1991-02-03")], false), year);
        // The number corrected beside the birth that stands is the same question.
        assert_eq!(judge(&applicant, &[("mother_number", "094191000017")], false), year);
        assert_eq!(judge(&applicant, &[("mother_born", "1991-02-03")], true), []);
        assert_eq!(judge(&applicant, &[("mother_born", "1990-12-03")], false), []);
        // What was so at filing and is not touched is not asked again.
        let odd = Applicant { answers: filed.replace("1990-02", "1991-02"), ..Applicant::default() };
        assert_eq!(judge(&odd, &[("way", "Lấy tại quầy")], false), []);
        let nowhere = [("answers.way".to_owned(), "dossier-answer-needs-address")];
        assert_eq!(judge(&applicant, &[("way", "Gửi")], true), nowhere);
        let at_home = Applicant { owner_address: "Ninh Kiều".to_owned(), ..applicant.clone() };
        assert_eq!(judge(&at_home, &[("way", "Gửi")], false), []);
        // Who has no personal number is known by the paper given at filing.
        let foreign = Applicant { owner_paper: "passport".into(), owner_number: "C01234567".into(), ..at_home };
        assert_eq!(judge(&foreign, &[("mother_number", "c 0123-4567")], false), []);
        let wrong = judge(&applicant, &[("mother_number", "C01234567")], false);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }
}
