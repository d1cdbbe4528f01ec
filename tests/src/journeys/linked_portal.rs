//! A birth, the child's residence and its insurance card, filed once by a citizen from the portal, on the group's own pages.

use super::linked::settled;
use super::one_stop::{act, to_owner};
use super::portal::newcomer;
use crate::harness::{BIRTH, Client, PDF, Page, TestApp, on_every_engine};
use base::Role;
use serde_json::json;

const GROUP: &str = "2.000986";

/// What a screen asks, each with a right answer: dates, choices, numbers, words.
fn answers(page: &Page) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    for tag in page.body.split("<input class=\"form-control").skip(1).filter_map(|rest| rest.split('>').next()) {
        let Some(name) = attribute(tag, "name").filter(|name| name.starts_with("answer_")) else { continue };
        let value = match attribute(tag, "inputmode").as_deref() {
            // The year that stands in the number of the person who files.
            _ if tag.starts_with(" day\"") => "20/11/1990",
            Some("tel") => "0939123123",
            Some("numeric") => "094190000017",
            Some("decimal") => "2",
            _ => "Xóm Đình, phường Ninh Kiều",
        };
        found.push((name, value.to_owned()));
    }
    for list in page.body.split("<select class=\"form-select\" id=\"answer_").skip(1) {
        let list = list.split("</select>").next().unwrap_or_default();
        let name = format!("answer_{}", list.split('"').next().unwrap_or_default());
        let value = list.split("<option value=\"").nth(2).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        found.push((name, value.to_owned()));
    }
    for name in page.body.split("<textarea class=\"form-control\" id=\"").skip(1) {
        found.push((name.split('"').next().unwrap_or_default().to_owned(), "Không".to_owned()));
    }
    found
}

/// Goes through the screens to the check; its number.
async fn to_the_check(app: &TestApp, citizen: &mut Client) -> usize {
    let (address, commune) = (format!("/file/{GROUP}"), app.person(Role::Leader).agency.to_string());
    citizen.get(&address).await.is(200).shows("Liên thông đăng ký khai sinh");
    // What is asked once is missing once, and where it is asked.
    let bare = citizen.get(&format!("{address}?step=30")).await;
    let missing = bare.is(200).between("error-summary", "</ul>").unwrap_or_default().to_owned();
    assert_eq!(missing.matches("answer_applicant_name").count(), 1, "{missing}");
    assert!(!missing.contains("answer_1.applicant_name"), "{missing}");
    let owner = [
        ("competent", commune.as_str()),
        ("owner_name", "Nguyễn Thị Đường"),
        ("owner_number", "094190000017"),
        ("owner_phone", "0939123123"),
        ("owner_address", "Khóm 3"),
        ("step", "1"),
        ("go", "next"),
    ];
    citizen.post(&address, &owner).await.leads_to(&format!("{address}?step=2"));
    for step in 2..30 {
        let page = citizen.get(&format!("{address}?step={step}")).await;
        page.is(200);
        let number = step.to_string();
        if page.body.contains("value=\"submit\"") {
            return step;
        }
        if page.body.contains("enctype=\"multipart/form-data\"") {
            // Each paper once, and none of what another one results in.
            page.shows("component_1.ct01").shows("component_2.to-khai-bhyt").shows_not("component_2.giay-khai-sinh");
            page.shows_not("component_1.quan-he");
            // Refused as long as one is missing, at its own field.
            let some = [("component_giay-chung-sinh", "a.pdf", PDF)];
            let refused = citizen.upload(&format!("{address}/papers"), &[("go", "next")], &some).await;
            refused.is(422).shows("#component_1.ct01").shows("#component_2.to-khai-bhyt");
            let wanted = page.body.split("type=\"file\" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
            let wanted: Vec<&str> = wanted.filter(|name| *name != "component_giay-chung-sinh").collect();
            let files: Vec<_> = wanted.iter().map(|name| (*name, "giấy.pdf", PDF)).collect();
            citizen.upload(&format!("{address}/papers"), &[("go", "next")], &files).await.is(303);
            continue;
        }
        let typed = answers(&page);
        let mut fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("step", number.as_str()), ("go", "next")]);
        citizen.post(&address, &fields).await.leads_to(&format!("{address}?step={}", step + 1));
    }
    panic!("the filing has no end");
}

/// Codes of the leading one and of what was filed with it, as the applicant's page tells them.
fn codes(page: &Page, lead: &str) -> Vec<String> {
    let panel = page.between("id=\"together\"", "</table>").expect("what was filed together");
    let of = |rest: &str| rest.split('<').next().unwrap_or_default().to_owned();
    let all: Vec<String> = panel.split("<code class=\"code\">").skip(1).map(of).collect();
    assert_eq!((all.len(), all[0].as_str()), (3, lead), "{all:?}");
    all
}

