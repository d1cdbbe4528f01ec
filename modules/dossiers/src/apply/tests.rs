//! Whatever people do in whatever order: the rules hold, the log tells the whole story, the facts add up.

use super::*;
use crate::decide;
use crate::fixture::*;
use crate::transitions::{TRANSITIONS, Verb};
use base::{Actor, Fault, Role};
use facts::flag;
use proptest::prelude::*;

/// Does a verb as a person in a hurry would: with every field filled in.
fn carry_out(story: &Story, verb: Verb, person: &Actor, dice: u32) -> Result<Happening, Fault> {
    let yes = dice.is_multiple_of(2);
    story.ask(|d, o| match verb {
        Verb::ReceiveOnline => decide::receive_online(d, person, o),
        Verb::RefuseIntake => decide::refuse_intake(d, person, o, "Không thuộc thẩm quyền"),
        Verb::Assign => {
            let other = if person.has_role(Role::DivisionHead) { officer().account } else { person.account };
            decide::assign(d, person, o, other, true)
        }
        Verb::Forward => decide::forward(d, person, o, yes, ""),
        Verb::SendBack => decide::send_back(d, person, o, "Chưa đúng"),
        Verb::RequestSupplement => decide::request_supplement(d, person, o, "Thiếu", "Vẫn thiếu"),
        Verb::CompleteSupplement => decide::complete_supplement(d, person, o, ""),
        Verb::RequestPayment => decide::request_payment(d, person, o, d.paid_dong + 10_000, "Thuế", "Luật"),
        Verb::RecordPayment => decide::record_payment(d, person, o, yes, dice.is_multiple_of(5)),
        Verb::Approve => decide::approve(d, person, o, yes, ""),
        Verb::Refuse => decide::refuse(d, person, o, "Không đủ điều kiện"),
        Verb::Withdraw => decide::withdraw(d, person, o, "Đổi ý"),
        Verb::Stop => decide::stop(d, person, o, "Dừng"),
        Verb::ReturnResult => decide::return_result(d, person, o, yes, dice.is_multiple_of(3)),
        Verb::Rate => decide::rate(d, person, o, i64::from(dice % 5) + 1),
        Verb::FileOnline | Verb::ReceiveAtCounter => unreachable!("offered for an existing dossier"),
    })
}

fn begin(online: bool) -> Story {
    if online { Story::filed() } else { Story::received() }
}

/// One act of somebody, chosen by `dice` among all that is open to anybody; `false` when nothing is.
fn turn(story: &mut Story, dice: u32) -> bool {
    let open: Vec<(Actor, Verb)> = people()
        .into_iter()
        .flat_map(|person| {
            let offers = story.ask(|d, o| decide::offers(d, &person, o));
            offers.into_iter().filter(|(_, problem)| problem.is_none()).map(move |(verb, _)| (person.clone(), verb))
        })
        .collect();
    let Some((person, verb)) = open.get(dice as usize % open.len().max(1)) else { return false };
    story.now = story.now.plus_ms(i64::from(dice % 3_000) * 60_000);
    let happening = carry_out(story, *verb, person, dice).unwrap_or_else(|fault| panic!("{verb:?}: {fault:?}"));
    story.happen(happening);
    let to = verb.transition().to;
    assert!(
        to.contains(&story.dossier().status),
        "{verb:?} leads to {:?}, the table says {to:?}",
        story.dossier().status
    );
    true
}

fn replay(story: &Story) -> (Option<Dossier>, Vec<Fact>) {
    let (mut state, mut facts) = (None, Vec::new());
    for (at, happening) in &story.log {
        let read = Happening::read(&happening.to_text(false)).expect("what was written can be read");
        assert_eq!(read, *happening);
        facts.extend(apply(&mut state, DOSSIER, *at, &read).expect("follows").facts);
    }
    (state, facts)
}

fn adds_up(story: &Story) {
    let d = story.dossier();
    let one = i64::from;
    assert_eq!(story.sum("received", 0), one(d.received_at.is_some()));
    assert_eq!(story.sum("refused_intake", 0), one(d.status == Status::IntakeRefused));
    assert_eq!(story.sum("withdrawn", 0), one(d.status == Status::Withdrawn));
    assert_eq!(story.sum("stopped", 0), one(d.status == Status::Stopped));
    assert_eq!(story.sum("returned", 0), one(d.status == Status::Returned));
    assert_eq!(story.sum("rated", 0), one(d.rating.is_some()));
    assert_eq!(story.sum("supplement_requested", 0), d.supplements);
    // Settled is granted or refused, corrections and all; and each flag says what the dossier says.
    assert_eq!(story.sum("settled", 0), one(d.outcome != Outcome::None));
    assert_eq!(story.sum("settled", flag::REFUSED), one(d.outcome == Outcome::Refused));
    let granted = d.outcome == Outcome::Granted;
    assert_eq!(story.sum("settled", flag::DIGITISED), one(granted && d.flags & flag::DIGITISED != 0));
    if d.outcome != Outcome::None {
        assert_eq!(story.sum("settled", flag::ON_TIME), one(d.finished_at <= d.due_at));
        assert_eq!(story.sum("settled", flag::SUPPLEMENTED), one(d.supplements > 0));
        assert_eq!(story.sum("settled", flag::SUPPLEMENTED_AGAIN), one(d.supplements > 1));
        let day = d.finished_at.unwrap().date();
        assert!(story.facts.iter().filter(|fact| fact.measure == "settled").all(|fact| fact.day == day));
    }
    assert!(story.facts.iter().all(|fact| fact.flags & PAPER == 0), "paper never leaves the dossier");
    assert!(story.facts.iter().all(|fact| fact.subject == DOSSIER && fact.agency == d.competent));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_over_what_is_offered_keeps_the_rules_replays_to_the_same_and_can_be_brought_to_an_end(
        online: bool,
        dice in proptest::collection::vec(any::<u32>(), 1..30),
        ending in proptest::collection::vec(any::<u32>(), 400),
    ) {
        let mut story = begin(online);
        for dice in dice {
            if !turn(&mut story, dice) {
                break;
            }
            adds_up(&story);
        }
        let (state, facts) = replay(&story);
        prop_assert_eq!(&state, &story.state);
        prop_assert_eq!(&facts, &story.facts);
        // Chance alone ends every dossier sooner or later: nobody is left in a corner.
        let mut ending = ending.into_iter();
        while story.dossier().status.is_open() {
            let dice = ending.next().expect("an end");
            prop_assert!(turn(&mut story, dice), "nobody can do anything about {:?}", story.dossier().status);
        }
        adds_up(&story);
        prop_assert_eq!(replay(&story).0, story.state);
    }

    #[test]
    fn an_event_applied_where_it_does_not_belong_never_panics(
        walk in proptest::collection::vec(any::<u32>(), 1..12),
        foreign in proptest::collection::vec(any::<u32>(), 1..12),
    ) {
        let (mut one, mut other) = (begin(true), begin(false));
        walk.into_iter().take_while(|dice| turn(&mut one, *dice)).count();
        foreign.into_iter().take_while(|dice| turn(&mut other, *dice)).count();
        for (at, happening) in &other.log {
            let _ = apply(&mut one.state, DOSSIER, *at, happening);
        }
    }
}

