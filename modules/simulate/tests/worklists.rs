//! Worklists, counts and search against a plain reading of every dossier, on a simulated province, on both engines.

#![allow(clippy::unwrap_used)]

mod common;

use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant};
use dossiers::worklist::{Asked, NEAR_MS, Narrow, Scope, Tab, counts, lines, page};
use dossiers::{Dossier, House};
use std::sync::Arc;
use store::{Db, params};

const DOSSIERS: u64 = 700;

fn now() -> Instant {
    Instant::from_local("2026-11-19".parse::<Date>().unwrap().at(15, 0, 0, 0))
}

async fn provinces() -> Vec<(Db, ())> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    let made = PROVINCE.copies(async |db| {
        common::settle(db, now()).await;
        simulate::run(db, simulate::Plan { dossiers: DOSSIERS, seed: 12, until: now(), focus: None }, |_| ())
            .await
            .unwrap();
    });
    made.await
}

async fn house_of(db: &Db) -> House {
    db.read(|tx| {
        Box::pin(async move {
            Ok::<_, Fault>(House {
                tree: Arc::new(organisation::load_tree(tx).await?),
                shelf: Arc::new(catalogue::load_shelf(tx).await?),
                calendar: Calendar::shipped().clone(),
            })
        })
    })
    .await
    .unwrap()
}

async fn every_dossier(db: &Db) -> Vec<(Dossier, String)> {
    db.read(|tx| {
        Box::pin(async move {
            let rows = tx.query("SELECT * FROM dossier ORDER BY id", params![]).await?;
            rows.iter()
                .map(|row| dossiers::store::read(row).map(|loaded| (loaded.dossier, loaded.applicant.owner_name)))
                .collect::<Result<Vec<_>, _>>()
        })
    })
    .await
    .map_err(|error: store::StoreError| error)
    .unwrap()
}

/// What a tab holds, said plainly.
fn belongs(d: &Dossier, tab: Tab, scope: &Scope) -> bool {
    let here = |unit: Id| scope.units.as_ref().is_none_or(|units| units.contains(&unit));
    let worked = d.status.clock_runs();
    let until = Calendar::shipped().add_working_ms(now(), NEAR_MS);
    match tab {
        Tab::Mine => worked && d.handler == Some(scope.account),
        Tab::Unit => worked && here(d.unit),
        Tab::Incoming => d.status.code() == 1 && here(d.intake),
        Tab::Near => worked && here(d.unit) && d.due_at.is_some_and(|due| due >= now() && due <= until),
        Tab::Overdue => worked && here(d.unit) && d.due_at.is_some_and(|due| due < now()),
        Tab::Arriving => d.offered_at.is_some() && here(d.unit),
        Tab::Sent => d.offered_at.is_some() && d.sender.is_some_and(here),
        Tab::Asked => d.opinions.iter().any(|opinion| opinion.is_open() && here(opinion.unit)),
        Tab::Waiting => matches!(d.status.code(), 5 | 6) && here(d.unit),
        Tab::ToReturn => d.status.code() == 9 && here(d.unit),
        Tab::All => [d.unit, d.competent, d.intake, d.return_to].into_iter().any(here),
    }
}

fn in_order(mut found: Vec<&Dossier>, tab: Tab, sort: &str) -> Vec<String> {
    match (sort, tab) {
        ("-due", _) => found.sort_by_key(|d| std::cmp::Reverse((d.due_at, d.id))),
        ("filed", _) | ("", Tab::Incoming) => found.sort_by_key(|d| (d.filed_at, d.id)),
        (_, Tab::All) => found.sort_by_key(|d| std::cmp::Reverse(d.id)),
        _ => found.sort_by_key(|d| (d.due_at.is_none(), d.due_at, d.id)),
    }
    found.into_iter().map(|d| d.code.clone()).collect()
}

async fn shown(
    db: &Db,
    house: &House,
    scope: &Scope,
    tab: Tab,
    narrow: Narrow,
    limit: i64,
    offset: i64,
) -> (Vec<String>, i64) {
    let (house, scope) = (house.clone(), scope.clone());
    db.read(move |tx| {
        Box::pin(async move {
            let asked =
                Asked { scope: &scope, tab, narrow: &narrow, now: now(), limit, place: base::page::Place::At(offset) };
            let (whole, total) = page(tx, &house, &asked).await?;
            let known = counts(tx, &house, &scope, now()).await?;
            let (short, counted) = lines(tx, &house, &asked, &known).await?;
            let codes: Vec<String> = whole.into_iter().map(|loaded| loaded.dossier.code).collect();
            assert_eq!(short.into_iter().map(|line| line.code).collect::<Vec<_>>(), codes);
            assert_eq!(counted, total);
            Ok::<_, Fault>((codes, total))
        })
    })
    .await
    .unwrap()
}

