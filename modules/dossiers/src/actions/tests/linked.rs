//! What is filed once and settled at several agencies, in a database: made together, begun in turn, handed out at once, and proven.

use super::*;
use crate::actions::LinkedTyped;
use crate::dossier::ComponentState;
use crate::fixture_db::Office;
use crate::papers::Source;
use base::{Actor, Level, Limit};
use catalogue::{Component, Form, Route, Shelf, Version};
use std::sync::Arc;

const GROUP: &str = r#"
[[group]]
code = "2.000986"
name = "Khai sinh, cư trú, thẻ bảo hiểm"
short = "Cùng cư trú, thẻ bảo hiểm"
since = "2025-07-01"
limit = "3wd"
cut_off = "15:00"
source = "NĐ 63/2024/NĐ-CP Điều 7"
[[group.member]]
procedure = "1.001193"
[[group.member]]
procedure = "1.004222"
after = ["1.001193"]
body = "H13.05"
papers = { quan-he = { of = "1.001193" }, giay-chung-sinh = { of = "1.001193", paper = "giay-chung-sinh" } }
answers = { who = "name" }
[[group.member]]
procedure = "1.001939"
after = ["1.001193", "1.004222"]
papers = { khai-sinh = { of = "1.001193" } }
"#;

fn paper(code: &str, required: bool) -> Component {
    Component { code: code.into(), name: format!("Giấy {code}"), required, ..version().components[0].clone() }
}

fn asks(name: &str) -> catalogue::Field {
    catalogue::Field { name: name.into(), label: name.into(), ..version().form.groups[0].fields[0].clone() }
}

fn residence() -> Version {
    Version {
        id: Id(601),
        procedure_id: Id(600),
        code: "1.004222".into(),
        name: "Đăng ký thường trú".into(),
        route: Route::Ministry,
        components: vec![paper("ct01", true), paper("quan-he", true), paper("giay-chung-sinh", false)],
        form: Form {
            groups: vec![catalogue::Group { title: "Nơi ở".into(), fields: vec![asks("who"), asks("address")] }],
        },
        ..version_where(|version| version.channels.iter_mut().for_each(|terms| terms.limit = Limit::WorkingDays(7)))
    }
}

fn card() -> Version {
    let components = vec![paper("to-khai-bhyt", true), paper("khai-sinh", false)];
    let (id, procedure_id, code, name) = (Id(701), Id(700), "1.001939".into(), "Cấp thẻ BHYT".into());
    Version { id, procedure_id, code, name, components, form: Form::default(), ..version() }
}

async fn linked_offices(groups: &str) -> Vec<Office> {
    let groups = catalogue::linked::read(groups).unwrap();
    let shelf = Arc::new(Shelf::of(vec![version(), residence(), card()]).linking(groups));
    let mut offices = offices().await;
    for office in &mut offices {
        office.house.shelf = shelf.clone();
    }
    offices
}

fn at_justice(account: i64, role: base::Role, agency: Id, path: &str) -> Actor {
    Actor { grants: vec![base::Grant::new(role, agency, path.to_owned())], account: Id(account), ..head() }
}

/// An official of the residence's body, who does one step there.
fn police(role: base::Role) -> Actor {
    match role {
        base::Role::Leader => at_justice(312, role, JUSTICE, "/1/3/"),
        _ => at_justice(311, role, JUSTICE_DIVISION, "/1/3/4/"),
    }
}

fn brought(codes: &[&str]) -> Handed {
    let components = codes.iter().map(|code| ((*code).to_owned(), ComponentState::Paper.into())).collect();
    Handed { components, ..Handed::default() }
}

fn together() -> CounterIntake {
    let parts = vec![brought(&["ct01"]), brought(&["to-khai-bhyt"])];
    CounterIntake { linked: Some(LinkedTyped { code: "2.000986".into(), parts }), ..counter() }
}

async fn parts(office: &Office, d: &Dossier) -> Vec<Told> {
    let d = d.clone();
    office.db.read(move |tx| Box::pin(async move { crate::actions::together(tx, &d).await })).await.unwrap()
}

async fn is_proven(office: &Office) {
    let report = crate::verify::verify(&office.db, crate::verify::Outside::default(), |_| ()).await.unwrap();
    assert!(report.is_well(), "{report:?}");
}

