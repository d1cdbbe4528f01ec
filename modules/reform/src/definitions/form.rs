//! What a keeper types for a new definition, judged.

use super::{Proposal, TEXT_MAX};
use base::{Channel, Date, Problem};
use facts::{Indicator, Indicators, Measure, Measures, Written, WrittenCount};
use std::collections::BTreeMap;
use web::FormMap;

/// Longest name, in letters.
const NAME_MAX: usize = 200;
/// A figure may be asked to stand on so many answers at most.
const LEAST_MAX: i64 = 100;
/// The two sides of a ratio, as the names of fields begin.
pub(super) const SIDES: [&str; 2] = ["numerator", "denominator"];

/// The measures that definitions count, each with whether it is a stock.
pub(crate) fn measures(known: &Indicators) -> BTreeMap<&'static str, (&'static Measure, bool)> {
    let versions = known.all(Date::MAX).flat_map(|one| known.versions(&one.id));
    let counts = versions.flat_map(|one| [&one.numerator, &one.denominator]).filter(|count| !count.measure.is_empty());
    counts.filter_map(|count| count.of.map(|measure| (measure.name, (measure, count.stock)))).collect()
}

/// The conditions that definitions know: the flags of those measures, each once.
pub(crate) fn conditions(known: &Indicators) -> Vec<&'static str> {
    let flags = measures(known).into_values().flat_map(|(measure, _)| measure.flag_names());
    flags.map(|(name, value)| (value, name)).collect::<BTreeMap<_, _>>().into_values().collect()
}

struct Reader<'a> {
    given: &'a FormMap,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, field: &str) {
        self.problems.push(Problem::new(code).field(field));
    }

    fn text(&mut self, field: &str, max: usize) -> String {
        let text = self.given.text(field).to_owned();
        if text.is_empty() || text.chars().count() > max {
            self.problems.push(Problem::new("reform-definition-text").field(field).arg("max", max));
        }
        text
    }

    /// Conditions of a side: flags that its measure has.
    fn flags(&mut self, field: &str, measure: Option<&Measure>) -> Vec<String> {
        let chosen = self.given.all(field).to_vec();
        if chosen.iter().any(|name| measure.is_none_or(|measure| measure.flag(name).is_none())) {
            self.wrong("reform-flag-not-its", field);
        }
        chosen
    }

    /// One side. Fields and level that the definition of before is limited to stay.
    fn side(
        &mut self,
        side: &str,
        before: &WrittenCount,
        measures: &BTreeMap<&'static str, (&'static Measure, bool)>,
    ) -> WrittenCount {
        let measure = self.given.text(&format!("{side}_measure")).to_owned();
        let (of, stock) = measures.get(measure.as_str()).copied().unzip();
        if of.is_none() {
            self.wrong("reform-choose", &format!("{side}_measure"));
        }
        let channel = self.given.get(&format!("{side}_channel")).map(str::to_owned);
        let channels = [Channel::Counter, Channel::Online, Channel::Post];
        if channel.as_deref().is_some_and(|word| !channels.iter().any(|channel| channel.as_str() == word)) {
            self.wrong("reform-choose", &format!("{side}_channel"));
        }
        let (all, none) = (self.flags(&format!("{side}_all"), of), self.flags(&format!("{side}_none"), of));
        if all.iter().any(|name| none.contains(name)) {
            self.wrong("reform-definition-both", &format!("{side}_none"));
        }
        WrittenCount { measure, all, none, channel, stock: stock.unwrap_or_default(), ..before.clone() }
    }
}

/// The definition typed for an indicator, beside the one in force.
///
/// # Errors
/// Every problem, at its field.
pub(super) fn read(given: &FormMap, known: &Indicators, now: &Indicator) -> Result<Proposal, Vec<Problem>> {
    let mut reader = Reader { given, problems: Vec::new() };
    let measures = measures(known);
    let before = Written::of(now);
    let valid_from = match given.text("valid_from").parse::<Date>() {
        Ok(day) => Some(day),
        Err(_) => {
            reader.wrong("reform-definition-day", "valid_from");
            None
        }
    };
    let least = given.text("least").parse::<i64>().unwrap_or(-1);
    if !(now.least..=LEAST_MAX).contains(&least) {
        // Few people's answers are nobody's to see: that is not loosened by a form.
        let problem = Problem::new("reform-definition-least").field("least");
        reader.problems.push(problem.arg("least", now.least).arg("max", LEAST_MAX));
    }
    let written = Written {
        valid_from: valid_from.map(|day| day.to_string()).unwrap_or_default(),
        name_vi: reader.text("name_vi", NAME_MAX),
        name_en: reader.text("name_en", NAME_MAX),
        definition_vi: reader.text("definition_vi", TEXT_MAX),
        definition_en: reader.text("definition_en", TEXT_MAX),
        source: reader.text("source", NAME_MAX),
        numerator: reader.side("numerator", &before.numerator, &measures),
        denominator: reader.side("denominator", &before.denominator, &measures),
        least,
        // What is counted now has a record.
        needs_vi: None,
        needs_en: None,
        ..before
    };
    let basis = reader.text("basis", TEXT_MAX);
    let (Some(valid_from), true) = (valid_from, reader.problems.is_empty()) else { return Err(reader.problems) };
    // The same words that it will be read by ever after.
    let counted = Measures::of(measures.into_values().map(|(measure, _)| measure));
    let body = counted.and_then(|counted| {
        let body = written.to_toml()?;
        Indicators::from_toml(&[&body], &counted).map(|_| body)
    });
    match body {
        Ok(body) => Ok(Proposal { indicator: now.id.clone(), valid_from, body, basis }),
        Err(why) => Err(vec![Problem::new("reform-definition-unreadable").arg("why", why)]),
    }
}
