//! The chain of sealed days from the command line.

use base::{Date, Fault, Instant};
use serde_json::{Value, json};
use store::Db;

/// Opens sealed days from one on.
///
/// # Errors
/// An empty reason, and what the database says.
pub async fn open(db: &Db, from: Date, reason: &str, now: Instant) -> Result<Value, Fault> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Fault::internal("--reason: say why the days are opened; the log keeps it"));
    }
    let opened = db
        .write(move |tx| Box::pin(async move { Ok::<_, Fault>(audit::open_days(tx, from, &reason, now).await?) }))
        .await?;
    Ok(json!({ "opened": opened, "from": from }))
}

/// What is sealed, what is known of the time, and what the log said of both.
pub async fn show(db: &Db) -> Result<Value, Fault> {
    let (days, known, remarks) = db
        .read(|tx| {
            Box::pin(async move {
                Ok::<_, Fault>((
                    audit::last_days(tx, base::Date::MAX, 20).await?,
                    audit::clock_known(tx).await?,
                    audit::remarks(tx).await?,
                ))
            })
        })
        .await?;
    let time = |at: Instant| at.local().to_string();
    let days: Vec<Value> =
        days.iter().map(|(day, events, hash)| json!({ "day": day, "events": events, "hash": hash })).collect();
    let clock = known.map(|known| {
        json!({ "believed": known.believed, "seen_at": time(known.seen_at), "trusted_at": time(known.trusted_at) })
    });
    let remarks: Vec<Value> = remarks
        .iter()
        .map(|remark| {
            json!({ "at": time(remark.at), "kind": remark.kind, "jumped_ms": remark.jumped_ms,
                "opened_from": remark.opened.as_ref().map(|(from, _)| from),
                "reason": remark.opened.as_ref().map(|(_, reason)| reason) })
        })
        .collect();
    Ok(json!({ "days": days, "clock": clock, "remarks": remarks }))
}
