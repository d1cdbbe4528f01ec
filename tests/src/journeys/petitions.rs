//! Petitions through the router: from a phone to the published answer, past the unit complained of, by page and by API; and what is due
//! in one list with the dossiers.

use base::Role;
use serde_json::json;

use super::one_stop::received;
use crate::harness::{Client, PASSWORD, Page, TestApp, on_every_engine, settle_official};

const DOT: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0xda, 0x63, 0xfc, 0xff, 0x9f,
    0xa1, 0x1e, 0, 7, 0x82, 2, 0x7f, 0x3d, 0xc8, 0x48, 0xef, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60,
    0x82,
];

/// The code and the key of a receipt.
fn receipt(page: &Page) -> (String, String) {
    page.is(200);
    let code = page.between("<dd id=\"code\"><code class=\"code\">", "<").expect("a code").to_owned();
    let key = page.between("<dd id=\"key\"><code class=\"code\">", "<").expect("a key").to_owned();
    (code, key)
}

/// Somebody without an account sends one with a picture.
pub(crate) async fn sent(app: &TestApp, concerned: Option<String>) -> (Client, String, String) {
    let mut phone = app.anonymous();
    phone.get("/feedback/new").await.is(200).shows("Khiếu nại");
    let area = app.person(Role::Leader).agency.to_string();
    let mut fields = vec![
        ("text", "Phòng tiếp dân của phường đóng cửa cả tuần"),
        ("topic", "civil-status"),
        ("area", area.as_str()),
        ("place", "Cạnh chợ"),
        ("name", "Nguyễn Thị Đào"),
        ("phone", "0912 345 678"),
    ];
    let of = concerned.unwrap_or_default();
    fields.push(("concerned", of.as_str()));
    let page = phone.upload("/feedback/new", &fields, &[("pictures", "anh.png", DOT)]).await;
    let (code, key) = receipt(&page);
    (phone, code, key)
}

/// Everything that is due for somebody, page by page: other tests' dossiers stand there, too.
async fn all_due(client: &mut Client) -> String {
    let (mut pages, mut all) = (vec!["/due".to_owned()], String::new());
    while let Some(address) = pages.pop() {
        let page = client.get(&address).await;
        page.is(200);
        all.push_str(&page.body);
        let next = page.between("rel=\"next\" href=\"", "\"").map(|next| next.replace("&amp;", "&"));
        pages.extend(next);
    }
    all
}

/// Brings a petition to the division of the people's commune.
pub(super) async fn sorted(app: &TestApp, clerk: &mut Client, code: &str) {
    let unit = app.person(Role::Officer).agency.to_string();
    let fields = [("class", "place"), ("topic", "civil-status"), ("unit", unit.as_str())];
    clerk.get(&format!("/petitions/{code}")).await.is(200);
    clerk.upload(&format!("/petitions/{code}/sort"), &fields, &[]).await.leads_to(&format!("/petitions/{code}"));
}

/// The head of the division agrees with a draft.
pub(super) async fn endorsed(app: &TestApp, code: &str) {
    let mut head = app.signed_in(Role::DivisionHead).await;
    head.get(&format!("/petitions/{code}")).await.is(200);
    head.upload(&format!("/petitions/{code}/endorse"), &[], &[]).await.is(303);
}

