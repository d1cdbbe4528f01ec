//! Sets of criteria, as data (`data/assessment/*.toml`): what each index counts, which thresholds give which points, and the bands of the
//! sum. How a numerator and a denominator become points is one of the ways below, a closed list; everything else is in the file.

use base::{Date, Lang, Level};
use facts::{Count, Measures, WrittenCount};
use serde::Deserialize;
use std::collections::BTreeSet;
use web::App;

/// The shipped sets.
const FILES: &[&str] = &[
    include_str!("../../../../data/assessment/tt01-2018.toml"),
    include_str!("../../../../data/assessment/qd766.toml"),
];

/// Words in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub vi: String,
    pub en: String,
}

impl Words {
    pub fn of(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.en } else { &self.vi }
    }
}

/// Whom an index is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Agency,
    Official,
}

/// So many points for what is counted so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    pub name: Words,
    /// In hundredths.
    pub points: i64,
    pub count: Count,
}

/// A share that a rung asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    pub id: String,
    pub name: Words,
    pub numerator: Count,
    pub denominator: Count,
    /// Read at the province: its catalogue is one for all units.
    pub province: bool,
}

/// The points of whoever meets all of it; the first rung that is met counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// In hundredths.
    pub points: i64,
    pub level: Option<Level>,
    /// By the place of the rate, at least so many basis points. A rate over nothing asks for nothing.
    pub least: Vec<(usize, i64)>,
    /// None of these may have happened, by the place of the count.
    pub without: Vec<usize>,
}

/// How an index is counted: a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "some dozens of these, read once")]
pub enum Way {
    /// Points of each case, over the number of cases.
    Graded { of: Count, grades: Vec<Grade> },
    /// Points by what shares reach; `empty` where the first has nothing below its line, none for what is left out then.
    Ladder { rates: Vec<Rate>, counts: Vec<(Words, Count)>, rungs: Vec<Rung>, empty: Option<i64> },
    /// The most points, in the share of the numerator, less `minus`, in the denominator; all of them from `full` basis points on. Where
    /// fewer than `least` answered (`answers`), nobody's answer may be told from it: left out.
    Share { numerator: Count, denominator: Count, minus: Option<Count>, full: i64, answers: Option<Count>, least: i64 },
    /// As a share; what is still open at the end of the period counts with what ended, in time as it stands.
    Progress { numerator: Count, denominator: Count },
    /// There is no record of it; left out, and why.
    Missing { why: Words },
}

/// An index as defined from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub id: String,
    /// As the source numbers it.
    pub number: String,
    pub valid_from: Date,
    pub name: Words,
    pub definition: Words,
    pub source: String,
    pub scopes: Vec<Scope>,
    /// The most points, in hundredths.
    pub max: i64,
    pub way: Way,
}

/// From so many points on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    pub scope: Scope,
    /// In hundredths.
    pub least: i64,
    pub name: Words,
}

