//! What a keeper adds and takes back, and what stays, on both engines.

use super::*;
use crate::seed::tests::{keeper, seeded};
use ::store::Db;
use base::calendar::Limit;
use jiff::civil::date;

const TODAY: Instant = Instant(1_795_572_000_000);

type Given = (&'static str, Typed);

fn grounds() -> Typed {
    Typed::from([("decision", "15/TB-UBND"), ("reason", "Lễ hội Óc Om Bóc")])
}

/// What is typed to add a line, on those grounds.
fn given<const N: usize>(what: &'static str, fields: [(&str, String); N]) -> Given {
    let mut typed = grounds();
    typed.fields.extend(fields.map(|(name, text)| (name.to_owned(), text)));
    (what, typed)
}

fn festival(from: Date, to: Date) -> Given {
    let (kind, name) = ("holiday".to_owned(), "Óc Om Bóc".to_owned());
    given("day", [("kind", kind), ("name", name), ("first_day", from.to_string()), ("last_day", to.to_string())])
}

async fn add_as(db: &Db, actor: Actor, (what, typed): Given) -> Result<Id, Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            let what = adding(what)?.0;
            make(tx, &actor, TODAY, Change::Add(what), &typed).await
        })
    })
    .await
}

async fn added(db: &Db, given: Given) -> Result<Id, Fault> {
    add_as(db, keeper("/1/"), given).await
}

async fn removed(db: &Db, id: Id) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move { make(tx, &keeper("/1/"), TODAY, Change::Remove(id), &grounds()).await.map(|_| ()) })
    })
    .await
}

async fn standing(db: &Db) -> Calendar {
    db.read(|tx| Box::pin(async move { load_calendar(tx).await })).await.unwrap()
}

async fn databases() -> Vec<Db> {
    let databases = seeded().await;
    for db in &databases {
        assert!(db.write(|tx| Box::pin(async move { seed_calendar(tx, TODAY).await })).await.unwrap());
        assert!(!db.write(|tx| Box::pin(async move { seed_calendar(tx, TODAY).await })).await.unwrap(), "once");
    }
    databases
}

fn code(fault: Fault) -> (u16, String) {
    let fields: Vec<&str> = fault.problems().iter().filter_map(|problem| problem.field.as_deref()).collect();
    let codes: Vec<&str> = fault.problems().iter().map(|problem| problem.code).collect();
    (fault.status(), format!("{} {}", codes.join(","), fields.join(",")).trim().to_owned())
}

#[tokio::test]
async fn the_rows_give_the_shipped_calendar_until_somebody_changes_it() {
    for db in databases().await {
        let (rows, shipped) = (standing(&db).await, Calendar::shipped());
        assert_eq!((rows.version(), rows.entries().len()), (shipped.version(), shipped.entries().len()));
        for day in date(2020, 1, 1).series(jiff::ToSpan::days(1)).take_while(|day| day.year() < 2029) {
            assert_eq!(rows.day_off(day), shipped.day_off(day), "{day}");
            assert_eq!(rows.is_working_day(day), shipped.is_working_day(day), "{day}");
        }
    }
}

#[tokio::test]
async fn a_new_holiday_counts_from_then_on_and_what_was_promised_is_counted_again_as_it_was() {
    for db in databases().await {
        let received = Instant::from_local(date(2026, 12, 7).at(9, 0, 0, 0));
        let promised = standing(&db).await.due(received, Limit::WorkingDays(3), None);
        let id = added(&db, festival(date(2026, 12, 8), date(2026, 12, 9))).await.unwrap();
        let changed = standing(&db).await;
        assert_eq!(changed.version(), "vn-2026.11/r1");
        assert_eq!(changed.due(received, Limit::WorkingDays(3), None).due_at.date(), date(2026, 12, 14));
        let basis: base::Basis = promised.basis.parse().unwrap();
        let named = basis.calendar.clone();
        let then = db.read(move |tx| Box::pin(async move { calendar_named(tx, &named).await })).await.unwrap().unwrap();
        assert_eq!(then.recount(&basis), Some(promised.clone()));
        // Taken back before it begins, a third revision is as the first, and the second can still be put together.
        removed(&db, id).await.unwrap();
        let again = standing(&db).await;
        assert_eq!((again.version(), again.day_off(date(2026, 12, 8))), ("vn-2026.11/r2", None));
        let second =
            db.read(|tx| Box::pin(async move { calendar_named(tx, "vn-2026.11/r1").await })).await.unwrap().unwrap();
        assert!(second.day_off(date(2026, 12, 9)).is_some());
        assert!(matches!(removed(&db, id).await, Err(Fault::NotFound(_))));
        let kinds = db.read(|tx| Box::pin(async move { audit::events(tx, CALENDAR).await })).await.unwrap();
        let kinds: Vec<&str> = kinds.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["calendar-shipped", "calendar-added", "calendar-removed"]);
        let rows =
            db.read(|tx| Box::pin(async move { audit::check_rows(tx, &[&crate::proof::KEPT], &|_| ()).await })).await;
        assert_eq!(rows.unwrap().named, [""; 0]);
    }
}

