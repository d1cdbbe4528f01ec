use crate::{actor, databases, day, now, seed, seeded, shelf, tables};
use base::{Actor, Channel, Date, Fault, Limit, Problem, Role};
use catalogue::Version;
use records::Typed;
use store::{Db, params};

/// What a keeper types on the form.
#[derive(Clone)]
struct Announcement {
    decision: String,
    effective_from: Date,
    version: Version,
}

async fn announce(db: &Db, actor: Actor, announcement: Announcement) -> Result<base::Id, Fault> {
    let Announcement { decision, effective_from, version } = announcement;
    let typed = ending(&decision, effective_from).with("version", toml::to_string_pretty(&version).unwrap());
    let done = db.write(move |tx| {
        Box::pin(async move { catalogue::announce(tx, &actor, now(), None, &typed).await.map(|version| version.id) })
    });
    done.await
}

/// A decision, and its day.
pub fn ending(decision: &str, from: Date) -> Typed {
    [("decision", decision), ("effective_from", &from.to_string())].into()
}

async fn abolish(db: &Db, code: &'static str, from: Date) -> Result<(), Fault> {
    let (keeper, typed) = (actor(Role::CatalogueKeeper), ending("9/QĐ-UBND", from));
    db.write(move |tx| Box::pin(async move { catalogue::abolish(tx, &keeper, now(), code, &typed).await })).await
}

/// Birth registration in eight hours instead of the same day, from a day on.
async fn shorter_birth(db: &Db, from: Date) -> Announcement {
    let mut version = Version::clone(&shelf(db).await.by_code("1.001193", now().date()).unwrap());
    version.channels.iter_mut().for_each(|terms| terms.limit = Limit::Hours(8));
    Announcement { decision: "12/QĐ-UBND".to_owned(), effective_from: from, version }
}

/// Sum of the stock facts up to a day, as an indicator reads them.
async fn offered(db: &Db, on: Date) -> i64 {
    let rows = db
        .read(move |tx| {
            Box::pin(async move {
                tx.query(
                    "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM fact WHERE measure = 'procedure_offered' AND day <= $1",
                    params![on.to_string()],
                )
                .await
                .map_err(Fault::from)
            })
        })
        .await
        .unwrap();
    rows[0].get("n").unwrap()
}

fn code_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(problems) => problems[0].code,
        Fault::Conflict(Problem { code, .. }) | Fault::Forbidden(Problem { code, .. }) => code,
        Fault::NotFound(key) => key,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_register_opens_once_and_keeps_every_value() {
    for db in databases().await {
        let added = seed(&db).await;
        assert!(added >= 40, "{added}");
        assert_eq!(seed(&db).await, 0);
        let shelf = shelf(&db).await;
        let shipped = catalogue::shipped::versions().unwrap();
        let codes: std::collections::BTreeSet<&str> = shipped.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes.iter().map(|code| shelf.versions_of(code).len()).sum::<usize>(), shipped.len());
        for wanted in &shipped {
            let kept = shelf.by_code(&wanted.code, wanted.effective_from).unwrap();
            let bare = Version { id: wanted.id, procedure_id: wanted.procedure_id, ..Version::clone(&kept) };
            assert_eq!(&bare, wanted);
        }
        assert_eq!(offered(&db, now().date()).await, i64::try_from(added).unwrap());
        assert_eq!(offered(&db, day(2024, 12, 31)).await, 0);
        db.close().await;
    }
}

#[tokio::test]
async fn an_announcement_ends_the_version_before_it_on_its_day() {
    for db in seeded().await {
        let before = shelf(&db).await.by_code("1.001193", now().date()).unwrap();
        let announcement = shorter_birth(&db, day(2026, 12, 1)).await;
        let id = announce(&db, actor(Role::CatalogueKeeper), announcement).await.unwrap();
        let shelf = shelf(&db).await;
        assert_eq!(shelf.by_code("1.001193", day(2026, 11, 30)).unwrap().id, before.id);
        let after = shelf.by_code("1.001193", day(2026, 12, 1)).unwrap();
        assert_eq!(after.id, id);
        assert_eq!(after.decision, "12/QĐ-UBND");
        assert_eq!(after.terms(Channel::Counter).unwrap().limit, Limit::Hours(8));
        // The one before keeps its body and is still found by its id.
        let kept = shelf.version(before.id).unwrap();
        assert_eq!(kept.effective_to, Some(day(2026, 12, 1)));
        assert_eq!(kept.terms(Channel::Counter).unwrap().limit, Limit::SameDay);
        // The stock goes down and up on the same day.
        assert_eq!(offered(&db, day(2026, 11, 30)).await, offered(&db, day(2026, 12, 1)).await);
        let events = db
            .read(move |tx| {
                let procedure = kept.procedure_id;
                Box::pin(async move { audit::events(tx, procedure).await.map_err(Fault::from) })
            })
            .await
            .unwrap();
        assert_eq!(events.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["ship", "announce"]);
        db.close().await;
    }
}

