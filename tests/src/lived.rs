//! A small province in which whatever the tables are for is there once: what [`crate::proof`] changes.

use std::collections::BTreeSet;

use base::{Id, Role};
use serde_json::json;
use store::StoreError;

use crate::harness::{self, Client, TestApp, plan_read, plan_saved};
use crate::journeys::one_stop::{act, received};
use crate::journeys::portal::{filed_online, newcomer};
use crate::journeys::signing_in::secret_on;

/// Somebody's life in a small province: whatever the tables are for is there once.
pub(crate) async fn lived_in(app: &TestApp) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let mut officer = app.signed_in(Role::Officer).await;
    let mut leader = app.signed_in(Role::Leader).await;
    // Before the day is sealed.
    ruled(app).await;
    crate::journeys::control::settle_keeper(app, "kiem.soat.hai").await;
    let desk = app.tree().get(app.person(Role::Clerk).agency).expect("a desk").clone();
    let second = harness::settle_official(app.db(), "truc.thay", Role::Clerk, &desk).await;
    // A result that was written here, and numbered.
    crate::journeys::drafts::issued(app, ["soan.song", "xem.song"]).await;
    handed_in_and_rated(app, &mut clerk, &mut officer, &mut leader).await;
    let mut citizen = newcomer(app, "094190100886").await;
    let online = filed_online(app, &mut citizen).await;
    act(&mut clerk, &online, "receive-online", json!({})).await.is(200);
    let ask = crate::journeys::one_stop::asking("Thiếu bản chụp giấy chứng sinh");
    act(&mut officer, &online, "request-supplement", ask).await.is(200);
    reached(app, &mut citizen, &mut officer).await;
    // In the evening: reminders, which only repeat what is owed, come within working time.
    let evening = app.clock.now().plus_ms(10 * 3_600_000);
    app.worker().run_until_idle(app.db(), evening).await.expect("the worker");
    app.clock.advance_ms(2 * 86_400_000);
    let now = app.clock.now();
    let sealed = app.db().write(move |tx| Box::pin(async move { audit::seal_days(tx, now, 10).await })).await;
    assert!(sealed.expect("sealing") > 0);
    let asked = received(app, &mut app.signed_in(Role::Clerk).await).await;
    // Another commune is asked for an opinion.
    let other = app.tree().communes()[3].id.to_string();
    let until = app.clock.now().date().to_string();
    let ask = json!({ "units": [other], "question": "Xác minh nơi sinh của trẻ", "until": until });
    act(&mut app.signed_in(Role::Officer).await, &asked, "ask-opinions", ask).await.is(200);
    // A birth with all that is filed together with it.
    crate::journeys::linked::filed(app).await;
    let mut citizen = app.signed_in(Role::Citizen).await;
    // One petition that complains of a unit, with a picture; and one from an account, told into its box.
    let unit = app.person(Role::Leader).agency.to_string();
    crate::journeys::petitions::sent(app, Some(unit.clone())).await;
    citizen.get("/feedback/new").await.is(200);
    let own = [("text", "Đèn đường hỏng"), ("topic", "roads"), ("area", unit.as_str())];
    citizen.upload("/feedback/new", &own, &[]).await.is(200);
    // An initiative that waits for a decision.
    let mut author = app.signed_in(Role::Officer).await;
    author.get("/initiatives/new").await.is(200);
    let words = [("title", "Hẹn giờ"), ("sort", "model"), ("text", "Chờ lâu."), ("answer_does", "Nhắn trước.")];
    author.upload("/initiatives/new", &words, &[]).await.is(303);
    let sitting = crate::journeys::dialogues::announced(app).await;
    citizen.get(&format!("/dialogues/{sitting}")).await.is(200);
    let question = [("text", "Bao giờ sửa cầu?")];
    citizen.post(&format!("/dialogues/{sitting}/ask"), &question).await.is(303);
    controlled(app).await;
    away(app, second).await;
    clerk_begins(app).await;
    queued(app, &mut app.signed_in(Role::Leader).await, &mut citizen, second).await;
    crate::journeys::statistics::assessed(app).await;
    // A wording that waits for the second person.
    crate::journeys::wordings::proposed(app).await;
    steered(app).await;
    renamed(app).await;
    crate::journeys::reorganising::two_communes_merged(app).await;
    // A day closed by two people, and an agency with hours of its own.
    let today = app.clock.now().date();
    crate::journeys::closing::opened_on_saturday(app, "H13.02", today).await;
    crate::journeys::closing::closed(app, today).await;
    told(app, app.actor_of(&citizen).await.account).await;
}

