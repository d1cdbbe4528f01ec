//! What stays and what goes when agencies are reorganised under an open dossier.

use super::super::apply;
use crate::decide;
use crate::dossier::{Status, mark};
use crate::fixture::*;
use crate::happening::{Happening, Rules};
use crate::opinion::OpinionState;
use crate::owed::dues;
use base::{Actor, Grant, Id, Role};

/// What both communes became, with its desk, office and division.
const NEW: Id = Id(40);
const NEW_DESK: Id = Id(41);
const NEW_DIVISION: Id = Id(43);

/// The map of a merger of both communes.
const MERGED: [(Id, Id); 7] = [
    (NEAR, NEW),
    (NEAR_DESK, NEW_DESK),
    (NEAR_OFFICE, Id(42)),
    (NEAR_DIVISION, NEW_DIVISION),
    (FAR, NEW),
    (FAR_DESK, NEW_DESK),
    (FAR_OFFICE, Id(42)),
];

fn event(units: &[(Id, Id)], within: bool) -> Happening {
    Happening::Moved { by: Id(9_000), decision: "1668/NQ".to_owned(), units: units.to_vec(), within }
}

/// The communes become one; whoever works on it afterwards works there.
fn merge(story: &mut Story, units: &[(Id, Id)], within: bool) {
    story.now = story.now.plus_ms(60_000);
    let mut agencies = story.tree.all().to_vec();
    let place = |id: Id, path: &str, like: Id| {
        let was = tree().get(like).unwrap().clone();
        let above = path.split('/').filter_map(|id| id.parse().ok()).rev().nth(1).map(Id);
        organisation::Agency { id, code: format!("H13.9{id}"), path: path.to_owned(), parent: above, ..was }
    };
    agencies.extend([
        place(NEW, "/1/40/", NEAR),
        place(NEW_DESK, "/1/40/41/", NEAR_DESK),
        place(Id(42), "/1/40/42/", NEAR_OFFICE),
        place(NEW_DIVISION, "/1/40/43/", NEAR_DIVISION),
    ]);
    story.tree = organisation::Tree::new(agencies);
    story.happen(event(units, within));
}

fn at(actor: Actor, agency: Id, path: &str) -> Actor {
    let role = actor.grants[0].role;
    Actor { grants: vec![Grant::new(role, agency, path.to_owned())], ..actor }
}

fn new_officer() -> Actor {
    at(officer(), NEW_DIVISION, "/1/40/43/")
}

fn new_clerk() -> Actor {
    at(clerk(), NEW_DESK, "/1/40/41/")
}

fn new_leader() -> Actor {
    at(leader(), NEW, "/1/40/")
}

/// The net sum of a measure at an agency.
fn sum(story: &Story, measure: &str, agency: Id) -> i64 {
    let of = story.facts.iter().filter(|fact| fact.measure.name == measure && fact.agency == agency);
    of.map(|fact| fact.qty).sum()
}

/// Received, less settled, plus carried: what is open at an agency.
fn open(story: &Story, agency: Id) -> i64 {
    sum(story, "received", agency) - sum(story, "settled", agency) + sum(story, "carried", agency)
}

#[test]
fn an_open_case_goes_on_with_its_code_dates_step_and_handler_and_only_its_places_change() {
    let mut story = Story::at_step("appraise");
    story.does(5, |d, o| decide::assign(d, &head(), o, officer().account, true));
    let before = story.dossier().clone();
    merge(&mut story, &MERGED, false);
    let after = story.dossier();
    assert_eq!((after.unit, after.competent, after.intake, after.return_to), (NEW_DIVISION, NEW, NEW, NEW));
    assert_eq!(after.first_intake, Some(NEAR), "it was numbered there");
    let kept = |d: &crate::Dossier| {
        (d.code.clone(), d.due_at, d.first_due_at, d.due_basis.clone(), d.handler, d.step, d.version, d.status)
    };
    assert_eq!(kept(after), kept(&before));
    assert_eq!(after.paused_at, before.paused_at);
    assert_eq!(
        dues(after).iter().map(|due| (due.unit, due.holder)).collect::<Vec<_>>(),
        [(NEW_DIVISION, after.handler)]
    );
    // Whoever works there now goes on with it; nobody of before does.
    assert!(story.ask(|d, o| decide::forward(d, &officer(), o, true, "")).is_err());
    story.does(5, |d, o| decide::forward(d, &new_officer(), o, true, ""));
}

