//! SQL of the working calendar and the rows it gives, and nothing else.

use ::store::{Row, StoreError, Tx, params};
use base::calendar::{DayOff, Entry, OffKind, Swap, WeekText, WorkingHours};
use base::{Date, Id, Instant};
use std::collections::HashMap;

::store::statements! {
    /// The latest revision and what it is called.
    pub LATEST = "SELECT revision, version FROM calendar_version ORDER BY revision DESC LIMIT 1";
    /// A revision by what it is called.
    pub NAMED = "SELECT revision, version FROM calendar_version WHERE version = $1";
    /// What holds in a revision, in order of days.
    pub ENTRIES = "SELECT * FROM calendar_entry WHERE added_revision <= $1 AND (removed_revision IS NULL OR removed_revision > $1) ORDER BY first_day, id";
    /// What was taken back, latest first.
    pub REMOVED = "SELECT * FROM calendar_entry WHERE removed_revision IS NOT NULL ORDER BY removed_revision DESC, id LIMIT 50";
    /// The days that the emergency decision of a revision closed.
    pub CLOSED_IN = "SELECT * FROM calendar_entry WHERE added_revision = $1 AND closing_id IS NOT NULL ORDER BY first_day, id";
    /// Every line there ever was.
    pub EVERY_ENTRY = "SELECT * FROM calendar_entry ORDER BY added_revision, first_day, id";
    /// What every revision is called.
    pub EVERY_VERSION = "SELECT revision, version FROM calendar_version ORDER BY revision";
    /// One line more.
    pub INSERT_ENTRY = "INSERT INTO calendar_entry (id, kind, first_day, last_day, worked_day, name_vi, name_en, hours, decision, reason, added_revision, added_at, added_by, agency_id, closing_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// A line taken back, once.
    pub REMOVE_ENTRY = "UPDATE calendar_entry SET removed_revision = $2, removed_at = $3, removed_by = $4, removal_decision = $5, removal_reason = $6 WHERE id = $1 AND removed_revision IS NULL";
    /// A revision more.
    pub INSERT_VERSION = "INSERT INTO calendar_version (revision, version, made_at) VALUES ($1, $2, $3)";
}

/// A line of the calendar with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub id: Id,
    /// Whose it is; none for the province's.
    pub agency: Option<Id>,
    pub entry: Entry,
    pub decision: String,
    pub reason: String,
    /// When and on what decision and for what reason it was taken back.
    pub removed: Option<(Instant, String, String)>,
    /// The emergency decision it belongs to.
    pub closing: Option<Id>,
}

impl Line {
    /// Its first day.
    pub fn first_day(&self) -> Date {
        match &self.entry {
            Entry::Off { from, .. } | Entry::Hours { from, .. } => *from,
            Entry::Swap(swap) => swap.off.min(swap.worked),
        }
    }
}

/// The week as stored.
pub(crate) fn week_text(hours: &WorkingHours) -> String {
    (0..7).map(|day| hours.day_text(day)).collect::<Vec<_>>().join(";")
}

