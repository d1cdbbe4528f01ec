//! The `file` table.

use crate::disk::Staged;
use base::{Id, Instant};
use store::{Row, StoreError, Tx, Value, params};

/// Files asked for in one statement of [`some`].
const AT_ONCE: usize = 16;

store::statements! {
    /// A file somebody handed in.
    pub INSERT_FILE = "INSERT INTO file (id, sha256, size_bytes, media_type, name, owner_id, created_at, by_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// One file.
    pub FILE = "SELECT id, sha256, size_bytes, media_type, name, owner_id, created_at, by_id FROM file WHERE id = $1";
    /// Several files at once; what is not asked for repeats an id that is.
    pub SOME = "SELECT id, sha256, size_bytes, media_type, name, owner_id, created_at, by_id FROM file
        WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// The files of one subject in the order they came.
    pub FILES_OF = "SELECT id, sha256, size_bytes, media_type, name, owner_id, created_at, by_id FROM file
        WHERE owner_id = $1 ORDER BY id LIMIT 500";
    /// The files of one subject become another's: a draft was filed.
    pub HAND_OVER = "UPDATE file SET owner_id = $2 WHERE owner_id = $1";
    /// A file given to another subject.
    pub GIVE = "UPDATE file SET owner_id = $2 WHERE id = $1";
    /// A file taken back before it was filed.
    pub FORGET = "DELETE FROM file WHERE id = $1 AND owner_id = $2";
    /// Does any row name these bytes?
    pub FILE_BY_HASH = "SELECT id FROM file WHERE sha256 = $1 LIMIT 1";
}

/// A file that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: Id,
    pub sha256: String,
    pub size_bytes: i64,
    pub media_type: String,
    pub name: String,
    /// The subject it belongs to: a dossier, a draft, an account's data store.
    pub owner: Id,
    pub created_at: Instant,
    /// The account that handed it in; none for the system itself.
    pub by: Option<Id>,
}

/// Reads a row with every column of the table.
///
/// # Errors
/// A column that is missing or of another type.
pub fn read(row: &Row) -> Result<File, StoreError> {
    Ok(File {
        id: row.get("id")?,
        sha256: row.get("sha256")?,
        size_bytes: row.get("size_bytes")?,
        media_type: row.get("media_type")?,
        name: row.get("name")?,
        owner: row.get("owner_id")?,
        created_at: row.get("created_at")?,
        by: row.get("by_id")?,
    })
}

/// Records staged bytes as a file of `owner`, inside the caller's transaction.
pub async fn keep(tx: &Tx, staged: &Staged, owner: Id, by: Option<Id>, now: Instant) -> Result<Id, StoreError> {
    let id = Id::next(now);
    let values = params![
        id,
        staged.sha256.clone(),
        staged.size_bytes,
        staged.media_type.clone(),
        staged.name.clone(),
        owner,
        now,
        by
    ];
    tx.execute(INSERT_FILE, values).await?;
    Ok(id)
}

/// One file, if it exists.
pub async fn file(tx: &Tx, id: Id) -> Result<Option<File>, StoreError> {
    tx.query_opt(FILE, params![id]).await?.as_ref().map(read).transpose()
}

/// Those of `ids` that exist, in no order.
pub async fn some(tx: &Tx, ids: &[Id]) -> Result<Vec<File>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(AT_ONCE) {
        let last = chunk.last().copied().unwrap_or_default();
        let padded: Vec<Value> =
            chunk.iter().copied().chain(std::iter::repeat(last)).take(AT_ONCE).map(Value::from).collect();
        for row in tx.query(SOME, &padded).await? {
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

/// The files of a subject, at most 500, in the order they came.
pub async fn files_of(tx: &Tx, owner: Id) -> Result<Vec<File>, StoreError> {
    tx.query(FILES_OF, params![owner]).await?.iter().map(read).collect()
}

/// Gives all files of one subject to another, as when a draft becomes a dossier. Returns how many.
pub async fn hand_over(tx: &Tx, from: Id, to: Id) -> Result<u64, StoreError> {
    tx.execute(HAND_OVER, params![from, to]).await
}

/// Gives one file to another subject. False when there is none.
pub async fn give_one(tx: &Tx, id: Id, to: Id) -> Result<bool, StoreError> {
    Ok(tx.execute(GIVE, params![id, to]).await? == 1)
}

/// Takes a file of `owner` back; its bytes go with the next sweep. False when there is no such file of that owner.
pub async fn forget(tx: &Tx, id: Id, owner: Id) -> Result<bool, StoreError> {
    Ok(tx.execute(FORGET, params![id, owner]).await? == 1)
}

/// Whether any row names these bytes.
pub async fn is_kept(tx: &Tx, sha256: &str) -> Result<bool, StoreError> {
    Ok(tx.query_opt(FILE_BY_HASH, params![sha256]).await?.is_some())
}
