//! How an engine would read a statement, for the tests that hold every list to its index.

use store::{Db, Engine, Sql, StoreError, Tx, Value, params};

/// A value as it stands in a statement's text.
fn literal(value: &Value, engine: Engine) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Real(n) => n.to_string(),
        Value::Text(text) => quoted(text),
        Value::Bool(is) if engine == Engine::Sqlite => i64::from(*is).to_string(),
        Value::Bool(is) => is.to_string(),
        Value::Json(json) if engine == Engine::Sqlite => quoted(&json.to_string()),
        Value::Json(json) => format!("CAST({} AS JSONB)", quoted(&json.to_string())),
        Value::Bytes(_) => "''".to_owned(),
    }
}

/// The engine's plan of a statement with these values, a line for each step. PostgreSQL plans as it does for the program: once, for any
/// value (`plan_cache_mode`).
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, statement: &Sql, values: &[Value]) -> Result<String, StoreError> {
    let engine = tx.engine();
    let text = statement.text(engine);
    let (text, values) = match engine {
        Engine::Sqlite => (text.into(), values.into()),
        Engine::Postgres => store::with_limits(text, values),
    };
    let literals: Vec<String> = values.iter().map(|value| literal(value, engine)).collect();
    let (asked, last) = match engine {
        Engine::Sqlite => {
            // The last first: `$1` begins `$12`, too.
            let put = |text: String, (n, value): (usize, &String)| text.replace(&format!("${}", n + 1), value);
            (format!("EXPLAIN QUERY PLAN {}", literals.iter().enumerate().rev().fold(text.into_owned(), put)), 3)
        }
        Engine::Postgres => {
            tx.execute(Sql::from(format!("PREPARE planned AS {text}")), params![]).await?;
            let with = if literals.is_empty() { String::new() } else { format!("({})", literals.join(", ")) };
            (format!("EXPLAIN EXECUTE planned{with}"), 0)
        }
    };
    let rows = tx.query(Sql::from(asked), params![]).await?;
    if engine == Engine::Postgres {
        tx.execute(Sql::from("DEALLOCATE planned".to_owned()), params![]).await?;
    }
    Ok(rows.iter().map(|row| row.at::<String>(last)).collect::<Result<Vec<_>, _>>()?.join("\n"))
}

/// What a page of a list may cost PostgreSQL by its own reckoning: for each of 26 rows a page of the index and one of the table (4.0 each).
const COST_MAX: f64 = 208.0;

/// Why a plan is more than the reading of a page's rows; none where it is no more.
///
/// SQLite has to read a range of the index named. PostgreSQL weighs indexes by how many rows it expects: which it takes is its own
/// affair, what that costs is not; what has no end (a scan of a table, a sort of all there is) costs more than a page may.
pub fn refused(plan: &str, index: &str) -> Option<String> {
    if let Some(cost) = cost(plan) {
        return (cost > COST_MAX).then(|| format!("{cost} for a page:\n{plan}"));
    }
    let scans = plan.lines().any(|line| line.starts_with("SCAN ") && !line.contains("json_each"));
    let wrong = scans || plan.contains("TEMP B-TREE") || !plan.contains(index);
    wrong.then(|| format!("{index} is not what is read:\n{plan}"))
}

/// What PostgreSQL expects a plan to cost, whole: its first line says `(cost=0.29..71.96 rows=…`. None for a plan of SQLite.
fn cost(plan: &str) -> Option<f64> {
    let (_, costs) = plan.lines().next()?.split_once("(cost=")?;
    costs.split_once("..")?.1.split(' ').next()?.parse().ok()
}

/// The numbers from 1 to `n` as rows `k`, to fill a table from.
pub fn series(engine: Engine, n: i64) -> String {
    match engine {
        Engine::Sqlite => format!(
            "(WITH RECURSIVE s (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM s WHERE k < {n}) SELECT k FROM s) AS s"
        ),
        Engine::Postgres => format!("generate_series(CAST(1 AS BIGINT), {n}) AS s (k)"),
    }
}

/// Fills tables and asks for the plan of every lane; those that are no range of the index named beside them.
///
/// # Errors
/// The database's.
pub async fn refusals(
    db: &Db,
    fill: Vec<String>,
    lanes: Vec<(Sql, Vec<Value>, &'static str)>,
) -> Result<Vec<String>, StoreError> {
    let ask = db.write(move |tx| {
        Box::pin(async move {
            tx.without_time_limit().await?;
            for sql in fill {
                tx.execute(Sql::from(sql), params![]).await?;
            }
            let mut all = Vec::new();
            for (statement, values, index) in lanes {
                all.extend(refused(&of(tx, &statement, &values).await?, index));
            }
            Ok::<_, StoreError>(all)
        })
    });
    ask.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_a_sort_and_another_index_are_refused() {
        let fine = "SEARCH petition USING INDEX petition_state (state=? AND id<?)";
        assert_eq!(refused(fine, "petition_state"), None);
        assert!(refused("SCAN petition USING INDEX petition_state", "petition_state").is_some());
        assert!(refused(&format!("{fine}\nUSE TEMP B-TREE FOR ORDER BY"), "petition_state").is_some());
        assert!(refused(fine, "petition_unit").is_some());
        let page = "Limit  (cost=0.29..71.96 rows=26 width=245)\n  ->  Index Scan using petition_pkey on petition";
        assert_eq!(refused(page, "petition_state"), None);
        assert!(refused(&page.replace("71.96", "1871.95"), "petition_state").is_some());
        let whole = "Sort  (cost=2180.11..2240.01 rows=23960 width=245)\n  Sort Key: id\n  ->  Seq Scan on petition";
        assert!(refused(whole, "petition").is_some());
    }
}
