//! Several roots: bodies of other systems in the province work here, and nobody sees or does anything across.

use base::{Role, System};

use super::petitions::sent;
use super::two_people::{administrator, signed_in, waiting};
use crate::harness::{TestApp, on_every_engine, settle_official};

/// The first body of a system.
fn body(app: &TestApp, system: System) -> organisation::Agency {
    let tree = app.tree();
    tree.bodies().into_iter().find(|body| body.system() == system).expect("a body of that system").clone()
}

#[test]
fn keepers_of_accounts_see_and_do_nothing_across_roots() {
    on_every_engine(|app| async move {
        let (police, front) = (body(&app, System::Vertical), body(&app, System::Front));
        let commune = app.tree().communes()[2].clone();
        settle_official(app.db(), "goc.nganh.doc", Role::Administrator, &police).await;
        let of_police = settle_official(app.db(), "goc.canh.sat", Role::Officer, &police).await;
        let of_front = settle_official(app.db(), "goc.mat.tran", Role::Officer, &front).await;
        let of_state = settle_official(app.db(), "goc.can.bo.xa", Role::Officer, &commune).await;
        let mut theirs = signed_in(&app, "goc.nganh.doc").await;
        let (mut province, _) = administrator(&app, "goc.tinh").await;
        // Each sees their own.
        let seen = theirs.get("/accounts?q=goc").await;
        seen.is(200).shows("goc.canh.sat").shows_not("goc.can.bo.xa").shows_not("goc.mat.tran");
        let seen = province.get("/accounts?q=goc").await;
        seen.is(200).shows("goc.can.bo.xa").shows_not("goc.canh.sat").shows_not("goc.mat.tran");
        theirs.get(&format!("/accounts/{of_police}")).await.is(200);
        for id in [of_state, of_front] {
            theirs.get(&format!("/accounts/{id}")).await.is(404);
        }
        province.get(&format!("/accounts/{of_police}")).await.is(404);
        // Nothing is asked for across: no role at the other's agency, and none of the province's own roles.
        for (client, id, at) in [(&mut theirs, of_police, &commune), (&mut province, of_state, &police)] {
            client.get(&format!("/accounts/{id}")).await.is(200);
            let fields = [("role", "officer"), ("agency", at.code.as_str()), ("basis", "QĐ 9/QĐ")];
            let status = client.post(&format!("/accounts/{id}/grants"), &fields).await.status;
            assert!(status == 403 || status == 422, "{status}");
            assert!(waiting(&app, id).await.is_empty());
        }
        let role = [
            ("name_vi", "Trực ngành dọc"),
            ("name_en", "On duty"),
            ("permissions", "read-feedback"),
            ("basis", "QĐ 1"),
        ];
        theirs.get("/accounts/roles").await;
        theirs.post("/accounts/roles", &role).await.is(403);
        // What is asked for within is confirmed within.
        let fields = [("role", "officer"), ("agency", police.code.as_str()), ("basis", "QĐ 9/QĐ-CA")];
        let second = settle_official(app.db(), "goc.nguoi.moi", Role::ReformOfficer, &police).await;
        theirs.get(&format!("/accounts/{second}")).await.is(200);
        theirs.post(&format!("/accounts/{second}/grants"), &fields).await.is(303);
        let request = waiting(&app, second).await[0];
        let confirm = format!("/accounts/requests/{request}/confirm");
        let across = province.post(&confirm, &[]).await.status;
        assert!(across == 403 || across == 404, "{across}");
        settle_official(app.db(), "goc.nganh.doc.hai", Role::Administrator, &police).await;
        signed_in(&app, "goc.nganh.doc.hai").await.post(&confirm, &[]).await.is(303);
    });
}

#[test]
fn a_petition_goes_to_a_body_of_another_system_whose_people_see_it_and_nothing_else() {
    on_every_engine(|app| async move {
        let police = body(&app, System::Vertical);
        let division = app.tree().children(police.id)[0].clone();
        settle_official(app.db(), "goc.ho.khau", Role::Officer, &division).await;
        let mut officer = signed_in(&app, "goc.ho.khau").await;
        let (_, other, _) = sent(&app, None).await;
        let (_, code, _) = sent(&app, None).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get(&format!("/petitions/{code}")).await.is(200).shows("Công an TP");
        let unit = division.id.to_string();
        let fields = [("class", "place"), ("topic", "civil-status"), ("unit", unit.as_str())];
        clerk.upload(&format!("/petitions/{code}/sort"), &fields, &[]).await.leads_to(&format!("/petitions/{code}"));
        officer.get("/petitions").await.is(200).shows(&code).shows_not(&other);
        officer.get(&format!("/petitions/{code}")).await.is(200).shows("tiếp dân");
        officer.get(&format!("/petitions/{other}")).await.is(404);
        // The desk it came in at follows it; the head of another agency of the province does not.
        clerk.get(&format!("/petitions/{code}")).await.is(200);
        let elsewhere = app.tree().departments()[3].clone();
        settle_official(app.db(), "goc.so.khac", Role::Leader, &elsewhere).await;
        signed_in(&app, "goc.so.khac").await.get(&format!("/petitions/{code}")).await.is(404);
        // Dossiers of the province are not theirs either.
        let dossier = super::one_stop::received(&app, &mut clerk).await;
        officer.get(&format!("/work/{dossier}")).await.is(404);
    });
}

#[test]
fn a_keeper_begins_a_root_with_a_decision_and_the_directory_groups_trees_by_system() {
    on_every_engine(|app| async move {
        let mut keeper = app.administrator().await;
        let root = app.tree().root().expect("a root").clone();
        let page = keeper.get(&format!("/units/{}/establish", root.id)).await;
        page.is(200).shows("Ngành dọc Trung ương").shows("Mặt trận Tổ quốc");
        let at = app.clock.now().date().to_string();
        let given = [
            ("system", "vertical"),
            ("code", "H13.931"),
            ("name", "Kho bạc Nhà nước thử"),
            ("decision", "5/QĐ-KBNN"),
            ("day", at.as_str()),
            ("reason", "Nối vào hệ thống"),
        ];
        let address = format!("/units/{}/establish", root.id);
        let wrong: Vec<_> = given.iter().filter(|(name, _)| *name != "decision").copied().collect();
        keeper.post(&address, &wrong).await.is(422).shows("Kho bạc Nhà nước thử");
        keeper.post(&address, &given).await.is(303);
        keeper.get("/units").await.is(200).shows("Hành chính nhà nước").shows_not("Kho bạc Nhà nước thử");
        let list = keeper.get("/units?tab=beside&per_page=200").await;
        list.is(200).shows("Ngành dọc Trung ương").shows("Kho bạc Nhà nước thử").shows_not("Hành chính nhà nước");
        let id =
            list.body.split("/units/").filter_map(|rest| rest.split_once("\">Kho bạc Nhà nước thử").map(|(id, _)| id));
        let id = id.last().expect("its address").to_owned();
        let shown = keeper.get(&format!("/units/{id}")).await;
        shown
            .is(200)
            .shows("5/QĐ-KBNN: Nối vào hệ thống")
            .shows(&format!("/units/{id}/end"))
            .shows_not(&format!("/units/{id}/open"));
        let last = [("successor", "7001"), ("decision", "6/QĐ-KBNN"), ("day", at.as_str()), ("reason", "Thôi")];
        keeper.get(&format!("/units/{id}/end")).await.is(200).shows("Công an thành phố Cần Thơ");
        keeper.post(&format!("/units/{id}/end"), &last).await.is(303);
    });
}
