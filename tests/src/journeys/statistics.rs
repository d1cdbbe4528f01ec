//! The monthly table and the assessment of a unit through their pages: what was done is counted, each number opens, what was so on a day
//! is so when it is asked for later; an index is explained, answered, published and compared with what stands now.

use base::{Date, Fault, Id, Role};
use facts::Fact;
use serde_json::json;

use crate::harness::{Client, TestApp, on_every_engine, on_fresh_provinces};
use crate::journeys::one_stop::{act, asking, received};
use crate::journeys::portal::{filed_online, newcomer};

/// The last line of a table as a file, after its name.
async fn total(client: &mut Client, asked: &str) -> String {
    let file = client.get(&format!("/statistics?by=field&format=csv&{asked}")).await;
    let last = file.is(200).body.lines().last().expect("a line").to_owned();
    last.strip_prefix("Tổng số,").unwrap_or_else(|| panic!("{last}")).to_owned()
}

#[test]
fn what_a_unit_did_is_counted_and_what_was_so_on_a_day_is_so_when_it_is_asked_for_later() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let today = "from=25/11/2026&to=25/11/2026";
        assert_eq!(total(&mut leader, today).await, "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
        let [done, waits, late] =
            [received(&app, &mut clerk).await, received(&app, &mut clerk).await, received(&app, &mut clerk).await];
        act(&mut officer, &done, "forward", json!({})).await.is(200);
        act(&mut leader, &done, "approve", json!({})).await.is(200);
        act(&mut clerk, &done, "return-result", json!({ "handed_to": "owner" })).await.is(200);
        act(&mut officer, &waits, "request-supplement", asking("Thiếu bản chụp")).await.is(200);
        // Taken back before anybody received it: no end of what was open.
        let mut citizen = newcomer(&app, "094190100886").await;
        let own = filed_online(&app, &mut citizen).await;
        citizen.post(&format!("/my/{own}/withdraw"), &[("reason", "Tôi nộp nhầm thủ tục")]).await.is(303);
        // Received 3 · settled 1, on time · ended otherwise 0 · open 2: one in time, one waits · returned 1.
        let first = "3,0,0,3,0,1,0,1,0,0,0,2,1,0,1,1,0";
        assert_eq!(total(&mut leader, today).await, first);
        let page = leader.get(&format!("/statistics?{today}")).await;
        page.is(200).shows("Đang giải quyết").shows("Từ kỳ trước");

        // Two days later: one is overdue and settled late, the other's supplement came.
        app.clock.advance_ms(2 * 86_400_000);
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let since = "from=26/11/2026&to=27/11/2026";
        assert_eq!(total(&mut leader, since).await, "2,2,0,0,0,0,0,0,0,0,0,2,0,1,1,0,0");
        act(&mut officer, &late, "forward", json!({})).await.is(200);
        act(&mut leader, &late, "approve", json!({})).await.is(200);
        act(&mut officer, &waits, "complete-supplement", json!({ "note": "Đã đủ", "sure": "1" })).await;
        // Withdrawn by wish at the desk, while it was open: an end.
        let gone = json!({ "reason": "Không cần nữa", "wished_how": "spoken", "wished_by": "Sa Rết", "wished_words": "Tại quầy" });
        act(&mut clerk, &waits, "withdraw", gone).await.is(200);
        let after = total(&mut leader, since).await;
        assert!(after.starts_with("2,2,0,0,0,1,0,0,1,1,0,0,0,0,0,0,0"), "{after}");
        // What was so at the end of the first day, when one was overdue since five, and of the day between, is told as it was.
        assert_eq!(total(&mut leader, today).await, "3,0,0,3,0,1,0,1,0,0,0,2,0,1,1,1,0");
        assert_eq!(total(&mut leader, "from=26/11/2026&to=26/11/2026").await, "2,2,0,0,0,0,0,0,0,0,0,2,0,1,1,0,0");

        // Each number opens to its dossiers.
        let opened = leader.get("/statistics/cases?period=2026-11-26..2026-11-26&column=overdue").await;
        opened.is(200).shows(&late).shows_not(&waits).shows("1 hồ sơ");
        let opened = leader.get("/statistics/cases?period=2026-11-26..2026-11-26&column=paused").await;
        opened.is(200).shows(&waits).shows_not(&late);
        let field = leader.get("/statistics/cases?period=2026-11&by=field&key=ho-tich&column=received").await;
        field.is(200).shows(&done).shows(&waits).shows(&late).shows_not(&own);
        leader.get("/statistics/cases?period=2026-11&column=received&format=csv").await.is(200).shows(&done);
        let pdf = leader.get("/statistics?period=r2026-12&by=procedure&format=pdf").await;
        pdf.is(200);
        assert!(pdf.printed().contains("KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"), "{}", pdf.printed());
        leader.get("/statistics?period=2026-11&format=xlsx").await.is(200);
        leader.get("/statistics?from=5/11/2026&to=1/11/2026").await.is(422).shows("Ngày kết thúc");
        leader.get("/statistics/cases?period=2026-11&column=nonsense").await.is(422);
        leader.get("/statistics/cases?period=2026-11&by=official&key=none&column=carried").await.is(422);
    });
}

