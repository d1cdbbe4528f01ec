//! Tests of the calendar as a whole: known days, known due dates, the figures of the research data when it is at hand.

use super::*;
use jiff::civil::{date, datetime, time};
use std::path::PathBuf;

pub(super) fn at(y: i16, m: i8, d: i8, hh: i8, mm: i8) -> Instant {
    Instant::from_local(datetime(y, m, d, hh, mm, 0, 0))
}

fn vn() -> &'static Calendar {
    Calendar::shipped()
}

fn due(received: Instant, limit: &str) -> Instant {
    vn().due(received, limit.parse().unwrap(), None).due_at
}

/// The research data beside the source tree, where it is present.
fn shared(file: &str) -> Option<String> {
    let mut dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while dir.pop() {
        let found = dir.join("shared/data").join(file);
        if found.is_file() {
            return std::fs::read_to_string(found).ok();
        }
    }
    None
}

#[test]
fn the_shipped_file_is_read() {
    let read = Calendar::from_toml(SHIPPED).unwrap();
    assert_eq!(read.version(), "vn-2026.11");
    assert_eq!(vn().version(), read.version());
    assert_eq!(read.covers(), (date(2020, 1, 1), date(2027, 12, 31)));
    assert_eq!(read.hours_on(jiff::civil::date(2026, 11, 20)), &WorkingHours::usual());
}

#[test]
fn working_days_of_published_months_and_years() {
    let days = |y: i16, from: i8, to: i8| vn().working_days_in(date(y, from, 1), date(y, to, 1).last_of_month());
    assert_eq!((days(2024, 1, 12), days(2025, 1, 12), days(2026, 1, 12)), (251, 250, 249));
    assert_eq!((days(2020, 1, 1), days(2021, 2, 2), days(2022, 5, 5), days(2023, 9, 9)), (17, 15, 20, 19));
    assert_eq!((days(2024, 5, 5), days(2025, 4, 4), days(2026, 8, 8), days(2026, 11, 11)), (23, 21, 21, 20));
    assert_eq!(days(2027, 2, 2), 15);
    assert_eq!(vn().working_days_in(date(2026, 2, 1), date(2026, 1, 1)), 0);
}

#[test]
fn every_month_and_every_day_off_agrees_with_the_collected_data() {
    let Some(months) = shared("calendar/working_days_per_month_2020_2027.csv") else { return };
    for line in months.lines().skip(1) {
        let n: Vec<i64> = line.split(',').map(|f| f.trim().parse().unwrap()).collect();
        let first = date(i16::try_from(n[0]).unwrap(), i8::try_from(n[1]).unwrap(), 1);
        assert_eq!(vn().working_days_in(first, first.last_of_month()), n[2], "{line}");
    }
    let holidays = shared("calendar/public_holidays_2020_2027.csv").unwrap();
    let mut listed = 0;
    for line in holidays.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let day: Date = fields[0].parse().unwrap();
        let kind = vn().day_off(day).unwrap_or_else(|| panic!("{day} is listed")).kind;
        let expected = match fields.iter().find(|f| ["holiday", "compensatory", "swap_day_off"].contains(f)) {
            Some(&"holiday") => OffKind::Holiday,
            Some(&"compensatory") => OffKind::Compensatory,
            _ => OffKind::Swapped,
        };
        assert_eq!(kind, expected, "{day}");
        assert!(!vn().is_working_day(day), "{day}");
        listed += 1;
    }
    let ours = (day_number(date(2020, 1, 1))..=day_number(date(2027, 12, 31))).map(date_of_day);
    assert_eq!(ours.filter(|d| vn().day_off(*d).is_some()).count(), listed);
    for line in shared("calendar/working_day_swaps.csv").unwrap().lines().skip(1).filter(|l| *l >= "2020") {
        let fields: Vec<&str> = line.split(',').collect();
        let swap = vn().swaps().iter().find(|s| s.off == fields[0].parse().unwrap()).unwrap();
        assert_eq!(swap.worked, fields[2].parse().unwrap());
    }
}

