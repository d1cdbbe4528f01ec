//! A keeper changes what an indicator counts with a second person's check; what was measured before stays as it was.

use base::Role;

use super::desks::receive;
use crate::harness::{Client, PASSWORD, Page, TestApp, on_fresh_provinces, settle_official};

/// The target of the shipped programme that this indicator measures.
const TARGET: &str = "ST-042";
const PATH: &str = "/steering/indicators/online-share";

async fn figure(client: &mut Client, period: &str) -> (Option<i64>, Option<i64>) {
    let page = client.get_json(&format!("/api/v1/targets/{TARGET}?period={period}")).await;
    let json = page.is(200).json();
    (json["numerator"].as_i64(), json["denominator"].as_i64())
}

/// The form's own values, with some changed: the share of the counter in place of the online one.
pub(crate) fn changed(page: &Page, from: &str) -> Vec<(&'static str, String)> {
    let value = |name: &str| {
        let start = format!("name=\"{name}\"");
        let rest = page.body.split_once(&start).map(|(_, rest)| rest).unwrap_or_default();
        rest.split_once("value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(v, _)| v.to_owned())
            .unwrap_or_default()
    };
    vec![
        ("valid_from", from.to_owned()),
        ("name_vi", value("name_vi")),
        ("name_en", value("name_en")),
        ("definition_vi", "Hồ sơ nộp tại quầy trên hồ sơ tiếp nhận.".to_owned()),
        ("definition_en", "Dossiers filed at the counter over dossiers received.".to_owned()),
        ("numerator_measure", "received".to_owned()),
        ("numerator_channel", "counter".to_owned()),
        ("denominator_measure", "received".to_owned()),
        ("least", value("least")),
        ("source", value("source")),
        ("basis", "QĐ 15/QĐ-UBND".to_owned()),
    ]
}

async fn post(client: &mut Client, fields: &[(&'static str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(PATH, &fields).await
}

/// A leader of the whole province.
async fn leader_of_all(app: &TestApp) -> Client {
    let root = app.tree().root().expect("root").clone();
    settle_official(app.db(), "lanh.dao.tinh", Role::Leader, &root).await;
    let mut client = app.anonymous();
    client.sign_in_as("lanh.dao.tinh", PASSWORD).await;
    client
}

#[test]
fn a_definition_changed_by_two_people_counts_from_its_day_and_moves_nothing_before() {
    on_fresh_provinces(|app| async move {
        let mut leader = leader_of_all(&app).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        for owner in ["Định Nghĩa Một", "Định Nghĩa Hai"] {
            receive(&app, &mut clerk, app.person(Role::Leader).agency, owner).await;
        }
        let mut keeper = app.signed_in(Role::ReformOfficer).await;
        assert_eq!(figure(&mut keeper, "2026-11").await, (Some(0), Some(2)));
        keeper.get("/steering/indicators").await.is(200).shows("online-share");
        let page = keeper.get(PATH).await;
        page.is(200).shows("Đang áp dụng").shows("Đề nghị cách tính mới");
        // What is wrong is named at its field, nothing typed is lost.
        let today = post(&mut keeper, &changed(&page, "2026-11-25")).await;
        today.is(422).shows("số liệu đã có không tính lại").shows("Hồ sơ nộp tại quầy");
        let mut odd = changed(&page, "2026-12-01");
        odd[5].1 = "nothing".to_owned();
        post(&mut keeper, &odd).await.is(422);
        post(&mut keeper, &changed(&page, "2026-12-01")).await.leads_to(PATH);
        post(&mut keeper, &changed(&page, "2026-12-02")).await.is(422).shows("chờ quyết định");
        // It waits among the work of whoever decides, and counts nothing yet.
        leader.get("/due").await.is(200).shows("DN26-0001").shows(PATH);
        let asked = leader.get(PATH).await;
        let confirm = format!("{PATH}/DN26-0001/confirm");
        asked.is(200).shows(&confirm).shows("QĐ 15/QĐ-UBND");
        keeper.get(PATH).await.shows_not(&confirm).shows("/DN26-0001/withdraw");
        keeper.post(&confirm, &[]).await.is(403);
        app.signed_in(Role::Inspector).await.post(&confirm, &[]).await.is(403);
        leader.post(&format!("{PATH}/DN26-0001/refuse"), &[("reason", "")]).await.is(422);
        leader.post(&confirm, &[]).await.leads_to(PATH);
        leader.post(&confirm, &[]).await.is(422);
        leader.get("/due").await.shows_not("DN26-0001");
        assert_eq!(figure(&mut keeper, "2026").await, (Some(0), Some(2)), "its day has not come");
        // From its day on the year is counted anew; a month that lies before keeps what was said of it.
        app.clock.advance_ms(8 * 86_400_000);
        let mut keeper = app.signed_in(Role::ReformOfficer).await;
        assert_eq!(figure(&mut keeper, "2026-11").await, (Some(0), Some(2)));
        assert_eq!(figure(&mut keeper, "2026").await, (Some(2), Some(2)));
        keeper.get(PATH).await.is(200).shows("QĐ 15/QĐ-UBND").shows("Hồ sơ nộp tại quầy");
        // The log proves it, and another process knows it without being told.
        let outside =
            dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() };
        let report = app
            .db()
            .read(move |tx| Box::pin(async move { dossiers::verify::check(tx, &outside, &|_| ()).await }))
            .await
            .expect("a report");
        assert!(report.is_well(), "{report:?}");
    });
}
