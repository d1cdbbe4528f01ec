//! What people at their desks begin the day with: what waits for whom, one unit's list, many dossiers at once, the receipt,
//! agencies changed by another process.

use base::Role;
use serde_json::json;

use crate::harness::{BIRTH, Client, PASSWORD, TestApp, on_every_engine, run, settle_official};

pub(super) async fn receive(app: &TestApp, clerk: &mut Client, competent: base::Id, owner: &str) -> String {
    let body = json!({
        "procedure": BIRTH,
        "intake": app.person(Role::Leader).agency.to_string(),
        "competent": competent.to_string(),
        "owner_name": owner,
        "owner_number": "094190000123",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    });
    let page = clerk.post_json("/api/v1/dossiers", &body).await;
    page.is(201);
    page.json()["code"].as_str().expect("a code").to_owned()
}

/// The number beside the worklist in the menu.
fn waiting(page: &crate::harness::Page) -> Option<i64> {
    let (_, entry) = page.body.split_once("<a href=\"/work\"")?;
    let entry = entry.split("</a>").next()?;
    let (_, rest) = entry.split_once("class=\"nav-count\">")?;
    rest.split('<').next()?.replace('.', "").parse().ok()
}

#[test]
fn the_menu_says_how_much_waits_on_every_page() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut head = app.signed_in(Role::DivisionHead).await;
        let before = waiting(&head.get("/procedures").await).unwrap_or(0);
        receive(&app, &mut clerk, app.person(Role::Leader).agency, "Đếm Thị Một").await;
        let after = head.get("/procedures").await;
        // Other tests receive here too.
        assert!(waiting(&after).expect("a number") > before);
        let list = head.get("/work").await;
        list.is(200).shows("aria-current=\"page\">Chờ tôi xử lý <b>");
        assert!(waiting(&list).expect("a number") > before);
        assert_eq!(waiting(&app.anonymous().get("/procedures").await), None);
    });
}

#[test]
fn a_list_of_one_unit_shows_that_units_dossiers_only() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let here = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let there = app.tree().communes()[2].clone();
        let near = receive(&app, &mut clerk, here.id, "Đơn Vị Gần").await;
        let far = receive(&app, &mut clerk, there.id, "Đơn Vị Xa").await;
        app.clock.advance_ms(30 * 86_400_000);
        let mut inspector = app.signed_in(Role::Inspector).await;
        for tab in ["overdue", "unit", "all"] {
            let list = format!("/work?tab={tab}&unit={}&per_page=100", there.code);
            let page = inspector.get(&list).await;
            page.is(200).shows(&far).shows_not(&near);
            page.shows(&format!("<option value=\"{}\" selected>", there.code)).shows("unit=");
            let csv = inspector.get(&format!("{list}&format=csv")).await;
            csv.is(200).shows(&far).shows_not(&near);
        }
        // A late agency on the leader's page opens at its own list.
        let steering = inspector.get("/steering").await;
        let link =
            steering.body.split("href=\"").find(|link| link.starts_with("/work?tab=overdue")).expect("a late agency");
        assert!(link.split('"').next().is_some_and(|link| link.contains("unit=H13")), "{}", &link[..60]);
        // A division's list holds what lies with it.
        let division = app.tree().get(app.person(Role::DivisionHead).agency).expect("a division").clone();
        let page = inspector.get(&format!("/work?tab=overdue&unit={}&per_page=100&sort=-due", division.code)).await;
        page.is(200).shows_not(&far);
        // An unknown unit narrows nothing and is no error.
        inspector.get("/work?tab=overdue&unit=%27").await.is(200);
    });
}

