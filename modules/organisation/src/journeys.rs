//! Journeys through the router: a visitor looks agencies up, a keeper changes one.

use crate::seed::tests::seeded;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::{Actor, Fault, Grant, Id, Instant, Role};
use std::sync::Arc;
use store::Db;
use tower::ServiceExt;
use web::{App, AppInner, BoxFuture, Clock, Sessions, SignedIn};

/// What administrators are not allowed.
const OTHERS: base::Permission = base::Permission::new("others", &[Role::Clerk]);

struct Keeper;

impl Sessions for Keeper {
    fn load<'a>(&'a self, _: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let role = if token == "keeper" { Role::Administrator } else { Role::Clerk };
        let (role, path) = if token == "province" { (Role::Administrator, "/1/") } else { (role, "/1/102/") };
        let grant = Grant::new(role, Id(102), path);
        let actor = Actor { account: Id(7), name: "Lê Văn Tám".into(), grants: vec![grant], citizen_number: None };
        Box::pin(async move { Ok(Some(SignedIn { actor, session: Id(1), csrf: "secret-of-the-session".into() })) })
    }
}

struct Browser {
    router: Router,
    cookie: &'static str,
}

impl Browser {
    fn new(db: Db, cookie: &'static str) -> Browser {
        Browser::with(db, cookie, |_| {})
    }

    fn with(db: Db, cookie: &'static str, settle: impl FnOnce(&App)) -> Browser {
        let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
        let app = App::new(AppInner {
            db,
            clock: Clock::fixed(now),
            sessions: Arc::new(Keeper),
            demo: false,
            data_dir: std::env::temp_dir(),
            nav: vec![],
            secure_cookies: false,
            extensions: Default::default(),
        });
        settle(&app);
        Browser { router: web::build_router(app, vec![crate::module()]), cookie }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), 4_000_000).await.unwrap();
        (status, to.unwrap_or_default(), String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, uri: &str) -> (StatusCode, String) {
        let request = Request::get(uri).header(header::COOKIE, self.cookie).body(Body::empty()).unwrap();
        let (status, _, text) = self.send(request).await;
        (status, text)
    }

    async fn post(&self, uri: &str, form: &str) -> (StatusCode, String, String) {
        let (_, page) = self.get(uri).await;
        let token = page.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
        let request = Request::post(uri)
            .header(header::COOKIE, self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("_csrf={token}&{form}")))
            .unwrap();
        self.send(request).await
    }
}

#[tokio::test]
async fn anybody_finds_an_agency_without_marks_and_sees_it_on_a_chosen_day() {
    for db in seeded().await {
        let browser = Browser::new(db, "");
        let (status, page) = browser.get("/units").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Ủy ban nhân dân phường Ninh Kiều") && page.contains("H13.20"));
        let (_, page) = browser.get("/units?q=so+noi+vu").await;
        assert!(page.contains("H13.02"), "{page}");
        let (_, page) = browser.get("/units?on=2025-06-30").await;
        assert!(page.contains("Ủy ban nhân dân tỉnh Sóc Trăng") && !page.contains("phường Ninh Kiều"));
        let (_, page) = browser.get("/units/102").await;
        assert!(page.contains("Sở Nội vụ tỉnh Sóc Trăng") && page.contains("07:00–11:30"), "{page}");
        let (_, page) = browser.get("/units/102?on=2025-06-30").await;
        assert!(page.contains("Không hoạt động ngày 30/06/2025"));
    }
}

