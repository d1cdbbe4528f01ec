//! Programmes and plans as data: subjects, and the quantified targets set for each, with the clause that sets them.

use crate::missing::Need;
use base::{Date, Fault, Id, Level};
use organisation::Tree;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const SHIPPED: [&str; 3] = [
    include_str!("../../../data/programmes/soc-trang-2021.toml"),
    include_str!("../../../data/programmes/ninh-thuan-2021.toml"),
    include_str!("../../../data/programmes/ninh-thuan-2021-continued.toml"),
];

/// How a value is held against its goal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compare {
    /// At least the goal (tối thiểu, từ … trở lên).
    #[default]
    AtLeast,
    /// Strictly more than the goal (trên).
    MoreThan,
    /// At most the goal.
    AtMost,
    /// The goal itself.
    Exactly,
    /// Between the goal and the upper goal, both included.
    Range,
    /// A rank: the goal's place or a better one.
    RankWithin,
    /// Reduced by at least so many percent against the baseline. The value is the reduction reached.
    ReduceBy,
    /// Risen by at least so much against the baseline. The value is the rise reached.
    IncreaseBy,
    /// Risen by at least so much against the year before, until the cap is reached.
    IncreaseYearly,
    /// Climbed by at least so many places against the year before. The value is the number of places climbed.
    ClimbYearly,
    /// Done by a date. The value is the day it was done.
    ByDate,
}
base::closed_list!(Compare, {
    AtLeast => "at-least",
    MoreThan => "more-than",
    AtMost => "at-most",
    Exactly => "exactly",
    Range => "range",
    RankWithin => "rank-within",
    ReduceBy => "reduce-by",
    IncreaseBy => "increase-by",
    IncreaseYearly => "increase-yearly",
    ClimbYearly => "climb-yearly",
    ByDate => "by-date",
});

impl Compare {
    /// Is a lower value a better one?
    pub fn lower_is_better(self) -> bool {
        matches!(self, Compare::AtMost | Compare::RankWithin)
    }
}

/// In what a target is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    #[default]
    Percent,
    Rank,
    Points,
    /// Percentage points a year.
    PointsAYear,
    /// Percent a year.
    PercentAYear,
    /// Places a year.
    PlacesAYear,
    TimesAYear,
    TimesAQuarter,
    TimesAMonth,
    /// Places climbed, no matter in which time.
    Places,
    /// Things, people, đồng: whatever the subject names.
    Count,
    Days,
    Hours,
    Minutes,
    /// So many times as much.
    Times,
    #[serde(rename = "per-100")]
    Per100,
    #[serde(rename = "per-1000")]
    Per1000,
    #[serde(rename = "per-10000")]
    Per10000,
    #[serde(rename = "per-100000")]
    Per100000,
    Date,
}
base::closed_list!(Measure, {
    Percent => "percent",
    Rank => "rank",
    Points => "points",
    PointsAYear => "points-a-year",
    PercentAYear => "percent-a-year",
    PlacesAYear => "places-a-year",
    TimesAYear => "times-a-year",
    TimesAQuarter => "times-a-quarter",
    TimesAMonth => "times-a-month",
    Places => "places",
    Count => "count",
    Days => "days",
    Hours => "hours",
    Minutes => "minutes",
    Times => "times",
    Per100 => "per-100",
    Per1000 => "per-1000",
    Per10000 => "per-10000",
    Per100000 => "per-100000",
    Date => "date",
});

/// A programme or plan, as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    pub id: String,
    /// Two letters its targets' ids begin with.
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    /// Number of the document that sets it.
    pub document: String,
    pub decided: Date,
    pub issuer: String,
    /// Its first year, where the document names one.
    pub from: Option<i16>,
    /// Its last year.
    pub until: i16,
    /// The agency it is of; `None` for the shipped ones, which hold for all.
    #[serde(skip)]
    pub agency: Option<Id>,
    /// What followed the province that set it.
    pub successor: Option<String>,
    /// Targets a leader sees first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headline: Vec<String>,
    /// Codes of the agencies that owe the figures, by axis; an axis that is not named is the keeping agency's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owes: BTreeMap<String, String>,
    #[serde(default, rename = "subject")]
    pub subjects: Vec<Subject>,
}

