//! At the counter: a card that is scanned, a person who is known, what the post brings, papers that are carried on.

use super::desks::receive;
use super::one_stop::act;
use crate::harness::{BIRTH, PASSWORD, TestApp, counter_form, on_every_engine, settle_official};
use base::Role;
use serde_json::{Value, json};

const CARD: &str = "094190000165|350123456|Lâm Thị Quét|05031990|Nữ|Ấp 3, xã Mỹ Tú, Cần Thơ|20042021";

#[test]
fn a_card_that_is_scanned_fills_in_its_holder_and_what_is_open_for_the_same_procedure_is_named() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get(&format!("/intake?procedure={BIRTH}")).await.is(200).shows("quét mã QR trên căn cước");
        let scanned = |number: &str, name: &str| {
            let fields = counter_form(&app, name).into_iter();
            fields
                .map(|(field, value)| (field, if field == "owner_number" { number.to_owned() } else { value }))
                .collect::<Vec<_>>()
        };
        let code_of = |location: &str| {
            let last = location.rsplit('/').next().and_then(|rest| rest.split('?').next());
            last.expect("a code").to_owned()
        };
        // A scanner presses Enter behind it: nothing is received by that, whatever else stands in the form.
        let typed = scanned(CARD, "");
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = clerk.upload("/intake", &typed, &[]).await;
        page.is(200).shows("value=\"Lâm Thị Quét\"").shows("value=\"094190000165\"").shows("Ấp 3, xã Mỹ Tú, Cần Thơ");
        page.shows("Chưa có hồ sơ nào của người này").shows_not("hồ sơ cùng thủ tục chưa xong");
        let handed = scanned("094190000165", "Lâm Thị Quét");
        let handed: Vec<(&str, &str)> = handed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let received = clerk.upload("/intake", &handed, &[]).await;
        received.is(303);
        let code = code_of(&received.location);
        // The next time the clerk is told of it; what another's card left in the form is written over.
        let again = scanned(CARD, "Lâm Thị Gõ");
        let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = clerk.upload("/intake", &again, &[]).await;
        page.is(200)
            .shows("hồ sơ cùng thủ tục chưa xong")
            .shows(&code)
            .shows("value=\"Lâm Thị Quét\"")
            .shows_not("Lâm Thị Gõ");
        // And whoever works on the second one sees the first; a desk that may not read it is told of neither.
        let second = clerk.upload("/intake", &handed, &[]).await;
        let second = code_of(&second.location);
        clerk.get(&format!("/dossiers/{second}")).await.is(200).shows("hồ sơ cùng thủ tục chưa xong").shows(&code);
        let far = app.tree().communes()[10].clone();
        settle_official(app.db(), "quay.xa", Role::Clerk, &far).await;
        let mut elsewhere = app.anonymous();
        elsewhere.sign_in_as("quay.xa", PASSWORD).await;
        elsewhere.get(&format!("/intake?procedure={BIRTH}")).await.is(200);
        elsewhere.upload("/intake", &typed, &[]).await.is(200).shows_not("chưa xong").shows_not(&code);
    });
}

fn by_post(app: &TestApp, day: &str, time: &str) -> Value {
    let commune = app.person(Role::Leader).agency.to_string();
    json!({
        "procedure": BIRTH, "channel": "post", "intake": commune, "competent": commune,
        "owner_name": "Bưu Thị Gửi", "owner_number": "094190000123", "owner_address": "Ấp 3, xã Mỹ Tú",
        "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
        "post_carrier": "Bưu điện Ninh Kiều", "post_number": "RB123456789VN", "post_day": day, "post_time": time,
    })
}

#[test]
fn what_comes_by_post_is_filed_when_its_hand_over_minutes_are_signed() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        // Monday, the 23rd, before three: due the same day. It is Wednesday, the 25th.
        let filed = clerk.post_json("/api/v1/dossiers", &by_post(&app, "2026-11-23", "10:15")).await;
        filed.is(201);
        let dossier = filed.json();
        assert_eq!(dossier["received_at"], "2026-11-23T10:15:00+07:00");
        assert!(dossier["due_at"].as_str().expect("a day").starts_with("2026-11-23T"), "{dossier}");
        let code = dossier["code"].as_str().expect("a code").to_owned();
        let page = clerk.get(&format!("/dossiers/{code}")).await;
        page.is(200).shows("Biên bản giao nhận bưu chính lúc 10:15 23/11/2026").shows("RB123456789VN");
        let logged = app.db().read({
            let code = code.clone();
            move |tx| {
                Box::pin(async move {
                    let text = "SELECT e.data AS data FROM event e JOIN dossier d ON d.id = e.subject_id WHERE d.code = $1 AND e.n = 1";
                    tx.query_one(store::Sql::from(text), store::params![code]).await?.get::<String>("data")
                }) as store::BoxFuture<'_, Result<String, store::StoreError>>
            }
        });
        assert!(!logged.await.expect("the event").contains("RB123456789VN"), "the item's number stands beside the log");
        for (day, time, code) in [
            ("2026-11-25", "23:00", "dossier-post-ahead"),
            ("2026-11-02", "10:00", "dossier-post-long-ago"),
            ("2026-11-23", "", "dossier-post-time"),
        ] {
            clerk.post_json("/api/v1/dossiers", &by_post(&app, day, time)).await.is(422).shows(code);
        }
        let mut brought = by_post(&app, "", "");
        brought["channel"] = json!("counter");
        clerk.post_json("/api/v1/dossiers", &brought).await.is(422).shows("dossier-post-not-by-post");
    });
}

