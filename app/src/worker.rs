//! Work behind the requests: the outbox, the roll-up of facts, the sealing of days, tidying up.

use base::calendar::Calendar;
use base::{Fault, Instant};
use jobs::{Claimed, Every, Handler, JobError, Schedule, Worker, handler};
use notices::Channel;
use std::sync::Arc;
use store::Db;
use tokio::sync::Mutex;
use web::App;

/// Rolled up at most so many times in a row, so that other jobs get their turn.
const ROLL_UPS_IN_A_ROW: usize = 50;
/// Days sealed in one transaction, and transactions of it in a row: a year is caught up at once.
const DAYS_IN_A_ROW: usize = 20;
const SEALINGS_IN_A_ROW: usize = 20;

fn again(fault: Fault) -> JobError {
    JobError::Again(fault.to_string())
}

/// Done jobs are kept this long: nobody orders the same thing twice after a quarter of a year.
const JOBS_KEPT_MS: i64 = 90 * 86_400_000;
/// Done jobs removed in one go.
const PRUNED_AT_ONCE: u32 = 5_000;

/// Looks at the clock each minute. What the process remembers of its looks lives as long as the worker.
fn look_at_clock() -> Handler {
    let watch = Arc::new(Mutex::new(audit::Watch::default()));
    let begun = std::time::Instant::now();
    handler(move |db: Db, _, now| {
        let (watch, ran_ms) = (watch.clone(), begun.elapsed().as_millis());
        async move {
            let mut watch = watch.lock().await;
            let (seen, steady_ms) = (*watch, i64::try_from(ran_ms).unwrap_or(i64::MAX));
            let (_, seen) = db
                .write(move |tx| {
                    Box::pin(async move { Ok::<_, Fault>(audit::look_at_clock(tx, seen, now, steady_ms).await?) })
                })
                .await
                .map_err(again)?;
            *watch = seen;
            Ok(())
        }
    })
}

/// Seals days that are over by the clock and by what is known of the time; before the first look at the clock none.
async fn seal_days(db: &Db) -> Result<usize, Fault> {
    db.write(|tx| {
        Box::pin(async move {
            match audit::clock_known(tx).await? {
                Some(known) => Ok::<_, Fault>(audit::seal_days(tx, known.sealed_until(), DAYS_IN_A_ROW).await?),
                None => Ok(0),
            }
        })
    })
    .await
}

/// What was asked of a second person and decided by nobody in time is over.
fn lapse() -> Handler {
    handler(move |db: Db, _, now| async move {
        let lapsed = db.write(move |tx| Box::pin(async move { identity::dues::lapse(tx, now).await }));
        lapsed.await.map(|_| ()).map_err(again)
    })
}

/// Puts what was ordered into the box, and orders what goes out over the channels that reach the person.
fn tell(app: &App) -> Handler {
    let app = app.clone();
    handler(move |db: Db, job: Claimed, now| {
        let (channels, vault) = notices::outside(&app);
        async move {
            db.write(move |tx| {
                Box::pin(async move {
                    let told = match job.kind.as_str() {
                        dossiers::topics::EARLIER_JOB => dossiers::topics::told_earlier(tx, &job.payload).await?,
                        _ => notices::Told::read(&job.payload)?,
                    };
                    notices::deliver(tx, (&channels, &vault), job.id, &told, now).await
                })
            })
            .await
            .map_err(again)
        }
    })
}

/// Asks for the signature of a numbered result, and keeps the answer.
fn sign(app: &App) -> Handler {
    let (store, port) = (files::Store::of(app), dossiers::signing::port(app));
    handler(move |db: Db, job: Claimed, now| {
        let (store, port) = (store.clone(), port.clone());
        async move { dossiers::signing::run(&db, &store, &*port, &job, now).await }
    })
}

/// Sends over one channel.
fn send(app: &App, channel: Channel) -> Handler {
    let app = app.clone();
    handler(move |db: Db, job: Claimed, now| {
        let app = app.clone();
        async move { notices::send(&app, &db, channel, job, now).await }
    })
}

/// The slot a scheduled job was ordered for.
fn slot(job: &Claimed, now: Instant) -> Instant {
    job.payload.get("slot").and_then(serde_json::Value::as_i64).map_or(now, Instant)
}