/// One thing measured.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub id: String,
    /// Which part of the reform it belongs to: `institutions`, `procedures`, `apparatus`, `civil-service`, `finance`, `digital`, `steering`.
    pub axis: String,
    pub clause: String,
    pub name_vi: String,
    pub name_en: String,
    /// The definition in `data/indicators` that measures it from records; without one, values are declared.
    pub indicator: Option<String>,
    /// What a value without a record comes from; a declaration where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Need>,
    /// Who does it, where it is a task; its one target is the deadline.
    pub task: Option<Task>,
    pub targets: Vec<Target>,
}

/// A task of a plan: done when its deadline's figure is declared with the product and checked by a second person.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Code of the agency that leads.
    pub lead: String,
    /// Those that work with it, in the document's words.
    pub coordinating: String,
    pub product: String,
}

/// How much, at which level, until when.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub id: String,
    /// Where it differs from the subject's.
    pub clause: Option<String>,
    pub compare: Compare,
    /// The goal in its unit.
    #[serde(default)]
    pub value: f64,
    /// The upper goal of a range.
    pub value_high: Option<f64>,
    #[serde(default)]
    pub unit: Measure,
    /// Among how many a rank counts.
    pub of: Option<u32>,
    /// Where a yearly increase may stop.
    pub cap: Option<f64>,
    /// `all`, a level's word, or two of them joined by `+`.
    pub level: String,
    /// The first year of a target that spans several.
    pub from: Option<i16>,
    /// The year it is due.
    pub due: i16,
    /// The last day of a target that is a deadline.
    pub date: Option<String>,
    /// The goal of an earlier year is to be kept or improved.
    #[serde(default)]
    pub maintain: bool,
    /// Against what it is held: a year, a period, or `previous-year`.
    pub baseline: Option<String>,
    /// The text says "phấn đấu".
    #[serde(default)]
    pub strive: bool,
    /// Follows from the text without standing in it.
    #[serde(default)]
    pub derived: bool,
    /// The clause that says the same.
    pub restates: Option<String>,
    /// The clause's words, shortened.
    pub text: String,
    /// How the words were read where they leave room.
    pub note: Option<Words>,
}

/// Words of our own, in both languages.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub vi: String,
    pub en: String,
}

impl Target {
    /// One of which only that is known: at least nothing, for all levels.
    pub fn blank(id: String, due: i16, text: String) -> Target {
        Target { id, due, text, level: "all".to_owned(), ..Target::default() }
    }

    /// The level it is measured at; `None` for the whole.
    pub fn level(&self) -> Option<Level> {
        self.level.parse().ok()
    }

    /// The last day to reach it.
    pub fn due_day(&self) -> Date {
        self.date
            .as_deref()
            .and_then(|day| day.parse().ok())
            .unwrap_or_else(|| jiff::civil::date(self.due.clamp(1900, 9_000), 12, 31))
    }

    /// Is it one of a year of its own, not the present?
    pub fn of_one_year(&self) -> bool {
        matches!(self.compare, Compare::IncreaseYearly | Compare::ClimbYearly)
            || matches!(self.unit, Measure::TimesAYear)
    }

    /// Does it count in the totals? What is derived or said twice does not.
    pub fn counts(&self) -> bool {
        !self.derived && self.restates.is_none()
    }
}

/// A target with what it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    pub programme: &'a Programme,
    pub subject: &'a Subject,
    pub target: &'a Target,
}

impl Placed<'_> {
    /// Is it measured at this agency? A programme holds in the subtree of the agency it is of, its tasks are that agency's own.
    pub fn holds_at(&self, tree: &Tree, node: Id) -> bool {
        self.programme.agency.is_none_or(|agency| {
            if self.subject.task.is_some() { node == agency } else { tree.is_within(node, agency) }
        })
    }

    /// The clause that sets it.
    pub fn clause(&self) -> &str {
        self.target.clause.as_deref().unwrap_or(&self.subject.clause)
    }
}