/// A line's column values: kind, first, last and worked day, names, hours.
pub(crate) type Columns = (&'static str, Date, Option<Date>, Option<Date>, String, String, Option<String>);

/// An entry as columns.
pub(crate) fn columns(entry: &Entry) -> Columns {
    match entry {
        Entry::Off { from, to, off } => {
            (off.kind.as_str(), *from, Some(*to), None, off.name_vi.clone(), off.name_en.clone(), None)
        }
        Entry::Swap(swap) => {
            ("swap", swap.off, Some(swap.off), Some(swap.worked), swap.basis.clone(), swap.basis.clone(), None)
        }
        Entry::Hours { from, to, hours } => {
            ("hours", *from, *to, None, String::new(), String::new(), Some(week_text(hours)))
        }
    }
}

fn unreadable(problem: impl Into<String>) -> StoreError {
    StoreError::Column { column: "calendar_entry".to_owned(), problem: problem.into() }
}

fn read(row: &Row) -> Result<Line, StoreError> {
    let kind: String = row.get("kind")?;
    let (from, last): (Date, Option<Date>) = (row.get("first_day")?, row.get("last_day")?);
    let agency: Option<Id> = row.get("agency_id")?;
    let entry = match kind.as_str() {
        "swap" => {
            let worked = row.get::<Option<Date>>("worked_day")?.ok_or_else(|| unreadable("a swap without its day"))?;
            Entry::Swap(Swap { off: from, worked, basis: row.get("name_vi")? })
        }
        "hours" => {
            let week: String = row.get::<Option<String>>("hours")?.unwrap_or_default();
            let week = WeekText::of_days(week.split(';'));
            let hours = match agency {
                Some(_) => WorkingHours::of_agency(&week),
                None => WorkingHours::new(&week, &WeekText::default()),
            };
            let hours = hours.map_err(|problem| unreadable(problem.to_string()))?;
            Entry::Hours { from, to: last, hours }
        }
        other => {
            let kind = OffKind::read(other).ok_or_else(|| unreadable(format!("a line of kind {other}")))?;
            let off = DayOff { kind, name_vi: row.get("name_vi")?, name_en: row.get("name_en")? };
            Entry::Off { from, to: last.unwrap_or(from), off }
        }
    };
    let removed_at: Option<Instant> = row.get("removed_at")?;
    let said = |name: &str| Ok::<_, StoreError>(row.get::<Option<String>>(name)?.unwrap_or_default());
    let (decision, reason) = (said("removal_decision")?, said("removal_reason")?);
    Ok(Line {
        id: row.get("id")?,
        agency,
        entry,
        decision: row.get("decision")?,
        reason: row.get("reason")?,
        removed: removed_at.map(|at| (at, decision, reason)),
        closing: row.get("closing_id")?,
    })
}

/// Number and name of the latest revision; `None` before the calendar was written.
pub(crate) async fn latest(tx: &Tx) -> Result<Option<(i64, String)>, StoreError> {
    let row = tx.query_opt(LATEST, params![]).await?;
    row.map(|row| Ok((row.get("revision")?, row.get("version")?))).transpose()
}

/// Number of the revision of that name.
pub(crate) async fn named(tx: &Tx, version: &str) -> Result<Option<i64>, StoreError> {
    tx.query_opt(NAMED, params![version]).await?.map(|row| row.get("revision")).transpose()
}

/// The lines that hold in a revision.
pub(crate) async fn lines(tx: &Tx, revision: i64) -> Result<Vec<Line>, StoreError> {
    tx.query(ENTRIES, params![revision]).await?.iter().map(read).collect()
}

/// The days that the emergency decision of a revision closed.
pub(crate) async fn closed_in(tx: &Tx, revision: i64) -> Result<Vec<Line>, StoreError> {
    tx.query(CLOSED_IN, params![revision]).await?.iter().map(read).collect()
}

/// What revisions are called, and every line with the revisions it came and went with.
pub(crate) type Everything = (HashMap<String, i64>, Vec<(i64, Option<i64>, Line)>);

/// Reads both.
pub(crate) async fn everything(tx: &Tx) -> Result<Everything, StoreError> {
    let mut revisions = HashMap::new();
    for row in tx.query(EVERY_VERSION, params![]).await? {
        revisions.insert(row.get("version")?, row.get("revision")?);
    }
    let rows = tx.query(EVERY_ENTRY, params![]).await?;
    let line = |row: &Row| Ok((row.get("added_revision")?, row.get("removed_revision")?, read(row)?));
    Ok((revisions, rows.iter().map(line).collect::<Result<_, StoreError>>()?))
}

/// The lines taken back.
pub(crate) async fn removed(tx: &Tx) -> Result<Vec<Line>, StoreError> {
    tx.query(REMOVED, params![]).await?.iter().map(read).collect()
}

/// Writes a line.
pub(crate) async fn insert(
    tx: &Tx,
    line: &Line,
    revision: i64,
    now: Instant,
    by: Option<Id>,
) -> Result<(), StoreError> {
    let (kind, first, last, worked, name_vi, name_en, hours) = columns(&line.entry);
    let (decision, reason) = (line.decision.as_str(), line.reason.as_str());
    let (agency, closing) = (line.agency, line.closing);
    let values = params![
        line.id, kind, first, last, worked, name_vi, name_en, hours, decision, reason, revision, now, by, agency,
        closing
    ];
    tx.execute(INSERT_ENTRY, values).await?;
    Ok(())
}
