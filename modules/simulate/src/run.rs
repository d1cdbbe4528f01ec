//! The run: chance on one core, the database on another, in chunks of bounded size.

use crate::dice::Dice;
use crate::life::{self, Draw, Province};
use crate::officials::Officials;
use crate::people::People;
use crate::returning::Remembered;
use crate::volume::{self, Day, Drawn};
use base::calendar::Calendar;
use base::{AgencyCode, Date, DossierCode, Fault, Id, Instant, Problem};
use catalogue::{Shelf, Version};
use dossiers::bulk::{Batch, Written};
use dossiers::rating::Secret;
use facts::Rollup;
use jiff::ToSpan;
use organisation::Tree;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Db, Tx, params};
use tokio::sync::mpsc;

/// Dossiers in one transaction. The more, the fewer times the same sum is added to and the same page of an index
/// written; fifteen thousand are about sixty megabytes.
const CHUNK_MAX: u64 = 15_000;
/// The first chunk keeps the writer waiting, so of few dossiers small ones are made.
const CHUNK_MIN: u64 = 1_000;
const CHUNKS: u64 = 20;
/// Chunks made ahead of the writer, besides the one being made.
const AHEAD: usize = 1;
/// Days sealed in one transaction.
const SEAL_DAYS: usize = 20;
/// Length of the simulated time.
const MONTHS: i32 = 18;