#[test]
fn figures_of_a_unit_are_for_those_who_lead_it_and_an_officials_for_the_official_and_the_leader() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut reform = app.signed_in(Role::ReformOfficer).await;
        let (month, other) = ("period=2026-11", app.tree().communes()[3].id);
        for path in ["/statistics", "/assessment", "/assessments"] {
            officer.get(path).await.is(403);
            app.anonymous().get(path).await.is(303);
        }
        leader.get(&format!("/statistics?{month}&unit={other}")).await.is(403);
        leader.get(&format!("/assessment?unit={other}")).await.is(403);
        reform.get(&format!("/statistics?{month}&unit={other}")).await.is(200);
        // Official by official: the leader, and nobody who has no say over them.
        let shown = leader.get(&format!("/statistics?{month}&by=official")).await;
        shown.is(200);
        let clerks = app.actor_of(&clerk).await.name;
        shown.shows(&clerks);
        reform.get(&format!("/statistics?{month}&by=official")).await.is(403);
        let asked =
            format!("/statistics/cases?{month}&by=official&key={}&column=counter", app.actor_of(&clerk).await.account);
        leader.get(&asked).await.is(200).shows(&code);
        reform.get(&asked).await.is(403);
        // One's own.
        clerk.get(&format!("/statistics/mine?{month}")).await.is(200).shows(&clerks);
        clerk.get(&format!("/statistics/mine/cases?{month}&column=counter")).await.is(200).shows(&code);
        officer.get(&format!("/statistics/mine/cases?{month}&column=counter")).await.is(200).shows_not(&code);
        clerk.get("/assessment/mine").await.is(200).shows("Thời gian thực hiện");
        reform.get("/assessment?by=official").await.is(403);
    });
}

/// An answer to a petition, late, in the third quarter: what comes to light afterwards.
async fn answered_late(app: &TestApp, unit: Id) {
    let known = records::measures(&motcua::kinds()).expect("declarations that agree");
    let measure = known.get("feedback_answered").expect("petitions are counted");
    let fact = Fact::one(measure, Date::constant(2026, 8, 20), (unit, base::Level::Commune), Id(77));
    let written =
        app.db().write(move |tx| Box::pin(async move { Ok::<_, Fault>(facts::append(tx, &[fact]).await?) })).await;
    written.expect("a fact");
}

