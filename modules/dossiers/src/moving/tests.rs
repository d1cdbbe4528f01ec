//! Many at once in a database: rows, chains, dues, words and figures follow, and the proof holds.

use super::*;
use crate::Act;
use crate::bulk::{Batch, Case};
use crate::fixture::*;
use crate::fixture_db::*;
use crate::verify::{Outside, check};
use base::Instant;
use facts::Rollup;
use organisation::{Agency, Tree};
use std::sync::Arc;

const NEW: Id = Id(40);
const NEW_DESK: Id = Id(41);
const NEW_DIVISION: Id = Id(43);

/// Both communes become one.
fn merger() -> Moving {
    let place = |id: Id, path: &str, like: Id| {
        let was = tree().get(like).unwrap().clone();
        let above = path.split('/').filter_map(|id| id.parse().ok()).rev().nth(1).map(Id);
        Agency { id, code: format!("H13.9{id}"), path: path.to_owned(), parent: above, ..was }
    };
    let mut agencies = tree().all().to_vec();
    agencies.extend([
        place(NEW, "/1/40/", NEAR),
        place(NEW_DESK, "/1/40/41/", NEAR_DESK),
        place(Id(42), "/1/40/42/", NEAR_OFFICE),
        place(NEW_DIVISION, "/1/40/43/", NEAR_DIVISION),
    ]);
    let units = [
        (NEAR, NEW),
        (NEAR_DESK, NEW_DESK),
        (NEAR_OFFICE, Id(42)),
        (NEAR_DIVISION, NEW_DIVISION),
        (FAR, NEW),
        (FAR_DESK, NEW_DESK),
        (FAR_OFFICE, Id(42)),
    ];
    Moving {
        decision: Id(9_000),
        code: "SX26-000001".to_owned(),
        number: "1668/NQ".to_owned(),
        day: Date::constant(2026, 11, 4),
        units: units.into_iter().collect(),
        tree: Arc::new(Tree::new(agencies)),
    }
}

async fn moved(office: &Office, now: Instant) -> i64 {
    let (moving, by) = (merger(), By { actor: Some(Id(77)), agency: Some(ROOT), now });
    let done = office.db.write(move |tx| {
        Box::pin(async move {
            for unit in [NEW, NEW_DESK, Id(42), NEW_DIVISION] {
                let nodes: Vec<Id> = moving.tree.get(unit).unwrap().lineage().into_iter().rev().collect();
                facts::set_scope(tx, unit, &nodes).await?;
            }
            move_to(tx, &moving, &by).await
        })
    });
    done.await.unwrap()[0].n
}

async fn proven(office: &Office) {
    let report =
        office.db.read(|tx| Box::pin(async move { check(tx, &Outside::default(), &|_| ()).await })).await.unwrap();
    assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
}

