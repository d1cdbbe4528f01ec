//! SQL of the one-stop's tables, and nothing else; that of a dossier's own row is made of its columns ([`crate::row`]).

use crate::dossier::{Applicant, Component, ComponentState, Dossier, mark};
pub use crate::row::read;
use crate::row::{self, unreadable};
use ::store::{StoreError, Tx, Value, params};
use base::{Date, Id};
use std::collections::BTreeMap;

::store::statements! {
    /// One dossier by its code.
    pub BY_CODE = "SELECT * FROM dossier WHERE code = $1";
    /// One dossier by its id.
    pub BY_ID = "SELECT * FROM dossier WHERE id = $1";
    /// What an unauthenticated look-up may know.
    pub STATUS_BY_CODE = "SELECT status, outcome FROM dossier WHERE code = $1";
    /// The next number of an agency's day.
    pub NEXT_COUNTER = "INSERT INTO dossier_counter (agency_id, day, last) VALUES ($1, $2, 1) ON CONFLICT (agency_id, day) DO UPDATE SET last = dossier_counter.last + 1 RETURNING last";
    /// Brings a counter up to a number used in bulk.
    pub RAISE_COUNTER = "INSERT INTO dossier_counter (agency_id, day, last) VALUES ($1, $2, $3) ON CONFLICT (agency_id, day) DO UPDATE SET last = excluded.last WHERE dossier_counter.last < excluded.last";
    /// Papers of a dossier.
    pub COMPONENTS = "SELECT n, code, name, required, state, file_id FROM dossier_component WHERE dossier_id = $1 ORDER BY n LIMIT 200";
    /// One paper more.
    pub INSERT_COMPONENT = "INSERT INTO dossier_component (dossier_id, n, code, name, required, state, file_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// The files of a paper after its first.
    pub MORE_FILES = "SELECT n, file_id FROM dossier_component_file WHERE dossier_id = $1 ORDER BY n, place LIMIT 200";
    /// One of them.
    pub INSERT_MORE_FILE = "INSERT INTO dossier_component_file (dossier_id, n, place, file_id) VALUES ($1, $2, $3, $4)";
    /// They were replaced.
    pub DELETE_MORE_FILES = "DELETE FROM dossier_component_file WHERE dossier_id = $1 AND n = $2";
    /// How many files a dossier holds.
    pub COUNT_FILES = "SELECT CAST((SELECT COUNT(*) FROM dossier_component WHERE dossier_id = $1 AND file_id IS NOT NULL) + (SELECT COUNT(*) FROM dossier_component_file WHERE dossier_id = $1) + (SELECT COUNT(*) FROM dossier_file WHERE dossier_id = $1) AS BIGINT) AS n";
    /// A paper came, or was scanned.
    pub UPDATE_COMPONENT = "UPDATE dossier_component SET state = $3, file_id = $4 WHERE dossier_id = $1 AND n = $2";
    /// A file that came later.
    pub INSERT_FILE = "INSERT INTO dossier_file (dossier_id, file_id, purpose, name, added_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (dossier_id, file_id) DO NOTHING";
    /// A proposal was signed.
    pub DRAFT_SIGNED = "UPDATE dossier_file SET purpose = $3 WHERE dossier_id = $1 AND file_id = $2 AND purpose = $4";
    /// Those files.
    pub FILES = "SELECT file_id, purpose, name, added_at FROM dossier_file WHERE dossier_id = $1 ORDER BY added_at LIMIT 200";
    /// Another agency is competent: seldom, and no part of what every act writes, so that the indexes of places rest.
    pub SET_COMPETENT = "UPDATE dossier SET competent_id = $2, return_id = $3 WHERE id = $1";
    /// Corrected answers; those before are kept aside.
    pub UPDATE_ANSWERS = "UPDATE dossier SET answers = $2 WHERE id = $1";
    /// Words about people that belong to an event.
    pub INSERT_ASIDE = "INSERT INTO dossier_aside (dossier_id, n, kind, data) VALUES ($1, $2, $3, $4)";
    /// Those of a dossier; its events are bounded, and so are they.
    pub ASIDES = "SELECT n, kind, data FROM dossier_aside WHERE dossier_id = $1 ORDER BY n, kind LIMIT 1000";
    /// Dossiers of a citizen's account, latest first.
    pub BY_ACCOUNT = "SELECT * FROM dossier WHERE account_id = $1 ORDER BY filed_at DESC, id DESC LIMIT $2";
    /// Dossiers of a person, however they were filed, latest first.
    pub BY_OWNER = "SELECT * FROM dossier WHERE owner_number = $1 ORDER BY filed_at DESC, id DESC LIMIT $2";
    /// Dossiers handed in at a counter under a citizen's number, latest first.
    pub BY_OWNER_NUMBER = "SELECT * FROM dossier WHERE account_id IS NULL AND owner_number = $1 ORDER BY filed_at DESC, id DESC LIMIT $2";
    /// Whether a file belongs to a dossier.
    pub FILE_BELONGS = "SELECT 1 AS yes FROM dossier_component WHERE dossier_id = $1 AND file_id = $2 UNION ALL SELECT 1 AS yes FROM dossier_component_file WHERE dossier_id = $1 AND file_id = $2 UNION ALL SELECT 1 AS yes FROM dossier_file WHERE dossier_id = $1 AND file_id = $2";
    /// Papers handed in as files with a person's dossiers that were granted, the latest first.
    pub EARLIER_PAPERS = "SELECT d.*, c.n AS paper_n, c.code AS paper_code, c.name AS paper_name, c.file_id AS paper_file FROM dossier d JOIN dossier_component c ON c.dossier_id = d.id WHERE d.owner_number = $1 AND d.outcome = 'granted' AND c.state = 'file' AND c.file_id IS NOT NULL ORDER BY d.filed_at DESC, c.n LIMIT 200";
    /// Whether a file is what officials propose or say to each other.
    pub FILE_IS_INTERNAL = "SELECT 1 AS yes FROM dossier_file WHERE dossier_id = $1 AND file_id = $2 AND purpose IN ($3, $4)";
}

