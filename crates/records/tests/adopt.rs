//! A register that moves onto the shared pieces: rows that were held to the log by digests become subjects, once, and a row that is not
//! what its last event left is not washed clean by it. On both engines.

#![allow(clippy::unwrap_used)]

use audit::{Kept, NewEvent, Table};
use base::{Actor, Fault, Grant, Id, Instant, Permission, Role};
use facts::Fact;
use records::{
    ADOPT, Adopted, Adoption, Asker, Column, Decided, DoesNotFollow, Held, House, Kind, Link, Listener, Machine,
    Moment, Subject, Typed, Verb, Who, adopt, cell, list, list_value,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{BoxFuture, Db, Migrations, Sql, StoreError, Tx, params};
use web::Ctx;

const NOW: Instant = Instant(1_795_572_000_000);
const KEEP: Permission = Permission::new("keep-wells", &[Role::Officer]);

/// A well, and the wells it feeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Well {
    code: String,
    depth: i64,
    feeds: Vec<Id>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
enum Event {
    Adopt { well: Well },
    Deepen { by: i64 },
}

const COLUMNS: &[Column<Well>] = &[
    Column { name: "code", get: |well| (&well.code).into(), set: |well, row| cell(&mut well.code, row, "code") },
    Column { name: "depth", get: |well| well.depth.into(), set: |well, row| cell(&mut well.depth, row, "depth") },
    Column { name: "feeds", get: |well| list_value(&well.feeds), set: |well, row| list(&mut well.feeds, row, "feeds") },
];

impl Subject for Well {
    const KIND: &'static str = "well";
    const TABLE: &'static str = "well";
    const CODED: bool = false;
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, _: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        match (before, event) {
            (None, Event::Adopt { well }) => Ok((well.clone(), Vec::new())),
            (Some(well), Event::Deepen { by }) => Ok((Well { depth: well.depth + by, ..well.clone() }, Vec::new())),
            _ => Err(DoesNotFollow("no well")),
        }
    }

    fn links(&self) -> Vec<Link> {
        self.feeds.iter().map(|other| Link { name: "feeds", other: *other }).collect()
    }
}

struct Village;

impl House for Village {
    fn path(&self, _: Id) -> &str {
        "/1/"
    }
}

impl Machine for Well {
    type State = ();
    type House = Village;
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning(ADOPT, &[()], &[], &[]),
        Verb::new("deepen", &[()], &[], &[Who::At(KEEP, |_| Id(1))], &[], |_, _| {
            Decided::event(Event::Deepen { by: 2 })
        }),
    ];

    fn house(_: &Ctx) -> BoxFuture<'_, Result<Village, Fault>> {
        Box::pin(async { Ok(Village) })
    }

    fn state(&self) {}

    fn word(_: ()) -> &'static str {
        "dug"
    }

    fn may_read(_: &Held<Self>, _: &Village, _: &Asker<'_>) -> bool {
        true
    }
}

static BEFORE: Kept = Kept {
    name: "wells",
    version: 1,
    tables: &[
        Table { only: Some("event_n IS NULL"), ..Table::whole("well", "id", "id") },
        Table::whole("well_feeds", "well_id", "other_id"),
    ],
};

impl Adopted for Well {
    fn before() -> &'static Kept {
        &BEFORE
    }

    fn adopted(tx: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Event, StoreError>> {
        Box::pin(async move {
            let mut well = row.state;
            let sql = "SELECT other_id FROM well_feeds WHERE well_id = $1 ORDER BY 1 LIMIT 9";
            let rows = tx.query(sql, params![row.id]).await?;
            well.feeds = rows.iter().map(|row| row.get("other_id")).collect::<Result<_, _>>()?;
            Ok(Event::Adopt { well })
        })
    }

    fn clear(tx: &Tx, ids: Vec<Id>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            for id in ids {
                tx.execute("DELETE FROM well_feeds WHERE well_id = $1", params![id]).await?;
            }
            Ok(())
        })
    }
}

