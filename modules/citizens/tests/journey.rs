//! A citizen at the portal: finding, filing screen by screen, being asked for more, withdrawing, rating.

mod support;

use axum::http::StatusCode;
use support::browser::{BIRTH, Browser, all_between, file_birth};
use support::{NAME, START, database, databases, portal};
use web::Clock;

sandbox::test_entry!();

#[tokio::test]
async fn a_citizen_files_is_asked_for_more_answers_and_rates() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::settable(START);
        let (router, commune) = portal(db, directory.path(), clock.clone()).await;
        let citizen = Browser { router: &router, who: "citizen" };
        let clerk = Browser { router: &router, who: "clerk" };
        let code = file_birth(&citizen, commune).await;

        let page = citizen.get(&format!("/my/{code}")).await;
        page.shows("Hồ sơ đã được nộp");
        page.shows("<svg class=\"qr\"");
        page.shows("<li class=\"next\" aria-current=\"step\">");
        citizen.get("/my").await.shows(&code);
        assert!(!citizen.get("/my").await.body.contains("Đang làm dở"), "the draft is gone");
        let paper = all_between(&page.body, &format!("href=\"/my/{code}/files/"), "\"")[0].to_owned();
        let got = citizen.get(&format!("/my/{code}/files/{paper}")).await;
        assert_eq!((got.status, got.body.as_str()), (StatusCode::OK, "%PDF-1.7 giấy"));
        let stranger = Browser { router: &router, who: "stranger" };
        assert_eq!(stranger.get(&format!("/my/{code}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("/my/{code}/files/{paper}")).await.status, StatusCode::NOT_FOUND);

        clock.advance_ms(3_600_000);
        let asked = clerk
            .upload(
                &format!("/dossiers/{code}/request-supplement"),
                &[
                    ("reason", "Thiếu bản chụp căn cước của mẹ"),
                    ("other", "Bản chụp căn cước"),
                    ("until", "20/12/2026"),
                ],
                &[],
            )
            .await;
        asked.to();
        citizen.get("/").await.shows("Hồ sơ đang chờ bạn");
        let page = citizen.get(&format!("/my/{code}")).await;
        page.shows("Thiếu bản chụp căn cước của mẹ");
        let nothing = citizen.upload(&format!("/my/{code}/supplement"), &[("note", "gửi đây")], &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        nothing.shows("gửi đây");
        let wrong = citizen.upload(&format!("/my/{code}/supplement"), &[], &[("other", "a.exe", "MZ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("a.exe");
        let supplement = format!("/my/{code}/supplement");
        let sent = citizen.upload(&supplement, &[("note", "đã chụp")], &[("other", "cc.pdf", "%PDF-1 cc")]).await;
        assert_eq!(sent.to(), format!("/my/{code}"));
        citizen.get(&format!("/my/{code}")).await.shows("cc.pdf");
        assert_eq!(citizen.post(&format!("/my/{code}/rate"), &[("score", "5")]).await.status, StatusCode::CONFLICT);

        clerk.upload(&format!("/dossiers/{code}/receive-online"), &[], &[]).await.to();
        citizen.get(&format!("/my/{code}")).await.shows("Hồ sơ được tiếp nhận, hẹn trả");
    }
}

#[tokio::test]
async fn what_was_handed_in_at_the_counter_under_ones_proven_number_is_ones_own_and_nobody_elses() {
    for db in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let (router, commune) = portal(db, directory.path(), Clock::fixed(START)).await;
        let citizen = Browser { router: &router, who: "citizen" };
        let clerk = Browser { router: &router, who: "clerk" };
        let commune = commune.to_string();
        let page = clerk.get(&format!("/intake?procedure={BIRTH}")).await;
        let scans = all_between(&page.body, "type=\"file\" id=\"", "\"");
        let place = [("intake", commune.as_str()), ("competent", &commune), ("return_to", &commune)];
        let typed = [("procedure", BIRTH), ("owner_name", NAME), ("owner_number", "094190000017"), ("channel", "1")];
        let fields: Vec<(&str, &str)> = place.into_iter().chain(typed).collect();

        // One wrong scan is said at its paper, and nothing typed is lost.
        let wrong = clerk.upload("/intake", &fields, &[(scans[0], "a.pdf", "MZ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows(&format!("href=\"#{}\"", scans[0]));
        wrong.shows(&format!("value=\"{NAME}\""));

        let files: Vec<_> = scans.iter().map(|scan| (*scan, "a.pdf", "%PDF-1.7 giấy")).collect();
        let code = clerk.upload("/intake", &fields, &files).await.to().replace("/dossiers/", "");
        citizen.get("/my").await.shows(&code);
        let page = citizen.get(&format!("/my/{code}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(&format!("action=\"/my/{code}/withdraw\"")), "the counter acts for it");
        let stranger = Browser { router: &router, who: "stranger" };
        assert!(!stranger.get("/my").await.body.contains(&code));
        assert_eq!(stranger.get(&format!("/my/{code}")).await.status, StatusCode::NOT_FOUND);
        let withdrawn = citizen.post(&format!("/my/{code}/withdraw"), &[("reason", "thôi")]).await;
        assert_eq!(withdrawn.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn what_was_typed_is_kept_even_when_it_is_wrong_and_going_on_asks_for_it_to_be_right() {
    let directory = tempfile::tempdir().unwrap();
    let (router, _) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let citizen = Browser { router: &router, who: "citizen" };
    let address = format!("/file/{BIRTH}");
    let wrong = citizen
        .post(
            &address,
            &[
                ("owner_name", "Lê Văn Sai"),
                ("owner_phone", "12"),
                ("owner_number", "1"),
                ("step", "1"),
                ("go", "next"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["#competent", "#owner_phone", "#owner_number"] {
        wrong.shows(&format!("href=\"{field}\""));
    }
    assert!(!wrong.body.contains("#owner_address"));
    citizen.get(&address).await.shows("Lê Văn Sai");
    let saved = citizen.post(&address, &[("owner_name", "Lê Văn Sai"), ("step", "1"), ("go", "save")]).await;
    assert_eq!(saved.to(), "/my");
    citizen.get("/my").await.shows("Đang làm dở");

    // The check screen leads to every screen that still lacks something, and does not file.
    let last = citizen.get(&format!("{address}?step=99")).await;
    last.shows("value=\"submit\" disabled");
    last.shows(&format!("{address}?step=1#competent"));
    let number = all_between(&last.body, "name=\"step\" value=\"", "\"")[0].to_owned();
    let refused = citizen.post(&address, &[("step", &number), ("go", "submit")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    assert_eq!(citizen.post(&format!("{address}/drop"), &[]).await.to(), "/my");
    assert!(!citizen.get("/my").await.body.contains("Đang làm dở"));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_named_at_its_field_and_the_clerks_form_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let (router, _) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let clerk = Browser { router: &router, who: "clerk" };
    let page = clerk.get(&format!("/intake?procedure={BIRTH}")).await;
    let scan = all_between(&page.body, "type=\"file\" id=\"", "\"")[0];
    let large = "%PDF-1.7 ".to_owned() + &"x".repeat(21 * 1024 * 1024);
    let fields = [("procedure", BIRTH), ("owner_name", NAME), ("owner_number", "094190000017")];
    let refused = clerk.upload("/intake", &fields, &[(scan, "a.pdf", &large)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Vượt quá 20 MB");
    refused.shows(&format!("href=\"#{scan}\""));
    refused.shows(&format!("value=\"{NAME}\""));
}

#[tokio::test]
async fn a_paper_can_be_replaced_and_taken_back_and_only_its_owner_sees_it() {
    let directory = tempfile::tempdir().unwrap();
    let (router, _) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let citizen = Browser { router: &router, who: "citizen" };
    let address = format!("/file/{BIRTH}/papers");
    let steps = citizen.get(&format!("/file/{BIRTH}?step=99")).await;
    let last: usize = all_between(&steps.body, "name=\"step\" value=\"", "\"")[0].parse().unwrap();
    let screen = format!("/file/{BIRTH}?step={}", last - 1);
    let field = all_between(&citizen.get(&screen).await.body, "type=\"file\" id=\"", "\"")[0].to_owned();

    let refused = citizen.upload(&address, &[("go", "next")], &[(&field, "a.png", "%PDF-1.7")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows(&format!("href=\"#{field}\""));
    let kept = citizen.upload(&address, &[("go", "stay")], &[(&field, "a.pdf", "%PDF-1.7")]).await;
    assert_eq!(kept.to(), screen);
    let page = citizen.get(&screen).await;
    page.shows("a.pdf");
    let file = all_between(&page.body, &format!("href=\"{address}/"), "\"")[0].to_owned();
    assert_eq!(citizen.get(&format!("{address}/{file}")).await.body, "%PDF-1.7");
    let stranger = Browser { router: &router, who: "stranger" };
    assert_eq!(stranger.get(&format!("{address}/{file}")).await.status, StatusCode::NOT_FOUND);

    let dropped = citizen.upload(&address, &[("go", &format!("drop-{file}"))], &[]).await;
    assert_eq!(dropped.to(), screen);
    assert_eq!(citizen.get(&format!("{address}/{file}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dossier_can_be_withdrawn_with_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    let (router, commune) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let citizen = Browser { router: &router, who: "citizen" };
    let code = file_birth(&citizen, commune).await;
    let without = citizen.post(&format!("/my/{code}/withdraw"), &[("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    citizen.post(&format!("/my/{code}/withdraw"), &[("reason", "Khai nhầm tên con")]).await.to();
    let page = citizen.get(&format!("/my/{code}")).await;
    page.shows("Hồ sơ đã được rút");
    assert!(!page.body.contains("class=\"next\""));
}

#[tokio::test]
async fn the_front_page_is_the_search_and_leads_officials_to_their_work() {
    let directory = tempfile::tempdir().unwrap();
    let (router, _) = portal(database().await, directory.path(), Clock::fixed(START)).await;
    let nobody = Browser { router: &router, who: "nobody" };
    let page = nobody.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("action=\"/procedures\"");
    page.shows("action=\"/track\"");
    assert_eq!(all_between(&page.body, "<a href=\"/life/", "\"").len(), 6);
    nobody.get("/life/birth").await.shows(&format!("/file/{BIRTH}"));
    assert_eq!(nobody.get("/life/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.get(&format!("/file/{BIRTH}")).await.to(), format!("/sign-in?next=%2Ffile%2F{BIRTH}"));
    assert_eq!(Browser { router: &router, who: "clerk" }.get("/").await.to(), "/work");
    let clerk = Browser { router: &router, who: "clerk" }.get(&format!("/file/{BIRTH}")).await;
    assert_eq!(clerk.status, StatusCode::FORBIDDEN);
}

#[test]
fn both_languages_are_complete_and_every_key_has_its_words() {
    assert_eq!(i18n::check(&[citizens::LOCALES]), Vec::<String>::new());
    i18n::install(&[citizens::LOCALES, dossiers::module().locales, web::locales(), files::locales()]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for directory in ["src", "src/filing", "templates"] {
        for entry in std::fs::read_dir(root.join(directory)).unwrap() {
            let path = entry.unwrap().path();
            let text = if path.is_file() { std::fs::read_to_string(path).unwrap() } else { String::new() };
            for key in i18n::keys_used(&text) {
                assert!(i18n::has(base::Lang::Vi, &key) || !key.contains('-'), "{key} has no words");
            }
        }
    }
}
