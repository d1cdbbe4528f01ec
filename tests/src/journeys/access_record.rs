//! Who looked, exported, signed in or was refused is written down, and shown to those it concerns.

use access::Kind;
use base::Role;

use super::portal::{filed_online, newcomer};
use crate::harness::{Client, PASSWORD, TestApp, on_every_engine, settle_official};

/// Kinds and routes recorded about a subject, the oldest first.
async fn recorded(app: &TestApp, subject: &str) -> Vec<(Kind, String)> {
    let rows = app.record_of(subject).await;
    rows.into_iter().rev().map(|row| (row.kind, row.route)).collect()
}

#[test]
fn every_way_to_see_a_dossier_leaves_a_trace_and_the_owners_own_look_does_not() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190300017").await;
        let code = filed_online(&app, &mut citizen).await;
        citizen.get(&format!("/my/{code}")).await.is(200).shows("Chưa có cán bộ nào xem");
        assert!(recorded(&app, &code).await.is_empty());

        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.upload(&format!("/dossiers/{code}/receive-online"), &[], &[]).await.is(303);
        // Every route that names a dossier and only shows it.
        let routes: Vec<&str> = crate::harness::modules()
            .iter()
            .flat_map(|module| module.routes.entries().to_vec())
            .filter(|route| route.method == "GET" && route.path.contains("dossiers/{code}"))
            .filter(|route| matches!(route.access, web::Access::Needs(_)))
            .map(|route| route.path)
            .collect();
        assert!(routes.len() >= 4, "{routes:?}");
        let mut shown = 0;
        for route in &routes {
            let path = route.replace("{code}", &code).replace("{file}", "1");
            let before = recorded(&app, &code).await.len();
            let answer = clerk.get(&path).await;
            let after = recorded(&app, &code).await;
            if answer.status.as_u16() == 200 {
                shown += 1;
                assert_eq!(after.len(), before + 1, "{route}");
            }
            // A file that is not there shows nothing, but somebody asked.
            assert_eq!(after.last().expect("a row").1, *route);
        }
        assert!(shown >= 3, "{routes:?}");
        let rows = app.record_of(&code).await;
        let desk = app.person(Role::Clerk);
        assert!(rows.iter().all(|row| row.actor == Some(desk.id) && row.agency == Some(desk.agency)));

        // The owner sees the unit and not the name.
        let unit = app.tree().name(desk.agency).to_owned();
        citizen.get(&format!("/my/{code}")).await.is(200).shows("Ai đã xem").shows(&unit).shows_not("Trần Văn Một");
    });
}

#[test]
fn what_was_refused_is_recorded_and_answered_as_if_nothing_were_there() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190300025").await;
        let code = filed_online(&app, &mut citizen).await;
        let elsewhere = app.tree().communes()[9].clone();
        let id = settle_official(app.db(), "record.stranger", Role::Officer, &elsewhere).await;
        let mut stranger = app.anonymous();
        stranger.sign_in_as("record.stranger", PASSWORD).await;
        stranger.get(&format!("/dossiers/{code}")).await.is(404);
        stranger.get("/dossiers/H13.99.99-261125-8888").await.is(404);
        let rows = app.record_of(&code).await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].kind, rows[0].actor, rows[0].agency), (Kind::Refused, Some(id), Some(elsewhere.id)));
        assert!(app.record_of("H13.99.99-261125-8888").await.is_empty());
        // Another citizen's dossier is nobody's to look at either.
        let mut neighbour = newcomer(&app, "094190300033").await;
        neighbour.get(&format!("/my/{code}")).await.is(404);
        assert_eq!(recorded(&app, &code).await.last().expect("a row"), &(Kind::Refused, "/my/{code}".to_owned()));
    });
}

#[test]
fn a_person_with_two_posts_is_recorded_under_the_one_that_reaches_the_dossier() {
    on_every_engine(|app| async move {
        let mut citizen = newcomer(&app, "094190300041").await;
        let code = filed_online(&app, &mut citizen).await;
        let (first, second) = (app.tree().communes()[7].clone(), app.tree().communes()[0].clone());
        let id = settle_official(app.db(), "record.two.posts", Role::Leader, &first).await;
        let (now, at) = (app.clock.now(), second.clone());
        let granted = app.db().write(move |tx| {
            Box::pin(async move { identity::grant(tx, id, Role::Leader, at.id, &at.path, now).await })
        });
        granted.await.expect("granted");
        let mut person = app.anonymous();
        person.sign_in_as("record.two.posts", PASSWORD).await;
        person.get(&format!("/dossiers/{code}")).await.is(200);
        assert_eq!(app.record_of(&code).await[0].agency, Some(second.id));
    });
}