const KIND: Kind = Kind::of::<Well>(&[], &[], KEEP, |_, _, _| Box::pin(async { Ok(HashMap::new()) }));

const TABLES: Migrations = Migrations {
    module: "well",
    steps: &[
        (
            "0001",
            "CREATE TABLE well (id {id} NOT NULL PRIMARY KEY, code {text} NOT NULL, depth {int} NOT NULL){strict};
             CREATE TABLE well_feeds (well_id {id} NOT NULL, other_id {id} NOT NULL, PRIMARY KEY (well_id, other_id)){clustered};",
        ),
        (
            "0002_subjects",
            "ALTER TABLE well ADD COLUMN event_n {int}; ALTER TABLE well ADD COLUMN event_hash {bytes}; ALTER TABLE well ADD COLUMN feeds {text};",
        ),
    ],
};

/// Wells 1, 2, …, each feeding the next, with two events of the time before; more than a page of them.
const WELLS: i64 = 620;

async fn databases() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        let sets = [audit::MIGRATIONS, facts::MIGRATIONS, files::MIGRATIONS, records::MIGRATIONS, TABLES];
        db.migrate(&sets).await.unwrap();
        // An empty database is taken over at once; here there were wells first.
        let dug = db.write(|tx| {
            Box::pin(async move {
                for id in 1..=WELLS {
                    // One code may have belonged to several, one after the other.
                    tx.execute("INSERT INTO well (id, code, depth) VALUES ($1, 'G1', $2)", params![id, id * 3]).await?;
                    tx.execute("INSERT INTO well_feeds VALUES ($1, $2)", params![id, id + 1]).await?;
                }
                let all: Vec<i64> = (1..=WELLS).collect();
                audit::append_kept_all(tx, &BEFORE, &all, "well-dug", NOW).await?;
                let event = NewEvent {
                    kind: "well-cleaned",
                    at: NOW,
                    actor: Some(Id(5)),
                    agency: None,
                    data: serde_json::json!({}),
                };
                audit::append_kept(tx, &BEFORE, Id(7), event).await
            })
        });
        dug.await.unwrap();
        audit::adopt_rows(db, &[&BEFORE], NOW).await.unwrap();
    }
    databases
}

async fn run(db: &Db, sql: &'static str) -> u64 {
    db.write(move |tx| Box::pin(async move { tx.execute(Sql::from(sql), params![]).await })).await.unwrap()
}

