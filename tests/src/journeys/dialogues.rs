//! A dialogue of an agency's head with people: announced, asked beforehand, answered and promised with dates, its minutes public.

use base::{Instant, Role};

use super::notices::{on_own_provinces, work};
use crate::harness::{Client, TestApp};

fn at(month: i8, day: i8, hour: i8) -> Instant {
    Instant::from_local(base::Date::constant(2026, month, day).at(hour, 0, 0, 0))
}

/// What announcing asks for, at the people's own commune.
fn sitting(agency: &str) -> Vec<(&'static str, String)> {
    let fields = [
        ("agency", agency),
        ("title", "Đất đai, hộ tịch và đường nội đồng"),
        ("place", "Hội trường xã"),
        ("day", "2026-12-02"),
        ("hour", "08:30"),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).to_vec()
}

async fn post(client: &mut Client, path: &str, fields: &[(&str, String)]) -> crate::harness::Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

/// Announced by the commune's head, with one question from a passer-by; the sitting's code.
pub(crate) async fn announced(app: &TestApp) -> String {
    let mut leader = app.signed_in(Role::Leader).await;
    leader.get("/sittings/new").await.is(200).shows("Thông báo buổi đối thoại");
    let agency = app.person(Role::Leader).agency.to_string();
    let page = post(&mut leader, "/sittings/new", &sitting(&agency)).await;
    page.is(303);
    let code = page.location.trim_start_matches("/sittings/").to_owned();
    let mut phone = app.anonymous();
    phone.get(&format!("/dialogues/{code}")).await.is(200).shows("Gửi câu hỏi trước");
    let question = [
        ("text", "Bao giờ cấp giấy cho nhà tôi, số 12 khóm 3?"),
        ("name", "Nguyễn Thị Đào"),
        ("email", "dao@example.vn"),
    ];
    phone.post(&format!("/dialogues/{code}/ask"), &question).await.leads_to(&format!("/dialogues/{code}"));
    code
}

/// Programs read what everybody reads, and no more.
async fn read_by_programs(app: &TestApp, code: &str) {
    let list = app.anonymous().get("/api/v1/dialogues?per_page=1").await;
    let list = list.is(200).json();
    assert_eq!((&list["items"][0]["code"], &list["items"][0]["state"]), (&code.into(), &"published".into()));
    let after = list["next"].as_str().expect("a place").to_owned();
    let rest = app.anonymous().get(&format!("/api/v1/dialogues?per_page=1&after={after}")).await;
    assert_eq!(rest.is(200).json()["items"], serde_json::json!([]));
    app.anonymous().get("/api/v1/dialogues?after=1").await.is(422);
    app.anonymous().get("/api/v1/dialogues/DT26-9999").await.is(404);
    let one = app.anonymous().get(&format!("/api/v1/dialogues/{code}")).await;
    one.is(200).shows_not("khóm 3").shows_not("Đào").shows_not("dao@");
    let one = one.json();
    assert_eq!(one["minutes"], "Có 40 người dự, 2 câu hỏi.");
    let said: Vec<_> = one["items"].as_array().expect("items").iter().map(|item| item["said"].clone()).collect();
    assert_eq!(said, ["Bao giờ cấp giấy chứng nhận?", "Làm 500 m đường nội đồng"]);
    assert_eq!(one["waiting"], 1);
}

