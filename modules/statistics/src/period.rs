//! The span of days a table is read over: a month, a quarter, half a year, a year, from a day to a day, or a period of reports, which
//! closes in the middle of a month.

use base::{Date, Fault, Problem, months, vn_date};
use i18n::L;
use jiff::ToSpan;
use jiff::civil::date;
use serde::Deserialize;
use std::sync::LazyLock;

/// Days of a span that somebody names by its ends: ten years.
const DAYS_MAX: i32 = 3_660;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    since: Date,
    /// Day of the month.
    day: i8,
    /// The rule; shown nowhere, read by whoever keeps the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
struct File {
    closing: Vec<Closing>,
}

/// The shipped days of closing, the latest last; a test reads the file.
static CLOSING: LazyLock<Vec<Closing>> = LazyLock::new(|| {
    let text = include_str!("../../../data/statistics/periods.toml");
    toml::from_str::<File>(text).map(|file| file.closing).unwrap_or_default()
});

/// A named span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// As in the address: `2026`, `2026-H1`, `2026-Q3`, `2026-11`, each with `r` before it for the period of reports, or
    /// `2026-11-03..2026-11-20`.
    pub word: String,
    pub from: Date,
    /// The last day, also when it lies ahead.
    pub to: Date,
}

fn wrong(word: &str) -> Fault {
    Fault::invalid(Problem::new("statistics-period-wrong").field("period").arg("value", base::text::clip(word, 40)))
}

/// The day of closing in force on a day; none where the file says nothing.
fn closing(on: Date) -> Option<i8> {
    let in_force = CLOSING.iter().rev().find(|closing| closing.since <= on);
    in_force.map(|closing| closing.day).filter(|day| (1..=27).contains(day))
}

impl Period {
    /// The period of an address; an empty text is the month of `today`.
    ///
    /// # Errors
    /// `Invalid` with `statistics-period-wrong` at `period`.
    pub fn parse(word: &str, today: Date) -> Result<Period, Fault> {
        let refuse = || wrong(word);
        if word.is_empty() {
            return Ok(Period::month(today));
        }
        if let Some((from, to)) = word.split_once("..") {
            let day = |text: &str| text.parse::<Date>().ok().filter(|day| months::has_records(day.year()));
            let (from, to) = day(from).zip(day(to)).ok_or_else(refuse)?;
            return Period::between(from, to);
        }
        let Some(plain) = word.strip_prefix('r') else {
            let (from, to) = months::of_word(word).ok_or_else(refuse)?;
            return Ok(Period { word: word.to_owned(), from, to });
        };
        let (first, last) = months::of_word(plain).ok_or_else(refuse)?;
        let day = closing(last.first_of_month()).ok_or_else(refuse)?;
        let before = first.checked_sub(1.month()).map_err(|_| refuse())?;
        let (from, to) = (date(before.year(), before.month(), day + 1), date(last.year(), last.month(), day));
        Ok(Period { word: word.to_owned(), from, to })
    }

    /// From a day to a day.
    ///
    /// # Errors
    /// `Invalid` at `to`: the days the wrong way round, or too many.
    pub fn between(from: Date, to: Date) -> Result<Period, Fault> {
        if to < from {
            return Err(Fault::invalid(Problem::new("statistics-days-wrong").field("to")));
        }
        if (to - from).get_days() > DAYS_MAX {
            return Err(Fault::invalid(Problem::new("statistics-days-many").field("to").arg("max", DAYS_MAX)));
        }
        Ok(Period { word: format!("{from}..{to}"), from, to })
    }

    /// The month a day lies in.
    pub fn month(day: Date) -> Period {
        Period { word: months::word_of(day), from: day.first_of_month(), to: day.last_of_month() }
    }

    /// The last day that has come.
    pub fn as_of(&self, today: Date) -> Date {
        self.to.min(today)
    }

    /// Whether it is one of those in which assessments are made: a quarter or a year.
    pub fn is_assessed(&self) -> bool {
        months::of_word(&self.word).is_some() && (self.word.len() == 4 || self.word.contains('Q'))
    }

    /// What it is called.
    pub fn name(&self, l: L) -> String {
        let days = [("from", vn_date(self.from)), ("to", vn_date(self.to))];
        if self.word.contains("..") {
            return l.tr("statistics-period-days", days);
        }
        let (plain, report) = self.word.strip_prefix('r').map_or((self.word.as_str(), false), |word| (word, true));
        let (year, rest) = plain.split_once('-').unwrap_or((plain, ""));
        let (kind, n) = match (rest, rest.strip_prefix('H'), rest.strip_prefix('Q')) {
            ("", ..) => ("year", ""),
            (_, Some(half), _) => ("half", half),
            (_, _, Some(quarter)) => ("quarter", quarter),
            (month, ..) => ("month", month),
        };
        let name = l.tr(format!("statistics-period-{kind}"), [("n", n), ("year", year)]);
        if !report {
            return name;
        }
        let [from, to] = days.map(|(_, day)| day);
        l.tr("statistics-period-report", [("name", name), ("from", from), ("to", to)])
    }