#[test]
fn a_clock_that_stands_still_stands_still_and_runs_on_by_the_same_rules() {
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| decide::request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    let mut stays = story.clone();
    merge(&mut story, &MERGED, false);
    assert_eq!(story.dossier().status, Status::Supplement);
    assert_eq!(story.dossier().paused_at, stays.dossier().paused_at);
    for one in [&mut story, &mut stays] {
        one.now = november(9, 9, 0);
        let clerk = if one.dossier().competent == NEW { new_clerk() } else { clerk() };
        one.does(0, |d, o| decide::complete_supplement(d, &clerk, o, "", BROUGHT));
    }
    assert_eq!(story.dossier().due_at, stays.dossier().due_at);
}

#[test]
fn what_was_received_stays_with_the_old_agency_and_what_is_open_goes_to_the_new_one() {
    let mut story = Story::at_step("sign");
    assert_eq!((open(&story, NEAR), open(&story, NEW)), (1, 0));
    merge(&mut story, &MERGED, false);
    assert_eq!((sum(&story, "received", NEAR), sum(&story, "received", NEW)), (1, 0));
    assert_eq!((open(&story, NEAR), open(&story, NEW)), (0, 1));
    story.does(5, |d, o| decide::approve(d, &new_leader(), o, false, ""));
    assert_eq!((sum(&story, "settled", NEAR), sum(&story, "settled", NEW)), (0, 1));
    assert_eq!((open(&story, NEAR), open(&story, NEW)), (0, 0));
    story.does(5, |d, o| decide::return_result(d, &new_clerk(), o, &to_owner(), true).map(|(event, _)| event));
    // The scan came with the return: what it was settled as is corrected where it was settled.
    assert_eq!((sum(&story, "settled", NEW), sum(&story, "returned", NEW)), (1, 1));
    facts::judge(&story.facts).expect("as declared");
}

#[test]
fn what_was_settled_before_stays_settled_there_and_is_returned_by_the_new_one() {
    let mut story = Story::at_step("sign");
    story.does(5, |d, o| decide::approve(d, &leader(), o, false, ""));
    merge(&mut story, &MERGED, false);
    assert_eq!((sum(&story, "carried", NEAR), sum(&story, "carried", NEW)), (0, 0), "no open case any more");
    assert_eq!(story.dossier().settled_for, Some(NEAR));
    story.does(5, |d, o| decide::return_result(d, &new_clerk(), o, &to_owner(), true).map(|(event, _)| event));
    let digitised = crate::flag::DIGITISED;
    let with_scan = story.facts.iter().filter(|f| f.measure.name == "settled" && f.flags & digitised != 0);
    assert_eq!(with_scan.map(|fact| (fact.agency, fact.qty)).collect::<Vec<_>>(), [(NEAR, 1)]);
    assert_eq!((sum(&story, "settled", NEAR), sum(&story, "settled", NEW)), (1, 0));
    assert_eq!((sum(&story, "returned", NEAR), sum(&story, "returned", NEW)), (0, 1));
}

#[test]
fn what_waits_for_intake_is_no_open_case_and_is_received_by_the_new_agency() {
    let mut story = Story::filed();
    merge(&mut story, &MERGED, false);
    assert_eq!((sum(&story, "carried", NEAR), sum(&story, "carried", NEW)), (0, 0));
    assert_eq!((story.dossier().intake, story.dossier().first_intake), (NEW, Some(NEAR)));
    assert_eq!(dues(story.dossier())[0].unit, NEW);
    story.does(5, |d, o| decide::receive_online(d, &new_clerk(), o));
    assert_eq!((sum(&story, "received", NEAR), sum(&story, "received", NEW)), (0, 1));
    assert_eq!((open(&story, NEAR), open(&story, NEW)), (0, 1));
}

#[test]
fn an_offer_between_agencies_that_become_one_is_an_offer_within_one_and_its_clock_stops() {
    let mut story = Story::from_afar();
    let before = story.dossier().clone();
    assert!(before.take_by.is_some() && before.flags & mark::PAPERS_BETWEEN != 0);
    let mut other = story.clone();
    merge(&mut story, &MERGED, true);
    let d = story.dossier();
    assert_eq!((d.offered_at, d.take_by, d.sender), (before.offered_at, None, Some(NEW_DESK)));
    assert_eq!((d.papers_from, d.papers_by), (Some(NEW_DESK), before.papers_by), "somebody still carries them");
    assert_eq!(d.flags & mark::PAPERS_BETWEEN, 0);
    assert_eq!(dues(d).iter().map(|due| due.unit).collect::<Vec<_>>(), [NEW_DIVISION], "the receiver answers for it");
    story.does(5, |d, o| decide::take_over(d, &new_officer(), o, true));
    assert_eq!(sum(&story, "taken_over", NEW), 0, "no hand-over between agencies");
    // Where the one that handed it over stands on, nothing about the offer changes but the unit.
    let near = &MERGED[..4];
    merge(&mut other, near, false);
    let d = other.dossier();
    assert_eq!((d.offered_at, d.take_by, d.sender), (before.offered_at, before.take_by, Some(FAR_DESK)));
    // What came from the very unit that is to take it now has been taken.
    let mut same = Story::from_afar();
    merge(&mut same, &[(NEAR_DIVISION, NEW_DIVISION), (FAR_DESK, NEW_DIVISION), (NEAR, NEW)], true);
    let d = same.dossier();
    assert_eq!((d.offered_at, d.sender, d.papers_from, d.papers_by), (None, None, None, None));
}

