//! A branch of several steps beside a step: it goes from one to the next within the agency asked, back with a reason, and is answered at its end.

use super::*;
use crate::aside::Words;
use crate::fixture_db::Office;
use crate::happening::Happening;
use crate::opinion::OpinionState;
use base::{Actor, Level, Limit, Role};
use catalogue::{BranchStep, Shelf, Side, StepUnit, Version};
use std::sync::Arc;

fn then(id: &str, name: &str, unit: StepUnit, role: Role, hours: i32) -> BranchStep {
    BranchStep { id: id.into(), name: name.into(), unit, role, norm: Limit::Hours(hours) }
}

/// Beside the officer's step, the justice department's division drafts, its head looks at it, the head of the department signs.
fn branching() -> Version {
    let drafts = Side::of("Nguồn gốc hộ tịch", StepUnit::Agency("H13.05.02".into()), Limit::Hours(2));
    let division = || StepUnit::Division("chuyen-mon".into());
    let branch = Side {
        id: "draft".into(),
        role: Some(Role::Officer),
        then: vec![
            then("look", "Lãnh đạo phòng xem", division(), Role::DivisionHead, 1),
            then("sign-opinion", "Giám đốc ký", StepUnit::Leader, Role::Leader, 1),
        ],
        ..drafts
    };
    let mut version = version();
    version.department = Some("so-tu-phap".into());
    version.channels.iter_mut().for_each(|terms| terms.limit = Limit::WorkingDays(5));
    version.process[1].norm = Limit::Hours(8);
    version.process[1].asks = vec![branch];
    version
}

async fn branching_offices() -> Vec<Office> {
    let version = branching();
    let problems: Vec<&str> = catalogue::rules::check(&version).iter().map(|problem| problem.code).collect();
    assert!(!problems.iter().any(|code| code.contains("branch") || code.contains("side")), "{problems:?}");
    let shelf = Arc::new(Shelf::of(vec![version]));
    let mut offices = offices().await;
    for office in &mut offices {
        office.house.shelf = shelf.clone();
    }
    offices
}

fn of(account: i64, role: Role, agency: Id, path: &str) -> Actor {
    Actor { grants: vec![base::Grant::new(role, agency, path.to_owned())], account: Id(account), ..head() }
}

fn drafter() -> Actor {
    of(401, Role::Officer, JUSTICE_DIVISION, "/1/3/4/")
}

fn division_head() -> Actor {
    of(402, Role::DivisionHead, JUSTICE_DIVISION, "/1/3/4/")
}

fn director() -> Actor {
    of(403, Role::Leader, JUSTICE, "/1/3/")
}

fn on() -> Act {
    Act::of(Verb::ForwardOpinion).with("note", "Đề nghị đồng ý, hộ tịch gốc rõ ràng")
}

fn back(reason: &str) -> Act {
    Act::of(Verb::SendBackOpinion).with("reason", reason)
}

fn say(stance: &str) -> Act {
    Act::of(Verb::GiveOpinion).with("stance", stance).with("text", "Hộ tịch gốc còn lưu, không có tranh chấp")
}

