//! The same request sent again, or three times at once.

use base::Role;
use serde_json::json;

use super::{Browser, Got, Place, on_every_running};
use crate::harness::PDF;

fn fields<'a>(commune: &'a str, name: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("procedure", "1.001193"),
        ("intake", commune),
        ("competent", commune),
        ("return_to", commune),
        ("owner_name", name),
        ("owner_number", "094190000123"),
        ("owner_phone", "0939111222"),
        ("component_giay-to-tuy-than", "paper"),
        ("component_giay-chung-sinh", "paper"),
    ]
}

const COUNTER: &str = "/intake?procedure=1.001193";

async fn dossiers(place: &Place) -> i64 {
    count(place, "SELECT COUNT(*) AS n FROM dossier").await
}

async fn count(place: &Place, sql: &'static str) -> i64 {
    let db = store::Db::open(&place.url).await.expect("the database");
    let row = db.read(move |tx| Box::pin(async move { tx.query_one(sql, &[]).await })).await.expect("a count");
    let n = row.get::<i64>("n").expect("a number");
    db.close().await;
    n
}

async fn send(mut window: Browser, fields: &[(&str, &str)]) -> Got {
    window.upload(COUNTER, fields, &[("file_giay-chung-sinh", "giay.pdf", PDF)]).await
}

#[test]
fn the_same_counter_form_three_times_at_once_makes_one_dossier() {
    on_every_running(|place| async move {
        let program = place.start().await;
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        let commune = place.person(Role::Leader).agency.to_string();
        let words = fields(&commune, "Trần Thị Gửi Ba");
        clerk.get(COUNTER).await.is(200);
        let (a, b, c) =
            tokio::join!(send(clerk.window(), &words), send(clerk.window(), &words), send(clerk.window(), &words));
        let to = a.is(303).header("location").to_owned();
        assert!(to.starts_with("/dossiers/"), "{to}");
        assert_eq!((b.is(303).header("location"), c.is(303).header("location")), (to.as_str(), to.as_str()));
        assert_eq!(dossiers(&place).await, 1);
        // Back, and sent again: the same answer.
        assert_eq!(send(clerk.window(), &words).await.is(303).header("location"), to);
        // Other words under the same key are another matter, and are said to be.
        let other = send(clerk.window(), &fields(&commune, "Người Khác")).await;
        assert!(other.is(409).text().contains("mở lại biểu mẫu"));
        assert_eq!(dossiers(&place).await, 1);
        // A form opened anew is a new one, even with the same words in it.
        clerk.get(COUNTER).await.is(200);
        assert_ne!(send(clerk.window(), &words).await.is(303).header("location"), to);
        assert_eq!(dossiers(&place).await, 2);
        // A refused form did nothing: mended and sent again from the page that came back, it goes through.
        clerk.get(COUNTER).await.is(200);
        let broken = fields(&commune, "");
        assert_eq!(send(clerk.window(), &broken).await.status, 422);
        send(clerk.window(), &fields(&commune, "Sửa Rồi")).await.is(303);
        assert_eq!(dossiers(&place).await, 3);
        program.stop().await;
    });
}

#[test]
fn a_program_that_repeats_its_key_is_answered_as_before() {
    on_every_running(|place| async move {
        let program = place.start().await;
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        clerk.get("/account").await.is(200);
        let commune = place.person(Role::Leader).agency.to_string();
        let body = |name: &str| {
            json!({
                "procedure": "1.001193", "intake": commune, "competent": commune,
                "owner_name": name, "owner_number": "094190000123", "owner_phone": "0939111222",
                "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
            })
        };
        let (first, key) = (body("Thạch Thị Khóa"), [("idempotency-key", "b7c1-42")]);
        let send = async |mut window: Browser| window.post_json("/api/v1/dossiers", &first, &key).await;
        let (a, b, c) = tokio::join!(send(clerk.window()), send(clerk.window()), send(clerk.window()));
        let told = a.is(201).json();
        assert_eq!((b.is(201).json(), c.is(201).json()), (told.clone(), told.clone()));
        assert_eq!(send(clerk.window()).await.is(201).json(), told);
        assert_eq!(dossiers(&place).await, 1);

        let other = clerk.post_json("/api/v1/dossiers", &body("Người Khác"), &key).await;
        assert_eq!(other.is(422).json()["errors"][0]["code"], "web-once-differs");
        clerk.post_json("/api/v1/dossiers", &first, &[("idempotency-key", "")]).await.is(422);
        clerk.post_json("/api/v1/dossiers", &first, &[("idempotency-key", &"x".repeat(201))]).await.is(422);
        // Another's key is another key; no key is a new dossier.
        clerk.post_json("/api/v1/dossiers", &first, &[]).await.is(201);
        assert_eq!(dossiers(&place).await, 2);
        program.stop().await;
    });
}

#[test]
fn what_an_administrator_makes_is_made_once() {
    on_every_running(|place| async move {
        let program = place.start().await;
        let mut keeper = program.signed_in(&place, Role::Administrator).await;
        let before = count(&place, "SELECT COUNT(*) AS n FROM account").await;
        let commune = place.person(Role::Leader).agency.to_string();
        keeper.get("/accounts/new").await.is(200);
        let words = [("name", "Lâm Văn Mới"), ("login", "mot.lan"), ("role", "clerk"), ("agency", commune.as_str())];
        let send = async |mut window: Browser| window.post("/accounts/new", &words).await;
        let (a, b) = tokio::join!(send(keeper.window()), send(keeper.window()));
        // One shows the page with the first password; the other says that it is done, and shows no password.
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert!(statuses == [200, 409] || statuses == [303, 303], "{statuses:?} {}", a.text());
        assert_eq!(count(&place, "SELECT COUNT(*) AS n FROM account").await, before + 1);
        program.stop().await;
    });
}