async fn sign_in(client: &mut Client, login: &str, password: &str) -> u16 {
    client.forget_token();
    client.get("/sign-in").await;
    client.post("/sign-in", &[("login", login), ("password", password)]).await.status.as_u16()
}

#[test]
fn sign_ins_exports_and_acts_are_shown_to_the_inspector_and_ones_own_to_oneself() {
    on_every_engine(|app| async move {
        let agency = app.tree().communes()[6].clone();
        let id = settle_official(app.db(), "record.person", Role::Officer, &agency).await;
        let mut client = app.anonymous();
        assert_eq!(sign_in(&mut client, "record.person", "không nhớ nữa rồi").await, 422);
        assert_eq!(sign_in(&mut client, "record.person", PASSWORD).await, 303);
        let kinds = recorded(&app, &access::account_subject(id)).await;
        let at = |kind| (kind, "/sign-in".to_owned());
        assert_eq!(kinds, [at(Kind::SignInFailed), at(Kind::SignedIn)]);
        client.forget_token();
        client.get("/account").await.shows("Các lần đăng nhập gần nhất").shows("Đăng nhập hỏng");

        // An export is on record before it is answered, a search without its words.
        client.get("/work?tab=all&format=csv").await.is(200);
        client.get("/work?tab=all&q=092190000017").await.is(200);
        client.get("/accounts").await.is(403);
        let mut inspector = app.signed_in(Role::Inspector).await;
        app.record_of("").await;
        let page = inspector.get("/access?person=record.person").await;
        page.is(200).shows("Xuất danh sách").shows("Tìm kiếm").shows("Bị từ chối").shows("Đăng nhập");
        page.shows_not("092190000017");
        inspector
            .get("/access?person=record.person&kind=exported")
            .await
            .shows("Xuất danh sách")
            .shows_not(">Tìm kiếm</td>");
        inspector.get("/access?person=nobody.at.all").await.is(200).shows("Chưa ghi nhận gì");
        inspector.get("/access?from=hom-nay").await.is(422);
        inspector.get("/access?from=2026-11-26").await.is(200).shows("Chưa ghi nhận gì");
        inspector.get("/access?person=record.person&format=csv").await.is(200).shows("/work");

        let mut administrator = app.administrator().await;
        administrator.post(&format!("/accounts/{id}/state"), &[("state", "suspended")]).await.is(303);
        let acts = recorded(&app, &access::account_subject(id)).await;
        assert!(acts.contains(&(Kind::AccountAct, "account-state".to_owned())), "{acts:?}");
        // An inspector of one commune sees that commune's rows.
        settle_official(app.db(), "record.local", Role::Inspector, &app.tree().communes()[9].clone()).await;
        let mut local = app.anonymous();
        local.sign_in_as("record.local", PASSWORD).await;
        local.get("/access?person=record.person").await.is(200).shows("Chưa ghi nhận gì");
        client.get("/access").await.is(303);
    });
}

/// Sent from an account about a commune; its code.
async fn petition(citizen: &mut Client, area: &str, concerned: &str) -> String {
    citizen.get("/feedback/new").await.is(200);
    let fields = [("text", "Cống trước nhà nghẹt"), ("topic", "roads"), ("area", area), ("concerned", concerned)];
    let page = citizen.upload("/feedback/new", &fields, &[]).await;
    page.is(200).between("<dd id=\"code\"><code class=\"code\">", "<").expect("a code").to_owned()
}