#[test]
fn a_petition_goes_from_a_phone_to_its_published_answer_without_an_account() {
    on_every_engine(|app| async move {
        let (mut phone, code, key) = sent(&app, None).await;
        // The code alone shows the status and nothing that was written.
        let status = phone.get(&format!("/feedback/{code}")).await;
        status.is(200).shows("Mới gửi").shows_not("tiếp dân").shows_not("Đào");
        phone.get(&format!("/feedback/find?code={}", code.to_lowercase())).await.leads_to(&format!("/feedback/{code}"));
        phone.get("/feedback/find?code=PA26-999999").await.is(422).shows("Không có phản ánh");
        phone.post("/feedback/mine", &[("code", &code), ("key", "aaaaa-aaaaa")]).await.is(404);
        phone.post("/feedback/mine", &[("code", &code), ("key", &key)]).await.is(200).shows("tiếp dân");

        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get(&format!("/petitions?q={code}")).await.is(200).shows(&code);
        clerk.get("/petitions?q=dao+tiep+dan").await.is(200).shows(&code);
        let page = clerk.get(&format!("/petitions/{code}")).await;
        page.is(200).shows("Nguyễn Thị Đào").shows("0912345678").shows("anh.png");
        let picture = page.between("/files/", "?view=1").expect("a picture").to_owned();
        clerk.get(&format!("/petitions/{code}/files/{picture}?view=1")).await.is(200);
        app.anonymous().get(&format!("/petitions/{code}/files/{picture}")).await.is(303);
        // What is wrong is told at its field, and what was typed stays.
        let wrong = clerk.upload(&format!("/petitions/{code}/sort"), &[("class", "place"), ("unit", "7")], &[]).await;
        wrong.is(422).shows("Cần điền mục này");
        sorted(&app, &mut clerk, &code).await;

        let mut officer = app.signed_in(Role::Officer).await;
        let due = all_due(&mut officer).await;
        assert!(due.contains(&code) && due.contains("Trả lời phản ánh"));
        officer.get(&format!("/petitions/{code}")).await;
        let draft = [("answer_text", "Từ ngày 01/12/2026 phòng tiếp dân mở cửa các ngày làm việc.")];
        officer.upload(&format!("/petitions/{code}/draft"), &draft, &[]).await.is(303);
        // The officer does not approve it.
        officer.upload(&format!("/petitions/{code}/approve"), &[], &[]).await.is(403);

        // It goes up: first the head of the division, then the head of the agency.
        let mut head = app.signed_in(Role::DivisionHead).await;
        let due = all_due(&mut head).await;
        assert!(due.contains(&code) && due.contains("Cho ý kiến dự thảo"));
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&format!("/petitions/{code}")).await.is(200).shows("đang chờ");
        leader.upload(&format!("/petitions/{code}/approve"), &[], &[]).await.is(409);
        endorsed(&app, &code).await;
        let due = all_due(&mut leader).await;
        assert!(due.contains(&code) && due.contains("Duyệt trả lời"));
        leader.get(&format!("/petitions/{code}")).await.shows("01/12/2026");
        leader.upload(&format!("/petitions/{code}/approve"), &[], &[]).await.is(303);
        phone.post("/feedback/mine", &[("code", &code), ("key", &key)]).await.is(200).shows("01/12/2026");
        app.anonymous().get(&format!("/feedback/{code}")).await.is(200).shows("Đã trả lời").shows_not("01/12/2026");
        let named = [
            ("public_title", "Bà Nguyễn Thị Đào phản ánh"),
            ("answer_question", "Phòng tiếp dân đóng cửa."),
            ("answer_public", "Mở cửa lại từ 01/12/2026."),
        ];
        let refused = leader.upload(&format!("/petitions/{code}/publish"), &named, &[]).await;
        refused.is(422).shows("Có tên người gửi").shows("Bà Nguyễn Thị Đào phản ánh");
        let title = format!("Phòng tiếp dân đóng cửa, {code}");
        let mut public = named;
        public[0].1 = &title;
        leader.upload(&format!("/petitions/{code}/publish"), &public, &[]).await.is(303);

        let mut anybody = app.anonymous();
        anybody.get("/feedback?topic=civil-status").await.is(200).shows(&title);
        anybody.get("/feedback?topic=roads").await.is(200).shows_not(&title);
        let shown = anybody.get(&format!("/feedback/{code}")).await;
        shown.is(200).shows("Mở cửa lại").shows_not("Đào").shows_not("Cạnh chợ").shows_not("0912");
        let list = anybody.get_json("/api/v1/feedback?topic=civil-status&per_page=100").await.json();
        let item = list["items"].as_array().expect("items").iter().find(|item| item["code"] == code.as_str());
        assert_eq!(item.expect("published")["title"], title.as_str());

        // Rated once, which no official is shown; then it is not settled after all.
        let own = [("code", code.as_str()), ("key", key.as_str())];
        let rated = phone.upload("/feedback/mine/rate", &[&own[..], &[("score", "2")]].concat(), &[]).await;
        rated.is(200).shows_not("Đánh giá câu trả lời");
        leader.get(&format!("/petitions/{code}")).await.shows_not("Không hài lòng");
        let again = phone.upload("/feedback/mine/reopen", &[&own[..], &[("reason", "Vẫn đóng")]].concat(), &[]).await;
        again.is(200).shows("Đang xử lý");
        app.anonymous().get("/feedback?topic=civil-status").await.shows_not(&title);
        officer.get(&format!("/petitions/{code}")).await.is(200).shows("Vẫn đóng");
    });
}

