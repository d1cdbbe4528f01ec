//! What a register says of its subjects.

use crate::columns;
use ::store::{FromCell, Row, StoreError, Value};
use audit::Head;
use base::{Date, Id, Instant};
use facts::Fact;
use files::Seal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use std::fmt::Debug;

/// A subject of a register: the state that follows from its events. The value knows neither its id nor its code nor its place in the
/// log ([`Held`] does), so that a state can be compared with another.
pub trait Subject: Clone + Default + PartialEq + Debug + Send + Sync + 'static {
    /// The word of the kind, `petition`; part of the records, so it never changes.
    const KIND: &'static str;
    /// The register's own table: `id`, `code`, `event_n`, `event_hash` and [`Subject::COLUMNS`].
    const TABLE: &'static str;
    /// Whether its table has a column `code` for the subject's code. False: its code is its id, and a column of that name means
    /// something of its own (an agency's identifier, which others carried before).
    const CODED: bool = true;
    /// The version of the rules that new events are written under. It stands in every event; `apply` follows it, so that the past
    /// keeps its rules (decision 0011).
    const V: i64;
    /// Every column of the state: INSERT, UPDATE, reading and the proof's difference come from this one list.
    const COLUMNS: &'static [Column<Self>];
    /// What can happen. Serialised with its act as `"act"` (`#[serde(tag = "act", rename_all = "kebab-case")]`), which is the word of
    /// the verb. No personal data stands in it: words about people are asides ([`crate::Aside`]).
    type Event: Serialize + DeserializeOwned + Send + Sync;

    /// The state after an event, and what is counted of it: a pure function, the same live and in the proof.
    ///
    /// # Errors
    /// When the event cannot follow on the state, whoever wrote it.
    fn apply(before: Option<&Self>, moment: &Moment, event: &Self::Event) -> Result<(Self, Vec<Fact>), DoesNotFollow>;

    /// What is owed in this state, each by a name of its own; nothing in a register without deadlines.
    fn dues(&self) -> Vec<Due> {
        Vec::new()
    }

    /// Which other subjects it points to.
    fn links(&self) -> Vec<Link> {
        Vec::new()
    }

    /// The running number it was given, where its code comes from one.
    fn number(&self) -> Option<Number> {
        None
    }

    /// What it is found by, beside its code; nowhere where it is not searched for.
    fn found(&self) -> crate::Found {
        crate::Found::default()
    }

    /// Whom an event is news for, beside the office: told by `notices` once the act is kept.
    fn news(&self, _: &Moment, _: &Self::Event) -> Option<News> {
        None
    }

    /// The papers that come with an event; their rows belong to the subject.
    fn seals(_: &Self::Event) -> &[Seal] {
        &[]
    }
}

/// One column of a register's table, and the part of the state it holds.
pub struct Column<S> {
    pub name: &'static str,
    /// What is written.
    pub get: fn(&S) -> Value,
    /// What is read back; an unknown word is a fault of the row.
    pub set: fn(&mut S, &Row) -> Result<(), StoreError>,
}

/// Reads a column into its place.
///
/// # Errors
/// A column that is missing or of another type.
pub fn cell<T: FromCell>(into: &mut T, row: &Row, name: &str) -> Result<(), StoreError> {
    *into = row.get(name)?;
    Ok(())
}

/// A column of text that is one word of a closed list.
///
/// # Errors
/// A word that stands for nothing.
pub fn word<T: DeserializeOwned>(into: &mut T, row: &Row, name: &str) -> Result<(), StoreError> {
    let word: String = row.get(name)?;
    *into = serde_json::from_value(Json::from(word)).map_err(|error| bad(name, error))?;
    Ok(())
}

/// A short list in one column, as JSON; empty for an empty one.
pub fn list_value<T: Serialize>(all: &[T]) -> Value {
    if all.is_empty() { Value::Null } else { serde_json::to_string(all).unwrap_or_default().into() }
}

/// Reads what [`list_value`] wrote.
///
/// # Errors
/// Text that is no such list.
pub fn list<T: DeserializeOwned>(into: &mut Vec<T>, row: &Row, name: &str) -> Result<(), StoreError> {
    let text: Option<String> = row.get(name)?;
    *into = text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text)).map_err(|error| bad(name, error))?;
    Ok(())
}

fn bad(name: &str, error: serde_json::Error) -> StoreError {
    StoreError::Column { column: name.to_owned(), problem: error.to_string() }
}

/// Where and when an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub subject: Id,
    /// Its place in the subject's chain, from 1.
    pub n: i64,
    pub at: Instant,
    /// The account that acted; none for somebody without one.
    pub actor: Option<Id>,
    /// The unit of the grant that allowed it.
    pub agency: Option<Id>,
    /// The version of the rules it was written under.
    pub v: i64,
}

/// Who writes, in whose name, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    pub actor: Option<Id>,
    pub agency: Option<Id>,
    pub now: Instant,
}

/// Something owed by a unit, perhaps by a certain person, until a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// One of the names the kind declares ([`crate::DueKind`]).
    pub name: &'static str,
    pub unit: Id,
    pub holder: Option<Id>,
    pub at: Instant,
    /// Which of several that are owed by one name it is, each to a unit and by a day of its own: a number the kind gives, the same as long
    /// as it is the same thing. 0 where there is one alone.
    pub part: i64,
}

