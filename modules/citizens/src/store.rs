//! SQL of the `draft` table.

use crate::draft::{Body, Draft};
use ::store::{Row, StoreError, Tx, params};
use base::{Fault, Id, Instant};

::store::statements! {
    /// Begins a draft or keeps what has been typed since.
    pub SAVE_DRAFT = "INSERT INTO draft (id, account_id, procedure_code, body, step, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account_id, procedure_code) DO UPDATE SET body = excluded.body, step = excluded.step, updated_at = excluded.updated_at";
    /// One account's draft of a procedure.
    pub DRAFT = "SELECT id, account_id, procedure_code, body, step, updated_at FROM draft WHERE account_id = $1 AND procedure_code = $2";
    /// All drafts of an account, the latest first.
    pub DRAFTS = "SELECT id, account_id, procedure_code, body, step, updated_at FROM draft WHERE account_id = $1 ORDER BY updated_at DESC, id LIMIT $2";
    /// How many an account has.
    pub COUNT_DRAFTS = "SELECT COUNT(*) AS n FROM draft WHERE account_id = $1";
    /// A draft was filed or dropped.
    pub DELETE_DRAFT = "DELETE FROM draft WHERE id = $1 AND account_id = $2";
}

fn read(row: &Row) -> Result<Draft, StoreError> {
    let body: serde_json::Value = row.get("body")?;
    Ok(Draft {
        id: row.get("id")?,
        account: row.get("account_id")?,
        procedure: row.get("procedure_code")?,
        // A draft in an older shape loses what no longer fits rather than locking its owner out.
        body: serde_json::from_value::<Body>(body).unwrap_or_default(),
        step: usize::try_from(row.get::<i64>("step")?).unwrap_or(1).max(1),
        updated_at: row.get("updated_at")?,
    })
}

pub async fn draft(tx: &Tx, account: Id, procedure: &str) -> Result<Option<Draft>, StoreError> {
    tx.query_opt(DRAFT, params![account, procedure]).await?.as_ref().map(read).transpose()
}

pub async fn drafts(tx: &Tx, account: Id, limit: usize) -> Result<Vec<Draft>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(DRAFTS, params![account, limit]).await?.iter().map(read).collect()
}

pub async fn count_drafts(tx: &Tx, account: Id) -> Result<usize, StoreError> {
    let n: i64 = tx.query_one(COUNT_DRAFTS, params![account]).await?.get("n")?;
    Ok(usize::try_from(n).unwrap_or(0))
}

pub async fn save(tx: &Tx, draft: &Draft, now: Instant) -> Result<(), Fault> {
    let body = serde_json::to_value(&draft.body).map_err(Fault::internal)?;
    let step = i64::try_from(draft.step).unwrap_or(1);
    tx.execute(SAVE_DRAFT, params![draft.id, draft.account, draft.procedure.clone(), body, step, now]).await?;
    Ok(())
}

/// False when it was gone already: filed in another window.
pub async fn delete(tx: &Tx, draft: Id, account: Id) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_DRAFT, params![draft, account]).await? == 1)
}