#[test]
fn a_complaint_about_a_unit_goes_past_it_to_the_agency_above() {
    on_every_engine(|app| async move {
        let unit = app.person(Role::Leader).agency;
        let (_, code, _) = sent(&app, Some(unit.to_string())).await;
        for role in [Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader] {
            let mut person = app.signed_in(role).await;
            person.get(&format!("/petitions/{code}")).await.is(404);
            person.get_json(&format!("/api/v1/petitions/{code}")).await.is(404);
            person.get("/petitions?tab=new").await.is(200).shows_not(&code);
            person.get(&format!("/petitions?q={code}")).await.is(200).shows_not(&format!(">{code}<"));
            assert!(!all_due(&mut person).await.contains(&code));
        }
        let mut inspector = app.signed_in(Role::Inspector).await;
        inspector.get(&format!("/petitions/{code}")).await.is(200).shows("Phản ánh về:");
        // About conduct, with no unit named: the receipt says where it went, and the ward is not shown it.
        let area = unit.to_string();
        let mut phone = app.anonymous();
        phone.get("/feedback/new").await.is(200).shows("hiểu là phản ánh về xã, phường");
        let about = [("text", "Cán bộ quát mắng"), ("topic", "conduct"), ("area", area.as_str())];
        let page = phone.upload("/feedback/new", &about, &[]).await;
        page.is(200).shows("chuyển thẳng lên cơ quan cấp trên");
        let (past, _) = receipt(&page);
        app.signed_in(Role::Clerk).await.get(&format!("/petitions/{past}")).await.is(404);
        // Taken in by the ward's own clerk, who is shown it no more either; and with nothing said it is asked for.
        let mut clerk = app.signed_in(Role::Clerk).await;
        let spoken = json!({ "channel": "counter", "text": "Cán bộ quát mắng", "topic": "conduct", "area": area });
        let taken = clerk.post_json("/api/v1/petitions", &spoken).await;
        taken.is(201);
        assert_eq!(taken.json()["concerned"].as_str(), Some(area.as_str()));
        let taken = taken.json()["code"].as_str().expect("a code").to_owned();
        clerk.get(&format!("/petitions/{taken}")).await.is(404);
        let nothing = json!({ "channel": "phone", "text": "Cán bộ quát mắng", "topic": "conduct" });
        let refused = clerk.post_json("/api/v1/petitions", &nothing).await;
        refused.is(422);
        assert_eq!(refused.json()["errors"][0]["field"], "concerned");
        // One that turns out to be about the ward's people, once it is read, leaves the ward at that moment.
        let (_, read, _) = sent(&app, None).await;
        clerk.get(&format!("/petitions/{read}?act=raise")).await.is(200).shows("selected");
        clerk.upload(&format!("/petitions/{read}/raise"), &[("concerned", &area)], &[]).await.leads_to("/petitions");
        clerk.get(&format!("/petitions/{read}")).await.is(404);
        inspector.get("/petitions?tab=new").await.is(200).shows(&code);
    });
}

