//! Roles that the province makes itself, grants limited to fields, what must not meet in one person, and programs with tokens.

use axum::body::Body;
use axum::http::Method;
use base::{Id, Role};
use serde_json::json;

use super::desks::receive;
use super::two_people::{administrator, confirm, signed_in, waiting};
use crate::harness::{Client, Page, TestApp, on_every_engine, on_fresh_provinces, settle_official};

/// Asks for a role with these permissions.
async fn ask(client: &mut Client, name: &str, permissions: &[&str]) -> Page {
    let english = format!("{name} in English");
    let mut fields = vec![("name_vi", name), ("name_en", english.as_str()), ("basis", "QĐ 77/QĐ-UBND")];
    fields.extend(permissions.iter().map(|one| ("permissions", *one)));
    client.post("/accounts/roles", &fields).await
}

async fn id_of(app: &TestApp, name: &'static str) -> Id {
    let all = app.db().read(|tx| Box::pin(async move { identity::roles::all(tx).await })).await.expect("roles");
    all.iter().find(|kept| kept.role.name_vi == name).expect("the role").role.id
}

/// Grants a role by its word (`own-ID` for the province's own), limited to fields, and has it confirmed.
async fn give(
    app: &TestApp,
    pair: &mut (Client, Client),
    id: Id,
    role: &str,
    at: &organisation::Agency,
    fields: &[&str],
) {
    let mut form = vec![("role", role), ("agency", at.code.as_str()), ("basis", "QĐ 78/QĐ-UBND")];
    form.extend(fields.iter().map(|field| ("fields", *field)));
    pair.0.post(&format!("/accounts/{id}/grants"), &form).await.is(303);
    let request = *waiting(app, id).await.last().expect("a request");
    confirm(&mut pair.1, request).await.is(303);
}

#[test]
fn a_province_makes_a_role_with_two_people_and_whoever_holds_it_may_just_that() {
    on_every_engine(|app| async move {
        let (mut one, _) = administrator(&app, "role.one").await;
        let (mut two, _) = administrator(&app, "role.two").await;
        let commune = app.tree().communes()[3].clone();
        // What is wrong is named, nothing typed is lost.
        ask(&mut one, "Trực đường dây nóng", &[]).await.is(422).shows("ít nhất một quyền").shows("Trực đường dây nóng");
        ask(&mut one, "Trực đường dây nóng", &["own-dossiers"]).await.is(422).shows("own-dossiers");
        ask(&mut one, "Trực đường dây nóng", &["keep-accounts", "read-dossiers"])
            .await
            .is(422)
            .shows("cùng một vai trò");
        ask(&mut one, "Trực đường dây nóng", &["receive-feedback", "read-feedback"]).await.leads_to("/accounts/roles");
        ask(&mut one, "TRỰC ĐƯỜNG DÂY NÓNG", &["read-feedback"]).await.is(422).shows("tên này");
        let role = id_of(&app, "Trực đường dây nóng").await;
        let word = format!("own-{role}");
        // Before the second person it can be given to nobody; who asked does not confirm; a leader of one commune neither.
        let person = settle_official(app.db(), "role.person", Role::ReformOfficer, &commune).await;
        let form = [("role", word.as_str()), ("agency", commune.code.as_str()), ("basis", "QĐ 78/QĐ-UBND")];
        one.post(&format!("/accounts/{person}/grants"), &form).await.is(422);
        one.post(&format!("/accounts/roles/{role}/confirm"), &[]).await.is(403);
        let mut leader = app.signed_in(Role::Leader).await;
        leader.post(&format!("/accounts/roles/{role}/confirm"), &[]).await.is(403);
        two.post(&format!("/accounts/roles/{role}/confirm"), &[]).await.leads_to("/accounts/roles");
        two.post(&format!("/accounts/roles/{role}/refuse"), &[]).await.is(422);
        let mut holder = signed_in(&app, "role.person").await;
        holder.get("/petitions").await.is(403);
        let mut pair = (one, two);
        give(&app, &mut pair, person, &word, &commune, &[]).await;
        holder.get("/petitions").await.is(200);
        holder.get("/petitions/new").await.is(200);
        holder.get("/work").await.is(403);
        holder.get("/account").await.shows("Trực đường dây nóng");
        let (mut one, mut two) = pair;
        one.get(&format!("/accounts/{person}")).await.shows("Trực đường dây nóng").shows(&word);
        // While somebody holds it, it stays.
        one.post(&format!("/accounts/roles/{role}/end"), &[]).await.is(422).shows("thu hồi trước");
        let page = one.get(&format!("/accounts/{person}")).await;
        let grant = page.between(&format!("/accounts/{person}/grants/"), "/revoke").expect("a grant").to_owned();
        one.post(&format!("/accounts/{person}/grants/{grant}/revoke"), &[]).await.is(303);
        holder.get("/petitions").await.is(403);
        one.post(&format!("/accounts/roles/{role}/end"), &[]).await.leads_to("/accounts/roles");
        one.post(&format!("/accounts/{person}/grants"), &form).await.is(422);
        two.get("/accounts/roles").await.shows("Không dùng");
    });
}

