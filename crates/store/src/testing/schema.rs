use crate::{Db, Engine, Migrations, StoreError, params};

const SQLITE: &str = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";

const POSTGRES: &str = "\
    SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) \
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || ' ' || a.attidentity::text || ' ' \
           || coalesce(pg_get_expr(d.adbin, d.adrelid), '') \
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v', 'm') \
       AND a.attnum > 0 AND NOT a.attisdropped \
    UNION ALL SELECT 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid) \
      FROM pg_constraint WHERE connamespace = current_schema()::regnamespace \
    UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = current_schema() \
    UNION ALL SELECT 'view', viewname::text, definition FROM pg_views WHERE schemaname = current_schema() \
    UNION ALL SELECT 'trigger', t.tgname::text, pg_get_triggerdef(t.oid) FROM pg_trigger t \
      JOIN pg_class c ON c.oid = t.tgrelid \
     WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal \
    UNION ALL SELECT 'function', p.proname::text, pg_get_functiondef(p.oid) FROM pg_proc p \
     WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind IN ('f', 'p')";

/// Everything a database declares, one line each, in a stable order: to compare two of one engine.
pub async fn schema(db: &Db) -> Result<Vec<String>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let rows = db.read(move |tx| Box::pin(async move { tx.query(sql, params![]).await })).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let (kind, name, text): (String, String, String) = (row.at(0)?, row.at(1)?, row.at(2)?);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.push(format!("{kind} {name}: {text}"));
    }
    lines.sort();
    Ok(lines)
}

/// Applies all migrations at once to one fresh database, and one step per call to another, and returns the lines of
/// [`schema`] in which they differ, for both engines. Also runs each call twice, which must apply nothing more.
pub async fn steps_equal_fresh_install(sets: &[Migrations]) -> Result<Vec<String>, StoreError> {
    let mut differences = Vec::new();
    for (fresh, stepped) in super::databases().await.into_iter().zip(super::databases().await) {
        fresh.migrate(sets).await?;
        for (index, set) in sets.iter().enumerate() {
            for count in 1..=set.steps.len() {
                let mut so_far = sets.get(..index).unwrap_or_default().to_vec();
                so_far.push(Migrations { module: set.module, steps: set.steps.get(..count).unwrap_or_default() });
                stepped.migrate(&so_far).await?;
                for again in stepped.migrate(&so_far).await? {
                    differences.push(format!("{again} was applied twice"));
                }
            }
        }
        let (a, b) = (schema(&fresh).await?, schema(&stepped).await?);
        differences.extend(a.iter().filter(|line| !b.contains(line)).map(|line| format!("only at once: {line}")));
        differences.extend(b.iter().filter(|line| !a.contains(line)).map(|line| format!("only step by step: {line}")));
    }
    Ok(differences)
}
