//! News go out: by e-mail to an address that was confirmed, to somebody without an account, over a server that is down, to officials.

use std::sync::Arc;

use base::Role;
use serde_json::json;
use store::{Row, Sql, params};

use super::one_stop::act;
use super::portal::{filed_online, newcomer};
use crate::harness::{Client, Page, PostOffice, TestApp, run, small_provinces};
use notices::Channels;
use notices::sms::InMemory;

/// Provinces of these tests' own: another test's worker has no post office.
pub(crate) fn on_own_provinces<F>(journey: impl Fn(TestApp, PostOffice) -> F)
where
    F: Future<Output = ()>,
{
    run(async {
        for province in small_provinces().await {
            let app = TestApp::with(province, |_| {}).await;
            let post = PostOffice::open().await;
            app.reach(Channels { mail: Some(post.mailer()), sms: None });
            journey(app, post).await;
        }
    });
    assert_eq!(i18n::missing(), Vec::<String>::new(), "words that no file holds");
}

pub(crate) async fn work(app: &TestApp) {
    app.worker().run_until_idle(app.db(), app.clock.now()).await.expect("the worker");
}

async fn rows(app: &TestApp, sql: &'static str) -> Vec<Row> {
    app.db()
        .read(move |tx| Box::pin(async move { tx.query(Sql::from(sql.to_owned()), params![]).await }))
        .await
        .expect(sql)
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    rows(app, sql).await[0].get("n").expect("a number")
}

/// Somebody gives an address and types the code that came.
pub(crate) async fn reachable(app: &TestApp, post: &PostOffice, client: &mut Client, address: &str) {
    client.get("/notices/channels").await.is(200);
    client.post("/notices/channels/mail", &[("address", address)]).await.leads_to("/notices/channels");
    work(app).await;
    let mails = post.mails_to(address);
    let words = mails.last().expect("a code").words();
    let code = words.split("là ").nth(1).and_then(|rest| rest.get(..6)).expect("six digits").to_owned();
    client.get("/notices/channels").await.is(200).shows("Chờ mã xác nhận");
    client.post("/notices/channels/mail/confirm", &[("code", &code)]).await.leads_to("/notices/channels");
}

fn shows_nobody(mail: &crate::harness::Mail) {
    let all = format!("{}{}", mail.words(), mail.header("Subject"));
    for secret in ["Đường", "Đào", "094190", "0939", "0912", "mờ"] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
}

#[test]
fn a_citizen_confirms_an_address_files_and_is_told_by_mail() {
    on_own_provinces(|app, post| async move {
        let mut citizen = newcomer(&app, "094190100301").await;
        citizen.get("/notices").await.is(200).shows("Chưa có thông báo nào");
        citizen.get("/notices/channels").await.is(200).shows("Cơ quan chưa bật kênh này");
        let wrong = citizen.post("/notices/channels/mail", &[("address", "lan@localhost")]).await;
        wrong.is(422).shows("Địa chỉ thư không đúng").shows("lan@localhost");
        citizen.post("/notices/channels/sms", &[("address", "0912345678")]).await.is(409);
        citizen.post("/notices/channels/fax", &[("address", "0912345678")]).await.is(404);
        citizen.post("/notices/channels/mail", &[("address", "lan@example.vn")]).await.is(303);
        citizen.post("/notices/channels/mail/confirm", &[("code", "12")]).await.is(422).shows("Mã không đúng");
        reachable(&app, &post, &mut citizen, "lan@example.vn").await;
        citizen.get("/notices/channels").await.is(200).shows("lan@example.vn").shows("Đã xác nhận");

        let code = filed_online(&app, &mut citizen).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        work(&app).await;
        let mails = post.mails_to("lan@example.vn");
        assert_eq!(mails.len(), 2, "one code, for the first was overtaken, and the news");
        let mail = mails.last().expect("the news");
        assert_eq!(mail.header("Subject"), format!("Hồ sơ {code}: Đã tiếp nhận"));
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.header("From"), "\"Cổng dịch vụ công\" <motcua@cantho.example>".replace('"', ""));
        assert!(mail.header("Message-ID").ends_with("@cantho.example>"), "{}", mail.raw);
        let words = mail.words();
        assert!(words.contains(&format!("https://motcua.example/my/{code}")), "{words}");
        assert!(words.contains(&format!("<a href=\"https://motcua.example/my/{code}\">")), "{words}");
        shows_nobody(mail);

        // The box has it, however it went out; what was shown is seen, and the older page keeps working.
        let page = citizen.get("/notices").await;
        page.is(200).shows("Đã tiếp nhận").shows(&format!("/my/{code}")).shows("Đánh dấu đã xem");
        citizen.get("/my").await.is(200).shows("Mới");
        let until = page.between("name=\"until\" value=\"", "\"").expect("until").to_owned();
        citizen.post("/notices/seen", &[("until", &until)]).await.leads_to("/notices");
        citizen.get("/notices").await.is(200).shows_not("Đánh dấu đã xem");

        // Nowhere in plain: not in the row, the queue, the log, or the record.
        assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM job WHERE CAST(payload AS TEXT) LIKE '%@example%'").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM event WHERE data LIKE '%@example%'").await, 0);
        for row in rows(&app, "SELECT sealed FROM contact").await {
            let sealed: Vec<u8> = row.get("sealed").expect("bytes");
            assert!(!sealed.windows(7).any(|window| window == b"example"));
        }
        // Off again: the box only.
        citizen.post("/notices/channels/mail/remove", &[]).await.is(303);
        let mut officer = app.signed_in(Role::Officer).await;
        let asked = super::one_stop::asking("Ảnh chụp mờ, xin chụp lại");
        act(&mut officer, &code, "request-supplement", asked).await.is(200);
        work(&app).await;
        assert_eq!(post.mails_to("lan@example.vn").len(), 2);
        citizen.get("/notices").await.is(200).shows("Cần bổ sung giấy tờ");
        let outside =
            dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() };
        let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
        assert!(report.is_well(), "{report:?}");
    });
}

