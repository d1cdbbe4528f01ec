//! Rows that must be what their last event left: a digest of a subject's rows goes into each event about it, so that a row
//! changed, added or taken away behind the program's back is noticed.
//!
//! A module declares its tables as one [`Kept`] set and writes its events with [`append_kept`], after the rows. Only digests
//! enter the log. A digest covers whole rows; rows of people carry random bytes of their own (`account.salt`), so that what
//! was deleted cannot be guessed from the log.

mod adopt;
mod check;

pub use adopt::{adopt_rows, append_kept_all, is_adopted, note_adopted, release_heads, write_links};
pub use check::{RowsCheck, check_rows, unlike};

use crate::chain::EventHash;
use crate::log::{Head, NewEvent, append_after, head_of};
use base::Id;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{BoxFuture, Row, StoreError, Tx, Value, params};

/// The key of the digests in an event's data.
const KEY: &str = "rows";
/// The key of the set's name beside them.
const OF: &str = "of";
/// What the computed column of the subject is called in readings.
const SUBJECT: &str = "subject_of_row";

/// Tables of one module whose rows belong to subjects with a chain in `event_head`.
#[derive(Debug)]
pub struct Kept {
    /// The module's name; part of the events, so it never changes.
    pub name: &'static str,
    /// Counted up by whoever changes rows in a migration, or adds a column that is filled at once: all rows are then taken
    /// over as they stand, by an event of each subject, at the next start. A new column that is empty needs nothing.
    pub version: i64,
    pub tables: &'static [Table],
}

/// One table of a [`Kept`] set.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// The column that names the subject, or the id of a subject that has the whole table, as SQL (`CAST(-1 AS BIGINT)`).
    pub subject: &'static str,
    /// What orders a subject's rows.
    pub key: &'static str,
    /// The column by which a person knows the row, for reports; the subject's id where there is none (a citizen's account).
    pub label: Option<&'static str>,
    /// Which rows, where not all: a condition in SQL.
    pub only: Option<&'static str>,
    /// Columns left out: counters and notebooks, each with its reason in `tests/proof-outside.txt`.
    pub without: &'static [&'static str],
}

impl Table {
    /// A table all of whose rows and columns count.
    pub const fn whole(name: &'static str, subject: &'static str, key: &'static str) -> Table {
        Table { name, subject, key, label: None, only: None, without: &[] }
    }

    fn condition(&self) -> String {
        self.only.map_or_else(String::new, |only| format!(" AND {only}"))
    }

    /// The rows of subjects in `($1, $2]`, a subject's together.
    fn between(&self) -> String {
        let Table { name, subject, key, .. } = self;
        let only = self.condition();
        format!(
            "SELECT *, {subject} AS {SUBJECT} FROM {name} WHERE {subject} > $1 AND {subject} <= $2{only} ORDER BY {SUBJECT}, {key}"
        )
    }
}

/// Names what does not follow in a module's derived tables.
pub type Derived = for<'t> fn(&'t Tx) -> BoxFuture<'t, Result<Vec<String>, StoreError>>;

/// How a module proves that what it shows follows from what happened.
#[derive(Clone, Copy)]
pub struct Proof {
    pub kept: &'static Kept,
    /// What else must follow: derived tables. It names what does not.
    pub derived: Option<Derived>,
}

/// The digest of a subject's rows in one table, being made.
#[derive(Default)]
struct Sum {
    hasher: Sha256,
}

impl Sum {
    /// One row more. Empty columns are left out, so that a column added later changes nothing while it is empty.
    fn add(&mut self, table: &Table, row: &Row) {
        let mut cells: Vec<(&str, &Value)> = row.columns().iter().map(String::as_str).zip(row.values()).collect();
        cells.retain(|(name, value)| **value != Value::Null && *name != SUBJECT && !table.without.contains(name));
        cells.sort_by_key(|(name, _)| *name);
        self.hasher.update((cells.len() as u64).to_be_bytes());
        for (name, value) in cells {
            self.text(name);
            match value {
                Value::Null => {}
                // SQLite knows no other truth values than these numbers.
                Value::Int(number) => self.cell(b'i', &number.to_be_bytes()),
                Value::Bool(truth) => self.cell(b'i', &i64::from(*truth).to_be_bytes()),
                Value::Real(number) => self.cell(b'r', &number.to_bits().to_be_bytes()),
                Value::Text(text) => self.cell(b't', text.as_bytes()),
                Value::Json(json) => self.cell(b't', json.to_string().as_bytes()),
                Value::Bytes(bytes) => self.cell(b'b', bytes),
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.cell(b'n', text.as_bytes());
    }

    fn cell(&mut self, kind: u8, bytes: &[u8]) {
        self.hasher.update([kind]);
        self.hasher.update((bytes.len() as u64).to_be_bytes());
        self.hasher.update(bytes);
    }

    fn digest(self) -> String {
        let hash: EventHash = self.hasher.finalize().into();
        crate::days::hex(&hash)
    }
}

/// Digests by table, of the tables in which the subject has rows.
type Digests = BTreeMap<String, String>;

async fn digests_of(tx: &Tx, kept: &Kept, subject: Id) -> Result<Digests, StoreError> {
    let mut digests = Digests::new();
    for table in kept.tables {
        let rows = tx.query(table.between(), params![subject.0.saturating_sub(1), subject]).await?;
        if !rows.is_empty() {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(table, row));
            digests.insert(table.name.to_owned(), sum.digest());
        }
    }
    Ok(digests)
}

/// Appends an event with the digests of the subject's rows as this transaction leaves them: written after the rows.
///
/// # Errors
/// As [`crate::append`].
pub async fn append_kept(tx: &Tx, kept: &Kept, subject: Id, mut event: NewEvent) -> Result<Head, StoreError> {
    // The head first: whoever changes a row of the subject meanwhile moves it, and one of the two is turned away.
    let head = head_of(tx, subject).await?;
    event.data = said_of(kept, digests_of(tx, kept, subject).await?, event.data);
    append_after(tx, head, subject, event).await
}

/// An event's data with the digests of its subject's rows.
fn said_of(kept: &Kept, digests: Digests, mut data: serde_json::Value) -> serde_json::Value {
    let mut rows: serde_json::Map<String, serde_json::Value> =
        digests.into_iter().map(|(table, hex)| (table, hex.into())).collect();
    rows.insert(OF.to_owned(), kept.name.into());
    if let Some(data) = data.as_object_mut() {
        data.insert(KEY.to_owned(), rows.into());
    }
    data
}
