//! Actions on both engines: one transaction each, whoever comes at the same time.

use super::*;
use crate::decide::{Asked, Handing, Wished};
use crate::dossier::Status;
use crate::fixture::*;
use crate::fixture_db::*;
use crate::measures::flag;
use crate::verbs::Verb;
use std::collections::{BTreeMap, BTreeSet};

mod branches;
mod drafts;
mod linked;
mod people;
mod together;
mod ways;

fn reason() -> String {
    "Không đủ điều kiện".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_writes_state_event_facts_and_job_together() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        // The applicant needs no notice of what they did themselves.
        assert_eq!(office.counts().await, [1, 1, 0, 0]);
        assert_eq!((filed.status, filed.head.n), (Status::Filed, 1));
        let received =
            office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        // Received, and what is due for it.
        assert_eq!(office.counts().await, [1, 2, 2, 1]);
        assert_eq!(office.load(&filed.code).await, received);
        let id = filed.id;
        let events = office.write(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let mut chain = audit::Chain::default();
        events.iter().for_each(|event| chain.extend(event.link()));
        assert_eq!(chain, received.head);
        assert_eq!(events[1].actor, Some(clerk().account));
        assert_eq!(events[1].agency, Some(NEAR_DESK));
        // No personal data in the log.
        assert!(events.iter().all(|event| !event.data.contains("Đường") && !event.data.contains("094190000017")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_afterwards_leaves_nothing_behind() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let before = office.counts().await;
        let (house, code) = (office.house.clone(), dossier.code.clone());
        let by = By { actor: officer(), now: november(2, 9, 5) };
        let failed = office
            .db
            .write(move |tx| {
                Box::pin(async move {
                    super::act(tx, &house, &by, &code, &forward()).await?;
                    Err::<(), _>(Fault::Busy)
                })
            })
            .await;
        assert!(matches!(failed, Err(Fault::Busy)));
        assert_eq!(office.counts().await, before);
        assert_eq!(office.load(&dossier.code).await, dossier);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_act_writes_nothing_and_says_why() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let before = office.counts().await;
        let now = november(2, 9, 5);
        let foreign = office.act(&far_clerk(), now, &dossier.code, forward()).await;
        assert_eq!(code(foreign), "dossier-not-yours");
        let empty = office.act(&officer(), now, &dossier.code, Act::of(Verb::Refuse).with("reason", " ")).await;
        assert_eq!(code(empty), "dossier-reason-required");
        let unknown = office.act(&officer(), now, "H13.31-261102-0099", forward()).await;
        assert!(matches!(unknown, Err(Fault::NotFound("dossier-not-found"))));
        assert_eq!(office.counts().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_act_at_once_one_wins_and_the_others_are_told() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let mut people = Vec::new();
        for _ in 0..8 {
            let (db, house, code) = (office.db.clone(), office.house.clone(), dossier.code.clone());
            let by = By { actor: officer(), now: november(2, 9, 5) };
            people.push(tokio::spawn(async move {
                let refuse = Act::of(Verb::Refuse).with("reason", reason());
                db.write(move |tx| Box::pin(async move { super::act(tx, &house, &by, &code, &refuse).await })).await
            }));
        }
        let mut won = 0;
        for person in people {
            match person.await.unwrap() {
                Ok(_) => won += 1,
                Err(Fault::Conflict(problem)) => {
                    assert!(["dossier-changed-meanwhile", "dossier-wrong-status"].contains(&problem.code));
                }
                Err(other) => panic!("{:?}: {other:?}", office.db.engine()),
            }
        }
        assert_eq!((won, office.number("SELECT COUNT(*) FROM fact WHERE measure = 'settled'").await), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_on_an_old_reading_is_told_it_changed_meanwhile() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let code_of = dossier.code.clone();
        let stale = office.db.read(move |tx| Box::pin(async move { super::load(tx, &code_of).await })).await.unwrap();
        office.act(&officer(), november(2, 9, 5), &dossier.code, forward()).await.unwrap();
        let before = office.counts().await;
        let late = office
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let by = By { actor: officer(), now: november(2, 9, 6) };
                    let refused = Happening::Refused {
                        reason: reason(),
                        unit: NEAR_DESK,
                        offer: None,
                        result: None,
                        issued: None,
                    };
                    super::write(tx, Some(&stale), None, &by, Standing::at(None), &refused).await
                })
            })
            .await;
        assert_eq!(code(late), "dossier-changed-meanwhile");
        assert_eq!(office.counts().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_intakes_at_once_get_fifty_codes_without_a_gap() {
    for office in offices().await {
        let mut desks = Vec::new();
        for _ in 0..50 {
            let (db, house) = (office.db.clone(), office.house.clone());
            desks.push(tokio::spawn(async move {
                let by = By { actor: clerk(), now: november(2, 9, 0) };
                db.write(move |tx| {
                    Box::pin(async move { super::receive_at_counter(tx, &house, &by, &counter()).await })
                })
                .await
            }));
        }
        let mut codes = BTreeSet::new();
        for desk in desks {
            codes.insert(desk.await.unwrap().unwrap().code);
        }
        let wanted: BTreeSet<String> = (1..=50).map(|n| format!("H13.31-261102-{n:04}")).collect();
        assert_eq!(codes, wanted, "{:?}", office.db.engine());
        // The next day begins with one.
        let next = office.receive(clerk(), november(3, 9, 0), counter()).await.unwrap();
        assert_eq!(next.code, "H13.31-261103-0001");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_desk_receives_for_any_agency_and_the_code_is_the_receiving_ones() {
    for office in offices().await {
        let abroad = CounterIntake { intake: FAR, return_to: FAR, ..counter() };
        let dossier = office.receive(far_clerk(), november(2, 9, 0), abroad.clone()).await.unwrap();
        assert_eq!(dossier.code, "H13.32-261102-0001");
        assert_eq!((dossier.intake, dossier.competent, dossier.return_to), (FAR, NEAR, FAR));
        assert_eq!(dossier.unit, NEAR_DIVISION);
        // The competent agency answers for it in the figures.
        assert_eq!(office.number("SELECT agency_id FROM fact WHERE measure = 'received'").await, NEAR.0);
        // What came by post is received there as well, and counts as such.
        let posted = CounterIntake { channel: Channel::Post, ..abroad.clone() };
        let posted = office.receive(far_clerk(), november(2, 9, 5), posted).await.unwrap();
        assert_eq!((posted.intake, posted.competent, posted.channel), (FAR, NEAR, Channel::Post));
        assert_eq!(office.number("SELECT count(*) FROM fact WHERE measure = 'received' AND channel = 3").await, 1);
        // But nobody receives in another desk's name.
        assert_eq!(code(office.receive(clerk(), november(2, 9, 0), abroad).await), "dossier-not-yours");
        assert_eq!(code(office.receive(officer(), november(2, 9, 0), counter()).await), "dossier-not-yours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_citizens_file_online_and_only_known_procedures() {
    for office in offices().await {
        assert_eq!(code(office.file(clerk(), november(2, 9, 0), handed()).await), "dossier-not-yours");
        let unknown = CounterIntake { procedure: "9.999999".into(), ..counter() };
        let unknown = office.receive(clerk(), november(2, 9, 0), unknown).await;
        assert!(matches!(unknown, Err(Fault::NotFound("dossier-procedure-unknown"))));
        assert_eq!(office.counts().await, [0, 0, 0, 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_is_given_only_to_people_who_work_at_its_unit() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let to = |handler: Id| Act::of(Verb::Assign).with("handler", handler.to_string());
        let nobody = office.act(&office.head, november(2, 9, 1), &dossier.code, to(Id(424_242))).await;
        assert_eq!(code(nobody), "dossier-handler-not-here");
        let given = office.act(&office.head, november(2, 9, 2), &dossier.code, to(office.officer.account)).await;
        assert_eq!(given.unwrap().handler, Some(office.officer.account));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_at_the_counter_is_recorded_with_the_intake() {
    for office in offices().await {
        let paid = CounterIntake { paid: true, ..counter() };
        let dossier = office.receive(clerk(), november(2, 9, 0), paid).await.unwrap();
        assert_eq!((dossier.paid_dong, dossier.status, dossier.head.n), (8_000, Status::Received, 2));
        let online = format!("SELECT COUNT(*) FROM fact WHERE measure = 'paid' AND flags & {} = 0", flag::PAID_ONLINE);
        assert_eq!(
            office.write(|tx| Box::pin(async move { tx.query_one(online, params![]).await?.at::<i64>(0) })).await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_received_at_the_desk_and_by_nobody_else() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        for person in [citizen(), stranger(), officer(), head(), leader(), far_clerk()] {
            let paid = office.act(&person, november(2, 11, 0), &filed.code, Act::of(Verb::RecordPayment)).await;
            assert_eq!(code(paid), "dossier-not-yours", "{}", person.account);
        }
        office.act(&clerk(), november(2, 11, 0), &filed.code, Act::of(Verb::RecordPayment)).await.unwrap();
        let again = office.act(&clerk(), november(2, 11, 5), &filed.code, Act::of(Verb::RecordPayment)).await;
        assert_eq!(code(again), "dossier-nothing-to-pay");
        assert_eq!(office.number("SELECT COUNT(*) FROM fact WHERE measure = 'paid'").await, 1);
        assert_eq!(office.number("SELECT COUNT(*) FROM fact WHERE measure = 'procedure_paid_online'").await, 0);
        assert_eq!(office.number("SELECT COUNT(*) FROM procedure_first_payment").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_added_at_return_is_kept_and_counted_on_the_day_of_the_decision() {
    for office in offices().await {
        let dossier = office.at_leader(november(2, 9, 0)).await;
        let approve = Act::of(Verb::Approve);
        office.act(&leader(), november(3, 9, 0), &dossier.code, approve).await.unwrap();
        let hand_out = hand_out(Some(office.paper(None).await));
        office.act(&clerk(), november(5, 9, 0), &dossier.code, hand_out).await.unwrap();
        assert_eq!(office.number("SELECT CAST(SUM(qty) AS BIGINT) FROM fact WHERE measure = 'settled'").await, 1);
        let days = "SELECT COUNT(*) FROM fact WHERE measure = 'settled' AND day = '2026-11-03'";
        assert_eq!(office.number(days).await, 3);
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_file WHERE purpose = 'result'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_fills_the_component_it_is_for() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        let ask = Act::from(asked("Ảnh quá mờ, không đọc được", ""));
        office.act(&clerk(), november(2, 10, 0), &filed.code, ask).await.unwrap();
        let nowhere = vec![office.paper(Some(99)).await];
        let lost = supplement(nowhere);
        let lost = office.act(&citizen(), november(2, 11, 0), &filed.code, lost).await;
        assert_eq!(code(lost), "dossier-component-unknown");
        assert_eq!(office.load(&filed.code).await.status, Status::Supplement);
        let papers = vec![office.paper(Some(2)).await, office.paper(None).await];
        let done = supplement(papers);
        office.act(&citizen(), november(2, 11, 0), &filed.code, done).await.unwrap();
        let filled = "SELECT COUNT(*) FROM dossier_component WHERE n = 2 AND state = 'file' AND file_id IN (SELECT id FROM file)";
        assert_eq!(office.number(filled).await, 1);
        assert_eq!(office.number("SELECT COUNT(*) FROM dossier_file WHERE purpose = 'supplement'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applicant_is_told_once_however_often_the_job_runs() {
    for office in offices().await {
        let filed = office.file(citizen(), november(2, 9, 0), handed()).await.unwrap();
        office.act(&clerk(), november(2, 10, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
        office
            .act(&officer(), november(2, 11, 0), &filed.code, Act::of(Verb::Refuse).with("reason", reason()))
            .await
            .unwrap();
        let claimed = office.write(|tx| Box::pin(async move { jobs::claim(tx, november(2, 12, 0), 10).await })).await;
        // One of a dossier's notices at a time: order is kept.
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].kind, records::TELL_JOB);
        assert!(!claimed[0].payload.to_string().contains("Đường"));
        for _ in 0..3 {
            let job = claimed[0].clone();
            office.db.write(move |tx| Box::pin(async move { crate::fixture_db::told(tx, &job).await })).await.unwrap();
        }
        assert_eq!(office.number("SELECT COUNT(*) FROM inbox WHERE kind = 'received'").await, 1);
        assert_eq!(office.number("SELECT account_id FROM inbox").await, citizen().account.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_holds_the_new_case_in_the_first_reading_after_the_action() {
    let definition = r#"
[[indicator]]
id = "on-time"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "settled", all = ["ON_TIME"] }
denominator = { measure = "settled" }
"#;
    let indicators = facts::Indicators::from_toml(&[definition], &known()).unwrap();
    let indicator = indicators.get("on-time", november(2, 9, 0).date()).unwrap();
    for office in offices().await {
        for (day, wanted) in [(3, (1, 1)), (12, (1, 2))] {
            let dossier = office.at_leader(november(2, 9, 0)).await;
            let approve = Act::of(Verb::Approve);
            office.act(&leader(), november(day, 9, 0), &dossier.code, approve).await.unwrap();
            let indicator = indicator.clone();
            let figure = office
                .write(move |tx| {
                    Box::pin(async move { facts::value(tx, &indicator, ROOT, &facts::Filter::year(2026)).await })
                })
                .await;
            assert_eq!((figure.numerator, figure.denominator), wanted);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_supplement_counts_as_late_in_the_index_and_nothing_is_paid_online() {
    let shipped = include_str!("../../../../data/indicators/one-stop.toml");
    let indicators = facts::Indicators::from_toml(&[shipped], &known()).unwrap();
    for office in offices().await {
        let mut codes = Vec::new();
        for _ in 0..2 {
            codes.push(office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap().code);
        }
        let words = [("Thiếu giấy chứng sinh", ""), ("Giấy chứng sinh sai tên", "Giấy mới khác với tờ khai")];
        for (n, (reason, again)) in words.iter().enumerate() {
            let at = |minute: i8| november(2, 10 + n as i8, minute);
            let ask = Act::from(asked(reason, again));
            office.act(&officer(), at(0), &codes[0], ask).await.unwrap();
            let papers = vec![office.paper(Some(2)).await];
            office.act(&clerk(), at(5), &codes[0], supplement(papers)).await.unwrap();
        }
        for one in &codes {
            office.act(&clerk(), november(2, 14, 0), one, Act::of(Verb::RecordPayment)).await.unwrap();
            office
                .act(&officer(), november(2, 15, 0), one, Act::of(Verb::Refuse).with("reason", reason()))
                .await
                .unwrap();
        }
        let day = november(2, 9, 0).date();
        for (id, wanted) in [("on-time", (2, 2)), ("on-time-766", (1, 2)), ("online-payments", (0, 0))] {
            let indicator = indicators.get(id, day).unwrap().clone();
            assert_eq!(indicator.needs.is_some(), id == "online-payments");
            let figure = office
                .write(move |tx| {
                    Box::pin(async move { facts::value(tx, &indicator, ROOT, &facts::Filter::year(2026)).await })
                })
                .await;
            assert_eq!((figure.numerator, figure.denominator), wanted, "{id}");
        }
    }
}

#[test]
fn ids_given_out_in_the_same_millisecond_differ_and_rise() {
    let ids: Vec<Id> = (0..1_000).map(|_| new_id(november(2, 9, 0))).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

/// What the shipped definitions count.
fn known() -> facts::Measures {
    facts::Measures::of(crate::MEASURES.iter().copied().chain([&catalogue::stock::OFFERED])).unwrap()
}
