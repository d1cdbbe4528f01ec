//! What is typed on the forms of a draft programme, read into targets and tasks by rules that name the field.

use crate::declare::hundredths;
use crate::programme::{Compare, Measure, Programme, Subject, Target, Task, targets_of};
use base::{Date, Problem};
use organisation::Tree;
use records::Given;
use web::FormMap;

/// Longest name of a programme, a target or a task, in letters.
const NAME_MAX: usize = 300;
/// Longest quote of the document.
const TEXT_MAX: usize = 1_000;
/// Longest number, clause or issuer.
const SHORT_MAX: usize = 120;
/// Targets and tasks of one programme: the largest plan seen has some three hundred.
const TARGETS_MAX: usize = 1_000;
/// Years a programme may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2100;

pub(crate) const AXES: [&str; 7] =
    ["institutions", "procedures", "apparatus", "civil-service", "finance", "digital", "steering"];
/// The district is history: no new target is asked of it.
pub(crate) const LEVELS: [&str; 3] = ["all", "province", "commune"];
pub(crate) const COMPARES: [Compare; 10] = [
    Compare::AtLeast,
    Compare::MoreThan,
    Compare::AtMost,
    Compare::Exactly,
    Compare::Range,
    Compare::RankWithin,
    Compare::ReduceBy,
    Compare::IncreaseBy,
    Compare::IncreaseYearly,
    Compare::ClimbYearly,
];
pub(crate) const UNITS: [Measure; 18] = [
    Measure::Percent,
    Measure::Count,
    Measure::Points,
    Measure::Rank,
    Measure::Places,
    Measure::PointsAYear,
    Measure::PercentAYear,
    Measure::PlacesAYear,
    Measure::TimesAYear,
    Measure::TimesAQuarter,
    Measure::TimesAMonth,
    Measure::Times,
    Measure::Days,
    Measure::Hours,
    Measure::Minutes,
    Measure::Per100,
    Measure::Per1000,
    Measure::Per10000,
];

/// What a form sent, as it came or as an act was given it.
pub(crate) trait Fields {
    /// A field's text; empty where nothing was typed.
    fn text(&self, name: &str) -> &str;
}

impl Fields for Given {
    fn text(&self, name: &str) -> &str {
        Given::text(self, name)
    }
}

impl Fields for FormMap {
    fn text(&self, name: &str) -> &str {
        FormMap::text(self, name)
    }
}

/// A form's fields, read one by one; what is wrong is collected.
struct Reader<'a> {
    given: &'a dyn Fields,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, field: &'static str) {
        self.problems.push(Problem::new(code).field(field));
    }

    fn text(&mut self, field: &'static str, required: bool, max: usize) -> String {
        let text = self.given.text(field).replace("\r\n", "\n");
        if required && text.is_empty() {
            self.wrong("reform-field-missing", field);
        }
        if text.chars().count() > max {
            self.problems.push(Problem::new("reform-too-long").field(field).arg("max", max));
        }
        text
    }

    fn year(&mut self, field: &'static str) -> Option<i16> {
        let year = self.given.text(field).parse().ok().filter(|year| YEARS.contains(year));
        if year.is_none() {
            self.wrong("reform-year", field);
        }
        year
    }

    fn day(&mut self, field: &'static str) -> Option<Date> {
        let day = self.given.text(field).parse().ok().filter(|day: &Date| YEARS.contains(&day.year()));
        if day.is_none() {
            self.wrong("reform-day", field);
        }
        day
    }

    fn word<T: Copy>(&mut self, field: &'static str, among: &[T], word: impl Fn(T) -> &'static str) -> Option<T> {
        let found = among.iter().copied().find(|one| word(*one) == self.given.text(field));
        if found.is_none() {
            self.wrong("reform-choose", field);
        }
        found
    }

    fn number(&mut self, field: &'static str) -> Option<f64> {
        let number = hundredths(self.given.text(field)).map(|n| n as f64 / 100.0);
        if number.is_none() {
            self.wrong("reform-number", field);
        }
        number
    }

    fn done<T>(self, made: Option<T>) -> Result<T, Vec<Problem>> {
        match made {
            Some(made) if self.problems.is_empty() => Ok(made),
            _ => Err(self.problems),
        }
    }
}

