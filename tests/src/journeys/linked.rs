//! A birth, the child's residence and its insurance card: filed once at the ward's counter, settled by three offices, handed out once.

use super::one_stop::act;
use crate::harness::{BIRTH, Client, PASSWORD, PDF, TestApp, counter_form, on_every_engine, settle_official};
use base::Role;
use organisation::Agency;
use serde_json::json;

const GROUP: &str = "2.000986";

pub(super) async fn settled(app: &TestApp, login: &str, role: Role, at: &Agency) -> Client {
    settle_official(app.db(), login, role, at).await;
    let mut person = app.anonymous();
    person.sign_in_as(login, PASSWORD).await;
    person
}

fn body(app: &TestApp, code: &str) -> Agency {
    app.tree().by_code(code).expect("a body of another system").clone()
}

/// Codes on a page, in their order, each once.
fn codes(page: &str, day: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in page.match_indices(day) {
        let start =
            page[..at].rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).map_or(0, |n| n + 1);
        let end = at + day.len() + 4;
        let code = page.get(start..end).unwrap_or_default().to_owned();
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

#[test]
fn a_birth_with_residence_and_insurance_is_filed_once_settled_by_three_offices_and_handed_out_once() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        // The page offers what can be filed with it, and asks what the others need and nothing twice.
        let alone = clerk.get(&format!("/intake?procedure={BIRTH}")).await;
        alone.is(200).shows("Cùng đăng ký thường trú và thẻ bảo hiểm y tế").shows_not("mẫu CT01");
        let page = clerk.get(&format!("/intake?procedure={BIRTH}&linked={GROUP}")).await;
        page.is(200).shows("mẫu CT01").shows("Công an thành phố Cần Thơ giải quyết").shows("Hẹn trả chung");
        page.shows("answer_1.new_address").shows("component_2.to-khai-bhyt").shows_not("component_2.giay-khai-sinh");
        page.shows_not("answer_2.applicant_name");
        clerk.get(&format!("/intake?procedure={BIRTH}&linked=9.999999")).await.is(422);

        let mut fields = counter_form(&app, "Nguyễn Thị Liên Thông");
        fields.push(("linked", GROUP.to_owned()));
        let sent = |fields: &[(&'static str, String)]| {
            fields.iter().map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>()
        };
        let typed = sent(&fields);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // What is missing of any of them is told at its own field, and nothing is filed.
        let refused = clerk.upload("/intake", &typed, &[]).await;
        refused.is(422).shows("id=\"component_1.ct01\"").shows("#component_2.to-khai-bhyt");
        for paper in ["component_1.ct01", "component_1.cho-o"] {
            fields.push((paper, "paper".to_owned()));
        }
        fields.push(("answer_1.new_address", "Số 1 đường Hai Bà Trưng".to_owned()));
        let typed = sent(&fields);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let scan = [("file_2.to-khai-bhyt", "to-khai.pdf", PDF)];
        let received = clerk.upload("/intake", &typed, &scan).await;
        received.is(303);
        let lead =
            received.location.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a code").to_owned();
        let day = lead.get(lead.len() - 12..lead.len() - 4).expect("its day").to_owned();
        let page = clerk.get(&format!("/dossiers/{lead}")).await;
        page.is(200).shows("Nộp cùng một lần").shows("Đăng ký thường trú").shows("chờ kết quả của");
        let panel = page.between("id=\"together\"", "</ul>").expect("what was filed together");
        let all = codes(panel, &day);
        assert_eq!(all.len(), 3, "{all:?}");
        let (residence, card) = (all[1].clone(), all[2].clone());
        let receipt = clerk.get(&format!("/dossiers/{lead}/print/receipt")).await.printed();
        for said in [residence.as_str(), card.as_str(), "Công an thành phố", "trả kết quả chung", "mẫu CT01", "20.000"]
        {
            assert!(receipt.contains(said), "`{said}` is not on the receipt:\n{receipt}");
        }
        // Nobody answers what begins by itself.
        clerk.get("/work?tab=incoming&per_page=100").await.is(200).shows_not(&residence);
        act(&mut clerk, &residence, "receive-online", json!({})).await.is(409).shows("dossier-begins-by-itself");

        // The birth is registered, with its certificate as a file: the residence begins with it.
        let (mut officer, mut leader) = (app.signed_in(Role::Officer).await, app.signed_in(Role::Leader).await);
        act(&mut clerk, &lead, "forward", json!({})).await;
        act(&mut officer, &lead, "forward", json!({})).await.is(200);
        let approve = format!("/dossiers/{lead}/approve");
        let certificate = [("result", "giay-khai-sinh.pdf", PDF)];
        leader.get(&format!("/dossiers/{lead}")).await.is(200);
        leader.upload(&approve, &[("note", "")], &certificate).await.is(303);
        let police = body(&app, "H13.901");
        let division = app.tree().children(police.id)[0].clone();
        let mut police_officer = settled(&app, "cu.tru", Role::Officer, &division).await;
        let mut police_leader = settled(&app, "cu.tru.ky", Role::Leader, &police).await;
        let begun = police_officer.get(&format!("/dossiers/{residence}")).await;
        begun.is(200).shows("Tự bắt đầu, theo hồ sơ nộp cùng").shows("Số 1 đường Hai Bà Trưng");
        // The certificate lies in it.
        let certificate = begun.between(&format!("/dossiers/{residence}/files/"), "\"").expect("the certificate");
        police_officer.get(&format!("/dossiers/{residence}/files/{certificate}")).await.is(200);
        // Nothing is handed out before all of it is settled, and the page says so instead of offering it.
        clerk.get(&format!("/dossiers/{lead}")).await.is(200).shows("Hồ sơ nộp cùng chưa giải quyết xong");
        let hand = json!({ "handed_to": "owner" });
        act(&mut clerk, &lead, "return-result", hand.clone()).await.is(409).shows(&residence);
        act(&mut police_officer, &residence, "forward", json!({})).await.is(200);
        act(&mut police_leader, &residence, "approve", json!({})).await.is(200);
        let insurance = body(&app, "H13.902");
        let division = app.tree().children(insurance.id)[0].clone();
        let mut insurer = settled(&app, "the.bhyt", Role::Officer, &division).await;
        let mut insurance_leader = settled(&app, "the.bhyt.ky", Role::Leader, &insurance).await;
        act(&mut insurer, &card, "forward", json!({})).await.is(200);
        act(&mut insurance_leader, &card, "approve", json!({})).await.is(200);
        act(&mut clerk, &card, "return-result", hand.clone()).await.is(409).shows("dossier-handed-out-with");
        // What is handed out is here, and paid for.
        act(&mut clerk, &lead, "return-result", hand.clone()).await.is(409).shows("dossier-parts-papers-on-way");
        for code in [&residence, &card] {
            act(&mut clerk, code, "take-over", json!({ "papers_came": true })).await.is(200);
        }
        clerk.get(&format!("/dossiers/{lead}")).await.is(200).shows("Chưa thu phí, lệ phí của").shows("20.000");
        act(&mut clerk, &residence, "record-payment", json!({})).await.is(200);
        act(&mut clerk, &lead, "return-result", hand).await.is(200);
        for code in [&lead, &residence, &card] {
            let page = clerk.get_json(&format!("/api/v1/dossiers/{code}")).await;
            page.is(200);
            assert_eq!(page.json()["status"], 10, "{code}");
        }
    });
}

