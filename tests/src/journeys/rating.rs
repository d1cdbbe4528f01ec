//! A case is rated with the code of its receipt: no account, once, and nobody can tell whose answer it was.

use base::Role;
use serde_json::json;

use super::one_stop::{act, received};
use crate::harness::{Client, TestApp, on_every_engine};

/// The code on a printed receipt.
pub(crate) async fn printed(clerk: &mut Client, code: &str) -> String {
    let page = clerk.get(&format!("/dossiers/{code}/slip")).await;
    page.is(200).shows("Mã đánh giá việc giải quyết");
    let after = page.body.split("Mã đánh giá việc giải quyết").nth(1).expect("the line");
    after.split("<code class=\"code\">").nth(1).expect("a code").split('<').next().expect("its end").to_owned()
}

/// A dossier handed in at the counter and settled.
async fn settled(app: &TestApp) -> (String, String) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let code = received(app, &mut clerk).await;
    let rating = printed(&mut clerk, &code).await;
    act(&mut app.signed_in(Role::Officer).await, &code, "forward", json!({})).await.is(200);
    act(&mut app.signed_in(Role::Leader).await, &code, "approve", json!({})).await.is(200);
    (code, rating)
}

#[test]
fn a_receipt_of_the_counter_is_enough_to_rate_once_and_nobody_learns_who_did() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let early = received(&app, &mut clerk).await;
        let too_early = printed(&mut clerk, &early).await;
        let (code, rating) = settled(&app).await;
        assert_ne!(rating, too_early);
        // Printed again, the same code.
        assert_eq!(printed(&mut clerk, &code).await, rating);

        let mut passer = app.anonymous();
        passer.get("/rate").await.is(200).shows("Mã đánh giá");
        passer.post("/rate", &[("code", "ABCD-EFGH-2345")]).await.is(422).shows("Không có mã đánh giá này");
        passer.post("/rate", &[("code", &too_early)]).await.is(422).shows("chưa giải quyết xong");
        let typed = rating.to_lowercase().replace('-', " ");
        let page = passer.post("/rate", &[("code", &typed)]).await;
        page.is(200).shows("khai sinh").shows("Ủy ban nhân dân").shows_not("Thạch Thị Sa Rết").shows_not(&code);
        passer.post("/rate/answer", &[("code", &typed)]).await.is(422);
        passer.post("/rate/answer", &[("code", &typed), ("score", "6")]).await.is(422);
        passer.post("/rate/answer", &[("code", &typed), ("score", "2")]).await.leads_to("/rate");
        passer.post("/rate/answer", &[("code", &typed), ("score", "5")]).await.is(422).shows("đã được đánh giá");

        // The dossier's chain does not hold it, and no page or program of an official shows it.
        let kinds = app.event_kinds(&code).await;
        assert_eq!(kinds, ["received", "forwarded", "approved"]);
        let mut inspector = app.signed_in(Role::Inspector).await;
        inspector.get(&format!("/dossiers/{code}")).await.is(200).shows_not("Không hài lòng");
        let view = inspector.get(&format!("/api/v1/dossiers/{code}")).await.json();
        assert!(view.get("rating").is_none(), "{view}");
        // Used up, the code is off the receipt.
        clerk.get(&format!("/dossiers/{code}/slip")).await.is(200).shows_not(&rating);
        // Nothing in the answers leads back to the dossier.
        let trace = code.clone();
        let linked = app.db().read(move |tx| {
            Box::pin(async move {
                let dossier = tx.query_one("SELECT id FROM dossier WHERE code = $1", store::params![trace]).await?;
                let id: base::Id = dossier.get("id")?;
                let facts = "SELECT count(*) AS n FROM fact WHERE measure = 'rated' AND subject_id = $1";
                let answers = "SELECT count(*) AS n FROM rating_answer WHERE id = $1";
                let n = |row: store::Row| row.get::<i64>("n");
                Ok::<_, store::StoreError>((
                    n(tx.query_one(facts, store::params![id]).await?)?,
                    n(tx.query_one(answers, store::params![id]).await?)?,
                ))
            })
        });
        assert_eq!(linked.await.expect("counts"), (0, 0));
    });
}

#[test]
fn the_figures_of_ratings_by_code_are_proven_and_an_answer_without_a_code_is_named() {
    on_every_engine(|app| async move {
        let (_, rating) = settled(&app).await;
        let mut passer = app.anonymous();
        passer.post("/rate/answer", &[("code", &rating), ("score", "4")]).await.is(303);
        let proof = async || {
            let outside = dossiers::verify::Outside { kinds: motcua::kinds(), ..Default::default() };
            let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("a report");
            let lines: Vec<String> = report.wrong.iter().filter(|line| line.contains("rat")).cloned().collect();
            lines
        };
        assert_eq!(proof().await, Vec::<String>::new());
        let put = |sql: &'static str| app.db().write(move |tx| Box::pin(async move { tx.execute(sql, &[]).await }));
        put("INSERT INTO rating_answer (id, day, agency_id, level, field, channel, score) \
             VALUES (77, '2026-11-25', 1, 'commune', 'ho-tich', 1, 5)")
        .await
        .expect("inserted");
        assert!(proof().await.iter().any(|line| line.contains("ratings")), "an answer without a code");
        put("DELETE FROM rating_answer WHERE id = 77").await.expect("taken back");
    });
}

