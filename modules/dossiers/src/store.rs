//! SQL of the one-stop's tables, and nothing else.

use crate::dossier::{Applicant, Component, ComponentState, Dossier, Outcome, Status};
use ::store::{Row, StoreError, Tx, Value, params};
use audit::Head;
use base::{Channel, Date, Id, Level};
use std::collections::BTreeMap;

/// Columns of a dossier row.
const COLUMN_COUNT: usize = 45;

::store::statements! {
    /// A new dossier.
    pub INSERT = "INSERT INTO dossier (id, code, procedure_id, version_id, field, level, channel, intake_id, competent_id, return_id, account_id, status, open, step, unit_id, handler_id, filed_at, answer_due_at, received_at, due_at, first_due_at, due_basis, step_due_at, paused_at, supplements, finished_at, returned_at, outcome, flags, fee_dong, paid_dong, rating, owner_name, owner_number, owner_phone, owner_address, submitter_name, summary, answers, event_n, event_hash, owner_paper, owner_nationality, asked_until, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45)";
    /// The state after one more event; nobody else may have written one meanwhile ($21 is the event number before).
    pub UPDATE = "UPDATE dossier SET status = $2, open = $3, step = $4, unit_id = $5, handler_id = $6, answer_due_at = $7, received_at = $8, due_at = $9, first_due_at = $10, due_basis = $11, step_due_at = $12, paused_at = $13, supplements = $14, finished_at = $15, returned_at = $16, outcome = $17, flags = $18, fee_dong = $19, paid_dong = $20, rating = $22, event_n = $23, event_hash = $24, asked_until = $25, decided_by = $26 WHERE id = $1 AND event_n = $21";
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
    /// Whether a file is a proposal of officials.
    pub FILE_IS_DRAFT = "SELECT 1 AS yes FROM dossier_file WHERE dossier_id = $1 AND file_id = $2 AND purpose = $3";
}

/// A dossier with the people it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub dossier: Dossier,
    pub applicant: Applicant,
}

/// Appends the values of a whole row, in the order of [`INSERT`].
pub fn row_values(values: &mut impl Extend<Value>, d: &Dossier, a: &Applicant) {
    values.extend([
        Value::from(d.id),
        Value::from(d.code.as_str()),
        Value::from(d.procedure),
        Value::from(d.version),
        Value::from(d.field.as_str()),
        Value::from(d.level.as_str()),
        Value::from(d.channel.code()),
        Value::from(d.intake),
        Value::from(d.competent),
        Value::from(d.return_to),
        Value::from(d.account),
        Value::from(d.status.code()),
        Value::from(d.status.is_open()),
        Value::from(d.step),
        Value::from(d.unit),
        Value::from(d.handler),
        Value::from(d.filed_at),
        Value::from(d.answer_due_at),
        Value::from(d.received_at),
        Value::from(d.due_at),
        Value::from(d.first_due_at),
        Value::from(d.due_basis.as_str()),
        Value::from(d.step_due_at),
        Value::from(d.paused_at),
        Value::from(d.supplements),
        Value::from(d.finished_at),
        Value::from(d.returned_at),
        Value::from(d.outcome.as_str()),
        Value::from(d.flags),
        Value::from(d.fee_dong),
        Value::from(d.paid_dong),
        Value::from(d.rating),
        Value::from(a.owner_name.as_str()),
        Value::from(a.owner_number.as_str()),
        Value::from(a.owner_phone.as_str()),
        Value::from(a.owner_address.as_str()),
        Value::from(a.submitter_name.as_str()),
        Value::from(a.summary.as_str()),
        Value::from(a.answers.as_str()),
        Value::from(d.head.n),
        Value::from(d.head.hash.to_vec()),
        Value::from(a.owner_paper.as_str()),
        Value::from(a.owner_nationality.as_str()),
        Value::from(d.asked_until),
        Value::from(d.decided_by),
    ]);
}

/// Writes a new dossier with its papers and search words.
pub async fn insert(tx: &Tx, d: &Dossier, a: &Applicant, components: &[Component]) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(COLUMN_COUNT);
    row_values(&mut values, d, a);
    tx.execute(INSERT, &values).await?;
    for (n, component) in components.iter().enumerate() {
        tx.execute(INSERT_COMPONENT, &component_values(d.id, n, component)).await?;
        more_files(tx, d.id, n as i64, &component.files).await?;
    }
    crate::finding::add(tx, d, a).await
}