/// A dossier that was begun at the counter.
async fn clerk_begins(app: &TestApp) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    clerk.get(&format!("/intake?procedure={}", harness::BIRTH)).await.is(200);
    let typed = [("procedure", harness::BIRTH), ("owner_name", "Trần Văn Dở"), ("keep", "1")];
    clerk.upload("/intake", &typed, &[]).await.is(303);
}

/// Somebody was stood in for, and came back.
async fn away(app: &TestApp, substitute: Id) {
    let (mut clerk, day) = (app.signed_in(Role::Clerk).await, app.clock.now().date().to_string());
    let other = substitute.to_string();
    let form = [("substitute", other.as_str()), ("from", &day), ("to", &day), ("reason", "leave")];
    clerk.get("/substitutes").await.is(200);
    clerk.post("/substitutes", &form).await.is(303);
    let mut second = crate::journeys::control::signed_in(app, "truc.thay").await;
    let page = second.get("/substitutes").await;
    let id = page.between("action=\"/substitutes/", "/accept\"").expect("what waits").to_owned();
    second.post(&format!("/substitutes/{id}/accept"), &[]).await.is(303);
    second.post(&format!("/substitutes/{id}/end"), &[]).await.is(303);
}

/// An announcement decision issued by a second keeper, entered and posted; a review assessed and approved.
async fn controlled(app: &TestApp) {
    let mut keeper = app.signed_in(Role::CatalogueKeeper).await;
    let code = crate::journeys::control::submitted(app, &mut keeper).await;
    let mut second = crate::journeys::control::signed_in(app, "kiem.soat.hai").await;
    let (page, today) = (format!("/announcements/{code}"), app.clock.now().date().to_string());
    second.get(&page).await.is(200);
    let issuing = [("number", "77/QĐ-UBND"), ("signed_on", today.as_str())];
    second.upload(&format!("{page}/issue"), &issuing, &[]).await.is(303);
    keeper.upload(&format!("{page}/enter"), &[("entered_on", &today)], &[]).await.is(303);
    keeper.upload(&format!("{page}/post"), &[], &[]).await.is(303);
    let head = [("title", "Rà soát"), ("basis", "KH 12"), ("until", "2027-06-30")];
    let review = keeper.upload("/procedure-reviews/new", &head, &[]).await.is(303).location.clone();
    keeper.upload(&format!("{review}/add"), &[("codes", "1.001193")], &[]).await.is(303);
    let inputs = ["minutes", "travel", "services", "fee", "times", "subjects"];
    let inputs = inputs.into_iter().flat_map(|name| [(format!("{name}_before"), "2"), (format!("{name}_after"), "1")]);
    let inputs: Vec<(String, &str)> = inputs.chain([("time".to_owned(), "1")]).collect();
    let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    keeper.post(&format!("{review}/items/1"), &inputs).await.is(303);
    keeper.upload(&format!("{review}/submit"), &[], &[]).await.is(303);
    let approving = [("decision", "88/QĐ-UBND"), ("approved_on", today.as_str())];
    second.upload(&format!("{review}/approve"), &approving, &[]).await.is(303);
}

