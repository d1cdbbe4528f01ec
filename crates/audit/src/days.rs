//! The chain of chains: a closed day's events in one digest, each day chained to the one before.

use crate::chain::EventHash;
use base::{Date, Instant};
use sha2::{Digest, Sha256};
use store::{StoreError, Tx, params};

/// A day is sealed this long after its end, so that no transaction begun before midnight is still on its way.
const SEAL_AFTER_MS: i64 = 10 * 60 * 1000;
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

/// Outcome of [`check_days`]: how many days agree, and the first that does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayCheck {
    pub days: i64,
    pub broken: Option<Date>,
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

/// Seals every day that is over and not yet sealed, at most `days_max` of them; returns how many.
pub async fn seal_days(tx: &Tx, now: Instant, days_max: usize) -> Result<usize, StoreError> {
    let (mut next, mut previous) = match tx.query_opt(LAST_DAY, params![]).await? {
        Some(row) => (row.get::<Date>("day")?.tomorrow().ok(), row.get::<Vec<u8>>("hash")?),
        None => {
            (tx.query_one(FIRST_EVENT, params![]).await?.get::<Option<Instant>>("at")?.map(Instant::date), vec![0; 32])
        }
    };
    let open_day = now.plus_ms(-SEAL_AFTER_MS).date();
    let mut sealed = 0;
    while let Some(day) = next.filter(|day| *day < open_day && sealed < days_max) {
        let found = digest_of(tx, day).await?;
        let hash = chain_day(&previous, &found);
        tx.execute(INSERT_DAY, params![day, found.events, found.digest.to_vec(), hash.to_vec()]).await?;
        previous = hash.to_vec();
        next = day.tomorrow().ok();
        sealed += 1;
    }
    Ok(sealed)
}

/// Recomputes every sealed day from the events and compares.
pub async fn check_days(tx: &Tx) -> Result<DayCheck, StoreError> {
    let mut check = DayCheck::default();
    let mut previous = vec![0; 32];
    for row in tx.query(SELECT_DAYS, params![]).await? {
        let found = digest_of(tx, row.get("day")?).await?;
        let hash = chain_day(&previous, &found);
        let agrees = row.get::<i64>("events")? == found.events
            && row.get::<Vec<u8>>("digest")? == found.digest
            && row.get::<Vec<u8>>("hash")? == hash;
        if !agrees {
            check.broken = Some(found.day);
            return Ok(check);
        }
        previous = hash.to_vec();
        check.days += 1;
    }
    Ok(check)
}
