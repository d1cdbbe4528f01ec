//! Tables over a simulated province on both engines: each number is the length of the list it opens to, rows sum up to the whole, and what
//! is carried, received, ended and open agrees.

#![allow(clippy::unwrap_used)]

use base::{Date, Fault, Id, Instant};
use jiff::civil::date;
use organisation::Tree;
use statistics::columns::{Column, OPEN, Values};
use statistics::opened::list;
use statistics::reading::{Asked, Key, Rows, Table, table};
use std::sync::Arc;
use store::{Db, StoreError};

const DOSSIERS: u64 = 160;

fn now() -> Instant {
    Instant::from_local(date(2026, 11, 19).at(15, 0, 0, 0))
}

struct Province {
    db: Db,
    tree: Arc<Tree>,
}

async fn provinces() -> Vec<Province> {
    static LIVED: store::testing::Made<()> = store::testing::Made::nothing();
    let made = LIVED.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            jobs::MIGRATIONS,
            identity::MIGRATIONS,
            notices::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            dossiers::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| {
            Box::pin(async move {
                organisation::seed_demo(tx, now()).await?;
                catalogue::seed(tx, now()).await?;
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
        let plan = simulate::Plan { dossiers: DOSSIERS, seed: 8, until: now(), focus: None };
        simulate::run(db, plan, |_| ()).await.unwrap();
    });
    let mut all = Vec::new();
    for (db, ()) in made.await {
        let tree = db.read(|tx| Box::pin(async move { organisation::load_tree(tx).await })).await.unwrap();
        all.push(Province { db, tree: Arc::new(tree) });
    }
    all
}

impl Province {
    fn root(&self) -> Id {
        self.tree.root().unwrap().id
    }

    async fn table(&self, asked: Asked, rows: Rows) -> Table {
        let tree = self.tree.clone();
        self.db.read(move |tx| Box::pin(async move { table(tx, &tree, &asked, rows).await })).await.unwrap()
    }

    /// How many dossiers each of some numbers opens to.
    async fn opened(&self, asked: Asked, wanted: Vec<(Option<Key>, Column)>) -> Vec<i64> {
        let tree = self.tree.clone();
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                let mut lengths = Vec::new();
                for (key, column) in wanted {
                    let found = list(tx, &tree, &asked, column, key.as_ref()).await?.unwrap();
                    let mut subjects: Vec<Id> = found.iter().map(|entry| entry.subject).collect();
                    subjects.sort_unstable();
                    subjects.dedup();
                    assert_eq!(subjects.len(), found.len(), "a dossier twice in {column:?} of {key:?}");
                    lengths.push(found.len() as i64);
                }
                Ok::<_, StoreError>(lengths)
            })
        });
        read.await.unwrap()
    }

    /// What was ever received, less whatever ended, of the facts alone.
    async fn open_by_facts(&self, node: Id, day: Date) -> i64 {
        let filter = facts::Filter { from: date(2000, 1, 1), to: day, level: None, fields: None };
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                let names: Vec<&str> = OPEN.iter().map(|term| term.measure.name).collect();
                let cube = facts::cube(tx, node, &names, &filter).await?;
                Ok::<_, StoreError>(OPEN.iter().map(|term| term.sign * cube.sum(&term.count(), &filter)).sum())
            })
        });
        read.await.unwrap()
    }
}

fn agrees(values: &Values, what: &str) {
    let n = |column| values.get(column).unwrap_or_else(|| panic!("{column:?} is unknown in {what}"));
    let ended = n(Column::Settled) + n(Column::Withdrawn) + n(Column::Stopped);
    assert_eq!(n(Column::Received), ended + n(Column::Open), "{what}");
    assert_eq!(n(Column::Open), n(Column::InTime) + n(Column::Overdue) + n(Column::Paused), "{what}");
    assert!(Column::ALL.into_iter().all(|column| n(column) >= 0), "{what}: {values:?}");
}

