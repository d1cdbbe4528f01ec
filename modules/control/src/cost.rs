//! What it costs to comply with a procedure (TT 02/2017/TT-VPCP Điều 27): the work it takes at the income of an hour, what is paid on the way, fees;
//! times a year, and those who have to.

use base::{Date, Problem};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What a cost is computed of. All of it was typed by a person; the income of an hour is dated data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inputs {
    /// Time to prepare, travel, wait and hand in, in minutes.
    pub minutes: i64,
    /// Fares and fuel, in đồng each time.
    pub travel_dong: i64,
    /// Copies, certified papers, advice, and others' services.
    pub services_dong: i64,
    /// Fees and charges.
    pub fee_dong: i64,
    /// How often somebody has to do it in a year.
    pub times: i64,
    /// How many have to.
    pub subjects: i64,
}

/// Largest cost of a year that is taken, a million billion đồng, as facts hold.
const YEAR_DONG_MAX: i128 = 1_000_000_000_000_000;

impl Inputs {
    /// Once, for one of them, in đồng; a part of a đồng is left out.
    pub fn once(&self, hour_dong: i64) -> i64 {
        self.minutes * hour_dong / 60 + self.travel_dong + self.services_dong + self.fee_dong
    }

    /// In a year, for all of them.
    ///
    /// # Errors
    /// `control-cost-too-large`.
    pub fn a_year(&self, hour_dong: i64) -> Result<i64, Problem> {
        let sum = i128::from(self.once(hour_dong)) * i128::from(self.times) * i128::from(self.subjects);
        match i64::try_from(sum) {
            Ok(dong) if sum <= YEAR_DONG_MAX => Ok(dong),
            _ => Err(Problem::new("control-cost-too-large")),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Income {
    since: Date,
    month_dong: i64,
    hours_a_month: i64,
    source: String,
}

#[derive(Deserialize)]
struct File {
    income: Vec<Income>,
}

/// The shipped incomes, the latest last; a test reads the file.
static INCOMES: LazyLock<Vec<Income>> = LazyLock::new(|| {
    let text = include_str!("../../../data/control/compliance.toml");
    toml::from_str::<File>(text).map(|file| file.income).unwrap_or_default()
});

/// What an hour counts for on a day, in đồng, and where that comes from; the first known one for days before.
pub fn hour_on(day: Date) -> (i64, &'static str) {
    let known = INCOMES.iter().rev().find(|income| income.since <= day).or(INCOMES.first());
    known.map_or((0, ""), |income| (income.month_dong / income.hours_a_month.max(1), &income.source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_is_the_circulars() {
        let inputs = Inputs {
            minutes: 240,
            travel_dong: 50_000,
            services_dong: 20_000,
            fee_dong: 30_000,
            times: 2,
            subjects: 1_000,
        };
        // Four hours at 30.000 đ, and 100.000 đ on the way and at the desk.
        assert_eq!(inputs.once(30_000), 220_000);
        assert_eq!(inputs.a_year(30_000), Ok(440_000_000));
        assert_eq!(Inputs::default().a_year(30_000), Ok(0));
        let all = Inputs { subjects: 1_000_000_000, times: 1_000, fee_dong: 1_000_000_000, ..inputs };
        assert_eq!(all.a_year(30_000).unwrap_err().code, "control-cost-too-large");
    }

    #[test]
    fn an_hour_counts_for_what_was_published_last() {
        assert_eq!(hour_on(Date::constant(2024, 1, 1)).0, 26_534);
        assert_eq!(hour_on(Date::constant(2026, 11, 25)).0, 30_681);
        assert_eq!(hour_on(Date::constant(2020, 1, 1)).0, 26_534);
        assert!(INCOMES.windows(2).all(|pair| pair[0].since < pair[1].since && !pair[1].source.is_empty()));
    }
}
