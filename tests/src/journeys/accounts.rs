//! Administrators make accounts and grant roles inside their units; people keep their own passwords.

use base::{Id, Role};
use identity::requests;
use organisation::Agency;

use crate::harness::{Client, PASSWORD, Page, Person, TestApp, on_every_engine, settle_official};

fn commune(app: &TestApp, place: usize) -> Agency {
    app.tree().communes()[place].clone()
}

async fn signed_in(app: &TestApp, login: &str, password: &str) -> Client {
    let mut client = app.anonymous();
    client.get("/sign-in").await;
    client.post("/sign-in", &[("login", login), ("password", password)]).await.is(303);
    client.forget_token();
    client.get("/account").await.is(200);
    client
}

fn id_on(page: &Page) -> Id {
    page.between("href=\"/accounts/", "\"").expect("a link to the account").parse().expect("id")
}

/// A second administrator of the province, who confirms.
async fn second(app: &TestApp, login: &str) -> Client {
    let root = app.tree().root().expect("root").clone();
    settle_official(app.db(), login, Role::Administrator, &root).await;
    signed_in(app, login, PASSWORD).await
}

/// What waits for an account, the newest first.
async fn waiting(app: &TestApp, account: Id) -> Vec<Id> {
    let now = app.clock.now();
    let asked = app.db().read(move |tx| Box::pin(async move { requests::waiting_for(tx, account, now).await })).await;
    asked.expect("requests").into_iter().map(|request| request.id).collect()
}

/// Confirms everything that waits for an account; returns the last answer.
async fn confirm_all(app: &TestApp, client: &mut Client, account: Id) -> Page {
    let mut last = None;
    for id in waiting(app, account).await {
        last = Some(client.post(&format!("/accounts/requests/{id}/confirm"), &[]).await);
    }
    last.expect("something waited")
}

/// The half of a code on a page.
fn half_on(page: &Page) -> String {
    let half = page.body.rsplit("<code class=\"code\">").next().expect("half").split('<').next().expect("end");
    assert_eq!(half.len(), 14);
    half.to_owned()
}

async fn set_password(client: &mut Client, login: &str, halves: [&str; 2], password: &str) -> Page {
    client.forget_token();
    client.get("/set-password").await.is(200);
    let form = [("login", login), ("first", halves[0]), ("second", halves[1]), ("password", password)];
    client.post("/set-password", &form).await
}

async fn grant(client: &mut Client, id: Id, role: Role, agency: &Agency, basis: &str) -> Page {
    let fields = [("role", role.as_str()), ("agency", agency.code.as_str()), ("basis", basis)];
    client.post(&format!("/accounts/{id}/grants"), &fields).await
}

#[test]
fn a_new_official_changes_the_password_gets_a_role_and_loses_it_again() {
    on_every_engine(|app| async move {
        let mut administrator = app.administrator().await;
        let fields = [("name", "Mai Văn Mới"), ("login", "moi.mai"), ("phone", "")];
        administrator.get("/accounts/new").await.is(200);
        let page = administrator.post("/accounts/new", &fields).await;
        page.is(200).shows("moi.mai");
        let first = half_on(&page);
        let id =
            page.body.split("href=\"/accounts/").filter_map(|rest| rest.split('"').next()?.parse::<Id>().ok()).next();
        let id = id.expect("a link to the account");
        administrator.post("/accounts/new", &fields).await.is(422).shows("Đã có tài khoản");

        let desk = app.tree().desk_of(commune(&app, 2).id).expect("a desk").clone();
        grant(&mut administrator, id, Role::Clerk, &desk, " ").await.is(422).shows("căn cứ");
        let to = format!("/accounts/{id}");
        grant(&mut administrator, id, Role::Clerk, &desk, "QĐ 15/QĐ-UBND ngày 20/11/2026").await.leads_to(&to);
        administrator.get(&to).await.shows("Chờ xác nhận").shows_not("Có hiệu lực");

        // The account opens with nothing before a second person has confirmed.
        let mut newcomer = app.anonymous();
        let password = "xuồng ba lá trên sông";
        set_password(&mut newcomer, "moi.mai", [&first, &first], password).await.is(422).shows("không khớp");
        let mut other = second(&app, "quantri.moi").await;
        let asked = waiting(&app, id).await;
        assert_eq!(asked.len(), 2);
        other.get("/accounts/requests").await.shows("Mai Văn Mới").shows("QĐ 15/QĐ-UBND");
        other.post(&format!("/accounts/requests/{}/confirm", asked[0]), &[]).await.leads_to("/accounts/requests");
        let half = half_on(&other.post(&format!("/accounts/requests/{}/confirm", asked[1]), &[]).await);
        assert_ne!(half, first);
        set_password(&mut newcomer, "moi.mai", [&first, &half], "matkhau123")
            .await
            .is(422)
            .shows("quá nhiều người dùng");
        set_password(&mut newcomer, "moi.mai", [&first, &half], password).await.leads_to("/sign-in");
        // It opens once.
        set_password(&mut newcomer, "moi.mai", [&first, &half], "đờn ca tài tử").await.is(422);

        // What others did stands before the way on.
        newcomer.get("/sign-in").await;
        let fields = [("login", "moi.mai"), ("password", password)];
        newcomer.post("/sign-in", &fields).await.leads_to("/account?next=%2Fwork");
        newcomer.forget_token();
        newcomer.get("/account?next=%2Fwork").await.shows("có người khác đã tác động").shows("href=\"/work\"");
        newcomer.get("/account").await.shows("Có hiệu lực").shows_not("có người khác đã tác động");
        let wrong = [("current", "không nhớ rõ nữa"), ("password", PASSWORD)];
        newcomer.post("/account/password", &wrong).await.is(422).shows("đang dùng không đúng");

        // The list finds the person without marks; a revoked role is gone at the next request.
        administrator.get("/accounts?q=mai+van+moi").await.is(200).shows("Mai Văn Mới");
        let page = administrator.get(&to).await;
        let revoke = page.between(&format!("action=\"/accounts/{id}/grants/"), "\"").expect("a way back").to_owned();
        administrator.post(&format!("/accounts/{id}/grants/{revoke}"), &[]).await.leads_to(&to);
        administrator.post(&format!("/accounts/{id}/grants/{revoke}"), &[]).await.is(422).shows("thu hồi trước đó");
        newcomer.get("/account").await.shows("Đã thu hồi").shows_not("Có hiệu lực");

        let kinds = event_kinds(&app, id).await;
        let expected = [
            "account-created",
            "request-made",
            "request-made",
            "request-decided",
            "role-granted",
            "request-decided",
            "password-set",
            "role-revoked",
        ];
        assert_eq!(kinds, expected);
    });
}

