//! Handing over: by when, who answers meanwhile, what can be given back, and where to.

use super::*;
use crate::decide;
use crate::dossier::Status;
use crate::fixture::*;
use crate::measures::flag;
use crate::owed::dues;
use base::Role;
use facts::Fact;
use proptest::prelude::*;

fn clock() -> &'static HandingClock {
    clock_on(november(2, 9, 0).date()).expect("a clock")
}

#[test]
fn the_shipped_clocks_are_read_and_name_their_source() {
    let clocks = read(include_str!("../../../../../data/handing/clocks.toml")).expect("well-formed");
    assert!(!clocks.is_empty() && clocks.iter().all(|clock| !clock.source.trim().is_empty()));
    let take = |year| clock_on(Date::constant(year, 12, 31)).map(|clock| clock.take.is_some());
    assert_eq!([take(2017), take(2020), take(2026)], [None, Some(false), Some(true)], "each day has its own");
}

#[test]
fn papers_of_the_day_go_out_the_same_day_and_those_after_three_when_the_next_begins() {
    let calendar = Calendar::shipped();
    let by = |day, hour, minute| clock().papers_by(calendar, november(day, hour, minute));
    let close = |day| calendar.due(november(day, 9, 0), Limit::SameDay, None).due_at;
    // Opening of a day, and an hour of it.
    let morning = |day| calendar.due(calendar.next_working_instant(november(day, 0, 0)), Limit::Hours(1), None).due_at;
    assert_eq!([by(2, 9, 0), by(2, 15, 0)], [close(2), close(2)], "sharp on the hour is in time");
    assert_eq!(by(2, 15, 1), morning(3));
    assert_eq!(by(6, 16, 0), morning(9), "over a weekend");
    // Tuesday the 24th is a holiday.
    assert_eq!(by(23, 15, 5), morning(25));
    assert_eq!(by(24, 10, 0), morning(25), "on a day off");
}

#[test]
fn another_agency_has_two_working_hours_to_take_what_came() {
    let calendar = Calendar::shipped();
    let by = |day, hour, minute| clock().take_by(calendar, november(day, hour, minute)).expect("a clock");
    assert_eq!(by(2, 9, 0), november(2, 11, 0));
    assert_eq!(calendar.working_ms_between(november(2, 16, 30), by(2, 16, 30)), 2 * 3_600_000);
    assert_eq!(by(2, 16, 30).date(), Date::constant(2026, 11, 3));
}

proptest! {
    #[test]
    fn what_comes_later_is_never_due_earlier(minutes in 0i64..60_000, more in 0i64..3_000) {
        let calendar = Calendar::shipped();
        let at = november(1, 0, 0).plus_ms(minutes * 60_000);
        let later = at.plus_ms(more * 60_000);
        let (papers, take) = (clock().papers_by(calendar, at), clock().take_by(calendar, at).expect("a clock"));
        prop_assert!(papers > at && take > at);
        prop_assert!(papers <= clock().papers_by(calendar, later));
        prop_assert!(Some(take) <= clock().take_by(calendar, later));
        // Never beyond the first hour of the working day after.
        let next = calendar.nth_working_day_after(at.date(), 1);
        prop_assert!(papers.date() <= next);
    }
}

fn owed(story: &Story) -> Vec<(&'static str, Id)> {
    dues(story.dossier()).into_iter().map(|due| (due.name, due.unit)).collect()
}

#[test]
fn what_a_desk_receives_is_handed_over_and_taken_by_whoever_first_does_something() {
    let mut story = Story::received();
    let d = story.dossier();
    assert_eq!((d.unit, d.sender, d.offered_at), (NEAR_DIVISION, Some(NEAR_DESK), Some(story.now)));
    assert_eq!((d.take_by, d.papers_by), (None, None), "within an agency no clock runs, and files need no carrying");
    let mut said = story.clone();
    said.does(5, |d, o| decide::take_over(d, &officer(), o, false));
    assert_eq!((said.dossier().offered_at, said.dossier().sender), (None, Some(NEAR_DESK)));
    assert_eq!(said.dossier().status, Status::Received, "looking at it is no work on it yet");
    assert_eq!(code(said.ask(|d, o| decide::take_over(d, &officer(), o, false))), "dossier-nothing-to-take");
    story.does(5, |d, o| decide::assign(d, &head(), o, officer().account, true));
    assert_eq!((story.dossier().offered_at, story.dossier().sender), (None, Some(NEAR_DESK)));
    story.does(5, |d, o| decide::forward(d, &officer(), o, true, ""));
    assert_eq!(story.dossier().sender, None, "the next step is in the same division: nothing is handed over");
    assert_eq!(story.sum("taken_over", 0), 0, "and within an agency nothing is counted");
}

