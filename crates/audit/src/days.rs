//! The chain of chains: a closed day's events in one digest, each day chained to the one before.

use crate::chain::EventHash;
use crate::clock::CLOCK_TOLERANCE_MS;
use crate::log::{NewEvent, append};
use base::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{StoreError, Tx, params};

/// The subject under which the log keeps its own events: which days were sealed, with which hash. They are sealed with the
/// day they happen on, like all others; so the end of `event_day` cannot be cut off without cutting the log too.
pub const SEALS: Id = Id(0);

/// A day is sealed this long after its end, so that no transaction begun before midnight is still on its way, and no clock
/// that is believed can be so far ahead.
const SEAL_AFTER_MS: i64 = CLOCK_TOLERANCE_MS;
const DAY_MS: i64 = 86_400_000;

store::statements! {
    /// The last sealed day.
    pub LAST_DAY = "SELECT day, hash FROM event_day ORDER BY day DESC LIMIT 1";
    /// When the log begins.
    pub FIRST_EVENT = "SELECT MIN(at) AS at FROM event";
    /// A day's hashes in an order that every engine gives alike.
    pub DAY_HASHES = "SELECT hash FROM event WHERE at >= $1 AND at < $2 ORDER BY at, subject_id, n";
    /// Seals a day.
    pub INSERT_DAY = "INSERT INTO event_day (day, events, digest, hash) VALUES ($1, $2, $3, $4) ON CONFLICT (day) DO NOTHING";
    /// Takes the seals off days that are to be sealed again.
    pub DELETE_DAYS = "DELETE FROM event_day WHERE day >= $1";
    /// What the log says of its own days.
    pub SELECT_SEALS = "SELECT data FROM event WHERE subject_id = $1 AND kind IN ('day-sealed', 'days-opened') ORDER BY n";
    /// Whether the chain of days is closed up to a day.
    pub IS_SEALED = "SELECT 1 AS yes FROM event_day WHERE day >= $1 LIMIT 1";
    /// What the log last said of the clock and of days opened, latest first.
    pub SELECT_REMARKS = "SELECT n, at, kind, data FROM event WHERE subject_id = $1 AND kind IN ('clock-jumped', 'clock-accepted', 'days-opened') ORDER BY n DESC LIMIT 20";
    /// The last sealed days.
    pub LAST_DAYS = "SELECT day, events, hash FROM event_day WHERE day < $1 ORDER BY day DESC LIMIT $2";
    /// The days with events that are over; an index answers it.
    pub LAST_EVENT = "SELECT MAX(at) AS at FROM event WHERE at < $1 AND subject_id <> $2";
    /// Every sealed day.
    pub SELECT_DAYS = "SELECT day, events, digest, hash FROM event_day ORDER BY day";
}

/// What was found on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayDigest {
    pub day: Date,
    pub events: i64,
    pub digest: EventHash,
}

/// Outcome of [`check_days`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayCheck {
    /// How many days agree.
    pub days: i64,
    /// The first that does not, or that is gone.
    pub broken: Option<Date>,
    /// Every day that agrees, with its hash.
    pub hashes: BTreeMap<Date, EventHash>,
}

/// An event of [`SEALS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sealing {
    /// A day with its hash in hexadecimal.
    Sealed { day: Date, hash: String },
    /// Days from that one on are open again: records of the past are being taken in, or they were sealed under a wrong clock.
    Opened {
        from: Date,
        #[serde(default)]
        reason: String,
    },
}

impl Sealing {
    async fn write(&self, tx: &Tx, at: Instant) -> Result<(), StoreError> {
        let kind = match self {
            Self::Sealed { .. } => "day-sealed",
            Self::Opened { .. } => "days-opened",
        };
        // A plain data type with string keys always serialises.
        let data = serde_json::to_value(self).unwrap_or_default();
        append(tx, SEALS, NewEvent { kind, at, actor: None, agency: None, data }).await?;
        Ok(())
    }
}

