//! SQL of the documents and their items, and nothing else.

use crate::document::{Body, Document, Item, Kind, State};
use base::{Actor, Id, Instant};
use planreader::Metadata;
use store::{Row, Sql, StoreError, Tx, Value, params};

store::statements! {
    /// A document just read.
    pub INSERT_DOCUMENT = "INSERT INTO plan_document (id, agency_id, agency_path, file_name, format, file_id, body, metadata, read_ms, version, read_by, read_by_name, read_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12)";
    /// One of its items.
    pub INSERT_ITEM = "INSERT INTO plan_item (document_id, n, kind, state, added, body, note, version, changed_by, changed_name, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, '', 1, $7, $8, $9)";
    /// One document.
    pub DOCUMENT = "SELECT id, agency_id, agency_path, file_name, format, file_id, body, metadata, read_ms, version, read_by_name, read_at, draft_number, saved_at
        FROM plan_document WHERE id = $1";
    /// The documents of an agency, the latest first.
    pub DOCUMENTS_AT = sqlite "SELECT id, file_name, metadata, read_by_name, read_at, draft_number FROM plan_document INDEXED BY plan_document_agency WHERE agency_path = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        postgres "SELECT id, file_name, metadata, read_by_name, read_at, draft_number FROM plan_document WHERE agency_path = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those of the whole province.
    pub DOCUMENTS = "SELECT id, file_name, metadata, read_by_name, read_at, draft_number FROM plan_document WHERE id < $1 ORDER BY id DESC LIMIT $2";
    /// How many items of some documents stand where.
    pub COUNTS = sqlite "SELECT document_id, kind, COUNT(*) AS n, SUM(CASE WHEN state = 'proposed' THEN 1 ELSE 0 END) AS open FROM plan_item WHERE document_id IN (SELECT value FROM json_each($1)) GROUP BY document_id, kind",
        postgres "SELECT document_id, kind, COUNT(*) AS n, SUM(CASE WHEN state = 'proposed' THEN 1 ELSE 0 END) AS open FROM plan_item WHERE document_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) GROUP BY document_id, kind";
    /// The items of a document in the order of their numbers.
    pub ITEMS = "SELECT n, kind, state, added, body, note, version, changed_name, changed_at FROM plan_item WHERE document_id = $1 ORDER BY n LIMIT 10000";
    /// One item.
    pub ITEM = "SELECT n, kind, state, added, body, note, version, changed_name, changed_at FROM plan_item WHERE document_id = $1 AND n = $2";
    /// A change of any item moves its document; the row is the lock two people meet at.
    pub MOVE_DOCUMENT = "UPDATE plan_document SET version = version + 1 WHERE id = $1";
    /// The same, only where nobody moved it since.
    pub MOVE_DOCUMENT_FROM = "UPDATE plan_document SET version = version + 1 WHERE id = $1 AND version = $2";
    /// An item's new state and words, only where nobody changed it since.
    pub CHANGE_ITEM = "UPDATE plan_item SET state = $4, body = $5, note = $6, version = version + 1, changed_by = $7, changed_name = $8, changed_at = $9
        WHERE document_id = $1 AND n = $2 AND version = $3";
    /// The number the next added item gets.
    pub NEXT_ITEM = "SELECT COALESCE(MAX(n), 0) + 1 AS n FROM plan_item WHERE document_id = $1";
    /// It was saved as a draft programme.
    pub SAVED = "UPDATE plan_document SET draft_number = $2, saved_at = $3 WHERE id = $1";
}

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: Id,
    pub file_name: String,
    pub metadata: Metadata,
    pub read_by_name: String,
    pub read_at: Instant,
    pub draft: Option<i64>,
    /// Targets, tasks and reports.
    pub items: [i64; 3],
    /// Items nobody has looked at.
    pub open: i64,
}

/// A row whose JSON this program did not write.
fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Column { column: "json".to_owned(), problem: error.to_string() }
}