#[test]
fn a_head_assigns_many_at_once_and_each_that_could_not_be_is_named_with_the_rule() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut head = app.signed_in(Role::DivisionHead).await;
        let officer = app.person(Role::Officer).id.to_string();
        let commune = app.person(Role::Leader).agency;
        let one = receive(&app, &mut clerk, commune, "Giao Một Lượt").await;
        let two = receive(&app, &mut clerk, commune, "Giao Hai Lượt").await;
        let back = "/work?tab=mine&q=";
        head.get("/work?tab=all&q=giao+luot").await.is(200).shows("name=\"dossier\"").shows("Với các hồ sơ đã chọn");
        // Nothing marked, nobody chosen, one that cannot be: the list again, nothing done.
        head.post("/work/marked", &[("handler", &officer), ("back", back)]).await.is(422).shows("ít nhất một hồ sơ");
        head.post("/work/marked", &[("dossier", &one), ("back", back)]).await.is(422);
        let stranger = app.person(Role::Clerk).id.to_string();
        let wrong = [("dossier", one.as_str()), ("handler", stranger.as_str()), ("back", "/work?tab=all&q=giao+luot")];
        head.post("/work/marked", &wrong).await.is(422).shows(&format!("{one}: ")).shows("checked");
        assert_eq!(app.event_kinds(&one).await, ["received"]);
        // What can be done is done; what cannot is named and stays marked, and a code that is nobody's is told as any other.
        let (gone, q) = ("H13.08-000101-0001", "/work?tab=all&q=giao+luot");
        let mixed = [("dossier", one.as_str()), ("dossier", gone), ("handler", officer.as_str()), ("back", q)];
        let page = head.post("/work/marked", &mixed).await;
        page.is(200)
            .shows("Đã làm với 1 hồ sơ")
            .shows(&format!("{gone}: Không có hồ sơ này"))
            .shows_not(&format!("{one}: "));
        assert_eq!(app.event_kinds(&one).await, ["received", "assigned"]);
        let other = [("dossier", two.as_str()), ("handler", officer.as_str()), ("back", back)];
        head.post("/work/marked", &other).await.leads_to(back);
        for code in [&one, &two] {
            assert_eq!(app.event_kinds(code).await, ["received", "assigned"]);
        }
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/work?tab=mine&per_page=100&sort=-due").await.is(200).shows(&one).shows(&two);
        // Who assigns nothing is not offered it; passing on is.
        let page = officer.get("/work?tab=mine").await;
        page.is(200).shows_not("name=\"handler\"").shows("name=\"act\" value=\"forward\"");
        let other = officer.post("/work/marked", &wrong).await;
        other.is(422).shows(&format!("{one}: "));
        let on = [("dossier", one.as_str()), ("dossier", two.as_str()), ("act", "forward"), ("back", back)];
        officer.post("/work/marked", &on).await.leads_to(back);
        assert_eq!(app.event_kinds(&two).await, ["received", "assigned", "forwarded"]);
        // What asks for words of its own is done one by one.
        for act in ["approve", "refuse", "nothing"] {
            officer.post("/work/marked", &[("dossier", one.as_str()), ("act", act)]).await.is(422);
        }
        // An address elsewhere is not followed.
        let elsewhere = [("dossier", one.as_str()), ("handler", stranger.as_str()), ("back", "//evil.example")];
        head.post("/work/marked", &elsewhere).await.is(422);
    });
}

#[test]
fn after_an_act_the_next_dossier_of_the_same_list_is_one_press_away() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let commune = app.person(Role::Leader).agency;
        let one = receive(&app, &mut clerk, commune, "Hàng Đợi Một").await;
        let two = receive(&app, &mut clerk, commune, "Hàng Đợi Hai").await;
        let list = "/work?tab=unit&q=hang+doi";
        let from = web::table::encode(list);
        let page = officer.get(list).await;
        page.is(200).shows(&format!("/dossiers/{one}?from={from}")).shows(&format!("/dossiers/{two}?from={from}"));
        let codes = if page.body.find(&one) < page.body.find(&two) { [&one, &two] } else { [&two, &one] };
        let page = officer.get(&format!("/dossiers/{}?from={from}", codes[0])).await;
        page.is(200).shows("/work/next?back=").shows(&format!("forward?from={from}"));
        let next = |after: &str| format!("/work/next?back={from}&after={after}");
        let second = format!("/dossiers/{}?from={from}", codes[1]);
        officer.get(&next(codes[0])).await.leads_to(&second);
        // At the end of the list the list itself; an address elsewhere is not followed.
        officer.get(&next(codes[1])).await.leads_to(list);
        let elsewhere = officer.get("/work/next?back=%2F%2Fevil.example&after=x").await;
        assert!(!elsewhere.body.contains("evil"));
    });
}

