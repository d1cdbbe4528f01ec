//! Figures on both engines, held against plain counting: before, during and after the roll-up.

#![allow(clippy::unwrap_used)]

mod leafing;

use base::{Channel, Date, Id, Level};
use facts::{Fact, Figure, Filter, Indicator, Indicators, Part, flag};
use jiff::ToSpan;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Db, StoreError};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn flags(&mut self, all: &[i64]) -> i64 {
        all.iter().filter(|_| self.below(2) == 0).sum()
    }
}

const FIRST: Date = date(2024, 11, 10);
const DAYS: u64 = 740;
const ROOT: i64 = 1;
const NODES: [i64; 8] = [1, 2, 3, 4, 5, 6, 7, 99];

/// Root 1; departments 2 and 3, which has a sub-department 4 that also answers for dossiers; communes 5, 6 and 7.
fn first_tree() -> Vec<(i64, Vec<i64>)> {
    vec![
        (1, vec![1]),
        (2, vec![2, 1]),
        (3, vec![3, 1]),
        (4, vec![4, 3, 1]),
        (5, vec![5, 1]),
        (6, vec![6, 1]),
        (7, vec![7, 1]),
    ]
}

const DEFINITIONS: &str = r#"
[[indicator]]
id = "on-time"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "settled", all = ["ON_TIME"], none = ["SUPPLEMENTED_AGAIN"] }
denominator = { measure = "settled" }

[[indicator]]
id = "online-share"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "received", channel = "online" }
denominator = { measure = "received" }

[[indicator]]
id = "payments"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "paid", all = ["PAID_ONLINE"] }
denominator = { measure = "paid" }

[[indicator]]
id = "offered"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "offered", all = ["ONLINE"], stock = true }
denominator = { measure = "offered", stock = true }

[[indicator]]
id = "rated-land"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "rated", all = ["SATISFIED"], fields = ["dat-dai"] }
denominator = { measure = "settled", fields = ["dat-dai"], level = "commune" }
"#;

fn some_facts(dice: &mut Dice, first_subject: i64, cases: i64) -> Vec<Fact> {
    let mut facts = Vec::new();
    for subject in first_subject..first_subject + cases {
        let agency = 1 + dice.below(7) as i64;
        let day = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
        let base = Fact {
            measure: "received",
            day,
            agency: Id(agency),
            level: if agency >= 5 { Level::Commune } else { Level::Province },
            field: ["ho-tich", "dat-dai", "cu-tru"][dice.below(3) as usize].to_owned(),
            channel: 1 + dice.below(3) as i64,
            flags: 0,
            qty: 1,
            subject: Id(subject),
            procedure: Id(1),
        };
        let later = |fact: &Fact, days: u64| fact.day.checked_add((days as i64).days()).unwrap();
        if dice.below(10) == 0 {
            // A stock: offered from a day, some no longer after another.
            let offered =
                Fact { measure: "offered", channel: 0, flags: dice.flags(&[flag::ONLINE, flag::FEE]), ..base.clone() };
            if dice.below(3) == 0 {
                facts.push(Fact { qty: -1, day: later(&offered, dice.below(400)), ..offered.clone() });
            }
            facts.push(offered);
            continue;
        }
        facts.push(base.clone());
        let settled = Fact {
            measure: "settled",
            day: later(&base, dice.below(20)),
            flags: dice.flags(&[flag::ON_TIME, flag::SUPPLEMENTED_AGAIN, flag::HAS_RESULT]),
            ..base.clone()
        };
        match dice.below(5) {
            0 => {}
            1 => {
                // Corrected on its own day.
                facts.push(settled.clone());
                facts.push(Fact { qty: -1, ..settled.clone() });
                facts.push(Fact { flags: settled.flags | flag::DIGITISED, ..settled.clone() });
            }
            _ => facts.push(settled.clone()),
        }
        for _ in 0..dice.below(3) {
            let flags = dice.flags(&[flag::PAID_ONLINE]);
            facts.push(Fact { measure: "paid", day: later(&base, dice.below(60)), flags, ..base.clone() });
        }
        if dice.below(3) == 0 {
            let flags = dice.flags(&[flag::SATISFIED]);
            facts.push(Fact { measure: "rated", day: later(&settled, dice.below(9)), flags, ..base.clone() });
        }
    }
    facts
}

/// What the database is told, kept here to be counted by hand.
#[derive(Clone)]
struct Book {
    facts: Vec<Fact>,
    tree: Vec<(i64, Vec<i64>)>,
}

