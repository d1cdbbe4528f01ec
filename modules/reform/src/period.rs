//! The span of days a figure is read over: a year, a quarter, a month, or the last twelve months. Always whole months, so that
//! figures of all of them come from the same sums.

use base::{Date, Fault, Problem, months};
use facts::Filter;
use i18n::L;
use jiff::ToSpan;
use jiff::civil::date;

/// A named span of whole months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// As in the address: `2026`, `2026-Q3`, `2026-11`, `12m`.
    pub word: String,
    pub from: Date,
    /// The last day, also when it lies ahead.
    pub to: Date,
}

impl Period {
    /// How a period is written, as a regular expression.
    pub const PATTERN: &'static str = "^((20[2-9][0-9]|2100)(-(Q[1-4]|0[1-9]|1[0-2]))?|12m)$";

    /// Whether a word is written like one: what [`Period::PATTERN`] says.
    pub fn is_word(word: &str) -> bool {
        let any_day = date(2026, 1, 1);
        !word.is_empty() && Period::parse(word, any_day).is_ok_and(|period| period.word == word)
    }

    /// The period of an address; an empty text is the year of `today`.
    pub fn parse(word: &str, today: Date) -> Result<Period, Fault> {
        let refuse = || {
            Fault::invalid(Problem::new("reform-period-wrong").field("period").arg("value", base::text::clip(word, 20)))
        };
        if word.is_empty() {
            return Ok(Period::year(today.year()));
        }
        if word == "12m" {
            let from = today.first_of_month().checked_sub(11.months()).map_err(|_| refuse())?;
            return Ok(Period { word: word.into(), from, to: today.last_of_month() });
        }
        // Programmes know no halves of years.
        let (from, to) = months::of_word(word).filter(|_| !word.contains('H')).ok_or_else(refuse)?;
        Ok(Period { word: word.into(), from, to })
    }

    /// A whole year.
    pub fn year(year: i16) -> Period {
        Period { word: year.to_string(), from: date(year, 1, 1), to: date(year, 12, 31) }
    }

    /// The month a day lies in.
    pub fn month(day: Date) -> Period {
        Period { word: months::word_of(day), from: day.first_of_month(), to: day.last_of_month() }
    }

    /// The last day that has come: the day its figures are of.
    pub fn as_of(&self, today: Date) -> Date {
        self.to.min(today)
    }

    /// The facts of the period.
    pub fn filter(&self) -> Filter {
        Filter { from: self.from, to: self.to, level: None, fields: None }
    }

    /// What it is called.
    pub fn name(&self, l: L) -> String {
        match self.word.split_once('-') {
            _ if self.word == "12m" => l.t("reform-period-12m"),
            None => l.tr("reform-period-year", [("year", self.word.as_str())]),
            Some((year, rest)) => match rest.strip_prefix('Q') {
                Some(quarter) => l.tr("reform-period-quarter", [("quarter", quarter), ("year", year)]),
                None => l.tr("reform-period-month", [("month", rest), ("year", year)]),
            },
        }
    }

    /// The periods a picker offers: twelve months back, this and earlier years, this year's quarters, the last months.
    pub fn offered(today: Date) -> Vec<Period> {
        let mut words = vec![today.year().to_string(), "12m".to_owned()];
        words.extend((1..=4).rev().filter(|q| q * 3 - 2 <= today.month()).map(|q| format!("{}-Q{q}", today.year())));
        let months = (0..6).filter_map(|back: i32| today.first_of_month().checked_sub(back.months()).ok());
        words.extend(months.map(months::word_of));
        words.extend((1..=5).map(|back| (today.year() - back).to_string()));
        words.iter().filter_map(|word| Period::parse(word, today).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn span(word: &str) -> (Date, Date) {
        let period = Period::parse(word, TODAY).unwrap();
        (period.from, period.to)
    }

    #[test]
    fn a_period_is_a_year_a_quarter_a_month_or_the_last_twelve_months() {
        assert_eq!(span(""), (date(2026, 1, 1), date(2026, 12, 31)));
        assert_eq!(span("2025"), (date(2025, 1, 1), date(2025, 12, 31)));
        assert_eq!(span("2026-Q3"), (date(2026, 7, 1), date(2026, 9, 30)));
        assert_eq!(span("2024-02"), (date(2024, 2, 1), date(2024, 2, 29)));
        assert_eq!(span("12m"), (date(2025, 12, 1), date(2026, 11, 30)));
    }

    #[test]
    fn a_word_that_is_no_period_is_refused_with_its_field() {
        for word in ["26", "2026-13", "2026-Q5", "2026-Q", "x", "2026-11-22", "1999", "-"] {
            assert!(
                matches!(Period::parse(word, TODAY), Err(Fault::Invalid(p)) if p[0].field.as_deref() == Some("period")),
                "{word}"
            );
        }
    }

    #[test]
    fn figures_are_of_today_while_a_period_runs_and_of_its_last_day_afterwards() {
        assert_eq!(Period::year(2026).as_of(TODAY), TODAY);
        assert_eq!(Period::year(2025).as_of(TODAY), date(2025, 12, 31));
        assert!(Period::offered(TODAY).iter().any(|period| period.word == "2026-Q4"));
    }

    #[test]
    fn a_word_is_a_period_exactly_where_it_is_written_like_one() {
        let today = date(2026, 11, 22);
        for word in ["2026", "2026-Q3", "2026-11", "2020", "2100", "12m"] {
            assert!(Period::is_word(word) && Period::parse(word, today).is_ok(), "{word}");
        }
        for word in ["2026-", "2026-1", "+2026", "02026", "2026-Q+3", "2026-+5", "2019", "2101", "2026-13", "2026-Q5"] {
            assert!(!Period::is_word(word) && Period::parse(word, today).is_err(), "{word}");
        }
    }
}