#[test]
fn a_citizen_files_three_procedures_at_once_follows_them_on_one_page_and_is_given_all_of_it_at_once() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100077").await;
        // From the procedure and from the event of life to the group's own page.
        citizen.get(&format!("/procedures/{BIRTH}")).await.is(200).shows(&format!("href=\"/together/{GROUP}\""));
        let about = citizen.get(&format!("/together/{GROUP}")).await;
        about.is(200).shows("Đăng ký thường trú").shows("Công an thành phố Cần Thơ").shows("3 ngày làm việc");
        about.shows(&format!("href=\"/file/{GROUP}\""));
        citizen.get("/together/9.999999").await.is(404);

        let check = to_the_check(&app, &mut citizen).await;
        let number = check.to_string();
        let page = citizen.get(&format!("/file/{GROUP}?step={check}")).await;
        page.is(200).shows("10.000").shows("3 ngày làm việc").shows_not("error-summary");
        citizen.get("/my").await.is(200).shows("Liên thông đăng ký khai sinh");
        let filed = citizen.post(&format!("/file/{GROUP}"), &[("step", &number), ("go", "submit")]).await;
        filed.is(303);
        let lead = filed.location.trim_start_matches("/my/").to_owned();
        let page = citizen.get(&format!("/my/{lead}")).await;
        page.is(200).shows("Nộp cùng một lần").shows("Bắt đầu khi có kết quả của");
        let all = codes(&page, &lead);
        let (residence, card) = (all[1].clone(), all[2].clone());
        citizen.get(&format!("/my/{residence}")).await.is(200).shows(&lead).shows("Tờ khai thay đổi thông tin cư trú");

        // The desk answers the leading one alone; its clock, and the day of all of it, begin with that.
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/work?tab=incoming&per_page=100").await.is(200).shows(&lead).shows_not(&residence);
        act(&mut clerk, &residence, "receive-online", json!({})).await.is(409).shows("dossier-begins-by-itself");
        act(&mut clerk, &lead, "receive-online", json!({})).await.is(200);
        let now = citizen.get(&format!("/my/{lead}")).await;
        now.is(200).shows("Hẹn trả tất cả");
        let receipt = citizen.get(&format!("/my/{lead}/print/receipt")).await.printed();
        for said in [residence.as_str(), card.as_str(), "trả kết quả chung"] {
            assert!(receipt.contains(said), "`{said}` is not on the receipt:\n{receipt}");
        }

        let (mut officer, mut leader) = (app.signed_in(Role::Officer).await, app.signed_in(Role::Leader).await);
        act(&mut officer, &lead, "forward", json!({})).await.is(200);
        act(&mut leader, &lead, "approve", json!({})).await.is(200);
        for (body, code, name) in [("H13.901", &residence, "cong.an"), ("H13.902", &card, "bao.hiem")] {
            let body = app.tree().by_code(body).expect("a body of another system").clone();
            let division = app.tree().children(body.id)[0].clone();
            let mut official = settled(&app, &format!("{name}.tuyen"), Role::Officer, &division).await;
            let mut head = settled(&app, &format!("{name}.ky"), Role::Leader, &body).await;
            act(&mut official, code, "forward", json!({})).await.is(200);
            act(&mut head, code, "approve", json!({})).await.is(200);
        }
        for code in [&residence, &card] {
            act(&mut clerk, code, "take-over", json!({ "papers_came": true })).await;
        }
        act(&mut clerk, &lead, "return-result", to_owner()).await.is(409).shows("dossier-parts-unpaid");
        act(&mut clerk, &residence, "record-payment", json!({})).await.is(200);
        act(&mut clerk, &lead, "return-result", to_owner()).await.is(200);
        let done = citizen.get(&format!("/my/{lead}")).await;
        assert_eq!(codes(&done, &lead).len(), 3);
        for code in &all {
            assert_eq!(clerk.get_json(&format!("/api/v1/dossiers/{code}")).await.json()["status"], 10, "{code}");
        }
        let outside = dossiers::verify::Outside { kinds: motcua::kinds(), ..Default::default() };
        let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("verification");
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{:?}", report.wrong);
    });
}

#[test]
fn what_was_filed_together_falls_together_when_the_desk_refuses_it_or_its_applicant_takes_it_back() {
    on_every_engine(|app| async move {
        for (number, refused) in [("094190100078", true), ("094190100079", false)] {
            let mut citizen = newcomer(&app, number).await;
            let check = to_the_check(&app, &mut citizen).await.to_string();
            let filed = citizen.post(&format!("/file/{GROUP}"), &[("step", &check), ("go", "submit")]).await;
            let lead = filed.is(303).location.trim_start_matches("/my/").to_owned();
            let all = codes(&citizen.get(&format!("/my/{lead}")).await, &lead);
            let mut clerk = app.signed_in(Role::Clerk).await;
            if refused {
                let reason = json!({ "reason": "Trẻ đã được đăng ký khai sinh ở nơi khác" });
                act(&mut clerk, &lead, "refuse-intake", reason).await.is(200);
            } else {
                citizen.post(&format!("/my/{lead}/withdraw"), &[("reason", "Gia đình nộp tại quầy")]).await.is(303);
            }
            for code in &all[1..] {
                let view = clerk.get_json(&format!("/api/v1/dossiers/{code}")).await.json();
                assert_eq!(view["status"], 3, "{code}");
            }
        }
    });
}
