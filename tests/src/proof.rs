//! Verification notices every column of every table changed behind the program's back, or the column stands in the
//! short, reviewed list `tests/proof-outside.txt` with its reason.

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, Role};
use serde_json::json;
use store::{Db, Engine, Row, Sql, StoreError, Tx, params};

use crate::harness::{self, Client, TestApp, plan_read, plan_saved};
use crate::journeys::one_stop::{act, received};
use crate::journeys::portal::{filed_online, newcomer};
use crate::journeys::signing_in::secret_on;

/// `table.column  reason`, one a line; `table.*` stands for the whole table.
const OUTSIDE: &str = include_str!("../proof-outside.txt");

fn outside() -> BTreeMap<&'static str, &'static str> {
    let lines = OUTSIDE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once("  ").expect("two spaces before the reason")).collect()
}

#[test]
fn the_list_of_what_lies_outside_the_proof_gives_a_reason_for_each() {
    for (name, reason) in outside() {
        assert!(reason.trim().chars().count() > 15, "{name}: say why");
    }
}

/// A table's columns with their kind: `int`, `bool`, `text`, `bytes`, `json`.
async fn columns(db: &Db) -> Vec<(String, String, &'static str)> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT t.name AS tab, c.name AS col, lower(c.type) AS kind FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS tab, column_name::text AS col, data_type::text AS kind FROM information_schema.columns
             WHERE table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY 1, ordinal_position"
        }
    };
    let rows = db.read(move |tx| Box::pin(async move { tx.query(sql, params![]).await })).await.expect("the columns");
    let read = |row: &Row| -> Result<_, StoreError> {
        let kind: String = row.get("kind")?;
        let kind = match kind.as_str() {
            kind if kind.contains("bool") => "bool",
            kind if kind.contains("int") => "int",
            kind if kind.contains("json") => "json",
            kind if kind.contains("blob") || kind.contains("byte") => "bytes",
            _ => "text",
        };
        Ok((row.get::<String>("tab")?, row.get::<String>("col")?, kind))
    };
    rows.iter().map(|row| read(row).expect("a column")).collect()
}

/// Other values for a column, as SQL: the first that the table's own rules let through is taken.
fn other_values(column: &str, kind: &str, engine: Engine) -> Vec<String> {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    match (kind, engine) {
        ("bool", _) => vec![format!("NOT {column}"), "TRUE".to_owned()],
        ("int", _) => vec![format!("coalesce({column}, 0) + 1"), "7".to_owned(), format!("1 - {column}")],
        ("bytes", Engine::Sqlite) => own(&["x'00ff'"]),
        ("bytes", Engine::Postgres) => own(&["'\\x00ff'::bytea"]),
        ("json", _) => own(&["'{\"other\": 1}'"]),
        _ => {
            let mut all = own(&["'2001-02-03'"]);
            all.push(format!("coalesce({column}, '') || 'x'"));
            all.extend(own(&[
                "'other'",
                "'official'",
                "'citizen'",
                "'closed'",
                "'active'",
                "'open'",
                "'code'",
                "'done'",
                "'dead'",
            ]));
            all
        }
    }
}

/// What came of tampering: the database's own rules forbade it, nothing was changed, or this is what verification said.
#[derive(Debug)]
enum Came {
    Refused,
    Nothing,
    Verified { well: bool },
}

struct TakenBack(Came);

impl From<StoreError> for TakenBack {
    fn from(_: StoreError) -> Self {
        TakenBack(Came::Refused)
    }
}

/// Tampers, verifies and takes it back.
async fn tamper(db: &Db, sql: String) -> Came {
    let outcome = db
        .write(move |tx| {
            Box::pin(async move {
                let changed = tx.execute(Sql::from(sql), params![]).await?;
                if changed == 0 {
                    return Err(TakenBack(Came::Nothing));
                }
                // A row that can no longer be read stops the verification: that is noticing, too.
                let well = verified(tx).await.is_ok_and(|report| report.is_well());
                Err::<(), _>(TakenBack(Came::Verified { well }))
            })
        })
        .await;
    match outcome {
        Err(TakenBack(came)) => came,
        Ok(()) => panic!("not taken back"),
    }
}

async fn verified(tx: &Tx) -> Result<dossiers::verify::Report, StoreError> {
    let outside = dossiers::verify::Outside { proofs: motcua::proofs(), kinds: motcua::kinds(), ..Default::default() };
    dossiers::verify::check(tx, &outside, &|_| ()).await
}

/// Where the first row of a table stands, as a condition.
fn first_row(table: &str, column: &str, engine: Engine) -> String {
    match engine {
        Engine::Sqlite => format!(
            "WHERE ({column}) IN (SELECT {column} FROM {table} ORDER BY {column} IS NULL, {column} LIMIT 1) OR ({column} IS NULL AND NOT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NOT NULL))"
        ),
        Engine::Postgres => format!("WHERE ctid = (SELECT ctid FROM {table} ORDER BY {column} IS NULL LIMIT 1)"),
    }
}

