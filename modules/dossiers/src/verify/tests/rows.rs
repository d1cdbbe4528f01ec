//! Papers, files, notices and first payments: a row changed, added or taken away, and bytes that are not what was handed in.

use super::*;
use crate::{Brought, ComponentState, NewPaper};
use files::Store;

const PDF: &[u8] = b"%PDF-1.7 what was handed in";

struct Lived {
    office: Office,
    uploads: Store,
    /// Holds the uploads as long as the test runs.
    _folder: tempfile::TempDir,
}

async fn handed_in(office: &Office, uploads: &Store, name: &str) -> Id {
    // Different bytes for each, or they would share one place.
    let bytes = [PDF, name.as_bytes()].concat();
    office.keep(uploads.stage_bytes(bytes, name).await.unwrap()).await
}

/// One dossier filed with a scan, a supplement for a component and one beside, paid online, and a result; the applicant told.
async fn lived_with_papers() -> Vec<Lived> {
    let mut all = Vec::new();
    for office in offices().await {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Store::new(folder.path());
        let mut with_scan = handed();
        let scan = handed_in(&office, &uploads, "to-khai.pdf").await;
        with_scan.components.insert(
            "to-khai".to_owned(),
            Brought { state: ComponentState::File, files: vec![scan], ..Brought::default() },
        );
        let filed = office.file(citizen(), november(2, 9, 0), with_scan).await.unwrap();
        let code = filed.code.as_str();
        office.act(&clerk(), november(2, 10, 0), code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        office.once_paid_online(&citizen(), november(2, 10, 30), code).await;
        let list = crate::decide::Asked { papers: vec!["to-khai".to_owned()], ..asked("Tờ khai quá mờ", "") };
        let ask = Act::from(list);
        office.act(&officer(), november(2, 11, 0), code, ask).await.unwrap();
        let better = NewPaper { component: Some(0), file: handed_in(&office, &uploads, "ro-hon.pdf").await };
        let beside = NewPaper { component: None, file: handed_in(&office, &uploads, "them.pdf").await };
        let bring = supplement(vec![better, beside]);
        office.act(&citizen(), november(2, 14, 0), code, bring).await.unwrap();
        for person in [officer(), head()] {
            let forward = forward();
            office.act(&person, november(2, 15, 0), code, forward).await.unwrap();
        }
        let result = NewPaper { component: None, file: handed_in(&office, &uploads, "ket-qua.pdf").await };
        let approve = Act::of(Verb::Approve).bringing([result]);
        office.act(&leader(), november(2, 16, 0), code, approve).await.unwrap();
        office.file(citizen(), november(3, 9, 0), handed()).await.unwrap();
        // Two of three notices delivered.
        for _ in 0..2 {
            office.write(|tx| Box::pin(deliver_next(tx))).await;
        }
        all.push(Lived { office, uploads, _folder: folder });
    }
    all
}

async fn deliver_next(tx: &Tx) -> Result<(), StoreError> {
    let now = november(3, 9, 0);
    for job in jobs::claim(tx, now, 1).await? {
        crate::fixture_db::told(tx, &job).await.unwrap();
        jobs::complete(tx, &job, now).await?;
    }
    Ok(())
}

async fn with_bytes(lived: &Lived) -> Report {
    let outside = Outside { uploads: Some(lived.uploads.clone()), ..Outside::default() };
    verify(&lived.office.db, outside, |_| ()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_files_and_notices_nobody_touched_are_in_order() {
    for lived in lived_with_papers().await {
        let report = with_bytes(&lived).await;
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
        // Two dossiers of three papers, two later files, two notices, four seals, one first payment, and what each of them owes.
        assert_eq!((report.rows_checked, report.notices_waiting, report.files_checked), (6 + 2 + 2 + 4 + 1 + 2, 1, 4));
        let report = verify(&lived.office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.files_checked), ("ok", 0));
        // What a reader did is no news of the dossier.
        let read = found(&lived.office, "UPDATE inbox SET read_at = 5").await;
        assert_eq!(read.chain, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_papers_files_and_notices_changed_added_or_taken_away_is_named() {
    let component = |n: i64, what: &str| (format!("dossier_component H13.31-261102-0001 #{n}: {what}"), false);
    let change =
        |n: i64, set: &str| format!("UPDATE dossier_component SET {set} WHERE dossier_id = {FIRST} AND n = {n}");
    let result = "(SELECT MAX(id) FROM file)";
    let later = |what: &str| (format!("dossier_file H13.31-261102-0001 : {what}"), true);
    let of_result = |set: &str| format!("UPDATE dossier_file SET {set} WHERE file_id = {result}");
    let file = |what: &str| (format!("file  of H13.31-261102-0001: {what}"), true);
    let row = |set: &str| format!("UPDATE file SET {set} WHERE id = {result}");
    let notice = |what: &str| (format!("notice H13.31-261102-0001 {what}"), false);
    let first_notice = "(SELECT MIN(id) FROM inbox)";
    let cases = [
        (change(1, "state = 'missing'"), component(1, "state")),
        (change(1, "state = 'eaten'"), component(1, "state")),
        (change(1, "name = 'Giấy khác'"), component(1, "code, name or required")),
        (change(1, "code = 'khac'"), component(1, "code, name or required")),
        (change(2, "required = TRUE"), component(2, "code, name or required")),
        (change(0, "file_id = file_id + 1"), component(0, "file_id")),
        (change(0, "file_id = NULL"), component(0, "file_id")),
        (change(2, "n = 7"), component(2, "missing")),
        (format!("DELETE FROM dossier_component WHERE dossier_id = {FIRST} AND n = 0"), component(0, "missing")),
        (
            format!("INSERT INTO dossier_component (dossier_id, n, code, name, required, state, file_id) VALUES ({FIRST}, 3, 'x', 'x', FALSE, 'paper', NULL)"),
            component(3, "added"),
        ),
        (
            "INSERT INTO dossier_component (dossier_id, n, code, name, required, state, file_id) VALUES (5, 0, 'x', 'x', FALSE, 'paper', NULL)".to_owned(),
            ("dossier_component of dossier 5: no such dossier".to_owned(), false),
        ),
        (of_result("purpose = 'supplement'"), later("purpose")),
        (of_result("added_at = added_at + 1"), later("added_at")),
        (of_result("name = 'khac.pdf'"), later("name")),
        (format!("DELETE FROM dossier_file WHERE file_id = {result}"), later("missing")),
        (
            format!("INSERT INTO dossier_file (dossier_id, file_id, purpose, name, added_at) VALUES ({LAST}, {result}, 'result', 'ket-qua.pdf', 5)"),
            ("dossier_file H13.31-261103-0001 : added".to_owned(), true),
        ),
        (row("size_bytes = size_bytes + 1"), file("size_bytes")),
        (row("name = 'khac.pdf'"), file("name or media_type")),
        (row("media_type = 'image/png'"), file("name or media_type")),
        (row("sha256 = 'ab'"), file("sha256")),
        (format!("DELETE FROM file WHERE id = {result}"), file("missing")),
        (format!("UPDATE inbox SET kind = 'refused' WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("UPDATE inbox SET at = at + 1 WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("UPDATE inbox SET account_id = 902 WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("UPDATE inbox SET code = 'x' WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("UPDATE inbox SET topic = 'other' WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("UPDATE inbox SET said = '{{\"n\": 1}}' WHERE id = {first_notice}"), notice("#2 received: missing")),
        (format!("DELETE FROM inbox WHERE id = {first_notice}"), notice("#2 received: missing")),
        ("DELETE FROM job WHERE state <> 'done'".to_owned(), notice("#8 approved: missing")),
        (
            format!("INSERT INTO inbox (id, account_id, topic, subject_id, code, kind, said, at) VALUES (99, 901, 'dossier', {LAST}, 'x', 'approved', '{{}}', 5)"),
            ("notice 99: H13.31-261103-0001 tells of no such event".to_owned(), false),
        ),
        (
            "UPDATE procedure_first_payment SET at = at - 1".to_owned(),
            ("procedure_first_payment 500: not what the events tell".to_owned(), false),
        ),
        (
            "UPDATE procedure_first_payment SET dossier_id = dossier_id + 1".to_owned(),
            ("procedure_first_payment 500: not what the events tell".to_owned(), false),
        ),
        (
            "UPDATE procedure_first_payment SET procedure_id = 7".to_owned(),
            ("procedure_first_payment 7: not what the events tell".to_owned(), false),
        ),
        ("DELETE FROM procedure_first_payment".to_owned(), ("procedure_first_payment 500: missing".to_owned(), false)),
        (
            format!("INSERT INTO procedure_first_payment (procedure_id, dossier_id, at) VALUES (7, {FIRST}, 5)"),
            ("procedure_first_payment 7: not what the events tell".to_owned(), false),
        ),
    ];
    for lived in lived_with_papers().await {
        for (tamper, (named, numbered)) in &cases {
            let mut chain = found(&lived.office, tamper).await.chain;
            if *numbered {
                // Files get their numbers anew in each test.
                chain = chain
                    .split(' ')
                    .map(|word| if is_id(word) { word.trim_start_matches(|c: char| c.is_ascii_digit()) } else { word })
                    .collect::<Vec<_>>()
                    .join(" ");
            }
            assert_eq!(&chain, named, "{:?}: {tamper}", lived.office.db.engine());
        }
    }
}

fn is_id(word: &str) -> bool {
    let digits = word.trim_end_matches(':');
    digits.len() > 9 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_what_was_handed_in_are_named_even_those_replaced_since() {
    for lived in lived_with_papers().await {
        let hash = |name: &str| {
            use sha2::{Digest, Sha256};
            let digest = Sha256::digest([PDF, name.as_bytes()].concat());
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        for name in ["to-khai.pdf", "ro-hon.pdf", "them.pdf", "ket-qua.pdf"] {
            let hash = hash(name);
            let path = lived.uploads.path_of(&hash);
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, b"%PDF-1.7 something else").unwrap();
            let report = with_bytes(&lived).await;
            assert!(report.chain.ends_with(&format!("bytes changed ({hash})")), "{name}: {}", report.chain);
            std::fs::remove_file(&path).unwrap();
            let report = with_bytes(&lived).await;
            assert!(report.chain.ends_with(&format!("bytes missing ({hash})")), "{name}: {}", report.chain);
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(with_bytes(&lived).await.chain, "ok");
    }
}