/// The whole province, a commune with its divisions, one busy division, and nothing at all.
fn scopes(house: &House, all: &[(Dossier, String)]) -> Vec<Scope> {
    let busy = all.iter().rev().find(|(d, _)| d.handler.is_some() && d.status.clock_runs()).map(|(d, _)| d).unwrap();
    let account = busy.handler.unwrap();
    let commune: Vec<Id> = house.tree.subtree(busy.competent).into_iter().map(|agency| agency.id).collect();
    [None, Some(commune), Some(vec![busy.unit]), Some(Vec::new())]
        .into_iter()
        .map(|units| Scope { units, account, acting_for: Vec::new(), limits: Vec::new(), heads: Vec::new() })
        .collect()
}

#[tokio::test]
async fn every_tab_shows_and_counts_what_a_plain_reading_finds() {
    for (db, ()) in provinces().await {
        let house = house_of(&db).await;
        let all = every_dossier(&db).await;
        assert_eq!(all.len() as u64, DOSSIERS);
        let mut seen = 0;
        for scope in scopes(&house, &all) {
            for tab in Tab::ALL {
                for sort in ["", "-due", "filed"] {
                    let found = all.iter().map(|(d, _)| d).filter(|d| belongs(d, tab, &scope)).collect();
                    let narrow = || Narrow { sort: sort.to_owned(), ..Narrow::default() };
                    let wanted = in_order(found, tab, sort);
                    seen += wanted.len();
                    let what = format!("{} {tab:?} {sort:?} {:?}", db.engine().as_str(), scope.units);
                    let (first, total) = shown(&db, &house, &scope, tab, narrow(), 7, 0).await;
                    assert_eq!(total, wanted.len() as i64, "{what}");
                    assert_eq!(first, wanted.iter().take(7).cloned().collect::<Vec<_>>(), "{what}");
                    let (second, _) = shown(&db, &house, &scope, tab, narrow(), 5, 7).await;
                    assert_eq!(second, wanted.iter().skip(7).take(5).cloned().collect::<Vec<_>>(), "{what}");
                }
            }
        }
        assert!(seen > 1_000, "too little was compared: {seen}");
    }
}

#[tokio::test]
async fn filters_and_search_leave_out_what_they_should_and_nothing_else() {
    for (db, ()) in provinces().await {
        let house = house_of(&db).await;
        let all = every_dossier(&db).await;
        for scope in scopes(&house, &all) {
            let (some, owner) = &all[all.len() / 2];
            let field = Narrow { field: some.field.clone(), channel: Some(some.channel.code()), ..Narrow::default() };
            let alike =
                |d: &&Dossier| belongs(d, Tab::All, &scope) && d.field == some.field && d.channel == some.channel;
            let wanted = in_order(all.iter().map(|(d, _)| d).filter(alike).collect(), Tab::All, "");
            let (found, total) = shown(&db, &house, &scope, Tab::All, field, 1_000, 0).await;
            assert_eq!((found, total), (wanted.clone(), wanted.len() as i64));

            let code = Narrow { words: some.code.to_lowercase(), ..Narrow::default() };
            let (found, total) = shown(&db, &house, &scope, Tab::All, code, 10, 0).await;
            let wanted = if belongs(some, Tab::All, &scope) { vec![some.code.clone()] } else { Vec::new() };
            assert_eq!((found, total), (wanted.clone(), wanted.len() as i64));

            let name = |words: String| Narrow { words, ..Narrow::default() };
            let folded = base::fold(owner);
            let named = |d: &&(Dossier, String)| {
                let words = base::fold(&d.1);
                belongs(&d.0, Tab::All, &scope) && folded.split(' ').all(|word| words.split(' ').any(|w| w == word))
            };
            let (found, _) = shown(&db, &house, &scope, Tab::All, name(owner.to_uppercase()), 500, 0).await;
            for (dossier, _) in all.iter().filter(named) {
                assert!(found.contains(&dossier.code), "{owner} is not found");
            }
            // Still typing the last word.
            let (found, _) = shown(&db, &house, &scope, Tab::All, name(format!("{} zzz", owner)), 10, 0).await;
            assert_eq!(found, Vec::<String>::new());
        }
        let whole =
            Scope { units: None, account: Id(0), acting_for: Vec::new(), limits: Vec::new(), heads: Vec::new() };
        let (newest, _) = &all[all.len() - 1];
        let (start, _) = newest.code.split_at(newest.code.len() - 1);
        let narrow = Narrow { words: start.to_owned(), ..Narrow::default() };
        let (found, _) = shown(&db, &house, &whole, Tab::All, narrow, 500, 0).await;
        let exact = all.iter().any(|(d, _)| d.code == start);
        assert!(exact || found.contains(&newest.code), "{start} does not find {}: {found:?}", newest.code);
    }
}