/// A dossier with the people it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub dossier: Dossier,
    pub applicant: Applicant,
}

/// Writes a new dossier with its papers and search words.
pub async fn insert(tx: &Tx, d: &Dossier, a: &Applicant, components: &[Component]) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(50);
    row::values(&mut values, d, a);
    tx.execute(row::INSERT.as_str(), &values).await?;
    let papers: Vec<Value> =
        components.iter().enumerate().flat_map(|(n, one)| component_values(d.id, n, one)).collect();
    tx.insert_few(INSERT_COMPONENT, &papers).await?;
    for (n, component) in components.iter().enumerate() {
        more_files(tx, d.id, n as i64, &component.files).await?;
    }
    crate::finding::add(tx, d, a).await
}

/// Writes the files of a paper after its first.
async fn more_files(tx: &Tx, dossier: Id, n: i64, files: &[Id]) -> Result<(), StoreError> {
    let later = files.iter().enumerate().skip(1);
    let rows: Vec<Value> =
        later.flat_map(|(place, file)| [dossier.into(), n.into(), (place as i64).into(), (*file).into()]).collect();
    tx.insert_few(INSERT_MORE_FILE, &rows).await.map(|_| ())
}

/// A paper came as files, in the place of what was there; `false` where the dossier has no such paper.
pub async fn fill_component(tx: &Tx, dossier: Id, n: i64, files: &[Id]) -> Result<bool, StoreError> {
    let (state, first) = (ComponentState::File.as_str(), files.first().copied());
    if tx.execute(UPDATE_COMPONENT, params![dossier, n, state, first]).await? == 0 {
        return Ok(false);
    }
    tx.execute(DELETE_MORE_FILES, params![dossier, n]).await?;
    more_files(tx, dossier, n, files).await?;
    Ok(true)
}

/// The values of a component row, in the order of [`INSERT_COMPONENT`].
pub fn component_values(dossier: Id, n: usize, component: &Component) -> [Value; 7] {
    [
        Value::from(dossier),
        Value::from(n as i64),
        Value::from(component.code.as_str()),
        Value::from(component.name.as_str()),
        Value::from(component.required),
        Value::from(component.state.as_str()),
        Value::from(component.files.first().copied()),
    ]
}

/// Writes the state after one event; `false` if someone else wrote one since `before`.
pub async fn update(tx: &Tx, d: &Dossier, before: &Dossier) -> Result<bool, StoreError> {
    let written = tx.execute(row::UPDATE.as_str(), &row::moved(d, before.head)).await? == 1;
    if written && d.competent != before.competent {
        tx.execute(SET_COMPETENT, params![d.id, d.competent, d.return_to]).await?;
    }
    Ok(written)
}

/// One dossier by code.
pub async fn by_code(tx: &Tx, code: &str) -> Result<Option<Loaded>, StoreError> {
    let found = tx.query_opt(BY_CODE, params![code]).await?.as_ref().map(read).transpose()?;
    with_rows_beside(tx, found).await
}

/// With the opinions asked for, and its part in what was filed together; of most there are none, and nothing is read.
async fn with_rows_beside(tx: &Tx, found: Option<Loaded>) -> Result<Option<Loaded>, StoreError> {
    let Some(mut loaded) = found else { return Ok(None) };
    if loaded.dossier.opinion_n > 0 {
        loaded.dossier.opinions = crate::opinion_store::of(tx, loaded.dossier.id).await?;
    }
    if loaded.dossier.flags & mark::LINKED != 0 {
        loaded.dossier.part = crate::part_store::of(tx, loaded.dossier.id).await?;
    }
    if loaded.dossier.flags & mark::WRITTEN != 0 {
        loaded.dossier.written = crate::written_store::of(tx, loaded.dossier.id).await?;
    }
    Ok(Some(loaded))
}

/// One dossier by id.
pub async fn by_id(tx: &Tx, id: Id) -> Result<Option<Loaded>, StoreError> {
    let found = tx.query_opt(BY_ID, params![id]).await?.as_ref().map(read).transpose()?;
    with_rows_beside(tx, found).await
}

/// Papers of a dossier with their position.
pub async fn components(tx: &Tx, dossier: Id) -> Result<Vec<(i64, Component)>, StoreError> {
    let mut more: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
    for row in tx.query(MORE_FILES, params![dossier]).await? {
        more.entry(row.get("n")?).or_default().push(row.get("file_id")?);
    }
    tx.query(COMPONENTS, params![dossier])
        .await?
        .iter()
        .map(|row| {
            let n: i64 = row.get("n")?;
            let first: Option<Id> = row.get("file_id")?;
            Ok((
                n,
                Component {
                    code: row.get("code")?,
                    name: row.get("name")?,
                    required: row.get("required")?,
                    state: ComponentState::read(&row.get::<String>("state")?).ok_or_else(|| unreadable("state"))?,
                    files: first.into_iter().chain(more.remove(&n).unwrap_or_default()).collect(),
                },
            ))
        })
        .collect()
}

/// The next number of an agency's day, from 1.
pub async fn next_counter(tx: &Tx, agency: Id, day: Date) -> Result<u32, StoreError> {
    let last: i64 = tx.query_one(NEXT_COUNTER, params![agency, day]).await?.get("last")?;
    u32::try_from(last).map_err(|_| unreadable("last"))
}
