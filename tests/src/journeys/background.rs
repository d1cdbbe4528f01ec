//! What happens behind the requests: the outbox runs dry, and the figures are what the events say.

use base::{Id, Role};
use serde_json::json;

use super::one_stop::{act, asking, received, to_owner};
use super::portal::{filed_online, newcomer};
use crate::harness::{TestApp, on_every_engine};

async fn id_of(app: &TestApp, code: &str) -> Id {
    let code = code.to_owned();
    let found = app.db().read(move |tx| {
        Box::pin(async move { tx.query_one("SELECT id FROM dossier WHERE code = $1", store::params![code]).await })
    });
    found.await.expect("the dossier").get("id").expect("id")
}

async fn jobs_of(app: &TestApp, dossier: Id) -> Vec<jobs::Job> {
    let found = app.db().read(move |tx| Box::pin(async move { jobs::jobs_of(tx, dossier, 100).await }));
    found.await.expect("jobs")
}

/// A test that leaves work behind which nobody does would hide a kind of job without a hand for it.
#[test]
fn every_job_a_dossier_orders_is_done_once_and_none_is_left() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190100004").await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let code = filed_online(&app, &mut citizen).await;
        act(&mut clerk, &code, "receive-online", json!({})).await.is(200);
        let ask = asking("Thiếu bản chụp giấy chứng sinh");
        act(&mut officer, &code, "request-supplement", ask).await.is(200);
        act(&mut clerk, &code, "complete-supplement", json!({})).await.is(200);
        let dossier = id_of(&app, &code).await;
        let ordered = jobs_of(&app, dossier).await;
        assert!(!ordered.is_empty(), "the applicant is told of the supplement");

        let worker = app.worker();
        // Twice, a minute apart: what is done stays done.
        for _ in 0..2 {
            worker.run_until_idle(app.db(), app.clock.now()).await.expect("the worker");
            app.clock.advance_ms(60_000);
        }
        let done = jobs_of(&app, dossier).await;
        assert_eq!(done.len(), ordered.len());
        for job in done {
            assert_eq!((job.state.as_str(), job.attempts), ("done", 1), "{}: {:?}", job.kind, job.last_error);
        }
        let dead = app.db().read(|tx| Box::pin(async move { jobs::dead(tx, 0, 10).await })).await;
        assert_eq!(dead.expect("dead jobs"), []);
    });
}

#[test]
fn figures_rebuilt_from_the_events_are_the_figures_kept() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let mut leader = app.signed_in(Role::Leader).await;
        for refused in [false, true] {
            let code = received(&app, &mut clerk).await;
            app.clock.advance_ms(3_600_000);
            if refused {
                act(&mut officer, &code, "refuse", json!({ "reason": "Đã đăng ký ở nơi khác" })).await.is(200);
            } else {
                act(&mut officer, &code, "forward", json!({})).await.is(200);
                act(&mut leader, &code, "approve", json!({})).await.is(200);
            }
            act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        }
        let outside = dossiers::verify::Outside { kinds: motcua::kinds(), ..Default::default() };
        let report = dossiers::verify::verify(app.db(), outside, |_| {}).await.expect("verification");
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{:?}", report.wrong);
        assert!(report.dossiers >= 2 && report.figures_checked > 0);
    });
}
