//! The rows that hang on a dossier – papers, files, notices – against what its events tell.

use super::Found;
use crate::dossier::{Component, ComponentState, Dossier};
use crate::papers::Papers;
use crate::store::Loaded;
use ::store::{Row, StoreError, Tx, params};
use base::{Id, Instant};
use files::Seal;
use notices::inbox::Item;
use std::collections::{BTreeMap, HashMap, HashSet};

::store::statements! {
    /// Papers of a page of dossiers.
    pub COMPONENTS_BETWEEN = "SELECT dossier_id, n, code, name, required, state, file_id FROM dossier_component WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, n";
    /// Files of those papers after the first.
    pub MORE_FILES_BETWEEN = "SELECT dossier_id, n, place, file_id FROM dossier_component_file WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, n, place";
    /// Their later files.
    pub FILES_BETWEEN = "SELECT dossier_id, file_id, purpose, name, added_at FROM dossier_file WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, file_id";
    /// Words about people that belong to their events.
    pub ASIDES_BETWEEN = "SELECT dossier_id, n, kind, data FROM dossier_aside WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, n";
    /// What emergency decisions moved.
    pub MOVED_BETWEEN = "SELECT dossier_id, closing_id, n, was_at, due_at FROM dossier_moved_day WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, n";
    /// First online payments of procedures.
    pub FIRST_PAYMENTS = "SELECT procedure_id, dossier_id, at FROM procedure_first_payment ORDER BY procedure_id";
}

/// Rows of what a decision moved are compared as words beside the log are: what they say is their digest.
pub(super) const MOVED_DAY: &str = "moved-day";

/// What such a row says.
pub(super) fn moved_day(closing: Id, was: Option<Instant>, due: Option<Instant>) -> String {
    let ms = |at: Option<Instant>| at.map_or_else(String::new, |at| at.0.to_string());
    format!("{closing} {} {}", ms(was), ms(due))
}

/// A notice that an event ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Number of the event.
    pub(super) n: i64,
    pub(super) account: Option<Id>,
    pub(super) kind: String,
    pub(super) at: Instant,
}

struct ComponentRow {
    n: i64,
    /// `None`: a state this program does not write.
    component: Option<Component>,
}

struct FileRow {
    file: Id,
    purpose: String,
    name: String,
    added_at: Instant,
}

/// What hangs on a page of dossiers, by dossier; what is compared is taken out.
#[derive(Default)]
pub(super) struct Attached {
    components: BTreeMap<i64, Vec<ComponentRow>>,
    /// Further files of papers that are not there, or not in their place: dossier and number.
    without_paper: Vec<(i64, i64)>,
    files: BTreeMap<i64, Vec<FileRow>>,
    notices: BTreeMap<i64, Vec<Item>>,
    /// Number of the event, kind, digest of the row.
    asides: BTreeMap<i64, Vec<(i64, String, String)>>,
    /// Keys of notices still on their way.
    waiting: HashSet<String>,
    /// Files the events tell of, with the code of their dossier.
    seals: Vec<(String, Seal)>,
    /// Names of later files as `dossier_file` has them; `file` has them too.
    names: HashMap<Id, String>,
}

fn component(row: &Row) -> Result<ComponentRow, StoreError> {
    let state = ComponentState::read(&row.get::<String>("state")?);
    let (code, name, required) = (row.get("code")?, row.get("name")?, row.get("required")?);
    let files = row.get::<Option<Id>>("file_id")?.into_iter().collect();
    let component = state.map(|state| Component { code, name, required, state, files });
    Ok(ComponentRow { n: row.get("n")?, component })
}