/// What it resulted in comes to the desk on paper, and is paid for.
async fn come_and_paid(office: &Office, code: &str, at: Instant) {
    office.act(&clerk(), at, code, Act::of(Verb::TakeOver).with("papers_came", "1")).await.unwrap();
    office.act(&clerk(), at, code, Act::of(Verb::RecordPayment)).await.unwrap();
}

/// From the first step to the leader's decision.
async fn granted(office: &Office, code: &str, people: [Actor; 3], at: Instant, result: Option<NewPaper>) -> Dossier {
    let [officer, head, leader] = people;
    for person in [officer, head] {
        office.act(&person, at, code, forward()).await.unwrap();
    }
    office.act(&leader, at, code, Act::of(Verb::Approve).bringing(result)).await.unwrap()
}

fn of_the_commune() -> [Actor; 3] {
    [officer(), head(), leader()]
}

fn of_the_police() -> [Actor; 3] {
    [police(base::Role::Officer), police(base::Role::DivisionHead), police(base::Role::Leader)]
}

#[tokio::test(flavor = "multi_thread")]
async fn one_filing_opens_cases_at_several_agencies_in_turn_and_one_return_ends_them() {
    for office in linked_offices(GROUP).await {
        // After 15:00 all of it counts from the next working day: three of them.
        let lead = office.receive(clerk(), november(2, 15, 30), together()).await.unwrap();
        let told = parts(&office, &lead).await;
        let states: Vec<Status> = told.iter().map(|one| one.status).collect();
        assert_eq!(states, [Status::Received, Status::Filed, Status::Filed]);
        assert_eq!(told[0].promised, Some(november(6, 7, 0)));
        assert_eq!(told.iter().map(|one| one.competent).collect::<Vec<_>>(), [NEAR, JUSTICE, NEAR]);
        assert_eq!(told[2].waits_for, [told[0].code.clone(), told[1].code.clone()]);
        // Nobody has to answer what begins by itself, and nobody may.
        assert_eq!(office.number("SELECT COUNT(*) FROM due WHERE name = 'dossier-receive'").await, 0);
        let by_hand = office.act(&clerk(), november(2, 16, 0), &told[1].code, Act::of(Verb::ReceiveOnline)).await;
        assert_eq!(code(by_hand), "dossier-begins-by-itself");
        is_proven(&office).await;

        let certificate = office.paper(None).await;
        let birth = granted(&office, &lead.code, of_the_commune(), november(3, 9, 0), Some(certificate.clone())).await;
        let residence = office.load(&told[1].code).await;
        assert_eq!((residence.status, residence.unit), (Status::Received, JUSTICE_DIVISION));
        // Its own law would give it seven days; all of it is promised in three.
        assert_eq!((residence.received_at, residence.due_at), (Some(november(3, 9, 0)), Some(november(6, 7, 0))));
        assert!(residence.take_by.is_some(), "another agency takes it within two working hours");
        assert_eq!(office.load(&told[2].code).await.status, Status::Filed);
        // The certificate lies in it, and its own paper of before.
        let papers = papers_of(&office, residence.id).await;
        assert_eq!(papers[1].1.files, [certificate.file]);
        assert_eq!(papers[2].1.state, ComponentState::Reused);
        is_proven(&office).await;

        // Nothing is handed out while others are not settled.
        let early = office.act(&clerk(), november(3, 10, 0), &birth.code, hand_out(None)).await;
        assert_eq!(code(early), "dossier-parts-not-settled");
        granted(&office, &told[1].code, of_the_police(), november(4, 9, 0), None).await;
        assert_eq!(office.load(&told[2].code).await.status, Status::Received);
        granted(&office, &told[2].code, of_the_commune(), november(5, 9, 0), None).await;
        let alone = office.act(&clerk(), november(5, 10, 0), &told[2].code, hand_out(None)).await;
        assert_eq!(code(alone), "dossier-handed-out-with");
        // What is handed out is here, and paid for.
        let away = office.act(&clerk(), november(5, 10, 0), &birth.code, hand_out(None)).await;
        assert_eq!(code(away), "dossier-parts-papers-on-way");
        let take = Act::of(Verb::TakeOver).with("papers_came", "1");
        office.act(&clerk(), november(5, 10, 0), &told[1].code, take).await.unwrap();
        come_and_paid(&office, &told[2].code, november(5, 10, 0)).await;
        let unpaid = office.act(&clerk(), november(5, 10, 0), &birth.code, hand_out(None)).await;
        assert_eq!(code(unpaid), "dossier-parts-unpaid");
        office.act(&clerk(), november(5, 10, 0), &told[1].code, Act::of(Verb::RecordPayment)).await.unwrap();
        office.act(&clerk(), november(5, 10, 0), &birth.code, hand_out(None)).await.unwrap();
        for one in parts(&office, &birth).await {
            assert_eq!((one.status, one.outcome), (Status::Returned, crate::Outcome::Granted), "{}", one.code);
        }
        // Nobody of the commune is counted for what began elsewhere by itself.
        let by = "SELECT COUNT(*) FROM fact WHERE measure = 'received' AND official_id IS NOT NULL AND agency_id = ";
        assert_eq!(office.due_at(by, JUSTICE).await, 0);
        // Each is a case of its own agency, once.
        for (agency, cases) in [(NEAR, 2), (JUSTICE, 1)] {
            for measure in ["received", "settled", "returned"] {
                let sum =
                    format!("SELECT COALESCE(SUM(qty), 0) FROM fact WHERE measure = '{measure}' AND agency_id = ");
                assert_eq!(office.due_at(&sum, agency).await, cases, "{measure} at {agency}");
            }
        }
        assert_eq!(office.number("SELECT COUNT(*) FROM due").await, 0);
        is_proven(&office).await;
    }
}

