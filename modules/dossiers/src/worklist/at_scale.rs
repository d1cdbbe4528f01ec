//! Search below the province, at a size at which cutting hits off before looking at the scope would lose them.

use super::{Asked, Line, Narrow, Scope, Spot, Tab, lines};
use crate::actions::{Act, House};
use crate::dossier::{Applicant, Dossier};
use crate::finding::{self, INSERT_WORDS, SET_INDEXED, index_text};
use crate::fixture::{NEAR, NEAR_DIVISION, NEAR_OFFICE, ROOT};
use crate::fixture::{Story, agency, clerk, head, november, officer, version};
use crate::fixture_db::{Office, counter, offices};
use crate::row;
use crate::verbs::Verb;
use ::store::{Engine, Rows, StoreError, params};
use base::calendar::Calendar;
use base::page::Place;
use base::{CitizenId, Fault, Id, Level, Sex};
use catalogue::Shelf;
use organisation::{Kind, Tree};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

const UNITS: i64 = 20;
const DOSSIERS: i64 = 10_000;
const EACH: usize = (DOSSIERS / UNITS) as usize;

fn commune(n: i64) -> Id {
    Id(1_000 + n * 10)
}

fn division(n: i64) -> Id {
    Id(1_001 + n * 10)
}

/// Twenty communes with a division each.
fn house() -> House {
    let mut agencies = vec![agency(ROOT, "H13", "Tỉnh", Kind::PeoplesCommittee, Level::Province, "/1/")];
    for n in 0..UNITS {
        let (whole, part) = (commune(n), division(n));
        let (name, path) = (format!("Xã {n}"), format!("/1/{whole}/"));
        agencies.push(agency(whole, &format!("H13.{}", 31 + n), &name, Kind::CommuneCommittee, Level::Commune, &path));
        let path = format!("{path}{part}/");
        agencies.push(agency(part, &format!("H13.{}.03", 31 + n), "Phòng", Kind::Division, Level::Commune, &path));
    }
    let shelf = Arc::new(Shelf::of(vec![version()]));
    House { tree: Arc::new(Tree::new(agencies)), shelf, calendar: Calendar::shipped().clone() }
}

fn person(k: i64) -> (String, String) {
    let number = CitizenId::from_parts("094", Sex::Female, 1990, k as u32).unwrap();
    (number.to_string(), format!("0912{k:06}"))
}

/// The `k`th of the dossiers, all of one name.
fn dossier(like: &Dossier, k: i64) -> (Dossier, Applicant) {
    let n = k % UNITS;
    let (owner_number, owner_phone) = person(k);
    let dossier = Dossier {
        id: Id(1_000_000 + k),
        code: format!("H13.{}-261102-{:04}", 31 + n, k / UNITS + 1),
        intake: commune(n),
        competent: commune(n),
        return_to: commune(n),
        unit: division(n),
        ..like.clone()
    };
    let owner_name = "Nguyễn Thị Lan".to_owned();
    let summary = "Đăng ký khai sinh".to_owned();
    (dossier, Applicant { owner_name, owner_number, owner_phone, summary, ..Applicant::default() })
}

async fn fill(office: &Office, from: i64, to: i64) {
    let story = Story::received();
    let (mut rows, mut words) = (Rows::new(), Rows::new());
    for k in from..to {
        let (d, a) = dossier(story.dossier(), k);
        row::values(&mut rows, &d, &a);
        words.extend([d.id.into(), index_text(&d, &a, &BTreeSet::new()).into()]);
    }
    office
        .write(move |tx| {
            Box::pin(async move {
                tx.insert_rows(row::INSERT.as_str(), &rows).await?;
                tx.insert_rows(INSERT_WORDS, &words).await
            })
        })
        .await;
}

fn scope(house: &House, communes: &[i64]) -> Scope {
    let units = communes.iter().flat_map(|n| house.tree.subtree(commune(*n))).map(|agency| agency.id).collect();
    Scope { units: Some(units), account: Id(0), acting_for: Vec::new(), limits: Vec::new(), heads: Vec::new() }
}

async fn look(office: &Office, house: &House, scope: &Scope, words: &str) -> (Vec<Line>, i64) {
    look_in(office, house, scope, Tab::All, Narrow { words: words.to_owned(), ..Narrow::default() }, Place::START).await
}

async fn look_in(
    office: &Office,
    house: &House,
    scope: &Scope,
    tab: Tab,
    narrow: Narrow,
    place: Place<Spot>,
) -> (Vec<Line>, i64) {
    let (house, scope) = (house.clone(), scope.clone());
    office
        .db
        .read(move |tx| {
            Box::pin(async move {
                let now = november(30, 9, 0);
                let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: 100, place };
                lines(tx, &house, &asked, &[]).await.map_err(Fault::from)
            })
        })
        .await
        .unwrap()
}

