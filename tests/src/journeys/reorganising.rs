//! A reorganisation through its pages: what is refused, where, and what stands against its execution.

use super::reorganised::signed_in;
use super::two_people::administrator;
use crate::harness::{Client, TestApp, on_fresh_provinces, settle_official_at};
use base::Role;
use serde_json::json;

/// Two communes with nothing open become one, by two keepers of the province.
pub(crate) async fn two_communes_merged(app: &TestApp) {
    let (mut keeper, root) = (app.administrator().await, app.tree().root().expect("a root").clone());
    settle_official_at(app.db(), app.clock.now(), "sap.xep.hai", Role::Administrator, &root).await;
    let mut second = signed_in(app, "sap.xep.hai").await;
    let codes: Vec<String> = app.tree().communes()[16..18].iter().map(|commune| commune.code.clone()).collect();
    let (codes, today) = (codes.join(" "), app.clock.now().date().to_string());
    let head = [("title", "Sắp xếp hai xã"), ("number", "9/NQ"), ("authority", "Chủ tịch"), ("day", &today)];
    let head = [&head[..], &[("reason", "Theo đề án")]].concat();
    keeper.get("/reorganisations/new").await.is(200);
    let page = keeper.upload("/reorganisations/new", &head, &[]).await.is(303).location.clone();
    let line = [("codes", codes.as_str()), ("code", "H13.981"), ("name", "Ủy ban nhân dân xã Hợp Nhất")];
    keeper.upload(&format!("{page}/merge"), &line, &[]).await.is(303);
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.is(303);
    second.get(&page).await.is(200);
    second.upload(&format!("{page}/execute"), &[], &[]).await.is(303);
}

#[test]
fn what_cannot_stand_is_refused_on_the_page_at_its_field_and_the_rehearsal_says_what_blocks() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.administrator().await;
        for (role, status) in [(Role::Clerk, 403), (Role::Leader, 403), (Role::Inspector, 403)] {
            app.signed_in(role).await.get("/reorganisations").await.is(status);
        }
        app.anonymous().get("/reorganisations").await.is(303);
        keeper.get("/reorganisations/new").await.is(200).shows("Ngày có hiệu lực");
        keeper.upload("/reorganisations/new", &[("title", "Thiếu")], &[]).await.is(422).shows("href=\"#number\"");
        let head = [("title", "Sắp xếp"), ("number", "5/NQ"), ("authority", "Chủ tịch"), ("day", "25/11/2026")];
        let head = [&head[..], &[("reason", "Theo đề án")]].concat();
        let page = keeper.upload("/reorganisations/new", &head, &[]).await.is(303).location.clone();
        let (first, other) = (app.tree().communes()[0].clone(), app.tree().communes()[1].clone());
        let merge = format!("{page}/merge");
        let new = |codes: &str, code: &str| {
            [("codes", codes.to_owned()), ("code", code.to_owned()), ("name", "Ủy ban nhân dân xã Mới".to_owned())]
        };
        let sends = async |keeper: &mut Client, fields: [(&str, String); 3]| {
            let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
            keeper.upload(&merge, &fields, &[]).await
        };
        sends(&mut keeper, new("H13.777", "H13.991")).await.is(422).shows("H13.777").shows("href=\"#codes\"");
        sends(&mut keeper, new(&first.code, &other.code)).await.is(422).shows("đang có cơ quan khác dùng");
        sends(&mut keeper, new("H13", "H13.991")).await.is(422).shows("cơ quan đứng đầu");
        sends(&mut keeper, new(&format!("{} {}", first.code, other.code), "H13.991")).await.leads_to(&page);
        // A role that is asked for, and a ticket in the hall, are nobody's to move.
        let (mut one, _) = administrator(&app, "sap.xep.ba").await;
        let person = settle_official_at(app.db(), app.clock.now(), "sap.xep.nguoi", Role::ReformOfficer, &first).await;
        one.get(&format!("/accounts/{person}")).await.is(200);
        let asked = [("role", "officer"), ("agency", first.code.as_str()), ("basis", "QĐ 21/QĐ-UBND")];
        one.post(&format!("/accounts/{person}/grants"), &asked).await.is(303);
        let rehearsal = keeper.get(&format!("{page}/rehearsal")).await;
        rehearsal.is(200).shows("Cản trở").shows("vai trò đang đề nghị").shows("Bộ phận đi theo");
        keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
        one.get(&page).await.is(200);
        one.upload(&format!("{page}/execute"), &[], &[]).await.is(409).shows("xem diễn tập");
        assert_eq!(app.tree().communes().len(), organisation::demo_tree().expect("a tree").communes().len());
        // Programs see the same.
        let listed = keeper.get_json("/api/v1/reorganisations?state=submitted").await;
        assert_eq!(listed.is(200).json()["items"][0]["code"], page.rsplit('/').next().unwrap_or_default());
        let done = one.post_json(&format!("/api/v1{page}/execute"), &json!({})).await;
        done.is(409).shows("reorganisation-blocked");
    });
}
