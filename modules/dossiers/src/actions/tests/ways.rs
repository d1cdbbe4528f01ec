//! A process that is a graph: ways by what was answered, steps at other agencies, others asked beside a step.

use super::*;
use crate::fixture_db::Office;
use base::{Actor, Level, Limit, Role};
use catalogue::{Shelf, Side, Step, StepUnit, Version, Way};
use std::sync::Arc;

fn way(from: &str, to: &str, when: &str) -> Way {
    Way { from: from.into(), to: to.into(), when: when.into(), name: String::new() }
}

/// appraise → (heavy: survey at the department, beside it the other commune) → sign; else straight to sign.
fn branching() -> Version {
    let line = version();
    let step = |id: &str| line.process.iter().find(|step| step.id == id).cloned().unwrap();
    let survey = Step {
        id: "survey".into(),
        name: "Khảo sát".into(),
        role: Role::DivisionHead,
        unit: StepUnit::Department,
        norm: Limit::Hours(8),
        asks: vec![Side::of("Nguồn gốc đất", StepUnit::Agency("H13.32".into()), Limit::Hours(8))],
        ..step("appraise")
    };
    let version = Version {
        department: Some("so-tu-phap".into()),
        process: vec![step("receive"), step("appraise"), survey, step("sign"), step("hand-out")],
        ways: vec![
            way("receive", "appraise", ""),
            way("appraise", "survey", "answers.weight > 3000"),
            way("appraise", "sign", ""),
            way("survey", "sign", ""),
            way("sign", "hand-out", ""),
        ],
        ..line
    };
    let mut shipped = version.clone();
    // The fixture's sign step is the last one that decides.
    if let Some(sign) = shipped.process.iter_mut().find(|step| step.id == "sign") {
        sign.allowed.push("forward".into());
    }
    shipped
}

async fn branching_offices() -> Vec<Office> {
    let version = branching();
    let problems: Vec<&str> = catalogue::rules::check(&version).iter().map(|problem| problem.code).collect();
    assert!(!problems.iter().any(|code| code.contains("way") || code.contains("side")), "{problems:?}");
    let shelf = Arc::new(Shelf::of(vec![version]));
    let mut offices = offices().await;
    for office in &mut offices {
        office.house.shelf = shelf.clone();
    }
    offices
}

fn weighing(grams: &str) -> CounterIntake {
    let mut intake = counter();
    intake.handed.answers.insert("weight".into(), grams.into());
    intake
}

fn of(account: i64, role: Role, agency: Id, path: &str) -> Actor {
    Actor { grants: vec![base::Grant::new(role, agency, path.to_owned())], account: Id(account), ..head() }
}