/// Spans over months and years, in the middle of months, one that is over, one that runs, one ahead.
fn spans() -> Vec<(Date, Date)> {
    vec![
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 10, 15), date(2026, 11, 14)),
        (date(2026, 9, 1), date(2026, 9, 29)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_opens_to_as_many_dossiers_as_it_says_and_rows_sum_up_to_the_whole() {
    for province in provinces().await {
        let (mut turn, mut seen) = (0, (0, 0));
        for (from, to) in spans() {
            let asked = Asked { node: province.root(), from, to, now: now() };
            for rows in Rows::ALL {
                let what = format!("{:?} {from}..{to} by {}", province.db.engine(), rows.as_str());
                let found = province.table(asked, rows).await;
                agrees(&found.whole, &what);
                let mut wanted: Vec<(Option<Key>, Column)> = Vec::new();
                if rows == Rows::Field {
                    wanted.extend(Column::ALL.map(|column| (None, column)));
                }
                for line in found.lines.iter().filter(|line| !line.values.is_empty()) {
                    if rows != Rows::Official {
                        agrees(&line.values, &format!("{what}, {:?}", line.key));
                    }
                    // Two columns of every third row, another pair for the next.
                    turn += 1;
                    if turn % 3 != 0 {
                        continue;
                    }
                    let columns = [turn / 3 * 5, turn / 3 * 5 + 8].map(|n| Column::ALL[n % Column::N]);
                    let known = columns.into_iter().filter(|column| line.values.get(*column).is_some());
                    wanted.extend(known.map(|column| (Some(line.key.clone()), column)));
                }
                let said: Vec<i64> = wanted
                    .iter()
                    .map(|(key, column)| match key {
                        None => found.whole.get(*column).unwrap(),
                        Some(key) => {
                            let line = found.lines.iter().find(|line| line.key == *key).unwrap();
                            line.values.get(*column).unwrap()
                        }
                    })
                    .collect();
                let opened = province.opened(asked, wanted.clone()).await;
                let differs = wanted.iter().zip(said.iter().zip(&opened)).find(|(_, (said, opened))| said != opened);
                assert_eq!(differs, None, "{what}");
                for column in Column::ALL {
                    let cells = found.lines.iter().map(|line| line.values.get(column));
                    if let Some(sum) = cells.sum::<Option<i64>>() {
                        let whole = found.whole.get(column);
                        // Of facts that name nobody there is a row too.
                        assert_eq!(
                            Some(sum),
                            whole.filter(|_| !found.lines.is_empty()).or(Some(0)),
                            "{what}: {column:?}"
                        );
                    }
                }
            }
            // Nothing of the facts is forgotten: the simulated withdraw what was received.
            let whole = province.table(asked, Rows::Field).await.whole;
            let last = to.min(now().date());
            seen.0 += whole.get(Column::Late).unwrap();
            seen.1 += whole.get(Column::Open).unwrap();
            assert_eq!(whole.get(Column::Open).unwrap(), province.open_by_facts(province.root(), last).await);
        }
        assert!(seen.0 > 0 && seen.1 > 0, "late ones and open ones are among them: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_at_the_end_of_a_span_is_what_the_next_one_carries_over_at_every_unit() {
    for province in provinces().await {
        let commune = province.tree.communes()[0].id;
        for node in [province.root(), commune] {
            let span = |from, to| Asked { node, from, to, now: now() };
            for day in [date(2026, 10, 14), date(2026, 10, 31), date(2026, 11, 18), date(2026, 11, 19)] {
                let before = province.table(span(date(2026, 10, 1), day), Rows::Field).await;
                let after = province.table(span(day.tomorrow().unwrap(), date(2026, 12, 31)), Rows::Field).await;
                assert_eq!(before.whole.get(Column::Open), after.whole.get(Column::Carried), "{node} {day}");
            }
        }
    }
}
