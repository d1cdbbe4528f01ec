//! A process is drawn, checked, announced and used: two ways by what was answered, another agency asked meanwhile; as a file, and back.

use super::one_stop::act;
use crate::harness::{BIRTH, Client, PASSWORD, Page, forms_of, on_every_engine, on_fresh_provinces, settle_official};
use base::Role;
use serde_json::json;

/// The designer's form as it stands on the page.
fn form(page: &str) -> Vec<(String, String)> {
    let found = forms_of(page, &format!("/catalogue/{BIRTH}/process"));
    let form = found.into_iter().find(|form| form.action.ends_with("/process")).expect("the designer's form");
    form.fields.into_iter().filter(|field| field.kind != "button").map(|field| (field.name, field.value)).collect()
}

async fn press(keeper: &mut Client, fields: &[(String, String)], word: &str) -> Page {
    let mut typed: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, _)| name != "do" && name != "_csrf" && name != "_once" && name != "file")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    typed.push(("do", word));
    keeper.upload(&format!("/catalogue/{BIRTH}/process"), &typed, &[]).await
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    match fields.iter_mut().find(|(field, _)| field == name) {
        Some(field) => value.clone_into(&mut field.1),
        None => fields.push((name.to_owned(), value.to_owned())),
    }
}

#[test]
fn a_process_is_drawn_checked_announced_and_used() {
    on_every_engine(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let at = format!("/catalogue/{BIRTH}/process");
        let page = keeper.get(&at).await;
        page.is(200)
            .shows("Thiết kế quy trình nội bộ")
            .shows("<svg class=\"process\"")
            .shows("Thẩm tra, dự thảo kết quả");
        // One step more, before the last; nothing is kept by that.
        let grown = press(&mut keeper, &form(&page.body), "add-step").await;
        grown.is(200).shows("name=\"s3_name\"").shows_not("name=\"s4_name\"");
        keeper.get(&at).await.is(200).shows_not("name=\"s3_name\"");
        let mut fields = form(&grown.body);
        set(&mut fields, "s2_name", "Xác minh tại nơi sinh");
        let division = fields.iter().find(|(name, _)| name == "s1_unit").expect("where it is appraised").1.clone();
        set(&mut fields, "s2_unit", &division);
        // The steps' time together is longer than the day the law gives.
        set(&mut fields, "s2_norm", "8");
        let wrong = press(&mut keeper, &fields, "look").await;
        wrong.is(422).shows("Xác minh tại nơi sinh");
        let said = wrong.between("error-summary", "</ul>").expect("what is wrong").to_owned();
        assert!(said.contains("#process"), "{said}");
        for (name, norm) in [("s1_norm", "2"), ("s2_norm", "3")] {
            set(&mut fields, name, norm);
        }
        // Ways: only who was born elsewhere is verified; and beside that step another commune is asked.
        let other = app.tree().communes()[7].clone();
        let with_ways = press(&mut keeper, &fields, "add-way").await;
        let mut fields = form(&with_ways.body);
        let id = |n: usize| fields.iter().find(|(name, _)| *name == format!("s{n}_id")).expect("an id").1.clone();
        let (appraise, verify, sign) = (id(1), id(2), id(3));
        set(&mut fields, "w1_when", "answers.child_birthplace != 'Tại nhà' && answers.child_birthplace > 3");
        set(&mut fields, "w3_from", &appraise);
        set(&mut fields, "w3_to", &sign);
        let wrong = press(&mut keeper, &fields, "look").await;
        wrong.is(422).shows("không dùng được");
        set(&mut fields, "w1_when", "answers.child_birthplace == 'Tại nhà'");
        let with_side = press(&mut keeper, &fields, "add-side").await;
        let mut fields = form(&with_side.body);
        set(&mut fields, "b0_step", &verify);
        set(&mut fields, "b0_unit", &format!("agency:{}", other.code));
        set(&mut fields, "b0_name", "Xác nhận việc sinh tại nhà");
        set(&mut fields, "b0_norm", "3");
        let looked = press(&mut keeper, &fields, "look").await;
        looked.is(200).shows("Xác nhận việc sinh tại nhà").shows("class=\"step beside\"");
        // What is announced says by which decision, and from when.
        press(&mut keeper, &form(&looked.body), "announce").await.is(422).shows("id=\"decision-error\"");
        let mut fields = form(&looked.body);
        set(&mut fields, "decision", "77/QĐ-UBND");
        set(&mut fields, "effective_from", &base::vn_date(app.clock.now().date()));
        press(&mut keeper, &fields, "announce").await.is(303).leads_to(&format!("/procedures/{BIRTH}"));

        // Used: born at home it is verified and the other commune asked, born in a hospital it goes straight to the leader.
        let mut clerk = app.signed_in(Role::Clerk).await;
        let commune = app.person(Role::Leader).agency.to_string();
        let (mut officer, mut leader) = (app.signed_in(Role::Officer).await, app.signed_in(Role::Leader).await);
        settle_official(app.db(), "hoi.xa", Role::Leader, &other).await;
        let mut asked = app.anonymous();
        asked.sign_in_as("hoi.xa", PASSWORD).await;
        for (place, verified) in [("Tại nhà", true), ("Bệnh viện", false)] {
            let body = json!({
                "procedure": BIRTH, "intake": commune, "competent": commune, "owner_name": "Phạm Thị Nhánh",
                "owner_number": "094190000123", "answers": { "child_birthplace": place },
                "components": { "giay-to-tuy-than": "paper", "giay-chung-sinh": "paper" },
            });
            let made = clerk.post_json("/api/v1/dossiers", &body).await;
            made.is(201);
            let code = made.json()["code"].as_str().expect("a code").to_owned();
            act(&mut officer, &code, "forward", json!({})).await.is(200);
            let page = officer.get(&format!("/dossiers/{code}")).await;
            if !verified {
                act(&mut leader, &code, "approve", json!({})).await.is(200);
                continue;
            }
            page.is(200).shows("Xác minh tại nơi sinh").shows("Xác nhận việc sinh tại nhà");
            act(&mut officer, &code, "forward", json!({})).await.is(409).shows("dossier-opinions-waited-for");
            let say = json!({ "stance": "agree", "text": "Đúng là sinh tại nhà, có người làm chứng" });
            act(&mut asked, &code, "give-opinion", say).await.is(200);
            let summed = json!({ "note": "Đã xác minh, đủ điều kiện đăng ký" });
            act(&mut officer, &code, "forward", summed).await.is(200);
            act(&mut leader, &code, "approve", json!({})).await.is(200);
        }
    });
}