/// Writes the files of a paper after its first.
async fn more_files(tx: &Tx, dossier: Id, n: i64, files: &[Id]) -> Result<(), StoreError> {
    for (place, file) in files.iter().enumerate().skip(1) {
        tx.execute(INSERT_MORE_FILE, params![dossier, n, place as i64, *file]).await?;
    }
    Ok(())
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
pub async fn update(tx: &Tx, d: &Dossier, before: Head) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            UPDATE,
            params![
                d.id,
                d.status.code(),
                d.status.is_open(),
                d.step,
                d.unit,
                d.handler,
                d.answer_due_at,
                d.received_at,
                d.due_at,
                d.first_due_at,
                d.due_basis.as_str(),
                d.step_due_at,
                d.paused_at,
                d.supplements,
                d.finished_at,
                d.returned_at,
                d.outcome.as_str(),
                d.flags,
                d.fee_dong,
                d.paid_dong,
                before.n,
                d.rating,
                d.head.n,
                d.head.hash.to_vec(),
                d.asked_until,
                d.decided_by
            ],
        )
        .await?;
    Ok(changed == 1)
}

fn unreadable(column: &'static str) -> StoreError {
    StoreError::Column { column: column.to_owned(), problem: "not a value this program writes".to_owned() }
}

/// Reads a whole row.
pub fn read(row: &Row) -> Result<Loaded, StoreError> {
    let level: String = row.get("level")?;
    let channel: i64 = row.get("channel")?;
    let hash: Vec<u8> = row.get("event_hash")?;
    let dossier = Dossier {
        id: row.get("id")?,
        code: row.get("code")?,
        procedure: row.get("procedure_id")?,
        version: row.get("version_id")?,
        field: row.get("field")?,
        level: level.parse::<Level>().map_err(|_| unreadable("level"))?,
        channel: Channel::from_code(channel).map_err(|_| unreadable("channel"))?,
        intake: row.get("intake_id")?,
        competent: row.get("competent_id")?,
        return_to: row.get("return_id")?,
        account: row.get("account_id")?,
        status: Status::from_code(row.get("status")?).ok_or_else(|| unreadable("status"))?,
        step: row.get("step")?,
        unit: row.get("unit_id")?,
        handler: row.get("handler_id")?,
        filed_at: row.get("filed_at")?,
        answer_due_at: row.get("answer_due_at")?,
        received_at: row.get("received_at")?,
        due_at: row.get("due_at")?,
        first_due_at: row.get("first_due_at")?,
        due_basis: row.get("due_basis")?,
        step_due_at: row.get("step_due_at")?,
        paused_at: row.get("paused_at")?,
        supplements: row.get("supplements")?,
        asked_until: row.get("asked_until")?,
        finished_at: row.get("finished_at")?,
        returned_at: row.get("returned_at")?,
        outcome: Outcome::read(&row.get::<String>("outcome")?),
        flags: row.get("flags")?,
        fee_dong: row.get("fee_dong")?,
        paid_dong: row.get("paid_dong")?,
        decided_by: row.get("decided_by")?,
        rating: row.get("rating")?,
        head: Head { n: row.get("event_n")?, hash: hash.try_into().map_err(|_| unreadable("event_hash"))? },
    };
    let applicant = Applicant {
        owner_name: row.get("owner_name")?,
        owner_number: row.get("owner_number")?,
        owner_phone: row.get("owner_phone")?,
        owner_address: row.get("owner_address")?,
        submitter_name: row.get("submitter_name")?,
        summary: row.get("summary")?,
        answers: row.get("answers")?,
        owner_paper: row.get("owner_paper")?,
        owner_nationality: row.get("owner_nationality")?,
    };
    Ok(Loaded { dossier, applicant })
}

/// One dossier by code.
pub async fn by_code(tx: &Tx, code: &str) -> Result<Option<Loaded>, StoreError> {
    tx.query_opt(BY_CODE, params![code]).await?.as_ref().map(read).transpose()
}

/// One dossier by id.
pub async fn by_id(tx: &Tx, id: Id) -> Result<Option<Loaded>, StoreError> {
    tx.query_opt(BY_ID, params![id]).await?.as_ref().map(read).transpose()
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
