//! Bad input to every act, forms without their token, sessions that ended, files of others.

use axum::body::Body;
use axum::http::Method;
use base::Role;
use serde_json::{Value, json};

use super::one_stop::asking;
use crate::harness::{Client, PASSWORD, PDF, Page, TestApp, counter_form, on_every_engine, settle_official};

/// Names and values of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Received through the form with a scan; the code.
async fn received(app: &TestApp, clerk: &mut Client, owner: &str) -> String {
    let fields = counter_form(app, owner);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = clerk.upload("/intake", &fields, &[("file_giay-chung-sinh", "giay.pdf", PDF)]).await;
    page.is(303);
    let code = page.location.rsplit('/').next().expect("a code");
    code.split('?').next().expect("a code").to_owned()
}

fn first_problem(page: &Page) -> (String, String) {
    let answer = page.json();
    let first = &answer["errors"][0];
    let text = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
    (text("field"), text("code"))
}

#[test]
fn every_act_refuses_bad_input_with_its_field_on_the_page_and_in_the_api() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let code = received(&app, &mut clerk, "Nhập Sai").await;
        let long = "x".repeat(2_001);
        let api: [(&str, Value, &str); 14] = [
            ("assign", json!({}), "handler"),
            ("assign", json!({ "handler": "12345" }), "handler"),
            ("assign", json!({ "handler": true }), "handler"),
            ("refuse", json!({}), "reason"),
            ("refuse", json!({ "reason": long }), "reason"),
            ("request-supplement", json!({ "reason": "\t" }), "reason"),
            ("stop", json!({ "reason": "" }), "reason"),
            ("stop", json!({ "reason": "x" }), "reason"),
            ("refuse", json!({ "reason": "lại" }), "reason"),
            ("request-payment", json!({ "amount_dong": 90_000, "reason": "a", "basis": "b" }), "reason"),
            ("request-payment", json!({ "amount_dong": 0, "reason": "a", "basis": "b" }), "amount_dong"),
            ("request-payment", json!({ "amount_dong": 90_000, "reason": "Lệ phí bản sao" }), "basis"),
            ("forward", json!({ "note": long }), "note"),
            ("forward", json!({ "nonsense": 1 }), "nonsense"),
        ];
        for (verb, body, field) in &api {
            let page = officer.post_json(&format!("/api/v1/dossiers/{code}/{verb}"), body).await;
            assert!(matches!(page.status.as_u16(), 403 | 422), "{verb} {body}: {}", page.status);
            assert_eq!(first_problem(&page).0, *field, "{verb} {body}: {}", page.body);
            if page.status.as_u16() == 422 {
                assert!(page.json()["errors"][0]["message"].as_str().is_some_and(|text| text.len() > 5), "{verb}");
            }
        }
        let forms: [(&str, Fields<'_>, &str); 9] = [
            ("assign", &[("handler", "")], "assign-handler"),
            ("refuse", &[("reason", " ")], "refuse-reason"),
            ("request-supplement", &[("reason", "")], "request-supplement-reason"),
            ("stop", &[("reason", "")], "stop-reason"),
            ("stop", &[("reason", "x")], "stop-reason"),
            ("refuse", &[("reason", "lại")], "refuse-reason"),
            (
                "request-payment",
                &[("amount_dong", "nhiều"), ("reason", "a"), ("basis", "b")],
                "request-payment-amount_dong",
            ),
            (
                "request-payment",
                &[("amount_dong", "90000"), ("reason", "Lệ phí bản sao"), ("basis", "")],
                "request-payment-basis",
            ),
            ("forward", &[("note", &long)], "forward-note"),
        ];
        for (verb, fields, field) in forms {
            let page = officer.upload(&format!("/dossiers/{code}/{verb}"), fields, &[]).await;
            // The summary leads to the very input.
            page.is(422).shows(&format!("href=\"#{field}\"")).shows(&format!("id=\"{field}\""));
        }
        officer.upload(&format!("/dossiers/{code}/dance"), &[], &[]).await.is(404);
        officer.upload(&format!("/dossiers/{code}/rate"), &[("score", "5")], &[]).await.is(404);
        for body in ["", "{", "[]", "\"x\""] {
            let page = officer.send_json(&format!("/api/v1/dossiers/{code}/forward"), body).await;
            assert!(matches!(page.status.as_u16(), 400 | 422), "{body}: {}", page.status);
        }
        // Nothing of all this happened.
        assert_eq!(app.event_kinds(&code).await, ["received"]);
    });
}

