use sha2::{Digest, Sha256};

use crate::db::Backend;
use crate::{Db, Engine, StoreError, Tx, params};

/// A module's numbered SQL, oldest first. Steps are never changed once they have been released.
///
/// Type words are spelt for each engine: `{id}`, `{serial}`, `{int}`, `{time}`, `{date}`, `{text}`, `{bool}`,
/// `{json}`, `{bytes}`, `{real}`; `{strict}` and `{clustered}` end a `CREATE TABLE`. Lines between `--sqlite` or
/// `--postgres` and `--end` are for that engine only.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    pub module: &'static str,
    /// (`0001_create`, SQL)
    pub steps: &'static [(&'static str, &'static str)],
}

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_step (\
     module {text} NOT NULL, name {text} NOT NULL, checksum {text} NOT NULL, \
     PRIMARY KEY (module, name)){clustered}";

/// What each word means on SQLite and on PostgreSQL.
const WORDS: &[(&str, &str, &str)] = &[
    ("{id}", "INTEGER", "BIGINT"),
    ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ("{int}", "INTEGER", "BIGINT"),
    ("{time}", "INTEGER", "BIGINT"),
    ("{date}", "TEXT", "TEXT"),
    ("{text}", "TEXT", "TEXT"),
    ("{bool}", "INTEGER", "BOOLEAN"),
    ("{json}", "TEXT", "JSONB"),
    ("{bytes}", "BLOB", "BYTEA"),
    ("{real}", "REAL", "DOUBLE PRECISION"),
    ("{strict}", " STRICT", ""),
    ("{clustered}", " STRICT, WITHOUT ROWID", ""),
];

/// The SQL of a step for one engine. `Err` names a block that is not closed.
pub(crate) fn expand(sql: &str, engine: Engine) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut block: Option<Engine> = None;
    for line in sql.lines() {
        match (line.trim(), block) {
            ("--sqlite", None) => block = Some(Engine::Sqlite),
            ("--postgres", None) => block = Some(Engine::Postgres),
            ("--end", Some(_)) => block = None,
            ("--sqlite" | "--postgres", Some(_)) => return Err("a block begins inside a block".into()),
            ("--end", None) => return Err("--end without a block".into()),
            (_, Some(only)) if only != engine => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    if block.is_some() {
        return Err("a block for one engine lacks its --end".into());
    }
    for (word, sqlite, postgres) in WORDS {
        if out.contains(word) {
            out = out.replace(word, if engine == Engine::Sqlite { sqlite } else { postgres });
        }
    }
    Ok(out)
}

fn checksum(sql: &str) -> String {
    // Over the text as written, before expansion, and without trailing blanks, so that both engines and both kinds of
    // line ends agree.
    let mut hash = Sha256::new();
    for line in sql.lines() {
        hash.update(line.trim_end().as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) async fn migrate(db: &Db, sets: &[Migrations]) -> Result<Vec<String>, StoreError> {
    if let Backend::Postgres(postgres) = &db.backend
        && let Some(schema) = postgres.schema()
    {
        let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        db.write(move |tx| {
            Box::pin(async move {
                tx.lock("motcua migrations").await?;
                tx.script(&create).await
            })
        })
        .await?;
    }
    let mut applied = Vec::new();
    for set in sets {
        for &(name, sql) in set.steps {
            let module = set.module;
            let full = format!("{module}/{name}");
            let done =
                db.write(move |tx| Box::pin(step(tx, module, name, sql))).await.map_err(|error| match error {
                    error @ StoreError::Migration { .. } => error,
                    other => StoreError::Migration { name: full.clone(), problem: other.to_string() },
                })?;
            if done {
                tracing::info!(step = %full, "migrated");
                applied.push(full);
            }
        }
    }
    if let (Backend::Postgres(postgres), false) = (&db.backend, applied.is_empty()) {
        // Plans made before a table changed would be refused once each.
        postgres.pool.manager().statement_caches.clear();
    }
    Ok(applied)
}

async fn step(tx: &Tx, module: &'static str, name: &'static str, sql: &'static str) -> Result<bool, StoreError> {
    let engine = tx.engine();
    let full = format!("{module}/{name}");
    let fail = |problem: String| StoreError::Migration { name: full.clone(), problem };
    tx.without_time_limit().await?;
    tx.lock("motcua migrations").await?;
    tx.script(&expand(CREATE, engine).map_err(&fail)?).await?;
    let sum = checksum(sql);
    let before = tx
        .query_opt("SELECT checksum FROM schema_step WHERE module = $1 AND name = $2", params![module, name])
        .await?
        .map(|row| row.at::<String>(0))
        .transpose()?;
    match before {
        Some(before) if before == sum => Ok(false),
        Some(_) => Err(fail(
            "was applied to this database and its text has been changed since; \
             put the old text back and write the change as a new step"
                .into(),
        )),
        None => {
            tx.script(&expand(sql, engine).map_err(&fail)?).await?;
            tx.execute(
                "INSERT INTO schema_step (module, name, checksum) VALUES ($1, $2, $3)",
                params![module, name, sum],
            )
            .await?;
            Ok(true)
        }
    }
}