/// A set of criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    pub id: String,
    pub title: Words,
    pub source: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    /// Decimals of an index's points.
    pub decimals: u32,
    /// All definitions, in the order of the file; of one id the latest in force counts.
    pub indices: Vec<Index>,
    /// The highest first.
    pub bands: Vec<Band>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSet {
    id: String,
    title_vi: String,
    title_en: String,
    source: String,
    valid_from: Date,
    valid_to: Option<Date>,
    decimals: u32,
    index: Vec<WrittenIndex>,
    #[serde(default)]
    band: Vec<WrittenBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIndex {
    id: String,
    number: String,
    valid_from: Option<Date>,
    name_vi: String,
    name_en: String,
    definition_vi: String,
    definition_en: String,
    source: String,
    scope: Vec<Scope>,
    max: f64,
    way: WrittenWay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBand {
    scope: Scope,
    least: f64,
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGrade {
    name_vi: String,
    name_en: String,
    points: f64,
    count: WrittenCount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRate {
    id: String,
    name_vi: String,
    name_en: String,
    numerator: WrittenCount,
    denominator: WrittenCount,
    #[serde(default)]
    province: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEvent {
    id: String,
    name_vi: String,
    name_en: String,
    count: WrittenCount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLeast {
    rate: String,
    percent: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRung {
    points: f64,
    level: Option<String>,
    #[serde(default)]
    least: Vec<WrittenLeast>,
    #[serde(default)]
    without: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant, reason = "some dozens of these, read once")]
enum WrittenWay {
    Graded {
        of: WrittenCount,
        grades: Vec<WrittenGrade>,
    },
    Ladder {
        rates: Vec<WrittenRate>,
        #[serde(default)]
        counts: Vec<WrittenEvent>,
        rungs: Vec<WrittenRung>,
        empty: Option<f64>,
    },
    Share {
        numerator: WrittenCount,
        denominator: WrittenCount,
        minus: Option<WrittenCount>,
        #[serde(default = "whole")]
        full: f64,
        answers: Option<WrittenCount>,
        #[serde(default)]
        least: i64,
    },
    Progress {
        numerator: WrittenCount,
        denominator: WrittenCount,
    },
    Missing {
        why_vi: String,
        why_en: String,
    },
}

fn whole() -> f64 {
    100.0
}

/// A number of the file in hundredths.
fn hundredths(n: f64) -> i64 {
    (n * 100.0).round() as i64
}

fn words(vi: String, en: String) -> Words {
    Words { vi, en }
}

impl WrittenWay {
    fn read(self, known: &Measures) -> Result<Way, String> {
        let count = |written: WrittenCount| written.read(known);
        let some = |written: Option<WrittenCount>| written.map(count).transpose();
        Ok(match self {
            WrittenWay::Graded { of, grades } => {
                let grade = |grade: WrittenGrade| {
                    let (name, points) = (words(grade.name_vi, grade.name_en), hundredths(grade.points));
                    Ok::<_, String>(Grade { name, points, count: count(grade.count)? })
                };
                Way::Graded { of: count(of)?, grades: grades.into_iter().map(grade).collect::<Result<_, _>>()? }
            }
            WrittenWay::Ladder { rates, counts, rungs, empty } => {
                let rate_ids: Vec<String> = rates.iter().map(|rate| rate.id.clone()).collect();
                let count_ids: Vec<String> = counts.iter().map(|one| one.id.clone()).collect();
                let place = |ids: &[String], id: &str| {
                    ids.iter().position(|known| known == id).ok_or_else(|| format!("nothing is called {id}"))
                };
                let rate = |rate: WrittenRate| {
                    let name = words(rate.name_vi, rate.name_en);
                    let (numerator, denominator) = (count(rate.numerator)?, count(rate.denominator)?);
                    Ok::<_, String>(Rate { id: rate.id, name, numerator, denominator, province: rate.province })
                };
                let rung = |rung: WrittenRung| {
                    let level =
                        rung.level.map(|word| word.parse().map_err(|_| format!("no level {word}"))).transpose()?;
                    let least = rung.least.iter().map(|l| Ok((place(&rate_ids, &l.rate)?, hundredths(l.percent))));
                    let without = rung.without.iter().map(|id| place(&count_ids, id));
                    Ok::<_, String>(Rung {
                        points: hundredths(rung.points),
                        level,
                        least: least.collect::<Result<_, String>>()?,
                        without: without.collect::<Result<_, String>>()?,
                    })
                };
                let counted = |one: WrittenEvent| Ok::<_, String>((words(one.name_vi, one.name_en), count(one.count)?));
                Way::Ladder {
                    rates: rates.into_iter().map(rate).collect::<Result<_, _>>()?,
                    counts: counts.into_iter().map(counted).collect::<Result<_, _>>()?,
                    rungs: rungs.into_iter().map(rung).collect::<Result<_, _>>()?,
                    empty: empty.map(hundredths),
                }
            }
            WrittenWay::Share { numerator, denominator, minus, full, answers, least } => Way::Share {
                numerator: count(numerator)?,
                denominator: count(denominator)?,
                minus: some(minus)?,
                full: hundredths(full),
                answers: some(answers)?,
                least,
            },
            WrittenWay::Progress { numerator, denominator } => {
                Way::Progress { numerator: count(numerator)?, denominator: count(denominator)? }
            }
            WrittenWay::Missing { why_vi, why_en } => Way::Missing { why: words(why_vi, why_en) },
        })
    }
}

impl Way {
    /// Every count it takes, and whether it is read at the province.
    pub fn counts(&self) -> Vec<(&Count, bool)> {
        match self {
            Way::Graded { of, grades } => {
                std::iter::once(of).chain(grades.iter().map(|grade| &grade.count)).map(|count| (count, false)).collect()
            }
            Way::Ladder { rates, counts, .. } => {
                let sides = rates
                    .iter()
                    .flat_map(|rate| [(&rate.numerator, rate.province), (&rate.denominator, rate.province)]);
                sides.chain(counts.iter().map(|(_, count)| (count, false))).collect()
            }
            Way::Share { numerator, denominator, minus, answers, .. } => {
                [numerator, denominator].into_iter().chain(minus).chain(answers).map(|count| (count, false)).collect()
            }
            Way::Progress { numerator, denominator } => vec![(numerator, false), (denominator, false)],
            Way::Missing { .. } => Vec::new(),
        }
    }
}

impl Criteria {
    /// Reads a set over what the modules declare; the error names what is wrong in words.
    ///
    /// # Errors
    /// A measure nobody declares, a flag it doesn't have; a stock that isn't the province's; an index of officials whose facts name none.
    pub fn read(text: &str, known: &Measures) -> Result<Criteria, String> {
        let set: WrittenSet = toml::from_str(text).map_err(|error| error.to_string())?;
        if set.decimals > 2 {
            return Err(format!("{}: points have two decimals at most", set.id));
        }
        let index = |one: WrittenIndex| {
            let named = |why: String| format!("{} {}: {why}", set.id, one.id);
            let way = one.way.read(known).map_err(named)?;
            if way.counts().iter().any(|(count, province)| count.stock && !province) {
                return Err(named("a stock is read at the province".to_owned()));
            }
            let of_officials = |count: &Count| count.of.is_some_and(|measure| measure.by_official);
            if one.scope.contains(&Scope::Official) && !way.counts().iter().all(|(count, _)| of_officials(count)) {
                return Err(named("its facts name no official".to_owned()));
            }
            Ok(Index {
                valid_from: one.valid_from.unwrap_or(set.valid_from),
                name: words(one.name_vi, one.name_en),
                definition: words(one.definition_vi, one.definition_en),
                max: hundredths(one.max),
                scopes: one.scope,
                source: one.source,
                number: one.number,
                id: one.id,
                way,
            })
        };
        let band = |band: WrittenBand| Band {
            scope: band.scope,
            least: hundredths(band.least),
            name: words(band.name_vi, band.name_en),
        };
        let indices = set.index.into_iter().map(index).collect::<Result<Vec<_>, String>>()?;
        let mut bands: Vec<Band> = set.band.into_iter().map(band).collect();
        bands.sort_by_key(|band| std::cmp::Reverse(band.least));
        Ok(Criteria {
            id: set.id,
            title: words(set.title_vi, set.title_en),
            source: set.source,
            valid_from: set.valid_from,
            valid_to: set.valid_to,
            decimals: set.decimals,
            indices,
            bands,
        })
    }

    /// Whether it is in force on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }

    /// The indices of a scope as defined on a day, in the order of the file.
    pub fn on(&self, day: Date, scope: Scope) -> Vec<&Index> {
        let mut seen = BTreeSet::new();
        let in_force = |id: &str| {
            let versions = self.indices.iter().filter(|index| index.id == id && index.valid_from <= day);
            versions.max_by_key(|index| index.valid_from)
        };
        let each = self.indices.iter().filter(|index| seen.insert(index.id.as_str()));
        let ids: Vec<&str> = each.map(|index| index.id.as_str()).collect();
        ids.into_iter().filter_map(in_force).filter(|index| index.scopes.contains(&scope)).collect()
    }

    /// The band a sum lies in; none where the set has no bands.
    pub fn band(&self, scope: Scope, sum: i64) -> Option<&Band> {
        self.bands.iter().find(|band| band.scope == scope && sum >= band.least)
    }

    /// Every measure its indices of a day take of the unit.
    pub fn measures(&self, day: Date, scope: Scope) -> Vec<String> {
        self.names(day, scope, |_, province| !province)
    }

    /// … and of the province: those that flow, or the stocks.
    pub fn of_province(&self, day: Date, scope: Scope, stock: bool) -> Vec<String> {
        self.names(day, scope, |count, province| province && count.stock == stock)
    }

    fn names(&self, day: Date, scope: Scope, takes: impl Fn(&Count, bool) -> bool) -> Vec<String> {
        let indices = self.on(day, scope);
        let counts = indices.iter().flat_map(|index| index.way.counts());
        let mut names: Vec<String> =
            counts.filter(|(count, of)| takes(count, *of)).map(|(count, _)| count.measure.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Whether an index of the day looks at what is open.
    pub fn looks_at_open(&self, day: Date) -> bool {
        self.on(day, Scope::Agency).iter().any(|index| matches!(index.way, Way::Progress { .. }))
    }
}

/// All sets of the program.
#[derive(Debug, Default)]
pub struct Sets(pub Vec<Criteria>);

impl Sets {
    /// The shipped ones, over what the kinds of the program count.
    ///
    /// # Errors
    /// In words: a fault of the files.
    pub fn shipped(known: &Measures) -> Result<Sets, String> {
        FILES.iter().map(|text| Criteria::read(text, known)).collect::<Result<_, _>>().map(Sets)
    }

    /// Those of the application; a test reads the files, so they are well-formed.
    pub fn of(app: &App) -> std::sync::Arc<Sets> {
        if let Some(sets) = app.get::<Sets>() {
            return sets;
        }
        let kinds = app.get::<records::Kinds>();
        let known = kinds.map(|kinds| records::measures(&kinds.all)).and_then(Result::ok).unwrap_or_default();
        app.put(Sets::shipped(&known).unwrap_or_default())
    }

    pub fn get(&self, id: &str) -> Option<&Criteria> {
        self.0.iter().find(|set| set.id == id)
    }
}
