//! One search over all subjects: what somebody may open and nothing else, kind by kind, and straight to what has the code.

use base::{Id, Role};
use store::params;

use super::definitions::changed;
use super::dialogues::announced;
use super::one_stop_lists::receive;
use crate::harness::{Client, PASSWORD, TestApp, on_every_engine, on_fresh_provinces, settle_official};

/// Sent from a phone about the people's own commune.
async fn petition(app: &TestApp, text: &str, concerned: &str) -> String {
    let mut phone = app.anonymous();
    phone.get("/feedback/new").await.is(200);
    let area = app.person(Role::Leader).agency.to_string();
    let fields = [("text", text), ("topic", "environment"), ("area", &area), ("concerned", concerned)];
    let page = phone.upload("/feedback/new", &fields, &[]).await;
    page.is(200).between("<dd id=\"code\"><code class=\"code\">", "<").expect("a code").to_owned()
}

async fn initiative(officer: &mut Client, title: &str) -> String {
    officer.get("/initiatives/new").await.is(200);
    let fields = [("title", title), ("sort", "initiative"), ("text", "Chờ lâu."), ("answer_does", "Nhắn trước.")];
    let made = officer.upload("/initiatives/new", &fields, &[]).await;
    made.is(303).location.trim_start_matches("/initiatives/").to_owned()
}

/// An agency that stands, and whose identifier no other had before it.
fn lone_agency(app: &TestApp) -> organisation::Agency {
    let alone = |code: &str| app.tree().all().iter().filter(|agency| agency.code == code).count() == 1;
    let mut standing = app.tree().all().iter().filter(|agency| agency.valid_to.is_none());
    standing.find(|agency| alone(&agency.code)).expect("an agency").clone()
}

/// A leader of another commune.
async fn other_head(app: &TestApp) -> Client {
    let commune = app.tree().communes()[1].clone();
    settle_official(app.db(), "lanh.dao.xa.khac", Role::Leader, &commune).await;
    let mut client = app.anonymous();
    client.sign_in_as("lanh.dao.xa.khac", PASSWORD).await;
    client
}

#[test]
fn one_word_is_found_in_every_kind_by_the_head_of_its_commune_and_by_nobody_elses() {
    on_every_engine(|app| async move {
        let own = app.person(Role::Leader).agency.to_string();
        let heard = petition(&app, "Cây mộc lan thượng uyển đổ chắn đường.", "").await;
        let against = petition(&app, "Cán bộ chặt cây mộc lan thượng uyển.", &own).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        let dossier = receive(&app, &mut clerk, "Mộc Lan Thượng Uyển").await;
        let mut officer = app.signed_in(Role::Officer).await;
        let idea = initiative(&mut officer, "Chăm cây mộc lan thượng uyển").await;

        let mut head = app.signed_in(Role::Leader).await;
        head.get("/search?q=moc+lan+thuong+uyen").await.leads_to("/find?q=moc%20lan%20thuong%20uyen");
        let page = head.get("/find?q=moc+lan+thuong+uyen").await;
        page.is(200).shows(&heard).shows(&dossier).shows(&idea).shows_not(&against);
        assert!(page.body.find(&dossier) < page.body.find(&heard), "dossiers first");
        assert!(page.body.len() < 100_000, "{}", page.body.len());
        // The last word may be a beginning; marks and order of words are the typist's own.
        head.get("/find?q=Uy%E1%BB%83n+M%E1%BB%99c+th").await.is(200).shows(&heard).shows(&idea);
        head.get("/find?q=moc+lan+thuong+uyen&in=petition").await.is(200).shows(&heard).shows_not(&idea);
        head.get("/find?q=moc&in=nonsense").await.is(422);

        // The head of another commune finds none of it, and the code of none says that it is there.
        let mut other = other_head(&app).await;
        let page = other.get("/find?q=moc+lan+thuong+uyen").await;
        page.is(200).shows("Không tìm thấy gì");
        for code in [&heard, &against, &idea, &dossier] {
            page.shows_not(code);
        }
        for code in [&heard, &against, &idea, &"PA26-999999".to_owned()] {
            other.get(&format!("/find?q={code}")).await.is(200).shows("Không tìm thấy gì");
        }
        // Nor does the own head by the code, who leads the unit complained of.
        head.get(&format!("/find?q={against}")).await.is(200).shows("Không tìm thấy gì");
        // What is recognised is there for everybody to learn from.
        head.get(&format!("/initiatives/{idea}")).await.is(200);
        let yes = [("reach", "agency"), ("decision", "12/QĐ-UBND")];
        head.upload(&format!("/initiatives/{idea}/recognise"), &yes, &[]).await.is(303);
        other.get("/find?q=moc+lan+thuong+uyen").await.is(200).shows(&idea).shows_not(&heard);

        // A passer-by and a citizen look for procedures, as before.
        app.anonymous().get("/search?q=moc+lan").await.leads_to("/procedures?q=moc%20lan");
        app.anonymous().get("/find?q=moc+lan").await.is(303);
        let mut citizen = app.signed_in(Role::Citizen).await;
        citizen.get("/search?q=moc+lan").await.leads_to("/procedures?q=moc%20lan");
        citizen.get("/find?q=moc+lan").await.is(403);
    });
}