#[test]
fn a_process_goes_out_as_a_file_and_comes_back_and_a_foreign_one_is_refused_by_name() {
    on_every_engine(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let file = app.anonymous().get(&format!("/procedures/{BIRTH}/process.bpmn")).await;
        file.is(200).shows("http://www.omg.org/spec/BPMN/20100524/MODEL");
        let at = format!("/catalogue/{BIRTH}/process");
        let import = |bytes: &'static [u8]| [("file", "quy-trinh.bpmn", bytes)];
        keeper.get(&at).await.is(200);
        let bytes: &'static [u8] = Box::leak(file.bytes.clone().into_boxed_slice());
        let back = keeper.upload(&at, &[("do", "import")], &import(bytes)).await;
        back.is(200).shows("Thẩm tra, dự thảo kết quả").shows("Ký duyệt kết quả");
        let loops = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>
            <subProcess id="x" name="Xử lý sâu"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/></process></definitions>"#;
        keeper.upload(&at, &[("do", "import")], &import(loops.as_bytes())).await.is(422).shows("Tệp không đọc được");
        keeper.upload(&at, &[("do", "import")], &[]).await.is(422).shows("Chưa chọn tệp BPMN");
        // Only who keeps the catalogue designs.
        app.signed_in(Role::Clerk).await.get(&at).await.is(403);
    });
}

fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