#[test]
fn programs_take_petitions_in_and_act_on_them_by_the_same_rules() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let area = app.person(Role::Leader).agency.to_string();
        let body = json!({ "channel": "phone", "text": "Đèn đường hỏng", "topic": "civil-status", "area": area });
        let taken = clerk.post_json("/api/v1/petitions", &body).await;
        taken.is(201);
        let code = taken.json()["code"].as_str().expect("a code").to_owned();
        let wrong = json!({ "channel": "dove", "text": "", "topic": "moon" });
        let refused = clerk.post_json("/api/v1/petitions", &wrong).await;
        refused.is(422);
        let fields: Vec<_> =
            refused.json()["errors"].as_array().expect("errors").iter().map(|one| one["field"].clone()).collect();
        assert_eq!(fields, ["channel", "text"]);
        let view = clerk.get_json(&format!("/api/v1/petitions/{code}")).await.json();
        assert_eq!(view["acts"], json!(["sort", "refuse", "raise", "hand-over"]));
        assert_eq!((view["channel"].as_str(), view["words"]["text"].as_str()), (Some("phone"), Some("Đèn đường hỏng")));
        let unit = app.person(Role::Officer).agency.to_string();
        let sort = json!({ "class": "place", "topic": "civil-status", "unit": unit });
        let done = clerk.post_json(&format!("/api/v1/petitions/{code}/sort"), &sort).await;
        done.is(200);
        assert_eq!(done.json()["state"], "handling");
        clerk.post_json(&format!("/api/v1/petitions/{code}/sort"), &sort).await.is(409);
        clerk.post_json(&format!("/api/v1/petitions/{code}/draft"), &json!({ "answer_text": "x" })).await.is(403);
        clerk.post_json(&format!("/api/v1/petitions/{code}/paint"), &json!({})).await.is(404);
        let status = app.anonymous().get_json(&format!("/api/v1/feedback/{code}/status")).await.json();
        assert_eq!(status["state"], "handling");
        app.anonymous().get_json("/api/v1/feedback/PA26-999999/status").await.is(404);
    });
}

#[test]
fn two_petitions_about_one_matter_are_answered_at_once_and_a_head_gives_the_work_to_somebody() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (_, first, _) = sent(&app, None).await;
        let (mut phone, second, key) = sent(&app, None).await;
        for code in [&first, &second] {
            sorted(&app, &mut clerk, code).await;
        }
        // The head of the division sees whom it can be given to, and gives it.
        let mut head = app.signed_in(Role::DivisionHead).await;
        let officer_id = app.person(Role::Officer).id.to_string();
        let page = head.get(&format!("/petitions/{first}?act=assign")).await;
        page.is(200).shows(&format!("value=\"{officer_id}\"")).shows("Giao người xử lý");
        let to = [("person", officer_id.as_str())];
        head.upload(&format!("/petitions/{first}/assign"), &to, &[]).await.is(303);
        head.get(&format!("/petitions/{first}")).await.is(200).shows("Người xử lý");
        let nobody = [("person", "7")];
        head.upload(&format!("/petitions/{first}/assign"), &nobody, &[]).await.is(422).shows("Hãy chọn người");

        // The second is shown to be much like the first, one step from joining it.
        let mut officer = app.signed_in(Role::Officer).await;
        let page = officer.get(&format!("/petitions/{second}")).await;
        let join = format!("/petitions/{second}?act=join&#38;lead={first}#act");
        page.is(200).shows("Có thể cùng một việc").shows(&join);
        officer.get(&format!("/petitions/{second}?act=join&lead={first}")).await.is(200).shows(&first);
        let wrong = officer.upload(&format!("/petitions/{second}/join"), &[("lead", "PA26-999999")], &[]).await;
        wrong.is(422).shows("Không có phản ánh mang mã này");
        officer.upload(&format!("/petitions/{second}/join"), &[("lead", &first)], &[]).await.is(303);
        officer.get(&format!("/petitions/{first}")).await.is(200).shows("Đi cùng phản ánh này: 1").shows(&second);

        let draft = [("answer_text", "Cống được nạo vét trước ngày 15/12/2026.")];
        officer.upload(&format!("/petitions/{first}/draft"), &draft, &[]).await.is(303);
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&format!("/petitions/{first}")).await.is(200).shows_not(&format!("/petitions/{first}/approve"));
        endorsed(&app, &first).await;
        leader.upload(&format!("/petitions/{first}/approve"), &[], &[]).await.is(303);
        let mine = phone.post("/feedback/mine", &[("code", &second), ("key", &key)]).await;
        mine.is(200).shows("15/12/2026").shows("Được trả lời cùng với").shows_not(&first);
    });
}

