//! A result that comes late: an apology, one later date, and both dates stay.

use super::notices::{on_own_provinces, work};
use super::one_stop::act;
use super::portal::{filed_online, newcomer};
use base::Role;
use serde_json::json;

#[test]
fn a_late_case_gets_one_apology_with_a_later_date_and_the_date_before_stays() {
    on_own_provinces(|app, _| async move {
        let mut citizen = newcomer(&app, "094190100047").await;
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut head = app.signed_in(Role::DivisionHead).await;
        let code = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let promised = head.get_json(&format!("/api/v1/dossiers/{code}")).await.json()["due_at"].clone();
        let page = format!("/dossiers/{code}");

        // No officer's own act; the head is told the rule before anything is typed.
        officer.get(&page).await.is(200).shows_not("Xin lỗi và hẹn lại");
        act(&mut officer, &code, "put-off", json!({ "days": 1, "reason": "Máy chủ hỏng cả ngày" })).await.is(403);
        head.get(&page).await.is(200).shows("Chỉ được hẹn lại một lần").shows("Vì sao không báo được trước một ngày");
        // A birth is registered the same day: less than a day is left.
        let empty = act(&mut head, &code, "put-off", json!({ "days": 1, "reason": "Máy chủ hỏng cả ngày" })).await;
        empty.is(422).shows("base-extension-late").shows("unforeseen");
        let wrong = act(&mut head, &code, "put-off", json!({ "days": 500, "reason": "." })).await;
        assert!(wrong.status.as_u16() == 422 && wrong.body.contains("days"), "{}", wrong.body);
        let why = json!({ "days": 2, "reason": "Máy chủ hỏng cả ngày", "unforeseen": "Hỏng lúc đang xử lý" });
        act(&mut head, &code, "put-off", why.clone()).await.is(200);

        // Everybody sees the later date, and the one before.
        let dossier = head.get_json(&format!("/api/v1/dossiers/{code}")).await.json();
        assert!(dossier["due_at"] != promised && dossier["first_due_at"] == promised, "{dossier}");
        let shown = head.get(&page).await;
        shown.is(200).shows("Hạn ban đầu").shows("Đã xin lỗi và hẹn lại một lần").shows("print/apology");
        head.get(&format!("/work?tab=all&q={code}")).await.is(200).shows("Đã hẹn lại");
        shown.shows("Hỏng lúc đang xử lý").shows("được hẹn lại một lần");
        act(&mut head, &code, "put-off", why).await.is(409).shows("base-extension-second");
        let mine = citizen.get(&format!("/my/{code}")).await;
        mine.is(200).shows("Cơ quan xin lỗi vì chậm, hẹn trả mới").shows("Máy chủ hỏng cả ngày").shows("print/apology");
        work(&app).await;
        citizen.get("/notices").await.is(200).shows("Cơ quan xin lỗi và hẹn lại ngày trả");
        let letter = citizen.get(&format!("/my/{code}/print/apology")).await.printed();
        for said in [
            "VĂN BẢN XIN LỖI",
            "……/PXL",
            "ngày 25 tháng 11 năm 2026",
            "ngày 27 tháng 11 năm 2026",
            "Máy chủ hỏng cả ngày",
            "Hỏng lúc đang xử lý",
            &code,
        ] {
            assert!(letter.contains(said), "`{said}` is not printed:\n{letter}");
        }

        // Settled by the later date, not by the one before: it counts as late, and says that it was excused.
        app.clock.advance_ms(86_400_000);
        let (mut officer, mut leader) = (app.signed_in(Role::Officer).await, app.signed_in(Role::Leader).await);
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        let flags = app.db().read(|tx| {
            Box::pin(async move {
                tx.query_one(
                    "SELECT flags FROM fact WHERE measure = 'settled' AND subject_id IN (SELECT id FROM dossier)",
                    &[],
                )
                .await?
                .get::<i64>("flags")
            })
        });
        let flags = flags.await.expect("the fact");
        let (late, excused) =
            (flags & dossiers::flag::ON_TIME == 0, dossiers::flag::PUT_OFF | dossiers::flag::BY_LATER_DATE);
        assert!(late && flags & excused == excused, "{flags}");
    });
}