impl Attached {
    /// Everything that hangs on dossiers with ids in `(after, last]`.
    pub(super) async fn load(tx: &Tx, after: i64, last: i64) -> Result<Self, StoreError> {
        let mut all = Self::default();
        tx.query_each(COMPONENTS_BETWEEN, params![after, last], |row| {
            all.components.entry(row.get("dossier_id")?).or_default().push(component(row)?);
            Ok(())
        })
        .await?;
        tx.query_each(MORE_FILES_BETWEEN, params![after, last], |row| {
            let (dossier, n, file): (i64, i64, Id) = (row.get("dossier_id")?, row.get("n")?, row.get("file_id")?);
            let paper = all.components.entry(dossier).or_default().iter_mut().find(|paper| paper.n == n);
            match paper.and_then(|paper| paper.component.as_mut()) {
                // Place 0 is in the paper's own row; the others stand one behind the other.
                Some(component) if row.get::<i64>("place")? == component.files.len() as i64 => {
                    component.files.push(file);
                }
                _ => all.without_paper.push((dossier, n)),
            }
            Ok(())
        })
        .await?;
        tx.query_each(FILES_BETWEEN, params![after, last], |row| {
            let (file, purpose) = (row.get("file_id")?, row.get("purpose")?);
            let row_of_it = FileRow { file, purpose, name: row.get("name")?, added_at: row.get("added_at")? };
            all.files.entry(row.get("dossier_id")?).or_default().push(row_of_it);
            Ok(())
        })
        .await?;
        for item in notices::inbox::between(tx, crate::topics::DOSSIER, after, last).await? {
            all.notices.entry(item.subject.0).or_default().push(item);
        }
        tx.query_each(ASIDES_BETWEEN, params![after, last], |row| {
            let (kind, data): (String, String) = (row.get("kind")?, row.get("data")?);
            let digest = crate::aside::digest(&kind, &data);
            all.asides.entry(row.get("dossier_id")?).or_default().push((row.get("n")?, kind, digest));
            Ok(())
        })
        .await?;
        tx.query_each(MOVED_BETWEEN, params![after, last], |row| {
            let (closing, was, due) = (row.get("closing_id")?, row.get("was_at")?, row.get("due_at")?);
            let moved = (row.get("n")?, MOVED_DAY.to_owned(), moved_day(closing, was, due));
            all.asides.entry(row.get("dossier_id")?).or_default().push(moved);
            Ok(())
        })
        .await?;
        for queue in [records::TELL_JOB, crate::topics::EARLIER_JOB] {
            all.waiting.extend(jobs::unfinished(tx, queue, Id(after), Id(last)).await?);
        }
        Ok(all)
    }

    /// Leaves a dossier out whose events could not be followed.
    pub(super) fn skip(&mut self, dossier: Id) {
        self.components.remove(&dossier.0);
        self.files.remove(&dossier.0);
        self.notices.remove(&dossier.0);
        self.asides.remove(&dossier.0);
    }

