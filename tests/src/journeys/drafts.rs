//! A result that is written here: drafted by the officer, sent back by the head with a remark, mended, passed up, numbered by the leader and
//! handed out; and what its applicant sees of that.

use base::{Id, Role};
use serde_json::json;

use super::one_stop::{act, to_owner};
use super::portal::{filed_online, newcomer};
use crate::harness::{Client, PASSWORD, TestApp, on_every_engine, on_fresh_provinces, settle_official};

/// Prolonging a building permit goes over officer, head and leader.
const PERMIT: &str = "1.013227";
const OWNER: &str = "Thạch Thị Sa Rết";
const REMARK: &str = "Ghi rõ thời hạn được gia hạn";
const MENDED: &str = "1. Gia hạn cho {owner} đến hết 31/12/2027.\n2. Số {number}, ký ngày {decided_on}.";

pub(crate) async fn signed_in(app: &TestApp, login: &str, role: Role, unit: Id) -> Client {
    let agency = app.tree().get(unit).expect("a unit").clone();
    settle_official(app.db(), login, role, &agency).await;
    let mut client = app.anonymous();
    client.get("/sign-in").await.is(200);
    client.sign_in_as(login, PASSWORD).await.is(303);
    client
}

/// A dossier at the officer's desk, and that unit.
pub(crate) async fn received(app: &TestApp, clerk: &mut Client) -> (String, Id) {
    let commune = app.person(Role::Leader).agency.to_string();
    let body = json!({
        "procedure": PERMIT,
        "intake": commune,
        "competent": commune,
        "owner_name": OWNER,
        "owner_number": "094190000123",
        "owner_phone": "0939111222",
        "owner_address": "Ấp Mỹ Đức, xã Mỹ Tú",
        "components": { "don-gia-han": "paper", "giay-phep": "paper" },
    });
    let page = clerk.post_json("/api/v1/dossiers", &body).await;
    page.is(201);
    let answer = page.json();
    let unit = answer["unit"].as_str().and_then(|unit| unit.parse().ok()).expect("a unit");
    (answer["code"].as_str().expect("a code").to_owned(), unit)
}

fn words(text: &str) -> [(&str, &str); 8] {
    [
        ("template", "goc-permit"),
        ("title", "Giấy phép"),
        ("about", "Gia hạn giấy phép xây dựng"),
        ("bases", "Căn cứ Luật Xây dựng;"),
        ("text", text),
        ("receivers", "Ông (Bà) có tên trên;\nLưu: VT."),
        ("signer", "Chủ tịch"),
        ("symbol", "GP-UBND"),
    ]
}

/// Issued with its number, from the second draft.
pub(crate) async fn issued(app: &TestApp, names: [&str; 2]) -> String {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let (code, unit) = received(app, &mut clerk).await;
    let mut officer = signed_in(app, names[0], Role::Officer, unit).await;
    let mut head = signed_in(app, names[1], Role::DivisionHead, unit).await;
    let draft = json!({ "template": "goc-permit" });
    act(&mut officer, &code, "draft", draft).await.is(200);
    act(&mut officer, &code, "forward", json!({})).await.is(200);
    act(&mut head, &code, "send-back", json!({ "reason": REMARK })).await.is(200);
    officer.get(&format!("/dossiers/{code}/draft")).await.is(200).shows(REMARK);
    officer.upload(&format!("/dossiers/{code}/draft"), &words(MENDED), &[]).await.is(303);
    act(&mut officer, &code, "forward", json!({})).await.is(200);
    act(&mut head, &code, "forward", json!({})).await.is(200);
    let mut leader = app.signed_in(Role::Leader).await;
    act(&mut leader, &code, "approve", json!({ "issue": true })).await.is(200);
    code
}