/// Every page of a search, one beginning after the other, and back again.
async fn leaf(office: &Office, house: &House, scope: &Scope, tab: Tab, narrow: &Narrow) -> Vec<Line> {
    let asked = Asked { scope, tab, narrow, now: november(30, 9, 0), limit: 100, place: Place::START };
    let (mut all, mut place) = (Vec::new(), Place::START);
    loop {
        let (page, _) = look_in(office, house, scope, tab, narrow.clone(), place).await;
        let Some(last) = page.last() else { break };
        let spot = asked.spot(last);
        assert_eq!(Spot::read(&spot.text()), Some(spot));
        place = Place::After(spot);
        all.extend(page);
    }
    let mut back: Vec<Line> = all.last().cloned().into_iter().collect();
    while let Some(first) = back.first() {
        let place = Place::Before(asked.spot(first));
        let (mut page, _) = look_in(office, house, scope, tab, narrow.clone(), place).await;
        if page.is_empty() {
            break;
        }
        page.append(&mut back);
        back = page;
    }
    assert_eq!(back, all, "{tab:?} {}", narrow.sort);
    all
}

#[tokio::test]
async fn every_hit_within_a_scope_is_found_at_any_size() {
    let house = house();
    for office in offices().await {
        fill(&office, 0, DOSSIERS).await;
        let narrow = |words: &str| Narrow { words: words.to_owned(), ..Narrow::default() };
        let begun = std::time::Instant::now();
        for n in 0..UNITS {
            let scope = scope(&house, &[n]);
            for words in ["nguyễn thị lan", "NGUYEN lan", "nguyễn thị la"] {
                assert_eq!(look(&office, &house, &scope, words).await.1, EACH as i64, "{words} in {n}");
            }
        }
        println!("{}: {:?} a search", office.db.engine().as_str(), begun.elapsed() / (UNITS as u32 * 3));
        if office.db.engine() == Engine::Postgres {
            // Whether anybody has a name is no reason to read everybody.
            office
                .db
                .write(|tx| Box::pin(async move { tx.execute("ANALYZE dossier_words", params![]).await }))
                .await
                .unwrap();
            let any = (super::search::ANY_HIT, params!["'zzzz'"].to_vec());
            let plan = office.db.read(move |tx| Box::pin(async move { lists::plan::of(tx, &any.0, &any.1).await }));
            let plan = plan.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
            assert!(plan.contains("Bitmap Index Scan on dossier_words_terms") && !plan.contains("Seq Scan"), "{plan}");
        }
        for communes in [vec![3], vec![0, 7, 19]] {
            let scope = scope(&house, &communes);
            for (tab, sort) in [(Tab::All, ""), (Tab::Unit, ""), (Tab::All, "-due"), (Tab::All, "filed")] {
                let narrow = Narrow { sort: sort.to_owned(), ..narrow("nguyen thi lan") };
                let found = leaf(&office, &house, &scope, tab, &narrow).await;
                let ids: HashSet<Id> = found.iter().map(|line| line.id).collect();
                assert_eq!((found.len(), ids.len()), (EACH * communes.len(), EACH * communes.len()), "{tab:?} {sort}");
                assert!(found.iter().all(|line| communes.iter().any(|n| division(*n) == line.unit)));
            }
        }
        let whole =
            Scope { units: None, account: Id(0), acting_for: Vec::new(), limits: Vec::new(), heads: Vec::new() };
        assert_eq!(look(&office, &house, &whole, "nguyễn thị lan").await.1, super::COUNT_MAX);
        let nobody = Scope { units: Some(Vec::new()), ..whole.clone() };
        assert_eq!(look(&office, &house, &nobody, "nguyễn thị lan").await.1, 0);
    }
}