impl Book {
    fn within(&self, agency: Id, node: i64) -> bool {
        self.tree.iter().any(|(known, nodes)| *known == agency.0 && nodes.contains(&node))
    }

    fn taken(&self, count: &facts::Count, node: i64, filter: &Filter) -> Vec<&Fact> {
        let field =
            |list: &Option<Vec<String>>, fact: &Fact| list.as_ref().is_none_or(|list| list.contains(&fact.field));
        self.facts
            .iter()
            .filter(|fact| fact.measure == count.measure && self.within(fact.agency, node))
            .filter(|fact| fact.day <= filter.to && (count.stock || fact.day >= filter.from))
            .filter(|fact| fact.flags & count.all == count.all && fact.flags & count.none == 0)
            .filter(|fact| count.channel.is_none_or(|channel| channel == fact.channel))
            .filter(|fact| count.level.is_none_or(|level| level == fact.level))
            .filter(|fact| filter.level.is_none_or(|level| level == fact.level))
            .filter(|fact| field(&count.fields, fact) && field(&filter.fields, fact))
            .collect()
    }

    fn figure(&self, indicator: &Indicator, node: i64, filter: &Filter) -> Figure {
        let sum = |count| self.taken(count, node, filter).iter().map(|fact| fact.qty).sum();
        Figure { numerator: sum(&indicator.numerator), denominator: sum(&indicator.denominator) }
    }

    fn subjects(&self, indicator: &Indicator, node: i64, filter: &Filter, part: Part) -> BTreeSet<Id> {
        let sums = |count| {
            let mut sums: BTreeMap<Id, i64> = BTreeMap::new();
            for fact in self.taken(count, node, filter) {
                *sums.entry(fact.subject).or_default() += fact.qty;
            }
            sums.retain(|_, n| *n > 0);
            sums.into_keys().collect::<BTreeSet<Id>>()
        };
        let (above, below) = (sums(&indicator.numerator), sums(&indicator.denominator));
        match part {
            Part::Numerator => above,
            Part::Denominator => below,
            Part::Missing => &below - &above,
        }
    }

    fn by_unit(&self, indicator: &Indicator, parent: i64, filter: &Filter) -> BTreeMap<i64, Figure> {
        let below = self.tree.iter().filter(|(agency, nodes)| *agency != parent && nodes.contains(&parent));
        below
            .map(|(agency, _)| (*agency, self.figure(indicator, *agency, filter)))
            .filter(|(_, figure)| *figure != Figure::default())
            .collect()
    }
}

fn some_filter(dice: &mut Dice) -> Filter {
    let (from, to) = match dice.below(6) {
        0 => (date(2025, 1, 1), date(2025, 12, 31)),
        1 => (date(2024, 1, 1), date(2026, 12, 31)),
        2 => (date(2025, 3, 1), date(2025, 7, 31)),
        3 => {
            let day = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
            (day, day)
        }
        // Cut in the middle of months and years.
        _ => {
            let from = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
            (from, from.checked_add((dice.below(500) as i64).days()).unwrap())
        }
    };
    let level = [None, None, Some(Level::Commune), Some(Level::Province)][dice.below(4) as usize];
    let fields = match dice.below(4) {
        0 => Some(vec!["dat-dai".to_owned(), "cu-tru".to_owned()]),
        1 => Some(vec!["ho-tich".to_owned()]),
        _ => None,
    };
    Filter { from, to, level, fields }
}

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
    let indicators = Indicators::from_toml(&[DEFINITIONS]).unwrap();
    let all: Vec<Indicator> = indicators.all(date(2026, 1, 1)).cloned().collect();
    assert_eq!(all.len(), 5);
    for turn in 0..25 {
        let indicator = all[turn % all.len()].clone();
        let node = NODES[dice.below(NODES.len() as u64) as usize];
        let filter = some_filter(dice);
        let name = format!("{what}, {:?}: {} at {node}, {filter:?}", db.engine(), indicator.id);
        let (asked, wanted) = (indicator.clone(), filter.clone());
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
                        let count = facts::count_cases(tx, &asked, Id(node), &wanted, part).await?;
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
            assert!(pages.windows(2).all(|pair| pair[0].day >= pair[1].day), "latest first: {name}");
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
        let indicators = Indicators::from_toml(&[DEFINITIONS]).unwrap();
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
    let indicators = Indicators::from_toml(&[DEFINITIONS]).unwrap();
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
    let indicators = Indicators::from_toml(&[DEFINITIONS]).unwrap();
    let online = indicators.get("online-share", date(2026, 1, 1)).unwrap();
    assert_eq!(online.numerator.channel, Some(Channel::Online.code()));
}