#[test]
fn until_another_agency_takes_it_whoever_handed_it_over_answers_for_it() {
    let mut story = Story::from_afar();
    let take = |story: &Story| story.ask(|d, o| decide::take_over(d, &officer(), o, false));
    assert_eq!(story.dossier().take_by, Some(november(2, 11, 0)));
    assert_eq!(
        owed(&story),
        [("dossier-settle", FAR_DESK), ("dossier-take", NEAR_DIVISION), ("dossier-hand-papers", FAR_DESK)]
    );
    assert_eq!(code(story.ask(|d, o| decide::take_over(d, &far_clerk(), o, true))), "dossier-not-yours");
    let mut late = story.clone();
    late.now = november(2, 14, 0);
    late.happen(take(&late).unwrap());
    assert_eq!((late.sum("taken_over", 0), late.sum("taken_over", flag::ON_TIME)), (1, 0));
    story.now = november(2, 11, 0);
    story.happen(take(&story).unwrap());
    assert_eq!((story.sum("taken_over", 0), story.sum("taken_over", flag::ON_TIME)), (1, 1));
    assert_eq!(owed(&story), [("dossier-settle", NEAR_DIVISION), ("dossier-hand-papers", FAR_DESK)]);
    // The papers come later, and are confirmed by themselves.
    assert_eq!(code(take(&story)), "dossier-papers-not-confirmed");
    story.does(30, |d, o| decide::take_over(d, &officer(), o, true));
    assert_eq!(owed(&story), [("dossier-settle", NEAR_DIVISION)]);
    assert_eq!(story.sum("taken_over", 0), 1, "what was taken once is counted once");
}

#[test]
fn a_misrouted_dossier_is_given_back_with_its_dates_and_goes_where_it_belongs() {
    let mut story = Story::from_afar();
    let (due, promised) = (story.dossier().due_at, story.dossier().first_due_at);
    assert_eq!(
        code(story.ask(|d, o| decide::redirect(d, &far_clerk(), o, (Some(FAR), true), "Thuộc xã"))),
        "dossier-not-yours"
    );
    story.does(30, |d, o| decide::hand_back(d, &officer(), o, "Người dân ở xã Mỹ Tú"));
    let d = story.dossier();
    assert_eq!((d.unit, d.sender, d.handler), (FAR_DESK, None, None));
    assert!(d.flags & mark::MISROUTED != 0 && d.papers_by.is_none());
    assert_eq!(code(story.ask(|d, o| decide::hand_back(d, &far_clerk(), o, "Không phải"))), "dossier-not-just-come");
    let units = story.ask(decide::elsewhere);
    assert!(
        units.contains(&FAR) && units.contains(&NEAR_OFFICE) && !units.contains(&GONE) && !units.contains(&JUSTICE)
    );
    let send = |story: &Story, to| {
        story.ask(|d, o| decide::redirect(d, &far_clerk(), o, (Some(to), true), "Nơi cư trú ở đây"))
    };
    assert_eq!(code(send(&story, JUSTICE)), "dossier-not-sent-there");
    assert_eq!(code(send(&story, GONE)), "dossier-not-sent-there");
    story.now = story.now.plus_ms(60_000);
    story.happen(send(&story, FAR).unwrap());
    let d = story.dossier();
    assert_eq!((d.competent, d.unit, d.step), (FAR, FAR_OFFICE, 1));
    assert_eq!((d.due_at, d.first_due_at), (due, promised), "a wrong way moves no date");
    assert_eq!(d.take_by, None, "it stays within the commune now");
    assert!(d.flags & mark::MISROUTED == 0);
    let at = |agency: Id, measure: &str| -> i64 {
        let of = |fact: &&Fact| fact.agency == agency && fact.measure.name == measure;
        story.facts.iter().filter(of).map(|fact| fact.qty).sum()
    };
    for (measure, n) in [("received", 1), ("fee_due", 8_000)] {
        assert_eq!((at(NEAR, measure), at(FAR, measure)), (0, n), "{measure} moves with it");
    }
    assert_eq!((at(NEAR, "handed_back"), story.sum("handed_back", 0)), (1, 1));
    facts::judge(&story.facts).expect("as declared");
}