#[test]
fn the_code_of_each_kind_leads_to_its_page_and_its_name_finds_it() {
    on_fresh_provinces(|app| async move {
        let mut head = app.signed_in(Role::Leader).await;
        let heard = petition(&app, "Cống nghẹt.", "").await;
        head.get(&format!("/find?q={}", heard.to_lowercase())).await.leads_to(&format!("/petitions/{heard}"));
        let mut officer = app.signed_in(Role::Officer).await;
        let idea = initiative(&mut officer, "Hẹn giờ").await;
        head.get(&format!("/find?q={idea}")).await.leads_to(&format!("/initiatives/{idea}"));
        let mut clerk = app.signed_in(Role::Clerk).await;
        let dossier = receive(&app, &mut clerk, "Lê Thị Cam").await;
        head.get(&format!("/search?q={dossier}")).await.leads_to(&format!("/dossiers/{dossier}"));
        head.get(&format!("/find?q={dossier}")).await.leads_to(&format!("/dossiers/{dossier}"));

        let sitting = announced(&app).await;
        head.get(&format!("/find?q={sitting}")).await.leads_to(&format!("/sittings/{sitting}"));
        let page = head.get(&format!("/sittings/{sitting}")).await;
        let item = page.between("href=\"/sitting-items/", "\"").expect("an item").to_owned();
        head.get(&format!("/find?q={item}")).await.leads_to(&format!("/sitting-items/{item}"));
        head.get("/find?q=khom+3").await.is(200).shows(&item);

        let agency = lone_agency(&app);
        let found = head.get(&format!("/find?q={}", agency.code)).await;
        found.leads_to(&format!("/units/{}", agency.id));
        head.get(&format!("/find?q={}", agency.name.replace(' ', "+"))).await.is(200).shows(&agency.code);
        // The rest of them is shown by the search itself, which finds those that ended as well.
        let some = head.get("/find?q=phuong").await;
        some.is(200).shows("/find?in=agency").shows_not("href=\"/units?q=");
        let many = head.get("/find?in=agency&q=phuong").await;
        assert!(many.is(200).body.matches("href=\"/units/").count() > 20);
        // Where others had the same identifier before, all of them are shown, and those first that have it.
        let followed = app.tree().departments()[0].clone();
        let page = head.get(&format!("/find?q={}", followed.code)).await;
        page.is(200).shows(&format!("href=\"/units/{}\"", followed.id));
        head.get("/find?q=1.001193").await.leads_to("/procedures/1.001193");
        head.get("/find?q=khai+sinh").await.is(200).shows("/procedures/1.001193").shows("Thủ tục hành chính");

        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        settle_official(app.db(), "khai.so.tim", Role::ReformOfficer, &commune).await;
        let mut declarer = app.anonymous();
        declarer.sign_in_as("khai.so.tim", PASSWORD).await;
        let form = "/steering/targets/ST-002/declare";
        declarer.get(form).await.is(200);
        let figure = [("as_of", "2026-11-20"), ("numerator", "9"), ("denominator", "10"), ("note", "đủ biểu mẫu mới")];
        declarer.upload(form, &figure, &[("evidence", "bao-cao.pdf", crate::harness::PDF)]).await.is(303);
        let found = head.get("/find?q=ST-002").await;
        assert!(found.is(303).location.starts_with("/steering/figures/"), "{}", found.location);
        // Programs are told what it is a figure of: in the list, of one, and after an act.
        let figure = found.location.replace("/steering/", "/api/v1/");
        let one = head.get_json(&figure).await.is(200).json();
        let title = one["title"].as_str().filter(|title| title.len() > 10).expect("a title").to_owned();
        let listed = head.get_json("/api/v1/figures").await.is(200).json();
        let there = listed["items"].as_array().into_iter().flatten().find(|item| item["code"] == one["code"]);
        assert_eq!(there.expect("in the list")["title"], title.as_str());
        let done = head.post_json(&format!("{figure}/return"), &serde_json::json!({ "note": "thiếu biểu" })).await;
        assert_eq!(done.is(200).json()["title"], title.as_str());
        // Its division reads what is kept for the house; another commune does not.
        let mut division = app.signed_in(Role::DivisionHead).await;
        let found = division.get("/find?q=bieu+mau+moi").await;
        found.is(200).shows("/steering/figures/").shows("ST-002");
        other_head(&app).await.get("/find?q=bieu+mau+moi").await.is(200).shows_not("/steering/figures/");

        let mut keeper = app.signed_in(Role::ReformOfficer).await;
        let path = "/steering/indicators/online-share";
        let shown = keeper.get(path).await;
        let fields = changed(&shown, "2027-01-01");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        keeper.post(path, &fields).await.is(303);
        head.get("/find?q=DN26-0001").await.leads_to(path);
        head.get("/find?q=online-share").await.is(200).shows("DN26-0001");
        keeper.get("/steering/programmes/new").await.is(200);
        let programme = [
            ("document", "77/KH-UBND"),
            ("issuer", "UBND tỉnh"),
            ("name_vi", "Kế hoạch gạo trắng nước trong"),
            ("name_en", "Plan"),
            ("decided", "2026-01-05"),
            ("from", "2026"),
            ("until", "2030"),
        ];
        let made = keeper.post("/steering/programmes/new", &programme).await;
        let draft = made.is(303).location.clone();
        head.get("/find?q=77/KH-UBND").await.leads_to(&draft);
        head.get("/find?q=gao+trang").await.is(200).shows(&draft);
    });
}

