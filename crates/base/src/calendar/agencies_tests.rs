//! Hours of agencies over the province's days, and what closed days do to promises.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const COUNTER: Id = Id(7001);
const OTHER: Id = Id(7002);

fn vn() -> &'static Calendar {
    Calendar::shipped()
}

fn at(month: i8, day: i8, hour: i8, minute: i8) -> Instant {
    Instant::from_local(date(2026, month, day).at(hour, minute, 0, 0))
}

fn week(days: [&str; 7]) -> WorkingHours {
    WorkingHours::of_agency(&WeekText::of_days(days)).unwrap()
}

fn from(day: Date, days: [&str; 7]) -> Entry {
    Entry::Hours { from: day, to: None, hours: week(days) }
}

const BEGIN: Date = date(2020, 1, 1);
/// A counter open on Saturday morning, and otherwise like the province.
const SATURDAY: [&str; 7] = ["", "", "", "", "", "07:30-11:00", ""];
/// A centre with longer hours and one early day.
const LONG: [&str; 7] =
    ["06:30-12:00, 13:00-18:30", "07:00-19:00", "07:00-19:00", "07:00-11:00", "07:00-19:00", "08:00-10:00", ""];

fn saturday() -> Calendar {
    vn().with_agencies(&[(COUNTER, from(BEGIN, SATURDAY))]).at(COUNTER, COUNTER)
}

fn closed(first: Date, last: Date) -> Entry {
    let off = DayOff { kind: OffKind::Closed, name_vi: "Bão".into(), name_en: "Storm".into() };
    Entry::Off { from: first, to: last, off }
}

/// The calendar with days closed in the whole province.
fn with_closed(version: &str, first: Date, last: Date) -> Calendar {
    let mut entries = vn().entries();
    entries.push(closed(first, last));
    Calendar::of_entries(version, &entries).unwrap()
}

#[test]
fn a_counter_open_on_saturday_takes_in_and_shortens_no_limit() {
    let counter = saturday();
    // Saturday 7 November 2026.
    assert!(counter.desk_is_open(at(11, 7, 8, 0)) && !vn().desk_is_open(at(11, 7, 8, 0)));
    assert!(!counter.desk_is_open(at(11, 7, 11, 0)) && !counter.desk_is_open(at(11, 8, 8, 0)));
    assert!(!counter.is_working_day(date(2026, 11, 7)));
    let due = counter.due(at(11, 7, 8, 0), Limit::WorkingDays(3), None);
    assert_eq!((due.started_at, due.due_at), (at(11, 9, 7, 0), at(11, 12, 7, 0)));
    assert!(due.basis.contains("calendar=vn-2026.11/i7001/s7001;"), "{}", due.basis);
    // Not on a holiday, whatever weekday it is: 31 August is swapped, 22 August is worked like a Monday.
    assert!(!counter.desk_is_open(at(2, 14, 8, 0)) || vn().day_off(date(2026, 2, 14)).is_none());
    assert!(counter.is_working_time(at(8, 22, 14, 0)));
}

#[test]
fn the_hours_of_who_takes_in_begin_the_clock_and_limits_in_hours_go_by_who_settles() {
    let all = vn()
        .with_agencies(&[(COUNTER, from(BEGIN, LONG)), (OTHER, from(BEGIN, ["07:30-11:30", "", "", "", "", "", ""]))]);
    let own = all.at(COUNTER, OTHER);
    assert_eq!(own.version(), "vn-2026.11/i7001/s7002");
    // Tuesday 18:00 is in the long hours: the clock begins then, and not on Wednesday morning.
    let received = at(11, 3, 18, 0);
    let due = own.due(received, Limit::WorkingDays(1), None);
    assert_eq!((due.started_at, due.due_at), (received, at(11, 4, 18, 0)));
    assert_eq!(vn().due(received, Limit::WorkingDays(1), None).due_at, at(11, 5, 7, 0));
    // On a day that closes earlier, at its close: Thursday at eleven.
    assert_eq!(own.due(at(11, 4, 18, 0), Limit::WorkingDays(1), None).due_at, at(11, 5, 11, 0));
    // Eight hours of the other, which has the province's on Wednesday: Wednesday 17:00. By its own it would be earlier.
    assert_eq!(own.due(received, Limit::Hours(8), None).due_at, at(11, 4, 17, 0));
    assert_eq!(all.at(COUNTER, COUNTER).due(received, Limit::Hours(8), None).due_at, at(11, 4, 14, 0));
    // The hour after which the next day counts is of the clock, whatever the counter's hours.
    let cut = Some(Time::constant(15, 0, 0, 0));
    assert_eq!(own.due(received, Limit::SameDay, cut).due_at, at(11, 4, 19, 0));
    // Whoever has no lines has the province's calendar, by its name.
    assert_eq!(all.at(Id(1), Id(2)).version(), "vn-2026.11");
    assert!(all.has_own(OTHER) && !all.has_own(Id(1)));
}

