//! Somebody is away: who acts meanwhile is named, says yes, does the work in the own name for the other, and no longer than said.

use super::one_stop::{act, received, to_owner};
use super::two_people::signed_in;
use crate::harness::{Client, Page, TestApp, on_every_engine, on_fresh_provinces, settle_official};
use base::{Id, Role};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

/// Names a substitute for some days from today on.
async fn name(
    app: &TestApp,
    client: &mut Client,
    absent: Option<Id>,
    substitute: Id,
    days: (i64, i64),
    basis: &str,
) -> Page {
    let day = |n: i64| base::vn_date(app.clock.now().plus_ms(n * DAY_MS).date());
    let absent = absent.map(|id| id.to_string()).unwrap_or_default();
    let (from, to, substitute) = (day(days.0), day(days.1), substitute.to_string());
    let form = [
        ("account", absent.as_str()),
        ("substitute", substitute.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
        ("_date", "from"),
        ("_date", "to"),
        ("reason", "travel"),
        ("basis", basis),
    ];
    client.get("/substitutes").await.is(200);
    client.post("/substitutes", &form).await
}

/// The first address of that act on the page of substitutes.
async fn address(client: &mut Client, act: &str) -> String {
    let page = client.get("/substitutes").await;
    let all = page.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = all.into_iter().find(|address| address.ends_with(act)).expect("the act's form");
    found.to_owned()
}

async fn press(client: &mut Client, act: &str) -> Page {
    let address = address(client, act).await;
    client.post(&address, &[]).await
}

#[test]
fn an_officer_who_is_away_is_stood_in_for_by_a_colleague_who_agreed_and_the_events_name_both() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (mut officer, mut head) = (app.signed_in(Role::Officer).await, app.signed_in(Role::DivisionHead).await);
        let absent = app.person(Role::Officer).id;
        let unit = app.tree().get(app.person(Role::Officer).agency).expect("a unit").clone();
        // Of the same agency, of another division: nothing of this division is theirs.
        let agency = app.tree().get(app.person(Role::Leader).agency).expect("an agency").clone();
        let colleague = settle_official(app.db(), "thay.mot", Role::Clerk, &agency).await;
        let mut other = signed_in(&app, "thay.mot").await;
        let (one, two) = (received(&app, &mut clerk).await, received(&app, &mut clerk).await);
        for code in [&one, &two] {
            act(&mut head, code, "assign", json!({ "handler": absent })).await.is(200);
        }
        act(&mut other, &one, "forward", json!({})).await.is(403);
        // Whoever names for another takes nothing; a stranger of another commune cannot be named; days lie ahead.
        let own = app.person(Role::DivisionHead).id;
        name(&app, &mut head, Some(absent), own, (0, 2), "").await.is(422).shows("không tự nhận việc");
        let far = settle_official(app.db(), "thay.xa", Role::Officer, &app.tree().communes()[5].clone()).await;
        name(&app, &mut officer, None, far, (0, 2), "").await.is(422).shows("cùng cơ quan");
        name(&app, &mut officer, None, absent, (0, 2), "").await.is(422).shows("tự thay thế");
        name(&app, &mut officer, None, colleague, (-1, 2), "").await.is(422).shows("quá khứ");
        name(&app, &mut officer, None, colleague, (0, 90), "").await.is(422).shows("Nhiều nhất 90 ngày");
        // A colleague heads nobody.
        name(&app, &mut other, Some(absent), far, (0, 2), "").await.is(403);
        name(&app, &mut officer, None, colleague, (1, 3), "").await.leads_to("/substitutes");
        name(&app, &mut officer, None, colleague, (3, 4), "").await.is(422).shows("Đã có người thay thế");
        // It waits for a yes; who named does not give it.
        let accept = address(&mut other, "/accept").await;
        officer.post(&accept, &[]).await.is(403);
        other.get("/due?mine=1").await.is(200).shows("Trả lời việc được cử làm thay");
        other.get("/account").await.shows("Cử người thay thế");
        other.post(&accept, &[]).await.leads_to("/substitutes");
        other.post(&accept, &[]).await.is(422);
        // Not before the first day.
        act(&mut other, &one, "forward", json!({})).await.is(403);
        app.clock.advance_ms(DAY_MS);
        let (mut other, mut head) = (signed_in(&app, "thay.mot").await, app.signed_in(Role::DivisionHead).await);
        let mine = other.get("/work?tab=mine").await;
        mine.is(200).shows(&one).shows(&two).shows("Bạn đang làm thay");
        head.get(&format!("/dossiers/{one}")).await.shows("thay.mot làm thay");
        act(&mut other, &one, "forward", json!({})).await.is(200);
        let page = head.get(&format!("/dossiers/{one}")).await;
        page.shows("thay.mot (thay ");
        // Two heads of one agency are not one person's: what one holds for another does not pass on.
        let third = settle_official(app.db(), "thay.ba", Role::Clerk, &agency).await;
        name(&app, &mut other, None, third, (0, 1), "").await.leads_to("/substitutes");
        let mut last = signed_in(&app, "thay.ba").await;
        press(&mut last, "/accept").await.leads_to("/substitutes");
        act(&mut last, &two, "forward", json!({})).await.is(403);
        // After the last day it is over by itself.
        app.clock.advance_ms(3 * DAY_MS);
        let mut other = signed_in(&app, "thay.mot").await;
        act(&mut other, &two, "forward", json!({})).await.is(403);
        assert_eq!(unit.id, app.person(Role::Officer).agency);
        proven(&app).await;
    });
}

