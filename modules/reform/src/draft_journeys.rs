//! Journeys of a programme made on a form: drafted, corrected, proposed, decided on by a second person, measured like the shipped ones.

use crate::journeys::{browser, declare, figure_of, ten_dossiers};
use crate::testing::database;
use axum::http::StatusCode;
use base::Fault;
use store::Db;
use web::testing::Browser;

const HEAD: [(&str, &str); 7] = [
    ("document", "99/KH-UBND"),
    ("decided", "2026-01-05"),
    ("issuer", "UBND thành phố Cần Thơ"),
    ("name_vi", "Kế hoạch cải cách hành chính 2026-2030"),
    ("name_en", "Administrative reform plan 2026-2030"),
    ("from", "2026"),
    ("until", "2030"),
];

const ONLINE: [(&str, &str); 10] = [
    ("subject", "Hồ sơ nộp trực tuyến"),
    ("subject_en", "Dossiers filed online"),
    ("clause", "II.1"),
    ("text", "tối thiểu 80% hồ sơ nộp trực tuyến"),
    ("axis", "procedures"),
    ("level", "all"),
    ("compare", "at-least"),
    ("value", "80"),
    ("unit", "percent"),
    ("due", "2028"),
];

/// A form's fields with some of them changed.
fn with<'a>(fields: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes).copied().collect()
}

async fn put(browser: &Browser, uri: &str, version: &str, fields: &[(&str, &str)]) -> StatusCode {
    browser.post(uri, uri, &with(fields, &[("version", version)])).await.0
}

async fn kinds(db: &Db, number: i64) -> Vec<String> {
    db.read(move |tx| {
        Box::pin(async move {
            let id = crate::drafts::code(tx, number).await?.parse().unwrap();
            let events = audit::events(tx, id).await?;
            Ok::<_, Fault>(events.into_iter().map(|event| event.kind).collect())
        })
    })
    .await
    .unwrap()
}

