//! Importing the national catalogue: every record of a file or folder counted exactly once, in bounded
//! memory, so that running it again changes nothing.
//!
//! A procedure the province has announced itself (or that came with the program) keeps its own version:
//! the national record is noted and counted, never put over it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base::{Channel, Fault, Id, Instant, Problem};
use records::Held;
use serde::Serialize;
use serde_json::Value;
use store::{Db, Tx};

use crate::national::{Outcome, Reason, Remark, read_record};
use crate::procedure::{self, Event, Procedure, Written};
use crate::source::{self, Item};
use crate::store as sql;
use crate::version::{Origin, Version};
use crate::{digest, stock};

/// Records written in one transaction: short enough to let others in between.
const CHUNK: usize = 100;

/// What an import did. `taken + doubted + refused` is the number of records read; `changed + unchanged`
/// the number taken or doubted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Clear in every value.
    pub taken: u64,
    /// Read, but something is unclear; kept as unclear.
    pub doubted: u64,
    /// Not read, with a reason.
    pub refused: u64,
    /// Records that gave a procedure its first or a new version.
    pub changed: u64,
    /// Records that left the catalogue as it was.
    pub unchanged: u64,
    /// Of those, procedures with a version of the province's own, which stands.
    pub own_kept: u64,
}

impl ImportReport {
    fn count(&mut self, record: &RecordReport) {
        match record.fate {
            Fate::Taken => self.taken += 1,
            Fate::Doubted => self.doubted += 1,
            Fate::Refused => self.refused += 1,
        }
        match record.change {
            Change::New | Change::Version => self.changed += 1,
            Change::Unchanged => self.unchanged += 1,
            Change::OwnKept => (self.unchanged, self.own_kept) = (self.unchanged + 1, self.own_kept + 1),
            Change::None => {}
        }
    }

    /// Number of records read.
    pub fn records(&self) -> u64 {
        self.taken + self.doubted + self.refused
    }
}

/// What happened to one record.
#[derive(Clone, Debug)]
pub struct RecordReport {
    /// File and line, `tthc.jsonl:12`.
    pub place: String,
    /// National code; empty when it could not be read.
    pub code: String,
    pub fate: Fate,
    /// Doubts or reasons.
    pub remarks: Vec<Remark>,
    pub change: Change,
}

/// How a record was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Taken,
    Doubted,
    Refused,
}

/// What a record did to the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A procedure's first version.
    New,
    /// A new version; the one before has ended today.
    Version,
    Unchanged,
    /// The province's own version, or its decision to end the procedure, stands.
    OwnKept,
    /// Refused.
    None,
}

impl std::fmt::Display for RecordReport {
    /// One line for a log: no personal data is in the catalogue.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?} {:?}", self.place, self.code, self.fate, self.change)?;
        for remark in &self.remarks {
            write!(f, "; {} ({})", remark.code, remark.detail.replace('\n', " "))?;
        }
        Ok(())
    }
}

/// A record read and ready to be written.
#[derive(Clone)]
struct Ready {
    version: Box<Version>,
    digest: String,
    /// From a table without papers and steps.
    summary: bool,
}

/// Imports a file (`.jsonl`, `.json`, `.csv`) or every such file of a folder.
///
/// `each` is told of every record as its chunk is written. A chunk is one transaction: broken off in
/// the middle, the next run takes up where it stopped.
///
/// # Errors
/// A path that cannot be read or holds no catalogue; the database's. Bad records are no errors.
pub async fn import(
    db: &Db,
    path: &Path,
    now: Instant,
    mut each: impl FnMut(&RecordReport, &ImportReport) + Send,
) -> Result<ImportReport, Fault> {
    let mut report = ImportReport::default();
    let mut seen: HashMap<String, String> = HashMap::new();
    for file in files(path)? {
        let mut items = source::open(&file).map_err(|error| unreadable(&file, &error.to_string()))?;
        let mut more = true;
        while more {
            let mut chunk: Vec<_> = items.by_ref().take(CHUNK).map(|item| receive(item, &mut seen)).collect();
            more = chunk.len() == CHUNK;
            write(db, now, &mut chunk).await?;
            for (record, _) in &chunk {
                report.count(record);
                each(record, &report);
            }
        }
    }
    Ok(report)
}