async fn event_kinds(app: &TestApp, account: Id) -> Vec<String> {
    let events = app.db().read(move |tx| Box::pin(async move { audit::events(tx, account).await })).await;
    let events = events.expect("events");
    assert!(events.iter().all(|event| !event.data.contains("Mai Văn")), "no personal data in events");
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn an_administrator_of_a_commune_rules_that_commune_only() {
    on_every_engine(|app| async move {
        let (own, other) = (commune(&app, 3), commune(&app, 4));
        settle_official(app.db(), "quantri.xa3", Role::Administrator, &own).await;
        let mate = settle_official(app.db(), "dongnghiep.xa3", Role::Officer, &own).await;
        let stranger = settle_official(app.db(), "nguoila.xa4", Role::Officer, &other).await;
        let mut local = signed_in(&app, "quantri.xa3", PASSWORD).await;

        local.get("/accounts").await.is(200).shows("dongnghiep.xa3").shows_not("nguoila.xa4").shows_not("quantri\"");
        local.get(&format!("/accounts/{stranger}")).await.is(404);
        let top: &Person = app.person(Role::Administrator);
        local.get(&format!("/accounts/{}", top.id)).await.is(404);
        local.post(&format!("/accounts/{}/state", top.id), &[("state", "closed")]).await.is(404);

        grant(&mut local, mate, Role::Clerk, &own, "QĐ 1").await.is(303);
        let root = app.tree().root().expect("root").clone();
        for agency in [&root, &other] {
            let page = grant(&mut local, mate, Role::Leader, agency, "QĐ 2").await;
            page.is(403);
        }
        grant(&mut local, stranger, Role::Clerk, &own, "QĐ 3").await.is(404);

        // A role above the commune's reach puts the person out of the local administrator's hands.
        let mut province = app.administrator().await;
        grant(&mut province, mate, Role::Inspector, &root, "QĐ 4").await.is(303);
        let mut other = second(&app, "quantri.xa3.hai").await;
        confirm_all(&app, &mut other, mate).await.is(303);
        local.post(&format!("/accounts/{mate}/password"), &[]).await.is(403);
        local.post(&format!("/accounts/{mate}/state"), &[("state", "suspended")]).await.is(403);
    });
}

#[test]
fn a_grant_holds_between_its_days_only() {
    on_every_engine(|app| async move {
        let agency = commune(&app, 5);
        let root = app.tree().root().expect("root").clone();
        // Nobody who reads dossiers may keep accounts beside it.
        let id = settle_official(app.db(), "co.han", Role::ReformOfficer, &agency).await;
        let mut administrator = app.administrator().await;
        let mut fields = vec![
            ("role", "administrator"),
            ("agency", root.code.as_str()),
            ("valid_from", "2026-11-27"),
            ("valid_to", "2026-11-26"),
            ("basis", "QĐ 7"),
        ];
        let path = format!("/accounts/{id}/grants");
        administrator.post(&path, &fields).await.is(422).shows("trước ngày bắt đầu");
        fields[3].1 = "2026-11-28";
        administrator.post(&path, &fields).await.is(303);
        confirm_all(&app, &mut second(&app, "quantri.co.han").await, id).await.is(303);
        let day_ms = 24 * 3_600_000;
        let mut answers = Vec::new();
        for _ in 25..=29 {
            let mut person = signed_in(&app, "co.han", PASSWORD).await;
            answers.push(person.get("/accounts").await.status.as_u16());
            app.clock.advance_ms(day_ms);
        }
        assert_eq!(answers, [403, 403, 200, 200, 403]);
    });
}

#[test]
fn a_suspended_account_is_out_at_once_and_cannot_come_back_by_itself() {
    on_every_engine(|app| async move {
        let id = settle_official(app.db(), "tam.khoa", Role::Officer, &commune(&app, 6)).await;
        let mut person = signed_in(&app, "tam.khoa", PASSWORD).await;
        let mut administrator = app.administrator().await;
        let state = format!("/accounts/{id}/state");
        administrator.post(&state, &[("state", "suspended")]).await.is(303);
        person.get("/account").await.leads_to("/sign-in?next=%2Faccount");
        let mut client = app.anonymous();
        client.get("/sign-in").await;
        client.post("/sign-in", &[("login", "tam.khoa"), ("password", PASSWORD)]).await.is(422).shows("tạm khóa");
        administrator.post(&state, &[("state", "active")]).await.is(303);
        signed_in(&app, "tam.khoa", PASSWORD).await;
        administrator.post(&state, &[("state", "closed")]).await.is(303);
        administrator.post(&state, &[("state", "active")]).await.is(422);
        administrator.post(&state, &[("state", "sleeping")]).await.is(422);

        let own = format!("/accounts/{}/state", app.person(Role::Administrator).id);
        administrator.post(&own, &[("state", "closed")]).await.is(403);
    });
}

#[test]
fn a_new_password_ends_every_session_and_gives_this_one_a_new_token() {
    on_every_engine(|app| async move {
        settle_official(app.db(), "hai.noi", Role::Officer, &commune(&app, 7)).await;
        let mut here = signed_in(&app, "hai.noi", PASSWORD).await;
        let mut there = signed_in(&app, "hai.noi", PASSWORD).await;
        here.get("/account").await.shows("2 phiên");
        let change = [("current", PASSWORD), ("password", "chợ nổi Ngã Năm")];
        let before = here.cookie("session").expect("a session").to_owned();
        here.post("/account/password", &change).await.leads_to("/account");
        here.forget_token();
        here.get("/account").await.is(200).shows("1 phiên");
        // A token copied before the change opens nothing, the changer's own neither.
        assert_ne!(here.cookie("session"), Some(before.as_str()));
        let mut thief = app.anonymous();
        thief.set_cookie("session", &before);
        thief.get("/account").await.leads_to("/sign-in?next=%2Faccount");
        there.get("/account").await.is(303);

        let mut third = signed_in(&app, "hai.noi", "chợ nổi Ngã Năm").await;
        third.post("/account/sessions/end", &[]).await.leads_to("/account");
        here.get("/account").await.is(303);
    });
}

#[test]
fn a_citizens_number_opens_dossiers_only_after_the_card_was_seen() {
    on_every_engine(|app| async move {
        let mut citizen = app.anonymous();
        citizen.sign_up("Kim Thị Sa Rươne", "094188005678", "0939000456", "chùa Dơi Sóc Trăng").await;
        let number = app.actor_of(&citizen).await.citizen_number;
        assert_eq!(number, None);
        let mut administrator = app.administrator().await;
        let page = administrator.get("/accounts?kind=citizen&q=sa+ruone").await;
        let id =
            page.body.split("href=\"/accounts/").filter_map(|rest| rest.split('"').next()?.parse::<Id>().ok()).next();
        let proof = format!("/accounts/{}/proof", id.unwrap_or_else(|| id_on(&page)));
        administrator.post(&proof, &[]).await.is(303);
        assert_eq!(app.actor_of(&citizen).await.citizen_number, None);
        let id = app.actor_of(&citizen).await.account;
        confirm_all(&app, &mut second(&app, "quantri.the").await, id).await.is(303);
        administrator.post(&proof, &[]).await.is(422);
        assert_eq!(app.actor_of(&citizen).await.citizen_number.as_deref(), Some("094188005678"));
    });
}
