//! What a one-stop is accepted by (one-stop specification, section 7), point by point: each test is named after its point. What a point asks of
//! systems that are not connected yet – the national portal, digital signatures – stands in `docs/capabilities.csv`.

use super::notices::{on_own_provinces, work};
use super::one_stop::{act, asking, received, to_owner};
use super::portal::{filed_online, newcomer};
use super::two_people::signed_in;
use crate::harness::{BIRTH, Client, PDF, TestApp, on_every_engine, settle_official};
use base::{Id, Role};
use serde_json::{Value, json};

const HOUR_MS: i64 = 3_600_000;

async fn view(client: &mut Client, code: &str) -> Value {
    client.get_json(&format!("/api/v1/dossiers/{code}")).await.json()
}

async fn status(client: &mut Client, code: &str) -> i64 {
    view(client, code).await["status"].as_i64().expect("a status code")
}

/// Wednesday 25 November, 09:00, moved to an hour of that day.
fn at(app: &TestApp, hour: i64, minute: i64) {
    app.clock.advance_ms((hour - 9) * HOUR_MS + minute * 60_000);
}

#[test]
fn point_1_every_change_of_state_shows_a_portal_code_and_is_told_at_once() {
    on_own_provinces(|app, _| async move {
        let mut citizen = newcomer(&app, "094190100701").await;
        let code = filed_online(&app, &mut citizen).await;
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut leader = app.signed_in(Role::Leader).await;
        assert_eq!(status(&mut clerk, &code).await, 1);
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        assert_eq!(status(&mut clerk, &code).await, 2);
        act(&mut officer, &code, "request-supplement", asking("Ảnh chụp quá mờ, xin chụp lại")).await.is(200);
        assert_eq!(status(&mut clerk, &code).await, 5);
        let answer = [("other", "chup-lai.pdf", PDF)];
        citizen.upload(&format!("/my/{code}/supplement"), &[], &answer).await.is(303);
        assert_eq!(status(&mut clerk, &code).await, 4);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        assert_eq!(status(&mut clerk, &code).await, 9);
        act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        assert_eq!(status(&mut clerk, &code).await, 10);
        // Who, when and where stand on the page; the applicant is told of each without anybody doing more.
        clerk.get(&format!("/dossiers/{code}")).await.shows("timeline-who").shows("09:00 25/11/2026");
        work(&app).await;
        let told = citizen.get("/notices").await;
        for words in ["Đã tiếp nhận", "Cần bổ sung", "Đã có kết quả", "Đã trả kết quả"] {
            assert!(told.body.contains(words), "{words}: {}", told.body);
        }
    });
}

#[test]
fn point_2_a_second_supplement_needs_a_reason_and_shows_what_it_costs() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let code = received(&app, &mut clerk).await;
        act(&mut officer, &code, "request-supplement", asking("Thiếu giấy chứng sinh")).await.is(200);
        act(&mut clerk, &code, "complete-supplement", json!({ "note": "Đã mang đến" })).await.is(200);
        officer.get(&format!("/dossiers/{code}")).await.shows("chỉ số");
        let again = act(&mut officer, &code, "request-supplement", asking("Giấy chứng sinh bị rách")).await;
        again.is(422).shows("dossier-second-supplement-needs-reason").shows("\"again\"");
        let mut reasoned = asking("Giấy chứng sinh bị rách");
        reasoned["again"] = json!("Vết rách che mất họ tên mẹ");
        act(&mut officer, &code, "request-supplement", reasoned).await.is(200);
        assert_eq!(view(&mut clerk, &code).await["supplements"], 2);
    });
}

#[test]
fn point_3_an_apology_comes_a_day_before_or_says_why_not_and_there_is_no_second() {
    on_every_engine(|app| async move {
        let (mut clerk, mut head) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::DivisionHead).await);
        let code = received(&app, &mut clerk).await;
        let short = json!({ "days": 2, "reason": "Máy chủ hỏng cả ngày" });
        act(&mut head, &code, "put-off", short).await.is(422).shows("unforeseen").shows("base-extension-late");
        let said = json!({ "days": 2, "reason": "Máy chủ hỏng cả ngày", "unforeseen": "Hỏng lúc đang xử lý" });
        act(&mut head, &code, "put-off", said.clone()).await.is(200);
        act(&mut head, &code, "put-off", said).await.is(409).shows("base-extension-second");
    });
}

#[test]
fn point_4_form_02_later_than_three_working_days_names_the_law_of_the_field() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let code = received(&app, &mut clerk).await;
        // Wednesday and three working days are Monday: on Tuesday it is late.
        app.clock.advance_ms(6 * 24 * HOUR_MS);
        let (mut officer_then, _) = (app.signed_in(Role::Officer).await, &mut officer);
        let late = act(&mut officer_then, &code, "request-supplement", asking("Thiếu giấy chứng sinh")).await;
        late.is(422).shows("\"basis\"");
        let mut based = asking("Thiếu giấy chứng sinh");
        based["basis"] = json!("Luật Hộ tịch Điều 16");
        act(&mut officer_then, &code, "request-supplement", based).await.is(200);
        let form = officer_then.get(&format!("/dossiers/{code}/print/supplement")).await.printed();
        assert!(form.contains("Luật Hộ tịch Điều 16"), "{form}");
    });
}

