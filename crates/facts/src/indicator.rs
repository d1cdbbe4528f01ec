//! Indicators: dated definitions of what is divided by what.

use crate::fact::flag;
use crate::figure::{Cell, Figure, Filter};
use base::{Channel, Date, Level};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// In what a figure is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// numerator × 100 ÷ denominator.
    Percent,
    /// The numerator itself.
    Count,
}

/// One side of an indicator: a measure and what must hold of the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub measure: String,
    /// Flags that must all be set.
    pub all: i64,
    /// Flags none of which may be set.
    pub none: i64,
    /// Channel that must match, as `Channel::code()`.
    pub channel: Option<i64>,
    /// Fields counted; `None` for all.
    pub fields: Option<Vec<String>>,
    pub level: Option<Level>,
    /// A stock: counted from the beginning to the end of the period, not within it.
    pub stock: bool,
}

impl Count {
    /// Counts nothing: there is no record.
    fn nothing(self) -> Self {
        Self { measure: String::new(), ..self }
    }

    /// Whether a cell is counted under `filter`.
    pub fn takes(&self, cell: &Cell, filter: &Filter) -> bool {
        cell.measure == self.measure
            && cell.flags & self.all == self.all
            && cell.flags & self.none == 0
            && self.channel.is_none_or(|channel| channel == cell.channel)
            && self.level.or(filter.level).is_none_or(|level| level.as_str() == cell.level)
            && self.level.is_none_or(|own| filter.level.is_none_or(|asked| asked == own))
            && within(&self.fields, &cell.field)
            && within(&filter.fields, &cell.field)
    }
}

fn within(list: &Option<Vec<String>>, word: &str) -> bool {
    list.as_ref().is_none_or(|list| list.iter().any(|known| known == word))
}

/// A definition, in force from `valid_from` until the next one of the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    pub id: String,
    pub valid_from: Date,
    pub name_vi: String,
    pub name_en: String,
    /// One sentence: what is divided by what.
    pub definition_vi: String,
    pub definition_en: String,
    pub unit: Unit,
    /// Law or programme clause the definition follows.
    pub source: String,
    pub numerator: Count,
    pub denominator: Count,
    /// What must exist before there is a record to count, in Vietnamese and English. Until then the figure is no number,
    /// whatever facts lie in the database.
    pub needs: Option<(String, String)>,
    /// The indicator beside which it is shown: the same thing counted another way that a law asks for.
    pub beside: Option<String>,
    /// Answers of people who must not be told apart: a figure over fewer than so many is not shown, and none opens to its cases.
    /// 0 for what may be shown whole.
    pub least: i64,
}

impl Indicator {
    /// The figure as far as it may be shown: over too few answers none at all.
    pub fn shown(&self, figure: Figure) -> Option<Figure> {
        (figure.denominator >= self.least).then_some(figure)
    }

    /// Whether the cases behind a figure are nobody's to see.
    pub fn is_confidential(&self) -> bool {
        self.least > 0
    }
}

/// All definitions, by id and date.
#[derive(Debug, Clone, Default)]
pub struct Indicators {
    by_id: BTreeMap<String, Vec<Indicator>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    indicator: Vec<Written>,
}

/// A definition as it is written down: in `data/indicators`, and where a province keeps its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub id: String,
    pub valid_from: String,
    pub name_vi: String,
    pub name_en: String,
    pub definition_vi: String,
    pub definition_en: String,
    pub unit: Unit,
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_vi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    #[serde(default)]
    pub least: i64,
    pub numerator: WrittenCount,
    pub denominator: WrittenCount,
}

/// One side of it. Flags by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenCount {
    pub measure: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default)]
    pub stock: bool,
}

fn flags(names: &[String]) -> Result<i64, String> {
    names.iter().try_fold(0, |sum, name| Ok(sum | flag::named(name).ok_or_else(|| format!("unknown flag {name}"))?))
}

impl Written {
    /// The text of a file with this definition alone.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn to_toml(&self) -> Result<String, String> {
        toml::to_string(&File { indicator: vec![self.clone()] }).map_err(|error| error.to_string())
    }

    /// The definition that such a text begins with.
    ///
    /// # Errors
    /// A text that is none.
    pub fn from_toml(text: &str) -> Result<Written, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        file.indicator.into_iter().next().ok_or_else(|| "no definition".to_owned())
    }

    /// A definition as it would be written down.
    pub fn of(one: &Indicator) -> Written {
        let (needs_vi, needs_en) = one.needs.clone().unzip();
        Written {
            id: one.id.clone(),
            valid_from: one.valid_from.to_string(),
            name_vi: one.name_vi.clone(),
            name_en: one.name_en.clone(),
            definition_vi: one.definition_vi.clone(),
            definition_en: one.definition_en.clone(),
            unit: one.unit,
            source: one.source.clone(),
            needs_vi,
            needs_en,
            beside: one.beside.clone(),
            least: one.least,
            numerator: WrittenCount::of(&one.numerator),
            denominator: WrittenCount::of(&one.denominator),
        }
    }
}

