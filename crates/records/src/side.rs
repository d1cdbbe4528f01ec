//! SQL of the tables beside the registers' own, and nothing else.

use crate::subject::{Due, Link};
use ::store::{StoreError, Tx, Value, params};
use base::Id;

::store::statements! {
    /// A new subject of any kind.
    pub INSERT_SUBJECT = "INSERT INTO subject (id, kind, code) VALUES ($1, $2, $3)";
    /// The code of a subject.
    pub CODE_OF = "SELECT code FROM subject WHERE id = $1";
    /// The subject of a code.
    pub OF_CODE = "SELECT id, kind FROM subject WHERE code = $1";
    /// The kinds of some subjects; their ids are one JSON list.
    pub KINDS_OF = sqlite "SELECT id, kind FROM subject WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, kind FROM subject WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// Owed from now on, or otherwise than before.
    pub SET_DUE = "INSERT INTO due (subject_id, name, unit_id, holder_id, due_at, part) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (subject_id, name, part) DO UPDATE SET unit_id = excluded.unit_id, holder_id = excluded.holder_id, due_at = excluded.due_at";
    /// What new subjects owe, many at once.
    pub INSERT_DUE = "INSERT INTO due (subject_id, name, unit_id, holder_id, due_at, part) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Owed no more.
    pub CLEAR_DUE = "DELETE FROM due WHERE subject_id = $1 AND name = $2 AND part = $3";
    /// What some subjects owe is written anew; their ids are one JSON list.
    pub CLEAR_DUES = sqlite "DELETE FROM due WHERE subject_id IN (SELECT value FROM json_each($1))",
        postgres "DELETE FROM due WHERE subject_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// What subjects of a range owe.
    pub SELECT_DUES = "SELECT subject_id, name, unit_id, holder_id, due_at, part FROM due WHERE subject_id > $1 AND subject_id <= $2";
    /// What is owed by one name.
    pub OWED_BY_NAME = "SELECT subject_id, unit_id, holder_id, due_at, part FROM due WHERE name = $1 ORDER BY subject_id, part LIMIT 100000";
    /// A link more.
    pub INSERT_LINK = "INSERT INTO link (subject_id, name, other_id) VALUES ($1, $2, $3) ON CONFLICT (subject_id, name, other_id) DO NOTHING";
    /// A link less.
    pub DELETE_LINK = "DELETE FROM link WHERE subject_id = $1 AND name = $2 AND other_id = $3";
    /// Where subjects of a range point to.
    pub SELECT_LINKS = "SELECT subject_id, name, other_id FROM link WHERE subject_id > $1 AND subject_id <= $2";
    /// Where one points to.
    pub LINKS_FROM = "SELECT name, other_id FROM link WHERE subject_id = $1 ORDER BY name, other_id LIMIT 100";
    /// What points to one.
    pub LINKS_TO = "SELECT name, subject_id AS other_id FROM link WHERE other_id = $1 ORDER BY name DESC, subject_id DESC LIMIT 100";
    /// The next number of a book's period.
    pub NEXT_NUMBER = "INSERT INTO number (book, period, last) VALUES ($1, $2, 1) ON CONFLICT (book, period) DO UPDATE SET last = number.last + 1 RETURNING last";
    /// Words beside an event.
    pub INSERT_ASIDE = "INSERT INTO aside (subject_id, n, name, salt, words) VALUES ($1, $2, $3, $4, $5)";
    /// Those of a subject; its events are bounded, and so are they.
    pub ASIDES = "SELECT n, name, words FROM aside WHERE subject_id = $1 ORDER BY n, name LIMIT 4000";
    /// The words of one name of some subjects, the latest last.
    pub LATEST_OF = sqlite "SELECT subject_id, words FROM aside WHERE subject_id IN (SELECT value FROM json_each($1)) AND name = $2 ORDER BY subject_id, n",
        postgres "SELECT subject_id, words FROM aside WHERE subject_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND name = $2 ORDER BY subject_id, n";
}

/// Links read of a subject, each way: as many as [`LINKS_FROM`] and [`LINKS_TO`] say.
pub(crate) const LINKS_MAX: usize = 100;