#[test]
fn a_leaders_power_to_sign_passes_on_by_paper_and_no_power_over_accounts_does() {
    on_every_engine(|app| async move {
        let (mut clerk, mut officer) = (app.signed_in(Role::Clerk).await, app.signed_in(Role::Officer).await);
        let (mut leader, mut head) = (app.signed_in(Role::Leader).await, app.signed_in(Role::DivisionHead).await);
        let deputy = app.person(Role::DivisionHead).id;
        let code = received(&app, &mut clerk).await;
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut head, &code, "approve", json!({})).await.is(403);
        name(&app, &mut leader, None, deputy, (0, 4), "").await.is(422).shows("văn bản ủy quyền");
        name(&app, &mut leader, None, deputy, (0, 4), "12/QĐ-UBND ngày 20/11/2026").await.leads_to("/substitutes");
        act(&mut head, &code, "approve", json!({})).await.is(403);
        press(&mut head, "/accept").await.leads_to("/substitutes");
        act(&mut head, &code, "approve", json!({})).await.is(200);
        clerk.get(&format!("/dossiers/{code}")).await.shows("(thay ");
        let printed = head.get(&format!("/dossiers/{code}/print/control")).await;
        printed.is(200);
        assert!(printed.printed().contains("(thay"), "the control sheet names both");
        act(&mut clerk, &code, "return-result", to_owner()).await.is(200);
        // Confirming roles stays with the leader.
        head.get("/accounts/requests").await.is(403);
        leader.get("/accounts/requests").await.is(200);
        // Back earlier than said: it ends at once.
        press(&mut leader, "/end").await.leads_to("/substitutes");
        let code = received(&app, &mut clerk).await;
        act(&mut officer, &code, "forward", json!({})).await.is(200);
        act(&mut head, &code, "approve", json!({})).await.is(403);
        proven(&app).await;
    });
}

#[test]
fn a_substitute_nobody_heard_of_lapses_and_an_administrator_stands_in_for_no_reader_of_dossiers() {
    on_every_engine(|app| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        let agency = app.tree().get(app.person(Role::Leader).agency).expect("an agency").clone();
        let keeper = settle_official(app.db(), "thay.quantri", Role::Administrator, &agency).await;
        name(&app, &mut officer, None, keeper, (0, 1), "").await.is(422).shows("không được giữ cùng lúc");
        let colleague = settle_official(app.db(), "thay.im", Role::Clerk, &agency).await;
        name(&app, &mut officer, None, colleague, (0, 1), "").await.leads_to("/substitutes");
        app.clock.advance_ms(2 * DAY_MS);
        let now = app.clock.now();
        app.db().write(move |tx| Box::pin(async move { identity::dues::lapse(tx, now).await })).await.expect("lapses");
        let mut other = signed_in(&app, "thay.im").await;
        other.get("/substitutes").await.is(200).shows("Đã hết").shows_not("/accept\"");
        other.get("/due").await.is(200).shows_not("Trả lời việc được cử làm thay");
        proven(&app).await;
    });
}

/// What is stored follows from the log.
async fn proven(app: &TestApp) {
    let outside = dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() };
    let report = app
        .db()
        .read(move |tx| Box::pin(async move { dossiers::verify::check(tx, &outside, &|_| ()).await }))
        .await
        .expect("the proof runs");
    assert!(report.is_well(), "{report:?}");
}
