//! The smallest register: a lamp that is reported broken, mended, and perhaps broken again. On both engines: what an act writes, who is
//! shown what, and that the proof notices every change behind the program's back.

#![allow(clippy::unwrap_used)]

use base::{Actor, Fault, Grant, Id, Instant, Permission, Problem, Role};
use facts::{Fact, Measure};
use files::{Seal, Staged};
use records::{
    Ask, Asker, By, Column, Decided, DoesNotFollow, Due, Field, Given, Held, House, Kind, Link, Listener, Machine,
    Moment, Number, Office, Subject, Typed, Verb, Who,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use store::{BoxFuture, Db, Migrations, Sql, StoreError, Value, params};
use web::Ctx;

const NOW: Instant = Instant(1_795_572_000_000);
const WARD: Id = Id(12);
const BESIDE: Id = Id(13);
const POST: Id = Id(99);

const SEE: Permission = Permission::new("see-lamps", &[Role::Officer, Role::Inspector]);
const MEND: Permission = Permission::new("mend-lamps", &[Role::Officer]);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Broken,
    Mended,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Lamp {
    broken: bool,
    unit: Id,
    post: Id,
    n: i64,
    times: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
enum Event {
    Report { unit: Id, post: Id, n: i64 },
    Mend { pictures: Vec<Seal> },
    BreakAgain,
}

const COLUMNS: &[Column<Lamp>] = &[
    Column {
        name: "broken",
        get: |lamp| Value::from(lamp.broken),
        set: |lamp, row| {
            lamp.broken = row.get("broken")?;
            Ok(())
        },
    },
    Column {
        name: "unit_id",
        get: |lamp| lamp.unit.into(),
        set: |lamp, row| {
            lamp.unit = row.get("unit_id")?;
            Ok(())
        },
    },
    Column {
        name: "post_id",
        get: |lamp| lamp.post.into(),
        set: |lamp, row| {
            lamp.post = row.get("post_id")?;
            Ok(())
        },
    },
    Column {
        name: "n",
        get: |lamp| lamp.n.into(),
        set: |lamp, row| {
            lamp.n = row.get("n")?;
            Ok(())
        },
    },
    Column {
        name: "times",
        get: |lamp| lamp.times.into(),
        set: |lamp, row| {
            lamp.times = row.get("times")?;
            Ok(())
        },
    },
];

impl Subject for Lamp {
    const KIND: &'static str = "lamp";
    const TABLE: &'static str = "lamp";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let lamp = match (before, event) {
            (None, Event::Report { unit, post, n }) => Lamp { broken: true, unit: *unit, post: *post, n: *n, times: 1 },
            (Some(lamp), Event::Mend { .. }) => {
                let fact = Fact {
                    measure: &MENDED,
                    day: moment.at.date(),
                    agency: lamp.unit,
                    level: base::Level::Commune,
                    field: String::new(),
                    channel: 0,
                    flags: 0,
                    qty: 1,
                    subject: moment.subject,
                    procedure: Id(0),
                    official: None,
                };
                return Ok((Lamp { broken: false, ..lamp.clone() }, vec![fact]));
            }
            (Some(lamp), Event::BreakAgain) => Lamp { broken: true, times: lamp.times + 1, ..lamp.clone() },
            _ => return Err(DoesNotFollow("no lamp")),
        };
        Ok((lamp, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        let at = NOW.plus_ms(self.times * 86_400_000);
        let due = |unit, part| Due { name: "lamp-mend", unit, holder: None, at, part };
        // Broken for the third time it is the ward's beside it as well.
        let parts = if self.times < 3 { vec![due(self.unit, 0)] } else { vec![due(self.unit, 0), due(BESIDE, 1)] };
        if self.broken { parts } else { Vec::new() }
    }

    fn links(&self) -> Vec<Link> {
        vec![Link { name: "on", other: self.post }]
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: "lamp", period: 2026, n: self.n })
    }

    fn seals(event: &Event) -> &[Seal] {
        match event {
            Event::Mend { pictures } => pictures,
            _ => &[],
        }
    }
}