/// What the proofs have to say, of subjects and of rows held by digests.
async fn wrong(db: &Db) -> Vec<String> {
    db.read(|tx| {
        Box::pin(async move {
            let mut wrong = audit::check_rows(tx, &[&BEFORE], &|_| ()).await?.named;
            let mut listener = Listener { fact: &mut |_| (), wrong: &mut |row| wrong.push(row) };
            records::prove(tx, &[KIND], None, &mut listener).await?;
            Ok::<_, StoreError>(wrong)
        })
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_before_become_subjects_once_with_their_chain_and_go_on() {
    for db in databases().await {
        let taken = adopt::<Well>(&db, NOW).await.unwrap();
        assert_eq!(taken, Adoption { taken: WELLS as u64, refused: Vec::new() });
        assert_eq!(adopt::<Well>(&db, NOW).await.unwrap(), Adoption::default(), "once");
        assert_eq!(wrong(&db).await, Vec::<String>::new());
        let grant = Grant::new(Role::Officer, Id(1), "/1/".to_owned());
        let actor =
            Actor { account: Id(5), name: "Võ Thị Bé".to_owned(), grants: vec![grant], citizen_number: None };
        let deepened = db.write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, NOW);
                records::act::<Well>(tx, &Village, &asker, ("7", "deepen"), &Typed::default()).await
            })
        });
        let held = deepened.await.unwrap();
        // Two events of before, one that took it over, one since.
        assert_eq!((held.state.depth, held.head.n, held.state.feeds.as_slice()), (23, 4, &[Id(8)][..]));
        assert_eq!(wrong(&db).await, Vec::<String>::new());
        // From now on everything about them is held to their events, also what happened before.
        for (sql, named) in [
            ("UPDATE well SET depth = 9 WHERE id = 8", "well 8: depth"),
            ("UPDATE well SET depth = 24 WHERE id = 8", ""),
            ("UPDATE event SET data = '{}' WHERE subject_id = 7 AND n = 1", "well 7: event #1: changed"),
        ] {
            run(&db, sql).await;
            let said = wrong(&db).await;
            assert!(if named.is_empty() { said.is_empty() } else { said.iter().any(|row| row == named) }, "{said:?}");
        }
        run(&db, "INSERT INTO well (id, code, depth) VALUES (9000, 'G2', 1)").await;
        assert_eq!(adopt::<Well>(&db, NOW).await.unwrap(), Adoption::default(), "nothing is taken over later");
        assert!(wrong(&db).await.iter().any(|row| row.contains("9000")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_changed_before_it_is_taken_over_stays_denounced() {
    for db in databases().await {
        run(&db, "UPDATE well SET depth = 1000 WHERE id = 3").await;
        run(&db, "INSERT INTO well_feeds VALUES (600, 1)").await;
        run(&db, "INSERT INTO well (id, code, depth) VALUES (610000, 'G3', 5)").await;
        let taken = adopt::<Well>(&db, NOW).await.unwrap();
        assert_eq!(taken.refused, [Id(3), Id(600), Id(610_000)]);
        assert_eq!(taken.taken, WELLS as u64 - 2);
        let said = wrong(&db).await;
        for named in ["well 3: not as event #1 (well-dug", "well_feeds 600: not as event #1", "well 610000: added"] {
            assert!(said.iter().any(|row| row.contains(named)), "{named}: {said:?}");
        }
        // Nothing follows on such a row.
        let grant = Grant::new(Role::Officer, Id(1), "/1/".to_owned());
        let actor =
            Actor { account: Id(5), name: "Võ Thị Bé".to_owned(), grants: vec![grant], citizen_number: None };
        let acted = db.write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, NOW);
                records::act::<Well>(tx, &Village, &asker, ("3", "deepen"), &Typed::default()).await
            })
        });
        assert!(acted.await.is_err());
        assert_eq!(adopt::<Well>(&db, NOW).await.unwrap(), Adoption::default(), "nothing is washed clean later");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_broken_off_goes_on_and_a_second_taking_over_does_not_follow() {
    for db in databases().await {
        // The second page fails: its rows' code is not there yet.
        run(&db, "INSERT INTO subject (id, kind, code) VALUES (999999, 'well', '510')").await;
        adopt::<Well>(&db, NOW).await.unwrap_err();
        run(&db, "DELETE FROM subject WHERE id = 999999").await;
        let taken = adopt::<Well>(&db, NOW).await.unwrap();
        assert_eq!(taken, Adoption { taken: WELLS as u64 - 500, refused: Vec::new() });
        assert_eq!(wrong(&db).await, Vec::<String>::new());
        // An event that states another whole, written with a correct chain.
        let again = db.write(|tx| {
            Box::pin(async move {
                let row = tx.query_one("SELECT * FROM well WHERE id = 4", params![]).await?;
                let held = Held::<Well>::read(&row).unwrap();
                let data = serde_json::json!({ "act": "adopt", "v": 1, "code": "4", "well": { "code": "G1", "depth": 1, "feeds": [] } });
                let event = NewEvent { kind: "adopt", at: NOW, actor: None, agency: None, data };
                let head = audit::append_to_head(tx, held.head, Id(4), &event).await?;
                let hash = head.hash.to_vec();
                tx.execute("UPDATE well SET event_n = $1, event_hash = $2, depth = 1 WHERE id = 4", params![head.n, hash]).await
            })
        });
        again.await.unwrap();
        assert!(wrong(&db).await.iter().any(|row| row.contains("well 4:")));
    }
}
