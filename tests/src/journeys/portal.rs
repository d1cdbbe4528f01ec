//! A citizen files online and hears of it; what others may not see.

use base::Role;
use serde_json::json;

use super::one_stop::{act, asking, to_owner};
use crate::harness::{BIRTH, Client, PDF, TestApp, on_every_engine};

/// A citizen nobody else's test uses: a begun filing belongs to the person, so two tests must not share one.
pub(crate) async fn newcomer(app: &TestApp, number: &str) -> Client {
    let mut citizen = app.anonymous();
    let phone = format!("0939{}", &number[6..]);
    citizen.sign_up("Nguyễn Thị Đường", number, &phone, "bần chua canh cá ngát").await.leads_to("/my");
    citizen
}

/// Goes through the screens of a birth registration at the people's own commune; gives the dossier's code.
pub(crate) async fn filed_online(app: &TestApp, citizen: &mut Client) -> String {
    let commune = app.person(Role::Leader).agency.to_string();
    let screens: [&[(&str, &str)]; 6] = [
        &[
            ("competent", &commune),
            ("owner_name", "Nguyễn Thị Đường"),
            ("owner_number", "094190000017"),
            ("owner_phone", "0939123123"),
            ("owner_address", "Khóm 3"),
        ],
        &[
            ("answer_child_name", "Nguyễn Văn Con"),
            ("answer_child_born", "2026-11-20"),
            ("answer_child_sex", "Nam"),
            ("answer_child_ethnicity", "Kinh"),
            ("answer_child_birthplace", "Bệnh viện Đa khoa"),
            ("answer_child_origin", "Sóc Trăng"),
        ],
        &[("answer_mother_name", "Nguyễn Thị Đường")],
        &[
            ("answer_applicant_name", "Nguyễn Thị Đường"),
            ("answer_applicant_number", "094190000017"),
            ("answer_applicant_phone", "0939123123"),
            ("answer_applicant_address", "Khóm 3"),
        ],
        &[("answer_result_way", "Bản điện tử")],
        // None of the rare cases.
        &[],
    ];
    let address = format!("/file/{BIRTH}");
    citizen.get(&address).await.is(200);
    for (at, screen) in screens.iter().enumerate() {
        let step = (at + 1).to_string();
        let mut fields = vec![("step", step.as_str()), ("go", "next")];
        fields.extend_from_slice(screen);
        citizen.post(&address, &fields).await.leads_to(&format!("{address}?step={}", at + 2));
    }
    let files = [
        ("component_giay-chung-sinh", "giấy chứng sinh.pdf", PDF),
        ("component_giay-to-tuy-than", "căn cước.pdf", PDF),
    ];
    citizen
        .upload(&format!("{address}/papers"), &[("go", "next")], &files)
        .await
        .leads_to(&format!("{address}?step=8"));
    let page = citizen.post(&address, &[("step", "8"), ("go", "submit")]).await;
    page.is(303);
    page.location.trim_start_matches("/my/").to_owned()
}

#[test]
fn a_citizen_files_answers_a_supplement_and_rates() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100001").await;
        let code = filed_online(&app, &mut citizen).await;
        let own = format!("/my/{code}");
        citizen.get(&own).await.is(200).shows("Mới đăng ký");

        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        clerk.get("/work?tab=incoming").await.is(200).shows(&code);
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let reason = "Ảnh chụp mờ, xin chụp lại";
        act(&mut officer, &code, "request-supplement", asking(reason)).await.is(200);
        citizen.get(&own).await.is(200).shows(reason);
        let answer = [("other", "chụp lại.pdf", PDF)];
        citizen.upload(&format!("{own}/supplement"), &[("note", "Đã chụp lại")], &answer).await.is(303);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        citizen.post(&format!("{own}/rate"), &[("score", "6")]).await.is(422);
        let page = citizen.get(&own).await;
        let rating_code = page
            .between("Người khác có thể đánh giá giúp bằng mã <code class=\"code\">", "<")
            .expect("a code")
            .to_owned();
        citizen.post(&format!("{own}/rate"), &[("score", "5")]).await.is(303);
        citizen.get(&own).await.shows("đã được đánh giá").shows_not(&rating_code);
        // Once, whichever way; and what was answered is neither the dossier's nor an official's to read.
        citizen.post(&format!("{own}/rate"), &[("score", "1")]).await.is(409);
        let mut passer = app.anonymous();
        passer.post("/rate", &[("code", &rating_code)]).await.is(422).shows("đã được đánh giá");
        for client in [&mut clerk, &mut officer, &mut leader] {
            client.get(&format!("/dossiers/{code}")).await.is(200).shows_not("Rất hài lòng").shows_not("Đánh giá");
            let view = client.get(&format!("/api/v1/dossiers/{code}")).await.json();
            assert!(view.get("rating").is_none(), "{view}");
        }
        let kinds = app.event_kinds(&code).await;
        let way = "filed received supplement-requested supplement-completed forwarded approved result-returned";
        assert_eq!(kinds, way.split(' ').collect::<Vec<_>>());
    });
}

#[test]
fn one_citizen_never_sees_anothers_dossier() {
    on_every_engine(|app| async move {
        let mut owner = newcomer(&app, "094190100002").await;
        let code = filed_online(&app, &mut owner).await;
        let mut other = newcomer(&app, "094190100003").await;
        for address in [format!("/my/{code}"), format!("/api/v1/dossiers/{code}"), format!("/dossiers/{code}")] {
            let status = other.get(&address).await.status.as_u16();
            assert!(matches!(status, 403 | 404), "{address} answers {status}");
        }
        other.post(&format!("/my/{code}/withdraw"), &[("reason", "x")]).await.is(404);
        other.post(&format!("/my/{code}/rate"), &[("score", "1")]).await.is(404);
        act(&mut other, &code, "withdraw", json!({ "reason": "x" })).await.is(404);
        other.get("/my").await.is(200).shows_not(&code);
    });
}