#[test]
fn hours_hold_from_their_day_on_and_an_empty_week_is_the_provinces_again() {
    let begins = date(2026, 11, 9);
    let lines = [
        (COUNTER, from(begins, LONG)),
        (COUNTER, Entry::Hours { from: date(2026, 11, 16), to: Some(date(2026, 11, 20)), hours: week([""; 7]) }),
    ];
    let own = vn().with_agencies(&lines).at(COUNTER, COUNTER);
    let closes = |day: i8| own.spans_on(date(2026, 11, day)).last().map(|span| span.to / 60_000);
    assert_eq!([3, 10, 17, 24].map(closes), [Some(17 * 60), Some(19 * 60), Some(17 * 60), None], "24 November is off");
    assert_eq!(closes(25), Some(19 * 60));
}

#[test]
fn a_promise_moves_past_days_that_are_closed_and_only_by_them() {
    let (first, last) = (date(2026, 11, 9), date(2026, 11, 10));
    let after = with_closed("vn-2026.11/e4", first, last);
    let from = Instant::start_of(first);
    let moved = |received, limit| {
        let due = vn().due(received, limit, None);
        after.due_past_closing(vn(), due.due_at, &due.basis.parse().unwrap(), from).map(|due| due.due_at)
    };
    // Friday nine o'clock: one working day is Monday, and now Wednesday.
    assert_eq!(moved(at(11, 6, 9, 0), Limit::WorkingDays(1)), Some(at(11, 11, 9, 0)));
    assert_eq!(moved(at(11, 6, 9, 0), Limit::WorkingDays(3)), Some(at(11, 13, 9, 0)));
    // Due before, or late already: it stays.
    assert_eq!(moved(at(11, 4, 9, 0), Limit::WorkingDays(2)), None);
    assert_eq!(moved(at(11, 11, 9, 0), Limit::WorkingDays(2)), None);
    // Calendar days run through, and only do not end on a closed day.
    assert_eq!(moved(at(11, 6, 9, 0), Limit::CalendarDays(5)), None);
    assert_eq!(moved(at(11, 6, 9, 0), Limit::CalendarDays(4)), Some(at(11, 11, 17, 0)));
    assert_eq!(moved(at(11, 6, 15, 0), Limit::Hours(4)), Some(at(11, 11, 9, 0)));
    // What is to be done within: two hours left on Monday are left on Wednesday.
    assert_eq!(after.past_closing(vn(), at(11, 9, 9, 0), from), at(11, 11, 9, 0));
    assert_eq!(after.past_closing(vn(), at(11, 6, 9, 0), from), at(11, 6, 9, 0));
}

#[test]
fn a_promise_that_was_moved_before_keeps_what_was_left_of_it() {
    let (first, last) = (date(2026, 11, 9), date(2026, 11, 10));
    let after = with_closed("vn-2026.11/e4", first, last);
    let original = vn().due(at(11, 2, 9, 0), Limit::WorkingDays(5), None);
    let extended = vn().extend(&original, Limit::WorkingDays(2), at(11, 5, 9, 0), 0, None).unwrap().due;
    assert_eq!(extended.due_at, at(11, 11, 9, 0));
    let basis: Basis = extended.basis.parse().unwrap();
    let moved = after.due_past_closing(vn(), extended.due_at, &basis, Instant::start_of(first)).unwrap();
    assert_eq!(moved.due_at, at(11, 13, 9, 0));
    assert!(moved.basis.contains(";policy=closed;") && moved.basis.ends_with(&format!(";was={}", extended.due_at.0)));
    assert_eq!(after.recount(&moved.basis.parse().unwrap()), Some(moved));
}

#[test]
fn a_swapped_day_may_be_closed_and_an_agency_alone_may_be() {
    // Saturday 22 August is worked for Monday 31 August.
    let day = date(2026, 8, 22);
    let after = with_closed("vn-2026.11/e1", day, day);
    assert!(vn().is_working_day(day) && !after.is_working_day(day));
    assert_eq!(after.day_off(day).map(|off| off.kind), Some(OffKind::Closed));
    let one = vn().with_agencies(&[(COUNTER, closed(date(2026, 11, 9), date(2026, 11, 9)))]);
    assert!(!one.at(COUNTER, COUNTER).is_working_day(date(2026, 11, 9)));
    assert!(one.at(OTHER, OTHER).is_working_day(date(2026, 11, 9)) && one.is_working_day(date(2026, 11, 9)));
    assert!(!one.at(COUNTER, COUNTER).desk_is_open(at(11, 9, 9, 0)));
}

#[test]
fn only_what_the_settling_agency_cannot_work_on_is_left_out() {
    let all = vn().with_agencies(&[(COUNTER, closed(date(2026, 11, 9), date(2026, 11, 9)))]);
    let friday = at(11, 6, 9, 0);
    let due = |takes_in, settles| all.at(takes_in, settles).due(friday, Limit::WorkingDays(1), None).due_at;
    assert_eq!(due(OTHER, COUNTER), at(11, 10, 9, 0), "taken in elsewhere, it cannot be worked on");
    assert_eq!(due(COUNTER, OTHER), at(11, 9, 9, 0), "taken in before, it is worked on elsewhere");
    // Nobody takes it in on that day, and what is taken in elsewhere begins when it can be worked on.
    let monday = at(11, 9, 10, 0);
    assert_eq!(all.at(COUNTER, OTHER).start_of_clock(monday, None), at(11, 10, 7, 0));
    assert_eq!(all.at(OTHER, COUNTER).start_of_clock(monday, None), at(11, 10, 7, 0));
    assert_eq!(all.at(OTHER, OTHER).start_of_clock(monday, None), monday);
}