/// Somebody's life in a small province: whatever the tables are for is there once.
async fn lived_in(app: &TestApp) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let mut officer = app.signed_in(Role::Officer).await;
    let mut leader = app.signed_in(Role::Leader).await;
    // Before the day is sealed.
    ruled(app).await;
    let code = received(app, &mut clerk).await;
    app.clock.advance_ms(3_600_000);
    act(&mut officer, &code, "forward", json!({})).await.is(200);
    act(&mut leader, &code, "approve", json!({})).await.is(200);
    act(&mut clerk, &code, "return-result", json!({ "handed_to": "owner" })).await.is(200);
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
    received(app, &mut app.signed_in(Role::Clerk).await).await;
    // One petition that complains of a unit, with a picture.
    let unit = app.person(Role::Leader).agency.to_string();
    crate::journeys::petitions::sent(app, Some(unit)).await;
    // An initiative that waits for a decision.
    let mut author = app.signed_in(Role::Officer).await;
    author.get("/initiatives/new").await.is(200);
    let words = [("title", "Hẹn giờ"), ("sort", "model"), ("text", "Chờ lâu."), ("answer_does", "Nhắn trước.")];
    author.upload("/initiatives/new", &words, &[]).await.is(303);
    crate::journeys::dialogues::announced(app).await;
    steered(app).await;
    renamed(app).await;
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

/// What was asked for an account, and half a code for a new password.
async fn asked(app: &TestApp, account: Id) {
    let now = app.clock.now();
    let written = app.db().write(move |tx| {
        Box::pin(async move {
            let request = "INSERT INTO account_request (id, account_id, kind, asked_by, asked_at) VALUES (5, $1, 'password', $1, 7)";
            tx.execute(request, params![account]).await?;
            let code = "INSERT INTO password_code (account_id, first_hash, made_at) VALUES ($1, $2, 7)";
            tx.execute(code, params![account, vec![1_u8, 2]]).await?;
            let (data, actor) = (json!({}), Some(account));
            let event = audit::NewEvent { kind: "request-made", at: now, actor, agency: None, data };
            audit::append_kept(tx, identity::PROOF.kept, account, event).await
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

/// What came of changing everything in one province.
#[derive(Default)]
struct Tried {
    /// Names on the list that are needed there.
    used: BTreeSet<&'static str>,
    unnoticed: BTreeSet<String>,
    tried: usize,
}

#[test]
fn every_column_changed_and_every_row_taken_away_behind_the_programs_back_is_noticed_or_on_the_list() {
    harness::run(async {
        // The engines beside each other: this is the longest of all tests.
        let mut runs = tokio::task::JoinSet::new();
        for province in harness::small_provinces().await {
            runs.spawn(everything_changed(province));
        }
        let mut all = Tried::default();
        while let Some(one) = runs.join_next().await {
            let one = one.expect("one engine's run");
            all.used.extend(one.used);
            all.unnoticed.extend(one.unnoticed);
            all.tried += one.tried;
        }
        assert!(all.tried > 250, "{}", all.tried);
        let unnoticed: Vec<_> = all.unnoticed.into_iter().collect();
        assert!(unnoticed.is_empty(), "verification says nothing of:\n{}", unnoticed.join("\n"));
        let idle: Vec<_> = outside().into_keys().filter(|name| !all.used.contains(name)).collect();
        assert!(idle.is_empty(), "on the list, and noticed or not there: {idle:?}");
    });
}

/// Changes every column and takes a row out of every table, one after the other, and asks each time what verification says.
async fn everything_changed(province: &'static harness::Province) -> Tried {
    let mut all = Tried::default();
    let outside = outside();
    let app = TestApp::with(province, |_| {}).await;
    lived_in(&app).await;
    let (db, engine) = (app.db(), app.engine());
    let clean = db.read(|tx| Box::pin(async move { verified(tx).await })).await.expect("a report");
    assert!(clean.is_well() && clean.kept_rows_checked > 100, "{clean:?}");
    let mut tables = BTreeSet::new();
    for (table, column, kind) in columns(db).await {
        if ["dossier_search_", "dossier_words_", "subject_words_"].iter().any(|shadow| table.starts_with(shadow)) {
            continue;
        }
        tables.insert(table.clone());
        let mut came = Came::Nothing;
        for value in other_values(&column, kind, engine) {
            let change = format!("UPDATE {table} SET {column} = {value} {}", first_row(&table, &column, engine));
            came = tamper(db, change).await;
            match &came {
                Came::Refused => {}
                _ => break,
            }
        }
        let name = format!("{table}.{column}");
        judge(&name, &table, came, &outside, &mut all.used, &mut all.unnoticed);
        all.tried += 1;
    }
    for table in tables {
        let which = match engine {
            Engine::Sqlite if table.ends_with("_search") => {
                format!("DELETE FROM {table} WHERE rowid IN (SELECT min(id) FROM dossier)")
            }
            Engine::Sqlite => format!("DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})"),
            Engine::Postgres => format!("DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})"),
        };
        let came = match tamper(db, which).await {
            // Tables without a rowid: all of it.
            Came::Refused => tamper(db, format!("DELETE FROM {table}")).await,
            came => came,
        };
        judge(&format!("{table}.-row"), &table, came, &outside, &mut all.used, &mut all.unnoticed);
    }
    all
}

fn judge(
    name: &str,
    table: &str,
    came: Came,
    outside: &BTreeMap<&'static str, &'static str>,
    used: &mut BTreeSet<&'static str>,
    unnoticed: &mut BTreeSet<String>,
) {
    let noticed = match &came {
        Came::Refused => true,
        Came::Nothing => false,
        Came::Verified { well } => !well,
    };
    if noticed {
        return;
    }
    let whole = format!("{table}.*");
    match outside.get_key_value(name).or_else(|| outside.get_key_value(whole.as_str())) {
        Some((listed, _)) => {
            used.insert(listed);
        }
        None => {
            let empty = if matches!(came, Came::Nothing) { " (no row in the test's province)" } else { "" };
            unnoticed.insert(format!("{name}{empty}"));
        }
    }
}