#[test]
fn what_must_not_meet_is_granted_to_nobody_who_holds_the_other() {
    on_every_engine(|app| async move {
        let (mut one, _) = administrator(&app, "apart.one").await;
        let (mut two, _) = administrator(&app, "apart.two").await;
        let commune = app.tree().communes()[4].clone();
        let id = settle_official(app.db(), "apart.person", Role::ReformOfficer, &commune).await;
        let ask = |role: Role| [("role", role.as_str()), ("agency", commune.code.as_str()), ("basis", "QĐ 79/QĐ-UBND")];
        let path = format!("/accounts/{id}/grants");
        // Both are asked for before either stands: the second to be confirmed is refused.
        one.post(&path, &ask(Role::Administrator)).await.is(303);
        one.post(&path, &ask(Role::Leader)).await.is(303);
        let asked = waiting(&app, id).await;
        confirm(&mut two, asked[0]).await.is(303);
        confirm(&mut two, asked[1]).await.is(422).shows("không được giữ cùng lúc");
        one.post(&path, &ask(Role::Administrator)).await.is(422).shows("không được giữ cùng lúc");
    });
}

#[test]
fn a_deputy_for_one_field_sees_and_decides_dossiers_of_that_field_only() {
    on_fresh_provinces(|app| async move {
        let (one, _) = administrator(&app, "field.one").await;
        let (two, _) = administrator(&app, "field.two").await;
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk, commune.id, "Phó Một Lĩnh Vực").await;
        let shelf = app.shelf();
        let here = shelf.by_code(crate::harness::BIRTH, app.clock.now().date()).expect("the procedure").field.clone();
        let fields = shelf.fields(app.clock.now().date());
        let other = fields.iter().map(|(code, ..)| code.clone()).find(|code| *code != here).expect("another field");
        let mut pair = (one, two);
        let mut deputies = Vec::new();
        for (login, field) in [("field.here", &here), ("field.other", &other)] {
            let id = settle_official(app.db(), login, Role::ReformOfficer, &commune).await;
            give(&app, &mut pair, id, "officer", &commune, &[field]).await;
            deputies.push(signed_in(&app, login).await);
        }
        let list = "/work?tab=all&q=pho+mot+linh+vuc";
        deputies[0].get(list).await.is(200).shows(&code);
        deputies[0].get("/work?tab=unit&per_page=100").await.is(200).shows(&code);
        deputies[0].get(&format!("/dossiers/{code}")).await.is(200);
        deputies[1].get(list).await.is(200).shows_not(&code);
        deputies[1].get("/work?tab=unit&per_page=100").await.is(200).shows_not(&code);
        deputies[1].get(&format!("/dossiers/{code}")).await.is(404);
        deputies[1].upload(&format!("/dossiers/{code}/forward"), &[("note", "")], &[]).await.is(404);
        // Such a grant reaches dossiers and nothing else, and the form that gives it says so.
        let area = commune.id.to_string();
        let taken = json!({ "channel": "phone", "text": "Đèn hẻm phó lĩnh vực tắt", "topic": "roads", "area": area });
        let petition = clerk.post_json("/api/v1/petitions", &taken).await;
        let petition = petition.is(201).json()["code"].as_str().expect("a code").to_owned();
        for deputy in &mut deputies {
            deputy.get(&format!("/petitions/{petition}")).await.is(404);
            deputy.get("/petitions?tab=new").await.is(200).shows_not(&petition);
            deputy.get("/find?q=den+hem+pho+linh+vuc").await.is(200).shows_not(&petition);
        }
        let id = settle_official(app.db(), "field.nowhere", Role::ReformOfficer, &commune).await;
        let form = pair.0.get(&format!("/accounts/{id}")).await;
        form.is(200).shows("vai trò như vậy chỉ dùng cho hồ sơ, không mở phản ánh");
        give(&app, &mut pair, id, "officer", &commune, &[]).await;
        let mut whole = signed_in(&app, "field.nowhere").await;
        whole.get("/find?q=den+hem+pho+linh+vuc").await.is(200).shows(&petition);
        // The head gives it to the one of the field, and may not give it to the other.
        let mut head = app.signed_in(Role::DivisionHead).await;
        let page = head.get(&format!("/dossiers/{code}")).await;
        page.shows("field.here").shows_not("field.other");
    });
}

async fn call(client: &mut Client, method: Method, path: &str, token: &str, body: &str) -> Page {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    client.send(method, path, &headers, Body::from(body.to_owned())).await
}