    /// The periods a picker offers.
    pub fn offered(today: Date) -> Vec<Period> {
        let back = |n: i32| today.first_of_month().checked_sub(n.months()).unwrap_or(today);
        let (year, quarter) = (today.year(), (today.month() + 2) / 3);
        let half = if today.month() <= 6 { 1 } else { 2 };
        let mut plain: Vec<String> = (0..4).map(|n| months::word_of(back(n))).collect();
        plain.extend((1..=quarter).rev().map(|n| format!("{year}-Q{n}")));
        plain.push(format!("{}-Q4", year - 1));
        plain.extend((1..=half).rev().map(|n| format!("{year}-H{n}")));
        plain.extend([format!("{year}"), format!("{}", year - 1)]);
        let next = if closing(today).is_some_and(|day| today.day() > day) { back(-1) } else { back(0) };
        let last = next.checked_sub(1.month()).unwrap_or(next);
        let reports = [
            months::word_of(next),
            months::word_of(last),
            format!("{year}-Q{quarter}"),
            format!("{year}-H{half}"),
            year.to_string(),
        ];
        let reports = reports.into_iter().map(|word| format!("r{word}"));
        plain.into_iter().chain(reports).filter_map(|word| Period::parse(&word, today).ok()).collect()
    }

    /// The quarters and years that may be assessed: those that are over or run.
    pub fn assessed(today: Date) -> Vec<Period> {
        let quarter = (today.month() + 2) / 3;
        let of = |year: i16, last: i8| (1..=last).rev().map(move |n| format!("{year}-Q{n}"));
        let (year, before) = (today.year(), today.year() - 1);
        let words = of(year, quarter).chain([year.to_string()]).chain(of(before, 4)).chain([before.to_string()]);
        words.filter_map(|word| Period::parse(&word, today).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(word: &str) -> (Date, Date) {
        let period = Period::parse(word, date(2026, 11, 30)).unwrap_or_else(|_| panic!("{word}"));
        assert_eq!(period.word, word);
        (period.from, period.to)
    }

    #[test]
    fn a_period_of_reports_closes_on_the_fourteenth() {
        assert_eq!(span("r2026-11"), (date(2026, 10, 15), date(2026, 11, 14)));
        assert_eq!(span("r2026-01"), (date(2025, 12, 15), date(2026, 1, 14)));
        assert_eq!(span("r2026-Q4"), (date(2026, 9, 15), date(2026, 12, 14)));
        assert_eq!(span("r2026-H1"), (date(2025, 12, 15), date(2026, 6, 14)));
        assert_eq!(span("r2026-H2"), (date(2026, 6, 15), date(2026, 12, 14)));
        assert_eq!(span("r2026"), (date(2025, 12, 15), date(2026, 12, 14)));
    }

    #[test]
    fn plain_periods_are_whole_months_and_any_days_can_be_named() {
        assert_eq!(span("2026-02"), (date(2026, 2, 1), date(2026, 2, 28)));
        assert_eq!(span("2026-Q1"), (date(2026, 1, 1), date(2026, 3, 31)));
        assert_eq!(span("2026-H2"), (date(2026, 7, 1), date(2026, 12, 31)));
        assert_eq!(span("2026"), (date(2026, 1, 1), date(2026, 12, 31)));
        assert_eq!(span("2026-11-03..2026-11-20"), (date(2026, 11, 3), date(2026, 11, 20)));
        for word in
            ["2026-13", "2026-Q5", "2026-H0", "2026-1", "r", "2019", "x", "2026-11-03..", "2026-11-20..2026-11-03"]
        {
            assert!(Period::parse(word, date(2026, 11, 30)).is_err(), "{word}");
        }
        assert_eq!(Period::parse("", date(2026, 11, 30)).unwrap(), Period::month(date(2026, 11, 1)));
    }

    #[test]
    fn what_is_offered_can_be_read_and_stands_once() {
        for today in [date(2026, 1, 3), date(2026, 11, 30), date(2026, 12, 14), date(2026, 12, 15)] {
            let offered = Period::offered(today);
            let words: std::collections::BTreeSet<&str> = offered.iter().map(|period| period.word.as_str()).collect();
            assert_eq!(words.len(), offered.len(), "{today}");
            assert!(
                offered.iter().any(|period| period.word.starts_with('r') && period.from <= today && today <= period.to)
            );
            assert!(Period::assessed(today).iter().all(Period::is_assessed));
        }
        assert!(!span_is_assessed("r2026-Q4") && !span_is_assessed("2026-11") && span_is_assessed("2026-Q4"));
    }

    fn span_is_assessed(word: &str) -> bool {
        Period::parse(word, date(2026, 11, 30)).is_ok_and(|period| period.is_assessed())
    }
}
