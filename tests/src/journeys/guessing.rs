//! Who guesses passwords is slowed; who works, and whose account it is, is not.

use base::Role;
use identity::{Cost, DemoAccount, Hasher, Password};

use crate::harness::{Client, PASSWORD, Page, TestApp, on_every_engine, provinces, run, settle_official};

const WRONG: &str = "đoán mò lần nữa";

async fn settle(app: &TestApp, login: &str) {
    let agency = app.tree().communes()[1].clone();
    settle_official(app.db(), login, Role::Officer, &agency).await;
}

async fn try_in(client: &mut Client, login: &str, password: &str) -> Page {
    client.forget_token();
    client.get("/sign-in").await;
    client.post("/sign-in", &[("login", login), ("password", password)]).await
}

#[test]
fn an_attacker_elsewhere_cannot_lock_the_owner_out() {
    on_every_engine(|app| async move {
        app.behind_proxy();
        settle(&app, "guess.owner").await;
        let mut desk = app.anonymous().at("198.51.100.1");
        try_in(&mut desk, "guess.owner", PASSWORD).await.is(303);
        // Each address rests after its five; all of them together after fifty.
        for place in 0..12 {
            let mut attacker = app.anonymous().at(&format!("203.0.113.{place}"));
            for _ in 0..5 {
                let answer = try_in(&mut attacker, "guess.owner", WRONG).await.status.as_u16();
                assert!([422, 429].contains(&answer), "{answer}");
            }
        }
        let mut attacker = app.anonymous().at("203.0.113.200");
        try_in(&mut attacker, "guess.owner", PASSWORD).await.is(429);
        // The browser the owner works with is not asked to wait, a mistake of the owner's own included.
        try_in(&mut desk, "guess.owner", WRONG).await.is(422);
        try_in(&mut desk, "guess.owner", PASSWORD).await.is(303);
        // It has its own count: a stolen browser guesses no faster.
        for _ in 0..5 {
            try_in(&mut desk, "guess.owner", WRONG).await.is(422);
        }
        try_in(&mut desk, "guess.owner", PASSWORD).await.is(429);
    });
}

#[test]
fn from_another_address_the_owner_signs_in_with_a_new_browser_while_somebody_guesses() {
    on_every_engine(|app| async move {
        app.behind_proxy();
        settle(&app, "guess.moves").await;
        let mut attacker = app.anonymous().at("203.0.113.20");
        for _ in 0..5 {
            try_in(&mut attacker, "guess.moves", WRONG).await.is(422);
        }
        try_in(&mut attacker, "guess.moves", PASSWORD).await.is(429);
        try_in(&mut app.anonymous().at("198.51.100.20"), "guess.moves", PASSWORD).await.is(303);
        // That somebody else succeeded gives the attacker no new tries.
        try_in(&mut attacker, "guess.moves", PASSWORD).await.is(429);
    });
}

#[test]
fn a_number_and_a_phone_do_not_rest_together() {
    on_every_engine(|app| async move {
        app.behind_proxy();
        let mut owner = app.anonymous().at("198.51.100.30");
        owner.sign_up("Thạch Thị Đa Ni", "094188001239", "0939777123", "hoa sen Ao Bà Om").await;
        let mut attacker = app.anonymous().at("203.0.113.30");
        for _ in 0..5 {
            try_in(&mut attacker, "094188001239", WRONG).await.is(422);
        }
        try_in(&mut attacker, "094188001239", WRONG).await.is(429);
        // The phone of that person, and one of nobody, answer alike.
        try_in(&mut attacker, "0939777123", WRONG).await.is(422);
        try_in(&mut attacker, "0939777999", WRONG).await.is(422);
    });
}

#[test]
fn two_hundred_officials_behind_one_address_sign_in_within_a_minute() {
    on_every_engine(|app| async move {
        app.behind_proxy();
        app.with_rates();
        let office = "198.51.100.40";
        let agency = app.tree().communes()[2].clone();
        let mut answers = Vec::new();
        for n in 0..200 {
            let login = format!("office.{n}");
            settle_official(app.db(), &login, Role::Officer, &agency).await;
            let mut client = app.anonymous().at(office);
            // One in ten mistypes first.
            if n % 10 == 0 {
                answers.push(try_in(&mut client, &login, WRONG).await.status.as_u16());
            }
            answers.push(try_in(&mut client, &login, PASSWORD).await.status.as_u16());
        }
        assert_eq!(answers.iter().filter(|status| **status == 303).count(), 200);
        assert_eq!(answers.iter().filter(|status| **status == 422).count(), 20);
    });
}