#[test]
fn a_program_asks_the_api_with_a_token_within_its_grants_and_opens_no_page() {
    on_every_engine(|app| async move {
        let (mut one, _) = administrator(&app, "machine.one").await;
        let (two, _) = administrator(&app, "machine.two").await;
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let mut clerk = app.signed_in(Role::Clerk).await;
        let code = receive(&app, &mut clerk, commune.id, "Máy Đọc Hồ Sơ").await;
        let form = [("name", "Kho dữ liệu tỉnh"), ("login", "kho.du.lieu"), ("machine", "1")];
        let made = one.post("/accounts/new", &form).await;
        let id: Id = made.is(303).location.trim_start_matches("/accounts/").parse().expect("an account");
        // Nobody signs in as a program, and nobody sets it a password.
        one.post(&format!("/accounts/{id}/password"), &[]).await.is(422).shows("không có mật khẩu");
        let path = format!("/accounts/{id}/tokens");
        one.post(&path, &[("label", ""), ("token_to", "2020-01-01")]).await.is(422).shows("dùng để làm gì, dài");
        let last = base::time::date_of_day(base::time::day_number(app.clock.now().date()) + 30).to_string();
        let page = one.post(&path, &[("label", "Đồng bộ hằng đêm"), ("token_to", &last)]).await;
        let token = page.is(200).between("half\">", "<").expect("a token").to_owned();
        assert!(token.starts_with("motcua_") && token.len() == 50, "{token}");
        one.get(&format!("/accounts/{id}")).await.shows("Đồng bộ hằng đêm").shows_not(&token);

        let mut program = app.anonymous();
        let api = format!("/api/v1/dossiers/{code}");
        // Without a grant it may nothing; with one, what the grant says, where it says.
        call(&mut program, Method::GET, &api, &token, "").await.is(403);
        let mut pair = (one, two);
        give(&app, &mut pair, id, "officer", &commune, &[]).await;
        let (mut one, _) = pair;
        let read = call(&mut program, Method::GET, &api, &token, "").await;
        assert_eq!(read.is(200).json()["code"].as_str(), Some(code.as_str()));
        // It works by itself: nobody gives it a dossier.
        let mut head = app.signed_in(Role::DivisionHead).await;
        head.get(&format!("/dossiers/{code}")).await.is(200).shows_not("Kho dữ liệu tỉnh");
        // An act by the same rules as for people, without a form's token.
        let body = format!(r#"{{"handler":"{}"}}"#, app.person(Role::Officer).id);
        let act = call(&mut program, Method::POST, &format!("{api}/assign"), &token, &body).await;
        assert_eq!(act.status.as_u16(), 403, "{}", act.body);
        assert!(!act.body.contains("web-form-token"), "{}", act.body);
        call(&mut program, Method::GET, "/work", &token, "").await.is(403);
        call(&mut program, Method::GET, &api, "motcua_wrong", "").await.is(401);
        call(&mut program, Method::GET, &api, &format!("{token}x"), "").await.is(401);
        // The token itself is nowhere in the database.
        let page = one.get(&format!("/accounts/{id}")).await;
        let kept = page.between(&format!("/accounts/{id}/tokens/"), "/revoke").expect("a token's id").to_owned();
        app.clock.advance_ms(31 * 24 * 3_600_000);
        call(&mut program, Method::GET, &api, &token, "").await.is(401);
        app.clock.advance_ms(-31 * 24 * 3_600_000);
        call(&mut program, Method::GET, &api, &token, "").await.is(200);
        let mut one_again = signed_in(&app, "machine.one").await;
        one_again.post(&format!("/accounts/{id}/tokens/{kept}/revoke"), &[]).await.leads_to(&format!("/accounts/{id}"));
        call(&mut program, Method::GET, &api, &token, "").await.is(401);
    });
}

#[test]
fn who_oversees_sees_how_dossiers_go_and_nothing_of_the_people_they_are_of() {
    on_fresh_provinces(|app| async move {
        let (one, _) = administrator(&app, "oversee.one").await;
        let (two, _) = administrator(&app, "oversee.two").await;
        let mut pair = (one, two);
        ask(&mut pair.0, "Giám sát của Mặt trận", &["oversee-dossiers"]).await.is(303);
        let role = id_of(&app, "Giám sát của Mặt trận").await;
        pair.1.post(&format!("/accounts/roles/{role}/confirm"), &[]).await.is(303);
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let elsewhere = app.tree().communes()[6].clone();
        let mut clerk = app.signed_in(Role::Clerk).await;
        let here = receive(&app, &mut clerk, commune.id, "Trần Thị Giám Sát").await;
        let there = receive(&app, &mut clerk, elsewhere.id, "Lý Văn Nơi Khác").await;
        let id = settle_official(app.db(), "oversee.front", Role::ReformOfficer, &elsewhere).await;
        give(&app, &mut pair, id, &format!("own-{role}"), &commune, &[]).await;
        let mut front = signed_in(&app, "oversee.front").await;
        let list = front.get("/oversight?tab=unit&per_page=100").await;
        list.is(200).shows(&here).shows_not(&there).shows_not("Giám Sát");
        let one = front.get(&format!("/oversight/{here}")).await;
        one.is(200).shows("Tiếp nhận").shows_not("Trần Thị").shows_not("094190000123").shows_not("Trần Văn Một");
        front.get(&format!("/oversight/{there}")).await.is(404);
        // The dossier itself stays closed.
        front.get(&format!("/dossiers/{here}")).await.is(403);
        front.get("/work").await.is(403);
        clerk.get("/oversight").await.is(403);
        app.signed_in(Role::Inspector).await.get("/oversight?tab=all").await.is(200);
    });
}
