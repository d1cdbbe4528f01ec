//! What dossiers owe and point to, against what their states say; and which subjects are proven elsewhere.

use super::Found;
use crate::owed::{KIND, dues};
use crate::store::Loaded;
use ::store::{StoreError, Tx, params};
use base::{Id, Instant};
use records::Kind;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The kinds of the program with dossiers and procedures among them, whoever named them: what they count is proven here.
pub(super) fn with_own(kinds: &[Kind]) -> Vec<Kind> {
    let own = [KIND, catalogue::stock::KIND];
    let others = kinds.iter().copied().filter(|kind| own.iter().all(|one| one.word != kind.word));
    own.into_iter().chain(others).collect()
}

/// Subjects of a range that live on the shared pieces: their events are followed there.
pub(super) async fn subjects(tx: &Tx, after: i64, last: i64) -> Result<HashSet<Id>, StoreError> {
    let mut found = HashSet::new();
    tx.query_each(records::SUBJECTS_BETWEEN, params![after, last], |row| {
        found.insert(row.get("id")?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Where dossiers of a range point to: names and ids.
pub(super) type Links = BTreeMap<Id, BTreeSet<(String, Id)>>;

/// Their links as they stand.
pub(super) async fn links(tx: &Tx, after: i64, last: i64) -> Result<Links, StoreError> {
    let mut found = Links::new();
    tx.query_each(records::SELECT_LINKS, params![after, last], |row| {
        let name: String = row.get("name")?;
        if KIND.links.iter().any(|link| link.name == name) {
            found.entry(row.get("subject_id")?).or_default().insert((name, row.get("other_id")?));
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

/// A row of what is owed: name, unit, holder, moment, part.
type Owed = (String, Id, Option<Id>, Instant, i64);

/// Compares what a page of dossiers owes with what their rows say, which are proven themselves.
pub(super) async fn compare(
    tx: &Tx,
    found: &mut Found,
    page: impl Iterator<Item = &Loaded>,
    after: i64,
    last: i64,
) -> Result<(), StoreError> {
    let mut stored: HashMap<Id, Vec<Owed>> = HashMap::new();
    tx.query_each(records::SELECT_DUES, params![after, last], |row| {
        let name: String = row.get("name")?;
        if KIND.dues.iter().any(|due| due.name == name) {
            let owed = (name, row.get("unit_id")?, row.get("holder_id")?, row.get("due_at")?, row.get("part")?);
            stored.entry(row.get("subject_id")?).or_default().push(owed);
        }
        Ok(())
    })
    .await?;
    for loaded in page {
        let d = &loaded.dossier;
        let mut said: Vec<Owed> =
            dues(d).into_iter().map(|due| (due.name.to_owned(), due.unit, due.holder, due.at, due.part)).collect();
        let mut there = stored.remove(&d.id).unwrap_or_default();
        said.sort();
        there.sort();
        found.report.rows_checked += said.len() as u64;
        if there != said {
            found.broken(format!("dossier {}: due", d.code));
        }
    }
    for id in stored.keys() {
        found.broken(format!("due {id}: no such dossier"));
    }
    Ok(())
}
