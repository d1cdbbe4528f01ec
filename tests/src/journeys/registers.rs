//! What every register has without saying so: its API from the table of verbs, and its links read from both ends.

use base::Role;
use serde_json::{Value, json};

use crate::harness::{Page, on_every_engine};

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
        leader.post_json(&format!("{one}/decline"), &json!({ "reason": "Thôi" })).await.is(409);
        leader.post_json(&format!("{one}/nonsense"), &json!({})).await.is(404);
        leader.post_json(&format!("{ALL}/SK26-999999/recognise"), &yes).await.is(404);
        leader.get_json(&format!("{ALL}/SK26-999999")).await.is(404);

        // Taken up elsewhere, its page leads to the unit.
        let unit = &app.tree().communes()[1];
        leader.post_json(&format!("{one}/take-up"), &json!({ "unit": unit.id.to_string() })).await.is(200);
        let page = leader.get(&format!("/initiatives/{code}")).await;
        page.is(200).shows("Liên quan").shows("Đã áp dụng ở").shows(&format!("href=\"/units/{}\"", unit.id));
        leader.get_json("/api/v1/figures").await.is(200);
        leader.get_json("/api/v1/figures/7").await.is(404);
    });
}