#[test]
fn an_opinion_that_is_waited_for_is_owed_by_whoever_takes_the_work_on_and_one_given_stays() {
    let mut story = Story::at_step("appraise");
    let question = decide::Question {
        units: vec![JUSTICE.to_string(), FAR.to_string()],
        text: "Đề nghị cho ý kiến".to_owned(),
        until: "2026-11-04".to_owned(),
    };
    story.does(60, |d, o| decide::ask_opinions(d, &officer(), o, &question).map(|(event, _)| event));
    let justice =
        Actor { grants: vec![Grant::new(Role::DivisionHead, JUSTICE, "/1/3/".to_owned())], ..second_officer() };
    story.does(5, |d, o| {
        decide::give_opinion(d, &justice, o, (None, "agree"), "Đồng ý cấp giấy theo hồ sơ").map(|(event, _)| event)
    });
    merge(&mut story, &MERGED, false);
    let [given, waiting] = &story.dossier().opinions[..] else { panic!("two opinions") };
    assert_eq!((given.unit, given.asked_by, given.state), (JUSTICE, NEAR_DIVISION, OpinionState::Given));
    assert_eq!((waiting.unit, waiting.agency, waiting.asked_by), (NEW, NEW, NEW_DIVISION));
    assert!(dues(story.dossier()).iter().any(|due| due.unit == NEW && due.part == waiting.n));
    story.does(5, |d, o| {
        decide::give_opinion(d, &new_leader(), o, (None, "agree"), "Đồng ý cấp giấy theo hồ sơ").map(|(event, _)| event)
    });
    assert_eq!((sum(&story, "opinion", FAR), sum(&story, "opinion", NEW)), (0, 1));
}

#[test]
fn a_case_carried_over_is_carried_on_where_it_turns_out_to_belong_elsewhere() {
    let mut story = Story::from_afar();
    merge(&mut story, &MERGED[..4], false);
    assert!(story.dossier().flags & mark::CARRIED != 0);
    story.does(5, |d, o| decide::hand_back(d, &new_officer(), o, "Trẻ cư trú ở xã bên"));
    story.does(5, |d, o| decide::redirect(d, &far_clerk(), o, (Some(FAR), true), "Nơi cư trú của trẻ"));
    assert_eq!(story.dossier().competent, FAR);
    assert_eq!((sum(&story, "received", NEAR), sum(&story, "received", FAR)), (1, 0), "the past stays");
    assert_eq!([NEAR, NEW, FAR].map(|agency| open(&story, agency)), [0, 0, 1]);
    assert_eq!(sum(&story, "fee_due", NEAR), 8_000, "and so does its money");
}

#[test]
fn what_has_ended_or_would_not_change_is_not_moved() {
    let mut story = Story::at_step("appraise");
    let happens = |story: &Story, units: &[(Id, Id)]| {
        let mut state = story.state.clone();
        apply(&mut state, DOSSIER, story.now, (Rules::NOW, Some(Id(1))), &event(units, false)).is_ok()
    };
    assert!(happens(&story, &MERGED));
    assert!(!happens(&story, &[]) && !happens(&story, &[(JUSTICE, NEW)]));
    story.does(5, |d, o| decide::stop(d, &officer(), o, "Theo văn bản của tòa án"));
    assert!(!happens(&story, &MERGED));
}

/// A supplement asked for before intake: it is no case of anybody's yet, and counts once, where it is received.
#[test]
fn what_was_never_received_is_not_carried() {
    let mut story = Story::filed();
    story.does(30, |d, o| decide::request_supplement(d, &clerk(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    assert_eq!((story.dossier().status, story.dossier().received_at), (Status::Supplement, None));
    merge(&mut story, &MERGED, false);
    assert_eq!((story.dossier().competent, story.sum("carried", 0)), (NEW, 0));
    assert!(story.facts.iter().all(|fact| fact.measure.name != "carried"));
}