#[test]
fn days_off_say_why() {
    assert_eq!(vn().day_off(date(2026, 11, 24)).unwrap().name_vi, "Ngày Văn hóa Việt Nam");
    assert!(vn().is_working_day(date(2025, 11, 24)), "Culture Day is a day off from 2026");
    assert_eq!(vn().day_off(date(2026, 4, 27)).unwrap().kind, OffKind::Compensatory);
    assert_eq!(vn().day_off(date(2026, 8, 31)).unwrap().kind, OffKind::Swapped);
    assert!(vn().is_working_day(date(2026, 8, 22)), "the Saturday worked for it");
    assert_eq!(vn().day_off(date(2026, 11, 23)), None);
}

#[test]
fn outside_the_covered_years_the_week_and_the_fixed_dates_count() {
    assert!(!vn().is_working_day(date(2029, 4, 30)) && vn().is_working_day(date(2029, 4, 27)));
    assert!(!vn().is_working_day(date(2028, 11, 24)) && !vn().is_working_day(date(2029, 1, 1)));
    assert!(vn().is_working_day(date(2010, 11, 24)), "no Culture Day then");
    assert!(vn().is_working_day(date(2028, 1, 26)), "the Tet break of 2028 is not announced");
}

#[test]
fn due_dates_of_2026() {
    assert_eq!(due(at(2026, 2, 13, 9, 0), "3wd"), at(2026, 2, 25, 9, 0), "over Tet");
    assert_eq!(due(at(2026, 4, 24, 9, 0), "2wd"), at(2026, 4, 29, 9, 0), "over the day given for Hung Kings");
    assert_eq!(due(at(2026, 4, 24, 9, 0), "3wd"), at(2026, 5, 4, 9, 0), "over 30/4 and 1/5");
    assert_eq!(due(at(2026, 8, 21, 14, 15), "1wd"), at(2026, 8, 22, 14, 15), "the swapped-in Saturday counts");
    assert_eq!(due(at(2026, 8, 28, 9, 0), "1wd"), at(2026, 9, 3, 9, 0), "over the swapped day and National Day");
    assert_eq!(due(at(2026, 11, 23, 9, 0), "2wd"), at(2026, 11, 26, 9, 0), "over Culture Day");
}

#[test]
fn same_day_procedures_have_a_cut_off() {
    let cut_off = Some(time(15, 0, 0, 0));
    let due = |received| vn().due(received, Limit::SameDay, cut_off);
    assert_eq!(due(at(2026, 11, 26, 15, 5)).due_at, at(2026, 11, 27, 17, 0));
    assert_eq!(due(at(2026, 11, 26, 15, 5)).started_at, at(2026, 11, 27, 7, 0));
    assert_eq!(due(at(2026, 11, 26, 15, 0)).due_at, at(2026, 11, 26, 17, 0), "sharp on the hour is in time");
    assert_eq!(due(at(2026, 11, 26, 15, 0).plus_ms(1)).due_at, at(2026, 11, 27, 17, 0));
    assert_eq!(due(at(2026, 11, 27, 16, 0)).due_at, at(2026, 11, 30, 17, 0), "Friday to Monday");
    assert_eq!(due(at(2026, 11, 28, 16, 0)).due_at, at(2026, 11, 30, 17, 0), "Saturday to Monday, not Tuesday");
    assert_eq!(vn().due(at(2026, 11, 26, 15, 5), Limit::SameDay, None).due_at, at(2026, 11, 26, 17, 0));
}

#[test]
fn the_clock_starts_in_office_hours() {
    let start = |received| vn().start_of_clock(received, None);
    assert_eq!(start(at(2026, 11, 26, 9, 0)), at(2026, 11, 26, 9, 0));
    assert_eq!(start(at(2026, 11, 26, 5, 0)), at(2026, 11, 26, 7, 0), "before opening");
    assert_eq!(start(at(2026, 11, 26, 12, 10)), at(2026, 11, 26, 13, 30), "at lunch");
    assert_eq!(start(at(2026, 11, 26, 11, 30)), at(2026, 11, 26, 13, 30), "lunch begins sharp");
    assert_eq!(start(at(2026, 11, 26, 17, 0)), at(2026, 11, 27, 7, 0), "closed sharp at five");
    assert_eq!(start(at(2026, 11, 27, 20, 0)), at(2026, 11, 30, 7, 0), "Friday night");
    assert_eq!(start(at(2026, 11, 23, 20, 0)), at(2026, 11, 25, 7, 0), "over Culture Day");
    assert_eq!(due(at(2026, 11, 23, 20, 0), "1wd"), at(2026, 11, 26, 7, 0));
}