#[test]
fn a_result_is_drafted_sent_back_with_a_remark_mended_passed_up_numbered_and_handed_out() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (code, unit) = received(&app, &mut clerk).await;
        let mut officer = signed_in(&app, "soan.thao", Role::Officer, unit).await;
        let mut head = signed_in(&app, "xem.xet", Role::DivisionHead, unit).await;
        let (page, draft) = (format!("/dossiers/{code}"), format!("/dossiers/{code}/draft"));
        officer.get(&page).await.is(200).shows(&draft);
        officer.get(&draft).await.is(200).shows("Giấy phép (mẫu chung)").shows("Chưa có dự thảo nào");
        // Filled from the dossier; number and day stay open.
        let filled = officer.get(&format!("{draft}?template=goc-permit")).await;
        filled.is(200).shows(&format!("1. Cấp cho: {OWNER}")).shows(&format!("Xét hồ sơ {code}"));
        // What nothing fills is refused by its name, and what was typed stays.
        let wrong = officer.upload(&draft, &words("Cấp cho {ownr}"), &[]).await;
        wrong.is(422).shows("Không có chỗ nào tên ownr").shows("Cấp cho {ownr}");
        let preview = officer.upload(&format!("{draft}/preview"), &words("1. Cấp cho {owner}."), &[]).await.printed();
        assert!(preview.contains("DỰ THẢO") && preview.contains("……/GP-UBND"), "{preview}");
        officer.upload(&draft, &words("1. Gia hạn."), &[]).await.is(303);
        act(&mut officer, &code, "forward", json!({ "note": "Kính trình" })).await.is(200);
        // Whoever passed it on may not edit it any more.
        officer.get(&draft).await.is(200).shows("Ký nháy dự thảo lần 1").shows_not("Lấy mẫu");
        act(&mut officer, &code, "draft", json!({ "template": "goc-permit" })).await.is(403);

        head.get(&draft).await.is(200).shows("1. Gia hạn.");
        act(&mut head, &code, "send-back", json!({ "reason": REMARK })).await.is(200);
        officer.get(&draft).await.is(200).shows(REMARK).shows("1. Gia hạn.");
        officer.upload(&draft, &words(MENDED), &[]).await.is(303);
        officer.get(&draft).await.is(200).shows("Dự thảo lần 2").shows("Dự thảo lần 1");
        let first = officer.get(&format!("{draft}/1")).await.printed();
        assert!(first.contains("1. Gia hạn.") && first.contains("dự thảo lần 1"), "{first}");
        officer.get(&format!("{draft}/3")).await.is(404);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut head, &code, "forward", json!({})).await.is(200);

        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&page).await.is(200).shows("Ký ban hành dự thảo lần 2");
        leader.upload(&format!("{page}/approve"), &[("issue", "1")], &[]).await.is(303);
        clerk.get(&page).await.is(200).shows("Số 1/GP-UBND").shows("Đang chờ ký số");
        app.worker().run_until_idle(app.db(), app.clock.now()).await.expect("the worker");
        let decided = clerk.get(&page).await;
        decided.is(200).shows("Chưa ký số").shows("giay-phep-");
        let result =
            decided.between("giay-phep-", "?view=1").and_then(|part| part.rsplit("href=\"").next().map(str::to_owned));
        let text = clerk.get(&result.expect("a result")).await.printed();
        for said in [
            "Số: 1/GP-UBND",
            "GIẤY PHÉP",
            OWNER,
            "đến hết 31/12/2027",
            "Số 1/GP-UBND, ký ngày 25/11/2026",
            "ngày 25 tháng 11 năm 2026",
            "Huỳnh Thị Lãnh",
            "Chưa ký số",
            "dự thảo lần 2",
            "Nơi nhận:",
        ] {
            assert!(text.contains(said), "`{said}` is not printed:\n{text}");
        }
        assert!(!text.contains("DỰ THẢO"), "{text}");
        act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        let kinds = app.event_kinds(&code).await;
        let wanted = [
            "received",
            "drafted",
            "forwarded",
            "sent-back",
            "drafted",
            "forwarded",
            "forwarded",
            "approved",
            "signature-answered",
            "result-returned",
        ];
        assert_eq!(kinds, wanted);
        // The next one of the agency, the paper and the year.
        let second = issued(&app, ["soan.hai", "xem.hai"]).await;
        clerk.get(&format!("/dossiers/{second}")).await.is(200).shows("Số 2/GP-UBND");
    });
}

#[test]
fn applicants_see_neither_drafts_nor_remarks() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100931").await;
        let code = filed_online(&app, &mut citizen).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let secret = "Câu chữ chỉ cơ quan đọc";
        let words = words(secret);
        let body: serde_json::Map<String, serde_json::Value> =
            words.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        act(&mut officer, &code, "draft", body.into()).await.is(200);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "send-back", json!({ "reason": "Góp ý chỉ cơ quan đọc" })).await.is(200);
        // Whoever reads the dossier at the office does.
        officer.get(&format!("/dossiers/{code}/draft")).await.is(200).shows(secret).shows("Góp ý chỉ cơ quan đọc");
        for path in [format!("/my/{code}"), "/my".to_owned()] {
            let page = citizen.get(&path).await;
            page.is(200).shows_not(secret).shows_not("Góp ý chỉ cơ quan đọc").shows_not("Dự thảo").shows_not("ký nháy");
        }
        let box_of = citizen.get("/notices").await;
        box_of.shows_not(secret).shows_not("Góp ý");
        for path in
            [format!("/dossiers/{code}"), format!("/dossiers/{code}/draft"), format!("/dossiers/{code}/draft/1")]
        {
            citizen.get(&path).await.is(403);
        }
        let own = citizen
            .post_json(&format!("/api/v1/dossiers/{code}/withdraw"), &json!({ "reason": "Tôi xin rút hồ sơ" }))
            .await;
        assert!(!own.body.contains(secret) && !own.body.contains("Góp ý"), "{}", own.body);
    });
}
