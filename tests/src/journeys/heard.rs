//! What people say to an official's face, by telephone and at dialogues, as a log by unit and week: on the page, as files, on paper.

use base::Role;
use serde_json::json;

use crate::harness::{Client, PASSWORD, TestApp, on_every_engine, settle_official};

/// Somebody of a commune in which nothing else is said.
async fn official(app: &TestApp, login: &str, role: Role, agency: &organisation::Agency) -> Client {
    settle_official(app.db(), login, role, agency).await;
    let mut person = app.anonymous();
    person.sign_in_as(login, PASSWORD).await;
    person
}

/// Said at the counter or by telephone, and taken in by the clerk.
async fn said(clerk: &mut Client, area: &str, channel: &str, text: &str) -> String {
    let body = json!({ "channel": channel, "text": text, "topic": "roads", "area": area, "name": "Nguyễn Thị Đào" });
    let taken = clerk.post_json("/api/v1/petitions", &body).await;
    taken.is(201);
    taken.json()["code"].as_str().expect("a code").to_owned()
}

#[test]
fn what_people_say_is_a_log_by_unit_and_week_with_its_answer_and_the_day_of_it_and_is_printed() {
    on_every_engine(|app| async move {
        let tree = app.tree().clone();
        let commune = tree.communes()[11].clone();
        let division = tree.division(commune.id, "economy").expect("a division").clone();
        let desk = tree.desk_of(commune.id).expect("a desk").clone();
        let mut clerk = official(&app, "nghe.motcua", Role::Clerk, &desk).await;
        let mut officer = official(&app, "nghe.chuyenvien", Role::Officer, &division).await;
        let mut leader = official(&app, "nghe.chutich", Role::Leader, &commune).await;
        let unit = commune.id.to_string();
        let monday = feedback::heard::Week::of(app.clock.now().date());
        let code = said(&mut clerk, &unit, "counter", "Cầu khóm 3 gãy lan can").await;
        let phoned = said(&mut clerk, &unit, "phone", "Đèn đường hẻm 12 tắt").await;
        let written = said(&mut clerk, &unit, "post", "Thư gửi về cây xanh").await;
        let mut phone = app.anonymous();
        phone.get("/feedback/new").await.is(200);
        let sent = [("text", "Gửi qua cổng"), ("topic", "roads"), ("area", unit.as_str())];
        phone.upload("/feedback/new", &sent, &[]).await.is(200);

        let laid = division.id.to_string();
        let sorting = json!({ "class": "place", "topic": "roads", "unit": laid });
        clerk.post_json(&format!("/api/v1/petitions/{code}/sort"), &sorting).await.is(200);
        officer.get(&format!("/petitions/{code}")).await.is(200);
        let draft = [("answer_text", "Phường sửa lan can trước ngày 20/12/2026.")];
        officer.upload(&format!("/petitions/{code}/draft"), &draft, &[]).await.is(303);
        // A draft is nobody's answer yet.
        let page = format!("/petitions/heard?week={}&unit={unit}", monday.0);
        leader.get(&page).await.is(200).shows("gãy lan can").shows_not("sửa lan can");
        leader.get(&format!("/petitions/{code}")).await.is(200);
        leader.upload(&format!("/petitions/{code}/approve"), &[], &[]).await.is(303);

        let log = leader.get(&page).await;
        log.is(200).shows("gãy lan can").shows("sửa lan can").shows("hẻm 12 tắt").shows("Điện thoại");
        log.shows_not("cây xanh").shows_not("Gửi qua cổng").shows_not("Nguyễn Thị Đào").shows_not(&written);
        let day = base::vn_date(app.clock.now().date());
        assert!(log.body.matches(&day).count() >= 3, "the days of both requests and of the answer");
        // Another week, and another unit, hold other things.
        let before = feedback::heard::Week::until(app.clock.now().date()).nth(1).expect("a week before");
        leader.get(&format!("/petitions/heard?week={}", before.0)).await.is(200).shows_not(&code);
        leader.get(&format!("/petitions/heard?unit={laid}")).await.is(200).shows_not(&code).shows("chưa nghe");
        let elsewhere = app.tree().communes()[8].id.to_string();
        leader.get(&format!("/petitions/heard?unit={elsewhere}")).await.shows_not("hẻm 12 tắt");

        // As a file, and on paper.
        let csv = leader.get(&format!("{page}&format=csv")).await;
        csv.is(200).shows(&code).shows("sửa lan can").shows(&phoned).shows_not("cây xanh");
        let xlsx = leader.get(&format!("{page}&format=xlsx")).await;
        assert_eq!(&xlsx.is(200).bytes[..2], b"PK");
        let printed = leader.get(&format!("/petitions/heard/print?week={}&unit={unit}", monday.0)).await.printed();
        for words in ["SỔ LẮNG NGHE NGƯỜI DÂN", "gãy lan can", "sửa lan can", "Tổng số: 2, đã trả lời: 1", &code]
        {
            assert!(printed.contains(words), "{words}: {printed}");
        }
        assert!(!printed.contains("Đào") && !printed.contains("cây xanh"), "{printed}");

        // What complains of the own unit is not in its log, and is in that of the agency above.
        let about = json!({ "channel": "counter", "text": "Cán bộ quát mắng", "topic": "conduct", "area": unit });
        clerk.post_json("/api/v1/petitions", &about).await.is(201);
        for person in [&mut leader, &mut clerk] {
            person.get(&format!("/petitions/heard?week={}", monday.0)).await.is(200).shows_not("quát mắng");
        }
        let mut inspector = app.signed_in(Role::Inspector).await;
        let all = inspector.get(&format!("/petitions/heard?week={}&format=csv", monday.0)).await;
        all.is(200).shows("quát mắng").shows(&code);
        app.signed_in(Role::Citizen).await.get("/petitions/heard").await.is(403);
    });
}

#[test]
fn a_question_of_a_dialogue_stands_in_the_log_of_the_agency_that_sits() {
    on_every_engine(|app| async move {
        super::dialogues::announced(&app).await;
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get("/petitions/heard").await.is(200);
        let log = leader.get("/petitions/heard?format=csv").await;
        log.is(200).shows("số 12 khóm 3").shows("Đối thoại").shows_not("dao@example.vn");
        let other = app.tree().communes()[8].clone();
        let mut stranger = official(&app, "nghe.noi.khac", Role::Leader, &other).await;
        stranger.get("/petitions/heard?format=csv").await.is(200).shows_not("khóm 3");
    });
}