#[test]
fn calendar_days_run_through_and_end_on_a_working_day() {
    assert_eq!(due(at(2026, 11, 17, 9, 0), "3d"), at(2026, 11, 20, 17, 0), "a Friday");
    assert_eq!(due(at(2026, 11, 18, 9, 0), "3d"), at(2026, 11, 23, 17, 0), "Saturday moves to Monday");
    assert_eq!(due(at(2026, 11, 21, 9, 0), "1d"), at(2026, 11, 25, 17, 0), "from Monday on, over Culture Day");
    assert_eq!(due(at(2026, 2, 6, 9, 0), "10d"), at(2026, 2, 23, 17, 0), "Tet moves it to the Monday after");
    assert_eq!(due(at(2026, 8, 20, 9, 0), "2d"), at(2026, 8, 22, 17, 0), "a swapped-in Saturday is a working day");
}

#[test]
fn months_end_on_the_same_day_or_the_last_one() {
    assert_eq!(due(at(2026, 1, 15, 9, 0), "1m"), at(2026, 2, 23, 17, 0), "15/2 is a Sunday before Tet");
    assert_eq!(due(at(2025, 10, 31, 9, 0), "1m"), at(2025, 12, 1, 17, 0), "30/11 is a Sunday");
    assert_eq!(due(at(2024, 1, 31, 9, 0), "1m"), at(2024, 2, 29, 17, 0), "leap year");
    assert_eq!(due(at(2026, 6, 15, 9, 0), "6m"), at(2026, 12, 15, 17, 0));
    assert_eq!(due(at(2026, 10, 1, 9, 0), "14m"), at(2027, 12, 1, 17, 0));
}

#[test]
fn hours_are_working_hours() {
    assert_eq!(due(at(2026, 11, 26, 8, 0), "2h"), at(2026, 11, 26, 10, 0));
    assert_eq!(due(at(2026, 11, 26, 10, 30), "2h"), at(2026, 11, 26, 14, 30), "over lunch");
    assert_eq!(due(at(2026, 11, 26, 16, 0), "2h"), at(2026, 11, 27, 8, 0), "over night");
    assert_eq!(due(at(2026, 11, 26, 7, 0), "8h"), at(2026, 11, 26, 17, 0), "five sharp is still on time");
    assert_eq!(due(at(2026, 11, 2, 7, 0), "240h"), at(2026, 12, 14, 17, 0), "thirty days of eight hours");
}

#[test]
fn an_agency_may_keep_other_hours() {
    let text = r#"
        [hours]
        monday = ["07:30-11:30", "13:00-17:00"]
        tuesday = ["07:30-11:30", "13:00-17:00"]
        wednesday = ["07:30-11:30", "13:00-17:00"]
        thursday = ["07:30-11:30", "13:00-17:00"]
        friday = ["07:30-11:30", "13:00-17:00"]
        saturday = ["07:30-11:30"]
    "#;
    let half = vn().with_hours("ninh-kieu", WorkingHours::from_toml(text).unwrap()).unwrap();
    assert_eq!(half.version(), "vn-2026.11/ninh-kieu");
    let due = |received, limit: &str| half.due(received, limit.parse().unwrap(), None).due_at;
    assert_eq!(due(at(2026, 11, 27, 9, 0), "1wd"), at(2026, 11, 28, 9, 0), "the half Saturday counts");
    assert_eq!(due(at(2026, 11, 27, 15, 0), "1wd"), at(2026, 11, 28, 11, 30), "and closes earlier");
    assert_eq!(due(at(2026, 11, 28, 9, 0), "4h"), at(2026, 11, 30, 9, 0));
    assert_eq!(half.working_ms_between(at(2026, 11, 28, 0, 0), at(2026, 11, 29, 0, 0)), 4 * 3_600_000);
    assert!(half.is_working_time(at(2026, 8, 22, 16, 0)), "a swapped-in Saturday has the hours of its Monday");
    assert!(!half.is_working_day(date(2026, 9, 2)));
    for name in ["", "a b", "a;b", "đ", &"a".repeat(31)] {
        assert_eq!(vn().with_hours(name, WorkingHours::usual()).unwrap_err().code, "base-calendar-version");
    }
}