#[test]
fn mail_that_cannot_be_handed_over_is_tried_again_and_nothing_is_lost() {
    on_own_provinces(|app, post| async move {
        let mut citizen = newcomer(&app, "094190100302").await;
        reachable(&app, &post, &mut citizen, "mai@example.vn").await;
        let code = filed_online(&app, &mut citizen).await;
        post.shut(true);
        // The clerk waits for nobody's post office.
        let mut clerk = app.signed_in(Role::Clerk).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        work(&app).await;
        citizen.get("/notices").await.is(200).shows("Đã tiếp nhận");
        let waiting = rows(&app, "SELECT state, attempts, error FROM sending WHERE topic = 'dossier'").await;
        let told = |row: &Row| {
            let texts = (row.get::<String>("state").expect("state"), row.get::<String>("error").expect("error"));
            (texts.0, row.get::<i64>("attempts").expect("attempts"), texts.1)
        };
        assert_eq!(waiting.iter().map(told).collect::<Vec<_>>(), [("waiting".into(), 1, "connection".into())]);
        // Hours of it: given up, and shown to whoever runs the system, without anybody's address.
        for _ in 0..12 {
            app.clock.advance_ms(3_600_000);
            work(&app).await;
        }
        let mut admin = app.administrator().await;
        let page = admin.get("/sendings").await;
        page.is(200).shows("Đã thôi gửi").shows("Không kết nối được máy chủ").shows_not("mai@").shows_not("Đường");
        app.signed_in(Role::Leader).await.get("/sendings").await.is(403);
        post.shut(false);
        let mut forms = page.body.split("action=\"/sendings/").filter_map(|rest| rest.split('"').next());
        let id = forms.find_map(|path| path.strip_suffix("/again")).expect("a sending").to_owned();
        admin.post(&format!("/sendings/{id}/again"), &[]).await.leads_to("/sendings");
        admin.post(&format!("/sendings/{id}/again"), &[]).await.is(409);
        work(&app).await;
        assert_eq!(post.mails_to("mai@example.vn").len(), 2, "a code and the news, once");
        admin.get("/sendings").await.is(200).shows("Mọi thông báo đã gửi được");

        // What the other side will not have is not tried for hours, and says so by its number alone.
        let mut other = newcomer(&app, "094190100303").await;
        other.get("/notices/channels").await.is(200);
        other.post("/notices/channels/mail", &[("address", "nobody@example.vn")]).await.is(303);
        work(&app).await;
        admin.get("/sendings").await.is(200).shows("Bên nhận từ chối (550)").shows_not("nobody@");
        assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM job WHERE state <> 'done'").await, 0);
    });
}

/// A petition with what its sender leaves of themselves.
async fn petition(app: &TestApp, reach: &[(&str, &str)]) -> (String, String) {
    let mut phone = app.anonymous();
    phone.get("/feedback/new").await.is(200);
    let area = app.person(Role::Leader).agency.to_string();
    let mut fields = vec![("text", "Đèn đường hỏng cả tháng"), ("topic", "civil-status"), ("area", area.as_str())];
    fields.extend_from_slice(reach);
    let page: Page = phone.upload("/feedback/new", &fields, &[]).await;
    page.is(200);
    let code = page.between("<dd id=\"code\"><code class=\"code\">", "<").expect("a code").to_owned();
    let key = page.between("<dd id=\"key\"><code class=\"code\">", "<").expect("a key").to_owned();
    (code, key)
}