#[test]
fn a_branch_of_several_steps_is_designed_announced_and_goes_its_way_beside_the_step() {
    on_fresh_provinces(|app| async move {
        let other = app.tree().communes()[7].clone();
        let division = app.tree().children(other.id).into_iter().find(|one| one.kind == organisation::Kind::Division);
        let division = division.expect("a division").clone();
        settle_official(app.db(), "nhanh.soan", Role::Officer, &division).await;
        settle_official(app.db(), "nhanh.ky", Role::Leader, &other).await;
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let page = keeper.get(&format!("/catalogue/{BIRTH}/process")).await;
        let with_side = press(&mut keeper, &form(&page.body), "add-side").await;
        let mut fields = form(&with_side.body);
        let appraise = value(&fields, "s1_id").to_owned();
        set(&mut fields, "b0_step", &appraise);
        set(&mut fields, "b0_unit", &format!("agency:{}", division.code));
        set(&mut fields, "b0_name", "Soạn xác nhận nơi cư trú");
        set(&mut fields, "b0_norm", "1");
        // A step behind it: whoever answers by itself becomes the first step of a branch.
        let branch = press(&mut keeper, &fields, "then-0").await;
        branch.is(200).shows("name=\"b1_then\"").shows("name=\"b0_role\"").shows("bước tiếp của nhánh");
        let mut fields = form(&branch.body);
        set(&mut fields, "b1_name", "Chủ tịch ký xác nhận");
        set(&mut fields, "b1_norm", "9");
        let long = press(&mut keeper, &fields, "look").await;
        long.is(422).shows("dài hơn thời gian của bước");
        set(&mut fields, "b1_norm", "1");
        set(&mut fields, "b1_role", "clerk");
        press(&mut keeper, &fields, "look").await.is(422).shows("không phải bộ phận một cửa");
        set(&mut fields, "b1_role", "leader");
        let looked = press(&mut keeper, &fields, "look").await;
        looked.is(200).shows("Chủ tịch ký xác nhận").shows_not("error-summary");
        assert_eq!(looked.body.matches("class=\"step beside\"").count(), 2);
        // Taken out again the branch is what it was.
        let dropped = press(&mut keeper, &form(&looked.body), "drop-side-1").await;
        dropped.is(200).shows_not("name=\"b1_step\"").shows_not("name=\"b0_role\"");
        let mut fields = form(&looked.body);
        set(&mut fields, "decision", "78/QĐ-UBND");
        set(&mut fields, "effective_from", &base::vn_date(app.clock.now().date()));
        press(&mut keeper, &fields, "announce").await.is(303).leads_to(&format!("/procedures/{BIRTH}"));
        app.anonymous().get(&format!("/procedures/{BIRTH}/compare")).await.is(200).shows("Chủ tịch ký xác nhận");

        let mut clerk = app.signed_in(Role::Clerk).await;
        let commune = app.person(Role::Leader).agency.to_string();
        let body = json!({
            "procedure": BIRTH, "intake": commune, "competent": commune, "owner_name": "Phạm Thị Nhánh",
            "owner_number": "094190000123", "components": { "giay-to-tuy-than": "paper", "giay-chung-sinh": "paper" },
        });
        let made = clerk.post_json("/api/v1/dossiers", &body).await;
        let code = made.is(201).json()["code"].as_str().expect("a code").to_owned();
        let mut officer = app.signed_in(Role::Officer).await;
        let signed_in = async |login: &str| {
            let mut person = app.anonymous();
            person.sign_in_as(login, PASSWORD).await;
            person
        };
        let (mut drafter, mut chairman) = (signed_in("nhanh.soan").await, signed_in("nhanh.ky").await);
        // The page of each says where the branch stands, and offers what can be done there.
        let page = format!("/dossiers/{code}");
        drafter.get("/work?tab=asked").await.is(200).shows(&code);
        let at_first = drafter.get(&page).await;
        at_first.is(200).shows("bước 1/2: Soạn xác nhận nơi cư trú").shows("Bước tiếp: Chủ tịch ký xác nhận");
        at_first
            .shows(&format!("action=\"{page}/forward-opinion\""))
            .shows_not(&format!("action=\"{page}/give-opinion\""));
        drafter.upload(&format!("{page}/send-back-opinion"), &[("reason", "Chưa đủ căn cứ")], &[]).await.is(409);
        let note = [("note", "Dự thảo: có cư trú tại địa phương từ 2019")];
        drafter.upload(&format!("{page}/forward-opinion"), &note, &[]).await.is(303);
        let at_last = chairman.get(&page).await;
        at_last.is(200).shows("bước 2/2: Chủ tịch ký xác nhận").shows("có cư trú tại địa phương từ 2019");
        chairman.upload(&format!("{page}/send-back-opinion"), &[("reason", "?")], &[]).await.is(422).shows("reason");
        act(&mut chairman, &code, "send-back-opinion", json!({ "reason": "Ghi rõ địa chỉ" })).await.is(200);
        act(&mut drafter, &code, "forward-opinion", json!({ "note": "Đã ghi rõ địa chỉ" })).await.is(200);
        act(&mut officer, &code, "forward", json!({})).await.is(409).shows("dossier-opinions-waited-for");
        let view = officer.get_json(&format!("/api/v1/dossiers/{code}")).await.json();
        assert_eq!(view["opinions"][0]["unit"], other.id.to_string());
        assert!(view["opinions"][0]["step_due_at"].is_string(), "{view}");
        let say = json!({ "stance": "agree", "text": "Xác nhận có cư trú tại địa phương" });
        act(&mut chairman, &code, "give-opinion", say).await.is(200);
        act(&mut officer, &code, "forward", json!({ "note": "Đủ điều kiện đăng ký" })).await.is(200);
    });
}