#[tokio::test]
async fn a_unit_shows_what_it_came_from_and_what_it_became() {
    for db in seeded().await {
        let browser = Browser::new(db, "");
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
        let browser = Browser::new(db, "");
        assert_eq!(browser.get("/units?on=yesterday").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        for unknown in ["/units/999999", "/units/abc", "/admin-units/5", "/admin-units/x"] {
            assert_eq!(browser.get(unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
        }
    }
}

#[tokio::test]
async fn a_keeper_opens_a_division_through_the_form_and_it_is_in_the_tree_at_once() {
    for db in seeded().await {
        let browser = Browser::new(db, "session=keeper");
        let given = "kind=division&code=H13.02.08&name=Ph%C3%B2ng+Thanh+ni%C3%AAn&decision=15%2FQ%C4%90-UBND&day=2026-11-02&reason=S%E1%BA%AFp+x%E1%BA%BFp";
        let (status, _, page) = browser.post("/units/102/open", &given.replace("2026-11-02", "2027-01-01")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("Ngày này chưa đến") && page.contains("Phòng Thanh niên"), "{page}");
        let (status, to, page) = browser.post("/units/102/open", given).await;
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
        let browser = Browser::with(db.clone(), "session=keeper", |app| {
            app.put(crate::OpenWork(vec![twelve]));
        });
        let (_, page) = browser.get("/units/1021/end").await;
        assert!(page.contains("<a href=\"/units?q=open\">12 ") && page.contains("<li>3 "), "{page}");
        assert!(!page.contains("/hidden") && !page.contains("/nothing"));
        let (status, _, page) = browser.post("/units/1021/end", form).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        assert!(page.contains("Còn 15 việc chưa xong") && page.contains("<a href=\"/units?q=open\">12 "), "{page}");
        let (_, page) = browser.get("/units/1021").await;
        assert!(!page.contains("đến hết"), "it stands");
        // With nothing open it goes through.
        let browser = Browser::new(db, "session=keeper");
        let (status, _, page) = browser.post("/units/1021/end", form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
}

#[tokio::test]
async fn a_keeper_of_the_province_adds_a_day_off_and_takes_it_back_and_others_only_read() {
    for db in seeded().await {
        let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
        db.write(move |tx| Box::pin(async move { crate::seed_calendar(tx, now).await })).await.unwrap();
        let keeper = Browser::new(db.clone(), "session=province");
        let (_, page) = keeper.get("/calendar?year=2026").await;
        assert!(page.contains("Tết Nguyên đán") && page.contains("16/02/2026 – 20/02/2026"), "{page}");
        assert!(page.contains("VB 12729/VPCP-KGVX") && page.contains("Làm bù ngày 10/01/2026"), "{page}");
        let given = "kind=holiday&name=%C3%93c+Om+B%C3%B3c&first_day=2026-11-25&last_day=&decision=15%2FTB-UBND&reason=L%E1%BB%85+h%E1%BB%99i";
        let (status, _, page) = keeper.post("/calendar/add/day", &given.replace("2026-11-25", "2026-11-19")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("Ngày này đã qua") && page.contains("Óc Om Bóc"), "{page}");
        let (status, to, page) = keeper.post("/calendar/add/day", given).await;
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
        let visitor = Browser::new(db.clone(), "");
        let (status, page) = visitor.get("/calendar").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Óc Om Bóc") && !page.contains("/calendar/add/") && !page.contains("/remove"), "{page}");
        assert_eq!(visitor.get("/calendar?year=1999").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let part = Browser::new(db, "session=keeper");
        assert_eq!(part.get("/calendar/add/day").await.0, StatusCode::FORBIDDEN);
        assert_eq!(part.get(&remove).await.0, StatusCode::FORBIDDEN);
        let (status, _, page) = keeper.post(&remove, "decision=16%2FTB-UBND&reason=Ho%C3%A3n").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let (_, page) = keeper.get("/calendar?year=2026").await;
        assert!(page.contains("16/TB-UBND: Hoãn") && page.contains("vn-2026.11/r2"), "{page}");
        assert_eq!(keeper.get("/calendar/add/nonsense").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn who_may_not_keep_the_agency_is_refused() {
    for db in seeded().await {
        let clerk = Browser::new(db.clone(), "session=clerk");
        assert_eq!(clerk.get("/units/102/open").await.0, StatusCode::FORBIDDEN);
        let keeper = Browser::new(db, "session=keeper");
        assert_eq!(keeper.get("/units/103/rename").await.0, StatusCode::FORBIDDEN);
        let visitor_page = keeper.get("/units/103").await.1;
        assert!(!visitor_page.contains("/units/103/rename"));
    }
}

#[test]
fn both_languages_have_every_word_the_module_uses() {
    assert_eq!(i18n::check(&[crate::LOCALES]), Vec::<String>::new());
    i18n::install(&[crate::LOCALES, records::LOCALES, web::locales(), web::base_locales()]);
    let texts = [
        include_str!("pages.rs"),
        include_str!("pages_admin.rs"),
        include_str!("pages_keep.rs"),
        include_str!("pages_calendar.rs"),
        include_str!("pages_days.rs"),
        include_str!("../templates/days.html"),
        include_str!("calendar.rs"),
        include_str!("verbs.rs"),
        include_str!("../templates/list.html"),
        include_str!("../templates/show.html"),
        include_str!("../templates/change.html"),
        include_str!("../templates/calendar.html"),
        include_str!("../templates/calendar_change.html"),
        include_str!("../templates/admin_list.html"),
        include_str!("../templates/admin_show.html"),
    ];
    for key in texts.iter().flat_map(|text| i18n::keys_used(text)) {
        assert!(i18n::has(base::Lang::Vi, &key), "{key}");
    }
    for kind in crate::Kind::ALL {
        assert!(i18n::has(base::Lang::En, &format!("organisation-kind-{}", kind.as_str())));
    }
    for unit in crate::shipped::units() {
        assert!(i18n::has(base::Lang::Vi, &format!("organisation-unit-{}", unit.kind)), "{unit:?}");
    }
}
