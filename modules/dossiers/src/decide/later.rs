//! A result promised for a later day: with an apology, in time, once.

use super::*;
use base::calendar::Extension;

/// Furthest that a result is put off, in working days: a mistyped number is no promise.
pub const PUT_OFF_DAYS_MAX: i64 = 120;

/// A later promise, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Later {
    /// Working days after the due date.
    pub days: i64,
    /// What the applicant is told.
    pub reason: String,
    /// On the day it is due or later: why it could not be said before.
    pub unforeseen: String,
}

/// Whether there is less than a day left before it is due, so that the act has to be explained.
pub fn is_short_notice(dossier: &Dossier, now: Instant) -> bool {
    dossier.due_at.is_some_and(|due_at| Extension::is_short_notice(due_at, now))
}

/// The new date and the one it replaces, or the rule against it; none of a dossier that nothing is promised for.
pub(super) fn date(
    dossier: &Dossier,
    office: &Office<'_>,
    days: i64,
    unforeseen: Option<&str>,
) -> Option<Result<Extension, Problem>> {
    let promised = promised(dossier, office)?;
    let earlier = u32::from(dossier.flags & mark::PUT_OFF != 0);
    let by = Limit::WorkingDays(i32::try_from(days).unwrap_or(i32::MAX));
    Some(office.hours_of(dossier).extend(&promised, by, office.now, earlier, unforeseen))
}

/// Promises the result for a later day: the apology of form 04 goes to the applicant with the reason and the new date, at the latest a day
/// before the old one, which stays on record and is the one the index counts by (NĐ 61/2018/NĐ-CP Điều 19 khoản 9; one-stop specification
/// 4.1).
///
/// # Errors
/// Every problem at once, each with its field: `days`, `reason`, `unforeseen`.
pub fn put_off(dossier: &Dossier, actor: &Actor, office: &Office<'_>, later: &Later) -> Result<Happening, Fault> {
    check(dossier, Verb::PutOff, actor, office)?;
    let mut problems = Vec::new();
    if !(1..=PUT_OFF_DAYS_MAX).contains(&later.days) {
        problems.push(Problem::new("dossier-put-off-days").field("days").arg("max", PUT_OFF_DAYS_MAX));
    }
    let reason = or_problems(substantial("reason", &later.reason), &mut problems);
    let unforeseen = if is_short_notice(dossier, office.now) && !later.unforeseen.trim().is_empty() {
        or_problems(substantial("unforeseen", &later.unforeseen), &mut problems)
    } else {
        String::new()
    };
    let promised =
        date(dossier, office, later.days, Some(later.unforeseen.as_str())).ok_or_else(|| limit_unknown(office))?;
    match promised.and_then(|extension| ahead(&extension, office).map(|()| extension.due)) {
        Ok(due) if problems.is_empty() => {
            Ok(Happening::PutOff { reason, clock: Clock::new(due.due_at, due.basis), unforeseen })
        }
        Ok(_) => Err(Fault::Invalid(problems)),
        Err(problem) => {
            // What the calendar refuses is for want of an explanation.
            problems.push(if problem.field.is_some() { problem } else { problem.field("unforeseen") });
            Err(Fault::Invalid(problems))
        }
    }
}