#[test]
fn ratings_open_to_no_case() {
    on_every_engine(|app| async move {
        let mut leader = app.signed_in(Role::Leader).await;
        let programme = "/steering/targets/ST-066/cases";
        let answer = leader.get(programme).await;
        answer.is(404).shows("từ năm lượt");
    });
}

#[test]
fn what_is_written_with_a_rating_is_read_by_inspectors_only_apart_from_the_answer_and_once_five_have_answered() {
    on_every_engine(|app| async move {
        let mut inspector = app.signed_in(Role::Inspector).await;
        let mut passer = app.anonymous();
        let words = "Chờ lâu, gọi tôi 0912 345 678 hoặc lan@example.vn";
        for n in 0..5 {
            let (_, rating) = settled(&app).await;
            passer.post("/rate", &[("code", &rating)]).await.is(200).shows("Góp ý thêm");
            if n == 0 {
                // Too long: told at its field, and nothing of it is lost.
                let long = "dài ".repeat(200);
                let page = passer.post("/rate/answer", &[("code", &rating), ("score", "2"), ("note", &long)]).await;
                page.is(422).shows("href=\"#note\"").shows("value=\"2\" checked").shows("dài dài");
            }
            let note = if n == 0 { words } else { "" };
            passer.post("/rate/answer", &[("code", &rating), ("score", "2"), ("note", note)]).await.leads_to("/rate");
        }
        let page = inspector.get("/rate/remarks").await;
        page.is(200).shows("Chờ lâu, gọi tôi […] hoặc […]").shows("11/2026").shows_not("0912").shows_not("example.vn");
        inspector.get("/work").await.is(200).shows("href=\"/rate/remarks\"");
        for role in [Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader, Role::Citizen] {
            app.signed_in(role).await.get("/rate/remarks").await.is(403).shows_not("Chờ lâu");
        }
        let mut administrator = app.administrator().await;
        administrator.get("/rate/remarks").await.is(200).shows("chỉ dành cho thanh tra").shows_not("Chờ lâu");
        app.signed_in(Role::Leader).await.get("/work").await.is(200).shows_not("/rate/remarks");
        // Neither month nor words lead back to an answer or a case.
        let kept = app.db().read(|tx| {
            Box::pin(async move {
                let same = "SELECT count(*) AS n FROM rating_remark r JOIN rating_answer a ON a.id = r.id";
                let days = "SELECT count(*) AS n FROM rating_remark WHERE CAST(month AS TEXT) NOT LIKE '%-01'";
                let n = |row: store::Row| row.get::<i64>("n");
                Ok::<_, store::StoreError>((n(tx.query_one(same, &[]).await?)?, n(tx.query_one(days, &[]).await?)?))
            })
        });
        assert_eq!(kept.await.expect("counts"), (0, 0));
    });
}

#[test]
fn a_case_received_before_there_were_codes_gets_one_when_its_receipt_is_printed() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = received(&app, &mut clerk).await;
        let trace = code.clone();
        let forget = app.db().write(move |tx| {
            Box::pin(async move {
                let row = tx.query_one("SELECT id FROM dossier WHERE code = $1", store::params![trace]).await?;
                let id: base::Id = row.get("id")?;
                tx.execute("DELETE FROM rating_code WHERE dossier_id = $1", store::params![id]).await
            })
        });
        assert_eq!(forget.await.expect("taken away"), 1);
        let rating = printed(&mut clerk, &code).await;
        assert_eq!(printed(&mut clerk, &code).await, rating);
        act(&mut app.signed_in(Role::Officer).await, &code, "forward", json!({})).await.is(200);
        act(&mut app.signed_in(Role::Leader).await, &code, "approve", json!({})).await.is(200);
        let mut passer = app.anonymous();
        passer.get("/rate").await.is(200);
        passer.post("/rate/answer", &[("code", &rating), ("score", "5")]).await.leads_to("/rate");
        // Rated, the receipt has no code any more and gets none.
        clerk.get(&format!("/dossiers/{code}/slip")).await.is(200).shows_not("Mã đánh giá việc giải quyết");
    });
}

#[test]
fn the_notice_of_a_settled_case_names_the_code_with_which_it_is_rated() {
    on_every_engine(|app| async move {
        let mut citizen = super::portal::newcomer(&app, "094190100088").await;
        let code = super::portal::filed_online(&app, &mut citizen).await;
        act(&mut app.signed_in(Role::Clerk).await, &code, "receive-online", json!({})).await.is(200);
        act(&mut app.signed_in(Role::Officer).await, &code, "forward", json!({})).await.is(200);
        act(&mut app.signed_in(Role::Leader).await, &code, "approve", json!({})).await.is(200);
        let worker = app.worker();
        worker.run_until_idle(app.db(), app.clock.now()).await.expect("the worker");
        let page = citizen.get("/my").await;
        page.is(200).shows("trang đánh giá với mã");
        let after = page.body.split("trang đánh giá với mã").nth(1).expect("the notice");
        let rating = after.split("<code class=\"code\">").nth(1).expect("a code").split('<').next().expect("its end");
        let rating = rating.to_owned();
        app.anonymous().post("/rate", &[("code", &rating)]).await.is(200).shows("khai sinh");
        act(&mut citizen, &code, "rate", json!({ "score": 5, "note": "Nhanh, gọn" })).await.is(200);
        citizen.get("/my").await.is(200).shows_not(&rating);
    });
}