impl WrittenCount {
    fn of(count: &Count) -> WrittenCount {
        let names = |sum: i64| {
            let set = flag::NAMES.iter().filter(|(_, bit)| sum & bit != 0);
            set.map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
        };
        let channels = [Channel::Counter, Channel::Online, Channel::Post];
        let channel = count.channel.and_then(|code| channels.into_iter().find(|channel| channel.code() == code));
        WrittenCount {
            measure: count.measure.clone(),
            all: names(count.all),
            none: names(count.none),
            channel: channel.map(|channel| channel.as_str().to_owned()),
            fields: count.fields.clone(),
            level: count.level.map(|level| level.as_str().to_owned()),
            stock: count.stock,
        }
    }

    fn read(self) -> Result<Count, String> {
        let channel = match self.channel.as_deref() {
            None => None,
            Some(word) => Some(
                [Channel::Counter, Channel::Online, Channel::Post]
                    .into_iter()
                    .find(|channel| channel.as_str() == word)
                    .ok_or_else(|| format!("unknown channel {word}"))?
                    .code(),
            ),
        };
        let level = match self.level.as_deref() {
            None => None,
            Some(word) => Some(
                [Level::Province, Level::District, Level::Commune]
                    .into_iter()
                    .find(|level| level.as_str() == word)
                    .ok_or_else(|| format!("unknown level {word}"))?,
            ),
        };
        Ok(Count {
            measure: self.measure,
            all: flags(&self.all)?,
            none: flags(&self.none)?,
            channel,
            fields: self.fields,
            level,
            stock: self.stock,
        })
    }
}

impl Indicators {
    /// Reads definition files; the error names the indicator and what is wrong with it.
    pub fn from_toml(files: &[&str]) -> Result<Self, String> {
        let mut by_id: BTreeMap<String, Vec<Indicator>> = BTreeMap::new();
        for text in files {
            let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
            for entry in file.indicator {
                let named = |error: String| format!("{}: {error}", entry.id);
                let needs = match (entry.needs_vi, entry.needs_en) {
                    (None, None) => None,
                    (Some(vi), Some(en)) => Some((vi, en)),
                    _ => return Err(format!("{}: needs_vi and needs_en stand together", entry.id)),
                };
                let side = |count: WrittenCount| {
                    let count = count.read()?;
                    Ok(if needs.is_some() { count.nothing() } else { count })
                };
                let indicator = Indicator {
                    valid_from: entry.valid_from.parse().map_err(|error| named(format!("valid_from: {error}")))?,
                    numerator: side(entry.numerator).map_err(named)?,
                    denominator: side(entry.denominator).map_err(named)?,
                    needs,
                    beside: entry.beside,
                    id: entry.id.clone(),
                    name_vi: entry.name_vi,
                    name_en: entry.name_en,
                    definition_vi: entry.definition_vi,
                    definition_en: entry.definition_en,
                    unit: entry.unit,
                    source: entry.source,
                    least: entry.least,
                };
                by_id.entry(entry.id).or_default().push(indicator);
            }
        }
        for versions in by_id.values_mut() {
            versions.sort_by_key(|indicator| indicator.valid_from);
            if versions.windows(2).any(|pair| pair[0].valid_from == pair[1].valid_from) {
                return Err(format!("{}: two definitions begin on the same day", versions[0].id));
            }
        }
        Ok(Self { by_id })
    }

    /// The definition in force on a day; before the first one, the first one.
    pub fn get(&self, id: &str, on: Date) -> Option<&Indicator> {
        let versions = self.by_id.get(id)?;
        versions.iter().rev().find(|indicator| indicator.valid_from <= on).or_else(|| versions.first())
    }

