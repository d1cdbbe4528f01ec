//! Benchmarks: what people wait for, measured on a database of any size.
//!
//! Writes are compared with the bare engine: the statements of real actions are recorded in a transaction that is rolled
//! back, then run again on the same file or server without anything of ours around them.

mod lists;
mod printing;
mod reads;
mod sample;
mod writes;

use base::{Fault, Instant, Problem};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
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
    /// Processor time of this process for all operations together; a server's own is not in it. `None` where the system
    /// does not tell.
    pub cpu_seconds: Option<f64>,
    /// Operations a second of the bare engine, where there is something to compare.
    pub engine_per_second: Option<f64>,
    /// Rows of a page on the average, where pages of a list are asked for.
    pub rows_shown: Option<f64>,
}

/// Runs `work` on `clients` tasks until the time is over or it says that there is nothing more to do (`false`).
async fn drive<F, R>(seconds: u64, clients: usize, work: F) -> Result<Found, Fault>
where
    F: Fn(usize) -> R + Send + Sync + Clone + 'static,
    R: Future<Output = Result<bool, Fault>> + Send,
{
    let (begun, cpu) = (std::time::Instant::now(), cpu_seconds());
    let end = begun + Duration::from_secs(seconds);
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (work, next) = (work.clone(), next.clone());
        tasks.spawn(async move {
            let mut micros = Vec::new();
            while std::time::Instant::now() < end {
                let started = std::time::Instant::now();
                if !work(next.fetch_add(1, Ordering::Relaxed)).await? {
                    break;
                }
                micros.push(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            Ok::<_, Fault>(micros)
        });
    }
    let mut micros = Vec::new();
    while let Some(done) = tasks.join_next().await {
        micros.extend(done.map_err(Fault::internal)??);
    }
    let cpu_seconds = cpu.zip(cpu_seconds()).map(|(before, after)| after - before);
    Ok(Found { micros, seconds: begun.elapsed().as_secs_f64(), cpu_seconds, engine_per_second: None, rows_shown: None })
}

/// Processor time of this process so far, where the system keeps it as Linux does (proc(5), `utime` and `stime`).
fn cpu_seconds() -> Option<f64> {
    /// `USER_HZ`, the same on every Linux a program of today meets.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in brackets, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// Runs one benchmark: intake, step, worklist, search, dashboard, print; petitions, published, due, which first fill a database that
/// has no petition with a million.
pub async fn run(db: &Db, name: &str, seconds: u64, clients: usize, now: Instant) -> Result<Value, Fault> {
    crate::seed(db, now).await?;
    let (seconds, clients) = (seconds.clamp(1, 600), clients.clamp(1, 256));
    let found = match name {
        "intake" => writes::intake(db, seconds, clients, now).await?,
        "step" => writes::step(db, seconds, clients, now).await?,
        "worklist" => reads::worklist(db, seconds, clients, now).await?,
        "search" => reads::search(db, seconds, clients, now).await?,
        "dashboard" => reads::dashboard(db, seconds, clients, now).await?,
        "print" => printing::receipts(db, seconds, clients, now).await?,
        "petitions" => lists::office(db, seconds, clients, now).await?,
        "published" => lists::public(db, seconds, clients, now).await?,
        "due" => lists::due(db, seconds, clients, now).await?,
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
    let operations = found.micros.len().max(1) as f64;
    let mut add = |name: &str, value: f64| report[name] = round(value).into();
    if let Some(cpu) = found.cpu_seconds {
        add("cpu_ms", cpu * 1_000.0 / operations);
    }
    if let Some(rows) = found.rows_shown {
        add("rows_shown", rows);
    }
    if let Some(engine) = found.engine_per_second {
        add("engine_per_second", engine);
        add("ratio", per_second / engine.max(0.001));
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_the_slowest_in_a_hundred_and_the_ratio_to_the_bare_engine() {
        let micros = (1..=1_000).rev().map(|n| n * 1_000).collect();
        let found =
            Found { micros, seconds: 2.0, cpu_seconds: Some(1.0), engine_per_second: Some(1_000.0), rows_shown: None };
        let report = report("step", "sqlite", 7, 16, found);
        assert_eq!((report["p50_ms"].as_f64(), report["p99_ms"].as_f64()), (Some(500.0), Some(990.0)));
        assert_eq!((report["per_second"].as_f64(), report["ratio"].as_f64()), (Some(500.0), Some(0.5)));
        assert_eq!((report["rows"].as_i64(), report["cpu_ms"].as_f64()), (Some(7), Some(1.0)));
    }

    #[tokio::test]
    async fn a_run_ends_when_there_is_nothing_more_to_do() {
        let found = drive(60, 3, |n| async move { Ok(n < 10) }).await.unwrap();
        assert_eq!(found.micros.len(), 10);
    }
}