fn reader(given: &dyn Fields) -> Reader<'_> {
    Reader { given, problems: Vec::new() }
}

/// The English beside a Vietnamese name; where none is given the document's one language stands.
fn english(name: &str, vi: &str) -> String {
    if name.is_empty() { vi.to_owned() } else { name.to_owned() }
}

/// Writes what the head of a programme says into it.
pub(crate) fn head(given: &dyn Fields, programme: &Programme, today: Date) -> Result<Programme, Vec<Problem>> {
    let mut read = reader(given);
    let document = read.text("document", true, SHORT_MAX);
    let issuer = read.text("issuer", true, SHORT_MAX);
    let name_vi = read.text("name_vi", true, NAME_MAX);
    let name_en = read.text("name_en", false, NAME_MAX);
    let decided = read.day("decided");
    if decided.is_some_and(|day| day > today) {
        read.wrong("reform-day-future", "decided");
    }
    let (from, until) = (read.year("from"), read.year("until"));
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        read.wrong("reform-period-reversed", "until");
    }
    // What already stands in it stays within its years.
    let last = targets_of(programme).map(|placed| placed.target.due).max();
    if until.zip(last).is_some_and(|(until, last)| last > until) {
        read.problems.push(Problem::new("reform-period-cuts").field("until").arg("year", last.unwrap_or_default()));
    }
    let name_en = english(&name_en, &name_vi);
    let made = decided.zip(from).zip(until).map(|((decided, from), until)| Programme {
        document,
        issuer,
        name_vi,
        name_en,
        decided,
        from: Some(from),
        until,
        ..programme.clone()
    });
    read.done(made)
}

/// Does this unit suit the comparison?
fn suits(compare: Compare, unit: Measure) -> bool {
    let places = matches!(unit, Measure::Places | Measure::PlacesAYear);
    match compare {
        Compare::RankWithin => unit == Measure::Rank,
        Compare::ClimbYearly => places,
        Compare::IncreaseYearly => matches!(unit, Measure::PointsAYear | Measure::PercentAYear),
        _ => unit != Measure::Rank && !places,
    }
}

/// Can what a record counts, a share, be held against such a goal?
fn counted(compare: Compare, unit: Measure) -> bool {
    match compare {
        Compare::IncreaseYearly => unit == Measure::PointsAYear,
        compare => share(compare) && unit == Measure::Percent,
    }
}

/// Is the value held against the goal as it is?
fn share(compare: Compare) -> bool {
    matches!(compare, Compare::AtLeast | Compare::MoreThan | Compare::AtMost | Compare::Exactly | Compare::Range)
}