/// A clerk of another commune, and what is taken in there for the people's own.
async fn far_intake(app: &TestApp, login: &str) -> (Client, Id, Value) {
    let far = app.tree().communes()[8].clone();
    let desk = app.tree().desk_of(far.id).expect("a desk").clone();
    settle_official(app.db(), login, Role::Clerk, &desk).await;
    let competent = app.person(Role::Leader).agency;
    let body = json!({
        "procedure": BIRTH, "intake": far.id.to_string(), "competent": competent.to_string(), "return_to": far.id.to_string(),
        "owner_name": "Kim Thị Sa Bươl", "owner_number": "094190000123",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
    });
    (signed_in(app, login).await, far.id, body)
}

#[test]
fn point_5_after_fifteen_hours_papers_go_the_next_morning_and_the_data_at_once() {
    on_every_engine(|app| async move {
        let (_, _, body) = far_intake(&app, "muoi.lam").await;
        for (hour, minute, papers_by) in [(9, 0, "2026-11-25"), (15, 10, "2026-11-26")] {
            let now = app.clock.now();
            at(&app, hour, minute);
            let mut clerk = signed_in(&app, "muoi.lam").await;
            let made = clerk.post_json("/api/v1/dossiers", &body).await;
            made.is(201);
            let code = made.json()["code"].as_str().expect("a code").to_owned();
            let dossier = view(&mut clerk, &code).await;
            let by = dossier["papers_by"].as_str().expect("papers follow");
            assert!(by.starts_with(papers_by), "{hour}:{minute} {by}");
            // The data lie with the competent agency in the same moment.
            let mut officer = app.signed_in(Role::Officer).await;
            officer.get(&format!("/dossiers/{code}")).await.is(200);
            app.clock.advance_ms(now.0 - app.clock.now().0);
        }
    });
}

#[test]
fn point_6_taken_in_at_one_commune_for_another_the_code_is_of_the_first_and_the_place_of_return_is_chosen() {
    on_every_engine(|app| async move {
        let (mut clerk, far, body) = far_intake(&app, "diem.sau").await;
        let made = clerk.post_json("/api/v1/dossiers", &body).await;
        made.is(201);
        let code = made.json()["code"].as_str().expect("a code").to_owned();
        let agency = app.tree().get(far).expect("the commune").code.clone();
        assert!(code.starts_with(&agency), "{code} of {agency}");
        let dossier = view(&mut clerk, &code).await;
        let own = app.person(Role::Leader).agency.to_string();
        assert_eq!(
            (dossier["competent"].as_str(), dossier["intake"].as_str()),
            (Some(own.as_str()), Some(far.to_string().as_str()))
        );
        assert_eq!(dossier["return_to"].as_str(), Some(far.to_string().as_str()));
        let mut here = body.clone();
        here["return_to"] = json!(own);
        let made = clerk.post_json("/api/v1/dossiers", &here).await;
        let other = made.json()["code"].as_str().expect("a code").to_owned();
        assert_eq!(view(&mut clerk, &other).await["return_to"].as_str(), Some(own.as_str()));
    });
}

#[test]
fn point_7_what_comes_by_post_is_filed_when_its_minutes_were_signed() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let commune = app.person(Role::Leader).agency.to_string();
        let body = json!({
            "procedure": BIRTH, "channel": "post", "intake": commune, "competent": commune, "return_to": commune,
            "owner_name": "Sơn Thị Bưu", "owner_number": "094190000123", "owner_address": "Ấp 3, xã Phong Điền",
            "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
            "post_carrier": "Bưu điện Ninh Kiều", "post_number": "RB123456789VN", "post_day": "2026-11-25", "post_time": "08:05",
        });
        let made = clerk.post_json("/api/v1/dossiers", &body).await;
        made.is(201);
        let code = made.json()["code"].as_str().expect("a code").to_owned();
        let dossier = view(&mut clerk, &code).await;
        assert!(dossier["received_at"].as_str().is_some_and(|at| at.starts_with("2026-11-25T08:05")), "{dossier}");
        let mut tomorrow = body;
        tomorrow["post_day"] = json!("2026-11-26");
        clerk.post_json("/api/v1/dossiers", &tomorrow).await.is(422).shows("dossier-post-ahead");
    });
}

#[test]
fn point_8_a_wish_to_stop_is_taken_until_there_is_a_decision_and_form_05_is_issued() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100708").await;
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut leader = app.signed_in(Role::Leader).await;
        let code = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        citizen.post(&format!("/my/{code}/withdraw"), &[("reason", "Gia đình chuyển đi nơi khác")]).await.is(303);
        assert_eq!(status(&mut clerk, &code).await, 7);
        let form = citizen.get(&format!("/my/{code}/print/stop")).await.printed();
        assert!(form.contains("Gia đình chuyển đi nơi khác"), "{form}");
        let code = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        citizen.post(&format!("/my/{code}/withdraw"), &[("reason", "Gia đình chuyển đi nơi khác")]).await.is(409);
        assert_eq!(status(&mut clerk, &code).await, 9);
    });
}

