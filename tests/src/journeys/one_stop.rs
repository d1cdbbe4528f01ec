//! A dossier's way from the counter to the returned result, and who may not touch it.

use base::Role;
use serde_json::{Value, json};

use crate::harness::{BIRTH, CITIZEN_NUMBER, Client, PASSWORD, PDF, Page, TestApp, on_every_engine, settle_official};

const MB: usize = 1024 * 1024;

/// What the counter sends for a birth registration at the people's own commune.
fn intake(app: &TestApp) -> Value {
    let commune = app.person(Role::Leader).agency.to_string();
    json!({
        "procedure": BIRTH,
        "intake": commune,
        "competent": commune,
        "owner_name": "Thạch Thị Sa Rết",
        "owner_number": "094190000123",
        "owner_phone": "0939111222",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    })
}

pub(crate) async fn received(app: &TestApp, clerk: &mut Client) -> String {
    let page = clerk.post_json("/api/v1/dossiers", &intake(app)).await;
    page.is(201);
    page.json()["code"].as_str().expect("a code").to_owned()
}

pub(crate) async fn act(client: &mut Client, code: &str, verb: &str, body: Value) -> Page {
    client.post_json(&format!("/api/v1/dossiers/{code}/{verb}"), &body).await
}

/// A request for a supplement with everything it needs.
pub(crate) fn asking(reason: &str) -> Value {
    json!({ "reason": reason, "other": "Bản chụp rõ hơn", "until": "2026-12-20" })
}

/// Into the applicant's own hands.
pub(crate) fn to_owner() -> Value {
    json!({ "handed_to": "owner" })
}

/// Field and code of the first problem of a refused request.
fn problem(page: &Page) -> (String, String) {
    let answer = page.json();
    let first = &answer["errors"][0];
    let text = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
    assert!(!text("message").is_empty() && answer["title"].is_string() && answer["status"].is_number(), "{answer}");
    (text("field"), text("code"))
}

#[test]
fn a_dossier_goes_from_the_counter_to_the_returned_result() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let code = received(&app, &mut clerk).await;
        let dossier = clerk.get_json(&format!("/api/v1/dossiers/{code}")).await.json();
        assert_eq!(dossier["status"], 2);
        // Received at nine, due the same day at the end of office hours; nobody need ask for the law.
        assert!(dossier["due_at"].as_str().expect("due").starts_with("2026-11-25T"), "{dossier}");

        app.clock.advance_ms(20 * 60_000);
        let mut answer = act(&mut officer, &code, "forward", json!({ "note": "Đủ điều kiện" })).await;
        answer.is(200);
        assert_eq!(answer.json()["status"], 4);
        answer = act(&mut leader, &code, "approve", json!({})).await;
        answer.is(200);
        assert_eq!((answer.json()["status"].as_i64(), answer.json()["outcome"].as_str()), (Some(9), Some("granted")));
        answer = act(&mut clerk, &code, "return-result", to_owner()).await;
        assert_eq!(answer.json()["status"], 10);

        let page = clerk.get(&format!("/dossiers/{code}")).await;
        page.is(200).shows("Thạch Thị Sa Rết").shows("Đã trả kết quả").shows("Đủ điều kiện");
        let kinds = app.event_kinds(&code).await;
        assert_eq!(kinds, ["received", "forwarded", "approved", "result-returned"]);
    });
}

#[test]
fn nobody_acts_out_of_turn() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let code = received(&app, &mut clerk).await;
        act(&mut leader, &code, "approve", json!({})).await.is(403);
        act(&mut clerk, &code, "forward", json!({})).await.is(403);
        act(&mut clerk, &code, "return-result", json!({})).await.is(409);
        let refused = act(&mut officer, &code, "refuse", json!({ "reason": " " })).await;
        refused.is(422);
        assert_eq!(problem(&refused).0, "reason");
        act(&mut clerk, &code, "dance", json!({})).await.is(404);
    });
}

#[test]
fn another_units_dossier_is_not_found_not_forbidden() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let elsewhere = app.tree().communes()[8].clone();
        for (login, role) in [("thuly.xa8", Role::Officer), ("lanhdao.xa8", Role::Leader), ("motcua.xa8", Role::Clerk)]
        {
            settle_official(app.db(), login, role, &elsewhere).await;
            let mut stranger = app.anonymous();
            stranger.sign_in_as(login, PASSWORD).await;
            stranger.get(&format!("/dossiers/{code}")).await.is(404).shows_not("Sa Rết");
            stranger.get_json(&format!("/api/v1/dossiers/{code}")).await.is(404);
            act(&mut stranger, &code, "forward", json!({})).await.is(404);
            stranger.upload(&format!("/dossiers/{code}/forward"), &[], &[]).await.is(404);
            stranger.get(&format!("/work?tab=all&q={code}")).await.is(200).shows_not("Sa Rết");
        }
        // The province's inspector reads it, and does nothing to it.
        let mut inspector = app.signed_in(Role::Inspector).await;
        inspector.get(&format!("/dossiers/{code}")).await.is(200);
        act(&mut inspector, &code, "forward", json!({})).await.is(403);
    });
}

