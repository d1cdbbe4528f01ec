//! A result that is written here: drafted, sent back, mended, passed up, numbered, frozen, signed.

use super::*;
use crate::aside;
use crate::fixture_db::Office;
use crate::issue;
use crate::signing::{self, Answer, Port, Request, StandIn};
use crate::written::{Signing, Written};
use ::store::BoxFuture;
use std::sync::Mutex;

/// From a wording of the program.
fn begin(template: &str) -> Act {
    Act::of(Verb::Draft).with("template", template)
}

fn edited(text: &str) -> Act {
    let act = Act::of(Verb::Draft).with("title", "Giấy phép").with("text", text);
    act.with("signer", "Chủ tịch").with("symbol", "GP-UBND")
}

fn approve() -> Act {
    Act::of(Verb::Approve).with("issue", "1")
}

fn written(dossier: &Dossier) -> Written {
    dossier.written.clone().unwrap()
}

/// At the leader's desk, with a draft of that wording.
async fn drafted(office: &Office, now: Instant, template: &str) -> Dossier {
    let dossier = office.receive(clerk(), now, counter()).await.unwrap();
    office.act(&officer(), now.plus_ms(60_000), &dossier.code, begin(template)).await.unwrap();
    for person in [officer(), head()] {
        office.act(&person, now.plus_ms(120_000), &dossier.code, forward()).await.unwrap();
    }
    office.load(&dossier.code).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_back_with_a_remark_is_mended_passed_up_and_numbered() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let code = dossier.code.as_str();
        let first = office.act(&officer(), november(2, 9, 5), code, begin("goc-permit")).await.unwrap();
        assert_eq!((first.status, written(&first).drafts), (Status::Processing, 1));
        office.act(&officer(), november(2, 9, 6), code, forward()).await.unwrap();
        let back = Act::of(Verb::SendBack).with("reason", "Ghi rõ thời hạn");
        let back = office.act(&head(), november(2, 9, 10), code, back).await.unwrap();
        assert_eq!(written(&back).passed, 0);
        let mended = "Điều 1. Cấp phép một năm, số {number} ngày {decided_on}.";
        office.act(&officer(), november(2, 9, 15), code, edited(mended)).await.unwrap();
        office.act(&officer(), november(2, 9, 16), code, forward()).await.unwrap();
        let passed = office.act(&head(), november(2, 9, 20), code, forward()).await.unwrap();
        assert_eq!((written(&passed).drafts, written(&passed).passed), (2, 2));
        let decided = office.issue(&store, &leader(), november(2, 9, 30), code, approve()).await.unwrap();
        let result = written(&decided);
        assert_eq!((decided.status, decided.outcome), (Status::Decided, crate::Outcome::Granted));
        assert_eq!((result.number().as_deref(), result.agency, result.draft), (Some("1/GP-UBND"), Some(NEAR), 2));
        assert_eq!(result.signing, Signing::Pending);
        assert!(decided.flags & flag::DIGITISED != 0);
        // What was frozen is the dossier's result, for the archive, with number and day in its text.
        let id = result.file.unwrap();
        let file = office.write(move |tx| Box::pin(async move { files::file(tx, id).await })).await.unwrap();
        let bytes = std::fs::read(store.path_of(&file.sha256)).unwrap();
        assert!(bytes.starts_with(b"%PDF-") && file.media_type == "application/pdf");
        assert_eq!(store.damage(&file.sha256, file.size_bytes), None);
        // The same draft at the same moment is the same file: who prints it again can compare.
        let verified = office.tampered("UPDATE dossier SET rating = rating WHERE id > 0").await;
        assert_eq!(verified.chain, "ok", "{verified:?}");
        // Nothing more is drafted, and nothing is sent back.
        assert!(office.act(&officer(), november(2, 10, 0), code, edited("Khác")).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_held_to_the_events() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        for minute in [0, 10] {
            let dossier = drafted(&office, november(2, 9, minute), "goc-decision").await;
            office.issue(&store, &leader(), november(2, 9, 40 + minute), &dossier.code, approve()).await.unwrap();
        }
        let well = office.tampered("UPDATE dossier_written SET n = n WHERE n > 0").await;
        assert_eq!(well.chain, "ok", "{:?}", well.broken);
        for (change, named) in [
            ("UPDATE dossier_written SET n = 7 WHERE n = 2", "written: n"),
            ("UPDATE dossier_written SET symbol = 'X' WHERE n = 2", "written: symbol"),
            ("UPDATE dossier_written SET signing = 'signed' WHERE n = 1", "written: signing"),
            ("UPDATE dossier_written SET drafts = 3 WHERE n = 1", "written: drafts"),
            ("DELETE FROM dossier_written WHERE n = 1", "written: missing or added"),
            ("UPDATE dossier_aside SET data = '{}' WHERE kind = 'draft'", "draft: changed"),
            ("DELETE FROM dossier_aside WHERE kind = 'draft'", "draft: missing"),
        ] {
            let found = office.tampered(change).await;
            assert!(found.broken.iter().any(|row| row.contains(named)), "{change}: {:?}", found.broken);
        }
        let gap = office.tampered("UPDATE dossier_written SET n = 7 WHERE n = 2").await;
        assert!(gap.broken.iter().any(|row| row.ends_with("7 given out, 2 there")), "{:?}", gap.broken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_decide_at_once_get_numbers_without_a_gap_and_what_fails_gives_out_none() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let mut codes = Vec::new();
        for minute in 0..4 {
            codes.push(drafted(&office, november(2, 9, minute), "goc-permit").await.code);
        }
        // Set with a number, and then not kept.
        let ready = office.freeze(&store, &leader(), november(2, 10, 0), &codes[0], &approve()).await.unwrap();
        let (house, code) = (office.house.clone(), codes[0].clone());
        let by = By { actor: leader(), now: november(2, 10, 0) };
        let failed = office
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let id = super::load(tx, &code).await?.dossier.id;
                    let issued = issue::keep(tx, ready.as_ref(), id, &by).await?;
                    super::act(tx, &house, &by, &code, &Act { issued, ..approve() }).await?;
                    Err::<(), _>(Fault::Busy)
                })
            })
            .await;
        assert!(matches!(failed, Err(Fault::Busy)));
        let decided = futures_of(&office, &store, &codes).await;
        let numbers: BTreeSet<i64> = decided.iter().map(|dossier| written(dossier).n).collect();
        assert_eq!(numbers, BTreeSet::from([1, 2, 3, 4]), "{:?}", office.db.engine());
        // Another paper, another year: books of their own.
        let other = drafted(&office, november(3, 9, 0), "goc-decision").await;
        let other = office.issue(&store, &leader(), november(3, 10, 0), &other.code, approve()).await.unwrap();
        assert_eq!((written(&other).n, written(&other).number().as_deref()), (1, Some("1/QĐ-UBND")));
    }
}

