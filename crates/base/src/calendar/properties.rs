//! What holds for every moment and every limit.

use super::*;
use proptest::prelude::*;

/// Moments from 2019 to 2028: the covered years and their edges.
fn moment() -> impl Strategy<Value = Instant> {
    (1_546_300_800_000i64..1_861_900_000_000).prop_map(Instant)
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1i32..120).prop_map(Limit::WorkingDays),
        (1i32..200).prop_map(Limit::CalendarDays),
        (1i32..400).prop_map(Limit::Hours),
        (1i32..24).prop_map(Limit::Months),
        Just(Limit::SameDay),
    ]
}

fn cut_off() -> impl Strategy<Value = Option<Time>> {
    prop_oneof![Just(None), (0i8..24, 0i8..60).prop_map(|(h, m)| Time::new(h, m, 0, 0).ok())]
}

/// The shipped hours, and an agency with a half Saturday and odd hours.
fn calendar() -> impl Strategy<Value = Calendar> {
    let text = r#"
        [hours]
        monday = ["07:30-11:30", "13:00-17:00"]
        tuesday = ["07:00-11:00", "13:00-16:30"]
        wednesday = ["00:00-24:00"]
        thursday = ["07:30-11:30", "13:00-17:00", "18:00-20:00"]
        saturday = ["07:30-11:30"]
        [desk]
        sunday = ["08:00-10:00"]
    "#;
    let odd = Calendar::shipped().with_hours("odd", WorkingHours::from_toml(text).unwrap()).unwrap();
    prop_oneof![Just(Calendar::shipped().clone()), Just(odd)]
}

/// In working hours, or sharp at the end of one.
fn is_working_end(calendar: &Calendar, at: Instant) -> bool {
    calendar.is_working_time(at) || calendar.is_working_time(at.plus_ms(-1))
}