fn unreadable(path: &Path, why: &str) -> Fault {
    Fault::invalid(Problem::new("catalogue-file-unreadable").field("path").arg("path", path.display()).arg("why", why))
}

/// The files to read: the path itself, or a folder's `.jsonl` files (its `.json` or `.csv` files when it has none).
fn files(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let fault = |error: std::io::Error| unreadable(path, &error.to_string());
    if !std::fs::metadata(path).map_err(fault)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut all: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(fault)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(fault)?
        .into_iter()
        .map(|entry| entry.path())
        .collect();
    all.sort();
    for ending in ["jsonl", "json", "csv"] {
        let ends = |file: &&PathBuf| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
        let found: Vec<PathBuf> = all.iter().filter(ends).cloned().collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(unreadable(path, "no .jsonl, .json or .csv file"))
}

/// Reads an item; a code met before in this run is refused, so that no record is counted for another.
fn receive(item: Item, seen: &mut HashMap<String, String>) -> (RecordReport, Option<Ready>) {
    let refused = |code: String, remarks: Vec<Reason>| {
        (RecordReport { place: item.place.clone(), code, fate: Fate::Refused, remarks, change: Change::None }, None)
    };
    let value = match item.record {
        Ok(value) => value,
        Err(reason) => return refused(String::new(), vec![reason]),
    };
    let (version, fate, remarks) = match read_record(&value) {
        Outcome::Taken(version) => (version, Fate::Taken, Vec::new()),
        Outcome::Doubted(version, doubts) => (version, Fate::Doubted, doubts),
        Outcome::Refused(reasons) => {
            let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
            return refused(code.chars().take(40).collect(), reasons);
        }
    };
    if let Some(first) = seen.get(&version.code) {
        let reason = Reason { code: "code-twice", detail: first.clone() };
        return refused(version.code, vec![reason]);
    }
    seen.insert(version.code.clone(), item.place.clone());
    let report =
        RecordReport { place: item.place, code: version.code.clone(), fate, remarks, change: Change::Unchanged };
    let digest = digest::of(&version);
    (report, Some(Ready { version, digest, summary: item.summary }))
}

/// Writes a chunk in one transaction and notes what each record changed.
async fn write(db: &Db, now: Instant, chunk: &mut [(RecordReport, Option<Ready>)]) -> Result<(), Fault> {
    let ready: Vec<Ready> = chunk.iter_mut().filter_map(|(_, ready)| ready.take()).collect();
    if ready.is_empty() {
        return Ok(());
    }
    let changes = db.write(move |tx| Box::pin(async move { apply_all(tx, now, ready).await })).await?;
    let mut changes = changes.into_iter();
    for (record, _) in chunk.iter_mut().filter(|(record, _)| record.fate != Fate::Refused) {
        record.change = changes.next().unwrap_or(Change::Unchanged);
    }
    Ok(())
}

async fn apply_all(tx: &Tx, now: Instant, ready: Vec<Ready>) -> Result<Vec<Change>, Fault> {
    tx.lock("catalogue").await?;
    let mut changes = Vec::with_capacity(ready.len());
    let codes: Vec<&str> = ready.iter().map(|record| record.version.code.as_str()).collect();
    let mut known = sql::procedures(tx, &codes).await?;
    for record in ready {
        // A code stands once in a run, so what was known at the start of the chunk still holds.
        let known = known.remove(&record.version.code);
        changes.push(apply(tx, now, known, record).await?);
    }
    if changes.iter().any(|change| matches!(change, Change::New | Change::Version)) {
        sql::bump(tx).await?;
        stock::count(tx).await?;
    }
    Ok(changes)
}

async fn apply(tx: &Tx, now: Instant, known: Option<Held<Procedure>>, record: Ready) -> Result<Change, Fault> {
    let Ready { mut version, digest: national, summary } = record;
    let by = procedure::by(None, now);
    if let Some(before @ Held { id, code, state, head }) = &known {
        // A row that was not taken over, for it is not what the log left: nothing follows on it.
        if head.n == 0 {
            return Ok(Change::OwnKept);
        }
        if state.national.as_ref() == Some(&national) {
            return Ok(Change::Unchanged);
        }
        let own = state.editions.iter().any(|edition| edition.origin != Origin::Imported);
        // Ended by a decision of the province: a record does not bring it back.
        let Some(open) = state.open().filter(|_| !own) else {
            // Noted, and nothing else changes.
            procedure::happen(tx, by, Some(before), (*id, code), Event::Compare { national }, &[]).await?;
            return Ok(Change::OwnKept);
        };
        if summary {
            let open = sql::version(tx, open.id).await?;
            if !open.components.is_empty() {
                if !differs(&open, &version) {
                    return Ok(Change::Unchanged);
                }
                *version = update(&open, *version);
            }
        }
    }
    version.procedure_id = known.as_ref().map_or_else(|| Id::next(now), |known| known.id);
    version.id = Id::next(now);
    version.effective_from = now.date();
    version.effective_to = None;
    let written = Written::of(&version, by)?;
    let edition = written.edition.clone();
    let (event, change) = match known {
        None => (Event::ImportNew { edition, national }, Change::New),
        Some(_) => (Event::Import { edition, national }, Change::Version),
    };
    let of = (version.procedure_id, version.code.as_str());
    procedure::happen(tx, by, known.as_ref(), of, event, &[written]).await?;
    Ok(change)
}

/// Whether a table tells something else than a detailed version. A limit counts only where both state
/// one: the table has one line a channel and hides what the detail leaves unclear.
fn differs(detailed: &Version, table: &Version) -> bool {
    let same_head = detailed.name == table.name
        && detailed.field == table.field
        && detailed.levels == table.levels
        && detailed.decision == table.decision;
    let same_channel = |channel: Channel| {
        detailed.offers(channel) == table.offers(channel)
            && match (detailed.terms(channel), table.terms(channel)) {
                (Some(known), Some(told)) => known.limit == told.limit,
                _ => true,
            }
    };
    !same_head || ![Channel::Counter, Channel::Online, Channel::Post].into_iter().all(same_channel)
}

/// A detailed version with what a table says put over it.
fn update(detailed: &Version, summary: Version) -> Version {
    Version {
        name: summary.name,
        field: summary.field,
        field_name: summary.field_name,
        levels: summary.levels,
        decision: summary.decision,
        channels: summary.channels,
        unclear_channels: summary.unclear_channels,
        remarks: summary.remarks,
        act: None,
        ..detailed.clone()
    }
}

/// Reads a file or a folder as [`import`] does and writes nothing: how many records would be taken, doubted and refused.
///
/// # Errors
/// A path that cannot be read or holds no catalogue. Bad records are no errors.
pub fn rehearse(path: &Path) -> Result<ImportReport, Fault> {
    let mut report = ImportReport::default();
    let mut seen: HashMap<String, String> = HashMap::new();
    for file in files(path)? {
        for item in source::open(&file).map_err(|error| unreadable(&file, &error.to_string()))? {
            report.count(&RecordReport { change: Change::None, ..receive(item, &mut seen).0 });
        }
    }
    Ok(report)
}

/// The command `catalogue import`: the report as the last line of JSON, each record on standard error; whether anything was
/// taken. A file of which nothing could be read is a failure, with the reasons told.
///
/// # Errors
/// As [`import`].
pub async fn cli_import(db: &Db, path: &Path, now: Instant) -> Result<(Value, bool), Fault> {
    /// Records between two lines of progress.
    const PROGRESS_EVERY: u64 = 500;
    let report = import(db, path, now, |record, so_far| {
        eprintln!("{record}");
        if so_far.records() % PROGRESS_EVERY == 0 {
            eprintln!("… {} records", so_far.records());
        }
    })
    .await?;
    let read = report.taken + report.doubted > 0;
    if !read {
        eprintln!("{}: no record could be taken ({} refused)", path.display(), report.refused);
    }
    let mut told = serde_json::to_value(report).map_err(Fault::internal)?;
    told["records"] = report.records().into();
    Ok((told, read))
}