#[test]
fn shapes_that_were_moved_stand_where_they_were_in_the_page_in_the_version_and_in_the_file() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let at = format!("/catalogue/{BIRTH}/process");
        let page = keeper.get(&at).await;
        page.is(200).shows("name=\"places\" value=\"\"").shows("/process.js\"");
        let mut fields = form(&page.body);
        let (first, second) = (value(&fields, "s0_id").to_owned(), value(&fields, "s1_id").to_owned());
        // Somewhere off the paper, and no place at all: refused at the field, and nothing is moved.
        for wrong in ["-1,5", "5,20001", "x,y", "5"] {
            set(&mut fields, "places", &format!("{second}:{wrong}"));
            press(&mut keeper, &fields, "place").await.is(422).shows("Vị trí trong sơ đồ");
        }
        set(&mut fields, "places", &format!("{second}:2400,300 gone:1,1"));
        let moved = press(&mut keeper, &fields, "place").await;
        let here = format!("data-node=\"{second}\" data-x=\"2400\"");
        moved.is(200).shows(&here).shows("Để chương trình tự sắp xếp");
        let mut fields = form(&moved.body);
        let places = value(&fields, "places").to_owned();
        assert!(places.contains(&format!("{second}:2400,")) && !places.contains("gone"), "{places}");
        // A way drawn from one shape to another is a row more.
        set(&mut fields, "way_from", &first);
        let third = value(&fields, "s2_id").to_owned();
        set(&mut fields, "way_to", &third);
        let drawn = press(&mut keeper, &fields, "draw-way").await;
        let with_way = form(&drawn.body);
        let last = (0..).take_while(|n| !value(&with_way, &format!("w{n}_from")).is_empty()).count() - 1;
        assert_eq!(value(&with_way, &format!("w{last}_from")), first);
        assert_eq!(value(&with_way, &format!("w{last}_to")), third);
        set(&mut fields, "decision", "79/QĐ-UBND");
        set(&mut fields, "effective_from", &base::vn_date(app.clock.now().date()));
        press(&mut keeper, &fields, "announce").await.is(303);
        keeper.get(&at).await.is(200).shows(&here).shows(&places);
        let file = app.anonymous().get(&format!("/procedures/{BIRTH}/process.bpmn")).await;
        file.is(200).shows("<dc:Bounds x=\"2400\"");
        keeper.get(&at).await.is(200);
        let bytes: &'static [u8] = Box::leak(file.bytes.clone().into_boxed_slice());
        keeper.upload(&at, &[("do", "import")], &[("file", "quy-trinh.bpmn", bytes)]).await.is(200).shows(&here);
        // Given back to the program, nothing is kept.
        let fields = form(&keeper.get(&at).await.body);
        let laid = press(&mut keeper, &fields, "lay-out").await;
        laid.is(200).shows("name=\"places\" value=\"\"").shows_not("data-x=\"2400\"");
    });
}
