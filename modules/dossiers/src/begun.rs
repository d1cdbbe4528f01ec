//! What a clerk has begun to take in and not received yet: kept as typed, so that a person who has to fetch a paper, or a machine that goes off,
//! costs nothing. Nothing of it has been checked; it is the clerk's own and goes after a few days.

use ::store::{Row, StoreError, Tx, params};
use base::{Fault, Id, Instant, Problem};
use std::collections::BTreeMap;

/// How long it is kept after the last change.
pub const KEPT_MS: i64 = 7 * 86_400_000;
/// Most of one clerk at once.
pub const BEGUN_MAX: i64 = 40;
/// Of what was typed, most bytes: a form is far smaller.
const BYTES_MAX: usize = 64 * 1024;

::store::statements! {
    /// Begins one, or keeps what has been typed since; nobody else's.
    pub SAVE_BEGUN = "INSERT INTO intake_begun (id, account_id, procedure_code, linked, body, updated_at) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at WHERE intake_begun.account_id = excluded.account_id";
    /// One of a clerk's.
    pub BEGUN = "SELECT id, procedure_code, linked, body, updated_at FROM intake_begun WHERE id = $1 AND account_id = $2";
    /// All of a clerk's since a moment, the latest first.
    pub ALL_BEGUN = "SELECT id, procedure_code, linked, body, updated_at FROM intake_begun WHERE account_id = $1 AND updated_at > $2 ORDER BY updated_at DESC, id LIMIT $3";
    /// How many of them there are beside one.
    pub COUNT_BEGUN = "SELECT COUNT(*) AS n FROM intake_begun WHERE account_id = $1 AND id <> $2";
    /// It was received, or thrown away.
    pub DROP_BEGUN = "DELETE FROM intake_begun WHERE id = $1 AND account_id = $2";
    /// Old ones go, a bounded number at a time.
    pub PURGE_BEGUN = "DELETE FROM intake_begun WHERE id IN (SELECT id FROM intake_begun WHERE updated_at < $1 LIMIT 200)";
}

/// Fields of a form with their values.
pub type Fields = BTreeMap<String, Vec<String>>;

/// Something begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub id: Id,
    pub procedure: String,
    pub linked: String,
    pub fields: Fields,
    pub updated_at: Instant,
}

impl Begun {
    fn read(row: &Row) -> Result<Begun, StoreError> {
        let body: serde_json::Value = row.get("body")?;
        Ok(Begun {
            id: row.get("id")?,
            procedure: row.get("procedure_code")?,
            linked: row.get("linked")?,
            // One of an older shape loses what no longer fits.
            fields: serde_json::from_value(body).unwrap_or_default(),
            updated_at: row.get("updated_at")?,
        })
    }

    /// The first value of a field.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    /// Whether somebody typed anything: what the page says by itself is not worth keeping.
    pub fn is_worth_keeping(&self) -> bool {
        let typed =
            ["owner_name", "owner_number", "owner_phone", "owner_address", "submitter_name", "summary", "people"];
        let answered = |name: &String| name.starts_with("answer_");
        typed.iter().any(|name| !self.text(name).is_empty())
            || self.fields.keys().filter(|name| answered(name)).any(|name| !self.text(name).is_empty())
    }
}

/// Keeps what was typed.
///
/// # Errors
/// `Conflict` with `dossier-begun-many` for one more than [`BEGUN_MAX`]; `TooLarge`; those of the database.
pub async fn save(tx: &Tx, account: Id, begun: &Begun, now: Instant) -> Result<(), Fault> {
    let body = serde_json::to_value(&begun.fields).map_err(Fault::internal)?;
    if body.to_string().len() > BYTES_MAX {
        return Err(Fault::TooLarge(Problem::new("dossier-begun-large")));
    }
    tx.execute(PURGE_BEGUN, params![now.plus_ms(-KEPT_MS)]).await?;
    let others: i64 = tx.query_one(COUNT_BEGUN, params![account, begun.id]).await?.get("n")?;
    if others >= BEGUN_MAX {
        return Err(Fault::Conflict(Problem::new("dossier-begun-many").arg("max", BEGUN_MAX)));
    }
    let (procedure, linked) = (begun.procedure.as_str(), begun.linked.as_str());
    tx.execute(SAVE_BEGUN, params![begun.id, account, procedure, linked, body, now]).await?;
    Ok(())
}

/// One of a clerk's.
///
/// # Errors
/// `NotFound` for anybody else's and for what is gone.
pub async fn one(tx: &Tx, account: Id, id: Id) -> Result<Begun, Fault> {
    let row = tx.query_opt(BEGUN, params![id, account]).await?;
    row.as_ref().map(Begun::read).transpose()?.ok_or(Fault::NotFound("dossier-begun-gone"))
}

/// All of a clerk's, the latest first.
///
/// # Errors
/// The database's.
pub async fn all(tx: &Tx, account: Id, now: Instant) -> Result<Vec<Begun>, StoreError> {
    tx.query(ALL_BEGUN, params![account, now.plus_ms(-KEPT_MS), BEGUN_MAX]).await?.iter().map(Begun::read).collect()
}

/// It was received, or thrown away: false when it was gone already.
///
/// # Errors
/// The database's.
pub async fn drop(tx: &Tx, account: Id, id: Id) -> Result<bool, StoreError> {
    Ok(tx.execute(DROP_BEGUN, params![id, account]).await? == 1)
}
