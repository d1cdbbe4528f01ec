//! Signing in and out, resting after failures, sessions that end, one-time codes.

use base::{Instant, Role};

use crate::harness::{CITIZEN_NUMBER, Client, PASSWORD, Page, START, TestApp, on_every_engine, run, settle_official};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// An official nobody else's test uses.
async fn newcomer(app: &TestApp, login: &str) -> Client {
    let agency = app.tree().communes()[1].clone();
    settle_official(app.db(), login, Role::Officer, &agency).await;
    app.anonymous()
}

async fn try_in(client: &mut Client, login: &str, password: &str) -> Page {
    client.forget_token();
    client.get("/sign-in").await;
    client.post("/sign-in", &[("login", login), ("password", password), ("next", "/account")]).await
}

/// The secret in the enrolment page, as the phone's app would read it.
pub(crate) fn secret_on(page: &Page) -> Vec<u8> {
    let text = page.between("<code class=\"code\">", "</code>").expect("the secret in letters").to_owned();
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|byte| *byte != b' ') {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("a byte"));
        }
    }
    bytes
}

fn code(secret: &[u8], now: Instant) -> String {
    identity::totp::code_at(secret, now).expect("code")
}

#[test]
fn a_citizen_signs_in_by_number_and_out_and_the_old_cookie_opens_nothing() {
    on_every_engine(|app| async move {
        let mut citizen = app.anonymous();
        citizen.get("/account").await.leads_to("/sign-in?next=%2Faccount");
        let spaced = format!("{} {} {}", &CITIZEN_NUMBER[..3], &CITIZEN_NUMBER[3..6], &CITIZEN_NUMBER[6..]);
        let page = try_in(&mut citizen, &spaced, PASSWORD).await;
        page.leads_to("/account");
        let cookie = page.headers["set-cookie"].to_str().expect("cookie").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=43200"));
        citizen.forget_token();
        citizen.get("/account").await.is(200).shows("Nguyễn Thị Đường").shows(CITIZEN_NUMBER);
        let token = citizen.cookie("session").expect("a session").to_owned();
        citizen.post("/sign-out", &[]).await.leads_to("/sign-in");
        assert_eq!(citizen.cookie("session"), None);
        citizen.set_cookie("session", &token);
        citizen.get("/account").await.leads_to("/sign-in?next=%2Faccount");
    });
}

#[test]
fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "same.answer").await;
        let wrong = try_in(&mut client, "same.answer", "không phải thế này").await;
        let unknown = try_in(&mut client, "nobody.here", "không phải thế này").await;
        wrong.is(422).shows("không đúng");
        let strip = |page: &Page, login: &str| {
            let token = page.between("name=\"_csrf\" value=\"", "\"").expect("token").to_owned();
            page.body.replace(login, "").replace(&token, "")
        };
        assert_eq!(strip(&wrong, "same.answer"), strip(&unknown, "nobody.here"));
        wrong.shows_not("không phải thế này");
    });
}

#[test]
fn after_five_wrong_passwords_a_login_rests_whether_it_exists_or_not() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "rests.a.while").await;
        for login in ["rests.a.while", "rests.but.unknown"] {
            for _ in 0..5 {
                try_in(&mut client, login, "đoán mò lần nữa").await.is(422);
            }
            let page = try_in(&mut client, login, PASSWORD).await;
            page.is(429).shows("1 phút");
            assert_eq!(page.headers["retry-after"], "30");
        }
        app.clock.advance_ms(30_000);
        try_in(&mut client, "rests.a.while", PASSWORD).await.is(303);
        // The success has cleared the count.
        try_in(&mut app.anonymous(), "rests.a.while", "đoán mò lần nữa").await.is(422);
    });
}

