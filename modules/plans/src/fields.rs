//! What a person writes in the form of an item, held against the text.

use crate::document::{Body, Kind, QUOTE_CHARS_MAX, between, locate};
use base::Problem;
use planreader::{Comparator, Level, Report, Target, Task, Unit, Value};
use serde::{Serialize, de::DeserializeOwned};
use web::FormMap;

/// Longest field of words, in letters.
pub const WORDS_MAX: usize = 1_000;
/// Largest value: a hundred million billion has no use in a plan.
pub const VALUE_MAX: f64 = 1e15;
/// The years a target may be due in.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// The words of the reader's units, in the order of a choice.
pub const UNITS: [Unit; 16] = [
    Unit::Percent,
    Unit::Count,
    Unit::Days,
    Unit::Hours,
    Unit::Minutes,
    Unit::Points,
    Unit::Times,
    Unit::TimesPerYear,
    Unit::TimesPerQuarter,
    Unit::TimesPerMonth,
    Unit::Per100,
    Unit::Per1000,
    Unit::Per10000,
    Unit::Per100000,
    Unit::RankGroup,
    Unit::RankSteps,
];

/// The comparators, in the order of a choice.
pub const COMPARATORS: [Comparator; 7] = [
    Comparator::Gte,
    Comparator::Lte,
    Comparator::Eq,
    Comparator::Range,
    Comparator::IncreaseBy,
    Comparator::ReduceBy,
    Comparator::RankWithin,
];

/// The tiers, in the order of a choice.
pub const LEVELS: [Level; 4] = [Level::Province, Level::District, Level::Commune, Level::All];

/// The stable word of a unit, comparator or tier: the one of the JSON.
pub fn word(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

fn read_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// A number as Vietnamese writes it: `80`, `0,7`, `3.000`, `40.000.000`; a single point with other than three digits
/// behind it is read as a decimal point.
pub fn number(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
        None => (text.clone(), String::new()),
    };
    let groups: Vec<&str> = whole.split('.').collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(|part| digits(part)) || !(fraction.is_empty() || digits(&fraction)) {
        return None;
    }
    let thousands = groups.len() > 1 && groups[0].len() <= 3 && groups[1..].iter().all(|part| part.len() == 3);
    let value = match (groups.len(), thousands) {
        (1, _) | (_, true) => format!("{}.{fraction}0", groups.concat()),
        (2, false) if !text.contains(',') => format!("{}.{}", groups[0], groups[1]),
        _ => return None,
    };
    value.parse::<f64>().ok().filter(|value| value.is_finite() && *value <= VALUE_MAX)
}

/// A number as a form shows it: `0,7`, `40000000`.
pub fn written(value: f64) -> String {
    format!("{value}").replace('.', ",")
}

/// The fields of an item as a form shows them.
pub fn shown(body: &Body) -> FormMap {
    let mut map = FormMap::default();
    let mut put = |name: &str, value: String| map.0.insert(name.to_owned(), vec![value]);
    put("quote", body.quote().to_owned());
    put("at", body.offset().to_string());
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    match body {
        Body::Target(one) => {
            let (low, high) = match one.value {
                Value::One(value) => (value, None),
                Value::Range(low, high) => (low, Some(high)),
            };
            put("value", written(low));
            put("value_high", high.map(written).unwrap_or_default());
            put("comparator", word(one.comparator));
            put("unit", word(one.unit));
            put("level", one.level.map(word).unwrap_or_default());
            put("due", words(&one.due));
            put("subject", one.subject.clone());
        }
        Body::Task(one) => {
            put("task", one.task.clone());
            put("product", words(&one.product));
            put("deadline", words(&one.deadline));
            put("lead", words(&one.lead));
            put("coordinating", words(&one.coordinating));
            put("group", words(&one.group));
            put("ordinal", words(&one.ordinal));
        }
        Body::Report(one) => {
            put("from", words(&one.from));
            put("to", words(&one.to));
            put("by", words(&one.by));
        }
    }
    map
}

struct Given<'a> {
    form: &'a FormMap,
    problems: Vec<Problem>,
}

