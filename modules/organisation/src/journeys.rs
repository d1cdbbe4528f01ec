//! Journeys through the router: a visitor looks agencies up, a keeper changes one.

use crate::seed::tests::{keeper, seeded};
use axum::http::StatusCode;
use base::{Actor, Grant, Id, Instant, Role};
use store::Db;
use web::testing::Browser;
use web::{App, BoxFuture};

/// What administrators are not allowed.
const OTHERS: base::Permission = base::Permission::new("others", &[Role::Clerk]);

fn person(name: &str) -> Actor {
    match name {
        "keeper" => keeper("/1/102/"),
        "province" => keeper("/1/"),
        _ => Actor { grants: vec![Grant::new(Role::Clerk, Id(102), "/1/102/")], ..keeper("/") },
    }
}

fn browser(db: Db, who: &str) -> Browser {
    settled(db, who, |_| {})
}

fn settled(db: Db, who: &str, settle: impl FnOnce(&App)) -> Browser {
    let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
    let modules = |app: &App| {
        let all = vec![crate::KIND];
        app.put(records::Kinds { all, served: |_, _| Vec::new(), units: |_, _, _| None, house_of: |_, _| None });
        settle(app);
        vec![crate::module()]
    };
    Browser::new(db, (now, std::env::temp_dir()), modules, person, who)
}

#[tokio::test]
async fn anybody_finds_an_agency_without_marks_and_sees_it_on_a_chosen_day() {
    for db in seeded().await {
        let browser = browser(db, "");
        let (status, page) = browser.get("/units").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Ủy ban nhân dân thành phố Cần Thơ") && page.contains("H13.20"), "{page}");
        assert!(!page.contains("rel=\"next\""), "the province's own agencies are one page");
        let (_, page) = browser.get("/units?tab=communes&sort=name&per_page=100").await;
        assert!(page.contains("Ủy ban nhân dân phường Ninh Kiều") && !page.contains("Sở Nội vụ"), "{page}");
        let (_, page) = browser.get("/units?q=so+noi+vu").await;
        assert!(page.contains("H13.02"), "{page}");
        let (_, page) = browser.get("/units?on=2025-06-30&per_page=100").await;
        assert!(page.contains("Ủy ban nhân dân tỉnh Sóc Trăng"));
        let (_, page) = browser.get("/units?on=30/06/2025&tab=communes&per_page=200").await;
        assert!(page.contains("Kế Sách") && !page.contains("phường Ninh Kiều"), "districts, and no communes of today");
        let (_, page) = browser.get("/units/102").await;
        assert!(page.contains("Sở Nội vụ tỉnh Sóc Trăng") && page.contains("07:00–11:30"), "{page}");
        // What it followed is shown on its last day; there it says what followed.
        let before = page.split("href=\"").filter_map(|link| link.split('"').next());
        let before = before.into_iter().find(|link| link.contains("?on=2025-06-30")).unwrap();
        let (_, page) = browser.get(before).await;
        assert!(page.contains("Được kế thừa bởi") && page.contains("href=\"/units/102\""), "{page}");
        let (_, page) = browser.get("/units/102?on=2025-06-30").await;
        assert!(page.contains("Không hoạt động ngày 30/06/2025"));
    }
}

#[tokio::test]
async fn a_unit_shows_what_it_came_from_and_what_it_became() {
    for db in seeded().await {
        let browser = browser(db, "");
        let (_, page) = browser.get("/admin-units?q=GIONG%20RIENG&on=2025-06-30").await;
        assert!(page.contains("Huyện Giồng Riềng") && page.contains("Thị trấn Giồng Riềng"));
        let (status, page) = browser.get("/admin-units/2330904").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Thị trấn Giồng Riềng") && page.contains("từ 01/07/2025"), "{page}");
        let (_, page) = browser.get("/admin-units/2100092").await;
        assert!(page.contains("Tỉnh Sóc Trăng") && page.contains("Ủy ban nhân dân thành phố Cần Thơ"));
    }
}