#[test]
fn a_leader_begins_with_what_waits_for_the_own_decision() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let commune = app.person(Role::Leader).agency;
        let waits = receive(&app, &mut clerk, commune, "Chờ Ký Duyệt").await;
        let not_yet = receive(&app, &mut clerk, commune, "Chưa Đến Lượt").await;
        officer.post_json(&format!("/api/v1/dossiers/{waits}/forward"), &json!({})).await.is(200);
        let page = leader.get("/work?per_page=100").await;
        page.is(200).shows(&waits).shows_not(&not_yet);
        leader.get("/work?tab=unit&per_page=100").await.is(200).shows(&not_yet);
    });
}

#[test]
fn the_receipt_is_printed_from_the_dossier_and_opens_to_its_readers_only() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk, app.person(Role::Leader).agency, "Giấy Hẹn Trả").await;
        clerk.get(&format!("/dossiers/{code}")).await.is(200).shows(&format!("/dossiers/{code}/slip"));
        let slip = clerk.get(&format!("/dossiers/{code}/slip")).await;
        slip.is(200).shows("HẸN TRẢ KẾT QUẢ").shows("Giấy Hẹn Trả").shows("25/11/2026").shows("class=\"qr\"");
        slip.shows(&format!("http://motcua.test/track?code={code}")).shows("Trần Văn Một").shows("Bản giấy");
        let desk = app.tree().desk_of(app.tree().communes()[1].id).expect("a desk").clone();
        settle_official(app.db(), "slip.elsewhere", Role::Clerk, &desk).await;
        let mut other = app.anonymous();
        other.sign_in_as("slip.elsewhere", PASSWORD).await;
        other.get(&format!("/dossiers/{code}/slip")).await.is(404);
    });
}

#[test]
fn one_mark_says_that_all_required_papers_are_there() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let commune = app.person(Role::Leader).agency.to_string();
        let fields = [
            ("procedure", BIRTH),
            ("intake", commune.as_str()),
            ("competent", commune.as_str()),
            ("return_to", commune.as_str()),
            ("owner_name", "Đủ Giấy Tờ"),
            ("owner_number", "094190000123"),
            ("component_giay-chung-sinh", "missing"),
        ];
        let address = "/intake?procedure=1.001193";
        clerk.get(address).await.is(200).shows("name=\"all_papers\"").shows(" autofocus");
        clerk.upload(address, &fields, &[]).await.is(422);
        let mut all = fields.to_vec();
        all.push(("all_papers", "1"));
        let page = clerk.upload(address, &all, &[]).await;
        page.is(303);
        clerk.get(&page.location).await.is(200).shows("paper-paper");
        // A code that fits one procedure needs no choosing.
        clerk.get("/intake?q=1.001193").await.leads_to(address);
    });
}

#[test]
fn an_agency_opened_by_another_process_is_known_within_seconds() {
    run(async {
        for province in crate::harness::provinces().await {
            let one = TestApp::with(province, |_| {}).await;
            let other = TestApp::with(province, |_| {}).await;
            let mut keeper = one.administrator().await;
            let mut reader = other.administrator().await;
            let parent = one.tree().departments()[0].clone();
            let code = format!("{}.97", parent.code);
            reader.get("/units?q=phong+tien+trinh").await.is(200).shows_not(&code);
            let fields = [
                ("kind", "division"),
                ("code", code.as_str()),
                ("name", "Phòng Tiến trình khác"),
                ("decision", "15/QĐ-UBND"),
                ("day", "2026-11-20"),
                ("reason", "Sắp xếp"),
            ];
            keeper.get(&format!("/units/{}/open", parent.id)).await.is(200);
            keeper.post(&format!("/units/{}/open", parent.id), &fields).await.is(303);
            keeper.get("/units?q=phong+tien+trinh").await.is(200).shows(&code);
            other.clock.advance_ms(2_000);
            reader.get("/units?q=phong+tien+trinh").await.is(200).shows(&code);
        }
    });
}