#[test]
fn whoever_sends_a_petition_is_told_where_they_asked_to_be() {
    on_own_provinces(|app, post| async move {
        let sms = Arc::new(InMemory::default());
        app.reach(Channels { mail: Some(post.mailer()), sms: Some(sms.clone()) });
        let (by_mail, key) = petition(&app, &[("email", "dao@example.vn"), ("name", "Nguyễn Thị Đào")]).await;
        let (by_phone, _) = petition(&app, &[("phone", "0912 345 678")]).await;
        petition(&app, &[]).await;
        petition(&app, &[("phone", "02923 812 345")]).await;
        work(&app).await;
        let mails = post.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!(mails[0].header("Subject"), format!("Phản ánh {by_mail}: Đã nhận"));
        assert!(mails[0].words().contains(&format!("https://motcua.example/feedback/{by_mail}")));
        assert!(!mails[0].words().contains(&key), "the key is shown once, on the page");
        shows_nobody(&mails[0]);
        let sent = sms.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        let wanted = format!("Phan anh {by_phone}: Da nhan. https://motcua.example/feedback/{by_phone}");
        assert_eq!(sent[0], ("0912345678".to_owned(), wanted));
        assert!(sent[0].1.len() <= notices::message::SMS_MAX && sent[0].1.is_ascii());

        // More is asked, answered, closed: each told once.
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut leader = app.signed_in(Role::Leader).await;
        let unit = app.person(Role::Officer).agency.to_string();
        let place = format!("/petitions/{by_mail}");
        let sort = [("class", "place"), ("topic", "civil-status"), ("unit", unit.as_str())];
        clerk.get(&place).await.is(200);
        clerk.upload(&format!("{place}/sort"), &sort, &[]).await.is(303);
        officer.get(&place).await.is(200);
        officer.upload(&format!("{place}/ask"), &[("text", "Ở đoạn nào?")], &[]).await.is(303);
        let mine = [("code", by_mail.as_str()), ("key", key.as_str()), ("text", "Trước chợ")];
        let mut phone = app.anonymous();
        phone.get(&format!("/feedback/{by_mail}")).await.is(200);
        phone.upload("/feedback/mine/supply", &mine, &[]).await;
        officer.upload(&format!("{place}/draft"), &[("answer_text", "Đã thay đèn mới.")], &[]).await.is(303);
        leader.get(&place).await.is(200);
        super::petitions::endorsed(&app, &by_mail).await;
        leader.upload(&format!("{place}/approve"), &[], &[]).await.is(303);
        work(&app).await;
        work(&app).await;
        let subjects: Vec<String> = post.mails().iter().skip(1).map(|mail| mail.header("Subject")).collect();
        assert_eq!(
            subjects,
            ["Cơ quan hỏi thêm", "Đã có câu trả lời"].map(|what| format!("Phản ánh {by_mail}: {what}"))
        );
    });
}

#[test]
fn an_official_hears_of_work_assigned_only_when_they_want_to() {
    on_own_provinces(|app, post| async move {
        let (mut clerk, mut head) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::DivisionHead).await);
        let mut officer = app.signed_in(Role::Officer).await;
        reachable(&app, &post, &mut officer, "can.bo@example.vn").await;
        let handler = app.actor_of(&officer).await.account.to_string();
        for (wish, mails, boxed) in [("off", 1, 0), ("digest", 1, 1), ("now", 2, 2)] {
            officer.get("/notices/channels").await.is(200).shows("Khi được giao việc");
            let wishes = [("assigned", wish), ("digest", "1"), ("want_mail", "1")];
            officer.post("/notices/channels/wishes", &wishes).await.leads_to("/notices/channels");
            let code = super::one_stop::received(&app, &mut clerk).await;
            act(&mut head, &code, "assign", json!({ "handler": handler })).await.is(200);
            work(&app).await;
            assert_eq!(post.mails_to("can.bo@example.vn").len(), mails, "{wish}");
            assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM inbox WHERE kind = 'assigned'").await, boxed, "{wish}");
        }
        let mail = post.mails().pop().expect("the last");
        assert!(mail.header("Subject").ends_with("Được giao cho bạn xử lý"), "{}", mail.raw);
        assert!(mail.words().contains("https://motcua.example/dossiers/"), "{}", mail.words());
        shows_nobody(&mail);
        officer.get("/notices").await.is(200).shows("Được giao cho bạn xử lý");
    });
}
