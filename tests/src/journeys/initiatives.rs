//! An initiative through its pages, which are those of every register.

use base::Role;

use crate::harness::{PDF, on_every_engine};

#[test]
fn an_initiative_is_handed_in_recognised_and_taken_up_through_the_pages_of_every_register() {
    on_every_engine(|app| async move {
        let mut officer = app.signed_in(Role::Officer).await;
        officer.get("/initiatives/new").await.is(200).shows("Nộp sáng kiến").shows("Tài liệu kèm theo");
        // What is wrong is told at its field, and what was typed stays.
        let wrong =
            officer.upload("/initiatives/new", &[("title", "Hẹn giờ bằng tin nhắn"), ("sort", "magic")], &[]).await;
        wrong.is(422).shows("Hẹn giờ bằng tin nhắn").shows("Cần điền mục này");
        let fields = [
            ("title", "Hẹn giờ bằng tin nhắn"),
            ("sort", "initiative"),
            ("text", "Người dân chờ lâu."),
            ("answer_does", "Nhắn giờ hẹn trước một ngày."),
        ];
        let made = officer.upload("/initiatives/new", &fields, &[("papers", "cach-lam.pdf", PDF)]).await;
        let page = made.is(303).location.clone();
        assert!(page.starts_with("/initiatives/SK26-"), "{page}");
        let code = page.rsplit('/').next().expect("a code").to_owned();
        let shown = officer.get(&page).await;
        shown.is(200).shows("Chờ xét công nhận").shows("cach-lam.pdf").shows("Rút lại");
        let paper = shown.between("/files/", "?view=1").expect("a paper").to_owned();
        officer.get(&format!("{page}/files/{paper}?view=1")).await.is(200);
        app.anonymous().get(&page).await.is(303);
        // The officer has no say in it.
        officer.upload(&format!("{page}/recognise"), &[("reach", "agency"), ("decision", "1")], &[]).await.is(403);

        let mut leader = app.signed_in(Role::Leader).await;
        let due = leader.get("/due").await;
        due.is(200).shows("Xét công nhận sáng kiến").shows(&code);
        leader.get("/initiatives").await.is(200).shows("Hẹn giờ bằng tin nhắn");
        leader.get(&page).await.is(200).shows("Công nhận");
        let act = |reach| [("reach", reach), ("decision", "12/QĐ-UBND")];
        leader.upload(&format!("{page}/recognise"), &act("province"), &[]).await.is(422).shows("do lãnh đạo tỉnh");
        leader.upload(&format!("{page}/recognise"), &act("agency"), &[]).await.leads_to(&page);
        leader.get(&page).await.is(200).shows("Đã công nhận").shows("12/QĐ-UBND");
        officer.get("/initiatives?tab=recognised").await.is(200).shows(&code);
        officer.get("/initiatives?tab=recognised&format=csv").await.is(200).shows("Hẹn giờ bằng tin nhắn");
        officer.get("/initiatives?tab=nonsense").await.is(422);

        let unit = app.tree().communes()[1].id.to_string();
        leader.upload(&format!("{page}/take-up"), &[("unit", &unit)], &[]).await.leads_to(&page);
        leader.get(&page).await.is(200).shows("Đã áp dụng ở");
        leader.upload(&format!("{page}/nonsense"), &[], &[]).await.is(404);
        leader.get("/initiatives/SK26-999999").await.is(404);
    });
}
