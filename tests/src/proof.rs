//! Verification notices every column of every table changed behind the program's back, or the column stands in the
//! short, reviewed list `tests/proof-outside.txt` with its reason.

use std::collections::{BTreeMap, BTreeSet};

use store::{Db, Engine, Row, Sql, StoreError, Tx, params};

use crate::harness::{self, TestApp};
use crate::lived::lived_in;

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

/// What there is in boxes, by what it is about.
async fn topics(db: &Db) -> Vec<String> {
    let sql = "SELECT DISTINCT topic FROM inbox ORDER BY topic";
    let rows = db.read(move |tx| Box::pin(async move { tx.query(sql, params![]).await })).await.expect("the topics");
    let topics: Vec<String> = rows.iter().map(|row| row.get("topic").expect("a topic")).collect();
    assert!(
        ["dossier", "petition", "dialogue-item"].iter().all(|one| topics.iter().any(|topic| topic == one)),
        "{topics:?}"
    );
    topics
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
    let (proofs, kinds) = (motcua::proofs(), motcua::kinds());
    let outside = dossiers::verify::Outside { proofs, kinds, to_the_first: true, ..Default::default() };
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
        let name = format!("{table}.{column}");
        // Boxes are gone through below.
        if table == "inbox" && !outside.contains_key(name.as_str()) {
            continue;
        }
        if table != "inbox" {
            tables.insert(table.clone());
        }
        let mut came = Came::Nothing;
        for value in other_values(&column, kind, engine) {
            let change = format!("UPDATE {table} SET {column} = {value} {}", first_row(&table, &column, engine));
            came = tamper(db, change).await;
            match &came {
                Came::Refused => {}
                _ => break,
            }
        }
        judge(&name, &table, came, &outside, &mut all.used, &mut all.unnoticed);
        all.tried += 1;
    }
    // What lies in boxes is proven by what it is about: one row of each.
    for topic in topics(db).await {
        let (table, row) =
            (format!("inbox[{topic}]"), format!("WHERE id = (SELECT min(id) FROM inbox WHERE topic = '{topic}')"));
        for (_, column, kind) in columns(db).await.into_iter().filter(|(table, ..)| table == "inbox") {
            if outside.contains_key(format!("inbox.{column}").as_str()) {
                continue;
            }
            let mut came = Came::Refused;
            for value in other_values(&column, kind, engine) {
                came = tamper(db, format!("UPDATE inbox SET {column} = {value} {row}")).await;
                if !matches!(came, Came::Refused) {
                    break;
                }
            }
            judge(&format!("{table}.{column}"), &table, came, &outside, &mut all.used, &mut all.unnoticed);
        }
        let came = tamper(db, format!("DELETE FROM inbox {row}")).await;
        judge(&format!("{table}.-row"), &table, came, &outside, &mut all.used, &mut all.unnoticed);
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
