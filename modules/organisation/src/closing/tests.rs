//! Two people close days; what a basis names is put together again, on both engines.

use super::verbs::{Rooms, prepare};
use super::*;
use crate::calendar::{calendar_closed, calendar_named, load_calendar};
use crate::seed::tests::{keeper, seeded};
use ::store::Db;
use base::calendar::Limit;
use base::{Actor, Fault};
use jiff::civil::date;
use records::{Asker, Held, Typed};
use std::sync::Arc;

/// Friday 27 November 2026, nine o'clock.
fn now() -> Instant {
    Instant::from_local(date(2026, 11, 27).at(9, 0, 0, 0))
}

fn person(account: i64, path: &str) -> Actor {
    Actor { account: Id(account), ..keeper(path) }
}

fn storm(first: &str, last: &str, codes: &str) -> Typed {
    Typed::from([
        ("title", "Bão số 12"),
        ("number", "15/CĐ-UBND"),
        ("authority", "Chủ tịch Ủy ban nhân dân tỉnh"),
        ("first_day", first),
        ("last_day", last),
        ("codes", codes),
        ("reason", "Bão đổ bộ, toàn tỉnh sơ tán"),
    ])
}

async fn prepared(db: &Db, actor: Actor, typed: Typed) -> Result<Held<Closing>, Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            let rooms = Rooms { house: crate::House::read(tx).await?, rooms: Arc::default() };
            prepare(tx, &rooms, &actor, now(), &typed).await
        })
    })
    .await
}

async fn acts(db: &Db, actor: Actor, code: &str, word: &'static str) -> Result<Held<Closing>, Fault> {
    let code = code.to_owned();
    db.write(move |tx| {
        Box::pin(async move {
            let rooms = Rooms { house: crate::House::read(tx).await?, rooms: Arc::default() };
            let asker = Asker::actor(&actor, now());
            let typed = if word == "drop" { Typed::from([("reason", "Chưa cần")]) } else { Typed::default() };
            match word {
                "execute" => execute::execute(tx, &rooms, &asker, &code).await,
                _ => records::act::<Closing>(tx, &rooms, &asker, (&code, word), &typed).await,
            }
        })
    })
    .await
}

async fn databases() -> Vec<Db> {
    let databases = seeded().await;
    for db in &databases {
        db.write(|tx| Box::pin(async move { crate::seed_calendar(tx, now()).await })).await.unwrap();
    }
    databases
}

fn code(fault: Fault) -> String {
    let problem = |problem: &base::Problem| format!("{} {}", problem.code, problem.field.as_deref().unwrap_or(""));
    fault.problems().iter().map(problem).collect::<Vec<_>>().join(",").trim().to_owned()
}

#[tokio::test]
async fn a_second_keeper_closes_days_and_every_calendar_named_is_put_together_again() {
    for db in databases().await {
        let read = |name: &'static str| {
            let db = db.clone();
            async move { db.read(move |tx| Box::pin(async move { calendar_named(tx, name).await })).await.unwrap() }
        };
        let one = prepared(&db, person(1, "/1/"), storm("2026-11-26", "2026-11-30", "")).await.unwrap();
        assert_eq!(one.code, "KC26-000001");
        acts(&db, person(1, "/1/"), &one.code, "submit").await.unwrap();
        // Power is never one's own, and a part of the province closes nothing.
        assert_eq!(code(acts(&db, person(1, "/1/"), &one.code, "execute").await.unwrap_err()), "closing-execute-own");
        assert!(matches!(acts(&db, person(2, "/1/102/"), &one.code, "execute").await, Err(Fault::NotFound(_))));
        let done = acts(&db, person(2, "/1/"), &one.code, "execute").await.unwrap();
        assert_eq!((done.state.state, done.state.revision), (State::Executed, Some(1)));
        assert_eq!(code(acts(&db, person(3, "/1/"), &one.code, "execute").await.unwrap_err()), "records-not-now");
        let calendar = db.read(|tx| Box::pin(async move { load_calendar(tx).await })).await.unwrap();
        assert_eq!(calendar.version(), "vn-2026.11/r1");
        assert!(!calendar.is_working_day(date(2026, 11, 30)) && calendar.is_working_day(date(2026, 12, 1)));
        // The calendar of a promise of before, with those days and nothing else.
        let moved = read("vn-2026.11/e1").await.unwrap();
        assert_eq!(moved.version(), "vn-2026.11/e1");
        let received = Instant::from_local(date(2026, 11, 25).at(9, 0, 0, 0));
        let due = moved.due(received, Limit::WorkingDays(2), None);
        assert_eq!(due.due_at.date(), date(2026, 12, 2));
        assert_eq!(moved.recount(&due.basis.parse().unwrap()), Some(due));
        assert!(read("vn-2026.11").await.unwrap().is_working_day(date(2026, 11, 30)), "the earlier one stays");
        assert!(read("vn-2026.11/r9").await.is_none() && read("elsewhere").await.is_none());
        let kinds =
            db.read(|tx| Box::pin(async move { audit::events(tx, crate::proof::CALENDAR).await })).await.unwrap();
        assert_eq!(kinds.last().map(|event| event.kind.as_str()), Some("calendar-closed"));
        let rows =
            db.read(|tx| Box::pin(async move { audit::check_rows(tx, &[&crate::proof::KEPT], &|_| ()).await })).await;
        assert_eq!(rows.unwrap().named, [""; 0]);
    }
}

