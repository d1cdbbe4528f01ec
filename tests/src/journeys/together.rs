//! Several offices at one dossier: handed over and taken, given back as misrouted, sent where it belongs; asked for an opinion, and silent.

use super::desks::receive;
use super::one_stop::act;
use crate::harness::{Client, PASSWORD, TestApp, on_every_engine, settle_official};
use base::{Id, Role};
use organisation::Agency;
use serde_json::{Value, json};

/// Somebody of another office.
async fn settled(app: &TestApp, login: &str, role: Role, at: &Agency) -> Client {
    settle_official(app.db(), login, role, at).await;
    let mut person = app.anonymous();
    person.sign_in_as(login, PASSWORD).await;
    person
}

async fn dossier(person: &mut Client, code: &str) -> Value {
    let page = person.get_json(&format!("/api/v1/dossiers/{code}")).await;
    page.is(200);
    page.json()
}

#[test]
fn a_misrouted_dossier_is_given_back_and_sent_where_it_belongs_with_code_and_dates_as_they_were() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (wrong, right) = (app.tree().communes()[4].clone(), app.tree().communes()[5].clone());
        let mut there = settled(&app, "nhan.nham", Role::Leader, &wrong).await;
        let mut other = settled(&app, "nhan.dung", Role::Leader, &right).await;
        let code = receive(&app, &mut clerk, wrong.id, "Nhầm Thị Nơi").await;
        let promised = dossier(&mut clerk, &code).await["due_at"].clone();

        // The desk sees what it passed on and nobody has taken; the other office sees what waits for it, with its clock.
        clerk.get("/work?tab=sent&per_page=100&sort=-filed").await.is(200).shows("Nhầm Thị Nơi").shows("Chưa nhận");
        there
            .get("/work?tab=arriving&per_page=100")
            .await
            .is(200)
            .shows("Nhầm Thị Nơi")
            .shows("Nhận bàn giao, đủ bản giấy");
        let page = there.get(&format!("/dossiers/{code}")).await;
        page.is(200).shows("vẫn chịu trách nhiệm").shows("Bản giấy do").shows("Trả về vì chuyển nhầm");
        page.shows_not("Chuyển đến đúng nơi");
        other.get(&format!("/dossiers/{code}")).await.is(404);
        let owed = there.get("/due").await;
        owed.is(200).shows("Nhận hồ sơ bàn giao");

        act(&mut there, &code, "hand-back", json!({ "reason": "." })).await.is(422).shows("dossier-reason-no-words");
        let why = json!({ "reason": "Trẻ cư trú ở xã bên" });
        act(&mut there, &code, "hand-back", why.clone()).await.is(200);
        // It lies with the desk again: nobody there has anything to give back.
        act(&mut there, &code, "hand-back", why).await.is(403);
        let back = clerk.get(&format!("/dossiers/{code}")).await;
        back.is(200).shows("Bị trả về vì chuyển nhầm").shows("Trẻ cư trú ở xã bên").shows("Chuyển đến đúng nơi");
        let to = |unit: Id| json!({ "unit": unit.to_string(), "reason": "Nơi cư trú của trẻ" });
        let department = app.tree().departments()[0].id;
        act(&mut clerk, &code, "redirect", to(department)).await.is(422).shows("dossier-not-sent-there");
        act(&mut clerk, &code, "redirect", to(right.id)).await.is(200);

        let sent = dossier(&mut other, &code).await;
        assert_eq!(sent["due_at"], promised, "a wrong way makes nobody wait");
        assert_eq!(sent["code"], code.as_str());
        act(&mut other, &code, "take-over", json!({ "papers_came": true })).await.is(200);
        act(&mut other, &code, "take-over", json!({})).await.is(409).shows("dossier-nothing-to-take");
        // Who had it by mistake reads what was done; figures are those of the agency that is competent.
        there.get(&format!("/dossiers/{code}")).await.is(200);
        let received = app.db().read({
            let code = code.clone();
            move |tx| {
                Box::pin(async move {
                    let sum = "SELECT f.agency_id AS agency, CAST(SUM(f.qty) AS BIGINT) AS n FROM fact f \
                               JOIN dossier d ON d.id = f.subject_id WHERE d.code = $1 AND f.measure = 'received' \
                               GROUP BY f.agency_id HAVING SUM(f.qty) <> 0";
                    let row = tx.query_one(sql(sum), store::params![code]).await?;
                    Ok::<_, store::StoreError>((row.get::<Id>("agency")?, row.get::<i64>("n")?))
                }) as store::BoxFuture<'_, _>
            }
        });
        assert_eq!(received.await.expect("one agency"), (right.id, 1_i64));
        let slip = clerk.get(&format!("/dossiers/{code}/print/control")).await.printed();
        for said in ["Trả về vì chuyển nhầm", "Nhận bàn giao", "Chuyển đến đúng nơi"] {
            assert!(slip.contains(said), "`{said}` is not on the control slip:\n{slip}");
        }
    });
}