#[test]
fn subjects_that_were_there_before_the_index_are_found_once_it_was_made_anew() {
    on_fresh_provinces(|app| async move {
        let heard = petition(&app, "Bậc tam cấp sụt lún.", "").await;
        let mut head = app.signed_in(Role::Leader).await;
        let agency = lone_agency(&app);
        let (of, code) = (agency.id, heard.clone());
        let emptied = app.db().write(move |tx| {
            Box::pin(async move {
                let id: Id = tx.query_one("SELECT id FROM subject WHERE code = $1", params![code]).await?.get("id")?;
                for id in [id, of] {
                    tx.execute("DELETE FROM subject_words WHERE rowid = $1", params![id]).await?;
                }
                tx.execute("UPDATE subject_words_made SET below = $1", params![i64::MAX]).await
            })
        });
        emptied.await.expect("as the version before left it");
        head.get("/find?q=tam+cap+sut").await.is(200).shows_not(&heard);
        let kinds = motcua::kinds();
        assert!(records::reword(app.db(), &kinds).await.expect("the index") > 600);
        assert_eq!(records::reword(app.db(), &kinds).await.expect("one row"), 0);
        head.get("/find?q=tam+cap+sut").await.is(200).shows(&heard);
        head.get(&format!("/find?q={}", agency.code)).await.leads_to(&format!("/units/{}", agency.id));
    });
}

#[test]
fn hostile_words_are_words_and_nothing_else() {
    on_every_engine(|app| async move {
        let mut head = app.signed_in(Role::Leader).await;
        for typed in [
            "",
            "%20",
            "%22%20OR%20%22",
            "')%3B%20DROP%20TABLE%20subject%3B--",
            "*",
            "NEAR(a%20b)",
            "a%3A*%20%26%20!b",
            "%3Cscript%3Ealert(1)%3C/script%3E",
            "%C3%B8petition",
            "%F0%9F%99%82",
            "9223372036854775807",
        ] {
            let page = head.get(&format!("/find?q={typed}")).await;
            page.is(200).shows_not("<script>alert").shows_not("PA26-");
        }
        let long = "a".repeat(5_000);
        head.get(&format!("/find?q={long}")).await.is(200);
    });
}
