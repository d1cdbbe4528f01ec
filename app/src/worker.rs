//! Work behind the requests: the outbox, the roll-up of facts, the sealing of days.

use base::Fault;
use jobs::{Claimed, Every, JobError, Schedule, Worker, handler};
use store::Db;

/// Rolled up at most so many times in a row, so that other jobs get their turn.
const ROLL_UPS_IN_A_ROW: usize = 50;
/// Days sealed in one go.
const DAYS_IN_A_ROW: usize = 20;

fn again(fault: Fault) -> JobError {
    JobError::Again(fault.to_string())
}

/// Everything that is done in the background, by kind.
pub fn worker() -> Worker {
    Worker::new()
        .on(
            dossiers::actions::NOTICE_JOB,
            handler(|db: Db, job: Claimed, _| async move {
                db.write(move |tx| {
                    Box::pin(async move { dossiers::actions::deliver_notice(tx, job.id, &job.payload).await })
                })
                .await
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
        .every(
            Schedule { name: "audit.seal-days", every: Every::Minutes(15) },
            handler(|db: Db, _, now| async move {
                db.write(move |tx| {
                    Box::pin(async move { Ok::<_, Fault>(audit::seal_days(tx, now, DAYS_IN_A_ROW).await?) })
                })
                .await
                .map(|_| ())
                .map_err(again)
            }),
        )
}