fn between(limit: Limit, longer: i32) -> Limit {
    match limit {
        Limit::WorkingDays(n) => Limit::WorkingDays(n + longer),
        Limit::CalendarDays(n) => Limit::CalendarDays(n + longer),
        Limit::Hours(n) => Limit::Hours(n + longer),
        Limit::Months(n) => Limit::Months(n + longer),
        Limit::SameDay => Limit::SameDay,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn due_is_in_working_time_and_not_before_the_start(c in calendar(), r in moment(), l in limit(), cut in cut_off()) {
        let due = c.due(r, l, cut);
        prop_assert!(r <= due.started_at && due.started_at <= due.due_at);
        prop_assert!(c.is_working_time(due.started_at));
        prop_assert!(is_working_end(&c, due.due_at), "{}", due.due_at.local());
        prop_assert_eq!(due.started_at, c.start_of_clock(r, cut));
    }

    #[test]
    fn a_later_receipt_is_never_due_earlier(c in calendar(), a in moment(), ms in 0i64..900_000_000, l in limit(), cut in cut_off()) {
        prop_assert!(c.due(a, l, cut).due_at <= c.due(a.plus_ms(ms), l, cut).due_at);
    }

    #[test]
    fn a_longer_limit_is_never_due_earlier(c in calendar(), r in moment(), l in limit(), longer in 0i32..60, cut in cut_off()) {
        prop_assert!(c.due(r, l, cut).due_at <= c.due(r, between(l, longer), cut).due_at);
    }

    #[test]
    fn working_days_add_up(r in moment(), n in 1i32..90, m in 1i32..90) {
        let c = Calendar::shipped();
        let after = |from, n| c.due(from, Limit::WorkingDays(n), None).due_at;
        prop_assert_eq!(after(after(r, n), m), after(r, n + m));
    }

    #[test]
    fn hours_add_up(c in calendar(), r in moment(), n in 1i64..90_000_000, m in 1i64..90_000_000) {
        prop_assert_eq!(c.add_working_ms(c.add_working_ms(r, n), m), c.add_working_ms(r, n + m));
    }

    #[test]
    fn working_time_adds_up_over_any_division(c in calendar(), a in moment(), b in moment(), d in moment()) {
        prop_assert_eq!(c.working_ms_between(a, b) + c.working_ms_between(b, d), c.working_ms_between(a, d));
        prop_assert!(c.working_ms_between(a.min(b), a.max(b)) <= a.max(b).ms_since(a.min(b)));
        prop_assert!(c.working_ms_between(a.min(b), a.max(b)) >= 0);
    }

    #[test]
    fn adding_working_time_is_the_inverse_of_measuring_it(c in calendar(), a in moment(), ms in 0i64..3_000_000_000) {
        let end = c.add_working_ms(a, ms);
        prop_assert_eq!(c.working_ms_between(a, end), ms);
        if ms > 0 {
            prop_assert_eq!(c.working_ms_between(a, end.plus_ms(-1)), ms - 1, "the earliest such moment");
        }
    }

    #[test]
    fn running_totals_agree_with_walking_day_by_day(c in calendar(), a in moment(), days in 0i64..40) {
        let b = a.plus_ms(days * crate::time::DAY_MS + 5_000_000);
        let mut walked = 0;
        for day in a.day()..=b.day() {
            for span in c.table.spans(day) {
                let (from, to) = (Instant::on_day(day, span.from), Instant::on_day(day, span.to));
                walked += b.min(to).ms_since(a.max(from)).max(0);
            }
        }
        prop_assert_eq!(c.working_ms_between(a, b), walked);
        let count = (a.day()..=b.day()).filter(|d| c.is_working_day(date_of_day(*d))).count();
        prop_assert_eq!(c.working_days_in(a.date(), b.date()), i64::try_from(count).unwrap());
    }

    #[test]
    fn a_resumed_clock_is_never_due_earlier_and_a_restarted_one_is_counted_from_then(
        c in calendar(), r in moment(), l in limit(), wait in -90_000_000i64..2_000_000_000, after in 0i64..2_000_000_000, cut in cut_off(),
    ) {
        let original = c.due(r, l, cut);
        let paused = r.plus_ms(after);
        let resumed = paused.plus_ms(wait);
        let moved = c.due_after_pause(PausePolicy::Resume, &original, l, paused, resumed, cut);
        prop_assert!(moved.due_at >= original.due_at);
        prop_assert!(is_working_end(&c, moved.due_at));
        let again = c.due_after_pause(PausePolicy::Restart, &original, l, paused, resumed, cut);
        if paused <= original.due_at {
            let fresh = c.due(resumed, l, cut);
            prop_assert_eq!((again.due_at, again.started_at), (fresh.due_at, fresh.started_at));
        } else {
            prop_assert_eq!(&again, &moved, "what was late is not begun anew");
        }
        for due in [original, moved, again] {
            prop_assert_eq!(c.recount(&due.basis.parse().unwrap()), Some(due));
        }
    }

    #[test]
    fn a_resumed_working_day_limit_keeps_the_remaining_working_time(r in moment(), n in 1i32..40, used in 0i64..1_000_000_000, wait in 0i64..3_000_000_000) {
        let c = Calendar::shipped();
        let l = Limit::WorkingDays(n);
        let original = c.due(r, l, None);
        let paused = r.plus_ms(used).min(original.due_at);
        let resumed = paused.plus_ms(wait);
        let moved = c.due_after_pause(PausePolicy::Resume, &original, l, paused, resumed, None);
        prop_assert_eq!(c.working_ms_between(resumed, moved.due_at), c.working_ms_between(paused, original.due_at));
    }

    #[test]
    fn no_moment_and_no_limit_panics(r in any::<i64>(), b in any::<i64>(), n in any::<i32>(), ms in any::<i64>(), cut in cut_off()) {
        let c = Calendar::shipped();
        let (a, b) = (Instant(r), Instant(b));
        for l in [Limit::WorkingDays(n), Limit::CalendarDays(n), Limit::Hours(n), Limit::Months(n), Limit::SameDay] {
            let due = c.due(a, l, cut);
            prop_assert!(due.due_at >= due.started_at && due.started_at >= a);
            for policy in [PausePolicy::Restart, PausePolicy::Resume] {
                let _ = c.due_after_pause(policy, &due, l, a, b, cut);
            }
            let _ = c.extend(&due, l, b, 0, None);
        }
        let _ = (c.working_ms_between(a, b), c.add_working_ms(a, ms), c.desk_is_open(a), c.next_working_instant(b));
        let _ = (c.is_working_day(a.date()), c.working_days_in(a.date(), b.date()), c.nth_working_day_after(a.date(), ms));
    }

    #[test]
    fn no_text_makes_the_readers_panic(s in any::<String>(), near in "(limit|cutoff|;|=|[0-9]{1,4}|wd|calendar|v|received|start|policy|resume){0,24}") {
        let _ = (s.parse::<Basis>(), near.parse::<Basis>(), Calendar::from_toml(&s), WorkingHours::from_toml(&s));
    }
}