#[tokio::test]
async fn only_the_keeper_announces_and_only_what_the_rules_allow() {
    for db in seeded().await {
        let good = shorter_birth(&db, day(2026, 12, 1)).await;
        let fault = announce(&db, actor(Role::Clerk), good.clone()).await.unwrap_err();
        assert_eq!(code_of(&fault), "catalogue-keeper-only");
        let keeper = || actor(Role::CatalogueKeeper);
        let past = Announcement { effective_from: day(2026, 11, 22), ..good.clone() };
        assert_eq!(code_of(&announce(&db, keeper(), past).await.unwrap_err()), "catalogue-date-past");
        let unsigned = Announcement { decision: " ".to_owned(), ..good.clone() };
        assert_eq!(code_of(&announce(&db, keeper(), unsigned).await.unwrap_err()), "records-field-required");
        let mut broken = good.clone();
        broken.version.process.pop();
        assert_eq!(code_of(&announce(&db, keeper(), broken).await.unwrap_err()), "catalogue-step-dead-end");
        assert_eq!(shelf(&db).await.versions_of("1.001193").len(), 1);
        announce(&db, keeper(), good.clone()).await.unwrap();
        let earlier = Announcement { effective_from: day(2026, 11, 25), ..good.clone() };
        assert_eq!(code_of(&announce(&db, keeper(), earlier).await.unwrap_err()), "catalogue-later-version");
        // What the form takes besides: a limit by the day, a choice of processes, a decision's number of some length.
        for (field, wrong) in [("limit_days", "366"), ("process", "best"), ("decision", &"9".repeat(101)[..])] {
            let typed = ending("12/QĐ-UBND", day(2026, 12, 9)).with("version", "x").with(field, wrong);
            let keeper = keeper();
            let done = db.write(move |tx| {
                Box::pin(async move { catalogue::announce(tx, &keeper, now(), None, &typed).await.map(|_| ()) })
            });
            let Err(Fault::Invalid(problems)) = done.await else { panic!("{field} is judged") };
            assert_eq!(problems.iter().map(|one| one.field.as_deref()).collect::<Vec<_>>(), [Some(field)]);
        }
        db.close().await;
    }
}

#[tokio::test]
async fn a_new_procedure_can_be_announced_and_ended() {
    for db in databases().await {
        let added = i64::try_from(seed(&db).await).unwrap();
        let mut announcement = shorter_birth(&db, now().date()).await;
        announcement.version.code = "1.999999".to_owned();
        announce(&db, actor(Role::CatalogueKeeper), announcement).await.unwrap();
        assert_eq!(offered(&db, now().date()).await, added + 1);
        abolish(&db, "1.999999", day(2026, 12, 31)).await.unwrap();
        let shelf = shelf(&db).await;
        assert!(shelf.by_code("1.999999", day(2026, 12, 30)).is_some());
        assert!(shelf.by_code("1.999999", day(2026, 12, 31)).is_none());
        assert_eq!(offered(&db, day(2026, 12, 31)).await, added);
        assert_eq!(code_of(&abolish(&db, "1.999999", day(2027, 1, 1)).await.unwrap_err()), "catalogue-nothing-open");
        assert_eq!(
            code_of(&abolish(&db, "9.000000", day(2027, 1, 1)).await.unwrap_err()),
            "catalogue-procedure-unknown"
        );
        db.close().await;
    }
}

#[tokio::test]
async fn the_written_stock_is_what_the_register_gives() {
    for db in seeded().await {
        announce(&db, actor(Role::CatalogueKeeper), shorter_birth(&db, day(2026, 12, 1)).await).await.unwrap();
        let expected = db
            .read(|tx| Box::pin(async move { catalogue::stock::expected(tx).await.map_err(Fault::from) }))
            .await
            .unwrap();
        let until = day(2026, 12, 31);
        let sum: i64 = expected.iter().filter(|fact| fact.day <= until).map(|fact| fact.qty).sum();
        assert_eq!(sum, offered(&db, until).await);
        db.close().await;
    }
}

#[tokio::test]
async fn without_an_organisation_the_stock_is_counted_later() {
    for db in store::testing::databases().await {
        tables(&db).await;
        let added = i64::try_from(seed(&db).await).unwrap();
        assert_eq!(offered(&db, now().date()).await, 0);
        db.write(|tx| Box::pin(async move { organisation::seed_demo(tx, now()).await })).await.unwrap();
        seed(&db).await;
        assert_eq!(offered(&db, now().date()).await, added);
        db.close().await;
    }
}
