//! Moments and dates as Vietnam writes them. The country keeps UTC+7 all year (Quyết định 121/CP of 1967, no daylight saving
//! since), so local time is a fixed shift and needs no time-zone database.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

pub use jiff::civil::{Date, DateTime, Time, Weekday};

/// UTC+7 in milliseconds.
const SHIFT_MS: i64 = 7 * 3_600_000;
/// One day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// Day numbers of the first and last dates that can be written (0001-01-01 and 9999-12-31).
const DAY_MIN: i64 = -719_162;
const DAY_MAX: i64 = 2_932_896;

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC. In the database and in JSON it is that whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The moment of a local (UTC+7) date and time; what is below a millisecond is dropped.
    pub fn from_local(at: DateTime) -> Instant {
        Instant::on_day(day_number(at.date()), ms_of_time(at.time()))
    }

    /// The moment `ms_of_day` milliseconds after local midnight of a day.
    pub fn on_day(day: i64, ms_of_day: i64) -> Instant {
        Instant(day.saturating_mul(DAY_MS).saturating_add(ms_of_day).saturating_sub(SHIFT_MS))
    }

    /// Local midnight at which the date begins.
    pub fn start_of(date: Date) -> Instant {
        Instant::on_day(day_number(date), 0)
    }

    /// The local date; moments outside the years 1..9999 are held at the nearest end.
    pub fn date(self) -> Date {
        date_of_day(self.day())
    }

    /// The local date and time.
    pub fn local(self) -> DateTime {
        self.date().to_datetime(time_of_ms(self.ms_of_day()))
    }

    /// The local day number: whole days since 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.saturating_add(SHIFT_MS).div_euclid(DAY_MS)
    }

    /// Milliseconds since local midnight.
    pub fn ms_of_day(self) -> i64 {
        self.0.saturating_add(SHIFT_MS).rem_euclid(DAY_MS)
    }

    /// The moment this many milliseconds later (earlier when negative), held at the ends of the scale.
    pub fn plus_ms(self, ms: i64) -> Instant {
        Instant(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment.
    pub fn ms_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Whole days since 1970-01-01 (proleptic Gregorian; H. Hinnant's `days_from_civil`).
pub fn day_number(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day number; numbers outside the years 1..9999 are held at the nearest end.
pub fn date_of_day(day: i64) -> Date {
    let z = day.clamp(DAY_MIN, DAY_MAX) + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // The clamp above keeps all three in range; MIN only stands in for what cannot happen.
    let made = || Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    made().unwrap_or(Date::MIN)
}

/// Milliseconds from midnight to the time of day.
pub fn ms_of_time(time: Time) -> i64 {
    i64::from(time.hour()) * HOUR_MS
        + i64::from(time.minute()) * 60_000
        + i64::from(time.second()) * 1_000
        + i64::from(time.millisecond())
}

/// The time of day that many milliseconds after midnight (held within one day).
pub fn time_of_ms(ms: i64) -> Time {
    let ms = ms.clamp(0, DAY_MS - 1);
    let part = |n: i64| i8::try_from(n).unwrap_or(0);
    let below_second = i32::try_from(ms % 1_000 * 1_000_000).unwrap_or(0);
    Time::new(part(ms / HOUR_MS), part(ms / 60_000 % 60), part(ms / 1_000 % 60), below_second).unwrap_or(Time::MIN)
}

/// `22/11/2026`: the order and the two digits that Vietnamese papers use.
pub fn vn_date(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// `ngày 05 tháng 02 năm 2026`: how letters and forms say a day. A day below ten and the first two months have a nought before them
/// (NĐ 30/2020/NĐ-CP, Phụ lục I, II.4).
pub fn vn_date_words(date: Date) -> String {
    let month = if date.month() < 3 { format!("{:02}", date.month()) } else { date.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
}

/// `09 giờ 05 phút, ngày 05 tháng 02 năm 2026`, local time: the words of the receipt (TT 03/2025/TT-VPCP, form 01).
pub fn vn_moment_words(at: Instant) -> String {
    let time = at.local().time();
    format!("{:02} giờ {:02} phút, {}", time.hour(), time.minute(), vn_date_words(at.date()))
}

/// `15:05`, local time.
pub fn vn_time(at: Instant) -> String {
    let time = at.local().time();
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `15:05 22/11/2026`, local time: the order of the receipt slip (giờ, ngày).
pub fn vn_date_time(at: Instant) -> String {
    let mut text = vn_time(at);
    let _ = write!(text, " {}", vn_date(at.date()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    #[test]
    fn local_time_is_seven_hours_ahead() {
        let at = Instant::from_local(datetime(2026, 11, 22, 0, 30, 0, 0));
        assert_eq!(at.0, 1_795_282_200_000);
        assert_eq!(at.date(), date(2026, 11, 22));
        assert_eq!(vn_date_time(at), "00:30 22/11/2026");
        assert_eq!(Instant::start_of(date(2026, 11, 22)), at.plus_ms(-30 * 60_000));
    }

    #[test]
    fn days_in_words_have_a_nought_where_letters_of_state_have_one() {
        assert_eq!(vn_date_words(date(2026, 2, 5)), "ngày 05 tháng 02 năm 2026");
        assert_eq!(vn_date_words(date(2026, 3, 15)), "ngày 15 tháng 3 năm 2026");
        let at = Instant::from_local(datetime(2026, 11, 22, 9, 5, 59, 0));
        assert_eq!(vn_moment_words(at), "09 giờ 05 phút, ngày 22 tháng 11 năm 2026");
    }

    #[test]
    fn day_numbers_agree_with_known_days() {
        assert_eq!(day_number(date(1970, 1, 1)), 0);
        assert_eq!(day_number(date(2000, 3, 1)), 11_017);
        assert_eq!(day_number(date(1, 1, 1)), DAY_MIN);
        assert_eq!(day_number(date(9999, 12, 31)), DAY_MAX);
    }

    #[test]
    fn an_instant_is_a_number_in_json() {
        assert_eq!(serde_json::to_string(&Instant(5)).unwrap(), "5");
        assert_eq!(serde_json::from_str::<Instant>("5").unwrap(), Instant(5));
    }

    proptest! {
        #[test]
        fn local_and_back_is_the_same_moment(ms in -62_000_000_000_000i64..250_000_000_000_000) {
            prop_assert_eq!(Instant::from_local(Instant(ms).local()), Instant(ms));
        }

        #[test]
        fn day_numbers_and_dates_convert_both_ways(day in DAY_MIN..=DAY_MAX) {
            let date = date_of_day(day);
            prop_assert_eq!(day_number(date), day);
            prop_assert_eq!(i64::from(date.weekday().to_monday_zero_offset()), (day + 3).rem_euclid(7));
        }

        #[test]
        fn no_moment_panics(ms in any::<i64>(), plus in any::<i64>()) {
            let at = Instant(ms);
            let _ = (at.date(), at.local(), at.plus_ms(plus), at.ms_since(Instant(plus)), vn_date_time(at));
        }
    }
}