/// Writes a remark of the log about itself, unless the clock stands on a day that is sealed: then it cannot be written, and
/// the caller has told it elsewhere.
pub(crate) async fn write_to_log(
    tx: &Tx,
    kind: &'static str,
    data: serde_json::Value,
    at: Instant,
) -> Result<(), StoreError> {
    if tx.query_opt(IS_SEALED, params![at.date()]).await?.is_none() {
        append(tx, SEALS, NewEvent { kind, at, actor: None, agency: None, data }).await?;
    }
    Ok(())
}

/// A hash as people write it down.
pub fn hex(hash: &EventHash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn digest_of(tx: &Tx, day: Date) -> Result<DayDigest, StoreError> {
    let from = Instant::from_local(day.at(0, 0, 0, 0));
    let mut hasher = Sha256::new();
    let mut events = 0;
    tx.query_each(DAY_HASHES, params![from, from.plus_ms(DAY_MS)], |row| {
        let hash: Vec<u8> = row.get("hash")?;
        hasher.update(&hash);
        events += 1;
        Ok(())
    })
    .await?;
    Ok(DayDigest { day, events, digest: hasher.finalize().into() })
}

fn chain_day(previous: &[u8], found: &DayDigest) -> EventHash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(found.day.to_string().as_bytes());
    hasher.update(found.events.to_be_bytes());
    hasher.update(found.digest);
    hasher.finalize().into()
}

/// Seals every day that is over by `until` and not yet sealed, at most `days_max` of them; returns how many. `until` is what
/// the clock says only where nobody else can have written ([`crate::Known::sealed_until`] otherwise).
pub async fn seal_days(tx: &Tx, until: Instant, days_max: usize) -> Result<usize, StoreError> {
    tx.lock("audit/seals").await?;
    let (mut next, mut previous) = match tx.query_opt(LAST_DAY, params![]).await? {
        Some(row) => (row.get::<Date>("day")?.tomorrow().ok(), row.get::<Vec<u8>>("hash")?),
        None => {
            (tx.query_one(FIRST_EVENT, params![]).await?.get::<Option<Instant>>("at")?.map(Instant::date), vec![0; 32])
        }
    };
    let open_day = until.plus_ms(-SEAL_AFTER_MS).date();
    let mut sealed = 0;
    while let Some(day) = next.filter(|day| *day < open_day && sealed < days_max) {
        let found = digest_of(tx, day).await?;
        let hash = chain_day(&previous, &found);
        tx.execute(INSERT_DAY, params![day, found.events, found.digest.to_vec(), hash.to_vec()]).await?;
        Sealing::Sealed { day, hash: hex(&hash) }.write(tx, until).await?;
        previous = hash.to_vec();
        next = day.tomorrow().ok();
        sealed += 1;
    }
    Ok(sealed)
}

/// Opens sealed days from `from` on, so that records of the past can be taken in, or days sealed under a wrong clock go on;
/// the log says that it was done, and why. They are sealed again in their turn. Returns how many were open.
pub async fn open_days(tx: &Tx, from: Date, reason: &str, now: Instant) -> Result<u64, StoreError> {
    tx.lock("audit/seals").await?;
    let opened = tx.execute(DELETE_DAYS, params![from]).await?;
    if opened > 0 {
        Sealing::Opened { from, reason: reason.to_owned() }.write(tx, now).await?;
    }
    Ok(opened)
}

/// Something the log said of itself: a jump of the clock, days that were opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub at: Instant,
    /// `clock-jumped`, `clock-accepted`, `days-opened`.
    pub kind: String,
    /// By how much the clock jumped, in milliseconds.
    pub jumped_ms: Option<i64>,
    /// The first day opened, and why.
    pub opened: Option<(Date, String)>,
}

