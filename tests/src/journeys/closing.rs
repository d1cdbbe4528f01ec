//! The calendar as data edited on a screen: what received dossiers keep, what an emergency decision moves, and who may do either.

use super::one_stop::{act, received};
use super::portal::{filed_online, newcomer};
use super::reorganised::signed_in;
use crate::harness::{Client, TestApp, on_fresh_provinces, settle_official_at};
use base::{Date, Instant, Limit, Role};
use serde_json::{Value, json};

/// A second keeper of the province.
async fn second(app: &TestApp, login: &str) -> Client {
    let root = app.tree().root().expect("a root").clone();
    settle_official_at(app.db(), app.clock.now(), login, Role::Administrator, &root).await;
    signed_in(app, login).await
}

fn decision<'a>(first: &'a str, codes: &'a str) -> [(&'static str, &'a str); 7] {
    [
        ("title", "Ngừng làm việc do bão số 12"),
        ("number", "15/CĐ-UBND"),
        ("authority", "Chủ tịch Ủy ban nhân dân thành phố"),
        ("first_day", first),
        ("last_day", ""),
        ("codes", codes),
        ("reason", "Bão đổ bộ, toàn thành phố sơ tán"),
    ]
}

/// A decision prepared by one keeper and executed by another; its code.
pub(crate) async fn closed(app: &TestApp, first: Date) -> String {
    let (mut keeper, mut other) = (app.administrator().await, second(app, "lich.hai").await);
    keeper.get("/closings/new").await.is(200);
    let first = first.to_string();
    let page = keeper.upload("/closings/new", &decision(&first, ""), &[]).await.is(303).location.clone();
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.is(303);
    other.get(&page).await.is(200);
    other.upload(&format!("{page}/execute"), &[], &[]).await.is(303);
    page.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a code").to_owned()
}

/// Hours of an agency, looked at and then set by its keeper.
pub(crate) async fn opened_on_saturday(app: &TestApp, code: &str, from: Date) {
    let mut keeper = app.administrator().await;
    let agency = app.tree().by_code(code).expect("an agency").id;
    let (path, from) = (format!("/units/{agency}/hours"), from.to_string());
    keeper.get(&path).await.is(200);
    let given =
        [("first_day", from.as_str()), ("saturday", "07:30-11:00"), ("decision", "3/QĐ"), ("reason", "Thí điểm")];
    let looked = keeper.post(&path, &given).await;
    let seen = looked.is(200).between("name=\"seen\" value=\"", "\"").expect("what was looked at").to_owned();
    keeper.post(&path, &[&given[..], &[("seen", &seen)]].concat()).await.is(303);
}

async fn dossier(client: &mut Client, code: &str) -> Value {
    client.get_json(&format!("/api/v1/dossiers/{code}")).await.json()
}

async fn well(app: &TestApp) {
    let outside = dossiers::verify::Outside {
        now: app.clock.now(),
        proofs: motcua::proofs(),
        kinds: motcua::kinds(),
        ..Default::default()
    };
    let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
    assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
}

async fn calendar(app: &TestApp) -> base::Calendar {
    app.db().read(|tx| Box::pin(async move { organisation::load_calendar(tx).await })).await.expect("a calendar")
}

/// A change of the calendar by its form: looked at, and then made.
async fn changed(keeper: &mut Client, what: &str, given: &[(&str, &str)], shows: &str) {
    let path = format!("/calendar/add/{what}");
    keeper.get(&path).await.is(200);
    let looked = keeper.post(&path, given).await;
    let seen = looked.is(200).shows(shows).between("name=\"seen\" value=\"", "\"").expect("a name").to_owned();
    keeper.post(&path, &[given, &[("seen", &seen)]].concat()).await.is(303);
}