    /// The rows beside a dossier's log against the digests its events hold.
    pub(super) fn compare_asides(
        &mut self,
        found: &mut Found,
        dossier: &Dossier,
        told: &[(i64, &'static str, String)],
    ) {
        let mut rows = self.asides.remove(&dossier.id.0).unwrap_or_default();
        found.report.rows_checked += rows.len() as u64;
        let table = |kind: &str| if kind == MOVED_DAY { "dossier_moved_day" } else { "dossier_aside" };
        let name = |n: i64, kind: &str, what: &str| format!("{} {} #{n} {kind}: {what}", table(kind), dossier.code);
        for (n, kind, digest) in told {
            match rows.iter().position(|row| row.0 == *n && row.1 == *kind) {
                None => found.broken(name(*n, kind, "missing")),
                Some(at) if rows.swap_remove(at).2 != *digest => found.broken(name(*n, kind, "changed")),
                Some(_) => {}
            }
        }
        for (n, kind, _) in rows {
            found.broken(name(n, &kind, "added"));
        }
    }

    /// A dossier's rows against its events.
    pub(super) fn compare(&mut self, found: &mut Found, dossier: &Dossier, papers: &Papers, told: &[Told]) {
        self.compare_components(found, dossier, papers);
        self.compare_files(found, dossier, papers);
        self.compare_notices(found, dossier, told);
        self.seals.extend(papers.files().map(|seal| (dossier.code.clone(), seal.clone())));
    }

    fn compare_components(&mut self, found: &mut Found, dossier: &Dossier, papers: &Papers) {
        let rows = self.components.remove(&dossier.id.0).unwrap_or_default();
        found.report.rows_checked += rows.len() as u64;
        let mut rows = rows.into_iter().peekable();
        let name = |n: i64, what: &str| format!("dossier_component {} #{n}: {what}", dossier.code);
        for (n, listed) in (0_i64..).zip(&papers.listed) {
            while let Some(row) = rows.next_if(|row| row.n < n) {
                found.broken(name(row.n, "added"));
            }
            let Some(row) = rows.next_if(|row| row.n == n) else {
                found.broken(name(n, "missing"));
                continue;
            };
            if let Some(column) = row.component.as_ref().map_or(Some("state"), |row| listed.difference(row)) {
                found.broken(name(n, column));
            }
        }
        for row in rows {
            found.broken(name(row.n, "added"));
        }
    }

    fn compare_files(&mut self, found: &mut Found, dossier: &Dossier, papers: &Papers) {
        let rows = self.files.remove(&dossier.id.0).unwrap_or_default();
        found.report.rows_checked += rows.len() as u64;
        let name = |file: Id, what: &str| format!("dossier_file {} {file}: {what}", dossier.code);
        let mut told = papers.beside.clone();
        for row in rows {
            let Some(beside) = told.remove(&row.file) else {
                found.broken(name(row.file, "added"));
                continue;
            };
            if beside.purpose != row.purpose {
                found.broken(name(row.file, "purpose"));
            } else if beside.added_at != row.added_at {
                found.broken(name(row.file, "added_at"));
            }
            self.names.insert(row.file, row.name);
        }
        for file in told.into_keys() {
            found.broken(name(file, "missing"));
        }
    }

    fn compare_notices(&mut self, found: &mut Found, dossier: &Dossier, told: &[Told]) {
        let mut rows = self.notices.remove(&dossier.id.0).unwrap_or_default();
        found.report.rows_checked += rows.len() as u64;
        for told in told {
            let same = |row: &Item| {
                let plain = row.said.as_object().is_some_and(serde_json::Map::is_empty);
                row.account == told.account
                    && row.kind == told.kind
                    && row.at == told.at
                    && row.code == dossier.code
                    && plain
            };
            if let Some(at) = rows.iter().position(same) {
                rows.swap_remove(at);
            } else if self.waiting.contains(&records::telling_key(dossier.id, told.n)) {
                found.report.notices_waiting += 1;
            } else {
                found.broken(format!("notice {} #{} {}: missing", dossier.code, told.n, told.kind));
            }
        }
        for row in rows {
            found.broken(format!("notice {}: {} tells of no such event", row.id, dossier.code));
        }
    }

    /// Rows of dossiers that are not there, and the files of those that are: their rows, and their bytes where
    /// `uploads` says where they lie.
    pub(super) async fn finish(
        self,
        tx: &Tx,
        found: &mut Found,
        uploads: Option<&files::Store>,
    ) -> Result<(), StoreError> {
        let left = [
            ("dossier_component", self.components.keys().next()),
            ("dossier_file", self.files.keys().next()),
            ("notice", self.notices.keys().next()),
            ("dossier_aside", self.asides.keys().next()),
        ];
        for (table, dossier) in left {
            if let Some(dossier) = dossier {
                found.broken(format!("{table} of dossier {dossier}: no such dossier"));
            }
        }
        if let Some((dossier, n)) = self.without_paper.first() {
            found.broken(format!("dossier_component_file {dossier} #{n}: no such paper, or not in that place"));
        }
        let ids: Vec<Id> = self.seals.iter().map(|(_, seal)| seal.id).collect();
        let rows: HashMap<Id, files::File> =
            files::some(tx, &ids).await?.into_iter().map(|file| (file.id, file)).collect();
        let mut read: HashSet<&str> = HashSet::new();
        for (code, seal) in &self.seals {
            found.report.rows_checked += 1;
            let row = rows.get(&seal.id);
            let mut wrong = row.map_or(Some("missing"), |row| seal.difference(row)).map(str::to_owned);
            if let (None, Some(row), Some(name)) = (&wrong, row, self.names.get(&seal.id))
                && row.name != *name
            {
                found.broken(format!("dossier_file {code} {}: name", seal.id));
            }
            if let Some(uploads) = uploads
                && read.insert(&seal.sha256)
            {
                found.report.files_checked += 1;
                let damage = uploads.damage(&seal.sha256, seal.size_bytes);
                wrong = wrong.or_else(|| damage.map(|damage| format!("{} ({})", damage.as_str(), seal.sha256)));
            }
            if let Some(wrong) = wrong {
                found.broken(format!("file {} of {code}: {wrong}", seal.id));
            }
        }
        Ok(())
    }
}

/// The rows of opinions, put to their dossiers: what they say is compared with the events there.
pub(super) async fn opinions(
    tx: &Tx,
    found: &mut Found,
    page: &mut [Loaded],
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    let mut stored = crate::opinion_store::between(tx, after, last).await?;
    for loaded in page {
        for (opinion, rightly) in stored.remove(&loaded.dossier.id.0).unwrap_or_default() {
            found.report.rows_checked += 1;
            if !rightly {
                found.broken(format!("dossier_opinion {} #{}: open", loaded.dossier.code, opinion.n));
            }
            loaded.dossier.opinions.push(opinion);
        }
    }
    if let Some(dossier) = stored.keys().next() {
        found.broken(format!("dossier_opinion of dossier {dossier}: no such dossier"));
    }
    Ok(())
}

/// The rows of what is written for dossiers, put to them.
pub(super) async fn written(
    tx: &Tx,
    found: &mut Found,
    page: &mut [Loaded],
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    let mut stored = crate::written_store::between(tx, after, last).await?;
    for loaded in page {
        loaded.dossier.written = stored.remove(&loaded.dossier.id.0);
        found.report.rows_checked += u64::from(loaded.dossier.written.is_some());
    }
    if let Some(dossier) = stored.keys().next() {
        found.broken(format!("dossier_written of dossier {dossier}: no such dossier"));
    }
    Ok(())
}

/// The rows of what was filed together, put to their dossiers.
pub(super) async fn parts(
    tx: &Tx,
    found: &mut Found,
    page: &mut [Loaded],
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    let mut stored = crate::part_store::between(tx, after, last).await?;
    for loaded in page {
        loaded.dossier.part = stored.remove(&loaded.dossier.id.0);
        found.report.rows_checked += u64::from(loaded.dossier.part.is_some());
    }
    if let Some(dossier) = stored.keys().next() {
        found.broken(format!("dossier_part of dossier {dossier}: no such dossier"));
    }
    Ok(())
}

/// The first online payment of each procedure, as events tell it, against the rows.
pub(super) async fn first_payments(
    tx: &Tx,
    found: &mut Found,
    mut told: HashMap<Id, (Id, Instant)>,
) -> Result<(), StoreError> {
    for row in tx.query(FIRST_PAYMENTS, params![]).await? {
        let procedure: Id = row.get("procedure_id")?;
        found.report.rows_checked += 1;
        if told.remove(&procedure) != Some((row.get("dossier_id")?, row.get("at")?)) {
            found.broken(format!("procedure_first_payment {procedure}: not what the events tell"));
        }
    }
    if let Some(procedure) = told.keys().min() {
        found.broken(format!("procedure_first_payment {procedure}: missing"));
    }
    Ok(())
}
