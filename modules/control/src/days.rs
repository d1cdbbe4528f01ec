//! Counting back in working days.

use base::Date;
use base::calendar::Calendar;

/// Working days before the legal text takes effect by which a province announces (QĐ 766/QĐ-TTg, 1.1).
pub const ANNOUNCE_BEFORE: usize = 5;
/// Working days after the decision within which it is posted (QĐ 766/QĐ-TTg, 1.2).
pub const POST_WITHIN: i64 = 5;
/// How far back a working day is looked for; no calendar has so many days off in a row.
const LOOK_BACK: usize = 60;

/// The n-th working day before a day.
pub fn working_day_before(calendar: &Calendar, day: Date, n: usize) -> Date {
    let back = std::iter::successors(day.yesterday().ok(), |day| day.yesterday().ok()).take(LOOK_BACK);
    back.filter(|day| calendar.is_working_day(*day)).nth(n.saturating_sub(1)).unwrap_or(day)
}

/// Working days from the one after a day to another; 0 on the day itself and before.
pub fn working_days_after(calendar: &Calendar, day: Date, to: Date) -> i64 {
    day.tomorrow().map_or(0, |next| calendar.working_days_in(next, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_working_days_before_leave_out_weekends_and_holidays() {
        let calendar = Calendar::shipped();
        // Tuesday 01/12/2026: Monday, Friday to Wednesday; 24/11 is a holiday since 2026, so Monday the 23rd.
        assert_eq!(working_day_before(calendar, Date::constant(2026, 12, 1), 5), Date::constant(2026, 11, 23));
        // 01 and 02/09 are off (Bộ luật Lao động Điều 112), and Monday the 31st is given for a Saturday.
        assert_eq!(working_day_before(calendar, Date::constant(2026, 9, 3), 1), Date::constant(2026, 8, 28));
        assert_eq!(working_days_after(calendar, Date::constant(2026, 11, 27), Date::constant(2026, 12, 1)), 2);
        assert_eq!(working_days_after(calendar, Date::constant(2026, 11, 27), Date::constant(2026, 11, 27)), 0);
    }
}