impl Given<'_> {
    fn refuse(&mut self, code: &'static str, field: &str) {
        self.problems.push(Problem::new(code).field(field));
    }

    fn words(&mut self, field: &str) -> Option<String> {
        let text = self.form.get(field).map(str::to_owned);
        if text.as_ref().is_some_and(|text| text.chars().count() > WORDS_MAX) {
            self.problems.push(Problem::too_long(WORDS_MAX).field(field));
        }
        text
    }

    fn required(&mut self, field: &str) -> String {
        self.words(field).unwrap_or_else(|| {
            self.refuse("plan-required", field);
            String::new()
        })
    }

    fn choice<T: DeserializeOwned>(&mut self, field: &str) -> Option<T> {
        let chosen = self.form.get(field).and_then(read_word);
        if chosen.is_none() {
            self.refuse("plan-choose", field);
        }
        chosen
    }

    fn number(&mut self, field: &str) -> Option<f64> {
        let value = self.form.get(field).and_then(number);
        if value.is_none() {
            self.refuse("plan-number-wrong", field);
        }
        value
    }

    /// The quote as it stands in the text, and where.
    fn quote(&mut self, text: &str) -> (String, usize) {
        let near = self.form.text("at").parse().unwrap_or(0);
        // Browsers send line ends of their own.
        let plain = |field: &str| self.form.text(field).replace("\r\n", "\n");
        let (quote, first, last) = (plain("quote"), plain("quote_first"), plain("quote_last"));
        if quote.is_empty() && !(first.is_empty() && last.is_empty()) {
            let Some(piece) = between(text, &first, &last) else {
                self.refuse("plan-quote-ends-unknown", "quote_first");
                return Default::default();
            };
            return (piece.to_owned(), locate(text, piece, near).unwrap_or(0));
        }
        if quote.is_empty() {
            self.refuse("plan-quote-required", "quote");
        } else if quote.chars().count() > QUOTE_CHARS_MAX {
            self.problems.push(Problem::too_long(QUOTE_CHARS_MAX).field("quote"));
        } else if let Some(at) = locate(text, &quote, near) {
            return (quote, at);
        } else {
            self.refuse("plan-quote-unknown", "quote");
        }
        Default::default()
    }
}

/// Reads the form of an item. What the form does not carry (the reader's confidence, its tags) stays as in `before`.
///
/// # Errors
/// Every broken rule with its field.
pub fn read(kind: Kind, form: &FormMap, text: &str, before: Option<&Body>) -> Result<Body, Vec<Problem>> {
    let mut given = Given { form, problems: Vec::new() };
    let (quote, offset) = given.quote(text);
    let confidence = before.map_or(1.0, Body::confidence);
    let reason = before.map_or("added by a person", Body::reason).to_owned();
    let body = match kind {
        Kind::Target => {
            let (value, due) = (target_value(&mut given), due(&mut given));
            let (comparator, unit) = (given.choice("comparator"), given.choice("unit"));
            let level = form.get("level").is_some().then(|| given.choice("level")).flatten();
            let subject = given.required("subject");
            let tags = match before {
                Some(Body::Target(before)) => before.tags.clone(),
                _ => Vec::new(),
            };
            let (Some(value), Some(comparator), Some(unit)) = (value, comparator, unit) else {
                return Err(given.problems);
            };
            if comparator == Comparator::RankWithin
                && !matches!(value, Value::One(rank) if rank >= 1.0 && rank.fract() == 0.0)
            {
                given.refuse("plan-rank-wrong", "value");
            }
            Body::Target(Target {
                value,
                unit,
                comparator,
                level,
                due,
                quote,
                offset,
                subject,
                tags,
                confidence,
                reason,
            })
        }
        Kind::Task => Body::Task(Task {
            task: given.required("task"),
            product: given.words("product"),
            deadline: given.words("deadline"),
            lead: given.words("lead"),
            coordinating: given.words("coordinating"),
            group: given.words("group"),
            ordinal: given.words("ordinal"),
            quote,
            offset,
            confidence,
            reason,
        }),
        Kind::Report => {
            let (from, to, by) = (given.words("from"), given.words("to"), given.words("by"));
            if to.is_none() && by.is_none() {
                given.refuse("plan-report-empty", "to");
            }
            Body::Report(Report { from, to, by, quote, offset, confidence, reason })
        }
    };
    if given.problems.is_empty() { Ok(body) } else { Err(given.problems) }
}

fn target_value(given: &mut Given<'_>) -> Option<Value> {
    let is_range = given.form.text("comparator") == word(Comparator::Range);
    let low = given.number("value");
    let high = match (is_range, given.form.get("value_high")) {
        (true, _) => given.number("value_high").map(Some),
        (false, None) => Some(None),
        (false, Some(_)) => {
            given.refuse("plan-range-only", "value_high");
            None
        }
    };
    match (low?, high?) {
        (low, Some(high)) if low >= high => {
            given.refuse("plan-range-order", "value_high");
            None
        }
        (low, Some(high)) => Some(Value::Range(low, high)),
        (low, None) => Some(Value::One(low)),
    }
}