/// All of them decided at the same time.
async fn futures_of(office: &Office, store: &files::Store, codes: &[String]) -> Vec<Dossier> {
    let mut people = Vec::new();
    for code in codes {
        let (db, house, store, code) = (office.db.clone(), office.house.clone(), store.clone(), code.clone());
        people.push(tokio::spawn(async move {
            issue_with(&db, &house, &store, &leader(), november(2, 10, 5), &code, approve()).await.unwrap()
        }));
    }
    let mut decided = Vec::new();
    for person in people {
        decided.push(person.await.unwrap());
    }
    decided
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_set_for_a_number_that_was_taken_or_a_draft_that_was_edited_is_not_kept() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let one = drafted(&office, november(2, 9, 0), "goc-permit").await;
        let two = drafted(&office, november(2, 9, 10), "goc-permit").await;
        let ready = office.freeze(&store, &leader(), november(2, 10, 0), &two.code, &approve()).await.unwrap();
        office.issue(&store, &leader(), november(2, 10, 0), &one.code, approve()).await.unwrap();
        let before = office.load(&two.code).await;
        let late = office.act_with(&leader(), november(2, 10, 1), &two.code, approve(), ready).await;
        assert!(issue::again(&late), "{late:?}");
        assert_eq!(office.load(&two.code).await, before);
        let ready = office.freeze(&store, &leader(), november(2, 10, 2), &two.code, &approve()).await.unwrap();
        office.act(&leader(), november(2, 10, 3), &two.code, edited("Điều 1. Khác hẳn.")).await.unwrap();
        let late = office.act_with(&leader(), november(2, 10, 4), &two.code, approve(), ready).await;
        assert!(issue::again(&late), "{late:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_refusal_goes_with_refusing_and_a_file_still_makes_a_result() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let dossier = drafted(&office, november(2, 9, 0), "goc-refusal-letter").await;
        let wrong = office.issue(&store, &leader(), november(2, 10, 0), &dossier.code, approve()).await;
        assert_eq!(code(wrong), "dossier-draft-of-another-kind");
        let refuse = Act::of(Verb::Refuse).with("reason", reason()).with("issue", "1");
        let refused = office.issue(&store, &leader(), november(2, 10, 1), &dossier.code, refuse).await.unwrap();
        assert_eq!(refused.outcome, crate::Outcome::Refused);
        assert_eq!(written(&refused).number().as_deref(), Some("1/TB-UBND"));
        // As before there was anything to draft.
        let plain = office.at_leader(november(2, 11, 0)).await;
        let paper = office.paper(None).await;
        let both = approve().bringing([paper.clone()]);
        assert_eq!(
            code(office.issue(&store, &leader(), november(2, 13, 30), &plain.code, both).await),
            "dossier-no-written-draft"
        );
        let by_file = Act::of(Verb::Approve).bringing([paper]);
        let approved = office.act(&leader(), november(2, 13, 31), &plain.code, by_file).await.unwrap();
        assert_eq!((approved.status, approved.written), (Status::Decided, None));
        // A draft and a file: one of them.
        let two = drafted(&office, november(2, 14, 0), "goc-permit").await;
        let both = approve().bringing([office.paper(None).await]);
        assert_eq!(
            code(office.issue(&store, &leader(), november(2, 15, 0), &two.code, both).await),
            "dossier-one-result"
        );
        let report = office.tampered("UPDATE dossier SET rating = rating WHERE id > 0").await;
        assert_eq!(report.chain, "ok", "{:?}", report.broken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wording_of_another_procedure_is_none_and_drafts_stand_beside_the_log() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        for wrong in ["", "MG26-0009", "receipt"] {
            let refused = office.act(&officer(), november(2, 9, 5), &dossier.code, begin(wrong)).await;
            assert_eq!(code(refused), "dossier-wording-unknown", "{wrong}");
        }
        office.act(&officer(), november(2, 9, 6), &dossier.code, begin("goc-confirmation")).await.unwrap();
        let id = dossier.id;
        let (events, asides) = office
            .db
            .read(move |tx| {
                Box::pin(async move { Ok::<_, Fault>((audit::events(tx, id).await?, aside::of(tx, id).await?)) })
            })
            .await
            .unwrap();
        assert!(events.iter().all(|event| !event.data.contains("Đường")), "no personal data in the log");
        assert!(asides.iter().any(|(_, kind, data)| kind == aside::DRAFT && data.contains("Nguyễn Thị Đường")));
    }
}

/// Signs once for each id, and loses what it answered the first time.
#[derive(Default)]
struct Forgetful {
    signed: Mutex<BTreeMap<String, Vec<u8>>>,
    signatures: Mutex<usize>,
    asked: Mutex<usize>,
}

impl Port for Forgetful {
    fn unsigned(&self) -> &'static str {
        ""
    }

    fn sign<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, String>> {
        let mut signed = self.signed.lock().unwrap();
        let bytes = signed
            .entry(request.id.clone())
            .or_insert_with(|| {
                *self.signatures.lock().unwrap() += 1;
                let mut bytes = request.bytes.clone();
                bytes.extend_from_slice(b"\n% signed\n");
                bytes
            })
            .clone();
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        let answer = if *asked == 1 { Err("the reply was lost".to_owned()) } else { Ok(Answer::Signed(bytes)) };
        Box::pin(std::future::ready(answer))
    }
}