/// One target as its form says it, in a subject of its own. `old` is the target it takes the place of.
pub(crate) fn target(
    given: &dyn Fields,
    programme: &Programme,
    old: Option<&str>,
    (measured, today): (&facts::Indicators, Date),
) -> Result<Subject, Vec<Problem>> {
    let mut read = reader(given);
    let name_vi = read.text("subject", true, NAME_MAX);
    let name_en = read.text("subject_en", false, NAME_MAX);
    let clause = read.text("clause", false, SHORT_MAX);
    let text = read.text("text", true, TEXT_MAX);
    let axis = read.word("axis", &AXES, |axis| axis);
    let level = read.word("level", &LEVELS, |level| level);
    let compare = read.word("compare", &COMPARES, Compare::as_str);
    let unit = read.word("unit", &UNITS, Measure::as_str);
    let value = read.number("value");
    let value_high = match compare {
        Some(Compare::Range) => read.number("value_high"),
        _ => None,
    };
    if value.zip(value_high).is_some_and(|(low, high)| high <= low) {
        read.wrong("reform-range", "value_high");
    }
    if compare.zip(unit).is_some_and(|(compare, unit)| !suits(compare, unit)) {
        read.wrong("reform-unit-unfit", "unit");
    }
    let some = |name: &str| Some(given.text(name)).filter(|text| !text.is_empty());
    let of = some("of").map(str::parse::<u32>);
    let ranks = compare == Some(Compare::RankWithin);
    if of.as_ref().is_some_and(|of| !matches!(of, Ok(1..=1_000))) {
        read.wrong("reform-count", "of");
    }
    let of = of.and_then(Result::ok).filter(|_| ranks);
    if ranks
        && value.is_some_and(|value| value < 1.0 || value.fract() != 0.0 || of.is_some_and(|of| value > f64::from(of)))
    {
        read.wrong("reform-rank", "value");
    }
    let plain = compare.is_some_and(share) && unit == Some(Measure::Percent);
    if plain && value.into_iter().chain(value_high).any(|value| value > 100.0) {
        read.wrong("reform-percent-over", "value");
    }
    let due = read.year("due");
    if due.is_some_and(|due| due < programme.from.unwrap_or(programme.decided.year()) || due > programme.until) {
        let years = format!("{}–{}", programme.from.unwrap_or(programme.decided.year()), programme.until);
        read.problems.push(Problem::new("reform-due-outside").field("due").arg("years", years));
    }
    let indicator = some("indicator").map(str::to_owned);
    if let Some(id) = &indicator {
        if measured.get(id, today).is_none() {
            read.wrong("reform-choose", "indicator");
        } else if compare.zip(unit).is_some_and(|(compare, unit)| !counted(compare, unit)) {
            // What a record counts is a share.
            read.wrong("reform-indicator-share", "indicator");
        }
    }
    if old.is_none() && targets_of(programme).count() >= TARGETS_MAX {
        read.problems.push(Problem::new("reform-targets-many").arg("max", TARGETS_MAX));
    }
    let twice = targets_of(programme).filter(|placed| old != Some(&placed.target.id)).any(|placed| {
        placed.subject.name_vi == name_vi
            && placed.subject.clause == clause
            && Some(placed.target.level.as_str()) == level
            && Some(placed.target.due) == due
            && Some(placed.target.compare) == compare
    });
    if twice {
        read.wrong("reform-target-twice", "due");
    }
    let name_en = english(&name_en, &name_vi);
    let made = axis.zip(level).zip(compare).zip(unit).zip(value).zip(due);
    let made = made.map(|(((((axis, level), compare), unit), value), due)| Subject {
        axis: axis.to_owned(),
        clause,
        name_vi,
        name_en,
        indicator,
        targets: vec![Target {
            compare,
            value,
            value_high,
            unit,
            of,
            // A yearly rise of a share ends at the whole.
            cap: (unit == Measure::PointsAYear).then_some(100.0),
            baseline: (compare == Compare::IncreaseYearly).then(|| "previous-year".to_owned()),
            level: level.to_owned(),
            strive: given.text("strive") == "1",
            ..Target::blank(id_for(programme, old), due, text)
        }],
        ..Subject::default()
    });
    read.done(made)
}

/// One task as its form says it; its target is the deadline.
pub(crate) fn task(
    given: &dyn Fields,
    programme: &Programme,
    old: Option<&str>,
    tree: &Tree,
) -> Result<Subject, Vec<Problem>> {
    let mut read = reader(given);
    let name_vi = read.text("subject", true, NAME_MAX);
    let name_en = read.text("subject_en", false, NAME_MAX);
    let clause = read.text("clause", false, SHORT_MAX);
    let axis = read.word("axis", &AXES, |axis| axis);
    let coordinating = read.text("coordinating", false, NAME_MAX);
    let product = read.text("product", true, NAME_MAX);
    let lead = tree.by_code(given.text("lead")).filter(|agency| agency.house().is_some() && agency.valid_to.is_none());
    if lead.is_none() {
        read.wrong("reform-lead", "lead");
    }
    let day = read.day("deadline");
    if day.is_some_and(|day| day < programme.decided || day.year() > programme.until) {
        let years = format!("{}–{}", programme.decided.year(), programme.until);
        read.problems.push(Problem::new("reform-due-outside").field("deadline").arg("years", years));
    }
    if old.is_none() && targets_of(programme).count() >= TARGETS_MAX {
        read.problems.push(Problem::new("reform-targets-many").arg("max", TARGETS_MAX));
    }
    let name_en = english(&name_en, &name_vi);
    let made = axis.zip(lead).zip(day).map(|((axis, lead), day)| Subject {
        axis: axis.to_owned(),
        clause,
        name_en,
        task: Some(Task { lead: lead.code.clone(), coordinating, product }),
        targets: vec![Target {
            compare: Compare::ByDate,
            unit: Measure::Date,
            date: Some(day.to_string()),
            ..Target::blank(id_for(programme, old), day.year(), name_vi.clone())
        }],
        name_vi,
        ..Subject::default()
    });
    read.done(made)
}

