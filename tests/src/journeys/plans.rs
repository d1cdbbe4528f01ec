//! A programme reaches the province as a document: the reform officer reads it, takes what is right, saves a draft.

use base::Role;

use crate::harness::{on_every_engine, plan_read, plan_saved};

#[test]
fn a_reform_officer_reads_a_plan_and_saves_its_targets_as_a_draft_programme() {
    on_every_engine(|app| async move {
        let mut officer = app.signed_in(Role::ReformOfficer).await;
        officer.get("/plans/new").await.is(200);
        let plan = plan_read(&mut officer).await;
        officer.get(&plan).await.is(200).shows("≥ 80 %").shows("href=\"#i-1\"");
        officer.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.is(303);
        officer.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.is(409);
        let saved = plan_saved(&mut officer, &plan).await;
        assert!(saved.starts_with("/steering/drafts/"), "{saved}");
        officer.get(&saved).await.is(200).shows("hồ sơ được xử lý trực tuyến").shows_not("người dân hài lòng");
        officer.get("/steering/drafts").await.is(200).shows(&saved);
        app.signed_in(Role::Leader).await.get(&plan).await.is(403);
    });
}
