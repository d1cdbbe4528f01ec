//! Journeys through the router: a leader looks, figures move with their cases, a figure is declared and checked, scopes hold.

use crate::testing::{account, database, fact, now, write};
use axum::http::StatusCode;
use base::{Actor, Id, Level, Role};
use dossiers::flag;
use jiff::civil::date;
use store::Db;
use web::testing::{Browser, Paper};

fn people(token: &str) -> Actor {
    match token {
        "leader" => account(11, Role::Leader, "/1/"),
        "commune-leader" => account(12, Role::Leader, "/1/2001/"),
        "reform" => account(13, Role::ReformOfficer, "/1/"),
        "inspector" => account(16, Role::Inspector, "/1/2001/"),
        "head" => account(15, Role::DivisionHead, &division_path()),
        _ => account(14, Role::Clerk, "/1/"),
    }
}

/// The division for culture and society of the first commune.
fn division_path() -> String {
    let tree = organisation::demo_tree().unwrap();
    tree.division(Id(2001), "culture-society").unwrap().path.clone()
}

pub(crate) fn browser(db: Db, who: &str) -> Browser {
    let modules = |app: &web::App| {
        app.put(records::Kinds {
            all: crate::testing::kinds(),
            served: |_, _| Vec::new(),
            units: |_, _, _| None,
            house_of: |_, _| None,
        });
        vec![organisation::module(), crate::module()]
    };
    Browser::new(db, (now(), std::env::temp_dir().join("motcua-reform-tests")), modules, people, who)
}

/// Sends the form that declares a figure, with or without its evidence.
pub(crate) async fn declare(
    browser: &Browser,
    target: &str,
    fields: &[(&str, &str)],
    file: bool,
) -> (StatusCode, String, String) {
    let uri = format!("/steering/targets/{target}/declare");
    let bytes = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
    let paper: &[Paper<'_>] = if file { &[("evidence", "bao-cao.pdf", bytes)] } else { &[] };
    browser.upload(&uri, &uri, fields, paper).await
}

/// The page of the figure last declared for a target.
pub(crate) async fn figure_of(browser: &Browser, target: &str) -> String {
    let (_, page) = browser.get(&format!("/steering/targets/{target}")).await;
    let id = page.split("href=\"/steering/figures/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    format!("/steering/figures/{id}")
}

/// Ten dossiers of two communes: in the first 3 of 4 online, in the second 3 of 6.
pub(crate) async fn ten_dossiers(db: &Db) {
    let one =
        |agency, channel, n: i64| fact("received", date(2026, 10, 5), agency, Level::Commune, channel, 0, 100 + n);
    let mut facts: Vec<_> = (0..4).map(|n| one(2001, if n < 3 { 2 } else { 1 }, n)).collect();
    facts.extend((4..10).map(|n| one(2002, if n < 7 { 2 } else { 1 }, n)));
    write(db, facts).await;
}

#[tokio::test]
async fn a_target_reads_the_new_value_in_the_first_request_after_the_case() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db.clone(), "leader");
        let before = leader.json("/api/v1/targets/ST-042").await;
        assert_eq!((before["numerator"].as_i64(), before["denominator"].as_i64()), (Some(6), Some(10)));
        assert_eq!((before["value"].as_f64(), before["state"].as_str()), (Some(60.0), Some("at-risk")));
        assert!(leader.get("/steering").await.1.contains("60 %"));
        write(&db, vec![fact("received", date(2026, 11, 22), 2001, Level::Commune, 2, 0, 200)]).await;
        let after = leader.json("/api/v1/targets/ST-042").await;
        assert_eq!((after["numerator"].as_i64(), after["denominator"].as_i64()), (Some(7), Some(11)));
        let (_, page) = leader.get("/steering").await;
        assert!(page.contains("63,6 %") && page.contains("+3,64 điểm % từ hôm qua"), "{page}");
    }
}

#[tokio::test]
async fn figures_stay_the_same_while_facts_are_rolled_up() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db.clone(), "leader");
        let before = leader.json("/api/v1/targets").await;
        db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await.unwrap();
        assert_eq!(leader.json("/api/v1/targets").await, before);
    }
}