fn metadata(row: &Row) -> Result<Metadata, StoreError> {
    serde_json::from_value(row.get("metadata")?).map_err(unreadable)
}

fn document(row: &Row) -> Result<Document, StoreError> {
    Ok(Document {
        id: row.get("id")?,
        agency: row.get("agency_id")?,
        agency_path: row.get("agency_path")?,
        file_name: row.get("file_name")?,
        format: row.get("format")?,
        file: row.get("file_id")?,
        text: row.get("body")?,
        metadata: metadata(row)?,
        read_ms: row.get("read_ms")?,
        version: row.get("version")?,
        read_by_name: row.get("read_by_name")?,
        read_at: row.get("read_at")?,
        draft: row.get("draft_number")?,
        saved_at: row.get("saved_at")?,
    })
}

fn item(row: &Row) -> Result<Item, StoreError> {
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    let kind = Kind::read(&kind).ok_or_else(|| StoreError::Column { column: "kind".to_owned(), problem: kind })?;
    Ok(Item {
        n: row.get("n")?,
        state: State::read(&state)
            .ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: state.clone() })?,
        added: row.get("added")?,
        body: Body::from_json(kind, row.get("body")?).map_err(unreadable)?,
        note: row.get("note")?,
        version: row.get("version")?,
        changed_name: row.get("changed_name")?,
        changed_at: row.get("changed_at")?,
    })
}

/// Writes a document just read.
pub(crate) async fn insert(tx: &Tx, document: &Document, by: &Actor) -> Result<(), StoreError> {
    let metadata = serde_json::to_value(&document.metadata).map_err(unreadable)?;
    let values = params![
        document.id,
        document.agency,
        document.agency_path.as_str(),
        document.file_name.as_str(),
        document.format.as_str(),
        document.file,
        document.text.as_str(),
        metadata,
        document.read_ms,
        by.account,
        document.read_by_name.as_str(),
        document.read_at
    ];
    tx.execute(INSERT_DOCUMENT, values).await?;
    Ok(())
}

/// Writes an item: proposed by the reader, or added by a person.
pub(crate) async fn insert_item(
    tx: &Tx,
    document: Id,
    n: i64,
    body: &Body,
    added: Option<(&Actor, Instant)>,
) -> Result<(), StoreError> {
    let state = if added.is_some() { State::Accepted } else { State::Proposed };
    let values = params![
        document,
        n,
        body.kind().as_str(),
        state.as_str(),
        added.is_some(),
        body.to_json().map_err(unreadable)?,
        added.map(|(actor, _)| actor.account),
        added.map_or("", |(actor, _)| actor.name.as_str()),
        added.map(|(_, at)| at)
    ];
    tx.execute(INSERT_ITEM, values).await?;
    Ok(())
}

/// One document.
pub(crate) async fn one(tx: &Tx, id: Id) -> Result<Option<Document>, StoreError> {
    tx.query_opt(DOCUMENT, params![id]).await?.as_ref().map(document).transpose()
}

/// One lane of the list: the documents of an agency with that path, or of the whole province, after one.
pub(crate) fn lane(path: Option<&str>, after: Id, limit: i64) -> (Sql, Vec<Value>) {
    let place = [Value::from(after), Value::from(limit)];
    match path {
        Some(path) => (DOCUMENTS_AT, [Value::from(path)].into_iter().chain(place).collect()),
        None => (DOCUMENTS, place.into()),
    }
}

/// The lines of a lane, what stands in the documents not yet counted.
pub(crate) async fn lines(tx: &Tx, (statement, values): (Sql, Vec<Value>)) -> Result<Vec<Line>, StoreError> {
    let line = |row: &Row| {
        Ok(Line {
            id: row.get("id")?,
            file_name: row.get("file_name")?,
            metadata: metadata(row)?,
            read_by_name: row.get("read_by_name")?,
            read_at: row.get("read_at")?,
            draft: row.get("draft_number")?,
            items: [0; 3],
            open: 0,
        })
    };
    tx.query(statement, &values).await?.iter().map(line).collect()
}

