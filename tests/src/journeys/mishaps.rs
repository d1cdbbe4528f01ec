//! What goes wrong by the office's own doing: told with an apology, mended by a named day, counted, and never the applicant's to carry.

use super::one_stop::{act, asking, received, to_owner};
use super::portal::{filed_online, newcomer};
use crate::harness::{PDF, on_every_engine};
use base::Role;
use serde_json::json;

#[test]
fn lost_papers_are_the_offices_to_make_anew_and_the_applicant_reads_the_apology() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut citizen = newcomer(&app, "094190100887").await;
        let code = filed_online(&app, &mut citizen).await;
        let until = app.clock.now().date().to_string();
        let lost =
            json!({ "mishap": "lost", "mishap_what": "Thất lạc giấy chứng sinh khi bàn giao", "mend_until": until });
        // Before it is received there is nothing of it that the office could lose.
        act(&mut clerk, &code, "report-mishap", lost.clone()).await.is(409);
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        act(&mut citizen, &code, "report-mishap", lost.clone()).await.is(403);
        let wrong = act(&mut officer, &code, "report-mishap", json!({ "mishap": "error", "mishap_what": "." })).await;
        wrong.is(422).shows("mend_until").shows("mishap_what").shows("dossier-mishap-no-result");
        act(&mut officer, &code, "report-mishap", lost).await.is(200);
        let page = officer.get(&format!("/dossiers/{code}")).await;
        page.shows("Cơ quan đang khắc phục").shows("Thất lạc giấy chứng sinh khi bàn giao");
        officer.get("/work?tab=mine").await.is(200);
        officer.get("/due").await.shows("Khắc phục sai sót, thất lạc");
        act(&mut officer, &code, "request-supplement", asking("Thiếu giấy chứng sinh"))
            .await
            .is(409)
            .shows("không yêu cầu người nộp");
        let own = citizen.get(&format!("/my/{code}")).await;
        own.is(200).shows("Cơ quan xin lỗi vì sai sót").shows(&format!("/my/{code}/print/mishap"));
        let letter = citizen.get(&format!("/my/{code}/print/mishap")).await.printed();
        for words in ["VĂN BẢN XIN LỖI", "bị thất lạc", "Thất lạc giấy chứng sinh khi bàn giao", "không phải nộp lại"]
        {
            assert!(letter.contains(words), "{letter}");
        }
        let done = json!({ "mishap_done": "Đã trích lục lại từ bệnh viện" });
        act(&mut officer, &code, "mend-mishap", done).await.is(200);
        citizen.get(&format!("/my/{code}")).await.shows("Cơ quan đã khắc phục");
        act(&mut officer, &code, "request-supplement", asking("Bản chụp mờ, không đọc được")).await.is(200);
    });
}

#[test]
fn a_wrong_result_is_put_right_with_a_new_file_after_it_was_handed_out() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let mut leader = app.signed_in(Role::Leader).await;
        let code = received(&app, &mut clerk).await;
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut leader, &code, "approve", json!({})).await.is(200);
        act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        let until = app.clock.now().date().to_string();
        let error = json!({ "mishap": "error", "mishap_what": "Ghi sai năm sinh của trẻ", "mend_until": until });
        act(&mut clerk, &code, "report-mishap", error.clone()).await.is(200);
        act(&mut clerk, &code, "report-mishap", error).await.is(409).shows("chưa khắc phục xong");
        act(&mut officer, &code, "mend-mishap", json!({ "mishap_done": "Đã sửa" })).await.is(403);
        let page = format!("/dossiers/{code}");
        leader.get(&page).await.is(200);
        let fields = [("mishap_done", "Đã cấp lại bản đúng")];
        let mended = leader.upload(&format!("{page}/mend-mishap"), &fields, &[("result", "ban-dung.pdf", PDF)]).await;
        mended.is(303);
        clerk.get(&page).await.shows("ban-dung.pdf").shows("Đã cấp lại bản đúng").shows_not("Cơ quan đang khắc phục");
        assert_eq!(app.event_kinds(&code).await.last().map(String::as_str), Some("mishap-mended"));
        let report = dossiers::verify::verify(
            app.db(),
            dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() },
            |_| {},
        )
        .await
        .expect("the proof runs");
        assert!(report.is_well(), "{report:?}");
    });
}