#[test]
fn a_desk_may_take_in_when_the_clock_stands() {
    let text = r#"
        [hours]
        monday = ["07:00-11:30", "13:30-17:00"]
        friday = ["07:00-11:30", "13:30-17:00"]
        [desk]
        saturday = ["07:30-11:00"]
    "#;
    let desk = vn().with_hours("desk", WorkingHours::from_toml(text).unwrap()).unwrap();
    let saturday = at(2026, 11, 28, 9, 0);
    assert!(desk.desk_is_open(saturday) && !desk.is_working_time(saturday));
    assert!(!desk.desk_is_open(at(2026, 11, 28, 11, 0)));
    assert!(!desk.desk_is_open(at(2025, 2, 1, 9, 0)), "not on the Saturday of Tet");
    assert_eq!(desk.start_of_clock(saturday, None), at(2026, 11, 30, 7, 0));
}

#[test]
fn a_restarted_clock_counts_the_whole_limit_anew() {
    let limit = Limit::WorkingDays(5);
    let original = vn().due(at(2026, 11, 2, 9, 0), limit, None);
    assert_eq!(original.due_at, at(2026, 11, 9, 9, 0));
    let (paused, resumed) = (at(2026, 11, 4, 10, 0), at(2026, 11, 12, 18, 0));
    let again = vn().due_after_pause(PausePolicy::Restart, &original, limit, paused, resumed, None);
    assert_eq!(again.started_at, at(2026, 11, 13, 7, 0));
    assert_eq!(again.due_at, at(2026, 11, 20, 7, 0));
    assert_eq!(again.due_at, vn().due(resumed, limit, None).due_at);
}

#[test]
fn a_clock_stopped_after_its_due_date_is_not_begun_anew() {
    let limit = Limit::WorkingDays(5);
    let original = vn().due(at(2026, 11, 2, 9, 0), limit, None);
    assert_eq!(original.due_at, at(2026, 11, 9, 9, 0));
    // Two hours late when the paper was asked for, and two hours late when it came.
    let (paused, resumed) = (at(2026, 11, 9, 11, 0), at(2026, 11, 10, 11, 0));
    let again = vn().due_after_pause(PausePolicy::Restart, &original, limit, paused, resumed, None);
    assert_eq!(again.due_at, at(2026, 11, 10, 9, 0));
    assert!(again.basis.contains("policy=resume"), "{}", again.basis);
    // To the minute: asked at the due moment itself, it is not late.
    let paused = original.due_at;
    let timely = vn().due_after_pause(PausePolicy::Restart, &original, limit, paused, resumed, None);
    assert_eq!(timely.due_at, vn().due(resumed, limit, None).due_at);
}

#[test]
fn a_resumed_clock_moves_by_the_time_waited() {
    let limit = Limit::WorkingDays(5);
    let original = vn().due(at(2026, 11, 2, 9, 0), limit, None);
    let resume = |limit, from: &DueDate, paused, resumed| {
        vn().due_after_pause(PausePolicy::Resume, from, limit, paused, resumed, None).due_at
    };
    assert_eq!(resume(limit, &original, at(2026, 11, 3, 9, 0), at(2026, 11, 5, 9, 0)), at(2026, 11, 11, 9, 0));
    assert_eq!(resume(limit, &original, at(2026, 11, 6, 18, 0), at(2026, 11, 8, 9, 0)), original.due_at, "a weekend");
    assert_eq!(resume(limit, &original, at(2026, 11, 5, 9, 0), at(2026, 11, 3, 9, 0)), original.due_at, "backwards");
    assert_eq!(
        resume(limit, &original, at(2026, 11, 9, 11, 0), at(2026, 11, 10, 11, 0)),
        at(2026, 11, 10, 9, 0),
        "two hours late stays two hours late"
    );
    let opening = vn().due(at(2026, 11, 2, 6, 0), Limit::WorkingDays(1), None);
    assert_eq!(
        resume(Limit::WorkingDays(1), &opening, at(2026, 11, 2, 8, 0), at(2026, 11, 3, 8, 0)),
        at(2026, 11, 4, 7, 0)
    );
    let days = vn().due(at(2026, 11, 2, 9, 0), Limit::CalendarDays(7), None);
    assert_eq!(
        resume(Limit::CalendarDays(7), &days, at(2026, 11, 3, 9, 0), at(2026, 11, 8, 9, 0)),
        at(2026, 11, 16, 17, 0)
    );
}