/// A receiving point, a counter with somebody on duty, a ticket called there, a slot booked.
async fn queued(app: &TestApp, leader: &mut Client, citizen: &mut Client, second: Id) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let desk = app.tree().get(app.person(Role::Clerk).agency).expect("a desk").clone();
    let unit = desk.id.to_string();
    leader.get("/receiving-points/new").await.is(200);
    let point = leader.upload("/receiving-points/new", &[("unit", &unit), ("text", "Nhà mới")], &[]).await;
    let install = format!("{}/equip", point.is(303).location);
    leader.upload(&install, &[("items", "cameras")], &[]).await.is(303);
    let counter = crate::journeys::counters::opened(app, leader, &mut clerk, "1").await;
    let mut passer = app.anonymous();
    passer.get(&format!("/desks/{}/kiosk", desk.code)).await.is(200);
    passer.post(&format!("/desks/{}/tickets", desk.code), &[("field", "ho-tich")]).await.is(303);
    clerk.post(&format!("{counter}/call"), &[]).await.is(303);
    let book = format!("/desks/{}/book", desk.code);
    let page = citizen.get(&book).await;
    let slot = page.is(200).between("name=\"slot\" value=\"", "\"").expect("a slot").to_owned();
    citizen.post(&book, &[("field", "ho-tich"), ("slot", &slot)]).await.is(303);
    let second = second.to_string();
    let (first, today) = (app.person(Role::Clerk).id.to_string(), app.clock.now().date().to_string());
    let duty = [
        ("counter", counter.rsplit('/').next().expect("a code")),
        ("half", "am"),
        ("from", &today),
        ("until", &today),
        ("holder", &first),
        ("substitute", &second),
    ];
    leader.get(&format!("/desks/{}/roster", desk.code)).await.is(200);
    leader.post(&format!("/desks/{}/roster", desk.code), &duty).await.is(303);
    regulated(app, leader).await;
}

/// A regulation of the province that is in force.
async fn regulated(app: &TestApp, leader: &mut Client) {
    let (actor, now) = (app.actor_of(leader).await, app.clock.now());
    let root = app.tree().root().expect("a root").clone();
    let chair = base::Actor { grants: vec![base::Grant::new(Role::Leader, root.id, root.path.clone())], ..actor };
    let tree = std::sync::Arc::new(app.tree().clone());
    let org = organisation::House { tree, calendar: base::Calendar::shipped().clone() };
    let house = desk::House { org, fields: Default::default() };
    let day = now.date().to_string();
    let typed: records::Typed = [
        ("title", "Quy chế một cửa"),
        ("decision", "12/QĐ-UBND"),
        ("effective_on", day.as_str()),
        ("text", "Điều 1."),
        ("short_wait_minutes", "10"),
        ("priority_in_a_row", "2"),
        ("absent_after_minutes", "20"),
        ("slot_places", "4"),
    ]
    .into();
    let issued = app
        .db()
        .write(move |tx| Box::pin(async move { desk::regulation::issue(tx, &house, &chair, now, &typed).await }));
    issued.await.expect("a regulation");
}

/// A dossier of the counter with two pictures of one paper, its result with a file, handed to somebody else, and rated by its code.
async fn handed_in_and_rated(app: &TestApp, clerk: &mut Client, officer: &mut Client, leader: &mut Client) {
    // A code that nobody uses is there as well.
    let early = received(app, clerk).await;
    crate::journeys::rating::printed(clerk, &early).await;
    let fields = harness::counter_form(app, "Hai Mặt");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = [harness::PDF, b"\n"].concat();
    let sides: [(&str, &str, &[u8]); 2] =
        [("file_giay-chung-sinh", "truoc.pdf", harness::PDF), ("file_giay-chung-sinh", "sau.pdf", &back)];
    let page = clerk.upload("/intake", &fields, &sides).await;
    page.is(303);
    let code = page.location.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a code").to_owned();
    let rating = crate::journeys::rating::printed(clerk, &code).await;
    app.clock.advance_ms(3_600_000);
    act(officer, &code, "forward", json!({})).await.is(200);
    leader.get(&format!("/dossiers/{code}")).await.is(200);
    leader.upload(&format!("/dossiers/{code}/approve"), &[], &[("result", "kq.pdf", harness::PDF)]).await.is(303);
    let to = json!({ "handed_to": "authorised", "receiver": "Lâm Thị Hai", "authority": "12/GUQ" });
    act(clerk, &code, "return-result", to).await.is(200);
    let mut passer = app.anonymous();
    passer.get("/rate").await.is(200);
    passer.post("/rate/answer", &[("code", &rating), ("score", "4")]).await.is(303);
}

