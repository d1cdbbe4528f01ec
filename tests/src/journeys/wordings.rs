//! The wording of papers: proposed on a form with a look at it, announced by somebody else, on paper from its day on.

use base::Role;

use super::drafts::signed_in;
use super::one_stop::received;
use crate::harness::{TestApp, on_fresh_provinces};

const DAY_MS: i64 = 86_400_000;
const CLOSING: &str = "Ông (Bà) mang theo giấy này khi đến nhận kết quả.";

fn words<'a>(day: &'a str, closing: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("paper", "receipt"),
        ("name", "Mẫu 01 của tỉnh"),
        ("valid_from", day),
        ("basis", "Quyết định 12/QĐ-UBND"),
        ("closing", closing),
        ("top", "Điện thoại: 0292 3820 000"),
    ]
}

/// A version of form 01 that waits for the second person.
pub(crate) async fn proposed(app: &TestApp) -> String {
    let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
    keeper.get("/wordings/new?paper=receipt").await.is(200);
    let day = app.clock.now().plus_ms(DAY_MS).date().to_string();
    keeper.post("/wordings/new", &words(&day, CLOSING)).await.is(303).location.clone()
}

#[test]
fn a_version_of_a_form_is_proposed_looked_at_announced_and_printed_from_its_day_on() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        keeper.get("/wordings").await.is(200).shows("Quyết định (mẫu chung)").shows("/wordings/new?paper=receipt");
        let day = app.clock.now().plus_ms(DAY_MS).date().to_string();
        keeper.get("/wordings/new?paper=receipt").await.is(200).shows("Ghi chú cuối giấy").shows_not("name=\"text\"");
        // Nothing said, and a place: each at its field; a look needs no day yet.
        keeper.post("/wordings/new", &words(&day, "Chào {owner}")).await.is(422).shows("Không có chỗ nào tên owner");
        let look = keeper.post("/wordings/preview", &words("", CLOSING)).await.printed();
        assert!(look.contains(CLOSING) && look.contains("0292 3820 000") && look.contains("Mẫu số 01"), "{look}");
        let today = app.clock.now().date().to_string();
        keeper.post("/wordings/new", &words(&today, CLOSING)).await.is(422).shows("sau hôm nay");
        let page = keeper.post("/wordings/new", &words(&day, CLOSING)).await.is(303).location.clone();
        keeper
            .get(&page)
            .await
            .is(200)
            .shows("Chờ công bố")
            .shows(CLOSING)
            .shows("Rút đề nghị")
            .shows_not(&format!("{page}/announce"));

        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/wordings").await.is(403);
        clerk.get(&page).await.is(403);
        let before = received(&app, &mut clerk).await;
        let root = app.tree().root().expect("a root").id;
        let mut chair = signed_in(&app, "cong.bo", Role::Leader, root).await;
        chair.get(&page).await.is(200).shows("Công bố");
        chair.get(&format!("{page}/preview")).await.printed();
        chair.upload(&format!("{page}/announce"), &[], &[]).await.is(303);
        keeper.get("/wordings").await.is(200).shows("Mẫu 01 của tỉnh");

        app.clock.advance_ms(DAY_MS);
        let mut clerk = app.signed_in(Role::Clerk).await;
        let after = received(&app, &mut clerk).await;
        let old = clerk.get(&format!("/dossiers/{before}/print/receipt")).await.printed();
        assert!(!old.contains(CLOSING) && old.contains("bản gốc kèm phần mềm"), "{old}");
        let new = clerk.get(&format!("/dossiers/{after}/print/receipt")).await.printed();
        assert!(new.contains(CLOSING) && new.contains("phiên bản MG26-0001") && new.contains("0292 3820 000"), "{new}");
    });
}

#[test]
fn a_wording_of_a_procedure_is_proposed_with_its_answers_and_looked_at_on_a_sample() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let form = keeper.get("/wordings/new?from=goc-permit").await;
        form.is(200).shows("Cấp cho: {owner}").shows("{decided_on}");
        let day = app.clock.now().plus_ms(DAY_MS).date().to_string();
        let words = |text: &'static str| {
            [
                ("paper", "permit"),
                ("name", "Gia hạn giấy phép xây dựng"),
                ("procedure", "1.013227"),
                ("basis", "Quyết định 13/QĐ-UBND"),
                ("title", "Giấy phép"),
                ("text", text),
                ("signer", "Chủ tịch"),
                ("symbol", "GPXD"),
            ]
        };
        let with_day = |text| words(text).into_iter().chain([("valid_from", day.as_str())]).collect::<Vec<_>>();
        let wrong = keeper.post("/wordings/new", &with_day("Số {answers.permit}")).await;
        wrong.is(422).shows("answers.permit");
        let look =
            keeper.post("/wordings/preview", &words("Gia hạn {answers.permit_number} của {owner}")).await.printed();
        assert!(
            look.contains("[permit_number]") && look.contains("Nguyễn Văn Mẫu") && look.contains("DỰ THẢO"),
            "{look}"
        );
        let page = keeper.post("/wordings/new", &with_day("Gia hạn {answers.permit_number} của {owner}")).await;
        let page = page.is(303).location.clone();
        let root = app.tree().root().expect("a root").id;
        let mut chair = signed_in(&app, "cong.bo", Role::Leader, root).await;
        chair.get(&page).await.is(200).shows("1.013227");
        chair.upload(&format!("{page}/announce"), &[], &[]).await.is(303);
        app.clock.advance_ms(DAY_MS);
        let mut clerk = app.signed_in(Role::Clerk).await;
        let (code, unit) = super::drafts::received(&app, &mut clerk).await;
        let mut officer = signed_in(&app, "soan.thao", Role::Officer, unit).await;
        officer.get(&format!("/dossiers/{code}/draft")).await.is(200).shows("Gia hạn giấy phép xây dựng");
    });
}