#[test]
fn a_dialogue_goes_from_its_announcement_to_kept_commitments_and_public_minutes() {
    on_own_provinces(|app, mail| async move {
        let mut leader = app.signed_in(Role::Leader).await;
        let own = app.person(Role::Leader).agency.to_string();
        let above = app.tree().root().expect("a root").id.to_string();
        leader.get("/sittings/new").await.is(200);
        post(&mut leader, "/sittings/new", &sitting(&above)).await.is(403);
        let mut wrong = sitting(&own);
        wrong[4].1 = "8 giờ sáng".to_owned();
        post(&mut leader, "/sittings/new", &wrong).await.is(422).shows("Cần giờ, ví dụ 08:30").shows("Hội trường xã");
        let mut wrong = sitting(&own);
        wrong[3].1 = "2026-11-20".to_owned();
        post(&mut leader, "/sittings/new", &wrong).await.is(422).shows("Ngày này đã qua");

        let code = announced(&app).await;
        let public = format!("/dialogues/{code}");
        app.anonymous().get("/dialogues").await.is(200).shows("đường nội đồng").shows(&public);
        // What was asked and by whom is not public.
        let page = app.anonymous().get(&public).await;
        page.is(200).shows("Còn 1 câu hỏi").shows_not("khóm 3").shows_not("Đào").shows_not("dao@");
        app.anonymous().get(&format!("/sittings/{code}")).await.is(303);
        leader.get("/due").await.is(200).shows("Giao câu hỏi đối thoại").shows("Tổ chức buổi đối thoại");
        let office = leader.get(&format!("/sittings/{code}")).await;
        office.is(200).shows("Câu hỏi");
        let item = office.between("href=\"/sitting-items/", "\"").expect("an item").to_owned();
        let item = format!("/sitting-items/{item}");
        leader.get(&item).await.is(200).shows("khóm 3").shows("Nguyễn Thị Đào");

        // Routed to a unit with a day; answered in words that name nobody.
        let unit = app.person(Role::Officer).agency.to_string();
        let mut officer = app.signed_in(Role::Officer).await;
        // Nobody of a unit sees it before it lies there.
        officer.post(&format!("{item}/route"), &[("unit", &unit), ("day", "2026-12-09")]).await.is(404);
        leader.post(&format!("{item}/route"), &[("unit", &unit), ("day", "2026-11-20")]).await.is(422);
        leader.post(&format!("{item}/route"), &[("unit", &unit), ("day", "2026-12-09")]).await.is(303);
        officer.get("/due").await.is(200).shows("Trả lời câu hỏi đối thoại").shows_not("khóm 3");
        officer.get(&item).await.is(200).shows("khóm 3").shows_not("Đã thực hiện");
        let telling = [("answer_question", "Bà Nguyễn Thị Đào hỏi"), ("answer_public", "Gọi 0912 345 678")];
        officer.post(&format!("{item}/answer"), &telling).await.is(422);
        officer.post(&format!("{item}/fulfil"), &[("answer_done", "Xong")]).await.is(409);
        let answer = [("answer_question", "Bao giờ cấp giấy chứng nhận?"), ("answer_public", "Trong tháng 12.")];
        officer.post(&format!("{item}/answer"), &answer).await.is(303);
        let page = app.anonymous().get(&public).await;
        page.is(200).shows("Bao giờ cấp giấy chứng nhận?").shows("Trong tháng 12.").shows_not("Đào");
        work(&app).await;
        let subjects: Vec<String> = mail.mails_to("dao@example.vn").iter().map(|one| one.header("Subject")).collect();
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert!(subjects[0].ends_with(": Đã nhận") && subjects[1].ends_with(": Đã có câu trả lời"), "{subjects:?}");

        // At the sitting something is promised; it is public at once, with its day.
        let office = format!("/sittings/{code}");
        leader.post(&format!("{office}/hold"), &[]).await.is(409);
        let promise = [("answer_promise", "Làm 500 m đường nội đồng"), ("unit", unit.as_str()), ("day", "2026-12-21")];
        leader.post(&format!("{office}/promise"), &promise).await.is(409);
        app.clock.set(at(12, 2, 10));
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get(&office).await.is(200).shows("Ghi việc đã hứa");
        leader.post(&format!("{office}/promise"), &promise).await.leads_to(&office);
        let asked = [("text", "Đèn đường?"), ("unit", unit.as_str()), ("day", "2026-12-10")];
        leader.post(&format!("{office}/enter"), &asked).await.leads_to(&office);
        leader.post(&format!("{office}/hold"), &[]).await.leads_to(&office);
        app.anonymous().get(&public).await.is(200).shows("500 m đường nội đồng").shows("21/12/2026");
        app.anonymous().get(&format!("{public}/minutes")).await.is(404);
        app.anonymous().post(&format!("{public}/ask"), &[("text", "Muộn")]).await.is(409);

        // The minutes are due, and name nobody.
        leader.get("/due").await.is(200).shows("Công khai biên bản đối thoại");
        leader.post(&format!("{office}/publish"), &[("answer_minutes", "Hỏi thêm: lan@example.vn")]).await.is(422);
        leader.post(&format!("{office}/publish"), &[("answer_minutes", "Có 40 người dự, 2 câu hỏi.")]).await.is(303);
        app.anonymous().get(&public).await.is(200).shows("Có 40 người dự").shows("Đã công khai biên bản");
        let paper = app.anonymous().get(&format!("{public}/minutes")).await.printed();
        for said in [code.as_str(), "Có 40 người dự", "Trong tháng 12.", "500 m đường nội đồng", "21/12/2026"]
        {
            assert!(paper.contains(said), "`{said}` is not printed:\n{paper}");
        }
        assert!(!paper.contains("Đào") && !paper.contains("khóm 3"), "{paper}");
        read_by_programs(&app, &code).await;

        // A promise past its day is seen to be late; kept, it says how.
        app.clock.set(at(12, 22, 9));
        app.anonymous().get(&public).await.is(200).shows("quá hạn");
        let mut officer = app.signed_in(Role::Officer).await;
        let due = officer.get("/due").await;
        due.is(200).shows("Thực hiện việc đã hứa").shows("quá hạn");
        let office = officer.get(&office).await;
        let row = office.body.split("500 m đường").next().expect("before it");
        let promised = row.rsplit("href=\"/sitting-items/").next().and_then(|rest| rest.split('"').next()).expect("it");
        let done = [("answer_done", "Đã làm xong 520 m")];
        officer.get(&format!("/sitting-items/{promised}")).await.is(200);
        officer.post(&format!("/sitting-items/{promised}/fulfil"), &done).await.is(303);
        app.anonymous().get(&public).await.is(200).shows("Đã làm xong 520 m").shows("Xong lúc 09:00 22/12/2026");
        let outside = dossiers::verify::Outside {
            proofs: motcua::proofs(),
            kinds: motcua::kinds(),
            now: app.clock.now(),
            ..Default::default()
        };
        let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
        assert!(report.is_well(), "{report:?}");
    });
}
