//! A draft programme changed target by target, what still keeps it from force, and its parts as the forms show them.

use crate::documents::UNSORTED;
use crate::programme::{Programme, Subject, Target, targets_of};
use base::Problem;
use web::FormMap;

/// Puts a subject with its one target into a programme: to its like, or where the old one stood, or at the end.
pub(crate) fn place(programme: &mut Programme, old: Option<&str>, mut subject: Subject) {
    let stands = |one: &Subject| old.is_some_and(|old| one.targets.iter().any(|target| target.id == old));
    let at = programme.subjects.iter().position(stands).unwrap_or(programme.subjects.len());
    let within = programme
        .subjects
        .get(at)
        .and_then(|one| one.targets.iter().position(|target| Some(target.id.as_str()) == old));
    if let Some(old) = old {
        remove(programme, old);
    }
    let like = |one: &&mut Subject| {
        subject.task.is_none()
            && one.task.is_none()
            && (&one.name_vi, &one.name_en, &one.clause, &one.axis, &one.indicator)
                == (&subject.name_vi, &subject.name_en, &subject.clause, &subject.axis, &subject.indicator)
    };
    match programme.subjects.iter_mut().find(like) {
        Some(like) => {
            let to = within.unwrap_or(like.targets.len()).min(like.targets.len());
            let targets = std::mem::take(&mut subject.targets);
            like.targets.splice(to..to, targets);
        }
        None => programme.subjects.insert(at.min(programme.subjects.len()), subject),
    }
    number(programme);
}

/// Takes a target or task out; whether it stood there.
pub(crate) fn remove(programme: &mut Programme, id: &str) -> bool {
    let mut found = false;
    for subject in &mut programme.subjects {
        let before = subject.targets.len();
        subject.targets.retain(|target| target.id != id);
        found |= subject.targets.len() < before;
    }
    programme.subjects.retain(|subject| !subject.targets.is_empty());
    number(programme);
    found
}

/// Subjects are named by their place; what refers to them refers to their targets.
fn number(programme: &mut Programme) {
    let code = programme.code.to_lowercase();
    for (n, subject) in (1..).zip(&mut programme.subjects) {
        subject.id = format!("{code}-{n:03}");
    }
}

/// What keeps a draft from being put in force.
pub(crate) fn unfit(programme: &Programme) -> Vec<Problem> {
    let mut problems = Vec::new();
    if programme.subjects.is_empty() {
        problems.push(Problem::new("reform-draft-empty"));
    }
    for (missing, field) in [
        (programme.document.trim().is_empty(), "document"),
        (programme.issuer.trim().is_empty(), "issuer"),
        (programme.name_vi.trim().is_empty(), "name_vi"),
    ] {
        if missing {
            problems.push(Problem::new("reform-draft-head").arg("field", field));
        }
    }
    let unsorted: Vec<&str> = targets_of(programme)
        .filter(|placed| placed.subject.axis == UNSORTED)
        .map(|placed| placed.target.id.as_str())
        .collect();
    if let Some(first) = unsorted.first() {
        problems.push(Problem::new("reform-draft-unsorted").arg("n", unsorted.len()).arg("first", first));
    }
    problems
}

pub(crate) fn map(pairs: &[(&str, String)]) -> FormMap {
    FormMap(pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![value.clone()])).collect())
}

/// English only where it was given.
fn english_given(vi: &str, en: &str) -> String {
    if vi == en { String::new() } else { en.to_owned() }
}

/// The head as its form shows it.
pub(crate) fn shown_head(programme: &Programme) -> FormMap {
    map(&[
        ("document", programme.document.clone()),
        ("issuer", programme.issuer.clone()),
        ("name_vi", programme.name_vi.clone()),
        ("name_en", english_given(&programme.name_vi, &programme.name_en)),
        ("decided", programme.decided.to_string()),
        ("from", programme.from.unwrap_or(programme.decided.year()).to_string()),
        ("until", programme.until.to_string()),
    ])
}

/// A target or task as its form shows it.
pub(crate) fn shown(subject: &Subject, target: &Target) -> FormMap {
    let number = |value: f64| value.to_string().replace('.', ",");
    let task = subject.task.as_ref();
    map(&[
        ("strive", i64::from(target.strive).to_string()),
        ("subject", subject.name_vi.clone()),
        ("subject_en", english_given(&subject.name_vi, &subject.name_en)),
        ("clause", target.clause.clone().unwrap_or_else(|| subject.clause.clone())),
        ("axis", subject.axis.clone()),
        ("text", target.text.clone()),
        ("level", target.level.clone()),
        ("compare", target.compare.as_str().to_owned()),
        ("value", number(target.value)),
        ("value_high", target.value_high.map(number).unwrap_or_default()),
        ("unit", target.unit.as_str().to_owned()),
        ("of", target.of.map(|of| of.to_string()).unwrap_or_default()),
        ("due", target.due.to_string()),
        ("indicator", subject.indicator.clone().unwrap_or_default()),
        ("lead", task.map(|task| task.lead.clone()).unwrap_or_default()),
        ("coordinating", task.map(|task| task.coordinating.clone()).unwrap_or_default()),
        ("product", task.map(|task| task.product.clone()).unwrap_or_default()),
        ("deadline", target.date.clone().unwrap_or_default()),
    ])
}