/// The latest remarks, at most 20.
pub async fn remarks(tx: &Tx) -> Result<Vec<Remark>, StoreError> {
    let mut remarks = Vec::new();
    for row in tx.query(SELECT_REMARKS, params![SEALS]).await? {
        let data: serde_json::Value = serde_json::from_str(&row.get::<String>("data")?).unwrap_or_default();
        let opened = match serde_json::from_value(data.clone()) {
            Ok(Sealing::Opened { from, reason }) => Some((from, reason)),
            _ => None,
        };
        let jumped_ms = data.get("ms").and_then(serde_json::Value::as_i64);
        remarks.push(Remark { at: row.get("at")?, kind: row.get("kind")?, jumped_ms, opened });
    }
    Ok(remarks)
}

/// The sealed days before one, latest first, with the number of their events and their hash as people write it down.
pub async fn last_days(tx: &Tx, before: Date, most: i64) -> Result<Vec<(Date, i64, String)>, StoreError> {
    tx.query(LAST_DAYS, params![before, most])
        .await?
        .iter()
        .map(|row| {
            let hash: Vec<u8> = row.get("hash")?;
            let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok((row.get("day")?, row.get("events")?, hash))
        })
        .collect()
}

/// The days that the log says are sealed, with their hashes.
async fn said_sealed(tx: &Tx) -> Result<BTreeMap<Date, String>, StoreError> {
    let mut said = BTreeMap::new();
    let mut unreadable = false;
    tx.query_each(SELECT_SEALS, params![SEALS], |row| {
        match serde_json::from_str(&row.get::<String>("data")?) {
            Ok(Sealing::Sealed { day, hash }) => {
                said.insert(day, hash);
            }
            Ok(Sealing::Opened { from, .. }) => {
                said.split_off(&from);
            }
            // Its chain tells which event it was.
            Err(_) => unreadable = true,
        }
        Ok(())
    })
    .await?;
    if unreadable {
        tracing::warn!("an event about sealed days cannot be read");
    }
    Ok(said)
}

/// Recomputes every sealed day from the events and compares, also with what the log says was sealed: a day taken off the
/// end of the chain is missed there. Whoever cuts the log's own chain as well is found only by a hash kept elsewhere.
pub async fn check_days(tx: &Tx) -> Result<DayCheck, StoreError> {
    let mut check = DayCheck::default();
    let mut said = said_sealed(tx).await?;
    let mut previous = vec![0; 32];
    for row in tx.query(SELECT_DAYS, params![]).await? {
        let found = digest_of(tx, row.get("day")?).await?;
        let hash = chain_day(&previous, &found);
        let agrees = row.get::<i64>("events")? == found.events
            && row.get::<Vec<u8>>("digest")? == found.digest
            && row.get::<Vec<u8>>("hash")? == hash
            && said.remove(&found.day) == Some(hex(&hash));
        // A day said to be sealed before this one, and not there.
        let missing = said.keys().next().filter(|day| **day < found.day).copied();
        if missing.is_some() || !agrees {
            check.broken = missing.or(Some(found.day));
            return Ok(check);
        }
        check.hashes.insert(found.day, hash);
        previous = hash.to_vec();
        check.days += 1;
    }
    check.broken = said.keys().next().copied();
    Ok(check)
}

/// Days that are over, have events and are not sealed: up to the last of them. The background work seals them when the
/// program runs; more than a few say that it has not run, or that days and seals were cut off together.
pub async fn unsealed_until(tx: &Tx, last_sealed: Option<Date>, now: Instant) -> Result<Option<Date>, StoreError> {
    let open_day = Instant::from_local(now.plus_ms(-SEAL_AFTER_MS).date().at(0, 0, 0, 0));
    let last: Option<Instant> = tx.query_one(LAST_EVENT, params![open_day, SEALS]).await?.get("at")?;
    Ok(last.map(Instant::date).filter(|day| last_sealed.is_none_or(|sealed| *day > sealed)))
}
