//! The clock as people read it.

use super::*;
use crate::decide;
use crate::fixture::*;

fn shown(story: &Story, day: i8, hour: i8, minute: i8) -> (i64, &'static str, &'static str, i64) {
    let view = clock(story.dossier(), Calendar::shipped(), november(day, hour, minute));
    (view.percent, view.state, view.key, view.n)
}

#[test]
fn the_clock_shows_days_then_hours_then_how_late() {
    // Received Monday 2 November 09:00, three working days of eight hours: due Thursday 09:00.
    let story = Story::received();
    assert_eq!(shown(&story, 2, 9, 0), (0, "ontime", "dossier-clock-days-left", 3));
    assert_eq!(shown(&story, 3, 9, 0), (33, "ontime", "dossier-clock-days-left", 2));
    // One working day or less is near.
    assert_eq!(shown(&story, 4, 9, 0), (66, "near", "dossier-clock-hours-left", 8));
    assert_eq!(shown(&story, 4, 16, 0), (87, "near", "dossier-clock-hours-left", 3));
    assert_eq!(shown(&story, 5, 9, 0).1, "near");
    assert_eq!(shown(&story, 5, 9, 1), (101, "late", "dossier-clock-over-hours", 1));
    assert_eq!(shown(&story, 5, 14, 0), (112, "late", "dossier-clock-over-hours", 3));
    assert_eq!(shown(&story, 9, 9, 0), (166, "late", "dossier-clock-over-days", 2));
}

#[test]
fn the_last_half_hour_is_not_nothing() {
    let story = Story::received();
    assert_eq!(shown(&story, 5, 8, 50).3, 1);
}

#[test]
fn while_the_applicant_is_waited_for_the_clock_stands() {
    let mut story = Story::received();
    story.does(60, |d, o| decide::request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    assert_eq!(shown(&story, 27, 9, 0), (0, "paused", "dossier-clock-paused", 0));
}

#[test]
fn before_intake_the_office_has_eight_hours_to_answer() {
    let story = Story::filed();
    assert_eq!(shown(&story, 2, 11, 0), (25, "new", "dossier-clock-answer-left", 6));
    assert_eq!(shown(&story, 3, 11, 0), (125, "late", "dossier-clock-answer-over", 2));
}

#[test]
fn what_is_shown_as_near_is_what_the_near_tab_counts_at_every_half_hour() {
    let story = Story::received();
    let (due, calendar) = (story.dossier().due_at.unwrap(), Calendar::shipped());
    for half_hours in 0..(24 * 2 * 5) {
        let now = november(2, 9, 0).plus_ms(half_hours * 1_800_000);
        // The tab's own condition.
        let counted = due >= now && due <= calendar.add_working_ms(now, NEAR_MS);
        assert_eq!(clock(story.dossier(), calendar, now).state == "near", counted, "{now:?}");
        // And nothing that waits for its answer is ever among them.
        assert_ne!(clock(Story::filed().dossier(), calendar, now).state, "near");
    }
}

#[test]
fn a_finished_dossier_shows_whether_it_was_on_time_for_ever() {
    for (day, state, key) in [(4, "done", "dossier-clock-refused"), (6, "late", "dossier-clock-refused-late")] {
        let mut story = Story::received();
        story.now = november(day, 10, 0);
        story.does(0, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
        assert_eq!(shown(&story, 30, 9, 0), (100, state, key, 0));
    }
}

#[test]
fn a_refused_intake_has_no_clock() {
    let mut story = Story::filed();
    story.does(60, |d, o| decide::refuse_intake(d, &clerk(), o, "Không thuộc thẩm quyền"));
    assert_eq!(shown(&story, 30, 9, 0), (0, "done", "dossier-clock-none", 0));
}

#[test]
fn the_tabs_stand_in_the_order_of_a_working_day() {
    let order =
        ["incoming", "mine", "unit", "near", "overdue", "arriving", "sent", "asked", "waiting", "to-return", "all"];
    assert_eq!((Tab::WORDS, Tab::ALL.map(Tab::as_str)), (order, order));
}