#[test]
fn a_leaders_work_is_one_list_with_a_dossier_a_petition_and_a_declared_figure() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        // A dossier that waits for the leader's decision.
        let dossier = received(&app, &mut clerk).await;
        super::one_stop::act(&mut officer, &dossier, "forward", json!({})).await.is(200);
        // A petition whose answer waits for approval.
        let (_, petition, _) = sent(&app, None).await;
        sorted(&app, &mut clerk, &petition).await;
        let draft = [("answer_text", "Phường nạo vét cống trước ngày 15/12/2026.")];
        officer.get(&format!("/petitions/{petition}")).await.is(200);
        officer.upload(&format!("/petitions/{petition}/draft"), &draft, &[]).await.is(303);
        endorsed(&app, &petition).await;
        // A figure that somebody of the commune declared.
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        settle_official(app.db(), "khai.so", Role::ReformOfficer, &commune).await;
        let mut declarer = app.anonymous();
        declarer.sign_in_as("khai.so", PASSWORD).await;
        let page = "/steering/targets/ST-002/declare";
        declarer.get(page).await.is(200);
        let figure = [("as_of", "2026-11-20"), ("numerator", "9"), ("denominator", "10"), ("note", "")];
        declarer.upload(page, &figure, &[("evidence", "bao-cao.pdf", crate::harness::PDF)]).await.is(303);

        let mut leader = app.signed_in(Role::Leader).await;
        let all = all_due(&mut leader).await;
        for shown in [dossier.as_str(), petition.as_str(), "ST-002"] {
            assert!(all.contains(&format!(">{shown}<")), "{shown}: {all}");
        }
        // Three working days for the second person; whoever looked owes nothing any more.
        assert!(all.contains("Kiểm tra số liệu khai"));
        let figures = leader.get("/steering/targets/ST-002").await;
        let figure = figures.between("href=\"/steering/figures/", "\"").expect("a figure to check").to_owned();
        let figure = format!("/steering/figures/{figure}");
        leader.get(&figure).await.is(200).shows(&format!("{figure}/accept"));
        leader.upload(&format!("{figure}/accept"), &[("note", "")], &[]).await.is(303);
        assert!(!all_due(&mut leader).await.contains(">ST-002<"));
    });
}

#[test]
fn a_dossier_and_a_petition_stand_in_one_list_of_what_is_due_and_in_a_calendar_that_programs_read() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let dossier = received(&app, &mut clerk).await;
        let (_, petition, _) = sent(&app, None).await;
        sorted(&app, &mut clerk, &petition).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let all = all_due(&mut officer).await;
        for shown in [&dossier, &petition] {
            assert_eq!(all.matches(&format!(">{shown}<")).count(), 1, "{shown}");
        }
        assert!(all.find(&dossier) < all.find(&petition), "due today before due in three weeks");
        // The menu says how much falls due today.
        assert!(all.contains("nav-count"));

        let file = officer.get("/due.ics").await;
        file.is(200);
        assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
        let read = |text: &str| {
            ical::IcalParser::new(text.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())
        };
        let calendars = read(&file.body).expect("a calendar");
        // The parser, which is not of this program, takes no file that is broken: cut off, an end without its beginning, a line that is none.
        let (cut, _) = file.body.rsplit_once("END:VEVENT").expect("an entry");
        let without_begin = file.body.replacen("BEGIN:VEVENT\r\n", "", 1);
        let no_line = file.body.replacen("SUMMARY:", "SUMMARY ", 1).replacen("DTSTAMP:", "DTSTAMP ", 1);
        for broken in [cut, &without_begin, &no_line] {
            assert!(read(broken).is_err(), "{broken}");
        }
        assert_eq!(calendars.len(), 1);
        let value = |event: &ical::parser::ical::component::IcalEvent, name: &str| {
            let found = event.properties.iter().find(|property| property.name == name);
            found.and_then(|property| property.value.clone()).unwrap_or_default()
        };
        let summaries: Vec<String> = calendars[0].events.iter().map(|event| value(event, "SUMMARY")).collect();
        for code in [&dossier, &petition] {
            assert!(summaries.iter().any(|summary| summary.contains(code.as_str())), "{code}");
        }
        let starts: Vec<String> = calendars[0].events.iter().map(|event| value(event, "DTSTART")).collect();
        assert!(starts.is_sorted() && starts.iter().all(|at| at.len() == 16 && at.ends_with('Z')), "{starts:?}");
        assert!(calendars[0].events.iter().all(|event| value(event, "UID").ends_with("@motcua")));
        // Whose unit it is not, is shown neither; citizens have no such list.
        let other = app.signed_in(Role::CatalogueKeeper).await.get("/due").await;
        other.is(200).shows_not(&dossier).shows_not(&petition);
        app.signed_in(Role::Citizen).await.get("/due").await.is(403);
    });
}
