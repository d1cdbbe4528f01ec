//! Every shared component on one page, for looking at: `cargo run -p web --example gallery -- 8099`.
//! A cookie `session=official` or `session=citizen` shows the two looks.

use askama::Template;
use base::{Actor, Fault, Grant, Id, Instant, Problem, Role};
use i18n::L;
use std::sync::Arc;
use store::{Db, Migrations};
use web::chart::{Bar, Goal, Trajectory};
use web::table::{Paging, SortLink};
use web::{
    Access, Answer, App, AppInner, BoxFuture, Breadcrumb, Choice, Clock, Ctx, Module, NavItem, Routes, SignedIn,
};

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    l: L,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    choices: Vec<Choice>,
    paging: Paging,
    sort: SortLink,
    spark: String,
    chart: String,
    bars: String,
}

async fn gallery(ctx: Ctx) -> Answer {
    let l = ctx.l;
    let points: Vec<Option<f64>> =
        (0..23).map(|m| if m == 7 { None } else { Some(38.0 + f64::from(m) * 1.7 + f64::from(m % 3)) }).collect();
    let bar = |label: &str, value: f64, state: &str| Bar {
        label: label.into(),
        value,
        text: format!("{} %", web::chart::number(l, value)),
        state: state.into(),
        href: "#".into(),
    };
    let page = Gallery {
        l,
        trail: vec![Breadcrumb::new("Trang chủ", "/"), Breadcrumb::new("Thành phần", "")],
        problems: vec![
            Problem::new("web-field-missing").field("phone").arg("field", "Số điện thoại").rule("NĐ 118/2025 Điều 17"),
            Problem::new("web-field-wrong").field("field").arg("field", "Lĩnh vực"),
        ],
        choices: vec![Choice::new("a", "Tại quầy"), Choice::new("b", "Trực tuyến"), Choice::new("c", "Bưu chính")],
        paging: Paging::from_uri(&ctx.uri).of(130),
        sort: web::table::sort_link(&ctx.uri, "code"),
        spark: web::chart::sparkline(&points.iter().flatten().copied().collect::<Vec<f64>>()),
        chart: web::chart::trajectory(
            l,
            &Trajectory {
                name: "Tỷ lệ hồ sơ trực tuyến".into(),
                unit: "%".into(),
                first_month: "2025-01".into(),
                points,
                goals: vec![
                    Goal { month: 11, value: 50.0, label: "50 % (2025)".into() },
                    Goal { month: 35, value: 80.0, label: "80 % (2027)".into() },
                ],
                start: Some((0, 38.0)),
                top: Some(100.0),
            },
        ),
        bars: web::chart::bars(
            l,
            &[
                bar("Phường Ninh Kiều", 91.2, "ontime"),
                bar("Phường Cái Răng", 83.0, "ontime"),
                bar("Xã Phong Điền", 71.5, "near"),
                bar("Xã Mỹ Tú, trước là ba xã Mỹ Tú, Mỹ Thuận và thị trấn Huỳnh Hữu Nghĩa", 38.4, "late"),
            ],
        ),
    };
    Ok(ctx.page("Các thành phần", &page))
}

struct Pretend;
impl web::Sessions for Pretend {
    fn load<'a>(&'a self, _: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let role = if token == "official" { Role::Clerk } else { Role::Citizen };
        Box::pin(async move {
            let actor = Actor {
                account: Id(1),
                name: "Trần Thị Hoàng Lan".into(),
                grants: vec![Grant::new(role, Id(8), "/1/8/")],
                citizen_number: None,
            };
            Ok(Some(SignedIn { actor, session: Id(2), csrf: "gallery-only-secret".into() }))
        })
    }
}

/// What the desk's entries of the menu need.
const DESK: base::Permission = base::Permission::new("desk", &[Role::Clerk]);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let nav = |key, href, icon, access, order| NavItem { key, href, icon, access, order };
    let work = Access::Needs(DESK);
    let module = Module {
        name: "gallery",
        routes: Routes::new().get("/", Access::Public, gallery).get("/gallery", Access::Public, gallery),
        migrations: Migrations { module: "gallery", steps: &[] },
        locales: i18n::Source {
            module: "gallery",
            vi: "gallery-work = Việc của tôi\ngallery-intake = Tiếp nhận\ngallery-procedures = Thủ tục hành chính\ngallery-units = Cơ quan, đơn vị\ngallery-steering = Chỉ đạo\ngallery-plans = Kế hoạch\n",
            en: "gallery-work = My work\ngallery-intake = Intake\ngallery-procedures = Procedures\ngallery-units = Units\ngallery-steering = Steering\ngallery-plans = Plans\n",
        },
        permissions: &[DESK],
        homes: &[],
        nav: vec![
            nav("gallery-work", "/gallery", "inbox", work, 10),
            nav("gallery-intake", "/intake", "plus", work, 20),
            nav("gallery-steering", "/steering", "target", work, 30),
            nav("gallery-plans", "/plans", "calendar", work, 40),
            nav("gallery-procedures", "/procedures", "book", Access::Public, 50),
            nav("gallery-units", "/units", "building", Access::Public, 60),
        ],
    };
    let app = App::new(AppInner {
        db: Db::open("sqlite::memory:").await?,
        clock: Clock::system(),
        sessions: Arc::new(Pretend),
        demo: true,
        data_dir: std::env::temp_dir(),
        nav: vec![],
        secure_cookies: false,
        extensions: Default::default(),
    });
    app.put(web::AgencyName(Box::new(|_| Some("Trung tâm Phục vụ hành chính công phường Ninh Kiều".into()))));
    let router = web::build_router(app, vec![module]);
    let port = std::env::args().nth(1).unwrap_or_else(|| "8099".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?;
    Ok(())
}
