//! What the forms of a draft programme ask, and what is typed on them, read into targets and tasks by rules that name the field.

use crate::declare::hundredths;
use crate::programme::{Compare, Measure, Programme, Subject, Target, Task, targets_of};
use base::{Date, Problem};
use organisation::Tree;
use records::{Ask, Field, Given};

/// Longest name of a programme, a target or a task, in letters.
const NAME_MAX: usize = 300;
/// Longest number, clause or issuer.
const SHORT_MAX: usize = 120;
/// Targets and tasks of one programme: the largest plan seen has some three hundred.
const TARGETS_MAX: usize = 1_000;
/// Years a programme may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2100;

pub(crate) const AXES: &[&str] =
    &["institutions", "procedures", "apparatus", "civil-service", "finance", "digital", "steering"];
/// The district is history: no new target is asked of it.
pub(crate) const LEVELS: &[&str] = &["all", "province", "commune"];
/// A deadline is a task's, and a share of 100,000 nobody asks for.
pub(crate) const COMPARES: &[&str] = Compare::WORDS.split_at(10).0;
pub(crate) const UNITS: &[&str] = Measure::WORDS.split_at(18).0;

const fn day(name: &'static str) -> Field {
    Field { ask: Ask::Day, ..Field::line(name, 10) }
}

