//! An announcement decision and a review through their pages: prepared, refused, issued by somebody else, entered, posted, counted on the
//! Office's board.

use base::Role;

use crate::harness::{Client, PASSWORD, PDF, TestApp, on_fresh_provinces, settle_official};

/// A second keeper: nobody issues what they prepared. Before the first day is sealed, as all who are settled.
pub(crate) async fn settle_keeper(app: &TestApp, login: &str) {
    let root = app.tree().root().expect("a root").clone();
    settle_official(app.db(), login, Role::CatalogueKeeper, &root).await;
}

/// Somebody settled, signed in.
pub(crate) async fn signed_in(app: &TestApp, login: &str) -> Client {
    let mut client = app.anonymous();
    client.get("/sign-in").await.is(200);
    client.sign_in_as(login, PASSWORD).await.is(303);
    client
}

async fn second_keeper(app: &TestApp, login: &str) -> Client {
    settle_keeper(app, login).await;
    signed_in(app, login).await
}

/// The code at the end of an address.
fn code_of(page: &crate::harness::Page) -> String {
    page.location.rsplit('/').next().expect("a code").to_owned()
}

/// A decision handed on: it changes one procedure and ends another.
pub(crate) async fn submitted(app: &TestApp, keeper: &mut Client) -> String {
    let today = app.clock.now().date();
    let from = today.to_string();
    keeper.get("/announcements/new").await.is(200).shows("Soạn quyết định công bố");
    let head = [
        ("title", "Công bố thủ tục hộ tịch"),
        ("sort", "public"),
        ("authority", "Chủ tịch UBND tỉnh"),
        ("law", "Nghị định 120/2026/NĐ-CP"),
        ("law_from", "2027-01-04"),
        ("effective_from", from.as_str()),
    ];
    let code = code_of(keeper.upload("/announcements/new", &head, &[]).await.is(303));
    let page = format!("/announcements/{code}");
    let wrong = [("does", "change"), ("codes", "1.001193 9.999999")];
    keeper.upload(&format!("{page}/add"), &wrong, &[]).await.is(422).shows("9.999999").shows("1.001193 9.999999");
    for (does, codes) in [("change", "1.001193"), ("end", "2.000815")] {
        keeper.upload(&format!("{page}/add"), &[("does", does), ("codes", codes)], &[]).await.is(303);
    }
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.is(422).shows("Dòng 1").shows("chưa ghi phiên bản mới");
    let line = format!("{page}/lines/1");
    keeper.get(&line).await.is(200).shows("Nội dung phiên bản");
    let stands = app.shelf().by_code("1.001193", today).expect("it is shipped");
    let mut version = catalogue::Version::clone(&stands);
    let same = catalogue::to_toml(&version).expect("a version");
    keeper.post(&line, &[("version", &same)]).await.is(422).shows("chưa có gì thay đổi");
    version.legal_bases.push("Nghị định 120/2026/NĐ-CP".to_owned());
    version.statutory = Some(base::Limit::WorkingDays(2));
    let written = catalogue::to_toml(&version).expect("a version");
    keeper.post(&line, &[("version", &written)]).await.leads_to(&page);
    keeper.get(&line).await.is(200).shows("<ins>").shows("Nghị định 120/2026/NĐ-CP");
    keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
    code
}