fn sql(text: &'static str) -> store::Sql {
    store::Sql::from(text)
}

#[test]
fn several_offices_are_asked_at_once_and_one_that_keeps_silent_has_not_consented() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let mut officer = app.signed_in(Role::Officer).await;
        let here = app.person(Role::Leader).agency;
        let (one, other) = (app.tree().communes()[6].clone(), app.tree().communes()[8].clone());
        let mut speaks = settled(&app, "cho.y.kien", Role::Leader, &one).await;
        let mut silent = settled(&app, "im.lang", Role::Leader, &other).await;
        let code = receive(&app, &mut clerk, here, "Hỏi Văn Ý").await;
        let page = format!("/dossiers/{code}");
        speaks.get(&page).await.is(404);
        let today = app.clock.now().date().to_string();
        let ask = |units: &[Id], until: &str| {
            let units: Vec<String> = units.iter().map(ToString::to_string).collect();
            json!({ "units": units, "question": "Xác minh nơi sinh của trẻ tại trạm y tế", "until": until })
        };
        act(&mut officer, &code, "ask-opinions", ask(&[], &today)).await.is(422).shows("dossier-opinion-nobody-asked");
        act(&mut officer, &code, "ask-opinions", ask(&[one.id], "2027-01-04"))
            .await
            .is(422)
            .shows("dossier-opinion-after-due");
        act(&mut officer, &code, "ask-opinions", ask(&[one.id, other.id], &today)).await.is(200);

        // Nothing goes on, and the reason names whom one waits for.
        let waiting = officer.get(&page).await;
        waiting.is(200).shows("Đang chờ ý kiến của").shows(&one.name).shows("Ý kiến đơn vị khác");
        act(&mut officer, &code, "forward", json!({})).await.is(409).shows("dossier-opinions-waited-for");
        speaks.get("/work?tab=asked&per_page=100").await.is(200).shows("Hỏi Văn Ý");
        speaks.get("/due").await.is(200).shows("Cho ý kiến về hồ sơ");
        let asked = speaks.get(&page).await;
        asked.is(200).shows("Xác minh nơi sinh của trẻ").shows("Cho ý kiến").shows_not("Chuyển bước tiếp");
        // Whose turn it is not, says nothing.
        act(&mut clerk, &code, "give-opinion", json!({ "stance": "agree", "text": "Thống nhất cấp giấy" }))
            .await
            .is(403);
        speaks.get(&page).await;
        let said = [("stance", "agree-if"), ("text", "Trạm y tế xác nhận sinh tại xã, thiếu chữ ký")];
        let file = [("file", "xac-minh.pdf", crate::harness::PDF)];
        speaks.upload(&format!("{page}/give-opinion"), &said, &file).await.is(303);
        officer.get(&page).await.is(200).shows("Đồng ý kèm điều kiện").shows("Kèm ý kiến đơn vị khác");

        // The day passes in silence: whoever asked goes on, says why, and sums up.
        app.clock.advance_ms(86_400_000);
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get(&page).await.is(200).shows("Quá hạn, chưa trả lời");
        act(&mut officer, &code, "go-on-without", json!({ "reason": "Quá hạn, đã gọi hai lần" })).await.is(200);
        officer.get(&page).await.is(200).shows("không coi là đồng ý");
        act(&mut officer, &code, "forward", json!({})).await.is(422).shows("dossier-opinions-to-sum-up");
        act(&mut officer, &code, "forward", json!({ "note": "Một xã thống nhất, một xã không trả lời" })).await.is(200);
        silent.sign_in_as("im.lang", PASSWORD).await;
        act(&mut silent, &code, "give-opinion", json!({ "stance": "agree", "text": "Thống nhất cấp giấy" }))
            .await
            .is(403);
    });
}