const fn one_of(name: &'static str, words: &'static [&'static str]) -> Field {
    Field::choice(name, Ask::OneOf(words))
}

const fn short(name: &'static str) -> Field {
    Field::line(name, SHORT_MAX)
}

/// The version a form was made from.
pub(crate) const VERSION: Field = Field::line("version", 20).optional();
/// The target that an entry takes the place of.
const WAS: Field = Field::line("was", 40).optional();
/// A name, and the same in English.
/// Longest word of an indicator or code of an agency; both are data.
const WORD_MAX: usize = 120;
const NAMED: [Field; 2] = [Field::lines("subject", NAME_MAX), Field::line("subject_en", NAME_MAX).optional()];

/// What a programme says of itself.
pub(crate) const HEAD: &[Field] = &[
    VERSION,
    short("document"),
    day("decided"),
    short("issuer"),
    Field::lines("name_vi", NAME_MAX),
    Field::line("name_en", NAME_MAX).optional(),
    Field::line("from", 4),
    Field::line("until", 4),
];
pub(crate) const TARGET: &[Field] = &[
    VERSION,
    WAS,
    NAMED[0],
    NAMED[1],
    short("clause").optional(),
    one_of("axis", AXES),
    // The document's own words.
    Field::lines("text", 1_000),
    one_of("level", LEVELS),
    one_of("compare", COMPARES),
    Field::line("value", 12),
    Field::line("value_high", 12).optional(),
    one_of("unit", UNITS),
    Field::line("of", 4).optional(),
    Field::line("due", 4),
    Field::of("indicator", Ask::Word, WORD_MAX).optional(),
    one_of("strive", &["0", "1"]).optional(),
];
pub(crate) const TASK: &[Field] = &[
    VERSION,
    WAS,
    NAMED[0],
    NAMED[1],
    short("clause").optional(),
    one_of("axis", AXES),
    Field::of("lead", Ask::Word, WORD_MAX),
    Field::line("coordinating", NAME_MAX).optional(),
    day("deadline"),
    Field::line("product", NAME_MAX),
];

/// What fits the fields, read by the rules between them; what is wrong is collected.
struct Reader<'a> {
    given: &'a Given,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, field: &'static str) {
        self.problems.push(Problem::new(code).field(field));
    }

    fn text(&self, field: &str) -> String {
        self.given.text(field).replace("\r\n", "\n")
    }

    /// The English beside a Vietnamese name; where none is given the document's one language stands.
    fn named(&self, [vi, en]: [&str; 2]) -> (String, String) {
        (self.text(vi), self.given.some(en).unwrap_or_else(|| self.text(vi)))
    }

    fn year(&mut self, field: &'static str) -> Option<i16> {
        let year = self.given.text(field).parse().ok().filter(|year| YEARS.contains(year));
        if year.is_none() {
            self.wrong("reform-year", field);
        }
        year
    }

    fn day(&mut self, field: &'static str) -> Option<Date> {
        let day = self.given.day(field).filter(|day| YEARS.contains(&day.year()));
        if day.is_none() {
            self.wrong("reform-day", field);
        }
        day
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

/// Writes what the head of a programme says into it.
pub(crate) fn head(given: &Given, programme: &Programme, today: Date) -> Result<Programme, Vec<Problem>> {
    let mut read = Reader { given, problems: Vec::new() };
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
    let (name_vi, name_en) = read.named(["name_vi", "name_en"]);
    let made = decided.zip(from).zip(until).map(|((decided, from), until)| Programme {
        document: read.text("document"),
        issuer: read.text("issuer"),
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
    given: &Given,
    programme: &Programme,
    old: Option<&str>,
    (measured, today): (&facts::Indicators, Date),
) -> Result<Subject, Vec<Problem>> {
    let mut read = Reader { given, problems: Vec::new() };
    let compare = Compare::read(given.text("compare")).unwrap_or_default();
    let unit = Measure::read(given.text("unit")).unwrap_or_default();
    let value = read.number("value");
    let value_high = (compare == Compare::Range).then(|| read.number("value_high")).flatten();
    if value.zip(value_high).is_some_and(|(low, high)| high <= low) {
        read.wrong("reform-range", "value_high");
    }
    if !suits(compare, unit) {
        read.wrong("reform-unit-unfit", "unit");
    }
    let of = given.some("of").map(|of| of.parse::<u32>());
    let ranks = compare == Compare::RankWithin;
    if of.as_ref().is_some_and(|of| !matches!(of, Ok(1..=1_000))) {
        read.wrong("reform-count", "of");
    }
    let of = of.and_then(Result::ok).filter(|_| ranks);
    if ranks
        && value.is_some_and(|value| value < 1.0 || value.fract() != 0.0 || of.is_some_and(|of| value > f64::from(of)))
    {
        read.wrong("reform-rank", "value");
    }
    let plain = share(compare) && unit == Measure::Percent;
    if plain && value.into_iter().chain(value_high).any(|value| value > 100.0) {
        read.wrong("reform-percent-over", "value");
    }
    let due = read.year("due");
    if due.is_some_and(|due| due < programme.from.unwrap_or(programme.decided.year()) || due > programme.until) {
        let years = format!("{}–{}", programme.from.unwrap_or(programme.decided.year()), programme.until);
        read.problems.push(Problem::new("reform-due-outside").field("due").arg("years", years));
    }
    let indicator = given.some("indicator");
    if let Some(id) = &indicator {
        if measured.get(id, today).is_none() {
            read.wrong("reform-choose", "indicator");
        } else if !counted(compare, unit) {
            // What a record counts is a share.
            read.wrong("reform-indicator-share", "indicator");
        }
    }
    room(&mut read, programme, old);
    let ((name_vi, name_en), clause, level) =
        (read.named(["subject", "subject_en"]), read.text("clause"), read.text("level"));
    let twice = targets_of(programme).filter(|placed| old != Some(&placed.target.id)).any(|placed| {
        placed.subject.name_vi == name_vi
            && placed.subject.clause == clause
            && placed.target.level == level
            && Some(placed.target.due) == due
            && placed.target.compare == compare
    });
    if twice {
        read.wrong("reform-target-twice", "due");
    }
    let made = value.zip(due).map(|(value, due)| Subject {
        axis: read.text("axis"),
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
            level,
            strive: given.text("strive") == "1",
            ..Target::blank(id_for(programme, old), due, read.text("text"))
        }],
        ..Subject::default()
    });
    read.done(made)
}

/// Whether one more finds room.
fn room(read: &mut Reader<'_>, programme: &Programme, old: Option<&str>) {
    if old.is_none() && targets_of(programme).count() >= TARGETS_MAX {
        read.problems.push(Problem::new("reform-targets-many").arg("max", TARGETS_MAX));
    }
}

/// One task as its form says it; its target is the deadline.
pub(crate) fn task(
    given: &Given,
    programme: &Programme,
    old: Option<&str>,
    tree: &Tree,
) -> Result<Subject, Vec<Problem>> {
    let mut read = Reader { given, problems: Vec::new() };
    let lead = tree.by_code(given.text("lead")).filter(|agency| agency.house().is_some() && agency.valid_to.is_none());
    if lead.is_none() {
        read.wrong("reform-lead", "lead");
    }
    let day = read.day("deadline");
    if day.is_some_and(|day| day < programme.decided || day.year() > programme.until) {
        let years = format!("{}–{}", programme.decided.year(), programme.until);
        read.problems.push(Problem::new("reform-due-outside").field("deadline").arg("years", years));
    }
    room(&mut read, programme, old);
    let (name_vi, name_en) = read.named(["subject", "subject_en"]);
    let (coordinating, product) = (read.text("coordinating"), read.text("product"));
    let made = lead.zip(day).map(|(lead, day)| Subject {
        axis: read.text("axis"),
        clause: read.text("clause"),
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
    use base::Fault;
    use jiff::civil::date;
    use web::FormMap;

    /// What was typed, where each field by itself is as asked.
    fn typed(asks: &[Field], form: &FormMap) -> Result<Given, Vec<Problem>> {
        records::read_fields(asks, &form.into()).map_err(|fault| match fault {
            Fault::Invalid(problems) => problems,
            other => panic!("{other:?}"),
        })
    }

    fn target(form: &FormMap, programme: &Programme, old: Option<&str>, today: Date) -> Result<Subject, Vec<Problem>> {
        super::target(&typed(TARGET, form)?, programme, old, (crate::testing::definitions(), today))
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
        head(&typed(HEAD, &given).unwrap(), &empty(4), TODAY).unwrap()
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
    fn whatever_measures_today_can_be_chosen() {
        let mut longest = 0;
        for one in crate::testing::definitions().all(TODAY) {
            longest = longest.max(one.id.len());
            let given = typed(TARGET, &online(&[("indicator", &one.id)])).unwrap();
            assert_eq!(given.text("indicator"), one.id);
        }
        assert!(longest > 40, "{longest}");
    }

    #[test]
    fn wrong_targets_are_refused_by_their_field() {
        let field = |code: &'static str, field: &str| vec![(code, field.to_owned())];
        assert_eq!(refused(&[("subject", "")]), field("records-field-required", "subject"));
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
        assert_eq!(refused(&[("level", "district")]), field("records-field-choice", "level"));
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
        let task = |form: &FormMap| super::task(&typed(TASK, form)?, &draft(), None, &tree);
        let made = task(&given("2027-03-31", lead)).unwrap();
        assert_eq!((made.targets[0].compare, made.targets[0].due), (Compare::ByDate, 2027));
        let fields = |given: FormMap| -> Vec<String> {
            let problems = task(&given).unwrap_err();
            problems.into_iter().filter_map(|problem| problem.field).collect()
        };
        assert_eq!(fields(given("2025-03-31", lead)), ["deadline"]);
        assert_eq!(fields(given("2027-03-31", "nobody")), ["lead"]);
        assert_eq!(fields(FormMap::default()), ["subject", "axis", "lead", "deadline", "product"]);
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