fn filing(app: &TestApp, parts: serde_json::Value, linked: &str) -> serde_json::Value {
    let commune = app.person(Role::Leader).agency.to_string();
    json!({
        "procedure": BIRTH, "intake": commune, "competent": commune, "owner_name": "Lê Thị Chương Trình",
        "owner_number": "094190000123", "linked": linked, "parts": parts,
        "components": { "giay-to-tuy-than": "paper", "giay-chung-sinh": "paper" },
    })
}

fn whole() -> serde_json::Value {
    json!([{ "components": { "ct01": "paper", "cho-o": "paper" } }, { "components": { "to-khai-bhyt": "paper" } }])
}

/// A birth with residence and card, filed by a program.
pub async fn filed(app: &TestApp) -> String {
    let made = app.signed_in(Role::Clerk).await.post_json("/api/v1/dossiers", &filing(app, whole(), GROUP)).await;
    made.is(201);
    made.json()["code"].as_str().expect("a code").to_owned()
}

#[test]
fn a_program_files_together_and_is_told_what_is_wrong_part_by_part() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let missing = json!([{ "components": { "ct01": "paper", "cho-o": "lost" } }]);
        let refused = clerk.post_json("/api/v1/dossiers", &filing(&app, missing, GROUP)).await;
        refused.is(422).shows("components.1.cho-o");
        clerk.post_json("/api/v1/dossiers", &filing(&app, json!([]), GROUP)).await.is(422).shows("component_1.ct01");
        clerk.post_json("/api/v1/dossiers", &filing(&app, whole(), "")).await.is(422).shows("dossier-linked-unknown");
        let code = filed(&app).await;
        clerk.get(&format!("/dossiers/{code}")).await.is(200).shows("Nộp cùng một lần");
    });
}