/// The news on their way arrive; and what comes round, or is told as somebody wishes.
async fn told(app: &TestApp, account: Id) {
    // In the evening: reminders, which only repeat what is owed, come within working time.
    let evening = app.clock.now().plus_ms(10 * 3_600_000);
    app.worker().run_until_idle(app.db(), evening).await.expect("the worker");
    let put = app.db().write(move |tx| {
        Box::pin(async move {
            for (id, topic) in [(11, "reminder"), (12, "digest"), (13, "work")] {
                let told = notices::Told {
                    topic: topic.to_owned(),
                    subject: Id(7),
                    code: "SK26-000001".to_owned(),
                    kind: "before".to_owned(),
                    account: Some(account),
                    n: 0,
                    at: 7,
                    said: json!({}),
                };
                notices::inbox::put(tx, account, &told.item(Id(id))).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    put.await.expect("in the box");
}

/// An address given, and what an official wants to be told.
async fn reached(app: &TestApp, citizen: &mut Client, officer: &mut Client) {
    let sms = std::sync::Arc::new(notices::sms::InMemory::default());
    app.reach(notices::Channels { mail: None, sms: Some(sms) });
    citizen.get("/notices/channels").await.is(200);
    citizen.post("/notices/channels/sms", &[("address", "0912345678")]).await.is(303);
    officer.get("/notices/channels").await.is(200);
    officer.post("/notices/channels/wishes", &[("assigned", "digest")]).await.is(303);
    let mut keeper = app.administrator().await;
    keeper.get("/notices/reminders").await.is(200);
    let rule = [
        ("due", "petition-answer"),
        ("side", "before"),
        ("since", "2026-12-07"),
        ("span", "2wd"),
        ("whom", "heads"),
        ("basis", "QĐ 12/QĐ-UBND"),
    ];
    keeper.post("/notices/reminders", &rule).await.is(303);
}

/// A plan read, decided about and saved as a programme; a figure declared with its evidence; one-time codes.
async fn steered(app: &TestApp) {
    let mut officer = app.signed_in(Role::ReformOfficer).await;
    let plan = plan_read(&mut officer).await;
    officer.post(&format!("{plan}/items/1/accept"), &[("version", "1")]).await.is(303);
    plan_saved(&mut officer, &plan).await;
    let (actor, now, tree) = (app.actor_of(&officer).await, app.clock.now(), app.tree().clone());
    let declared = app.db().write(move |tx| {
        Box::pin(async move {
            let counted = records::measures(&motcua::kinds()).expect("declared");
            let house = reform::House::new(std::sync::Arc::new(tree.clone()), &reform::shipped(&counted));
            let day = now.date().to_string();
            let fields = [("as_of", day.as_str()), ("numerator", "92"), ("denominator", "103")];
            let evidence = files::Staged {
                sha256: "ab".repeat(32),
                size_bytes: 3,
                media_type: "application/pdf".into(),
                name: "bao-cao.pdf".into(),
            };
            let typed = records::Typed { files: vec![evidence], ..fields.into() };
            let root = tree.root().expect("a root").id;
            let asker = records::Asker::actor(&actor, now);
            reform::declare::declare(tx, &house, &asker, ("ST-062", root), &typed).await
        })
    });
    declared.await.expect("a declared figure");
    defined(app, &mut officer).await;
    let secret = secret_on(&officer.post("/account/totp/begin", &[]).await);
    let code = identity::totp::code_at(&secret, app.clock.now()).expect("a code");
    officer.post("/account/totp/confirm", &[("code", &code)]).await.is(200);
    asked(app, app.actor_of(&officer).await.account).await;
}

/// Another definition of an indicator, put into force by a second person.
async fn defined(app: &TestApp, keeper: &mut Client) {
    let page = keeper.get("/steering/indicators/online-share").await;
    let changed = crate::journeys::definitions::changed(&page, "2027-06-01");
    let fields: Vec<(&str, &str)> = changed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    keeper.post("/steering/indicators/online-share", &fields).await.is(303);
    let (actor, now) = (app.actor_of(keeper).await, app.clock.now());
    let root = app.tree().root().expect("a root").clone();
    let grants = vec![base::Grant::new(Role::Leader, root.id, root.path.clone())];
    let leader = base::Actor { account: app.person(Role::Leader).id, grants, ..actor };
    let (tree, typed) = (app.tree().clone(), records::Typed::default());
    let house = reform::House::new(
        std::sync::Arc::new(tree),
        &reform::shipped(&records::measures(&motcua::kinds()).expect("declared")),
    );
    let confirmed = app.db().write(move |tx| {
        Box::pin(async move {
            let asker = records::Asker::actor(&leader, now);
            records::act::<reform::Definition>(tx, &house, &asker, ("DN26-0001", "confirm"), &typed).await
        })
    });
    confirmed.await.expect("a definition in force");
}

/// A role of the province's own, confirmed and granted for one field, and a program with a token that is used and one taken back.
async fn ruled(app: &TestApp) {
    let keeper = app.administrator().await;
    let root = app.tree().root().expect("a root").clone();
    let second = crate::harness::settle_official(app.db(), "thu.hai", Role::Administrator, &root).await;
    let (actor, now, known) = (app.actor_of(&keeper).await, app.clock.now(), known());
    let other = base::Actor { account: second, ..actor.clone() };
    let made = app.db().write(move |tx| {
        Box::pin(async move {
            let role = identity::roles::NewRole {
                name_vi: "Trực".into(),
                name_en: "On duty".into(),
                permissions: BTreeSet::from(["read-feedback".to_owned()]),
                basis: "QĐ 1".into(),
            };
            let role = identity::roles::ask(tx, &actor, role, &known, now).await?;
            identity::roles::decide(tx, &other, role, true, now).await?;
            let login = identity::Login::new("kho.du.lieu").map_err(base::Fault::invalid)?;
            let machine = identity::machines::create(tx, &actor, login, "Kho".into(), now).await?;
            let grant = identity::NewGrant {
                account: machine,
                role: Role::Own,
                own: Some(role),
                fields: Some(BTreeSet::from(["dat-dai".to_owned()])),
                agency: root.id,
                agency_path: root.path.clone(),
                valid_from: now.date(),
                valid_to: None,
                basis: "QĐ 2".into(),
            };
            identity::requests::ask_grant(tx, &actor, grant, &known, now).await?;
            let request = identity::requests::waiting_for(tx, machine, now).await?[0].id;
            identity::requests::confirm(tx, &other, request, &known, now).await?;
            for label in ["một", "hai"] {
                identity::machines::make_token(tx, &actor, machine, (label.into(), now.date()), now).await?;
            }
            let token = identity::machines::of(tx, machine).await?[1].id;
            identity::machines::revoke_token(tx, &actor, machine, token, now).await?;
            // A role that was made and is not used any more.
            let spare = identity::roles::NewRole {
                name_vi: "Thôi dùng".into(),
                name_en: "Over".into(),
                permissions: BTreeSet::from(["read-steering".to_owned()]),
                basis: "QĐ 3".into(),
            };
            let spare = identity::roles::ask(tx, &actor, spare, &known, now).await?;
            identity::roles::decide(tx, &other, spare, true, now).await?;
            identity::roles::end(tx, &actor, spare, now).await
        })
    });
    made.await.expect("roles and tokens");
}

/// Every permission of the program.
fn known() -> Vec<base::Permission> {
    harness::modules().iter().flat_map(|module| module.permissions.to_vec()).collect()
}

/// A new password is asked for, with half a code; and a role of the province's own.
async fn asked(app: &TestApp, account: Id) {
    let keeper = app.administrator().await;
    let (actor, now, known) = (app.actor_of(&keeper).await, app.clock.now(), known());
    let written = app.db().write(move |tx| {
        Box::pin(async move {
            identity::requests::ask(tx, &actor, account, identity::requests::Wish::Password, now).await?;
            let role = identity::roles::NewRole {
                name_vi: "Chờ".into(),
                name_en: "Waits".into(),
                permissions: BTreeSet::from(["read-steering".to_owned()]),
                basis: "QĐ 4".into(),
            };
            identity::roles::ask(tx, &actor, role, &known, now).await
        })
    });
    written.await.expect("a request");
}

/// A division has another name from today on.
async fn renamed(app: &TestApp) {
    let keeper = app.administrator().await;
    let (actor, now) = (app.actor_of(&keeper).await, app.clock.now());
    let division = app.person(Role::Officer).agency;
    let renamed = app.db().write(move |tx| {
        Box::pin(async move {
            let name = ("name", "Phòng Văn hóa và Xã hội mới");
            let day = now.date().to_string();
            let typed = [name, ("decision", "12/QĐ-UBND"), ("reason", "Đổi tên"), ("day", day.as_str())].into();
            organisation::verbs::act(tx, &actor, now, (division, "rename"), &typed, &[]).await
        })
    });
    renamed.await.expect("a new name");
}