/// Acceptance item 12 of the one-stop specification: the holiday calendar is editable with a day of effect, swaps are supported, the vectors
/// of 6.4 pass.
#[test]
fn acceptance_12_holidays_are_edited_with_a_day_of_effect_swaps_are_supported_and_the_vectors_pass() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.administrator().await;
        let holiday = [
            ("kind", "holiday"),
            ("name", "Lễ hội Óc Om Bóc"),
            ("first_day", "2027-03-10"),
            ("decision", "15/TB-UBND"),
            ("reason", "Lễ hội"),
        ];
        changed(&mut keeper, "day", &holiday, "10/03/2027").await;
        let swap =
            [("first_day", "2027-03-12"), ("worked_day", "2027-03-20"), ("decision", "16"), ("reason", "Hoán đổi")];
        changed(&mut keeper, "swap", &swap, "20/03/2027").await;
        let now = calendar(&app).await;
        assert_eq!(now.version(), "vn-2026.11/r2");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        assert!(!now.is_working_day(day("2027-03-10")) && !now.is_working_day(day("2027-03-12")));
        assert!(now.is_working_day(day("2027-03-20")) && now.is_working_day(day("2027-03-11")));
        // Nothing is written into the past.
        let past = holiday.map(|(name, text)| (name, if name == "first_day" { "2026-01-05" } else { text }));
        keeper.post("/calendar/add/day", &past).await.is(422).shows("Ngày này đã qua");
        let vectors = [
            ("2026-02-13", 3, "2026-02-25"),
            ("2026-04-24", 2, "2026-04-29"),
            ("2026-04-24", 3, "2026-05-04"),
            ("2026-08-21", 1, "2026-08-22"),
            ("2026-08-28", 1, "2026-09-03"),
            ("2026-11-23", 2, "2026-11-26"),
        ];
        for (received, limit, due) in vectors {
            let at = Instant::from_local(day(received).at(9, 0, 0, 0));
            let counted = now.due(at, Limit::WorkingDays(limit), None).due_at;
            assert_eq!(counted, Instant::from_local(day(due).at(9, 0, 0, 0)), "{received} {limit}");
        }
        let late = Instant::from_local(day("2026-11-26").at(15, 5, 0, 0));
        let cut_off = Some(base::Time::constant(15, 0, 0, 0));
        assert_eq!(now.due(late, Limit::SameDay, cut_off).due_at.date(), day("2026-11-27"));
        well(&app).await;
    });
}

#[test]
fn a_change_of_the_calendar_shows_what_it_concerns_and_moves_no_received_dossier() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let before = dossier(&mut clerk, &code).await;
        let mut keeper = app.administrator().await;
        // Promised for today; by a calendar in which today is off it would be another day.
        let today = app.clock.now().date().to_string();
        let holiday = [
            ("kind", "holiday"),
            ("name", "Lễ hội"),
            ("first_day", today.as_str()),
            ("decision", "15"),
            ("reason", "Lễ hội"),
        ];
        changed(&mut keeper, "day", &holiday, "1 hồ sơ đang mở có hạn sẽ khác").await;
        assert_eq!(dossier(&mut clerk, &code).await, before, "it stays as it was promised");
        opened_on_saturday(&app, &app.tree().communes()[0].code.clone(), app.clock.now().date()).await;
        assert_eq!(dossier(&mut clerk, &code).await, before);
        assert!(!app.event_kinds(&code).await.iter().any(|kind| kind == "due-moved"));
        well(&app).await;
        // Who keeps no part of it sees no form, and nothing is changed by it.
        for role in [Role::Clerk, Role::Officer, Role::Leader, Role::Citizen] {
            let mut somebody = app.signed_in(role).await;
            somebody.get("/calendar/add/day").await.is(403);
            somebody.get("/closings").await.is(403);
            somebody.get("/closings/dossiers?closing=KC26-000001").await.is(403);
        }
    });
}

