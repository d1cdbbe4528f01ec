//! What is owed is called to mind: once, by rules that somebody keeps; and the week is told on its first working day.

use base::{Instant, Role};
use store::{Sql, params};

use super::notices::{on_own_provinces, reachable, work};
use super::one_stop::{act, received};
use crate::harness::TestApp;
use serde_json::json;

/// How much stands in boxes about a code, on a side of its due date.
async fn reminded(app: &TestApp, code: &str, side: &str) -> i64 {
    let (code, side) = (code.to_owned(), format!("%\"{side}\"%"));
    let sql = "SELECT COUNT(*) AS n FROM inbox WHERE topic = 'reminder' AND code = $1 AND said LIKE $2";
    let row = app.db().read(move |tx| Box::pin(async move { tx.query_one(sql, params![code, side]).await }));
    row.await.expect("a number").get("n").expect("a number")
}

async fn execute(app: &TestApp, sql: &'static str) -> u64 {
    let done =
        app.db().write(move |tx| Box::pin(async move { tx.execute(Sql::from(sql.to_owned()), params![]).await }));
    done.await.expect(sql)
}

fn at(month: i8, day: i8, hour: i8, minute: i8) -> Instant {
    Instant::from_local(base::Date::constant(2026, month, day).at(hour, minute, 0, 0))
}

#[test]
fn a_reminder_comes_once_by_its_rule_also_after_a_restart_and_when_the_due_date_moved() {
    on_own_provinces(|app, post| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        reachable(&app, &post, &mut officer, "can.bo@example.vn").await;
        let (mut clerk, mut head) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::DivisionHead).await);
        // A birth is registered the same day: a working day before it is due is now.
        let code = received(&app, &mut clerk).await;
        let handler = app.actor_of(&officer).await.account.to_string();
        act(&mut head, &code, "assign", json!({ "handler": handler })).await.is(200);
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        assert_eq!(reminded(&app, &code, "before").await, 1, "whoever has it in hand");
        officer.get("/notices").await.is(200).shows("Sắp đến hạn").shows(&format!("/dossiers/{code}"));
        let mails = post.mails_to("can.bo@example.vn");
        let mail = mails.last().expect("a mail");
        assert_eq!(mail.header("Subject"), "Nhắc hạn: 1 việc");
        assert!(mail.words().contains("https://motcua.example/notices"), "{}", mail.words());

        // Another hour, another process, another date: the same thing is not told twice.
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        assert!(execute(&app, "UPDATE due SET due_at = due_at + 1800000 WHERE name = 'dossier-settle'").await > 0);
        app.clock.set(at(11, 25, 14, 0));
        work(&app).await;
        assert_eq!(reminded(&app, &code, "before").await, 1);
        assert_eq!(post.mails_to("can.bo@example.vn").len(), mails.len());

        // Past its date by an hour of work: the official and their heads, once; the night does not count.
        app.clock.set(at(11, 25, 21, 0));
        work(&app).await;
        assert_eq!(reminded(&app, &code, "after").await, 0);
        app.clock.set(at(11, 26, 9, 30));
        work(&app).await;
        let after = reminded(&app, &code, "after").await;
        assert!(after >= 2, "{after}");
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        assert_eq!(reminded(&app, &code, "after").await, after);
    });
}

/// A dossier that nobody has in hand and whose heads were reminded of it; how often.
async fn reminded_of_one(app: &TestApp) -> (String, i64) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let code = received(app, &mut clerk).await;
    app.clock.advance_ms(3_600_000);
    work(app).await;
    let once = reminded(app, &code, "before").await;
    assert!(once > 0, "nobody has it in hand: the heads");
    (code, once)
}

#[test]
fn what_is_owed_again_is_called_to_mind_again() {
    on_own_provinces(|app, _| async move {
        let (code, once) = reminded_of_one(&app).await;
        // Met, and after the next look owed anew.
        execute(&app, "UPDATE due SET name = 'dossier-other' WHERE name = 'dossier-settle'").await;
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        execute(&app, "UPDATE due SET name = 'dossier-settle' WHERE name = 'dossier-other'").await;
        app.clock.set(at(11, 25, 14, 0));
        work(&app).await;
        assert_eq!(reminded(&app, &code, "before").await, 2 * once);
    });
}

#[test]
fn a_reminder_of_one_part_is_not_one_of_the_other() {
    on_own_provinces(|app, _| async move {
        let (code, once) = reminded_of_one(&app).await;
        // A second part of the same name, at the same unit: told by itself, once.
        let second = "INSERT INTO due (subject_id, name, unit_id, holder_id, due_at, part) SELECT subject_id, name, unit_id, holder_id, due_at, 2 FROM due WHERE name = 'dossier-settle'";
        assert!(execute(&app, second).await > 0);
        for hour in [11, 14] {
            app.clock.set(at(11, 25, hour, 0));
            work(&app).await;
            assert_eq!(reminded(&app, &code, "before").await, 2 * once, "{hour}");
        }
        // The second is met and owed anew: it alone is told again.
        execute(&app, "UPDATE due SET part = 3 WHERE part = 2").await;
        app.clock.set(at(11, 25, 15, 0));
        work(&app).await;
        assert_eq!(reminded(&app, &code, "before").await, 3 * once);
    });
}