#[tokio::test]
async fn swaps_and_hours_are_added_and_a_line_that_has_begun_stays() {
    for db in databases().await {
        let swap = |off: Date, worked: Date| {
            given("swap", [("first_day", off.to_string()), ("worked_day", worked.to_string())])
        };
        added(&db, swap(date(2026, 12, 11), date(2026, 12, 19))).await.unwrap();
        let hours = |from: Date, to: Option<Date>, day: &str| {
            let last = to.map(|to| to.to_string()).unwrap_or_default();
            let mut hours = given("hours", [("first_day", from.to_string()), ("last_day", last)]);
            hours.1.fields.extend(WEEK[..5].iter().map(|name| ((*name).to_owned(), day.to_owned())));
            hours
        };
        added(&db, hours(date(2026, 12, 14), None, "07:30-11:30, 13:00-17:00")).await.unwrap();
        let now = standing(&db).await;
        assert!(!now.is_working_day(date(2026, 12, 11)) && now.is_working_day(date(2026, 12, 19)));
        assert_eq!(now.hours_on(date(2026, 12, 14)).day_text(0), "07:30-11:30, 13:00-17:00");
        assert_eq!(now.hours_on(date(2026, 12, 13)).day_text(0), "07:00-11:30, 13:30-17:00");
        let refused = [
            (swap(date(2026, 12, 12), date(2026, 12, 20)), (422, "base-calendar-swap worked_day")),
            (swap(date(2026, 11, 2), date(2026, 12, 20)), (422, "organisation-calendar-past first_day")),
            (hours(date(2026, 12, 21), None, "17:00-07:00"), (422, "base-hours monday")),
            (hours(date(2026, 12, 21), None, ""), (422, "base-hours-none monday")),
            (
                hours(date(2026, 12, 21), Some(date(2026, 12, 20)), "07:00-11:00"),
                (422, "organisation-calendar-order last_day"),
            ),
            (festival(date(2027, 1, 1), date(2027, 1, 1)), (422, "organisation-calendar-taken first_day")),
            (festival(date(2026, 12, 5), date(2027, 2, 1)), (422, "organisation-calendar-taken first_day")),
            (festival(date(2027, 5, 5), date(2027, 7, 1)), (422, "base-calendar-day last_day")),
        ];
        for (given, (status, wanted)) in refused {
            let text = format!("{given:?}");
            assert_eq!(code(added(&db, given).await.unwrap_err()), (status, wanted.to_owned()), "{text}");
        }
        let mut bare = festival(date(2026, 12, 8), date(2026, 12, 8));
        bare.1.fields.retain(|name, _| !grounds().fields.contains_key(name));
        assert_eq!(
            code(added(&db, bare).await.unwrap_err()).1,
            "records-field-required,records-field-required decision,reason"
        );
        let unknown = added(&db, given("nonsense", [])).await;
        assert!(matches!(unknown, Err(Fault::NotFound(_))));
        let culture_day = db
            .read(|tx| {
                Box::pin(async move {
                    let lines = sql::lines(tx, 0).await?;
                    Ok::<_, Fault>(lines.into_iter().find(|line| line.first_day() == date(2026, 11, 24)).unwrap().id)
                })
            })
            .await
            .unwrap();
        assert_eq!(code(removed(&db, culture_day).await.unwrap_err()), (409, "organisation-calendar-begun".into()));
    }
}

#[tokio::test]
async fn who_keeps_a_part_of_the_province_keeps_no_calendar_of_its_own() {
    for db in databases().await {
        let given = festival(date(2026, 12, 8), date(2026, 12, 8));
        let refused = add_as(&db, keeper("/1/102/"), given).await.unwrap_err();
        assert_eq!(code(refused), (403, "organisation-calendar-province".into()));
        assert_eq!(standing(&db).await.version(), "vn-2026.11");
    }
}