#[test]
fn a_session_ends_after_two_idle_hours_and_after_half_a_day_in_all() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "ends.in.time").await;
        try_in(&mut client, "ends.in.time", PASSWORD).await.is(303);
        for _ in 0..7 {
            app.clock.advance_ms(100 * MINUTE_MS);
            client.get("/account").await.is(200);
        }
        app.clock.set(START.plus_ms(12 * HOUR_MS));
        client.get("/account").await.leads_to("/sign-in?next=%2Faccount");

        try_in(&mut client, "ends.in.time", PASSWORD).await.is(303);
        app.clock.advance_ms(2 * HOUR_MS);
        client.get_json("/account").await.is(401);
    });
}

#[test]
fn signing_in_again_ends_the_session_the_browser_came_with() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "new.token.each").await;
        try_in(&mut client, "new.token.each", PASSWORD).await.is(303);
        let first = client.cookie("session").expect("session").to_owned();
        let mut page = client.get("/account").await;
        // The sign-in page leads a signed-in person on; the form itself still works, as from a second tab.
        let token = page.between("name=\"_csrf\" value=\"", "\"").expect("token").to_owned();
        let fields = [("login", "new.token.each"), ("password", PASSWORD)];
        page = client.post_with_token("/sign-in", &fields, &token).await;
        page.is(303);
        assert_ne!(client.cookie("session"), Some(first.as_str()));
        let mut other = app.anonymous();
        other.set_cookie("session", &first);
        other.get("/account").await.leads_to("/sign-in?next=%2Faccount");
    });
}

#[test]
fn after_signing_in_only_a_page_of_this_site_is_next() {
    on_every_engine(|app| async move {
        newcomer(&app, "goes.nowhere.else").await;
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out"] {
            let mut client = app.anonymous();
            client.get("/sign-in").await;
            let fields = [("login", "goes.nowhere.else"), ("password", PASSWORD), ("next", next)];
            client.post("/sign-in", &fields).await.leads_to("/work");
        }
    });
}

#[test]
fn a_form_without_its_token_or_with_another_visitors_changes_nothing() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "token.needed").await;
        let mut other = app.anonymous();
        let theirs = other.get("/sign-in").await.between("name=\"_csrf\" value=\"", "\"").expect("token").to_owned();
        client.get("/sign-in").await;
        let fields = [("login", "token.needed"), ("password", PASSWORD)];
        for token in ["", "x", theirs.as_str()] {
            client.post_with_token("/sign-in", &fields, token).await.is(403);
        }
        assert_eq!(client.cookie("session"), None);
    });
}

#[test]
fn a_citizen_signs_up_and_every_wrong_field_is_named() {
    on_every_engine(|app| async move {
        let mut citizen = app.anonymous();
        citizen.get("/sign-up").await.is(200);
        let wrong = [("name", "<b>"), ("citizen_number", "12345"), ("phone", "113"), ("password", "ngắn")];
        let page = citizen.post("/sign-up", &wrong).await;
        page.is(422);
        for field in ["name", "citizen_number", "phone", "password"] {
            page.shows(&format!("href=\"#{field}\""));
        }
        let number = "094199001234";
        let right = [
            ("name", "Lý  Thị Sương"),
            ("citizen_number", "094 199 001 234"),
            ("phone", "0939 000 123"),
            ("password", "cá lóc nướng trui"),
        ];
        let made = citizen.post("/sign-up", &right).await;
        made.leads_to("/sign-in?next=");
        citizen.sign_in_as(number, "cá lóc nướng trui").await.leads_to("/my");
        // The number is a claim until somebody sees the card.
        citizen.get("/account").await.is(200).shows("Lý Thị Sương").shows(number).shows("Chưa xác minh");

        // Whoever tries a number that has an account gets the same answer, and the owner is told.
        let mut twin = app.anonymous();
        twin.get("/sign-up").await;
        let others = [right[0], right[1], ("phone", "0939 000 999"), ("password", "mắm bò hóc Trà Vinh")];
        let taken = twin.post("/sign-up", &others).await;
        let names = |page: &Page| page.headers.keys().map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (taken.status, &taken.location, &taken.body, names(&taken)),
            (made.status, &made.location, &made.body, names(&made))
        );
        try_in(&mut twin, number, "mắm bò hóc Trà Vinh").await.is(422);
        let id = app.actor_of(&citizen).await.account;
        let events = app.db().read(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let kinds: Vec<String> = events.expect("events").into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["account-created", "sign-up-again"]);

        // A phone may be a family's: the second account is made too, and the first keeps signing in by the phone.
        let mut sister = app.anonymous();
        sister.sign_up("Lý Thị Lan", "094199001242", "0939000123", "canh chua bông so đũa").await.leads_to("/my");

        try_in(&mut twin, "+84 939 000 123", "cá lóc nướng trui").await.is(303);
    });
}

