//! SQL of wordings, and nothing else. Rows are written by [`records::happen`].

use super::template::Template;
use ::store::{StoreError, Tx, params};
use base::{Date, Id};
use records::Held;

::store::statements! {
    /// What is in force by a day, the earlier first.
    pub WORDINGS_IN_FORCE = "SELECT * FROM paper_template WHERE stage = 'in-force' AND valid_from <= $1 ORDER BY valid_from, id LIMIT 1000";
    /// One.
    pub WORDING = "SELECT * FROM paper_template WHERE code = $1";
    /// All of a stage, the latest first.
    pub WORDINGS = "SELECT * FROM paper_template WHERE stage = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// The last day from which a wording holds.
    pub WORDING_LAST = "SELECT MAX(valid_from) AS last FROM paper_template WHERE stage = 'in-force' AND paper = $1 AND procedure = $2 AND (name = $3 OR $3 = '')";
    /// Whether another version of it waits for the second person.
    pub WORDING_WAITS = "SELECT COUNT(*) AS n FROM paper_template WHERE stage = 'proposed' AND paper = $1 AND procedure = $2 AND (name = $3 OR $3 = '')";
}

/// Those in force by a day, in the order of their first days.
pub(crate) async fn in_force(tx: &Tx, day: Date) -> Result<Vec<Held<Template>>, StoreError> {
    Held::read_all(&tx.query(WORDINGS_IN_FORCE, params![day]).await?)
}

/// One by its code.
pub(crate) async fn by_code(tx: &Tx, code: &str) -> Result<Option<Held<Template>>, StoreError> {
    tx.query_opt(WORDING, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// A page of a stage, those after an id.
pub(crate) async fn page(tx: &Tx, stage: &str, after: Id, limit: usize) -> Result<Vec<Held<Template>>, StoreError> {
    Held::read_all(&tx.query(WORDINGS, params![stage, after, limit as i64]).await?)
}

/// The last first day of a wording that is in force, and whether a version of it waits; of a form without its name, for there is one of each.
pub(crate) async fn standing(tx: &Tx, of: (&str, &str, &str)) -> Result<(Option<Date>, bool), StoreError> {
    let last = tx.query_one(WORDING_LAST, params![of.0, of.1, of.2]).await?.get("last")?;
    let waits: i64 = tx.query_one(WORDING_WAITS, params![of.0, of.1, of.2]).await?.get("n")?;
    Ok((last, waits > 0))
}