/// All programmes.
#[derive(Clone, Debug, Default)]
pub struct Programmes {
    all: Vec<Programme>,
}

/// A further file of a programme.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct More {
    programme: String,
    subject: Vec<Subject>,
}

impl Programmes {
    /// Reads files; the error says in which programme or target something is wrong.
    pub fn from_toml(files: &[&str]) -> Result<Programmes, String> {
        let mut all: Vec<Programme> = Vec::new();
        for text in files {
            let file: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
            if file.contains_key("programme") {
                let more: More = file.try_into().map_err(|error| error.to_string())?;
                let owner = all.iter_mut().find(|one| one.id == more.programme);
                owner.ok_or_else(|| format!("no programme {}", more.programme))?.subjects.extend(more.subject);
            } else {
                all.push(file.try_into().map_err(|error| error.to_string())?);
            }
        }
        Programmes::of(all)
    }

    /// These programmes together; no target may stand in two.
    pub fn of(all: Vec<Programme>) -> Result<Programmes, String> {
        let programmes = Programmes { all };
        let mut seen = BTreeMap::new();
        for placed in programmes.targets() {
            if seen.insert(placed.target.id.clone(), ()).is_some() {
                return Err(format!("{} stands twice", placed.target.id));
            }
            if placed.target.compare == Compare::ByDate && placed.target.date.is_none() {
                return Err(format!("{} has no date", placed.target.id));
            }
        }
        Ok(programmes)
    }

    /// The programmes shipped with the program.
    pub fn shipped() -> &'static Programmes {
        static ALL: LazyLock<Programmes> = LazyLock::new(|| {
            // A test reads the files; an empty list stands in so that nothing here can panic.
            Programmes::from_toml(&SHIPPED).unwrap_or_default()
        });
        &ALL
    }

    pub fn all(&self) -> &[Programme] {
        &self.all
    }

    /// Every target with its place, in the order of the documents.
    pub fn targets(&self) -> impl Iterator<Item = Placed<'_>> {
        self.all.iter().flat_map(targets_of)
    }

    pub fn programme(&self, id: &str) -> Result<&Programme, Fault> {
        self.all.iter().find(|programme| programme.id == id).ok_or(Fault::NotFound("reform-no-programme"))
    }

    pub fn target(&self, id: &str) -> Result<Placed<'_>, Fault> {
        self.targets().find(|placed| placed.target.id == id).ok_or(Fault::NotFound("reform-no-target"))
    }
}

