//! Intake and step: an action with everything that follows from it, against its bare statements.

use super::sample::{self, Counter};
use super::{Found, drive};
use base::{Actor, Fault, Instant, Role};
use dossiers::verbs::Verb;
use dossiers::{Act, By, CounterIntake, House};
use simulate::people::People;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Db, Recorded};

/// Actions recorded for the bare run.
const RECORDED: usize = 1_500;
/// Actions per commit of the bare run on SQLite: as many as there are clients to wait for it, and no more than the writer
/// thread groups. Both runs then have the same work to put into a commit.
const GROUP: usize = 64;
/// Filings prepared before the clock starts, so that making up people is not measured.
const PREPARED: usize = 20_000;

type Job = (Actor, CounterIntake);

/// A moment inside office hours that no two intakes share.
fn moment(now: Instant, n: u64) -> Instant {
    now.plus_ms(n as i64)
}

/// Carries recordings out of a transaction that is rolled back.
type Tray = Arc<Mutex<Vec<Vec<Recorded>>>>;

fn put(tray: &Tray, actions: Vec<Vec<Recorded>>) {
    *tray.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = actions;
}

fn taken(tray: &Tray) -> Vec<Vec<Recorded>> {
    std::mem::take(&mut *tray.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn rolled_back() -> Fault {
    Fault::NotFound("bench-rolled-back")
}

async fn bare(db: &Db, actions: Vec<Vec<Recorded>>, clients: usize) -> Result<f64, Fault> {
    let count = actions.len() as f64;
    let width = if db.engine() == store::Engine::Sqlite { GROUP.min(clients) } else { clients };
    let took = db.replay_bare(actions, width).await?;
    Ok(count / took.as_secs_f64().max(1e-6))
}

fn prepare(house: &House, now: Instant, salt: u64) -> Result<Vec<Job>, Fault> {
    let counter = sample::counter(house, now)?;
    let mut people = People::new(salt).map_err(|error| Fault::internal(error.to_string()))?;
    (0..PREPARED).map(|n| counter.intake(&mut people, n, now)).collect()
}

/// What a transaction recorded, once it is known to have been rolled back.
fn recorded(outcome: Result<(), Fault>, tray: &Tray) -> Result<Vec<Vec<Recorded>>, Fault> {
    match outcome {
        Err(Fault::NotFound("bench-rolled-back")) => Ok(taken(tray)),
        Err(fault) => Err(fault),
        Ok(()) => Err(Fault::internal("a recording was not rolled back")),
    }
}

async fn record_intakes(
    db: &Db,
    house: &House,
    jobs: Arc<Vec<Job>>,
    now: Instant,
) -> Result<Vec<Vec<Recorded>>, Fault> {
    let tray: Tray = Tray::default();
    let (out, house) = (tray.clone(), house.clone());
    let outcome = db
        .write(move |tx| {
            Box::pin(async move {
                let mut actions = Vec::with_capacity(RECORDED);
                for (n, (actor, intake)) in jobs.iter().take(RECORDED).enumerate() {
                    let by = By { actor: actor.clone(), now: moment(now, n as u64) };
                    tx.record();
                    dossiers::receive_at_counter(tx, &house, &by, intake).await?;
                    actions.push(tx.recorded());
                }
                put(&out, actions);
                Err::<(), Fault>(rolled_back())
            })
        })
        .await;
    recorded(outcome, &tray)
}

/// Receiving at the counter.
pub async fn intake(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let house = sample::house(db).await?;
    let now = house.calendar.next_working_instant(now);
    let jobs = Arc::new(prepare(&house, now, now.0 as u64)?);
    let recorded = record_intakes(db, &house, jobs.clone(), now).await?;
    let engine = bare(db, recorded, clients).await?;
    let count = Arc::new(AtomicU64::new(RECORDED as u64));
    let (target, house) = (db.clone(), house.clone());
    let found = drive(seconds, clients, move |n| {
        let (db, house, jobs, count) = (target.clone(), house.clone(), jobs.clone(), count.clone());
        async move {
            let Some((actor, intake)) = jobs.get(n % jobs.len()).cloned() else { return Ok(false) };
            let by = By { actor, now: moment(now, count.fetch_add(1, Ordering::Relaxed)) };
            db.write(move |tx| Box::pin(async move { dossiers::receive_at_counter(tx, &house, &by, &intake).await }))
                .await?;
            Ok(true)
        }
    })
    .await?;
    Ok(Found { engine_per_second: Some(engine), ..found })
}

/// A dossier that can go on, and who may send it.
type Stop = (String, Actor);

/// Dossiers to be forwarded: received just now, each at its first step.
async fn stops(db: &Db, house: &House, wanted: usize, now: Instant) -> Result<Vec<Stop>, Fault> {
    let jobs = prepare(house, now, now.0 as u64 ^ 0x57e9)?;
    let mut stops = Vec::with_capacity(wanted);
    for (nth, chunk) in jobs.chunks(500).enumerate() {
        if stops.len() >= wanted {
            break;
        }
        let (chunk, kept) = (chunk.to_vec(), house.clone());
        let made = db
            .write(move |tx| {
                Box::pin(async move {
                    let mut made = Vec::with_capacity(chunk.len());
                    for (n, (actor, intake)) in chunk.iter().enumerate() {
                        let by = By { actor: actor.clone(), now: moment(now, (nth * 500 + n) as u64) };
                        let dossier = dossiers::receive_at_counter(tx, &kept, &by, intake).await?;
                        made.push((dossier.code, dossier.unit, dossier.version, dossier.step));
                    }
                    Ok::<_, Fault>(made)
                })
            })
            .await?;
        for (code, unit, version, step) in made {
            let version = house.version(version)?;
            let role = usize::try_from(step)
                .ok()
                .and_then(|step| version.process.get(step))
                .map_or(Role::Officer, |step| step.role);
            stops.push((code, Counter::holder(house, unit, role)));
        }
    }
    Ok(stops)
}

async fn forward(db: &Db, house: House, stop: Stop, now: Instant) -> Result<(), Fault> {
    let by = By { actor: stop.1, now };
    db.write(move |tx| {
        Box::pin(async move {
            let act = Act::of(Verb::Forward);
            dossiers::act(tx, &house, &by, &stop.0, &act).await
        })
    })
    .await?;
    Ok(())
}

async fn record_steps(db: &Db, house: &House, stops: &[Stop], now: Instant) -> Result<Vec<Vec<Recorded>>, Fault> {
    let tray: Tray = Tray::default();
    let (out, house, stops) = (tray.clone(), house.clone(), stops.to_vec());
    let outcome = db
        .write(move |tx| {
            Box::pin(async move {
                let mut actions = Vec::with_capacity(RECORDED);
                for (code, actor) in &stops {
                    let by = By { actor: actor.clone(), now };
                    let act = Act::of(Verb::Forward);
                    tx.record();
                    dossiers::act(tx, &house, &by, code, &act).await?;
                    actions.push(tx.recorded());
                }
                put(&out, actions);
                Err::<(), Fault>(rolled_back())
            })
        })
        .await;
    recorded(outcome, &tray)
}

/// Passing a dossier on along its internal process.
pub async fn step(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let house = sample::house(db).await?;
    let now = house.calendar.next_working_instant(now);
    let mut waiting = stops(db, &house, PREPARED, now).await?;
    let later = now.plus_ms(60_000);
    let recorded = record_steps(db, &house, &waiting.split_off(waiting.len().saturating_sub(RECORDED)), later).await?;
    let engine = bare(db, recorded, clients).await?;
    let waiting = Arc::new(waiting);
    let count = waiting.len();
    let target = db.clone();
    let found = drive(seconds, clients, move |n| {
        let (db, house, waiting) = (target.clone(), house.clone(), waiting.clone());
        async move {
            // Each dossier is forwarded once; when all are, the run ends early and says how long it took.
            let Some(stop) = waiting.get(n).cloned().filter(|_| n < count) else { return Ok(false) };
            forward(&db, house, stop, later).await?;
            Ok(true)
        }
    })
    .await?;
    Ok(Found { engine_per_second: Some(engine), ..found })
}
