//! A programme reaches the province as a document: the reform officer reads it, takes what is right, saves a draft.

use base::Role;

use crate::harness::on_every_engine;

const PLAN: &str = "ỦY BAN NHÂN DÂN TỈNH\nSố: 12/KH-UBND\nKẾ HOẠCH\nCải cách hành chính giai đoạn 2026 - 2030\nII. MỤC TIÊU\n1. Đến năm 2027, tối thiểu 80% hồ sơ được xử lý trực tuyến.\n2. Đến năm 2030, tối thiểu 95% người dân hài lòng.\n";

#[test]
fn a_reform_officer_reads_a_plan_and_saves_its_targets_as_a_draft_programme() {
    on_every_engine(|app| async move {
        let mut officer = app.signed_in(Role::ReformOfficer).await;
        officer.get("/plans/new").await.is(200);
        let read = officer.upload("/plans/new", &[], &[("document", "ke-hoach.txt", PLAN.as_bytes())]).await;
        read.is(303);
        let plan = read.location.clone();
        officer.get(&plan).await.is(200).shows("≥ 80 %").shows("href=\"#i-1\"");
        officer.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.is(303);
        officer.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.is(409);
        let form = officer.get(&format!("{plan}/save")).await;
        let version = form.between("name=\"version\" value=\"", "\"").expect("a version").to_owned();
        let head = [
            ("version", version.as_str()),
            ("name", "Cải cách hành chính 2026 - 2030"),
            ("number", "12/KH-UBND"),
            ("issuer", "UBND tỉnh"),
            ("decided", "2026-01-05"),
            ("until", "2030"),
        ];
        let saved = officer.post(&format!("{plan}/save"), &head).await;
        saved.is(303);
        assert!(saved.location.starts_with("/steering/drafts/"), "{}", saved.location);
        officer.get(&saved.location).await.is(200).shows("hồ sơ được xử lý trực tuyến").shows_not("người dân hài lòng");
        officer.get("/steering/programmes").await.is(200).shows(&saved.location);
        app.signed_in(Role::Leader).await.get(&plan).await.is(403);
    });
}
