//! How many months something is kept, by the day from which that holds: a data file of dated rows, each with its source.

use crate::{Date, Fault};
use jiff::ToSpan;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    since: Date,
    months: i32,
    #[serde(rename = "source")]
    _source: String,
}

/// Dated terms, the earliest first; without any, nothing is kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    kept: Vec<Term>,
}

impl Terms {
    /// Reads a file of `[[kept]]` rows: `since`, `months`, `source`.
    ///
    /// # Errors
    /// `Internal` for a text that is no such file: these files ship with the program.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let mut terms = toml::from_str::<Self>(text).map_err(Fault::internal)?;
        terms.kept.sort_by_key(|term| term.since);
        Ok(terms)
    }

    fn months_on(&self, day: Date) -> Option<i32> {
        self.kept.iter().rev().find(|term| term.since <= day).map(|term| term.months)
    }

    /// The last day on which what ended on `day` is still kept, by the term of that day; the day itself where none held.
    pub fn kept_until(&self, day: Date) -> Date {
        self.months_on(day).and_then(|months| day.checked_add(months.months()).ok()).unwrap_or(day)
    }

    /// The day before which things go, by the term of `today`; none where no term holds.
    pub fn kept_since(&self, today: Date) -> Option<Date> {
        self.months_on(today).and_then(|months| today.checked_sub(months.months()).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TWO: &str = "[[kept]]\nsince = \"2026-11-01\"\nmonths = 36\nsource = \"b\"\n\
                       [[kept]]\nsince = \"2026-01-01\"\nmonths = 24\nsource = \"a\"\n";

    #[test]
    fn the_term_of_the_day_counts_and_a_month_without_that_day_ends_on_its_last() {
        let terms = Terms::read(TWO).unwrap();
        assert_eq!(terms.kept_until(date(2026, 10, 31)), date(2028, 10, 31));
        assert_eq!(terms.kept_until(date(2026, 11, 1)), date(2029, 11, 1));
        assert_eq!(terms.kept_until(date(2028, 2, 29)), date(2031, 2, 28));
        assert_eq!(terms.kept_until(date(2025, 12, 31)), date(2025, 12, 31));
        assert_eq!(terms.kept_since(date(2026, 11, 29)), Some(date(2023, 11, 29)));
        assert_eq!(terms.kept_since(date(2026, 10, 31)), Some(date(2024, 10, 31)));
        assert_eq!(terms.kept_since(date(1970, 1, 1)), None);
    }

    #[test]
    fn a_row_without_its_source_or_with_something_more_is_no_term() {
        assert!(Terms::read("[[kept]]\nsince = \"2021-01-01\"\nmonths = 1\n").is_err());
        assert!(Terms::read("[[kept]]\nsince = \"2021-01-01\"\nmonths = 1\nsource = \"-\"\nmore = 1").is_err());
    }
}