#[test]
fn point_9_all_seven_forms_are_printed_from_the_records() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let (mut head, mut leader) = (app.signed_in(Role::DivisionHead).await, app.signed_in(Role::Leader).await);
        let mut printed = Vec::new();
        let code = received(&app, &mut clerk).await;
        let said = json!({ "days": 2, "reason": "Máy chủ hỏng cả ngày", "unforeseen": "Hỏng lúc đang xử lý" });
        act(&mut head, &code, "put-off", said).await.is(200);
        act(&mut officer, &code, "request-supplement", asking("Thiếu giấy chứng sinh")).await.is(200);
        act(&mut clerk, &code, "complete-supplement", json!({ "note": "Đã mang đến" })).await.is(200);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "refuse", json!({ "reason": "Trẻ đã được đăng ký nơi khác" })).await.is(200);
        for (form, title) in [
            ("receipt", "GIẤY TIẾP NHẬN HỒ SƠ"),
            ("supplement", "PHIẾU YÊU CẦU BỔ SUNG"),
            ("refusal", "PHIẾU TỪ CHỐI"),
            ("apology", "VĂN BẢN XIN LỖI"),
            ("control", "PHIẾU KIỂM SOÁT"),
        ] {
            printed.push((title, clerk.get(&format!("/dossiers/{code}/print/{form}")).await.printed(), code.clone()));
        }
        let stopped = received(&app, &mut clerk).await;
        act(&mut head, &stopped, "stop", json!({ "reason": "Có bản án của toà án liên quan" })).await.is(200);
        let paper = clerk.get(&format!("/dossiers/{stopped}/print/stop")).await.printed();
        printed.push(("DỪNG GIẢI QUYẾT", paper, stopped.clone()));
        let unit = app.tree().get(app.person(Role::Leader).agency).expect("a commune").code.clone();
        let period = format!("/work/register?format=pdf&unit={unit}&from=2026-11-25&to=2026-11-25");
        // Long papers have a turn of their own: on a busy machine one is told to come again.
        let mut book = clerk.get(&period).await;
        for _ in 0..20 {
            if book.status.as_u16() != 503 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            book = clerk.get(&period).await;
        }
        let book = book.printed();
        printed.push(("SỔ THEO DÕI", book, stopped));
        for (title, text, code) in printed {
            assert!(text.to_uppercase().contains(title), "{title}: {text}");
            assert!(text.contains(&code), "{title} names {code}: {text}");
        }
    });
}

#[test]
fn point_10_a_figure_opens_to_the_very_dossiers_it_counts() {
    on_every_engine(|app| async move {
        let (mut clerk, mut leader) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Leader).await);
        let code = received(&app, &mut clerk).await;
        let page = leader.get("/statistics?period=2026-11").await;
        page.is(200);
        let lists: Vec<String> = crate::harness::links_of(&page.body)
            .into_iter()
            .filter(|link| link.starts_with("/statistics/cases"))
            .collect();
        assert!(!lists.is_empty(), "{}", page.body);
        let mut found = false;
        for list in &lists {
            found |= leader.get(list).await.is(200).body.contains(&code);
        }
        assert!(found, "none of {lists:?} opens to {code}");
    });
}

#[test]
fn point_13_a_code_alone_shows_how_far_it_is_and_nothing_else() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let mut passer = app.anonymous();
        let page = passer.get(&format!("/track?code={code}")).await;
        page.is(200).shows(&code).shows_not("Thạch Thị Sa Rết").shows_not("0939111222").shows_not("094190000123");
        let told = passer.get_json(&format!("/api/v1/dossiers/{code}/status")).await;
        let names: Vec<String> = told.is(200).json().as_object().expect("an object").keys().cloned().collect();
        for name in &names {
            assert!(["code", "status", "outcome", "degree"].contains(&name.as_str()), "{names:?}");
        }
        passer.get_json(&format!("/api/v1/dossiers/{code}")).await.is(401);
    });
}

#[test]
fn point_15_what_a_ministry_settles_is_neither_taken_in_nor_decided_here() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let version = app.shelf().all(app.clock.now().date());
        let central =
            version.iter().find(|version| version.route != catalogue::Route::Provincial).expect("one of a ministry");
        let commune = app.person(Role::Leader).agency.to_string();
        let body = json!({
            "procedure": central.code, "intake": commune, "competent": commune, "return_to": commune,
            "owner_name": "Lâm Thị Trung Ương", "owner_number": "094190000123",
        });
        let refused = clerk.post_json("/api/v1/dossiers", &body).await;
        refused.is(409).shows("dossier-route-not-here");
        clerk.get(&format!("/intake?q={}", central.code)).await.shows_not(&format!("procedure={}", central.code));
    });
}