#[tokio::test]
async fn nonsense_in_the_address_is_answered_with_the_field_or_not_found() {
    for db in seeded().await {
        let browser = browser(db, "");
        assert_eq!(browser.get("/units?on=yesterday").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        for unknown in ["/units/999999", "/units/abc", "/admin-units/5", "/admin-units/x"] {
            assert_eq!(browser.get(unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
        }
    }
}

#[tokio::test]
async fn a_keeper_opens_a_division_through_the_form_and_it_is_in_the_tree_at_once() {
    for db in seeded().await {
        let browser = browser(db, "keeper");
        let given = "kind=division&code=H13.02.08&name=Ph%C3%B2ng+Thanh+ni%C3%AAn&decision=15%2FQ%C4%90-UBND&day=2026-11-02&reason=S%E1%BA%AFp+x%E1%BA%BFp";
        let (status, _, page) = browser.form("/units/102/open", &given.replace("2026-11-02", "2027-01-01")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("Ngày này chưa đến") && page.contains("Phòng Thanh niên"), "{page}");
        let (status, to, page) = browser.form("/units/102/open", given).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let (_, page) = browser.get(&to).await;
        assert!(page.contains("Phòng Thanh niên") && page.contains("15/QĐ-UBND: Sắp xếp"), "{page}");
        assert!(browser.get("/units?q=thanh+nien").await.1.contains("H13.02.08"));
    }
}

fn twelve(_: &store::Tx, _: Id, _: base::Date) -> BoxFuture<'_, Result<Vec<crate::Open>, store::StoreError>> {
    let open = |count, href: &str, needs| crate::Open { what: "organisation-found", count, href: href.into(), needs };
    let found = vec![
        open(12, "/units?q=open", crate::rights::KEEP_ORGANISATION),
        open(3, "/hidden", OTHERS),
        open(0, "/nothing", crate::rights::KEEP_ORGANISATION),
    ];
    Box::pin(async move { Ok(found) })
}

#[tokio::test]
async fn an_agency_with_open_work_is_not_ended_and_what_is_open_is_listed_with_links_one_may_follow() {
    for db in seeded().await {
        let form = "successor=102&decision=15%2FQ%C4%90-UBND&day=2026-11-02&reason=S%E1%BA%AFp+x%E1%BA%BFp";
        let asking = settled(db.clone(), "keeper", |app| {
            app.put(crate::OpenWork(vec![crate::Room::stays(twelve)]));
        });
        let (_, page) = asking.get("/units/1021/end").await;
        assert!(page.contains("<a href=\"/units?q=open\">12 ") && page.contains("<li>3 "), "{page}");
        assert!(!page.contains("/hidden") && !page.contains("/nothing"));
        let (status, _, page) = asking.form("/units/1021/end", form).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        assert!(page.contains("Còn 15 việc chưa xong") && page.contains("<a href=\"/units?q=open\">12 "), "{page}");
        let (_, page) = asking.get("/units/1021").await;
        assert!(!page.contains("đến hết"), "it stands");
        // With nothing open it goes through.
        let browser = browser(db, "keeper");
        let (status, _, page) = browser.form("/units/1021/end", form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
}

#[tokio::test]
async fn a_keeper_of_the_province_adds_a_day_off_and_takes_it_back_and_others_only_read() {
    for db in seeded().await {
        let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
        db.write(move |tx| Box::pin(async move { crate::seed_calendar(tx, now).await })).await.unwrap();
        let keeper = browser(db.clone(), "province");
        let (_, page) = keeper.get("/calendar?year=2026").await;
        assert!(page.contains("Tết Nguyên đán") && page.contains("16/02/2026 – 20/02/2026"), "{page}");
        assert!(page.contains("VB 12729/VPCP-KGVX") && page.contains("Làm bù ngày 10/01/2026"), "{page}");
        let given = "kind=holiday&name=%C3%93c+Om+B%C3%B3c&first_day=2026-11-25&last_day=&decision=15%2FTB-UBND&reason=L%E1%BB%85+h%E1%BB%99i";
        let (status, _, page) = keeper.form("/calendar/add/day", &given.replace("2026-11-25", "2026-11-19")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("Ngày này đã qua") && page.contains("Óc Om Bóc"), "{page}");
        // What it changes is shown first, nothing typed is lost, and nothing is made yet.
        let (status, _, page) = keeper.form("/calendar/add/day", given).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Thứ Tư, 25/11/2026") && page.contains("value=\"vn-2026.11\""), "{page}");
        assert!(page.contains("name=\"name\" value=\"Óc Om Bóc\"") && page.contains("value=\"15/TB-UBND\""), "{page}");
        assert!(!keeper.get("/calendar?year=2026").await.1.contains("Óc Om Bóc"), "only looked at");
        let (status, _, page) = keeper.form("/calendar/add/day", &format!("{given}&seen=vn-2026.11&edit=1")).await;
        assert!(status == StatusCode::OK && page.contains("value=\"Óc Om Bóc\"") && !page.contains("name=\"seen\""));
        // What was looked at is what is made: on top of another calendar it is looked at anew.
        let (status, _, page) = keeper.form("/calendar/add/day", &format!("{given}&seen=vn-2026.11/r7")).await;
        assert!(status == StatusCode::OK && page.contains("vừa được người khác sửa"), "{page}");
        let (status, to, page) = keeper.form("/calendar/add/day", &format!("{given}&seen=vn-2026.11")).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/calendar?year=2026"), "{page}");
        let (_, page) = keeper.get(&to).await;
        assert!(page.contains("Óc Om Bóc") && page.contains("15/TB-UBND") && page.contains("vn-2026.11/r1"), "{page}");
        let remove = page
            .split("<tr>")
            .find(|row| row.contains("Óc Om Bóc"))
            .and_then(|row| row.split("href=\"").nth(1))
            .and_then(|rest| rest.split('"').next())
            .unwrap()
            .to_owned();
        let visitor = browser(db.clone(), "");
        let (status, page) = visitor.get("/calendar").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Óc Om Bóc") && !page.contains("/calendar/add/") && !page.contains("/remove"), "{page}");
        assert_eq!(visitor.get("/calendar?year=1999").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let part = browser(db, "keeper");
        assert_eq!(part.get("/calendar/add/day").await.0, StatusCode::FORBIDDEN);
        assert_eq!(part.get(&remove).await.0, StatusCode::FORBIDDEN);
        let given = "decision=16%2FTB-UBND&reason=Ho%C3%A3n";
        let (status, _, page) = keeper.form(&remove, given).await;
        assert!(status == StatusCode::OK && page.contains("Thứ Tư, 25/11/2026"), "{page}");
        let (status, _, page) = keeper.form(&remove, &format!("{given}&seen=vn-2026.11/r1")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let (_, page) = keeper.get("/calendar?year=2026").await;
        assert!(page.contains("16/TB-UBND: Hoãn") && page.contains("vn-2026.11/r2"), "{page}");
        assert_eq!(keeper.get("/calendar/add/nonsense").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn who_keeps_an_agency_opens_it_on_saturday_morning_and_others_only_read() {
    for db in seeded().await {
        let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
        db.write(move |tx| Box::pin(async move { crate::seed_calendar(tx, now).await })).await.unwrap();
        let keeper = browser(db.clone(), "keeper");
        let given = "first_day=2026-12-05&saturday=07:30-11:00&decision=15%2FTB-SNV&reason=Th%C3%AD+%C4%91i%E1%BB%83m";
        let (_, page) = keeper.get("/units/102/hours").await;
        assert!(page.contains("name=\"saturday\""), "{page}");
        let (status, _, page) = keeper.form("/units/102/hours", &given.replace("11:00", "06:00")).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("07:30-06:00"), "{page}");
        let (status, _, page) = keeper.form("/units/102/hours", given).await;
        assert!(status == StatusCode::OK && page.contains("Thứ Bảy, 05/12/2026"), "{page}");
        assert!(page.contains("Chỉ tiếp nhận 07:30–11:00") && !page.contains("Thứ Hai, 07/12/2026"), "{page}");
        let (status, to, page) = keeper.form("/units/102/hours", &format!("{given}&seen=vn-2026.11")).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/calendar/agencies?unit=102"), "{page}");
        let visitor = browser(db.clone(), "");
        let (_, page) = visitor.get("/calendar/agencies?unit=H13.02").await;
        assert!(page.contains("15/TB-SNV") && page.contains("Thứ Bảy: 07:30–11:00"), "{page}");
        assert!(!page.contains("/remove") && !page.contains("href=\"/units/102/hours\""), "{page}");
        assert_eq!(visitor.get("/calendar/agencies?unit=nowhere").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!visitor.get("/calendar?year=2026").await.1.contains("15/TB-SNV"), "not the province's");
        let (_, page) = visitor.get("/units/102?on=2026-12-05").await;
        assert!(page.contains("07:30–11:00") && page.contains("Nghỉ ngày 05/12/2026"), "{page}");
        // Beside, above, and in divisions, nothing.
        for unit in [103, 1] {
            assert_eq!(keeper.get(&format!("/units/{unit}/hours")).await.0, StatusCode::FORBIDDEN);
            let (status, _, _) =
                keeper.form(&format!("/units/{unit}/hours"), &format!("{given}&seen=vn-2026.11/r1")).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
        }
        assert_eq!(keeper.get("/units/1021/hours").await.0, StatusCode::CONFLICT);
        let remove = keeper.get("/calendar/agencies?unit=102").await.1;
        let remove = remove.split("href=\"").filter_map(|rest| rest.split('"').next());
        let remove = remove.into_iter().find(|link| link.ends_with("/remove")).unwrap().to_owned();
        let province = browser(db, "province");
        let taken = "decision=16%2FTB-SNV&reason=Th%C3%B4i&seen=vn-2026.11/r1";
        assert_eq!(province.form(&remove, taken).await.0, StatusCode::SEE_OTHER, "the province's keeper too");
        assert!(!visitor.get("/calendar/agencies?unit=102").await.1.contains("15/TB-SNV"));
    }
}

#[tokio::test]
async fn who_may_not_keep_the_agency_is_refused() {
    for db in seeded().await {
        let (visitor, before) = (browser(db.clone(), ""), tree(&db).await);
        let form = "kind=division&code=H13.02.08&system=party&name=X&successor=103&decision=1&day=2026-11-02&reason=x";
        let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
        for act in ["open", "establish", "rename", "end", "hours"] {
            // A clerk keeps nothing, a keeper nothing beside or above what is theirs.
            for (who, unit) in [("clerk", 102), ("clerk", 1), ("keeper", 103), ("keeper", 1), ("keeper", 7001)] {
                let (someone, uri) = (visitor.becomes(who), format!("/units/{unit}/{act}"));
                assert_eq!(someone.get(&uri).await.0.as_u16(), 403, "GET {uri} {who}");
                let (posted, to, _) = someone.form(&uri, form).await;
                assert!(refused.contains(&posted) && to.is_empty(), "POST {uri} as {who}: {posted} {to}");
                for method in ["PUT", "PATCH", "DELETE"] {
                    assert_eq!(someone.tries(method, &uri).await.as_u16(), 405, "{method} {uri} {who}");
                }
                assert!(!someone.get(&format!("/units/{unit}")).await.1.contains(&format!("href=\"{uri}\"")), "{uri}");
            }
            let uri = format!("/units/102/{act}");
            assert!(!visitor.get(&uri).await.0.is_success() && !visitor.form(&uri, form).await.0.is_success());
        }
        assert_eq!(tree(&db).await.all(), before.all(), "nothing has changed");
    }
}

async fn tree(db: &Db) -> crate::Tree {
    db.read(|tx| Box::pin(async move { crate::load_tree(tx).await })).await.unwrap()
}

/// Words made of other words; all others are looked for by the tests of the whole program.
#[test]
fn both_languages_have_the_words_of_every_list_field_act_and_kind() {
    assert_eq!(i18n::check(&[crate::LOCALES]), Vec::<String>::new());
    i18n::install(&[crate::LOCALES, records::LOCALES, lists::LOCALES, web::locales(), web::base_locales()]);
    let mut wanted: Vec<String> = crate::lists().into_iter().flat_map(|list| list.words).collect();
    let asked = crate::calendar::ADDING.iter().flat_map(|(_, asks)| *asks);
    wanted.extend(asked.map(|field| format!("organisation-calendar-field-{}", field.name)));
    wanted.extend(crate::calendar::ADDING.iter().map(|(what, _)| format!("organisation-calendar-{what}-lead")));
    wanted.extend(records::frame::words_of::<crate::closing::Closing>());
    let acts = ["open", "establish", "rename", "end"];
    wanted.extend(acts.iter().flat_map(|act| ["", "-event", "-done"].map(|tail| format!("organisation-{act}{tail}"))));
    wanted.extend(crate::Kind::WORDS.map(|kind| format!("organisation-kind-{kind}")));
    wanted.extend(crate::shipped::units().iter().map(|unit| format!("organisation-unit-{}", unit.kind)));
    for key in wanted {
        assert!(i18n::has(base::Lang::Vi, &key), "{key}");
    }
}
