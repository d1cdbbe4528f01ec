//! Indicators: dated definitions of what is divided by what.

use crate::figure::{Cell, Figure, Filter};
use crate::measure::{Measure, Measures, Quantity};
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
    /// The numerator itself, money; beside it stands the denominator: what it is a part of.
    Dong,
}

/// One side of an indicator: a measure and what must hold of the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub measure: String,
    /// It as its module declares it; none for what was not read from a file.
    pub of: Option<&'static Measure>,
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

    /// Whether both sides count what declares this.
    fn both(&self, declares: fn(&Measure) -> bool) -> bool {
        let sides = [&self.numerator, &self.denominator];
        let counts = |side: &&Count| !side.measure.is_empty() && side.of.is_some_and(declares);
        !self.is_confidential() && sides.iter().all(counts)
    }

    /// Whether its figures may be cut by procedure: both sides name it, and nobody's answer could be told from it.
    pub fn by_procedure(&self) -> bool {
        self.both(|measure| measure.by_procedure)
    }

    /// Whether its figures may be cut by official, before those who may see that at all (decision 0023).
    pub fn by_official(&self) -> bool {
        self.both(|measure| measure.by_official)
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

fn flags(measure: &Measure, names: &[String]) -> Result<i64, String> {
    names.iter().try_fold(0, |sum, name| {
        Ok(sum | measure.flag(name).ok_or_else(|| format!("{} has no flag {name}", measure.name))?)
    })
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
            let all = count.of.into_iter().flat_map(Measure::flag_names);
            all.filter(|(_, bit)| sum & bit != 0).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
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

    /// The count it says, over what the modules declare.
    ///
    /// # Errors
    /// In words: a measure nobody declares, a flag it does not have, an unknown channel or level.
    pub fn read(self, known: &Measures) -> Result<Count, String> {
        let of = known.get(&self.measure).ok_or_else(|| format!("nobody counts {}", self.measure))?;
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
            of: Some(of),
            all: flags(of, &self.all)?,
            none: flags(of, &self.none)?,
            channel,
            fields: self.fields,
            level,
            stock: self.stock,
        })
    }
}

/// Money is divided by money and shown as such; things by things.
fn agrees(indicator: &Indicator) -> Result<(), String> {
    let quantity = |side: &Count| side.of.map(|measure| measure.quantity);
    let (above, below) = (quantity(&indicator.numerator), quantity(&indicator.denominator));
    if above != below {
        return Err("money and things are not divided by each other".to_owned());
    }
    match (indicator.unit, above) {
        (Unit::Dong, Some(Quantity::Count)) => Err("it counts things, not money".to_owned()),
        (Unit::Count, Some(Quantity::Dong)) => Err("it counts money, not things".to_owned()),
        _ => Ok(()),
    }
}

impl Indicators {
    /// Reads definition files over what the modules declare; the error names the indicator and what is wrong with it.
    ///
    /// # Errors
    /// In words: a measure nobody declares, a flag it does not have, money counted as things.
    pub fn from_toml(files: &[&str], known: &Measures) -> Result<Self, String> {
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
                    let count = count.read(known)?;
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
                agrees(&indicator).map_err(|error| format!("{}: {error}", indicator.id))?;
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
mod tests;