#[test]
fn with_codes_on_a_sign_in_needs_one_and_takes_each_only_once() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "two.steps").await;
        try_in(&mut client, "two.steps", PASSWORD).await.is(303);
        client.forget_token();
        client.get("/account").await;
        let page = client.post("/account/totp/begin", &[]).await;
        page.is(200).shows("<svg");
        let secret = secret_on(&page);
        client.post("/account/totp/confirm", &[("code", "000000")]).await.is(422).shows("Mã không đúng");
        let now = app.clock.now();
        let page = client.post("/account/totp/confirm", &[("code", &code(&secret, now))]).await;
        page.is(200);
        let recovery: Vec<String> =
            page.body.split("<li><code class=\"code\">").skip(1).map(|rest| rest[..11].to_owned()).collect();
        assert_eq!(recovery.len(), 10);

        // The code that confirmed is used up; the next step's opens; then that one is used up too.
        let pending = async |client: &mut Client| {
            let page = try_in(client, "two.steps", PASSWORD).await;
            page.is(200).shows("Nhập mã xác thực");
            page.between("name=\"pending\" value=\"", "\"").expect("pending").to_owned()
        };
        let mut phone = app.anonymous();
        let waiting = pending(&mut phone).await;
        assert_eq!(phone.cookie("session"), None, "the password alone opens no session");
        let old = code(&secret, now);
        phone.post("/sign-in/code", &[("pending", &waiting), ("code", &old)]).await.is(422);
        app.clock.advance_ms(30_000);
        let fresh = code(&secret, app.clock.now());
        phone.post("/sign-in/code", &[("pending", &waiting), ("code", &fresh)]).await.is(303);
        phone.forget_token();
        phone.get("/account").await.is(200);

        let mut thief = app.anonymous();
        let waiting = pending(&mut thief).await;
        thief.post("/sign-in/code", &[("pending", &waiting), ("code", &fresh)]).await.is(422);
        // A pending sign-in is no session.
        thief.set_cookie("session", &waiting);
        thief.get("/account").await.leads_to("/sign-in?next=%2Faccount");

        let mut lost = app.anonymous();
        let waiting = pending(&mut lost).await;
        let typed = recovery[3].to_lowercase();
        lost.post("/sign-in/code", &[("pending", &waiting), ("code", &typed)]).await.is(303);
        let mut again = app.anonymous();
        let waiting = pending(&mut again).await;
        again.post("/sign-in/code", &[("pending", &waiting), ("code", &typed)]).await.is(422);
    });
}

