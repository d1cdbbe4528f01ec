//! The row of a dossier: its columns, once. INSERT, UPDATE, reading and the proof's difference come from these lists.

use crate::dossier::{Applicant, Dossier, Mishap, Outcome, Status};
use crate::store::Loaded;
use ::store::{FromCell, Row, StoreError, Value};
use audit::Head;
use base::{Channel, Id, Instant, Level};
use records::{Column, column, columns};
use std::sync::LazyLock;

/// What events move. `open` follows from the status; worklists look at nothing else.
const MOVED: &[Column<Dossier>] = &[
    Column { name: "event_n", get: |d| d.head.n.into(), set: |d, row| put(&mut d.head.n, row, "event_n", Some) },
    Column {
        name: "event_hash",
        get: |d| d.head.hash.to_vec().into(),
        set: |d, row| put(&mut d.head.hash, row, "event_hash", |hash: Vec<u8>| hash.try_into().ok()),
    },
    Column {
        name: "status",
        get: |d| d.status.code().into(),
        set: |d, row| put(&mut d.status, row, "status", Status::from_code),
    },
    Column { name: "open", get: |d| d.status.is_open().into(), set: |_, _| Ok(()) },
    column!("step", step),
    column!("unit_id", unit),
    column!("handler_id", handler),
    column!("offered_at", offered_at),
    column!("take_by", take_by),
    column!("sender_id", sender),
    column!("papers_by", papers_by),
    column!("papers_from", papers_from),
    column!("division_id", division),
    column!("received_by", received_by),
    column!("answer_due_at", answer_due_at),
    column!("received_at", received_at),
    column!("due_at", due_at),
    column!("first_due_at", first_due_at),
    column!("promised_at", promised_at),
    column!("due_basis", due_basis),
    column!("step_due_at", step_due_at),
    column!("paused_at", paused_at),
    column!("supplements", supplements),
    column!("asked_until", asked_until),
    column!("finished_at", finished_at),
    column!("returned_at", returned_at),
    // A word that stands for nothing reads as no outcome; the proof holds it to the row.
    Column {
        name: "outcome",
        get: |d| d.outcome.as_str().into(),
        set: |d, row| put(&mut d.outcome, row, "outcome", |word: String| Some(Outcome::read(&word))),
    },
    column!("flags", flags),
    column!("fee_dong", fee_dong),
    column!("paid_dong", paid_dong),
    column!("decided_by", decided_by),
    column!("rating", rating),
    column!("opinion_n", opinion_n),
    Column {
        name: "mishap",
        get: |d| d.mishap.map_or("", Mishap::as_str).into(),
        set: |d, row| {
            put(&mut d.mishap, row, "mishap", |word: String| match word.as_str() {
                "" => Some(None),
                word => Mishap::read(word).map(Some),
            })
        },
    },
    column!("mishap_until", mishap_until),
    column!("settled_for", settled_for),
    column!("first_intake", first_intake),
];

/// What it was filed with.
const FILED: &[Column<Dossier>] = &[
    column!("id", id),
    column!("code", code),
    column!("procedure_id", procedure),
    column!("version_id", version),
    column!("field", field),
    Column {
        name: "level",
        get: |d| d.level.as_str().into(),
        set: |d, row| put(&mut d.level, row, "level", |word: String| word.parse::<Level>().ok()),
    },
    Column {
        name: "channel",
        get: |d| d.channel.code().into(),
        set: |d, row| put(&mut d.channel, row, "channel", |code| Channel::from_code(code).ok()),
    },
    column!("intake_id", intake),
    column!("competent_id", competent),
    column!("return_id", return_to),
    column!("account_id", account),
    column!("filed_at", filed_at),
];

/// Whom it is about; of these the events hold a digest.
const PEOPLE: &[Column<Applicant>] = &[
    column!("owner_name", owner_name),
    column!("owner_number", owner_number),
    column!("owner_phone", owner_phone),
    column!("owner_address", owner_address),
    column!("submitter_name", submitter_name),
    column!("summary", summary),
    column!("answers", answers),
    column!("owner_paper", owner_paper),
    column!("owner_nationality", owner_nationality),
];

/// A new dossier: the values of [`values`].
pub static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names = columns::names(MOVED).chain(columns::names(FILED)).chain(columns::names(PEOPLE));
    columns::insert_text("dossier", &names.collect::<Vec<_>>())
});

/// The state after one more event: the values of [`moved`]. Nobody else may have written one meanwhile.
pub static UPDATE: LazyLock<String> = LazyLock::new(|| {
    format!("UPDATE dossier SET {} WHERE id = $1 AND event_n = $2", columns::set_text(columns::names(MOVED), 3))
});