#[test]
fn a_decision_goes_through_its_pages_and_each_version_leads_back_to_it() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        clerk.get("/announcements").await.is(403);
        let code = submitted(&app, &mut keeper).await;
        let (page, today) = (format!("/announcements/{code}"), app.clock.now().date().to_string());
        let issuing = [("number", "77/QĐ-UBND"), ("signed_on", today.as_str())];
        keeper.upload(&format!("{page}/issue"), &issuing, &[]).await.is(403);
        let mut second = second_keeper(&app, "danhmuc.hai").await;
        second.get(&page).await.is(200).shows("Ghi nhận ban hành");
        // Another version is announced for a later day meanwhile: the line and the rule are named, and nothing has changed.
        let mut later =
            catalogue::Version::clone(&app.shelf().by_code("2.000815", app.clock.now().date()).expect("one"));
        later.name.push_str(" (mới)");
        let later = catalogue::to_toml(&later).expect("a version");
        let fields =
            [("decision", "5/QĐ"), ("effective_from", "2026-11-28"), ("process", "written"), ("version", &later)];
        keeper.get("/catalogue/2.000815/announce").await.is(200);
        keeper.post("/catalogue/2.000815/announce", &fields).await.is(303);
        let refused = second.upload(&format!("{page}/issue"), &issuing, &[]).await;
        refused.is(422).shows("Dòng 2, 2.000815").shows("5/QĐ").shows("href=\"#line-2\"");
        assert_eq!(app.shelf().versions_of("1.001193").len(), 1);
        second.upload(&format!("{page}/give-back"), &[("reason", "Bỏ dòng 2")], &[]).await.leads_to(&page);
        keeper.upload(&format!("{page}/drop-line"), &[("line", "2")], &[]).await.leads_to(&page);
        keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
        second.upload(&format!("{page}/issue"), &issuing, &[("papers", "qd.pdf", PDF)]).await.leads_to(&page);
        second
            .get(&page)
            .await
            .is(200)
            .shows("77/QĐ-UBND")
            .shows("qd.pdf")
            .shows("đúng hạn")
            .shows("/procedures/1.001193");

        // From the procedure back to the decision, and beside the version before.
        keeper.get("/procedures/1.001193").await.is(200).shows(&format!("href=\"{page}\"")).shows("2 ngày làm việc");
        let mut passer = app.anonymous();
        passer.get("/procedures/1.001193").await.is(200).shows_not(&page).shows("Luật định");
        passer.get("/procedures/1.001193/compare").await.is(200).shows("<ins>").shows("Nghị định 120/2026/NĐ-CP");
        passer.get("/procedures/1.001193/compare?from=1990-01-01").await.is(404);
        passer.get(&page).await.is(303);

        // The Office owes the posting, and sees it on its board.
        keeper.get("/due").await.is(200).shows("Công khai thủ tục đã công bố").shows(&code);
        keeper.get("/procedure-control/list?which=unposted").await.is(200).shows("1.001193");
        keeper.upload(&format!("{page}/enter"), &[("entered_on", &today)], &[]).await.leads_to(&page);
        keeper.upload(&format!("{page}/post"), &[], &[]).await.leads_to(&page);
        keeper.get(&page).await.is(200).shows("Đã công khai").shows("sau 0 ngày làm việc");
        keeper.get("/procedure-control/list?which=unposted").await.is(200).shows_not("1.001193");
        keeper.get("/procedure-control").await.is(200).shows("100 % đúng hạn").shows("0,0 ngày làm việc");
        keeper.get("/procedure-control/list?which=announced&format=csv").await.is(200).shows("1.001193");
        keeper.get("/procedure-control/list?which=nonsense").await.is(422);
        let listed = keeper.get_json("/api/v1/announcements?state=posted").await;
        assert_eq!(listed.is(200).json()["items"][0]["code"], code);
    });
}

#[test]
fn a_review_computes_what_complying_costs_and_somebody_else_approves_it() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let today = app.clock.now().date().to_string();
        keeper.get("/procedure-reviews/new").await.is(200).shows("Mở đợt rà soát");
        let head = [("title", "Rà soát hộ tịch"), ("basis", "KH 12/KH-UBND"), ("until", today.as_str())];
        let code = code_of(keeper.upload("/procedure-reviews/new", &head, &[]).await.is(303));
        let page = format!("/procedure-reviews/{code}");
        keeper.upload(&format!("{page}/add"), &[("codes", "1.001193\n2.000815")], &[]).await.leads_to(&page);
        keeper.upload(&format!("{page}/submit"), &[], &[]).await.is(422).shows("chưa đánh giá");
        let item = format!("{page}/items/1");
        keeper.get(&item).await.is(200).shows("chưa tiếp nhận hồ sơ nào").shows("30.681");
        let before = [
            ("minutes_before", "120"),
            ("travel_before", "50000"),
            ("services_before", "20000"),
            ("fee_before", "0"),
            ("times_before", "1"),
            ("subjects_before", "1000"),
        ];
        let after = [
            ("minutes_after", "60"),
            ("travel_after", "50000"),
            ("services_after", "0"),
            ("fee_after", "0"),
            ("times_after", "1"),
            ("subjects_after", "1000"),
        ];
        let all: Vec<(&str, &str)> = before.into_iter().chain(after).collect();
        keeper.post(&item, &all).await.is(422).shows("phải chọn cách đơn giản hóa");
        let simplified: Vec<(&str, &str)> = all.iter().copied().chain([("papers", "1")]).collect();
        keeper.post(&item, &simplified).await.leads_to(&page);
        // 131.362 đ before and 80.681 đ after, a thousand times.
        keeper.get(&page).await.is(200).shows("131.362.000 đ").shows("80.681.000 đ").shows("50.681.000 đ");
        let kept: Vec<(&str, &str)> = before.into_iter().chain(before.map(|(name, n)| (after_of(name), n))).collect();
        keeper.post(&format!("{page}/items/2"), &kept).await.leads_to(&page);
        keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
        let approving = [("decision", "88/QĐ-UBND"), ("approved_on", today.as_str())];
        keeper.upload(&format!("{page}/approve"), &approving, &[]).await.is(403);
        let mut second = second_keeper(&app, "ra.soat.hai").await;
        second.get(&page).await.is(200).shows("Thông qua phương án").shows("1/2");
        second.upload(&format!("{page}/approve"), &approving, &[]).await.leads_to(&page);
        second.get("/procedure-control").await.is(200).shows("50.681.000 đ").shows_not("mục tiêu 20");
        second.get("/procedure-control/list?which=simplified").await.is(200).shows("1.001193").shows_not("2.000815");
        second.get("/procedures/1.001193").await.is(200);
    });
}