#[test]
fn a_keeper_ends_a_rule_from_a_coming_day_and_the_log_keeps_it() {
    on_own_provinces(|app, _| async move {
        let mut keeper = app.administrator().await;
        keeper.get("/notices/reminders").await.is(200).shows("Trước hạn 1 ngày làm việc").shows("NĐ 61/2018");
        let rule = |since: &'static str, span: &'static str| {
            [
                ("due", "dossier-settle"),
                ("side", "before"),
                ("since", since),
                ("span", span),
                ("whom", "holder"),
                ("basis", "QĐ 12/QĐ-UBND ngày 20/11/2026"),
            ]
        };
        let path = "/notices/reminders";
        keeper.post(path, &rule("2026-11-25", "1wd")).await.is(422).shows("Cần một ngày sau hôm nay");
        keeper.post(path, &rule("2026-11-26", "2 ngày")).await.is(422).shows("2wd hoặc 8h").shows("2 ngày");
        keeper.post(path, &[("due", "x")]).await.is(422).shows("Hãy chọn việc").shows("Cần căn cứ");
        // Left unticked: from that day on nobody is reminded before.
        keeper.post(path, &rule("2026-11-26", "1wd")).await.leads_to(path);
        keeper.post(path, &rule("2026-11-26", "1wd")).await.is(409);
        keeper.get(path).await.is(200).shows("Thôi nhắc").shows("QĐ 12/QĐ-UBND");
        app.signed_in(Role::Leader).await.get(path).await.is(403);
        let mut clerk = app.signed_in(Role::Clerk).await;
        let today = received(&app, &mut clerk).await;
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        assert!(reminded(&app, &today, "before").await > 0);
        app.clock.set(at(11, 26, 8, 0));
        let mut clerk = app.signed_in(Role::Clerk).await;
        let tomorrow = received(&app, &mut clerk).await;
        app.clock.advance_ms(3_600_000);
        work(&app).await;
        assert_eq!(reminded(&app, &tomorrow, "before").await, 0);
        let outside = dossiers::verify::Outside {
            proofs: motcua::proofs(),
            kinds: motcua::kinds(),
            now: app.clock.now(),
            ..Default::default()
        };
        let proven = async |outside| dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("the proof runs");
        let report = proven(outside).await;
        assert!(report.is_well(), "{report:?}");
        execute(&app, "UPDATE reminder_rule SET whom = 'heads'").await;
        let outside =
            dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() };
        let report = proven(outside).await;
        assert!(format!("{report:?}").contains("reminder_rule"), "{report:?}");
    });
}

#[test]
fn the_week_is_told_once_on_its_first_working_day() {
    on_own_provinces(|app, post| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        reachable(&app, &post, &mut officer, "can.bo@example.vn").await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        received(&app, &mut clerk).await;
        let digests = async || -> i64 {
            let sql = "SELECT COUNT(*) AS n FROM inbox WHERE topic = 'digest'";
            let row = app.db().read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await }));
            row.await.expect("a number").get("n").expect("a number")
        };
        // The rest of this week, Saturday and Sunday: none.
        for (day, hour) in [(26, 8), (27, 8), (28, 8), (29, 8)] {
            app.clock.set(at(11, day, hour, 0));
            work(&app).await;
            assert_eq!(digests().await, 0, "{day}/11");
        }
        app.clock.set(at(11, 30, 7, 29));
        work(&app).await;
        assert_eq!(digests().await, 0, "a minute too early");
        app.clock.set(at(11, 30, 7, 31));
        work(&app).await;
        let told = digests().await;
        assert!(told >= 2, "the officer, their head: {told}");
        let mail = post.mails_to("can.bo@example.vn").pop().expect("a mail");
        assert_eq!(mail.header("Subject"), "Bản tin tuần: việc đến hạn");
        let words = mail.words();
        assert!(words.contains("Quá hạn – ") && words.contains("https://motcua.example/due"), "{words}");
        for secret in ["094190", "Nguyễn", "H13"] {
            assert!(!words.contains(secret), "{secret}: {words}");
        }
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/notices").await.is(200).shows("Bản tin tuần").shows("Quá hạn – ").shows("/due");
        // Once a week, by e-mail as long as it is wanted.
        let mails = post.mails_to("can.bo@example.vn").len();
        app.clock.set(at(12, 1, 7, 31));
        work(&app).await;
        assert_eq!((digests().await, post.mails_to("can.bo@example.vn").len()), (told, mails));
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/notices/channels").await.is(200);
        officer.post("/notices/channels/wishes", &[("assigned", "off"), ("want_mail", "1")]).await.is(303);
        app.clock.set(at(12, 7, 7, 31));
        work(&app).await;
        let week = post.mails_to("can.bo@example.vn");
        assert!(digests().await > told);
        assert!(week.iter().skip(mails).all(|mail| !mail.header("Subject").starts_with("Bản tin")), "{week:?}");
    });
}
