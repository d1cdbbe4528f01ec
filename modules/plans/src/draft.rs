//! From taken targets to a draft programme in the words of steering.

use crate::document::{Body, Document, Item, clause_at};
use base::{Date, Problem};
use planreader::{Comparator, Level, Target, Unit, Value};
use reform::DraftProgramme;
use reform::programme::{self as steering, Compare, Measure, Programme, Subject};
use web::FormMap;

/// The head as the document gives it, for the form.
pub fn proposed(document: &Document, items: &[Item]) -> FormMap {
    let metadata = &document.metadata;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let last = targets(items).filter_map(|(_, target)| target.due.as_deref()?.parse::<i16>().ok()).max();
    let mut map = FormMap::default();
    let mut put = |name: &str, value: String| map.0.insert(name.to_owned(), vec![value]);
    put("name", document.title().to_owned());
    put("number", text(&metadata.number));
    put("issuer", text(&metadata.issuer));
    put("decided", text(&metadata.date));
    put("until", last.map(|year| year.to_string()).unwrap_or_default());
    map
}

/// Reads the form of the head: a programme without targets. Its last year is that of targets without a year of their own.
///
/// # Errors
/// Every broken rule with its field.
pub fn head(form: &FormMap) -> Result<Programme, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut words = |field: &str, max: usize| match form.get(field) {
        None => {
            problems.push(Problem::new("plan-required").field(field));
            String::new()
        }
        Some(text) if text.chars().count() > max => {
            problems.push(Problem::too_long(max).field(field));
            String::new()
        }
        Some(text) => text.to_owned(),
    };
    let (name_vi, document, issuer) = (words("name", 500), words("number", 100), words("issuer", 300));
    let decided: Option<Date> = form.text("decided").parse().ok();
    if decided.is_none() {
        problems.push(Problem::new("plan-day-wrong").field("decided"));
    }
    let until = form.text("until").parse::<i16>().ok().filter(|year| crate::fields::YEARS.contains(year));
    if until.is_none() {
        problems.push(Problem::new("plan-due-wrong").field("until"));
    }
    match (decided, until) {
        (Some(decided), Some(until)) if problems.is_empty() => {
            Ok(Programme { name_vi, document, issuer, decided, until, ..Programme::default() })
        }
        _ => Err(problems),
    }
}

/// The targets people took, in the order of the text.
fn targets(items: &[Item]) -> impl Iterator<Item = (&Item, &Target)> {
    let mut taken: Vec<(&Item, &Target)> = items
        .iter()
        .filter(|item| item.state.is_taken())
        .filter_map(|item| match &item.body {
            Body::Target(target) => Some((item, target)),
            _ => None,
        })
        .collect();
    taken.sort_by_key(|(item, target)| (target.offset, item.n));
    taken.into_iter()
}

/// The draft of a document's taken targets.
pub fn programme(document: &Document, items: &[Item], head: Programme) -> DraftProgramme {
    let subjects = targets(items).map(|(_, target)| in_steering(target, &document.text, head.until)).collect();
    let programme = Programme { subjects, ..head };
    DraftProgramme { agency_path: document.agency_path.clone(), source: document.id, programme }
}

fn in_steering(target: &Target, text: &str, until: i16) -> Subject {
    let has = |tag: &str| target.tags.iter().any(|known| known == tag);
    let (value, value_high) = match target.value {
        Value::One(value) => (value, None),
        Value::Range(low, high) => (low, Some(high)),
    };
    let yearly = has("annual");
    let compare = match target.comparator {
        Comparator::Gte if has("strict") => Compare::MoreThan,
        Comparator::Gte => Compare::AtLeast,
        Comparator::Lte => Compare::AtMost,
        Comparator::Eq => Compare::Exactly,
        Comparator::Range => Compare::Range,
        Comparator::ReduceBy => Compare::ReduceBy,
        Comparator::IncreaseBy if yearly && target.unit == Unit::RankSteps => Compare::ClimbYearly,
        Comparator::IncreaseBy if yearly => Compare::IncreaseYearly,
        Comparator::IncreaseBy => Compare::IncreaseBy,
        Comparator::RankWithin => Compare::RankWithin,
    };
    let unit = match target.unit {
        Unit::Percent if yearly => Measure::PercentAYear,
        Unit::Percent => Measure::Percent,
        Unit::Count => Measure::Count,
        Unit::Days => Measure::Days,
        Unit::Hours => Measure::Hours,
        Unit::Minutes => Measure::Minutes,
        Unit::Points => Measure::Points,
        Unit::Times => Measure::Times,
        Unit::TimesPerYear => Measure::TimesAYear,
        Unit::TimesPerQuarter => Measure::TimesAQuarter,
        Unit::TimesPerMonth => Measure::TimesAMonth,
        Unit::Per100 => Measure::Per100,
        Unit::Per1000 => Measure::Per1000,
        Unit::Per10000 => Measure::Per10000,
        Unit::Per100000 => Measure::Per100000,
        Unit::RankGroup => Measure::Rank,
        Unit::RankSteps if yearly => Measure::PlacesAYear,
        Unit::RankSteps => Measure::Places,
    };
    let level = match target.level {
        Some(Level::Province) => "province",
        Some(Level::District) => "district",
        Some(Level::Commune) => "commune",
        // A clause that names no tier asks it of the whole.
        Some(Level::All) | None => "all",
    };
    let due = target.due.as_deref().and_then(|year| year.parse().ok()).unwrap_or(until);
    let blank = steering::Target::blank(String::new(), due, target.quote.clone());
    let targets = vec![steering::Target { compare, value, value_high, unit, level: level.to_owned(), ..blank }];
    Subject { clause: clause_at(text, target.offset), name_vi: target.subject.clone(), targets, ..Subject::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_target_keeps_its_clause_quote_value_and_year() {
        let text = "II. MỤC TIÊU\n1. Đến năm 2025, tối thiểu 80% hồ sơ được xử lý trực tuyến.\n2. Trên 90% người dân hài lòng.";
        let read = planreader::read_plan(text).targets;
        let read: Vec<Subject> = read.iter().map(|target| in_steering(target, text, 2030)).collect();
        let (first, second) = (&read[0].targets[0], &read[1].targets[0]);
        assert_eq!((first.compare, first.value, first.due), (Compare::AtLeast, 80.0, 2025));
        assert_eq!((read[0].clause.as_str(), first.level.as_str()), ("II.1", "all"));
        assert!(read.iter().all(|one| text.contains(&one.targets[0].text)));
        assert_eq!((second.value, read[1].clause.as_str()), (90.0, "II.2"));
    }

    #[test]
    fn the_head_of_a_programme_is_whole_or_says_what_is_missing() {
        let mut form = FormMap::default();
        let fields = |problems: Vec<Problem>| problems.into_iter().filter_map(|p| p.field).collect::<Vec<_>>();
        assert_eq!(fields(head(&form).unwrap_err()), ["name", "number", "issuer", "decided", "until"]);
        let filled = [
            ("name", "Chương trình"),
            ("number", "10-NQ/TU"),
            ("issuer", "Tỉnh ủy"),
            ("decided", "2021-12-29"),
            ("until", "2030"),
        ];
        form.0.extend(filled.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])));
        assert_eq!(head(&form).unwrap().until, 2030);
        form.0.insert("until".into(), vec!["30".into()]);
        assert_eq!(fields(head(&form).unwrap_err()), ["until"]);
    }
}