#[test]
fn looking_up_a_code_tells_the_status_and_nothing_else() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let mut passer_by = app.anonymous();
        let page = passer_by.get(&format!("/track?code={code}")).await;
        page.is(200).shows(&code).shows("Được tiếp nhận").shows_not("Sa Rết").shows_not("0939111222");
        let answer = passer_by.get_json(&format!("/api/v1/dossiers/{code}/status")).await.json();
        let mut told: Vec<&String> = answer.as_object().expect("an object").keys().collect();
        told.sort();
        assert_eq!(told, ["code", "degree", "outcome", "status"]);
        passer_by.get_json("/api/v1/dossiers/H13.99-261125-9999/status").await.is(404);
        passer_by.get_json("/api/v1/dossiers/nonsense/status").await.is(404);
    });
}

#[test]
fn every_wrong_intake_is_refused_with_its_field() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let cases = [
            ("owner_name", json!("")),
            ("owner_number", json!("12")),
            ("owner_phone", json!("113")),
            ("channel", json!("pigeon")),
            ("competent", json!("9007199254740991")),
            ("components.giay-chung-sinh", json!({ "giay-chung-sinh": "eaten" })),
            ("nonsense", json!("x")),
        ];
        for (field, value) in cases {
            let mut body = intake(&app);
            body[field.split('.').next().expect("name")] = value;
            let page = clerk.post_json("/api/v1/dossiers", &body).await;
            page.is(422);
            assert_eq!(problem(&page).0, field);
        }
        let mut body = intake(&app);
        body.as_object_mut().expect("object").remove("owner_name");
        let page = clerk.post_json("/api/v1/dossiers", &body).await;
        page.is(422);
        assert_eq!(problem(&page), ("owner_name".to_owned(), "web-field-missing".to_owned()));

        // The page says the same, each problem a link to its field.
        let commune = app.person(Role::Leader).agency.to_string();
        let fields = [
            ("procedure", BIRTH),
            ("intake", commune.as_str()),
            ("competent", commune.as_str()),
            ("return_to", commune.as_str()),
            ("owner_name", ""),
            ("owner_number", "12"),
        ];
        let page = clerk.upload("/intake", &fields, &[]).await;
        page.is(422).shows("href=\"#owner_name\"").shows("href=\"#owner_number\"");
    });
}

#[test]
fn uploads_of_the_wrong_kind_or_size_are_refused_and_nothing_is_received() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let commune = app.person(Role::Leader).agency.to_string();
        let fields = [
            ("procedure", BIRTH),
            ("intake", commune.as_str()),
            ("competent", commune.as_str()),
            ("return_to", commune.as_str()),
            ("owner_name", "Không Được Nhận"),
            ("owner_number", "094190000123"),
            ("component_giay-to-tuy-than", "paper"),
        ];
        let program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff".as_slice();
        let script = b"<script>alert(1)</script>".as_slice();
        for (name, bytes) in [("giay.pdf", program), ("giay.pdf", script), ("giay.exe", program), ("giay.svg", script)]
        {
            let page = clerk.upload("/intake", &fields, &[("file_giay-chung-sinh", name, bytes)]).await;
            assert!(matches!(page.status.as_u16(), 415 | 422), "{name}: {}", page.status);
        }
        let mut large = PDF.to_vec();
        large.resize(21 * MB, b' ');
        // The form comes back with what was typed, the file's field and the rule.
        let page = clerk.upload("/intake", &fields, &[("file_giay-chung-sinh", "giay.pdf", &large)]).await;
        page.is(422).shows("20 MB").shows("giay-chung-sinh").shows("Không Được Nhận");
        clerk.get("/work?tab=all&q=khong+duoc+nhan").await.is(200).shows_not("Không Được Nhận");

        let page = clerk.upload("/intake", &fields, &[("file_giay-chung-sinh", "giấy chứng sinh.pdf", PDF)]).await;
        page.is(303);
        clerk.get(&page.location).await.is(200).shows("Không Được Nhận").shows("Tệp điện tử");
    });
}

#[test]
fn unknown_addresses_and_methods_get_a_page_or_problem_that_says_so() {
    on_every_engine(|app| async move {
        let mut anybody = app.anonymous();
        anybody.get("/no/such/page").await.is(404).shows("<h1");
        let answer = anybody.get_json("/api/v1/no-such-thing").await;
        answer.is(404);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        anybody.get_json("/api/v1/dossiers").await.is(401);
        let citizen_number_in_query = anybody.get(&format!("/track?code={CITIZEN_NUMBER}")).await;
        citizen_number_in_query.is(422);
    });
}
