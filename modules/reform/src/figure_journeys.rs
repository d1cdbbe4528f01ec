//! A figure in parts: they sum up to the whole, open to their very cases, and nobody sees officials who may not.

use crate::journeys::browser;
use crate::testing::{database, fact, write};
use axum::http::StatusCode;
use base::{Id, Level};
use dossiers::flag;
use facts::Fact;
use jiff::civil::date;
use store::Db;

const FIGURE: &str = "/steering/indicators/on-time/figure?unit=2001&period=2026";

/// At two communes: settled cases of two procedures by two officials, some rolled up; fees of some.
async fn worked(db: &Db) {
    let day = date(2026, 11, 20);
    let settled = |agency, n: i64, procedure: i64, official: Option<i64>, on_time| Fact {
        procedure: Id(procedure),
        official: official.map(Id),
        ..fact("settled", day, agency, Level::Commune, 1, if on_time { flag::ON_TIME } else { 0 }, n)
    };
    let money = |measure, n: i64, qty| Fact {
        qty,
        official: Some(Id(51)),
        ..fact(measure, day, 2001, Level::Commune, 1, 0, n)
    };
    let mut facts: Vec<Fact> = (0..4).map(|n| settled(2001, 100 + n, 8, Some(51), n > 0)).collect();
    facts.extend((4..6).map(|n| settled(2001, 100 + n, 9, Some(52), true)));
    facts.push(settled(2001, 106, 9, None, false));
    facts.push(settled(2002, 107, 8, Some(53), true));
    write(db, facts).await;
    db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await.unwrap();
    write(
        db,
        vec![
            settled(2001, 108, 8, Some(52), true),
            money("fee_due", 100, 1_234_567),
            money("fee_due", 101, 9_000_000_000),
            money("fee_paid", 101, 4_000_000_000),
            money("fee_paid", 101, 5_000_000_000),
        ],
    )
    .await;
}

/// The numbers of a table's rows: numerator and denominator, the last row the whole.
fn numbers(page: &str) -> Vec<(i64, i64)> {
    let table = page.split("id=\"parts\"").nth(1).unwrap_or_default();
    let number = |cell: &str| -> Option<i64> {
        let text = cell.split('>').nth(1).filter(|text| !text.starts_with('<') && !text.is_empty());
        let text = text.or_else(|| cell.split('>').nth(2))?.split('<').next()?;
        text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
    };
    table
        .split("<tr>")
        .filter_map(|row| {
            let mut cells = row.split("<td").skip(1).filter_map(|cell| number(&format!("<td{cell}")));
            Some((cells.next()?, cells.next()?))
        })
        .collect()
}