/// What is remembered of the roll-up is never shown for what it has become: cases before, between and after roll-ups, by unit
/// and as a whole, all through one running service.
#[tokio::test]
async fn remembered_sums_never_hide_a_case_by_unit_or_as_a_whole() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db.clone(), "leader");
        let (mut online, mut of_first) = (6, 4);
        for (turn, roll) in [false, true, false, true, true, false].into_iter().enumerate() {
            write(&db, vec![fact("received", date(2026, 11, 22), 2001, Level::Commune, 2, 0, 700 + turn as i64)]).await;
            (online, of_first) = (online + 1, of_first + 1);
            let figure = leader.json("/api/v1/targets/ST-042").await;
            assert_eq!(figure["numerator"].as_i64(), Some(online), "turn {turn}");
            let share = (online - 3) as f64 * 100.0 / f64::from(of_first);
            let unit = i18n::L(base::Lang::Vi);
            let wanted = crate::view::amount(unit, crate::programme::Measure::Percent, share);
            let (_, page) = leader.get("/steering/targets/ST-042").await;
            assert!(page.contains(&wanted), "turn {turn}: {wanted} by unit in {page}");
            if roll {
                db.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_unit_below_has_its_own_figure_and_another_period_too() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db, "leader");
        let first = leader.json("/api/v1/targets/ST-042?unit=2001").await;
        assert_eq!(first["value"].as_f64(), Some(75.0));
        assert_eq!(leader.json("/api/v1/targets/ST-042?period=2025").await["state"], "no-data");
        assert_eq!(leader.json("/api/v1/targets/ST-042?period=2026-10").await["value"].as_f64(), Some(60.0));
        assert_eq!(leader.json("/api/v1/targets/ST-039").await["state"], "met");
        let (_, page) = leader.get("/steering/targets/ST-042").await;
        assert!(
            page.contains("60 %") && page.contains("<svg") && page.contains("75 %") && page.contains("50 %"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_cases_behind_a_figure_are_as_many_as_the_figure_says() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db, "leader");
        for (part, rows) in [("numerator", 6), ("denominator", 10), ("missing", 4)] {
            let (status, page) = leader.get(&format!("/steering/targets/ST-042/cases?part={part}")).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(page.matches("<td class=\"nowrap\"").count(), rows, "{part}");
        }
        let (_, csv) = leader.get("/steering/targets/ST-042/cases?part=missing&format=csv").await;
        assert_eq!(csv.lines().count(), 5);
        assert_eq!(leader.get("/steering/targets/ST-042/cases?part=none").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(leader.get("/steering/targets/ST-062/cases").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_export_holds_every_case_also_when_there_are_more_than_a_page_could_show() {
    for (db, _) in database().await {
        let one = |n: i64| fact("received", date(2026, 1 + (n % 10) as i8, 5), 2001, Level::Commune, 2, 0, 10_000 + n);
        write(&db, (0..1_203).map(one).collect()).await;
        let leader = browser(db, "leader");
        let (_, csv) = leader.get("/steering/targets/ST-042/cases?part=denominator&format=csv").await;
        assert_eq!(csv.lines().count(), 1_204);
        let codes: std::collections::HashSet<&str> = csv.lines().filter_map(|line| line.split(',').next()).collect();
        assert_eq!(codes.len(), 1_204);
    }
}

#[tokio::test]
async fn a_commune_leader_sees_his_own_subtree_only() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let leader = browser(db, "commune-leader");
        assert_eq!(leader.json("/api/v1/targets/ST-042").await["denominator"].as_i64(), Some(4));
        for foreign in [
            "/steering?unit=1",
            "/steering/targets/ST-042?unit=2002",
            "/api/v1/targets?unit=2002",
            "/steering/targets/ST-042/cases?unit=1",
        ] {
            assert_eq!(leader.get(foreign).await.0, StatusCode::FORBIDDEN, "{foreign}");
        }
        let (_, page) = leader.get("/steering").await;
        assert!(!page.contains("value=\"2002\""));
        assert_eq!(leader.becomes("clerk").get("/steering").await.0, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_division_head_sees_the_figures_of_the_agency_above_and_the_cases_of_his_own_division() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        db.write(|tx| Box::pin(async move { catalogue::seed(tx, now()).await })).await.unwrap();
        // Settled this month in a field of the division, and in one that is not.
        let settled = |field: &str, flags, n| facts::Fact {
            field: field.into(),
            ..fact("settled", date(2026, 11, 10), 2001, Level::Commune, 1, flags, n)
        };
        let (mine, other) = ("ho-tich", "dat-dai");
        write(&db, vec![settled(mine, flag::ON_TIME, 701), settled(mine, 0, 702), settled(other, 0, 703)]).await;
        let head = browser(db, "head");
        catalogue::reload(&head.app).await.unwrap();
        let shelf = catalogue::shelf(&head.app);
        let tree = organisation::tree_of(&head.app).await.unwrap();
        let division = crate::house::last_of(&division_path()).unwrap();
        let fields = crate::division::fields_of(&tree, &shelf, division, date(2026, 11, 22));
        assert!(fields.contains_key(mine) && !fields.contains_key(other), "{fields:?}");

        let (status, page) = head.get("/steering").await;
        assert_eq!(status, StatusCode::OK);
        let house = tree.name(Id(2001));
        assert!(page.contains(&format!("Số liệu của {house} (")) && page.contains("75 %"), "{page}");
        assert!(page.contains("Tháng này: 1 trên 2 hồ sơ giải quyết đúng hạn (50 %)"), "{page}");
        assert!(page.contains("/work?tab=overdue") && page.contains("Đang xử lý: 0"), "{page}");
        // The number opens its very cases.
        let late = page.split("href=\"").find(|href| href.contains("part=missing") && href.contains("fields=own"));
        let late = late.unwrap().split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let (_, cases) = head.get(&late).await;
        assert_eq!(cases.matches("<td class=\"nowrap\"").count(), 1, "{late}: {cases}");
        // The agency above keeps figures for him; no other does.
        assert_eq!(head.json("/api/v1/targets/ST-042?unit=2001").await["value"].as_f64(), Some(75.0));
        for foreign in ["/steering?unit=1", "/steering?unit=2002", "/api/v1/targets/ST-042?unit=2002"] {
            assert_eq!(head.get(foreign).await.0, StatusCode::FORBIDDEN, "{foreign}");
        }
        // An agency with none below it answers for its own late cases, and the page names what is behind.
        assert!(page.contains("2 hồ sơ · đúng hạn 33,3 %"), "{page}");
        assert!(page.contains("Mục tiêu chậm tiến độ nhất") && page.contains("33,3 %, cần "), "{page}");
        // A leader who looks at the division sees its work too, without a link to a list that is not his.
        let (_, page) = head.becomes("commune-leader").get(&format!("/steering?unit={division}")).await;
        assert!(page.contains("Đang xử lý: 0") && !page.contains("/work?tab=unit"), "{page}");
        assert!(!head.becomes("commune-leader").get("/steering").await.1.contains("Đang xử lý: "));
    }
}

#[tokio::test]
async fn a_declared_figure_counts_after_the_second_person_and_carries_its_evidence() {
    for (db, _) in database().await {
        let officer = browser(db, "reform");
        let fields =
            [("as_of", "2026-09-30"), ("numerator", "100"), ("denominator", "103"), ("note", "Báo cáo 12/BC-SNV")];
        let (status, _, page) = declare(&officer, "ST-062", &fields, false).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("href=\"#evidence\"") && page.contains("value=\"103\""), "{page}");
        let (status, to, page) = declare(&officer, "ST-062", &fields, true).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/steering/targets/ST-062"), "{page}");
        assert_eq!(officer.json("/api/v1/targets/ST-062").await["source"], "none");
        let (_, own) = officer.get("/steering/targets/ST-062").await;
        assert!(own.contains("Chờ kiểm tra"));
        let figure = figure_of(&officer, "ST-062").await;
        let own = officer.get(&figure).await.1;
        assert!(own.contains("Báo cáo 12/BC-SNV") && !own.contains(&format!("{figure}/accept")), "{own}");
        let accept = format!("{figure}/accept");
        let (status, ..) = officer.upload("/steering/programmes/new", &accept, &[], &[]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "whoever declared it does not look at it");

        let leader = officer.becomes("leader");
        let (_, list) = leader.get("/steering/figures").await;
        assert!(list.contains(&figure) && list.contains("100 / 103") != list.contains("97,1 %"), "{list}");
        let (status, _, page) = leader.upload(&figure, &format!("{figure}/return"), &[("note", "")], &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("href=\"#note\""), "{page}");
        let (status, to, _) = leader.upload(&figure, &accept, &[], &[]).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, figure.as_str()));
        assert!(!leader.get("/steering/figures").await.1.contains(&figure), "it waits for nobody");
        assert!(leader.get("/steering/figures?tab=checked").await.1.contains(&figure));
        let counted = leader.json("/api/v1/targets/ST-062").await;
        assert_eq!(
            (counted["value"].as_f64(), &counted["source"], &counted["state"]),
            (Some(97.09), &"declared".into(), &"missed".into())
        );
        let (_, page) = leader.get(&figure).await;
        let paper = page.split(&format!("{figure}/files/")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let paper = format!("{figure}/files/{paper}");
        let (status, file) = leader.get(&paper).await;
        assert_eq!((status, file.starts_with("%PDF")), (StatusCode::OK, true));
        // Elsewhere there is no such figure, nor its evidence, nor a line of it.
        let below = officer.becomes("commune-leader");
        for address in [&paper, &figure] {
            assert_eq!(below.get(address).await.0, StatusCode::NOT_FOUND);
        }
        assert!(!below.get("/steering/figures?tab=checked").await.1.contains(&figure));
    }
}

#[tokio::test]
async fn a_digitisation_target_is_held_at_its_own_level() {
    for (db, _) in database().await {
        let done = flag::HAS_RESULT | flag::DIGITISED;
        let day = date(2026, 3, 2);
        let mut facts: Vec<_> = (0..10)
            .map(|n| {
                fact("settled", day, 2001, Level::Commune, 1, if n < 2 { done } else { flag::HAS_RESULT }, 300 + n)
            })
            .collect();
        facts.extend((0..10).map(|n| {
            fact("settled", day, 106, Level::Province, 1, if n < 9 { done } else { flag::HAS_RESULT }, 400 + n)
        }));
        write(&db, facts).await;
        let leader = browser(db, "leader");
        assert_eq!(leader.json("/api/v1/targets/ST-010").await["value"].as_f64(), Some(90.0));
        assert_eq!(leader.json("/api/v1/targets/ST-012").await["value"].as_f64(), Some(20.0));
        assert_eq!(leader.json("/api/v1/targets/ST-011").await["state"], "no-data");
    }
}

#[tokio::test]
async fn a_yearly_rise_is_counted_in_its_own_year_against_the_year_before() {
    for (db, _) in database().await {
        let year = |year: i16, digitised: i64, subject: i64| {
            (0..20).map(move |n| {
                let flags = if n < digitised { flag::HAS_RESULT | flag::DIGITISED } else { flag::HAS_RESULT };
                fact("settled", date(year, 3, 2), 2001, Level::Commune, 1, flags, subject + n)
            })
        };
        write(&db, year(2024, 7, 500).chain(year(2025, 11, 600)).collect()).await;
        let leader = browser(db, "leader");
        // 35 % in 2024, 55 % in 2025: the twenty points asked for.
        let rise = leader.json("/api/v1/targets/ST-024").await;
        assert_eq!((rise["value"].as_f64(), rise["state"].as_str()), (Some(55.0), Some("met")));
        assert_eq!(rise["as_of"], "2025-12-31");
        assert_eq!(leader.json("/api/v1/targets/ST-023").await["state"], "no-data");
        let (_, page) = leader.get("/steering/targets/ST-024/cases?part=denominator&period=2026").await;
        assert_eq!(page.matches("<td class=\"nowrap\"").count(), 20);
    }
}

#[tokio::test]
async fn a_programme_lists_its_targets_and_filters_in_the_address() {
    for (db, _) in database().await {
        let leader = browser(db, "leader");
        let (status, page) = leader.get("/steering/programmes/soc-trang-2021").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("ST-042") && page.contains("NQ 10-NQ/TU II.2.2.(5)") && !page.contains(">ST-025<"));
        assert!(leader.get("/steering/programmes/soc-trang-2021?derived=1").await.1.contains(">ST-025<"));
        let (_, page) = leader.get("/steering/programmes/soc-trang-2021?axis=civil-service&due=2025").await;
        assert!(page.contains("ST-062") && !page.contains("ST-063") && !page.contains("ST-042"));
        // The targets without data of both documents, page by page.
        let mut pages = String::new();
        for n in 1..=4 {
            let (_, page) = leader.get(&format!("/steering/programmes?state=no-data&page={n}")).await;
            assert!(page.matches("class=\"code\">").count() <= 40, "page {n}");
            pages.push_str(&page);
        }
        assert!(pages.contains("ST-062") && pages.contains("NT-001"));
        let (_, csv) = leader.get("/steering/programmes/ninh-thuan-2021?format=csv&derived=1").await;
        assert_eq!(csv.lines().count(), 104);
        assert_eq!(leader.get("/steering/programmes/none").await.0, StatusCode::NOT_FOUND);
        assert_eq!(leader.get("/steering/targets/XX-001").await.0, StatusCode::NOT_FOUND);
        assert_eq!(leader.get("/steering?period=2026-13").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[test]
fn both_languages_have_every_word_the_module_uses() {
    assert_eq!(i18n::check(&[crate::LOCALES]), Vec::<String>::new());
    let others =
        [initiatives::LOCALES, desk::LOCALES, records::LOCALES, lists::LOCALES, web::locales(), web::base_locales()];
    i18n::install(&[&[crate::LOCALES][..], &others[..]].concat());
    let mut keys = std::collections::BTreeSet::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for dir in ["src", "src/definitions", "templates"] {
        for entry in std::fs::read_dir(root.join(dir)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                keys.extend(i18n::keys_used(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let known = crate::testing::definitions();
    keys.extend(crate::definitions::conditions(known).into_iter().map(|name| format!("reform-flag-{name}")));
    let measures = crate::definitions::measures(known);
    keys.extend(measures.keys().map(|measure| format!("reform-counted-{measure}")));
    assert!(keys.len() > 90);
    let programmes = crate::Programmes::shipped();
    for placed in programmes.targets() {
        keys.insert(format!("reform-axis-{}", placed.subject.axis));
        keys.insert(format!("reform-measure-{}", placed.target.unit.as_str()));
        keys.extend(placed.target.level.split('+').map(|level| format!("reform-level-{level}")));
    }
    keys.extend(records::frame::words_of::<crate::Declared>());
    let asked = [crate::draft_form::HEAD, crate::draft_form::TARGET, crate::draft_form::TASK].concat();
    let hidden = ["version", "was"];
    let asked = asked.iter().filter(|field| !hidden.contains(&field.name));
    keys.extend(asked.map(|field| format!("reform-field-{}", field.name)));
    let declared = ["as_of", "numerator", "denominator", "value", "evidence", "note"];
    keys.extend(declared.map(|field| format!("reform-declare-field-{field}")));
    keys.extend(crate::lists().into_iter().flat_map(|list| list.words));
    keys.extend(["remove", "propose", "accept", "return"].map(|verb| format!("reform-draft-did-{verb}")));
    for stage in ["draft", "proposed", "in-force"] {
        keys.insert(format!("reform-stage-{stage}"));
    }
    keys.extend(["reform-strive-0", "reform-strive-1"].map(str::to_owned));
    keys.extend(crate::draft_form::COMPARES.iter().map(|one| format!("reform-compare-{one}")));
    for unit in crate::draft_form::UNITS {
        keys.extend([format!("reform-unit-{unit}"), format!("reform-measure-{unit}")]);
    }
    for need in crate::missing::Need::ALL {
        keys.insert(format!("reform-need-{}", need.as_str()));
        keys.insert(format!("reform-need-{}-hint", need.as_str()));
    }
    for state in crate::state::State::ALL {
        keys.insert(format!("reform-state-{}", state.as_str()));
        keys.insert(format!("reform-why-{}", state.as_str()));
    }
    for key in keys {
        assert!(i18n::has(base::Lang::Vi, &key), "{key}");
    }
}
