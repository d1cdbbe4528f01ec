//! Benchmarks: what people wait for, measured on a database of any size.
//!
//! Writes are compared with the bare engine: the statements of real actions are recorded in a transaction that is rolled
//! back, then run again on the same file or server without anything of ours around them.

mod reads;
mod sample;
mod writes;

use base::{Fault, Instant, Problem};
use serde_json::Value;
use store::Db;

store::statements! {
    /// How many dossiers there are.
    pub DOSSIERS = "SELECT COUNT(*) AS n FROM dossier";
}

/// What one benchmark found.
pub(crate) struct Found {
    /// Times of single operations, in microseconds.
    pub micros: Vec<u64>,
    pub seconds: f64,
    /// Operations a second of the bare engine, where there is something to compare.
    pub engine_per_second: Option<f64>,
}

/// Runs one benchmark: intake, step, worklist, search, dashboard.
pub async fn run(db: &Db, name: &str, seconds: u64, clients: usize, now: Instant) -> Result<Value, Fault> {
    crate::seed(db, now).await?;
    let (seconds, clients) = (seconds.clamp(1, 600), clients.clamp(1, 256));
    let found = match name {
        "intake" => writes::intake(db, seconds, clients, now).await?,
        "step" => writes::step(db, seconds, clients, now).await?,
        "worklist" => reads::worklist(db, seconds, clients, now).await?,
        "search" => reads::search(db, seconds, clients, now).await?,
        "dashboard" => reads::dashboard(db, seconds, clients, now).await?,
        other => return Err(Fault::invalid(Problem::new("bench-unknown").field("name").arg("name", other))),
    };
    let rows: i64 =
        db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query_one(DOSSIERS, &[]).await?.get("n")?) })).await?;
    Ok(report(name, db.engine().as_str(), rows, clients, found))
}

fn report(name: &str, engine: &str, rows: i64, clients: usize, mut found: Found) -> Value {
    found.micros.sort_unstable();
    let at = |permille: usize| {
        let index = (found.micros.len().saturating_sub(1)) * permille / 1_000;
        found.micros.get(index).map_or(0.0, |micros| *micros as f64 / 1_000.0)
    };
    let per_second = found.micros.len() as f64 / found.seconds.max(0.001);
    let round = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let mut report = serde_json::json!({
        "name": name,
        "engine": engine,
        "rows": rows,
        "clients": clients,
        "operations": found.micros.len(),
        "seconds": round(found.seconds),
        "per_second": round(per_second),
        "p50_ms": round(at(500)),
        "p99_ms": round(at(990)),
    });
    if let (Some(engine), Some(map)) = (found.engine_per_second, report.as_object_mut()) {
        map.insert("engine_per_second".to_owned(), round(engine).into());
        map.insert("ratio".to_owned(), round(per_second / engine.max(0.001)).into());
    }
    report
}
