//! What must be kept apart, or stand beside each other, on the steering pages: shown from facts.

use crate::journeys::browser;
use crate::testing::{counted, database, definitions, fact, write};
use base::{Id, Level};
use dossiers::flag;
use facts::{Count, Filter};
use jiff::civil::date;
use std::collections::BTreeSet;

/// Bits of a measure by the names that definitions use.
fn flags(measure: &str, names: &[&str]) -> i64 {
    let measure = counted().get(measure).unwrap();
    names.iter().map(|name| measure.flag(name).unwrap()).sum()
}

#[tokio::test]
async fn procedures_that_can_be_paid_for_online_and_dossiers_of_them_are_two_figures() {
    for (db, _) in database().await {
        let (offered, received) = ("procedure_offered", "received");
        let day = date(2026, 3, 2);
        // Of four procedures with a fee one can be paid for online, and most people came for that one.
        let mut facts: Vec<_> = (0..4)
            .map(|n| {
                let names: &[&str] = if n == 0 { &["FEE", "PAYABLE_ONLINE"] } else { &["FEE"] };
                fact(offered, day, 106, Level::Province, 0, flags(offered, names), 800 + n)
            })
            .collect();
        facts.extend((0..10).map(|n| {
            let names: &[&str] = if n < 9 { &["FEE", "PAYABLE_ONLINE"] } else { &["FEE"] };
            fact(received, day, 2001, Level::Commune, 1, flags(received, names), 900 + n)
        }));
        // What carries no fee is in neither.
        facts.push(fact(offered, day, 106, Level::Province, 0, 0, 850));
        facts.push(fact(received, day, 2001, Level::Commune, 1, 0, 950));
        write(&db, facts).await;
        for (id, wanted) in [("procedures-payable", (1, 4)), ("dossiers-payable", (9, 10))] {
            let indicator = definitions().get(id, day).unwrap();
            let year = Filter::year(2026);
            let (measures, read) = ([offered, received], year.clone());
            let cube = db.read(move |tx| Box::pin(async move { facts::cube(tx, Id(1), &measures, &read).await }));
            let cube = cube.await.unwrap();
            // What the definition counts; its figure is empty as long as it needs what is not there.
            assert_eq!(cube.figure(indicator, &year).denominator, 0, "{id}");
            let side = |count: &Count| {
                let measure = count.of.unwrap().name.to_owned();
                cube.sum(&Count { measure, ..count.clone() }, &year)
            };
            assert_eq!((side(&indicator.numerator), side(&indicator.denominator)), wanted, "{id}");
        }
        // Neither is shown as reached while nothing can be paid through this system.
        let leader = browser(db, "leader");
        for (target, indicator) in [("ST-006", "procedures-payable"), ("NT-018", "dossiers-payable")] {
            assert!(definitions().get(indicator, day).unwrap().needs.is_some(), "{indicator}");
            assert_eq!(leader.json(&format!("/api/v1/targets/{target}")).await["state"], "no-data", "{target}");
        }
    }
}

#[tokio::test]
async fn the_levels_of_one_indicator_stand_beside_each_other_each_with_its_own_value_and_goal() {
    for (db, _) in database().await {
        let (day, done) = (date(2026, 3, 2), flag::HAS_RESULT | flag::DIGITISED);
        let of = |agency, level, digitised: i64, first: i64| {
            (0..10).map(move |n| {
                fact("settled", day, agency, level, 1, if n < digitised { done } else { flag::HAS_RESULT }, first + n)
            })
        };
        write(&db, of(2001, Level::Commune, 2, 300).chain(of(106, Level::Province, 9, 400)).collect()).await;
        let leader = browser(db, "leader");
        let (_, page) = leader.get("/steering/programmes/soc-trang-2021?axis=procedures&due=2021").await;
        let rows: Vec<&str> = page.split("<tr>").filter(|row| row.contains("class=\"code\">ST-0")).collect();
        assert_eq!(rows.len(), 3, "{page}");
        let levels = [("ST-010", "30", "90 %"), ("ST-011", "20", ""), ("ST-012", "15", "20 %")];
        for (row, (id, goal, value)) in rows.iter().zip(levels) {
            assert!(row.contains(id) && row.contains(goal) && row.contains(value), "{id}: {row}");
        }
        assert!(!rows[1].contains("90 %") && !rows[1].contains("20 %)"), "no district counts for another level");
    }
}

#[tokio::test]
async fn every_target_stands_under_one_of_six_axes_or_steering() {
    const AXES: [&str; 7] =
        ["institutions", "procedures", "apparatus", "civil-service", "finance", "digital", "steering"];
    for (db, _) in database().await {
        let leader = browser(db, "leader");
        let listed = async |axis: &str| {
            let address = format!("/steering/programmes/soc-trang-2021?format=csv&derived=1&axis={axis}");
            let (_, csv) = leader.get(&address).await;
            csv.lines().skip(1).map(|line| line[..6].to_owned()).collect::<BTreeSet<String>>()
        };
        let all = listed("").await;
        assert_eq!(all.len(), 118);
        let mut under = BTreeSet::new();
        for axis in AXES {
            let of_axis = listed(axis).await;
            assert!(!of_axis.is_empty(), "{axis}");
            for id in of_axis {
                assert!(under.insert(id.clone()), "{id} stands under two axes");
            }
        }
        assert_eq!(under, all);
        // The page has a head for each of them.
        let mut heads = BTreeSet::new();
        for n in 1..=3 {
            let (_, page) = leader.get(&format!("/steering/programmes/soc-trang-2021?derived=1&page={n}")).await;
            heads.extend(
                page.split("scope=\"rowgroup\" colspan=\"6\">")
                    .skip(1)
                    .map(|rest| rest.split('<').next().unwrap().to_owned()),
            );
        }
        assert_eq!(heads.len(), AXES.len(), "{heads:?}");
    }
}
