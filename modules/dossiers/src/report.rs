//! What modules above may read of the dossiers without knowing their tables.

use ::store::{StoreError, Tx, params};
use base::{Id, Instant};

::store::statements! {
    /// Dossiers being worked on past their due moment, by competent agency; never leaves its index.
    pub REPORT_OVERDUE = "SELECT competent_id, CAST(COUNT(*) AS BIGINT) AS n FROM dossier WHERE status IN (2, 4) AND due_at < $1 GROUP BY competent_id ORDER BY n DESC, competent_id";
}

/// How many open dossiers are overdue at each competent agency, most first. One whose clock is paused is not.
pub async fn overdue_by_agency(tx: &Tx, now: Instant) -> Result<Vec<(Id, i64)>, StoreError> {
    tx.query(REPORT_OVERDUE, params![now])
        .await?
        .iter()
        .map(|row| Ok((row.get("competent_id")?, row.get("n")?)))
        .collect()
}