async fn is_proven(office: &Office) {
    let report = crate::verify::verify(&office.db, crate::verify::Outside::default(), |_| ()).await.unwrap();
    assert!(report.is_well(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_goes_from_step_to_step_and_is_answered_at_its_last_one_alone() {
    for office in branching_offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let branch = &dossier.opinions[0];
        assert_eq!((branch.unit, branch.agency, branch.step.as_str()), (JUSTICE_DIVISION, JUSTICE, "draft"));
        // Each step its own time, and all of it one after the other.
        assert_eq!((branch.step_due_at, branch.due_at), (Some(november(2, 11, 0)), november(2, 15, 0)));
        let code_of = dossier.code.as_str();
        let does =
            async |actor: &Actor, minute: i8, act: Act| office.act(actor, november(2, 10, minute), code_of, act).await;
        // Its last step answers; nobody signs before it lies there, and the step beside it is not left.
        assert_eq!(code(does(&drafter(), 0, say("agree")).await), "dossier-branch-not-there");
        assert_eq!(code(does(&director(), 0, on()).await), "dossier-only-head-assigns");
        assert_eq!(code(does(&officer(), 0, forward()).await), "dossier-opinions-waited-for");
        assert_eq!(code(does(&drafter(), 0, back("Chưa rõ nguồn gốc")).await), "dossier-branch-not-there");
        // Taken, worked on, passed on.
        let me = drafter().account.to_string();
        let taken = does(&drafter(), 1, Act::of(Verb::AssignOpinion).with("handler", &me)).await;
        assert_eq!(code(taken), "dossier-handler-not-here", "no such account works there");
        let passed = does(&drafter(), 2, on()).await.unwrap();
        let branch = &passed.opinions[0];
        assert_eq!((branch.unit, branch.step.as_str(), branch.handler), (JUSTICE_DIVISION, "look", None));
        assert_eq!((branch.step_due_at, branch.due_at), (Some(november(2, 11, 2)), november(2, 15, 0)));
        assert_eq!(passed.unit, dossier.unit, "the main step stays where it is");
        is_proven(&office).await;
        // Whoever drafted it has nothing to do there now; its head sends it back with a reason that says something.
        assert_eq!(code(does(&drafter(), 3, on()).await), "dossier-only-head-assigns");
        assert_eq!(code(does(&division_head(), 3, back("?")).await), "dossier-reason-no-words");
        assert_eq!(
            code(does(&division_head(), 3, Act::of(Verb::DeclineOpinion).with("reason", "Không thuộc phòng")).await),
            "dossier-branch-not-there",
            "only whoever was asked says that it is not for them"
        );
        let again = does(&division_head(), 4, back("Thiếu căn cứ pháp lý")).await.unwrap();
        assert_eq!((again.opinions[0].step.as_str(), again.opinions[0].unit), ("draft", JUSTICE_DIVISION));
        does(&drafter(), 5, on()).await.unwrap();
        let signing = does(&division_head(), 6, on()).await.unwrap();
        // The head is that of the agency asked, not of the competent one.
        assert_eq!((signing.opinions[0].unit, signing.opinions[0].step.as_str()), (JUSTICE, "sign-opinion"));
        assert_eq!((signing.opinions[0].agency, signing.opinions[0].level), (JUSTICE, Level::Province));
        let owed = "SELECT due_at FROM due WHERE name = 'dossier-opinion' AND unit_id = ";
        assert_eq!(Instant(office.due_at(owed, JUSTICE).await), november(2, 11, 6));
        assert_eq!(code(does(&leader(), 7, say("agree")).await), "dossier-not-yours");
        let said = does(&director(), 8, say("disagree")).await.unwrap();
        assert_eq!(said.opinions[0].state, OpinionState::Given);
        is_proven(&office).await;
        // The step goes on, and sums up as after any opinion.
        assert_eq!(code(does(&officer(), 9, forward()).await), "dossier-opinions-to-sum-up");
        let passed = does(&officer(), 9, forward().with("note", "Sở Tư pháp không đồng ý")).await.unwrap();
        assert_eq!(passed.step, 2);
        // Back at the step, a branch that has answered is not asked again.
        let back = Act::of(Verb::SendBack).with("reason", "Xem lại ý kiến của Sở");
        let again = office.act(&head(), november(2, 11, 0), code_of, back).await.unwrap();
        assert_eq!((again.step, again.opinions.len()), (1, 1));
        is_proven(&office).await;
        let counted =
            "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) FROM fact WHERE measure = 'opinion' AND agency_id = ";
        assert_eq!((office.due_at(counted, JUSTICE).await, office.due_at(counted, NEAR).await), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_step_of_a_branch_proposes_stands_beside_the_log_and_who_worked_on_it_finds_and_reads_it_on() {
    for office in branching_offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        for (actor, minute) in [(drafter(), 1), (division_head(), 2)] {
            office.act(&actor, november(2, 10, minute), &dossier.code, on()).await.unwrap();
        }
        let id = dossier.id;
        let (events, asides) = office
            .write(move |tx| {
                Box::pin(async move { Ok((audit::events(tx, id).await?, crate::aside::of(tx, id).await?)) })
            })
            .await;
        let passed = |event: &&audit::Event| event.kind == "opinion-forwarded";
        assert!(events.iter().filter(passed).all(|event| !event.data.contains("hộ tịch gốc")));
        let said: Vec<String> = asides
            .iter()
            .filter(|(_, kind, _)| kind == crate::aside::OPINION)
            .map(|(.., data)| Words::read(data))
            .collect();
        assert_eq!(said, ["Đề nghị đồng ý, hộ tịch gốc rõ ràng"; 2]);
        // It lies with the department's head; the division that drafted it reads and finds it still.
        let (house, code_of) = (office.house.clone(), dossier.code.clone());
        let reads = office.write(move |tx| {
            Box::pin(async move {
                let mut reads = Vec::new();
                for actor in [drafter(), director(), of(404, Role::Officer, FAR_OFFICE, "/1/20/22/")] {
                    let asking = crate::reading::Asking::official(&actor, november(2, 11, 0));
                    reads.push(crate::reading::readable(tx, &house, asking, &code_of).await.is_ok());
                }
                Ok(reads)
            })
        });
        assert_eq!(reads.await, [true, true, false]);
        let word = crate::finding::at_unit(JUSTICE_DIVISION, "duong");
        let found = match office.db.engine() {
            ::store::Engine::Sqlite => format!("dossier_words MATCH '{word}'"),
            ::store::Engine::Postgres => format!("words LIKE '%{word}%'"),
        };
        let sql = format!("SELECT COUNT(*) FROM dossier_words WHERE {found} AND rowid = ");
        assert_eq!(office.due_at(&sql, id).await, 1);
        // A row that says another step is noticed.
        for change in ["step = 'draft'", "step_due_at = 1"] {
            let report = office.tampered(&format!("UPDATE dossier_opinion SET {change} WHERE n = 1")).await;
            assert!(!report.is_well(), "{change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_was_misrouted_or_is_not_waited_for_ends_as_any_opinion() {
    for office in branching_offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let decline = Act::of(Verb::DeclineOpinion).with("reason", "Thuộc phòng khác");
        let declined = office.act(&drafter(), november(2, 10, 0), &dossier.code, decline).await.unwrap();
        assert_eq!(declined.opinions[0].state, OpinionState::Misrouted);

        let other = office.receive(clerk(), november(2, 9, 30), counter()).await.unwrap();
        office.act(&drafter(), november(2, 10, 0), &other.code, on()).await.unwrap();
        let left = Act::of(Verb::GoOnWithout).with("reason", "Đã quá hạn trả lời");
        let silent = office.act(&officer(), november(3, 9, 0), &other.code, left).await.unwrap();
        assert_eq!((silent.opinions[0].state, silent.opinions[0].step.as_str()), (OpinionState::Silent, "look"));
        is_proven(&office).await;
    }
}

#[test]
fn an_event_that_moves_what_is_no_branch_or_from_where_it_does_not_lie_does_not_follow() {
    use crate::happening::{AtBranch, BranchPlace};
    let mut story = Story::received_under(branching());
    let asked = crate::decide::beside_step(story.dossier(), &story.office(), &[]).remove(0).0;
    story.happen(asked);
    let to = |from: Id, step: &str| {
        let at = AtBranch { step: step.into(), due_at: november(2, 15, 0) };
        BranchPlace { at, from, unit: JUSTICE, agency: JUSTICE, level: Level::Province }
    };
    let follows = |story: &Story, n: i64, to: BranchPlace| {
        let mut state = Some(story.dossier().clone());
        let event = Happening::OpinionSentBack { n, to, reason: "Xem lại".into() };
        let rules = (crate::happening::Rules::NOW, Some(Id(1)));
        crate::apply::apply(&mut state, DOSSIER, november(2, 12, 0), rules, &event).is_ok()
    };
    assert!(follows(&story, 1, to(JUSTICE_DIVISION, "look")));
    assert!(!follows(&story, 1, to(FAR, "look")), "it does not lie there");
    assert!(!follows(&story, 1, to(JUSTICE_DIVISION, "draft")), "it is there already");
    assert!(!follows(&story, 2, to(JUSTICE_DIVISION, "look")));
    // What is asked by hand is answered by itself.
    let question = crate::decide::Question {
        units: vec![FAR.to_string()],
        text: "Đề nghị cho ý kiến về nguồn gốc đất".into(),
        until: "2026-11-04".into(),
    };
    story.does(5, |d, o| crate::decide::ask_opinions(d, &officer(), o, &question).map(|(event, _)| event));
    assert!(!follows(&story, 2, to(FAR, "look")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_goes_along_when_its_agency_is_reorganised() {
    use crate::moving::move_to;
    use organisation::{Agency, Moving, Tree};
    const NEW: Id = Id(50);
    const NEW_DIVISION: Id = Id(51);
    for mut office in branching_offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let mut agencies = tree().all().to_vec();
        for (id, like, path, code) in
            [(NEW, JUSTICE, "/1/50/", "H13.50"), (NEW_DIVISION, JUSTICE_DIVISION, "/1/50/51/", "H13.50.02")]
        {
            let parent = Some(if id == NEW { ROOT } else { NEW });
            let was = tree().get(like).unwrap().clone();
            agencies.push(Agency { id, code: code.into(), path: path.into(), parent, ..was });
        }
        for (old, new) in [(JUSTICE, NEW), (JUSTICE_DIVISION, NEW_DIVISION)] {
            let agency = agencies.iter_mut().find(|agency| agency.id == old).unwrap();
            (agency.valid_to, agency.successors) = (Some(base::Date::constant(2026, 11, 3)), vec![new]);
        }
        let tree = Arc::new(Tree::new(agencies));
        let moving = Moving {
            decision: Id(9_000),
            code: "SX26-000001".to_owned(),
            number: "1668/NQ".to_owned(),
            day: base::Date::constant(2026, 11, 3),
            units: [(JUSTICE, NEW), (JUSTICE_DIVISION, NEW_DIVISION)].into_iter().collect(),
            tree: tree.clone(),
        };
        let by = records::By { actor: Some(Id(77)), agency: Some(ROOT), now: november(3, 9, 0) };
        let moved = office.db.write(move |tx| {
            Box::pin(async move {
                for unit in [NEW, NEW_DIVISION] {
                    let nodes: Vec<Id> = moving.tree.get(unit).unwrap().lineage().into_iter().rev().collect();
                    facts::set_scope(tx, unit, &nodes).await?;
                }
                move_to(tx, &moving, &by).await
            })
        });
        moved.await.unwrap();
        office.house.tree = tree;
        let there = office.load(&dossier.code).await;
        assert_eq!((there.opinions[0].unit, there.opinions[0].step.as_str()), (NEW_DIVISION, "draft"));
        // It goes on and back among those who took the work on.
        let of_new = |account, role, unit: Id, path: &str| of(account, role, unit, path);
        let (drafter, director) =
            (of_new(401, Role::Officer, NEW_DIVISION, "/1/50/51/"), of_new(403, Role::Leader, NEW, "/1/50/"));
        let head = of_new(402, Role::DivisionHead, NEW_DIVISION, "/1/50/51/");
        office.act(&drafter, november(3, 9, 30), &dossier.code, on()).await.unwrap();
        office.act(&head, november(3, 9, 40), &dossier.code, on()).await.unwrap();
        let again =
            office.act(&director, november(3, 9, 50), &dossier.code, back("Thiếu căn cứ pháp lý")).await.unwrap();
        assert_eq!((again.opinions[0].unit, again.opinions[0].step.as_str()), (NEW_DIVISION, "look"));
        office.act(&head, november(3, 10, 0), &dossier.code, on()).await.unwrap();
        let said = office.act(&director, november(3, 10, 10), &dossier.code, say("agree")).await.unwrap();
        assert_eq!((said.opinions[0].agency, said.opinions[0].state), (NEW, OpinionState::Given));
        is_proven(&office).await;
    }
}