/// Reminds of what is owed, within working time.
fn remind(app: &App) -> Handler {
    let app = app.clone();
    handler(move |db: Db, job: Claimed, now| {
        let app = app.clone();
        async move {
            let calendar = calendar(&db).await.map_err(again)?;
            notices::reminders::remind(&app, &db, &calendar, slot(&job, now), now).await.map_err(again)
        }
    })
}

/// Digests the week, on its first working day.
fn digest(app: &App) -> Handler {
    let app = app.clone();
    handler(move |db: Db, _, now| {
        let app = app.clone();
        async move {
            let calendar = calendar(&db).await.map_err(again)?;
            notices::reminders::digest(&app, &db, &calendar, now).await.map_err(again)
        }
    })
}

async fn calendar(db: &Db) -> Result<Calendar, Fault> {
    db.read(|tx| Box::pin(async move { Ok::<_, Fault>(organisation::load_calendar(tx).await?) })).await
}

/// Everything that is done in the background, by kind.
pub fn worker(app: &App) -> Worker {
    let uploads = files::Store::new(&app.data_dir);
    Worker::new()
        .on(records::TELL_JOB, tell(app))
        .on(dossiers::topics::EARLIER_JOB, tell(app))
        .on(dossiers::signing::JOB, sign(app))
        .on(Channel::Mail.job(), send(app, Channel::Mail))
        .on(Channel::Sms.job(), send(app, Channel::Sms))
        // Each working hour: rules in days come true at the first of a day, those in hours at theirs.
        .every(Schedule { name: "reminders.hour", every: Every::Minutes(60) }, remind(app))
        .every(Schedule { name: "identity.lapse", every: Every::Minutes(60) }, lapse())
        .every(Schedule { name: "reminders.week", every: Every::Day { hour: 7, minute: 30 } }, digest(app))
        .every(
            Schedule { name: "sendings.prune", every: Every::Day { hour: 2, minute: 20 } },
            handler(|db: Db, _, now| async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        Ok::<_, Fault>(notices::sending::prune(tx, now, i64::from(PRUNED_AT_ONCE)).await?)
                    })
                })
                .await
                .map(|_| ())
                .map_err(again)
            }),
        )
        .every(
            Schedule { name: "facts.roll-up", every: Every::Minutes(1) },
            handler(|db: Db, _, _| async move {
                for _ in 0..ROLL_UPS_IN_A_ROW {
                    let rolled = db
                        .write(|tx| Box::pin(async move { Ok::<_, Fault>(facts::roll_up(tx).await?) }))
                        .await
                        .map_err(again)?;
                    if rolled == 0 {
                        break;
                    }
                }
                Ok(())
            }),
        )
        .every(Schedule { name: "audit.clock", every: Every::Minutes(1) }, look_at_clock())
        .every(
            Schedule { name: "audit.seal-days", every: Every::Minutes(15) },
            handler(|db: Db, _, _| async move {
                for _ in 0..SEALINGS_IN_A_ROW {
                    if seal_days(&db).await.map_err(again)? < DAYS_IN_A_ROW {
                        break;
                    }
                }
                Ok(())
            }),
        )
        .every(
            Schedule { name: "access.prune", every: Every::Day { hour: 2, minute: 25 } },
            handler(|db: Db, _, now| async move { crate::access::prune(&db, now).await.map_err(again) }),
        )
        .every(
            Schedule { name: "jobs.prune", every: Every::Day { hour: 2, minute: 10 } },
            handler(|db: Db, _, now| async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        Ok::<_, Fault>(jobs::prune(tx, now.plus_ms(-JOBS_KEPT_MS), PRUNED_AT_ONCE).await?)
                    })
                })
                .await
                .map(|_| ())
                .map_err(again)
            }),
        )
        .every(
            Schedule { name: "web.forget-answers", every: Every::Minutes(30) },
            handler(|db: Db, _, now| async move {
                db.write(move |tx| Box::pin(async move { Ok::<_, Fault>(web::once::forget(tx, now).await?) }))
                    .await
                    .map(|_| ())
                    .map_err(again)
            }),
        )
        .every(
            Schedule { name: "files.sweep", every: Every::Day { hour: 2, minute: 40 } },
            handler(move |db: Db, _, now| {
                let uploads = uploads.clone();
                async move { uploads.sweep(&db, now).await.map(|_| ()).map_err(again) }
            }),
        )
}