struct Ward;

impl House for Ward {
    fn path(&self, unit: Id) -> &str {
        if unit == WARD { "/1/12/" } else { "/" }
    }
}

const VERBS: &[Verb<Lamp>] = &[
    Verb { word: "report", from: &[], to: &[State::Broken], since: None, who: &[Who::Own], asks: &[], decide: mend },
    Verb {
        word: "mend",
        from: &[State::Broken],
        to: &[State::Mended],
        since: None,
        who: &[Who::At(MEND, |lamp| lamp.unit)],
        asks: &[Field::lines("note", 20), Field::files("pictures", 2)],
        decide: mend,
    },
    Verb {
        word: "break-again",
        from: &[State::Mended],
        to: &[State::Broken],
        since: None,
        who: &[Who::At(MEND, |lamp| lamp.unit)],
        asks: &[Field::of("sort", Ask::OneOf(&["storm", "age"]), 10)],
        decide: |_, _| Decided::event(Event::BreakAgain),
    },
];

fn mend(office: &Office<'_, Lamp>, given: &Given) -> Result<Decided<Lamp>, Fault> {
    if given.text("note") == "sorry" {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    assert_eq!(office.standing.agency, Some(WARD));
    Ok(Decided::event(Event::Mend { pictures: given.seals.clone() })?.with("note", given.text("note")))
}

impl Machine for Lamp {
    type State = State;
    type House = Ward;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(_: &Ctx) -> BoxFuture<'_, Result<Ward, Fault>> {
        Box::pin(async { Ok(Ward) })
    }

    fn state(&self) -> State {
        if self.broken { State::Broken } else { State::Mended }
    }

    fn word(state: State) -> &'static str {
        match state {
            State::Broken => "broken",
            State::Mended => "mended",
        }
    }

    fn may_read(held: &Held<Self>, house: &Ward, asker: &Asker<'_>) -> bool {
        asker.standing(SEE, house.path(held.state.unit)).is_some()
    }

    fn is_own(_: &Held<Self>, _: &Asker<'_>) -> bool {
        false
    }
}

/// Counted when one burns again; it may go out again.
static MENDED: Measure = Measure::again("lamp_mended");
const MEASURES: &[&Measure] = &[&MENDED];

const KIND: Kind = Kind::of::<Lamp>(MEASURES, &[], SEE, |_, _, _| Box::pin(async { Ok(HashMap::new()) }));

const TABLES: Migrations = Migrations {
    module: "lamp",
    steps: &[(
        "0001",
        "CREATE TABLE lamp (id {id} NOT NULL PRIMARY KEY, code {text} NOT NULL, event_n {int} NOT NULL, event_hash {bytes} NOT NULL,
         broken {bool} NOT NULL, unit_id {id} NOT NULL, post_id {id} NOT NULL, n {int} NOT NULL, times {int} NOT NULL){strict};
         CREATE UNIQUE INDEX lamp_code ON lamp (code);",
    )],
};

fn person(role: Role, path: &str) -> Actor {
    let grant = Grant::new(role, WARD, path.to_owned());
    Actor { account: Id(5), name: "Lê Thị Lý".to_owned(), grants: vec![grant], citizen_number: None }
}

async fn databases() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        let sets = [audit::MIGRATIONS, facts::MIGRATIONS, files::MIGRATIONS, records::MIGRATIONS, TABLES];
        db.migrate(&sets).await.unwrap();
    }
    databases
}

async fn report(db: &Db) -> Held<Lamp> {
    let made = db.write(|tx| {
        Box::pin(async move {
            let n = records::next_number(tx, "lamp", 2026).await?;
            let event = Event::Report { unit: WARD, post: POST, n };
            let by = By { actor: None, agency: None, now: NOW };
            let words = [records::Aside { name: "text", text: "Đèn trước nhà bà Đào tắt".to_owned() }];
            records::begin::<Lamp>(tx, by, (Id::next(NOW), &format!("L26-{n}")), &event, &words).await
        })
    });
    made.await.unwrap()
}