#[test]
fn reading_searching_printing_petitions_and_being_refused_one_is_recorded_and_ones_own_look_is_not() {
    on_every_engine(|app| async move {
        let commune = app.tree().communes()[13].clone();
        let desk = app.tree().desk_of(commune.id).expect("a desk").clone();
        let id = settle_official(app.db(), "record.petitions", Role::Clerk, &desk).await;
        let mut clerk = app.anonymous();
        clerk.sign_in_as("record.petitions", PASSWORD).await;
        let area = commune.id.to_string();
        let mut citizen = app.signed_in(Role::Citizen).await;
        let code = petition(&mut citizen, &area, "").await;
        citizen.get(&format!("/my/feedback/{code}")).await.is(200).shows("nghẹt");
        assert!(recorded(&app, &code).await.is_empty());

        // Every route that names a petition and only shows it, for people and for programs.
        let routes: Vec<&str> = crate::harness::modules()
            .iter()
            .flat_map(|module| module.routes.entries().to_vec())
            .filter(|route| route.method == "GET" && route.path.contains("petitions/{code}"))
            .map(|route| route.path)
            .collect();
        assert!(routes.len() >= 4, "{routes:?}");
        let mut kinds = Vec::new();
        for route in &routes {
            let before = recorded(&app, &code).await.len();
            let answer = clerk.get(&route.replace("{code}", &code).replace("{file}", "1")).await;
            let after = recorded(&app, &code).await;
            assert_eq!((after.len(), after.last().map(|(_, of)| of.as_str())), (before + 1, Some(*route)), "{route}");
            let kind = after.last().expect("a row").0;
            // A letter or a file that is not there yet shows nothing, but somebody asked.
            assert_eq!(kind, if answer.status.as_u16() == 200 { Kind::Read } else { Kind::Refused }, "{route}");
            kinds.push(kind);
        }
        assert!(kinds.iter().filter(|kind| **kind == Kind::Read).count() >= 2, "{kinds:?}");
        let rows = app.record_of(&code).await;
        assert!(rows.iter().all(|row| row.actor == Some(id) && row.agency == Some(desk.id)));

        // One that complains of the own unit is answered as if it were not there; the record tells. One that is not there leaves nothing.
        let against = petition(&mut citizen, &area, &area).await;
        clerk.get(&format!("/petitions/{against}")).await.is(404);
        clerk.get_json(&format!("/api/v1/petitions/{against}")).await.is(404);
        clerk.get("/petitions/PA26-999999").await.is(404);
        let at = |route: &str| (Kind::Refused, route.to_owned());
        assert_eq!(recorded(&app, &against).await, [at("/petitions/{code}"), at("/api/v1/petitions/{code}")]);
        assert!(app.record_of("PA26-999999").await.is_empty());
        let mut neighbour = newcomer(&app, "094190300066").await;
        neighbour.get(&format!("/my/feedback/{code}")).await.is(404);
        assert_eq!(recorded(&app, &code).await.last(), Some(&at("/my/feedback/{code}")));

        // Searches without their words; the week on paper with how many lines it has.
        clerk.get("/petitions?q=0912345678").await.is(200);
        let said = [("channel", "counter"), ("text", "Đèn hẻm tắt"), ("topic", "roads"), ("area", area.as_str())];
        clerk.get("/petitions/new").await.is(200);
        clerk.upload("/petitions/new", &said, &[]).await.is(200);
        assert!(clerk.get("/petitions/heard/print").await.printed().contains("Đèn hẻm tắt"));
        app.record_of("").await;
        let mut inspector = app.signed_in(Role::Inspector).await;
        let of = "/access?person=record.petitions";
        for (kind, route, subject) in [
            ("read", "/petitions/{code}", code.as_str()),
            ("searched", "/petitions", ""),
            ("refused", "/petitions/{code}", against.as_str()),
            ("exported", "/petitions/heard/print", ""),
        ] {
            let page = inspector.get(&format!("{of}&kind={kind}")).await;
            page.is(200).shows(route).shows(subject).shows_not("0912345678").shows_not("nghẹt");
        }
        inspector.get(&format!("{of}&subject={code}")).await.is(200).shows("/api/v1/petitions/{code}");

        // So is looking at what others asked at a sitting, and at an initiative that waits.
        let sitting = super::dialogues::announced(&app).await;
        let mut head = app.signed_in(Role::Leader).await;
        let page = head.get(&format!("/sittings/{sitting}")).await;
        let item = page.is(200).between("href=\"/sitting-items/", "\"").expect("an item").to_owned();
        head.get(&format!("/sitting-items/{item}")).await.is(200);
        assert_eq!(recorded(&app, &sitting).await.last(), Some(&(Kind::Read, "/sittings/{code}".to_owned())));
        assert_eq!(recorded(&app, &item).await, [(Kind::Read, "/sitting-items/{code}".to_owned())]);
        let mut author = app.signed_in(Role::Officer).await;
        author.get("/initiatives/new").await.is(200);
        let words = [("title", "Ghi sổ"), ("sort", "model"), ("text", "Chờ."), ("answer_does", "Nhắn.")];
        let idea = author.upload("/initiatives/new", &words, &[]).await.is(303).location.replace("/initiatives/", "");
        head.get(&format!("/initiatives/{idea}")).await.is(200);
        head.get_json(&format!("/api/v1/initiatives/{idea}")).await.is(200);
        let look = |route: &str| (Kind::Read, route.to_owned());
        assert_eq!(recorded(&app, &idea).await, [look("/initiatives/{code}"), look("/api/v1/initiatives/{code}")]);
    });
}
