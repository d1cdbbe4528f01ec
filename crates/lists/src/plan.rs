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

/// The engine's plan of a statement with these values, a line for each step.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, statement: &Sql, values: &[Value]) -> Result<String, StoreError> {
    let engine = tx.engine();
    let mut text = statement.text(engine).to_owned();
    // The last first: `$1` begins `$12`, too.
    for (n, value) in values.iter().enumerate().rev() {
        text = text.replace(&format!("${}", n + 1), &literal(value, engine));
    }
    let (asked, last) = match engine {
        Engine::Sqlite => (format!("EXPLAIN QUERY PLAN {text}"), 3),
        Engine::Postgres => (format!("EXPLAIN {text}"), 0),
    };
    let rows = tx.query(Sql::from(asked), params![]).await?;
    Ok(rows.iter().map(|row| row.at::<String>(last)).collect::<Result<Vec<_>, _>>()?.join("\n"))
}

/// Why a plan is no range of an index of this name; none where it is one.
pub fn refused(plan: &str, index: &str) -> Option<String> {
    let scans = plan.lines().any(|line| line.starts_with("SCAN ") && !line.contains("json_each"));
    let sorts = plan.contains("TEMP B-TREE") || plan.contains("Sort Key");
    let reads = plan.contains(index);
    let wrong = scans || sorts || plan.contains("Seq Scan") || !reads;
    wrong.then(|| format!("{index} is not what is read:\n{plan}"))
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
        assert!(refused("Limit\n  ->  Seq Scan on petition_state", "petition_state").is_some());
    }
}
