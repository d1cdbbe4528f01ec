//! What is counted of money, and of whom: by the rules of the event.

use super::*;
use crate::decide;
use crate::fixture::*;
use crate::measures::MEASURES;

/// A story told again by its events, each by somebody of one's own.
fn told(story: &Story, rules: Rules) -> (Dossier, Vec<Fact>) {
    let (mut state, mut facts) = (None, Vec::new());
    for (n, (at, happening)) in story.log.iter().enumerate() {
        let by = Some(Id(9_000 + n as i64));
        facts.extend(apply(&mut state, Id(77), *at, (rules, by), happening).expect("follows").facts);
    }
    (state.expect("a state"), facts)
}

fn amounts(facts: &[Fact], measure: &str) -> Vec<i64> {
    facts.iter().filter(|fact| fact.measure.name == measure).map(|fact| fact.qty).collect()
}

/// Received with a fee of 8,000, asked for 90,000 in all, paid, approved on paper, returned with the scan.
fn paid_and_settled() -> Story {
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| decide::request_payment(d, &officer(), o, 90_000, "Thuế trước bạ", "NĐ 10/2022/NĐ-CP"));
    story.does(60, |d, o| decide::record_payment(d, &clerk(), o));
    story.does(30, |d, o| decide::forward(d, &officer(), o, true, ""));
    while story.ask(|d, o| decide::approve(d, &leader(), o, false, "")).is_err() {
        let next = |person| story.ask(|d, o| decide::forward(d, &person, o, true, ""));
        let event = next(head()).or_else(|_| next(officer())).or_else(|_| next(leader())).expect("goes on");
        story.happen(event);
    }
    story.does(30, |d, o| decide::approve(d, &leader(), o, false, ""));
    story.does(30, |d, o| decide::return_result(d, &clerk(), o, &to_owner(), true).map(|(event, _)| event));
    story
}

#[test]
fn what_is_due_and_what_is_received_are_amounts_that_sum_up_to_the_dossiers_own() {
    let story = paid_and_settled();
    let (dossier, facts) = told(&story, Rules::NOW);
    assert_eq!(amounts(&facts, "fee_due"), [8_000, 82_000], "the terms, and what was asked for beyond them");
    assert_eq!(amounts(&facts, "fee_paid"), [90_000]);
    assert_eq!(amounts(&facts, "fee_due").iter().sum::<i64>(), dossier.fee_dong);
    assert_eq!(amounts(&facts, "fee_paid").iter().sum::<i64>(), dossier.paid_dong);
    facts::judge(&facts).expect("as declared");
    // The past knew no amounts, and named nobody.
    let (before, facts) = told(&story, Rules::LateStaysLate);
    assert!(amounts(&facts, "fee_due").is_empty() && amounts(&facts, "fee_paid").is_empty());
    assert!(facts.iter().all(|fact| fact.official.is_none()) && before.decided_by.is_none());
}

#[test]
fn a_fact_names_the_official_who_acted_and_a_correction_stays_with_whoever_decided() {
    let story = paid_and_settled();
    let (dossier, facts) = told(&story, Rules::NOW);
    let by = |n: usize| Some(Id(9_000 + n as i64));
    let at = |kind: &str| story.log.iter().position(|(_, happening)| happening.kind() == kind).unwrap();
    let of = |measure: &str| -> Vec<Option<Id>> {
        facts.iter().filter(|fact| fact.measure.name == measure).map(|fact| fact.official).collect()
    };
    assert_eq!(of("received"), [by(at("received"))]);
    assert_eq!(of("fee_paid"), [by(at("paid"))]);
    assert_eq!(of("returned"), [by(at("result-returned"))]);
    // Settled, taken back with the scan, settled digitised: all of the leader, so that his part is never below nothing.
    let decider = by(at("approved"));
    assert_eq!((of("settled"), dossier.decided_by), (vec![decider; 3], decider));
}

#[test]
fn what_a_citizen_does_names_nobody() {
    let mut story = Story::filed();
    story.does(30, |d, o| decide::receive_online(d, &clerk(), o));
    // Long past its due date.
    story.does(60 * 24 * 60, |d, o| decide::withdraw(d, &citizen(), o, "Đổi ý"));
    let (dossier, facts) = told(&story, Rules::NOW);
    let named: Vec<&str> = facts.iter().filter(|fact| fact.official.is_some()).map(|fact| fact.measure.name).collect();
    assert!(facts.iter().any(|fact| fact.measure.name == "settled"), "late, and so it counts");
    assert!(named.iter().all(|measure| ["received", "fee_due"].contains(measure)), "{named:?}");
    assert_eq!(dossier.decided_by, None);
    assert!(!crate::measures::RATED.by_official && !crate::measures::RATED.by_procedure);
}

#[test]
fn measures_of_dossiers_agree_with_each_other_and_with_those_of_procedures() {
    let all = MEASURES.iter().copied().chain(catalogue::stock::MEASURES.iter().copied());
    assert_eq!(facts::Measures::of(all).unwrap().all().count(), MEASURES.len() + 1);
}