#[test]
fn a_dossier_begins_once_and_nothing_happens_before_it() {
    let story = Story::received();
    let (at, begun) = story.log[0].clone();
    let mut state = story.state.clone();
    assert_eq!(apply(&mut state, DOSSIER, at, &begun), Err(DoesNotFollow));
    assert_eq!(apply(&mut None, DOSSIER, at, &Happening::Rated { score: 5 }), Err(DoesNotFollow));
}

#[test]
fn an_event_that_no_action_could_have_written_does_not_follow() {
    let rated = Happening::Rated { score: 5 };
    let returned = Happening::ResultReturned { by_post: false, digitised: false, result: None };
    let approved = Happening::Approved { digitised: true, note: String::new(), unit: NEAR_DESK, result: None };
    let stories = [Story::filed(), Story::received()];
    for story in &stories {
        for wrong in [&rated, &returned] {
            assert_eq!(apply(&mut story.state.clone(), DOSSIER, story.now, wrong), Err(DoesNotFollow), "{wrong:?}");
        }
    }
    assert_eq!(apply(&mut stories[0].state.clone(), DOSSIER, november(2, 9, 0), &approved), Err(DoesNotFollow));
}

#[test]
fn a_scan_added_at_return_corrects_the_settled_fact_on_its_own_day() {
    let mut story = Story::at_step("sign");
    story.does(60, |d, o| decide::approve(d, &leader(), o, false, ""));
    let day = story.now.date();
    story.does(3 * 24 * 60, |d, o| decide::return_result(d, &clerk(), o, false, true));
    let settled: Vec<&Fact> = story.facts.iter().filter(|fact| fact.measure == "settled").collect();
    assert_eq!(settled.iter().map(|fact| fact.qty).collect::<Vec<_>>(), [1, -1, 1]);
    assert!(settled.iter().all(|fact| fact.day == day));
    assert_eq!((story.sum("settled", 0), story.sum("settled", flag::DIGITISED | flag::HAS_RESULT)), (1, 1));
    assert_eq!(story.sum("returned", flag::DIGITISED), 1);
}

#[test]
fn a_refusal_yields_no_paper_to_digitise() {
    let mut story = Story::at_step("sign");
    story.does(60, |d, o| decide::refuse(d, &leader(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::HAS_RESULT), 0);
    story.does(60, |d, o| decide::return_result(d, &clerk(), o, false, true));
    assert_eq!((story.sum("settled", 0), story.sum("settled", flag::DIGITISED)), (1, 0));
}

#[test]
fn one_hand_over_on_paper_makes_the_whole_dossier_not_electronic() {
    for (first, second, electronic) in [(true, true, 1), (true, false, 0), (false, true, 0)] {
        let mut story = Story::received();
        story.does(1, |d, o| decide::forward(d, &officer(), o, first, ""));
        story.does(1, |d, o| decide::forward(d, &head(), o, second, ""));
        story.does(1, |d, o| decide::approve(d, &leader(), o, false, ""));
        assert_eq!(story.sum("settled", flag::PASSED), 1);
        assert_eq!(story.sum("settled", flag::ELECTRONIC), electronic);
        assert_eq!(story.sum("passed", 0), 2);
    }
}

#[test]
fn on_time_is_to_the_minute_and_early_is_a_day() {
    // Due on Thursday 5 November, 09:00.
    for (day, hour, minute, on_time, early) in
        [(4, 16, 59, 1, 1), (5, 8, 0, 1, 0), (5, 9, 0, 1, 0), (5, 9, 1, 0, 0), (9, 9, 0, 0, 0)]
    {
        let mut story = Story::received();
        story.now = november(day, hour, minute);
        story.does(0, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
        let found = (story.sum("settled", flag::ON_TIME), story.sum("settled", flag::EARLY));
        assert_eq!(found, (on_time, early), "{day}. {hour}:{minute}");
    }
}

#[test]
fn the_table_and_the_log_know_the_same_statuses() {
    // Every `to` of the table is written by some event; the walk above finds no other.
    assert!(TRANSITIONS.iter().all(|row| !row.to.is_empty() && !row.who.is_empty()));
}