/// Every target of one programme with its place.
pub fn targets_of(programme: &Programme) -> impl Iterator<Item = Placed<'_>> {
    programme
        .subjects
        .iter()
        .flat_map(move |subject| subject.targets.iter().map(move |target| Placed { programme, subject, target }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programmes() -> Programmes {
        Programmes::from_toml(&SHIPPED).unwrap()
    }

    #[test]
    fn every_quantified_target_of_both_documents_is_there() {
        let all = programmes();
        let count = |id: &str| targets_of(all.programme(id).unwrap()).count();
        assert_eq!(count("soc-trang-2021"), 118);
        assert_eq!(count("ninh-thuan-2021"), 103);
        let clauses: std::collections::BTreeSet<&str> =
            targets_of(all.programme("soc-trang-2021").unwrap()).map(|placed| placed.subject.clause.as_str()).collect();
        assert!((1..=17).all(|n| clauses.contains(format!("II.2.2.({n})").as_str())), "{clauses:?}");
    }

    #[test]
    fn the_words_of_the_resolution_are_kept_as_numbers() {
        let all = programmes();
        let transfer = all.target("ST-004").unwrap();
        assert_eq!(
            (transfer.target.compare, transfer.target.value, transfer.target.due),
            (Compare::AtLeast, 80.0, 2025)
        );
        assert_eq!(transfer.clause(), "II.2.2.(2)");
        let online = all.target("ST-042").unwrap();
        assert_eq!((online.target.value, online.target.due), (80.0, 2030));
        let more = all.target("NT-068").unwrap();
        assert_eq!((more.target.compare, more.target.value), (Compare::MoreThan, 90.0));
        let step = all.target("ST-021").unwrap();
        assert_eq!(
            (step.target.compare, step.target.cap, step.target.level()),
            (Compare::IncreaseYearly, Some(100.0), Some(Level::Commune))
        );
        assert_eq!(all.target("NT-091").unwrap().target.due_day(), jiff::civil::date(2021, 11, 9));
        assert_eq!(all.target("ST-117").unwrap().target.due_day(), jiff::civil::date(2025, 12, 31));
    }

    #[test]
    fn the_digitisation_path_of_each_level_rises_by_twenty_a_year_and_leaves_communes_at_95() {
        let all = programmes();
        let floor = |id: &str| all.target(id).unwrap().target.value;
        assert_eq!([floor("ST-010"), floor("ST-025"), floor("ST-028")], [30.0, 50.0, 100.0]);
        assert_eq!([floor("ST-012"), floor("ST-033"), floor("ST-036")], [15.0, 35.0, 95.0]);
    }

    #[test]
    fn a_target_has_its_values_of_2021_2025_and_2030_and_a_derived_one_for_every_year_between() {
        let all = programmes();
        let of = |subject: &str, level: Option<Level>| {
            let targets = targets_of(all.programme("soc-trang-2021").unwrap());
            let own = targets.filter(|one| one.subject.id == subject && one.target.compare == Compare::AtLeast);
            let at_level = own.filter(|one| level.is_none() || one.target.level() == level);
            let mut values: Vec<_> =
                at_level.map(|one| (one.target.due, one.target.value, one.target.derived)).collect();
            values.sort_by_key(|(due, ..)| *due);
            values
        };
        let digitised = all.target("ST-010").unwrap().subject.id.clone();
        for (level, values) in [
            (Level::Province, [30.0, 50.0, 70.0, 90.0, 100.0]),
            (Level::District, [20.0, 40.0, 60.0, 80.0, 100.0]),
            (Level::Commune, [15.0, 35.0, 55.0, 75.0, 95.0]),
        ] {
            let path = of(&digitised, Some(level));
            let wanted: Vec<_> = (2021..).zip(values).map(|(due, value)| (due, value, due > 2021)).collect();
            assert_eq!(path, wanted, "{level:?}");
        }
        assert_eq!(of("online-share", None), [(2025, 50.0, false), (2030, 80.0, false)]);
    }

    #[test]
    fn of_enterprises_the_rank_of_competitiveness_is_a_declared_target_and_nothing_is_counted() {
        let all = programmes();
        for id in ["ST-073", "NT-004"] {
            let rank = all.target(id).unwrap();
            assert_eq!((rank.target.compare, rank.target.level()), (Compare::RankWithin, Some(Level::Province)));
            assert_eq!(rank.subject.indicator, None, "{id}: a rank is declared with its source, not counted here");
        }
    }

    #[test]
    fn every_indicator_named_exists() {
        for placed in programmes().targets() {
            if let Some(id) = &placed.subject.indicator {
                assert!(crate::testing::definitions().get(id, jiff::civil::date(2026, 1, 1)).is_some(), "{id}");
            }
        }
    }

    #[test]
    fn every_note_stands_in_both_languages() {
        let marked = |text: &str| text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        let mut notes = 0;
        for placed in programmes().targets() {
            let Some(note) = &placed.target.note else { continue };
            notes += 1;
            assert!(marked(&note.vi), "{}: {} is not Vietnamese", placed.target.id, note.vi);
            assert!(
                !note.en.trim().is_empty() && !marked(&note.en),
                "{}: {} is not English",
                placed.target.id,
                note.en
            );
        }
        assert!(notes > 40, "{notes}");
    }

    #[test]
    fn what_is_derived_or_restated_does_not_count() {
        let all = programmes();
        assert!(!all.target("ST-025").unwrap().target.counts());
        assert!(!all.target("NT-034").unwrap().target.counts());
        assert!(all.target("NT-017").unwrap().target.counts());
    }
}