async fn sign_job(office: &Office, now: Instant) -> jobs::Claimed {
    let claimed = office.write(move |tx| Box::pin(async move { jobs::claim(tx, now, 50).await })).await;
    claimed.into_iter().find(|job| job.kind == signing::JOB).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_makes_no_second_signature() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let dossier = drafted(&office, november(2, 9, 0), "goc-permit").await;
        office.issue(&store, &leader(), november(2, 10, 0), &dossier.code, approve()).await.unwrap();
        let port = Forgetful::default();
        let job = sign_job(&office, november(2, 10, 1)).await;
        let lost = signing::run(&office.db, &store, &port, &job, november(2, 10, 1)).await;
        assert!(matches!(lost, Err(jobs::JobError::Again(_))), "{lost:?}");
        assert_eq!(written(&office.load(&dossier.code).await).signing, Signing::Pending);
        // Twice more: as after a lease ran out while the first was still at it.
        for minute in [2, 3] {
            signing::run(&office.db, &store, &port, &job, november(2, 10, minute)).await.unwrap();
        }
        assert_eq!(*port.signatures.lock().unwrap(), 1);
        assert_eq!(*port.asked.lock().unwrap(), 2, "what was answered is not asked again");
        let signed = office.load(&dossier.code).await;
        assert_eq!(written(&signed).signing, Signing::Signed);
        let answered = "SELECT COUNT(*) FROM event WHERE kind = 'signature-answered'";
        assert_eq!(office.number(answered).await, 1);
        let report = office.tampered("UPDATE dossier SET rating = rating WHERE id > 0").await;
        assert_eq!(report.chain, "ok", "{:?}", report.broken);
    }
}