#[test]
fn what_was_worked_on_is_no_longer_misrouted() {
    let mut story = Story::at_step("sign");
    assert_eq!(story.dossier().sender, Some(NEAR_DIVISION));
    let back = story.ask(|d, o| decide::hand_back(d, &leader(), o, "Không thuộc lĩnh vực phụ trách")).unwrap();
    story.does(30, |d, o| decide::approve(d, &leader(), o, true, ""));
    assert_eq!(
        (story.dossier().unit, story.dossier().sender),
        (NEAR_DESK, Some(NEAR)),
        "the result is handed to the desk, which takes it or hands it out at once"
    );
    assert!(story.ask(|d, o| decide::hand_back(d, &clerk(), o, "Không đúng")).is_err(), "a decision stands");
    let mut taken = story.clone();
    taken.does(5, |d, o| decide::take_over(d, &clerk(), o, true));
    assert_eq!(taken.dossier().offered_at, None);
    story.does(5, |d, o| decide::return_result(d, &clerk(), o, &to_owner(), false).map(|(event, _)| event));
    assert_eq!((story.dossier().offered_at, story.dossier().sender), (None, None));
    // Back at the step before, with the division that did it: which may send it to another one by hand.
    let mut story = Story::at_step("sign");
    story.happen(back);
    assert_eq!((story.dossier().step, story.dossier().unit), (2, NEAR_DIVISION));
    story.does(5, |d, o| decide::redirect(d, &head(), o, (Some(NEAR_OFFICE), false), "Văn phòng trình ký"));
    let d = story.dossier();
    assert_eq!((d.step, d.unit, d.competent), (3, NEAR_OFFICE, NEAR));
    assert!(d.papers_by.is_some() && d.flags & mark::PAPER != 0);
}

#[test]
fn only_who_works_where_it_lies_takes_it() {
    let story = Story::received();
    let may = |person: &Actor| story.ask(|d, o| decide::take_over(d, person, o, false)).is_ok();
    let taking: Vec<Id> = people().iter().filter(|person| may(person)).map(|person| person.account).collect();
    // The leader's post reaches over the whole commune; the desk has handed it over already.
    assert_eq!(taking, [officer(), second_officer(), head(), leader()].map(|person| person.account));
    assert!(people().iter().any(|person| person.has_role(Role::Clerk)));
}

#[test]
fn a_division_chosen_by_hand_does_the_divisions_steps_from_then_on() {
    let mut story = Story::received();
    story.does(5, |d, o| hand_back(d, &officer(), o, "Không thuộc lĩnh vực của phòng"));
    assert!(!story.ask(elsewhere).contains(&NEAR_DESK), "where it lies is no other place");
    story.does(5, |d, o| redirect(d, &clerk(), o, (Some(NEAR_OFFICE), true), "Văn phòng giải quyết"));
    assert_eq!(
        (story.dossier().unit, story.dossier().step, story.dossier().division),
        (NEAR_OFFICE, 1, Some(NEAR_OFFICE))
    );
    // Two more steps in "the division", and back from the leader: each at the one that was chosen.
    story.does(5, |d, o| decide::forward(d, &leader_at(NEAR_OFFICE, "/1/10/12/"), o, true, ""));
    assert_eq!((story.dossier().unit, story.dossier().step, story.dossier().offered_at), (NEAR_OFFICE, 2, None));
    story.does(5, |d, o| decide::forward(d, &leader_at(NEAR_OFFICE, "/1/10/12/"), o, true, ""));
    assert_eq!(story.dossier().unit, NEAR);
    story.does(5, |d, o| decide::send_back(d, &leader(), o, "Bổ sung căn cứ"));
    assert_eq!((story.dossier().unit, story.dossier().step), (NEAR_OFFICE, 2));
    // What comes back to be mended was not misrouted.
    let person = leader_at(NEAR_OFFICE, "/1/10/12/");
    assert_eq!(code(story.ask(|d, o| hand_back(d, &person, o, "Không phải việc phòng"))), "dossier-not-just-come");
}

