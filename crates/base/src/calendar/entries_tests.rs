//! A calendar taken apart into dated entries and put together again.

use super::*;
use jiff::civil::date;

fn vn() -> &'static Calendar {
    Calendar::shipped()
}

fn holiday(from: Date, to: Date) -> Entry {
    let off = DayOff { kind: OffKind::Holiday, name_vi: "Lễ hội".into(), name_en: "Festival".into() };
    Entry::Off { from, to, off }
}

fn half_days() -> WorkingHours {
    let week = WeekText::of_days(["07:00-11:00"; 5]);
    WorkingHours::new(&week, &WeekText::default()).unwrap()
}

#[test]
fn the_shipped_calendar_is_the_same_from_its_entries() {
    let again = Calendar::of_entries(vn().version(), &vn().entries()).unwrap();
    assert_eq!(again.version(), "vn-2026.11");
    assert_eq!(again.entries(), vn().entries());
    for day in FIRST_YEAR.series(jiff::ToSpan::days(1)).take_while(|day| day.year() < 2032) {
        assert_eq!(again.is_working_day(day), vn().is_working_day(day), "{day}");
        assert_eq!(again.day_off(day), vn().day_off(day), "{day}");
    }
    // A run of days with one name is one line.
    let tet = |entry: &Entry| matches!(entry, Entry::Off { from, to, .. } if *from == date(2026, 2, 16) && *to == date(2026, 2, 20));
    assert_eq!(vn().entries().iter().filter(|entry| tet(entry)).count(), 1);
}

const FIRST_YEAR: Date = date(2019, 1, 1);

#[test]
fn an_added_holiday_moves_what_is_counted_from_now_on_and_the_old_calendar_still_counts_the_old_date() {
    let received = Instant::from_local(date(2026, 12, 7).at(9, 0, 0, 0));
    let before = vn().due(received, Limit::WorkingDays(3), None);
    let mut entries = vn().entries();
    entries.push(holiday(date(2026, 12, 8), date(2026, 12, 9)));
    let changed = Calendar::of_entries("vn-2026.11/r1", &entries).unwrap();
    let after = changed.due(received, Limit::WorkingDays(3), None);
    assert_eq!(before.due_at.date(), date(2026, 12, 10));
    assert_eq!(after.due_at.date(), date(2026, 12, 14));
    assert_eq!(vn().recount(&before.basis.parse().unwrap()), Some(before.clone()));
    assert_eq!(changed.recount(&before.basis.parse().unwrap()), None);
    assert_eq!(changed.recount(&after.basis.parse().unwrap()), Some(after));
}

#[test]
fn a_holiday_beyond_the_covered_years_adds_to_the_fixed_dates_and_takes_none_away() {
    let mut entries = vn().entries();
    entries.push(holiday(date(2028, 1, 26), date(2028, 1, 28)));
    let changed = Calendar::of_entries("vn-2026.11/r1", &entries).unwrap();
    assert!(!changed.is_working_day(date(2028, 1, 27)));
    assert!(!changed.is_working_day(date(2028, 9, 4)) || date(2028, 9, 2).weekday() == jiff::civil::Weekday::Saturday);
    assert!(!changed.is_working_day(date(2028, 5, 1)), "Labour Day stays");
}

#[test]
fn hours_hold_from_a_day_to_a_day_and_of_several_the_latest_begun() {
    let mut entries = vn().entries();
    entries.push(Entry::Hours { from: date(2026, 12, 7), to: None, hours: half_days() });
    let usual = WorkingHours::usual();
    entries.push(Entry::Hours { from: date(2026, 12, 14), to: Some(date(2026, 12, 18)), hours: usual.clone() });
    let changed = Calendar::of_entries("vn-2026.11/r2", &entries).unwrap();
    let at = |day: i8, hour: i8| Instant::from_local(date(2026, 12, day).at(hour, 0, 0, 0));
    assert!(changed.is_working_time(at(4, 14)));
    assert!(!changed.is_working_time(at(7, 14)) && changed.is_working_time(at(7, 8)));
    assert!(changed.is_working_time(at(14, 14)) && !changed.is_working_time(at(21, 14)));
    assert_eq!(changed.hours_on(date(2026, 12, 21)), &half_days());
    assert_eq!(changed.hours_on(date(2026, 12, 1)), &usual);
}

#[test]
fn entries_that_do_not_hold_together_are_refused() {
    let code = |entry: Entry| {
        let mut entries = vn().entries();
        entries.push(entry);
        Calendar::of_entries("vn-2026.11/r1", &entries).unwrap_err().code
    };
    let swap = |off, worked| Entry::Swap(Swap { off, worked, basis: "VB 1".into() });
    assert_eq!(code(holiday(date(2026, 12, 9), date(2026, 12, 8))), "base-calendar-day");
    assert_eq!(code(holiday(date(2026, 12, 1), date(2027, 3, 1))), "base-calendar-day");
    assert_eq!(
        code(swap(date(2026, 12, 12), date(2026, 12, 19))),
        "base-calendar-swap",
        "a Saturday is no working day"
    );
    assert_eq!(code(swap(date(2026, 12, 11), date(2026, 12, 18))), "base-calendar-swap", "a Friday is no day off");
    assert_eq!(Calendar::of_entries("a;b", &[]).unwrap_err().code, "base-calendar-version");
}
