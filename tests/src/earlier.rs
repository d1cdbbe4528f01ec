//! Databases that earlier versions wrote (`tests/fixtures`): they migrate, and their past still follows by the rules it was made under.

use crate::harness::run;
use crate::tidy::root;
use base::Instant;
use std::io::Read;

/// Sunday 29/11/2026, 20:00 in Cần Thơ: after the last thing that happened in any of them.
const AFTERWARDS: Instant = Instant(1_795_957_200_000);

/// Monday 30/11/2026, 20:00.
const A_DAY_LATER: Instant = Instant(AFTERWARDS.0 + 86_400_000);

/// A copy of a province, unpacked.
fn province(version: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let packed = std::fs::File::open(root().join(format!("tests/fixtures/{version}/motcua.sqlite.gz"))).expect(version);
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacking");
    std::fs::write(folder.path().join("motcua.sqlite"), bytes).expect("writing");
    folder
}

#[test]
fn a_province_made_by_an_earlier_version_migrates_and_its_past_still_follows() {
    run(async {
        let folder = province("07838d7");
        let url = format!("sqlite:{}", folder.path().join("motcua.sqlite").display());
        let db = motcua::open(&url, AFTERWARDS).await.expect("open");
        let proven = async || {
            let (now, proofs, kinds) = (AFTERWARDS, motcua::proofs(), motcua::kinds());
            let outside =
                dossiers::verify::Outside { uploads: None, days: Vec::new(), now, proofs, kinds, to_the_first: false };
            dossiers::verify::verify(&db, outside, |_| {}).await.expect("the proof runs")
        };
        let report = proven().await;
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{:?}", report.wrong);
        assert_eq!(report.dossiers, 123);
        assert!(report.figures_checked > 2_900, "{}", report.figures_checked);
        assert!(report.kept_rows_checked > 20_000, "{}", report.kept_rows_checked);
        // Procedures became subjects, each with the versions it had.
        let bare = "SELECT COUNT(*) FROM procedure p WHERE p.event_n IS NULL OR p.editions IS NULL
            OR NOT EXISTS (SELECT 1 FROM subject s WHERE s.id = p.id AND s.code = p.code AND s.kind = 'catalogue-procedure')";
        let bare = db.read(move |tx| Box::pin(async move { tx.query_one(bare, &[]).await?.at::<i64>(0) })).await;
        assert_eq!(bare.expect("SQL"), 0);
        // So did declared figures, with their evidence, and programmes; the names beside them are the accounts' own.
        let left = "SELECT COUNT(*) FROM declared_figure f, programme p WHERE f.event_n IS NULL OR f.declared_name <> '' OR p.event_n IS NULL
            OR p.saved_name <> '' OR NOT EXISTS (SELECT 1 FROM file WHERE owner_id = f.id AND id = f.evidence_id)";
        let kinds = "SELECT COUNT(*) FROM subject WHERE kind IN ('declared-figure', 'programme')";
        let (left, kinds) = db
            .read(move |tx| {
                Box::pin(async move {
                    let count = async |sql: &'static str| tx.query_one(sql, &[]).await?.at::<i64>(0);
                    Ok::<_, store::StoreError>((count(left).await?, count(kinds).await?))
                })
            })
            .await
            .expect("SQL");
        assert_eq!((left, kinds), (0, 4));
        // Agencies became subjects, with everything they had: successors in links, nothing left where it was.
        let (tree, subjects, left) = db
            .read(|tx| {
                Box::pin(async move {
                    let count = async |sql: &'static str| tx.query_one(sql, &[]).await?.at::<i64>(0);
                    let subjects = count("SELECT COUNT(*) FROM subject WHERE kind = 'agency'").await?;
                    let links = count("SELECT COUNT(*) FROM link WHERE name = 'followed-by'").await?;
                    let left = count("SELECT COUNT(*) FROM agency_succession").await?;
                    Ok::<_, store::StoreError>((organisation::load_tree(tx).await?, (subjects, links), left))
                })
            })
            .await
            .expect("the tree");
        // It had no bodies of other systems; everything else is as the program has it today.
        let mut shipped = organisation::demo_tree().expect("the shipped agencies").all().to_vec();
        shipped.retain(|agency| agency.system() == base::System::State);
        let followed: usize = shipped.iter().map(|agency| agency.successors.len()).sum();
        assert_eq!(tree.all(), shipped);
        assert_eq!((subjects, left), ((shipped.len() as i64, followed as i64), 0));
        assert!(report.subjects as usize >= shipped.len());
        // Derived anew from its events, by the rules they were written under, nothing of it moves.
        let anew = async |apply| {
            let kinds = motcua::kinds();
            dossiers::verify::rebuild_facts(&db, kinds, apply, AFTERWARDS, |_| {}).await.expect("the rebuild runs")
        };
        assert_eq!((anew(false).await, anew(true).await), Default::default());
        // Taken over as it stood, once: what is changed from now on is named.
        let administrator = "UPDATE account_grant SET role = 'administrator' WHERE role = 'clerk'";
        let changed =
            db.write(move |tx| Box::pin(async move { tx.execute(administrator, &[]).await })).await.expect("SQL");
        assert!(changed > 0);
        motcua::open(&url, AFTERWARDS).await.expect("open again").close().await;
        let report = proven().await;
        assert!(report.rows_wrong >= 1 && report.chain.contains("(adopted, 2026-11-29) left it"), "{report:?}");
        db.close().await;
    });
}

#[test]
fn a_province_with_petitions_supplements_and_changed_definitions_still_follows() {
    run(async {
        let folder = province("a6c07b0");
        let url = format!("sqlite:{}", folder.path().join("motcua.sqlite").display());
        let db = motcua::open(&url, A_DAY_LATER).await.expect("open");
        let (now, proofs, kinds) = (A_DAY_LATER, motcua::proofs(), motcua::kinds());
        let outside =
            dossiers::verify::Outside { uploads: None, days: Vec::new(), now, proofs, kinds, to_the_first: false };
        let report = dossiers::verify::verify(&db, outside, |_| {}).await.expect("the proof runs");
        assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
        assert_eq!(report.dossiers, 123);
        // What it had: 653 agencies, 69 procedures, two petitions, one definition put to the vote; more may have become subjects since.
        assert!(report.subjects >= 725, "{}", report.subjects);
        assert!(report.events >= 5_264 && report.figures_checked >= 3_604, "{report:?}");
        let kinds = motcua::kinds();
        let anew = dossiers::verify::rebuild_facts(&db, kinds, false, A_DAY_LATER, |_| {}).await.expect("the rebuild");
        assert_eq!(anew, Default::default());
        db.close().await;
    });
}