/// Somebody who may do every step at a unit.
fn leader_at(unit: Id, path: &str) -> Actor {
    let roles = [Role::Officer, Role::DivisionHead, Role::Leader];
    Actor { grants: roles.map(|role| base::Grant::new(role, unit, path.to_owned())).to_vec(), ..officer() }
}

#[test]
fn what_the_desk_asks_the_applicant_for_takes_nothing_in_the_other_agencys_name() {
    let mut story = Story::from_afar();
    let missing = asked("Thiếu ảnh của bé", "");
    story.does(30, |d, o| decide::request_supplement(d, &far_clerk(), o, &missing, &[]));
    let d = story.dossier();
    assert!(d.offered_at.is_some() && d.take_by.is_some() && d.sender == Some(FAR_DESK));
    assert_eq!(story.sum("taken_over", 0), 0);
    let owed: Vec<&str> = dues(d).iter().map(|due| due.name).collect();
    assert_eq!(
        owed,
        ["dossier-take", "dossier-hand-papers"],
        "what is carried goes on while the applicant is waited for"
    );
    story.does(30, |d, o| decide::complete_supplement(d, &far_clerk(), o, "", BROUGHT));
    // It can still be given back by those it never was for.
    story.does(30, |d, o| hand_back(d, &officer(), o, "Người dân ở xã Mỹ Tú"));
    assert_eq!(story.dossier().unit, FAR_DESK);
    // Asked for where it lies, it is taken.
    let mut story = Story::from_afar();
    story.does(30, |d, o| decide::request_supplement(d, &officer(), o, &missing, &[]));
    assert_eq!((story.sum("taken_over", 0), story.dossier().sender), (1, None));
}

#[test]
fn papers_that_had_come_go_back_too_and_go_on_without_being_said_so() {
    let mut story = Story::from_afar();
    let mut coming = story.clone();
    coming.does(5, |d, o| hand_back(d, &officer(), o, "Người dân ở xã Mỹ Tú"));
    assert_eq!(coming.dossier().papers_by, None, "what never left is where it belongs");
    story.does(5, |d, o| take_over(d, &officer(), o, true));
    story.does(5, |d, o| hand_back(d, &officer(), o, "Người dân ở xã Mỹ Tú"));
    assert_eq!(story.dossier().papers_from, Some(NEAR_DIVISION));
    assert!(story.dossier().papers_by.is_some());
    let sent = story.ask(|d, o| redirect(d, &far_clerk(), o, (Some(FAR), true), "Nơi cư trú ở đây")).unwrap();
    assert!(matches!(sent, Happening::Redirected { electronic: false, .. }), "paper does not travel by wire");
    story.happen(sent);
    assert_eq!(story.dossier().papers_from, Some(FAR_DESK));
    assert_eq!(story.dossier().return_to, FAR, "where it was taken in it goes out");
}

#[test]
fn where_the_result_was_to_go_out_at_the_wrong_agency_it_goes_out_at_the_right_one() {
    let mut story = Story::begin(version(), november(2, 9, 0));
    story.receive(crate::filing::Places { intake: FAR, return_to: NEAR, ..places(base::Channel::Counter) });
    story.does(5, |d, o| hand_back(d, &officer(), o, "Không thuộc phường này"));
    let mut third = story.clone();
    third.does(5, |d, o| redirect(d, &far_clerk(), o, (Some(FAR), true), "Thuộc xã này"));
    assert_eq!((third.dossier().competent, third.dossier().return_to), (FAR, FAR));
}

#[test]
fn what_a_colleague_holds_is_given_back_by_the_head_alone() {
    let mut story = Story::received();
    story.does(5, |d, o| decide::assign(d, &head(), o, officer().account, true));
    let back = |person: &Actor| story.ask(|d, o| hand_back(d, person, o, "Không thuộc lĩnh vực"));
    assert_eq!(code(back(&second_officer())), "dossier-only-head-assigns");
    assert!(back(&officer()).is_ok() && back(&head()).is_ok());
}