async fn is_proven(office: &Office) {
    let report = crate::verify::verify(&office.db, crate::verify::Outside::default(), |_| ()).await.unwrap();
    assert!(report.is_well(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_goes_the_way_its_answers_say_over_another_agency_and_back_the_same_way() {
    for office in branching_offices().await {
        let light = office.receive(clerk(), november(2, 9, 0), weighing("2900")).await.unwrap();
        let passed = office.act(&officer(), november(2, 10, 0), &light.code, forward()).await.unwrap();
        assert_eq!((passed.step, passed.unit), (3, NEAR));
        // Straight back: it was never surveyed.
        let back = Act::of(Verb::SendBack).with("reason", "Thiếu giấy chứng sinh");
        assert_eq!(office.act(&leader(), november(2, 11, 0), &light.code, back.clone()).await.unwrap().step, 1);

        let heavy = office.receive(clerk(), november(2, 9, 0), weighing("4100")).await.unwrap();
        let passed = office.act(&officer(), november(2, 10, 0), &heavy.code, forward()).await.unwrap();
        assert_eq!((passed.step, passed.unit, passed.competent), (2, JUSTICE, NEAR));
        assert!(passed.take_by.is_some() && passed.offered_at.is_some(), "between agencies, and not taken yet");
        let surveyor = of(321, Role::DivisionHead, JUSTICE, "/1/3/");
        let far = of(322, Role::Leader, FAR, "/1/20/");
        // What is asked beside the step stands before anybody there has looked at it.
        let asked: Vec<Id> = passed.opinions.iter().map(|opinion| opinion.unit).collect();
        assert_eq!((asked, passed.opinions[0].agency, passed.opinions[0].level), (vec![FAR], FAR, Level::Commune));
        assert_eq!(passed.opinions[0].due_at, november(3, 10, 0));
        is_proven(&office).await;
        let early = office.act(&surveyor, november(2, 11, 0), &heavy.code, forward()).await;
        assert_eq!(code(early), "dossier-opinions-waited-for");
        let say = Act::of(Verb::GiveOpinion).with("stance", "agree").with("text", "Đất không có tranh chấp");
        office.act(&far, november(2, 13, 30), &heavy.code, say).await.unwrap();
        let summed = forward().with("note", "Xã Mỹ Tú đồng ý, đủ điều kiện");
        let signed = office.act(&surveyor, november(2, 14, 0), &heavy.code, summed.clone()).await.unwrap();
        assert_eq!((signed.step, signed.unit), (3, NEAR));
        // Back over the department; whoever has said something is not asked again.
        let again = office.act(&leader(), november(2, 15, 0), &heavy.code, back).await.unwrap();
        assert_eq!((again.step, again.unit), (2, JUSTICE));
        let passed = office.act(&surveyor, november(2, 15, 30), &heavy.code, forward()).await.unwrap();
        assert_eq!((passed.step, passed.opinions.len()), (3, 1));
        office.act(&leader(), november(2, 16, 0), &heavy.code, Act::of(Verb::Approve)).await.unwrap();
        is_proven(&office).await;
    }
}

#[test]
fn a_unit_by_rule_is_found_and_what_does_not_stand_falls_to_the_competent_agency() {
    use crate::places::{Seen, unit_seen};
    let (tree, seen) = (tree(), Seen { competent: NEAR, intake: FAR, department: Some(JUSTICE) });
    let at = |unit: StepUnit| unit_seen(&tree, seen, &unit);
    assert_eq!(at(StepUnit::Intake), FAR_DESK);
    assert_eq!(at(StepUnit::Department), JUSTICE);
    assert_eq!(at(StepUnit::Agency("H13.05.02".into())), JUSTICE_DIVISION);
    assert_eq!(at(StepUnit::Agency("H13.99".into())), NEAR);
    // One that ended is followed.
    let seen = Seen { competent: FAR, ..seen };
    assert_eq!(unit_seen(&tree, seen, &StepUnit::Agency("H13.33".into())), NEAR);
    let seen = Seen { competent: NEAR, ..seen };
    assert_eq!(unit_seen(&tree, Seen { department: None, ..seen }, &StepUnit::Department), NEAR);
}

/// At the very first step: nobody there has looked at the dossier when others are asked already.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_beside_the_first_step_is_answered_before_anybody_took_it_and_asked_anew_where_it_says_something_else()
 {
    let side = |name: &str| Side::of(name, StepUnit::Agency("H13.32".into()), Limit::Hours(4));
    let mut version = version();
    version.process[1].asks = vec![side("Nguồn gốc đất")];
    version.process[2].asks = vec![side("Nơi cư trú của cha mẹ"), Side { unit: StepUnit::Leader, ..side("Quan điểm") }];
    for mut office in offices().await {
        office.house.shelf = Arc::new(Shelf::of(vec![version.clone()]));
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        assert_eq!((dossier.status, dossier.opinions.len()), (Status::Received, 1));
        assert!(dossier.offered_at.is_some(), "nobody has taken it by that");
        let far = of(322, Role::Leader, FAR, "/1/20/");
        let say = |text: &str| Act::of(Verb::GiveOpinion).with("stance", "agree").with("text", text);
        office.act(&far, november(2, 9, 30), &dossier.code, say("Đất không có tranh chấp")).await.unwrap();
        let note = |note: &str| forward().with("note", note);
        let summed = note("Xã Mỹ Tú đồng ý, đủ điều kiện");
        let next = office.act(&officer(), november(2, 10, 0), &dossier.code, summed).await.unwrap();
        // The same unit, another question; and the leader, for whom the next step is.
        let asked: Vec<(Id, bool)> = next.opinions.iter().map(|opinion| (opinion.unit, opinion.is_open())).collect();
        assert_eq!(asked, [(FAR, false), (FAR, true), (NEAR, true)]);
        assert!(next.opinions.iter().all(|opinion| opinion.due_at <= next.due_at.unwrap()));
        is_proven(&office).await;
    }
}