/// Counts what stands in them.
pub(crate) async fn count(tx: &Tx, lines: &mut [Line]) -> Result<(), StoreError> {
    let ids = Value::ids(lines.iter().map(|line| &line.id));
    for row in tx.query(COUNTS, &[ids]).await? {
        let (of, kind): (Id, String) = (row.get("document_id")?, row.get("kind")?);
        let place = Kind::ALL.iter().position(|one| one.as_str() == kind);
        if let (Some(line), Some(place)) = (lines.iter_mut().find(|line| line.id == of), place) {
            line.items[place] = row.get("n")?;
            line.open += row.get::<i64>("open")?;
        }
    }
    Ok(())
}

/// The items of a document, in the order of their numbers.
pub(crate) async fn items(tx: &Tx, document: Id) -> Result<Vec<Item>, StoreError> {
    tx.query(ITEMS, params![document]).await?.iter().map(item).collect()
}

/// One item.
pub(crate) async fn item_of(tx: &Tx, document: Id, n: i64) -> Result<Option<Item>, StoreError> {
    tx.query_opt(ITEM, params![document, n]).await?.as_ref().map(item).transpose()
}

/// Moves a document's version; with `from`, only when nobody moved it since. False when it stands still.
pub(crate) async fn move_document(tx: &Tx, id: Id, from: Option<i64>) -> Result<bool, StoreError> {
    let moved = match from {
        None => tx.execute(MOVE_DOCUMENT, params![id]).await?,
        Some(from) => tx.execute(MOVE_DOCUMENT_FROM, params![id, from]).await?,
    };
    Ok(moved == 1)
}

/// An item as a person leaves it. False when somebody changed it since `item.version`.
pub(crate) async fn change(tx: &Tx, document: Id, item: &Item, by: &Actor, now: Instant) -> Result<bool, StoreError> {
    let values = params![
        document,
        item.n,
        item.version,
        item.state.as_str(),
        item.body.to_json().map_err(unreadable)?,
        item.note.as_str(),
        by.account,
        by.name.as_str(),
        now
    ];
    Ok(tx.execute(CHANGE_ITEM, values).await? == 1)
}

/// The number the next added item gets.
pub(crate) async fn next_item(tx: &Tx, document: Id) -> Result<i64, StoreError> {
    tx.query_one(NEXT_ITEM, params![document]).await?.get("n")
}

/// Keeps which draft a document was saved as.
pub(crate) async fn saved(tx: &Tx, id: Id, draft: i64, now: Instant) -> Result<(), StoreError> {
    tx.execute(SAVED, params![id, draft, now]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Engine;

    #[tokio::test]
    async fn each_lane_of_the_list_is_a_range_of_its_index() {
        for db in store::testing::databases().await {
            db.migrate(&[crate::MIGRATIONS]).await.unwrap();
            let whole = if db.engine() == Engine::Sqlite { "INTEGER PRIMARY KEY" } else { "plan_document_pkey" };
            let fill = format!(
                "INSERT INTO plan_document (id, agency_id, agency_path, file_name, format, body, metadata, read_ms, version, read_by, read_by_name, read_at)
                 SELECT k, k % 500, '/1/' || (k % 500) || '/', 'k.txt', 'text', '', '{{}}', 1, 1, 1, '', k FROM {}",
                lists::plan::series(db.engine(), 100_000)
            );
            let lanes = [(Some("/1/7/"), "plan_document_agency"), (None, whole)].map(|(path, index)| {
                let (statement, values) = lane(path, Id(90_000), 26);
                (statement, values, index)
            });
            let refused = lists::plan::refusals(&db, vec![fill, "ANALYZE plan_document".to_owned()], lanes.into());
            assert_eq!(refused.await.unwrap(), Vec::<String>::new(), "on {:?}", db.engine());
        }
    }
}
