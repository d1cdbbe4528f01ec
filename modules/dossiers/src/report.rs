//! What modules above may read of the dossiers without knowing their tables.

use crate::dossier::Status;
use ::store::{StoreError, Tx, Value, params};
use base::{Id, Instant};
use std::collections::HashMap;

/// Dossiers asked for in one statement.
const LINES_MAX: usize = 1_000;

::store::statements! {
    /// Dossiers being worked on past their due moment, by competent agency; never leaves its index.
    pub REPORT_OVERDUE = "SELECT competent_id, CAST(COUNT(*) AS BIGINT) AS n FROM dossier WHERE status IN (2, 4) AND due_at < $1 GROUP BY competent_id ORDER BY n DESC, competent_id";
    /// What a list of cases shows of some dossiers; their ids are one JSON list.
    pub REPORT_LINES = sqlite "SELECT id, code, version_id, status, competent_id FROM dossier WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, code, version_id, status, competent_id FROM dossier WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
}

/// A dossier in a list of cases: nothing that names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    pub code: String,
    pub version: Id,
    pub status: Status,
    pub competent: Id,
}

/// The dossiers with these ids, by id.
pub async fn case_lines(tx: &Tx, ids: &[Id]) -> Result<HashMap<Id, CaseLine>, StoreError> {
    let mut lines = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(LINES_MAX) {
        let list = Value::Json(chunk.iter().map(|id| serde_json::Value::from(id.0)).collect());
        for row in tx.query(REPORT_LINES, &[list]).await? {
            let status = Status::from_code(row.get("status")?).ok_or_else(|| StoreError::Column {
                column: "status".to_owned(),
                problem: "not a status".to_owned(),
            })?;
            let line = CaseLine {
                code: row.get("code")?,
                version: row.get("version_id")?,
                status,
                competent: row.get("competent_id")?,
            };
            lines.insert(row.get("id")?, line);
        }
    }
    Ok(lines)
}

/// How many open dossiers are overdue at each competent agency, most first. One whose clock is paused is not.
pub async fn overdue_by_agency(tx: &Tx, now: Instant) -> Result<Vec<(Id, i64)>, StoreError> {
    tx.query(REPORT_OVERDUE, params![now])
        .await?
        .iter()
        .map(|row| Ok((row.get("competent_id")?, row.get("n")?)))
        .collect()
}