/// Counted from a date long past, the new one might be past itself: that is no promise, and there is no second one.
pub(super) fn ahead(later: &Extension, office: &Office<'_>) -> Result<(), Problem> {
    let due_at = later.due.due_at;
    if due_at > office.now {
        return Ok(());
    }
    Err(Problem::new("dossier-put-off-past").field("days").arg("due", base::vn_date_time(due_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;
    use crate::measures::flag;
    use catalogue::Version;

    fn later(days: i64, unforeseen: &str) -> Later {
        Later { days, reason: "Máy chủ hỏng, đang sửa".to_owned(), unforeseen: unforeseen.to_owned() }
    }

    /// Received Monday 09:00 with three working days: Thursday 09:00.
    fn received() -> Story {
        let story = Story::received();
        assert_eq!(story.dossier().due_at, Some(november(5, 9, 0)));
        story
    }

    #[test]
    fn an_apology_goes_out_a_day_before_or_says_why_not_and_there_is_one() {
        let mut story = received();
        for person in [officer(), clerk(), citizen(), far_clerk()] {
            assert_eq!(code(story.ask(|d, o| put_off(d, &person, o, &later(2, "")))), "dossier-not-yours");
        }
        for (days, reason) in [(0, "Máy chủ hỏng"), (PUT_OFF_DAYS_MAX + 1, "Máy chủ hỏng"), (2, "."), (2, "")]
        {
            let typed = Later { days, reason: reason.to_owned(), ..Later::default() };
            assert!(
                matches!(story.ask(|d, o| put_off(d, &head(), o, &typed)), Err(Fault::Invalid(_))),
                "{days} {reason}"
            );
        }
        // Wednesday is a day before; Thursday is not, whatever the hour.
        story.now = november(4, 16, 59);
        assert!(story.ask(|d, o| put_off(d, &head(), o, &later(2, ""))).is_ok());
        story.now = november(5, 8, 0);
        let refused = story.ask(|d, o| put_off(d, &head(), o, &later(2, "")));
        let Err(Fault::Invalid(problems)) = refused else { panic!("{refused:?}") };
        assert_eq!((problems[0].code, problems[0].field.as_deref()), ("base-extension-late", Some("unforeseen")));
        assert_eq!(code(story.ask(|d, o| put_off(d, &head(), o, &later(2, "x")))), "dossier-reason-too-thin");
        story.does(0, |d, o| put_off(d, &head(), o, &later(2, "Mất điện toàn khu vực")));
        let d = story.dossier();
        assert_eq!((d.due_at, d.promised_at, d.first_due_at), {
            (Some(november(9, 9, 0)), Some(november(5, 9, 0)), Some(november(5, 9, 0)))
        });
        let offered = story.ask(|d, o| offers(d, &head(), o));
        let told = offered.iter().find(|(verb, _)| *verb == Verb::PutOff).and_then(|(_, problem)| problem.clone());
        assert_eq!(told.map(|problem| problem.code), Some("base-extension-second"), "the rule is told beforehand");
        assert_eq!(code(story.ask(|d, o| put_off(d, &head(), o, &later(2, "Mất điện")))), "base-extension-second");
    }

    #[test]
    fn what_was_put_off_is_counted_by_the_date_before() {
        for (decided, flags, none) in [
            (november(5, 8, 0), flag::ON_TIME | flag::PUT_OFF, flag::BY_LATER_DATE),
            (november(6, 9, 0), flag::BY_LATER_DATE | flag::PUT_OFF, flag::ON_TIME),
            (november(9, 9, 1), flag::PUT_OFF, flag::BY_LATER_DATE),
            (november(9, 9, 1), flag::PUT_OFF, flag::ON_TIME),
        ] {
            let mut story = received();
            story.does(60, |d, o| put_off(d, &head(), o, &later(2, "")));
            assert_eq!(story.sum("put_off", 0), 1);
            story.now = decided;
            story.does(0, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
            assert_eq!((story.sum("settled", flags), story.sum("settled", none)), (1, 0), "{decided:?}");
        }
    }

    #[test]
    fn a_pause_moves_both_dates_and_a_limit_counted_anew_leaves_one() {
        for (policy, due, promised) in [
            // Tuesday 10:00 to Friday 10:00 added to Monday 09:00 and to Thursday 09:00.
            (PausePolicy::Resume, november(12, 9, 0), Some(november(10, 9, 0))),
            (PausePolicy::Restart, november(11, 10, 0), None),
        ] {
            let mut story = Story::received_under(Version { pause_policy: policy, ..version() });
            story.does(60, |d, o| put_off(d, &head(), o, &later(2, "")));
            story.does(24 * 60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
            let brought = Supplied { papers: 1, ..Supplied::default() };
            story.does(3 * 24 * 60, |d, o| complete_supplement(d, &clerk(), o, "", brought));
            let d = story.dossier();
            assert_eq!((d.due_at, d.promised_at), (Some(due), promised), "{policy:?}");
            assert_eq!(code(story.ask(|d, o| put_off(d, &head(), o, &later(2, "")))), "base-extension-second");
        }
    }

    #[test]
    fn a_later_date_lies_ahead_and_is_owed_and_reminded_of_anew() {
        let mut story = received();
        // Two weeks late: two days from the old date are long past.
        story.now = november(20, 9, 0);
        let past = story.ask(|d, o| put_off(d, &head(), o, &later(2, "Hồ sơ bị thất lạc")));
        assert_eq!(code(past), "dossier-put-off-past");
        let parts =
            |story: &Story| crate::owed::dues(story.dossier()).into_iter().map(|due| due.part).collect::<Vec<_>>();
        assert_eq!(parts(&story), [0]);
        story.does(0, |d, o| put_off(d, &head(), o, &later(14, "Hồ sơ bị thất lạc")));
        assert_eq!(parts(&story), [1]);
        assert_eq!(story.dossier().due_at, Some(november(26, 9, 0)), "a day of the new holiday not counted");
        // It was late when it was put off: the pause moves the later date all the same, and it stays late.
        story.does(60, |d, o| request_payment(d, &officer(), o, 90_000, "Thuế trước bạ", "NĐ 10/2022/NĐ-CP"));
        story.does(24 * 60 * 3, |d, o| record_payment(d, &clerk(), o));
        assert!(story.dossier().due_at > Some(november(26, 9, 0)));
        story.does(60, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
        assert_eq!((story.sum("settled", 0), story.sum("settled", flag::ON_TIME)), (1, 0));
    }

    #[test]
    fn what_ends_after_the_promise_and_before_the_later_date_counts_among_the_late_ones() {
        for (stopped, late) in [(november(5, 8, 59), 0), (november(6, 9, 0), 1)] {
            let mut story = received();
            story.does(60, |d, o| put_off(d, &head(), o, &later(2, "")));
            story.now = stopped;
            story.does(0, |d, o| stop(d, &head(), o, "Có bản án của toà án liên quan"));
            assert_eq!(story.sum("settled", flag::UNDECIDED | flag::PUT_OFF), late, "{stopped:?}");
            assert_eq!(story.sum("settled", flag::ON_TIME), 0);
        }
    }

    #[test]
    fn a_promise_that_had_passed_stays_passed_where_days_off_are_counted_through() {
        let mut version = version();
        version.pause_policy = PausePolicy::Resume;
        version.channels.iter_mut().for_each(|terms| terms.limit = Limit::CalendarDays(4));
        let mut story = Story::received_under(version);
        // Friday at the close; put off by three days; asked in the evening of Friday, brought on Monday.
        let promised = november(6, 17, 0);
        assert_eq!(story.dossier().due_at, Some(promised));
        story.does(60, |d, o| put_off(d, &head(), o, &later(3, "")));
        story.now = november(6, 17, 30);
        story.does(0, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
        story.now = november(9, 9, 0);
        let brought = Supplied { papers: 1, ..Supplied::default() };
        story.does(0, |d, o| complete_supplement(d, &clerk(), o, "", brought));
        assert_eq!(story.dossier().promised_at, Some(promised));
        story.does(60, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
        assert_eq!((story.sum("settled", flag::ON_TIME), story.sum("settled", flag::BY_LATER_DATE)), (0, 1));
    }

    #[test]
    fn an_event_that_puts_off_to_no_later_day_or_twice_does_not_follow() {
        let story = received();
        let due = story.dossier().due_at.unwrap();
        let event = |at, promised| Happening::PutOff {
            reason: "x".to_owned(),
            clock: Clock { promised, ..Clock::new(at, "-".to_owned()) },
            unforeseen: String::new(),
        };
        let follows = |event: &Happening| {
            let mut state = Some(story.dossier().clone());
            crate::apply::apply(&mut state, DOSSIER, story.now, (crate::happening::Rules::NOW, None), event).is_ok()
        };
        assert!(follows(&event(due.plus_ms(1), None)));
        assert!(!follows(&event(due, None)) && !follows(&event(due.plus_ms(1), Some(due))));
    }
}