    /// Every definition of an indicator, the earliest first; nothing for an unknown one.
    pub fn versions(&self, id: &str) -> &[Indicator] {
        self.by_id.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every indicator as in force on a day.
    pub fn all(&self, on: Date) -> impl Iterator<Item = &Indicator> {
        self.by_id.keys().filter_map(move |id| self.get(id, on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TWO: &str = r#"
[[indicator]]
id = "on-time"
valid_from = "2021-01-01"
name_vi = "Đúng hạn"
name_en = "On time"
definition_vi = "Hồ sơ giải quyết đúng hạn trên tổng số hồ sơ đã giải quyết."
definition_en = "Dossiers settled on time over dossiers settled."
unit = "percent"
source = "NĐ 61/2018 Điều 31"
numerator = { measure = "settled", all = ["ON_TIME"] }
denominator = { measure = "settled" }

[[indicator]]
id = "on-time"
valid_from = "2026-07-01"
name_vi = "Đúng hạn"
name_en = "On time"
definition_vi = "Như trên, bổ sung lần hai tính là trễ."
definition_en = "As before, a second supplement counts as late."
unit = "percent"
source = "QĐ 766/QĐ-TTg"
numerator = { measure = "settled", all = ["ON_TIME"], none = ["SUPPLEMENTED_AGAIN"] }
denominator = { measure = "settled" }
"#;

    #[test]
    fn the_definition_of_the_day_is_used() {
        let indicators = Indicators::from_toml(&[TWO]).unwrap();
        assert_eq!(indicators.get("on-time", date(2026, 6, 30)).unwrap().numerator.none, 0);
        assert_eq!(indicators.get("on-time", date(2026, 7, 1)).unwrap().numerator.none, flag::SUPPLEMENTED_AGAIN);
        assert_eq!(indicators.get("on-time", date(2019, 1, 1)).unwrap().valid_from, date(2021, 1, 1));
        assert!(indicators.get("nothing", date(2026, 7, 1)).is_none());
    }

    #[test]
    fn what_is_written_down_is_read_back_the_same() {
        let all = Indicators::from_toml(&[TWO]).unwrap();
        for one in all.versions("on-time") {
            let text = Written::of(one).to_toml().unwrap();
            assert_eq!(Written::from_toml(&text).unwrap(), Written::of(one));
            let again = Indicators::from_toml(&[&text]).unwrap();
            assert_eq!(again.versions("on-time"), std::slice::from_ref(one));
        }
        assert_eq!(all.versions("on-time").len(), 2);
        assert!(all.versions("nothing").is_empty());
    }

    #[test]
    fn a_figure_over_too_few_answers_is_not_shown() {
        let text = TWO.replacen(
            "denominator = { measure = \"settled\" }",
            "denominator = { measure = \"settled\" }\nleast = 5",
            1,
        );
        let indicators = Indicators::from_toml(&[&text]).unwrap();
        let indicator = indicators.get("on-time", date(2026, 6, 30)).unwrap();
        assert!(indicator.is_confidential());
        assert_eq!(indicator.shown(Figure { numerator: 4, denominator: 4 }), None);
        assert_eq!(indicator.shown(Figure::default()), None);
        let five = Figure { numerator: 4, denominator: 5 };
        assert_eq!(indicator.shown(five), Some(five));
        let open = indicators.get("on-time", date(2026, 7, 1)).unwrap();
        assert!(!open.is_confidential() && open.shown(Figure::default()).is_some());
    }

    #[test]
    fn a_wrong_definition_is_refused_by_name() {
        let error = Indicators::from_toml(&[&TWO.replace("ON_TIME", "ONTIME")]).unwrap_err();
        assert!(error.contains("on-time") && error.contains("ONTIME"), "{error}");
        let error = Indicators::from_toml(&[&TWO.replace("2026-07-01", "2021-01-01")]).unwrap_err();
        assert!(error.contains("same day"), "{error}");
    }

    #[test]
    fn what_has_no_record_yet_counts_nothing_whatever_lies_in_the_database() {
        let needs = "needs_vi = \"Cổng thanh toán\"\nneeds_en = \"A payment gateway\"\n";
        let text = TWO.replacen("unit = \"percent\"\n", &format!("unit = \"percent\"\n{needs}"), 1);
        let indicators = Indicators::from_toml(&[&text]).unwrap();
        let cell = Cell {
            measure: "settled".into(),
            level: "commune".into(),
            field: "ho-tich".into(),
            channel: 1,
            flags: flag::ON_TIME,
            n: 1,
        };
        let before = indicators.get("on-time", date(2026, 6, 30)).unwrap();
        assert_eq!(before.needs.as_ref().map(|(_, en)| en.as_str()), Some("A payment gateway"));
        assert!(!before.numerator.takes(&cell, &Filter::year(2026)));
        assert!(!before.denominator.takes(&cell, &Filter::year(2026)));
        // The definition that begins with the record counts.
        assert!(indicators.get("on-time", date(2026, 7, 1)).unwrap().denominator.takes(&cell, &Filter::year(2026)));
        let error = Indicators::from_toml(&[&text.replace("needs_en = \"A payment gateway\"", "")]).unwrap_err();
        assert!(error.contains("stand together"), "{error}");
    }

    #[test]
    fn a_level_of_the_definition_and_one_of_the_question_must_agree() {
        let cell = Cell {
            measure: "settled".into(),
            level: "commune".into(),
            field: "ho-tich".into(),
            channel: 1,
            flags: flag::ON_TIME,
            n: 1,
        };
        let count = |level| Count {
            measure: "settled".into(),
            all: 0,
            none: 0,
            channel: None,
            fields: None,
            level,
            stock: false,
        };
        let filter = |level| Filter { level, ..Filter::year(2026) };
        assert!(count(None).takes(&cell, &filter(None)));
        assert!(count(Some(Level::Commune)).takes(&cell, &filter(None)));
        assert!(!count(Some(Level::Commune)).takes(&cell, &filter(Some(Level::Province))));
        assert!(!count(None).takes(&cell, &filter(Some(Level::Province))));
    }
}