impl Due {
    /// The end of office hours, when a day that something is due on is over.
    const EVENING_MS: i64 = 17 * 3_600_000;

    /// Owed by a unit, by nobody in person, until the evening of a day.
    pub fn by_evening(name: &'static str, unit: Id, day: Date) -> Due {
        Due { name, unit, holder: None, at: Instant::start_of(day).plus_ms(Self::EVENING_MS), part: 0 }
    }
}

/// News of a subject; see [`Subject::news`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The word of what happened.
    pub kind: &'static str,
    /// Whose box it goes to. None: to whoever left an e-mail address or telephone among the words beside its events.
    pub account: Option<Id>,
}

/// Something pointed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub name: &'static str,
    pub other: Id,
}

/// A running number without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number {
    pub book: &'static str,
    /// The year, or another period counted from 1.
    pub period: i64,
    pub n: i64,
}

/// An event does not follow on the state before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoesNotFollow(pub &'static str);

/// A subject as it stands in its table.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<S> {
    pub id: Id,
    pub code: String,
    /// The last event.
    pub head: Head,
    pub state: S,
}

impl<S: Subject> Held<S> {
    /// Reads a row with every column of the table.
    ///
    /// # Errors
    /// A column that is missing, of another type, or holds a word that stands for nothing.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let mut state = S::default();
        columns::fill(S::COLUMNS, &mut state, row)?;
        // Empty in a row that was not taken over (`adopt`): no event follows on it.
        let (n, hash): (Option<i64>, Option<Vec<u8>>) = (row.get("event_n")?, row.get("event_hash")?);
        let hash = hash.and_then(|hash| hash.try_into().ok()).unwrap_or([0xff; 32]);
        let id: Id = row.get("id")?;
        let code = if S::CODED { row.get("code")? } else { id.to_string() };
        Ok(Held { id, code, head: Head { n: n.unwrap_or_default(), hash }, state })
    }

    /// Reads rows with every column of the table, in their order.
    ///
    /// # Errors
    /// As [`Held::read`].
    pub fn read_all(rows: &[Row]) -> Result<Vec<Self>, StoreError> {
        rows.iter().map(Held::read).collect()
    }

    /// The first column in which a row differs from what the events say.
    pub(crate) fn difference(said: &S, row: &S) -> Option<&'static str> {
        columns::difference(S::COLUMNS, said, row)
    }
}

/// The statements of a register's own table, made of its columns.
pub(crate) mod sql {
    use super::{Held, Subject};
    use crate::columns;
    use ::store::Value;

    fn names<S: Subject>() -> Vec<&'static str> {
        let own =
            if S::CODED { &["id", "code", "event_n", "event_hash"][..] } else { &["id", "event_n", "event_hash"] };
        own.iter().copied().chain(columns::names(S::COLUMNS)).collect()
    }

    /// A new subject: `id`, `code`, `event_n`, `event_hash`, then the columns in order.
    pub(crate) fn insert<S: Subject>() -> String {
        columns::insert_text(S::TABLE, &names::<S>())
    }

    /// The values of [`insert`].
    pub(crate) fn inserted<S: Subject>(held: &Held<S>) -> Vec<Value> {
        let code = S::CODED.then(|| Value::from(held.code.as_str()));
        let head = [held.head.n.into(), held.head.hash.to_vec().into()];
        let columns = columns::values(S::COLUMNS, &held.state);
        [held.id.into()].into_iter().chain(code).chain(head).chain(columns).collect()
    }

    fn set<S: Subject>(first: usize) -> String {
        columns::set_text(columns::names(S::COLUMNS), first)
    }

    /// The state after one more event; nobody else may have written one meanwhile ($2 is the event before).
    pub(crate) fn update<S: Subject>() -> String {
        format!("UPDATE {} SET event_n = $3, event_hash = $4, {} WHERE id = $1 AND event_n = $2", S::TABLE, set::<S>(5))
    }

    /// A row that was there before its register moved onto the shared pieces.
    pub(crate) fn take_over<S: Subject>() -> String {
        let set = set::<S>(4);
        format!("UPDATE {} SET event_n = $2, event_hash = $3, {set} WHERE id = $1 AND event_n IS NULL", S::TABLE)
    }

    /// Rows that are not taken over yet, in the order of their ids.
    pub(crate) fn before(table: &str) -> String {
        format!("SELECT id FROM {table} WHERE id > $1 AND event_n IS NULL ORDER BY id LIMIT $2")
    }

    /// One subject by its code.
    pub(crate) fn by_code<S: Subject>() -> String {
        if S::CODED {
            return format!("SELECT * FROM {} WHERE code = $1", S::TABLE);
        }
        format!("SELECT a.* FROM subject s JOIN {} a ON a.id = s.id WHERE s.code = $1", S::TABLE)
    }

    /// Subjects with the ids of a JSON list.
    pub(crate) fn by_ids(table: &str, engine: ::store::Engine) -> String {
        let ids = match engine {
            ::store::Engine::Sqlite => "SELECT value FROM json_each($1)",
            ::store::Engine::Postgres => "SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)",
        };
        format!("SELECT * FROM {table} WHERE id IN ({ids})")
    }

    /// Subjects of a range of ids, for the proof.
    pub(crate) fn between(table: &str) -> String {
        format!("SELECT * FROM {table} WHERE id > $1 AND id <= $2 ORDER BY id")
    }
}