async fn papers_of(office: &Office, dossier: Id) -> Vec<(i64, crate::Component)> {
    office.write(move |tx| Box::pin(async move { crate::store::components(tx, dossier).await })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_refused_dossier_falls_with_it_and_the_rest_is_handed_out() {
    for office in linked_offices(GROUP).await {
        let lead = office.receive(clerk(), november(2, 9, 0), together()).await.unwrap();
        let refuse = Act::of(Verb::Refuse).with("reason", reason());
        office.act(&officer(), november(2, 10, 0), &lead.code, refuse).await.unwrap();
        let told = parts(&office, &lead).await;
        assert!(told[1..].iter().all(|one| one.status == Status::IntakeRefused), "{told:?}");
        let received = "SELECT COALESCE(SUM(qty), 0) FROM fact WHERE measure = 'received' AND agency_id = ";
        assert_eq!(office.due_at(received, JUSTICE).await, 0, "what never began is no case");
        let refused = "SELECT COUNT(*) FROM fact WHERE measure = 'refused_intake'";
        assert_eq!(office.number(refused).await, 0, "and nobody's refusal");
        office.act(&clerk(), november(2, 11, 0), &lead.code, hand_out(None)).await.unwrap();
        is_proven(&office).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_withdrawn_lets_the_others_be_handed_out_and_what_waited_for_it_falls() {
    for office in linked_offices(GROUP).await {
        let lead = office.receive(clerk(), november(2, 9, 0), together()).await.unwrap();
        granted(&office, &lead.code, of_the_commune(), november(2, 10, 0), None).await;
        let told = parts(&office, &lead).await;
        let wished =
            Wished {
                by: "Nguyễn Thị Đường".into(), how: "spoken".into(), words: "tại quầy".into(), paper: false
            };
        let taken_back = withdraw("Gia đình chuyển về quê ngoại", wished, None);
        office.act(&clerk(), november(2, 11, 0), &told[1].code, taken_back).await.unwrap();
        let states: Vec<Status> = parts(&office, &lead).await.iter().map(|one| one.status).collect();
        assert_eq!(states, [Status::Decided, Status::Withdrawn, Status::IntakeRefused]);
        office.act(&clerk(), november(2, 11, 30), &lead.code, hand_out(None)).await.unwrap();
        is_proven(&office).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_nothing_begins_with_the_filing() {
    let at_once =
        GROUP.replace("after = [\"1.001193\"]\nbody", "body").replace("quan-he = { of = \"1.001193\" }, ", "");
    for office in linked_offices(&at_once).await {
        let mut intake = together();
        if let Some(linked) = &mut intake.linked {
            linked.parts[0] = brought(&["ct01", "quan-he"]);
        }
        let lead = office.receive(clerk(), november(2, 9, 0), intake).await.unwrap();
        let told = parts(&office, &lead).await;
        assert_eq!((told[1].status, told[2].status), (Status::Received, Status::Filed));
        let residence = office.load(&told[1].code).await;
        assert!(residence.papers_by.is_some(), "its papers follow");
        is_proven(&office).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_any_of_them_is_told_at_once_at_its_own_field() {
    for office in linked_offices(GROUP).await {
        let mut intake = together();
        intake.handed.components.remove("giay-chung-sinh");
        if let Some(linked) = &mut intake.linked {
            linked.parts[0] = brought(&[]);
            linked.parts[0].answers = BTreeMap::from([("address".to_owned(), "x".repeat(200))]);
        }
        let refused = office.receive(clerk(), november(2, 9, 0), intake).await.unwrap_err();
        let fields: Vec<&str> = refused.problems().iter().filter_map(|problem| problem.field.as_deref()).collect();
        assert_eq!(fields, ["component_giay-chung-sinh", "answer_1.address", "component_1.ct01"]);
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier").await, 0);
        let mut more = together();
        if let Some(linked) = &mut more.linked {
            linked.parts.push(brought(&[]));
        }
        let refused = office.receive(clerk(), november(2, 9, 0), more).await;
        assert_eq!(code(refused), "dossier-linked-too-many");
        // Of a group that there is not, or that begins with another procedure.
        for wrong in ["2.999999", "1.001193"] {
            let linked = Some(LinkedTyped { code: wrong.into(), parts: Vec::new() });
            let refused = office.receive(clerk(), november(2, 9, 0), CounterIntake { linked, ..together() }).await;
            assert_eq!(code(refused), "dossier-linked-unknown");
        }
    }
    for office in linked_offices(&GROUP.replace("H13.05", "H13.77")).await {
        let refused = office.receive(clerk(), november(2, 9, 0), together()).await;
        assert_eq!(code(refused), "dossier-linked-no-body");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_takes_answers_and_papers_that_were_given_once() {
    for office in linked_offices(GROUP).await {
        let lead = office.receive(clerk(), november(2, 9, 0), together()).await.unwrap();
        let told = parts(&office, &lead).await;
        let asked = told[1].code.clone();
        let read = office.db.read(move |tx| Box::pin(async move { load(tx, &asked).await }));
        let residence = read.await.unwrap();
        assert_eq!(residence.applicant.owner_name, "Nguyễn Thị Đường");
        assert!(residence.applicant.answers.contains(r#""who":"Nguyễn Văn Bé""#), "{}", residence.applicant.answers);
        assert_eq!(residence.dossier.level, Level::Province);
        let id = residence.dossier.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let Ok(Happening::Filed { filing, .. }) = Happening::read(&events[0].data) else { panic!("{events:?}") };
        let sources: Vec<Option<Source>> = filing.papers.iter().map(|paper| paper.source).collect();
        let from = |n| Some(Source { dossier: lead.id, n });
        assert_eq!(sources, [None, from(Source::RESULT), from(1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_notices_whatever_is_changed_of_what_was_filed_together() {
    for office in linked_offices(GROUP).await {
        office.receive(clerk(), november(2, 9, 0), together()).await.unwrap();
        for change in [
            "UPDATE dossier_part SET after = '' WHERE n = 1",
            "UPDATE dossier_part SET lead_id = 7 WHERE n = 2",
            "UPDATE dossier_part SET linked = '2.001023' WHERE n = 0",
            "UPDATE dossier_part SET n = 3 WHERE n = 2",
            "UPDATE dossier_part SET due_at = due_at + 1 WHERE n = 0",
            "DELETE FROM dossier_part WHERE n = 1",
            "UPDATE dossier_part SET dossier_id = 5 WHERE n = 1",
        ] {
            assert!(!office.tampered(change).await.is_well(), "{change}");
        }
        is_proven(&office).await;
    }
}