fn moment() -> impl Strategy<Value = Instant> {
    (1_577_836_800_000i64..1_830_000_000_000).prop_map(Instant)
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1i32..60).prop_map(Limit::WorkingDays),
        (1i32..90).prop_map(Limit::CalendarDays),
        (1i32..200).prop_map(Limit::Hours),
        (1i32..6).prop_map(Limit::Months),
        Just(Limit::SameDay),
    ]
}

fn cut_off() -> impl Strategy<Value = Option<Time>> {
    prop_oneof![Just(None), Just(Some(Time::constant(15, 0, 0, 0)))]
}

/// Some week of an agency: each day empty, or one or two spans.
fn any_week() -> impl Strategy<Value = WorkingHours> {
    let day = prop_oneof![
        Just(String::new()),
        (5i8..12, 13i8..22).prop_map(|(from, to)| format!("{from:02}:00-{to:02}:30")),
        (6i8..9, 14i8..20).prop_map(|(from, to)| format!("{from:02}:30-11:00, 13:00-{to:02}:00")),
    ];
    proptest::collection::vec(day, 7)
        .prop_map(|days| WorkingHours::of_agency(&WeekText::of_days(days.iter().map(String::as_str))).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_counter_on_a_day_off_moves_any_limit(r in moment(), l in limit(), cut in cut_off()) {
        let (own, province) = (saturday().due(r, l, cut), vn().due(r, l, cut));
        prop_assert_eq!((own.started_at, own.due_at), (province.started_at, province.due_at));
    }

    #[test]
    fn whatever_an_agency_opens_the_days_of_work_stay_the_provinces(hours in any_week(), r in moment(), l in limit(), cut in cut_off()) {
        let all = vn().with_agencies(&[(COUNTER, Entry::Hours { from: BEGIN, to: None, hours })]);
        let own = all.at(COUNTER, COUNTER);
        for day in r.date().series(jiff::ToSpan::days(1)).take(90) {
            prop_assert_eq!(own.is_working_day(day), vn().is_working_day(day), "{}", day);
        }
        let due = own.due(r, l, cut);
        prop_assert!(own.is_working_time(due.started_at) && due.started_at <= due.due_at);
        prop_assert!(own.is_working_time(due.due_at) || own.is_working_time(due.due_at.plus_ms(-1)));
        if let Limit::WorkingDays(n) = l {
            prop_assert_eq!(due.due_at.date(), vn().nth_working_day_after(due.started_at.date(), i64::from(n)));
        }
        prop_assert_eq!(own.recount(&due.basis.parse().unwrap()), Some(due.clone()));
        prop_assert_eq!(vn().recount(&due.basis.parse().unwrap()), None, "by another name it is another calendar");
    }

    #[test]
    fn closed_days_never_bring_a_promise_forward_and_their_basis_counts_it_again(
        r in moment(), l in limit(), cut in cut_off(), ahead in 0i64..40, days in 0i64..12, waited in 0i64..30, used in 0i64..400_000_000,
    ) {
        let first = crate::time::date_of_day(r.day() + ahead);
        let after = with_closed("vn-2026.11/e1", first, crate::time::date_of_day(r.day() + ahead + days));
        let from = Instant::start_of(first);
        let counted = vn().due(r, l, cut);
        let paused = r.plus_ms(used).min(counted.due_at);
        let resumed = vn().due_after_pause(PausePolicy::Resume, &counted, l, paused, paused.plus_ms(waited * 86_400_000), cut);
        for due in [counted, resumed] {
            let basis: Basis = due.basis.parse().unwrap();
            let closed_within = (from.day()..=from.day() + days)
                .any(|day| vn().is_working_day(crate::time::date_of_day(day)) && day <= due.due_at.day());
            match after.due_past_closing(vn(), due.due_at, &basis, from) {
                Some(moved) => {
                    prop_assert!(moved.due_at > due.due_at && closed_within);
                    prop_assert!(after.is_working_time(moved.due_at) || after.is_working_time(moved.due_at.plus_ms(-1)));
                    prop_assert_eq!(after.recount(&moved.basis.parse().unwrap()), Some(moved.clone()));
                    // Done twice it is done once.
                    let again: Basis = moved.basis.parse().unwrap();
                    prop_assert_eq!(after.due_past_closing(&after, moved.due_at, &again, from), None);
                }
                // A promise that stays lies on no closed day, unless it had passed.
                None => prop_assert!(due.due_at < from || !closed_within || after.day_off(due.due_at.date()).is_none()
                    || !vn().is_working_day(due.due_at.date())),
            }
        }
    }
}
