//! How many dossiers on which day, where, and of which procedure.

use crate::dice::Dice;
use base::calendar::Calendar;
use base::{Date, Id, Level};
use catalogue::{Shelf, Version};
use jiff::ToSpan;
use organisation::Tree;
use std::sync::Arc;

/// Dossiers a day relative to an ordinary working day, in thousandths.
fn weight_of_day(day: Date, calendar: &Calendar, nth: usize, days: usize) -> u64 {
    // Volume grows by about a third over the period (national figures 2025: +30 % a year).
    let growth = 850 + 300 * nth as u64 / days.max(1) as u64;
    let season = match (day.month(), day.day()) {
        // Papers for school and for the exams.
        (6 | 8, _) => 1_250,
        (9, 1..=15) => 1_150,
        // Before the New Year holidays everything is wanted done.
        (1, 10..=31) => 1_300,
        (12, 15..=31) => 1_100,
        _ => 1_000,
    };
    if calendar.is_working_day(day) {
        let weekday = match day.weekday() {
            jiff::civil::Weekday::Monday => 1_300,
            jiff::civil::Weekday::Friday => 850,
            _ => 1_000,
        };
        growth * season / 1_000 * weekday / 1_000
    } else {
        // People file online on days off as well.
        growth * 90 / 1_000
    }
}

/// One day's share of all dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    pub dossiers: u64,
    pub working: bool,
}

/// Spreads `total` dossiers over the days up to and including `last`, exactly.
pub fn days(calendar: &Calendar, first: Date, last: Date, total: u64) -> Vec<Day> {
    let dates: Vec<Date> = first.series(1.day()).take_while(|day| *day <= last).collect();
    let weights: Vec<u64> =
        dates.iter().enumerate().map(|(nth, day)| weight_of_day(*day, calendar, nth, dates.len())).collect();
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
    let mut before = 0u128;
    let mut given = 0u64;
    dates
        .into_iter()
        .zip(weights)
        .map(|(date, weight)| {
            before += u128::from(weight);
            // Rounding the running sum loses nobody.
            let up_to = u64::try_from(u128::from(total) * before / sum).unwrap_or(total);
            let dossiers = up_to - given;
            given = up_to;
            Day { date, dossiers, working: calendar.is_working_day(date) }
        })
        .collect()
}

/// How often a procedure is asked for, by what people really come for; unlisted ones are rare.
fn weight_of_procedure(version: &Version) -> u64 {
    match version.code.as_str() {
        // Certified copies are a third of a commune counter's work.
        "2.000815" => 340,
        "2.000884" => 60,
        "2.000635" => 90,
        "1.001193" => 70,
        "1.004873" => 55,
        "1.000894" => 25,
        "1.000656" => 25,
        "1.004222" => 45,
        "1.004194" => 30,
        "1.001612" => 25,
        "1.012753" => 20,
        "1.013225" => 12,
        _ if version.levels.contains(&Level::Commune) => 6,
        _ => 4,
    }
}

/// Something drawn by weight in logarithmic time.
pub struct Drawn<T> {
    list: Vec<T>,
    sums: Vec<u64>,
}

impl<T> Drawn<T> {
    pub fn new(list: Vec<T>, weight: impl Fn(&T) -> u64) -> Self {
        let mut sum = 0;
        let sums = list
            .iter()
            .map(|one| {
                sum += weight(one);
                sum
            })
            .collect();
        Self { list, sums }
    }

    pub fn draw(&self, dice: &mut Dice) -> Option<&T> {
        let at = dice.below(*self.sums.last()?);
        self.list.get(self.sums.partition_point(|sum| *sum <= at))
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// The procedures one can file, as of a day.
pub fn procedures(shelf: &Shelf, on: Date) -> Drawn<Arc<Version>> {
    let open: Vec<Arc<Version>> = shelf
        .all(on)
        .into_iter()
        .filter(|version| version.can_be_received() && version.route == catalogue::Route::Provincial)
        .filter(|version| version.levels.iter().any(|level| *level != Level::District))
        .collect();
    Drawn::new(open, |version| weight_of_procedure(version))
}

/// The communes, some five times as busy as others (27 to 320 a day were published).
pub fn communes(tree: &Tree, seed: u64) -> Drawn<Id> {
    let mut dice = Dice::new(seed).fork("communes");
    let communes: Vec<(Id, u64)> = tree
        .communes()
        .iter()
        .map(|commune| {
            let usual = 40 + dice.below(60) * dice.below(60) / 20;
            (commune.id, usual)
        })
        .collect();
    let weights = communes.clone();
    Drawn::new(communes.into_iter().map(|(id, _)| id).collect(), move |id| {
        weights.iter().find(|(known, _)| known == id).map_or(1, |(_, weight)| *weight)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_dossier_finds_its_day() {
        let calendar = Calendar::shipped();
        for total in [1, 7, 20_000, 1_000_000] {
            let days = days(calendar, date(2025, 5, 22), date(2026, 11, 22), total);
            assert_eq!(days.iter().map(|day| day.dossiers).sum::<u64>(), total);
        }
    }

    #[test]
    fn days_off_are_quiet_but_not_empty() {
        let days = days(Calendar::shipped(), date(2026, 1, 1), date(2026, 10, 31), 100_000);
        let tet = days.iter().find(|day| day.date == date(2026, 2, 17)).unwrap();
        let monday = days.iter().find(|day| day.date == date(2026, 3, 9)).unwrap();
        assert!(tet.dossiers > 0 && tet.dossiers * 5 < monday.dossiers);
    }
}
