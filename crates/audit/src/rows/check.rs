//! Compares rows with what their last events left.

use super::{Digests, KEY, Kept, OF, SUBJECT, Sum, adopt};
use base::{Date, Id, Instant};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::{StoreError, Tx, params};

/// Subjects looked at together; their digests are all that is held in memory.
const PAGE: i64 = 1_000;
/// Rows named at most; the rest is counted.
const NAMED_MAX: usize = 20;

store::statements! {
    /// Subjects whose chains have a head of their own, in the order of their ids.
    pub PAGE_OF_HEADS = "SELECT subject_id FROM event_head WHERE subject_id > $1 ORDER BY subject_id LIMIT $2";
    /// Their events that tell of rows. Driven by the heads: dossiers' events lie between and are not read.
    pub SAYING = "SELECT e.subject_id, e.n, e.at, e.kind, e.data FROM event_head h CROSS JOIN event e
        WHERE h.subject_id > $1 AND h.subject_id <= $2 AND e.subject_id = h.subject_id AND e.data LIKE '%\"rows\":{%' ORDER BY e.subject_id, e.n";
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowsCheck {
    pub rows: u64,
    pub wrong: u64,
    /// The first that do not follow, in words.
    pub named: Vec<String>,
}

impl RowsCheck {
    fn wrong(&mut self, what: String) {
        self.wrong += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(what);
        }
    }
}

/// What the last event about a subject's rows said of one set.
pub(super) struct Said {
    n: i64,
    at: Instant,
    kind: String,
    digests: Digests,
}

/// By subject and set.
pub(super) type AllSaid = BTreeMap<(i64, String), Said>;

/// What the events of subjects in `(after, last]` say last of their rows.
pub(super) async fn said(tx: &Tx, after: i64, last: i64) -> Result<AllSaid, StoreError> {
    let mut all = AllSaid::new();
    tx.query_each(SAYING, params![after, last], |row| {
        let data: serde_json::Value = serde_json::from_str(row.text("data")?).unwrap_or_default();
        let Some(rows) = data.get(KEY).and_then(serde_json::Value::as_object) else { return Ok(()) };
        let Some(of) = rows.get(OF).and_then(serde_json::Value::as_str) else { return Ok(()) };
        let digests = rows
            .iter()
            .filter(|(table, _)| *table != OF)
            .filter_map(|(table, hex)| Some((table.clone(), hex.as_str()?.to_owned())))
            .collect();
        let said = Said { n: row.get("n")?, at: row.get("at")?, kind: row.get("kind")?, digests };
        all.insert((row.get("subject_id")?, of.to_owned()), said);
        Ok(())
    })
    .await?;
    Ok(all)
}

/// What the rows of subjects in a range come to.
#[derive(Default)]
pub(super) struct Found {
    /// By subject and table.
    pub(super) digests: BTreeMap<i64, Digests>,
    /// What a person knows the subject by.
    labels: BTreeMap<i64, String>,
}

pub(super) async fn found(tx: &Tx, kept: &Kept, after: i64, last: i64, rows: &mut u64) -> Result<Found, StoreError> {
    let mut found = Found::default();
    for table in kept.tables {
        let mut open: Option<(i64, Sum)> = None;
        let digests = &mut found.digests;
        let mut close = |open: Option<(i64, Sum)>| {
            if let Some((subject, sum)) = open {
                digests.entry(subject).or_default().insert(table.name.to_owned(), sum.digest());
            }
        };
        let labels = &mut found.labels;
        *rows += tx
            .query_each(table.between(), params![after, last], |row| {
                let subject: i64 = row.get(SUBJECT)?;
                if open.as_ref().is_none_or(|(before, _)| *before != subject) {
                    close(open.replace((subject, Sum::default())));
                    if let Some(label) = table.label {
                        labels.entry(subject).or_insert(row.get(label)?);
                    }
                }
                if let Some((_, sum)) = &mut open {
                    sum.add(table, row);
                }
                Ok(())
            })
            .await?;
        close(open);
    }
    Ok(found)
}

/// Compares every row of the sets with the last event about its subject. `progress` is told how many rows are done. A set
/// that was never taken over ([`super::adopt_rows`]) is not expected to have events for all its rows.
pub async fn check_rows(
    tx: &Tx,
    sets: &[&'static Kept],
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<RowsCheck, StoreError> {
    let mut check = RowsCheck::default();
    let adopted: HashSet<String> = adopt::adopted(tx).await?.into_keys().collect();
    let mut after = i64::MIN;
    loop {
        let heads = tx.query(PAGE_OF_HEADS, params![after, PAGE]).await?;
        let full = heads.len() as i64 == PAGE;
        let last = match heads.last() {
            Some(row) if full => row.get::<i64>("subject_id")?,
            _ => i64::MAX,
        };
        let mut said = said(tx, after, last).await?;
        for kept in sets {
            let found = found(tx, kept, after, last, &mut check.rows).await?;
            let mut all_said: BTreeMap<i64, Said> = BTreeMap::new();
            let keys: Vec<_> = said.keys().filter(|(_, of)| of == kept.name).cloned().collect();
            for key in keys {
                if let Some(said) = said.remove(&key) {
                    all_said.insert(key.0, said);
                }
            }
            let subjects: BTreeSet<i64> = found.digests.keys().chain(all_said.keys()).copied().collect();
            for subject in subjects {
                let name = found.labels.get(&subject).map_or_else(|| Id(subject).to_string(), String::clone);
                let rows = found.digests.get(&subject);
                compare(&mut check, &name, rows, all_said.get(&subject), adopted.contains(kept.name));
            }
        }
        progress(check.rows);
        if last == i64::MAX {
            return Ok(check);
        }
        after = last;
    }
}

/// Subjects of a range with rows in a set that are not as their last event left them.
///
/// # Errors
/// The database's.
pub async fn unlike(tx: &Tx, kept: &Kept, after: i64, last: i64) -> Result<BTreeSet<i64>, StoreError> {
    let said = said(tx, after, last).await?;
    let found = found(tx, kept, after, last, &mut 0).await?;
    let mut unlike = BTreeSet::new();
    for (subject, rows) in &found.digests {
        let mut check = RowsCheck::default();
        compare(&mut check, "", Some(rows), said.get(&(*subject, kept.name.to_owned())), true);
        if check.wrong > 0 {
            unlike.insert(*subject);
        }
    }
    Ok(unlike)
}

fn compare(check: &mut RowsCheck, name: &str, rows: Option<&Digests>, said: Option<&Said>, adopted: bool) {
    let none = Digests::new();
    let rows = rows.unwrap_or(&none);
    let Some(said) = said else {
        if adopted {
            let tables: Vec<&str> = rows.keys().map(String::as_str).collect();
            check.wrong(format!("{} {name}: added, and no event tells of it", tables.join(", ")));
        }
        return;
    };
    let day: Date = said.at.date();
    let event = format!("event #{} ({}, {day})", said.n, said.kind);
    let tables: BTreeSet<&String> = rows.keys().chain(said.digests.keys()).collect();
    for table in tables {
        match (rows.get(table), said.digests.get(table)) {
            (Some(is), Some(was)) if is == was => {}
            (Some(_), Some(_)) => check.wrong(format!("{table} {name}: not as {event} left it")),
            (Some(_), None) => check.wrong(format!("{table} {name}: not there after {event}, and added since")),
            (None, _) => check.wrong(format!("{table} {name}: there after {event}, and gone since")),
        }
    }
}