/// The statements made of the columns, for a test that prepares them.
pub(crate) fn statements() -> Vec<String> {
    let beside = crate::opinion_store::statements().into_iter().chain(crate::part_store::statements());
    let beside = beside.chain(crate::written_store::statements());
    [INSERT.clone(), UPDATE.clone()].into_iter().chain(beside).collect()
}

/// Appends the values of a whole row, in the order of [`INSERT`].
pub fn values(values: &mut impl Extend<Value>, d: &Dossier, a: &Applicant) {
    values.extend(columns::values(MOVED, d).chain(columns::values(FILED, d)).chain(columns::values(PEOPLE, a)));
}

/// The values of [`UPDATE`]; `before`: the last event that was known.
pub(crate) fn moved(d: &Dossier, before: Head) -> Vec<Value> {
    let mut values = Vec::with_capacity(2 + MOVED.len());
    values.extend([d.id.into(), before.n.into()]);
    values.extend(columns::values(MOVED, d));
    values
}

/// Reads a whole row.
///
/// # Errors
/// A column that is missing, of another type, or holds a value this program does not write.
pub fn read(row: &Row) -> Result<Loaded, StoreError> {
    let (mut dossier, mut applicant) = (Dossier::default(), Applicant::default());
    columns::fill(MOVED, &mut dossier, row)?;
    columns::fill(FILED, &mut dossier, row)?;
    columns::fill(PEOPLE, &mut applicant, row)?;
    Ok(Loaded { dossier, applicant })
}

/// The first column in which a row differs from what its events say.
pub(crate) fn difference(said: &Dossier, row: &Dossier) -> Option<&'static str> {
    columns::difference(MOVED, said, row).or_else(|| columns::difference(FILED, said, row))
}

/// Reads a cell that stands for a value of another type.
fn put<T: FromCell, V>(
    into: &mut V,
    row: &Row,
    name: &'static str,
    means: impl FnOnce(T) -> Option<V>,
) -> Result<(), StoreError> {
    *into = means(row.get(name)?).ok_or_else(|| unreadable(name))?;
    Ok(())
}

pub(crate) fn unreadable(column: &'static str) -> StoreError {
    StoreError::Column { column: column.to_owned(), problem: "not a value this program writes".to_owned() }
}

/// Nothing has happened to it yet: what a row is read into, and what a filing begins with.
impl Default for Dossier {
    fn default() -> Self {
        Self {
            id: Id::default(),
            code: String::new(),
            procedure: Id::default(),
            version: Id::default(),
            field: String::new(),
            level: Level::Commune,
            channel: Channel::Counter,
            intake: Id::default(),
            competent: Id::default(),
            return_to: Id::default(),
            account: None,
            status: Status::Filed,
            step: 0,
            unit: Id::default(),
            handler: None,
            offered_at: None,
            take_by: None,
            sender: None,
            papers_by: None,
            papers_from: None,
            division: None,
            received_by: None,
            filed_at: Instant::default(),
            answer_due_at: None,
            received_at: None,
            due_at: None,
            first_due_at: None,
            promised_at: None,
            due_basis: String::new(),
            step_due_at: None,
            paused_at: None,
            supplements: 0,
            asked_until: None,
            finished_at: None,
            returned_at: None,
            outcome: Outcome::None,
            flags: 0,
            fee_dong: 0,
            paid_dong: 0,
            decided_by: None,
            rating: None,
            opinions: Vec::new(),
            opinion_n: 0,
            part: None,
            mishap: None,
            mishap_until: None,
            written: None,
            settled_for: None,
            first_intake: None,
            head: Head::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;
    use crate::fixture_db::*;
    use std::collections::BTreeSet;

    /// A column forgotten in the lists would keep what it was written with for ever.
    #[tokio::test]
    async fn the_lists_name_every_column_of_the_table_once_and_read_what_they_wrote() {
        for office in offices().await {
            let listed = columns::names(MOVED).chain(columns::names(FILED)).chain(columns::names(PEOPLE));
            let listed: Vec<&str> = listed.collect();
            let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
            let id = dossier.id;
            let row = office
                .db
                .read(move |tx| Box::pin(async move { tx.query_one(crate::store::BY_ID, ::store::params![id]).await }))
                .await
                .unwrap();
            let there: BTreeSet<&str> = row.columns().iter().map(String::as_str).collect();
            assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), there);
            assert_eq!(listed.len(), there.len());
            assert_eq!(difference(&dossier, &read(&row).unwrap().dossier), None);
        }
    }

    /// Every column of the state is compared by itself: one changed is named.
    #[test]
    fn a_changed_column_is_named() {
        let said = Story::received().dossier().clone();
        let row = Dossier { due_basis: "x".to_owned(), ..said.clone() };
        assert_eq!(difference(&said, &row), Some("due_basis"));
        let row = Dossier { channel: Channel::Post, ..said.clone() };
        assert_eq!(difference(&said, &row), Some("channel"));
        assert_eq!(difference(&said, &said), None);
    }
}
