//! Several units at one dossier, in a database: handed over, given back, asked for an opinion; who reads it, and the proof.

use super::*;
use crate::fixture_db::Office;
use crate::reading::{self, Asking};
use base::Actor;

async fn reads(office: &Office, person: &Actor, at: Instant, code: &str) -> bool {
    let (house, person, code) = (office.house.clone(), person.clone(), code.to_owned());
    let read = office.db.read(move |tx| {
        Box::pin(async move { reading::readable(tx, &house, Asking::official(&person, at), &code).await.map(|_| ()) })
    });
    read.await.is_ok()
}

async fn is_proven(office: &Office) {
    let report = crate::verify::verify(&office.db, crate::verify::Outside::default(), |_| ()).await.unwrap();
    assert!(report.is_well(), "{report:?}");
}

fn justice() -> Actor {
    let grants = vec![base::Grant::new(base::Role::DivisionHead, JUSTICE, "/1/3/".to_owned())];
    Actor { grants, account: Id(301), ..head() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_agency_hands_to_another_is_owed_by_its_own_until_it_is_taken() {
    for office in offices().await {
        let abroad = CounterIntake { intake: FAR, return_to: FAR, ..counter() };
        let dossier = office.receive(far_clerk(), november(2, 9, 0), abroad).await.unwrap();
        let owed = |name: &'static str| format!("SELECT COUNT(*) FROM due WHERE name = '{name}' AND unit_id = ");
        assert_eq!(office.due_at(&owed("dossier-settle"), FAR_DESK).await, 1);
        assert_eq!(office.due_at(&owed("dossier-take"), NEAR_DIVISION).await, 1);
        is_proven(&office).await;
        let back = Act::of(Verb::HandBack).with("reason", "Người dân ở xã Mỹ Tú");
        office.act(&officer(), november(2, 9, 30), &dossier.code, back).await.unwrap();
        assert!(reads(&office, &officer(), november(2, 9, 31), &dossier.code).await, "who had it reads on");
        let send = |to: Id| Act::of(Verb::Redirect).with("unit", to.to_string()).with("reason", "Thuộc xã Mỹ Tú");
        let wrong = office.act(&far_clerk(), november(2, 9, 40), &dossier.code, send(JUSTICE)).await;
        assert_eq!(code(wrong), "dossier-not-sent-there");
        let sent = office.act(&far_clerk(), november(2, 9, 40), &dossier.code, send(FAR)).await.unwrap();
        assert_eq!((sent.competent, sent.unit, sent.due_at), (FAR, FAR_OFFICE, dossier.due_at));
        let received = "SELECT COALESCE(SUM(qty), 0) FROM fact WHERE measure = 'received' AND agency_id = ";
        assert_eq!((office.due_at(received, NEAR).await, office.due_at(received, FAR).await), (0, 1));
        is_proven(&office).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_is_asked_reads_and_answers_with_a_file_and_reads_on_and_nobody_else_does() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let at = november(2, 10, 0);
        assert!(!reads(&office, &justice(), at, &dossier.code).await);
        let ask = Act::of(Verb::AskOpinions)
            .with("units", format!("{JUSTICE}\n{FAR}"))
            .with("question", "Đề nghị cho ý kiến về nguồn gốc đất")
            .with("until", "2026-11-04");
        office.act(&officer(), at, &dossier.code, ask).await.unwrap();
        assert!(reads(&office, &justice(), at, &dossier.code).await);
        assert_eq!(office.number("SELECT COUNT(*) FROM due WHERE name = 'dossier-opinion'").await, 2);
        is_proven(&office).await;
        let paper = office.paper(None).await;
        let give = Act::of(Verb::GiveOpinion)
            .with("stance", "disagree")
            .with("text", "Thửa đất đang có tranh chấp")
            .bringing([paper]);
        let given = office.act(&justice(), november(3, 9, 0), &dossier.code, give).await.unwrap();
        assert_eq!(given.opinions.iter().filter(|opinion| opinion.is_open()).count(), 1);
        assert!(reads(&office, &justice(), november(3, 9, 1), &dossier.code).await, "it keeps reading what it had");
        let id = dossier.id;
        let kept = office.write(move |tx| Box::pin(async move { crate::person::files_of(tx, id).await })).await;
        assert!(kept.is_empty(), "what officials say to each other is not the applicant's to open: {kept:?}");
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_file WHERE purpose = 'opinion'").await, 1);
        is_proven(&office).await;
        // Every column of what was asked is held to the log, and what was said to its digest.
        let changes = [
            "state = 'dropped'",
            "due_at = due_at + 1",
            "asked_at = asked_at + 1",
            "ended_at = 7",
            "handler_id = 5",
            "open = NOT open",
            "unit_id = 2",
            "agency_id = 2",
            "asked_by = 2",
            "level = 'province'",
            "consents = NOT consents",
            "stance = 'agree'",
        ];
        for change in changes {
            let sql = format!("UPDATE dossier_opinion SET {change} WHERE n = 2");
            assert!(!office.tampered(&sql).await.is_well(), "{change} goes unnoticed");
        }
        assert!(!office.tampered("UPDATE dossier_aside SET data = '{}' WHERE kind = 'opinion'").await.is_well());
        assert!(!office.tampered("DELETE FROM dossier_opinion WHERE n = 1").await.is_well());
    }
}