#[test]
fn an_assessment_is_explained_answered_published_and_kept_beside_what_stands_now() {
    on_fresh_provinces(|app| async move {
        let mut assessor = app.signed_in(Role::ReformOfficer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        let unit = app.person(Role::Leader).agency;
        let text = unit.to_string();
        let asked = |period| [("unit", text.as_str()), ("criteria", "tt01-2018"), ("period", period)];
        leader.get("/assessments/new").await.is(403);
        assessor.get("/assessments/new").await.is(200).shows("Mở đợt đánh giá");
        assessor.upload("/assessments/new", &asked("2026-Q4"), &[]).await.is(422).shows("chưa kết thúc");
        assessor.upload("/assessments/new", &asked("2026-08"), &[]).await.is(422).shows("theo quý hoặc năm");
        let page = assessor.upload("/assessments/new", &asked("2026-Q3"), &[]).await.is(303).location.clone();
        assert!(page.starts_with("/assessments/DG26-"), "{page}");
        assessor.upload("/assessments/new", &asked("2026-Q3"), &[]).await.is(422).shows("đã có đợt đánh giá");
        leader.get("/due").await.is(200).shows("Giải trình kết quả đánh giá");

        let act = |word: &str| format!("{page}/{word}");
        leader.get(&page).await.is(200).shows("Giải trình").shows("Báo không còn ý kiến");
        let wrong = [("index", "nonsense"), ("text", "Không rõ")];
        leader.upload(&act("explain"), &wrong, &[]).await.is(422);
        let why = [("index", "feedback"), ("text", "Đơn vị không nhận được phản ánh nào trong quý.")];
        assessor.upload(&act("explain"), &why, &[]).await.is(403);
        leader.upload(&act("explain"), &why, &[]).await.leads_to(&page);
        assessor.upload(&act("publish"), &[], &[]).await.is(409).shows("chưa được trả lời");
        assessor.upload(&act("accept"), &[("explanation", "2"), ("reason", "x")], &[]).await.is(422);
        let yes = [("explanation", "1"), ("reason", "Đúng như sổ theo dõi.")];
        leader.upload(&act("accept"), &yes, &[]).await.is(403);
        assessor.upload(&act("accept"), &yes, &[]).await.leads_to(&page);
        assessor.upload(&act("publish"), &[], &[]).await.is(409).shows("còn được giải trình");
        leader.upload(&act("agree"), &[], &[]).await.leads_to(&page);
        leader.upload(&act("explain"), &why, &[]).await.is(409).shows("Hết thời gian giải trình");
        assessor.upload(&act("publish"), &[], &[]).await.leads_to(&page);
        let kept = leader.get(&page).await;
        kept.is(200).shows("Đã công bố").shows("không nhận được phản ánh nào").shows("Đúng như sổ theo dõi.");
        kept.shows("Chấp nhận").shows("2,0");

        // Live and kept are the same; then something of that quarter comes to light, and the difference is named.
        let now = format!("/assessment?unit={unit}&period=2026-Q3&criteria=tt01-2018");
        leader.get(&now).await.is(200).shows("Đã công bố 2,0 điểm").shows_not("Nay đã khác").shows("Để ngoài");
        answered_late(&app, unit).await;
        leader.get(&now).await.is(200).shows("Đã công bố 2,0 điểm").shows("Nay đã khác").shows("0,0");
        let cases = format!("/assessment/cases?unit={unit}&period=2026-Q3&criteria=tt01-2018&index=feedback&side=1");
        leader.get(&cases).await.is(200).shows("1 hồ sơ");
        let rated =
            format!("/assessment/cases?unit={unit}&period=2026-Q3&criteria=qd766&index=feedback-satisfied&side=0");
        leader.get(&rated).await.is(404);
        let root = app.tree().root().expect("a root").id;
        let ranking = format!("/assessment?unit={root}&period=2026-Q3&criteria=qd766");
        assessor.get(&ranking).await.is(200).shows("Xếp hạng");
        assessor.get(&format!("{ranking}&format=csv")).await.is(200);
        leader.get("/assessments?tab=published").await.is(200).shows("DG26-");
    });
}

/// An assessment explained, answered and published: a row of it, for what verification notices.
pub(crate) async fn assessed(app: &TestApp) {
    let mut assessor = app.signed_in(Role::ReformOfficer).await;
    let mut leader = app.signed_in(Role::Leader).await;
    let unit = app.person(Role::Leader).agency.to_string();
    let asked = [("unit", unit.as_str()), ("criteria", "qd766"), ("period", "2026-Q3")];
    assessor.get("/assessments").await.is(200);
    let page = assessor.upload("/assessments/new", &asked, &[]).await.is(303).location.clone();
    leader.get(&page).await.is(200);
    let why = [("index", "progress"), ("text", "Quý này chưa dùng hệ thống.")];
    leader.upload(&format!("{page}/explain"), &why, &[]).await.is(303);
    let no = [("explanation", "1"), ("reason", "Kế hoạch yêu cầu dùng từ tháng bảy.")];
    assessor.upload(&format!("{page}/decline"), &no, &[]).await.is(303);
    leader.upload(&format!("{page}/agree"), &[], &[]).await.is(303);
    assessor.upload(&format!("{page}/publish"), &[], &[]).await.is(303);
}