#[tokio::test]
async fn the_days_lie_within_the_bound_of_the_rule_and_somebody_works_on_them() {
    for db in databases().await {
        let refused = [
            (storm("2026-11-20", "", ""), "closing-too-late first_day"),
            (storm("2026-11-30", "2026-11-27", ""), "organisation-calendar-order last_day"),
            (storm("2026-11-30", "2027-01-30", ""), "closing-days-many last_day"),
            (storm("2026-11-28", "2026-11-29", ""), "closing-nothing first_day"),
            (storm("2026-11-30", "", "H99.01"), "closing-code-unknown codes"),
            (storm("2026-11-30", "", "H13"), "closing-whole-province codes"),
        ];
        for (typed, wanted) in refused {
            assert_eq!(code(prepared(&db, person(1, "/1/"), typed).await.unwrap_err()), wanted);
        }
        let part = prepared(&db, person(1, "/1/102/"), storm("2026-11-30", "", "")).await;
        assert_eq!(code(part.unwrap_err()), "records-not-yours");
        assert!(prepared(&db, person(1, "/1/"), storm("2026-11-23", "", "")).await.is_ok(), "within the bound");
    }
}

#[tokio::test]
async fn an_agency_is_closed_alone() {
    for db in databases().await {
        let one = prepared(&db, person(1, "/1/"), storm("2026-11-30", "", "h13.02")).await.unwrap();
        assert_eq!(one.state.agencies, [Id(102)]);
        acts(&db, person(1, "/1/"), &one.code, "submit").await.unwrap();
        acts(&db, person(2, "/1/"), &one.code, "execute").await.unwrap();
        let calendar = db.read(|tx| Box::pin(async move { load_calendar(tx).await })).await.unwrap();
        let day = date(2026, 11, 30);
        assert!(calendar.is_working_day(day) && !calendar.at(Id(102), Id(102)).is_working_day(day));
        assert!(calendar.at(Id(103), Id(103)).is_working_day(day));
        let named = db.read(|tx| Box::pin(async move { calendar_named(tx, "vn-2026.11/r1/i102/s102").await })).await;
        assert!(!named.unwrap().unwrap().is_working_day(day));
        let one = prepared(&db, person(1, "/1/"), storm("2026-12-01", "", "H13.02 H13.03")).await.unwrap();
        assert_eq!(one.state.agencies, [Id(102), Id(103)]);
        acts(&db, person(1, "/1/"), &one.code, "drop").await.unwrap();
    }
}

#[tokio::test]
async fn a_promise_keeps_the_calendar_it_was_counted_by_whatever_holidays_came_since() {
    for db in databases().await {
        let (first, after) = db
            .write(|tx| {
                Box::pin(async move {
                    let day = Typed::from([
                        ("kind", "holiday"),
                        ("name", "Lễ"),
                        ("first_day", "2026-12-03"),
                        ("decision", "1"),
                        ("reason", "x"),
                    ]);
                    let actor = person(1, "/1/");
                    crate::calendar::make(tx, &actor, now(), crate::calendar::Change::Add("day"), &day).await?;
                    let off = base::calendar::DayOff {
                        kind: base::calendar::OffKind::Closed,
                        name_vi: "Bão".into(),
                        name_en: "Storm".into(),
                    };
                    let first = date(2026, 12, 1);
                    let entry = base::calendar::Entry::Off { from: first, to: first, off };
                    let closed = crate::Closed {
                        by: Id(5),
                        decision: "2".into(),
                        revision: 2,
                        lines: vec![(None, entry)],
                        first,
                        counted_by: CountedBy::Original,
                    };
                    let both = calendar_closed(tx, "vn-2026.11", &closed).await?;
                    assert!(calendar_closed(tx, "another", &closed).await?.is_none());
                    Ok::<_, Fault>(both.unwrap())
                })
            })
            .await
            .unwrap();
        assert_eq!((first.version(), after.version()), ("vn-2026.11", "vn-2026.11/e2"));
        assert!(!after.is_working_day(date(2026, 12, 1)) && after.is_working_day(date(2026, 12, 3)));
    }
}