#[test]
fn an_extension_keeps_the_original_and_happens_once_and_in_time() {
    let original = vn().due(at(2026, 11, 2, 9, 0), Limit::WorkingDays(5), None);
    let by = Limit::WorkingDays(3);
    let extend = |decided, earlier, reason| vn().extend(&original, by, decided, earlier, reason);
    let done = extend(at(2026, 11, 8, 16, 0), 0, None).unwrap();
    assert_eq!(done.original, original);
    assert_eq!(done.due.due_at, at(2026, 11, 12, 9, 0));
    let refused = extend(at(2026, 11, 9, 7, 30), 0, None).unwrap_err();
    assert_eq!((refused.code, refused.rule), ("base-extension-late", Some("NĐ 61/2018/NĐ-CP Điều 19 khoản 9")));
    assert_eq!(extend(at(2026, 11, 9, 7, 30), 0, Some("  ")).unwrap_err().code, "base-extension-late");
    assert!(extend(at(2026, 11, 9, 7, 30), 0, Some("Mất điện toàn khu vực")).is_ok());
    assert_eq!(extend(at(2026, 11, 4, 9, 0), 1, Some("x")).unwrap_err().code, "base-extension-second");
}

#[test]
fn every_due_date_can_be_counted_again_from_its_basis() {
    let limit = Limit::WorkingDays(5);
    let first = vn().due(at(2026, 11, 23, 15, 5), limit, Some(time(15, 0, 0, 0)));
    assert_eq!(first.basis, "limit=5wd;calendar=vn-2026.11;received=1795421100000;start=1795564800000;cutoff=15:00");
    let paused = (at(2026, 11, 26, 9, 0), at(2026, 11, 27, 15, 30));
    let resumed = vn().due_after_pause(PausePolicy::Resume, &first, limit, paused.0, paused.1, None);
    let restarted =
        vn().due_after_pause(PausePolicy::Restart, &first, limit, paused.0, paused.1, Some(time(15, 0, 0, 0)));
    let extended = vn().extend(&first, Limit::WorkingDays(2), at(2026, 11, 27, 9, 0), 0, None).unwrap().due;
    for due in [first, resumed, restarted, extended] {
        let basis: Basis = due.basis.parse().unwrap();
        assert_eq!(vn().recount(&basis), Some(due.clone()));
        let other = Basis { calendar: "vn-2019.1".into(), ..basis };
        assert_eq!(vn().recount(&other), None, "another calendar must not be counted with this one");
    }
}

#[test]
fn a_calendar_file_that_does_not_hold_together_is_refused() {
    let code = |from: &str, to: &str| {
        let text = SHIPPED.replace(from, to);
        assert_ne!(text, SHIPPED, "{from} is in the file");
        Calendar::from_toml(&text).unwrap_err().code
    };
    assert_eq!(code("[hours]", "[hour]"), "base-calendar-text");
    assert_eq!(code("vn-2026.11", "vn;2026"), "base-calendar-version");
    assert_eq!(code("\"2026-11-24\", \"culture\"", "\"2026-11-31\", \"culture\""), "base-calendar-day");
    assert_eq!(code("\"2026-11-24\", \"culture\"", "\"2026-11-24\", \"nobody\""), "base-calendar-day");
    assert_eq!(code("\"2026-02-16..2026-02-20\"", "\"2026-02-20..2026-02-16\""), "base-calendar-day");
    assert_eq!(code("to = \"2027-12-31\"", "to = \"2019-12-31\""), "base-calendar-day");
    assert_eq!(code("day = \"11-24\"", "day = \"11-31\""), "base-calendar-day");
    assert_eq!(code("worked = \"2026-08-22\"", "worked = \"2026-08-21\""), "base-calendar-swap");
    assert_eq!(code("worked = \"2026-08-22\"", "worked = \"2026-01-10\""), "base-calendar-swap");
    assert_eq!(code("off = \"2026-08-31\"", "off = \"2026-09-01\""), "base-calendar-swap");
    assert_eq!(code("17:00", "27:00"), "base-hours");
}