/// The id a target keeps, or the next one free.
fn id_for(programme: &Programme, old: Option<&str>) -> String {
    let number = |id: &str| id.rsplit('-').next().and_then(|n| n.parse::<u32>().ok());
    let last = targets_of(programme).filter_map(|placed| number(&placed.target.id)).max().unwrap_or(0);
    old.map_or_else(|| format!("{}-{:03}", programme.code, last + 1), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::UNSORTED;
    use crate::draft_edit::{map, place, remove, shown, unfit};
    use crate::drafts::empty;
    use crate::programme::Programmes;
    use jiff::civil::date;

    fn target(given: &FormMap, programme: &Programme, old: Option<&str>, today: Date) -> Result<Subject, Vec<Problem>> {
        super::target(given, programme, old, (crate::testing::definitions(), today))
    }

    const TODAY: Date = date(2026, 11, 22);

    fn draft() -> Programme {
        let given = map(&[
            ("document", "99/KH-UBND".into()),
            ("issuer", "UBND thành phố Cần Thơ".into()),
            ("name_vi", "Kế hoạch cải cách hành chính".into()),
            ("decided", "2026-01-05".into()),
            ("from", "2026".into()),
            ("until", "2030".into()),
        ]);
        head(&given, &empty(4), TODAY).unwrap()
    }

    fn online(changes: &[(&str, &str)]) -> FormMap {
        let mut given = map(&[
            ("subject", "Hồ sơ nộp trực tuyến".into()),
            ("text", "tối thiểu 80% hồ sơ nộp trực tuyến".into()),
            ("axis", "procedures".into()),
            ("level", "all".into()),
            ("compare", "at-least".into()),
            ("value", "80".into()),
            ("unit", "percent".into()),
            ("due", "2028".into()),
            ("indicator", "online-share".into()),
        ]);
        for (name, value) in changes {
            given.0.insert((*name).into(), vec![(*value).into()]);
        }
        given
    }

    fn refused(changes: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let problems = target(&online(changes), &draft(), None, TODAY).unwrap_err();
        problems.into_iter().map(|problem| (problem.code, problem.field.unwrap_or_default())).collect()
    }

    #[test]
    fn a_target_of_the_form_is_kept_in_the_programme_file_and_shown_as_it_was_typed() {
        let mut programme = draft();
        for given in [online(&[]), online(&[("due", "2030"), ("value", "92,5")])] {
            let subject = target(&given, &programme, None, TODAY).unwrap();
            place(&mut programme, None, subject);
        }
        let read = Programmes::from_toml(&[&toml::to_string(&programme).unwrap()]).unwrap();
        let kept = &read.all()[0];
        assert_eq!((kept.subjects.len(), kept.from, kept.until), (1, Some(2026), 2030));
        let second = read.target("N4-002").unwrap();
        assert_eq!((second.target.value, second.target.due), (92.5, 2030));
        let again = shown(second.subject, second.target);
        assert_eq!(again.text("value"), "92,5");
        assert_eq!(target(&again, kept, Some("N4-002"), TODAY).unwrap().targets[0].value, 92.5);
    }

    #[test]
    fn a_changed_target_keeps_its_id_and_its_place_and_leaves_its_like_alone() {
        let mut programme = draft();
        for due in ["2027", "2028", "2029"] {
            let subject = target(&online(&[("due", due)]), &programme, None, TODAY).unwrap();
            place(&mut programme, None, subject);
        }
        let moved = target(&online(&[("due", "2028"), ("value", "81")]), &programme, Some("N4-002"), TODAY).unwrap();
        place(&mut programme, Some("N4-002"), moved);
        let ids = |programme: &Programme| targets_of(programme).map(|p| p.target.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&programme), ["N4-001", "N4-002", "N4-003"]);
        let apart = target(&online(&[("subject", "Khác")]), &programme, Some("N4-001"), TODAY).unwrap();
        place(&mut programme, Some("N4-001"), apart);
        assert_eq!((ids(&programme).len(), programme.subjects.len()), (3, 2));
        assert!(remove(&mut programme, "N4-001") && !remove(&mut programme, "N4-001"));
        assert_eq!(target(&online(&[("due", "2030")]), &programme, None, TODAY).unwrap().targets[0].id, "N4-004");
    }

    #[test]
    fn wrong_targets_are_refused_by_their_field() {
        let field = |code: &'static str, field: &str| vec![(code, field.to_owned())];
        assert_eq!(refused(&[("subject", "")]), field("reform-field-missing", "subject"));
        assert_eq!(refused(&[("value", "x")]), field("reform-number", "value"));
        assert_eq!(refused(&[("value", "101")]), field("reform-percent-over", "value"));
        assert_eq!(refused(&[("due", "2031")]), field("reform-due-outside", "due"));
        assert_eq!(refused(&[("due", "2025")]), field("reform-due-outside", "due"));
        assert_eq!(refused(&[("compare", "range"), ("value_high", "80")]), field("reform-range", "value_high"));
        assert_eq!(refused(&[("unit", "rank"), ("indicator", "")]), field("reform-unit-unfit", "unit"));
        assert_eq!(refused(&[("unit", "count")]), field("reform-indicator-share", "indicator"));
        assert_eq!(refused(&[("indicator", "none")]), field("reform-choose", "indicator"));
        assert_eq!(
            refused(&[("compare", "rank-within"), ("unit", "rank"), ("of", "34"), ("value", "35"), ("indicator", "")]),
            field("reform-rank", "value")
        );
        assert_eq!(refused(&[("level", "district")]), field("reform-choose", "level"));
        let mut programme = draft();
        let first = target(&online(&[]), &programme, None, TODAY).unwrap();
        place(&mut programme, None, first);
        let twice = target(&online(&[("value", "90")]), &programme, None, TODAY).unwrap_err();
        assert_eq!((twice[0].code, twice[0].field.as_deref()), ("reform-target-twice", Some("due")));
    }

    #[test]
    fn a_task_names_its_lead_its_product_and_a_day_within_the_programme() {
        let tree = organisation::demo_tree().unwrap();
        let given = |day: &str, lead: &str| {
            map(&[
                ("subject", "Ban hành kế hoạch kiểm tra".into()),
                ("axis", "steering".into()),
                ("lead", lead.into()),
                ("product", "Kế hoạch".into()),
                ("deadline", day.into()),
            ])
        };
        let lead = &tree.departments()[0].code;
        let made = task(&given("2027-03-31", lead), &draft(), None, &tree).unwrap();
        assert_eq!((made.targets[0].compare, made.targets[0].due), (Compare::ByDate, 2027));
        let fields = |given: FormMap| -> Vec<String> {
            let problems = task(&given, &draft(), None, &tree).unwrap_err();
            problems.into_iter().filter_map(|problem| problem.field).collect()
        };
        assert_eq!(fields(given("2025-03-31", lead)), ["deadline"]);
        assert_eq!(fields(given("2027-03-31", "nobody")), ["lead"]);
        assert_eq!(fields(FormMap::default()), ["subject", "axis", "product", "lead", "deadline"]);
    }

    #[test]
    fn a_draft_without_targets_or_with_unsorted_ones_is_not_fit() {
        let mut programme = draft();
        assert_eq!(unfit(&programme)[0].code, "reform-draft-empty");
        let mut subject = target(&online(&[]), &programme, None, TODAY).unwrap();
        subject.axis = UNSORTED.into();
        place(&mut programme, None, subject);
        assert_eq!(unfit(&programme)[0].code, "reform-draft-unsorted");
    }
}
