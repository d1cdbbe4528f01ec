//! How dossiers end late, pass between agencies, and wait past the applicant's time.

use super::*;
use crate::decide;
use crate::dossier::Mark;
use crate::fixture::*;

#[test]
fn what_is_withdrawn_or_stopped_late_is_among_the_late_ones_and_before_its_date_it_is_not() {
    for (day, late) in [(4, 0), (6, 1)] {
        let mut story = Story::received();
        story.now = november(day, 9, 0);
        story.does(0, |d, o| decide::stop(d, &officer(), o, "Theo văn bản của tòa án"));
        assert_eq!((story.sum("settled", 0), story.sum("settled", flag::UNDECIDED)), (late, late), "{day}");
        assert_eq!((story.sum("settled", flag::ON_TIME), story.sum("settled", flag::HAS_RESULT)), (0, 0));
    }
    // Online, taken back by the applicant after the date; and before intake there was no date.
    let mut story = Story::filed();
    story.does(30, |d, o| decide::receive_online(d, &clerk(), o));
    story.now = november(9, 9, 0);
    story.does(0, |d, o| decide::withdraw(d, &citizen(), o, "Không cần nữa"));
    assert_eq!((story.sum("withdrawn", 0), story.sum("settled", flag::UNDECIDED)), (1, 1));
    let mut story = Story::filed();
    story.now = november(20, 9, 0);
    story.does(0, |d, o| decide::withdraw(d, &citizen(), o, "Không cần nữa"));
    assert_eq!((story.sum("withdrawn", 0), story.sum("settled", 0)), (1, 0));
}

#[test]
fn only_what_passes_from_one_agency_to_another_counts_as_passed_between_agencies() {
    // Taken in where it is settled: steps within the commune are not between agencies.
    let mut story = Story::at_step("sign");
    story.does(1, |d, o| decide::approve(d, &leader(), o, false, ""));
    assert_eq!((story.sum("settled", flag::PASSED), story.sum("settled", flag::BETWEEN)), (1, 0));
    // Taken in by another commune, as files: electronically.
    let abroad = || crate::filing::Places { intake: FAR, return_to: FAR, ..places(base::Channel::Counter) };
    let mut story = Story::begin(version(), november(2, 9, 0));
    story.receive(abroad());
    story.does(1, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::BETWEEN | flag::BETWEEN_ELECTRONIC), 1);
    // On paper, which had to be carried after it.
    let mut story = Story::begin(version(), november(2, 9, 0));
    story.paper = true;
    story.receive(abroad());
    story.does(1, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!((story.sum("settled", flag::BETWEEN), story.sum("settled", flag::BETWEEN_ELECTRONIC)), (1, 0));
}

#[test]
fn once_the_applicants_time_has_run_out_the_desk_may_stop_and_the_queue_says_so() {
    let mut story = Story::at_step("appraise");
    let asked = decide::Asked { until: "2026-11-10".to_owned(), ..asked("Thiếu giấy chứng sinh", "") };
    story.does(60, |d, o| decide::request_supplement(d, &officer(), o, &asked, &[]));
    assert_eq!(story.dossier().asked_until, Some(jiff::civil::date(2026, 11, 10)));
    story.now = november(10, 17, 0);
    let early = story.ask(|d, o| decide::stop(d, &clerk(), o, "Quá hạn bổ sung"));
    assert_eq!(code(early), "dossier-not-yours");
    assert_eq!(story.dossier().marks(story.now.date()), []);
    story.now = november(11, 7, 0);
    assert_eq!(story.dossier().marks(story.now.date()), [Mark::Unanswered]);
    story.does(0, |d, o| decide::stop(d, &clerk(), o, "Quá hạn bổ sung"));
    assert_eq!((story.dossier().status, story.dossier().asked_until), (Status::Stopped, None));
}