/// Gives out the next number of a book. It belongs to the transaction: one that is rolled back leaves no gap.
///
/// # Errors
/// The database's.
pub async fn next_number(tx: &Tx, book: &str, period: i64) -> Result<i64, StoreError> {
    tx.query_one(NEXT_NUMBER, params![book, period]).await?.get("last")
}

/// The code of a subject of any kind; none for an id that is no subject's.
///
/// # Errors
/// The database's.
pub async fn code_of(tx: &Tx, id: Id) -> Result<Option<String>, StoreError> {
    tx.query_opt(CODE_OF, params![id]).await?.map(|row| row.get("code")).transpose()
}

/// The kinds of some subjects; ids that are none of the shared pieces' are left out.
///
/// # Errors
/// The database's.
pub(crate) async fn kinds_of(tx: &Tx, ids: &[Id]) -> Result<Vec<(Id, String)>, StoreError> {
    let list = Value::ids(ids);
    let rows = tx.query(KINDS_OF, &[list]).await?;
    let mut all = rows
        .iter()
        .map(|row| Ok((row.get("id")?, row.get("kind")?)))
        .collect::<Result<Vec<(Id, String)>, StoreError>>()?;
    all.sort_by_key(|(id, _)| ids.iter().position(|asked| asked == id));
    Ok(all)
}

/// Nothing is owed any more by some subjects: what they owe from now on follows as rows of [`INSERT_DUE`]. For acts on many at once.
///
/// # Errors
/// The database's.
pub async fn clear_dues(tx: &Tx, subjects: &[Id]) -> Result<(), StoreError> {
    let list = Value::ids(subjects);
    tx.execute(CLEAR_DUES, &[list]).await.map(|_| ())
}

/// Writes the difference between what a subject owed and owes; nothing where nothing changed.
///
/// # Errors
/// The database's.
pub async fn owe(tx: &Tx, subject: Id, before: &[Due], after: &[Due]) -> Result<(), StoreError> {
    let key = |due: &Due| (due.name, due.part);
    for due in before.iter().filter(|due| !after.iter().any(|other| key(other) == key(due))) {
        tx.execute(CLEAR_DUE, params![subject, due.name, due.part]).await?;
    }
    for due in after.iter().filter(|due| !before.contains(due)) {
        tx.execute(SET_DUE, params![subject, due.name, due.unit, due.holder, due.at, due.part]).await?;
    }
    Ok(())
}

/// Everything owed by one name: whose, and what. For the proof of kinds that owe beside the shared pieces.
///
/// # Errors
/// The database's.
pub async fn owed_by_name(tx: &Tx, name: &'static str) -> Result<Vec<(Id, Due)>, StoreError> {
    let rows = tx.query(OWED_BY_NAME, params![name]).await?;
    let read = |row: &::store::Row| {
        let (unit, holder, at) = (row.get("unit_id")?, row.get("holder_id")?, row.get("due_at")?);
        Ok((row.get("subject_id")?, Due { name, unit, holder, at, part: row.get("part")? }))
    };
    rows.iter().map(read).collect()
}

/// Where a subject points to: names and ids.
pub(crate) async fn links_from(tx: &Tx, id: Id) -> Result<Vec<(String, Id)>, StoreError> {
    tx.query(LINKS_FROM, params![id]).await?.iter().map(|row| Ok((row.get("name")?, row.get("other_id")?))).collect()
}

/// What points to it.
pub(crate) async fn links_to(tx: &Tx, id: Id) -> Result<Vec<(String, Id)>, StoreError> {
    tx.query(LINKS_TO, params![id]).await?.iter().map(|row| Ok((row.get("name")?, row.get("other_id")?))).collect()
}

/// The same for links.
///
/// # Errors
/// The database's.
pub async fn link(tx: &Tx, subject: Id, before: &[Link], after: &[Link]) -> Result<(), StoreError> {
    for link in before.iter().filter(|link| !after.contains(link)) {
        tx.execute(DELETE_LINK, params![subject, link.name, link.other]).await?;
    }
    for link in after.iter().filter(|link| !before.contains(link)) {
        tx.execute(INSERT_LINK, params![subject, link.name, link.other]).await?;
    }
    Ok(())
}