/// A draft with a counted target, a declared one and a task, in version 4.
async fn drafted(officer: &Browser) {
    let (status, to, page) = officer.post("/steering/programmes/new", "/steering/programmes/new", &HEAD).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/steering/drafts/1"), "{page}");
    let target = "/steering/drafts/1/targets/new";
    let counted = with(&ONLINE, &[("indicator", "online-share")]);
    assert_eq!(put(officer, target, "1", &counted).await, StatusCode::SEE_OTHER);
    let declared = with(&ONLINE, &[("subject", "Cán bộ được tập huấn"), ("value", "90"), ("axis", "civil-service")]);
    assert_eq!(put(officer, target, "2", &declared).await, StatusCode::SEE_OTHER);
    let lead = organisation::demo_tree().unwrap().departments()[1].code.clone();
    let task = [
        ("subject", "Ban hành kế hoạch kiểm tra cải cách hành chính"),
        ("axis", "steering"),
        ("lead", lead.as_str()),
        ("coordinating", "các sở, ban, ngành"),
        ("deadline", "2026-12-15"),
        ("product", "Kế hoạch của UBND thành phố"),
    ];
    assert_eq!(put(officer, "/steering/drafts/1/tasks/new", "3", &task).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_programme_made_on_the_form_is_measured_live_once_a_second_person_has_put_it_in_force() {
    for (db, _) in database().await {
        ten_dossiers(&db).await;
        let officer = browser(db.clone(), "reform");
        drafted(&officer).await;
        let draft = "/steering/drafts/1";
        let (_, page) = officer.get(draft).await;
        assert!(page.contains("Mục tiêu (2)") && page.contains("Nhiệm vụ (1)") && page.contains("Sở Nội vụ"), "{page}");
        assert_eq!(officer.get("/api/v1/targets/N1-001").await.0, StatusCode::NOT_FOUND);

        let version = [("version", "4")];
        let (status, _, page) = officer.post(draft, "/steering/drafts/1/propose", &version).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        // It waits: nobody changes it, and who proposed it does not decide.
        assert_eq!(put(&officer, "/steering/drafts/1/head", "5", &HEAD).await, StatusCode::CONFLICT);
        let accept = [("version", "5")];
        let (_, page) = officer.get(draft).await;
        assert!(page.contains("người khác duyệt") && !page.contains("/accept"), "{page}");
        let token_page = "/steering/programmes/new";
        let own = officer.post(token_page, "/steering/drafts/1/accept", &accept).await;
        assert_eq!(own.0, StatusCode::FORBIDDEN);
        assert!(own.2.contains("không tự duyệt"), "{}", own.2);
        let below = officer.becomes("commune-leader").post(token_page, "/steering/drafts/1/accept", &accept).await;
        assert_eq!(below.0, StatusCode::FORBIDDEN);
        let leader = officer.becomes("leader");
        let (status, _, page) = leader.post(draft, "/steering/drafts/1/return", &[("version", "5")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("href=\"#note\""), "{page}");
        let (status, to, _) = leader.post(draft, "/steering/drafts/1/accept", &accept).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/steering/programmes/programme-1"));

        // Standings, target page with its chart, cases and export, as for the shipped ones.
        let figure = leader.json("/api/v1/targets/N1-001").await;
        assert_eq!((figure["value"].as_f64(), figure["denominator"].as_i64()), (Some(60.0), Some(10)));
        assert_eq!(figure["state"], leader.json("/api/v1/targets/ST-042").await["state"]);
        let (_, page) = leader.get("/steering/programmes/programme-1").await;
        assert!(page.contains("N1-001") && page.contains("60 %") && page.contains("Chủ trì: Sở Nội vụ"), "{page}");
        assert!(leader.get("/steering").await.1.contains("99/KH-UBND"));
        let (_, page) = leader.get("/steering/targets/N1-001").await;
        assert!(page.contains("<svg") && page.contains("75 %") && page.contains("80 % (2028)"), "{page}");
        let (_, csv) = leader.get("/steering/targets/N1-001/cases?part=missing&format=csv").await;
        assert_eq!(csv.lines().count(), 5);
        let below = officer.becomes("commune-leader");
        assert_eq!(below.json("/api/v1/targets/N1-001").await["value"].as_f64(), Some(75.0));

        // A task is done when its product is declared and checked.
        let (status, ..) = declare(&officer, "N1-003", &[("as_of", "2026-11-20"), ("note", "KH số 5")], true).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let figure = figure_of(&leader, "N1-003").await;
        let (status, ..) = leader.upload(&figure, &format!("{figure}/accept"), &[], &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(leader.json("/api/v1/targets/N1-003").await["state"], "met");
        // The task is the province's own: a commune does not answer for it.
        assert_eq!(below.get("/api/v1/targets/N1-003").await.0, StatusCode::NOT_FOUND);

        // What is in force stays; the log tells how it came about.
        let (status, ..) =
            officer.post(token_page, "/steering/drafts/1/remove", &[("version", "6"), ("target", "N1-001")]).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let again = officer.post(token_page, token_page, &HEAD).await;
        assert_eq!(again.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.2.contains("Đã có chương trình mang số này"));
        let log = kinds(&db, 1).await;
        assert_eq!(log.first().map(String::as_str), Some("draft"));
        assert_eq!(log[log.len() - 2..], ["propose", "accept"]);
    }
}

#[tokio::test]
async fn a_draft_is_corrected_target_by_target_and_the_second_to_write_is_told() {
    for (db, _) in database().await {
        let officer = browser(db.clone(), "reform");
        drafted(&officer).await;
        let first = "/steering/drafts/1/targets/N1-001";
        let (_, form) = officer.get(first).await;
        assert!(form.contains("value=\"80\"") && form.contains("Dossiers filed online"), "{form}");
        let higher = with(&ONLINE, &[("value", "85"), ("indicator", "online-share")]);
        assert_eq!(put(&officer, first, "3", &higher).await, StatusCode::CONFLICT);
        assert_eq!(put(&officer, first, "4", &higher).await, StatusCode::SEE_OTHER);
        let (status, _, page) = officer.post(first, first, &with(&higher, &[("due", "2035"), ("version", "5")])).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("giai đoạn của chương trình (2026–2030)") && page.contains("value=\"2035\""), "{page}");
        // A target is not opened by the form for tasks, nor what is not there.
        assert_eq!(officer.get("/steering/drafts/1/tasks/N1-001").await.0, StatusCode::NOT_FOUND);
        assert_eq!(officer.get("/steering/drafts/1/targets/N1-099").await.0, StatusCode::NOT_FOUND);
        let draft = "/steering/drafts/1";
        let (status, ..) =
            officer.post(draft, "/steering/drafts/1/remove", &[("version", "5"), ("target", "N1-002")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = officer.get(draft).await;
        assert!(page.contains("tối thiểu 85 %") && page.contains("Mục tiêu (1)"), "{page}");
        let leader = officer.becomes("leader");
        assert_eq!(leader.get("/steering/drafts/1/head").await.0, StatusCode::FORBIDDEN);
        assert!(!leader.get(draft).await.1.contains("/propose"));
        // Sent back with a reason, it may be changed again.
        officer.post(draft, "/steering/drafts/1/propose", &[("version", "6")]).await;
        let answer = [("version", "7"), ("note", "Thiếu mục tiêu cấp xã")];
        assert_eq!(leader.post(draft, "/steering/drafts/1/return", &answer).await.0, StatusCode::SEE_OTHER);
        let (_, page) = officer.get(draft).await;
        assert!(page.contains("Thiếu mục tiêu cấp xã") && page.contains("/propose"), "{page}");
        let log = kinds(&db, 1).await;
        assert_eq!(log.last().map(String::as_str), Some("return"));
    }
}

#[tokio::test]
async fn a_wrong_heading_or_an_empty_draft_is_refused_by_its_fields() {
    for (db, _) in database().await {
        let officer = browser(db, "reform");
        let new = "/steering/programmes/new";
        let (status, _, page) = officer.post(new, new, &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["document", "issuer", "name_vi", "decided", "from", "until"] {
            assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
        }
        let later = with(&HEAD, &[("decided", "2027-01-05"), ("until", "2025")]);
        let (_, _, page) = officer.post(new, new, &later).await;
        assert!(page.contains("Ngày này chưa đến") && page.contains("không được trước năm đầu"), "{page}");
        let known = with(&HEAD, &[("document", "qđ 681/QĐ-UBND")]);
        assert_eq!(officer.post(new, new, &known).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, to, _) = officer.post(new, new, &HEAD).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, _, page) = officer.post(&to, &format!("{to}/propose"), &[("version", "1")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("chưa có mục tiêu hay nhiệm vụ nào"), "{page}");
        for who in ["leader", "clerk", "head"] {
            assert_eq!(officer.becomes(who).get(new).await.0, StatusCode::FORBIDDEN, "{who}");
        }
    }
}