#[test]
fn without_the_key_no_one_time_code_opens_and_a_recovery_code_still_does() {
    run(async {
        for province in crate::harness::provinces().await {
            let app = TestApp::with(province, |_| {}).await;
            let mut client = newcomer(&app, "key.lost").await;
            try_in(&mut client, "key.lost", PASSWORD).await.is(303);
            client.forget_token();
            client.get("/account").await;
            let secret = secret_on(&client.post("/account/totp/begin", &[]).await);
            let page = client.post("/account/totp/confirm", &[("code", &code(&secret, START))]).await;
            let recovery = page.between("<li><code class=\"code\">", "<").expect("a recovery code").to_owned();
            // At rest, the secret is not what the phone has.
            let stored = app.db().read(|tx| {
                Box::pin(async move {
                    let row = tx.query_one("SELECT totp_secret FROM account WHERE login = 'key.lost'", &[]).await?;
                    row.get::<Vec<u8>>("totp_secret")
                })
            });
            let stored = stored.await.expect("the row");
            assert!(!stored.windows(secret.len()).any(|window| window == secret));

            for (vault, tries) in [(identity::Vault::closed(), 2), (identity::Vault::of([8; 32]), 3)] {
                let other = TestApp::with(province, |settings| settings.vault = vault).await;
                other.clock.advance_ms(MINUTE_MS);
                let mut phone = other.anonymous();
                let page = try_in(&mut phone, "key.lost", PASSWORD).await;
                let waiting = page.between("name=\"pending\" value=\"", "\"").expect("pending").to_owned();
                let fresh = code(&secret, other.clock.now());
                for _ in 0..tries {
                    let refused = phone.post("/sign-in/code", &[("pending", &waiting), ("code", &fresh)]).await;
                    refused.is(503).shows("thiếu khoá");
                }
                assert_eq!(phone.cookie("session"), None);
            }
            let closed = TestApp::with(province, |settings| settings.vault = identity::Vault::closed()).await;
            closed.clock.advance_ms(MINUTE_MS);
            let mut lost = closed.anonymous();
            let page = try_in(&mut lost, "key.lost", PASSWORD).await;
            let waiting = page.between("name=\"pending\" value=\"", "\"").expect("pending").to_owned();
            // The tries counted, though no code could be checked: the account has its rest first.
            lost.post("/sign-in/code", &[("pending", &waiting), ("code", &recovery)]).await.is(429);
            closed.clock.advance_ms(2 * MINUTE_MS);
            lost.post("/sign-in/code", &[("pending", &waiting), ("code", &recovery)]).await.is(303);
            // Nobody can switch codes on that could never be checked.
            let mut other = newcomer(&closed, "key.never").await;
            try_in(&mut other, "key.never", PASSWORD).await.is(303);
            other.forget_token();
            other.get("/account").await;
            other.post("/account/totp/begin", &[]).await.is(422).shows("thiếu khoá");
        }
    });
}

#[test]
fn guessing_codes_rests_the_account_like_guessing_passwords() {
    on_every_engine(|app| async move {
        let mut client = newcomer(&app, "codes.guessed").await;
        try_in(&mut client, "codes.guessed", PASSWORD).await.is(303);
        client.forget_token();
        client.get("/account").await;
        let secret = secret_on(&client.post("/account/totp/begin", &[]).await);
        let right = code(&secret, app.clock.now());
        client.post("/account/totp/confirm", &[("code", &right)]).await.is(200);
        app.clock.advance_ms(60_000);
        let mut thief = app.anonymous();
        let page = try_in(&mut thief, "codes.guessed", PASSWORD).await;
        let waiting = page.between("name=\"pending\" value=\"", "\"").expect("pending").to_owned();
        for _ in 0..5 {
            thief.post("/sign-in/code", &[("pending", &waiting), ("code", "000000")]).await.is(422);
        }
        let fresh = code(&secret, app.clock.now());
        thief.post("/sign-in/code", &[("pending", &waiting), ("code", &fresh)]).await.is(429);
    });
}

#[test]
fn where_codes_are_required_an_official_without_them_gets_no_further_than_the_account() {
    run(async {
        for province in crate::harness::provinces().await {
            let app = TestApp::with(province, |settings| settings.officials_need_totp = true).await;
            let mut client = app.anonymous();
            let name = app.person(Role::Administrator).login.clone();
            try_in(&mut client, &name, PASSWORD).await.leads_to("/account");
            client.forget_token();
            client.get("/account").await.is(200).shows("yêu cầu mã xác thực");
            client.get("/accounts").await.is(403);
            // Citizens are not asked.
            let mut citizen = app.anonymous();
            try_in(&mut citizen, "congdan", PASSWORD).await.leads_to("/account");
            citizen.get("/account").await.is(200).shows_not("yêu cầu mã xác thực");
        }
    });
}