#[tokio::test]
async fn every_open_dossier_moves_with_its_dues_words_and_numbers_and_the_proof_holds() {
    for office in offices().await {
        let one = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let decided = office.at_leader(november(2, 10, 0)).await;
        office.act(&leader(), november(2, 11, 0), &decided.code, Act::of(crate::verbs::Verb::Approve)).await.unwrap();
        let returned = office.at_leader(november(2, 10, 30)).await;
        office.act(&leader(), november(2, 11, 0), &returned.code, Act::of(crate::verbs::Verb::Approve)).await.unwrap();
        office.act(&clerk(), november(2, 12, 0), &returned.code, hand_out(None)).await.unwrap();
        let filed = office.file(citizen(), november(3, 9, 0), handed()).await.unwrap();
        assert_eq!(office.number("SELECT COUNT(*) FROM due WHERE unit_id >= 40 AND unit_id <= 43").await, 0);

        assert_eq!(moved(&office, november(4, 9, 0)).await, 3, "what was returned stays where it was");
        assert_eq!(office.load(&returned.code).await.competent, NEAR);
        let after = office.load(&one.code).await;
        assert_eq!((after.code, after.due_at, after.unit), (one.code, one.due_at, NEW_DIVISION));
        assert_eq!(office.load(&decided.code).await.return_to, NEW);
        assert_eq!(office.load(&filed.code).await.intake, NEW);
        let open = "SELECT COUNT(*) FROM dossier WHERE open AND (unit_id < 40 OR competent_id < 40 OR intake_id < 40 OR return_id < 40)";
        assert_eq!(office.number(open).await, 0);
        assert_eq!(office.number("SELECT COUNT(*) FROM due WHERE unit_id < 40").await, 0);
        assert_eq!(office.number("SELECT COUNT(*) FROM due WHERE unit_id >= 40").await, 3);
        // Found under both: those who had it, and those who have it.
        for unit in [NEAR_DIVISION, NEW, NEW_DIVISION] {
            let word = crate::finding::at_unit(unit, "duong");
            let found = match office.db.engine() {
                ::store::Engine::Sqlite => format!("dossier_words MATCH '{word}'"),
                ::store::Engine::Postgres => format!("words LIKE '%{word}%'"),
            };
            let sql = format!("SELECT COUNT(*) FROM dossier_words WHERE {found} AND rowid = ");
            assert_eq!(office.due_at(&sql, after.id).await, 1, "{unit}");
        }
        proven(&office).await;
        // The number goes on where it was, and the proof knows a figure that was invented.
        let report = office.tampered("UPDATE dossier SET first_intake = NULL WHERE first_intake IS NOT NULL").await;
        assert!(!report.is_well());
        let report = office.tampered("DELETE FROM fact WHERE measure = 'carried'").await;
        assert!(report.figures_wrong > 0);
        // Nothing is left to move.
        assert_eq!(moved(&office, november(4, 10, 0)).await, 0);
    }
}

#[tokio::test]
async fn what_would_move_is_counted_by_its_part() {
    for office in offices().await {
        office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let abroad = crate::CounterIntake { intake: FAR, return_to: FAR, ..counter() };
        office.receive(far_clerk(), november(2, 9, 0), abroad).await.unwrap();
        let told = office.db.read(|tx| {
            Box::pin(async move {
                let mut all = Vec::new();
                for unit in [NEAR, NEAR_DIVISION, FAR, FAR_DESK] {
                    let open = would_move(tx, unit, Date::constant(2026, 11, 2)).await?;
                    all.push(open.iter().map(|open| open.count).collect::<Vec<_>>());
                }
                Ok::<_, StoreError>(all)
            })
        });
        // Lying, competent, intake, return, handed over, opinions.
        let told = told.await.unwrap();
        assert_eq!(
            told,
            [[0, 2, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]].map(Vec::from)
        );
    }
}

/// `cargo test -- --ignored five_thousand`: how long a great merger takes.
#[tokio::test]
#[ignore = "measures"]
async fn five_thousand_open_dossiers_move_in_seconds() {
    for office in offices().await {
        let received = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let event =
            office.db.read(move |tx| Box::pin(async move { audit::events(tx, received.id).await })).await.unwrap();
        let first = Happening::read(&event[0].data).unwrap();
        let mut batch = Batch::default();
        let mut rollup = Rollup::default();
        for n in 0..5_000_i64 {
            let mut first = first.clone();
            let Happening::Received { filing: Some(filing), .. } = &mut first else { panic!("received") };
            filing.code = format!("H13.31-261102-{:05}", n + 10);
            let mut case = Case::new(Id(received.id.0 + 1 + n), crate::Applicant::default(), Vec::new());
            case.happen(Id(101), Some(NEAR_DESK), november(2, 9, 0), &first).unwrap();
            batch.push(&case, &mut rollup).unwrap();
        }
        batch.finish(&mut rollup);
        let written = office.db.write(move |tx| Box::pin(async move { batch.write(tx).await }));
        written.await.unwrap();
        let begun = std::time::Instant::now();
        assert_eq!(moved(&office, november(4, 9, 0)).await, 5_001);
        eprintln!("{:?}: 5,001 open dossiers moved in {:?}", office.db.engine(), begun.elapsed());
    }
}