#[test]
fn one_password_tried_on_many_logins_from_one_address_is_slowed_by_its_failures() {
    on_every_engine(|app| async move {
        app.behind_proxy();
        settle(&app, "spray.known").await;
        settle(&app, "spray.own").await;
        let place = "203.0.113.50";
        let mut known = app.anonymous().at(place);
        try_in(&mut known, "spray.known", PASSWORD).await.is(303);
        let mut attacker = app.anonymous().at(place);
        for n in 0..60 {
            // An account of the attacker's own in between forgives nothing.
            if n % 20 == 0 {
                try_in(&mut app.anonymous().at(place), "spray.own", PASSWORD).await.is(303);
            }
            try_in(&mut attacker, &format!("spray.{n}"), WRONG).await.is(422);
        }
        let page = try_in(&mut attacker, "spray.60", WRONG).await;
        page.is(429);
        assert_eq!(page.headers["retry-after"], "30");
        // Two tries a minute from then on.
        app.clock.advance_ms(30_000);
        try_in(&mut attacker, "spray.60", WRONG).await.is(422);
        try_in(&mut attacker, "spray.61", WRONG).await.is(429);
        // Browsers known to their account work on, and so does every other address.
        try_in(&mut known, "spray.known", PASSWORD).await.is(303);
        try_in(&mut app.anonymous().at("198.51.100.50"), "spray.61", WRONG).await.is(422);
    });
}

#[test]
fn a_device_cookie_planted_beforehand_is_worth_nothing_after_a_sign_in() {
    on_every_engine(|app| async move {
        settle(&app, "guess.planted").await;
        let mut owner = app.anonymous();
        owner.set_cookie("device", "planted-by-somebody-else-0123456789");
        try_in(&mut owner, "guess.planted", PASSWORD).await.is(303);
        let device = owner.cookie("device").expect("a device").to_owned();
        assert_ne!(device, "planted-by-somebody-else-0123456789");
        // The same browser later keeps its token; a new password makes other browsers strangers.
        try_in(&mut owner, "guess.planted", PASSWORD).await.is(303);
        assert_eq!(owner.cookie("device"), Some(device.as_str()));
        let mut other = app.anonymous();
        try_in(&mut other, "guess.planted", PASSWORD).await.is(303);
        other.forget_token();
        other.get("/account").await;
        let change = [("current", PASSWORD), ("password", "bánh xèo Cao Lãnh")];
        other.post("/account/password", &change).await.is(303);
        for _ in 0..5 {
            try_in(&mut app.anonymous(), "guess.planted", WRONG).await.is(422);
        }
        try_in(&mut owner, "guess.planted", "bánh xèo Cao Lãnh").await.is(429);
        try_in(&mut other, "guess.planted", "bánh xèo Cao Lãnh").await.is(303);
    });
}

/// A person of a demonstration in a province's database.
async fn settle_invented(app: &TestApp, login: &str) {
    let hasher = Hasher::new(Cost::TESTS).expect("hasher");
    let password = hasher.hash(Password::of_demonstration()).await.expect("hash");
    let agency = app.tree().communes()[1].clone();
    let demo = DemoAccount {
        login: login.to_owned(),
        name: "Người Diễn Tập".to_owned(),
        role: Role::Leader,
        agency: agency.id,
        path: agency.path.clone(),
        password,
        citizen_number: None,
        phone: None,
    };
    let now = app.clock.now();
    let made = app.db().write(move |tx| Box::pin(async move { identity::seed_demo(tx, &[demo], now).await })).await;
    made.expect("account");
}

#[test]
fn people_of_a_demonstration_sign_in_there_and_nowhere_else() {
    run(async {
        for province in provinces().await {
            let served = TestApp::with(province, |_| {}).await;
            let shown = TestApp::demonstration(province).await;
            settle_invented(&served, "demo.leader").await;
            let mut visitor = shown.anonymous();
            shown.anonymous().get("/sign-in").await.shows(identity::DEMO_PASSWORD);
            try_in(&mut visitor, "demo.leader", identity::DEMO_PASSWORD).await.is(303);
            visitor.get("/account").await.is(200);
            // The same folder served as a province: neither the password nor the session is worth anything, and nobody is told
            // why.
            let mut client = served.anonymous();
            served.anonymous().get("/sign-in").await.shows_not(identity::DEMO_PASSWORD);
            let refused = try_in(&mut client, "demo.leader", identity::DEMO_PASSWORD).await;
            refused.is(422);
            let unknown = try_in(&mut client, "demo.nobody", identity::DEMO_PASSWORD).await;
            assert_eq!(refused.body.matches("field-error").count(), unknown.body.matches("field-error").count());
            client.set_cookie("session", visitor.cookie("session").expect("a session"));
            client.get("/account").await.leads_to("/sign-in?next=%2Faccount");
            let people = served.db().read(|tx| Box::pin(async move { identity::invented(tx).await })).await;
            assert!(people.expect("a count") >= 1);
        }
    });
}

#[test]
fn nobody_may_choose_the_password_everybody_knows() {
    on_every_engine(|app| async move {
        settle(&app, "chooses.badly").await;
        let mut client = app.anonymous();
        try_in(&mut client, "chooses.badly", PASSWORD).await.is(303);
        client.forget_token();
        client.get("/account").await;
        let change = [("current", PASSWORD), ("password", identity::DEMO_PASSWORD)];
        client.post("/account/password", &change).await.is(422).shows("quá nhiều người dùng");
    });
}
