//! The words a dossier is found by. Each stands in the index plain, for who may see the whole province, and once for every
//! unit the dossier belongs or belonged to (`u57xtuan`), so that a search below the province reads its own hits and no others.
//! The index is derived: it is written with the dossier, renewed when the dossier moves, and [`rebuild`] makes it anew.

use crate::apply::apply;
use crate::dossier::{Applicant, Dossier};
use crate::happening::Happening;
use crate::store::{self as sql, Loaded};
use ::store::{Db, StoreError, Tx, params};
use base::{Date, Id};
pub(crate) use records::words::{at_unit, words_of};
use std::collections::BTreeSet;

/// Dossiers indexed in one transaction of [`rebuild`].
const BATCH: i64 = 500;

::store::statements! {
    /// Words to find a dossier by.
    pub INSERT_WORDS = "INSERT INTO dossier_words (rowid, words) VALUES ($1, $2)";
    /// Takes them away again.
    pub DELETE_WORDS = "DELETE FROM dossier_words WHERE rowid = $1";
    /// How far the index has been made for dossiers older than it.
    pub INDEXED = "SELECT below FROM dossier_words_made WHERE one = 1";
    /// Made down to here; 0 when whole.
    pub SET_INDEXED = "UPDATE dossier_words_made SET below = $1 WHERE one = 1";
    /// Dossiers still without words, the latest first.
    pub OLDER = "SELECT * FROM dossier WHERE id < $1 ORDER BY id DESC LIMIT $2";
}

/// A person's number in the index. It is found whole and never by its beginning, and does not lie there in plain.
pub(crate) fn number_word(number: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(number.as_bytes()).into();
    digest.iter().take(8).fold("k".to_owned(), |out, byte| format!("{out}{byte:02x}"))
}

/// A day in the index.
pub(crate) fn day_word(day: Date) -> String {
    format!("d{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// A procedure in the index.
pub(crate) fn procedure_word(procedure: Id) -> String {
    format!("p{}", procedure.0)
}

/// Everything a dossier is found by: code, owner and who brought it, phone, summary, the person's number, procedure, day of
/// filing; plain and for each of the `units`.
pub(crate) fn index_text(d: &Dossier, a: &Applicant, units: &BTreeSet<Id>) -> String {
    let mut plain: BTreeSet<String> = [&d.code, &a.owner_name, &a.owner_phone, &a.submitter_name, &a.summary]
        .into_iter()
        .flat_map(|text| words_of(text))
        .collect();
    plain.extend([procedure_word(d.procedure), day_word(d.filed_at.date())]);
    if !a.owner_number.is_empty() {
        plain.insert(number_word(&a.owner_number));
        // A branch is found under its company's code too.
        plain.extend(a.owner_number.split_once('-').map(|(company, _)| number_word(company)));
    }
    let mut text = plain.iter().cloned().collect::<Vec<_>>().join(" ");
    let asked = d.opinions.iter().map(|opinion| &opinion.unit);
    for unit in
        units.iter().chain(asked).chain([&d.unit, &d.intake, &d.competent, &d.return_to]).collect::<BTreeSet<_>>()
    {
        for word in &plain {
            text.push(' ');
            text.push_str(&at_unit(*unit, word));
        }
    }
    text
}

/// The units a dossier has lain at, by its events.
pub(crate) fn units_of(id: Id, events: &[audit::Event]) -> BTreeSet<Id> {
    let mut units = BTreeSet::new();
    let mut state = None;
    for event in events {
        // What does not follow is for the verification to say; here it is only not found under that unit.
        let Some((rules, happening)) = Happening::read_with_rules(&event.data) else { break };
        if apply(&mut state, id, event.at, (rules, event.actor), &happening).is_err() {
            break;
        }
        units.extend(state.as_ref().map(|dossier| dossier.unit));
        // Where a branch beside it has been worked on.
        if let Happening::OpinionForwarded { to, .. } | Happening::OpinionSentBack { to, .. } = &happening {
            units.insert(to.from);
        }
    }
    units
}

/// The words of a new dossier.
pub async fn add(tx: &Tx, d: &Dossier, a: &Applicant) -> Result<(), StoreError> {
    tx.execute(INSERT_WORDS, params![d.id, index_text(d, a, &BTreeSet::new())]).await.map(|_| ())
}

/// The words of a dossier that has moved, or whose applicant's data were corrected.
pub async fn renew(tx: &Tx, d: &Dossier, a: &Applicant) -> Result<(), StoreError> {
    let units = units_of(d.id, &audit::events(tx, d.id).await?);
    tx.execute(DELETE_WORDS, params![d.id]).await?;
    tx.execute(INSERT_WORDS, params![d.id, index_text(d, a, &units)]).await.map(|_| ())
}

/// Makes the words of dossiers older than the index, the latest first, a batch per transaction, until all are there; gives how
/// many there were. Done once after an upgrade; after that it costs one row.
pub async fn rebuild(db: &Db) -> Result<u64, StoreError> {
    let mut made = 0;
    loop {
        let batch = db.write(|tx| Box::pin(async move { one_batch(tx).await })).await?;
        made += batch;
        if batch == 0 {
            return Ok(made);
        }
    }
}

async fn one_batch(tx: &Tx) -> Result<u64, StoreError> {
    let below: Id = tx.query_one(INDEXED, params![]).await?.get("below")?;
    if below == Id(0) {
        return Ok(0);
    }
    let rows = tx.query(OLDER, params![below, BATCH]).await?;
    let mut lowest = Id(0);
    for row in &rows {
        let Loaded { dossier, applicant } = sql::read(row)?;
        renew(tx, &dossier, &applicant).await?;
        lowest = dossier.id;
    }
    tx.execute(SET_INDEXED, params![lowest]).await?;
    Ok(rows.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole_and_does_not_lie_in_the_index() {
        let word = number_word("092190000001");
        assert_eq!(word.len(), 17);
        assert_ne!(word, number_word("092190000002"));
        assert!(!word.contains("092190"));
    }
}
