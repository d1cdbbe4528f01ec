//! A form sent on a session that is over: its words wait for the same person, and for nobody else.

use axum::body::Body;
use axum::http::Method;
use base::Role;

use crate::harness::{Client, PASSWORD, Page, TestApp, on_every_engine, settle_official};

const HOUR_MS: i64 = 3_600_000;
const COUNTER: &str = "/intake?procedure=1.001193";
const WAITS: &str = "chưa được gửi";

/// A clerk of this test's own: sessions and kept forms are an account's.
async fn clerk(app: &TestApp, login: &str) -> Client {
    let desk = app.tree().get(app.person(Role::Clerk).agency).expect("a desk").clone();
    settle_official(app.db(), login, Role::Clerk, &desk).await;
    let mut clerk = app.anonymous();
    clerk.sign_in_as(login, PASSWORD).await;
    clerk
}

async fn sign_in_again(client: &mut Client, login: &str) {
    client.forget_token();
    client.get("/sign-in?next=x").await.is(200);
    client.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await.is(303);
}

/// Sent as a browser sends it, with the page it stood on.
async fn send(client: &mut Client, token: &str, owner: &str) -> Page {
    let commune = "999";
    let fields = [("_csrf", token), ("procedure", "1.001193"), ("intake", commune), ("owner_name", owner)];
    let mut body = String::new();
    for (name, value) in fields.iter().chain(&[("component_giay-chung-sinh", "paper")]) {
        body += &format!("--e\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body +=
        "--e\r\nContent-Disposition: form-data; name=\"file_to-khai\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4\r\n--e--\r\n";
    let referer = format!("http://motcua.test{COUNTER}");
    let headers = [("content-type", "multipart/form-data; boundary=e"), ("referer", referer.as_str())];
    client.send(Method::POST, COUNTER, &headers, Body::from(body)).await
}

fn token_on(page: &Page) -> String {
    let (_, form) = page.body.split_once("class=\"intake\"").expect("the form");
    form.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").to_owned()
}

#[test]
fn what_was_typed_on_a_session_that_is_over_stands_in_the_form_after_signing_in_again() {
    on_every_engine(|app| async move {
        let login = "kept.words";
        let mut clerk = clerk(&app, login).await;
        let token = token_on(clerk.get(COUNTER).await.is(200));
        app.clock.advance_ms(3 * HOUR_MS);
        send(&mut clerk, &token, "Đường \"Quên\" <b>").await.leads_to("/sign-in?next=%2Fintake%3Fprocedure%3D1.001193");
        clerk.forget_token();
        clerk.get("/sign-in").await.is(200).shows(WAITS).shows_not("Quên");
        clerk.post("/sign-in", &[("login", login), ("password", PASSWORD), ("next", COUNTER)]).await.leads_to(COUNTER);
        let page = clerk.get(COUNTER).await;
        page.is(200).shows(WAITS).shows("Tệp đính kèm phải chọn lại");
        page.shows("name=\"owner_name\" value=\"Đường &quot;Quên&quot; &lt;b&gt;\"");
        page.shows("name=\"component_giay-chung-sinh\" value=\"paper\" checked");
        assert_ne!(token_on(&page), token);
        // Other pages stay as they are; looking twice shows the words twice.
        clerk.get("/work").await.is(200).shows_not(WAITS);
        let token = token_on(clerk.get(COUNTER).await.shows("Quên"));
        // Refused for its wrong place, it comes back as the form's own page; sent at last, it is forgotten.
        send(&mut clerk, &token, "Đường").await.is(422);
        let commune = app.person(Role::Leader).agency.to_string();
        let fields = [
            ("procedure", "1.001193"),
            ("intake", commune.as_str()),
            ("competent", commune.as_str()),
            ("return_to", commune.as_str()),
            ("owner_name", "Đường"),
            ("owner_number", "094190000123"),
            ("component_giay-to-tuy-than", "paper"),
            ("component_giay-chung-sinh", "paper"),
        ];
        clerk.upload(COUNTER, &fields, &[]).await.is(303);
        assert_eq!(clerk.cookie("kept"), None);
        clerk.get(COUNTER).await.is(200).shows_not(WAITS).shows_not("Quên");
    });
}

#[test]
fn another_person_at_the_same_browser_never_sees_the_words() {
    on_every_engine(|app| async move {
        let mut browser = clerk(&app, "kept.first").await;
        clerk(&app, "kept.second").await;
        let token = token_on(browser.get(COUNTER).await.is(200));
        app.clock.advance_ms(3 * HOUR_MS);
        send(&mut browser, &token, "Của Người Trước").await.is(303);
        sign_in_again(&mut browser, "kept.second").await;
        browser.get(COUNTER).await.is(200).shows_not(WAITS).shows_not("Của Người Trước");
        // The first one's page, still open in another window, sends nothing and shows nothing either.
        send(&mut browser, &token, "Của Người Trước").await.is(403).shows_not("Của Người Trước");
        browser.get(COUNTER).await.is(200).shows_not("Của Người Trước");
        browser.post("/sign-out", &[]).await.is(303);
        sign_in_again(&mut browser, "kept.first").await;
        browser.get(COUNTER).await.is(200).shows("Của Người Trước");
    });
}

#[test]
fn a_page_left_open_in_another_window_gets_its_words_back_after_signing_in() {
    on_every_engine(|app| async move {
        let mut clerk = clerk(&app, "kept.window").await;
        let token = token_on(clerk.get(COUNTER).await.is(200));
        app.clock.advance_ms(3 * HOUR_MS);
        clerk.get("/work").await.is(303);
        sign_in_again(&mut clerk, "kept.window").await;
        send(&mut clerk, &token, "Cửa Sổ Cũ").await.leads_to(COUNTER);
        clerk.get(COUNTER).await.is(200).shows(WAITS).shows("Cửa Sổ Cũ");
    });
}

#[test]
fn only_a_form_of_that_session_is_kept_and_only_for_an_hour() {
    on_every_engine(|app| async move {
        let login = "kept.proof";
        let mut clerk = clerk(&app, login).await;
        let token = token_on(clerk.get(COUNTER).await.is(200));
        app.clock.advance_ms(3 * HOUR_MS);
        send(&mut clerk, "not-its-token", "Giả Mạo").await.is(303);
        assert_eq!(clerk.cookie("kept"), None);
        send(&mut app.anonymous(), &token, "Không Phiên").await.is(303);
        send(&mut clerk, &token, "Để Lâu").await.is(303);
        app.clock.advance_ms(HOUR_MS);
        sign_in_again(&mut clerk, login).await;
        clerk.get(COUNTER).await.is(200).shows_not("Để Lâu").shows_not("Giả Mạo");
    });
}

#[test]
fn words_that_must_not_lie_about_are_not_kept_and_signing_out_late_is_fine() {
    on_every_engine(|app| async move {
        let mut clerk = clerk(&app, "kept.secret").await;
        app.clock.advance_ms(3 * HOUR_MS);
        let fields = [("current_password", PASSWORD), ("password", "một câu mới để nhớ")];
        clerk.post("/account/password", &fields).await.is(303);
        assert_eq!(clerk.cookie("kept"), None);
        clerk.post("/sign-out", &[]).await.leads_to("/");
    });
}

#[test]
fn the_address_of_an_act_opened_again_leads_to_the_thing() {
    on_every_engine(|app| async move {
        let mut clerk = clerk(&app, "kept.address").await;
        clerk.get("/dossiers/H13.08-261122-0001/assign").await.leads_to("/dossiers/H13.08-261122-0001");
        clerk.get_json("/dossiers/H13.08-261122-0001/assign").await.is(405);
    });
}

#[test]
fn who_signs_up_from_a_page_comes_back_to_it() {
    on_every_engine(|app| async move {
        let mut visitor = app.anonymous();
        let page = visitor.get("/sign-in?next=%2Ffile%2F1.001193").await;
        page.shows("href=\"/sign-up?next=%2Ffile%2F1.001193\"");
        let page = visitor.get("/sign-up?next=%2Ffile%2F1.001193").await;
        page.shows("name=\"next\" value=\"/file/1.001193\"").shows("href=\"/sign-in?next=%2Ffile%2F1.001193\"");
    });
}

#[test]
fn a_refused_form_comes_again_with_every_word_and_what_is_wrong() {
    on_every_engine(|app| async move {
        let mut administrator = app.administrator().await;
        administrator.get("/accounts/new").await.is(200);
        let csrf = administrator.csrf().to_owned();
        let fields = [
            ("_csrf", csrf.as_str()),
            ("name", "Ngô\u{7} Thị Chuông"),
            ("login", "chuong.ngo"),
            ("phone", "0912 345 678"),
        ];
        let body = serde_urlencoded::to_string(fields).expect("form");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let send = async |client: &mut crate::harness::Client, referer: Option<&str>| {
            let mut headers = vec![form];
            headers.extend(referer.map(|referer| ("referer", referer)));
            client.send(Method::POST, "/accounts/new", &headers, Body::from(body.clone())).await
        };
        let again = send(&mut administrator, Some("http://motcua.test/accounts/new")).await;
        again.is(422).shows("Biểu mẫu chưa được gửi").shows("ký tự điều khiển");
        again.shows("value=\"Ngô Thị Chuông\"").shows("value=\"chuong.ngo\"").shows("value=\"0912 345 678\"");
        again.shows("Họ và tên: <a href=\"#name\">").shows("action=\"/accounts/new\"");
        // Sent as it now stands, it is taken: the form is a live one.
        let words = [("name", "Ngô Thị Chuông"), ("login", "chuong.ngo"), ("phone", "0912 345 678")];
        administrator.post("/accounts/new", &words).await.is(200).shows("chuong.ngo");
        // Where nobody says which page it was, what is wrong is said all the same; a page elsewhere is no page of ours.
        for referer in [None, Some("http://evil.test/accounts/new"), Some("http://motcua.test/nowhere")] {
            send(&mut administrator, referer).await.is(422).shows("ký tự điều khiển").shows_not("chuong.ngo");
        }
        // A page the person may not see is not shown this way either.
        let mut citizen = app.signed_in(Role::Citizen).await;
        citizen.get("/account").await.is(200);
        send(&mut citizen, Some("http://motcua.test/accounts/new")).await.is(403).shows_not("chuong.ngo");
    });
}

#[test]
fn a_secret_does_not_come_again() {
    on_every_engine(|app| async move {
        let mut visitor = app.anonymous();
        visitor.get("/sign-up").await.is(200);
        let csrf = visitor.csrf().to_owned();
        let fields = [("_csrf", csrf.as_str()), ("name", "Lê\u{1b} Văn Kín"), ("password", "mật khẩu rất riêng 9")];
        let body = serde_urlencoded::to_string(fields).expect("form");
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("referer", "http://motcua.test/sign-up")];
        let again = visitor.send(Method::POST, "/sign-up", &headers, Body::from(body)).await;
        again.is(422).shows("value=\"Lê Văn Kín\"").shows_not("rất riêng");
    });
}