#[test]
fn papers_that_are_carried_on_stand_on_a_list_to_be_signed_until_they_are_confirmed() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let here = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let code = receive(&app, &mut clerk, here.id, "Giao Thị Giấy").await;
        clerk.get("/work?tab=all").await.is(200).shows("/work/handover");
        let page = clerk.get("/work/handover").await;
        page.is(200).shows("Danh sách bàn giao");
        let desk = app.tree().desk_of(here.id).expect("a desk").clone();
        page.shows(&desk.name);
        let list = format!("/work/handover?format=pdf&unit={}", desk.code);
        let printed = clerk.get(&list).await.printed();
        for said in ["DANH SÁCH BÀN GIAO HỒ SƠ GIẤY", "Bên nhận:", &code, "Giao Thị Giấy", "BÊN GIAO", "BÊN NHẬN"]
        {
            assert!(printed.contains(said), "`{said}` is not printed:\n{printed}");
        }
        act(&mut app.signed_in(Role::Officer).await, &code, "take-over", json!({ "papers_came": true })).await.is(200);
        let after = clerk.get(&list).await;
        // Others may have something to carry; this one is off the list.
        assert!(after.status.as_u16() == 422 || !after.printed().contains(&code), "{}", after.status);
        clerk.get("/work/handover?format=pdf&unit=H99.99").await.is(422).shows("Chọn đơn vị có hồ sơ giấy");
        let mut citizen = app.signed_in(Role::Citizen).await;
        citizen.get("/work/handover").await.is(403);
    });
}

#[test]
fn a_head_sees_what_each_has_in_hand_and_each_number_opens_to_its_dossiers() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (mut head, mut officer) = (app.signed_in(Role::DivisionHead).await, app.signed_in(Role::Officer).await);
        let here = app.person(Role::Leader).agency;
        let code = receive(&app, &mut clerk, here, "Việc Của Ai").await;
        let me = app.person(Role::Officer).id.to_string();
        let held = |page: &crate::harness::Page| -> i64 {
            let row = page.between(&format!("handler={me}&amp;tab=unit\">"), "</a>").unwrap_or("0");
            row.replace('.', "").trim().parse().unwrap_or_default()
        };
        let before = held(&head.get("/work/load").await);
        act(&mut head, &code, "assign", json!({ "handler": me })).await.is(200);
        let page = head.get("/work/load").await;
        page.is(200).shows("Việc đang có của từng người");
        // Other tests give this officer work too.
        assert!(held(&page) > before);
        let list = page
            .between(&format!("handler={me}&amp;tab=unit\">"), "</a>")
            .map(|_| format!("/work?tab=unit&handler={me}&q="));
        head.get(&format!("{}&per_page=100", list.expect("a link"))).await.is(200).shows(&code);
        head.get("/work?tab=all&q=viec+cua+ai&handler=0").await.is(200).shows_not(&code);
        officer.get("/work/load").await.is(403);
    });
}

#[test]
fn what_somebody_holds_who_works_here_no_more_is_marked_until_it_is_taken_over() {
    on_every_engine(|app| async move {
        let (mut clerk, mut head) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::DivisionHead).await);
        let mut administrator = app.administrator().await;
        let code = receive(&app, &mut clerk, app.person(Role::Leader).agency, "Người Nhận Thay").await;
        let division = app.tree().get(app.person(Role::Officer).agency).expect("the division").clone();
        let leaving = settle_official(app.db(), "sap.nghi", Role::Officer, &division).await.to_string();
        act(&mut head, &code, "assign", json!({ "handler": leaving })).await.is(200);
        let row = |page: &crate::harness::Page| {
            let before = page.body.split(&format!("handler={leaving}&amp;")).next().unwrap_or_default().to_owned();
            before.rsplit("<tr>").next().unwrap_or_default().contains("không còn làm ở đây")
        };
        let page = head.get("/work/load").await;
        assert!(page.body.contains(&format!("handler={leaving}")) && !row(&page));
        let account = format!("/accounts/{leaving}");
        let page = administrator.get(&account).await;
        let revoke = page.between(&format!("action=\"{account}/grants/"), "\"").expect("the role").to_owned();
        administrator.post(&format!("{account}/grants/{revoke}"), &[]).await.leads_to(&account);
        let page = head.get("/work/load").await;
        page.is(200).shows("phải có người nhận thay");
        assert!(row(&page));
        let other = app.person(Role::Officer).id.to_string();
        act(&mut head, &code, "assign", json!({ "handler": other })).await.is(200);
        assert!(!head.get("/work/load").await.body.contains(&format!("handler={leaving}")));
    });
}