#[test]
fn a_form_without_its_token_does_nothing() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let code = received(&app, &mut clerk, "Không Thẻ").await;
        officer.forget_token();
        officer.upload(&format!("/dossiers/{code}/forward"), &[], &[]).await.is(403);
        // A foreign page can send text without asking first, JSON it cannot.
        let text = [("content-type", "text/plain")];
        let api = format!("/api/v1/dossiers/{code}/forward");
        officer.send(Method::POST, &api, &text, Body::from("{}")).await.is(415);
        clerk.forget_token();
        let fields = counter_form(&app, "Không Thẻ Hai");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        clerk.upload("/intake", &fields, &[]).await.is(403);
        assert_eq!(app.event_kinds(&code).await, ["received"]);
        clerk.get("/work?tab=all&q=khong+the+hai").await.is(200).shows_not("Không Thẻ Hai");
    });
}

#[test]
fn after_its_session_ended_a_person_signs_in_again() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk, "Hết Phiên").await;
        app.clock.advance_ms(13 * 3_600_000);
        clerk.get("/work?tab=unit").await.leads_to("/sign-in?next=%2Fwork%3Ftab%3Dunit");
        clerk.get(&format!("/dossiers/{code}")).await.is(303);
        let act = clerk.upload(&format!("/dossiers/{code}/forward"), &[], &[]).await;
        assert!(matches!(act.status.as_u16(), 303 | 401 | 403), "{}", act.status);
        clerk.get_json(&format!("/api/v1/dossiers/{code}")).await.is(401);
        assert_eq!(app.event_kinds(&code).await, ["received"]);
    });
}

#[test]
fn a_file_is_handed_over_with_its_dossier_only() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (mine, other) = (received(&app, &mut clerk, "Có Tệp").await, received(&app, &mut clerk, "Tệp Khác").await);
        let page = clerk.get(&format!("/dossiers/{mine}")).await;
        let path = format!("/dossiers/{mine}/files/");
        let file = page.between(&path, "\"").expect("a link to the scan").to_owned();
        let answer = clerk.get(&format!("{path}{file}")).await;
        answer.is(200).shows("%PDF-1.4");
        assert!(answer.headers["content-disposition"].to_str().expect("name").contains("giay.pdf"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        // Under another code, a number that is none, another unit, nobody: nothing.
        clerk.get(&format!("/dossiers/{other}/files/{file}")).await.is(404);
        clerk.get(&format!("{path}0")).await.is(404);
        clerk.get(&format!("{path}x")).await.is(404);
        let elsewhere = app.tree().communes()[9].clone();
        settle_official(app.db(), "tep.xa9", Role::Officer, &elsewhere).await;
        let mut stranger = app.anonymous();
        stranger.sign_in_as("tep.xa9", PASSWORD).await;
        stranger.get(&format!("{path}{file}")).await.is(404).shows_not("%PDF");
        app.anonymous().get(&format!("{path}{file}")).await.is(303);
        app.signed_in(Role::Citizen).await.get(&format!("{path}{file}")).await.is(403);
    });
}

#[test]
fn a_supplement_of_the_wrong_kind_or_size_names_its_field_and_changes_nothing() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let code = received(&app, &mut clerk, "Bổ Sung").await;
        let asked = officer
            .post_json(
                &format!("/api/v1/dossiers/{code}/request-supplement"),
                &asking("Thiếu giấy chứng sinh bản chính"),
            )
            .await;
        asked.is(200);
        let program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff".as_slice();
        let act = format!("/dossiers/{code}/complete-supplement");
        let page = clerk.upload(&act, &[], &[("file", "giay.pdf", program)]).await;
        assert!(matches!(page.status.as_u16(), 415 | 422), "{}", page.status);
        let mut large = PDF.to_vec();
        large.resize(21 * 1024 * 1024, b' ');
        let page = clerk.upload(&act, &[], &[("file", "giay.pdf", &large)]).await;
        page.is(422).shows("20 MB").shows("href=\"#complete-supplement-file\"");
        let page = clerk.upload(&act, &[("component", "99")], &[("file", "giay.pdf", PDF)]).await;
        page.is(422).shows("href=\"#complete-supplement-component\"");
        assert_eq!(app.event_kinds(&code).await, ["received", "supplement-requested"]);
        clerk.upload(&act, &[("component", "")], &[("file", "giay.pdf", PDF)]).await.is(303);
    });
}