store::statements! {
    /// Counters already used on the days of the run.
    pub COUNTERS = "SELECT agency_id, day, last FROM dossier_counter WHERE day >= $1";
    /// Whether a dossier with that id is there already.
    pub TAKEN = "SELECT 1 AS yes FROM dossier WHERE id = $1";
    /// Planner statistics after so many new rows.
    pub ANALYZE = "ANALYZE";
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub dossiers: u64,
    pub seed: u64,
    /// The simulated present.
    pub until: Instant,
    /// A commune that draws a larger share than its own, in thousandths: a demonstration of few dossiers still has one
    /// office as busy as a real one.
    pub focus: Option<(Id, u64)>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Made {
    pub dossiers: u64,
    pub events: u64,
    pub facts: u64,
}

struct Setting {
    tree: Arc<Tree>,
    /// The province's own, as its keeper has it now: clocks of the past run by it like those of the office.
    calendar: Calendar,
    secret: Secret,
    shelf: Arc<Shelf>,
    officials: Officials,
    counters: HashMap<(Id, Date), u32>,
    rollup: Rollup,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// So many dossiers are written.
    Dossiers(u64),
    /// So many of the days are sealed.
    Days { sealed: u64, all: u64 },
    /// The engine looks at what it has got.
    Statistics,
}

/// Fills a database that has its agencies and procedures. `progress` is told every stage.
///
/// # Errors
/// A conflict when the same seed was run in this database before; whatever the database says.
pub async fn run(db: &Db, plan: Plan, progress: impl Fn(Stage) + Send + Sync + 'static) -> Result<Made, Fault> {
    let first = first_day(plan.until);
    let setting = db
        .write(move |tx| {
            Box::pin(async move {
                // Days from the first simulated one on are sealed anew.
                audit::open_days(tx, first, "simulated dossiers of the past", plan.until).await?;
                let tree = Arc::new(organisation::load_tree(tx).await?);
                let calendar = organisation::load_calendar(tx).await?;
                let secret = dossiers::rating::own_secret(tx).await?;
                let shelf = Arc::new(catalogue::load_shelf(tx).await?);
                let officials = Officials::gather(tx, &tree, plan.seed, Instant::start_of(first)).await?;
                let mut counters = HashMap::new();
                for row in tx.query(COUNTERS, params![first]).await? {
                    let last: i64 = row.get("last")?;
                    counters.insert((row.get("agency_id")?, row.get("day")?), u32::try_from(last).unwrap_or(u32::MAX));
                }
                let rollup = Rollup::load(tx).await?;
                Ok::<_, Fault>(Setting { tree, calendar, secret, shelf, officials, counters, rollup })
            })
        })
        .await?;
    let (send, receive) = mpsc::channel(AHEAD);
    let maker = std::thread::Builder::new()
        .name("simulate".to_owned())
        .spawn(move || make(setting, plan, &send))
        .map_err(Fault::internal)?;
    let made = write_all(db, receive, &progress).await;
    let told = maker.join().map_err(|_| Fault::internal("the simulation panicked"))?;
    // The days were unsealed before: they are sealed again whatever became of the run.
    let sealed = finish(db, plan.until, &progress).await;
    let made = made?;
    told?;
    sealed?;
    Ok(Made { dossiers: made.dossiers, events: made.events, facts: made.facts })
}

fn first_day(until: Instant) -> Date {
    until.date().checked_sub(MONTHS.months()).unwrap_or(until.date())
}

/// Seals the days and lets the engine look at what it has got.
async fn finish(db: &Db, until: Instant, progress: &(dyn Fn(Stage) + Send + Sync)) -> Result<(), Fault> {
    let all = first_day(until).series(1.day()).take_while(|day| *day < until.date()).count() as u64;
    let mut days = 0;
    progress(Stage::Days { sealed: 0, all });
    loop {
        let sealed = db
            .write(move |tx| Box::pin(async move { Ok::<_, Fault>(audit::seal_days(tx, until, SEAL_DAYS).await?) }))
            .await?;
        if sealed == 0 {
            break;
        }
        days += sealed as u64;
        progress(Stage::Days { sealed: days, all: all.max(days) });
    }
    progress(Stage::Statistics);
    db.write(|tx| Box::pin(async move { Ok::<_, Fault>(tx.execute(ANALYZE, params![]).await?) })).await?;
    Ok(())
}

struct Chunk {
    batch: Batch,
    first_id: Option<Id>,
}

async fn write_all(
    db: &Db,
    mut chunks: mpsc::Receiver<Chunk>,
    progress: &(dyn Fn(Stage) + Send + Sync),
) -> Result<Written, Fault> {
    let mut all = Written::default();
    let mut first = true;
    while let Some(chunk) = chunks.recv().await {
        let written = chunk.batch.written();
        let check = std::mem::take(&mut first);
        db.write(move |tx| Box::pin(async move { write(tx, &chunk, check).await })).await?;
        all.dossiers += written.dossiers;
        all.events += written.events;
        all.facts += written.facts;
        progress(Stage::Dossiers(all.dossiers));
    }
    Ok(all)
}

async fn write(tx: &Tx, chunk: &Chunk, first: bool) -> Result<(), Fault> {
    if let (true, Some(id)) = (first, chunk.first_id)
        && tx.query_opt(TAKEN, params![id]).await?.is_some()
    {
        return Err(Fault::Conflict(Problem::new("simulate-seed-used").field("seed")));
    }
    Ok(chunk.batch.write(tx).await?)
}

struct Maker {
    people: People,
    dice: Dice,
    procedures: Drawn<Arc<Version>>,
    codes: HashMap<Id, AgencyCode>,
    counters: HashMap<(Id, Date), u32>,
    remembered: Remembered,
    rollup: Rollup,
    last_id: i64,
    turn: usize,
}

/// Makes chunk after chunk until all are made or the writer has gone.
fn make(setting: Setting, plan: Plan, send: &mpsc::Sender<Chunk>) -> Result<(), Fault> {
    let calendar = &setting.calendar;
    let communes = volume::communes(&setting.tree, plan.seed);
    let procedures = volume::procedures(&setting.shelf, plan.until.date());
    if communes.is_empty() || procedures.is_empty() {
        return Err(Fault::Conflict(Problem::new("simulate-empty-province")));
    }
    let mut maker = Maker {
        people: People::new(plan.seed).map_err(|error| Fault::internal(error.to_string()))?,
        dice: Dice::new(plan.seed).fork("dossiers"),
        procedures,
        codes: HashMap::new(),
        counters: setting.counters,
        remembered: Remembered::default(),
        rollup: setting.rollup,
        last_id: 0,
        turn: 0,
    };
    let days = volume::days(calendar, first_day(plan.until), plan.until.date(), plan.dossiers);
    let mut chunk = Chunk { batch: Batch::default(), first_id: None };
    let all = days.len().max(1) as u64;
    let size = (plan.dossiers / CHUNKS).clamp(CHUNK_MIN, CHUNK_MAX);
    for (nth, day) in days.iter().enumerate() {
        let province = Province {
            tree: &setting.tree,
            calendar,
            secret: &setting.secret,
            officials: &setting.officials,
            communes: &communes,
            until: plan.until,
            focus: plan.focus,
            progress: nth as u64 * 1_000 / all,
        };
        for at in maker.moments(*day, plan.until) {
            maker.one(&province, *day, at, &mut chunk)?;
            if chunk.batch.written().dossiers >= size {
                chunk.batch.finish(&mut maker.rollup);
                let full = std::mem::replace(&mut chunk, Chunk { batch: Batch::default(), first_id: None });
                if send.blocking_send(full).is_err() {
                    return Ok(());
                }
            }
        }
    }
    chunk.batch.finish(&mut maker.rollup);
    // Nobody left to receive is not this thread's error.
    let _ = send.blocking_send(chunk);
    Ok(())
}

impl Maker {
    /// When the day's dossiers come, in order; never after the present.
    fn moments(&mut self, day: Day, until: Instant) -> Vec<Instant> {
        let start = Instant::start_of(day.date);
        let minute = 60_000;
        let latest = until.0.saturating_sub(start.0);
        let mut moments: Vec<i64> = (0..day.dossiers)
            .map(|_| {
                let minutes = match self.dice.below(100) {
                    _ if !day.working => self.dice.between(7 * 60, 22 * 60),
                    // The queue at opening, and the second one after lunch.
                    0..=54 => self.dice.between(7 * 60 + 5, 11 * 60 + 20),
                    55..=93 => self.dice.between(13 * 60 + 35, 16 * 60 + 50),
                    _ => self.dice.between(18 * 60, 22 * 60),
                };
                (minutes * minute + self.dice.between(0, 59_999)).min(latest.max(1))
            })
            .collect();
        moments.sort_unstable();
        moments.into_iter().map(|ms| start.plus_ms(ms)).collect()
    }

    fn one(&mut self, province: &Province<'_>, day: Day, at: Instant, chunk: &mut Chunk) -> Result<(), Fault> {
        self.turn += 1;
        let Some(mut version) = self.procedures.draw(&mut self.dice).cloned() else { return Ok(()) };
        // Outside office hours only what can be filed online comes in.
        let open = day.working && province.calendar.is_working_time(at);
        for _ in 0..40 {
            if (open || version.can_be_filed_online()) && version.in_force(at.date()) {
                break;
            }
            version = self.procedures.draw(&mut self.dice).cloned().unwrap_or(version);
        }
        if !(open || version.can_be_filed_online()) {
            return Ok(());
        }
        let mut draw =
            Draw { dice: &mut self.dice, people: &mut self.people, turn: self.turn, remembered: &mut self.remembered };
        let Some(filed) = life::draw(&version, open, at, province, &mut draw)? else { return Ok(()) };
        let (code, number) =
            Self::code(&mut self.codes, &mut self.counters, province.tree, filed.places.intake, at.date())?;
        let id = Id((self.last_id + 1).max(Id::from_parts(at.0, draw.dice.below(1 << 22) as u32).0));
        self.last_id = id.0;
        let case = life::live(id, code, &version, &filed, at, province, &mut draw)?;
        chunk.first_id.get_or_insert(id);
        chunk.batch.count(filed.places.intake, at.date(), i64::from(number));
        chunk.batch.push(&case, &mut self.rollup)?;
        Ok(())
    }

    fn code(
        codes: &mut HashMap<Id, AgencyCode>,
        counters: &mut HashMap<(Id, Date), u32>,
        tree: &Tree,
        agency: Id,
        day: Date,
    ) -> Result<(String, u32), Fault> {
        if let std::collections::hash_map::Entry::Vacant(entry) = codes.entry(agency) {
            let text = tree.get(agency).map(|agency| agency.code.clone()).unwrap_or_default();
            entry.insert(text.parse().map_err(|_| Fault::internal(format!("agency code {text} is malformed")))?);
        }
        let code = codes.get(&agency).ok_or_else(|| Fault::internal("no agency code"))?;
        let number = counters.entry((agency, day)).or_default();
        *number += 1;
        Ok((DossierCode::new(code, day, *number).to_string(), *number))
    }
}
