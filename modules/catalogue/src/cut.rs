//! How far the announced limit stays below the one the law sets.

use base::{Lang, Limit};

use crate::version::Version;

/// Units of a working day in which limits are compared: hours (7), working days (56) and calendar days (40) are all whole.
const WORKING_DAY: i64 = 56;

/// A limit in parts of a working day. A calendar day stands for five sevenths of one: a law that counts days and an announcement that counts
/// working days are not the same length of time.
fn parts(limit: Limit) -> i64 {
    match limit {
        Limit::SameDay => WORKING_DAY,
        Limit::Hours(n) => i64::from(n) * WORKING_DAY / 8,
        Limit::WorkingDays(n) => i64::from(n) * WORKING_DAY,
        Limit::CalendarDays(n) => i64::from(n) * WORKING_DAY * 5 / 7,
        Limit::Months(n) => i64::from(n) * 30 * WORKING_DAY * 5 / 7,
    }
}

/// Statutory against announced time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub statutory: Limit,
    /// The longest over the ways of filing.
    pub announced: Limit,
    /// What is cut, in hundredths of a percent, rounded down; negative where more was announced than the law allows.
    pub basis_points: i64,
}

impl Cut {
    /// Of two limits; none where the law's is nothing.
    pub fn of(statutory: Limit, announced: Limit) -> Option<Cut> {
        let (law, own) = (parts(statutory), parts(announced));
        (law > 0).then(|| Cut { statutory, announced, basis_points: ((law - own) * 10_000).div_euclid(law) })
    }

    /// "33,33 %".
    pub fn percent(&self, lang: Lang) -> String {
        percent(lang, self.basis_points)
    }
}

/// Hundredths of a percent as a language writes them: "-5,05 %", in English "-5.05 %".
pub fn percent(lang: Lang, basis_points: i64) -> String {
    let sign = if basis_points < 0 { "-" } else { "" };
    let (whole, rest) = (basis_points.unsigned_abs() / 100, basis_points.unsigned_abs() % 100);
    let mark = if lang == Lang::En { '.' } else { ',' };
    if rest == 0 { format!("{sign}{whole} %") } else { format!("{sign}{whole}{mark}{rest:02} %") }
}

impl Version {
    /// How far its time stays below the law's; none where the law's is not known.
    pub fn cut(&self) -> Option<Cut> {
        let longest = self.channels.iter().map(|terms| terms.limit).max_by_key(|limit| parts(*limit))?;
        Cut::of(self.statutory?, longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Limit::{CalendarDays, Hours, Months, SameDay, WorkingDays};

    #[test]
    fn days_of_the_calendar_are_five_sevenths_of_working_days() {
        let cut = |law, own| Cut::of(law, own).unwrap().basis_points;
        assert_eq!(cut(WorkingDays(15), WorkingDays(12)), 2_000);
        assert_eq!(cut(WorkingDays(3), Hours(16)), 3_333);
        // Fifteen working days are three weeks: nothing is cut of 21 days.
        assert_eq!(cut(CalendarDays(21), WorkingDays(15)), 0);
        assert_eq!(cut(CalendarDays(20), WorkingDays(15)), -500);
        assert_eq!(cut(Months(1), CalendarDays(15)), 5_000);
        assert_eq!(cut(WorkingDays(1), SameDay), 0);
        assert_eq!(Cut::of(WorkingDays(0), SameDay), None);
    }

    #[test]
    fn percents_are_written_as_they_are_read() {
        let cut = |basis_points| Cut { statutory: SameDay, announced: SameDay, basis_points };
        let said = |basis_points| cut(basis_points).percent(Lang::Vi);
        assert_eq!(cut(-505).percent(Lang::En), "-5.05 %");
        assert_eq!(said(2_000), "20 %");
        assert_eq!(said(3_333), "33,33 %");
        assert_eq!(said(-505), "-5,05 %");
        assert_eq!(said(7), "0,07 %");
    }

    #[test]
    fn the_longest_way_of_filing_counts() {
        let shipped = crate::shipped::versions().unwrap().into_iter().find(|v| v.channels.len() > 1).unwrap();
        assert_eq!(shipped.cut(), None);
        let mut version = Version { statutory: Some(WorkingDays(10)), ..shipped };
        version.channels.iter_mut().for_each(|terms| terms.limit = WorkingDays(5));
        version.channels[0].limit = WorkingDays(8);
        assert_eq!(version.cut().unwrap().basis_points, 2_000);
    }
}