async fn act(db: &Db, actor: Actor, code: &str, word: &str, fields: &[(&str, &str)]) -> Result<Held<Lamp>, Fault> {
    let fields: BTreeMap<String, String> =
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let picture = Staged {
        sha256: "ab".repeat(32),
        size_bytes: 3,
        media_type: "image/png".to_owned(),
        name: "den.png".to_owned(),
    };
    let files = if word == "mend" { vec![picture] } else { Vec::new() };
    let (code, word, typed) = (code.to_owned(), word.to_owned(), Typed { fields, files });
    db.write(move |tx| {
        Box::pin(async move {
            let asker = Asker::actor(&actor, NOW);
            records::act::<Lamp>(tx, &Ward, &asker, (&code, &word), &typed).await
        })
    })
    .await
}

/// Everything the proof has to say, and how many facts the events call for.
async fn proven(tx: &store::Tx) -> Result<(Vec<String>, usize), StoreError> {
    let (mut wrong, mut facts) = (Vec::new(), 0);
    let mut listener = Listener { fact: &mut |_| facts += 1, wrong: &mut |row| wrong.push(row) };
    records::prove(tx, &[KIND], None, &mut listener).await?;
    Ok((wrong, facts))
}

async fn wrong(db: &Db) -> Vec<String> {
    db.read(|tx| Box::pin(async move { proven(tx).await })).await.unwrap().0
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await?.at::<i64>(0) })).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_writes_state_event_words_papers_and_the_difference_of_what_is_owed() {
    for db in databases().await {
        let lamp = report(&db).await;
        assert_eq!((lamp.code.as_str(), lamp.head.n), ("L26-1", 1));
        assert_eq!(count(&db, "SELECT COUNT(*) FROM due WHERE name = 'lamp-mend' AND unit_id = 12").await, 1);
        assert_eq!(count(&db, "SELECT other_id FROM link").await, 99);
        let officer = || person(Role::Officer, "/1/12/");
        let mended = act(&db, officer(), &lamp.code, "mend", &[("note", "Thay bóng")]).await.unwrap();
        assert_eq!((mended.state.broken, mended.head.n), (false, 2));
        assert_eq!(count(&db, "SELECT COUNT(*) FROM due").await, 0);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM file").await, 1);
        let again = act(&db, officer(), &lamp.code, "break-again", &[("sort", "storm")]).await.unwrap();
        assert_eq!(again.state.times, 2);
        assert_eq!(count(&db, "SELECT due_at FROM due").await, NOW.0 + 2 * 86_400_000);
        // The event names its version and the unit of the grant; what people wrote stands beside it.
        let row = db.read(|tx| {
            Box::pin(async move { tx.query("SELECT data, agency_id FROM event ORDER BY n", params![]).await })
        });
        let rows = row.await.unwrap();
        assert!(
            rows[0].text("data").unwrap().contains("\"v\":1")
                && rows[0].text("data").unwrap().contains("\"code\":\"L26-1\"")
        );
        assert!(rows.iter().all(|row| !row.text("data").unwrap().contains("Đào")));
        assert_eq!(rows[1].get::<Option<Id>>("agency_id").unwrap(), Some(WARD));
        let said = db.read(|tx| Box::pin(async move { proven(tx).await })).await.unwrap();
        assert_eq!(said, (Vec::new(), 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_owes_the_same_thing_to_two_units_and_meets_them_one_by_one() {
    for db in databases().await {
        let lamp = report(&db).await;
        let officer = || person(Role::Officer, "/1/12/");
        for _ in 0..2 {
            act(&db, officer(), &lamp.code, "mend", &[("note", "Thay bóng")]).await.unwrap();
            act(&db, officer(), &lamp.code, "break-again", &[("sort", "storm")]).await.unwrap();
        }
        let owed = async |after: (Id, &'static str, i64), limit| {
            let page = db.read(move |tx| Box::pin(async move { records::work::every(tx, after, limit).await }));
            page.await.unwrap().into_iter().map(|one| (one.part, one.unit)).collect::<Vec<_>>()
        };
        assert_eq!(owed((Id(0), "", 0), 9).await, [(0, WARD), (1, BESIDE)]);
        assert_eq!(owed((lamp.id, "lamp-mend", 0), 9).await, [(1, BESIDE)], "a page ends between two parts");
        assert!(wrong(&db).await.is_empty());
        // One of them is met, the other goes to another unit.
        let before = db.read(|tx| Box::pin(async move { records::owed_by_name(tx, "lamp-mend").await })).await.unwrap();
        let before: Vec<Due> = before.into_iter().map(|(_, due)| due).collect();
        let after = vec![Due { unit: POST, ..before[1].clone() }];
        db.write(move |tx| {
            let (before, after) = (before.clone(), after.clone());
            Box::pin(async move { records::owe(tx, lamp.id, &before, &after).await })
        })
        .await
        .unwrap();
        assert_eq!(owed((Id(0), "", 0), 9).await, [(1, POST)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_read_is_told_there_is_none_and_each_other_refusal_has_its_kind() {
    for db in databases().await {
        let lamp = report(&db).await;
        let fault = |outcome: Result<Held<Lamp>, Fault>| match outcome.unwrap_err() {
            Fault::NotFound(code) => code,
            Fault::Forbidden(problem) | Fault::Conflict(problem) => problem.code,
            Fault::Invalid(problems) => problems[0].code,
            other => panic!("{other:?}"),
        };
        let note = [("note", "Thay bóng")];
        let elsewhere = act(&db, person(Role::Officer, "/1/13/"), &lamp.code, "mend", &note).await;
        assert_eq!(fault(elsewhere), "records-not-found");
        let officer = || person(Role::Officer, "/1/12/");
        assert_eq!(fault(act(&db, officer(), "L26-9", "mend", &note).await), "records-not-found");
        assert_eq!(fault(act(&db, officer(), &lamp.code, "paint", &note).await), "records-no-act");
        assert_eq!(fault(act(&db, officer(), &lamp.code, "report", &note).await), "records-no-act");
        assert_eq!(fault(act(&db, officer(), &lamp.code, "break-again", &note).await), "records-not-now");
        // An inspector reads, and mends nothing; that is said before what was typed is looked at.
        assert_eq!(fault(act(&db, person(Role::Inspector, "/1/"), &lamp.code, "mend", &[]).await), "records-not-yours");
        assert_eq!(fault(act(&db, officer(), &lamp.code, "mend", &[]).await), "records-field-required");
        assert_eq!(fault(act(&db, officer(), &lamp.code, "mend", &[("note", "sorry")]).await), "records-not-now");
        // Nothing of what was refused is kept, its picture neither.
        assert_eq!(count(&db, "SELECT COUNT(*) FROM file").await, 0);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM event").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decided_on_an_older_reading_is_told_and_writes_nothing() {
    for db in databases().await {
        let lamp = report(&db).await;
        let late = lamp.clone();
        act(&db, person(Role::Officer, "/1/12/"), &lamp.code, "mend", &[("note", "Xong")]).await.unwrap();
        let outcome = db.write(move |tx| {
            Box::pin(async move {
                let by = By { actor: None, agency: None, now: NOW };
                records::happen(tx, by, &late, &Event::Mend { pictures: Vec::new() }, &[]).await
            })
        });
        assert!(matches!(outcome.await, Err(Fault::Conflict(p)) if p.code == "records-changed-meanwhile"));
        assert!(wrong(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_version_wrote_is_not_read_by_the_rules_of_this_one() {
    for db in databases().await {
        let lamp = report(&db).await;
        let head = lamp.head;
        let data = r#"{"act":"mend","pictures":[],"v":9}"#;
        let link = audit::Link { subject: lamp.id, n: 2, at: NOW, kind: "mend", actor: None, agency: None, data };
        let hash = audit::link_hash(&head.hash, link);
        db.write(move |tx| {
            Box::pin(async move {
                audit::write_link(tx, link, &hash).await?;
                let row = "UPDATE lamp SET broken = FALSE, event_n = 2, event_hash = $1";
                tx.execute(row, params![hash.to_vec()]).await?;
                tx.execute("DELETE FROM due", params![]).await
            })
        })
        .await
        .unwrap();
        let wrong = wrong(&db).await;
        assert!(wrong.iter().any(|row| row.contains("of a later version")), "{wrong:?}");
    }
}

struct TakenBack(Vec<String>);

impl From<StoreError> for TakenBack {
    fn from(error: StoreError) -> Self {
        TakenBack(vec![error.to_string()])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_names_whatever_was_changed_added_or_taken_away() {
    const CHANGES: &[(&str, &str)] = &[
        ("UPDATE lamp SET times = times + 1", "times"),
        ("UPDATE lamp SET event_n = event_n + 1", "event_n"),
        ("UPDATE lamp SET code = 'L26-7'", "code"),
        ("UPDATE subject SET code = 'L26-7'", "subject.code"),
        ("UPDATE subject SET kind = 'moon'", "no kind"),
        ("DELETE FROM subject", "no such subject"),
        ("DELETE FROM lamp", "gone"),
        (
            "INSERT INTO lamp SELECT 7, 'L26-8', event_n, event_hash, broken, unit_id, post_id, n, times FROM lamp",
            "lamp 7",
        ),
        ("UPDATE event SET data = replace(data, 'break', 'broke') WHERE n = 3", "changed"),
        ("UPDATE event SET actor_id = 6 WHERE n = 2", "changed"),
        ("DELETE FROM event WHERE n = 2", "missing"),
        ("UPDATE due SET unit_id = 13", "due"),
        ("UPDATE due SET holder_id = 4", "due"),
        ("UPDATE due SET due_at = due_at + 1", "due"),
        ("UPDATE due SET part = 1", "due"),
        ("DELETE FROM due", "due"),
        ("INSERT INTO due (subject_id, name, unit_id, due_at) VALUES (3, 'lamp-mend', 12, 5)", "due 3"),
        ("UPDATE link SET other_id = 98", "link"),
        ("DELETE FROM link", "link"),
        ("UPDATE aside SET words = 'Đèn sáng' WHERE n = 1", "aside"),
        ("UPDATE aside SET name = 'tale' WHERE n = 1", "aside"),
        ("DELETE FROM aside WHERE n = 2", "aside"),
        ("UPDATE number SET last = 2", "number"),
        ("DELETE FROM number", "number"),
        ("UPDATE file SET name = 'khac.png'", "name or media_type"),
        ("DELETE FROM file", "0 there"),
    ];
    for db in databases().await {
        let lamp = report(&db).await;
        let officer = || person(Role::Officer, "/1/12/");
        act(&db, officer(), &lamp.code, "mend", &[("note", "Thay bóng")]).await.unwrap();
        act(&db, officer(), &lamp.code, "break-again", &[("sort", "age")]).await.unwrap();
        assert!(wrong(&db).await.is_empty());
        for (sql, named) in CHANGES {
            let said = db.write(move |tx| {
                Box::pin(async move {
                    assert!(tx.execute(Sql::from(*sql), params![]).await? > 0, "{sql}");
                    Err::<(), _>(TakenBack(proven(tx).await?.0))
                })
            });
            let Err(TakenBack(said)) = said.await else { panic!("kept") };
            assert!(said.iter().any(|row| row.contains(named)), "{sql}: {said:?}");
        }
        assert!(wrong(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_made_of_the_columns_prepare_and_the_picture_shows_every_row() {
    for db in databases().await {
        for sql in KIND.statements() {
            db.read(move |tx| Box::pin(async move { tx.prepare(Sql::from(sql)).await })).await.unwrap();
        }
    }
    let picture = records::mermaid::<Lamp>();
    for line in [
        "[*] --> broken: report",
        "broken --> mended: mend",
        "| `break-again` |  | mended | broken | mend-lamps | sort |",
    ] {
        assert!(picture.contains(line), "{picture}");
    }
}
