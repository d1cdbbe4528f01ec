//! Appending to a subject's chain and reading it back.

use crate::chain::{Chain, EventHash, Link, link_hash};
use base::{Id, Instant};
use store::{Row, StoreError, Tx, Value, params};

/// Something that is about to be written down.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Stable word of the module that writes it, for example `received`.
    pub kind: &'static str,
    pub at: Instant,
    pub actor: Option<Id>,
    /// The unit in whose name the actor acted.
    pub agency: Option<Id>,
    pub data: serde_json::Value,
}

/// Where a subject's chain stands; zero and all-zero hash before the first event.
pub type Head = Chain;

/// One row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub subject: Id,
    pub n: i64,
    pub at: Instant,
    pub kind: String,
    pub actor: Option<Id>,
    pub agency: Option<Id>,
    /// The stored text; JSON.
    pub data: String,
    pub hash: EventHash,
}

impl Event {
    /// The part of the row its hash covers.
    pub fn link(&self) -> Link<'_> {
        Link {
            subject: self.subject,
            n: self.n,
            at: self.at,
            kind: &self.kind,
            actor: self.actor,
            agency: self.agency,
            data: &self.data,
        }
    }
}

store::statements! {
    /// One more link, unless the chain of days is closed beyond it: whoever writes into a day that is sealed has a clock that
    /// stands behind, and the seal would be broken for ever.
    pub APPEND_EVENT = "INSERT INTO event (subject_id, n, at, kind, actor_id, agency_id, data, hash) SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM event_day WHERE day >= $9)";
    /// One more link, whatever is sealed: for records of the past taken in many at a time, whose days were opened before.
    pub INSERT_EVENT = "INSERT INTO event (subject_id, n, at, kind, actor_id, agency_id, data, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A subject's chain, oldest first; bounded, no subject comes near.
    pub SELECT_EVENTS = "SELECT subject_id, n, at, kind, actor_id, agency_id, data, hash FROM event WHERE subject_id = $1 ORDER BY n LIMIT 2000";
    /// The chains of some subjects; their ids are one JSON list.
    pub SELECT_EVENTS_OF = sqlite "SELECT subject_id, n, at, kind, actor_id, agency_id, data, hash FROM event WHERE subject_id IN (SELECT value FROM json_each($1)) ORDER BY subject_id, n",
        postgres "SELECT subject_id, n, at, kind, actor_id, agency_id, data, hash FROM event WHERE subject_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY subject_id, n";
    /// Head of a subject without a row of its own.
    pub SELECT_HEAD = "SELECT n, hash FROM event_head WHERE subject_id = $1";
    /// Moves that head, only if nobody moved it meanwhile.
    pub UPSERT_HEAD = "INSERT INTO event_head (subject_id, n, hash) VALUES ($1, $2, $3) ON CONFLICT (subject_id) DO UPDATE SET n = excluded.n, hash = excluded.hash WHERE event_head.n = excluded.n - 1";
}

/// The eight values of an event row, in the order of [`INSERT_EVENT`].
pub fn event_params(link: Link<'_>, hash: &EventHash) -> [Value; 8] {
    [
        Value::from(link.subject),
        Value::from(link.n),
        Value::from(link.at),
        Value::from(link.kind),
        Value::from(link.actor),
        Value::from(link.agency),
        Value::from(link.data),
        Value::from(hash.to_vec()),
    ]
}

/// Writes one link whose hash is already made. The caller moves the head.
///
/// # Errors
/// [`StoreError::Busy`] while the clock stands on a day that is sealed already: nothing may be written until the clock is
/// set right, or those days are opened ([`crate::open_days`]). [`StoreError::Unique`] when another writer had the same head.
pub async fn write_link(tx: &Tx, link: Link<'_>, hash: &EventHash) -> Result<(), StoreError> {
    let mut values = event_params(link, hash).to_vec();
    values.push(Value::from(link.at.date()));
    if tx.execute(APPEND_EVENT, &values).await? == 1 {
        return Ok(());
    }
    tracing::error!(clock = %link.at.date(), "that day is sealed: the clock stands behind, or days were sealed too early (`motcua days open`)");
    Err(StoreError::Busy("the clock stands on a day that is sealed"))
}

/// Writes the next link after `head`, which the caller keeps in its own row, and returns the new head.
///
/// # Errors
/// As [`write_link`].
pub async fn append_to_head(tx: &Tx, head: Head, subject: Id, event: &NewEvent) -> Result<Head, StoreError> {
    let data = event.data.to_string();
    let link = Link {
        subject,
        n: head.n + 1,
        at: event.at,
        kind: event.kind,
        actor: event.actor,
        agency: event.agency,
        data: &data,
    };
    let hash = link_hash(&head.hash, link);
    write_link(tx, link, &hash).await?;
    Ok(Head { n: link.n, hash })
}

/// Writes the next link of a subject whose head lives in `event_head`.
///
/// # Errors
/// As [`write_link`]; [`StoreError::Serialization`] when the head was moved meanwhile.
pub async fn append(tx: &Tx, subject: Id, event: NewEvent) -> Result<Head, StoreError> {
    let head = head_of(tx, subject).await?;
    append_after(tx, head, subject, event).await
}

/// Where the chain of a subject stands whose head lives in `event_head`.
pub(crate) async fn head_of(tx: &Tx, subject: Id) -> Result<Head, StoreError> {
    match tx.query_opt(SELECT_HEAD, params![subject]).await? {
        Some(row) => Ok(Head { n: row.get("n")?, hash: read_hash(&row)? }),
        None => Ok(Head::default()),
    }
}

/// [`append`] after a head that was read before.
pub(crate) async fn append_after(tx: &Tx, head: Head, subject: Id, event: NewEvent) -> Result<Head, StoreError> {
    let moved = || StoreError::Serialization(format!("the chain of {subject} was moved on meanwhile"));
    let head = append_to_head(tx, head, subject, &event).await.map_err(|error| match error {
        StoreError::Unique { .. } => moved(),
        other => other,
    })?;
    if tx.execute(UPSERT_HEAD, params![subject, head.n, head.hash.to_vec()]).await? != 1 {
        return Err(moved());
    }
    Ok(head)
}

/// The events of some subjects, subject by subject, each oldest first: for acts on many at once.
///
/// # Errors
/// The database's; a row that is no event.
pub async fn events_of(tx: &Tx, subjects: &[Id]) -> Result<Vec<Event>, StoreError> {
    let list = Value::ids(subjects);
    tx.query(SELECT_EVENTS_OF, &[list]).await?.iter().map(read_event).collect()
}

/// A subject's events, oldest first.
pub async fn events(tx: &Tx, subject: Id) -> Result<Vec<Event>, StoreError> {
    tx.query(SELECT_EVENTS, params![subject]).await?.iter().map(read_event).collect()
}

/// Reads a row with the columns of [`INSERT_EVENT`].
pub fn read_event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        subject: row.get("subject_id")?,
        n: row.get("n")?,
        at: row.get("at")?,
        kind: row.get("kind")?,
        actor: row.get("actor_id")?,
        agency: row.get("agency_id")?,
        data: row.get("data")?,
        hash: read_hash(row)?,
    })
}

/// A stored hash; one of another length reads as all ones, which no chain matches.
pub(crate) fn read_hash(row: &Row) -> Result<EventHash, StoreError> {
    let bytes: Vec<u8> = row.get("hash")?;
    Ok(bytes.try_into().unwrap_or([0xff; 32]))
}
