//! Figures on both engines, held against plain counting: before, during and after the roll-up.

#![allow(clippy::unwrap_used)]

mod book;
mod leafing;
mod measures;

use book::{Book, DEFINITIONS, Dice, NODES, ROOT, first_tree, some_facts, some_filter};
use measures::{FEE_DUE, RATED, RECEIVED, SETTLED, flag, known};

use base::{Channel, Date, Id, Level};
use facts::{By, Cut, Fact, Figure, Filter, Indicator, Indicators, Part};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Db, StoreError};

async fn append(db: &Db, facts: Vec<Fact>) {
    db.write(move |tx| Box::pin(async move { facts::append(tx, &facts).await })).await.unwrap();
}

async fn roll_up(db: &Db) -> usize {
    db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await.unwrap()
}

async fn plant(db: &Db, tree: Vec<(i64, Vec<i64>)>) {
    db.write(move |tx| {
        Box::pin(async move {
            for (agency, nodes) in tree {
                let nodes: Vec<Id> = nodes.into_iter().map(Id).collect();
                facts::set_scope(tx, Id(agency), &nodes).await?;
            }
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

/// Asks for many figures at once, all in one snapshot, and compares each with the book.
async fn agrees(db: &Db, book: &Arc<Book>, dice: &mut Dice, what: &str) {
    let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
    let all: Vec<Indicator> = indicators.all(date(2026, 1, 1)).cloned().collect();
    assert_eq!(all.len(), 6);
    for turn in 0..25 {
        let indicator = all[turn % all.len()].clone();
        let node = NODES[dice.below(NODES.len() as u64) as usize];
        let filter = some_filter(dice);
        let name = format!("{what}, {:?}: {} at {node}, {filter:?}", db.engine(), indicator.id);
        let (asked, wanted) = (indicator.clone(), filter.clone());
        agrees_in_parts(db, book, (&indicator, node), &filter, &name).await;
        let (value, units, series, cube) = db
            .read(move |tx| {
                Box::pin(async move {
                    let measures = [asked.numerator.measure.as_str(), asked.denominator.measure.as_str()];
                    Ok::<_, StoreError>((
                        facts::value(tx, &asked, Id(node), &wanted).await?,
                        facts::by_unit(tx, &asked, Id(node), &wanted).await?,
                        facts::series_by_month(tx, &asked, Id(node), &wanted).await?,
                        facts::cube(tx, Id(node), &measures, &wanted).await?,
                    ))
                })
            })
            .await
            .unwrap();
        assert_eq!(value, book.figure(&indicator, node, &filter), "{name}");
        if !indicator.numerator.stock {
            assert_eq!(cube.figure(&indicator, &filter), value, "cube of {name}");
        }
        let units: BTreeMap<i64, Figure> = units.into_iter().map(|(unit, figure)| (unit.0, figure)).collect();
        assert_eq!(units, book.by_unit(&indicator, node, &filter), "by unit: {name}");
        for (month, figure) in series {
            let first: Date = format!("{month}-01").parse().unwrap();
            let whole = Filter { from: first, to: first.last_of_month(), ..filter.clone() };
            assert_eq!(figure, book.figure(&indicator, node, &whole), "{month} of {name}");
        }
        for part in [Part::Numerator, Part::Denominator, Part::Missing] {
            let (asked, wanted) = (indicator.clone(), filter.clone());
            let (count, pages) = db
                .read(move |tx| {
                    Box::pin(async move {
                        let count = facts::count_cases(
                            tx,
                            &facts::Asked { indicator: &asked, node: Id(node), filter: &wanted, cut: Cut::Whole, part },
                        )
                        .await?;
                        let pages = leafing::leaf(tx, (&asked, Id(node)), &wanted, part).await?;
                        Ok::<_, StoreError>((count, pages))
                    })
                })
                .await
                .unwrap();
            let wanted = book.subjects(&indicator, node, &filter, part);
            assert_eq!(count as usize, wanted.len(), "count of {part:?}: {name}");
            assert_eq!(pages.len(), wanted.len(), "no case twice in {part:?}: {name}");
            let found: BTreeSet<Id> = pages.iter().map(|case| case.subject).collect();
            assert_eq!(found, wanted, "{part:?}: {name}");
            if part != Part::Missing {
                let whole = if part == Part::Numerator { value.numerator } else { value.denominator };
                let shown: i64 = pages.iter().map(|case| case.amount).sum();
                assert_eq!(shown, whole - book.beside(&indicator, node, &filter, part), "amounts of {part:?}: {name}");
            }
            assert!(pages.windows(2).all(|pair| pair[0].day >= pair[1].day), "latest first: {name}");
        }
    }
}

/// The parts of a figure sum up to it, each is what counting by hand makes of it, and opens to the very cases it counts.
async fn agrees_in_parts(db: &Db, book: &Arc<Book>, (indicator, node): (&Indicator, i64), filter: &Filter, name: &str) {
    for by in [By::Procedure, By::Official] {
        let (asked, wanted) = (indicator.clone(), filter.clone());
        let (whole, slices, paged, opened) = db
            .read(move |tx| {
                Box::pin(async move {
                    let whole = facts::value(tx, &asked, Id(node), &wanted).await?;
                    let slices = facts::cut(tx, &asked, by, Id(node), &wanted, (0, 50)).await?;
                    let mut paged = Vec::new();
                    for skip in 0..slices.len() as i64 {
                        paged.extend(facts::cut(tx, &asked, by, Id(node), &wanted, (skip, 1)).await?);
                    }
                    let mut opened = Vec::new();
                    for slice in &slices {
                        let (indicator, filter, cut) = (&asked, &wanted, slice.cut);
                        let asked = facts::Asked { indicator, node: Id(node), filter, cut, part: Part::Denominator };
                        opened.push(leafing::leaf_asked(tx, &asked).await?);
                    }
                    Ok::<_, StoreError>((whole, slices, paged, opened))
                })
            })
            .await
            .unwrap();
        let mut sum = Figure::default();
        slices.iter().for_each(|slice| sum += slice.figure);
        assert_eq!(sum, whole, "{by:?} parts of {name}");
        assert_eq!(paged, slices, "one by one {by:?}: {name}");
        for (slice, cases) in slices.iter().zip(opened) {
            let part = book.cut(slice.cut);
            assert_eq!(slice.figure, part.figure(indicator, node, filter), "{:?} of {name}", slice.cut);
            let found: BTreeSet<Id> = cases.iter().map(|case| case.subject).collect();
            assert_eq!(found, part.subjects(indicator, node, filter, Part::Denominator), "{:?} of {name}", slice.cut);
        }
    }
}

async fn databases() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        db.migrate(&[facts::MIGRATIONS]).await.unwrap();
    }
    databases
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_series_units_and_cases_equal_plain_counting_before_during_and_after_the_roll_up() {
    for db in databases().await {
        let mut dice = Dice(20_261_122);
        plant(&db, first_tree()).await;
        let mut book = Book { facts: some_facts(&mut dice, 1_000, 1_100), tree: first_tree() };
        append(&db, book.facts.clone()).await;
        agrees(&db, &Arc::new(book.clone()), &mut dice, "nothing rolled up").await;

        assert_eq!(roll_up(&db).await, 2_000.min(book.facts.len()));
        let more = some_facts(&mut dice, 9_000, 150);
        append(&db, more.clone()).await;
        book.facts.extend(more);
        agrees(&db, &Arc::new(book.clone()), &mut dice, "partly rolled up").await;

        while roll_up(&db).await > 0 {}
        agrees(&db, &Arc::new(book.clone()), &mut dice, "rolled up").await;

        // A commune moves below a department: the tree is planted anew, the roll-up filled again.
        book.tree.retain(|(agency, _)| *agency != 6);
        book.tree.push((6, vec![6, 3, 1]));
        plant(&db, vec![(6, vec![6, 3, 1])]).await;
        db.write(|tx| Box::pin(async move { facts::rebuild_rollup(tx).await })).await.unwrap();
        agrees(&db, &Arc::new(book.clone()), &mut dice, "after the tree changed").await;
        while roll_up(&db).await > 0 {}
        agrees(&db, &Arc::new(book.clone()), &mut dice, "rolled up again").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_a_fact_twice_or_not_at_all_while_it_is_rolled_up() {
    for db in databases().await {
        let mut dice = Dice(7);
        plant(&db, first_tree()).await;
        let book = Book { facts: some_facts(&mut dice, 1, 2_500), tree: first_tree() };
        append(&db, book.facts.clone()).await;
        let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
        let indicator = indicators.get("on-time", date(2026, 1, 1)).unwrap().clone();
        let filter = Filter { from: date(2025, 1, 17), to: date(2026, 10, 9), level: None, fields: None };
        let wanted = book.figure(&indicator, ROOT, &filter);
        let rolling = tokio::spawn({
            let db = db.clone();
            async move { while roll_up(&db).await > 0 {} }
        });
        let mut readings = 0;
        while !rolling.is_finished() || readings == 0 {
            let (indicator, filter) = (indicator.clone(), filter.clone());
            let found = db
                .read(move |tx| Box::pin(async move { facts::value(tx, &indicator, Id(ROOT), &filter).await }))
                .await
                .unwrap();
            assert_eq!(found, wanted, "{:?}", db.engine());
            readings += 1;
        }
        rolling.await.unwrap();
    }
}

/// The rolled-up part of one snapshot, remembered, plus the tail of another.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_remembered_of_a_generation_plus_the_tail_is_the_figure_until_the_generation_changes() {
    let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
    let indicator = indicators.get("on-time", date(2026, 1, 1)).unwrap();
    for db in databases().await {
        let mut dice = Dice(9);
        plant(&db, first_tree()).await;
        let mut book = Book { facts: some_facts(&mut dice, 1, 1_500), tree: first_tree() };
        append(&db, book.facts.clone()).await;
        let rolled = |node: i64, filter: Filter| {
            let (db, indicator) = (db.clone(), indicator.clone());
            async move {
                db.read(move |tx| {
                    Box::pin(async move {
                        let cube = facts::rolled_cube(tx, Id(node), &["settled"], &filter).await?;
                        let units = facts::rolled_by_unit(tx, &indicator, Id(node), &filter).await?;
                        Ok::<_, StoreError>((facts::generation(tx).await?, cube, units))
                    })
                })
                .await
                .unwrap()
            }
        };
        let tail = |node: i64, filter: Filter| {
            let (db, indicator) = (db.clone(), indicator.clone());
            async move {
                db.read(move |tx| {
                    Box::pin(async move {
                        let tail = facts::tail(tx, Id(node)).await?;
                        let units = facts::tail_by_unit(tx, &indicator, Id(node), &filter).await?;
                        Ok::<_, StoreError>((facts::generation(tx).await?, tail, units))
                    })
                })
                .await
                .unwrap()
            }
        };
        for node in [ROOT, 3, 5] {
            let filter = Filter { from: date(2025, 1, 17), to: date(2026, 10, 9), level: None, fields: None };
            roll_up(&db).await;
            let (generation, mut cube, units) = rolled(node, filter.clone()).await;
            let more = some_facts(&mut dice, 50_000 + node * 1_000, 60);
            append(&db, more.clone()).await;
            book.facts.extend(more);
            let (same, tail_cells, tail_units) = tail(node, filter.clone()).await;
            assert_eq!(generation, same, "appending facts does not change what is rolled up");
            let within = |day: &Date| (filter.from..=filter.to).contains(day);
            cube.cells.extend(tail_cells.into_iter().filter(|(day, _)| within(day)).map(|(_, cell)| cell));
            assert_eq!(cube.figure(indicator, &filter), book.figure(indicator, node, &filter), "{node}");
            let mut sums: BTreeMap<i64, Figure> = BTreeMap::new();
            for (unit, figure) in units.into_iter().chain(tail_units) {
                *sums.entry(unit.0).or_default() += figure;
            }
            assert_eq!(sums, book.by_unit(indicator, node, &filter), "by unit at {node}");
            assert!(roll_up(&db).await > 0);
            let (later, ..) = tail(node, filter.clone()).await;
            assert!(later > generation, "a roll-up changes the generation");
        }
        let (before, ..) = rolled(ROOT, Filter::year(2026)).await;
        plant(&db, vec![(6, vec![6, 3, 1])]).await;
        let (after, ..) = rolled(ROOT, Filter::year(2026)).await;
        assert!(after > before, "a new place in the tree changes the generation");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_rolling_up_at_once_roll_each_fact_up_once() {
    for db in databases().await {
        let mut dice = Dice(8);
        plant(&db, first_tree()).await;
        let book = Book { facts: some_facts(&mut dice, 1, 3_000), tree: first_tree() };
        append(&db, book.facts.clone()).await;
        let worker = |db: Db| async move {
            let mut rolled = 0;
            loop {
                match db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await {
                    Ok(0) => break rolled,
                    Ok(n) => rolled += n,
                    Err(StoreError::Busy(_)) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        };
        let (one, two) = (tokio::spawn(worker(db.clone())), tokio::spawn(worker(db.clone())));
        let rolled = one.await.unwrap() + two.await.unwrap();
        // What one had taken the other skipped; the rest of an interrupted race is rolled up by the next turn.
        let rest = worker(db.clone()).await;
        assert_eq!(rolled + rest, book.facts.len(), "{:?}", db.engine());
        agrees(&db, &Arc::new(book), &mut dice, "after a race").await;
    }
}

#[test]
fn channels_of_definitions_are_those_of_the_facts() {
    let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
    let online = indicators.get("online-share", date(2026, 1, 1)).unwrap();
    assert_eq!(online.numerator.channel, Some(Channel::Online.code()));
}

fn one(measure: &'static facts::Measure, flags: i64, qty: i64, subject: i64) -> Fact {
    Fact {
        measure,
        day: date(2026, 3, 4),
        agency: Id(5),
        level: Level::Commune,
        field: "ho-tich".to_owned(),
        channel: 1,
        flags,
        qty,
        subject: Id(subject),
        procedure: Id(1),
        official: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_its_measure_does_not_declare_is_not_written() {
    for db in databases().await {
        plant(&db, first_tree()).await;
        let refused = [
            one(&SETTLED, flag::PAID_ONLINE, 1, 1),
            one(&SETTLED, flag::ON_TIME | 1 << 40, 1, 1),
            one(&SETTLED, 0, 2, 1),
            one(&RECEIVED, 0, 0, 1),
            one(&FEE_DUE, 0, 0, 1),
            one(&FEE_DUE, 0, facts::DONG_MAX + 1, 1),
            one(&FEE_DUE, 0, i64::MIN, 1),
            Fact { official: Some(Id(7)), ..one(&RATED, 0, 1, 1) },
        ];
        for fact in refused {
            let name = format!("{fact:?}");
            let done = db.write(move |tx| Box::pin(async move { facts::append(tx, &[fact]).await })).await;
            assert!(matches!(done, Err(StoreError::Constraint(_))), "{name}");
        }
        assert_eq!(roll_up(&db).await, 0, "nothing of them was written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_exact_and_a_sum_that_no_number_holds_is_refused() {
    let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
    let fees = indicators.get("fees", date(2026, 1, 1)).unwrap();
    for db in databases().await {
        plant(&db, first_tree()).await;
        let read = || {
            let fees = fees.clone();
            db.read(move |tx| Box::pin(async move { facts::value(tx, &fees, Id(ROOT), &Filter::year(2026)).await }))
        };
        // More than a floating number of 53 bits tells apart.
        let large: Vec<Fact> = (0..100).map(|n| one(&FEE_DUE, 0, facts::DONG_MAX - n % 2, n)).collect();
        append(&db, large).await;
        let wanted = 100 * facts::DONG_MAX - 50;
        assert_eq!(read().await.unwrap().denominator, wanted, "not yet rolled up");
        while roll_up(&db).await > 0 {}
        assert_eq!(read().await.unwrap().denominator, wanted, "rolled up");
        append(&db, vec![one(&FEE_DUE, 0, -1, 1)]).await;
        assert_eq!(read().await.unwrap().denominator, wanted - 1, "and one more");
        for n in 0..10 {
            append(&db, (0..930).map(|i| one(&FEE_DUE, 0, facts::DONG_MAX, 1_000 * (n + 1) + i)).collect()).await;
        }
        assert!(read().await.is_err(), "no figure rather than a wrong one: {:?}", db.engine());
        let mut rolled = Ok(1);
        while matches!(rolled, Ok(n) if n > 0) {
            rolled = db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await;
        }
        assert!(rolled.is_err(), "nor is it rolled up: {:?}", db.engine());
    }
}

/// For tables: the sums of every agency below a node, of every procedure and official, the facts themselves, and the cases of an agency
/// without those below it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_for_whole_tables_is_what_plain_counting_makes_of_it() {
    let indicators = Indicators::from_toml(&[DEFINITIONS], &known()).unwrap();
    let indicator = indicators.get("on-time", date(2026, 1, 1)).unwrap().clone();
    for db in databases().await {
        let mut dice = Dice(21);
        plant(&db, first_tree()).await;
        let book = Book { facts: some_facts(&mut dice, 1, 400), tree: first_tree() };
        append(&db, book.facts.clone()).await;
        for node in [ROOT, 3, 6] {
            let filter = some_filter(&mut dice);
            let filter = Filter { level: None, fields: None, ..filter };
            let (days, wanted, counted) = ((filter.from, filter.to), filter.clone(), indicator.clone());
            let (units, procedures, officials, singles, agencies, own) = db
                .read(move |tx| {
                    Box::pin(async move {
                        let node = Id(node);
                        let cut = Cut::Agency(node);
                        let part = Part::Denominator;
                        let asked = facts::Asked { indicator: &counted, node, filter: &wanted, cut, part };
                        Ok::<_, StoreError>((
                            facts::cubes_by_unit(tx, node, &["settled"], &wanted).await?,
                            facts::cells_by(tx, By::Procedure, node, &["settled"], days).await?,
                            facts::cells_by(tx, By::Official, node, &["settled"], days).await?,
                            facts::singles(tx, node, &["settled", "received"], days, 10_000).await?,
                            facts::agencies_of(tx, node).await?,
                            facts::count_cases(tx, &asked).await?,
                        ))
                    })
                })
                .await
                .unwrap();
            let figures = units.iter().map(|(unit, cube)| (unit.0, cube.figure(&indicator, &filter)));
            let figures: BTreeMap<i64, Figure> = figures.filter(|(_, f)| *f != Figure::default()).collect();
            assert_eq!(figures, book.by_unit(&indicator, node, &filter), "{node}");
            let of = |cells: Vec<(Option<Id>, facts::Cell)>, by: fn(Option<Id>) -> Cut| {
                let mut cubes: BTreeMap<Option<Id>, facts::Cube> = BTreeMap::new();
                cells.into_iter().for_each(|(part, cell)| cubes.entry(part).or_default().cells.push(cell));
                for (part, cube) in cubes {
                    let figure = cube.figure(&indicator, &filter);
                    assert_eq!(figure, book.cut(by(part)).figure(&indicator, node, &filter), "{part:?} at {node}");
                }
            };
            of(procedures, |part| Cut::Procedure(part.unwrap_or_default()));
            of(officials, Cut::Official);
            let within = |fact: &&facts::Fact| {
                ["settled", "received"].contains(&fact.measure.name)
                    && (filter.from..=filter.to).contains(&fact.day)
                    && book.within(fact.agency, node)
            };
            assert_eq!(singles.len(), book.facts.iter().filter(within).count());
            assert!(singles.iter().all(|single| agencies.contains(&single.agency)));
            let alone = book.cut(Cut::Agency(Id(node)));
            assert_eq!(own as usize, alone.subjects(&indicator, node, &filter, Part::Denominator).len(), "{node}");
        }
    }
}