/// The name of the same input after.
fn after_of(name: &'static str) -> &'static str {
    match name {
        "minutes_before" => "minutes_after",
        "travel_before" => "travel_after",
        "services_before" => "services_after",
        "fee_before" => "fee_after",
        "times_before" => "times_after",
        _ => "subjects_after",
    }
}

#[test]
fn procedures_between_agencies_and_of_the_party_are_catalogues_apart() {
    on_fresh_provinces(|app| async move {
        let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
        let mut second = second_keeper(&app, "noi.bo.hai").await;
        let today = app.clock.now().date();
        let from = today.to_string();
        let stands = app.shelf().by_code("1.001193", today).expect("it is shipped");
        let offered = app.shelf().all(today).len();
        for (sort, code, name) in [("internal", "1.900001", "Bổ nhiệm chức danh"), ("party", "1.900002", "Kết nạp")]
        {
            let head = [
                ("title", "Công bố thủ tục khác"),
                ("sort", sort),
                ("authority", "Chủ tịch UBND tỉnh"),
                ("law", "QĐ 1085/QĐ-TTg"),
                ("effective_from", from.as_str()),
            ];
            let decision = code_of(keeper.upload("/announcements/new", &head, &[]).await.is(303));
            let page = format!("/announcements/{decision}");
            keeper.get(&format!("{page}/lines/new")).await.is(200).shows(&format!("sort = &#34;{sort}&#34;"));
            let sort = catalogue::Sort::read(sort).expect("a sort");
            let levels = if sort == catalogue::Sort::Party { Vec::new() } else { stands.levels.clone() };
            let (code, name) = (code.to_owned(), name.to_owned());
            let version = catalogue::Version { sort, code: code.clone(), name, levels, ..(*stands).clone() };
            let written = catalogue::to_toml(&version).expect("a version");
            keeper.post(&format!("{page}/lines/new"), &[("version", &written)]).await.leads_to(&page);
            keeper.upload(&format!("{page}/submit"), &[], &[]).await.leads_to(&page);
            let number = format!("{code}/QĐ");
            let issuing = [("number", number.as_str()), ("signed_on", from.as_str())];
            second.get(&page).await.is(200);
            second.upload(&format!("{page}/issue"), &issuing, &[]).await.leads_to(&page);
        }
        // Neither is offered, nor counted among what is; the Party's is not even there for whoever is no official.
        assert_eq!(app.shelf().all(today).len(), offered);
        let mut passer = app.anonymous();
        passer.get("/procedures").await.is(200).shows_not("Bổ nhiệm chức danh");
        passer.get("/procedures?q=1.900001").await.is(200).shows_not("Bổ nhiệm chức danh");
        passer.get("/procedures?catalogue=internal").await.is(200).shows("Bổ nhiệm chức danh");
        passer.get("/procedures/1.900001").await.is(200).shows("Thủ tục nội bộ").shows_not("/file/1.900001");
        for hidden in ["/procedures/1.900002", "/procedures/1.900002/compare", "/api/v1/procedures/1.900002"] {
            passer.get(hidden).await.is(404);
        }
        passer.get("/procedures?catalogue=party").await.is(422);
        keeper.get("/procedures?catalogue=party").await.is(200).shows("Kết nạp");
        keeper.get("/procedures/1.900002").await.is(200).shows("Thủ tục trong Đảng");
        // The share of the internal ones that is published.
        keeper.get("/procedure-control").await.is(200).shows("0 % đã công khai");
        keeper.get("/procedure-control/list?which=internal-unposted").await.is(200).shows("1.900001");
        keeper.upload("/announcements/CB26-000001/post", &[], &[]).await.is(303);
        keeper.get("/procedure-control").await.is(200).shows("100 % đã công khai");
        keeper.get("/procedure-control/list?which=party").await.is(200).shows("1.900002");
    });
}