#[tokio::test]
async fn a_dossier_is_found_by_number_telephone_code_day_and_state_and_by_nobody_elses_scope() {
    let house = house();
    for office in offices().await {
        fill(&office, 0, 200).await;
        let (number, phone) = person(147);
        let code = "H13.38-261102-0008";
        let (own, other) = (scope(&house, &[7]), scope(&house, &[8]));
        let whole =
            Scope { units: None, account: Id(0), acting_for: Vec::new(), limits: Vec::new(), heads: Vec::new() };
        let grouped = format!("{} {} {} {}", &number[..3], &number[3..6], &number[6..9], &number[9..]);
        let abroad = format!("+84 {} {} {}", &phone[1..4], &phone[4..7], &phone[7..]);
        for typed in [
            number.as_str(),
            &grouped,
            &phone,
            &abroad,
            &format!("lan {phone}"),
            code,
            "h13.38 – 261102 – 0008",
            " h13.38 261102 0008",
            "\u{feff}H13.38-261102-0008\u{200b}",
        ] {
            for scope in [&own, &whole] {
                let (found, total) = look(&office, &house, scope, typed).await;
                let codes: Vec<&str> = found.iter().map(|line| line.code.as_str()).collect();
                assert_eq!((codes, total), (vec![code], 1), "{typed}");
            }
            assert_eq!(look(&office, &house, &other, typed).await.1, 0, "{typed}");
        }
        for (typed, count) in [
            ("1.001193", 10),
            ("02/11/2026", 10),
            ("2026-11-02", 10),
            ("03/11/2026", 0),
            ("đang xử lý", 10),
            ("quá hạn", 10),
            ("lan quá hạn", 10),
            ("đã trả kết quả", 0),
            (&number[..6], 0),
        ] {
            assert_eq!(look(&office, &house, &own, typed).await.1, count, "{typed}");
        }
        for nothing in ["%", "_", "🙂", "日本語", "\"*:()", "u1071xnguyen"] {
            assert_eq!(look(&office, &house, &own, nothing).await.1, 0, "{nothing}");
        }
        assert_eq!(look(&office, &house, &own, " \u{200b}").await.1, 0);
        assert_eq!(look(&office, &house, &own, "").await.1, 10);
    }
}

#[tokio::test]
async fn pages_stay_in_place_while_dossiers_come_in_and_leave() {
    let house = house();
    for office in offices().await {
        fill(&office, 0, 4_000).await;
        let scope = scope(&house, &[5]);
        let lists = [(Tab::All, "lan", ""), (Tab::All, "", ""), (Tab::Unit, "", "-filed")];
        for (from, (tab, words, sort)) in (4_000..).step_by(1_000).zip(lists) {
            let narrow = Narrow { words: words.to_owned(), sort: sort.to_owned(), ..Narrow::default() };
            let asked =
                Asked { scope: &scope, tab, narrow: &narrow, now: november(30, 9, 0), limit: 100, place: Place::START };
            let (first, _) = look_in(&office, &house, &scope, tab, narrow.clone(), Place::START).await;
            fill(&office, from, from + 1_000).await;
            let after = Place::After(asked.spot(&first[99]));
            let (second, _) = look_in(&office, &house, &scope, tab, narrow.clone(), after).await;
            let seen: HashSet<Id> = first.iter().map(|line| line.id).collect();
            assert_eq!(second.len(), 100);
            assert!(second.iter().all(|line| !seen.contains(&line.id) && line.id < first[99].id));
            // And back: the very rows one came from, though fifty have come in before them.
            let before = Place::Before(asked.spot(&second[0]));
            let (again, _) = look_in(&office, &house, &scope, tab, narrow.clone(), before).await;
            assert_eq!(again, first, "{tab:?} {words} {sort}");
        }
    }
}

#[tokio::test]
async fn a_division_still_finds_what_has_left_it_and_the_index_is_made_anew_the_same() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        for person in [officer(), head()] {
            let forward = Act::of(Verb::Forward);
            office.act(&person, november(2, 10, 0), &dossier.code, forward).await.unwrap();
        }
        assert_eq!(office.load(&dossier.code).await.unit, NEAR);
        let house = office.house.clone();
        let at = |unit: Id| Scope {
            units: Some(vec![unit]),
            account: Id(0),
            acting_for: Vec::new(),
            limits: Vec::new(),
            heads: Vec::new(),
        };
        for made in ["with each act", "anew"] {
            for (unit, count) in [(NEAR, 1), (NEAR_DIVISION, 1), (NEAR_OFFICE, 0)] {
                for words in ["đường", dossier.code.as_str()] {
                    assert_eq!(look(&office, &house, &at(unit), words).await.1, count, "{words} {unit} {made}");
                }
            }
            if made == "anew" {
                break;
            }
            office
                .write(|tx| {
                    Box::pin(async move {
                        tx.execute("DELETE FROM dossier_words", params![]).await?;
                        tx.execute(SET_INDEXED, params![Id(i64::MAX)]).await
                    })
                })
                .await;
            assert_eq!(look(&office, &house, &at(NEAR), "đường").await.1, 0);
            assert_eq!(finding::rebuild(&office.db).await.unwrap(), 1);
            assert_eq!(finding::rebuild(&office.db).await.unwrap(), 0);
        }
    }
}