#[test]
fn an_emergency_decision_moves_each_promise_once_by_two_people_and_tells_the_applicant() {
    on_fresh_provinces(|app| async move {
        let (mut keeper, mut clerk) = (app.administrator().await, app.signed_in(Role::Clerk).await);
        let mut citizen = newcomer(&app, "094190100777").await;
        let online = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &online, "receive-online", json!({})).await.is(200);
        let counter = received(&app, &mut clerk).await;
        let before = dossier(&mut clerk, &online).await;
        let today = app.clock.now().date().to_string();
        keeper.get("/closings/new").await.is(200).shows("Người ký");
        let old = decision("2026-01-05", "");
        keeper.upload("/closings/new", &old, &[]).await.is(422).shows("href=\"#first_day\"").shows("chỉ lùi được");
        keeper.upload("/closings/new", &decision(&today, "H13.nowhere"), &[]).await.is(422).shows("href=\"#codes\"");
        let page = keeper.upload("/closings/new", &decision(&today, ""), &[]).await.is(303).location.clone();
        let path = page.split('?').next().expect("a path").to_owned();
        let code = path.rsplit('/').next().expect("a code").to_owned();
        keeper.get(&path).await.is(200).shows("Sẽ dời nếu thực hiện lúc này").shows("2 hồ sơ dời hạn trả kết quả");
        let list = format!("/closings/dossiers?closing={code}");
        keeper.get(&list).await.is(200).shows(&counter).shows(&online).shows("chưa có gì thay đổi");
        let file = keeper.get(&format!("{list}&format=csv")).await;
        file.is(200).shows(&counter).shows("Hạn cũ");
        assert_eq!(dossier(&mut clerk, &online).await, before, "only looked at");
        keeper.upload(&format!("{path}/submit"), &[], &[]).await.is(303);
        keeper.get(&path).await.is(200).shows_not(&format!("{path}/execute"));
        keeper.upload(&format!("{path}/execute"), &[], &[]).await.is(403);
        let mut other = second(&app, "lich.hai").await;
        other.get(&path).await.is(200);
        other.upload(&format!("{path}/execute"), &[], &[]).await.leads_to(&path);
        other
            .get(&path)
            .await
            .is(200)
            .shows("2 hồ sơ dời hạn trả kết quả")
            .shows("xét theo hạn ghi trên giấy tiếp nhận");
        other.upload(&format!("{path}/execute"), &[], &[]).await.is(409);
        let after = dossier(&mut clerk, &online).await;
        assert!(after["due_at"].as_str() > before["due_at"].as_str(), "{before} {after}");
        assert_eq!(after["first_due_at"], before["due_at"], "both dates are kept");
        assert_eq!(after["promised_at"], before["due_at"]);
        for one in [&online, &counter] {
            let kinds = app.event_kinds(one).await;
            assert_eq!(kinds.iter().filter(|kind| *kind == "due-moved").count(), 1);
        }
        clerk.get(&format!("/dossiers/{online}")).await.is(200).shows("Theo quyết định 15/CĐ-UBND").shows("Hạn đã dời");
        clerk.get(&format!("/dossiers/{counter}/slip")).await.is(200).shows("theo quyết định 15/CĐ-UBND");
        citizen.get(&format!("/my/{online}")).await.is(200).shows("quyết định khẩn cấp 15/CĐ-UBND");
        app.worker().run_until_idle(app.db(), app.clock.now()).await.expect("the worker");
        citizen.get("/notices").await.is(200).shows("Hạn trả kết quả dời sang ngày mới");
        keeper.get(&list).await.is(200).shows(&counter).shows("Hạn đã dời khi quyết định được thực hiện");
        keeper.get("/calendar").await.is(200).shows("Ngừng làm việc do bão số 12");
        well(&app).await;
        // What is received afterwards is counted by the new calendar and never moved.
        let later = received(&app, &mut clerk).await;
        assert!(!app.event_kinds(&later).await.iter().any(|kind| kind == "due-moved"));
        assert_eq!(dossier(&mut clerk, &later).await["due_at"], after["due_at"]);
        well(&app).await;
    });
}
