//! What a moved date leaves on a dossier, and what figures judge by.

use crate::decide::{refuse, request_supplement};
use crate::dossier::mark;
use crate::fixture::*;
use crate::happening::{Clock, DatesMoved, Happening, PromiseMoved, Rules};
use crate::measures::flag;
use base::calendar::Calendar;
use base::{Id, Instant};
use organisation::closing::CountedBy;

fn event(story: &Story, counted_by: CountedBy, due: Instant) -> Happening {
    let d = story.dossier();
    let promised = if counted_by == CountedBy::Original { d.counted_by() } else { None };
    let clock = Clock { promised, ..Clock::new(due, format!("{};closed", d.due_basis)) };
    let promise = Some(PromiseMoved { was: d.due_at.unwrap(), clock });
    let dates = DatesMoved { promise, ..DatesMoved::default() };
    Happening::DueMoved { by: Id(5), decision: "15/CĐ-UBND".to_owned(), counted_by, dates }
}

fn follows(story: &Story, event: &Happening) -> bool {
    let mut state = Some(story.dossier().clone());
    crate::apply::apply(&mut state, DOSSIER, story.now, (Rules::NOW, Some(Id(1))), event).is_ok()
}

#[test]
fn both_dates_are_kept_and_figures_judge_by_the_one_of_the_rule() {
    // Received Monday 09:00 with three working days: Thursday 09:00, moved to Monday.
    for (counted_by, decided, with, without) in [
        (CountedBy::Original, november(5, 9, 0), flag::ON_TIME | flag::DATE_MOVED, flag::BY_LATER_DATE),
        (CountedBy::Original, november(6, 9, 0), flag::BY_LATER_DATE | flag::DATE_MOVED, flag::ON_TIME),
        (CountedBy::Original, november(9, 9, 1), flag::DATE_MOVED, flag::ON_TIME),
        (CountedBy::Moved, november(6, 9, 0), flag::ON_TIME | flag::DATE_MOVED, flag::BY_LATER_DATE),
        (CountedBy::Moved, november(9, 9, 1), flag::DATE_MOVED, flag::ON_TIME),
    ] {
        let mut story = Story::received();
        story.now = november(4, 9, 0);
        let moved = event(&story, counted_by, november(9, 9, 0));
        story.happen(moved);
        let d = story.dossier();
        assert_eq!((d.due_at, d.first_due_at), (Some(november(9, 9, 0)), Some(november(5, 9, 0))));
        assert_eq!(d.promised_at.is_some(), counted_by == CountedBy::Original);
        assert!(d.flags & mark::DATE_MOVED != 0);
        story.now = decided;
        story.does(0, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
        assert_eq!((story.sum("settled", with), story.sum("settled", without)), (1, 0), "{counted_by:?} {decided:?}");
    }
}

#[test]
fn what_passed_on_a_closed_day_is_not_late_where_the_new_date_counts() {
    for (counted_by, late) in [(CountedBy::Original, true), (CountedBy::Moved, false)] {
        let mut story = Story::received();
        // Somebody acts on the day after the old date, before the decision is executed.
        story.now = november(5, 10, 0);
        story.does(0, |d, o| crate::decide::assign(d, &head(), o, officer().account, true));
        assert!(story.dossier().flags & mark::LATE != 0);
        let moved = event(&story, counted_by, november(9, 9, 0));
        story.happen(moved);
        assert_eq!(story.dossier().flags & mark::LATE != 0, late);
        story.now = november(6, 9, 0);
        story.does(0, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
        assert_eq!(story.sum("settled", flag::ON_TIME), i64::from(!late));
    }
}

#[test]
fn a_date_moves_from_where_it_stands_to_a_later_one_and_never_once_it_is_decided() {
    let mut story = Story::received();
    let due = story.dossier().due_at.unwrap();
    let good = event(&story, CountedBy::Original, due.plus_ms(1));
    assert!(follows(&story, &good));
    assert!(!follows(&story, &event(&story, CountedBy::Original, due)), "no later");
    let wrong = |change: &dyn Fn(&mut DatesMoved)| {
        let mut wrong = good.clone();
        if let Happening::DueMoved { dates, .. } = &mut wrong {
            change(dates);
        }
        !follows(&story, &wrong)
    };
    assert!(wrong(&|dates: &mut DatesMoved| dates.promise.as_mut().unwrap().was = Instant(1)));
    assert!(
        wrong(&|dates: &mut DatesMoved| dates.promise.as_mut().unwrap().clock.promised = None),
        "the original is kept"
    );
    assert!(wrong(&|dates: &mut DatesMoved| *dates = DatesMoved::default()), "nothing moves");
    assert!(wrong(&|dates: &mut DatesMoved| dates.answer_due_at = Some(due)), "nobody waits for an answer");
    assert!(wrong(&|dates: &mut DatesMoved| dates.opinions = vec![(1, due)]));
    assert!(wrong(&|dates: &mut DatesMoved| dates.together = Some(due.plus_ms(9))));
    assert!(wrong(&|dates: &mut DatesMoved| dates.asked_until = Some(due.date())));
    story.happen(good.clone());
    assert!(!follows(&story, &good), "once");
    story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    assert!(follows(&story, &event(&story, CountedBy::Original, due.plus_ms(9))), "while the applicant is waited for");
    let mut decided = Story::received();
    decided.does(60, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert!(!follows(&decided, &event(&decided, CountedBy::Original, due.plus_ms(1))));
    // The basis of the fixture is the shipped calendar's.
    assert!(decided.dossier().due_basis.contains(Calendar::shipped().version()));
}

#[test]
fn an_apology_after_it_is_counted_by_the_first_promise() {
    let mut story = Story::received();
    let first = story.dossier().due_at;
    let moved = event(&story, CountedBy::Original, november(9, 9, 0));
    story.happen(moved);
    // With the basis of before: nothing is asked of it but its text.
    let clock = Clock::new(november(12, 9, 0), "-".to_owned());
    story.happen(Happening::PutOff { reason: "Máy chủ hỏng".to_owned(), clock, unforeseen: String::new() });
    assert_eq!((story.dossier().due_at, story.dossier().promised_at), (Some(november(12, 9, 0)), first));
}