/// Refuses for good.
struct Refusing;

impl Port for Refusing {
    fn unsigned(&self) -> &'static str {
        ""
    }

    fn sign<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(std::future::ready(Ok(Answer::Failed)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_signs_says_so_and_what_failed_is_asked_for_again_by_who_decides() {
    let disk = tempfile::tempdir().unwrap();
    for office in offices().await {
        let store = files::Store::new(disk.path());
        let dossier = drafted(&office, november(2, 9, 0), "goc-permit").await;
        let code_of = dossier.code.as_str();
        office.issue(&store, &leader(), november(2, 10, 0), code_of, approve()).await.unwrap();
        let early = office.act(&leader(), november(2, 10, 0), code_of, Act::of(Verb::SignAgain)).await;
        assert_eq!(code(early), "dossier-no-signature-failed");
        let job = sign_job(&office, november(2, 10, 1)).await;
        signing::run(&office.db, &store, &Refusing, &job, november(2, 10, 1)).await.unwrap();
        // The worker is done with it: the next request of the dossier has its turn.
        office.write(move |tx| Box::pin(async move { jobs::complete(tx, &job, november(2, 10, 1)).await })).await;
        assert_eq!(written(&office.load(code_of).await).signing, Signing::Failed);
        let stranger = office.act(&clerk(), november(2, 10, 2), code_of, Act::of(Verb::SignAgain)).await;
        assert_eq!(code(stranger), "dossier-not-yours");
        let again = office.act(&leader(), november(2, 10, 3), code_of, Act::of(Verb::SignAgain)).await.unwrap();
        assert_eq!((written(&again).signing, written(&again).request), (Signing::Pending, 2));
        let job = sign_job(&office, november(2, 10, 4)).await;
        signing::run(&office.db, &store, &StandIn, &job, november(2, 10, 4)).await.unwrap();
        let result = written(&office.load(code_of).await);
        assert_eq!((result.signing, result.request), (Signing::StandIn, 2));
        let report = office.tampered("UPDATE dossier SET rating = rating WHERE id > 0").await;
        assert_eq!(report.chain, "ok", "{:?}", report.broken);
    }
}