fn due(given: &mut Given<'_>) -> Option<String> {
    let due = given.form.get("due")?.to_owned();
    if !due.parse().is_ok_and(|year| YEARS.contains(&year)) {
        given.refuse("plan-due-wrong", "due");
    }
    Some(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Đến năm 2025, tối thiểu 80% hồ sơ được xử lý trực tuyến.\nSở Nội vụ báo cáo UBND tỉnh trước ngày 15/12.";

    fn form(pairs: &[(&str, &str)]) -> FormMap {
        FormMap(pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect())
    }

    fn target(changes: &[(&str, &str)]) -> Result<Body, Vec<Problem>> {
        let mut fields = form(&[
            ("quote", "tối thiểu 80% hồ sơ"),
            ("value", "80"),
            ("comparator", "gte"),
            ("unit", "percent"),
            ("due", "2025"),
            ("subject", "hồ sơ trực tuyến"),
        ]);
        fields.0.extend(form(changes).0);
        read(Kind::Target, &fields, TEXT, None)
    }

    fn refusal(changes: &[(&str, &str)]) -> (&'static str, String) {
        let problems = target(changes).unwrap_err();
        (problems[0].code, problems[0].field.clone().unwrap_or_default())
    }

    #[test]
    fn numbers_are_read_as_vietnamese_writes_them() {
        let read: Vec<Option<f64>> = ["80", "0,7", "3.000", "40.000.000", "1.250,5", "99.5", "1.2.3", "", "-3", "8a"]
            .into_iter()
            .map(number)
            .collect();
        let some = |values: [f64; 6]| values.map(Some).to_vec();
        assert_eq!(read[..6], some([80.0, 0.7, 3000.0, 40_000_000.0, 1250.5, 99.5]));
        assert_eq!(read[6..], [None; 4]);
        assert_eq!(number(&written(0.7)), Some(0.7));
        assert_eq!(number("1.000.000.000.000.000.000"), None);
    }

    #[test]
    fn a_target_is_read_with_the_place_of_its_quote() {
        let Body::Target(read) = target(&[]).unwrap() else { panic!() };
        assert_eq!((read.offset, read.value, read.level), (14, Value::One(80.0), None));
        let Body::Target(read) =
            target(&[("comparator", "range"), ("value_high", "90"), ("level", "commune")]).unwrap()
        else {
            panic!()
        };
        assert_eq!((read.value, read.level), (Value::Range(80.0, 90.0), Some(Level::Commune)));
    }

    #[test]
    fn every_broken_rule_of_a_target_names_its_field() {
        assert_eq!(refusal(&[("quote", "ít nhất 80% hồ sơ")]), ("plan-quote-unknown", "quote".into()));
        assert_eq!(refusal(&[("quote", "")]), ("plan-quote-required", "quote".into()));
        assert_eq!(refusal(&[("value", "tám mươi")]), ("plan-number-wrong", "value".into()));
        assert_eq!(refusal(&[("unit", "furlongs")]), ("plan-choose", "unit".into()));
        assert_eq!(refusal(&[("level", "hamlet")]), ("plan-choose", "level".into()));
        assert_eq!(refusal(&[("due", "25")]), ("plan-due-wrong", "due".into()));
        assert_eq!(refusal(&[("subject", " ")]), ("plan-required", "subject".into()));
        assert_eq!(refusal(&[("value_high", "90")]), ("plan-range-only", "value_high".into()));
        let order = [("comparator", "range"), ("value_high", "70")];
        assert_eq!(refusal(&order), ("plan-range-order", "value_high".into()));
        let rank = [("comparator", "rank_within"), ("value", "0,5")];
        assert_eq!(refusal(&rank), ("plan-rank-wrong", "value".into()));
        let long = "a".repeat(WORDS_MAX + 1);
        assert_eq!(refusal(&[("subject", &long)]), ("base-text-long", "subject".into()));
    }

    #[test]
    fn a_quote_is_found_by_its_first_and_last_words() {
        let found = target(&[("quote", ""), ("quote_first", "tối thiểu"), ("quote_last", "trực tuyến")]).unwrap();
        assert_eq!(found.quote(), "tối thiểu 80% hồ sơ được xử lý trực tuyến");
        let lost = [("quote", ""), ("quote_first", "tối đa"), ("quote_last", "trực tuyến")];
        assert_eq!(refusal(&lost), ("plan-quote-ends-unknown", "quote_first".into()));
    }

    #[test]
    fn tasks_and_reports_are_read_and_need_their_core() {
        let quote = ("quote", "Sở Nội vụ báo cáo UBND tỉnh trước ngày 15/12");
        let task = read(Kind::Task, &form(&[quote, ("task", "Báo cáo"), ("lead", "Sở Nội vụ")]), TEXT, None).unwrap();
        assert_eq!(task.offset(), 57);
        assert_eq!(read(Kind::Task, &form(&[quote]), TEXT, None).unwrap_err()[0].field.as_deref(), Some("task"));
        let report = read(Kind::Report, &form(&[quote, ("by", "15/12")]), TEXT, None).unwrap();
        assert_eq!(report.kind(), Kind::Report);
        assert_eq!(read(Kind::Report, &form(&[quote]), TEXT, None).unwrap_err()[0].code, "plan-report-empty");
    }

    #[test]
    fn what_a_form_shows_reads_back_the_same() {
        for body in crate::document::bodies(planreader::read_plan(TEXT)) {
            assert_eq!(read(body.kind(), &shown(&body), TEXT, Some(&body)), Ok(body));
        }
        assert!(UNITS.iter().all(|unit| read_word::<Unit>(&word(*unit)) == Some(*unit)));
    }
}
