//! At the counter: what was typed is kept, the same person brings another, a group brings many.

use crate::harness::{BIRTH, Page, TestApp, counter_form, on_every_engine};
use base::Role;

/// The form of an intake with some fields changed.
fn form<'a>(filled: &'a [(&'static str, String)], changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = filled.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.map(|(name, value)| (*name, value.as_str())).chain(changed.iter().copied()).collect()
}

/// The addresses of what was begun.
fn begun(page: &Page) -> Vec<String> {
    let links = crate::harness::links_of(&page.body).into_iter();
    links.filter(|link| link.starts_with("/intake?begun=")).collect()
}

/// How many dossiers there are of the group.
async fn of_the_group(app: &TestApp) -> i64 {
    const COUNT: &str =
        "SELECT COUNT(*) AS n FROM dossier WHERE owner_name IN ('Chủ Nhóm Hộ Dân', 'Người Thứ Hai', 'Người Thứ Ba')";
    let count = app.db().read(|tx| Box::pin(async move { tx.query_one(COUNT, &[]).await?.get::<i64>("n") }));
    count.await.expect("a count")
}

#[test]
fn what_a_clerk_typed_is_kept_for_that_clerk_and_goes_with_the_receipt() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let filled = counter_form(&app, "Trần Thị Dở Dang");
        clerk.get(&format!("/intake?procedure={BIRTH}")).await.is(200).shows("name=\"begun\"");
        // By a script while it is typed, and by the button; both are one.
        let kept = clerk.post("/intake/keep", &form(&filled, &[("begun", "77")])).await;
        kept.is(200).shows("Đã giữ lúc");
        clerk
            .post("/intake/keep", &[("procedure", BIRTH), ("begun", "78"), ("channel", "1")])
            .await
            .shows("Chưa có gì để giữ");
        let again = form(&filled, &[("begun", "77"), ("keep", "1"), ("summary", "Nhập tiếp ngày mai")]);
        clerk.upload("/intake", &again, &[]).await.leads_to("/intake");
        let list = clerk.get("/intake").await;
        list.is(200).shows("Đang nhập dở").shows("Trần Thị Dở Dang");
        let links = begun(&list);
        assert_eq!(links.len(), 1, "{links:?}");
        clerk.get(&links[0]).await.is(200).shows("Nhập tiếp ngày mai").shows("value=\"Trần Thị Dở Dang\"");
        // Nobody else's: not shown, not gone on with, not written over, not thrown away.
        let desk = app.tree().get(app.person(Role::Clerk).agency).expect("a desk").clone();
        crate::harness::settle_official(app.db(), "begun.hai", Role::Clerk, &desk).await;
        let mut other = super::two_people::signed_in(&app, "begun.hai").await;
        other.get("/intake").await.is(200).shows_not("Trần Thị Dở Dang");
        other.get(&links[0]).await.is(404);
        other.post("/intake/keep", &form(&filled, &[("begun", "77"), ("owner_name", "Kẻ Ghi Đè")])).await.is(200);
        other.post("/intake/begun/77/drop", &[]).await.is(303);
        clerk.get(&links[0]).await.is(200).shows("Trần Thị Dở Dang").shows_not("Kẻ Ghi Đè");
        // Received: it is gone.
        let received = clerk.upload("/intake", &form(&filled, &[("begun", "77")]), &[]).await;
        received.is(303);
        clerk.get("/intake").await.is(200).shows_not("Đang nhập dở");
        clerk.get(&links[0]).await.is(404).shows("không còn");
        // What nobody came back for goes after a week.
        clerk.post("/intake/keep", &form(&filled, &[("begun", "79")])).await.is(200);
        app.clock.advance_ms(8 * 86_400_000);
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/intake").await.is(200).shows_not("Đang nhập dở");
    });
}

#[test]
fn the_same_person_brings_another_and_nothing_is_typed_twice() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let filled = counter_form(&app, "Lâm Thị Hai Hồ Sơ");
        clerk.get(&format!("/intake?procedure={BIRTH}")).await.is(200);
        let received = clerk.upload("/intake", &form(&filled, &[]), &[]).await;
        let code = received.location.strip_prefix("/dossiers/").expect("a dossier").to_owned();
        clerk.get(&format!("/dossiers/{code}")).await.shows(&format!("/intake?after={code}"));
        let choose = clerk.get(&format!("/intake?after={code}")).await;
        choose.is(200).shows(&code).shows(&format!("&amp;after={code}"));
        let next = clerk.get(&format!("/intake?procedure={BIRTH}&after={code}")).await;
        next.is(200).shows("value=\"Lâm Thị Hai Hồ Sơ\"").shows("name=\"owner_number\"");
        // Of a dossier one may not read nothing is filled in.
        let far = app.tree().communes()[6].clone();
        crate::harness::settle_official(app.db(), "begun.xa", Role::Clerk, &far).await;
        let mut stranger = super::two_people::signed_in(&app, "begun.xa").await;
        stranger.get(&format!("/intake?procedure={BIRTH}&after={code}")).await.is(404);
    });
}

#[test]
fn a_group_is_received_with_a_code_each_or_not_at_all_naming_the_line() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let filled = counter_form(&app, "Chủ Nhóm Hộ Dân");
        clerk.get(&format!("/intake?procedure={BIRTH}")).await.is(200);
        let wrong = "Người Thứ Hai; 094190000123\nNgười Thứ Ba; 12345";
        let refused = clerk.upload("/intake", &form(&filled, &[("people", wrong)]), &[]).await;
        refused.is(422).shows("Dòng 2:").shows("Người Thứ Ba; 12345");
        clerk.upload("/intake", &form(&filled, &[("people", "chỉ có tên")]), &[]).await.is(422).shows("Dòng 1:");
        assert_eq!(of_the_group(&app).await, 0, "nothing of it is received");
        let people = "Người Thứ Hai; 094190000123; 0912345678\nNgười Thứ Ba; 094090000456; ; Ấp Chánh";
        let done = clerk.upload("/intake", &form(&filled, &[("people", people)]), &[]).await;
        done.is(303);
        assert_eq!(of_the_group(&app).await, 3);
        let page = clerk.get(&done.location.clone()).await;
        page.is(200).shows("Chủ Nhóm Hộ Dân").shows("Người Thứ Hai").shows("Người Thứ Ba").shows("/print/receipt");
        // A code alone opens nothing to others.
        let far = app.tree().communes()[7].clone();
        crate::harness::settle_official(app.db(), "begun.la", Role::Clerk, &far).await;
        let mut stranger = super::two_people::signed_in(&app, "begun.la").await;
        stranger.get(&done.location.clone()).await.is(404).shows_not("Người Thứ Hai");
    });
}
