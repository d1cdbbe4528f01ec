//! Files through the API: the same actions as the pages', the same judgement, the same limits.

use base::Role;
use serde_json::json;

use crate::harness::{Client, Page, TestApp, on_every_engine};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n";

fn intake(app: &TestApp) -> String {
    let commune = app.person(Role::Leader).agency.to_string();
    let body = json!({
        "procedure": "1.001193", "intake": commune, "competent": commune, "owner_name": "Lâm Thị Tệp",
        "owner_number": "094190000123", "components": { "giay-to-tuy-than": "paper" },
    });
    body.to_string()
}

/// The same intake on the page.
async fn on_page(app: &TestApp, clerk: &mut Client, file: (&str, &str, &[u8])) -> Page {
    let commune = app.person(Role::Leader).agency.to_string();
    let fields = [
        ("procedure", "1.001193"),
        ("intake", &commune),
        ("competent", &commune),
        ("return_to", &commune),
        ("owner_name", "Lâm Thị Tệp"),
        ("owner_number", "094190000123"),
        ("component_giay-to-tuy-than", "paper"),
    ];
    clerk.upload("/intake", &fields, &[file]).await
}

fn codes(page: &Page) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let errors = page.json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

#[test]
fn scans_come_with_an_intake_and_are_judged_as_on_the_page() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/intake?procedure=1.001193").await.is(200);
        let body = intake(&app);
        let scan = ("file_giay-chung-sinh", "giấy chứng sinh.pdf", PDF);
        let sent = clerk.upload("/api/v1/dossiers", &[("body", &body)], &[scan]).await;
        sent.is(201);
        let code = sent.json()["code"].as_str().expect("a code").to_owned();
        let page = clerk.get(&format!("/dossiers/{code}")).await;
        page.is(200);
        let file = page.between(&format!("/dossiers/{code}/files/"), "?view=1").expect("a link to the scan").to_owned();
        let got = clerk.get(&format!("/dossiers/{code}/files/{file}")).await;
        assert_eq!(got.is(200).body.as_bytes(), PDF);
        // What the page refuses, the API refuses, and nothing is received.
        for (name, bytes) in [("a.pdf", &b"MZ no paper"[..]), ("a.pdf", b""), ("a.exe", b"MZ\x90\0")] {
            let wrong =
                clerk.upload("/api/v1/dossiers", &[("body", &body)], &[("file_giay-chung-sinh", name, bytes)]).await;
            assert!(wrong.status.is_client_error(), "{name}: {}", wrong.status);
            let there = on_page(&app, &mut clerk, ("file_giay-chung-sinh", name, bytes)).await;
            assert_eq!(there.status.as_u16(), 422, "{name}");
            for (field, code) in codes(&wrong) {
                assert_eq!(field, "file_giay-chung-sinh", "{code}");
                let told = i18n::t(base::Lang::Vi, &code);
                let told = told.split(['{', '“', '\u{2068}']).next().expect("words").trim();
                there.shows(told);
            }
        }
        // A part that is misnamed was not taken.
        let other = clerk.upload("/api/v1/dossiers", &[("body", &body)], &[("giay-chung-sinh", "a.pdf", PDF)]).await;
        other.is(422);
        assert_eq!(codes(&other), [("giay-chung-sinh".to_owned(), "web-field-unknown".to_owned())]);
        let bare = clerk.upload("/api/v1/dossiers", &[("more", "1")], &[scan]).await;
        bare.is(422);
        assert_eq!(codes(&bare), [("more".to_owned(), "web-field-unknown".to_owned())]);
        let none = clerk.upload("/api/v1/dossiers", &[], &[scan]).await;
        none.is(422);
        assert_eq!(codes(&none), [("body".to_owned(), "web-field-missing".to_owned())]);
    });
}

#[test]
fn a_file_comes_with_an_act_and_fills_the_paper_it_is_for() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/intake?procedure=1.001193").await.is(200);
        let scan = ("file_giay-chung-sinh", "giay.pdf", PDF);
        let sent = clerk.upload("/api/v1/dossiers", &[("body", &intake(&app))], &[scan]).await;
        let code = sent.is(201).json()["code"].as_str().expect("a code").to_owned();
        let forward = format!("/api/v1/dossiers/{code}/forward");
        let draft = ("file", "dự thảo.pdf", PDF);
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/work").await.is(200);
        let done = officer.upload(&forward, &[("body", "{\"note\":\"Đề nghị ký\"}")], &[draft]).await;
        done.is(200);
        let mut head = app.signed_in(Role::DivisionHead).await;
        head.get(&format!("/dossiers/{code}")).await.is(200).shows("dự thảo.pdf").shows("Đề nghị ký");
        // A component nobody knows, and a file that belongs to no act.
        let asks = format!("/api/v1/dossiers/{code}/complete-supplement");
        let lost = head.upload(&asks, &[("body", "{\"component\":\"ho-chieu\"}")], &[draft]).await;
        assert!(matches!(lost.status.as_u16(), 403 | 404 | 409 | 422), "{}", lost.status);
        let other = head.upload(&forward, &[("body", "{}")], &[("paper", "a.pdf", PDF)]).await;
        other.is(422);
        assert_eq!(codes(&other), [("paper".to_owned(), "web-field-unknown".to_owned())]);
    });
}

#[test]
fn files_sent_again_with_the_same_key_are_one_dossier() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/intake?procedure=1.001193").await.is(200);
        let body = intake(&app);
        let fields = [("_once", "sent-files-1"), ("body", body.as_str())];
        let mut codes = Vec::new();
        for _ in 0..2 {
            let sent = clerk.upload("/api/v1/dossiers", &fields, &[("file_giay-chung-sinh", "a.pdf", PDF)]).await;
            codes.push(sent.is(201).json()["code"].clone());
        }
        assert_eq!(codes[0], codes[1]);
        let other = clerk.upload("/api/v1/dossiers", &fields, &[("file_giay-chung-sinh", "b.pdf", PDF)]).await;
        other.is(422).shows("web-once-differs");
    });
}