#[tokio::test]
async fn the_parts_of_a_figure_sum_up_to_it_and_open_to_their_very_cases() {
    for (db, _) in database().await {
        worked(&db).await;
        let leader = browser(db.clone(), "leader");
        for by in ["procedure", "official"] {
            let (status, page) = leader.get(&format!("{FIGURE}&by={by}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let mut rows = numbers(&page);
            let whole = rows.pop().expect("a foot");
            assert_eq!(whole, (6, 8), "{by}: {rows:?} in {page}");
            let sum = rows.iter().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
            assert_eq!(sum, whole, "{by}: {rows:?}");
            assert_eq!(rows, if by == "procedure" { vec![(4, 5), (2, 3)] } else { vec![(3, 4), (3, 3), (0, 1)] });
        }
        let cases = async |part: &str| {
            let (status, page) =
                leader.get(&format!("/steering/indicators/on-time/cases?unit=2001&period=2026&{part}")).await;
            assert_eq!(status, StatusCode::OK, "{part}: {page}");
            (100..110).filter(|n| page.contains(&format!(">{n}<"))).collect::<Vec<i64>>()
        };
        assert_eq!(cases("procedure=9&part=denominator").await, [104, 105, 106]);
        assert_eq!(cases("official=52&part=numerator").await, [104, 105, 108], "the one not yet rolled up among them");
        assert_eq!(cases("official=none&part=missing").await, [106]);
        assert_eq!(cases("part=missing").await, [100, 106]);
    }
}

#[tokio::test]
async fn officials_are_seen_by_their_own_heads_leaders_and_inspectors_alone() {
    for (db, _) in database().await {
        worked(&db).await;
        let leader = browser(db.clone(), "leader");
        let official = format!("{FIGURE}&by=official");
        for who in ["leader", "commune-leader", "inspector"] {
            let (status, page) = leader.becomes(who).get(&official).await;
            assert_eq!(status, StatusCode::OK, "{who}");
            assert!(page.contains("by=official"), "{who}");
        }
        // Whoever keeps the figures of the whole province reads them by procedure; what one person does is not his.
        let reform = leader.becomes("reform");
        let (status, page) = reform.get(FIGURE).await;
        assert!(status == StatusCode::OK && page.contains("by=procedure") && !page.contains("by=official"), "{page}");
        assert_eq!(reform.get(&official).await.0, StatusCode::FORBIDDEN);
        let of_one = "/steering/indicators/on-time/cases?unit=2001&period=2026&official=51";
        assert_eq!(reform.get(of_one).await.0, StatusCode::FORBIDDEN);
        assert_eq!(leader.get(of_one).await.0, StatusCode::OK);
        // A commune's leader sees nothing of the next commune, by official or at all.
        let next = official.replace("2001", "2002");
        assert_eq!(leader.becomes("commune-leader").get(&next).await.0, StatusCode::FORBIDDEN);
        assert_eq!(leader.becomes("clerk").get(&official).await.0, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn what_people_answered_is_never_cut_and_bad_questions_are_told_their_field() {
    for (db, _) in database().await {
        worked(&db).await;
        let leader = browser(db.clone(), "leader");
        for known in crate::testing::definitions().all(date(2026, 11, 22)).filter(|one| one.is_confidential()) {
            let page = format!("/steering/indicators/{}/figure?period=2026", known.id);
            let (status, text) = leader.get(&page).await;
            assert!(status == StatusCode::OK && !text.contains("by=procedure"), "{}", known.id);
            assert!(leader.get(&format!("{page}&by=procedure")).await.0.is_client_error(), "{}", known.id);
            for part in ["", "&procedure=8", "&official=51"] {
                let cases = format!("/steering/indicators/{}/cases?period=2026{part}", known.id);
                assert_eq!(leader.get(&cases).await.0, StatusCode::NOT_FOUND, "{cases}");
            }
        }
        for wrong in ["by=agency", "level=moon", "by=procedure&period=never"] {
            let status = leader.get(&format!("/steering/indicators/on-time/figure?{wrong}")).await.0;
            assert!(status.is_client_error(), "{wrong}: {status}");
        }
        for wrong in ["procedure=x", "official=%27", "procedure=1&official=2", "procedure=99999999999999999999"] {
            let status = leader.get(&format!("/steering/indicators/on-time/cases?{wrong}")).await.0;
            assert!(status.is_client_error(), "{wrong}: {status}");
        }
        assert_eq!(leader.get("/steering/indicators/nothing/figure").await.0, StatusCode::NOT_FOUND);
        // Beyond the end, and numbers that are none: the page stands.
        for from in ["-5", "9999999", "x", "9223372036854775807"] {
            assert_eq!(leader.get(&format!("{FIGURE}&by=procedure&from={from}")).await.0, StatusCode::OK, "{from}");
        }
    }
}

#[tokio::test]
async fn money_is_shown_whole_on_the_dashboard_and_opens_to_cases_with_their_amounts() {
    for (db, _) in database().await {
        worked(&db).await;
        let leader = browser(db.clone(), "leader");
        let (_, dashboard) = leader.get("/steering?period=2026").await;
        assert!(dashboard.contains("9.000.000.000 đồng"), "{dashboard}");
        let fees = "/steering/indicators/fees-collected/figure?period=2026";
        let (status, page) = leader.get(fees).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("9.001.234.567 đồng") && page.contains("9,0 tỷ"), "{page}");
        let cases = "/steering/indicators/fees-collected/cases?period=2026";
        let (_, page) = leader.get(&format!("{cases}&part=denominator")).await;
        assert!(page.contains("1.234.567 đồng") && page.contains("9.000.000.000 đồng"), "{page}");
        let (_, page) = leader.get(&format!("{cases}&part=numerator")).await;
        assert!(
            page.contains("9.000.000.000 đồng") && !page.contains("1.234.567"),
            "both payments as one case: {page}"
        );
        let (_, page) = leader.get(&format!("{cases}&part=missing")).await;
        assert!(page.contains("1.234.567 đồng") && !page.contains("9.000.000.000"), "{page}");
        let (_, file) = leader.get(&format!("{cases}&part=denominator&format=csv")).await;
        assert!(file.contains(",1234567") && file.contains(",9000000000"), "{file}");
    }
}
