//! What every register has without saying so: its API from the table of verbs, and its links read from both ends.

use base::Role;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Page, on_every_engine, settle_official};

/// The fields that a refusal names.
fn at(page: &Page) -> Vec<String> {
    let errors = page.is(422).json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|one| one["field"].as_str().unwrap_or_default().to_owned()).collect()
}

fn codes(page: &Page) -> Vec<String> {
    let items = page.is(200).json()["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|one| one["code"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_register_is_listed_read_and_acted_on_by_programs_by_its_table_of_verbs() {
    on_every_engine(|app| async move {
        const ALL: &str = "/api/v1/initiatives";
        let mut officer = app.signed_in(Role::Officer).await;
        let idea = json!({
            "title": "Nhắc hạn bằng loa phường",
            "sort": "initiative",
            "text": "Người dân quên hạn.",
            "answer_does": "Nhắc trước ba ngày.",
        });
        let made = officer.post_json(ALL, &idea).await;
        let code = made.is(201).json()["code"].as_str().expect("a code").to_owned();
        let one = format!("{ALL}/{code}");
        let title = json!("Nhắc hạn bằng loa phường");
        assert_eq!((&made.json()["title"], made.location.as_str()), (&title, one.as_str()));
        // A refusal names every field; one that is not asked for is none.
        assert_eq!(at(&officer.post_json(ALL, &json!({ "title": "Ngắn" })).await), ["sort", "text", "answer_does"]);
        assert_eq!(at(&officer.post_json(ALL, &json!({ "title": "Ngắn", "magic": "1" })).await), ["magic"]);
        let listed = officer.get_json(&format!("{ALL}?per_page=100")).await;
        assert!(codes(&listed).contains(&code));
        assert!(!codes(&officer.get_json(&format!("{ALL}?state=recognised&per_page=100")).await).contains(&code));
        assert_eq!(at(&officer.get_json(&format!("{ALL}?state=magic")).await), ["state"]);
        assert_eq!(at(&officer.get_json(&format!("{ALL}?after=x")).await), ["after"]);
        let read = officer.get_json(&one).await.is(200).json();
        assert_eq!((&read["state"], &read["title"]), (&json!("submitted"), &json!("Nhắc hạn bằng loa phường")));
        assert_eq!(read["more"]["acts"], json!(["withdraw"]));
        assert_eq!(read["more"]["words"]["text"], json!("Người dân quên hạn."));
        assert!(read["due_at"].as_str().is_some_and(|due| due.ends_with("+07:00")), "{read}");
        app.anonymous().get_json(&one).await.is(401);

        let recognise = format!("{one}/recognise");
        let yes = json!({ "reach": "agency", "decision": "12/QĐ-UBND" });
        officer.post_json(&recognise, &yes).await.is(403);
        let mut leader = app.signed_in(Role::Leader).await;
        assert_eq!(at(&leader.post_json(&recognise, &json!({})).await), ["reach", "decision"]);
        assert_eq!(at(&leader.post_json(&recognise, &json!({ "reach": "moon", "decision": "1" })).await), ["reach"]);
        let done = leader.post_json(&recognise, &yes).await.is(200).json();
        assert_eq!((&done["state"], &done["due_at"]), (&json!("recognised"), &Value::Null));
        assert_eq!(done["title"], title);
        leader.post_json(&format!("{one}/decline"), &json!({ "reason": "Thôi" })).await.is(409);
        leader.post_json(&format!("{one}/nonsense"), &json!({})).await.is(404);
        leader.post_json(&format!("{ALL}/SK26-999999/recognise"), &yes).await.is(404);
        leader.get_json(&format!("{ALL}/SK26-999999")).await.is(404);

        // Taken up elsewhere, its page leads to the unit.
        let unit = &app.tree().communes()[1];
        leader.post_json(&format!("{one}/take-up"), &json!({ "unit": unit.id.to_string() })).await.is(200);
        let page = leader.get(&format!("/initiatives/{code}")).await;
        page.is(200).shows("Liên quan").shows("Đã áp dụng ở").shows(&format!("href=\"/units/{}\"", unit.id));
        page.shows_not("mục nữa");
        // Twenty of a kind are shown, and how many there are besides.
        for unit in &app.tree().communes()[2..23] {
            leader.post_json(&format!("{one}/take-up"), &json!({ "unit": unit.id.to_string() })).await.is(200);
        }
        let page = leader.get(&format!("/initiatives/{code}")).await;
        let links = page.is(200).between("id=\"links\"", "</section>").expect("the links").to_owned();
        assert_eq!(links.matches("href=\"/units/").count(), 20, "{links}");
        assert!(links.contains("… và 2 mục nữa"), "{links}");
        leader.get_json("/api/v1/figures").await.is(200);
        leader.get_json("/api/v1/figures/7").await.is(404);
    });
}

#[test]
fn a_petition_about_a_dossier_leads_to_it_and_back_for_whoever_may_read_both() {
    on_every_engine(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let dossier = super::one_stop_lists::receive(&app, &mut clerk, "Lê Thị Về Hồ Sơ").await;
        let own = app.person(Role::Leader).agency.to_string();
        let elsewhere = app.tree().communes()[1].clone();
        let (other, clerks_word) = (elsewhere.id.to_string(), dossier.to_lowercase());
        let mut phone = app.anonymous();
        phone.get("/feedback/new").await.is(200).shows("Mã hồ sơ");
        let mut send = async |area: &str, dossier: &str| {
            let fields = [("text", "Hồ sơ của tôi quá hạn."), ("topic", "civil-status"), ("area", area)];
            let fields = [fields.as_slice(), &[("dossier", dossier)]].concat();
            phone.upload("/feedback/new", &fields, &[]).await
        };
        for wrong in ["H13.99.99-261125-8888", "hồ sơ tuần trước"] {
            send(&own, wrong).await.is(422).shows("Không có hồ sơ nào mang mã này");
        }
        let code = |page: &Page| {
            page.is(200).between("<dd id=\"code\"><code class=\"code\">", "<").expect("a code").to_owned()
        };
        let here = code(&send(&own, &clerks_word).await);
        let there = code(&send(&other, &dossier).await);
        // Whoever reads both is led from each to the other, and to nothing that they may not read.
        let (to_dossier, to_petition) =
            (format!("href=\"/dossiers/{dossier}\""), format!("href=\"/petitions/{here}\""));
        clerk.get(&format!("/petitions/{here}")).await.is(200).shows("Về hồ sơ").shows(&to_dossier);
        clerk
            .get(&format!("/dossiers/{dossier}"))
            .await
            .is(200)
            .shows("Phản ánh về hồ sơ này")
            .shows(&to_petition)
            .shows_not(&there);
        settle_official(app.db(), "noi.khac.doc", Role::Leader, &elsewhere).await;
        let mut stranger = app.anonymous();
        stranger.sign_in_as("noi.khac.doc", PASSWORD).await;
        let page = stranger.get(&format!("/petitions/{there}")).await;
        page.is(200).shows("quá hạn").shows_not(&dossier).shows_not("Về hồ sơ");

        // By a program as well, which is told where to read it.
        let body = json!({ "channel": "phone", "text": "Gọi hỏi hồ sơ", "topic": "civil-status", "area": own, "dossier": dossier });
        let taken = clerk.post_json("/api/v1/petitions", &body).await;
        let by_phone = taken.is(201).json()["code"].as_str().expect("a code").to_owned();
        assert_eq!(taken.location, format!("/api/v1/petitions/{by_phone}"));
        clerk.get(&format!("/dossiers/{dossier}")).await.shows(&by_phone);
        let body =
            json!({ "channel": "phone", "text": "Gọi hỏi", "topic": "civil-status", "area": own, "dossier": "1" });
        assert_eq!(at(&clerk.post_json("/api/v1/petitions", &body).await), ["dossier"]);
    });
}

#[test]
fn the_names_of_links_are_each_one_kinds() {
    let kinds = motcua::kinds();
    let mut names: Vec<&str> = kinds.iter().flat_map(|kind| kind.links).map(|link| link.name).collect();
    let all = names.len();
    assert!(all >= 7, "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        all,
        "two kinds point by the same name, and the first one's words would stand at both: {names:?}"
    );
}
